//! VPC links of HTTP APIs: data only; the embedded gateway reaches backends at configured addresses.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::definition::load;
use super::{input, page, required};
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::refusal::Refusal;
use crate::emulator::control::tags_of;
use crate::gateway::http_api::api::iso8601;
use crate::gateway::http_api::{Api, Route};
use crate::gateway::import::IdSource as _;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    name: Option<String>,
    security_group_ids: Option<Vec<String>>,
    subnet_ids: Option<Vec<String>>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

/// A VPC link (shape `VpcLink`).
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VpcLink {
    created_date: String,
    name: String,
    security_group_ids: Vec<String>,
    subnet_ids: Vec<String>,
    #[serde(default)]
    tags: IndexMap<String, String>,
    vpc_link_id: String,
    vpc_link_status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vpc_link_status_message: Option<String>,
    vpc_link_version: String,
}

pub(in super::super) fn key(id: &str) -> String {
    format!("httpvpclink/{id}")
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let links: Vec<VpcLink> = call.control.store.list("httpvpclink/")?;
    page(call, &links)
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let link: Option<VpcLink> = call.control.store.get(&key(call.path("vpcLinkId")))?;
    Answer::entity(&link.ok_or_else(unknown)?)
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let subnets = input.subnet_ids.filter(|s| !s.is_empty());
    let subnets = subnets.ok_or_else(|| Refusal::bad_request("SubnetIds for a vpc link cannot be empty"))?;
    if subnets.len() > 10 {
        return Err(Refusal::bad_request("A VPC link has at most 10 subnets"));
    }
    let made = VpcLink {
        created_date: iso8601(call.now()),
        name: required(input.name.filter(|n| !n.is_empty()), "name")?,
        security_group_ids: input.security_group_ids.unwrap_or_default(),
        subnet_ids: subnets,
        tags: tags_of(input.tags)?,
        vpc_link_id: call.ids().next_id(6),
        vpc_link_status: "AVAILABLE".to_owned(),
        vpc_link_status_message: Some("VPC link is ready to route traffic".to_owned()),
        vpc_link_version: "V2".to_owned(),
    };
    call.control.store.write(|tx| tx.put(&key(&made.vpc_link_id), &made))?;
    // The answer to creation is of the link as it begins; it is ready with the next read.
    let pending = VpcLink {
        vpc_link_status: "PENDING".to_owned(),
        vpc_link_status_message: Some("VPC link is provisioning ENIs".to_owned()),
        ..made
    };
    Answer::entity(&pending)
}

pub(in super::super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let record = key(call.path("vpcLinkId"));
    let updated = call.control.write(|tx| {
        let mut link: VpcLink = tx.get(&record)?.ok_or_else(unknown)?;
        if let Some(name) = input.name.filter(|n| !n.is_empty()) {
            link.name = name;
        }
        tx.put(&record, &link)?;
        Ok(link)
    })?;
    Answer::entity(&updated)
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("vpcLinkId");
    call.control.write(|tx| {
        if !tx.contains(&key(id)) {
            return Err(unknown());
        }
        let mut users = Vec::new();
        for api in tx.list::<Api>("httpapi/")? {
            let Some(api) = load(tx, &api.api_id)? else { continue };
            let through = |route: &&Route| {
                let integration = route.integration_id().and_then(|id| api.integrations.get(id));
                integration.is_some_and(|integration| integration.connection_id.as_deref() == Some(id))
            };
            users.extend(api.routes.values().filter(through).map(|route| {
                let verb = route.route_key.split_once(' ').map_or("ANY", |(verb, _)| verb);
                format!("{verb}:{}", route.route_id)
            }));
        }
        if !users.is_empty() {
            // The words are known from reports of users.
            return Err(Refusal::bad_request(format!(
                "Cannot delete vpc link. Vpc link '{id}', is referenced in [{}] in format of [Method:Resource].",
                users.join(", ")
            )));
        }
        tx.delete(&key(id));
        Ok(())
    })?;
    Ok(Answer::json(serde_json::json!({})))
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid Vpc Link identifier specified")
}
