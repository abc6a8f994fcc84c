//! `HTTP`: an HTTP backend, with mappings; and the way to any HTTP backend.

use std::time::Instant;

use bytes::Bytes;
use hyper::{StatusCode, Uri};
use indexmap::IndexMap;
use serde_json::json;

use super::request;
use super::response::{BackendResponse, respond};
use crate::emulator::data::backend::{self, BackendAnswer, BackendError};
use crate::emulator::data::compile::CompiledIntegration;
use crate::emulator::data::exchange::{Answer, Exchange, Integration};
use crate::emulator::data::gateway_response::{Refusal, ResponseType};
use crate::emulator::data::request::Headers;
use crate::gateway::ConnectionType;

/// Sends the mapped request and maps the answer.
pub(super) async fn call(exchange: &mut Exchange<'_>, both: Integration<'_>) -> Result<Answer, Refusal> {
    let integration = both.1;
    let mut mapped = request::mapped(exchange, integration)?;
    let body = request::body(exchange, integration)?.into_bytes();
    request::apply_overrides(exchange, &mut mapped);
    let uri = integration.integration.uri.as_deref().unwrap_or_default();
    let address = request::address(exchange, uri, &mapped, &mapped.query);
    let mut headers: Headers =
        mapped.headers.iter().flat_map(|(n, values)| values.iter().map(move |v| (n.as_str(), v.as_str()))).collect();
    request::complete(&mut headers, exchange, integration, &body);
    headers.set("X-Amzn-Apigateway-Api-Id", exchange.api.definition.api.id.as_str());
    let method = method_for(exchange, integration.integration.http_method.as_deref());
    let address = match through_link(exchange, integration, &address, &mut headers) {
        Ok(None) => address,
        Ok(Some(linked)) => linked,
        Err(advice) => return Ok(not_sent(exchange, &advice, &method, &address, &headers, &body)),
    };
    let received = send(exchange, &method, &address, headers, body).await?;
    let response = BackendResponse {
        selection: received.status.to_string(),
        status: received.status,
        headers: received.headers,
        body: received.body,
    };
    respond(exchange, both, &response)
}

/// Returns the verb towards the backend: the client's own when none or `ANY` is set.
pub(super) fn method_for(exchange: &Exchange<'_>, configured: Option<&str>) -> String {
    configured.filter(|m| !m.is_empty() && *m != "ANY").unwrap_or(&exchange.request.method).to_owned()
}

/// A backend's answer, read to its end.
pub(super) struct Received {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) body: Bytes,
}

/// Sends a request to an HTTP backend and reads the answer.
pub(super) async fn send(
    exchange: &mut Exchange<'_>,
    method: &str,
    address: &str,
    headers: Headers,
    body: Bytes,
) -> Result<Received, Refusal> {
    let started = Instant::now();
    let answer = begin(exchange, method, address, headers, body).await?;
    let (status, headers) = (answer.status.as_u16(), answer.headers.clone());
    let body = answer.whole_body().await.map_err(|error| refused(exchange, address, &error))?;
    exchange.log.received(status, started, headers.iter(), Some(&body));
    Ok(Received { status, headers, body })
}

/// Sends a request to an HTTP backend and returns the answer whose body is still to come.
pub(super) async fn begin(
    exchange: &mut Exchange<'_>,
    method: &str,
    address: &str,
    mut headers: Headers,
    body: Bytes,
) -> Result<BackendAnswer, Refusal> {
    // A request without a body says so, whatever its verb (recorded).
    if body.is_empty() {
        headers.set("Content-Length", "0");
    }
    exchange.log.sent(address, headers.iter(), &body);
    let gateway = std::sync::Arc::clone(exchange.gateway);
    let answer = backend::send(&gateway.shared, method, address, &headers, body).await;
    let answer = answer.map_err(|error| refused(exchange, address, &error))?;
    exchange.context.note("integrationStatus", answer.status.as_u16());
    exchange.context.note("integration.integrationStatus", answer.status.as_u16());
    exchange.context.note("integration.status", answer.status.as_u16());
    if let Some(id) = answer.headers.any_case("x-amzn-requestid") {
        exchange.context.note("awsEndpointRequestId", id);
        exchange.context.note("integration.requestId", id);
    }
    Ok(answer)
}

/// Returns what the client sees when a backend gave no answer, and says why to whoever runs the gateway.
fn refused(exchange: &Exchange<'_>, address: &str, error: &BackendError) -> Refusal {
    match error {
        BackendError::Unusable(text) => {
            Refusal::configuration(format!("Execution failed due to configuration error: {text}"))
        }
        BackendError::TooLarge => {
            Refusal::configuration(format!("Execution failed due to configuration error: {error}"))
        }
        BackendError::Unreachable(text) => {
            (exchange.gateway.log)(&format!("{address} did not answer: {text}"));
            Refusal::configuration("Execution failed due to configuration error: Invalid endpoint address")
        }
        BackendError::Broken(text) => {
            (exchange.gateway.log)(&format!("{address} did not answer: {text}"));
            Refusal::new(ResponseType::IntegrationFailure)
                .log(format!("Execution failed due to a network error communicating with endpoint: {text}"))
        }
    }
}

/// Returns what a client asked for and a mapping adds: mapped values come after the client's of the same name.
pub(super) fn merged_query(
    client: &IndexMap<String, Vec<String>>,
    mapped: &IndexMap<String, Vec<String>>,
) -> IndexMap<String, Vec<String>> {
    let mut query = client.clone();
    for (name, values) in mapped {
        query.entry(name.clone()).or_default().extend(values.iter().cloned());
    }
    query
}

/// Answers with what would have been sent to a backend that no endpoint is configured for.
pub(super) fn not_sent(
    exchange: &mut Exchange<'_>,
    advice: &str,
    method: &str,
    address: &str,
    headers: &Headers,
    body: &Bytes,
) -> Answer {
    exchange.say(&format!("{advice}; not sent: {method} {address}"));
    let sent: IndexMap<&str, &str> = headers.iter().collect();
    let text = json!({
        "message": advice,
        "request": { "method": method, "url": address, "headers": sent, "body": String::from_utf8_lossy(body) },
    });
    let headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", "NotEmulated")].into_iter().collect();
    Answer::whole(StatusCode::NOT_IMPLEMENTED, headers, text.to_string().into(), false)
}

/// Returns where a request over a VPC link goes instead: the configured address of the link, with the URI's path.
/// Fails with the advice when none is configured.
pub(super) fn through_link(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    address: &str,
    headers: &mut Headers,
) -> Result<Option<String>, String> {
    if integration.integration.connection_type != Some(ConnectionType::VpcLink) {
        return Ok(None);
    }
    let id = exchange.with_stage_variables(integration.integration.connection_id.as_deref().unwrap_or_default());
    let endpoints = &exchange.gateway.service_endpoints;
    let endpoint = endpoints.get(&format!("vpc-link/{id}")).or_else(|| endpoints.get("vpc-link"));
    let Some(endpoint) = endpoint else {
        return Err(format!(
            "no address for the VPC link `{id}` is configured: give one with --service-endpoint vpc-link/{id}=URL"
        ));
    };
    let uri: Uri = address.parse().map_err(|_| "the integration URI is no address".to_owned())?;
    // The backend sees the host of the URI, as over a real link.
    if let Some(host) = uri.authority() {
        headers.set("Host", host.as_str());
    }
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    Ok(Some(format!("{}{path}", endpoint.trim_end_matches('/'))))
}
