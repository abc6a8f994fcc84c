//! The quotas that a document can hit (developer guide, `limits`).

/// How much an account may have; what AWS raises on request is what varies here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Bytes of a document to import. Not adjustable.
    pub document_bytes: usize,
    /// Resources of an API besides its root.
    pub resources: usize,
    /// Authorizers of an API.
    pub authorizers: usize,
    /// Documentation parts of an API.
    pub documentation_parts: usize,
    /// The longest time-out of an integration, in milliseconds.
    pub timeout_in_millis: i64,
    /// Routes of an HTTP API.
    pub routes: usize,
    /// Integrations of an HTTP API. Not adjustable.
    pub integrations: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            document_bytes: 6 * 1024 * 1024,
            resources: 300,
            authorizers: 10,
            documentation_parts: 2000,
            timeout_in_millis: 29_000,
            routes: 300,
            integrations: 300,
        }
    }
}
