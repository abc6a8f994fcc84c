//! TestInvokeMethod and TestInvokeAuthorizer: run by the data plane.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::emulator::data::{TestRequest, test_invoke};
use crate::emulator::lambda::{InvokeOptions, function_arn_of_invocation_uri};
use crate::gateway::AuthorizerType;

use super::call::{Answer, Call};
use super::definition::{method as method_of, unknown_resource};
use super::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    path_with_query_string: Option<String>,
    body: Option<String>,
    headers: Option<IndexMap<String, Option<String>>>,
    multi_value_headers: Option<IndexMap<String, Vec<String>>>,
    stage_variables: Option<IndexMap<String, Option<String>>>,
}

impl Input {
    /// Returns the headers; a name in `multiValueHeaders` replaces the same one in `headers`.
    fn headers(&self) -> Vec<(String, String)> {
        let multi = self.multi_value_headers.iter().flatten();
        let mut headers: Vec<(String, String)> =
            multi.flat_map(|(name, values)| values.iter().map(move |value| (name.clone(), value.clone()))).collect();
        for (name, value) in self.headers.iter().flatten() {
            if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                headers.push((name.clone(), value.clone().unwrap_or_default()));
            }
        }
        headers
    }
}

pub(super) fn method(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let control = call.control;
    let definition = control.definition_or(call.path("restapi_id"), unknown_resource)?;
    let (resource_id, verb) = (call.path("resource_id"), call.path("http_method"));
    // A method for any verb can be tested with each.
    let any = || matches!(verb, "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT");
    let method = method_of(&definition, resource_id, verb);
    let method =
        method.or_else(|refusal| method_of(&definition, resource_id, "ANY").ok().filter(|_| any()).ok_or(refusal))?;
    if method.method_integration.is_none() {
        return Err(Refusal::not_found("Invalid Integration identifier specified"));
    }
    let request = TestRequest {
        method: verb.to_owned(),
        headers: input.headers(),
        path_with_query: input.path_with_query_string,
        body: input.body.unwrap_or_default(),
        stage_variables: super::stage::texts(input.stage_variables).unwrap_or_default(),
    };
    let place = (control.account_id.as_str(), control.region.as_str());
    // This runs on a thread for waiting, not on one of the runtime's own.
    let outcome = tokio::runtime::Handle::current().block_on(test_invoke(
        &control.gateway,
        place,
        &definition,
        resource_id,
        request,
    ));
    let outcome = outcome.ok_or_else(|| Refusal::not_found("Invalid Method identifier specified"))?;
    let (mut headers, mut multi) = (Map::new(), Map::new());
    for (name, value) in outcome.headers {
        headers.insert(name.clone(), json!(value));
        if let Some(values) = multi.entry(name).or_insert_with(|| json!([])).as_array_mut() {
            values.push(json!(value));
        }
    }
    Ok(Answer::json(json!({
        "status": outcome.status,
        "body": outcome.body,
        "headers": headers,
        "multiValueHeaders": multi,
        "log": outcome.log,
        "latency": outcome.latency,
    })))
}

/// Calls the authorizer's function with the event that a request would give it.
pub(super) fn authorizer(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let control = call.control;
    let unknown = || Refusal::not_found("Invalid Authorizer identifier specified");
    let api_id = call.path("restapi_id");
    let definition = control.definition_or(api_id, unknown)?;
    let authorizer = definition.authorizers.get(call.path("authorizer_id")).ok_or_else(unknown)?;
    let function = authorizer.authorizer_uri.as_deref().and_then(function_arn_of_invocation_uri);
    let function = function
        .ok_or_else(|| Refusal::bad_request("Only authorizers that call a Lambda function can be tested here"))?;
    let headers = input.headers();
    let method_arn =
        format!("arn:aws:execute-api:{}:{}:{api_id}/ESTestInvoke-stage/GET/", control.region, control.account_id);
    let source = authorizer.identity_source.as_deref().and_then(|source| source.strip_prefix("method.request.header."));
    let token = source.and_then(|name| headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)));
    let event = match authorizer.authorizer_type {
        AuthorizerType::Token => {
            let Some((_, token)) = token else {
                return Ok(unauthorized());
            };
            json!({ "type": "TOKEN", "methodArn": method_arn, "authorizationToken": token })
        }
        _ => json!({
            "type": "REQUEST",
            "methodArn": method_arn,
            "resource": "/",
            "path": input.path_with_query_string.as_deref().unwrap_or("/"),
            "httpMethod": "GET",
            "headers": headers.iter().cloned().collect::<IndexMap<String, String>>(),
            "queryStringParameters": {},
            "pathParameters": {},
            "stageVariables": super::stage::texts(input.stage_variables).unwrap_or_default(),
            "requestContext": { "accountId": control.account_id, "apiId": api_id, "stage": "ESTestInvoke-stage" },
        }),
    };
    let started = std::time::Instant::now();
    let invoked = tokio::runtime::Handle::current().block_on(control.gateway.functions.invoke(
        function,
        event.to_string().into(),
        InvokeOptions::default(),
    ));
    let latency = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    let (status, answer, log) = match invoked {
        Ok(invocation) if invocation.function_error.is_none() => {
            let answer: Value = serde_json::from_slice(&invocation.payload).unwrap_or(Value::Null);
            (200, answer, "Successfully completed authorizer execution".to_owned())
        }
        Ok(invocation) => (500, Value::Null, String::from_utf8_lossy(&invocation.payload).into_owned()),
        Err(error) => (500, Value::Null, error.to_string()),
    };
    let policy = answer.get("policyDocument").map(Value::to_string);
    let mut body = json!({
        "clientStatus": status,
        "log": log,
        "latency": latency,
        "authorization": {},
        "claims": {},
    });
    if let Some(members) = body.as_object_mut() {
        members.extend(policy.map(|policy| ("policy".to_owned(), json!(policy))));
        members.extend(answer.get("principalId").map(|id| ("principalId".to_owned(), id.clone())));
    }
    Ok(Answer::json(body))
}

fn unauthorized() -> Answer {
    Answer::json(json!({
        "clientStatus": 401,
        "log": "Unauthorized request: the identity source is missing",
        "latency": 0,
        "authorization": {},
        "claims": {},
    }))
}
