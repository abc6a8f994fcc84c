//! TestInvokeMethod: one method run with its execution log, without a stage, authorizers or keys.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::compile::CompiledApi;
use super::context::RequestContext;
use super::exchange::{Answer, Exchange};
use super::execution_log::ExecutionLog;
use super::pipeline::{after_admission, log_outcome};
use super::request::{ClientRequest, Headers, parse_query};
use super::routing::Router;
use super::template::Assigned;
use super::{Compiled, DeployedStage, Gateway, gateway_response};
use crate::gateway::{ApiDefinition, Stage};

/// The stage that `$context.stage` names in a test.
pub const TEST_STAGE: &str = "test-invoke-stage";

const CONTENT_TYPE: &str = "Content-Type";
const JSON: &str = "application/json";

/// A request to test a method with.
#[derive(Clone, Debug, Default)]
pub struct TestRequest {
    /// The verb of the method, or the one to use with `ANY`.
    pub method: String,
    /// `pathWithQueryString`; absent is the resource's own path.
    pub path_with_query: Option<String>,
    /// Headers, `headers` and `multiValueHeaders` together.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// Stage variables.
    pub stage_variables: IndexMap<String, String>,
    /// Who asks for the test.
    pub caller: TestCaller,
}

/// Who asks for a test, as far as the request to do so tells.
#[derive(Clone, Debug, Default)]
pub struct TestCaller {
    /// The header `User-Agent`.
    pub user_agent: Option<String>,
    /// The access key that the request is signed with.
    pub access_key: Option<String>,
}

/// What a test gave.
#[derive(Clone, Debug, PartialEq)]
pub struct TestOutcome {
    /// The status.
    pub status: u16,
    /// The headers, a name as often as it was sent.
    pub headers: Vec<(String, String)>,
    /// The body; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// The execution log.
    pub log: String,
    /// Milliseconds.
    pub latency: i64,
}

/// Returns who asks in a test, as `$context.identity` and events have it (logs of users).
#[must_use]
pub fn test_identity(account_id: &str, region: &str, caller: &TestCaller) -> Value {
    json!({
        "cognitoIdentityPoolId": null,
        "cognitoIdentityId": null,
        "apiKey": "test-invoke-api-key",
        "principalOrgId": null,
        "cognitoAuthenticationType": null,
        "userArn": format!("arn:{}:iam::{account_id}:root", crate::gateway::partition(region)),
        "apiKeyId": "test-invoke-api-key-id",
        "userAgent": caller.user_agent,
        "accountId": account_id,
        "caller": account_id,
        "sourceIp": "test-invoke-source-ip",
        "accessKey": caller.access_key,
        "cognitoAuthenticationProvider": null,
        "user": account_id,
    })
}

/// Runs a method of an API as it is now, deployed or not; nothing when there is no such method.
pub async fn test_invoke(
    gateway: &Arc<Gateway>,
    (account_id, region): (&str, &str),
    definition: &Arc<ApiDefinition>,
    resource_id: &str,
    request: TestRequest,
) -> Option<TestOutcome> {
    let started = Instant::now();
    let api = CompiledApi::new(definition);
    let resource = definition.resources.get(resource_id)?;
    let compiled = api.router.find_template(&resource.path)?;
    let method = compiled.methods.get(&request.method).or_else(|| compiled.methods.get("ANY"))?;

    let path_with_query = request.path_with_query.filter(|p| !p.is_empty()).unwrap_or_else(|| resource.path.clone());
    let (path, query) = path_with_query.split_once('?').unwrap_or((path_with_query.as_str(), ""));
    let mut router = Router::new();
    router.add(&resource.path, ());
    // A path that does not fit runs all the same, without parameters.
    let path_parameters = router.find(path, |()| true).map(|m| m.parameters).unwrap_or_default();
    let client = ClientRequest {
        method: super::request::verb(&request.method),
        path: path.to_owned(),
        full_path: path.into(),
        query: parse_query(query),
        path_parameters,
        headers: Headers::from_iter(request.headers),
        body: Bytes::from(request.body),
        protocol: "HTTP/1.1",
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: gateway.address.port(),
        host: "testPrefix.testDomainName".into(),
    };
    let stage = DeployedStage {
        api_id: definition.api.id.clone(),
        account_id: account_id.to_owned(),
        region: region.to_owned(),
        stage: Stage::new(TEST_STAGE, "", 0),
        deployment_id: String::new(),
        definition: Arc::clone(definition),
        canary: None,
        compiled: Compiled::default(),
    };
    let mut context = RequestContext::new(&stage, &client, Timestamp::now());
    context.set_resource(&compiled.id, &compiled.path);
    // What events of tests have (logs of users).
    context.set("path", resource.path.as_str());
    context.set("identity", test_identity(account_id, region, &request.caller));
    let log = ExecutionLog::kept(context.request_id());
    let mut exchange = Exchange {
        gateway,
        region,
        api: &api,
        method,
        resource_path: &resource.path,
        request: client,
        context,
        stage_variables: Arc::new(request.stage_variables),
        assigned: Assigned::default(),
        usage_key: None,
        log,
        cache: None,
        sent: None,
        is_test: true,
    };
    let outcome = after_admission(&mut exchange).await;
    log_outcome(&mut exchange.log, &exchange.context, &outcome);
    let answer = outcome.unwrap_or_else(|refusal| {
        let rendered = gateway_response::render(
            &refusal,
            &definition.gateway_responses,
            &exchange.request,
            &mut exchange.context,
            &exchange.stage_variables,
        );
        // What is said of every answer alike is not said in a test (logs of users).
        let told = rendered.headers.into_iter().filter(|header| *header != (CONTENT_TYPE.into(), JSON.into()));
        let headers = told.collect();
        Answer::whole(rendered.status, headers, rendered.body.into(), false)
    });
    let mut headers: Vec<(String, String)> = answer.headers.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    if answer.traced {
        headers.push(("X-Amzn-Trace-Id".to_owned(), exchange.context.answer_trace_id()));
    }
    let log = &mut exchange.log;
    log.line(|| format!("Method completed with status: {}", answer.status.as_u16()));
    Some(TestOutcome {
        status: answer.status.as_u16(),
        headers,
        body: String::from_utf8_lossy(&answer.body).into_owned(),
        log: exchange.log.into_text(),
        latency: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
    })
}
