//! DocumentationPart and DocumentationVersion.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::gateway::extension;
use crate::gateway::import::{IdSource as _, lines, listed_parts, location_fault};
use crate::gateway::{
    ApiDefinition, DocumentationLocation, DocumentationPart, DocumentationVersion, Quotas, SmallMap, Stage,
};

use super::Control;
use super::call::{Answer, Call, to_value};
use super::constraint::{self, Constraints};
use super::page::page;
use super::patch::{self, Op};
use super::refusal::Refusal;

const TYPES: [&str; 12] = [
    "API",
    "AUTHORIZER",
    "MODEL",
    "RESOURCE",
    "METHOD",
    "PATH_PARAMETER",
    "QUERY_PARAMETER",
    "REQUEST_HEADER",
    "REQUEST_BODY",
    "RESPONSE",
    "RESPONSE_HEADER",
    "RESPONSE_BODY",
];

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreatePartInput {
    location: Option<LocationInput>,
    properties: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LocationInput {
    #[serde(rename = "type")]
    location_type: Option<String>,
    path: Option<String>,
    method: Option<String>,
    status_code: Option<String>,
    name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateVersionInput {
    documentation_version: Option<String>,
    stage_name: Option<String>,
    description: Option<String>,
}

impl From<LocationInput> for DocumentationLocation {
    fn from(input: LocationInput) -> Self {
        Self {
            location_type: input.location_type.unwrap_or_default(),
            path: input.path,
            method: input.method,
            status_code: input.status_code,
            name: input.name,
        }
    }
}

/// A documentation version with the parts as they were then.
#[derive(Serialize, Deserialize)]
pub(super) struct VersionRecord {
    pub(super) version: DocumentationVersion,
    pub(super) parts: BTreeMap<String, DocumentationPart>,
}

fn version_key(api_id: &str, version: &str) -> String {
    format!("docversion/{api_id}/{version}")
}

/// Returns the documentation version that a stage shows.
pub(super) fn shown(control: &Control, api_id: &str, stage: &Stage) -> Result<Option<VersionRecord>, Refusal> {
    let Some(version) = &stage.documentation_version else { return Ok(None) };
    Ok(control.store.get(&version_key(api_id, version))?)
}

pub(super) fn list_parts(call: &Call<'_>) -> Result<Answer, Refusal> {
    if let Some(kind) = call.query("type") {
        constraint::parameter_one_of("type", kind, &TYPES)?;
    }
    if let Some(status) = call.query("locationStatus") {
        constraint::parameter_one_of("locationStatus", status, &["DOCUMENTED", "UNDOCUMENTED"])?;
    }
    let definition = call.control.definition(call.path("restapi_id"))?;
    let matches = |wanted: Option<&str>, actual: Option<&str>| wanted.is_none_or(|wanted| actual == Some(wanted));
    let wanted = |location: &DocumentationLocation| {
        matches(call.query("type"), Some(&location.location_type))
            && matches(call.query("name"), location.name.as_deref())
            && matches(call.query("path"), location.path.as_deref())
    };
    if call.query("locationStatus") == Some("UNDOCUMENTED") {
        let locations = undocumented(&definition).into_iter().filter(wanted);
        return page(call, locations.map(|location| json!({ "location": location })).collect());
    }
    let mut parts: Vec<&DocumentationPart> =
        definition.documentation_parts.values().filter(|part| wanted(&part.location)).collect();
    parts.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    page(call, parts.into_iter().map(to_value).collect::<Result<_, _>>()?)
}

/// Returns where an API could be documented and is not, in order: each entity that has no part of exactly its place.
fn undocumented(definition: &ApiDefinition) -> BTreeSet<DocumentationLocation> {
    let mut places = BTreeSet::new();
    let mut add = |kind: &str, path: Option<&str>, method: Option<&str>, status: Option<&str>, name: Option<&str>| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        places.insert(DocumentationLocation {
            location_type: kind.to_owned(),
            path: owned(path),
            method: owned(method),
            status_code: owned(status),
            name: owned(name),
        });
    };
    add("API", None, None, None, None);
    for authorizer in definition.authorizers.values() {
        add("AUTHORIZER", None, None, None, Some(&authorizer.name));
    }
    for name in definition.models.keys() {
        add("MODEL", None, None, None, Some(name));
    }
    for resource in definition.resources.values() {
        let path = Some(resource.path.as_str());
        add("RESOURCE", path, None, None, None);
        for (verb, method) in &resource.resource_methods {
            let verb = Some(verb.as_str());
            add("METHOD", path, verb, None, None);
            if method.request_models.as_ref().is_some_and(|models| !models.is_empty()) {
                add("REQUEST_BODY", path, verb, None, None);
            }
            for name in method.request_parameters.iter().flat_map(SmallMap::keys) {
                let kind = match name.strip_prefix("method.request.").and_then(|rest| rest.split_once('.')) {
                    Some(("path", name)) => Some(("PATH_PARAMETER", name)),
                    Some(("querystring", name)) => Some(("QUERY_PARAMETER", name)),
                    Some(("header", name)) => Some(("REQUEST_HEADER", name)),
                    _ => None,
                };
                if let Some((kind, name)) = kind {
                    add(kind, path, verb, None, Some(name));
                }
            }
            for (status, response) in &method.method_responses {
                let status = Some(status.as_str());
                add("RESPONSE", path, verb, status, None);
                if response.response_models.as_ref().is_some_and(|models| !models.is_empty()) {
                    add("RESPONSE_BODY", path, verb, status, None);
                }
                for name in response.response_parameters.iter().flat_map(SmallMap::keys) {
                    add("RESPONSE_HEADER", path, verb, status, name.strip_prefix("method.response.header."));
                }
            }
        }
    }
    for part in definition.documentation_parts.values() {
        places.remove(&part.location);
    }
    places
}

fn sort_key(part: &DocumentationPart) -> (&str, &DocumentationLocation) {
    (part.location.location_type.as_str(), &part.location)
}

pub(super) fn get_part(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition_or(call.path("restapi_id"), unknown_part)?;
    Answer::entity(definition.documentation_parts.get(call.path("part_id")).ok_or_else(unknown_part)?)
}

pub(super) fn create_part(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreatePartInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("location", input.location.as_ref());
    if let Some(location) = &input.location {
        constraints.required("location.type", location.location_type.as_ref());
        constraints.one_of("location.type", location.location_type.as_deref(), &TYPES);
        constraints.location_status_code("location.statusCode", location.status_code.as_deref());
    }
    constraints.required("properties", input.properties.as_ref());
    constraints.finish()?;
    let properties = input.properties.unwrap_or_default();
    check_properties(&properties)?;
    let given = input.location.unwrap_or_default();
    if let Some(message) = location_fault(&given.clone().into()) {
        return Err(Refusal::bad_request(message));
    }
    let location = location(given);
    let id = call.path("restapi_id");
    let made = call.control.edit(
        id,
        || call.control.unknown_api(id),
        |definition, _| {
            if definition.documentation_parts.len() >= Quotas::default().documentation_parts {
                return Err(Refusal::limit_exceeded("Documentation parts", "this API"));
            }
            if definition.documentation_parts.values().any(|part| part.location == location) {
                return Err(occupied(&location));
            }
            let made = DocumentationPart { id: call.ids().next_id(6), location, properties };
            definition.documentation_parts.insert(made.id.clone(), made.clone());
            Ok(made)
        },
    )?;
    Answer::entity(&made)
}

fn occupied(location: &DocumentationLocation) -> Refusal {
    let members = [
        ("type", Some(&location.location_type)),
        ("path", location.path.as_ref()),
        ("method", location.method.as_ref()),
        ("statusCode", location.status_code.as_ref()),
        ("name", location.name.as_ref()),
    ];
    let said = members.iter().filter_map(|(member, value)| value.map(|value| format!("{member} '{value}'")));
    let said: Vec<String> = said.collect();
    Refusal::conflict(format!("Documentation part already exists for the specified location: {}.", said.join(", ")))
}

/// Returns a location with the path that AWS fills in for kinds that have one (recorded).
fn location(input: LocationInput) -> DocumentationLocation {
    let location_type = input.location_type.unwrap_or_default();
    let has_path = !matches!(location_type.as_str(), "API" | "AUTHORIZER" | "MODEL");
    let has_status = matches!(location_type.as_str(), "RESPONSE" | "RESPONSE_HEADER" | "RESPONSE_BODY");
    DocumentationLocation {
        path: input.path.or_else(|| has_path.then(|| "/".to_owned())),
        method: input.method,
        status_code: input.status_code.filter(|_| has_status),
        name: input.name,
        location_type,
    }
}

pub(super) fn update_part(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let updated = call.control.edit(call.path("restapi_id"), unknown_part, |definition, _| {
        let part = definition.documentation_parts.get_mut(call.path("part_id")).ok_or_else(unknown_part)?;
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/properties") => {
                    check_properties(&operation.text())?;
                    part.properties = operation.text();
                }
                _ => return Err(operation.unsupported(&["/properties"])),
            }
        }
        Ok(part.clone())
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete_part(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.control.edit(call.path("restapi_id"), unknown_part, |definition, _| {
        definition.documentation_parts.remove(call.path("part_id")).ok_or_else(unknown_part)
    })?;
    Ok(Answer::empty())
}

/// Takes the parts of a document's `x-amazon-apigateway-documentation`.
pub(super) fn import_parts(call: &Call<'_>) -> Result<Answer, Refusal> {
    if let Some(mode) = call.query("mode") {
        constraint::parameter_one_of("mode", mode, &["merge", "overwrite"])?;
    }
    let overwrite = call.query("mode") == Some("overwrite");
    let invalid = || Refusal::bad_request("Unable to build importer with provided input.");
    let document = super::document::document(call).map_err(|_| invalid())?;
    if document.root().get("swagger").is_none() && document.root().get("openapi").is_none() {
        return Err(invalid());
    }
    let listed = document.root().get(extension::DOCUMENTATION).map(listed_parts);
    let (parts, faults) = listed.unwrap_or_default();
    if !faults.is_empty() {
        return Err(Refusal::bad_request(format!("Errors found during import:{}", lines(&faults))));
    }
    let text = |properties| match properties {
        Value::String(text) => text,
        properties => properties.to_string(),
    };
    let mut parts: Vec<(DocumentationLocation, String)> =
        parts.into_iter().map(|(location, properties)| (location, text(properties))).collect();
    // The ids are answered in the order in which the parts are listed (recorded).
    parts.sort_by(|(a, _), (b, _)| (a.location_type.as_str(), a).cmp(&(b.location_type.as_str(), b)));
    let id = call.path("restapi_id");
    let ids = call.control.edit(
        id,
        || call.control.unknown_api(id),
        |definition: &mut ApiDefinition, _| {
            if overwrite {
                definition.documentation_parts.clear();
            }
            let mut ids = Vec::new();
            for (location, properties) in parts {
                let old = definition.documentation_parts.values().find(|part| part.location == location);
                let part_id = old.map_or_else(|| call.ids().next_id(6), |part| part.id.clone());
                let part = DocumentationPart { id: part_id.clone(), location, properties };
                definition.documentation_parts.insert(part_id.clone(), part);
                ids.push(part_id);
            }
            Ok(ids)
        },
    )?;
    Ok(Answer::json(json!({ "ids": ids })))
}

pub(super) fn list_versions(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("restapi_id");
    call.control.has_api(id)?;
    let records: Vec<VersionRecord> = call.control.store.list(&format!("docversion/{id}/"))?;
    page(call, records.iter().map(|record| to_value(&record.version)).collect::<Result<_, _>>()?)
}

pub(super) fn get_version(call: &Call<'_>) -> Result<Answer, Refusal> {
    let key = version_key(call.path("restapi_id"), call.path("doc_version"));
    let record: VersionRecord = call.control.store.get(&key)?.ok_or_else(unknown_version)?;
    Answer::entity(&record.version)
}

pub(super) fn create_version(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateVersionInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("documentationVersion", input.documentation_version.as_ref());
    constraints.finish()?;
    let id = call.path("restapi_id");
    let name = input.documentation_version.unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::bad_request("Documentation version must be non-empty"));
    }
    let made = DocumentationVersion {
        version: name.clone(),
        created_date: call.now(),
        description: input.description.filter(|text| !text.is_empty()),
    };
    call.control.write(|tx| {
        let definition = tx.definition(id)?.ok_or_else(|| call.control.unknown_api(id))?;
        if tx.contains(&version_key(id, &name)) {
            return Err(Refusal::conflict("Documentation version already exists"));
        }
        let parts = definition.documentation_parts.clone();
        tx.put(&version_key(id, &name), &VersionRecord { version: made.clone(), parts })?;
        if let Some(stage_name) = input.stage_name.filter(|stage| !stage.is_empty()) {
            let key = super::stage::key(id, &stage_name);
            let mut stage: Stage = tx.get(&key)?.ok_or_else(super::stage::unknown)?;
            stage.documentation_version = Some(name.clone());
            stage.last_updated_date = call.now();
            tx.put(&key, &stage)?;
        }
        Ok(())
    })?;
    Answer::entity(&made)
}

pub(super) fn update_version(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let key = version_key(call.path("restapi_id"), call.path("doc_version"));
    let updated = call.control.write(|tx| {
        let mut record: VersionRecord = tx.get(&key)?.ok_or_else(unknown_version)?;
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/description") => record.version.description = operation.non_empty(),
                _ => return Err(operation.unsupported(&["/description"])),
            }
        }
        tx.put(&key, &record)?;
        Ok(record.version)
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete_version(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (id, name) = (call.path("restapi_id"), call.path("doc_version"));
    let key = version_key(id, name);
    call.control.write(|tx| {
        if !tx.contains(&key) {
            return Err(unknown_version());
        }
        let stages: Vec<Stage> = tx.list(&super::stage::key(id, ""))?;
        if stages.iter().any(|stage| stage.documentation_version.as_deref() == Some(name)) {
            // The words are known from reports of users.
            return Err(Refusal::bad_request(
                "Cannot delete documentation version because there are API Stages associated with it.",
            ));
        }
        tx.delete(&key);
        Ok(())
    })?;
    Ok(Answer::empty())
}

fn unknown_part() -> Refusal {
    Refusal::not_found("Invalid Documentation part identifier specified")
}

fn unknown_version() -> Refusal {
    Refusal::not_found("Invalid Documentation version specified")
}

fn check_properties(properties: &str) -> Result<(), Refusal> {
    match serde_json::from_str::<Value>(properties) {
        Ok(Value::Object(_)) => Ok(()),
        _ => Err(Refusal::bad_request("Documentation part properties must be a JSON object")),
    }
}
