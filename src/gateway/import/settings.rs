//! What a document says about the API as a whole.

use serde_json::Value as Json;

use crate::gateway::extension::{
    self, EndpointConfigurationExtension, GatewayResponseExtension, ProblemKind, RequestValidatorExtension,
    response_type,
};
use crate::gateway::{GatewayResponse, INVALID_POLICY, RequestValidator, is_resource_policy, parameter_fault};
use crate::openapi::Version;
use crate::source::Node;

use super::ImportMode;
use super::importer::Importer;
use super::methods::is_status;

/// The longest resource policy, in characters.
pub(crate) const MAX_POLICY_CHARS: usize = 8192;
/// The largest minimum compression size, in bytes.
pub(crate) const MAX_COMPRESSION_BYTES: i64 = 10_485_760;

impl Importer<'_> {
    /// Sets the API's own settings from `info` and the extensions of the document.
    pub(super) fn settings(&mut self) {
        let root = self.document.root();
        if let Some(info) = root.get("info") {
            let text = |key: &str| info.get(key).and_then(Node::scalar_text).map(String::from);
            if let Some(title) = text("title").filter(|t| !t.is_empty()) {
                self.definition.api.name = title;
            }
            if let Some(description) = text("description").filter(|d| !d.is_empty()) {
                self.definition.api.description = Some(description);
            }
            if let Some(version) = text("version").filter(|v| !v.is_empty()) {
                self.definition.api.version = Some(version);
            }
        }
        self.api_key_source();
        self.binary_media_types();
        self.compression();
        self.policy();
        self.endpoint();
        self.request_validators();
        self.gateway_responses();
    }

    fn api_key_source(&mut self) {
        let Some(node) = self.document.root().get(extension::API_KEY_SOURCE) else { return };
        match node.as_str().map(str::to_ascii_uppercase) {
            Some(source) if source == "HEADER" || source == "AUTHORIZER" => self.definition.api.api_key_source = source,
            _ => self.fault(node.span, "Invalid API key source specified. Must be one of: [HEADER, AUTHORIZER]"),
        }
    }

    fn binary_media_types(&mut self) {
        let Some(node) = self.document.root().get(extension::BINARY_MEDIA_TYPES) else { return };
        let mut types = match self.options.mode {
            ImportMode::Merge => self.definition.api.binary_media_types.clone(),
            ImportMode::Overwrite => Vec::new(),
        };
        for media_type in node.items().filter_map(Node::as_str) {
            if !types.iter().any(|t| t == media_type) {
                types.push(media_type.to_owned());
            }
        }
        self.definition.api.binary_media_types = types;
    }

    fn compression(&mut self) {
        let Some(node) = self.document.root().get(extension::MINIMUM_COMPRESSION_SIZE) else { return };
        if node.is_null() {
            return;
        }
        let size = node.as_i64().or_else(|| node.as_str()?.trim().parse().ok());
        match size.filter(|s| (0..=MAX_COMPRESSION_BYTES).contains(s)) {
            Some(size) => self.definition.api.minimum_compression_size = Some(size),
            None => {
                let message =
                    format!("Invalid minimum compression size, must be between 0 and {MAX_COMPRESSION_BYTES}");
                self.fault(node.span, message);
            }
        }
    }

    fn policy(&mut self) {
        let Some(node) = self.document.root().get(extension::POLICY) else { return };
        let read = match node.as_str() {
            None if node.is_null() => return,
            Some(text) => serde_json::from_str(text).ok(),
            None => Some(node.to_json()),
        };
        let Some(mut policy) = read.filter(is_resource_policy) else { return self.fault(node.span, INVALID_POLICY) };
        let options = self.options;
        let prefix = format!(
            "arn:{}:execute-api:{}:{}:{}/",
            options.partition, options.region, options.account_id, self.definition.api.id
        );
        expand_resources(&mut policy, &prefix);
        let text = policy.to_string();
        if text.chars().count() > MAX_POLICY_CHARS {
            self.fault(
                node.span,
                format!("Resource policy is longer than the maximum of {MAX_POLICY_CHARS} characters"),
            );
        }
        self.definition.api.policy = Some(text);
    }

    fn endpoint(&mut self) {
        let root = self.document.root();
        let servers = root.get("servers").map(Node::as_seq).unwrap_or_default().unwrap_or_default();
        // Swagger 2.0 has no servers: what its host became by several schemes is one. The words are of reports of users.
        if let Some(second) = servers.get(1).filter(|_| self.document.version() != Version::V2) {
            let message =
                "More than one server provided. Ignoring all but the first for defining endpoint configuration";
            self.warn(second.span, message);
        }
        let places: Vec<&Node> = servers.first().into_iter().chain(std::iter::once(root)).collect();
        for place in &places {
            let Some(node) = place.get(extension::ENDPOINT_CONFIGURATION) else { continue };
            let (read, _) = EndpointConfigurationExtension::read(node);
            if let Some(disabled) = read.disable_execute_api_endpoint {
                self.definition.api.disable_execute_api_endpoint = disabled;
            }
            if let Some(mut ids) = read.vpc_endpoint_ids {
                // Those of an API that is merged into come first, as its binary media types do.
                let mut all = match self.options.mode {
                    ImportMode::Merge => self.definition.api.endpoint_configuration.vpc_endpoint_ids.clone(),
                    ImportMode::Overwrite => Vec::new(),
                };
                ids.retain(|id| !all.contains(id));
                all.append(&mut ids);
                self.definition.api.endpoint_configuration.vpc_endpoint_ids = all;
            }
            if let Some(address_type) = read.ip_address_type {
                self.definition.api.endpoint_configuration.ip_address_type = Some(address_type.to_owned());
            }
        }
        for place in &places {
            if let Some(policy) = place.str_of(extension::SECURITY_POLICY) {
                self.definition.api.security_policy = Some(policy.to_owned());
            }
            if let Some(mode) = place.str_of(extension::ENDPOINT_ACCESS_MODE) {
                self.definition.api.endpoint_access_mode = Some(mode.to_ascii_uppercase());
            }
        }
    }

    fn request_validators(&mut self) {
        let Some(node) = self.document.root().get(extension::REQUEST_VALIDATORS) else { return };
        let (validators, _) = RequestValidatorExtension::read(node);
        for read in validators {
            let before = self.before.and_then(|b| b.request_validator_named(&read.name)).map(|v| v.id.clone());
            let id = before.unwrap_or_else(|| self.ids.next_id(6));
            let validator = RequestValidator {
                id: id.clone(),
                name: Some(read.name),
                validate_request_body: read.validate_request_body,
                validate_request_parameters: read.validate_request_parameters,
            };
            self.definition.request_validators.insert(id, validator);
        }
    }

    fn gateway_responses(&mut self) {
        let Some(node) = self.document.root().get(extension::GATEWAY_RESPONSES) else { return };
        let (responses, problems) = GatewayResponseExtension::read(node);
        for problem in &problems {
            if matches!(problem.kind, ProblemKind::WrongType { .. }) {
                let message = format!("Unable to put gateway response: Invalid {} specified", problem.member);
                self.fault(problem.span, message);
            }
        }
        for read in responses {
            let owner = format!("Unable to put gateway response '{}'", read.response_type);
            if response_type(&read.response_type).is_none() {
                self.fault(read.span, format!("{owner}: Invalid gateway response type specified"));
                continue;
            }
            if read.status_code.as_deref().is_some_and(|status| !is_status(status)) {
                self.fault(read.span, format!("{owner}: Invalid status code specified"));
            }
            let faults = read.response_parameters.iter().filter_map(|(name, value)| parameter_fault(name, value));
            for reason in faults {
                self.fault(read.span, format!("{owner}: {reason}"));
            }
            let response = GatewayResponse {
                response_type: read.response_type.clone(),
                status_code: read.status_code,
                response_parameters: read.response_parameters,
                response_templates: read.response_templates,
                default_response: false,
            };
            self.definition.gateway_responses.insert(read.response_type, response);
        }
    }
}

/// Writes `execute-api:/…` in `Resource` and `NotResource` of every statement as the whole ARN.
pub(crate) fn expand_resources(policy: &mut Json, prefix: &str) {
    let statements = match policy.get_mut("Statement") {
        Some(Json::Array(statements)) => statements.as_mut_slice(),
        Some(statement) => std::slice::from_mut(statement),
        None => return,
    };
    for statement in statements {
        for member in ["Resource", "NotResource"] {
            let resources = match statement.get_mut(member) {
                Some(Json::Array(resources)) => resources.as_mut_slice(),
                Some(resource) => std::slice::from_mut(resource),
                None => continue,
            };
            for resource in resources {
                if let Some(rest) = resource.as_str().and_then(|r| r.strip_prefix("execute-api:/")) {
                    *resource = Json::String(format!("{prefix}{}", rest.trim_start_matches('/')));
                }
            }
        }
    }
}
