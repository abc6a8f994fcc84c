//! TestInvokeAuthorizer: an authorizer run with a request that is described.

use std::time::Instant;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::emulator::data::{
    ExecutionLog, LambdaRequest, RequestHeaders, TEST_STAGE, logged_text, masked, pool_issuer, shown_claims,
    test_identity, unrecognized,
};
use crate::emulator::jwt::{self, Expected};
use crate::emulator::lambda::{FunctionName, Invocation, InvokeError, InvokeOptions, function_arn_of_invocation_uri};
use crate::gateway::{Authorizer, AuthorizerType};

use super::Control;
use super::call::{Answer, Call};
use super::refusal::Refusal;
use super::test_invoke::{Input, caller};

/// The stage that ARNs of methods name; events name another.
const STAGE: &str = "ESTestInvoke-stage";
/// The last line of a log that ends well.
const COMPLETED: &str = "Successfully completed authorizer execution";

pub(super) fn run(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let unknown = || Refusal::not_found("Invalid Authorizer identifier specified");
    let definition = call.control.definition_or(call.path("restapi_id"), unknown)?;
    let authorizer = definition.authorizers.get(call.path("authorizer_id")).ok_or_else(unknown)?;
    let started = Instant::now();
    let request_id = uuid::Uuid::new_v4().to_string();
    let mut log = ExecutionLog::kept(&request_id);
    log.line(|| format!("Starting authorizer: {} for request: {request_id}", authorizer.id));
    let mut body = match authorizer.authorizer_type {
        AuthorizerType::Token | AuthorizerType::Request => asked(call, authorizer, &input, (&request_id, &mut log))?,
        AuthorizerType::CognitoUserPools | AuthorizerType::Jwt => {
            verified(call.control, authorizer, &input, (&request_id, &mut log))
        }
    };
    body["log"] = log.into_text().into();
    body["latency"] = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX).into();
    Ok(Answer::json(body))
}

/// A test's id and its log, which has the lines of the console's (logs of users).
type Test<'a> = (&'a str, &'a mut ExecutionLog);

/// Returns the answer of a test without what only some have.
fn outcome(status: u16) -> Value {
    json!({ "clientStatus": status, "log": "", "latency": 0, "authorization": {}, "claims": {} })
}

/// Returns the answer of a test whose caller is not let in.
fn unauthorized((request_id, log): Test<'_>) -> Value {
    log.line(|| format!("Unauthorized request: {request_id}"));
    log.line(|| "Unauthorized".to_owned());
    outcome(401)
}

/// Returns the answer of a test whose authorizer cannot decide.
fn misconfigured(log: &mut ExecutionLog, reason: &str) -> Value {
    log.line(|| format!("Execution failed due to configuration error: {reason}"));
    log.line(|| "AuthorizerConfigurationException".to_owned());
    outcome(500)
}

/// Verifies a token with its issuer's keys.
fn verified(control: &Control, authorizer: &Authorizer, input: &Input, (request_id, log): Test<'_>) -> Value {
    let header = header_of(authorizer.identity_source.as_deref().unwrap_or_default()).unwrap_or("Authorization");
    let headers = input.headers();
    let value = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(header));
    let refused = |log: &mut ExecutionLog, reason: String| {
        log.line(|| reason);
        unauthorized((request_id, log))
    };
    let Some(token) = value.map(|(_, value)| jwt::bearer_token(value)).filter(|token| !token.is_empty()) else {
        return refused(log, format!("there is no token in the header {header}"));
    };
    log.line(|| format!("Incoming identity: {}", masked(token)));
    let issuers = issuers(authorizer);
    let unverified = match jwt::unverified(token) {
        Ok(unverified) => unverified,
        Err(rejection) => return refused(log, rejection.to_string()),
    };
    let same = |issuer: &&String| issuer.trim_end_matches('/') == unverified.issuer.trim_end_matches('/');
    // Only an issuer that is expected is asked for its keys, whatever a token says.
    let Some(issuer) = issuers.iter().find(same) else {
        return refused(log, format!("the token is of no issuer of authorizer {}", authorizer.name));
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
            log.line(|| COMPLETED.to_owned());
            let mut body = outcome(200);
            body["claims"] = Value::Object(shown_claims(&claims));
            body
        }
        Err(reason) => refused(log, reason),
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
fn asked(
    call: &Call<'_>,
    authorizer: &Authorizer,
    input: &Input,
    (request_id, log): Test<'_>,
) -> Result<Value, Refusal> {
    let control = call.control;
    let api_id = call.path("restapi_id");
    let function = authorizer.authorizer_uri.as_deref().and_then(function_arn_of_invocation_uri);
    let function = function.ok_or_else(|| Refusal::bad_request("The authorizer names no Lambda function"))?;
    let Some(identity) = identity(authorizer, input) else { return Ok(unauthorized((request_id, log))) };
    let shown = identity.iter().map(|(source, value)| (*source, masked(value)));
    match (authorizer.authorizer_type, identity.first()) {
        (AuthorizerType::Token, Some((_, token))) => log.line(|| format!("Incoming identity: {}", masked(token))),
        _ => log.line(|| {
            let entries: Vec<String> = shown.map(|(source, value)| format!("{source}={value}")).collect();
            format!("Incoming identity: {{{}}}", entries.join(", "))
        }),
    }
    let source_arn = source_arn(control, api_id, authorizer);
    let event = event(call, authorizer, input, &identity, request_id).to_string();
    let (region, payload) = (control.region.as_str(), event.as_bytes());
    let request = LambdaRequest { region, api_id, request_id, source_arn: &source_arn, payload };
    log.invoked(function, RequestHeaders::default(), &request);
    if !may_invoke(control, authorizer, function, &source_arn) {
        return Ok(misconfigured(log, "Invalid permissions on Lambda function"));
    }
    let invoked = tokio::runtime::Handle::current().block_on(control.gateway.functions.invoke(
        function,
        event.into(),
        InvokeOptions::default(),
    ));
    Ok(judged(invoked, (request_id, log)))
}

/// Returns the answer of a test whose function was called.
fn judged(invoked: Result<Invocation, InvokeError>, (request_id, log): Test<'_>) -> Value {
    let invocation = match invoked {
        Ok(invocation) => invocation,
        Err(error) => return misconfigured(log, &error.to_string()),
    };
    let answer: Value = serde_json::from_slice(&invocation.payload).unwrap_or(Value::Null);
    // The one error that has a meaning.
    if invocation.function_error.is_some() && answer["errorMessage"] == "Unauthorized" {
        return unauthorized((request_id, log));
    }
    log.line(|| format!("Authorizer result body before parsing: {}", logged_text(&invocation.payload)));
    if let Some(field) = answer.as_object().and_then(unrecognized) {
        let reason = format!("Invalid JSON in response: Unrecognized field \"{field}\" , not marked as ignorable");
        return misconfigured(log, &reason);
    }
    let (Some(principal), Some(policy)) = (answer["principalId"].as_str(), answer.get("policyDocument")) else {
        return misconfigured(log, "Could not parse policy");
    };
    log.line(|| format!("Using valid authorizer policy for principal: {}", masked(principal)));
    log.line(|| COMPLETED.to_owned());
    let mut body = outcome(200);
    body["policy"] = policy.to_string().into();
    body["principalId"] = principal.into();
    if let Some(context) = answer.get("context").and_then(Value::as_object) {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let lists = context.iter().map(|(name, value)| (name.clone(), json!([text(value)])));
        body["authorization"] = Value::Object(lists.collect());
    }
    body
}

/// Returns the ARN that a function's policy names an authorizer by.
fn source_arn(control: &Control, api_id: &str, authorizer: &Authorizer) -> String {
    let (region, account) = (&control.region, &control.account_id);
    let partition = crate::gateway::partition(region);
    format!("arn:{partition}:execute-api:{region}:{account}:{api_id}/authorizers/{}", authorizer.id)
}

/// Returns whether a function's policy lets API Gateway invoke it for an authorizer, or a role is assumed for it.
fn may_invoke(control: &Control, authorizer: &Authorizer, function: &str, source_arn: &str) -> bool {
    if authorizer.authorizer_credentials.as_deref().is_some_and(|role| !role.is_empty()) {
        return true;
    }
    FunctionName::parse(function).is_none_or(|name| control.gateway.lookup.may_invoke(&name, source_arn))
}

/// Returns the identity sources with their values, or nothing when one is missing or the token is not as it should be.
fn identity<'a>(authorizer: &'a Authorizer, input: &Input) -> Option<Vec<(&'a str, String)>> {
    let headers = input.headers();
    let header =
        |name: &str| headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
    let sources = authorizer.identity_source.as_deref().unwrap_or_default();
    if authorizer.authorizer_type == AuthorizerType::Token {
        let token = header(header_of(sources).unwrap_or("Authorization")).filter(|token| !token.is_empty())?;
        return authorizer.validates(&token).unwrap_or(false).then(|| vec![(sources, token)]);
    }
    let (_, query) = split(input.path_with_query_string.as_deref().unwrap_or("/"));
    let value = |source: &str| match source.strip_prefix("method.request.").and_then(|rest| rest.split_once('.')) {
        Some(("header", name)) => header(name),
        Some(("querystring", name)) => query.iter().rev().find(|(known, _)| known == name).map(|(_, v)| v.clone()),
        // What a test does not say is not asked for.
        _ => Some(String::new()),
    };
    let sources = sources.split(',').map(str::trim).filter(|source| !source.is_empty());
    sources.map(|source| Some((source, value(source)?))).collect()
}

/// Returns the event of an authorizer's function.
fn event(
    call: &Call<'_>,
    authorizer: &Authorizer,
    input: &Input,
    identity: &[(&str, String)],
    request_id: &str,
) -> Value {
    let control = call.control;
    let api_id = call.path("restapi_id");
    let partition = crate::gateway::partition(&control.region);
    let (region, account) = (&control.region, &control.account_id);
    let method_arn = format!("arn:{partition}:execute-api:{region}:{account}:{api_id}/{STAGE}/GET/");
    if authorizer.authorizer_type == AuthorizerType::Token {
        let token = identity.first().map(|(_, token)| token.as_str()).unwrap_or_default();
        return json!({ "type": "TOKEN", "methodArn": method_arn, "authorizationToken": token });
    }
    let headers = input.headers();
    let (path, query) = split(input.path_with_query_string.as_deref().unwrap_or("/"));
    let (mut single, mut multi) = (Map::new(), Map::new());
    for (name, value) in &query {
        single.insert(name.clone(), json!(value));
        if let Some(values) = multi.entry(name).or_insert_with(|| json!([])).as_array_mut() {
            values.push(json!(value));
        }
    }
    // What events of tests have (logs of users).
    let now = jiff::Timestamp::now();
    let mut context = json!({
        "resourceId": "test-invoke-resource-id",
        "resourcePath": "/",
        "httpMethod": "GET",
        "extendedRequestId": uuid::Uuid::new_v4().to_string(),
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        "path": "/",
        "accountId": account,
        "protocol": "HTTP/1.1",
        "stage": TEST_STAGE,
        "domainPrefix": "testPrefix",
        "requestTimeEpoch": now.as_millisecond(),
        "requestId": request_id,
        "identity": test_identity(account, &control.region, &caller(call)),
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
    json!({
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
    })
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
