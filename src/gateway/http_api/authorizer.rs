//! The Authorizer entity.

use serde::{Deserialize, Serialize};

/// Who decides whether a request may pass (shape `Authorizer`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorizer {
    /// A role's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_credentials_arn: Option<String>,
    /// Six lower-case letters and digits.
    pub authorizer_id: String,
    /// `1.0` or `2.0`, for `REQUEST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_payload_format_version: Option<String>,
    /// Seconds, 0 to 3600; absent behaves as 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_result_ttl_in_seconds: Option<i64>,
    /// The kind.
    pub authorizer_type: AuthorizerType,
    /// The invocation URI of the Lambda function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_uri: Option<String>,
    /// Whether the function answers `{isAuthorized, context}` instead of a policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_simple_responses: Option<bool>,
    /// `$request.header.NAME` and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_source: Option<Vec<String>>,
    /// The issuer and audiences of a JWT authorizer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt_configuration: Option<JwtConfiguration>,
    /// The key of the security scheme it came from.
    pub name: String,
}

/// The kind of an authorizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthorizerType {
    /// A Lambda function that gets the request.
    Request,
    /// JSON web tokens of an issuer.
    Jwt,
}

/// The issuer and audiences of a JWT authorizer (shape `JWTConfiguration`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JwtConfiguration {
    /// Of which the token must name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Vec<String>>,
    /// The base URL of the identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

impl Authorizer {
    /// Returns an authorizer with nothing set but its name and kind.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>, authorizer_type: AuthorizerType) -> Self {
        Self {
            authorizer_credentials_arn: None,
            authorizer_id: id.into(),
            authorizer_payload_format_version: None,
            authorizer_result_ttl_in_seconds: None,
            authorizer_type,
            authorizer_uri: None,
            enable_simple_responses: None,
            identity_source: None,
            jwt_configuration: None,
            name: name.into(),
        }
    }

    /// Returns why API Gateway would refuse this authorizer.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let sources = self.identity_source.as_deref().unwrap_or_default();
        const FORMS: [&str; 4] = ["$request.header.", "$request.querystring.", "$context.", "$stageVariables."];
        if let Some(source) = sources.iter().find(|s| !FORMS.iter().any(|f| s.len() > f.len() && s.starts_with(f))) {
            return Some(format!(
                "Invalid identity source expression: {source}. The source must be a request header, request querystring, \
                 stage variable or context parameter"
            ));
        }
        match self.authorizer_type {
            AuthorizerType::Jwt => {
                let Some(jwt) = &self.jwt_configuration else {
                    return Some("JwtConfiguration must not be null for JWT Authorizer".to_owned());
                };
                if jwt.audience.as_deref().unwrap_or_default().is_empty() {
                    return Some("Audience list must have at least 1 item for JWT Authorizer".to_owned());
                }
                let issuer = jwt.issuer.as_deref().unwrap_or_default();
                if issuer.is_empty() {
                    return Some("Issuer is a required parameter for JWT authorizer".to_owned());
                }
                // AWS takes https only; an issuer on this machine may do without.
                if !issuer.starts_with("https://") && !issuer.starts_with("http://") {
                    return Some("Invalid issuer: Issuer is not a valid URL for JWT Authorizer".to_owned());
                }
                if jwt.audience.as_ref().is_some_and(|a| a.len() > 50) {
                    return Some("An authorizer has at most 50 audiences".to_owned());
                }
                if sources.len() != 1 {
                    return Some("Exactly one identitySource must be specified for JWT authorizer".to_owned());
                }
                None
            }
            AuthorizerType::Request => {
                if self.authorizer_uri.as_deref().unwrap_or_default().is_empty() {
                    return Some("AuthorizerUri is a required field in an Authorizer".to_owned());
                }
                match self.authorizer_payload_format_version.as_deref() {
                    None => {
                        return Some(
                            "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer".to_owned(),
                        );
                    }
                    Some("1.0") if self.enable_simple_responses == Some(true) => {
                        return Some(
                            "EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion \"2.0\"."
                                .to_owned(),
                        );
                    }
                    Some("1.0" | "2.0") => {}
                    Some(version) => {
                        return Some(format!("Invalid authorizerPayloadFormatVersion {version} specified"));
                    }
                }
                let ttl = self.authorizer_result_ttl_in_seconds.unwrap_or(0);
                if !(0..=3600).contains(&ttl) {
                    return Some(
                        "Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds."
                            .to_owned(),
                    );
                }
                (ttl > 0 && sources.is_empty()).then(|| {
                    "Identity source must be set if authorizer caching is enabled (TTL is greater than 0)".to_owned()
                })
            }
        }
    }
}
