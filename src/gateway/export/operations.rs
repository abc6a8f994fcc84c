//! Resources and methods to paths and operations.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::gateway::documentation::Entity;
use crate::gateway::{Method, Resource, extension};
use crate::openapi;

use super::{Exporter, Specification};

/// The kind of a request parameter, the place that a document has for it, and what documentation calls it.
const PLACES: [(&str, &str, &str); 3] = [
    ("path", "path", "PATH_PARAMETER"),
    ("querystring", "query", "QUERY_PARAMETER"),
    ("header", "header", "REQUEST_HEADER"),
];

impl Exporter<'_> {
    /// Returns the resources that have methods, by path.
    pub(super) fn resources(&self) -> Vec<&Resource> {
        let mut resources: Vec<&Resource> =
            self.definition.resources.values().filter(|r| !r.resource_methods.is_empty()).collect();
        resources.sort_by(|a, b| a.path.cmp(&b.path));
        resources
    }

    /// Returns the path item of a resource.
    pub(super) fn operations(&self, resource: &Resource) -> Json {
        let operations = openapi::Method::ALL.into_iter().filter_map(|verb| {
            let method = resource.resource_methods.get(verb.verb())?;
            let entity = Entity { path: &resource.path, method: verb.verb(), ..Entity::default() };
            Some((verb.key().to_owned(), self.operation(resource, method, entity)))
        });
        let mut item: Map<String, Json> = operations.collect();
        self.describe(&mut item, &Entity { kind: "RESOURCE", path: &resource.path, ..Entity::default() }, &[]);
        Json::Object(item)
    }

    fn operation(&self, resource: &Resource, method: &Method, entity: Entity<'_>) -> Json {
        let is_swagger = self.options.specification == Specification::Swagger;
        let mut operation = Map::new();
        let keys = ["tags", "summary", "description", "externalDocs", "deprecated"];
        self.describe(&mut operation, &Entity { kind: "METHOD", ..entity }, &keys);
        if let Some(name) = &method.operation_name {
            operation.insert("operationId".into(), name.clone().into());
        }
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
                    let mut parameter = Map::new();
                    parameter.insert("in".into(), "body".into());
                    parameter.insert("name".into(), name.clone().into());
                    self.describe(&mut parameter, &body, &["description"]);
                    parameter.insert("required".into(), true.into());
                    parameter.insert("schema".into(), self.model_reference(name));
                    parameters.push(Json::Object(parameter));
                }
            } else {
                let content: Map<String, Json> = models
                    .iter()
                    .map(|(mt, name)| (mt.clone(), json!({ "schema": self.model_reference(name) })))
                    .collect();
                let mut members = Map::new();
                self.describe(&mut members, &body, &["description"]);
                members.insert("content".into(), Json::Object(content));
                members.insert("required".into(), true.into());
                operation.insert("requestBody".into(), Json::Object(members));
            }
        }
        if !parameters.is_empty() {
            let before_body = operation.keys().position(|k| k == "requestBody").unwrap_or(operation.len());
            operation.shift_insert(before_body, "parameters".into(), Json::Array(parameters));
        }
        if is_swagger || !method.method_responses.is_empty() {
            operation.insert("responses".into(), self.responses(method, entity));
        }
        if let Some(security) = self.security(method) {
            operation.insert("security".into(), security);
        }
        if self.options.apigateway
            && let Some(validator) = method.request_validator_id.as_ref()
            && let Some(name) = self.definition.request_validators.get(validator).and_then(|v| v.name.clone())
        {
            operation.insert(extension::REQUEST_VALIDATOR.into(), name.into());
        }
        if self.options.has_integrations()
            && let Some(integration) = &method.method_integration
        {
            operation.insert(extension::INTEGRATION.into(), super::extensions::integration(integration, &resource.id));
        }
        Json::Object(operation)
    }

    fn parameters(&self, method: &Method, entity: Entity<'_>) -> Vec<Json> {
        let mut parameters = Vec::new();
        for (name, required) in method.request_parameters.iter().flatten() {
            let Some((place, name)) = name.strip_prefix("method.request.").and_then(|rest| rest.split_once('.')) else {
                continue;
            };
            let Some((_, place, kind)) = PLACES.iter().find(|(stored, ..)| *stored == place) else { continue };
            let mut parameter = Map::new();
            parameter.insert("name".into(), name.into());
            parameter.insert("in".into(), (*place).into());
            self.describe(&mut parameter, &Entity { kind, name, ..entity }, &["description"]);
            match self.options.specification {
                Specification::Oas30 => {
                    if *required {
                        parameter.insert("required".into(), true.into());
                    }
                    parameter.insert("schema".into(), json!({ "type": "string" }));
                }
                Specification::Swagger => {
                    parameter.insert("required".into(), (*required).into());
                    parameter.insert("type".into(), "string".into());
                }
            }
            parameters.push(Json::Object(parameter));
        }
        parameters
    }

    fn responses(&self, method: &Method, entity: Entity<'_>) -> Json {
        let responses = method.method_responses.iter().map(|(status, response)| {
            let mut exported = Map::new();
            exported.insert("description".into(), format!("{status} response").into());
            let entity = Entity { status_code: status, ..entity };
            self.describe(&mut exported, &Entity { kind: "RESPONSE", ..entity }, &["description"]);
            let is_swagger = self.options.specification == Specification::Swagger;
            let models = response.response_models.as_ref();
            let headers: Map<String, Json> = response
                .response_parameters
                .iter()
                .flatten()
                .filter_map(|(name, _)| name.strip_prefix("method.response.header."))
                .map(|name| {
                    let mut header = Map::new();
                    self.describe(&mut header, &Entity { kind: "RESPONSE_HEADER", name, ..entity }, &["description"]);
                    if is_swagger {
                        header.insert("type".into(), "string".into());
                    } else {
                        header.insert("schema".into(), json!({ "type": "string" }));
                    }
                    (name.to_owned(), Json::Object(header))
                })
                .collect();
            if is_swagger {
                let name = models.and_then(|m| m.get("application/json").or_else(|| m.values().next()));
                if let Some(name) = name {
                    exported.insert("schema".into(), self.model_reference(name));
                }
            }
            if !headers.is_empty() {
                exported.insert("headers".into(), Json::Object(headers));
            }
            if !is_swagger {
                let content: Map<String, Json> = models
                    .into_iter()
                    .flatten()
                    .map(|(mt, name)| (mt.clone(), json!({ "schema": self.model_reference(name) })))
                    .collect();
                exported.insert("content".into(), Json::Object(content));
            }
            (status.clone(), Json::Object(exported))
        });
        Json::Object(responses.collect())
    }

    fn model_reference(&self, name: &str) -> Json {
        json!({ "$ref": self.options.specification.model_reference(name) })
    }
}

/// Sets `consumes` and `produces`, which are not kept but made of the media types of models and templates.
fn media_types(operation: &mut Map<String, Json>, method: &Method) {
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
            operation.insert(member.into(), json!(types));
        }
    }
}
