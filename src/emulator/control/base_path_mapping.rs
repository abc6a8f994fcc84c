//! BasePathMapping: paths of a custom domain name to stages.

use serde::Deserialize;

use crate::emulator::lookup::BasePathMapping;
use crate::emulator::store::{Transaction, api_key};
use crate::gateway::RestApi;
use crate::gateway::export::Address;

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::domain_name::{DomainName, ONLY_REGIONAL, called, key, unknown};
use super::page::page;
use super::patch::{self, Op};
use super::refusal::Refusal;

/// The base path that stands for none.
const NO_BASE_PATH: &str = "(none)";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    base_path: Option<String>,
    rest_api_id: Option<String>,
    stage: Option<String>,
}

fn mapping_key(name: &str, base_path: &str) -> String {
    format!("mapping/{name}/{base_path}")
}

/// Returns the custom domain names with a mapping of this kind.
pub(super) fn mapped(tx: &Transaction<'_>, wanted: impl Fn(&BasePathMapping) -> bool) -> Result<Vec<String>, Refusal> {
    let mut domains = Vec::new();
    for key in tx.keys("mapping/") {
        let mapping: Option<BasePathMapping> = tx.get(&key)?;
        let domain = key.split('/').nth(1).unwrap_or_default();
        if mapping.is_some_and(|mapping| wanted(&mapping)) && !domains.iter().any(|d| d == domain) {
            domains.push(domain.to_owned());
        }
    }
    Ok(domains)
}

/// Returns where a custom domain name serves a stage, the first one when several do.
pub(super) fn address(call: &Call<'_>, api_id: &str, stage_name: &str) -> Result<Option<Address>, Refusal> {
    let store = &call.control.store;
    for key in store.keys("mapping/") {
        let mapping: Option<BasePathMapping> = store.get(&key)?;
        let Some(mapping) = mapping.filter(|m| m.rest_api_id == api_id && m.stage.as_deref() == Some(stage_name))
        else {
            continue;
        };
        return Ok(Some(Address {
            // The id of a private one stands behind its name.
            domain: key.split(['/', '+']).nth(1).unwrap_or_default().to_owned(),
            base_path: Some(mapping.base_path).filter(|path| path != NO_BASE_PATH),
        }));
    }
    Ok(None)
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = called(call);
    if !call.control.store.contains(&key(&name)) {
        return Err(unknown());
    }
    let mut mappings: Vec<BasePathMapping> = call.control.store.list(&format!("mapping/{name}/"))?;
    // By their key within the domain name, as stages are listed within their API.
    mappings.sort_by(|one, other| one.base_path.cmp(&other.base_path));
    page(call, mappings.iter().map(to_value).collect::<Result<_, _>>()?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mapping: Option<BasePathMapping> =
        call.control.store.get(&mapping_key(&called(call), call.path("base_path")))?;
    Answer::entity(&mapping.ok_or_else(unknown_mapping)?)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("restApiId", input.rest_api_id.as_ref());
    constraints.finish()?;
    let name = called(call);
    let base_path = input.base_path.filter(|path| !path.is_empty()).unwrap_or_else(|| NO_BASE_PATH.to_owned());
    check_base_path(&base_path)?;
    let made = BasePathMapping {
        base_path,
        rest_api_id: input.rest_api_id.unwrap_or_default(),
        stage: input.stage.filter(|stage| !stage.is_empty()),
    };
    call.control.write(|tx| {
        if !tx.contains(&key(&name)) {
            return Err(unknown());
        }
        check_mapping(tx, &made)?;
        check_mutual_tls(tx, &name, &made)?;
        if tx.contains(&mapping_key(&name, &made.base_path)) {
            return Err(Refusal::conflict("Base path already exists for this domain name"));
        }
        Ok(tx.put(&mapping_key(&name, &made.base_path), &made)?)
    })?;
    Answer::entity(&made)
}

fn check_base_path(base_path: &str) -> Result<(), Refusal> {
    if base_path.contains('/') {
        return Err(Refusal::bad_request(
            "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level \
             base path mapping, use API Gateway V2.",
        ));
    }
    if base_path != NO_BASE_PATH && !base_path.chars().all(is_base_path_character) {
        // The characters are the developer guide's (`rest-api-mappings`); the service's own words are not known.
        return Err(Refusal::bad_request("Base path must contain only letters, numbers and $-_.+!*'()"));
    }
    Ok(())
}

/// Returns whether a segment of a base path may have this character.
pub(super) fn is_base_path_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "$-_.+!*'()".contains(c)
}

fn check_mapping(tx: &Transaction<'_>, mapping: &BasePathMapping) -> Result<(), Refusal> {
    if !tx.contains(&api_key(&mapping.rest_api_id)) {
        return Err(Refusal::bad_request("Invalid REST API identifier specified"));
    }
    match &mapping.stage {
        Some(stage) if !tx.contains(&super::stage::key(&mapping.rest_api_id, stage)) => {
            Err(Refusal::bad_request("Invalid stage identifier specified"))
        }
        _ => Ok(()),
    }
}

/// Demands that what is behind a domain name with mutual TLS is a regional API.
fn check_mutual_tls(tx: &Transaction<'_>, name: &str, mapping: &BasePathMapping) -> Result<(), Refusal> {
    let domain: Option<DomainName> = tx.get(&key(name))?;
    if domain.is_some_and(|domain| domain.mutual_tls_authentication.is_some()) {
        let api: Option<RestApi> = tx.get(&api_key(&mapping.rest_api_id))?;
        if api.is_some_and(|api| api.endpoint_configuration.types != ["REGIONAL"]) {
            return Err(Refusal::bad_request(ONLY_REGIONAL));
        }
    }
    Ok(())
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let (name, base_path) = (called(call), call.path("base_path"));
    let updated = call.control.write(|tx| {
        let before = mapping_key(&name, base_path);
        let mut mapping: BasePathMapping = tx.get(&before)?.ok_or_else(unknown_mapping)?;
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/basePath" | "/basepath") => {
                    mapping.base_path = operation.non_empty().unwrap_or_else(|| NO_BASE_PATH.to_owned());
                    check_base_path(&mapping.base_path)?;
                }
                (Op::Replace, "/restapiId" | "/restApiId") => mapping.rest_api_id = operation.text(),
                (Op::Replace, "/stage") => mapping.stage = operation.non_empty(),
                _ => return Err(operation.unsupported(&["/basePath", "/restapiId", "/stage"])),
            }
        }
        check_mapping(tx, &mapping)?;
        check_mutual_tls(tx, &name, &mapping)?;
        let after = mapping_key(&name, &mapping.base_path);
        if after != before && tx.contains(&after) {
            return Err(Refusal::conflict("Base path already exists for this domain name"));
        }
        tx.delete(&before);
        tx.put(&after, &mapping)?;
        Ok(mapping)
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.control.remove(&mapping_key(&called(call), call.path("base_path")), unknown_mapping)?;
    Ok(Answer::empty())
}

fn unknown_mapping() -> Refusal {
    Refusal::not_found("Invalid base path mapping identifier specified")
}
