//! `AWS_PROXY` to a Lambda function, which gets the whole request as its event.

use bytes::Bytes;
use serde_json::Value;

use super::refusal::Refusal;
use super::{Answer, Exchange, event, reply};
use crate::emulator::data::context::random_uuid;
use crate::emulator::lambda::{InvokeError, InvokeOptions, function_arn_of_invocation_uri};
use crate::gateway::http_api::Integration;

/// Invokes the function with the request's event and answers what it returns.
pub(super) async fn call(exchange: &mut Exchange<'_>, integration: &Integration) -> Result<Answer, Refusal> {
    let uri = exchange.with_stage_variables(integration.integration_uri.as_deref().unwrap_or_default());
    if integration.credentials_arn.is_none() {
        let rest = exchange.source();
        exchange.check_permission(function_of(&uri), &rest)?;
    }
    let second = integration.payload_format_version == "2.0";
    let event = if second { event::v2(exchange) } else { event::v1(exchange) };
    let payload = invoke(exchange, &uri, Value::Object(event)).await?;
    let read = if second { reply::v2(&payload) } else { reply::v1(&payload) };
    let mut answer = read.map_err(|reason| {
        let text = format!("the answer of {} is malformed: {reason}", function_of(&uri));
        exchange.say(&text);
        Refusal::internal(text)
    })?;
    exchange.context.note("integration.status", answer.status.as_u16());
    answer.headers.retain(|name| !super::backend::is_hop_by_hop(name));
    super::http_proxy::map_response(exchange, integration, &mut answer);
    Ok(answer)
}

/// Returns the function that a URI names: an invocation URI, or the ARN itself.
pub(super) fn function_of(uri: &str) -> &str {
    function_arn_of_invocation_uri(uri).unwrap_or(uri)
}

/// Invokes a function; what goes wrong is 500, and said to whoever runs the gateway.
pub(super) async fn invoke(exchange: &mut Exchange<'_>, uri: &str, event: Value) -> Result<Bytes, Refusal> {
    let function = function_of(uri);
    let id = random_uuid().to_string();
    for name in ["integration.requestId", "awsEndpointRequestId"] {
        exchange.context.note(name, id.as_str());
    }
    let trace_id = Some(exchange.context.trace_id());
    let options = InvokeOptions { request_id: Some(id), trace_id, ..InvokeOptions::default() };
    let functions = exchange.gateway.functions.clone();
    let invocation = functions.invoke(function, event.to_string().into(), options).await.map_err(|error| {
        exchange.say(&error.to_string());
        match error {
            InvokeError::PayloadTooLarge { .. } => Refusal::new(413, "Request Entity Too Large"),
            InvokeError::Throttled { .. } => Refusal::unavailable(error.to_string()),
            other => Refusal::internal(other.to_string()),
        }
    })?;
    // Lambda's own status: it is the same when the function fails.
    exchange.context.note("integrationStatus", 200);
    exchange.context.note("integration.integrationStatus", 200);
    if let Some(error) = &invocation.function_error {
        let text = format!("{function} failed ({error}): {}", String::from_utf8_lossy(&invocation.payload));
        exchange.context.note("integration.error", text.as_str());
        return Err(Refusal::internal(text));
    }
    Ok(invocation.payload)
}
