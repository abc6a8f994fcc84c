//! `canonical`: a definition without what differs between two imports of one document.
//!
//! Ids become names, inline models their schemas, and what GetExport does not carry (documentation
//! parts, tags, the endpoint type, resources without methods) is left out, so that
//! `canonical(import(spec))` equals `canonical(import(GetExport(deployed)))` when nothing changed.

use serde_json::{Map, Value, json};

use super::{ApiDefinition, Integration, Method, Model, Resource};

/// Returns the definition as a tree to compare: `api`, `methods` by `VERB /path`, `models`,
/// `authorizers` and `requestValidators` by name, `gatewayResponses` by type.
#[must_use]
pub fn canonical(definition: &ApiDefinition) -> Value {
    let mut methods = Map::new();
    let mut resources: Vec<&Resource> = definition.resources.values().collect();
    resources.sort_by(|a, b| a.path.cmp(&b.path));
    for resource in resources {
        for method in resource.resource_methods.values() {
            let label = format!("{} {}", method.http_method, resource.path);
            methods.insert(label, canonical_method(definition, resource, method));
        }
    }
    let models: Map<String, Value> = definition
        .models
        .values()
        .filter(|model| !is_inline(&model.name))
        .map(|model| (model.name.clone(), canonical_model(definition, model, 0)))
        .collect();
    let mut authorizers = Map::new();
    for authorizer in definition.authorizers.values() {
        let mut value = plain(authorizer);
        value.remove("id");
        authorizers.insert(authorizer.name.clone(), Value::Object(value));
    }
    authorizers.sort_keys();
    let mut validators = Map::new();
    for validator in definition.request_validators.values() {
        let name = validator.name.clone().unwrap_or_default();
        let body = validator.validate_request_body;
        let parameters = validator.validate_request_parameters;
        validators.insert(name, json!({"validateRequestBody": body, "validateRequestParameters": parameters}));
    }
    validators.sort_keys();
    let responses: Map<String, Value> = definition
        .gateway_responses
        .values()
        .filter(|response| !response.default_response)
        .map(|response| {
            let mut value = plain(response);
            value.remove("defaultResponse");
            (response.response_type.clone(), sorted(Value::Object(value)))
        })
        .collect();
    json!({
        "api": canonical_api(definition),
        "methods": methods,
        "models": models,
        "authorizers": authorizers,
        "requestValidators": validators,
        "gatewayResponses": responses,
    })
}

fn canonical_api(definition: &ApiDefinition) -> Value {
    let api = &definition.api;
    let mut binary = api.binary_media_types.clone();
    binary.sort();
    let policy = api.policy.as_deref().map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)));
    let mut value = json!({
        "name": api.name,
        "description": api.description,
        "version": api.version,
        "binaryMediaTypes": binary,
        "minimumCompressionSize": api.minimum_compression_size,
        "apiKeySource": api.api_key_source,
        "policy": policy,
    });
    without_nulls(&mut value);
    value
}

fn canonical_method(definition: &ApiDefinition, resource: &Resource, method: &Method) -> Value {
    let mut value = plain(method);
    value.remove("httpMethod");
    if let Some(id) = value.remove("authorizerId") {
        let name = id.as_str().and_then(|id| definition.authorizers.get(id)).map(|a| a.name.clone());
        value.insert("authorizer".into(), name.map_or(id, Value::String));
    }
    if let Some(id) = value.remove("requestValidatorId") {
        let name = id.as_str().and_then(|id| definition.request_validators.get(id)).and_then(|v| v.name.clone());
        value.insert("requestValidator".into(), name.map_or(id, Value::String));
    }
    if let Some(models) = value.get_mut("requestModels") {
        inline_models(definition, models);
    }
    for response in
        value.get_mut("methodResponses").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
    {
        if let Some(response) = response.as_object_mut() {
            response.remove("statusCode");
            if let Some(models) = response.get_mut("responseModels") {
                inline_models(definition, models);
            }
        }
    }
    if let Some(integration) = &method.method_integration {
        value.remove("methodIntegration");
        value.insert("integration".into(), canonical_integration(resource, integration));
    }
    sorted(Value::Object(value))
}

fn canonical_integration(resource: &Resource, integration: &Integration) -> Value {
    let mut value = plain(integration);
    if integration.cache_namespace.as_ref() == Some(&resource.id) {
        value.remove("cacheNamespace");
    }
    if integration.cache_key_parameters.is_empty() {
        value.remove("cacheKeyParameters");
    }
    for response in
        value.get_mut("integrationResponses").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
    {
        if let Some(response) = response.as_object_mut() {
            response.remove("statusCode");
        }
    }
    Value::Object(value)
}

/// Replaces the names of inline models by their schemas: an import makes up new names each time.
fn inline_models(definition: &ApiDefinition, models: &mut Value) {
    for model in models.as_object_mut().into_iter().flat_map(Map::values_mut) {
        let found = model.as_str().filter(|name| is_inline(name)).and_then(|name| definition.models.get(name));
        if let Some(found) = found {
            *model = canonical_model(definition, found, 0);
        }
    }
}

fn canonical_model(definition: &ApiDefinition, model: &Model, depth: usize) -> Value {
    let schema = model
        .schema
        .as_deref()
        .map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)));
    sorted(local_references(definition, schema, depth))
}

/// How many inline models may refer to one another before the name is left as it is.
const MAX_INLINE_DEPTH: usize = 16;

/// Returns the schema with references to models (`…/restapis/{id}/models/{name}`) by name only.
fn local_references(definition: &ApiDefinition, schema: Value, depth: usize) -> Value {
    match schema {
        Value::Object(members) => {
            if let Some((_, name)) = members.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit_once("/models/"))
            {
                return match definition.models.get(name).filter(|_| is_inline(name) && depth < MAX_INLINE_DEPTH) {
                    Some(model) => canonical_model(definition, model, depth + 1),
                    None => json!({"$ref": name}),
                };
            }
            Value::Object(members.into_iter().map(|(k, v)| (k, local_references(definition, v, depth))).collect())
        }
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| local_references(definition, item, depth)).collect())
        }
        other => other,
    }
}

/// Returns whether an import made this model's name up: `MODEL` and six characters.
fn is_inline(name: &str) -> bool {
    name.strip_prefix("MODEL").is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn plain(value: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Returns the value with the members of all objects sorted; the order of arrays stays.
fn sorted(mut value: Value) -> Value {
    value.sort_all_objects();
    value
}

fn without_nulls(value: &mut Value) {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, v| !v.is_null());
    }
}
