//! The Authorizer entity.

use serde::{Deserialize, Serialize};

/// Who decides whether a request may pass (shape `Authorizer`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorizer {
    /// Six lower-case letters and digits.
    pub id: String,
    /// The key of the security scheme it came from.
    pub name: String,
    /// The kind.
    #[serde(rename = "type")]
    pub authorizer_type: AuthorizerType,
    /// Cognito user pools.
    #[serde(default, rename = "providerARNs", skip_serializing_if = "Option::is_none")]
    pub provider_arns: Option<Vec<String>>,
    /// Free text that round-trips; `custom` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<String>,
    /// The invocation URI of the Lambda function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_uri: Option<String>,
    /// A role's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_credentials: Option<String>,
    /// `method.request.header.NAME` and the like, comma separated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_source: Option<String>,
    /// A regular expression that the token must match before the function is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_validation_expression: Option<String>,
    /// Seconds, 0 to 3600; absent behaves as 300.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_result_ttl_in_seconds: Option<i64>,
    /// Issuers, audiences and algorithms of a JWT authorizer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt_configuration: Option<serde_json::Value>,
}

/// Returns why API Gateway takes no such URI of an authorizer's function, if it does not.
#[must_use]
pub fn authorizer_uri_fault(uri: &str) -> Option<String> {
    let is_good = uri.starts_with("arn:") && uri.contains(":apigateway:") && uri.contains(":lambda:path/");
    (!is_good).then(|| {
        format!(
            "Invalid Authorizer URI: {uri}. Authorizer URI should be a valid API Gateway ARN that represents a Lambda \
             function invocation."
        )
    })
}

/// The kind of an authorizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthorizerType {
    /// A Lambda function that gets one header.
    Token,
    /// A Lambda function that gets the request.
    Request,
    /// Cognito user pools.
    CognitoUserPools,
    /// JSON web tokens of configured issuers.
    Jwt,
}

impl AuthorizerType {
    /// Returns the kind of this name, in either case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Token, Self::Request, Self::CognitoUserPools, Self::Jwt]
            .into_iter()
            .find(|t| t.as_str().eq_ignore_ascii_case(name))
    }

    /// Returns the name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "TOKEN",
            Self::Request => "REQUEST",
            Self::CognitoUserPools => "COGNITO_USER_POOLS",
            Self::Jwt => "JWT",
        }
    }
}

impl Authorizer {
    /// Returns whether a token, or the audience of a user pool's, keeps to `identityValidationExpression`: to all of it, or
    /// to none where there is no such expression.
    ///
    /// # Errors
    /// When the expression is not a regular expression.
    pub fn validates(&self, text: &str) -> Result<bool, fancy_regex::Error> {
        let expression = self.identity_validation_expression.as_deref().filter(|expression| !expression.is_empty());
        let Some(expression) = expression else { return Ok(true) };
        let pattern = fancy_regex::Regex::new(&format!(r"\A(?:{expression})\z"))?;
        // One that cannot be decided in reasonable time is no match.
        Ok(pattern.is_match(text).unwrap_or(false))
    }
}

/// Returns why API Gateway would not take this identity source of a REST API's authorizer, if it would not: one header
/// for a token, one or more places of a request, joined by commas, for the rest. The words are known from reports of users;
/// those for a request's end as the words for a WebSocket API's do.
#[must_use]
pub fn identity_source_fault(kind: AuthorizerType, source: &str) -> Option<String> {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    let names =
        |source: &str, places: &[&str]| places.iter().any(|place| source.strip_prefix(place).is_some_and(is_name));
    match kind {
        AuthorizerType::Token | AuthorizerType::CognitoUserPools => {
            (!names(source, &["method.request.header."])).then(|| {
                format!(
                    "Invalid token source expression: {source}. The source must be a method request header, matching \
                     'method.request.header.[a-zA-Z0-9._-]+'."
                )
            })
        }
        AuthorizerType::Request => {
            const PLACES: [&str; 4] =
                ["method.request.header.", "method.request.querystring.", "context.", "stageVariables."];
            if source.split(',').all(|source| names(source.trim(), &PLACES)) {
                return None;
            }
            Some(format!(
                "Invalid request identity source expression: {source}. The sources must be separated by comma, and each \
                 source must be either a method request parameter, matching \
                 'method.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching \
                 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'"
            ))
        }
        AuthorizerType::Jwt => None,
    }
}
