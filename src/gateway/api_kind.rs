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
    /// Returns the kind a document is for: the one that more of what it uses belongs to, a REST API when neither does.
    ///
    /// One member at the wrong place does not make an API of the other kind; what it is told is that the member is.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let root = document.root();
        if document.version() == Version::V2 {
            return Self::Rest;
        }
        let rest_members = REST_ONLY.iter().filter(|key| root.get(key).is_some()).count();
        let rest_schemes = schemes(root).filter(|scheme| is_of_rest(scheme)).count();
        let mut rest = 2 * (rest_members + rest_schemes);
        let has = |name: &str| usize::from(root.get(name).is_some());
        let has_reusable = root.get("components").is_some_and(|c| c.get("x-amazon-apigateway-integrations").is_some());
        let mut http = 3 * (schemes(root).filter(|scheme| is_jwt(scheme)).count() + usize::from(has_reusable))
            + 2 * has("x-amazon-apigateway-cors");
        // REST APIs take these without a use for them, so they count only where nothing else does.
        let mut weak = has("x-amazon-apigateway-importexport-version");
        let mut payloads = 0;
        for operation in document.operations() {
            if operation.path.path.trim_start_matches('/') == "$default" {
                http += 3;
            }
            let Some(integration) = operation.node.get("x-amazon-apigateway-integration") else { continue };
            let integration = document.resolved(integration);
            let kind = integration.str_of("type").and_then(IntegrationType::parse);
            if integration.get("integrationSubtype").is_some() {
                http += 3;
            } else if kind.is_some_and(|kind| !kind.is_proxy()) {
                rest += 2;
            }
            match integration.get("payloadFormatVersion").and_then(Node::scalar_text) {
                Some(version) if version.starts_with('2') => payloads += 1,
                Some(_) => weak += 1,
                None => {}
            }
        }
        http += usize::min(payloads, 3);
        if http > rest || (rest == 0 && weak > 0) { Self::Http } else { Self::Rest }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{LoadOptions, load_text};
    use crate::source::{Loader, Origin};

    fn kind(text: &str) -> ApiKind {
        let text = format!("openapi: 3.0.1\ninfo: {title}\n{text}", title = "{title: a, version: '1'}");
        let origin = Origin::Memory("a.yaml".into());
        let (document, ..) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
        ApiKind::of(&document.expect("a document"))
    }

    const HTTP: &str = "\
x-amazon-apigateway-cors: {allowOrigins: ['*']}
paths:
  /a:
    get:
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', payloadFormatVersion: '2.0'}
";

    #[test]
    fn one_member_at_the_wrong_place_makes_no_other_kind() {
        assert_eq!(kind(HTTP), ApiKind::Http);
        assert_eq!(kind(&format!("x-amazon-apigateway-policy: {}\n{HTTP}", "{}")), ApiKind::Http);
        let mock = "paths: {/a: {get: {x-amazon-apigateway-integration: {type: mock}}}}";
        assert_eq!(kind(mock), ApiKind::Rest);
        assert_eq!(kind(&format!("x-amazon-apigateway-cors: {}\n{mock}", "{}")), ApiKind::Rest);
        let proxy =
            "paths: {/a: {get: {x-amazon-apigateway-integration: {type: aws_proxy, payloadFormatVersion: '1.0'}}}}";
        assert_eq!(kind(proxy), ApiKind::Http);
        assert_eq!(kind(&format!("x-amazon-apigateway-request-validator: all\n{proxy}")), ApiKind::Rest);
    }
}
