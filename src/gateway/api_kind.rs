//! The two kinds of API that API Gateway makes of a document.

use super::IntegrationType;
use crate::openapi::{Document, Version};
use crate::source::Node;

/// A kind of API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKind {
    /// A REST API (`apigateway`).
    Rest,
    /// An HTTP API (`apigatewayv2`).
    Http,
}

/// Members of the root that only REST APIs know.
const REST_ONLY: [&str; 8] = [
    "x-amazon-apigateway-api-key-source",
    "x-amazon-apigateway-binary-media-types",
    "x-amazon-apigateway-documentation",
    "x-amazon-apigateway-gateway-responses",
    "x-amazon-apigateway-minimum-compression-size",
    "x-amazon-apigateway-policy",
    "x-amazon-apigateway-request-validator",
    "x-amazon-apigateway-request-validators",
];

impl ApiKind {
    /// Returns the kind a document is for: an HTTP API when it uses what only those have and
    /// nothing that only REST APIs have.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let root = document.root();
        let is_rest = REST_ONLY.iter().any(|key| root.get(key).is_some()) || schemes(root).any(is_of_rest);
        if document.version() == Version::V2 || is_rest {
            return Self::Rest;
        }
        let mut http = root.get("x-amazon-apigateway-cors").is_some()
            || root.get("x-amazon-apigateway-importexport-version").is_some()
            || root.get("components").is_some_and(|c| c.get("x-amazon-apigateway-integrations").is_some())
            || schemes(root).any(is_jwt);
        for operation in document.operations() {
            http |= operation.path.path.trim_start_matches('/') == "$default";
            let Some(integration) = operation.node.get("x-amazon-apigateway-integration") else { continue };
            let integration = document.resolved(integration);
            let kind = integration.str_of("type").and_then(IntegrationType::parse);
            if kind.is_some_and(|kind| !kind.is_proxy()) && integration.get("integrationSubtype").is_none() {
                return Self::Rest;
            }
            http |= integration.get("integrationSubtype").is_some()
                || integration.get("payloadFormatVersion").and_then(Node::scalar_text).is_some();
        }
        if http { Self::Http } else { Self::Rest }
    }
}

fn schemes(root: &Node) -> impl Iterator<Item = &Node> {
    let schemes = root.get("components").and_then(|c| c.get("securitySchemes"));
    schemes.map(Node::entries).unwrap_or_default().map(|e| &e.value)
}

/// Returns whether a scheme's authorizer is one that only REST APIs have.
fn is_of_rest(scheme: &Node) -> bool {
    let Some(authorizer) = scheme.get("x-amazon-apigateway-authorizer") else { return false };
    let kind = authorizer.str_of("type").unwrap_or_default().to_ascii_lowercase();
    let source = authorizer.str_of("identitySource").unwrap_or_default();
    matches!(kind.as_str(), "token" | "cognito_user_pools") || source.starts_with("method.request.")
}

fn is_jwt(scheme: &Node) -> bool {
    scheme
        .get("x-amazon-apigateway-authorizer")
        .and_then(|a| a.str_of("type"))
        .is_some_and(|kind| kind.eq_ignore_ascii_case("jwt"))
}
