//! The way to HTTP backends: plain ones, private ones, and AWS services at their configured endpoints.

use std::error::Error as _;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::{Method, Request};
use indexmap::IndexMap;
use serde_json::json;

use super::refusal::Refusal;
use super::{Answer, Exchange};
use crate::emulator::data::request::Headers;

/// The most bytes of a backend's answer; API Gateway's payload limit.
const MAX_ANSWER: usize = 10 * 1024 * 1024;

/// Headers that are about one connection, not about the message.
pub(super) fn is_hop_by_hop(name: &str) -> bool {
    const NAMES: [&str; 10] = [
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    NAMES.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// Sends a request and returns the answer, without headers that are about the connection.
pub(super) async fn send(
    exchange: &mut Exchange<'_>,
    method: &str,
    address: &str,
    headers: &Headers,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let wrong = |what: &str| Refusal::internal(format!("{what}: {address}"));
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| wrong("the integration's method is none"))?;
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers.iter() {
        request = request.header(name, value.as_bytes());
    }
    let request = request.body(Full::new(body)).map_err(|_| wrong("the integration's URI is no address"))?;
    if request.uri().host().is_none() {
        return Err(wrong("the integration's URI is no address"));
    }
    let response = match exchange.gateway.shared.client().request(request).await {
        Ok(response) => response,
        Err(error) => {
            let mut text = format!("{address} did not answer: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                text.push_str(&format!(": {cause}"));
                source = cause.source();
            }
            exchange.say(&text);
            return Err(Refusal::unavailable(text));
        }
    };
    let (head, body) = response.into_parts();
    let collected = Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| {
        let text = match error.is::<LengthLimitError>() {
            true => "the response is larger than 10 MB".to_owned(),
            false => format!("the response was cut off: {error}"),
        };
        exchange.say(&format!("{address}: {text}"));
        Refusal::internal(text)
    })?;
    let text = |v: &hyper::header::HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
    let headers = head
        .headers
        .iter()
        .filter(|(name, _)| !is_hop_by_hop(name.as_str()))
        .map(|(name, value)| (name.as_str(), text(value)))
        .collect();
    exchange.context.set("integrationStatus", head.status.as_u16());
    exchange.context.set_below("integration", "integrationStatus", head.status.as_u16());
    exchange.context.set_below("integration", "status", head.status.as_u16());
    let status = StatusCode::from_u16(head.status.as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    Ok(Answer { status, headers, body: collected.to_bytes() })
}

/// Answers with what would have been sent to a backend that no endpoint is configured for.
pub(super) fn not_sent(
    exchange: &Exchange<'_>,
    advice: &str,
    method: &str,
    address: &str,
    headers: &Headers,
    body: &[u8],
) -> Answer {
    exchange.say(&format!("{advice}; not sent: {method} {address}"));
    let sent: IndexMap<&str, &str> = headers.iter().collect();
    let text = json!({
        "message": advice,
        "request": { "method": method, "url": address, "headers": sent, "body": String::from_utf8_lossy(body) },
    });
    let headers = [("content-type", "application/json")].into_iter().collect();
    Answer { status: StatusCode::NOT_IMPLEMENTED, headers, body: text.to_string().into() }
}
