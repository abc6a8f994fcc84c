//! Integrations.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::definition::edit;
use super::{full, input, page, required, text};
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::refusal::Refusal;
use crate::gateway::http_api::{Integration, IntegrationType, TlsConfig};
use crate::gateway::import::IdSource as _;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    connection_id: Option<String>,
    connection_type: Option<String>,
    content_handling_strategy: Option<String>,
    credentials_arn: Option<String>,
    description: Option<String>,
    integration_method: Option<String>,
    integration_subtype: Option<String>,
    integration_type: Option<String>,
    integration_uri: Option<String>,
    payload_format_version: Option<String>,
    request_parameters: Option<IndexMap<String, String>>,
    request_templates: Option<Value>,
    response_parameters: Option<BTreeMap<String, IndexMap<String, String>>>,
    template_selection_expression: Option<String>,
    timeout_in_millis: Option<i64>,
    tls_config: Option<TlsConfig>,
}

fn key(api_id: &str, id: &str) -> String {
    format!("httpintegration/{api_id}/{id}")
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("apiId");
    call.control.has_http_api(id)?;
    let integrations: Vec<Integration> = call.control.store.list(&key(id, ""))?;
    let integrations: Vec<Integration> = integrations.into_iter().map(Integration::shown).collect();
    page(call, &integrations)
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, id) = (call.path("apiId"), call.path("integrationId"));
    call.control.has_http_api(api_id)?;
    let integration: Option<Integration> = call.control.store.get(&key(api_id, id))?;
    Answer::entity(&integration.ok_or_else(unknown)?.shown())
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let kind = kind(required(input.integration_type.as_deref(), "integrationType")?)?;
    if kind == IntegrationType::AwsProxy && input.integration_subtype.is_none() {
        required(input.payload_format_version.as_ref(), "PayloadFormatVersion is a required parameter for integration")
            .map_err(|_| Refusal::bad_request("PayloadFormatVersion is a required parameter for integration"))?;
    }
    let made = edit(call, |api| {
        let mut integration = Integration::new(call.ids().next_id(7), kind);
        apply(&mut integration, &input)?;
        if api.integrations.len() >= crate::gateway::Quotas::default().integrations {
            return Err(full("Integrations"));
        }
        api.integrations.insert(integration.integration_id.clone(), integration.clone());
        Ok(integration)
    })?;
    Answer::entity(&made.shown())
}

pub(in super::super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let updated = edit(call, |api| {
        let integration = api.integrations.get_mut(call.path("integrationId")).ok_or_else(unknown)?;
        if let Some(name) = &input.integration_type {
            integration.integration_type = kind(name)?;
        }
        // A call that does not name the action again is about an integration with an address (reports of users).
        let has_action = |name: &Option<String>| name.as_deref().is_some_and(|name| !name.is_empty());
        if has_action(&integration.integration_subtype) && !has_action(&input.integration_subtype) {
            return Err(Refusal::bad_request("Invalid integration URI specified"));
        }
        apply(integration, &input)?;
        Ok(integration.clone())
    })?;
    Answer::entity(&updated.shown())
}

fn kind(name: &str) -> Result<IntegrationType, Refusal> {
    match name {
        "AWS_PROXY" => Ok(IntegrationType::AwsProxy),
        "HTTP_PROXY" => Ok(IntegrationType::HttpProxy),
        // The words are known from reports of users.
        "AWS" | "HTTP" | "MOCK" => Err(Refusal::bad_request(
            "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, \
             HTTP_PROXY)",
        )),
        other => Err(Refusal::bad_request(format!("Invalid integrationType {other} specified"))),
    }
}

fn apply(integration: &mut Integration, input: &Input) -> Result<(), Refusal> {
    let unsupported = [
        ("contentHandlingStrategy", input.content_handling_strategy.is_some()),
        (
            "requestTemplates",
            input.request_templates.as_ref().is_some_and(|t| t.as_object().is_some_and(|m| !m.is_empty())),
        ),
        ("templateSelectionExpression", input.template_selection_expression.as_ref().is_some_and(|e| !e.is_empty())),
    ];
    if let Some((member, _)) = unsupported.iter().find(|(_, given)| *given) {
        return Err(Refusal::bad_request(format!("{member} is not supported on protocol type HTTP")));
    }
    let set = |to: &mut Option<String>, from: &Option<String>| {
        if let Some(value) = from {
            *to = text(value.clone());
        }
    };
    set(&mut integration.connection_id, &input.connection_id);
    set(&mut integration.credentials_arn, &input.credentials_arn);
    set(&mut integration.description, &input.description);
    set(&mut integration.integration_method, &input.integration_method);
    set(&mut integration.integration_subtype, &input.integration_subtype);
    set(&mut integration.integration_uri, &input.integration_uri);
    if let Some(kind) = &input.connection_type {
        integration.connection_type.clone_from(kind);
    }
    if let Some(version) = &input.payload_format_version {
        integration.payload_format_version.clone_from(version);
    }
    if let Some(millis) = input.timeout_in_millis {
        integration.timeout_in_millis = millis;
        integration.is_timeout_given = true;
    }
    if let Some(tls) = &input.tls_config {
        integration.tls_config =
            Some(tls.clone()).filter(|t| t.server_name_to_verify.as_ref().is_some_and(|n| !n.is_empty()));
    }
    // Only a private integration has such settings: of others the service takes them and keeps nothing (reports of users).
    if integration.connection_type != "VPC_LINK" {
        integration.tls_config = None;
    }
    if let Some(parameters) = &input.request_parameters {
        let kept = integration.request_parameters.get_or_insert_default();
        merge(kept, parameters);
        if kept.is_empty() {
            integration.request_parameters = None;
        }
    }
    if let Some(by_status) = &input.response_parameters {
        let kept = integration.response_parameters.get_or_insert_default();
        for (status, parameters) in by_status {
            // A status with an empty map loses its mappings.
            let mappings = kept.entry(status.clone()).or_default();
            if parameters.is_empty() {
                mappings.clear();
            }
            merge(mappings, parameters);
        }
        kept.retain(|_, mappings| !mappings.is_empty());
        if kept.is_empty() {
            integration.response_parameters = None;
        }
    }
    if integration.integration_subtype.is_some() {
        integration.integration_method = None;
        integration.integration_uri = None;
    } else if integration.integration_type == IntegrationType::AwsProxy {
        integration.integration_method = Some("POST".to_owned());
    }
    match integration.fault() {
        Some(fault) => Err(Refusal::bad_request(fault)),
        None => Ok(()),
    }
}

/// Puts mappings over those there are; an empty one takes its mapping away, unless that removes a parameter, whose
/// value does not matter.
fn merge(kept: &mut IndexMap<String, String>, given: &IndexMap<String, String>) {
    for (name, value) in given {
        if value.is_empty() && (!name.starts_with("remove:") || kept.contains_key(name)) {
            kept.shift_remove(name);
        } else {
            kept.insert(name.clone(), value.clone());
        }
    }
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("integrationId");
    edit(call, |api| {
        if !api.integrations.contains_key(id) {
            return Err(unknown());
        }
        let users: Vec<&str> =
            api.routes.values().filter(|r| r.integration_id() == Some(id)).map(|r| r.route_id.as_str()).collect();
        if !users.is_empty() {
            // The words are known from reports of users.
            return Err(Refusal::conflict(format!(
                "Cannot delete Integration because it is referenced by the following Routes with Ids: [{}]",
                users.join(", ")
            )));
        }
        api.integrations.remove(id);
        Ok(())
    })?;
    Ok(Answer::empty())
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid Integration identifier specified")
}
