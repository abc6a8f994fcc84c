//! `x-amazon-apigateway-integration` to integrations and their responses.

use crate::gateway::extension::{self, IntegrationExtension, IntegrationResponseExtension, Problem, ProblemKind};
use crate::gateway::integration_rules::{IntegrationFault, integration_faults, integration_response_faults};
use crate::gateway::{ConnectionType, Integration, IntegrationResponse, IntegrationType, Method, SmallMap};
use crate::openapi::Operation;
use crate::source::{Node, Pointer, Span};

use super::importer::Importer;

impl<'a> Importer<'a> {
    /// Sets what answers a method.
    pub(super) fn integration(
        &mut self,
        operation: &Operation<'a>,
        resource_id: &str,
        path: &str,
        method: &mut Method,
    ) {
        let Some(node) = operation.node.get(extension::INTEGRATION) else { return };
        let node = self.document.resolved(node);
        let (read, problems) = IntegrationExtension::read(node);
        if let Some(problem) = problems.iter().find(|p| is_malformed(p)) {
            let message = format!("Unable to parse API definition because of a malformed integration at path {path}.");
            self.fault(problem.span, message);
            return;
        }
        let verb = operation.method.verb();
        let owner = || format!("Unable to put integration on '{verb}' for resource at path '{path}'");
        for problem in &problems {
            if let Some(reason) = refusal(problem) {
                self.fault(problem.span, format!("{}: {reason}", owner()));
            }
        }
        let Some(kind) = read.integration_type else { return };
        let mut integration = self.entity(kind, &read, resource_id, path, verb);
        for fault in integration_faults(&integration, method, self.options.quotas.timeout_in_millis) {
            self.fault(member_span(node, &fault), format!("{}: {}", owner(), fault.message));
        }
        let owner = || format!("Unable to put integration response on '{verb}' for resource at path '{path}'");
        for response in read.responses.unwrap_or_default() {
            let at = node.get("responses").and_then(|r| r.get(&response.pattern)).unwrap_or(node);
            let response = integration_response(response);
            if !super::methods::is_status(&response.status_code) {
                self.fault(at.span, format!("{}: Invalid status code specified", owner()));
                continue;
            }
            for fault in integration_response_faults(&response, method) {
                self.fault(member_span(at, &fault), format!("{}: {}", owner(), fault.message));
            }
            // Responses are kept by status, so of two patterns with one status the later one stays.
            integration.integration_responses.insert(response.status_code.clone(), response);
        }
        method.method_integration = Some(integration);
    }

    fn entity(
        &mut self,
        kind: IntegrationType,
        read: &IntegrationExtension,
        resource_id: &str,
        path: &str,
        verb: &str,
    ) -> Integration {
        let is_http = matches!(kind, IntegrationType::Http | IntegrationType::HttpProxy);
        let is_mock = kind == IntegrationType::Mock;
        let mut integration = Integration::new(kind);
        integration.http_method = read.http_method.as_deref().filter(|_| !is_mock).map(str::to_ascii_uppercase);
        integration.uri = read.uri.clone().filter(|_| !is_mock);
        // AWS and mock integrations show no connection type (recorded).
        integration.connection_type = is_http.then(|| read.connection_type.unwrap_or(ConnectionType::Internet));
        integration.connection_id = read.connection_id.clone().filter(|_| is_http);
        integration.credentials = read.credentials.clone();
        integration.request_parameters = self.mappings(read, path, verb);
        integration.request_templates = read.request_templates.clone().filter(|t| !t.is_empty());
        if let Some(behavior) = read.passthrough_behavior {
            integration.passthrough_behavior = Some(behavior);
        }
        integration.content_handling = read.content_handling;
        integration.timeout_in_millis = read.timeout_in_millis;
        integration.cache_namespace =
            Some(read.cache_namespace.clone().filter(|n| !n.is_empty()).unwrap_or_else(|| resource_id.to_owned()));
        integration.cache_key_parameters = read.cache_key_parameters.clone().unwrap_or_default();
        integration.tls_config = read.tls_config.filter(|_| is_http);
        integration.response_transfer_mode = read.response_transfer_mode.map(str::to_owned);
        integration.integration_target = read.integration_target.clone();
        integration
    }

    /// Returns the request mappings; one that is no string is dropped with a warning (recorded).
    fn mappings(&mut self, read: &IntegrationExtension, path: &str, verb: &str) -> Option<SmallMap<String>> {
        let mut mappings = SmallMap::new();
        for parameter in read.request_parameters.iter().flatten() {
            match &parameter.value {
                Ok(expression) => {
                    mappings.insert(parameter.name.clone(), expression.clone());
                }
                Err(written) => self.warn(
                    parameter.span,
                    format!(
                        "Invalid format for 'requestParameters'. Expected type string for property '{}' of resource \
                         '{path}' and method '{verb}' but got '{written}'",
                        parameter.name
                    ),
                ),
            }
        }
        (!mappings.is_empty()).then_some(mappings)
    }
}

fn integration_response(read: IntegrationResponseExtension) -> IntegrationResponse {
    IntegrationResponse {
        status_code: read.status_code.unwrap_or_default(),
        selection_pattern: Some(read.pattern).filter(|p| p != "default"),
        response_parameters: read.response_parameters.filter(|p| !p.is_empty()),
        response_templates: read.response_templates.filter(|t| !t.is_empty()),
        content_handling: read.content_handling,
    }
}

/// Returns whether a problem makes the whole integration unreadable: an object where there should be a text, such as an
/// intrinsic function of CloudFormation.
fn is_malformed(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::WrongType { .. })
        && !matches!(problem.member.as_str(), "tlsConfig" | "cacheKeyParameters")
}

/// Returns API Gateway's words for a problem that is not one of the entity's own rules.
fn refusal(problem: &Problem) -> Option<String> {
    match (&problem.kind, problem.member.as_str()) {
        (ProblemKind::Missing, "type") => Some("Enumeration value for IntegrationType must be non-empty".into()),
        (ProblemKind::NotOneOf { found, .. }, "type") => Some(format!("Invalid integration type specified: {found}")),
        (ProblemKind::NotOneOf { found, .. }, member) => Some(format!("Invalid {member} specified: {found}")),
        _ => None,
    }
}

/// Returns where the member at fault was written, or the whole of `node`.
fn member_span(node: &Node, fault: &IntegrationFault) -> Span {
    let pointer: Pointer = fault.member.splitn(2, '/').collect();
    node.at(&pointer).unwrap_or(node).span
}
