//! Apis: CreateApi with quick create, GetApi, GetApis, UpdateApi, DeleteApi, DeleteCorsConfiguration.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::definition::{api_key, edit, load, save, snapshot_key};
use super::{at_most, input, page, required, text};
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::refusal::Refusal;
use crate::emulator::control::tags_of;
use crate::emulator::lookup::BasePathMapping;
use crate::gateway::HttpApi;
use crate::gateway::http_api::api::ROUTE_SELECTION;
use crate::gateway::http_api::stage::DEFAULT_STAGE;
use crate::gateway::http_api::{Api, Cors, Integration, IntegrationType, Route, RouteKey, Stage};
use crate::gateway::import::IdSource as _;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    cors_configuration: Option<Cors>,
    credentials_arn: Option<String>,
    description: Option<String>,
    disable_execute_api_endpoint: Option<bool>,
    ip_address_type: Option<String>,
    name: Option<String>,
    protocol_type: Option<String>,
    route_key: Option<String>,
    route_selection_expression: Option<String>,
    tags: Option<BTreeMap<String, Option<String>>>,
    target: Option<String>,
    version: Option<String>,
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let apis: Vec<Api> = call.control.store.list("httpapi/")?;
    page(call, &apis)
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("apiId");
    let api: Option<Api> = call.control.store.get(&api_key(id))?;
    Answer::entity(&api.ok_or_else(|| call.control.unknown_api(id))?)
}

const NO_NAME: &str = "Invalid API name specified";

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let name = input.name.clone().filter(|n| !n.is_empty()).ok_or_else(|| Refusal::bad_request(NO_NAME))?;
    match required(input.protocol_type.as_deref(), "protocolType")? {
        "HTTP" => {}
        "WEBSOCKET" => return Err(super::websocket::unsupported("WebSocket APIs")),
        other => return Err(Refusal::bad_request(format!("Invalid protocolType {other} specified"))),
    }
    let mut api = HttpApi::new(Api::new(call.ids().next_id(10), name, &call.control.region, call.now()));
    apply(&mut api.api, &input)?;
    api.api.tags = tags_of(input.tags.clone())?;
    let quick = match (&input.target, &input.route_key) {
        (None, None) if input.credentials_arn.is_none() => None,
        (None, _) => return Err(Refusal::bad_request("target is required for quick create")),
        (Some(target), key) => {
            Some(quick_create(call, &mut api, target, key.as_deref(), input.credentials_arn.clone())?)
        }
    };
    call.control.write(|tx| {
        save(tx, None, &api)?;
        if let Some(stage) = quick {
            super::definition::deploy_stage(call, tx, &api, stage)?;
        }
        Ok(())
    })?;
    Answer::entity(&api.api)
}

/// Makes the integration and the route of a quick create, and returns its stage.
fn quick_create(
    call: &Call<'_>,
    api: &mut HttpApi,
    target: &str,
    key: Option<&str>,
    credentials: Option<String>,
) -> Result<Stage, Refusal> {
    let key = key.unwrap_or("$default");
    RouteKey::parse(key).map_err(Refusal::bad_request)?;
    let mut integration = quick_integration(call.ids().next_id(7), target);
    integration.credentials_arn = credentials;
    if let Some(fault) = integration.fault() {
        return Err(Refusal::bad_request(fault));
    }
    let mut route = Route::new(call.ids().next_id(7), key);
    route.api_gateway_managed = Some(true);
    route.target = Some(format!("integrations/{}", integration.integration_id));
    api.integrations.insert(integration.integration_id.clone(), integration);
    api.routes.insert(route.route_id.clone(), route);
    let mut stage = Stage::new(DEFAULT_STAGE, call.now());
    stage.api_gateway_managed = Some(true);
    stage.auto_deploy = Some(true);
    Ok(stage)
}

fn quick_integration(id: String, target: &str) -> Integration {
    let kind = if target.starts_with("arn:") { IntegrationType::AwsProxy } else { IntegrationType::HttpProxy };
    let mut integration = Integration::new(id, kind);
    integration.api_gateway_managed = Some(true);
    integration.integration_uri = Some(target.to_owned());
    match kind {
        IntegrationType::AwsProxy => {
            integration.integration_method = Some("POST".to_owned());
            integration.payload_format_version = "2.0".to_owned();
        }
        IntegrationType::HttpProxy => integration.integration_method = Some("ANY".to_owned()),
    }
    integration
}

fn apply(api: &mut Api, input: &Input) -> Result<(), Refusal> {
    at_most("name", input.name.as_ref(), 128)?;
    at_most("description", input.description.as_ref(), 1024)?;
    at_most("version", input.version.as_ref(), 64)?;
    if let Some(name) = &input.name {
        api.name = text(name.clone()).ok_or_else(|| Refusal::bad_request(NO_NAME))?;
    }
    if let Some(description) = &input.description {
        api.description = text(description.clone());
    }
    if let Some(version) = &input.version {
        api.version = text(version.clone());
    }
    if let Some(disabled) = input.disable_execute_api_endpoint {
        api.disable_execute_api_endpoint = disabled;
    }
    if let Some(kind) = &input.ip_address_type {
        if !matches!(kind.as_str(), "ipv4" | "dualstack") {
            return Err(Refusal::bad_request(format!("Invalid ipAddressType {kind} specified")));
        }
        api.ip_address_type.clone_from(kind);
    }
    if let Some(expression) = &input.route_selection_expression {
        let braced = "${request.method} ${request.path}";
        if expression != ROUTE_SELECTION && expression != braced {
            return Err(Refusal::bad_request(format!(
                "Route selection expression is currently limited to \"{braced}\""
            )));
        }
        api.route_selection_expression.clone_from(expression);
    }
    if let Some(given) = &input.cors_configuration {
        let cors = merged_cors(api.cors_configuration.take(), given);
        if let Some(fault) = cors.as_ref().and_then(Cors::fault) {
            return Err(Refusal::bad_request(fault));
        }
        api.cors_configuration = cors;
    }
    Ok(())
}

/// Puts CORS settings over those there are; an empty list takes its headers, methods or origins away, and nothing is left
/// of what allows none. Whether credentials are allowed is always said (AWS CLI, example of `update-api`).
fn merged_cors(kept: Option<Cors>, given: &Cors) -> Option<Cors> {
    let mut cors = kept.unwrap_or_default();
    let set = |to: &mut Option<Vec<String>>, from: &Option<Vec<String>>| {
        if let Some(items) = from {
            *to = Some(items.clone()).filter(|items| !items.is_empty());
        }
    };
    let names = |list: &Option<Vec<String>>| list.as_deref().map(Cors::header_names);
    set(&mut cors.allow_headers, &names(&given.allow_headers));
    set(&mut cors.allow_methods, &given.allow_methods);
    set(&mut cors.allow_origins, &given.allow_origins);
    set(&mut cors.expose_headers, &names(&given.expose_headers));
    cors.allow_credentials = given.allow_credentials.or(cors.allow_credentials);
    cors.max_age = given.max_age.or(cors.max_age);
    let none = Cors { allow_credentials: cors.allow_credentials.filter(|allowed| *allowed), ..cors.clone() };
    if none == Cors::default() {
        return None;
    }
    cors.allow_credentials.get_or_insert(false);
    Some(cors)
}

pub(in super::super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let updated = edit(call, |api| {
        apply(&mut api.api, &input)?;
        if input.target.is_some() || input.route_key.is_some() || input.credentials_arn.is_some() {
            update_quick(api, &input)?;
        }
        Ok(api.api.clone())
    })?;
    Answer::entity(&updated)
}

/// Changes the route and the integration that quick create made.
fn update_quick(api: &mut HttpApi, input: &Input) -> Result<(), Refusal> {
    let missing = || Refusal::bad_request("The API was not made with quick create: it has no managed route");
    let managed = |flag: Option<bool>| flag == Some(true);
    let route = api.routes.values_mut().find(|r| managed(r.api_gateway_managed)).ok_or_else(missing)?;
    if let Some(key) = &input.route_key {
        RouteKey::parse(key).map_err(Refusal::bad_request)?;
        route.route_key.clone_from(key);
    }
    let integration = api.integrations.values_mut().find(|i| managed(i.api_gateway_managed)).ok_or_else(missing)?;
    if let Some(target) = &input.target {
        let credentials = integration.credentials_arn.take();
        *integration = quick_integration(integration.integration_id.clone(), target);
        integration.credentials_arn = credentials;
    }
    if let Some(credentials) = &input.credentials_arn {
        integration.credentials_arn = text(credentials.clone());
    }
    match integration.fault() {
        Some(fault) => Err(Refusal::bad_request(fault)),
        None => Ok(()),
    }
}

pub(in super::super) fn delete_cors(call: &Call<'_>) -> Result<Answer, Refusal> {
    edit(call, |api| {
        api.api.cors_configuration = None;
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("apiId");
    call.control.write(|tx| {
        let Some(api) = load(tx, id)? else { return Err(call.control.unknown_api(id)) };
        for key in tx.keys("mapping/") {
            if tx.get::<BasePathMapping>(&key)?.is_some_and(|mapping| mapping.rest_api_id == id) {
                return Err(Refusal::bad_request(format!(
                    "Deleting API {id} failed. Please remove all API mappings for the API from your custom domain names."
                )));
            }
        }
        for deployment in tx.keys(&format!("httpdeployment/{id}/")) {
            tx.delete(&snapshot_key(id, deployment.rsplit('/').next().unwrap_or_default()));
            tx.delete(&deployment);
        }
        for kind in ["httpstage", "httproute", "httpintegration", "httpauthorizer"] {
            for key in tx.keys(&format!("{kind}/{id}/")) {
                tx.delete(&key);
            }
        }
        tx.delete(&api_key(&api.api.api_id));
        Ok(())
    })?;
    Ok(Answer::empty())
}
