//! GatewayResponse: what is customised, and what API Gateway has by itself.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::gateway::{ApiDefinition, GatewayResponse, parameter_fault};

use super::call::{Answer, Call, to_value};
use super::constraint::{self, Constraints};
use super::method::texts;
use super::page;
use super::patch::{self, Op, PatchOperation};
use super::refusal::Refusal;

/// The response types and their own statuses, in the order AWS lists them.
const TYPES: [(&str, Option<&str>); 21] = [
    ("ACCESS_DENIED", Some("403")),
    ("API_CONFIGURATION_ERROR", Some("500")),
    ("AUTHORIZER_CONFIGURATION_ERROR", Some("500")),
    ("AUTHORIZER_FAILURE", Some("500")),
    ("BAD_REQUEST_BODY", Some("400")),
    ("BAD_REQUEST_PARAMETERS", Some("400")),
    ("DEFAULT_4XX", None),
    ("DEFAULT_5XX", None),
    ("EXPIRED_TOKEN", Some("403")),
    ("INTEGRATION_FAILURE", Some("504")),
    ("INTEGRATION_TIMEOUT", Some("504")),
    ("INVALID_API_KEY", Some("403")),
    ("INVALID_SIGNATURE", Some("403")),
    ("MISSING_AUTHENTICATION_TOKEN", Some("403")),
    ("QUOTA_EXCEEDED", Some("429")),
    ("REQUEST_TOO_LARGE", Some("413")),
    ("RESOURCE_NOT_FOUND", Some("404")),
    ("THROTTLED", Some("429")),
    ("UNAUTHORIZED", Some("401")),
    ("UNSUPPORTED_MEDIA_TYPE", Some("415")),
    ("WAF_FILTERED", Some("403")),
];
/// The response types in the order of the service model.
const MODEL_ORDER: [&str; 21] = [
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "RESOURCE_NOT_FOUND",
    "UNAUTHORIZED",
    "INVALID_API_KEY",
    "ACCESS_DENIED",
    "AUTHORIZER_FAILURE",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "INVALID_SIGNATURE",
    "EXPIRED_TOKEN",
    "MISSING_AUTHENTICATION_TOKEN",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
    "API_CONFIGURATION_ERROR",
    "UNSUPPORTED_MEDIA_TYPE",
    "BAD_REQUEST_PARAMETERS",
    "BAD_REQUEST_BODY",
    "REQUEST_TOO_LARGE",
    "THROTTLED",
    "QUOTA_EXCEEDED",
    "WAF_FILTERED",
];
const DEFAULT_TEMPLATE: &str = "{\"message\":$context.error.messageString}";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PutInput {
    status_code: Option<String>,
    response_parameters: Option<IndexMap<String, Option<String>>>,
    response_templates: Option<IndexMap<String, Option<String>>>,
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition(call.path("restapi_id"))?;
    let items = TYPES.iter().map(|(name, _)| to_value(&effective(&definition, name))).collect::<Result<_, _>>()?;
    Ok(page::answer(items, None))
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let response_type = checked_type(call)?;
    let definition = call.control.definition(call.path("restapi_id"))?;
    Answer::entity(&effective(&definition, response_type))
}

pub(super) fn put(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: PutInput = call.input()?;
    let response_type = checked_type(call)?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.status_code("statusCode", input.status_code.as_deref().filter(|status| !status.is_empty()));
    constraints.finish()?;
    for (member, map) in
        [("responseParameters", &input.response_parameters), ("responseTemplates", &input.response_templates)]
    {
        if map.iter().flat_map(IndexMap::values).any(|value| value.as_deref().is_none_or(str::is_empty)) {
            return Err(null_or_empty(member));
        }
    }
    let id = call.path("restapi_id");
    let made = GatewayResponse {
        response_type: response_type.to_owned(),
        status_code: input.status_code.filter(|s| !s.is_empty()).or_else(|| own_status(response_type)),
        response_parameters: texts(input.response_parameters).unwrap_or_default(),
        response_templates: texts(input.response_templates).unwrap_or_default(),
        default_response: false,
    };
    for (name, expression) in &made.response_parameters {
        check_parameter(name, expression)?;
    }
    call.control.edit(
        id,
        || call.control.unknown_api(id),
        |definition, _| {
            definition.gateway_responses.insert(response_type.to_owned(), made.clone());
            Ok(())
        },
    )?;
    Answer::entity(&made)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let response_type = checked_type(call)?;
    let operations = patch::operations(call)?;
    let id = call.path("restapi_id");
    let updated = call.control.edit(
        id,
        || call.control.unknown_api(id),
        |definition, _| {
            // Patching a type that was never put creates it (recorded).
            let mut response = effective(definition, response_type);
            response.default_response = false;
            for operation in &operations {
                apply(&mut response, operation)?;
            }
            definition.gateway_responses.insert(response_type.to_owned(), response.clone());
            Ok(response)
        },
    )?;
    Answer::entity(&updated)
}

fn apply(response: &mut GatewayResponse, operation: &PatchOperation) -> Result<(), Refusal> {
    let segments = operation.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["statusCode"] if operation.op == Op::Replace => {
            let status = operation.text();
            constraint::status_code(&status)?;
            response.status_code = Some(status);
            Ok(())
        }
        ["responseParameters", name] => {
            if operation.op != Op::Remove {
                let expression = operation.non_empty().ok_or_else(|| null_or_empty("responseParameters"))?;
                check_parameter(name, &expression)?;
            }
            change(&mut response.response_parameters, name, operation)
        }
        ["responseTemplates", media_type] => {
            if operation.op != Op::Remove && operation.non_empty().is_none() {
                return Err(null_or_empty("responseTemplates"));
            }
            change(&mut response.response_templates, media_type, operation)
        }
        _ => Err(operation.invalid_path()),
    }
}

fn null_or_empty(member: &str) -> Refusal {
    Refusal::bad_request(format!("Invalid null or empty value in {member}"))
}

fn change(map: &mut IndexMap<String, String>, key: &str, operation: &PatchOperation) -> Result<(), Refusal> {
    let unknown = || Refusal::not_found("Invalid parameter name specified");
    match operation.op {
        Op::Add => {
            map.insert(key.to_owned(), operation.text());
        }
        Op::Replace => *map.get_mut(key).ok_or_else(unknown)? = operation.text(),
        Op::Remove => {
            map.shift_remove(key).ok_or_else(unknown)?;
        }
        _ => return Err(operation.invalid_path()),
    }
    Ok(())
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let response_type = checked_type(call)?;
    let id = call.path("restapi_id");
    call.control.edit(
        id,
        || call.control.unknown_api(id),
        |definition, _| {
            definition
                .gateway_responses
                .remove(response_type)
                .ok_or_else(|| Refusal::not_found("Gateway response type not defined on api"))
        },
    )?;
    Ok(Answer::empty())
}

fn checked_type<'a>(call: &'a Call<'_>) -> Result<&'a str, Refusal> {
    let response_type = call.path("response_type");
    constraint::parameter_one_of("responseType", response_type, &MODEL_ORDER)?;
    Ok(response_type)
}

fn own_status(response_type: &str) -> Option<String> {
    TYPES.iter().find(|(name, _)| *name == response_type).and_then(|(_, status)| status.map(str::to_owned))
}

/// Returns the response of a type as it answers: its own customisation, else that of its default type, else API
/// Gateway's own. Inherited values are shown with `defaultResponse: true` (recorded).
fn effective(definition: &ApiDefinition, response_type: &str) -> GatewayResponse {
    let status = own_status(response_type);
    if let Some(own) = definition.gateway_responses.get(response_type) {
        // A document may customise a response without giving it another status.
        return GatewayResponse { status_code: own.status_code.clone().or(status), ..own.clone() };
    }
    let family = match status.as_deref() {
        Some(status) if status.starts_with('4') => "DEFAULT_4XX",
        Some(_) => "DEFAULT_5XX",
        None => "",
    };
    if let Some(inherited) = definition.gateway_responses.get(family) {
        return GatewayResponse {
            response_type: response_type.to_owned(),
            status_code: inherited.status_code.clone().or(status),
            default_response: true,
            ..inherited.clone()
        };
    }
    GatewayResponse {
        response_type: response_type.to_owned(),
        status_code: status,
        response_parameters: IndexMap::new(),
        response_templates: IndexMap::from([("application/json".to_owned(), DEFAULT_TEMPLATE.to_owned())]),
        default_response: true,
    }
}

fn check_parameter(name: &str, expression: &str) -> Result<(), Refusal> {
    parameter_fault(name, expression).map_or(Ok(()), |message| Err(Refusal::bad_request(message)))
}
