//! An HTTP API without what two equal APIs may differ in: ids, times, the order of members.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Authorizer, Cors, HttpApi, Integration};

/// Returns an API in a form that is equal for APIs that behave alike: routes by key with their integrations and the
/// names of their authorizers, authorizers by name, lists of names sorted.
#[must_use]
pub fn canonical(definition: &HttpApi) -> Json {
    let api = &definition.api;
    let routes: BTreeMap<&str, Json> = definition
        .routes
        .values()
        .map(|route| {
            let authorizer = route.authorizer_id.as_ref().and_then(|id| definition.authorizers.get(id));
            let value = json!({
                "operationName": route.operation_name,
                "authorizationType": route.authorization_type,
                "authorizer": authorizer.map(|a| &a.name),
                "authorizationScopes": sorted(route.authorization_scopes.as_deref()),
                "integration": definition.integration_of(route).map(integration),
            });
            (route.route_key.as_str(), value)
        })
        .collect();
    let authorizers: BTreeMap<&str, Json> =
        definition.authorizers.values().map(|a| (a.name.as_str(), authorizer(a))).collect();
    let tags: BTreeMap<&String, &String> = api.tags.iter().collect();
    json!({
        "name": api.name,
        "description": api.description,
        "version": api.version.as_ref().filter(|v| !is_creation_time(v)),
        "disableExecuteApiEndpoint": api.disable_execute_api_endpoint,
        "corsConfiguration": api.cors_configuration.as_ref().map(cors),
        "tags": tags,
        "routes": routes,
        "authorizers": authorizers,
    })
}

/// Returns whether a version is what an export makes of an API without one: when it was created.
fn is_creation_time(version: &str) -> bool {
    let shape: String = version.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00 00:00:00UTC"
}

fn integration(integration: &Integration) -> Json {
    let mut bare = Integration { api_gateway_managed: None, description: None, ..integration.clone() }.shown();
    bare.integration_id.clear();
    if let Some(parameters) = &mut bare.request_parameters {
        parameters.sort_keys();
    }
    for parameters in bare.response_parameters.iter_mut().flat_map(BTreeMap::values_mut) {
        parameters.sort_keys();
    }
    json!(bare)
}

fn authorizer(authorizer: &Authorizer) -> Json {
    let mut bare = authorizer.clone();
    bare.authorizer_id.clear();
    if let Some(audience) = bare.jwt_configuration.as_mut().and_then(|j| j.audience.as_mut()) {
        audience.sort();
    }
    json!(bare)
}

fn cors(cors: &Cors) -> Json {
    json!({
        "allowCredentials": cors.allow_credentials.unwrap_or(false),
        "allowHeaders": sorted(cors.allow_headers.as_deref()),
        "allowMethods": sorted(cors.allow_methods.as_deref()),
        "allowOrigins": sorted(cors.allow_origins.as_deref()),
        "exposeHeaders": sorted(cors.expose_headers.as_deref()),
        "maxAge": cors.max_age.unwrap_or(0),
    })
}

fn sorted(names: Option<&[String]>) -> Vec<String> {
    let mut names = names.unwrap_or_default().to_vec();
    names.sort();
    names.dedup();
    names
}
