//! What a function has beside its configuration: tags and reserved concurrency.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::json;

use crate::emulator::lambda::FunctionName;

use super::Control;
use super::call::{Answer, Call};
use super::constraint::Constraints;
use super::function::{Function, Record, invalid, key, name_of};
use super::refusal::Refusal;

/// Invocations at once that an account may have, and how many of them stay unreserved (Lambda developer guide, reserved
/// concurrency).
const ACCOUNT_CONCURRENCY: u32 = 1000;
const UNRESERVED: u32 = 100;
/// The most tags of a function.
const MAX_TAGS: usize = 50;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Input {
    tags: Option<IndexMap<String, String>>,
    reserved_concurrent_executions: Option<i64>,
}

/// Returns the function whose ARN a call on tags names.
fn tagged(call: &Call<'_>) -> Result<FunctionName, Refusal> {
    let arn = call.path("resource_arn");
    FunctionName::parse(arn)
        .filter(|_| arn.starts_with("arn:"))
        .ok_or_else(|| invalid(&format!("The resource ARN {arn} names no function")))
}

fn record(control: &Control, name: &FunctionName) -> Result<Record, Refusal> {
    control.store.get(&key(&name.name))?.ok_or_else(|| control.unknown_function(&name.name))
}

/// Changes what is kept of a function; it goes on running as it is.
fn change(
    control: &Control,
    name: &FunctionName,
    change: impl FnOnce(&mut Record) -> Result<(), Refusal>,
) -> Result<Record, Refusal> {
    control.write(|tx| {
        let record: Option<Record> = tx.get(&key(&name.name))?;
        let mut record = record.ok_or_else(|| control.unknown_function(&name.name))?;
        change(&mut record)?;
        tx.put(&key(&name.name), &record)?;
        Ok(record)
    })
}

pub(super) fn list_tags(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = tagged(call)?;
    call.control.function(&name)?;
    // What runs without having been created has none.
    let record: Option<Record> = call.control.store.get(&key(&name.name))?;
    Ok(Answer::json(json!({ "Tags": record.map(|record| record.tags).unwrap_or_default() })))
}

pub(super) fn tag(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let tags = input.tags.ok_or_else(|| invalid("Tags is required"))?;
    change(call.control, &tagged(call)?, |record| {
        record.tags.extend(tags);
        if record.tags.len() > MAX_TAGS {
            return Err(invalid("The number of tags exceeds the maximum of 50 tags of a function"));
        }
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(super) fn untag(call: &Call<'_>) -> Result<Answer, Refusal> {
    let keys: Vec<&String> = call.query.iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key).collect();
    change(call.control, &tagged(call)?, |record| {
        record.tags.retain(|key, _| !keys.contains(&key));
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(super) fn put_concurrency(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let mut constraints = Constraints::new("");
    constraints.within("reservedConcurrentExecutions", input.reserved_concurrent_executions, 0..=i64::MAX);
    constraints.finish()?;
    let reserved = input.reserved_concurrent_executions.and_then(|number| u32::try_from(number).ok());
    let reserved = reserved.ok_or_else(|| invalid("ReservedConcurrentExecutions must be a number of at least 0"))?;
    if reserved > ACCOUNT_CONCURRENCY - UNRESERVED {
        return Err(invalid(&format!(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below \
             its minimum value of [{UNRESERVED}]."
        )));
    }
    set_concurrency(call, Some(reserved))?;
    Ok(Answer::json(json!({ "ReservedConcurrentExecutions": reserved })))
}

pub(super) fn get_concurrency(call: &Call<'_>) -> Result<Answer, Refusal> {
    let record = record(call.control, &name_of(call)?)?;
    let reserved = record.concurrency.map(|reserved| json!({ "ReservedConcurrentExecutions": reserved }));
    Ok(Answer::json(reserved.unwrap_or_else(|| json!({}))))
}

pub(super) fn delete_concurrency(call: &Call<'_>) -> Result<Answer, Refusal> {
    set_concurrency(call, None)?;
    Ok(Answer::empty())
}

fn set_concurrency(call: &Call<'_>, reserved: Option<u32>) -> Result<(), Refusal> {
    let record = change(call.control, &name_of(call)?, |record| {
        record.concurrency = reserved;
        Ok(())
    })?;
    call.control.register(&record);
    Ok(())
}

pub(super) fn account_settings(call: &Call<'_>) -> Result<Answer, Refusal> {
    let records: Vec<Record> = call.control.store.list("function/")?;
    let versions: Vec<Function> = call.control.store.list("functionversion/")?;
    let functions = records.iter().map(|record| &record.function);
    let size: u64 = functions.chain(&versions).map(|function| function.code_size).sum();
    let reserved: u32 = records.iter().filter_map(|record| record.concurrency).sum();
    Ok(Answer::json(json!({
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800_u64,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": ACCOUNT_CONCURRENCY,
            "UnreservedConcurrentExecutions": ACCOUNT_CONCURRENCY.saturating_sub(reserved),
        },
        "AccountUsage": { "TotalCodeSize": size, "FunctionCount": records.len() },
    })))
}
