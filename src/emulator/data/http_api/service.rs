//! `AWS_PROXY` with an `integrationSubtype`: an action of an AWS service, sent to the endpoint that is configured for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use indexmap::IndexMap;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::backend::{not_sent, send};
use super::mapping::Scope;
use super::refusal::Refusal;
use super::{Answer, Exchange};
use crate::emulator::data::request::Headers;
use crate::emulator::data::sigv4::{self, ToSign, signature};
use crate::gateway::http_api::Integration;

/// A call of a service, ready to be sent.
struct ServiceCall {
    /// The service's name in `--service-endpoint` and in signatures.
    service: &'static str,
    method: &'static str,
    /// The path and query, beginning with `/`.
    path: String,
    headers: Headers,
    body: String,
}

/// Calls the service and answers what it says.
pub(super) async fn call(
    exchange: &mut Exchange<'_>,
    integration: &Integration,
    subtype: &str,
) -> Result<Answer, Refusal> {
    let scope = Scope::request(exchange);
    let parameters: IndexMap<&str, String> = integration
        .request_parameters
        .iter()
        .flatten()
        .filter_map(|(name, expression)| Some((name.as_str(), scope.value(expression)?)))
        .collect();
    let region = parameters.get("Region").cloned().unwrap_or_else(|| exchange.stage.region.clone());
    let Some(mut call) = ServiceCall::new(subtype, &parameters) else {
        let text = format!("the integration subtype {subtype} is not known");
        exchange.say(&text);
        return Err(Refusal::internal(text));
    };
    let body = Bytes::from(std::mem::take(&mut call.body));
    let host = format!("{}.{region}.amazonaws.com", call.service);
    let Some(endpoint) = exchange.gateway.service_endpoints.get(call.service).map(|e| e.trim_end_matches('/')) else {
        let name = call.service;
        let advice = format!("no endpoint for `{name}` is configured: give one with --service-endpoint {name}=URL");
        let address = format!("https://{host}{}", call.path);
        return Ok(not_sent(exchange, &advice, call.method, &address, &call.headers, &body));
    };
    let address = format!("{endpoint}{}", call.path);
    sign(&mut call, &address, &region, &body);
    send(exchange, call.method, &address, &call.headers, body).await
}

fn sign(call: &mut ServiceCall, address: &str, region: &str, body: &Bytes) {
    let Ok(parsed) = address.parse::<hyper::Uri>() else { return };
    let scope = sigv4::Scope { access_key_id: "test", secret: "test", region, service: call.service };
    let request = ToSign {
        method: call.method,
        host: parsed.authority().map(|a| a.as_str()).unwrap_or_default(),
        path: parsed.path(),
        query: parsed.query().unwrap_or_default(),
        body,
    };
    for (name, value) in signature(&scope, &request, Timestamp::now()) {
        call.headers.set(name, value);
    }
}

impl ServiceCall {
    fn new(subtype: &str, parameters: &IndexMap<&str, String>) -> Option<Self> {
        let text = |name: &str| parameters.get(name).cloned().unwrap_or_default();
        Some(match subtype {
            "EventBridge-PutEvents" => {
                let mut entry = members(
                    parameters,
                    &["Detail", "DetailType", "Source", "EventBusName", "TraceHeader"],
                    str::to_owned,
                );
                if let Some(time) = parameters.get("Time") {
                    entry.insert("Time".into(), time.parse::<f64>().map_or_else(|_| json!(time), |t| json!(t)));
                }
                if let Some(resources) = parameters.get("Resources") {
                    entry.insert("Resources".into(), list(resources));
                }
                json_call("events", "AWSEvents.PutEvents", "1.1", &json!({ "Entries": [entry] }))
            }
            "Kinesis-PutRecord" => {
                let names = ["StreamName", "PartitionKey", "SequenceNumberForOrdering", "ExplicitHashKey"];
                let mut record = members(parameters, &names, str::to_owned);
                let data = text("Data");
                // The service takes base64; what is none becomes some.
                let encoded = if STANDARD.decode(&data).is_ok() { data } else { STANDARD.encode(data) };
                record.insert("Data".into(), encoded.into());
                json_call("kinesis", "Kinesis_20131202.PutRecord", "1.1", &Value::Object(record))
            }
            "StepFunctions-StartExecution" | "StepFunctions-StartSyncExecution" => {
                let action = subtype.trim_start_matches("StepFunctions-");
                let names = ["StateMachineArn", "Name", "Input", "TraceHeader"];
                let input = Value::Object(members(parameters, &names, lower_first));
                json_call("states", &format!("AWSStepFunctions.{action}"), "1.0", &input)
            }
            "StepFunctions-StopExecution" => {
                let input = Value::Object(members(parameters, &["ExecutionArn", "Cause", "Error"], lower_first));
                json_call("states", "AWSStepFunctions.StopExecution", "1.0", &input)
            }
            "AppConfig-GetConfiguration" => {
                let mut path = format!(
                    "/applications/{}/environments/{}/configurations/{}?client_id={}",
                    encoded(&text("Application")),
                    encoded(&text("Environment")),
                    encoded(&text("Configuration")),
                    encoded(&text("ClientId"))
                );
                if let Some(version) = parameters.get("ClientConfigurationVersion") {
                    path.push_str(&format!("&client_configuration_version={}", encoded(version)));
                }
                Self { service: "appconfig", method: "GET", path, headers: Headers::default(), body: String::new() }
            }
            _ => sqs_call(subtype.strip_prefix("SQS-")?, parameters),
        })
    }
}

/// Returns a call of a service whose actions are named in a header.
fn json_call(service: &'static str, target: &str, version: &str, input: &Value) -> ServiceCall {
    let kind = format!("application/x-amz-json-{version}");
    let headers = [("content-type", kind.as_str()), ("x-amz-target", target)].into_iter().collect();
    ServiceCall { service, method: "POST", path: "/".to_owned(), headers, body: input.to_string() }
}

/// Returns a call of SQS, whose answers are XML.
fn sqs_call(action: &str, parameters: &IndexMap<&str, String>) -> ServiceCall {
    let mut form = vec![("Action".to_owned(), action.to_owned()), ("Version".to_owned(), "2012-11-05".to_owned())];
    for (name, value) in parameters {
        match *name {
            "Region" => {}
            "MessageAttributes" => form.extend(attributes("MessageAttribute", value)),
            "MessageSystemAttributes" => form.extend(attributes("MessageSystemAttribute", value)),
            "AttributeNames" => form.extend(numbered("AttributeName", value)),
            "MessageAttributeNames" => form.extend(numbered("MessageAttributeName", value)),
            _ => form.push(((*name).to_owned(), value.clone())),
        }
    }
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let headers = [("content-type", "application/x-www-form-urlencoded")].into_iter().collect();
    ServiceCall { service: "sqs", method: "POST", path: "/".to_owned(), headers, body: body.join("&") }
}

/// Returns `{name: {DataType, StringValue}}` as numbered form items.
fn attributes(prefix: &str, text: &str) -> Vec<(String, String)> {
    let Ok(Value::Object(all)) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut items = Vec::new();
    for (index, (name, attribute)) in all.iter().enumerate() {
        let prefix = format!("{prefix}.{}", index + 1);
        items.push((format!("{prefix}.Name"), name.clone()));
        for (member, value) in attribute.as_object().into_iter().flatten() {
            if let Some(value) = value.as_str() {
                items.push((format!("{prefix}.Value.{member}"), value.to_owned()));
            }
        }
    }
    items
}

fn numbered(prefix: &str, text: &str) -> Vec<(String, String)> {
    let names = list(text);
    let names = names.as_array().cloned().unwrap_or_default();
    let named = names.iter().enumerate();
    named.filter_map(|(i, name)| Some((format!("{prefix}.{}", i + 1), name.as_str()?.to_owned()))).collect()
}

/// Returns the list that a text is: JSON, or words between commas.
fn list(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(list @ Value::Array(_)) => list,
        _ => text.split(',').map(|t| json!(t.trim())).collect(),
    }
}

fn members(parameters: &IndexMap<&str, String>, names: &[&str], rename: fn(&str) -> String) -> Map<String, Value> {
    names.iter().filter_map(|name| Some((rename(name), parameters.get(name)?.clone().into()))).collect()
}

fn lower_first(name: &str) -> String {
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
