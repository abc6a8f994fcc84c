//! Lambda authorizers: `TOKEN` and `REQUEST`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::policy::{Caller, Decision, evaluate};
use super::{method_arn, no_expression, refused};
use crate::emulator::data::context::random_uuid;
use crate::emulator::data::exchange::Exchange;
use crate::emulator::data::gateway_response::{Refusal, ResponseType};
use crate::emulator::data::{permission, proxy_event};
use crate::emulator::lambda::{InvokeOptions, function_arn_of_invocation_uri};
use crate::gateway::{Authorizer, AuthorizerType};

/// The seconds that an answer is kept when the authorizer does not say.
const DEFAULT_TTL: i64 = 300;

/// What an authorizer's function answered.
#[derive(Debug, PartialEq)]
pub(super) struct Verdict {
    policy: Value,
    /// `$context.authorizer`: the principal and what the function passes on, as texts.
    context: Map<String, Value>,
    usage_key: Option<String>,
}

/// Asks the authorizer's function, or remembers its answer, and holds the request against the policy it gives.
pub(super) async fn authorize(exchange: &mut Exchange<'_>, authorizer: &Authorizer) -> Result<(), Refusal> {
    let ttl = u64::try_from(authorizer.authorizer_result_ttl_in_seconds.unwrap_or(DEFAULT_TTL)).unwrap_or(0).min(3600);
    let identity = identity(exchange, authorizer, ttl > 0)?;
    let key = (
        exchange.context.get("apiId").unwrap_or_default(),
        exchange.context.get("stage").unwrap_or_default(),
        authorizer.id.clone(),
        identity.clone(),
    );
    let remembered = if ttl > 0 { exchange.gateway.shared.authorizers.get(&key, Instant::now()) } else { None };
    let is_remembered = remembered.is_some();
    let verdict = match remembered {
        Some(verdict) => verdict,
        None => {
            let verdict = Arc::new(ask(exchange, authorizer, &identity).await?);
            if ttl > 0 {
                let results = &exchange.gateway.shared.authorizers;
                results.put(key, Arc::clone(&verdict), Instant::now(), Duration::from_secs(ttl));
            }
            verdict
        }
    };
    let mut context = verdict.context.clone();
    if is_remembered {
        // What is remembered takes no time (native recordings).
        context.insert("integrationLatency".to_owned(), json!(0));
    }
    exchange.context.set("authorizer", Value::Object(context));
    exchange.usage_key = verdict.usage_key.clone();
    let caller = Caller { arn: None, source_ip: exchange.request.source_ip };
    let text = match evaluate(&verdict.policy, &method_arn(exchange), caller) {
        Decision::Allow => return Ok(()),
        Decision::Deny => "User is not authorized to access this resource with an explicit deny",
        Decision::Silent => "User is not authorized to access this resource",
    };
    let mut refusal = Refusal::new(ResponseType::AccessDenied).message(text).log(text);
    refusal.capital = true;
    Err(refusal)
}

/// Returns the values of the identity sources. One that is missing is 401 without a call.
fn identity(exchange: &mut Exchange<'_>, authorizer: &Authorizer, cached: bool) -> Result<Vec<String>, Refusal> {
    let unauthorized = || Refusal::new(ResponseType::Unauthorized);
    let default = match authorizer.authorizer_type {
        AuthorizerType::Token => "method.request.header.Authorization",
        _ => "",
    };
    let sources = authorizer.identity_source.as_deref().filter(|sources| !sources.trim().is_empty()).unwrap_or(default);
    let mut values = Vec::new();
    for source in sources.split(',').map(str::trim).filter(|source| !source.is_empty()) {
        match source_value(exchange, source).filter(|value| !value.is_empty()) {
            Some(value) => values.push(value),
            None => return Err(unauthorized()),
        }
    }
    if values.is_empty() && cached && authorizer.authorizer_type == AuthorizerType::Request {
        let text = format!("authorizer {} caches its answers but names no identity source", authorizer.name);
        return Err(refused(exchange, ResponseType::AuthorizerConfigurationError, text));
    }
    if let (Some(token), AuthorizerType::Token) = (values.first(), authorizer.authorizer_type) {
        match authorizer.validates(token) {
            Ok(true) => {}
            Ok(false) => return Err(unauthorized()),
            Err(_) => return Err(no_expression(exchange, authorizer)),
        }
    }
    Ok(values)
}

fn source_value(exchange: &Exchange<'_>, source: &str) -> Option<String> {
    if let Some(name) = source.strip_prefix("method.request.header.") {
        return exchange.request.headers.any_case(name).map(str::to_owned);
    }
    if let Some(name) = source.strip_prefix("method.request.querystring.") {
        return exchange.request.query.get(name).and_then(|values| values.last()).cloned();
    }
    if let Some(name) = source.strip_prefix("stageVariables.") {
        return exchange.stage_variables.get(name).cloned();
    }
    source.strip_prefix("context.").and_then(|name| exchange.context.get(name))
}

async fn ask(exchange: &mut Exchange<'_>, authorizer: &Authorizer, identity: &[String]) -> Result<Verdict, Refusal> {
    let uri = exchange.with_stage_variables(authorizer.authorizer_uri.as_deref().unwrap_or_default());
    let Some(function) = function_arn_of_invocation_uri(&uri) else {
        let text = format!("the URI of authorizer {} is not that of a Lambda function: {uri}", authorizer.name);
        return Err(refused(exchange, ResponseType::AuthorizerConfigurationError, text));
    };
    if authorizer.authorizer_credentials.as_deref().is_none_or(str::is_empty) {
        let get = |name: &str| exchange.context.get(name).unwrap_or_default();
        let place = [exchange.region, &get("accountId"), &get("apiId")];
        let rest = format!("authorizers/{}", authorizer.id);
        if let Some(text) = permission::refusal(exchange.gateway, function, place, &rest) {
            return Err(refused(exchange, ResponseType::AuthorizerConfigurationError, text));
        }
    }
    let event = event(exchange, authorizer, identity);
    let id = random_uuid().to_string();
    exchange.context.note("authorizer.requestId", &id);
    let trace_id = Some(exchange.context.trace_id());
    let options = InvokeOptions { request_id: Some(id), trace_id, ..InvokeOptions::default() };
    let started = Instant::now();
    let invocation = match exchange.gateway.functions.invoke(function, event, options).await {
        Ok(invocation) => invocation,
        Err(error) => {
            let text = format!("authorizer {} was not invoked: {error}", authorizer.name);
            return Err(refused(exchange, ResponseType::AuthorizerConfigurationError, text));
        }
    };
    let latency = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    for name in ["authorizer.latency", "authorizer.integrationLatency"] {
        exchange.context.note(name, latency);
    }
    exchange.context.note("authorizer.integrationStatus", 200);
    let answer: Value = serde_json::from_slice(&invocation.payload).unwrap_or(Value::Null);
    if invocation.function_error.is_some() {
        let message = answer.get("errorMessage").and_then(Value::as_str).unwrap_or_default();
        // The one error that has a meaning.
        if message == "Unauthorized" {
            return Err(Refusal::new(ResponseType::Unauthorized));
        }
        let text = format!("the function of authorizer {} failed: {message}", authorizer.name);
        return Err(refused(exchange, ResponseType::AuthorizerFailure, text));
    }
    verdict(answer, latency).map_err(|reason| {
        let text = format!("the answer of authorizer {} is malformed: {reason}", authorizer.name);
        refused(exchange, ResponseType::AuthorizerConfigurationError, text)
    })
}

/// Returns the function's event: for `REQUEST` what a proxy integration would get, without the body.
fn event(exchange: &Exchange<'_>, authorizer: &Authorizer, identity: &[String]) -> Bytes {
    let arn = method_arn(exchange);
    if authorizer.authorizer_type == AuthorizerType::Token {
        let token = identity.first().map(String::as_str).unwrap_or_default();
        return json!({ "type": "TOKEN", "methodArn": arn, "authorizationToken": token }).to_string().into();
    }
    let request: Map<String, Value> = serde_json::from_slice(&proxy_event::event(exchange)).unwrap_or_default();
    let mut event = Map::from_iter([("type".to_owned(), json!("REQUEST")), ("methodArn".to_owned(), json!(arn))]);
    event.extend(request.into_iter().filter(|(key, _)| key != "body" && key != "isBase64Encoded").map(
        |(key, value)| {
            let empty = matches!(value, Value::Null) && key != "body";
            // Authorizers get empty maps where integrations get null.
            (key, if empty { json!({}) } else { value })
        },
    ));
    Value::Object(event).to_string().into()
}

/// Returns the first member of an authorizer's answer that API Gateway does not know: it takes none such (logs of users).
pub(crate) fn unrecognized(answer: &Map<String, Value>) -> Option<&str> {
    const KNOWN: [&str; 5] = ["principalId", "policyDocument", "context", "usageIdentifierKey", "errorMessage"];
    answer.keys().map(String::as_str).find(|field| !KNOWN.contains(field))
}

/// Reads what the function answered.
fn verdict(answer: Value, latency: u64) -> Result<Verdict, String> {
    let Value::Object(mut answer) = answer else { return Err("it is no JSON object".to_owned()) };
    if let Some(field) = unrecognized(&answer) {
        return Err(format!("it has an unrecognized field `{field}`"));
    }
    let principal = match answer.remove("principalId") {
        Some(Value::String(principal)) => principal,
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err("it has no `principalId`".to_owned()),
    };
    let policy = match answer.remove("policyDocument") {
        Some(policy @ Value::Object(_)) if policy.get("Statement").is_some() => policy,
        _ => return Err("it has no `policyDocument` with a `Statement`".to_owned()),
    };
    let mut context = Map::from_iter([
        ("principalId".to_owned(), json!(principal)),
        ("integrationLatency".to_owned(), json!(latency)),
    ]);
    match answer.remove("context") {
        None | Some(Value::Null) => {}
        Some(Value::Object(passed)) => {
            for (key, value) in passed {
                let text = match value {
                    Value::String(text) => Value::String(text),
                    Value::Null => Value::Null,
                    Value::Number(number) => Value::String(number.to_string()),
                    Value::Bool(value) => Value::String(value.to_string()),
                    Value::Array(_) | Value::Object(_) => {
                        return Err("its `context` holds an array or object".to_owned());
                    }
                };
                context.insert(key, text);
            }
        }
        Some(_) => return Err("its `context` is no object".to_owned()),
    }
    let usage_key = answer.get("usageIdentifierKey").and_then(Value::as_str).map(str::to_owned);
    Ok(Verdict { policy, context, usage_key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_is_passed_on_as_text() {
        let policy = json!({ "Statement": [] });
        let answer = json!({
            "principalId": "me", "policyDocument": policy, "usageIdentifierKey": "key",
            "context": { "text": "a", "number": 1, "yes": true },
        });
        let verdict = verdict(answer, 7).unwrap();
        assert_eq!(
            Value::Object(verdict.context),
            json!({ "principalId": "me", "integrationLatency": 7, "text": "a", "number": "1", "yes": "true" })
        );
        assert_eq!(verdict.usage_key.as_deref(), Some("key"));
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        let policy = json!({ "Statement": [] });
        assert!(verdict(json!("allow"), 0).is_err());
        assert!(verdict(json!({ "policyDocument": policy }), 0).is_err());
        assert!(verdict(json!({ "principalId": "me" }), 0).is_err());
        let nested = json!({ "principalId": "me", "policyDocument": policy, "context": { "list": [] } });
        assert_eq!(verdict(nested, 0), Err("its `context` holds an array or object".to_owned()));
        let simple = json!({ "principalId": "me", "policyDocument": policy, "isAuthorized": true });
        assert_eq!(verdict(simple, 0), Err("it has an unrecognized field `isAuthorized`".to_owned()));
    }
}
