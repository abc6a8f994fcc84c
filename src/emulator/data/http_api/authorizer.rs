//! Who may take a route: JWT and Lambda authorizers, and signatures (`http-api-access-control` of the developer guide).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::lambda::function_of;
use super::mapping::Scope;
use super::refusal::Refusal;
use super::{Exchange, event};
use crate::emulator::data::authorizer::{Caller, Decision, evaluate, verify_signature};
use crate::emulator::jwt::{self, Claims, Expected, Rejection};
use crate::emulator::lambda::InvokeOptions;
use crate::gateway::http_api::{Authorizer, AuthorizerType, JwtConfiguration};

/// How long an authorizer's function may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Answers that are kept at most; past this, those that expired are forgotten, then all.
const MAX_RESULTS: usize = 10_000;

/// Lets a request pass, or says why not.
pub(super) async fn authorize(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    let route = &exchange.route.route;
    match route.authorization_type.as_str() {
        "NONE" | "" => return Ok(()),
        "AWS_IAM" => return signed(exchange),
        _ => {}
    }
    let id = route.authorizer_id.as_deref().unwrap_or_default();
    let stage = exchange.stage;
    let Some(authorizer) = stage.definition.authorizers.get(id) else {
        let text = format!("the authorizer `{id}` of the route {} does not exist", route.route_key);
        exchange.say(&text);
        return Err(Refusal::internal(text));
    };
    let sources = identity(exchange, authorizer)?;
    match authorizer.authorizer_type {
        AuthorizerType::Jwt => token(exchange, authorizer, &sources).await,
        AuthorizerType::Request => function(exchange, authorizer, sources).await,
    }
}

/// Returns the values of the identity sources. One that is missing is 401 without a call.
fn identity(exchange: &Exchange<'_>, authorizer: &Authorizer) -> Result<Vec<String>, Refusal> {
    let scope = Scope::request(exchange);
    let sources = authorizer.identity_source.as_deref().unwrap_or_default();
    let values = sources.iter().map(|source| scope.value(source).filter(|value| !value.is_empty()));
    values.collect::<Option<Vec<String>>>().ok_or_else(|| match authorizer.authorizer_type {
        AuthorizerType::Jwt => Refusal::unauthorized().header("www-authenticate", "Bearer"),
        AuthorizerType::Request => Refusal::unauthorized(),
    })
}

/// Verifies a token against the authorizer's issuer, audiences and the route's scopes.
async fn token(exchange: &mut Exchange<'_>, authorizer: &Authorizer, sources: &[String]) -> Result<(), Refusal> {
    let JwtConfiguration { audience, issuer } = authorizer.jwt_configuration.clone().unwrap_or_default();
    let token = jwt::bearer_token(sources.first().map(String::as_str).unwrap_or_default()).to_owned();
    let (issuers, audiences) = ([issuer.unwrap_or_default()], audience.unwrap_or_default());
    let scopes = exchange.route.route.authorization_scopes.clone().unwrap_or_default();
    let expected = Expected { issuers: &issuers, audiences: &audiences, scopes: &scopes };
    let claims = verified(exchange, &token, &expected).await.map_err(|rejection| {
        exchange.say(&format!("authorizer {} refused a token: {rejection}", authorizer.name));
        exchange.context.note("authorizer.error", rejection.to_string());
        let scope = scopes.join(" ");
        match rejection {
            // The caller is known, and may not.
            Rejection::Scope => Refusal::forbidden().header(
                "www-authenticate",
                format!("Bearer scope=\"{scope}\" error=\"insufficient_scope\" error_description=\"{rejection}\""),
            ),
            _ => Refusal::unauthorized().header(
                "www-authenticate",
                format!("Bearer scope=\"{scope}\" error=\"invalid_token\" error_description=\"{rejection}\""),
            ),
        }
    })?;
    let shown = texts_of(&claims);
    let held = ["scope", "scp"].iter().find_map(|name| claims.get(*name));
    let held: Vec<String> = match held {
        Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Array(items)) => items.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let held = if scopes.is_empty() { Value::Null } else { json!(held) };
    exchange.context.set("authorizer", json!({ "claims": shown }));
    exchange.authorizer = Some(json!({ "jwt": { "claims": shown, "scopes": held } }));
    Ok(())
}

async fn verified(exchange: &Exchange<'_>, token: &str, expected: &Expected<'_>) -> Result<Claims, Rejection> {
    let unverified = jwt::unverified(token)?;
    let same = |issuer: &&String| issuer.trim_end_matches('/') == unverified.issuer.trim_end_matches('/');
    // Only an issuer that is expected is asked for its keys, whatever a token says.
    let issuer = expected.issuers.iter().find(same).ok_or(Rejection::Issuer)?;
    let shared = &exchange.gateway.shared;
    let keys = shared.token_keys.keys(issuer, unverified.key_id.as_deref(), shared.client(&hyper::Method::GET)).await;
    let keys = keys.map_err(|error| {
        exchange.say(&error.to_string());
        Rejection::UnknownKey
    })?;
    jwt::verify(token, &keys, expected, Timestamp::now().as_second())
}

/// Returns claims as functions get them: every value a text, lists in brackets.
fn texts_of(claims: &Claims) -> Map<String, Value> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> =
                items.iter().map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned)).collect();
            format!("[{}]", items.join(" "))
        }
        other => other.to_string(),
    };
    claims.iter().map(|(name, value)| (name.clone(), text(value).into())).collect()
}

/// Verifies the signature of a request.
fn signed(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    let sent = exchange.sent.take().ok_or_else(Refusal::forbidden)?;
    let here = (exchange.stage.region.as_str(), exchange.stage.account_id.as_str());
    let identity = verify_signature(&sent, &exchange.gateway.shared.access_keys, here, Timestamp::now());
    let identity = identity.map_err(|refusal| {
        let why = refusal.log.or(refusal.message).unwrap_or_else(|| "it was not signed".to_owned());
        exchange.say(&format!("a request was refused by its signature: {why}"));
        Refusal::forbidden()
    })?;
    for (name, value) in [
        ("accessKey", &identity.access_key_id),
        ("accountId", &identity.account_id),
        ("caller", &identity.user),
        ("user", &identity.user),
        ("userArn", &identity.arn),
    ] {
        exchange.context.set_below("identity", name, value.as_str());
    }
    exchange.authorizer = Some(json!({
        "iam": {
            "accessKey": identity.access_key_id,
            "accountId": identity.account_id,
            "callerId": identity.user,
            "cognitoIdentity": null,
            "principalOrgId": null,
            "userArn": identity.arn,
            "userId": identity.user,
        },
    }));
    Ok(())
}

/// What an authorizer's function answered.
#[derive(Debug)]
struct Verdict {
    decision: Answered,
    context: Map<String, Value>,
}

#[derive(Debug)]
enum Answered {
    Simple(bool),
    Policy(Value),
}

/// Asks the authorizer's function, or remembers its answer.
async fn function(exchange: &mut Exchange<'_>, authorizer: &Authorizer, sources: Vec<String>) -> Result<(), Refusal> {
    let ttl = u64::try_from(authorizer.authorizer_result_ttl_in_seconds.unwrap_or(0)).unwrap_or(0).min(3600);
    let ttl = if sources.is_empty() { 0 } else { ttl };
    let stage = exchange.stage;
    let key = (stage.api_id.clone(), stage.stage.stage_name.clone(), authorizer.authorizer_id.clone(), sources.clone());
    let kept = if ttl > 0 { exchange.gateway.shared.http_authorizers.get(&key, Instant::now()) } else { None };
    let verdict = match kept {
        Some(verdict) => verdict,
        None => {
            let verdict = Arc::new(ask(exchange, authorizer, &sources).await?);
            if ttl > 0 {
                let results = &exchange.gateway.shared.http_authorizers;
                results.put(key, Arc::clone(&verdict), Instant::now() + Duration::from_secs(ttl));
            }
            verdict
        }
    };
    exchange.context.set("authorizer", Value::Object(verdict.context.clone()));
    exchange.authorizer = Some(json!({ "lambda": verdict.context }));
    let caller = Caller { arn: None, source_ip: exchange.request.source_ip };
    let allowed = match &verdict.decision {
        Answered::Simple(allowed) => *allowed,
        Answered::Policy(policy) => evaluate(policy, &exchange.route_arn(), caller) == Decision::Allow,
    };
    if allowed { Ok(()) } else { Err(Refusal::forbidden()) }
}

async fn ask(exchange: &mut Exchange<'_>, authorizer: &Authorizer, sources: &[String]) -> Result<Verdict, Refusal> {
    let uri = exchange.with_stage_variables(authorizer.authorizer_uri.as_deref().unwrap_or_default());
    let second = authorizer.authorizer_payload_format_version.as_deref() == Some("2.0");
    if authorizer.authorizer_credentials_arn.is_none() {
        exchange.check_permission(function_of(&uri), &format!("authorizers/{}", authorizer.authorizer_id))?;
    }
    let event = if second { event_v2(exchange, sources) } else { event_v1(exchange, sources) };
    let options = InvokeOptions { trace_id: Some(exchange.context.trace_id()), ..InvokeOptions::default() };
    let functions = exchange.gateway.functions.clone();
    let invoked = functions.invoke(function_of(&uri), Value::Object(event).to_string().into(), options);
    let failed = |exchange: &mut Exchange<'_>, why: String| {
        let text = format!("authorizer {}: {why}", authorizer.name);
        exchange.say(&text);
        exchange.context.note("authorizer.error", text.as_str());
        Refusal::internal(text)
    };
    let invocation = match tokio::time::timeout(PATIENCE, invoked).await {
        Ok(Ok(invocation)) => invocation,
        Ok(Err(error)) => return Err(failed(exchange, error.to_string())),
        Err(_) => return Err(failed(exchange, "its function did not answer within 10 seconds".to_owned())),
    };
    if invocation.function_error.is_some() {
        let payload = String::from_utf8_lossy(&invocation.payload).into_owned();
        return Err(failed(exchange, format!("its function failed: {payload}")));
    }
    let simple = second && authorizer.enable_simple_responses == Some(true);
    verdict(&invocation.payload, simple).map_err(|why| failed(exchange, format!("its answer is malformed: {why}")))
}

fn verdict(payload: &[u8], simple: bool) -> Result<Verdict, &'static str> {
    let Ok(Value::Object(mut answer)) = serde_json::from_slice::<Value>(payload) else {
        return Err("it is no JSON object");
    };
    let mut context = match answer.remove("context") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(context)) => context,
        Some(_) => return Err("`context` is no object"),
    };
    if simple {
        let Some(Value::Bool(allowed)) = answer.get("isAuthorized") else { return Err("it has no `isAuthorized`") };
        return Ok(Verdict { decision: Answered::Simple(*allowed), context });
    }
    match answer.remove("principalId") {
        Some(principal @ Value::String(_)) => context.insert("principalId".to_owned(), principal),
        Some(Value::Number(number)) => context.insert("principalId".to_owned(), number.to_string().into()),
        _ => return Err("it has no `principalId`"),
    };
    match answer.remove("policyDocument") {
        Some(policy @ Value::Object(_)) if policy.get("Statement").is_some() => {
            Ok(Verdict { decision: Answered::Policy(policy), context })
        }
        _ => Err("it has no `policyDocument` with a `Statement`"),
    }
}

fn event_v2(exchange: &Exchange<'_>, sources: &[String]) -> Map<String, Value> {
    let mut request = event::head_v2(exchange);
    let mut all = Map::new();
    all.insert("version".into(), "2.0".into());
    all.insert("type".into(), "REQUEST".into());
    all.insert("routeArn".into(), exchange.route_arn().into());
    // Without a source there is none, rather than an empty list.
    all.insert("identitySource".into(), if sources.is_empty() { Value::Null } else { json!(sources) });
    request.remove("version");
    all.extend(request);
    all
}

fn event_v1(exchange: &Exchange<'_>, sources: &[String]) -> Map<String, Value> {
    let mut request = event::head_v1(exchange);
    let identity = sources.join(",");
    let mut all = Map::new();
    all.insert("version".into(), "1.0".into());
    all.insert("type".into(), "REQUEST".into());
    all.insert("methodArn".into(), exchange.route_arn().into());
    all.insert("identitySource".into(), identity.clone().into());
    all.insert("authorizationToken".into(), identity.into());
    request.remove("version");
    all.extend(request);
    all
}

/// What an answer is for: the API, the stage, the authorizer, and the identity it was asked about.
type ResultKey = (String, String, String, Vec<String>);

/// What the functions of a server's authorizers answered, until it expires.
#[derive(Default)]
pub(crate) struct Results(Mutex<HashMap<ResultKey, (Instant, Arc<Verdict>)>>);

impl Results {
    fn get(&self, key: &ResultKey, now: Instant) -> Option<Arc<Verdict>> {
        let results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        results.get(key).filter(|(expires, _)| *expires > now).map(|(_, verdict)| Arc::clone(verdict))
    }

    fn put(&self, key: ResultKey, verdict: Arc<Verdict>, expires: Instant) {
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if results.len() >= MAX_RESULTS {
            let now = Instant::now();
            results.retain(|_, (expires, _)| *expires > now);
        }
        if results.len() >= MAX_RESULTS {
            results.clear();
        }
        results.insert(key, (expires, verdict));
    }

    /// Forgets the answers for a stage.
    pub(crate) fn forget(&self, api_id: &str, stage_name: &str) {
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        results.retain(|(api, stage, ..), _| api != api_id || stage != stage_name);
    }
}
