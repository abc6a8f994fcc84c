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

/// A function and the address that it answers at.
#[derive(Clone, Debug)]
pub struct FunctionUrl {
    /// The first label of the address.
    pub id: String,
    /// The function, with its alias.
    pub function: FunctionName,
    /// Twelve digits.
    pub account_id: String,
    /// Such as `us-east-1`.
    pub region: String,
    /// Whether requests have to be signed.
    pub asks_for_signatures: bool,
    /// Whether the function's policy lets in whom the kind of authorization does.
    pub is_open: bool,
    /// Who may call it from a web page of another origin.
    pub cors: Option<Cors>,
}

impl FunctionUrl {
    /// Returns the stage that answers as the address does.
    fn stage(self) -> DeployedHttpStage {
        let Self { id, function, account_id, region, asks_for_signatures, cors, .. } = self;
        let mut integration = Integration::new("url", IntegrationType::AwsProxy);
        integration.integration_uri = Some(function.to_string());
        integration.payload_format_version = "2.0".to_owned();
        integration.timeout_in_millis = LONGEST;
        // The policy that counts is the one for everybody, which has been asked.
        integration.credentials_arn = Some("*".to_owned());
        let mut route = Route::new("url", "$default");
        route.target = Some("integrations/url".to_owned());
        if asks_for_signatures {
            route.authorization_type = "AWS_IAM".to_owned();
        }
        let mut api = HttpApi::new(Api::new(id.as_str(), "", &region, 0));
        api.api.cors_configuration = cors;
        api.routes.insert(route.route_id.clone(), route);
        api.integrations.insert(integration.integration_id.clone(), integration);
        // Events have no account of callers who need not say who they are.
        let account = if asks_for_signatures { account_id } else { "anonymous".to_owned() };
        let mut stage = DeployedHttpStage::new((id, account, region), Stage::new(DEFAULT_STAGE, 0), String::new(), api);
        stage.is_function_url = true;
        stage
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
    if !url.is_open {
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
        stage: Some(Arc::new(url.stage())),
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
