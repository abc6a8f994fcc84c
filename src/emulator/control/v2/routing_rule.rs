//! Routing rules: which stage a request to a custom domain name goes to, by its headers and base path, in the order of
//! their priorities.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::domain_name::{key as domain_key, named};
use crate::emulator::control::refusal::Refusal;
use crate::emulator::data;
use crate::emulator::store::{Store, Transaction};
use crate::gateway::import::IdSource as _;

use super::definition::{api_key, stage_key};
use super::{input, page_of, required};

/// Two of headers and one of base paths (developer guide, routing rules).
const MAX_CONDITIONS: usize = 3;
/// The rules of a domain name on a page.
const DEFAULT_PAGE: usize = 100;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    actions: Option<Vec<Action>>,
    conditions: Option<Vec<Condition>>,
    priority: Option<i64>,
}

/// A rule (shape `RoutingRule`).
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct RoutingRule {
    actions: Vec<Action>,
    conditions: Vec<Condition>,
    priority: i64,
    routing_rule_arn: String,
    routing_rule_id: String,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Action {
    invoke_api: Option<InvokeApi>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct InvokeApi {
    api_id: Option<String>,
    stage: Option<String>,
    strip_base_path: bool,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Condition {
    #[serde(skip_serializing_if = "Option::is_none")]
    match_base_paths: Option<BasePaths>,
    #[serde(skip_serializing_if = "Option::is_none")]
    match_headers: Option<Headers>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BasePaths {
    any_of: Vec<String>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Headers {
    any_of: Vec<HeaderValue>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct HeaderValue {
    header: String,
    value_glob: String,
}

fn domain(call: &Call<'_>) -> String {
    named(call, call.path("domainName"))
}

fn key(domain: &str, id: &str) -> String {
    format!("routingrule/{domain}/{id}")
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let domain = domain(call);
    if !call.control.store.contains(&domain_key(&domain)) {
        return Err(super::domain_name::unknown());
    }
    let mut rules: Vec<RoutingRule> = call.control.store.list(&key(&domain, ""))?;
    rules.sort_by_key(|rule| rule.priority);
    let (rules, next) = page_of(call, &rules, DEFAULT_PAGE)?;
    let mut body = json!({ "routingRules": rules });
    if let Some(next) = next {
        body["nextToken"] = Value::String(next);
    }
    Ok(Answer::json(body))
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let rule: Option<RoutingRule> = call.control.store.get(&key(&domain(call), call.path("routingRuleId")))?;
    Answer::entity(&rule.ok_or_else(unknown)?)
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    write(call, call.ids().next_id(6), false)
}

pub(in super::super) fn put(call: &Call<'_>) -> Result<Answer, Refusal> {
    write(call, call.path("routingRuleId").to_owned(), true)
}

fn write(call: &Call<'_>, id: String, is_there: bool) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let domain = domain(call);
    let control = call.control;
    let partition = crate::gateway::partition(&control.region);
    let rule = RoutingRule {
        actions: required(input.actions, "actions")?,
        conditions: required(input.conditions, "conditions")?,
        priority: required(input.priority, "priority")?,
        routing_rule_arn: format!(
            "arn:{partition}:apigateway:{}:{}:/domainnames/{domain}/routingrules/{id}",
            control.region, control.account_id
        ),
        routing_rule_id: id,
    };
    check(&rule)?;
    control.write(|tx| {
        if !tx.contains(&domain_key(&domain)) {
            return Err(super::domain_name::unknown());
        }
        let record = key(&domain, &rule.routing_rule_id);
        if is_there && !tx.contains(&record) {
            return Err(unknown());
        }
        let others: Vec<RoutingRule> = tx.list(&key(&domain, ""))?;
        let same =
            |other: &RoutingRule| other.priority == rule.priority && other.routing_rule_id != rule.routing_rule_id;
        if others.iter().any(same) {
            let priority = rule.priority;
            return Err(Refusal::conflict(format!("A routing rule with priority {priority} already exists")));
        }
        check_target(tx, &rule)?;
        Ok(tx.put(&record, &rule)?)
    })?;
    Answer::entity(&rule)
}

/// Returns the rules of a domain name as requests follow them, by priority.
pub(crate) fn followed(store: &Store, domain: &str) -> Vec<data::RoutingRule> {
    let mut rules: Vec<RoutingRule> = store.list(&key(domain, "")).unwrap_or_default();
    rules.sort_by_key(|rule| rule.priority);
    let followed = |rule: RoutingRule| {
        let InvokeApi { api_id, stage, strip_base_path } = rule.actions.into_iter().find_map(|a| a.invoke_api)?;
        let paths = |paths: BasePaths| data::RoutingCondition::BasePaths(paths.any_of);
        let headers = |headers: Headers| {
            let pairs = headers.any_of.into_iter().map(|HeaderValue { header, value_glob }| (header, value_glob));
            data::RoutingCondition::Headers(pairs.collect())
        };
        let conditions = rule.conditions.into_iter();
        let conditions = conditions.flat_map(|condition| {
            condition.match_base_paths.map(paths).into_iter().chain(condition.match_headers.map(headers))
        });
        Some(data::RoutingRule { conditions: conditions.collect(), api_id: api_id?, stage: stage?, strip_base_path })
    };
    rules.into_iter().filter_map(followed).collect()
}

/// Demands what the service model and the developer guide do; the words are guesses.
fn check(rule: &RoutingRule) -> Result<(), Refusal> {
    if !(1..=1_000_000).contains(&rule.priority) {
        return Err(Refusal::bad_request("priority must be between 1 and 1000000"));
    }
    let [Action { invoke_api: Some(InvokeApi { api_id: Some(_), stage: Some(_), .. }) }] = rule.actions.as_slice()
    else {
        return Err(Refusal::bad_request("actions must have exactly one invokeApi with an apiId and a stage"));
    };
    for condition in &rule.conditions {
        let given = match (&condition.match_base_paths, &condition.match_headers) {
            (Some(paths), None) => paths.any_of.len(),
            (None, Some(headers)) => headers.any_of.len(),
            _ => 0,
        };
        if given == 0 {
            return Err(Refusal::bad_request("A condition must have either matchBasePaths or matchHeaders"));
        }
    }
    if rule.conditions.len() > MAX_CONDITIONS {
        return Err(Refusal::bad_request(
            "A routing rule has at most two header conditions and one base path condition",
        ));
    }
    Ok(())
}

/// Demands that the stage that a rule leads to is there.
fn check_target(tx: &Transaction<'_>, rule: &RoutingRule) -> Result<(), Refusal> {
    for target in rule.actions.iter().filter_map(|action| action.invoke_api.as_ref()) {
        let (id, stage) = (target.api_id.as_deref().unwrap_or_default(), target.stage.as_deref().unwrap_or_default());
        let is_http = tx.contains(&api_key(id));
        if !is_http && !tx.contains(&crate::emulator::store::api_key(id)) {
            return Err(Refusal::bad_request("Invalid API identifier specified"));
        }
        let record = if is_http { stage_key(id, stage) } else { crate::emulator::control::stage::key(id, stage) };
        if !tx.contains(&record) {
            return Err(Refusal::bad_request("Invalid stage identifier specified"));
        }
    }
    Ok(())
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.control.remove(&key(&domain(call), call.path("routingRuleId")), unknown)?;
    Ok(Answer::empty())
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid routing rule identifier specified")
}
