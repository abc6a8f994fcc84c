//! Tags of any entity, by its ARN.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::emulator::store::{Store, Transaction, api_key};

use super::call::{Answer, Call};
use super::constraint::Constraints;
use super::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TagInput {
    tags: Option<BTreeMap<String, Option<String>>>,
}

/// The record that holds an entity's tags.
enum Place {
    /// The record of this key.
    Record(String),
    /// An API, whose tags are in its definition too.
    Api(String),
}

fn invalid() -> Refusal {
    Refusal::not_found("Invalid resource identifier specified")
}

/// Returns where the tags of an ARN are: `arn:aws:apigateway:{region}::/restapis/{id}/stages/{name}`.
fn place(store: &Store, arn: &str) -> Result<Place, Refusal> {
    let path = arn
        .splitn(6, ':')
        .nth(5)
        .filter(|_| arn.starts_with("arn:"))
        .ok_or_else(|| Refusal::bad_request(format!("Invalid ARN. ARN is not well formed {arn}")))?;
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    Ok(match segments.as_slice() {
        ["restapis", id] => Place::Api((*id).to_owned()),
        ["restapis", id, "stages", name] => Place::Record(super::stage::key(id, name)),
        ["apis", id] => Place::Record(format!("httpapi/{id}")),
        ["apis", id, "stages", name] => Place::Record(format!("httpstage/{id}/{name}")),
        ["apikeys", id] => Place::Record(format!("apikey/{id}")),
        ["usageplans", id] => Place::Record(format!("usageplan/{id}")),
        ["domainnames", name] => Place::Record(format!("domain/{name}")),
        // REST and HTTP APIs have links of their own, with ARNs of one form.
        ["vpclinks", id] if store.contains(&format!("httpvpclink/{id}")) => Place::Record(format!("httpvpclink/{id}")),
        ["vpclinks", id] => Place::Record(format!("vpclink/{id}")),
        ["domainnameaccessassociations", ..] => Place::Record(format!("accessassociation/{arn}")),
        ["clientcertificates", id] => Place::Record(format!("clientcertificate/{id}")),
        _ => return Err(invalid()),
    })
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let key = match place(&call.control.store, call.path("resource_arn"))? {
        Place::Record(key) => key,
        Place::Api(id) => api_key(&id),
    };
    let record: Value = call.control.store.get(&key)?.ok_or_else(invalid)?;
    let tags = record.get("tags").cloned().unwrap_or_else(|| json!({}));
    Ok(Answer::json(json!({ "tags": tags })))
}

pub(super) fn add(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: TagInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("tags", input.tags.as_ref());
    constraints.finish()?;
    let tags = super::tags_of(input.tags)?;
    change(call, |current| {
        for (key, value) in &tags {
            current.insert(key.clone(), Value::String(value.clone()));
        }
    })
}

pub(super) fn remove(call: &Call<'_>) -> Result<Answer, Refusal> {
    let keys: Vec<&String> = call.query.iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key).collect();
    change(call, |current| {
        for key in &keys {
            current.shift_remove(key.as_str());
        }
    })
}

/// The most tags that an entity may have (developer guide, tagging).
const MAX_TAGS: usize = 50;

/// Characters; the bounds of a tag's key and value (developer guide, tagging).
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

/// Demands that tags are ones that a user may give, and not too many.
pub(super) fn check<'t>(tags: impl Iterator<Item = (&'t str, &'t str)>) -> Result<(), Refusal> {
    let mut count = 0;
    for (key, value) in tags {
        // The words are known from reports of users.
        if key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) {
            return Err(Refusal::bad_request("Invalid tag key. Tag keys cannot start with 'aws:' (case insensitive)"));
        }
        // The service's own words are not known.
        if key.is_empty() || key.chars().count() > MAX_KEY {
            return Err(Refusal::bad_request("Invalid tag key. Tag keys must have 1 to 128 characters"));
        }
        if value.chars().count() > MAX_VALUE {
            return Err(Refusal::bad_request("Invalid tag value. Tag values must have 0 to 256 characters"));
        }
        count += 1;
    }
    if count > MAX_TAGS { Err(Refusal::limit_exceeded("Tags", "this resource")) } else { Ok(()) }
}

fn change(call: &Call<'_>, change: impl FnOnce(&mut Map<String, Value>)) -> Result<Answer, Refusal> {
    call.control.write(|tx: &mut Transaction<'_>| match place(&call.control.store, call.path("resource_arn"))? {
        Place::Record(key) => {
            let mut record: Map<String, Value> = tx.get(&key)?.ok_or_else(invalid)?;
            let tags = record.entry("tags").or_insert_with(|| json!({}));
            if !tags.is_object() {
                *tags = json!({});
            }
            if let Some(tags) = tags.as_object_mut() {
                change(tags);
                check(tags.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default())))?;
            }
            Ok::<_, Refusal>(tx.put(&key, &record)?)
        }
        Place::Api(id) => {
            let definition = tx.definition(&id)?.ok_or_else(invalid)?;
            let mut definition = crate::gateway::ApiDefinition::clone(&definition);
            let tags = std::mem::take(&mut definition.api.tags);
            let mut tags: Map<String, Value> = tags.into_iter().map(|(k, v)| (k, Value::String(v))).collect();
            change(&mut tags);
            check(tags.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default())))?;
            let text = |value: Value| value.as_str().map(str::to_owned).unwrap_or_default();
            definition.api.tags = tags.into_iter().map(|(key, value)| (key, text(value))).collect();
            Ok(tx.put_definition(Arc::new(definition))?)
        }
    })?;
    Ok(Answer::empty())
}
