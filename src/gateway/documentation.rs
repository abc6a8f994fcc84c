//! The DocumentationPart and DocumentationVersion entities.

use serde::{Deserialize, Serialize};

/// Prose about one part of an API (shape `DocumentationPart`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentationPart {
    /// Six lower-case letters and digits.
    pub id: String,
    /// What it is about.
    pub location: DocumentationLocation,
    /// A JSON text.
    pub properties: String,
}

/// What a documentation part is about (shape `DocumentationPartLocation`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentationLocation {
    /// One of the twelve types, such as `METHOD`.
    #[serde(rename = "type")]
    pub location_type: String,
    /// The resource's path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The verb.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The response's status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    /// The parameter's, model's or authorizer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A snapshot of all parts (shape `DocumentationVersion`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentationVersion {
    /// Its name.
    pub version: String,
    /// Seconds since 1970.
    pub created_date: i64,
    /// Prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
