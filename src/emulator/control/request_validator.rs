//! RequestValidator.

use serde::Deserialize;

use crate::gateway::import::IdSource as _;
use crate::gateway::{ApiDefinition, RequestValidator};

use super::call::{Answer, Call, to_value};
use super::page::page;
use super::patch::{self, Op};
use super::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    name: Option<String>,
    validate_request_body: Option<bool>,
    validate_request_parameters: Option<bool>,
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition(call.path("restapi_id"))?;
    let items = definition.request_validators.values().map(to_value).collect::<Result<_, _>>()?;
    page(call, items)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition_or(call.path("restapi_id"), unknown)?;
    let id = call.path("requestvalidator_id");
    Answer::entity(definition.request_validators.get(id).ok_or_else(unknown)?)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let invalid_api = || Refusal::bad_request("Invalid REST API identifier specified");
    let made = call.control.edit(call.path("restapi_id"), invalid_api, |definition, _| {
        if input.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
            return Err(blank_name());
        }
        check_name(definition, input.name.as_deref(), None)?;
        let made = RequestValidator {
            id: call.ids().next_id(6),
            name: input.name,
            validate_request_body: input.validate_request_body.unwrap_or_default(),
            validate_request_parameters: input.validate_request_parameters.unwrap_or_default(),
        };
        definition.request_validators.insert(made.id.clone(), made.clone());
        Ok(made)
    })?;
    Answer::entity(&made)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let updated = call.control.edit(call.path("restapi_id"), unknown, |definition, _| {
        let id = call.path("requestvalidator_id");
        let mut validator = definition.request_validators.get(id).ok_or_else(unknown)?.clone();
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/name") => {
                    let name = operation.non_empty().filter(|name| !name.trim().is_empty());
                    validator.name = Some(name.ok_or_else(blank_name)?);
                    check_name(definition, validator.name.as_deref(), Some(id))?;
                }
                (Op::Replace, "/validateRequestParameters") => {
                    validator.validate_request_parameters = operation.flag();
                }
                (Op::Replace, "/validateRequestBody") => validator.validate_request_body = operation.flag(),
                _ => {
                    let paths = ["/name", "/validateRequestParameters", "/validateRequestBody"];
                    return Err(operation.unsupported(&paths));
                }
            }
        }
        definition.request_validators.insert(id.to_owned(), validator.clone());
        Ok(validator)
    })?;
    Answer::entity(&updated)
}

/// Demands that no other validator has a name. That it is refused, and how the words begin, is known from reports of
/// users; the rest is what is said of authorizers.
fn check_name(definition: &ApiDefinition, name: Option<&str>, own_id: Option<&str>) -> Result<(), Refusal> {
    let other = name.and_then(|name| definition.request_validator_named(name));
    match other.filter(|other| Some(other.id.as_str()) != own_id) {
        None => Ok(()),
        Some(other) => Err(Refusal::bad_request(format!(
            "Request Validator name must be unique. Request Validator {} already exists in this RestApi.",
            other.name.as_deref().unwrap_or_default()
        ))),
    }
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.control.edit(call.path("restapi_id"), unknown, |definition, _| {
        let id = call.path("requestvalidator_id");
        let validator = definition.request_validators.get(id).ok_or_else(unknown)?;
        let methods = super::method::all(definition);
        let user = methods.iter().find(|(_, method)| method.request_validator_id.as_deref() == Some(id));
        if let Some(((path, verb), _)) = user {
            // That it is refused is known from reports of users; the words are those about authorizers.
            return Err(Refusal::conflict(format!(
                "Cannot delete Request Validator '{}', is referenced in method: {verb}/{path}",
                validator.name.as_deref().unwrap_or_default()
            )));
        }
        definition.request_validators.remove(id);
        Ok(())
    })?;
    Ok(Answer::empty())
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid Request Validator identifier specified")
}

fn blank_name() -> Refusal {
    Refusal::bad_request("Request Validator name cannot be blank")
}
