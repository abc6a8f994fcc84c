//! `x-amazon-apigateway-integration`: what answers an operation.

use super::members::{Members, Problem, ProblemKind};
use crate::gateway::{ConnectionType, ContentHandling, IntegrationType, PassthroughBehavior, SmallMap, TlsConfig};
use crate::source::{Node, Span};

/// The extension of an operation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntegrationExtension {
    /// The kind; absent when it is missing or none that exists.
    pub integration_type: Option<IntegrationType>,
    /// The backend.
    pub uri: Option<String>,
    /// The method used towards the backend.
    pub http_method: Option<String>,
    /// A role's ARN, or `arn:aws:iam::*:user/*` for the caller's own identity.
    pub credentials: Option<String>,
    /// How the backend is reached.
    pub connection_type: Option<ConnectionType>,
    /// The VPC link's id.
    pub connection_id: Option<String>,
    /// What happens to a body whose media type has no template.
    pub passthrough_behavior: Option<PassthroughBehavior>,
    /// How the request body is converted.
    pub content_handling: Option<ContentHandling>,
    /// Milliseconds.
    pub timeout_in_millis: Option<i64>,
    /// The name of the cache.
    pub cache_namespace: Option<String>,
    /// `method.request.…` expressions that make up the cache key.
    pub cache_key_parameters: Option<Vec<String>>,
    /// `integration.request.…` to mapping expressions, in the order written.
    pub request_parameters: Option<Vec<RequestParameter>>,
    /// Media type to mapping template.
    pub request_templates: Option<SmallMap<String>>,
    /// The responses, in the order written.
    pub responses: Option<Vec<IntegrationResponseExtension>>,
    /// TLS settings towards an HTTP backend.
    pub tls_config: Option<TlsConfig>,
    /// `BUFFERED` or `STREAM`
    pub response_transfer_mode: Option<&'static str>,
    /// The ARN of a load balancer behind a VPC link.
    pub integration_target: Option<String>,
}

/// One entry of `requestParameters`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestParameter {
    /// `integration.request.header.NAME` and the like.
    pub name: String,
    /// The mapping expression; `Err` holds what was written when it is no string. Such a mapping is dropped with a
    /// warning (recorded).
    pub value: Result<String, String>,
    /// Where the value was written.
    pub span: Span,
}

/// One entry of `responses`.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrationResponseExtension {
    /// The key: `default` or a regular expression.
    pub pattern: String,
    /// Where the key was written.
    pub span: Span,
    /// The status sent to the client.
    pub status_code: Option<String>,
    /// `method.response.header.NAME` to a mapping expression.
    pub response_parameters: Option<SmallMap<String>>,
    /// Media type to mapping template.
    pub response_templates: Option<SmallMap<String>>,
    /// How the response body is converted.
    pub content_handling: Option<ContentHandling>,
}

const MEMBERS: &[&str] = &[
    "type",
    "uri",
    "httpMethod",
    "credentials",
    "payloadFormatVersion",
    "integrationSubtype",
    "connectionType",
    "connectionId",
    "integrationTarget",
    "responseTransferMode",
    "passthroughBehavior",
    "contentHandling",
    "timeoutInMillis",
    "cacheNamespace",
    "cacheKeyParameters",
    "requestParameters",
    "requestTemplates",
    "responses",
    "responseParameters",
    "tlsConfig",
];

const RESPONSE_MEMBERS: &[&str] = &["statusCode", "responseParameters", "responseTemplates", "contentHandling"];

impl IntegrationExtension {
    /// Reads the extension. The timeout's range depends on the API and its quotas and is not looked at here.
    #[must_use]
    pub fn read(node: &Node) -> (Self, Vec<Problem>) {
        let mut members = match Members::of(node, super::INTEGRATION) {
            Ok(members) => members,
            Err(problem) => return (Self::default(), vec![problem]),
        };
        let this = Self {
            integration_type: members
                .word("type", &["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"])
                .and_then(IntegrationType::parse),
            uri: members.text("uri"),
            http_method: members.text("httpMethod"),
            credentials: members.text("credentials"),
            connection_type: members
                .word("connectionType", &["INTERNET", "VPC_LINK"])
                .map(|w| if w == "INTERNET" { ConnectionType::Internet } else { ConnectionType::VpcLink }),
            connection_id: members.text("connectionId"),
            passthrough_behavior: members
                .word("passthroughBehavior", &["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"])
                .map(|w| match w {
                    "NEVER" => PassthroughBehavior::Never,
                    "WHEN_NO_TEMPLATES" => PassthroughBehavior::WhenNoTemplates,
                    _ => PassthroughBehavior::WhenNoMatch,
                }),
            content_handling: content_handling(&mut members),
            timeout_in_millis: members.integer("timeoutInMillis"),
            cache_namespace: members.text("cacheNamespace"),
            cache_key_parameters: members.texts("cacheKeyParameters"),
            request_parameters: members.object("requestParameters").map(request_parameters),
            request_templates: members.templates("requestTemplates"),
            responses: None,
            tls_config: tls_config(&mut members),
            response_transfer_mode: members.word("responseTransferMode", &["BUFFERED", "STREAM"]),
            integration_target: members.text("integrationTarget"),
        };
        let responses = members.object("responses").map(|node| responses(node, &mut members.problems));
        if members.get("type").is_none() {
            members.missing("type");
        }
        if this.integration_type.is_some_and(|t| t != IntegrationType::Mock) {
            for key in ["uri", "httpMethod"] {
                if members.get(key).is_none() {
                    members.missing(key);
                }
            }
        }
        (Self { responses, ..this }, members.finish(MEMBERS))
    }
}

fn content_handling(members: &mut Members<'_>) -> Option<ContentHandling> {
    members.word("contentHandling", &["CONVERT_TO_TEXT", "CONVERT_TO_BINARY"]).map(|w| match w {
        "CONVERT_TO_TEXT" => ContentHandling::ConvertToText,
        _ => ContentHandling::ConvertToBinary,
    })
}

fn tls_config(members: &mut Members<'_>) -> Option<TlsConfig> {
    let node = members.object("tlsConfig")?;
    let mut reading = Members::of(node, "tlsConfig").ok()?;
    let insecure_skip_verification = reading.boolean("insecureSkipVerification").unwrap_or(false);
    members.problems.extend(reading.finish(&["insecureSkipVerification", "serverNameToVerify"]));
    Some(TlsConfig { insecure_skip_verification })
}

fn request_parameters(node: &Node) -> Vec<RequestParameter> {
    node.entries()
        .filter(|entry| !entry.value.is_null())
        .map(|entry| RequestParameter {
            name: entry.key.text.as_str().to_owned(),
            value: match entry.value.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(entry.value.scalar_text().map_or_else(|| entry.value.to_json().to_string(), Into::into)),
            },
            span: entry.value.span,
        })
        .collect()
}

fn responses(node: &Node, problems: &mut Vec<Problem>) -> Vec<IntegrationResponseExtension> {
    let mut all = Vec::new();
    for entry in node.entries() {
        let mut members = match Members::of(&entry.value, "responses") {
            Ok(members) => members,
            Err(mut problem) => {
                problem.member = format!("responses.{}", entry.key.text);
                problems.push(problem);
                continue;
            }
        };
        let response = IntegrationResponseExtension {
            pattern: entry.key.text.as_str().to_owned(),
            span: entry.key.span,
            status_code: members.text("statusCode"),
            response_parameters: members.text_map("responseParameters"),
            response_templates: members.templates("responseTemplates"),
            content_handling: content_handling(&mut members),
        };
        if response.status_code.is_none() {
            members.problem("statusCode", entry.value.span, ProblemKind::Missing);
        }
        all.push(response);
        problems.extend(members.finish(RESPONSE_MEMBERS));
    }
    all
}
