//! Security schemes to authorizers, security requirements to the authorization of methods.

use crate::gateway::extension::{self, AuthExtension, AuthorizerExtension, ProblemKind};
use crate::gateway::{Authorizer, AuthorizerType, Method, authorizer_uri_fault, identity_source_fault};
use crate::openapi::Operation;
use crate::source::Node;

use super::importer::Importer;
use super::methods::Owner;

/// What an operation that requires a scheme gets.
#[derive(Clone, Debug)]
pub(super) enum Scheme {
    /// An authorizer, by id.
    Authorizer { id: String, authorizer_type: AuthorizerType },
    /// `AWS_IAM`
    Iam,
    /// An API key must be sent.
    ApiKey,
    /// Nothing: API Gateway does not know the scheme.
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
    }

    fn scheme(&mut self, name: &str, node: &'a Node) -> Scheme {
        let authtype = node.get(extension::AUTHTYPE).and_then(Node::scalar_text);
        if let Some(definition) = node.get(extension::AUTHORIZER) {
            return self.authorizer(name, node, definition, authtype.map(Into::into));
        }
        if authtype.as_deref().is_some_and(|t| t.eq_ignore_ascii_case("awsSigv4")) {
            return Scheme::Iam;
        }
        if authtype.is_some() {
            // The words say that methods are left out; that documents exported without authorizers import with all
            // their methods is known too, so they stay.
            let message = format!(
                "Unable to create authorizer from security definition: '{name}'. Extension {} is required. Any methods \
                 with security: '{name}' will not be created. If this security definition is not a custom authorizer, \
                 remove the {} extension and it will be ignored.",
                extension::AUTHORIZER,
                extension::AUTHTYPE
            );
            self.warn(node.span, message);
            return Scheme::Nothing;
        }
        let kind = node.str_of("type").unwrap_or_default();
        if kind != "apiKey" {
            self.warn(node.span, format!("Unsupported security definition type '{kind}' for '{name}'. Ignoring."));
            return Scheme::Nothing;
        }
        let is_key_header = node.str_of("in") == Some("header")
            && node.str_of("name").is_some_and(|n| n.eq_ignore_ascii_case("x-api-key"));
        if is_key_header { Scheme::ApiKey } else { Scheme::Nothing }
    }

    fn authorizer(&mut self, name: &str, scheme: &Node, node: &Node, auth_type: Option<String>) -> Scheme {
        let (read, problems) = AuthorizerExtension::read(node);
        for problem in &problems {
            let reason = match (&problem.kind, problem.member.as_str()) {
                (ProblemKind::Missing | ProblemKind::NotOneOf { .. }, "type") => {
                    "Invalid authorizer type specified".to_owned()
                }
                (ProblemKind::Missing, "authorizerUri") => "Invalid Authorizer URI: null".to_owned(),
                (ProblemKind::Missing, "providerARNs") => "Invalid Provider ARNs specified".to_owned(),
                (ProblemKind::Missing, member) => format!("{member} must be specified"),
                (ProblemKind::OutOfRange { .. }, _) => {
                    "Invalid Authorizer result TTL specified. Must be between 0 and 3600 seconds".to_owned()
                }
                (ProblemKind::WrongType { .. }, member) if member != "enableSimpleResponses" => {
                    format!("Invalid {member} specified")
                }
                _ => continue,
            };
            self.fault(problem.span, format!("Unable to create authorizer '{name}': {reason}"));
        }
        let Some(authorizer_type) = read.authorizer_type else { return Scheme::Nothing };
        let identity_source = match read.identity_source {
            Some(source) if authorizer_type == AuthorizerType::Request => Some(source),
            // The scheme's own place counts for the kinds that look at one place (recorded).
            given => scheme_source(scheme).or(given),
        };
        let caches = read.authorizer_result_ttl_in_seconds != Some(0);
        if authorizer_type == AuthorizerType::Request && identity_source.is_none() && caches {
            let message = format!(
                "Unable to create authorizer '{name}': Identity source must be specified when caching is enabled"
            );
            self.fault(node.span, message);
        }
        // A scheme's own place is a header's or a query parameter's name as it is: only what is written out is looked at.
        let explicit = identity_source.as_deref().filter(|source| !source.is_empty() && !source.contains("${"));
        if let Some(source) = explicit.filter(|_| authorizer_type == AuthorizerType::Request)
            && let Some(reason) = identity_source_fault(authorizer_type, source)
        {
            self.fault(node.span, format!("Unable to create authorizer '{name}': {reason}"));
        }
        let has_function = matches!(authorizer_type, AuthorizerType::Token | AuthorizerType::Request);
        let uri = read.authorizer_uri.as_deref().filter(|_| has_function);
        if let Some(reason) = uri.and_then(authorizer_uri_fault) {
            self.fault(node.span, format!("Unable to create authorizer '{name}': {reason}"));
        }
        let before = self.before.and_then(|b| b.authorizer_named(name)).map(|a| a.id.clone());
        let id = before.unwrap_or_else(|| self.ids.next_id(6));
        let default_auth_type = match authorizer_type {
            AuthorizerType::CognitoUserPools => "cognito_user_pools",
            AuthorizerType::Token | AuthorizerType::Request | AuthorizerType::Jwt => "custom",
        };
        let authorizer = Authorizer {
            id: id.clone(),
            name: name.to_owned(),
            authorizer_type,
            provider_arns: read.provider_arns,
            auth_type: Some(auth_type.unwrap_or_else(|| default_auth_type.to_owned())),
            authorizer_uri: read.authorizer_uri,
            authorizer_credentials: read.authorizer_credentials,
            identity_source,
            identity_validation_expression: read.identity_validation_expression,
            authorizer_result_ttl_in_seconds: read.authorizer_result_ttl_in_seconds,
            jwt_configuration: read.jwt_configuration,
        };
        if self.definition.authorizers.len() >= self.options.quotas.authorizers
            && !self.definition.authorizers.contains_key(&id)
        {
            let reached = crate::gateway::quota::reached("Authorizers", "this API");
            self.fault(node.span, format!("Unable to create authorizer '{name}': {reached}"));
        }
        self.definition.authorizers.insert(id.clone(), authorizer);
        Scheme::Authorizer { id, authorizer_type }
    }

    /// Sets what a caller of a method must bring, from the operation's `security` or else the document's.
    pub(super) fn secure(&mut self, operation: &Operation<'a>, owner: &Owner<'_>, method: &mut Method) {
        let own = operation.node.get("security");
        let security = own.or_else(|| self.document.root().get("security"));
        for requirement in security.map(Node::items).unwrap_or_default() {
            for entry in requirement.entries() {
                match self.schemes.get(entry.key.text.as_str()) {
                    Some(Scheme::Authorizer { id, authorizer_type }) if method.authorization_type == "NONE" => {
                        method.authorizer_id = Some(id.clone());
                        method.authorization_type = match authorizer_type {
                            AuthorizerType::Token | AuthorizerType::Request => "CUSTOM".into(),
                            AuthorizerType::CognitoUserPools => "COGNITO_USER_POOLS".into(),
                            AuthorizerType::Jwt => "JWT".into(),
                        };
                        let scopes: Vec<String> =
                            entry.value.items().filter_map(|s| s.as_str().map(str::to_owned)).collect();
                        // Scopes mean something for pools and tokens only.
                        let keeps = matches!(authorizer_type, AuthorizerType::CognitoUserPools | AuthorizerType::Jwt);
                        method.authorization_scopes = (keeps && !scopes.is_empty()).then_some(scopes);
                    }
                    Some(Scheme::Iam) if method.authorization_type == "NONE" => {
                        method.authorization_type = "AWS_IAM".into();
                    }
                    Some(Scheme::ApiKey) => method.api_key_required = true,
                    Some(_) => {}
                    None => {
                        let message = format!(
                            "Unable to put method {owner}: Security definition '{}' is not defined",
                            entry.key.text
                        );
                        self.warn(entry.key.span, message);
                    }
                }
            }
        }
        let Some(node) = operation.node.get(extension::AUTH) else { return };
        let (auth, _) = AuthExtension::read(node);
        match auth.auth_type {
            Some("NONE") => {
                method.authorization_type = "NONE".into();
                method.authorizer_id = None;
                method.authorization_scopes = None;
            }
            Some("AWS_IAM") => {
                method.authorization_type = "AWS_IAM".into();
                method.authorizer_id = None;
                method.authorization_scopes = None;
            }
            _ => {}
        }
    }
}

/// Returns where a scheme of type `apiKey` has its key, as a mapping expression.
fn scheme_source(scheme: &Node) -> Option<String> {
    let name = scheme.str_of("name").filter(|n| !n.is_empty() && !n.eq_ignore_ascii_case("unused"))?;
    let place = match scheme.str_of("in")? {
        "header" => "header",
        "query" => "querystring",
        _ => return None,
    };
    Some(format!("method.request.{place}.{name}"))
}
