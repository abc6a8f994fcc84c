//! Timing that the benches share.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Returns the time of the fastest of some runs; making what a run returns counts, dropping it does not.
pub(crate) fn fastest<T>(runs: usize, mut f: impl FnMut() -> T) -> Duration {
    let run = |f: &mut dyn FnMut() -> T| {
        let start = Instant::now();
        let value = black_box(f());
        let took = start.elapsed();
        drop(value);
        took
    };
    (0..runs).map(|_| run(&mut f)).min().unwrap_or_default()
}

/// Returns a time in milliseconds.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
