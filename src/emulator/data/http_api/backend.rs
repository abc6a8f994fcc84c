//! The way to HTTP backends: plain ones, private ones, and AWS services at their configured endpoints.

use bytes::Bytes;
use hyper::StatusCode;
use indexmap::IndexMap;
use serde_json::json;

use super::refusal::Refusal;
use super::{Answer, Exchange};
use crate::emulator::data::backend::{self, BackendError};
use crate::emulator::data::request::Headers;

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
    let gateway = std::sync::Arc::clone(exchange.gateway);
    let answer = backend::send(&gateway.shared, method, address, headers, body).await;
    let answer = answer.map_err(|error| refused(exchange, address, &error))?;
    let status = answer.status;
    exchange.context.note("integrationStatus", status.as_u16());
    exchange.context.note("integration.integrationStatus", status.as_u16());
    exchange.context.note("integration.status", status.as_u16());
    let mut headers = answer.headers.clone();
    headers.retain(|name| !is_hop_by_hop(name));
    // HTTP APIs know names in lower case only.
    let headers = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    let body = answer.whole_body().await.map_err(|error| refused(exchange, address, &error))?;
    Ok(Answer { status, headers, body })
}

/// Returns what the client sees when a backend gave no answer, and says why to whoever runs the gateway.
fn refused(exchange: &Exchange<'_>, address: &str, error: &BackendError) -> Refusal {
    let text = format!("{address} did not answer: {error}");
    match error {
        BackendError::Unusable(text) => Refusal::internal(text.as_str()),
        BackendError::TooLarge => {
            exchange.say(&text);
            Refusal::internal(text)
        }
        BackendError::Unreachable(_) | BackendError::Broken(_) => {
            exchange.say(&text);
            Refusal::unavailable(text)
        }
    }
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
