//! `AWS_PROXY`: a Lambda function that gets the whole request as its event.

use std::time::Instant;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::request;
use crate::emulator::data::compile::CompiledIntegration;
use crate::emulator::data::exchange::{Answer, Exchange, Integration};
use crate::emulator::data::execution_log::{LambdaRequest, lambda_answer_headers, lossy};
use crate::emulator::data::gateway_response::{Refusal, ResponseType};
use crate::emulator::data::header_rules::{ResponseHeader, response_header};
use crate::emulator::data::permission;
use crate::emulator::data::proxy_event;
use crate::emulator::data::request::Headers;
use crate::emulator::data::streaming::StreamedBody;
use crate::emulator::lambda::{FunctionName, Invocation, InvokeError, function_arn_of_invocation_uri};
use crate::gateway::IntegrationType;

/// What the execution log says of a function that the gateway may not invoke, or that is not there, or of a verb with
/// which Lambda is not called.
const NOT_PERMITTED: &str = "Execution failed due to configuration error: Invalid permissions on Lambda function";

/// Bytes of a stream's prelude at most.
const MAX_PRELUDE: usize = 64 * 1024;

/// Invokes the function with the request's event and answers what it returns.
pub(super) async fn call(exchange: &mut Exchange<'_>, both: Integration<'_>) -> Result<Answer, Refusal> {
    let integration = both.1;
    // Proxies map nothing, but a mapping onto a header that may not be mapped fails all the same (recorded).
    request::mapped(exchange, integration)?;
    let uri = exchange.with_stage_variables(integration.integration.uri.as_deref().unwrap_or_default());
    if integration.integration.http_method.as_deref().is_some_and(|m| m != "POST") {
        return Err(Refusal::configuration(NOT_PERMITTED));
    }
    let Some(function) = function_arn_of_invocation_uri(&uri) else {
        return Err(Refusal::configuration(format!("The integration URI is not that of a Lambda function: {uri}")));
    };
    check_permission(exchange, integration, function)?;
    let event = proxy_event::event(exchange);
    log_invocation(exchange, integration, function, Headers::default(), &event);
    let started = Instant::now();
    let streams = integration.integration.response_transfer_mode.as_deref() == Some("STREAM")
        || uri.ends_with("/response-streaming-invocations");
    let mut options = exchange.invoke_options();
    let invocation_id = options.request_id.clone().unwrap_or_default();
    let mut stream = None;
    let invocation = if streams {
        let (parts, received) = mpsc::channel(16);
        options.stream = Some(parts);
        let (functions, name) = (exchange.gateway.functions.clone(), function.to_owned());
        // The answer outlives this request's processing.
        let invocation = tokio::spawn(async move { functions.invoke(&name, event, options).await });
        match begin_stream(received, invocation).await {
            Begun::Stream(begun) => {
                stream = Some(begun);
                Ok(Invocation { payload: Bytes::new(), function_error: None, log_tail: None })
            }
            Begun::Ended(invocation) => invocation,
        }
    } else {
        exchange.gateway.functions.invoke(function, event, options).await
    };
    let mut invocation = invocation.map_err(|error| not_invoked(exchange, &error))?;
    if let Some((prelude, _)) = &mut stream {
        invocation.payload = std::mem::take(prelude);
    }
    if exchange.log.is_kept() {
        let headers = answer_headers(exchange, function, &invocation_id, &invocation);
        exchange.log.received(200, started, headers.iter(), Some(&invocation.payload));
    }
    // Lambda's own status: it is the same when the function fails.
    exchange.context.note("integrationStatus", 200);
    exchange.context.note("integration.integrationStatus", 200);
    if invocation.function_error.is_some() {
        let failure: Option<Value> = serde_json::from_slice(&invocation.payload).ok();
        let message = failure.as_ref().and_then(|failure| failure.get("errorMessage")).and_then(Value::as_str);
        return Err(Refusal::malformed(format!(
            "Lambda execution failed with status 200 due to customer function error: {}. Lambda request id: \
             {invocation_id}",
            message.unwrap_or_default()
        )));
    }
    let answer = match streams {
        true => proxy_event::streamed_answer(&invocation.payload),
        false => proxy_event::answer(&invocation.payload, exchange.accepts_binary()),
    };
    let answer = answer.map_err(|reason| {
        (exchange.gateway.log)(&format!("the answer of {function} is malformed: {reason}"));
        Refusal::malformed("Execution failed due to configuration error: Malformed Lambda proxy response")
    })?;
    exchange.context.note("integration.status", answer.status.as_u16());
    let mut headers = Headers::default();
    for (name, value) in answer.headers.iter() {
        match response_header(name, IntegrationType::AwsProxy) {
            ResponseHeader::Kept => headers.push(name, value),
            ResponseHeader::Remapped => headers.push(format!("x-amzn-Remapped-{name}"), value),
            ResponseHeader::Dropped => {}
        }
    }
    // A test has what the function said (logs of users).
    if !exchange.is_test && headers.any_case("content-type").is_none() {
        headers.push("Content-Type", "application/json");
    }
    exchange.log.line(|| format!("Method response body after transformations: {}", lossy(&answer.body)));
    let Some((_, mut stream)) = stream else {
        return Ok(Answer::whole(answer.status, headers, answer.body, true));
    };
    stream.first = answer.body;
    Ok(Answer { status: answer.status, headers, body: Bytes::new(), stream: Some(stream.into_body()), traced: true })
}

/// Writes the request that invokes a function, with the headers that were mapped.
pub(super) fn log_invocation(
    exchange: &mut Exchange<'_>,
    integration: &CompiledIntegration,
    function: &str,
    mut headers: Headers,
    payload: &Bytes,
) {
    if !exchange.log.is_kept() {
        return;
    }
    request::complete(&mut headers, exchange, integration, payload);
    let get = |name: &str| exchange.context.get(name).unwrap_or_default();
    let invocation = LambdaRequest {
        region: exchange.region,
        api_id: &get("apiId"),
        request_id: exchange.context.request_id(),
        source_arn: &permission::source_arn(
            [exchange.region, &get("accountId"), &get("apiId")],
            &format!("{}/{}{}", get("stage"), exchange.request.method, exchange.resource_path),
        ),
        payload,
    };
    exchange.log.invoked(function, headers, &invocation);
}

/// Returns the headers of Lambda's answer.
pub(super) fn answer_headers(exchange: &Exchange<'_>, function: &str, id: &str, invocation: &Invocation) -> Headers {
    let qualifier = FunctionName::parse(function).and_then(|name| name.qualifier);
    let version = qualifier.filter(|q| q.bytes().all(|b| b.is_ascii_digit())).unwrap_or_else(|| "$LATEST".to_owned());
    let error = invocation.function_error.as_deref();
    lambda_answer_headers(&exchange.context, id, &version, error, &invocation.payload)
}

/// What a function did that may stream.
enum Begun {
    /// It streams: what came until the end of the prelude, and what is still to come.
    Stream((Bytes, StreamedBody)),
    /// It is done: it answered at once, failed, or its stream ended with the prelude or before.
    Ended(Result<Invocation, InvokeError>),
}

/// Waits for the prelude of a stream, or for the end of an invocation that does not stream.
async fn begin_stream(
    mut parts: mpsc::Receiver<Bytes>,
    invocation: JoinHandle<Result<Invocation, InvokeError>>,
) -> Begun {
    let mut begun = Vec::new();
    while let Some(part) = parts.recv().await {
        begun.extend_from_slice(&part);
        if proxy_event::prelude_end(&begun).is_some() {
            return Begun::Stream((begun.into(), StreamedBody { first: Bytes::new(), parts, invocation }));
        }
        if begun.len() > MAX_PRELUDE {
            break;
        }
    }
    drop(parts);
    let invocation = match invocation.await {
        Ok(invocation) => invocation,
        // The server ends.
        Err(_) => Err(InvokeError::Stopped { function: "(streaming)".to_owned() }),
    };
    Begun::Ended(invocation.map(|invocation| match begun.is_empty() {
        true => invocation,
        false => Invocation { payload: begun.into(), ..invocation },
    }))
}

/// Lets a method invoke a function whose policy allows it, or that a role is assumed for.
pub(super) fn check_permission(
    exchange: &mut Exchange<'_>,
    integration: &CompiledIntegration,
    function: &str,
) -> Result<(), Refusal> {
    if integration.integration.credentials.as_ref().is_some_and(|role| !role.is_empty()) {
        return Ok(());
    }
    let get = |name: &str| exchange.context.get(name).unwrap_or_default();
    let method = &exchange.request.method;
    let rest = format!("{}/{method}{}", get("stage"), permission::source_path(exchange.resource_path));
    let place = [exchange.region, &get("accountId"), &get("apiId")];
    let Some(text) = permission::refusal(exchange.gateway, function, place, &rest) else { return Ok(()) };
    (exchange.gateway.log)(&text);
    Err(Refusal::configuration(NOT_PERMITTED))
}

/// Returns what the client sees when a function cannot be invoked, and says why to whoever runs the gateway.
pub(super) fn not_invoked(exchange: &Exchange<'_>, error: &InvokeError) -> Refusal {
    (exchange.gateway.log)(&error.to_string());
    let log = format!("Execution failed due to configuration error: {error}");
    // A function that is not there is one that the gateway may not invoke.
    let log = if matches!(error, InvokeError::NotFound { .. }) { NOT_PERMITTED.to_owned() } else { log };
    match error {
        InvokeError::PayloadTooLarge { .. } => Refusal::new(ResponseType::RequestTooLarge).log(log),
        InvokeError::Throttled { .. } => Refusal::new(ResponseType::Throttled).log(log),
        InvokeError::Stopped { .. } => Refusal::malformed(log),
        InvokeError::NotFound { .. } | InvokeError::InvalidName { .. } | InvokeError::Endpoint { .. } => {
            Refusal::configuration(log)
        }
    }
}
