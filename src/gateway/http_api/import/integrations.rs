//! `x-amazon-apigateway-integration` to integrations.

use crate::gateway::IntegrationType as DocumentedType;
use crate::gateway::extension::{self, HttpIntegrationExtension, ProblemKind};
use crate::gateway::http_api::export::UNUSED_INTEGRATION;
use crate::gateway::http_api::{Integration, IntegrationType, TlsConfig};
use crate::gateway::{ConnectionType, http_api::integration::DEFAULT_TIMEOUT_MILLIS};
use crate::openapi::Operation;
use crate::source::{Node, Pointer};

use super::Importer;

impl<'a> Importer<'a> {
    /// Returns the id of what answers a route. `known` is the id that the route's integration had.
    pub(super) fn integration(&mut self, operation: &Operation<'a>, key: &str, known: Option<&str>) -> Option<String> {
        let node = operation.node.get(extension::INTEGRATION)?;
        let owner = format!("route '{key}'");
        let Some(name) = shared_name(node) else { return self.made(node, &owner, known) };
        if let Some(made) = self.shared.get(&name) {
            return made.clone();
        }
        let made = match self.document.resolve(node).node() {
            Some(resolved) => self.made(resolved, &owner, known),
            None => {
                let message =
                    format!("Unable to create integration for route '{key}': there is no integration '{name}'");
                self.fault(node.span, message);
                None
            }
        };
        self.shared.insert(name, made.clone());
        made
    }

    /// Makes an integration of each entry of `x-amazon-apigateway-integrations` that exports name so: what no route uses,
    /// by its id, which it keeps. Others that no operation refers to are parts of the document alone.
    pub(super) fn unused_integrations(&mut self) {
        let document = self.document;
        let Some(entries) = document.root().get("components").and_then(|c| c.get(extension::INTEGRATIONS)) else {
            return;
        };
        for entry in entries.entries() {
            let name = entry.key.text.as_str();
            let Some(id) = name.strip_prefix(UNUSED_INTEGRATION).filter(|_| !self.shared.contains_key(name)) else {
                continue;
            };
            let is_id = id.len() == 7 && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
            self.made(&entry.value, &format!("'{name}'"), Some(id).filter(|_| is_id));
        }
    }

    fn made(&mut self, node: &'a Node, user: &str, known: Option<&str>) -> Option<String> {
        let node = self.document.resolved(node);
        let (read, problems) = HttpIntegrationExtension::read(node);
        let owner = format!("Unable to create integration for {user}");
        let wrong = problems.iter().find(|p| matches!(p.kind, ProblemKind::WrongType { .. }));
        if let Some(problem) = wrong {
            let message = format!("{owner}: malformed integration, `{}` has the wrong type", problem.member);
            self.fault(problem.span, message);
            return None;
        }
        let kind = match read.integration_type {
            Some(DocumentedType::AwsProxy) => IntegrationType::AwsProxy,
            Some(DocumentedType::HttpProxy) => IntegrationType::HttpProxy,
            Some(other) => {
                let message = format!(
                    "Unsupported integration type '{}' for {user}: HTTP APIs support only AWS_PROXY and \
                     HTTP_PROXY. Ignoring.",
                    other.as_str()
                );
                self.warn(node.get("type").unwrap_or(node).span, message);
                return None;
            }
            None => {
                self.fault(node.span, format!("{owner}: Invalid integration type specified"));
                return None;
            }
        };
        if read.payload_format_version.is_none() {
            let message = format!("{owner}: PayloadFormatVersion is a required parameter for integration");
            self.fault(node.span, message);
        }
        let free = known.filter(|id| !self.definition.integrations.contains_key(*id)).map(str::to_owned);
        let made = &self.definition.integrations;
        let id = free.unwrap_or_else(|| self.ids.free_id(7, &|id| made.contains_key(id)));
        let integration = entity(id.clone(), kind, read);
        if let Some(fault) = integration.fault() {
            self.fault(node.span, format!("{owner}: {fault}"));
        }
        if self.definition.integrations.len() >= self.options.quotas.integrations {
            self.fault(node.span, format!("{owner}: Maximum number of integrations for this API has been reached"));
        }
        self.definition.integrations.insert(id.clone(), integration);
        Some(id)
    }
}

fn entity(id: String, kind: IntegrationType, read: HttpIntegrationExtension) -> Integration {
    let mut integration = Integration::new(id, kind);
    if read.connection_type == Some(ConnectionType::VpcLink) {
        integration.connection_type = "VPC_LINK".to_owned();
    }
    integration.connection_id = read.connection_id;
    integration.credentials_arn = read.credentials;
    integration.integration_method = match (&read.integration_subtype, kind) {
        (Some(_), _) => None,
        // Functions are invoked with POST, whatever the document says.
        (None, IntegrationType::AwsProxy) => Some("POST".to_owned()),
        (None, IntegrationType::HttpProxy) => read.http_method,
    };
    integration.integration_uri = read.uri.filter(|_| read.integration_subtype.is_none());
    integration.integration_subtype = read.integration_subtype;
    if let Some(version) = read.payload_format_version {
        integration.payload_format_version = version;
    }
    integration.request_parameters = read.request_parameters.filter(|p| !p.is_empty());
    integration.response_parameters = read.response_parameters.filter(|p| !p.is_empty());
    integration.is_timeout_given = read.timeout_in_millis.is_some();
    integration.timeout_in_millis = read.timeout_in_millis.unwrap_or(DEFAULT_TIMEOUT_MILLIS);
    integration.tls_config = read.server_name_to_verify.map(|name| TlsConfig { server_name_to_verify: Some(name) });
    integration
}

/// Returns the name of the entry of `x-amazon-apigateway-integrations` that a node refers to.
fn shared_name(node: &Node) -> Option<String> {
    let pointer = Pointer::parse_fragment(node.reference()?.strip_prefix('#')?)?;
    match pointer.segments() {
        [components, section, name] if components == "components" && section == extension::INTEGRATIONS => {
            Some(name.to_string())
        }
        _ => None,
    }
}
