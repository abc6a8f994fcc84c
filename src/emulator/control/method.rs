//! Method and MethodResponse.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::gateway::integration_rules::{CALLER, NO_CALLER, VERBS, invalid_mapping, no_verb, parameter_name_fault};
use crate::gateway::{ApiDefinition, Method, MethodResponse, SmallMap};

use super::call::{Answer, Call, to_value};
use super::constraint::{self, Constraints};
use super::definition::{method, method_mut, resource_mut, unknown_resource};
use super::patch::{self, Op, PatchOperation};
use super::refusal::Refusal;

const NEEDS_AUTHORIZER: &str = "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or \
                                COGNITO_USER_POOLS requires a valid authorizer.";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PutInput {
    authorization_type: Option<String>,
    authorizer_id: Option<String>,
    api_key_required: Option<bool>,
    operation_name: Option<String>,
    request_parameters: Option<IndexMap<String, Option<bool>>>,
    request_models: Option<IndexMap<String, Option<String>>>,
    request_validator_id: Option<String>,
    authorization_scopes: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PutResponseInput {
    response_parameters: Option<IndexMap<String, Option<bool>>>,
    response_models: Option<IndexMap<String, Option<String>>>,
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition_or(call.path("restapi_id"), unknown_resource)?;
    shown(method(&definition, call.path("resource_id"), call.path("http_method"))?).map(Answer::json)
}

/// Returns a method as it is answered.
fn shown(method: &Method) -> Result<Value, Refusal> {
    let mut value = to_value(method)?;
    complete(&mut value);
    Ok(value)
}

/// Makes of a method what is answered of it, by itself or in its resource.
pub(super) fn complete(method: &mut Value) {
    if let Some(integration) = method.get_mut("methodIntegration") {
        super::integration::complete(integration);
    }
}

pub(super) fn put(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: PutInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("authorizationType", input.authorization_type.as_ref());
    constraints.finish()?;
    let verb = call.path("http_method").to_owned();
    let made = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let resource = resource_mut(definition, call.path("resource_id"))?;
        check_verb(&verb)?;
        if resource.resource_methods.contains_key(&verb) {
            return Err(Refusal::conflict("Method already exists for this resource"));
        }
        let made = made_method(definition, &verb, input)?;
        resource_mut(definition, call.path("resource_id"))?.resource_methods.insert(verb.clone(), made.clone());
        Ok(made)
    })?;
    Answer::entity(&made)
}

/// Demands that a verb is one that methods and integrations have.
pub(super) fn check_verb(verb: &str) -> Result<(), Refusal> {
    if VERBS.contains(&verb) {
        return Ok(());
    }
    Err(Refusal::bad_request(no_verb()))
}

fn made_method(definition: &ApiDefinition, verb: &str, input: PutInput) -> Result<Method, Refusal> {
    let mut made = Method::new(verb);
    made.authorization_type = input.authorization_type.unwrap_or_default();
    check_authorization(definition, &made.authorization_type, input.authorizer_id.as_deref())?;
    if has_authorizer(&made.authorization_type) {
        made.authorizer_id = input.authorizer_id;
    }
    made.api_key_required = input.api_key_required.unwrap_or_default();
    made.operation_name = input.operation_name;
    made.request_parameters = flags(input.request_parameters);
    for name in made.request_parameters.iter().flat_map(SmallMap::keys) {
        check_request_parameter(name)?;
    }
    check_unique_names(&made)?;
    made.request_models = texts(input.request_models);
    for model in made.request_models.iter().flat_map(SmallMap::values) {
        if !definition.models.contains_key(model) {
            return Err(Refusal::bad_request(format!("Invalid model identifier specified: {model}")));
        }
    }
    if let Some(id) = input.request_validator_id.filter(|id| !id.is_empty()) {
        check_validator(definition, &id)?;
        made.request_validator_id = Some(id);
    }
    made.authorization_scopes = input.authorization_scopes.filter(|scopes| !scopes.is_empty());
    // Those of JWT authorizers have them too (developer guide, JWT authorizers of REST APIs).
    let takes_scopes = matches!(made.authorization_type.as_str(), "COGNITO_USER_POOLS" | "JWT");
    if made.authorization_scopes.is_some() && !takes_scopes {
        return Err(Refusal::bad_request(
            "Invalid Method authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS \
             authorization type",
        ));
    }
    Ok(made)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let (id, verb) = (call.path("resource_id"), call.path("http_method"));
    let updated = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let mut updated = method(definition, id, verb)?.clone();
        for operation in &operations {
            apply(definition, &mut updated, operation)?;
        }
        // Whether there is an authorizer is judged when all operations are done: type and id may come in either order.
        if has_authorizer(&updated.authorization_type) {
            check_authorization(definition, &updated.authorization_type, updated.authorizer_id.as_deref())?;
        } else {
            updated.authorizer_id = None;
        }
        check_unique_names(&updated)?;
        // An integration that forwards its caller's identity needs one.
        let role = updated.method_integration.as_ref().and_then(|integration| integration.credentials.as_deref());
        if role == Some(CALLER) && updated.authorization_type != "AWS_IAM" {
            return Err(Refusal::bad_request(NO_CALLER));
        }
        *method_mut(definition, id, verb)? = updated.clone();
        Ok(updated)
    })?;
    shown(&updated).map(Answer::json)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (id, verb) = (call.path("resource_id"), call.path("http_method"));
    call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        method(definition, id, verb)?;
        resource_mut(definition, id)?.resource_methods.remove(verb);
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(super) fn get_response(call: &Call<'_>) -> Result<Answer, Refusal> {
    constraint::status_code(call.path("status_code"))?;
    let definition = call.control.definition_or(call.path("restapi_id"), unknown_resource)?;
    let method = method(&definition, call.path("resource_id"), call.path("http_method"))?;
    Answer::entity(method.method_responses.get(call.path("status_code")).ok_or_else(unknown_response)?)
}

pub(super) fn put_response(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: PutResponseInput = call.input()?;
    let status_code = call.path("status_code");
    constraint::status_code(status_code)?;
    let made = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let method = method(definition, call.path("resource_id"), call.path("http_method"))?;
        if method.method_responses.contains_key(status_code) {
            return Err(Refusal::conflict("Response already exists for this resource"));
        }
        let made = MethodResponse {
            status_code: status_code.to_owned(),
            response_parameters: flags(input.response_parameters),
            response_models: texts(input.response_models),
        };
        for name in made.response_parameters.iter().flat_map(SmallMap::keys) {
            check_response_parameter(name)?;
        }
        for model in made.response_models.iter().flat_map(SmallMap::values) {
            if !definition.models.contains_key(model) {
                return Err(Refusal::bad_request(format!("Invalid model identifier specified: {model}")));
            }
        }
        let method = method_mut(definition, call.path("resource_id"), call.path("http_method"))?;
        method.method_responses.insert(status_code.to_owned(), made.clone());
        Ok(made)
    })?;
    Answer::entity(&made)
}

pub(super) fn update_response(call: &Call<'_>) -> Result<Answer, Refusal> {
    constraint::status_code(call.path("status_code"))?;
    let operations = patch::operations(call)?;
    let updated = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let models: Vec<String> = definition.models.keys().cloned().collect();
        let method = method_mut(definition, call.path("resource_id"), call.path("http_method"))?;
        let response = method.method_responses.get_mut(call.path("status_code")).ok_or_else(unknown_response)?;
        for operation in &operations {
            apply_to_response(response, operation, &models)?;
        }
        Ok(response.clone())
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete_response(call: &Call<'_>) -> Result<Answer, Refusal> {
    constraint::status_code(call.path("status_code"))?;
    call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let method = method_mut(definition, call.path("resource_id"), call.path("http_method"))?;
        method.method_responses.remove(call.path("status_code")).ok_or_else(unknown_response)
    })?;
    Ok(Answer::empty())
}

pub(super) fn unknown_response() -> Refusal {
    Refusal::not_found("Invalid Response status code specified")
}

fn apply(definition: &ApiDefinition, method: &mut Method, operation: &PatchOperation) -> Result<(), Refusal> {
    let segments = operation.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let replaces = operation.op == Op::Replace;
    match segments.as_slice() {
        ["requestParameters", name] => {
            if operation.op != Op::Remove {
                check_request_parameter(name)?;
            }
            change_flag(&mut method.request_parameters, name, operation)
        }
        ["requestModels", media_type] => {
            let known = |model: &str| definition.models.contains_key(model);
            change_model(&mut method.request_models, media_type, operation, known)
        }
        ["authorizationScopes"] | ["authorizationScopes", _] if operation.edits() => {
            let scope = segments.get(1).map_or_else(|| operation.text(), |scope| (*scope).to_owned());
            let scopes = method.authorization_scopes.get_or_insert_default();
            scopes.retain(|known| *known != scope);
            if operation.op != Op::Remove {
                scopes.push(if replaces { operation.text() } else { scope });
            }
            if scopes.is_empty() {
                method.authorization_scopes = None;
            }
            Ok(())
        }
        ["authorizationType"] if replaces => {
            let authorization_type = operation.text();
            check_authorization_type(&authorization_type)?;
            method.authorization_type = authorization_type;
            Ok(())
        }
        ["authorizerId"] if replaces => {
            method.authorizer_id = operation.non_empty();
            Ok(())
        }
        ["apiKeyRequired"] if replaces => {
            method.api_key_required = operation.flag();
            Ok(())
        }
        ["operationName"] if replaces => {
            method.operation_name = operation.non_empty();
            Ok(())
        }
        ["requestValidatorId"] if replaces => {
            method.request_validator_id = match operation.non_empty() {
                None => None,
                Some(id) => {
                    check_validator(definition, &id)?;
                    Some(id)
                }
            };
            Ok(())
        }
        _ => Err(operation.invalid_path()),
    }
}

fn apply_to_response(
    response: &mut MethodResponse,
    operation: &PatchOperation,
    models: &[String],
) -> Result<(), Refusal> {
    let segments = operation.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["responseParameters", name] => {
            if operation.op != Op::Remove {
                check_response_parameter(name)?;
            }
            change_flag(&mut response.response_parameters, name, operation)
        }
        ["responseModels", media_type] => {
            let known = |model: &str| models.iter().any(|m| m == model);
            change_model(&mut response.response_models, media_type, operation, known)
        }
        _ => Err(operation.invalid_path()),
    }
}

/// Changes a map of parameter names to whether they are required. A name that is not there can be added only.
fn change_flag(map: &mut Option<SmallMap<bool>>, name: &str, operation: &PatchOperation) -> Result<(), Refusal> {
    let unknown = || Refusal::not_found("Invalid parameter name specified");
    change(map, name, operation, unknown, || Ok(operation.flag()))
}

/// Changes a map of media types to model names. A media type that is not there can be added only.
fn change_model(
    map: &mut Option<SmallMap<String>>,
    media_type: &str,
    operation: &PatchOperation,
    known: impl Fn(&str) -> bool,
) -> Result<(), Refusal> {
    let unknown = || Refusal::not_found("Content-Type specified was not found");
    change(map, media_type, operation, unknown, || {
        let model = operation.text();
        if known(&model) {
            Ok(model)
        } else {
            Err(Refusal::bad_request(format!("Invalid model identifier specified: {model}")))
        }
    })
}

fn change<V>(
    map: &mut Option<SmallMap<V>>,
    key: &str,
    operation: &PatchOperation,
    unknown: impl Fn() -> Refusal,
    value: impl FnOnce() -> Result<V, Refusal>,
) -> Result<(), Refusal> {
    let entries = map.get_or_insert_default();
    match operation.op {
        Op::Add => {
            entries.insert(key.to_owned(), value()?);
        }
        Op::Replace => *entries.get_mut(key).ok_or_else(unknown)? = value()?,
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

fn has_authorizer(authorization_type: &str) -> bool {
    matches!(authorization_type, "CUSTOM" | "COGNITO_USER_POOLS" | "JWT")
}

fn check_authorization_type(authorization_type: &str) -> Result<(), Refusal> {
    if matches!(authorization_type, "NONE" | "AWS_IAM" | "CUSTOM" | "COGNITO_USER_POOLS" | "JWT") {
        return Ok(());
    }
    Err(Refusal::bad_request(
        "Invalid Authorization Type specified. Valid options are NONE,AWS_IAM,CUSTOM,COGNITO_USER_POOLS",
    ))
}

fn check_authorization(definition: &ApiDefinition, kind: &str, authorizer_id: Option<&str>) -> Result<(), Refusal> {
    check_authorization_type(kind)?;
    if has_authorizer(kind) && !authorizer_id.is_some_and(|id| definition.authorizers.contains_key(id)) {
        return Err(Refusal::bad_request(NEEDS_AUTHORIZER));
    }
    Ok(())
}

fn check_validator(definition: &ApiDefinition, id: &str) -> Result<(), Refusal> {
    if definition.request_validators.contains_key(id) {
        return Ok(());
    }
    Err(Refusal::bad_request("Invalid Request Validator identifier specified"))
}

fn check_request_parameter(name: &str) -> Result<(), Refusal> {
    let rest = ["method.request.header.", "method.request.path.", "method.request.querystring."]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    if let Some(name) = rest.filter(|rest| !rest.is_empty()) {
        return parameter_name_fault(name).map_or(Ok(()), |message| Err(Refusal::bad_request(message)));
    }
    Err(Refusal::bad_request(invalid_mapping(&format!("Invalid mapping expression specified: {name}"))))
}

/// Demands that no two parameters have one name in different places (recorded).
fn check_unique_names(method: &Method) -> Result<(), Refusal> {
    let mut names: Vec<&str> = method
        .request_parameters
        .iter()
        .flat_map(SmallMap::keys)
        .filter_map(|name| name.splitn(4, '.').nth(3))
        .collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(Refusal::bad_request("Parameter names must be unique across querystring, header and path"));
    }
    Ok(())
}

fn check_response_parameter(name: &str) -> Result<(), Refusal> {
    if name.strip_prefix("method.response.header.").is_some_and(|rest| !rest.is_empty()) {
        return Ok(());
    }
    Err(Refusal::bad_request(invalid_mapping(&format!("Invalid mapping expression specified: {name}"))))
}

fn flags(map: Option<IndexMap<String, Option<bool>>>) -> Option<SmallMap<bool>> {
    Some(map?.into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect())
}

/// Returns a map of texts. One that was sent empty is answered empty (AWS CLI examples, answers that users recorded); one
/// that a change empties is answered no more (recorded).
pub(super) fn texts<M: FromIterator<(String, String)>>(map: Option<IndexMap<String, Option<String>>>) -> Option<M> {
    Some(map?.into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect())
}

/// Returns the methods of a definition by path and verb.
pub(super) fn all(definition: &ApiDefinition) -> BTreeMap<(&str, &str), &Method> {
    definition
        .resources
        .values()
        .flat_map(|resource| {
            resource.resource_methods.iter().map(|(verb, method)| ((resource.path.as_str(), verb.as_str()), method))
        })
        .collect()
}
