//! TestInvokeMethod: run by the data plane.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, json};

use crate::emulator::data::{TestCaller, TestRequest, test_invoke};

use super::call::{Answer, Call};
use super::definition::{method as method_of, unknown_resource};
use super::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    pub(super) path_with_query_string: Option<String>,
    pub(super) body: Option<String>,
    pub(super) headers: Option<IndexMap<String, Option<String>>>,
    pub(super) multi_value_headers: Option<IndexMap<String, Vec<String>>>,
    pub(super) stage_variables: Option<IndexMap<String, Option<String>>>,
    /// Of TestInvokeAuthorizer alone.
    pub(super) additional_context: Option<IndexMap<String, Option<String>>>,
}

impl Input {
    /// Returns the headers; a name in `multiValueHeaders` replaces the same one in `headers`.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
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

/// Returns who makes a call.
pub(super) fn caller(call: &Call<'_>) -> TestCaller {
    let credential = call.header("authorization").and_then(|signed| signed.split_once("Credential="));
    TestCaller {
        user_agent: call.header("user-agent").map(str::to_owned),
        access_key: credential.and_then(|(_, scope)| scope.split('/').next()).map(str::to_owned),
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
        caller: caller(call),
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
