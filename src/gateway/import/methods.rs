//! Operations to methods.

use std::fmt::{self, Display};

use crate::gateway::integration_rules::parameter_name_fault;
use crate::gateway::{Method, MethodResponse, SmallMap, extension};
use crate::openapi::{Method as Verb, Operation};
use crate::source::Node;

use super::importer::Importer;

/// The method that a fault is about, in API Gateway's words. Most methods have no fault, so it is put into words late.
pub(super) struct Owner<'a> {
    pub(super) verb: &'a str,
    pub(super) path: &'a str,
}

impl Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' on resource at path '{}'", self.verb, self.path)
    }
}

/// Whose body a schema describes.
#[derive(Clone, Copy)]
pub(super) enum BodyOf<'a> {
    Requests,
    /// With their status.
    Responses(&'a str),
}

impl<'a> Importer<'a> {
    /// Makes a method of an operation on the resource at `path`.
    pub(super) fn method(&mut self, operation: &Operation<'a>, resource_id: &str, path: &str) -> Method {
        let verb = operation.method.verb();
        let mut method = Method::new(verb);
        method.operation_name = operation.id().map(str::to_owned);
        let owner = &Owner { verb, path };
        method.request_parameters = self.request_parameters(operation, path, owner);
        method.request_models = self.request_models(operation, owner);
        self.method_responses(operation, owner, &mut method);
        self.secure(operation, owner, &mut method);
        method.request_validator_id = self.validator(operation, owner);
        self.integration(operation, resource_id, path, &mut method);
        method
    }

    fn request_parameters(
        &mut self,
        operation: &Operation<'a>,
        path: &str,
        owner: &Owner<'_>,
    ) -> Option<SmallMap<bool>> {
        let mut parameters = SmallMap::new();
        for parameter in self.document.parameters(operation) {
            let place = match parameter.location {
                "path" => "path",
                "query" => "querystring",
                "header" => "header",
                // Cookies are no request parameters of a method.
                _ => continue,
            };
            if let Some(reason) = parameter_name_fault(parameter.name) {
                self.fault(parameter.node.span, format!("Unable to put method {owner}: {reason}"));
                continue;
            }
            let required = place == "path" || parameter.node.get("required").and_then(Node::as_bool).unwrap_or(false);
            parameters.insert(["method.request.", place, ".", parameter.name].concat(), required);
        }
        if let Some(parameter) = same_name(&parameters) {
            let words = "Parameter names must be unique across querystring, header and path";
            let at = self.document.parameters(operation).iter().find(|p| p.name == parameter).map(|p| p.node.span);
            self.fault(at.unwrap_or(operation.span), format!("Unable to put method {owner}: {words}"));
        }
        for name in path_variables(path) {
            let parameter = ["method.request.path.", name].concat();
            if !parameters.contains_key(&parameter) {
                parameters.insert(parameter, true);
            }
        }
        (!parameters.is_empty()).then_some(parameters)
    }

    fn request_models(&mut self, operation: &Operation<'a>, owner: &Owner<'_>) -> Option<SmallMap<String>> {
        let body = self.document.resolved(operation.node.get("requestBody")?);
        if self.warn_of_form_data(body) {
            return None;
        }
        self.content_models(body.get("content")?, BodyOf::Requests, owner)
    }

    /// Swagger 2.0 has form fields as parameters of their own, and those are not imported.
    fn warn_of_form_data(&mut self, body: &'a Node) -> bool {
        if self.document.version() != crate::openapi::Version::V2 {
            return false;
        }
        let forms = ["multipart/form-data", "application/x-www-form-urlencoded"];
        let Some(content) = body.get("content").and_then(Node::as_map) else { return false };
        let mut names: Vec<(&'a str, crate::source::Span)> = Vec::new();
        for entry in content {
            if !forms.contains(&entry.key.text.as_str())
                || entry.value.get("schema").is_none_or(|s| s.reference().is_some())
            {
                return false;
            }
            let fields = entry.value.get("schema").and_then(|s| s.get("properties"));
            for field in fields.map(Node::entries).unwrap_or_default() {
                if !names.iter().any(|(name, _)| *name == field.key.text.as_str()) {
                    names.push((&field.key.text, field.key.span));
                }
            }
        }
        for (name, span) in &names {
            self.warn(*span, format!("Parameter type formData for parameter {name} not supported. Ignoring."));
        }
        !names.is_empty()
    }

    fn content_models(&mut self, content: &'a Node, user: BodyOf<'_>, owner: &Owner<'_>) -> Option<SmallMap<String>> {
        let mut models = SmallMap::new();
        for media in content.entries() {
            let Some(schema) = media.value.get("schema") else { continue };
            let media_type = media.key.text.as_str();
            if let Some(name) = self.body_model(schema, user, media_type, owner) {
                models.insert(media_type.to_owned(), name);
            }
        }
        (!models.is_empty()).then_some(models)
    }

    fn method_responses(&mut self, operation: &Operation<'a>, owner: &Owner<'_>, method: &mut Method) {
        let responses = operation.node.get("responses").map(Node::entries).unwrap_or_default();
        for entry in responses {
            let status = entry.key.text.as_str();
            if status == "default" {
                // The words are known from reports of users, of documents of either version.
                let Owner { verb, path } = owner;
                let words = "API Gateway does not support Swagger's 'default' method response";
                self.warn(entry.key.span, format!("{words} (found on '{verb} {path}')"));
            }
            if !is_status(status) {
                continue;
            }
            let node = self.document.resolved(&entry.value);
            let headers: SmallMap<bool> = node
                .get("headers")
                .map(Node::entries)
                .unwrap_or_default()
                .map(|h| (["method.response.header.", h.key.text.as_str()].concat(), false))
                .collect();
            let models =
                node.get("content").and_then(|content| self.content_models(content, BodyOf::Responses(status), owner));
            let response = MethodResponse {
                status_code: status.to_owned(),
                response_parameters: (!headers.is_empty()).then_some(headers),
                response_models: models,
            };
            method.method_responses.insert(status.to_owned(), response);
        }
    }

    fn validator(&mut self, operation: &Operation<'_>, owner: &Owner<'_>) -> Option<String> {
        let own = operation.node.get(extension::REQUEST_VALIDATOR);
        let node = own.or_else(|| self.document.root().get(extension::REQUEST_VALIDATOR))?;
        let name = node.scalar_text().filter(|name| !name.is_empty())?;
        let id = self.definition.request_validator_named(&name).map(|v| v.id.clone());
        if id.is_none() {
            // Deployed documents name validators that they do not define, so it cannot be a reason to refuse them.
            let message = format!("Unable to put method {owner}: Invalid Request Validator identifier specified");
            self.warn(node.span, message);
        }
        id
    }
}

/// Returns a method that was made for a resource without an id as that of one with this id.
pub(super) fn placed(mut method: Method, resource_id: &str) -> Method {
    let namespace = method.method_integration.as_mut().and_then(|integration| integration.cache_namespace.as_mut());
    if let Some(namespace) = namespace.filter(|namespace| namespace.is_empty()) {
        namespace.push_str(resource_id);
    }
    method
}

/// Returns whether API Gateway has methods of this verb.
pub(super) fn is_supported(verb: Verb) -> bool {
    verb != Verb::Trace
}

/// Returns the names of a path's variables; a greedy one without its plus.
pub(crate) fn path_variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        Some(name.strip_suffix('+').unwrap_or(name))
    })
}

/// Returns a name that parameters in two places have.
fn same_name(parameters: &SmallMap<bool>) -> Option<String> {
    if parameters.len() < 2 {
        return None;
    }
    let mut names: Vec<&str> = parameters.keys().filter_map(|name| name.splitn(4, '.').nth(3)).collect();
    names.sort_unstable();
    names
        .windows(2)
        .find(|pair| pair.first() == pair.last())
        .and_then(|pair| pair.first())
        .map(|name| (*name).to_owned())
}

pub(super) fn is_status(status: &str) -> bool {
    let bytes = status.as_bytes();
    bytes.len() == 3 && (b'1'..=b'5').contains(&bytes[0]) && bytes.iter().all(u8::is_ascii_digit)
}
