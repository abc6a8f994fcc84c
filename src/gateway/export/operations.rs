//! Resources and methods to paths and operations.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::gateway::documentation::Entity;
use crate::gateway::{Method, Resource, SmallMap, extension};
use crate::openapi;

use super::tree::{Members, Tree};
use super::{Exporter, Specification};

/// The kind of a request parameter, the place that a document has for it, and what documentation calls it.
const PLACES: [(&str, &str, &str); 3] = [
    ("path", "path", "PATH_PARAMETER"),
    ("querystring", "query", "QUERY_PARAMETER"),
    ("header", "header", "REQUEST_HEADER"),
];

/// What a method's documentation may say in the specification's own words.
const OPERATION_KEYS: [&str; 5] = ["tags", "summary", "description", "externalDocs", "deprecated"];

impl Exporter<'_> {
    /// Returns the resources that have methods, by path.
    pub(super) fn resources(&self) -> Vec<&Resource> {
        let mut resources: Vec<&Resource> =
            self.definition.resources.values().filter(|r| !r.resource_methods.is_empty()).collect();
        resources.sort_by(|a, b| a.path.cmp(&b.path));
        resources
    }

    /// Returns the path item of a resource.
    pub(super) fn operations<'s>(&'s self, resource: &'s Resource) -> Tree<'s> {
        let mut item = Members::with_capacity(resource.resource_methods.len());
        for verb in openapi::Method::ALL {
            let Some(method) = resource.resource_methods.get(verb.verb()) else { continue };
            let entity = Entity { path: &resource.path, method: verb.verb(), ..Entity::default() };
            item.set(verb.key(), self.operation(resource, method, entity));
        }
        item.say(self.said(&Entity { kind: "RESOURCE", path: &resource.path, ..Entity::default() }, &[]));
        item.into()
    }

    fn operation<'s>(&'s self, resource: &'s Resource, method: &'s Method, entity: Entity<'_>) -> Members<'s> {
        let is_swagger = self.options.specification == Specification::Swagger;
        let mut operation = Members::with_capacity(8);
        operation.say(self.said(&Entity { kind: "METHOD", ..entity }, &OPERATION_KEYS));
        operation.set_some("operationId", method.operation_name.as_ref());
        if is_swagger {
            media_types(&mut operation, method);
        }
        let mut parameters = self.parameters(method, entity);
        let body = Entity { kind: "REQUEST_BODY", ..entity };
        if let Some(models) = method.request_models.as_ref().filter(|m| !m.is_empty()) {
            if is_swagger {
                // Only one body can be said; the JSON one is.
                let name = models.get("application/json").or_else(|| models.values().next());
                if let Some(name) = name {
                    let mut parameter = Members::with_capacity(4);
                    parameter.set("in", "body");
                    parameter.set("name", name);
                    parameter.say(self.said(&body, &["description"]));
                    parameter.set("required", true);
                    parameter.set("schema", self.model_reference(name));
                    parameters.push(parameter);
                }
            } else {
                let mut members = Members::with_capacity(2);
                members.say(self.said(&body, &["description"]));
                members.set("content", self.content(models));
                members.set("required", true);
                operation.set("requestBody", members);
            }
        }
        if !parameters.is_empty() {
            operation.set_before("requestBody", "parameters", parameters);
        }
        if is_swagger || !method.method_responses.is_empty() {
            operation.set("responses", self.responses(method, entity));
        }
        operation.set_some("security", self.security(method).map(|security| Tree::Json(Cow::Owned(security))));
        if self.options.has_validators()
            && let Some(validator) = method.request_validator_id.as_ref()
            && let Some(validator) = self.definition.request_validators.get(validator)
        {
            operation.set_some(extension::REQUEST_VALIDATOR, validator.name.as_ref());
        }
        if self.options.has_integrations()
            && let Some(integration) = &method.method_integration
        {
            operation.set(extension::INTEGRATION, super::extensions::integration(integration, &resource.id));
        }
        operation
    }

    fn parameters<'s>(&'s self, method: &'s Method, entity: Entity<'_>) -> Vec<Members<'s>> {
        let mut parameters = Vec::new();
        for (name, required) in method.request_parameters.iter().flatten() {
            let Some((place, name)) = name.strip_prefix("method.request.").and_then(|rest| rest.split_once('.')) else {
                continue;
            };
            let Some((_, place, kind)) = PLACES.iter().find(|(stored, ..)| *stored == place) else { continue };
            let mut parameter = Members::with_capacity(4);
            parameter.set("name", name);
            parameter.set("in", *place);
            parameter.say(self.said(&Entity { kind, name, ..entity }, &["description"]));
            match self.options.specification {
                Specification::Oas30 => {
                    if *required {
                        parameter.set("required", true);
                    }
                    parameter.set("schema", Members::one("type", "string"));
                }
                Specification::Swagger => {
                    parameter.set("required", *required);
                    parameter.set("type", "string");
                }
            }
            parameters.push(parameter);
        }
        parameters
    }

    fn responses<'s>(&'s self, method: &'s Method, entity: Entity<'_>) -> Members<'s> {
        let is_swagger = self.options.specification == Specification::Swagger;
        let responses = method.method_responses.iter().map(|(status, response)| {
            let mut exported = Members::with_capacity(3);
            exported.set("description", [status, " response"].concat());
            let entity = Entity { status_code: status, ..entity };
            exported.say(self.said(&Entity { kind: "RESPONSE", ..entity }, &["description"]));
            let models = response.response_models.as_ref();
            let names = response.response_parameters.iter().flatten();
            let names = names.filter_map(|(name, _)| name.strip_prefix("method.response.header."));
            let headers: Members<'s> = names
                .map(|name| {
                    let mut header = Members::with_capacity(1);
                    header.say(self.said(&Entity { kind: "RESPONSE_HEADER", name, ..entity }, &["description"]));
                    match is_swagger {
                        true => header.set("type", "string"),
                        false => header.set("schema", Members::one("type", "string")),
                    }
                    (name, header)
                })
                .collect();
            if is_swagger {
                let name = models.and_then(|m| m.get("application/json").or_else(|| m.values().next()));
                exported.set_some("schema", name.map(|name| self.model_reference(name)));
            }
            exported.set_some("headers", headers.filled());
            if !is_swagger {
                exported.set("content", models.map(|models| self.content(models)).unwrap_or_default());
            }
            (status.as_str(), exported)
        });
        responses.collect()
    }

    /// Returns the media types of a body with their models.
    fn content<'s>(&'s self, models: &'s SmallMap<String>) -> Members<'s> {
        let content = models
            .iter()
            .map(|(media_type, name)| (media_type.as_str(), Members::one("schema", self.model_reference(name))));
        content.collect()
    }

    fn model_reference(&self, name: &str) -> Members<'static> {
        Members::one("$ref", self.options.specification.model_reference(name))
    }
}

/// Sets `consumes` and `produces`, which are not kept but made of the media types of models and templates.
fn media_types<'a>(operation: &mut Members<'a>, method: &'a Method) {
    let integration = method.method_integration.as_ref();
    let mut consumes: BTreeSet<&str> = BTreeSet::new();
    consumes.extend(method.request_models.iter().flatten().map(|(mt, _)| mt.as_str()));
    consumes.extend(
        integration.and_then(|i| i.request_templates.as_ref()).into_iter().flatten().map(|(mt, _)| mt.as_str()),
    );
    let mut produces: BTreeSet<&str> = BTreeSet::new();
    let models = method.method_responses.values().filter_map(|r| r.response_models.as_ref());
    produces.extend(models.flatten().map(|(mt, _)| mt.as_str()));
    let responses = integration.map(|i| i.integration_responses.values()).into_iter().flatten();
    produces.extend(responses.filter_map(|r| r.response_templates.as_ref()).flatten().map(|(mt, _)| mt.as_str()));
    // A proxy that declares no responses produces JSON (developer guide, exports of proxy integrations).
    if produces.is_empty()
        && method.method_responses.is_empty()
        && integration.is_some_and(|i| !i.integration_responses.is_empty())
    {
        produces.insert("application/json");
    }
    for (member, types) in [("consumes", consumes), ("produces", produces)] {
        // A template's `$default` is no media type.
        let types: Vec<&str> = types.into_iter().filter(|t| t.contains('/')).collect();
        if !types.is_empty() {
            operation.set(member, types);
        }
    }
}
