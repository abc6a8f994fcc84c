//! Versions and aliases of functions: kept as data; all of them run the function's latest code.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::emulator::lambda::FunctionName;

use super::Control;
use super::call::{Answer, Call};
use super::function::{Function, invalid, name_of};
use super::refusal::{Exception, Refusal};

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct AliasInput {
    name: Option<String>,
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<Value>,
}

/// An alias (shape `AliasConfiguration`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alias {
    alias_arn: String,
    name: String,
    function_version: String,
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    routing_config: Option<Value>,
    revision_id: String,
}

fn version_key(name: &str, version: u64) -> String {
    // Numbers of one width, so that the keys' order is theirs.
    format!("functionversion/{name}/{version:08}")
}

fn alias_key(name: &str, alias: &str) -> String {
    format!("functionalias/{name}/{alias}")
}

/// Returns the configuration of a function, of one of its versions, or of the version that an alias leads to.
pub(super) fn qualified(control: &Control, name: &FunctionName) -> Result<Function, Refusal> {
    let latest = control.function(name)?;
    let Some(qualifier) = name.qualifier.as_deref().filter(|qualifier| *qualifier != "$LATEST") else {
        return Ok(latest);
    };
    let alias: Option<Alias> = control.store.get(&alias_key(&name.name, qualifier))?;
    let version = alias.as_ref().map_or(qualifier, |alias| alias.function_version.as_str());
    if version == "$LATEST" {
        return Ok(latest);
    }
    let number: Option<u64> = version.parse().ok();
    let found = match number {
        Some(number) => control.store.get(&version_key(&name.name, number))?,
        None => None,
    };
    found.ok_or_else(|| control.unknown_function(&name.to_string()))
}

pub(super) fn publish(call: &Call<'_>) -> Result<Answer, Refusal> {
    publish_latest(call.control, &name_of(call)?.name)
}

/// Makes a version of a function as it is now; the same code twice is one version.
pub(super) fn publish_latest(control: &Control, name: &str) -> Result<Answer, Refusal> {
    let latest = control.function(&FunctionName { name: name.to_owned(), qualifier: None })?;
    let published = control.write(|tx| {
        let versions: Vec<Function> = tx.list(&format!("functionversion/{name}/"))?;
        if let Some(last) = versions.last().filter(|last| last.code_sha256 == latest.code_sha256) {
            return Ok(last.clone());
        }
        let number = versions.len() as u64 + 1;
        let mut published = latest.clone();
        published.version = number.to_string();
        published.function_arn = format!("{}:{number}", latest.function_arn);
        published.revision_id = uuid::Uuid::new_v4().to_string();
        tx.put(&version_key(name, number), &published)?;
        Ok(published)
    })?;
    let mut answer = Answer::entity(&published)?;
    answer.status = Some(201);
    Ok(answer)
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    let mut versions = vec![call.control.function(&name)?];
    versions.extend(call.control.store.list::<Function>(&format!("functionversion/{}/", name.name))?);
    for version in versions.iter_mut().take(1) {
        version.function_arn.push_str(":$LATEST");
    }
    Ok(Answer::json(json!({ "Versions": versions })))
}

pub(super) fn create_alias(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: AliasInput = call.input()?;
    let name = name_of(call)?;
    let function = call.control.function(&name)?;
    let alias = input.name.filter(|alias| !alias.is_empty()).ok_or_else(|| invalid("Name is required"))?;
    let version = input.function_version.ok_or_else(|| invalid("FunctionVersion is required"))?;
    let made = Alias {
        alias_arn: format!("{}:{alias}", function.function_arn),
        name: alias.clone(),
        function_version: version,
        description: input.description.unwrap_or_default(),
        routing_config: input.routing_config,
        revision_id: uuid::Uuid::new_v4().to_string(),
    };
    check_version(call.control, &name, &made.function_version)?;
    call.control.write(|tx| {
        if tx.contains(&alias_key(&name.name, &alias)) {
            let message = format!("Alias already exists: {}", made.alias_arn);
            return Err(Refusal::new(Exception::ResourceConflict, message).with("Type", "User"));
        }
        Ok(tx.put(&alias_key(&name.name, &alias), &made)?)
    })?;
    Answer::entity(&made)
}

fn check_version(control: &Control, name: &FunctionName, version: &str) -> Result<(), Refusal> {
    qualified(control, &FunctionName { name: name.name.clone(), qualifier: Some(version.to_owned()) }).map(drop)
}

fn unknown_alias(control: &Control, name: &str, alias: &str) -> Refusal {
    let arn = control.gateway.functions.arn(name);
    Refusal::new(Exception::ResourceNotFound, format!("Cannot find alias arn: {arn}:{alias}")).with("Type", "User")
}

pub(super) fn list_aliases(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    call.control.function(&name)?;
    let aliases: Vec<Alias> = call.control.store.list(&format!("functionalias/{}/", name.name))?;
    Ok(Answer::json(json!({ "Aliases": aliases })))
}

pub(super) fn get_alias(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (name, alias) = (name_of(call)?.name, call.path("alias"));
    let found: Option<Alias> = call.control.store.get(&alias_key(&name, alias))?;
    Answer::entity(&found.ok_or_else(|| unknown_alias(call.control, &name, alias))?)
}

pub(super) fn update_alias(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: AliasInput = call.input()?;
    let (name, alias) = (name_of(call)?, call.path("alias"));
    if let Some(version) = &input.function_version {
        check_version(call.control, &name, version)?;
    }
    let updated = call.control.write(|tx| {
        let record = alias_key(&name.name, alias);
        let found: Option<Alias> = tx.get(&record)?;
        let mut updated = found.ok_or_else(|| unknown_alias(call.control, &name.name, alias))?;
        updated.function_version = input.function_version.unwrap_or(updated.function_version);
        updated.description = input.description.unwrap_or(updated.description);
        updated.routing_config = input.routing_config.or(updated.routing_config);
        updated.revision_id = uuid::Uuid::new_v4().to_string();
        tx.put(&record, &updated)?;
        Ok(updated)
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete_alias(call: &Call<'_>) -> Result<Answer, Refusal> {
    let record = alias_key(&name_of(call)?.name, call.path("alias"));
    call.control.write(|tx| {
        tx.delete(&record);
        Ok(())
    })?;
    Ok(Answer::empty())
}
