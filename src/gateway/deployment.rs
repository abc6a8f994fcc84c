//! The Deployment entity and the copy of the API that it keeps.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ApiDefinition;

/// A deployment (shape `Deployment`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Six lower-case letters and digits.
    pub id: String,
    /// Prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Seconds since 1970.
    pub created_date: i64,
}

/// A deployment with the definition as it was then; never changed after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The deployment.
    pub deployment: Deployment,
    /// The API as it was deployed.
    pub definition: Arc<ApiDefinition>,
}
