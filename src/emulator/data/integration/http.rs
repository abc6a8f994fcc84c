//! `HTTP`: an HTTP backend, with mappings; and the way to any HTTP backend.

use std::error::Error;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{Method, Request, StatusCode, Uri};
use indexmap::IndexMap;
use serde_json::json;

use super::request;
use super::response::{BackendResponse, respond};
use crate::emulator::data::backend_tap::ResponseNames;
use crate::emulator::data::compile::CompiledIntegration;
use crate::emulator::data::exchange::{Answer, Exchange, Integration};
use crate::emulator::data::execution_log::{cut, java_map};
use crate::emulator::data::gateway_response::{Refusal, ResponseType};
use crate::emulator::data::request::Headers;
use crate::gateway::ConnectionType;

/// The most bytes of a backend's answer; API Gateway's payload limit.
const MAX_ANSWER: usize = 10 * 1024 * 1024;

/// Sends the mapped request and maps the answer.
pub(super) async fn call(exchange: &mut Exchange<'_>, both: Integration<'_>) -> Result<Answer, Refusal> {
    let integration = both.1;
    let mut mapped = request::mapped(exchange, integration)?;
    let body = request::body(exchange, integration)?.0.into_bytes();
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
    let received = send(exchange, &method, &address, &headers, body).await?;
    let response =
        BackendResponse { selection: received.status.to_string(), headers: received.headers, body: received.body };
    respond(exchange, both, &response)
}

/// Returns the verb towards the backend: the client's own when none or `ANY` is set.
pub(super) fn method_for(exchange: &Exchange<'_>, configured: Option<&str>) -> String {
    configured.filter(|m| !m.is_empty() && *m != "ANY").unwrap_or(&exchange.request.method).to_owned()
}

/// A backend's answer.
pub(super) struct Received {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) body: Bytes,
}

/// Sends a request to an HTTP backend.
pub(super) async fn send(
    exchange: &mut Exchange<'_>,
    method: &str,
    address: &str,
    headers: &Headers,
    body: Bytes,
) -> Result<Received, Refusal> {
    exchange.log.line(|| format!("Endpoint request URI: {address}"));
    exchange.log.line(|| format!("Endpoint request headers: {}", java_map(headers.iter())));
    exchange
        .log
        .line(|| format!("Endpoint request body after transformations: {}", cut(&String::from_utf8_lossy(&body))));
    exchange.log.line(|| format!("Sending request to {address}"));
    let wrong =
        |what: &str| Refusal::configuration(format!("Execution failed due to configuration error: {what}: {address}"));
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| wrong("Invalid endpoint method"))?;
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers.iter() {
        request = request.header(name, value.as_bytes());
    }
    // A request without a body says so, whatever its verb (recorded).
    if body.is_empty() {
        request = request.header("Content-Length", 0);
    }
    let request = request.body(Full::new(body)).map_err(|_| wrong("Invalid endpoint address"))?;
    // A variable of the path that nothing was mapped to.
    if request.uri().host().is_none() || request.uri().path().contains('{') {
        return Err(wrong("Invalid endpoint address"));
    }
    let started = std::time::Instant::now();
    let gateway = std::sync::Arc::clone(exchange.gateway);
    let response = gateway.shared.client().request(request).await.map_err(|error| failed(exchange, address, &error))?;
    let (head, body) = response.into_parts();
    let status = head.status.as_u16();
    let collected =
        Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| match error.is::<LengthLimitError>() {
            true => {
                Refusal::configuration("Execution failed due to configuration error: the response is larger than 10 MB")
            }
            false => Refusal::new(ResponseType::IntegrationFailure)
                .log(format!("Network error communicating with endpoint: {error}")),
        })?;
    let body = collected.to_bytes();
    let names = head.extensions.get::<ResponseNames>().map(ResponseNames::take).unwrap_or_default();
    let spelled = |name: &str| {
        let sent = names.iter().find(|sent| sent.eq_ignore_ascii_case(name));
        sent.map_or_else(|| name.to_owned(), String::clone)
    };
    let value = |v: &hyper::header::HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
    let headers: Headers = head.headers.iter().map(|(n, v)| (spelled(n.as_str()), value(v))).collect();
    exchange.log.line(|| {
        format!("Received response. Status: {status}, Integration latency: {} ms", started.elapsed().as_millis())
    });
    exchange.log.line(|| format!("Endpoint response headers: {}", java_map(headers.iter())));
    exchange
        .log
        .line(|| format!("Endpoint response body before transformations: {}", cut(&String::from_utf8_lossy(&body))));
    exchange.context.set("integrationStatus", status);
    exchange.context.set_below("integration", "status", status);
    Ok(Received { status, headers, body })
}

/// Returns what the client sees when a backend could not be reached: an address where nobody answers is the API's
/// fault, anything later the network's.
fn failed(exchange: &mut Exchange<'_>, address: &str, error: &hyper_util::client::legacy::Error) -> Refusal {
    let mut text = error.to_string();
    let mut source = error.source();
    let mut refused = false;
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        refused |= cause.to_string().contains("dns error")
            || cause
                .downcast_ref::<std::io::Error>()
                .is_some_and(|e| e.kind() == std::io::ErrorKind::ConnectionRefused);
        source = cause.source();
    }
    exchange.say(&format!("{address} did not answer: {text}"));
    match refused {
        true => Refusal::configuration(format!(
            "Execution failed due to configuration error: Invalid endpoint address: {text}"
        )),
        false => Refusal::new(ResponseType::IntegrationFailure)
            .log(format!("Network error communicating with endpoint: {text}")),
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
