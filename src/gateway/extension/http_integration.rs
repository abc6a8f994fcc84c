//! `x-amazon-apigateway-integration` as HTTP APIs read it.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::members::{Members, Problem, ProblemKind};
use crate::gateway::{ConnectionType, IntegrationType};
use crate::source::Node;

/// The extension of an operation, or an entry of `x-amazon-apigateway-integrations`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpIntegrationExtension {
    /// The kind; absent when it is missing or none that exists. HTTP APIs have the proxies only.
    pub integration_type: Option<IntegrationType>,
    /// The action of an AWS service.
    pub integration_subtype: Option<String>,
    /// The backend.
    pub uri: Option<String>,
    /// The method used towards the backend.
    pub http_method: Option<String>,
    /// A role's ARN.
    pub credentials: Option<String>,
    /// How the backend is reached.
    pub connection_type: Option<ConnectionType>,
    /// The VPC link's id.
    pub connection_id: Option<String>,
    /// `1.0` or `2.0`
    pub payload_format_version: Option<String>,
    /// Milliseconds.
    pub timeout_in_millis: Option<i64>,
    /// Parameters of a service, or what is changed of the request.
    pub request_parameters: Option<IndexMap<String, String>>,
    /// What is changed of the response, by status.
    pub response_parameters: Option<BTreeMap<String, IndexMap<String, String>>>,
    /// The name in the backend's certificate.
    pub server_name_to_verify: Option<String>,
}

const MEMBERS: &[&str] = &[
    "type",
    "integrationSubtype",
    "uri",
    "httpMethod",
    "credentials",
    "connectionType",
    "connectionId",
    "payloadFormatVersion",
    "timeoutInMillis",
    "requestParameters",
    "responseParameters",
    "tlsConfig",
    "passthroughBehavior",
    "contentHandling",
    "responses",
    "requestTemplates",
    "cacheNamespace",
    "cacheKeyParameters",
];

impl HttpIntegrationExtension {
    /// Reads the extension. Members that only REST APIs know are not looked at.
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
            integration_subtype: members.text("integrationSubtype"),
            uri: members.text("uri"),
            http_method: members.text("httpMethod").map(|m| m.to_ascii_uppercase()),
            credentials: members.text("credentials"),
            connection_type: members
                .word("connectionType", &["INTERNET", "VPC_LINK"])
                .map(|w| if w == "INTERNET" { ConnectionType::Internet } else { ConnectionType::VpcLink }),
            connection_id: members.text("connectionId"),
            payload_format_version: members.text("payloadFormatVersion").map(version),
            timeout_in_millis: members.integer("timeoutInMillis"),
            request_parameters: members.text_map("requestParameters").map(|map| map.into_iter().collect()),
            response_parameters: response_parameters(&mut members),
            server_name_to_verify: server_name(&mut members),
        };
        if members.get("type").is_none() {
            members.missing("type");
        }
        (this, members.finish(MEMBERS))
    }
}

/// Returns a version as the entity has it; documents write it as a number too, where `1.0` may have become `1`.
fn version(text: String) -> String {
    match text.as_str() {
        "1" => "1.0".to_owned(),
        "2" => "2.0".to_owned(),
        _ => text,
    }
}

fn response_parameters(members: &mut Members<'_>) -> Option<BTreeMap<String, IndexMap<String, String>>> {
    let node = members.object("responseParameters")?;
    let mut by_status = BTreeMap::new();
    for entry in node.entries() {
        let mut mappings = IndexMap::new();
        for mapping in entry.value.entries() {
            match mapping.value.scalar_text() {
                Some(text) => {
                    mappings.insert(mapping.key.text.to_string(), text.into());
                }
                None => {
                    let kind = ProblemKind::WrongType { expected: "a string", found: mapping.value.kind() };
                    let name = format!("responseParameters.{}.{}", entry.key.text, mapping.key.text);
                    members.problem(&name, mapping.value.span, kind);
                }
            }
        }
        by_status.insert(entry.key.text.to_string(), mappings);
    }
    Some(by_status)
}

fn server_name(members: &mut Members<'_>) -> Option<String> {
    let node = members.object("tlsConfig")?;
    let mut reading = Members::of(node, "tlsConfig").ok()?;
    let name = reading.text("serverNameToVerify");
    members.problems.extend(reading.finish(&["insecureSkipVerification", "serverNameToVerify"]));
    name
}
