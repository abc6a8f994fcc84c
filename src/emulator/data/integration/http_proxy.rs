//! `HTTP_PROXY`: an HTTP backend, passed through; mapped parameters are merged (recorded).

use std::time::Instant;

use bytes::Bytes;
use hyper::StatusCode;

use super::http::{begin, merged_query, method_for, not_sent, send, through_link};
use super::request;
use crate::emulator::data::binary::{request_payload, response_payload};
use crate::emulator::data::exchange::{Answer, Exchange, Integration};
use crate::emulator::data::execution_log::lossy;
use crate::emulator::data::gateway_response::Refusal;
use crate::emulator::data::header_rules::{self, ResponseHeader, response_header};
use crate::emulator::data::request::{Headers, media_type};
use crate::gateway::IntegrationType;

/// Passes the request on and the answer back.
pub(super) async fn call(exchange: &mut Exchange<'_>, (_, integration): Integration<'_>) -> Result<Answer, Refusal> {
    let mapped = request::mapped(exchange, integration)?;
    let body = match exchange.api.binary.is_empty() {
        true => exchange.request.body.clone(),
        false => {
            request_payload(&exchange.request.body, exchange.is_binary(), integration.integration.content_handling)?
                .into_bytes()
        }
    };
    let uri = integration.integration.uri.as_deref().unwrap_or_default();
    let query = merged_query(&exchange.request.query, &mapped.query);
    let address = request::address(exchange, uri, &mapped, &query);

    let passed = exchange.request.headers.iter().filter(|(name, _)| !header_rules::is_not_passed_by_default(name));
    let mut headers: Headers = passed.collect();
    for (name, values) in &mapped.headers {
        headers.remove(name);
        for value in values {
            headers.push(name.as_str(), value.as_str());
        }
    }
    request::complete(&mut headers, exchange, integration, &body);
    headers.set("X-Amzn-Apigateway-Api-Id", exchange.api.definition.api.id.as_str());
    let method = method_for(exchange, integration.integration.http_method.as_deref());
    let address = match through_link(exchange, integration, &address, &mut headers) {
        Ok(None) => address,
        Ok(Some(linked)) => linked,
        Err(advice) => return Ok(not_sent(exchange, &advice, &method, &address, &headers, &body)),
    };
    if integration.integration.response_transfer_mode.as_deref() == Some("STREAM") {
        let started = Instant::now();
        let answer = begin(exchange, &method, &address, headers, body).await?;
        exchange.log.received(answer.status.as_u16(), started, answer.headers.iter(), None);
        let (status, headers) = (answer.status, passed_back(&answer.headers));
        let stream = Some(answer.streamed_body());
        return Ok(Answer { status, headers, body: Bytes::new(), stream, traced: false });
    }
    let received = send(exchange, &method, &address, headers, body).await?;
    let body = if exchange.api.binary.is_empty() {
        received.body
    } else {
        let kind = received.headers.any_case("content-type").and_then(media_type);
        let binary = kind.is_some_and(|t| exchange.api.binary.contains(&t));
        // A proxy decodes nothing that was not encoded: text goes out as it is.
        let accepted = exchange.accepts_binary() && binary;
        response_payload(&received.body, binary, accepted, None)?.into_bytes()
    };
    let status = StatusCode::from_u16(received.status).unwrap_or(StatusCode::BAD_GATEWAY);
    exchange.log.line(|| format!("Method response body after transformations: {}", lossy(&body)));
    Ok(Answer::whole(status, passed_back(&received.headers), body, false))
}

/// Returns a backend's headers as the client sees them.
fn passed_back(received: &Headers) -> Headers {
    let mut out = Headers::default();
    for (name, value) in received.iter() {
        match response_header(name, IntegrationType::HttpProxy) {
            ResponseHeader::Kept => out.push(name, value),
            ResponseHeader::Remapped => out.push(format!("x-amzn-Remapped-{name}"), value),
            ResponseHeader::Dropped => {}
        }
    }
    out
}
