//! The Model and RequestValidator entities.

use serde::{Deserialize, Serialize};

/// A JSON Schema (draft 4) under a name (shape `Model`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// Six lower-case letters and digits.
    pub id: String,
    /// Letters and digits only.
    pub name: String,
    /// Prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The schema, a JSON text. References to other models are URLs
    /// (`https://apigateway.amazonaws.com/restapis/{id}/models/{name}`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The media type it describes.
    pub content_type: String,
}

/// What is checked before a request reaches its integration (shape `RequestValidator`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestValidator {
    /// Six lower-case letters and digits.
    pub id: String,
    /// The key in `x-amazon-apigateway-request-validators`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether bodies are validated against their models.
    pub validate_request_body: bool,
    /// Whether required parameters are demanded.
    pub validate_request_parameters: bool,
}
