//! API mappings: paths of a custom domain name to stages. They are the same as base path mappings of `apigateway`, in
//! one record; beside it is one that holds the id which `apigatewayv2` alone has.

use serde::Deserialize;
use serde_json::{Value, json};

use super::definition::{api_key, stage_key};
use super::{input, page, required};
use crate::emulator::control::base_path_mapping::is_base_path_character;
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::domain_name::{DomainName, key as domain_key};
use crate::emulator::control::refusal::Refusal;
use crate::emulator::lookup::BasePathMapping;
use crate::emulator::store::{self, Transaction};
use crate::gateway::import::IdSource as _;

/// The base path that stands for none.
const NO_BASE_PATH: &str = "(none)";
/// Characters of a mapping key.
const MAX_KEY: usize = 300;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    api_id: Option<String>,
    api_mapping_key: Option<String>,
    stage: Option<String>,
}

fn mapping_key(domain: &str, base_path: &str) -> String {
    format!("mapping/{domain}/{base_path}")
}

fn id_key(domain: &str, id: &str) -> String {
    format!("mappingid/{domain}/{id}")
}

fn shown(id: &str, mapping: &BasePathMapping) -> Value {
    json!({
        "apiId": mapping.rest_api_id,
        "apiMappingId": id,
        "apiMappingKey": if mapping.base_path == NO_BASE_PATH { "" } else { &mapping.base_path },
        "stage": mapping.stage.as_deref().unwrap_or_default(),
    })
}

/// Returns the mappings of a domain name with their ids. One that `apigateway` made has its base path as its id.
fn all(call: &Call<'_>, domain: &str) -> Result<Vec<(String, BasePathMapping)>, Refusal> {
    let store = &call.control.store;
    if !store.contains(&domain_key(domain)) {
        return Err(super::domain_name::unknown());
    }
    let mappings: Vec<BasePathMapping> = store.list(&mapping_key(domain, ""))?;
    let mut ids = Vec::new();
    for key in store.keys(&id_key(domain, "")) {
        let base_path: Option<String> = store.get(&key)?;
        ids.push((key.rsplit('/').next().unwrap_or_default().to_owned(), base_path.unwrap_or_default()));
    }
    let with_id = |mapping: BasePathMapping| {
        let id = ids.iter().find(|(_, path)| *path == mapping.base_path).map(|(id, _)| id.clone());
        (id.unwrap_or_else(|| mapping.base_path.clone()), mapping)
    };
    Ok(mappings.into_iter().map(with_id).collect())
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mappings = all(call, call.path("domainName"))?;
    page(call, &mappings.iter().map(|(id, mapping)| shown(id, mapping)).collect::<Vec<_>>())
}

fn one(call: &Call<'_>) -> Result<(String, BasePathMapping), Refusal> {
    let id = call.path("apiMappingId");
    let found = all(call, call.path("domainName"))?.into_iter().find(|(known, _)| known == id);
    found.ok_or_else(|| Refusal::not_found("Invalid API mapping identifier specified"))
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (id, mapping) = one(call)?;
    Ok(Answer::json(shown(&id, &mapping)))
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let domain = call.path("domainName");
    let made = BasePathMapping {
        base_path: base_path(input.api_mapping_key.as_deref().unwrap_or_default())?,
        rest_api_id: required(input.api_id, "apiId")?,
        stage: Some(required(input.stage.filter(|s| !s.is_empty()), "stage")?),
    };
    let id = call.ids().next_id(6);
    call.control.write(|tx| {
        let named: DomainName = tx.get(&domain_key(domain))?.ok_or_else(super::domain_name::unknown)?;
        super::domain_name::check_regional(&named)?;
        check(tx, &made)?;
        if tx.contains(&mapping_key(domain, &made.base_path)) {
            return Err(Refusal::conflict("ApiMapping key already exists for this domain name"));
        }
        tx.put(&mapping_key(domain, &made.base_path), &made)?;
        // A mapping of this path that `apigateway` deleted has left its id behind.
        for stale in tx.keys(&id_key(domain, "")) {
            if tx.get::<String>(&stale)?.is_some_and(|path| path == made.base_path) {
                tx.delete(&stale);
            }
        }
        Ok::<_, Refusal>(tx.put(&id_key(domain, &id), &made.base_path)?)
    })?;
    Ok(Answer::json(shown(&id, &made)))
}

/// Returns the base path of a mapping key, which may have several segments.
fn base_path(key: &str) -> Result<String, Refusal> {
    if key.is_empty() || key == NO_BASE_PATH {
        return Ok(NO_BASE_PATH.to_owned());
    }
    let segments = !key.starts_with('/') && !key.ends_with('/') && !key.contains("//");
    if key.len() > MAX_KEY || !key.chars().all(|c| c == '/' || is_base_path_character(c)) || !segments {
        // Of the developer guide (`rest-api-mappings`); the service's own words are not known.
        return Err(Refusal::bad_request(format!(
            "API mapping key must contain only letters, numbers and $-_.+!*'()/, with at most {MAX_KEY} characters"
        )));
    }
    Ok(key.to_owned())
}

fn check(tx: &Transaction<'_>, mapping: &BasePathMapping) -> Result<(), Refusal> {
    let (id, stage) = (&mapping.rest_api_id, mapping.stage.as_deref().unwrap_or_default());
    let is_http = tx.contains(&api_key(id));
    if !is_http && !tx.contains(&store::api_key(id)) {
        return Err(Refusal::bad_request("Invalid API identifier specified"));
    }
    let stage_record = if is_http { stage_key(id, stage) } else { format!("stage/{id}/{stage}") };
    if !tx.contains(&stage_record) {
        return Err(Refusal::bad_request("Invalid stage identifier specified"));
    }
    Ok(())
}

pub(in super::super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let domain = call.path("domainName");
    let (id, before) = one(call)?;
    let mut after = before.clone();
    if let Some(key) = &input.api_mapping_key {
        after.base_path = base_path(key)?;
    }
    if let Some(api_id) = input.api_id {
        after.rest_api_id = api_id;
    }
    if let Some(stage) = input.stage.filter(|s| !s.is_empty()) {
        after.stage = Some(stage);
    }
    call.control.write(|tx| {
        check(tx, &after)?;
        if after.base_path != before.base_path {
            if tx.contains(&mapping_key(domain, &after.base_path)) {
                return Err(Refusal::conflict("ApiMapping key already exists for this domain name"));
            }
            tx.delete(&mapping_key(domain, &before.base_path));
        }
        tx.put(&mapping_key(domain, &after.base_path), &after)?;
        Ok::<_, Refusal>(tx.put(&id_key(domain, &id), &after.base_path)?)
    })?;
    Ok(Answer::json(shown(&id, &after)))
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let domain = call.path("domainName");
    let (id, mapping) = one(call)?;
    call.control.write(|tx| {
        tx.delete(&mapping_key(domain, &mapping.base_path));
        tx.delete(&id_key(domain, &id));
        Ok::<_, Refusal>(())
    })?;
    Ok(Answer::empty())
}
