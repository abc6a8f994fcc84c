//! RestApi: update.

use crate::gateway::RestApi;

use super::call::{Answer, Call};
use super::patch::{self, Op, PatchOperation};
use super::refusal::Refusal;
use super::rest_api::{
    ACCESS_MODES, API_KEY_SOURCES, ENDPOINT_TYPE_OPTIONS, ENDPOINT_TYPES, IP_ADDRESS_TYPES, SECURITY_POLICIES, Tags,
    check_access_mode, check_vpc_endpoints, compression_size, default_ip_address_type, ipv4_for_private, is_enhanced,
    shown, stored_policy,
};

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("restapi_id");
    let operations = patch::operations(call)?;
    let api = call.control.edit(
        id,
        || call.control.unknown_api(id),
        |definition, _| {
            for operation in &operations {
                apply(&mut definition.api, operation, call)?;
            }
            let api = &definition.api;
            check_vpc_endpoints(&api.endpoint_configuration)?;
            check_access_mode(api.security_policy.as_deref(), api.endpoint_access_mode.as_deref())?;
            Ok(definition.api.clone())
        },
    )?;
    shown(&api, Tags::Always).map(Answer::json)
}

fn apply(api: &mut RestApi, operation: &PatchOperation, call: &Call<'_>) -> Result<(), Refusal> {
    let segments = operation.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let removed = operation.op == Op::Remove;
    match segments.as_slice() {
        ["binaryMediaTypes", media_type] => binary_media_type(api, operation, media_type),
        ["endpointConfiguration", "types", member] => endpoint_type(api, operation, member),
        ["endpointConfiguration", "ipAddressType"] => ip_address_type(api, operation),
        ["endpointConfiguration", "vpcEndpointIds"] if operation.edits() => {
            let ids = &mut api.endpoint_configuration.vpc_endpoint_ids;
            let id = operation.text();
            ids.retain(|known| *known != id);
            if !removed {
                ids.push(id);
            }
            Ok(())
        }
        ["name"] if operation.op == Op::Replace => match operation.non_empty() {
            Some(name) => {
                api.name = name;
                Ok(())
            }
            None => Err(Refusal::bad_request("API Name must be non-empty")),
        },
        ["description"] if operation.edits() => {
            api.description = operation.non_empty().filter(|_| !removed);
            Ok(())
        }
        ["version"] if operation.edits() => {
            api.version = operation.non_empty().filter(|_| !removed);
            Ok(())
        }
        ["policy"] if operation.edits() => {
            let policy = operation.non_empty().filter(|_| !removed);
            api.policy = policy.map(|policy| stored_policy(&policy, &api.id, call)).transpose()?;
            Ok(())
        }
        ["apiKeySource"] if operation.op == Op::Replace => {
            let source = one_of_or_none(operation, "apiKeySource", &API_KEY_SOURCES)?;
            api.api_key_source = source.unwrap_or_else(|| "HEADER".to_owned());
            Ok(())
        }
        ["minimumCompressionSize"] => {
            if operation.op != Op::Replace {
                return Err(replace_only());
            }
            // What is no number is out of range too.
            let size = operation.non_empty().map(|_| operation.integer().unwrap_or(-1));
            compression_size(size)?;
            api.minimum_compression_size = size;
            Ok(())
        }
        ["disableExecuteApiEndpoint"] if operation.op == Op::Replace => {
            api.disable_execute_api_endpoint = operation.flag();
            Ok(())
        }
        ["securityPolicy"] if operation.op == Op::Replace => {
            api.security_policy = one_of_or_none(operation, "securityPolicy", &SECURITY_POLICIES)?;
            if !api.security_policy.as_deref().is_some_and(is_enhanced) {
                api.endpoint_access_mode = None;
            }
            Ok(())
        }
        ["endpointAccessMode"] if operation.op == Op::Replace => {
            api.endpoint_access_mode = one_of_or_none(operation, "endpointAccessMode", &ACCESS_MODES)?;
            Ok(())
        }
        _ => Err(operation.invalid_path()),
    }
}

/// Returns the value of an operation, which is one of those there are, or none.
fn one_of_or_none(operation: &PatchOperation, member: &str, values: &[&str]) -> Result<Option<String>, Refusal> {
    operation.non_empty().map(|_| operation.one_of(member, values)).transpose()
}

fn replace_only() -> Refusal {
    Refusal::bad_request("Invalid patch operation specified. Must be one of: [replace]")
}

/// `add` and `remove` name a media type in the path; `replace` puts the value in its place (recorded).
fn binary_media_type(api: &mut RestApi, operation: &PatchOperation, media_type: &str) -> Result<(), Refusal> {
    let types = &mut api.binary_media_types;
    match operation.op {
        Op::Add => {
            if !types.iter().any(|known| known == media_type) {
                types.push(media_type.to_owned());
            }
        }
        Op::Remove => types.retain(|known| known != media_type),
        Op::Replace => {
            types.retain(|known| known != media_type);
            types.extend(operation.non_empty());
        }
        _ => return Err(operation.invalid_path()),
    }
    Ok(())
}

fn endpoint_type(api: &mut RestApi, operation: &PatchOperation, member: &str) -> Result<(), Refusal> {
    if !matches!(operation.op, Op::Add | Op::Remove | Op::Replace) {
        return Err(Refusal::bad_request("Invalid patch operation specified. Must be 'add'|'remove'|'replace'"));
    }
    let value = operation.non_empty().unwrap_or_else(|| member.to_owned());
    if !ENDPOINT_TYPES.contains(&value.as_str()) {
        return Err(Refusal::bad_request(ENDPOINT_TYPE_OPTIONS));
    }
    let configuration = &mut api.endpoint_configuration;
    match operation.op {
        Op::Remove => {
            return Err(Refusal::bad_request("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED."));
        }
        Op::Add if !configuration.types.contains(&value) => {
            return Err(Refusal::bad_request("Cannot create an api with multiple Endpoint Types."));
        }
        // The one change that is not supported (developer guide, `apigateway-api-migration`); the words are known from
        // reports of users.
        Op::Replace if value == "EDGE" && configuration.types.iter().any(|t| t == "PRIVATE") => {
            return Err(Refusal::bad_request("Cannot update endpoint from PRIVATE to EDGE"));
        }
        _ => {}
    }
    let private = value == "PRIVATE";
    if private {
        configuration.ip_address_type = Some(default_ip_address_type(true).to_owned());
    }
    configuration.types = vec![value];
    Ok(())
}

fn ip_address_type(api: &mut RestApi, operation: &PatchOperation) -> Result<(), Refusal> {
    if operation.op != Op::Replace {
        return Err(replace_only());
    }
    let value = operation.text();
    if !IP_ADDRESS_TYPES.contains(&value.as_str()) {
        return Err(Refusal::bad_request("ipAddressType must be either ipv4 or dualstack."));
    }
    if value == "ipv4" && api.endpoint_configuration.types.iter().any(|t| t == "PRIVATE") {
        return Err(ipv4_for_private());
    }
    api.endpoint_configuration.ip_address_type = Some(value);
    Ok(())
}
