//! Security schemes to authorizers, security requirements to the authorization of routes.

use crate::gateway::AuthorizerType as DocumentedType;
use crate::gateway::extension::{self, AuthExtension, AuthorizerExtension, ProblemKind};
use crate::gateway::http_api::{Authorizer, AuthorizerType, JwtConfiguration, Route};
use crate::openapi::Operation;
use crate::source::Node;

use super::Importer;

/// What follows an issuer in the URL of its configuration.
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// What an operation that requires a scheme gets.
#[derive(Clone, Debug)]
pub(super) enum Scheme {
    /// An authorizer, by id.
    Authorizer { id: String, authorizer_type: AuthorizerType },
    /// `AWS_IAM`
    Iam,
    /// Nothing: HTTP APIs do not know the scheme.
    Nothing,
}

impl<'a> Importer<'a> {
    /// Makes the authorizers, whether an operation uses them or not, and learns what the other schemes mean.
    pub(super) fn authorizers(&mut self) {
        let schemes = self.document.root().get("components").and_then(|c| c.get("securitySchemes"));
        for entry in schemes.map(Node::entries).unwrap_or_default() {
            let name = entry.key.text.as_str();
            let node = self.document.resolved(&entry.value);
            let scheme = self.scheme(name, node);
            self.schemes.insert(name.to_owned(), scheme);
        }
        let count = self.definition.authorizers.len();
        if let Some(schemes) = schemes.filter(|_| count > self.options.quotas.authorizers) {
            self.fault(schemes.span, "Maximum number of Authorizers for this API has been reached.");
        }
    }

    fn scheme(&mut self, name: &str, node: &'a Node) -> Scheme {
        if let Some(definition) = node.get(extension::AUTHORIZER) {
            return self.authorizer(name, node, definition);
        }
        let authtype = node.get(extension::AUTHTYPE).and_then(Node::scalar_text);
        if authtype.is_some_and(|t| t.eq_ignore_ascii_case("awsSigv4")) {
            return Scheme::Iam;
        }
        let kind = node.str_of("type").unwrap_or_default();
        self.warn(node.span, format!("Unsupported security definition type '{kind}' for '{name}'. Ignoring."));
        Scheme::Nothing
    }

    fn authorizer(&mut self, name: &str, scheme: &Node, node: &Node) -> Scheme {
        let (read, problems) = AuthorizerExtension::read(node);
        let owner = format!("Unable to create authorizer '{name}'");
        // SAM writes the sources as a list, which HTTP APIs take.
        let listed: Vec<String> = node
            .get("identitySource")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|source| source.as_str().map(str::to_owned))
            .collect();
        for problem in &problems {
            let reason = match (&problem.kind, problem.member.as_str()) {
                (ProblemKind::WrongType { .. }, "identitySource") if !listed.is_empty() => continue,
                (ProblemKind::Missing | ProblemKind::NotOneOf { .. }, "type") => "Invalid authorizer type specified",
                (ProblemKind::WrongType { .. }, _) => "Invalid authorizer definition",
                _ => continue,
            };
            self.fault(problem.span, format!("{owner}: {reason}"));
        }
        let authorizer_type = match read.authorizer_type {
            Some(DocumentedType::Jwt) => AuthorizerType::Jwt,
            Some(DocumentedType::Request) => AuthorizerType::Request,
            Some(other) => {
                let message =
                    format!("Unsupported authorizer type '{}' for '{name}'. Ignoring.", other.as_str().to_lowercase());
                self.warn(node.span, message);
                return Scheme::Nothing;
            }
            None => return Scheme::Nothing,
        };
        let before = self.before.and_then(|b| b.authorizer_named(name)).map(|a| a.authorizer_id.clone());
        let id = before.unwrap_or_else(|| self.ids.next_id(6));
        let mut authorizer = Authorizer::new(id.clone(), name, authorizer_type);
        let written = read.identity_source.as_deref().map(sources);
        authorizer.identity_source = written.or(Some(listed)).filter(|s| !s.is_empty());
        match authorizer_type {
            AuthorizerType::Jwt => {
                let source = || vec!["$request.header.Authorization".to_owned()];
                authorizer.identity_source.get_or_insert_with(source);
                authorizer.jwt_configuration = Some(jwt_configuration(scheme, node));
            }
            AuthorizerType::Request => {
                authorizer.authorizer_uri = read.authorizer_uri;
                authorizer.authorizer_credentials_arn = read.authorizer_credentials;
                authorizer.authorizer_payload_format_version =
                    read.authorizer_payload_format_version.map(|v| if v.contains('.') { v } else { format!("{v}.0") });
                authorizer.authorizer_result_ttl_in_seconds = read.authorizer_result_ttl_in_seconds;
                authorizer.enable_simple_responses = read.enable_simple_responses;
                if authorizer.identity_source.is_none() {
                    authorizer.identity_source = scheme_source(scheme);
                }
            }
        }
        if let Some(fault) = authorizer.fault() {
            self.fault(node.span, format!("{owner}: {fault}"));
        }
        self.definition.authorizers.insert(id.clone(), authorizer);
        Scheme::Authorizer { id, authorizer_type }
    }

    /// Sets what a caller of a route must bring, from the operation's `security` or else the document's.
    pub(super) fn secure(&mut self, operation: &Operation<'a>, route: &mut Route) {
        if let Some(auth) = operation.node.get(extension::AUTH) {
            // Other kinds name no authorizer; `security` does.
            if let Some(kind) = AuthExtension::read(auth).0.auth_type.filter(|k| matches!(*k, "NONE" | "AWS_IAM")) {
                route.authorization_type = kind.to_owned();
                return;
            }
        }
        let own = operation.node.get("security");
        let Some(security) = own.or_else(|| self.document.root().get("security")) else { return };
        let required: Vec<_> = security.items().flat_map(Node::entries).collect();
        if required.len() > 1 {
            let message = format!(
                "Unable to create route '{}': Multiple security requirements are not supported. An operation can have \
                 only one of IAM authorization, a Lambda authorizer, or a JWT authorizer",
                route.route_key
            );
            self.fault(security.span, message);
            return;
        }
        let Some(entry) = required.first() else { return };
        let name = entry.key.text.as_str();
        match self.schemes.get(name) {
            Some(Scheme::Iam) => route.authorization_type = "AWS_IAM".to_owned(),
            Some(Scheme::Authorizer { id, authorizer_type }) => {
                route.authorizer_id = Some(id.clone());
                route.authorization_type = match authorizer_type {
                    AuthorizerType::Jwt => "JWT".to_owned(),
                    AuthorizerType::Request => "CUSTOM".to_owned(),
                };
                let scopes: Vec<String> = entry.value.items().filter_map(|s| s.as_str().map(str::to_owned)).collect();
                if scopes.len() > 10 {
                    let message =
                        format!("Unable to create route '{}': a route has at most 10 scopes", route.route_key);
                    self.fault(entry.value.span, message);
                    return;
                }
                let keeps = *authorizer_type == AuthorizerType::Jwt && !scopes.is_empty();
                route.authorization_scopes = keeps.then_some(scopes);
            }
            Some(Scheme::Nothing) => {}
            // What SAM writes for an operation without the API's default authorizer.
            None if name == "NONE" => {}
            None => {
                let message =
                    format!("Unable to create route '{}': Invalid security definition '{name}'", route.route_key);
                self.fault(entry.key.span, message);
            }
        }
    }
}

/// Returns the sources of a comma-separated list.
fn sources(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

/// Returns the identity source that a scheme's own place is.
fn scheme_source(scheme: &Node) -> Option<Vec<String>> {
    let name = scheme.str_of("name").filter(|n| !n.is_empty() && !n.eq_ignore_ascii_case("unused"))?;
    let source = match scheme.str_of("in")? {
        "header" => format!("$request.header.{name}"),
        "query" => format!("$request.querystring.{name}"),
        _ => return None,
    };
    Some(vec![source])
}

/// Returns the issuer and audiences; the issuer may come from the scheme's `openIdConnectUrl`.
fn jwt_configuration(scheme: &Node, node: &Node) -> JwtConfiguration {
    let written = node.get("jwtConfiguration");
    let audience = written.and_then(|j| j.get("audience"));
    let audience = audience.map(|a| match a.scalar_text() {
        Some(one) => vec![one.to_string()],
        None => a.items().filter_map(|t| t.scalar_text().map(|t| t.to_string())).collect(),
    });
    let issuer = written.and_then(|j| j.get("issuer")).and_then(Node::scalar_text).map(|t| t.to_string());
    let discovered = || {
        let url = scheme.str_of("openIdConnectUrl")?;
        Some(url.strip_suffix(DISCOVERY).unwrap_or(url).to_owned())
    };
    JwtConfiguration { audience, issuer: issuer.or_else(discovered) }
}
