//! Versions and aliases of functions: kept as data; all of them run the function's latest code.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::emulator::lambda::FunctionName;

use super::Control;
use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::function::{Function, PENDING, Record, changing, in_list, invalid, name_of};
use super::refusal::{Exception, Refusal};

/// The pattern of shape `Alias`.
const ALIAS: &str = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";

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

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct PublishInput {
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
}

pub(super) fn publish(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: PublishInput = call.input()?;
    let name = FunctionName { qualifier: None, ..name_of(call)? };
    let latest = call.control.function(&name)?;
    if let Some(hash) = input.code_sha256.filter(|hash| !hash.is_empty() && *hash != latest.code_sha256) {
        return Err(invalid(&format!(
            "CodeSHA256 ({hash}) is different from current CodeSHA256 in $LATEST ({}). Please try again with the \
             CodeSHA256 in $LATEST.",
            latest.code_sha256
        )));
    }
    if input.revision_id.is_some_and(|revision| revision != latest.revision_id) {
        return Err(super::function_input::stale("the GetFunction/GetAlias API"));
    }
    publish_latest(call.control, &name.name, input.description)?.answer()
}

/// A version, as a call that may have made it answers it.
pub(super) struct Published {
    pub(super) function: Function,
    is_new: bool,
}

impl Published {
    /// Returns the answer: a version that the call made is still being made (recordings of users).
    pub(super) fn answer(&self) -> Result<Answer, Refusal> {
        match self.is_new {
            true => changing(&self.function, PENDING),
            false => Answer::entity(&self.function),
        }
    }
}

/// Returns what makes one version differ from another.
fn substance(function: &Function) -> Result<Value, Refusal> {
    let mut value = to_value(function)?;
    if let Some(members) = value.as_object_mut() {
        for member in ["FunctionArn", "Version", "RevisionId", "LastModified", "Description"] {
            members.shift_remove(member);
        }
    }
    Ok(value)
}

/// Makes a version of a function as it is now; without a change there is no new version.
pub(super) fn publish_latest(control: &Control, name: &str, description: Option<String>) -> Result<Published, Refusal> {
    let latest = control.function(&FunctionName { name: name.to_owned(), qualifier: None })?;
    control.write(|tx| {
        let versions: Vec<Function> = tx.list(&format!("functionversion/{name}/"))?;
        if let Some(last) = versions.last()
            && substance(last)? == substance(&latest)?
        {
            return Ok(Published { function: last.clone(), is_new: false });
        }
        let known = versions.last().and_then(|last| last.version.parse().ok()).unwrap_or_default();
        let mut record: Option<Record> = tx.get(&super::function::key(name))?;
        let number = record.as_ref().map_or(0, |record| record.published).max(known) + 1;
        if let Some(record) = &mut record {
            record.published = number;
            tx.put(&super::function::key(name), record)?;
        }
        let mut published = latest.clone();
        if let Some(description) = description.filter(|text| !text.is_empty()) {
            published.description = description;
        }
        published.version = number.to_string();
        published.function_arn = format!("{}:{number}", latest.function_arn);
        published.revision_id = uuid::Uuid::new_v4().to_string();
        tx.put(&version_key(name, number), &published)?;
        Ok(Published { function: published, is_new: true })
    })
}

/// Returns a function and its versions, each under an ARN of its own.
pub(super) fn all(control: &Control, name: &FunctionName) -> Result<Vec<Function>, Refusal> {
    let mut latest = control.function(name)?;
    latest.function_arn.push_str(":$LATEST");
    let mut versions = vec![latest];
    versions.extend(control.store.list::<Function>(&format!("functionversion/{}/", name.name))?);
    Ok(versions)
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let versions = all(call.control, &name_of(call)?)?;
    super::function_input::page(call, "Versions", versions.iter().map(in_list).collect::<Result<_, _>>()?)
}

/// The pattern of a qualifier (shape `NumericLatestPublishedOrAliasQualifier`).
const QUALIFIER: &str = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+";

/// Deletes one version of a function; one that is not there is as good as deleted. The words are known from reports of
/// users.
pub(super) fn delete(call: &Call<'_>, name: &str, version: &str) -> Result<Answer, Refusal> {
    if version == "$LATEST" {
        return Err(invalid("$LATEST version cannot be deleted without deleting the function."));
    }
    let mut constraints = Constraints::new("");
    let legal = |c: char| c.is_ascii_alphanumeric() || "$_-".contains(c);
    constraints.pattern("qualifier", version, version.chars().all(legal), QUALIFIER);
    constraints.finish()?;
    // An alias is deleted by its own operation.
    let number: u64 = version.parse().map_err(|_| invalid("Deletion of aliases is not currently supported."))?;
    call.control.write(|tx| {
        let aliases: Vec<Alias> = tx.list(&format!("functionalias/{name}/"))?;
        let users = aliases.iter().filter(|alias| alias.function_version == version).map(|alias| alias.name.as_str());
        let users: Vec<&str> = users.collect();
        if !users.is_empty() {
            let message =
                format!("Unable to delete version because the following aliases reference it: [{}]", users.join(", "));
            return Err(Refusal::new(Exception::ResourceConflict, message).with("Type", "User"));
        }
        tx.delete(&version_key(name, number));
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(super) fn create_alias(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: AliasInput = call.input()?;
    let name = name_of(call)?;
    let function = call.control.function(&name)?;
    let mut constraints = Constraints::new("");
    constraints.required("name", input.name.as_ref());
    if let Some(alias) = &input.name {
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_number = alias.chars().all(|c| c.is_ascii_digit());
        constraints.pattern("name", alias, !is_number && alias.chars().all(legal), ALIAS);
    }
    constraints.required("functionVersion", input.function_version.as_ref());
    constraints.finish()?;
    let (alias, version) = (input.name.unwrap_or_default(), input.function_version.unwrap_or_default());
    let made = Alias {
        alias_arn: format!("{}:{alias}", function.function_arn),
        name: alias.clone(),
        function_version: version,
        description: input.description.unwrap_or_default(),
        routing_config: input.routing_config,
        revision_id: uuid::Uuid::new_v4().to_string(),
    };
    check_version(call.control, &name, &made.function_version)?;
    check_routing(made.routing_config.as_ref(), &made.function_version)?;
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

/// Demands that the versions beside an alias's own are others, and that there is no unpublished one among them (the Lambda
/// developer guide's rules of weighted aliases).
fn check_routing(routing: Option<&Value>, version: &str) -> Result<(), Refusal> {
    let weights = routing.and_then(|routing| routing.get("AdditionalVersionWeights")).and_then(Value::as_object);
    let Some(weights) = weights.filter(|weights| !weights.is_empty()) else { return Ok(()) };
    if weights.len() > 1 {
        return Err(invalid("Number of items in AdditionalVersionWeights cannot be greater than 1"));
    }
    if weights.contains_key(version) {
        return Err(invalid(&format!(
            "Invalid function version {version}. Function version {version} is already included in routing configuration."
        )));
    }
    if version == "$LATEST" || weights.contains_key("$LATEST") {
        return Err(invalid("$LATEST is not supported for an alias pointing to more than 1 version"));
    }
    Ok(())
}

fn unknown_alias(control: &Control, name: &str, alias: &str) -> Refusal {
    let arn = control.gateway.functions.arn(name);
    Refusal::new(Exception::ResourceNotFound, format!("Cannot find alias arn: {arn}:{alias}")).with("Type", "User")
}

pub(super) fn list_aliases(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    call.control.function(&name)?;
    let aliases: Vec<Alias> = call.control.store.list(&format!("functionalias/{}/", name.name))?;
    // Those of one version, if the call names one.
    let wanted = |alias: &&Alias| call.query("FunctionVersion").is_none_or(|version| alias.function_version == version);
    super::function_input::page(call, "Aliases", aliases.iter().filter(wanted).map(to_value).collect::<Result<_, _>>()?)
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
        // No weights are none.
        updated.routing_config = input.routing_config.or(updated.routing_config).filter(|routing| {
            routing
                .get("AdditionalVersionWeights")
                .and_then(Value::as_object)
                .is_some_and(|weights| !weights.is_empty())
        });
        check_routing(updated.routing_config.as_ref(), &updated.function_version)?;
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
