//! Token buckets: rates refill them, bursts are their size.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Buckets that are kept; past this, those that are full again are forgotten.
const MAX_BUCKETS: usize = 10_000;

/// The buckets of a server, by what they limit.
#[derive(Debug, Default)]
pub(crate) struct Throttles(Mutex<HashMap<String, Bucket>>);

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
    rate: f64,
    burst: f64,
}

impl Bucket {
    fn refill(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + seconds * self.rate).min(self.burst);
        self.at = now;
    }
}

impl Throttles {
    /// Takes one token from a bucket; returns whether there was one. A changed limit holds from now on.
    pub(crate) fn take(&self, key: &str, rate: f64, burst: f64, now: Instant) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.contains_key(key) {
            if buckets.len() >= MAX_BUCKETS {
                buckets.retain(|_, bucket| {
                    bucket.refill(now);
                    bucket.tokens < bucket.burst
                });
            }
            buckets.insert(key.to_owned(), Bucket { tokens: burst, at: now, rate, burst });
        }
        let Some(bucket) = buckets.get_mut(key) else { return true };
        bucket.rate = rate;
        bucket.burst = burst;
        bucket.refill(now);
        let allowed = bucket.tokens >= 1.0;
        if allowed {
            bucket.tokens -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_gives_its_burst_then_its_rate() {
        let throttles = Throttles::default();
        let start = Instant::now();
        let at = |millis| throttles.take("k", 10.0, 2.0, start + Duration::from_millis(millis));
        assert_eq!([at(0), at(0), at(0), at(99), at(150), at(150)], [true, true, false, false, true, false]);
        assert!(!throttles.take("none", 0.0, 0.0, start));
    }
}
