//! Work on all processors: the same for many items, or one thing beside another.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use rayon::{Scope, ThreadPool, ThreadPoolBuilder};

/// How many items are worth a thread.
const FEW: usize = 16;

/// Does the same to each item, on as many threads as the machine has processors; what comes back is in order.
pub(crate) fn in_parallel<I: Sync, S, T: Send>(
    items: &[I],
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize, &I) -> T + Sync,
) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(items.len() / FEW + 1);
    let next = AtomicUsize::new(0);
    let some = || {
        let mut state = begin();
        let mut done = Vec::new();
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(item) = items.get(index)
        {
            done.push((index, work(&mut state, index, item)));
        }
        done
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(some)).collect();
        let mut done = some();
        for other in others {
            match other.join() {
                Ok(items) => done.extend(items),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, item)| item).collect()
}

/// The threads beside those that ask for something: one for each processor but the first. Starting a thread takes longer
/// than much of what is done beside something.
static POOL: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    let threads = std::thread::available_parallelism().ok()?.get().checked_sub(1).filter(|others| *others > 0)?;
    ThreadPoolBuilder::new().num_threads(threads).thread_name(|_| "gatewright-beside".into()).build().ok()
});

/// How many are using the pool.
static USERS: AtomicUsize = AtomicUsize::new(0);

/// One that is using the pool.
struct User;

impl Drop for User {
    fn drop(&mut self) {
        USERS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Does something that may have other things done beside it, unless all the pool's threads have something to do: what is
/// spawned is waited for, and should not wait for its turn.
pub(crate) fn in_scope<'a, T>(this: impl FnOnce(Option<&Scope<'a>>) -> T) -> T {
    let Some(pool) = &*POOL else { return this(None) };
    let before = USERS.fetch_add(1, Ordering::Relaxed);
    let user = User;
    if before < pool.current_num_threads() {
        return pool.in_place_scope(|scope| this(Some(scope)));
    }
    drop(user);
    this(None)
}

/// Does one thing while another thread does the other, which is done here after it when no thread has come to it by then.
pub(crate) fn beside<A: Send, B>(other: impl FnOnce() -> A + Send, this: impl FnOnce() -> B) -> (B, A) {
    let other = Mutex::new(Some(other));
    let take = || other.lock().unwrap_or_else(PoisonError::into_inner).take();
    let mut done_there = None;
    let (this, done_here) = in_scope(|scope| {
        let (take, done) = (&take, &mut done_there);
        if let Some(scope) = scope {
            scope.spawn(move |_| *done = take().map(|other| other()));
        }
        let this = this();
        (this, take().map(|other| other()))
    });
    match done_here.or(done_there) {
        Some(other) => (this, other),
        // Whoever takes it does it, or ends in its panic, which has come out of the scope.
        None => unreachable!("one of two does it"),
    }
}

#[cfg(test)]
mod tests {
    use super::{beside, in_parallel};

    #[test]
    fn what_comes_back_is_in_order() {
        let items: Vec<usize> = (0..1_000).collect();
        assert_eq!(
            in_parallel(&items, || 1, |one, index, item| index + item * *one),
            (0..2_000).step_by(2).collect::<Vec<_>>()
        );
        assert_eq!(in_parallel(&[0; 0], || (), |(), _, item| *item), [0; 0]);
    }

    #[test]
    fn both_things_are_done_once_on_few_threads_too() {
        fn sum(from: usize, to: usize) -> usize {
            if to - from < 2 {
                return from;
            }
            let middle = usize::midpoint(from, to);
            let (this, other) = beside(|| sum(middle, to), || sum(from, middle));
            this + other
        }
        assert_eq!(sum(0, 5_000), 12_497_500);
    }

    #[test]
    fn a_panic_of_either_comes_through() {
        for (this, other) in [(true, false), (false, true)] {
            let outcome = std::panic::catch_unwind(|| beside(|| assert!(!other, "other"), || assert!(!this, "this")));
            assert!(outcome.is_err());
        }
    }
}
