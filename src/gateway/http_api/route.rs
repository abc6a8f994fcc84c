//! The Route entity and its key.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which requests go to which integration (shape `Route`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Whether quick create made it and manages it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_gateway_managed: Option<bool>,
    /// Always false for HTTP APIs.
    pub api_key_required: bool,
    /// Scopes of which a token must have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_scopes: Option<Vec<String>>,
    /// `NONE`, `AWS_IAM`, `CUSTOM` or `JWT`
    pub authorization_type: String,
    /// The authorizer, for `CUSTOM` and `JWT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_id: Option<String>,
    /// `operationId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// Seven lower-case letters and digits.
    pub route_id: String,
    /// `GET /pets`, `ANY /pets`, `$default`
    pub route_key: String,
    /// `integrations/{id}`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl Route {
    /// Returns a route that anybody may call and that leads nowhere yet.
    #[must_use]
    pub fn new(id: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            api_gateway_managed: None,
            api_key_required: false,
            authorization_scopes: None,
            authorization_type: "NONE".to_owned(),
            authorizer_id: None,
            operation_name: None,
            route_id: id.into(),
            route_key: key.into(),
            target: None,
        }
    }

    /// Returns the id of the integration that the target names.
    #[must_use]
    pub fn integration_id(&self) -> Option<&str> {
        self.target.as_deref()?.strip_prefix("integrations/")
    }
}

/// A route key, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteKey<'a> {
    /// `$default`
    Default,
    /// `GET /pets`, `ANY /pets`
    Path {
        /// A verb, or `ANY`.
        method: &'a str,
        /// The path template, beginning with `/`.
        path: &'a str,
    },
}

/// The verbs that a route key can have.
pub const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

impl<'a> RouteKey<'a> {
    /// Reads a route key.
    ///
    /// # Errors
    /// When API Gateway would refuse it; the reason is for people.
    pub fn parse(key: &'a str) -> Result<Self, String> {
        if key == "$default" {
            return Ok(Self::Default);
        }
        let malformed = || {
            "The provided route key is not formatted properly for HTTP protocol. Format should be \"[HTTP METHOD] \
             /[RESOURCE PATH]\" or \"$default\""
                .to_owned()
        };
        let (method, path) = key.split_once(' ').ok_or_else(malformed)?;
        if !METHODS.contains(&method) || !path.starts_with('/') {
            return Err(malformed());
        }
        if let Some(reason) = path_fault(path) {
            return Err(reason);
        }
        Ok(Self::Path { method, path })
    }
}

impl fmt::Display for RouteKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("$default"),
            Self::Path { method, path } => write!(f, "{method} {path}"),
        }
    }
}

/// API Gateway's words for a segment that is none, known from reports of users.
const INVALID_PARTS: &str = "One or more path parts appear to be invalid. Parts are validated against this regular \
                             expression: ^(\\{[\\w.:-]+\\+?\\}|[a-zA-Z0-9.:_-]+)$";

/// Returns why a path cannot be a route's: a variable must be a whole segment, a greedy one the last, and a name must
/// not come twice.
fn path_fault(path: &str) -> Option<String> {
    let mut names = Vec::new();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    for (at, segment) in segments.iter().enumerate() {
        if !segment.contains(['{', '}']) {
            if segment.bytes().all(|b| b.is_ascii_alphanumeric() || b".:_-".contains(&b)) {
                continue;
            }
            return Some(INVALID_PARTS.to_owned());
        }
        let name = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
        let Some(name) = name.filter(|n| !n.is_empty() && !n.contains(['{', '}'])) else {
            return Some(INVALID_PARTS.to_owned());
        };
        let bare = name.strip_suffix('+').unwrap_or(name);
        if bare != name && at + 1 != segments.len() {
            return Some(format!("Invalid path {path}: a greedy path variable must be the last segment"));
        }
        if bare.is_empty() || !bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:".contains(&b)) {
            return Some(INVALID_PARTS.to_owned());
        }
        if names.contains(&bare) {
            return Some(format!("Invalid path {path}: the path variable {bare} comes twice"));
        }
        names.push(bare);
    }
    None
}

/// Returns the names of a path's variables; a greedy one with its plus.
pub(crate) fn path_variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}
