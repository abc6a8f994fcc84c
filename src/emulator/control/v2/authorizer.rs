//! Authorizers, and what their functions answered.

use serde::Deserialize;

use super::definition::edit;
use super::{full, input, page, required, text};
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::refusal::Refusal;
use crate::gateway::http_api::{Authorizer, AuthorizerType, JwtConfiguration};
use crate::gateway::import::IdSource as _;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    authorizer_credentials_arn: Option<String>,
    authorizer_payload_format_version: Option<String>,
    authorizer_result_ttl_in_seconds: Option<i64>,
    authorizer_type: Option<String>,
    authorizer_uri: Option<String>,
    enable_simple_responses: Option<bool>,
    identity_source: Option<Vec<String>>,
    identity_validation_expression: Option<String>,
    jwt_configuration: Option<JwtConfiguration>,
    name: Option<String>,
}

fn key(api_id: &str, id: &str) -> String {
    format!("httpauthorizer/{api_id}/{id}")
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("apiId");
    call.control.has_http_api(id)?;
    let authorizers: Vec<Authorizer> = call.control.store.list(&key(id, ""))?;
    page(call, &authorizers)
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, id) = (call.path("apiId"), call.path("authorizerId"));
    call.control.has_http_api(api_id)?;
    let authorizer: Option<Authorizer> = call.control.store.get(&key(api_id, id))?;
    Answer::entity(&authorizer.ok_or_else(unknown)?)
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let kind = kind(required(input.authorizer_type.as_deref(), "authorizerType")?)?;
    let name = required(input.name.clone().filter(|n| !n.is_empty()), "name")?;
    let made = edit(call, |api| {
        if api.authorizers.len() >= crate::gateway::Quotas::default().authorizers {
            return Err(full("Authorizers"));
        }
        let mut authorizer = Authorizer::new(call.ids().next_id(6), name, kind);
        apply(&mut authorizer, &input, &api.authorizers)?;
        api.authorizers.insert(authorizer.authorizer_id.clone(), authorizer.clone());
        Ok(authorizer)
    })?;
    Answer::entity(&made)
}

pub(in super::super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let updated = edit(call, |api| {
        let mut authorizer = api.authorizers.get(call.path("authorizerId")).cloned().ok_or_else(unknown)?;
        if let Some(name) = &input.authorizer_type {
            authorizer.authorizer_type = kind(name)?;
        }
        apply(&mut authorizer, &input, &api.authorizers)?;
        api.authorizers.insert(authorizer.authorizer_id.clone(), authorizer.clone());
        Ok(authorizer)
    })?;
    Answer::entity(&updated)
}

fn kind(name: &str) -> Result<AuthorizerType, Refusal> {
    match name {
        "JWT" => Ok(AuthorizerType::Jwt),
        "REQUEST" => Ok(AuthorizerType::Request),
        other => Err(Refusal::bad_request(format!("Invalid authorizerType {other} specified"))),
    }
}

fn apply(
    authorizer: &mut Authorizer,
    input: &Input,
    all: &std::collections::BTreeMap<String, Authorizer>,
) -> Result<(), Refusal> {
    if input.identity_validation_expression.as_ref().is_some_and(|e| !e.is_empty()) {
        return Err(Refusal::bad_request("IdentityValidationExpression is not supported on protocol type HTTP"));
    }
    if let Some(name) = &input.name {
        super::at_most("name", Some(name), 128)?;
        authorizer.name = text(name.clone()).ok_or_else(|| Refusal::bad_request("name must not be empty"))?;
    }
    if all.values().any(|a| a.name == authorizer.name && a.authorizer_id != authorizer.authorizer_id) {
        return Err(Refusal::conflict(format!("Authorizer with name {} already exists", authorizer.name)));
    }
    let set = |to: &mut Option<String>, from: &Option<String>| {
        if let Some(value) = from {
            *to = text(value.clone());
        }
    };
    // The words are known from reports of users.
    if authorizer.authorizer_type == AuthorizerType::Jwt
        && input.authorizer_payload_format_version.as_ref().is_some_and(|version| !version.is_empty())
    {
        return Err(Refusal::bad_request("AuthorizerPayloadFormatVersion can only be set for REQUEST authorizer."));
    }
    set(&mut authorizer.authorizer_credentials_arn, &input.authorizer_credentials_arn);
    set(&mut authorizer.authorizer_payload_format_version, &input.authorizer_payload_format_version);
    set(&mut authorizer.authorizer_uri, &input.authorizer_uri);
    if let Some(seconds) = input.authorizer_result_ttl_in_seconds {
        authorizer.authorizer_result_ttl_in_seconds = Some(seconds);
    }
    if let Some(simple) = input.enable_simple_responses {
        authorizer.enable_simple_responses = Some(simple);
    }
    if let Some(sources) = &input.identity_source {
        authorizer.identity_source = Some(sources.clone()).filter(|s| !s.is_empty());
    }
    if let Some(given) = &input.jwt_configuration {
        let kept = authorizer.jwt_configuration.get_or_insert_default();
        if given.audience.is_some() {
            kept.audience.clone_from(&given.audience);
        }
        if given.issuer.is_some() {
            kept.issuer.clone_from(&given.issuer);
        }
    }
    match authorizer.fault() {
        Some(fault) => Err(Refusal::bad_request(fault)),
        None => Ok(()),
    }
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("authorizerId");
    edit(call, |api| {
        let name = &api.authorizers.get(id).ok_or_else(unknown)?.name;
        let user = api.routes.values().find(|r| r.authorizer_id.as_deref() == Some(id));
        if let Some(route) = user {
            let key = &route.route_key;
            return Err(Refusal::conflict(format!("Cannot delete authorizer '{name}', is referenced in route: {key}")));
        }
        api.authorizers.remove(id);
        Ok(())
    })?;
    Ok(Answer::empty())
}

/// ResetAuthorizersCache: forgets what the functions of an API's authorizers answered.
pub(in super::super) fn reset_cache(call: &Call<'_>) -> Result<Answer, Refusal> {
    super::stage::get(call)?;
    call.control.gateway.shared.http_authorizers.forget(call.path("apiId"), call.path("stageName"));
    Ok(Answer::empty())
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid Authorizer identifier specified")
}
