//! VpcLink: data only; the embedded gateway reaches backends directly.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::gateway::import::IdSource as _;
use crate::gateway::{Quotas, Stage};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::page::page;
use super::patch::{self, Op};
use super::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    name: Option<String>,
    description: Option<String>,
    target_arns: Option<Vec<String>>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VpcLink {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    target_arns: Vec<String>,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    #[serde(default)]
    tags: IndexMap<String, String>,
}

fn key(id: &str) -> String {
    format!("vpclink/{id}")
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let links: Vec<VpcLink> = call.control.store.list("vpclink/")?;
    page(call, links.iter().map(without_empty_tags).collect::<Result<_, _>>()?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let link: Option<VpcLink> = call.control.store.get(&key(call.path("vpclink_id")))?;
    Answer::entity(&link.ok_or_else(unknown)?)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("name", input.name.as_ref());
    constraints.required("targetArns", input.target_arns.as_ref());
    constraints.finish()?;
    let name = input.name.filter(|name| !name.is_empty()).ok_or_else(empty_name)?;
    let target_arns = input.target_arns.unwrap_or_default();
    if target_arns.is_empty() {
        return Err(Refusal::bad_request("Target ARNs cannot be empty"));
    }
    if let Some(arn) = target_arns.iter().find(|arn| !arn.starts_with("arn:") || arn.split(':').count() < 6) {
        return Err(Refusal::bad_request(format!("Invalid ARN. ARN is not well formed {arn}")));
    }
    if target_arns.len() > 1 {
        return Err(Refusal::bad_request("More than one target arn specified for vpc link."));
    }
    // What is no Network Load Balancer is found out while the link is made (reports of users).
    let is_balancer = |arn: &String| arn.contains(":elasticloadbalancing:") && arn.contains(":loadbalancer/net/");
    let (status, message) = match target_arns.iter().all(is_balancer) {
        true => ("AVAILABLE", "Your vpc link is ready for use"),
        false => ("FAILED", "NLB ARN is malformed."),
    };
    let made = VpcLink {
        id: call.ids().next_id(6),
        name,
        description: input.description.filter(|text| !text.is_empty()),
        target_arns,
        status: status.to_owned(),
        status_message: Some(message.to_owned()),
        tags: super::tags_of(input.tags)?,
    };
    call.control.write(|tx| {
        if tx.keys("vpclink/").len() >= Quotas::default().vpc_links {
            return Err(Refusal::limit_exceeded("VPC links", "this account"));
        }
        Ok(tx.put(&key(&made.id), &made)?)
    })?;
    // The answer to creation is of the link as it begins; it is ready with the next read.
    let pending = VpcLink { status: "PENDING".to_owned(), status_message: None, ..made };
    without_empty_tags(&pending).map(Answer::json)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let record = key(call.path("vpclink_id"));
    let updated = call.control.write(|tx| {
        let mut link: VpcLink = tx.get(&record)?.ok_or_else(unknown)?;
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/name") => link.name = operation.non_empty().ok_or_else(empty_name)?,
                (Op::Replace, "/description") => link.description = operation.non_empty(),
                // The words are known from reports of users.
                (_, path) if path.starts_with("/targetArns") => {
                    return Err(Refusal::bad_request("Target arns are not allowed to be changed/added."));
                }
                _ => return Err(operation.unsupported(&["/name", "/description"])),
            }
        }
        tx.put(&record, &link)?;
        Ok(link)
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("vpclink_id");
    let record = key(id);
    let users = users(call, id)?;
    call.control.write(|tx| {
        if !tx.contains(&record) {
            return Err(unknown());
        }
        if !users.is_empty() {
            return Err(Refusal::bad_request(format!(
                "Cannot delete vpc link. Vpc link '{id}', is referenced in [{}] in format of \
                 [RESTApiId:Method:Resource:Stage].",
                users.join(", ")
            )));
        }
        tx.delete(&record);
        Ok(())
    })?;
    Ok(Answer::empty())
}

/// Returns the deployed methods that reach their backends by a link, in the words of the refusal to delete it.
fn users(call: &Call<'_>, id: &str) -> Result<Vec<String>, Refusal> {
    let store = &call.control.store;
    let mut users = Vec::new();
    for key in store.keys("stage/") {
        let Some(stage) = store.get::<Stage>(&key)? else { continue };
        let api_id = key.split('/').nth(1).unwrap_or_default();
        let Some(snapshot) = store.snapshot(api_id, &stage.deployment_id)? else { continue };
        for resource in snapshot.definition.resources.values() {
            let methods = resource.resource_methods.iter().filter(|(_, method)| {
                method.method_integration.as_ref().is_some_and(|i| i.connection_id.as_deref() == Some(id))
            });
            users.extend(methods.map(|(verb, _)| format!("{api_id}:{verb}:{}:{}", resource.id, stage.stage_name)));
        }
    }
    Ok(users)
}

fn without_empty_tags(link: &VpcLink) -> Result<Value, Refusal> {
    let mut value = to_value(link)?;
    if let Some(members) = value.as_object_mut().filter(|_| link.tags.is_empty()) {
        members.shift_remove("tags");
    }
    Ok(value)
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid Vpc Link identifier specified")
}

fn empty_name() -> Refusal {
    Refusal::bad_request("Name cannot be empty")
}
