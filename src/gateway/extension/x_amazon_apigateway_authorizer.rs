//! `x-amazon-apigateway-authorizer`: the authorizer that a security scheme stands for.

use super::members::{Members, Problem};
use crate::gateway::AuthorizerType;
use crate::source::Node;

/// The extension of a security scheme.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuthorizerExtension {
    /// The kind.
    pub authorizer_type: Option<AuthorizerType>,
    /// The invocation URI of the Lambda function.
    pub authorizer_uri: Option<String>,
    /// A role's ARN.
    pub authorizer_credentials: Option<String>,
    /// Where the caller's identity is in the request, comma separated.
    pub identity_source: Option<String>,
    /// A regular expression for the token.
    pub identity_validation_expression: Option<String>,
    /// Seconds, 0 to 3600; absent behaves as 300.
    pub authorizer_result_ttl_in_seconds: Option<i64>,
    /// Cognito user pools.
    pub provider_arns: Option<Vec<String>>,
    /// Issuers and audiences of a JWT authorizer.
    pub jwt_configuration: Option<serde_json::Value>,
    /// `1.0` or `2.0`; HTTP APIs only.
    pub authorizer_payload_format_version: Option<String>,
    /// Whether the function answers a boolean instead of a policy; HTTP APIs only.
    pub enable_simple_responses: Option<bool>,
}

const MEMBERS: &[&str] = &[
    "type",
    "authorizerUri",
    "authorizerCredentials",
    "authorizerPayloadFormatVersion",
    "enableSimpleResponses",
    "identitySource",
    "identityValidationExpression",
    "authorizerResultTtlInSeconds",
    "providerARNs",
    "jwtConfiguration",
];

impl AuthorizerExtension {
    /// Reads the extension.
    #[must_use]
    pub fn read(node: &Node) -> (Self, Vec<Problem>) {
        let mut members = match Members::of(node, super::AUTHORIZER) {
            Ok(members) => members,
            Err(problem) => return (Self::default(), vec![problem]),
        };
        let this = Self {
            authorizer_type: members
                .word("type", &["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"])
                .and_then(AuthorizerType::parse),
            authorizer_uri: members.text("authorizerUri"),
            authorizer_credentials: members.text("authorizerCredentials"),
            identity_source: members.text("identitySource"),
            identity_validation_expression: members.text("identityValidationExpression"),
            authorizer_result_ttl_in_seconds: members.integer_within("authorizerResultTtlInSeconds", 0, 3600),
            provider_arns: members.texts("providerARNs"),
            jwt_configuration: members.object("jwtConfiguration").map(Node::to_json),
            authorizer_payload_format_version: members.text("authorizerPayloadFormatVersion"),
            enable_simple_responses: members.boolean("enableSimpleResponses"),
        };
        if members.get("type").is_none() {
            members.missing("type");
        }
        let needed = match this.authorizer_type {
            Some(AuthorizerType::Token | AuthorizerType::Request) => Some("authorizerUri"),
            Some(AuthorizerType::CognitoUserPools) => Some("providerARNs"),
            Some(AuthorizerType::Jwt) => Some("jwtConfiguration"),
            None => None,
        };
        if let Some(key) = needed.filter(|key| members.get(key).is_none()) {
            members.missing(key);
        }
        (this, members.finish(MEMBERS))
    }
}
