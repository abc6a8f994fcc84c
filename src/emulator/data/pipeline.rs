//! The steps of a request, in the order in which API Gateway takes them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Request, Response, StatusCode};
use indexmap::IndexMap;
use jiff::Timestamp;

use super::authorizer::SentRequest;
use super::cache::CacheUse;
use super::compile::CompiledApi;
use super::context::{RequestContext, extended_request_id, random_uuid};
use super::exchange::{Answer, Exchange};
use super::execution_log::{ExecutionLog, java_map, lossy};
use super::gateway_response::{self, Refusal, ResponseType};
use super::request::ClientRequest;
use super::template::Assigned;
use super::{
    Body, DeployedStage, Gateway, Spelling, Target, access_log, admission, authorizer, compression, full_body,
};
use super::{header_rules, integration, spelling};

/// The most bytes of a request's body.
const MAX_BODY: usize = 10 * 1024 * 1024;
/// The most bytes of all header values together (AWS's quota).
const MAX_HEADERS: usize = 10_240;
/// How long a client may take to send a body.
const BODY_TIME: Duration = Duration::from_secs(60);
/// Where the API's own name stands when a request named it in the path.
const LOCAL_DOMAIN: &str = "execute-api.localhost";

/// The gateway's own headers.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
static EXTENDED_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-apigw-id");
static TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// Answers a request to a deployed stage.
pub(super) async fn answer(
    gateway: &Arc<Gateway>,
    place: Place,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    let started = Instant::now();
    let stage = Arc::clone(&place.stage);
    if stage.definition.api.disable_execute_api_endpoint && !place.custom_domain {
        return forbidden();
    }
    let (definition, compiled, is_canary) = choose_deployment(&stage);
    let variables = stage_variables(&stage, is_canary);

    let (parts, body) = request.into_parts();
    let paths = (place.path, place.full_path);
    let mut client = ClientRequest::received(&parts, paths, place.domain, gateway.address.port(), peer);
    // REST APIs take the verb from here (`api-gateway-known-issues` of the developer guide).
    if let Some(verb) = client.headers.any_case("x-http-method-override").filter(|verb| is_verb(verb)) {
        client.method = super::request::verb(verb);
    }
    let now = Timestamp::now();
    let mut context = RequestContext::new(&stage, &client, now);
    let format = access_log::format_of(&stage);
    if format.is_some() {
        context.keep_logged();
        if let Some(base) = &place.base_path {
            context.note("customDomain.basePathMatched", base);
        }
    }
    if let Some(canary) = &stage.stage.canary_settings {
        context.set("isCanaryRequest", is_canary);
        if let Some(id) = canary.deployment_id.as_ref().filter(|_| is_canary) {
            context.set("deploymentId", id.as_str());
        }
    }

    let body = read_body(body, &client).await;
    let head = parts.method == hyper::Method::HEAD;
    let connection = connection(&parts);
    let finish = |context: &mut RequestContext, client: &ClientRequest, outcome: Result<Answer, Refusal>| {
        let refused = outcome.is_err();
        let answer = outcome.unwrap_or_else(|refusal| {
            let rendered =
                gateway_response::render(&refusal, &definition.gateway_responses, client, context, &variables);
            let headers = rendered.headers.into_iter().collect();
            let body = rendered.body.into();
            Answer::whole(rendered.status, headers, body, false)
        });
        let answer = compress(&definition.api, client, answer);
        let response = into_response(context, answer, refused, connection);
        access_log::write(gateway, format, context, &variables, &response, started);
        response
    };

    let sent_body = match body {
        Ok((body, sent)) => {
            client.body = body;
            sent
        }
        Err(refusal) => return finish(&mut context, &client, Err(refusal)),
    };
    if client.headers.iter().map(|(_, v)| v.len()).sum::<usize>() > MAX_HEADERS {
        let refusal = Refusal::new(ResponseType::RequestTooLarge)
            .status(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.as_u16())
            .message("Request Header Fields Too Large");
        return finish(&mut context, &client, Err(refusal));
    }

    let route = route(&compiled, place.route_path.as_deref().unwrap_or(&client.path), &client.method);
    let Some((resource, method, path_parameters)) = route else {
        let refusal = authorizer::without_method(&client.headers);
        return finish(&mut context, &client, Err(refusal));
    };
    context.set_resource(&resource.id, &resource.path);
    client.path_parameters = path_parameters;
    let signed = method.method.authorization_type == "AWS_IAM";
    let sent = signed.then(|| SentRequest::new(&parts, &client.headers, sent_body));
    client.headers.retain(|name| !header_rules::is_dropped_from_request(name));
    // A stage that logs at this level has the steps of each request in the log, as CloudWatch would.
    let logged = admission::setting(&stage, &resource.path, &method.method.http_method)
        .is_some_and(|(setting, _)| setting.logging_level.as_deref() == Some("INFO"));
    let log = if logged { ExecutionLog::kept(context.request_id()) } else { ExecutionLog::default() };
    let mut exchange = Exchange {
        gateway,
        region: &stage.region,
        api: &compiled,
        method,
        resource_path: &resource.path,
        request: client,
        context,
        stage_variables: Arc::clone(&variables),
        assigned: Assigned::default(),
        usage_key: None,
        log,
        cache: None,
        sent,
        is_test: false,
    };
    let outcome = admitted(&mut exchange, &stage, now).await;
    let Exchange { mut context, request: client, mut log, .. } = exchange;
    log_outcome(&mut log, &context, &outcome);
    let mut response = finish(&mut context, &client, outcome);
    log.line(|| format!("Method completed with status: {}", response.status().as_u16()));
    if log.is_kept() {
        log.into_text().lines().for_each(|line| (gateway.log)(line));
    }
    if head {
        *response.body_mut() = full_body(Bytes::new());
    }
    response
}

/// Writes how a request ended, but for the status.
pub(super) fn log_outcome(log: &mut ExecutionLog, context: &RequestContext, outcome: &Result<Answer, Refusal>) {
    match outcome {
        Ok(answer) => {
            let traced = Some(context).filter(|_| log.is_kept() && answer.traced).map(RequestContext::answer_trace_id);
            let traced = traced.as_deref().map(|id| ("X-Amzn-Trace-Id", id));
            log.answered(answer.headers.iter().chain(traced));
        }
        Err(refusal) => log.line(|| refusal.log.clone().unwrap_or_else(|| refusal.kind.name().to_owned())),
    }
}

/// Who may, how often, and is it well-formed: then the integration.
async fn admitted(exchange: &mut Exchange<'_>, stage: &DeployedStage, now: Timestamp) -> Result<Answer, Refusal> {
    authorizer::authorize(exchange).await?;
    admission::check_api_key(exchange, stage, now)?;
    admission::check_throttle(exchange, stage)?;
    exchange.cache = CacheUse::of(exchange, stage)?;
    after_admission(exchange).await
}

/// Validation and the integration: all that the console's test runs.
pub(super) async fn after_admission(exchange: &mut Exchange<'_>) -> Result<Answer, Refusal> {
    // Signatures of callers are not for backends.
    let signed = exchange.request.headers.any_case("authorization").is_some_and(|a| a.starts_with("AWS4-HMAC-SHA256"));
    if signed {
        exchange.request.headers.remove("authorization");
    }
    if exchange.log.is_kept() {
        let request = &exchange.request;
        let (verb, path) = (request.method.clone(), request.path.clone());
        let parameters = java_map(exchange.request.path_parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())));
        let query = java_map(request.query.iter().filter_map(|(n, v)| Some((n.as_str(), v.last()?.as_str()))));
        let headers = java_map(request.headers.iter());
        let body = lossy(&request.body);
        let id = exchange.context.request_id().to_owned();
        let log = &mut exchange.log;
        log.line(|| format!("Starting execution for request: {id}"));
        log.line(|| format!("HTTP Method: {verb}, Resource Path: {path}"));
        log.line(|| format!("Method request path: {parameters}"));
        log.line(|| format!("Method request query string: {query}"));
        log.line(|| format!("Method request headers: {headers}"));
        log.line(|| format!("Method request body before transformations: {body}"));
    }
    exchange.method.rules.check(&exchange.request, &exchange.request.path_parameters)?;
    if exchange.log.is_kept() && exchange.method.rules.checks_body(&exchange.request) {
        let media_type = exchange.request.media_type();
        exchange.log.line(|| format!("Request validation succeeded for content type {media_type}"));
    }
    let usage = exchange.cache.take();
    let shared = &std::sync::Arc::clone(exchange.gateway).shared;
    if let Some(usage) = &usage
        && let Some(mut answer) = shared.cache.get(usage, Instant::now())
    {
        exchange.log.line(|| "The answer is in the stage's cache".to_owned());
        usage.warn(&mut answer);
        return Ok(answer);
    }
    let started = Instant::now();
    let mut answer = integration::call(exchange).await;
    if let (Some(usage), Ok(answer)) = (&usage, &mut answer) {
        shared.cache.put(usage, answer, Instant::now());
        usage.warn(answer);
    }
    let latency = started.elapsed().as_millis();
    exchange.context.note("integrationLatency", latency);
    exchange.context.note("integration.latency", latency);
    if let Err(Refusal { log: Some(reason), .. }) = &answer {
        exchange.context.note("integrationErrorMessage", reason);
        exchange.context.note("integration.error", reason);
    }
    answer
}

/// A stage and the path below it.
pub(super) struct Place {
    stage: Arc<DeployedStage>,
    /// `$context.path`
    full_path: Arc<str>,
    /// What Lambda sees as `path`.
    path: String,
    /// What is routed, where that is not `path`.
    route_path: Option<String>,
    custom_domain: bool,
    domain: Option<Arc<str>>,
    /// The base path of the custom domain name's mapping.
    base_path: Option<String>,
}

impl Place {
    /// Returns the place of a request; nothing when no REST API has such a stage.
    pub(super) fn find(gateway: &Gateway, target: &Target, path: &str, headers: &HeaderMap) -> Option<Self> {
        let trimmed = path.trim_start_matches('/');
        let (first, rest) = match trimmed.find('/') {
            Some(at) => trimmed.split_at(at),
            None => (trimmed, ""),
        };
        let below = |rest: &str| ["/", rest.trim_start_matches('/')].concat();
        match target {
            Target::Host { api_id } | Target::Path { api_id } => {
                let stage = gateway.lookup.stage(api_id, first)?;
                let full_path = match path.len() == trimmed.len() + 1 {
                    true => path.into(),
                    false => ["/", trimmed].concat().into(),
                };
                let path = below(rest);
                let local = || [api_id, ".", LOCAL_DOMAIN].concat().into();
                let domain = matches!(target, Target::Path { .. })
                    .then(|| Arc::clone(stage.compiled.local_domain.get_or_init(local)));
                Some(Self { full_path, route_path: None, path, stage, custom_domain: false, domain, base_path: None })
            }
            Target::FunctionUrl { .. } => None,
            Target::Domain { name } => {
                let routes = gateway.lookup.domain_routes(name)?;
                let route = routes.find(path, headers)?;
                let (stage_name, rest) = route.stage.map_or_else(
                    || {
                        let rest = route.rest.trim_start_matches('/');
                        rest.split_at(rest.find('/').unwrap_or(rest.len()))
                    },
                    |stage| (stage, route.rest),
                );
                let stage = gateway.lookup.stage(route.api_id, stage_name)?;
                let full_path = format!("/{trimmed}");
                Some(Self {
                    path: full_path.clone(),
                    full_path: full_path.into(),
                    route_path: Some(below(rest)),
                    stage,
                    custom_domain: true,
                    domain: Some(name.as_str().into()),
                    base_path: Some(route.base_path.to_owned()),
                })
            }
        }
    }
}

/// 403 without a stage: nothing of an API can be customised yet.
pub(super) fn forbidden() -> Response<Body> {
    let mut response = Response::new(full_body(r#"{"message":"Forbidden"}"#));
    *response.status_mut() = StatusCode::FORBIDDEN;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("x-amzn-errortype", HeaderValue::from_static("ForbiddenException"));
    for (name, id) in
        [(&REQUEST_ID, random_uuid().to_string()), (&EXTENDED_REQUEST_ID, extended_request_id(&random_uuid()))]
    {
        if let Ok(id) = HeaderValue::try_from(id) {
            headers.insert(name, id);
        }
    }
    response
}

/// Chooses between the stage's deployment and its canary's, at random, and compiles what is chosen the first time.
fn choose_deployment(stage: &DeployedStage) -> (Arc<crate::gateway::ApiDefinition>, Arc<CompiledApi>, bool) {
    let percent = stage.stage.canary_settings.as_ref().map_or(0.0, |c| c.percent_traffic);
    if let Some(canary) = stage.canary.as_ref().filter(|_| percent > 0.0) {
        let (random, _) = uuid::Uuid::new_v4().as_u64_pair();
        // The version bits of a UUID are in the low half of its first word.
        let share = (random >> 32) as f64 / f64::from(u32::MAX) * 100.0;
        if share < percent {
            let compiled = stage.compiled.canary.get_or_init(|| Arc::new(CompiledApi::new(canary)));
            return (Arc::clone(canary), Arc::clone(compiled), true);
        }
    }
    let compiled = stage.compiled.stage.get_or_init(|| Arc::new(CompiledApi::new(&stage.definition)));
    (Arc::clone(&stage.definition), Arc::clone(compiled), false)
}

fn stage_variables(stage: &DeployedStage, is_canary: bool) -> Arc<IndexMap<String, String>> {
    let merged = || {
        let mut variables = stage.stage.variables.clone().unwrap_or_default();
        let canary = stage.stage.canary_settings.as_ref().filter(|_| is_canary);
        variables.extend(canary.and_then(|c| c.stage_variable_overrides.clone()).into_iter().flatten());
        Arc::new(variables)
    };
    let compiled = &stage.compiled;
    let cell = if is_canary { &compiled.canary_variables } else { &compiled.variables };
    Arc::clone(cell.get_or_init(merged))
}

/// Reads and decompresses a body in bounded memory and time; returns it, and as it was sent.
async fn read_body(body: Incoming, client: &ClientRequest) -> Result<(Bytes, Bytes), Refusal> {
    if body.is_end_stream() {
        return Ok((Bytes::new(), Bytes::new()));
    }
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(Refusal::new(ResponseType::RequestTooLarge));
    }
    let slow = || Refusal::new(ResponseType::BadRequestBody).status(408).message("Request Timeout");
    let collected = Box::pin(Limited::new(body, MAX_BODY).collect());
    let collected = tokio::time::timeout(BODY_TIME, collected).await.map_err(|_| slow())?;
    let collected = collected.map_err(|error| match error.is::<LengthLimitError>() {
        true => Refusal::new(ResponseType::RequestTooLarge),
        false => Refusal::new(ResponseType::BadRequestBody).message("Bad Request").log(error.to_string()),
    })?;
    let sent = collected.to_bytes();
    let coding = client.headers.any_case("content-encoding");
    Ok((compression::decompressed(sent.clone(), coding, MAX_BODY)?, sent))
}

type Route<'c> = (&'c super::compile::CompiledResource, &'c super::compile::CompiledMethod, Vec<(String, String)>);

/// Returns whether a text is a verb that methods can be for.
fn is_verb(text: &str) -> bool {
    matches!(text, "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT")
}

/// Finds the resource and its method: the verb's own, else `ANY`.
fn route<'c>(api: &'c CompiledApi, path: &str, verb: &str) -> Option<Route<'c>> {
    let found = api.router.find(path, |resource| resource.method_for(verb).is_some())?;
    Some((found.target, found.target.method_for(verb)?, found.parameters))
}

fn compress(api: &crate::gateway::RestApi, client: &ClientRequest, mut answer: Answer) -> Answer {
    let Some(threshold) = api.minimum_compression_size else { return answer };
    let body = &answer.body;
    let large = i64::try_from(body.len()).is_ok_and(|len| len >= threshold) && !body.is_empty();
    let accepted = client.headers.any_case("accept-encoding").filter(|_| large);
    if let Some(accepted) = accepted.filter(|_| answer.headers.any_case("content-encoding").is_none())
        && let Some((body, coding)) = compression::compressed(body, accepted)
    {
        answer.body = body;
        answer.headers.set("Content-Encoding", coding);
    }
    answer
}

/// What AWS says of the connection in its answer.
fn connection(parts: &Parts) -> Option<&'static str> {
    let closes = parts.headers.get(CONNECTION).is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"close"));
    match parts.version {
        hyper::Version::HTTP_11 => Some(if closes { "close" } else { "keep-alive" }),
        _ => None,
    }
}

/// Adds the gateway's own headers.
fn into_response(
    context: &RequestContext,
    answer: Answer,
    refused: bool,
    connection: Option<&'static str>,
) -> Response<Body> {
    let body = answer.stream.unwrap_or_else(|| full_body(answer.body));
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    let entries = answer.headers.into_entries();
    // Room for the gateway's own and for what hyper adds.
    headers.reserve(entries.len() + 6);
    let mut spelling = Vec::new();
    for (name, value) in entries {
        // A name or value that HTTP does not allow cannot be sent.
        if let (Ok(known), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::try_from(value)) {
            headers.append(known, value);
            if !spelling::is_usual(&name) {
                spelling.push(name);
            }
        }
    }
    let trace_id = (answer.traced && !refused).then(|| context.answer_trace_id());
    let own = [
        (&REQUEST_ID, Some(context.request_id())),
        (&EXTENDED_REQUEST_ID, Some(context.extended_request_id())),
        (&TRACE_ID, trace_id.as_deref()),
    ];
    for (name, value) in own.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    if let Some(connection) = connection {
        headers.insert(CONNECTION, HeaderValue::from_static(connection));
    }
    if !spelling.is_empty() {
        response.extensions_mut().insert(Spelling(spelling));
    }
    response
}
