//! A projection of a definition for comparing two of them: names instead of ids, nothing that only looks different.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value as Json, json};

use super::export::{ExportOptions, Specification};
use super::integration::DEFAULT_TIMEOUT_MILLIS;
use super::model::linked_model;
use super::{ApiDefinition, Method, Model, export, extension};

/// Returns what a definition means, so that two definitions are equal when API Gateway would behave the same.
///
/// Resources are known by their paths, authorizers and validators by their names, models that an import named
/// (`MODEL1a2b3c`) by their schemas. Members are sorted, and their paths are meant to be read:
///
/// ```text
/// api                 name, description, version and the settings of a document
/// methods/{VERB path} operationId, authorization, apiKeyRequired, validator, parameters, requestModels, responses,
///                     integration
/// models/{name}       the schema
/// authorizers/{name}  as in `x-amazon-apigateway-authorizer`
/// requestValidators/{name}  what is validated
/// gatewayResponses/{TYPE}
/// ```
///
/// Left out, because an export does not carry it or the service writes it by itself, so that a definition and
/// `import(GetExport)` of its deployment compare equal: documentation parts, tags, the endpoint's type, the default
/// models `Empty` and `Error`, an integration's default time-out and transfer mode, generated models that nothing uses, a version that is a time, the cache namespace that
/// is a resource's id, and the API's own id and account in its resource policy.
#[must_use]
pub fn canonical(definition: &ApiDefinition) -> Json {
    let view = View { definition, shared_caches: shared_caches(definition) };
    let mut all = Map::new();
    all.insert("api".into(), view.api());
    all.insert("methods".into(), view.methods());
    all.insert("models".into(), view.models());
    all.insert("authorizers".into(), view.authorizers());
    all.insert("requestValidators".into(), view.validators());
    all.insert("gatewayResponses".into(), view.gateway_responses());
    sorted(Json::Object(all))
}

/// How deep models that refer to generated models are followed.
const MAX_DEPTH: usize = 64;

struct View<'a> {
    definition: &'a ApiDefinition,
    shared_caches: HashSet<&'a str>,
}

/// Returns the export of a definition without what differs between two APIs of the same document: ids, the stage, the
/// moment; documentation is left out too.
pub(crate) fn comparable_export(definition: &ApiDefinition, region: &str) -> Json {
    let options = ExportOptions { documentation: false, ..ExportOptions::everything(Specification::Oas30) };
    let mut export = export::export(definition, None, region, options);
    let Some(members) = export.as_object_mut() else { return export };
    members.shift_remove("servers");
    members.shift_remove("info");
    if let Some(policy) = members.get_mut(extension::POLICY) {
        relative(policy, 0);
    }
    let shared = shared_caches(definition);
    for (path, item) in members.get_mut("paths").and_then(Json::as_object_mut).into_iter().flatten() {
        let resource_id = definition.resource_at(path).map_or("", |resource| &resource.id);
        for operation in item.as_object_mut().into_iter().flat_map(|item| item.values_mut()) {
            if let Some(integration) = operation.get_mut(extension::INTEGRATION).and_then(Json::as_object_mut) {
                drop_defaults(integration, resource_id, &shared);
            }
        }
    }
    export
}

/// Returns the cache namespaces that methods of several resources share.
fn shared_caches(definition: &ApiDefinition) -> HashSet<&str> {
    let mut users: HashMap<&str, &str> = HashMap::new();
    let mut shared = HashSet::new();
    for resource in definition.resources.values() {
        let integrations = resource.resource_methods.values().filter_map(|method| method.method_integration.as_ref());
        for namespace in integrations.filter_map(|integration| integration.cache_namespace.as_deref()) {
            if users.insert(namespace, &resource.id).is_some_and(|other| other != resource.id) {
                shared.insert(namespace);
            }
        }
    }
    shared
}

/// Drops what an integration has without it being said, and the namespace of a cache that is the resource's own: its id,
/// or what looks like that of the same resource in another API and is shared with no other.
fn drop_defaults(integration: &mut Map<String, Json>, resource_id: &str, shared: &HashSet<&str>) {
    if integration.get("timeoutInMillis").and_then(Json::as_i64) == Some(DEFAULT_TIMEOUT_MILLIS) {
        integration.shift_remove("timeoutInMillis");
    }
    if integration.get("responseTransferMode").and_then(Json::as_str) == Some("BUFFERED") {
        integration.shift_remove("responseTransferMode");
    }
    let own = |namespace: &str| {
        namespace == resource_id || is_id(namespace) || (has_form_of_id(namespace) && !shared.contains(namespace))
    };
    if integration.get("cacheNamespace").and_then(Json::as_str).is_some_and(own) {
        integration.shift_remove("cacheNamespace");
    }
}

impl View<'_> {
    fn api(&self) -> Json {
        let api = &self.definition.api;
        let mut members = Map::new();
        let mut insert = |key: &str, value: Option<Json>| {
            if let Some(value) = value {
                members.insert(key.to_owned(), value);
            }
        };
        insert("name", Some(api.name.clone().into()));
        insert("description", api.description.clone().map(Json::from));
        insert("version", api.version.clone().filter(|v| !is_timestamp(v)).map(Json::from));
        insert("apiKeySource", Some(api.api_key_source.clone().into()));
        let types: BTreeSet<&String> = api.binary_media_types.iter().collect();
        insert("binaryMediaTypes", (!types.is_empty()).then(|| json!(types)));
        insert("minimumCompressionSize", api.minimum_compression_size.map(Json::from));
        insert("policy", api.policy.as_deref().map(policy));
        insert("disableExecuteApiEndpoint", api.disable_execute_api_endpoint.then(|| true.into()));
        let endpoints: BTreeSet<&String> = api.endpoint_configuration.vpc_endpoint_ids.iter().collect();
        insert("vpcEndpointIds", (!endpoints.is_empty()).then(|| json!(endpoints)));
        Json::Object(members)
    }

    fn methods(&self) -> Json {
        let methods = self.definition.resources.values().flat_map(|resource| {
            resource
                .resource_methods
                .iter()
                .map(|(verb, method)| (format!("{verb} {}", resource.path), self.method(method, &resource.id)))
        });
        Json::Object(methods.collect())
    }

    fn method(&self, method: &Method, resource_id: &str) -> Json {
        let mut members = Map::new();
        if let Some(name) = &method.operation_name {
            members.insert("operationId".into(), name.clone().into());
        }
        let mut authorization = json!({ "type": method.authorization_type });
        let authorizer = method.authorizer_id.as_ref().and_then(|id| self.definition.authorizers.get(id));
        if let Some(authorizer) = authorizer {
            authorization["authorizer"] = authorizer.name.clone().into();
        }
        if let Some(scopes) = method.authorization_scopes.as_ref().filter(|s| !s.is_empty()) {
            authorization["scopes"] = json!(scopes.iter().collect::<BTreeSet<_>>());
        }
        members.insert("authorization".into(), authorization);
        members.insert("apiKeyRequired".into(), method.api_key_required.into());
        let validator = method.request_validator_id.as_ref().and_then(|id| self.definition.request_validators.get(id));
        if let Some(validator) = validator {
            let checks = json!({
                "validateRequestBody": validator.validate_request_body,
                "validateRequestParameters": validator.validate_request_parameters,
            });
            members.insert("validator".into(), validator.name.clone().map_or(checks, Json::from));
        }
        if let Some(parameters) = method.request_parameters.as_ref().filter(|p| !p.is_empty()) {
            let parameters = parameters
                .iter()
                .map(|(name, required)| {
                    let name = name.strip_prefix("method.request.").unwrap_or(name);
                    (name.to_owned(), if *required { "required".into() } else { "optional".into() })
                })
                .collect();
            members.insert("parameters".into(), Json::Object(parameters));
        }
        if let Some(models) = method.request_models.as_ref().filter(|m| !m.is_empty()) {
            let models = models.iter().map(|(mt, name)| (mt.clone(), self.model(name))).collect();
            members.insert("requestModels".into(), Json::Object(models));
        }
        members.insert("responses".into(), self.responses(method));
        if let Some(integration) = &method.method_integration {
            let mut integration = export::integration_extension(integration, resource_id);
            if let Some(integration) = integration.as_object_mut() {
                drop_defaults(integration, resource_id, &self.shared_caches);
            }
            members.insert("integration".into(), integration);
        }
        Json::Object(members)
    }

    fn responses(&self, method: &Method) -> Json {
        let responses = method.method_responses.iter().map(|(status, response)| {
            let mut members = Map::new();
            let names = response.response_parameters.iter().flatten().map(|(name, _)| name);
            let headers: BTreeSet<&str> =
                names.map(|n| n.strip_prefix("method.response.header.").unwrap_or(n)).collect();
            if !headers.is_empty() {
                members.insert("headers".into(), json!(headers));
            }
            if let Some(models) = response.response_models.as_ref().filter(|m| !m.is_empty()) {
                let models = models.iter().map(|(mt, name)| (mt.clone(), self.model(name))).collect();
                members.insert("models".into(), Json::Object(models));
            }
            (status.clone(), Json::Object(members))
        });
        Json::Object(responses.collect())
    }

    /// Returns the name of a model, or the schema of one whose name means nothing.
    fn model(&self, name: &str) -> Json {
        match self.definition.models.get(name).filter(|_| is_generated(name)) {
            Some(model) => self.schema(&stored(model), 0),
            None => name.into(),
        }
    }

    fn models(&self) -> Json {
        let models = self.definition.models.values().filter(|m| !is_generated(&m.name) && !is_default(m));
        Json::Object(models.map(|m| (m.name.clone(), self.schema(&stored(m), 0))).collect())
    }

    fn schema(&self, schema: &Json, depth: usize) -> Json {
        let Json::Object(members) = schema else { return schema.clone() };
        if let Some(name) = members.get("$ref").and_then(Json::as_str).and_then(linked_model) {
            return match self.definition.models.get(name).filter(|_| is_generated(name) && depth < MAX_DEPTH) {
                Some(model) => self.schema(&stored(model), depth + 1),
                None => json!({ "$ref": name }),
            };
        }
        let kept = members.iter().filter(|(key, _)| !matches!(key.as_str(), "$schema" | "id"));
        let kept = kept.map(|(key, value)| {
            let value = match (key.as_str(), value) {
                ("properties" | "patternProperties" | "definitions", Json::Object(schemas)) => {
                    Json::Object(schemas.iter().map(|(name, s)| (name.clone(), self.schema(s, depth))).collect())
                }
                ("required", Json::Array(names)) => {
                    json!(names.iter().filter_map(Json::as_str).collect::<BTreeSet<_>>())
                }
                ("allOf" | "anyOf" | "oneOf", Json::Array(all)) => all.iter().map(|s| self.schema(s, depth)).collect(),
                ("items" | "not" | "additionalProperties", value) => self.schema(value, depth),
                (_, value) => value.clone(),
            };
            (key.clone(), value)
        });
        Json::Object(kept.collect())
    }

    fn authorizers(&self) -> Json {
        let authorizers = self.definition.authorizers.values().map(|authorizer| {
            let mut members = serde_json::to_value(authorizer).unwrap_or_default();
            if let Some(members) = members.as_object_mut() {
                members.remove("id");
                members.remove("name");
            }
            (authorizer.name.clone(), members)
        });
        Json::Object(authorizers.collect())
    }

    fn validators(&self) -> Json {
        let validators = self.definition.request_validators.values().filter_map(|validator| {
            let checks = json!({
                "validateRequestBody": validator.validate_request_body,
                "validateRequestParameters": validator.validate_request_parameters,
            });
            Some((validator.name.clone()?, checks))
        });
        Json::Object(validators.collect())
    }

    fn gateway_responses(&self) -> Json {
        let own = self.definition.gateway_responses.values().filter(|r| !r.default_response);
        let responses = own.map(|response| {
            let default = extension::response_type(&response.response_type).and_then(|t| t.status);
            let status = response.status_code.as_ref().filter(|s| s.parse().ok() != default);
            let mut members = Map::new();
            if let Some(status) = status {
                members.insert("statusCode".into(), status.clone().into());
            }
            if !response.response_parameters.is_empty() {
                members.insert("responseParameters".into(), json!(response.response_parameters));
            }
            if !response.response_templates.is_empty() {
                members.insert("responseTemplates".into(), json!(response.response_templates));
            }
            (response.response_type.clone(), Json::Object(members))
        });
        Json::Object(responses.collect())
    }
}

fn stored(model: &Model) -> Json {
    model.schema.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| json!({}))
}

/// Returns whether a model's name was made by an import for a schema that had none.
#[must_use]
pub(crate) fn is_generated(name: &str) -> bool {
    let generated = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
    name.strip_prefix("MODEL").is_some_and(|rest| rest.len() == 6 && rest.chars().all(generated))
}

/// Returns whether a model is one of those that CreateRestApi makes.
fn is_default(model: &Model) -> bool {
    let expected = match model.name.as_str() {
        "Empty" => json!({ "title": "Empty Schema", "type": "object" }),
        "Error" => json!({
            "title": "Error Schema",
            "type": "object",
            "properties": { "message": { "type": "string" } },
        }),
        _ => return false,
    };
    let mut schema = stored(model);
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove("$schema");
        members.shift_remove("description");
    }
    schema == expected
}

/// Returns whether a text looks like an id that the service gave: its resource's id stays the name of a cache when the
/// export of one API becomes another.
fn is_id(text: &str) -> bool {
    has_form_of_id(text) && text.bytes().any(|b| b.is_ascii_digit())
}

/// Returns whether a text has the form of an id. One in seven ids has no digit in it, and is a word as well.
fn has_form_of_id(text: &str) -> bool {
    (6..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
}

/// Returns whether a version is the time that an export shows for an API without one.
fn is_timestamp(version: &str) -> bool {
    version.len() == 20 && version.ends_with('Z') && version.parse::<jiff::Timestamp>().is_ok()
}

/// Returns a policy with the ARNs of any API written as those of this one: `execute-api:/…`.
fn policy(text: &str) -> Json {
    let Ok(mut policy) = serde_json::from_str::<Json>(text) else { return text.into() };
    relative(&mut policy, 0);
    policy
}

fn relative(json: &mut Json, depth: usize) {
    match json {
        _ if depth > MAX_DEPTH => {}
        Json::String(text) => {
            let parts: Vec<&str> = text.splitn(6, ':').collect();
            if let ["arn", _, "execute-api", _, _, rest] = parts.as_slice()
                && let Some((api, rest)) = rest.split_once('/')
                && api.len() == 10
                && api.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
            {
                *text = format!("execute-api:/{rest}");
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| relative(item, depth + 1)),
        Json::Object(members) => members.values_mut().for_each(|member| relative(member, depth + 1)),
        _ => {}
    }
}

/// Returns the value with the members of every object sorted.
fn sorted(json: Json) -> Json {
    match json {
        Json::Object(members) => {
            let mut members: Vec<(String, Json)> = members.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(members.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_writes_by_itself_is_known() {
        assert!(is_generated("MODEL1a2b3c"));
        assert!(!is_generated("MODELS") && !is_generated("MODEL1A2B3C"));
        assert!(is_timestamp("2023-11-09T13:43:51Z"));
        assert!(!is_timestamp("1.0.0"));
        assert!(is_id("rbf7ud") && !is_id("orders"));
    }

    #[test]
    fn a_policy_is_of_any_api() {
        let text = r#"{"Statement":[{"Resource":"arn:aws:execute-api:eu-west-1:123456789012:abcdefghij/dev/GET/x"}]}"#;
        assert_eq!(policy(text), json!({ "Statement": [{ "Resource": "execute-api:/dev/GET/x" }] }));
        let any = r#"{"Statement":[{"Resource":"arn:aws:execute-api:*:*:*/dev"}]}"#;
        assert_eq!(policy(any), json!({ "Statement": [{ "Resource": "arn:aws:execute-api:*:*:*/dev" }] }));
    }
}
