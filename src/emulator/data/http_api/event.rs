//! The events that functions get, in both payload formats (`http-api-develop-integrations-lambda` of the developer
//! guide).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Exchange;
use super::mapping::joined;
use crate::emulator::data::request::{Headers, media_type, percent_decoded};

/// Returns the event of format 2.0: names in lower case, repeated values joined, cookies apart, nothing that is empty.
pub(super) fn v2(exchange: &Exchange<'_>) -> Map<String, Value> {
    let mut event = head_v2(exchange);
    let (body, encoded) = body(exchange);
    if let Some(body) = body {
        event.insert("body".into(), body.into());
    }
    event.insert("isBase64Encoded".into(), encoded.into());
    event
}

/// Returns what an authorizer's event has in common with an integration's: all but the body.
pub(super) fn head_v2(exchange: &Exchange<'_>) -> Map<String, Value> {
    let request = &exchange.request;
    let mut event = Map::new();
    event.insert("version".into(), "2.0".into());
    event.insert("routeKey".into(), exchange.route.route.route_key.clone().into());
    event.insert("rawPath".into(), percent_decoded(&request.full_path).into());
    event.insert("rawQueryString".into(), exchange.raw_query.clone().into());
    let all = headers(exchange);
    let cookies: Vec<&str> = all
        .iter()
        .filter(|(name, _)| *name == "cookie")
        .flat_map(|(_, value)| value.split(';'))
        .map(str::trim)
        .filter(|cookie| !cookie.is_empty())
        .collect();
    if !cookies.is_empty() {
        event.insert("cookies".into(), json!(cookies));
    }
    let mut names: IndexMap<&str, String> = IndexMap::new();
    for (name, _) in all.iter().filter(|(name, _)| *name != "cookie") {
        names.entry(name).or_insert_with(|| joined(&all, name).unwrap_or_default());
    }
    event.insert("headers".into(), json!(names));
    if !request.query.is_empty() {
        let query: IndexMap<&String, String> = request.query.iter().map(|(n, v)| (n, v.join(","))).collect();
        event.insert("queryStringParameters".into(), json!(query));
    }
    event.insert("requestContext".into(), context_v2(exchange));
    if !request.path_parameters.is_empty() {
        event.insert("pathParameters".into(), path_parameters(exchange));
    }
    if !exchange.variables().is_empty() {
        event.insert("stageVariables".into(), json!(exchange.variables()));
    }
    event
}

fn context_v2(exchange: &Exchange<'_>) -> Value {
    let request = &exchange.request;
    let context = &exchange.context;
    let variable = |name: &str| context.variable(name).map(std::borrow::Cow::into_owned).unwrap_or(Value::Null);
    let mut members = Map::new();
    members.insert("accountId".into(), exchange.stage.account_id.clone().into());
    members.insert("apiId".into(), exchange.stage.api_id.clone().into());
    if let Some(authorizer) = &exchange.authorizer {
        members.insert("authorizer".into(), authorizer.clone());
    }
    members.insert("domainName".into(), variable("domainName"));
    members.insert("domainPrefix".into(), variable("domainPrefix"));
    let http = json!({
        "method": request.method,
        "path": percent_decoded(&request.full_path),
        "protocol": request.protocol,
        "sourceIp": request.source_ip.to_string(),
        "userAgent": request.headers.any_case("user-agent").unwrap_or_default(),
    });
    members.insert("http".into(), http);
    members.insert("requestId".into(), context.request_id().into());
    members.insert("routeKey".into(), exchange.route.route.route_key.clone().into());
    members.insert("stage".into(), exchange.stage.stage.stage_name.clone().into());
    members.insert("time".into(), variable("requestTime"));
    members.insert("timeEpoch".into(), variable("requestTimeEpoch"));
    Value::Object(members)
}

/// Returns the event of format 1.0: that of a REST API, with `version`.
pub(super) fn v1(exchange: &Exchange<'_>) -> Map<String, Value> {
    let mut event = head_v1(exchange);
    let (body, encoded) = body(exchange);
    event.insert("body".into(), body.map_or(Value::Null, Value::String));
    event.insert("isBase64Encoded".into(), encoded.into());
    event
}

/// Returns what an authorizer's event has in common with an integration's: all but the body.
pub(super) fn head_v1(exchange: &Exchange<'_>) -> Map<String, Value> {
    let request = &exchange.request;
    let resource = exchange.route.path().unwrap_or(&request.path);
    let all = headers(exchange);
    let grouped = all.grouped();
    let last: IndexMap<&str, &str> = grouped.iter().filter_map(|(n, v)| Some((*n, *v.last()?))).collect();
    let query: IndexMap<&String, &String> = request.query.iter().filter_map(|(n, v)| Some((n, v.last()?))).collect();
    let filled = |value: Value| match value.as_object().is_some_and(|m| !m.is_empty()) {
        true => value,
        false => Value::Null,
    };
    let mut event = Map::new();
    let mut insert = |name: &str, value: Value| {
        event.insert(name.to_owned(), value);
    };
    insert("version", "1.0".into());
    insert("resource", resource.into());
    insert("path", percent_decoded(&request.path).into());
    insert("httpMethod", request.method.clone().into());
    insert("headers", json!(last));
    insert("multiValueHeaders", json!(grouped));
    insert("queryStringParameters", filled(json!(query)));
    insert("multiValueQueryStringParameters", filled(json!(request.query)));
    insert("requestContext", context_v1(exchange, resource));
    insert("pathParameters", filled(path_parameters(exchange)));
    insert("stageVariables", filled(json!(exchange.variables())));
    event
}

fn context_v1(exchange: &Exchange<'_>, resource: &str) -> Value {
    let context = &exchange.context;
    let variable = |name: &str| context.variable(name).map(std::borrow::Cow::into_owned).unwrap_or(Value::Null);
    let authorizer = match &exchange.authorizer {
        // Functions see what their kind of authorizer says, without the name of the kind.
        Some(Value::Object(kinds)) => kinds.values().next().cloned().unwrap_or(Value::Null),
        _ => json!({ "claims": null, "scopes": null }),
    };
    json!({
        "accountId": exchange.stage.account_id,
        "apiId": exchange.stage.api_id,
        "authorizer": authorizer,
        "domainName": variable("domainName"),
        "domainPrefix": variable("domainPrefix"),
        "extendedRequestId": context.request_id(),
        "httpMethod": exchange.request.method,
        "identity": variable("identity"),
        "path": percent_decoded(&exchange.request.full_path),
        "protocol": exchange.request.protocol,
        "requestId": context.request_id(),
        "requestTime": variable("requestTime"),
        "requestTimeEpoch": variable("requestTimeEpoch"),
        "resourceId": null,
        "resourcePath": resource,
        "stage": exchange.stage.stage.stage_name,
    })
}

fn path_parameters(exchange: &Exchange<'_>) -> Value {
    let parameters = exchange.request.path_parameters.iter();
    let decoded: IndexMap<&String, String> = parameters.map(|(n, v)| (n, percent_decoded(v))).collect();
    json!(decoded)
}

/// Returns the client's headers, names in lower case, and those that say where it came from.
fn headers(exchange: &Exchange<'_>) -> Headers {
    let request = &exchange.request;
    let kept = request.headers.iter().filter(|(n, _)| !n.eq_ignore_ascii_case("connection"));
    let mut headers: Headers = kept.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    let client = request.source_ip.to_string();
    let forwarded = joined(&request.headers, "x-forwarded-for");
    headers.set("x-amzn-trace-id", exchange.context.trace_id());
    headers.set("x-forwarded-for", forwarded.map_or(client.clone(), |f| format!("{f}, {client}")));
    headers.set("x-forwarded-port", request.port.to_string());
    headers.set("x-forwarded-proto", "http");
    headers
}

/// Returns the body as an event has it, and whether it is in base64: all but a few types of text is.
fn body(exchange: &Exchange<'_>) -> (Option<String>, bool) {
    let request = &exchange.request;
    if request.body.is_empty() {
        return (None, false);
    }
    let kind = request.headers.any_case("content-type").and_then(media_type).unwrap_or_default();
    let is_text = kind.starts_with("text/")
        || matches!(&*kind, "application/json" | "application/javascript" | "application/xml");
    match std::str::from_utf8(&request.body).ok().filter(|_| is_text) {
        Some(text) => (Some(text.to_owned()), false),
        None => (Some(STANDARD.encode(&request.body)), true),
    }
}
