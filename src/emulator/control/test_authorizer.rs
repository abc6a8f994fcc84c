//! TestInvokeAuthorizer: an authorizer run with a request that is described.

use std::time::Instant;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::emulator::data::{TEST_STAGE, pool_issuer, shown_claims, test_identity};
use crate::emulator::jwt::{self, Expected};
use crate::emulator::lambda::{FunctionName, InvokeOptions, function_arn_of_invocation_uri};
use crate::gateway::{Authorizer, AuthorizerType};

use super::Control;
use super::call::{Answer, Call};
use super::refusal::Refusal;
use super::test_invoke::Input;

/// The stage that ARNs of methods name; events name another.
const STAGE: &str = "ESTestInvoke-stage";

pub(super) fn run(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let unknown = || Refusal::not_found("Invalid Authorizer identifier specified");
    let definition = call.control.definition_or(call.path("restapi_id"), unknown)?;
    let authorizer = definition.authorizers.get(call.path("authorizer_id")).ok_or_else(unknown)?;
    let started = Instant::now();
    let mut body = match authorizer.authorizer_type {
        AuthorizerType::Token | AuthorizerType::Request => asked(call, authorizer, &input)?,
        AuthorizerType::CognitoUserPools | AuthorizerType::Jwt => verified(call.control, authorizer, &input),
    };
    body["latency"] = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX).into();
    Ok(Answer::json(body))
}

/// Returns the answer of a test without what only some have.
fn outcome(status: u16, log: impl Into<String>) -> Value {
    json!({ "clientStatus": status, "log": log.into(), "latency": 0, "authorization": {}, "claims": {} })
}

/// Verifies a token with its issuer's keys.
fn verified(control: &Control, authorizer: &Authorizer, input: &Input) -> Value {
    let header = header_of(authorizer.identity_source.as_deref().unwrap_or_default()).unwrap_or("Authorization");
    let headers = input.headers();
    let value = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(header));
    let Some(token) = value.map(|(_, value)| jwt::bearer_token(value)).filter(|token| !token.is_empty()) else {
        return outcome(401, format!("Unauthorized request: there is no token in the header {header}"));
    };
    let issuers = issuers(authorizer);
    let refused = |reason: String| outcome(401, format!("Unauthorized request: {reason}"));
    let unverified = match jwt::unverified(token) {
        Ok(unverified) => unverified,
        Err(rejection) => return refused(rejection.to_string()),
    };
    let same = |issuer: &&String| issuer.trim_end_matches('/') == unverified.issuer.trim_end_matches('/');
    // Only an issuer that is expected is asked for its keys, whatever a token says.
    let Some(issuer) = issuers.iter().find(same) else {
        return refused(format!("the token is of no issuer of authorizer {}", authorizer.name));
    };
    let shared = &control.gateway.shared;
    let client = shared.client(&hyper::Method::GET);
    // This runs on a thread for waiting, not on one of the runtime's own.
    let keys = tokio::runtime::Handle::current().block_on(shared.token_keys.keys(
        issuer,
        unverified.key_id.as_deref(),
        client,
    ));
    let expected = Expected { issuers: std::slice::from_ref(issuer), audiences: &[], scopes: &[] };
    let claims = match keys {
        Ok(keys) => jwt::verify(token, &keys, &expected, super::now()).map_err(|rejection| rejection.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match claims {
        Ok(claims) => {
            let mut body = outcome(200, "Successfully completed authorizer execution");
            body["claims"] = Value::Object(shown_claims(&claims));
            body
        }
        Err(reason) => refused(reason),
    }
}

/// Returns the issuers whose tokens an authorizer takes.
fn issuers(authorizer: &Authorizer) -> Vec<String> {
    let pools = authorizer.provider_arns.iter().flatten().filter_map(|arn| pool_issuer(arn));
    let jwt = authorizer.jwt_configuration.as_ref();
    let one = jwt.and_then(|jwt| jwt.get("issuer"));
    let several = jwt.and_then(|jwt| jwt.get("issuers")).and_then(Value::as_array).into_iter().flatten();
    let configured = several.filter_map(|issuer| issuer.get("issuer")).chain(one).filter_map(Value::as_str);
    pools.chain(configured.map(str::to_owned)).collect()
}

/// Calls the authorizer's function with the event that a request would give it.
fn asked(call: &Call<'_>, authorizer: &Authorizer, input: &Input) -> Result<Value, Refusal> {
    let control = call.control;
    let function = authorizer.authorizer_uri.as_deref().and_then(function_arn_of_invocation_uri);
    let function = function.ok_or_else(|| Refusal::bad_request("The authorizer names no Lambda function"))?;
    if !may_invoke(control, call.path("restapi_id"), authorizer, function) {
        let log = "Execution failed due to configuration error: Invalid permissions on Lambda function";
        return Ok(outcome(500, log));
    }
    let Some(event) = event(call, authorizer, input) else {
        return Ok(outcome(401, "Unauthorized request: an identity source is missing"));
    };
    let invoked = tokio::runtime::Handle::current().block_on(control.gateway.functions.invoke(
        function,
        event.to_string().into(),
        InvokeOptions::default(),
    ));
    Ok(match invoked {
        Ok(invocation) if invocation.function_error.is_none() => {
            let answer: Value = serde_json::from_slice(&invocation.payload).unwrap_or(Value::Null);
            let mut body = outcome(200, "Successfully completed authorizer execution");
            if let Some(policy) = answer.get("policyDocument") {
                body["policy"] = policy.to_string().into();
            }
            if let Some(principal) = answer.get("principalId") {
                body["principalId"] = principal.clone();
            }
            if let Some(context) = answer.get("context").and_then(Value::as_object) {
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let lists = context.iter().map(|(name, value)| (name.clone(), json!([text(value)])));
                body["authorization"] = Value::Object(lists.collect());
            }
            body
        }
        Ok(invocation) => outcome(500, String::from_utf8_lossy(&invocation.payload)),
        Err(error) => outcome(500, error.to_string()),
    })
}

/// Returns whether a function's policy lets API Gateway invoke it for an authorizer, or a role is assumed for it.
fn may_invoke(control: &Control, api_id: &str, authorizer: &Authorizer, function: &str) -> bool {
    if authorizer.authorizer_credentials.as_deref().is_some_and(|role| !role.is_empty()) {
        return true;
    }
    let (region, account) = (&control.region, &control.account_id);
    let partition = crate::gateway::partition(region);
    let source = format!("arn:{partition}:execute-api:{region}:{account}:{api_id}/authorizers/{}", authorizer.id);
    FunctionName::parse(function).is_none_or(|name| control.gateway.lookup.may_invoke(&name, &source))
}

/// Returns the event of an authorizer's function, or nothing when an identity source is missing.
fn event(call: &Call<'_>, authorizer: &Authorizer, input: &Input) -> Option<Value> {
    let control = call.control;
    let api_id = call.path("restapi_id");
    let partition = crate::gateway::partition(&control.region);
    let (region, account) = (&control.region, &control.account_id);
    let method_arn = format!("arn:{partition}:execute-api:{region}:{account}:{api_id}/{STAGE}/GET/");
    let headers = input.headers();
    let header =
        |name: &str| headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
    let sources = authorizer.identity_source.as_deref().unwrap_or_default();
    if authorizer.authorizer_type == AuthorizerType::Token {
        let token = header(header_of(sources).unwrap_or("Authorization"))?;
        if !authorizer.validates(token).unwrap_or(false) {
            return None;
        }
        return Some(json!({ "type": "TOKEN", "methodArn": method_arn, "authorizationToken": token }));
    }
    let (path, query) = split(input.path_with_query_string.as_deref().unwrap_or("/"));
    let (mut single, mut multi) = (Map::new(), Map::new());
    for (name, value) in &query {
        single.insert(name.clone(), json!(value));
        if let Some(values) = multi.entry(name).or_insert_with(|| json!([])).as_array_mut() {
            values.push(json!(value));
        }
    }
    let given = |source: &str| match source.trim().strip_prefix("method.request.") {
        Some(rest) => match rest.split_once('.') {
            Some(("header", name)) => header(name).is_some(),
            Some(("querystring", name)) => single.contains_key(name),
            _ => true,
        },
        None => true,
    };
    if !sources.split(',').filter(|source| !source.trim().is_empty()).all(given) {
        return None;
    }
    // What events of tests have (logs of users).
    let now = jiff::Timestamp::now();
    let id = || uuid::Uuid::new_v4().to_string();
    let mut context = json!({
        "resourceId": "test-invoke-resource-id",
        "resourcePath": "/",
        "httpMethod": "GET",
        "extendedRequestId": id(),
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        "path": "/",
        "accountId": account,
        "protocol": "HTTP/1.1",
        "stage": TEST_STAGE,
        "domainPrefix": "testPrefix",
        "requestTimeEpoch": now.as_millisecond(),
        "requestId": id(),
        "identity": test_identity(account, &control.region).into_iter().collect::<Map<_, _>>(),
        "domainName": "testPrefix.testDomainName",
        "apiId": api_id,
    });
    for (name, value) in input.additional_context.iter().flatten() {
        context[name.as_str()] = json!(value);
    }
    let mut multi_headers: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for (name, value) in &headers {
        multi_headers.entry(name).or_default().push(value);
    }
    let variables = input.stage_variables.clone();
    Some(json!({
        "type": "REQUEST",
        "methodArn": method_arn,
        "resource": "/",
        "path": path,
        "httpMethod": "GET",
        "headers": headers.iter().cloned().collect::<IndexMap<String, String>>(),
        "multiValueHeaders": multi_headers,
        "queryStringParameters": single,
        "multiValueQueryStringParameters": multi,
        "pathParameters": {},
        "stageVariables": super::stage::texts(variables).unwrap_or_default(),
        "requestContext": context,
    }))
}

/// Returns the header that an identity source is.
fn header_of(source: &str) -> Option<&str> {
    source.trim().strip_prefix("method.request.header.")
}

/// Returns a path and the items of its query, decoded.
fn split(path: &str) -> (&str, Vec<(String, String)>) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    (path, super::parse_query(query))
}
