//! `x-amazon-apigateway-cors`: the CORS settings of an HTTP API. REST APIs ignore it.

use super::members::{Members, Problem};
use crate::source::Node;

/// The extension of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsExtension {
    /// Origins, or `*`.
    pub allow_origins: Option<Vec<String>>,
    /// Verbs, or `*`.
    pub allow_methods: Option<Vec<String>>,
    /// Header names, or `*`.
    pub allow_headers: Option<Vec<String>>,
    /// Header names, or `*`.
    pub expose_headers: Option<Vec<String>>,
    /// Whether credentials may be sent.
    pub allow_credentials: Option<bool>,
    /// Seconds, -1 to 86400.
    pub max_age: Option<i64>,
}

impl CorsExtension {
    /// Reads the extension.
    #[must_use]
    pub fn read(node: &Node) -> (Self, Vec<Problem>) {
        let mut members = match Members::of(node, super::CORS) {
            Ok(members) => members,
            Err(problem) => return (Self::default(), vec![problem]),
        };
        let this = Self {
            allow_origins: members.texts("allowOrigins"),
            allow_methods: members.texts("allowMethods"),
            allow_headers: members.texts("allowHeaders"),
            expose_headers: members.texts("exposeHeaders"),
            allow_credentials: members.boolean("allowCredentials"),
            max_age: members.integer_within("maxAge", -1, 86_400),
        };
        let known = &["allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders", "allowCredentials", "maxAge"];
        (this, members.finish(known))
    }
}
