//! `x-amazon-apigateway-gateway-responses`: what the gateway itself answers in each kind of failure.

use indexmap::IndexMap;

use super::members::{Members, Problem, ProblemKind};
use super::nearest_of;
use crate::source::{Node, Span};

/// A kind of failure (enum `GatewayResponseType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseType {
    /// Its name, such as `BAD_REQUEST_BODY`.
    pub name: &'static str,
    /// Its status; the two fallbacks have none of their own.
    pub status: Option<u16>,
}

/// The 21 kinds, by name, with the statuses that GetGatewayResponses answers (recorded).
pub const RESPONSE_TYPES: [ResponseType; 21] = [
    of("ACCESS_DENIED", 403),
    of("API_CONFIGURATION_ERROR", 500),
    of("AUTHORIZER_CONFIGURATION_ERROR", 500),
    of("AUTHORIZER_FAILURE", 500),
    of("BAD_REQUEST_BODY", 400),
    of("BAD_REQUEST_PARAMETERS", 400),
    ResponseType { name: "DEFAULT_4XX", status: None },
    ResponseType { name: "DEFAULT_5XX", status: None },
    of("EXPIRED_TOKEN", 403),
    of("INTEGRATION_FAILURE", 504),
    of("INTEGRATION_TIMEOUT", 504),
    of("INVALID_API_KEY", 403),
    of("INVALID_SIGNATURE", 403),
    of("MISSING_AUTHENTICATION_TOKEN", 403),
    of("QUOTA_EXCEEDED", 429),
    of("REQUEST_TOO_LARGE", 413),
    of("RESOURCE_NOT_FOUND", 404),
    of("THROTTLED", 429),
    of("UNAUTHORIZED", 401),
    of("UNSUPPORTED_MEDIA_TYPE", 415),
    of("WAF_FILTERED", 403),
];

const fn of(name: &'static str, status: u16) -> ResponseType {
    ResponseType { name, status: Some(status) }
}

/// Returns the kind of this name.
#[must_use]
pub fn response_type(name: &str) -> Option<&'static ResponseType> {
    RESPONSE_TYPES.iter().find(|t| t.name == name)
}

/// One entry of the extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayResponseExtension {
    /// Its key, which may be none of the kinds.
    pub response_type: String,
    /// Where the key was written.
    pub span: Span,
    /// The status; absent is the kind's own.
    pub status_code: Option<String>,
    /// `gatewayresponse.header.NAME` to a mapping expression.
    pub response_parameters: IndexMap<String, String>,
    /// Media type to a text with `$context.…` substituted.
    pub response_templates: IndexMap<String, String>,
}

impl GatewayResponseExtension {
    /// Reads the whole extension, in the order written.
    #[must_use]
    pub fn read(node: &Node) -> (Vec<Self>, Vec<Problem>) {
        let mut all = Vec::new();
        let mut problems = Vec::new();
        if let Err(problem) = Members::of(node, super::GATEWAY_RESPONSES) {
            return (all, vec![problem]);
        }
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            if response_type(name).is_none() {
                let nearest = nearest_of(name, RESPONSE_TYPES.iter().map(|t| t.name));
                problems.push(Problem {
                    member: name.to_owned(),
                    span: entry.key.span,
                    kind: ProblemKind::Unknown { nearest },
                });
            }
            let mut members = match Members::of(&entry.value, super::GATEWAY_RESPONSES) {
                Ok(members) => members,
                Err(mut problem) => {
                    problem.member = name.to_owned();
                    problems.push(problem);
                    continue;
                }
            };
            all.push(Self {
                response_type: name.to_owned(),
                span: entry.key.span,
                status_code: members.text("statusCode"),
                response_parameters: members.text_map("responseParameters").into_iter().flatten().collect(),
                response_templates: members.templates("responseTemplates").into_iter().flatten().collect(),
            });
            problems.extend(members.finish(&["statusCode", "responseParameters", "responseTemplates"]));
        }
        (all, problems)
    }
}
