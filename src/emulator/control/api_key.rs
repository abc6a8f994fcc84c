//! ApiKey.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::emulator::store::Transaction;
use crate::gateway::import::IdSource as _;
use crate::gateway::{ApiKey, Quotas, UsagePlanKey};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::page::page;
use super::patch::{self, Op};
use super::refusal::Refusal;
use super::rest_api::Tags;

/// Characters; the bounds of a value and a name.
const VALUE_LENGTH: std::ops::RangeInclusive<usize> = 20..=128;
const MAX_NAME: usize = 1024;
/// Characters; the bound of a description.
const MAX_DESCRIPTION: usize = 125_000;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    name: Option<String>,
    description: Option<String>,
    enabled: Option<bool>,
    value: Option<String>,
    stage_keys: Option<Vec<StageKey>>,
    customer_id: Option<String>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StageKey {
    rest_api_id: Option<String>,
    stage_name: Option<String>,
}

/// Returns the key of an API key's record.
pub(super) fn key(id: &str) -> String {
    format!("apikey/{id}")
}

/// Returns the refusal of an API key that is not there.
pub(super) fn unknown() -> Refusal {
    Refusal::not_found("Invalid API Key identifier specified")
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut keys: Vec<ApiKey> = call.control.store.list("apikey/")?;
    // The newest first (recorded); by name when names are asked for.
    keys.reverse();
    let with_values = call.query_flag("includeValues");
    let wanted = |key: &&ApiKey| {
        call.query("name").is_none_or(|name| key.name.as_deref().unwrap_or_default().starts_with(name))
            && call.query("customerId").is_none_or(|id| key.customer_id.as_deref() == Some(id))
    };
    if call.query("name").is_some() {
        keys.sort_by(|one, other| one.name.cmp(&other.name));
    }
    let items = keys.iter().filter(wanted).map(|key| shown(key, with_values, Tags::WhenAny));
    page(call, items.collect::<Result<_, _>>()?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let found: ApiKey = call.control.store.get(&key(call.path("api_key")))?.ok_or_else(unknown)?;
    shown(&found, call.query_flag("includeValue"), Tags::Always).map(Answer::json)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    check_description(input.description.as_deref())?;
    check_name(input.name.as_deref())?;
    check_customer(input.customer_id.as_deref())?;
    let value = input.value.filter(|value| !value.is_empty());
    if let Some(value) = &value {
        check_value(value)?;
    }
    let now = call.now();
    let made = ApiKey {
        id: call.ids().next_id(10),
        value: Some(value.unwrap_or_else(super::ids::api_key_value)),
        name: input.name.filter(|name| !name.is_empty()),
        customer_id: input.customer_id,
        description: input.description.filter(|text| !text.is_empty()),
        enabled: input.enabled.unwrap_or_default(),
        created_date: now,
        last_updated_date: now,
        stage_keys: input
            .stage_keys
            .unwrap_or_default()
            .into_iter()
            .filter_map(|stage| Some(format!("{}/{}", stage.rest_api_id?, stage.stage_name?)))
            .collect(),
        tags: input.tags.map(|tags| super::tags_of(Some(tags))).transpose()?,
    };
    call.control.write(|tx| {
        for stage in &made.stage_keys {
            check_stage(tx, stage)?;
        }
        let keys: Vec<ApiKey> = tx.list("apikey/")?;
        if keys.iter().any(|known| known.value == made.value) {
            return Err(Refusal::conflict("API Key already exists"));
        }
        if keys.len() >= Quotas::default().api_keys {
            return Err(Refusal::limit_exceeded("API Keys", "this account"));
        }
        Ok(tx.put(&key(&made.id), &made)?)
    })?;
    shown(&made, true, Tags::WhenAny).map(Answer::json)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let record = key(call.path("api_key"));
    let updated = call.control.write(|tx| {
        let mut updated: ApiKey = tx.get(&record)?.ok_or_else(unknown)?;
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/description") => {
                    check_description(operation.value.as_deref())?;
                    updated.description = operation.non_empty();
                }
                (Op::Replace, "/enabled") => updated.enabled = operation.flag(),
                (Op::Replace, "/name") => {
                    check_name(operation.value.as_deref())?;
                    updated.name = operation.non_empty();
                }
                (Op::Replace, "/customerId") => {
                    let id = operation.text();
                    check_customer(Some(&id))?;
                    updated.customer_id = Some(id);
                }
                (Op::Add, "/stages") => {
                    let stage = operation.text();
                    check_stage(tx, &stage)?;
                    if !updated.stage_keys.contains(&stage) {
                        updated.stage_keys.push(stage);
                    }
                }
                (Op::Remove, "/stages") => {
                    let stage = operation.text();
                    updated.stage_keys.retain(|known| *known != stage);
                }
                // The API reference has them among the patch operations; no answer shows them.
                (Op::Add | Op::Remove, "/labels") => {}
                _ => return Err(operation.unsupported(&["/description", "/enabled", "/name", "/customerId"])),
            }
        }
        updated.last_updated_date = call.now();
        tx.put(&record, &updated)?;
        Ok(updated)
    })?;
    shown(&updated, false, Tags::Always).map(Answer::json)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("api_key");
    call.control.write(|tx| {
        if !tx.contains(&key(id)) {
            return Err(unknown());
        }
        tx.delete(&key(id));
        for membership in tx.keys("usageplankey/").into_iter().filter(|key| key.rsplit('/').next() == Some(id)) {
            tx.delete(&membership);
        }
        Ok(())
    })?;
    Ok(Answer::empty())
}

/// Takes keys from a CSV file with the columns Name, Key, description, Enabled and usageplanIds, in any order. A record
/// that is none is left out with a warning; one with the value of a key that is there replaces what the key was.
pub(super) fn import(call: &Call<'_>) -> Result<Answer, Refusal> {
    let format = call.query("format");
    let mut constraints = Constraints::new("");
    constraints.required("format", format.as_ref());
    constraints.one_of("format", format, &["csv"]);
    constraints.finish()?;
    let rows = imported_rows(&call.body)?;
    let now = call.now();
    let (ids, warnings) = call.control.write(|tx| {
        let known: Vec<ApiKey> = tx.list("apikey/")?;
        let mut known: BTreeMap<String, String> =
            known.into_iter().filter_map(|key| Some((key.value?, key.id))).collect();
        let (mut ids, mut warnings) = (Vec::new(), Vec::new());
        for (number, row) in (1..).zip(&rows) {
            let column = |name: &str| row.get(name).cloned();
            let value = column("key").unwrap_or_default();
            if let Err(refusal) = check_value(&value) {
                warnings.push(format!("Skipped invalid record: {number}. {}", refusal.message));
                continue;
            }
            let id = known.entry(value.clone()).or_insert_with(|| call.ids().next_id(10)).clone();
            let made = ApiKey {
                id: id.clone(),
                value: Some(value),
                name: column("name"),
                customer_id: None,
                description: column("description"),
                enabled: column("enabled").is_none_or(|text| text.eq_ignore_ascii_case("true")),
                created_date: now,
                last_updated_date: now,
                stage_keys: Vec::new(),
                tags: None,
            };
            tx.put(&key(&id), &made)?;
            put_in_plans(tx, &made, &column("usageplanids").unwrap_or_default())?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok::<_, Refusal>((ids, warnings))
    })?;
    // What could be taken stays taken.
    if call.query_flag("failonwarnings") && !warnings.is_empty() {
        let warnings: String = warnings.iter().map(|warning| format!("\n\t{warning}")).collect();
        return Err(Refusal::bad_request(format!("Warnings found during import:{warnings}")));
    }
    Ok(Answer::json(json!({ "ids": ids, "warnings": warnings })))
}

/// Puts a key in the usage plans that a field of a file names; those that are not there are passed over in silence.
fn put_in_plans(tx: &mut Transaction<'_>, made: &ApiKey, plans: &str) -> Result<(), Refusal> {
    for plan in plans.split([',', ';']).map(str::trim).filter(|id| !id.is_empty()) {
        if tx.contains(&super::usage_plan::key(plan)) {
            let membership = UsagePlanKey {
                id: made.id.clone(),
                key_type: super::usage_plan_key::KEY_TYPE.to_owned(),
                value: made.value.clone(),
                name: made.name.clone(),
            };
            tx.put(&super::usage_plan_key::key(plan, &made.id), &membership)?;
        }
    }
    Ok(())
}

/// Takes a stage off the keys that name it, as its deletion does.
pub(super) fn forget_stages(tx: &mut Transaction<'_>, api_id: &str, stage_name: Option<&str>) -> Result<(), Refusal> {
    for mut found in tx.list::<ApiKey>("apikey/")? {
        let before = found.stage_keys.len();
        found.stage_keys.retain(|stage| match stage.split_once('/') {
            Some((api, name)) => api != api_id || stage_name.is_some_and(|gone| gone != name),
            None => true,
        });
        if found.stage_keys.len() != before {
            tx.put(&key(&found.id), &found)?;
        }
    }
    Ok(())
}

/// Returns the rows of a file of keys: column, in lower case, to a field that is not empty. Several usage plans stand in
/// one quoted field (developer guide, `api-key-file-format`).
fn imported_rows(file: &[u8]) -> Result<Vec<BTreeMap<String, String>>, Refusal> {
    let illegal = |error: csv::Error| Refusal::bad_request(format!("Invalid API Key file: {error}"));
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(file);
    let header: Vec<String> = reader.headers().map_err(illegal)?.iter().map(str::to_lowercase).collect();
    for column in ["Key", "Name"] {
        if !header.iter().any(|name| name.eq_ignore_ascii_case(column)) {
            return Err(Refusal::bad_request(format!("Missing required column '{column}' ")));
        }
    }
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(illegal)?;
        let fields = header.iter().zip(&record).filter(|(_, field)| !field.is_empty());
        Ok(fields.map(|(name, field)| (name.clone(), field.to_owned())).collect())
    };
    reader.records().map(row).collect()
}

fn shown(key: &ApiKey, with_value: bool, tags: Tags) -> Result<Value, Refusal> {
    let mut value = to_value(key)?;
    if let Some(members) = value.as_object_mut() {
        if !with_value {
            members.shift_remove("value");
        }
        let any = key.tags.as_ref().is_some_and(|tags| !tags.is_empty());
        match tags {
            Tags::WhenAny if !any => {
                members.shift_remove("tags");
            }
            Tags::Always if !any => {
                members.insert("tags".to_owned(), json!({}));
            }
            _ => {}
        }
    }
    Ok(value)
}

/// Demands that a stage which a key names, such as `api/dev`, is there; the words are known from reports of users.
fn check_stage(tx: &Transaction<'_>, stage: &str) -> Result<(), Refusal> {
    match stage.split_once('/') {
        Some((api_id, name)) if tx.contains(&super::stage::key(api_id, name)) => Ok(()),
        _ => Err(Refusal::bad_request("Invalid stage identifier specified")),
    }
}

fn check_value(value: &str) -> Result<(), Refusal> {
    let length = value.chars().count();
    if length < *VALUE_LENGTH.start() {
        return Err(Refusal::bad_request("API Key value should be at least 20 characters"));
    }
    if length > *VALUE_LENGTH.end() {
        return Err(Refusal::bad_request("API Key value exceeds maximum size of 128 characters"));
    }
    Ok(())
}

fn check_name(name: Option<&str>) -> Result<(), Refusal> {
    if name.is_some_and(|name| name.chars().count() > MAX_NAME) {
        return Err(Refusal::bad_request("Invalid API Key name, can be at most 1024 characters."));
    }
    Ok(())
}

fn check_customer(id: Option<&str>) -> Result<(), Refusal> {
    match id {
        Some("") => Err(Refusal::bad_request("Customer Id cannot be an empty string")),
        _ => Ok(()),
    }
}

fn check_description(description: Option<&str>) -> Result<(), Refusal> {
    if description.is_some_and(|text| text.chars().count() > MAX_DESCRIPTION) {
        return Err(Refusal::bad_request("Invalid API Key description specified."));
    }
    Ok(())
}
