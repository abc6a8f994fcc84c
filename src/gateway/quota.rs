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
    /// Stages of an API.
    pub stages: usize,
    /// Variables of a stage. Not adjustable.
    pub stage_variables: usize,
    /// API keys of an account in a region.
    pub api_keys: usize,
    /// Usage plans of an account in a region.
    pub usage_plans: usize,
    /// Usage plans that an API key is in.
    pub usage_plans_of_key: usize,
    /// Client certificates of an account in a region.
    pub client_certificates: usize,
    /// VPC links of an account in a region.
    pub vpc_links: usize,
    /// Custom domain names of an account in a region.
    pub domain_names: usize,
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
            stages: 10,
            stage_variables: 100,
            api_keys: 10_000,
            usage_plans: 300,
            usage_plans_of_key: 10,
            client_certificates: 60,
            vpc_links: 20,
            domain_names: 120,
            timeout_in_millis: 29_000,
            routes: 300,
            integrations: 300,
        }
    }
}

/// Returns API Gateway's words for a quota that is used up (`LimitExceededException`, 429); `owner` is `this API` or
/// `this account`. Known from reports of users for resources, authorizers and APIs, with the two blanks.
#[must_use]
pub fn reached(things: &str, owner: &str) -> String {
    format!(
        "Maximum number of {things} for {owner} has been reached.  Please contact AWS if you need additional {things}."
    )
}
