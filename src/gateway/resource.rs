//! The Resource entity: one segment of the path tree.

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use super::Method;

/// A node of the path tree (shape `Resource`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// Six or more lower-case letters and digits.
    pub id: String,
    /// The parent's id; absent at the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// The last segment: a literal, `{name}` or `{name+}`; absent at the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_part: Option<String>,
    /// The whole path.
    pub path: String,
    /// The methods by verb, `ANY` among them.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub resource_methods: LiteMap<String, Method>,
}

impl Resource {
    /// Returns the resource `/`.
    #[must_use]
    pub fn root(id: String) -> Self {
        Self { id, parent_id: None, path_part: None, path: "/".into(), resource_methods: LiteMap::new() }
    }

    /// Returns a resource below `parent`.
    #[must_use]
    pub fn child(id: String, parent: &Resource, path_part: &str) -> Self {
        let path = if parent.path == "/" { format!("/{path_part}") } else { format!("{}/{path_part}", parent.path) };
        Self {
            id,
            parent_id: Some(parent.id.clone()),
            path_part: Some(path_part.to_owned()),
            path,
            resource_methods: LiteMap::new(),
        }
    }
}
