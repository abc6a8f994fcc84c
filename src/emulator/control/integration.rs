//! Integration and IntegrationResponse.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::emulator::store::Transaction;
use crate::gateway::integration::DEFAULT_TIMEOUT_MILLIS;
use crate::gateway::integration_rules::{integration_faults, integration_response_faults, media_type_fault};
use crate::gateway::{
    ConnectionType, ContentHandling, Integration, IntegrationResponse, IntegrationType, Method, PassthroughBehavior,
    Quotas, SmallMap, TlsConfig,
};

use super::call::{Answer, Call, to_value};
use super::constraint::{self, Constraints};
use super::definition::{method, method_mut, unknown_resource};
use super::method::{texts, unknown_response};
use super::patch::{self, Op, PatchOperation};
use super::refusal::Refusal;

const TYPES: [&str; 5] = ["HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY"];
const CONNECTION_TYPES: [&str; 2] = ["INTERNET", "VPC_LINK"];
const CONTENT_HANDLINGS: [&str; 2] = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];
const RESPONSE_TRANSFER_MODES: [&str; 2] = ["BUFFERED", "STREAM"];
const PASSTHROUGH_BEHAVIORS: [&str; 3] = ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"];

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PutInput {
    #[serde(rename = "type")]
    integration_type: Option<String>,
    /// The model's name for it on the wire is `httpMethod`.
    http_method: Option<String>,
    uri: Option<String>,
    connection_type: Option<String>,
    connection_id: Option<String>,
    credentials: Option<String>,
    request_parameters: Option<IndexMap<String, Option<String>>>,
    request_templates: Option<IndexMap<String, Option<String>>>,
    passthrough_behavior: Option<String>,
    cache_namespace: Option<String>,
    cache_key_parameters: Option<Vec<String>>,
    content_handling: Option<String>,
    timeout_in_millis: Option<i64>,
    tls_config: Option<TlsConfig>,
    response_transfer_mode: Option<String>,
    integration_target: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PutResponseInput {
    selection_pattern: Option<String>,
    response_parameters: Option<IndexMap<String, Option<String>>>,
    response_templates: Option<IndexMap<String, Option<String>>>,
    content_handling: Option<String>,
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition_or(call.path("restapi_id"), unknown_resource)?;
    let method = method(&definition, call.path("resource_id"), call.path("http_method"))?;
    shown(integration(method)?).map(Answer::json)
}

pub(super) fn put(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: PutInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("type", input.integration_type.as_ref());
    constraints.one_of("type", input.integration_type.as_deref(), &TYPES);
    constraints.one_of("connectionType", input.connection_type.as_deref(), &CONNECTION_TYPES);
    constraints.one_of("contentHandling", input.content_handling.as_deref(), &CONTENT_HANDLINGS);
    constraints.one_of("responseTransferMode", input.response_transfer_mode.as_deref(), &RESPONSE_TRANSFER_MODES);
    constraints.finish()?;
    let made = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, tx| {
        let resource_id = call.path("resource_id");
        let method = method_mut(definition, resource_id, call.path("http_method"))?;
        let made = made_integration(input, resource_id)?;
        check(&made, method)?;
        check_connection(tx, &made)?;
        method.method_integration = Some(made.clone());
        Ok(made)
    })?;
    shown(&made).map(Answer::json)
}

fn made_integration(input: PutInput, resource_id: &str) -> Result<Integration, Refusal> {
    let kind = input.integration_type.as_deref().and_then(IntegrationType::parse);
    let mut made = Integration::new(kind.ok_or_else(|| Refusal::bad_request("Invalid integration type specified"))?);
    let kind = made.integration_type;
    let http = matches!(kind, IntegrationType::Http | IntegrationType::HttpProxy);
    made.uri = input.uri.filter(|uri| !uri.is_empty());
    made.http_method = input.http_method.filter(|verb| !verb.is_empty());
    if let Some(verb) = &made.http_method {
        super::method::check_verb(verb)?;
    }
    if kind == IntegrationType::Mock {
        made.uri = None;
        made.http_method = None;
    }
    if http {
        made.connection_type = Some(match input.connection_type.as_deref() {
            Some("VPC_LINK") => ConnectionType::VpcLink,
            _ => ConnectionType::Internet,
        });
        made.connection_id = input.connection_id;
    }
    made.credentials = input.credentials.filter(|credentials| !credentials.is_empty());
    made.request_parameters = texts(input.request_parameters);
    made.request_templates = texts(input.request_templates);
    if let Some(behavior) = input.passthrough_behavior {
        made.passthrough_behavior = Some(passthrough_behavior(&behavior)?);
    }
    made.content_handling = input.content_handling.as_deref().and_then(content_handling);
    made.timeout_in_millis = input.timeout_in_millis;
    made.cache_namespace = Some(input.cache_namespace.unwrap_or_else(|| resource_id.to_owned()));
    made.cache_key_parameters = input.cache_key_parameters.unwrap_or_default();
    made.tls_config = input.tls_config;
    made.response_transfer_mode = input.response_transfer_mode;
    made.integration_target = input.integration_target;
    Ok(made)
}

/// Demands a target of an integration that goes through a VPC link of HTTP APIs (the words are known from reports of
/// users). A link of an unknown id is let through: ids differ between an account and this gateway.
fn check_connection(tx: &Transaction<'_>, integration: &Integration) -> Result<(), Refusal> {
    let through = integration.connection_id.as_deref().filter(|_| {
        integration.connection_type == Some(ConnectionType::VpcLink) && integration.integration_target.is_none()
    });
    match through.filter(|id| tx.contains(&super::v2::vpc_link::key(id))) {
        Some(id) => Err(Refusal::bad_request(format!("IntegrationTarget is required for VpcLinkV2 {id}"))),
        None => Ok(()),
    }
}

/// Demands what API Gateway demands of an integration of a method.
fn check(integration: &Integration, method: &Method) -> Result<(), Refusal> {
    let faults = integration_faults(integration, method, Quotas::default().timeout_in_millis);
    faults.into_iter().next().map_or(Ok(()), |fault| Err(Refusal::bad_request(fault.message)))
}

/// Demands what API Gateway demands of an integration response of a method.
fn check_response(response: &IntegrationResponse, method: &Method) -> Result<(), Refusal> {
    let faults = integration_response_faults(response, method);
    faults.into_iter().next().map_or(Ok(()), |fault| Err(Refusal::bad_request(fault.message)))
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let updated = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, tx| {
        let method = method_mut(definition, call.path("resource_id"), call.path("http_method"))?;
        let mut updated = method.method_integration.clone().ok_or_else(unknown_integration)?;
        for operation in &operations {
            apply(&mut updated, operation)?;
        }
        check(&updated, method)?;
        check_connection(tx, &updated)?;
        method.method_integration = Some(updated.clone());
        Ok(updated)
    })?;
    shown(&updated).map(Answer::json)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let method = method_mut(definition, call.path("resource_id"), call.path("http_method"))?;
        method.method_integration.take().ok_or_else(unknown_integration)
    })?;
    Ok(Answer::empty())
}

pub(super) fn get_response(call: &Call<'_>) -> Result<Answer, Refusal> {
    constraint::status_code(call.path("status_code"))?;
    let definition = call.control.definition_or(call.path("restapi_id"), unknown_resource)?;
    let method = method(&definition, call.path("resource_id"), call.path("http_method"))?;
    let responses = &integration(method)?.integration_responses;
    shown_response(responses.get(call.path("status_code")).ok_or_else(unknown_response)?).map(Answer::json)
}

pub(super) fn put_response(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: PutResponseInput = call.input()?;
    let status_code = call.path("status_code");
    constraint::status_code(status_code)?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.one_of("contentHandling", input.content_handling.as_deref(), &CONTENT_HANDLINGS);
    constraints.finish()?;
    let made = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let method = method_mut(definition, call.path("resource_id"), call.path("http_method"))?;
        if method.method_integration.is_none() {
            return Err(unknown_integration());
        }
        let made = IntegrationResponse {
            status_code: status_code.to_owned(),
            // Answered as it was sent: an empty one is there, one left out is not (recorded).
            selection_pattern: input.selection_pattern,
            response_parameters: texts(input.response_parameters),
            response_templates: texts(input.response_templates),
            content_handling: input.content_handling.as_deref().and_then(content_handling),
        };
        // The method need not declare the response, unless its headers are mapped (recorded).
        check_response(&made, method)?;
        let integration = method.method_integration.as_mut().ok_or_else(unknown_integration)?;
        integration.integration_responses.insert(status_code.to_owned(), made.clone());
        Ok(made)
    })?;
    shown_response(&made).map(Answer::json)
}

pub(super) fn update_response(call: &Call<'_>) -> Result<Answer, Refusal> {
    constraint::status_code(call.path("status_code"))?;
    let operations = patch::operations(call)?;
    let updated = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let method = method_mut(definition, call.path("resource_id"), call.path("http_method"))?;
        let status_code = call.path("status_code");
        let mut updated =
            integration(method)?.integration_responses.get(status_code).cloned().ok_or_else(unknown_response)?;
        for operation in &operations {
            apply_to_response(&mut updated, operation)?;
        }
        check_response(&updated, method)?;
        let integration = method.method_integration.as_mut().ok_or_else(unknown_integration)?;
        integration.integration_responses.insert(status_code.to_owned(), updated.clone());
        Ok(updated)
    })?;
    shown_response(&updated).map(Answer::json)
}

pub(super) fn delete_response(call: &Call<'_>) -> Result<Answer, Refusal> {
    constraint::status_code(call.path("status_code"))?;
    call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let method = method_mut(definition, call.path("resource_id"), call.path("http_method"))?;
        let integration = method.method_integration.as_mut().ok_or_else(unknown_integration)?;
        integration.integration_responses.remove(call.path("status_code")).ok_or_else(unknown_response)
    })?;
    Ok(Answer::empty())
}

fn integration(method: &Method) -> Result<&Integration, Refusal> {
    method.method_integration.as_ref().ok_or_else(unknown_integration)
}

fn unknown_integration() -> Refusal {
    Refusal::not_found("Invalid Integration identifier specified")
}

/// Returns an integration as it is answered.
fn shown(integration: &Integration) -> Result<Value, Refusal> {
    let mut value = to_value(integration)?;
    complete(&mut value);
    Ok(value)
}

/// Makes of an integration what is answered of it, by itself or in its method.
pub(super) fn complete(integration: &mut Value) {
    show_empty_templates(integration, "requestTemplates");
    let responses = integration.get_mut("integrationResponses").and_then(Value::as_object_mut);
    for response in responses.into_iter().flat_map(|responses| responses.values_mut()) {
        show_empty_templates(response, "responseTemplates");
    }
    if let Some(members) = integration.as_object_mut() {
        members.entry("timeoutInMillis").or_insert_with(|| json!(DEFAULT_TIMEOUT_MILLIS));
    }
}

fn shown_response(response: &IntegrationResponse) -> Result<Value, Refusal> {
    let mut value = to_value(response)?;
    show_empty_templates(&mut value, "responseTemplates");
    Ok(value)
}

/// Makes null of the empty templates of an integration, as they are answered (recorded).
fn show_empty_templates(value: &mut Value, member: &str) {
    let templates = value.get_mut(member).and_then(Value::as_object_mut);
    for template in templates.into_iter().flat_map(|templates| templates.values_mut()) {
        if template.as_str() == Some("") {
            *template = json!(null);
        }
    }
}

fn apply(integration: &mut Integration, operation: &PatchOperation) -> Result<(), Refusal> {
    let segments = operation.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["requestParameters", name] => {
            change_text(&mut integration.request_parameters, name, operation, parameter_missing)
        }
        ["requestTemplates", media_type] => {
            change_text(&mut integration.request_templates, media_type, operation, content_type_missing)
        }
        ["cacheKeyParameters", name] if operation.edits() => {
            integration.cache_key_parameters.retain(|known| known != name);
            if operation.op != Op::Remove {
                integration.cache_key_parameters.push((*name).to_owned());
            }
            Ok(())
        }
        ["cacheKeyParameters"] if operation.edits() => {
            let name = operation.text();
            integration.cache_key_parameters.retain(|known| *known != name);
            if operation.op != Op::Remove {
                integration.cache_key_parameters.push(name);
            }
            Ok(())
        }
        [member] if operation.op == Op::Replace => replace(integration, member, operation),
        ["tlsConfig", "insecureSkipVerification"] if matches!(operation.op, Op::Add | Op::Replace) => {
            integration.tls_config = Some(TlsConfig { insecure_skip_verification: operation.flag() });
            Ok(())
        }
        ["tlsConfig"] | ["tlsConfig", "insecureSkipVerification"] if operation.op == Op::Remove => {
            integration.tls_config = None;
            Ok(())
        }
        _ => Err(operation.invalid_path()),
    }
}

fn replace(integration: &mut Integration, member: &str, operation: &PatchOperation) -> Result<(), Refusal> {
    match member {
        "httpMethod" => {
            integration.http_method = operation.non_empty();
            if let Some(verb) = &integration.http_method {
                super::method::check_verb(verb)?;
            }
        }
        // The words are known from reports of users.
        "uri" => {
            let uri = operation.non_empty().ok_or_else(|| Refusal::bad_request("Invalid integration URI specified"))?;
            integration.uri = Some(uri);
        }
        "credentials" => integration.credentials = operation.non_empty(),
        "connectionType" => {
            integration.connection_type = Some(match operation.text().as_str() {
                "INTERNET" => ConnectionType::Internet,
                "VPC_LINK" => ConnectionType::VpcLink,
                _ => return Err(invalid_enum("connectionType", &CONNECTION_TYPES)),
            });
        }
        "connectionId" => integration.connection_id = operation.non_empty(),
        "passthroughBehavior" => {
            integration.passthrough_behavior = Some(passthrough_behavior(&operation.text())?);
        }
        "contentHandling" => integration.content_handling = patched_content_handling(operation)?,
        "timeoutInMillis" => integration.timeout_in_millis = Some(operation.integer()?),
        "cacheNamespace" => integration.cache_namespace = operation.non_empty(),
        "responseTransferMode" => {
            let mode = operation.non_empty();
            if mode.as_deref().is_some_and(|mode| !RESPONSE_TRANSFER_MODES.contains(&mode)) {
                return Err(invalid_enum("responseTransferMode", &RESPONSE_TRANSFER_MODES));
            }
            integration.response_transfer_mode = mode;
        }
        "integrationTarget" => integration.integration_target = operation.non_empty(),
        _ => return Err(operation.invalid_path()),
    }
    Ok(())
}

fn apply_to_response(response: &mut IntegrationResponse, operation: &PatchOperation) -> Result<(), Refusal> {
    let segments = operation.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["responseParameters", name] => {
            change_text(&mut response.response_parameters, name, operation, parameter_missing)
        }
        ["responseTemplates", media_type] => {
            change_text(&mut response.response_templates, media_type, operation, content_type_missing)
        }
        // What is one value is not removed: an empty one is put in its place (patches tried on the service).
        ["selectionPattern"] if matches!(operation.op, Op::Add | Op::Replace) => {
            response.selection_pattern = Some(operation.text());
            Ok(())
        }
        ["contentHandling"] if matches!(operation.op, Op::Add | Op::Replace) => {
            response.content_handling = patched_content_handling(operation)?;
            Ok(())
        }
        _ => Err(operation.invalid_path()),
    }
}

fn parameter_missing() -> Refusal {
    Refusal::not_found("Invalid parameter name specified")
}

fn content_type_missing() -> Refusal {
    Refusal::not_found("Content-Type specified was not found")
}

/// Changes a map of texts. A key that is not there can be added only.
fn change_text(
    map: &mut Option<SmallMap<String>>,
    key: &str,
    operation: &PatchOperation,
    unknown: fn() -> Refusal,
) -> Result<(), Refusal> {
    let entries = map.get_or_insert_default();
    match operation.op {
        Op::Add => {
            entries.insert(key.to_owned(), operation.text());
        }
        Op::Replace => *entries.get_mut(key).ok_or_else(unknown)? = operation.text(),
        Op::Remove => {
            entries.shift_remove(key).ok_or_else(unknown)?;
        }
        _ => return Err(operation.invalid_path()),
    }
    if entries.is_empty() {
        *map = None;
    }
    Ok(())
}

fn invalid_enum(member: &str, values: &[&str]) -> Refusal {
    Refusal::bad_request(format!("Invalid {member} specified. Valid options are {}", values.join(",")))
}

fn passthrough_behavior(text: &str) -> Result<PassthroughBehavior, Refusal> {
    match text {
        "WHEN_NO_MATCH" => Ok(PassthroughBehavior::WhenNoMatch),
        "WHEN_NO_TEMPLATES" => Ok(PassthroughBehavior::WhenNoTemplates),
        "NEVER" => Ok(PassthroughBehavior::Never),
        _ => Err(invalid_enum("passthroughBehavior", &PASSTHROUGH_BEHAVIORS)),
    }
}

fn content_handling(text: &str) -> Option<ContentHandling> {
    match text {
        "CONVERT_TO_TEXT" => Some(ContentHandling::ConvertToText),
        "CONVERT_TO_BINARY" => Some(ContentHandling::ConvertToBinary),
        _ => None,
    }
}

fn patched_content_handling(operation: &PatchOperation) -> Result<Option<ContentHandling>, Refusal> {
    match operation.non_empty() {
        None => Ok(None),
        Some(text) => {
            content_handling(&text).map(Some).ok_or_else(|| invalid_enum("contentHandling", &CONTENT_HANDLINGS))
        }
    }
}

pub(super) fn check_media_type(media_type: &str) -> Result<(), Refusal> {
    media_type_fault(media_type).map_or(Ok(()), |message| Err(Refusal::bad_request(message)))
}
