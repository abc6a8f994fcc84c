//! Function URLs: a function answers at an address of its own, as it would behind the only route of an HTTP API (Lambda
//! developer guide, `urls-invocation`).

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};

use super::{Answer, DeployedHttpStage, Place};
use crate::emulator::data::{Body, Gateway, full_body};
use crate::emulator::lambda::FunctionName;
use crate::gateway::HttpApi;
use crate::gateway::http_api::stage::DEFAULT_STAGE;
use crate::gateway::http_api::{Api, Cors, Integration, IntegrationType, Route, Stage};

/// Milliseconds; the longest that a function may run.
const LONGEST: i64 = 900_000;

/// Who may call a function at its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Whoever signs.
    Signed,
    /// Everybody.
    Everybody,
    /// Nobody: everybody should, and the function's policy does not let them.
    Nobody,
}

/// A function and the address that it answers at.
#[derive(Debug)]
pub struct FunctionUrl {
    function: FunctionName,
    callers: Callers,
    /// Answers as the address does.
    stage: Arc<DeployedHttpStage>,
}

impl FunctionUrl {
    /// Returns the address of a function in an account (twelve digits) and a region. `id` is the first label of the
    /// address, `cors` says who may call it from a web page of another origin.
    #[must_use]
    pub fn new(
        id: &str,
        function: FunctionName,
        callers: Callers,
        cors: Option<Cors>,
        (account_id, region): (&str, &str),
    ) -> Self {
        let mut integration = Integration::new("url", IntegrationType::AwsProxy);
        integration.integration_uri = Some(function.to_string());
        integration.payload_format_version = "2.0".to_owned();
        integration.timeout_in_millis = LONGEST;
        // The policy that counts is the one for everybody, which has been asked.
        integration.credentials_arn = Some("*".to_owned());
        let mut route = Route::new("url", "$default");
        route.target = Some("integrations/url".to_owned());
        // Events have no account of callers who need not say who they are.
        let mut account = "anonymous";
        if callers == Callers::Signed {
            route.authorization_type = "AWS_IAM".to_owned();
            account = account_id;
        }
        let mut api = HttpApi::new(Api::new(id, "", region, 0));
        api.api.cors_configuration = cors;
        api.routes.insert(route.route_id.clone(), route);
        api.integrations.insert(integration.integration_id.clone(), integration);
        let owner = (id.to_owned(), account.to_owned(), region.to_owned());
        let mut stage = DeployedHttpStage::new(owner, Stage::new(DEFAULT_STAGE, 0), String::new(), api);
        stage.is_function_url = true;
        Self { function, callers, stage: Arc::new(stage) }
    }
}

/// Answers a request to the address of an id.
pub(in super::super) async fn answer(
    gateway: &Arc<Gateway>,
    id: &str,
    path: &str,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    let Some(url) = gateway.lookup.function_url(id) else {
        return refused(StatusCode::NOT_FOUND, r#"{"Message":null}"#);
    };
    if url.callers == Callers::Nobody {
        let words = "Forbidden. For troubleshooting Function URL authorization issues, see: \
                     https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";
        (gateway.log)(&format!(
            "the URL of {} lets nobody in: its policy has no statement for lambda:InvokeFunctionUrl and everybody; `aws \
             lambda add-permission` with the principal * and --function-url-auth-type NONE adds one",
            url.function
        ));
        return refused(StatusCode::FORBIDDEN, &serde_json::json!({ "Message": words }).to_string());
    }
    let place = Place {
        stage: Some(Arc::clone(&url.stage)),
        full_path: path.to_owned(),
        route_path: path.to_owned(),
        custom_domain: false,
        domain: None,
    };
    let mut response = super::answer(gateway, place, peer, request).await;
    let headers = response.headers_mut();
    if let Some(id) = headers.remove("apigw-requestid") {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    response
}

/// Returns what becomes of an answer of an HTTP API's own: a function that failed is a bad gateway here.
pub(super) fn as_url(answer: Answer) -> Answer {
    let (status, body) = match answer.status {
        StatusCode::INTERNAL_SERVER_ERROR => (StatusCode::BAD_GATEWAY, "Internal Server Error"),
        // More at once than a function may do.
        StatusCode::SERVICE_UNAVAILABLE => (StatusCode::TOO_MANY_REQUESTS, r#"{"message":"Rate Exceeded."}"#),
        StatusCode::FORBIDDEN => (StatusCode::FORBIDDEN, r#"{"Message":"Forbidden"}"#),
        _ => return answer,
    };
    let headers = [("content-type", "application/json")].into_iter().collect();
    Answer { status, headers, body: body.into() }
}

fn refused(status: StatusCode, body: &str) -> Response<Body> {
    let mut response = Response::new(full_body(body.to_owned()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    if status == StatusCode::FORBIDDEN {
        headers.insert("x-amzn-errortype", HeaderValue::from_static("AccessDeniedException"));
    }
    if let Ok(id) = HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    response
}
