//! Authorizers and the authorization of methods to security schemes and requirements.

use serde_json::{Map, Value as Json, json};

use crate::gateway::documentation::Entity;
use crate::gateway::{Authorizer, AuthorizerType, Method, extension};

use super::Exporter;

impl Exporter<'_> {
    /// Returns the schemes of all authorizers, of API keys and of IAM, or `None` when there are none.
    pub(super) fn security_schemes(&self) -> Option<Json> {
        let mut schemes = Map::new();
        let methods = || self.definition.resources.values().flat_map(|r| r.resource_methods.values());
        if methods().any(|m| m.api_key_required) {
            let scheme = json!({ "type": "apiKey", "name": "x-api-key", "in": "header" });
            schemes.insert(self.free_name("api_key"), scheme);
        }
        if methods().any(|m| m.authorization_type == "AWS_IAM") {
            let mut scheme = json!({ "type": "apiKey", "name": "Authorization", "in": "header" });
            scheme[extension::AUTHTYPE] = "awsSigv4".into();
            schemes.insert(self.free_name("sigv4"), scheme);
        }
        let mut authorizers: Vec<&Authorizer> = self.definition.authorizers.values().collect();
        authorizers.sort_by(|a, b| a.name.cmp(&b.name));
        for authorizer in authorizers {
            let mut scheme = self.scheme(authorizer);
            if let Some(members) = scheme.as_object_mut() {
                let entity = Entity { kind: "AUTHORIZER", name: &authorizer.name, ..Entity::default() };
                self.describe(members, &entity, &["description"]);
            }
            schemes.insert(authorizer.name.clone(), scheme);
        }
        (!schemes.is_empty()).then_some(Json::Object(schemes))
    }

    /// Returns what a caller of a method must bring.
    pub(super) fn security(&self, method: &Method) -> Option<Json> {
        let mut requirements = Vec::new();
        let mut require = |name: String, scopes: &[String]| {
            requirements.push(Json::Object(Map::from_iter([(name, json!(scopes))])));
        };
        if method.authorization_type == "AWS_IAM" {
            require(self.free_name("sigv4"), &[]);
        }
        let authorizer = method.authorizer_id.as_ref().and_then(|id| self.definition.authorizers.get(id));
        if let Some(authorizer) = authorizer {
            require(authorizer.name.clone(), method.authorization_scopes.as_deref().unwrap_or_default());
        }
        // The key comes last, as in exports of deployed APIs.
        if method.api_key_required {
            require(self.free_name("api_key"), &[]);
        }
        (!requirements.is_empty()).then_some(Json::Array(requirements))
    }

    /// Returns the name of a scheme that is no authorizer's, which authorizers may have taken.
    fn free_name(&self, name: &str) -> String {
        let mut free = name.to_owned();
        while self.definition.authorizer_named(&free).is_some() {
            free.push('_');
        }
        free
    }

    fn scheme(&self, authorizer: &Authorizer) -> Json {
        let source = authorizer.identity_source.as_deref();
        let place = source.and_then(single_place);
        let (name, place) = place.unwrap_or(("Unused", "header"));
        let mut scheme = json!({ "type": "apiKey", "name": name, "in": place });
        // The type is in every export, as it is of IAM's scheme (exports that users published).
        if let Some(auth_type) = &authorizer.auth_type {
            scheme[extension::AUTHTYPE] = auth_type.clone().into();
        }
        if !self.options.has_authorizers() {
            return scheme;
        }
        let mut members = Map::new();
        let mut text = |key: &str, value: Option<&String>| {
            if let Some(value) = value {
                members.insert(key.to_owned(), value.clone().into());
            }
        };
        text("authorizerUri", authorizer.authorizer_uri.as_ref());
        text("authorizerCredentials", authorizer.authorizer_credentials.as_ref());
        let is_request = authorizer.authorizer_type == AuthorizerType::Request;
        text("identitySource", authorizer.identity_source.as_ref().filter(|_| is_request || name == "Unused"));
        text("identityValidationExpression", authorizer.identity_validation_expression.as_ref());
        if let Some(seconds) = authorizer.authorizer_result_ttl_in_seconds {
            members.insert("authorizerResultTtlInSeconds".into(), seconds.into());
        }
        if let Some(arns) = &authorizer.provider_arns {
            members.insert("providerARNs".into(), json!(arns));
        }
        if let Some(jwt) = &authorizer.jwt_configuration {
            members.insert("jwtConfiguration".into(), jwt.clone());
        }
        members.insert("type".into(), authorizer.authorizer_type.as_str().to_ascii_lowercase().into());
        scheme[extension::AUTHORIZER] = Json::Object(members);
        scheme
    }
}

/// Returns the name and place of an identity source that is a single header or query parameter.
fn single_place(source: &str) -> Option<(&str, &str)> {
    let (place, name) = source.strip_prefix("method.request.")?.split_once('.')?;
    let place = match place {
        "header" => "header",
        "querystring" => "query",
        _ => return None,
    };
    let single = !name.is_empty() && !name.contains([',', ' ']) && !name.eq_ignore_ascii_case("unused");
    single.then_some((name, place))
}
