//! What Lambda authorizers answered, until it expires.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::lambda::Verdict;

/// Answers that are kept at most; past this, those that expired are forgotten, then all.
const MAX_RESULTS: usize = 10_000;

/// What an answer is for: the API, the stage, the authorizer, and the identity it was asked about.
pub(super) type ResultKey = (String, String, String, Vec<String>);

/// The answers of a server's authorizers.
#[derive(Default)]
pub(crate) struct Results(Mutex<HashMap<ResultKey, (Instant, Arc<Verdict>)>>);

impl Results {
    /// Returns an answer that has not expired.
    pub(super) fn get(&self, key: &ResultKey, now: Instant) -> Option<Arc<Verdict>> {
        let results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        results.get(key).filter(|(expires, _)| *expires > now).map(|(_, verdict)| Arc::clone(verdict))
    }

    /// Forgets the answers about a stage.
    pub(crate) fn flush(&self, api_id: &str, stage: &str) {
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        results.retain(|(api, name, ..), _| api != api_id || name != stage);
    }

    /// Keeps an answer.
    pub(super) fn put(&self, key: ResultKey, verdict: Arc<Verdict>, now: Instant, ttl: Duration) {
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if results.len() >= MAX_RESULTS {
            results.retain(|_, (expires, _)| *expires > now);
        }
        if results.len() >= MAX_RESULTS {
            results.clear();
        }
        results.insert(key, (now + ttl, verdict));
    }
}
