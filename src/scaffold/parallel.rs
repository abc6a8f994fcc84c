//! The same work for many items, on all processors.

use std::sync::atomic::{AtomicUsize, Ordering};

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

/// Does one thing on another thread while this one does the other.
pub(crate) fn beside<A: Send, B>(other: impl FnOnce() -> A + Send, this: impl FnOnce() -> B) -> (B, A) {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let this = this();
        (this, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

#[cfg(test)]
mod tests {
    use super::in_parallel;

    #[test]
    fn what_comes_back_is_in_order() {
        let items: Vec<usize> = (0..1_000).collect();
        assert_eq!(
            in_parallel(&items, || 1, |one, index, item| index + item * *one),
            (0..2_000).step_by(2).collect::<Vec<_>>()
        );
        assert_eq!(in_parallel(&[0; 0], || (), |(), _, item| *item), [0; 0]);
    }
}
