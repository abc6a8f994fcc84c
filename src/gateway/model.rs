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

/// What every link to a model begins with.
pub const MODEL_LINK_BASE: &str = "https://apigateway.amazonaws.com/restapis/";

/// Returns the link by which a stored schema refers to a model of its API.
#[must_use]
pub fn model_link(api_id: &str, name: &str) -> String {
    format!("{MODEL_LINK_BASE}{api_id}/models/{name}")
}

/// Returns the name of the model that a link leads to, whichever API it belongs to.
#[must_use]
pub fn linked_model(link: &str) -> Option<&str> {
    let (_, name) = link.strip_prefix(MODEL_LINK_BASE)?.split_once("/models/")?;
    (!name.is_empty()).then_some(name)
}

/// The keywords that are kept, in the order they are stored in (recorded; the order of the parser's schema class).
///
/// Not among them, and so dropped: `nullable`, `discriminator`, `example`, `xml`, `externalDocs`, `readOnly`,
/// `writeOnly`, `deprecated`, `default`, `exclusiveMinimum` (`api-gateway-known-issues`) and whatever is no keyword of
/// OpenAPI.
pub const SCHEMA_KEYWORDS: [&str; 25] = [
    "title",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "type",
    "not",
    "properties",
    "additionalProperties",
    "description",
    "format",
    "enum",
    "items",
    "allOf",
    "anyOf",
    "oneOf",
];

/// Returns where a keyword stands in a schema of Swagger 2.0 (exports that users published, and the developer guide's).
pub(crate) fn swagger_keyword_rank(keyword: &str) -> usize {
    const FIRST: [&str; 4] = ["type", "required", "minimum", "maximum"];
    let first = FIRST.iter().position(|k| *k == keyword);
    first.unwrap_or_else(|| FIRST.len() + schema_keyword_rank(keyword))
}

/// Returns where a keyword stands in a stored schema; those that are not in [`SCHEMA_KEYWORDS`] come last.
pub(crate) fn schema_keyword_rank(keyword: &str) -> usize {
    SCHEMA_KEYWORDS.iter().position(|k| *k == keyword).unwrap_or(SCHEMA_KEYWORDS.len())
}
