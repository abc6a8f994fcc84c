//! Operations to routes.

use crate::gateway::extension;
use crate::gateway::http_api::{Route, RouteKey};
use crate::gateway::import::base_path_prefix;
use crate::openapi::{Method, Operation};
use crate::source::Node;

use super::Importer;

impl<'a> Importer<'a> {
    /// Makes a route of each operation.
    pub(super) fn routes(&mut self) {
        let prefix = base_path_prefix(self.document, self.options.base_path);
        let prefix: String = prefix.iter().flat_map(|segment| ["/", segment.as_str()]).collect();
        let document = self.document;
        for operation in document.operations() {
            let Some(key) = self.key(&operation, &prefix) else { continue };
            self.route(&operation, &key);
        }
        let count = self.definition.routes.len();
        if count > self.options.quotas.routes {
            let span = self.document.root().get("paths").map_or(self.document.root().span, |p| p.span);
            self.fault(span, "Maximum number of routes for this API has been reached.");
        }
    }

    fn key(&mut self, operation: &Operation<'a>, prefix: &str) -> Option<String> {
        let path = operation.path.path;
        let is_default = operation.node.get("isDefaultRoute").and_then(Node::as_bool) == Some(true);
        // Documents write the path of the default route with and without its slash.
        if operation.method == Method::Any && (is_default || path.trim_start_matches('/') == "$default") {
            return Some("$default".to_owned());
        }
        if operation.method == Method::Trace {
            self.warn(operation.span, format!("Unsupported method 'trace' on path '{path}'. Ignoring."));
            return None;
        }
        let path = match (prefix, path) {
            ("", path) => path.to_owned(),
            (prefix, "/") => prefix.to_owned(),
            (prefix, path) => format!("{prefix}{path}"),
        };
        let key = format!("{} {path}", operation.method.verb());
        if let Err(reason) = RouteKey::parse(&key) {
            self.fault(operation.path.span, format!("Unable to create route '{key}': {reason}"));
            return None;
        }
        Some(key)
    }

    fn route(&mut self, operation: &Operation<'a>, key: &str) {
        if self.definition.route(key).is_some() {
            self.fault(operation.span, format!("Unable to create route '{key}': Route with key {key} already exists"));
            return;
        }
        let before = self.before.and_then(|b| b.route(key));
        let id = before.map(|r| r.route_id.clone()).unwrap_or_else(|| self.ids.next_id(7));
        let mut route = Route::new(id.clone(), key);
        route.api_gateway_managed = before.and_then(|r| r.api_gateway_managed);
        route.operation_name = operation.id().map(str::to_owned);
        self.secure(operation, &mut route);
        let known = before.and_then(Route::integration_id);
        route.target = self.integration(operation, key, known).map(|id| format!("integrations/{id}"));
        self.note_unused(operation, key);
        self.definition.routes.insert(id, route);
    }

    /// Notes what of an operation has no effect on an HTTP API.
    fn note_unused(&mut self, operation: &Operation<'a>, key: &str) {
        if let Some(body) = operation.node.get("requestBody") {
            self.inform(body.span, format!("requestBody of route '{key}' is not supported for HTTP APIs. Ignoring."));
        }
        let validated = self.document.parameters(operation).into_iter().find(|p| p.location != "path");
        if let Some(parameter) = validated.filter(|p| p.node.get("schema").is_some()) {
            let message = format!(
                "Schema of parameter '{}' of route '{key}' is not supported for HTTP APIs. Ignoring.",
                parameter.name
            );
            self.inform(parameter.node.span, message);
        }
        if let Some(validator) = operation.node.get(extension::REQUEST_VALIDATOR) {
            let message =
                format!("{} of route '{key}' is not supported for HTTP APIs. Ignoring.", extension::REQUEST_VALIDATOR);
            self.inform(validator.span, message);
        }
    }
}
