//! The GatewayResponse entity.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What the gateway itself answers in one kind of failure (shape `GatewayResponse`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayResponse {
    /// One of the 21 response types, such as `BAD_REQUEST_BODY`.
    pub response_type: String,
    /// The status; absent is the type's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    /// `gatewayresponse.header.NAME` to a mapping expression.
    #[serde(default)]
    pub response_parameters: IndexMap<String, String>,
    /// Media type to a text with `$context.…` substituted.
    #[serde(default)]
    pub response_templates: IndexMap<String, String>,
    /// Whether this is API Gateway's own rather than the user's.
    pub default_response: bool,
}
