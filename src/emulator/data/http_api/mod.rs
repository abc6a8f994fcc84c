//! HTTP APIs: deployed stages of `apigatewayv2` answering requests.
//!
//! The steps are those of the developer guide's HTTP API pages: stage, CORS preflight, route, authorizer, throttling,
//! integration, response mapping, CORS headers. What REST APIs have besides (models, templates, gateway responses) HTTP
//! APIs do not have, so this is a pipeline of its own; functions, the HTTP client, tokens, signatures, throttles and the
//! access log are shared.

mod authorizer;
mod backend;
mod cors;
mod event;
mod function_url;
mod http_proxy;
mod lambda;
mod mapping;
mod place;
mod refusal;
mod reply;
mod route;
mod service;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Request, Response, StatusCode};
use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::Value;

use super::authorizer::SentRequest;
use super::context::{Owner, RequestContext};
use super::request::{ClientRequest, Headers};
use super::{Body, Gateway, Target, access_log, full_body, permission};
use crate::gateway::HttpApi;
use crate::gateway::http_api::{Integration, IntegrationType, Stage};

pub(crate) use authorizer::Results;
pub(super) use function_url::answer as answer_function_url;
pub use function_url::{Callers, FunctionUrl};
pub(super) use place::Place;
use refusal::Refusal;
use route::{CompiledRoute, Routes};

/// The most bytes of a request's body.
const MAX_BODY: usize = 10 * 1024 * 1024;
/// The most bytes of the request line and the headers.
const MAX_HEAD: usize = 10_240;
/// How long a client may take to send a body.
const BODY_TIME: Duration = Duration::from_secs(60);

/// A stage of an HTTP API as callers meet it: its settings and the API as it was deployed.
#[derive(Debug)]
pub struct DeployedHttpStage {
    /// The API's id.
    pub api_id: String,
    /// Twelve digits.
    pub account_id: String,
    /// Such as `us-east-1`.
    pub region: String,
    /// The stage's settings.
    pub stage: Stage,
    /// The deployment that `definition` is the copy of.
    pub deployment_id: String,
    /// The API as it was deployed.
    pub definition: HttpApi,
    /// Whether it is no stage but a function's own address.
    is_function_url: bool,
    routes: OnceLock<Routes>,
    owner: OnceLock<Arc<Owner>>,
}

impl DeployedHttpStage {
    /// Returns a stage that shows a deployment.
    #[must_use]
    pub fn new(owner: (String, String, String), stage: Stage, deployment_id: String, definition: HttpApi) -> Self {
        let (api_id, account_id, region) = owner;
        Self {
            api_id,
            account_id,
            region,
            stage,
            deployment_id,
            definition,
            is_function_url: false,
            routes: OnceLock::new(),
            owner: OnceLock::new(),
        }
    }

    /// Returns what `$context` says of the stage.
    pub(crate) fn owner(&self) -> Arc<Owner> {
        let owner = || {
            let Self { account_id, api_id, deployment_id, stage, .. } = self;
            Arc::new(Owner::new([account_id, api_id, deployment_id, &stage.stage_name]))
        };
        Arc::clone(self.owner.get_or_init(owner))
    }

    fn routes(&self) -> &Routes {
        self.routes.get_or_init(|| Routes::new(&self.definition))
    }
}

/// A request on its way through the gateway.
struct Exchange<'a> {
    gateway: &'a Arc<Gateway>,
    stage: &'a DeployedHttpStage,
    route: &'a CompiledRoute,
    request: ClientRequest,
    /// The query, still encoded.
    raw_query: String,
    context: RequestContext,
    /// `requestContext.authorizer` of format 2.0: `{jwt: …}`, `{lambda: …}` or `{iam: …}`.
    authorizer: Option<Value>,
    /// What a signature is of, for routes with `AWS_IAM`.
    sent: Option<SentRequest>,
}

impl Exchange<'_> {
    fn variables(&self) -> &IndexMap<String, String> {
        &self.stage.stage.stage_variables
    }

    fn with_stage_variables(&self, text: &str) -> String {
        super::exchange::with_stage_variables(text, self.variables())
    }

    /// Says something to whoever runs the gateway.
    fn say(&self, text: &str) {
        (self.gateway.log)(text);
    }

    /// Demands that a function's policy lets API Gateway invoke it for what follows the API's id in an ARN.
    fn check_permission(&self, function: &str, rest: &str) -> Result<(), Refusal> {
        let place = [&self.stage.region, &self.stage.account_id, &self.stage.api_id].map(String::as_str);
        match permission::refusal(self.gateway, function, place, rest) {
            None => Ok(()),
            Some(text) => {
                self.say(&text);
                Err(Refusal::internal(text))
            }
        }
    }

    /// Returns what follows the API's id in the ARN that a function's policy names the route by.
    fn source(&self) -> String {
        let stage = &self.stage.stage.stage_name;
        match self.route.route.route_key.split_once(' ') {
            Some((_, path)) => format!("{stage}/{}{}", self.request.method, permission::source_path(path)),
            None => format!("{stage}/$default"),
        }
    }

    /// Returns the ARN that policies name the request by.
    fn route_arn(&self) -> String {
        let path = self.request.path.strip_prefix('/').unwrap_or(&self.request.path);
        format!(
            "arn:aws:execute-api:{}:{}:{}/{}/{}/{path}",
            self.stage.region,
            self.stage.account_id,
            self.stage.api_id,
            self.stage.stage.stage_name,
            self.request.method
        )
    }
}

/// What goes back to the client, before CORS and the gateway's own headers.
struct Answer {
    status: StatusCode,
    headers: Headers,
    body: Bytes,
}

/// Answers a request to an HTTP API.
pub(super) async fn answer(
    gateway: &Arc<Gateway>,
    place: Place,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    let started = Instant::now();
    let Some(stage) = place.stage.clone() else { return Refusal::not_found().without_stage() };
    if stage.definition.api.disable_execute_api_endpoint && !place.custom_domain {
        return Refusal::not_found().without_stage();
    }
    let (parts, body) = request.into_parts();
    let paths = (place.route_path.clone(), place.full_path.as_str().into());
    let mut client = ClientRequest::received(&parts, paths, place.domain, gateway.address.port(), peer);
    let mut context = RequestContext::of_http_api(&stage, &client, Timestamp::now());
    let format = stage.stage.access_log_settings.as_ref().and_then(|s| s.format.as_deref());
    if format.is_some() {
        context.keep_logged();
    }
    let is_head = parts.method == hyper::Method::HEAD;
    let origin = client.headers.any_case("origin").map(str::to_owned);
    let cors = stage.definition.api.cors_configuration.as_ref();
    let refused = |refusal: Refusal, context: &mut RequestContext| {
        let answer = refusal.into_answer(context);
        if stage.is_function_url { function_url::as_url(answer) } else { answer }
    };
    let respond = |context: &mut RequestContext, outcome: Result<Answer, Refusal>| {
        let answer = outcome.unwrap_or_else(|refusal| refused(refusal, context));
        let response = into_response(context, answer, is_head);
        access_log::write(gateway, format, context, &stage.stage.stage_variables, &response, started);
        response
    };
    let finish = |context: &mut RequestContext, outcome: Result<Answer, Refusal>| {
        let mut answer = outcome.unwrap_or_else(|refusal| refused(refusal, context));
        if let Some(cors) = cors {
            cors::apply(cors, origin.as_deref(), &mut answer.headers);
        }
        respond(context, Ok(answer))
    };

    let head = parts.uri.path().len() + parts.uri.query().map_or(0, str::len);
    if head + client.headers.iter().map(|(n, v)| n.len() + v.len()).sum::<usize>() > MAX_HEAD {
        return finish(&mut context, Err(Refusal::new(431, "Request Header Fields Too Large")));
    }
    let routes = stage.routes();
    let found = routes.find(&client.method, &place.route_path);
    if let (Some(cors), true) = (cors, cors::is_preflight(&client)) {
        // A preflight that falls to an authorized catch-all is refused there, as the developer guide warns.
        let is_guard = |route: &CompiledRoute| route.is_default() && route.route.authorization_type != "NONE";
        let guarded = !stage.is_function_url && found.as_ref().is_some_and(|(route, _)| is_guard(route));
        if !guarded {
            return respond(&mut context, Ok(cors::preflight(cors, origin.as_deref())));
        }
    }
    match read_body(body).await {
        Ok(body) => client.body = body,
        Err(refusal) => return finish(&mut context, Err(refusal)),
    }
    let Some((route, parameters)) = found else {
        return finish(&mut context, Err(Refusal::not_found()));
    };
    client.path_parameters = parameters;
    context.set("routeKey", route.route.route_key.as_str());
    let signed = route.route.authorization_type == "AWS_IAM";
    let sent = signed.then(|| SentRequest::new(&parts, &client.headers, client.body.clone()));
    let mut exchange = Exchange {
        gateway,
        stage: &stage,
        route,
        request: client,
        raw_query: parts.uri.query().unwrap_or_default().to_owned(),
        context,
        authorizer: None,
        sent,
    };
    let outcome = admitted(&mut exchange).await;
    let mut context = exchange.context;
    finish(&mut context, outcome)
}

/// Who may, and how often: then the integration.
async fn admitted(exchange: &mut Exchange<'_>) -> Result<Answer, Refusal> {
    authorizer::authorize(exchange).await?;
    check_throttle(exchange)?;
    let Some(integration) = &exchange.route.integration else {
        let text = format!("the route {} has no integration", exchange.route.route.route_key);
        exchange.say(&text);
        return Err(Refusal::internal(text));
    };
    let started = Instant::now();
    let limit = Duration::from_millis(u64::try_from(integration.timeout_in_millis).unwrap_or(30_000).max(1));
    let answer = tokio::time::timeout(limit, integrated(exchange, integration)).await;
    let latency = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    exchange.context.note("integrationLatency", latency);
    exchange.context.note("integration.latency", latency);
    answer.unwrap_or_else(|_| {
        let text = format!("the integration did not answer within {} ms", limit.as_millis());
        exchange.say(&text);
        // Private integrations say that it was the gateway behind which something was late.
        match integration.connection_type == "VPC_LINK" {
            true => Err(Refusal::new(504, "Gateway Timeout").because(text)),
            false => Err(Refusal::unavailable(text)),
        }
    })
}

async fn integrated(exchange: &mut Exchange<'_>, integration: &Integration) -> Result<Answer, Refusal> {
    match (integration.integration_type, &integration.integration_subtype) {
        (IntegrationType::AwsProxy, Some(subtype)) => service::call(exchange, integration, subtype).await,
        (IntegrationType::AwsProxy, None) => lambda::call(exchange, integration).await,
        (IntegrationType::HttpProxy, _) => http_proxy::call(exchange, integration).await,
    }
}

/// Lets a request pass the stage's route settings, or says why not.
fn check_throttle(exchange: &Exchange<'_>) -> Result<(), Refusal> {
    let key = &exchange.route.route.route_key;
    let settings = &exchange.stage.stage;
    let own = settings.route_settings.get(key);
    let default = &settings.default_route_settings;
    let rate = own.and_then(|s| s.throttling_rate_limit).or(default.throttling_rate_limit);
    let burst = own.and_then(|s| s.throttling_burst_limit).or(default.throttling_burst_limit);
    if rate.is_none() && burst.is_none() {
        return Ok(());
    }
    // What is not set is the account's limit.
    let (rate, burst) = (rate.unwrap_or(10_000.0), burst.map_or(5_000.0, |b| b as f64));
    let scope = if own.is_some() { key.as_str() } else { "" };
    let bucket = format!("http {} {} {scope}", exchange.stage.api_id, settings.stage_name);
    match exchange.gateway.shared.throttles.take(&bucket, rate, burst, Instant::now()) {
        true => Ok(()),
        false => Err(Refusal::new(429, "Too Many Requests").because("Rate or burst limit exceeded")),
    }
}

/// Reads a body in bounded memory and time.
async fn read_body(body: Incoming) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let too_large = || Refusal::new(413, "Request Entity Too Large");
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(too_large());
    }
    let collected = tokio::time::timeout(BODY_TIME, Limited::new(body, MAX_BODY).collect()).await;
    let collected = collected.map_err(|_| Refusal::new(408, "Request Timeout"))?;
    let collected = collected.map_err(|error| match error.is::<LengthLimitError>() {
        true => too_large(),
        false => Refusal::new(400, "Bad Request").because(error.to_string()),
    })?;
    Ok(collected.to_bytes())
}

/// Adds the gateway's own headers.
fn into_response(context: &RequestContext, answer: Answer, is_head: bool) -> Response<Body> {
    let mut response = Response::new(full_body(if is_head { Bytes::new() } else { answer.body }));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    for (name, value) in answer.headers.iter() {
        // A name or value that HTTP does not allow cannot be sent.
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.append(name, value);
        }
    }
    if let Ok(value) = HeaderValue::from_str(context.request_id()) {
        headers.insert(HeaderName::from_static("apigw-requestid"), value);
    }
    response
}

/// Whether a request is for an HTTP API, and where in it.
pub(super) fn find(gateway: &Gateway, target: &Target, path: &str, headers: &HeaderMap) -> Option<Place> {
    Place::find(gateway, target, path, headers)
}
