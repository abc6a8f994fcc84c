//! The integration response: which one is chosen, its headers, its template, overrides.

use bytes::Bytes;
use hyper::StatusCode;

use crate::emulator::data::binary::{Payload, response_payload};
use crate::emulator::data::compile::CompiledResponse;
use crate::emulator::data::exchange::{Answer, Exchange, Integration};
use crate::emulator::data::execution_log::lossy;
use crate::emulator::data::gateway_response::Refusal;
use crate::emulator::data::header_rules::{ResponseHeader, response_header};
use crate::emulator::data::parameter::Scope;
use crate::emulator::data::request::{Headers, media_type};
use crate::emulator::data::template::MappingTemplate;
use crate::gateway::IntegrationType;

/// What a backend answered.
pub(super) struct BackendResponse {
    /// What selection patterns are matched against.
    pub(super) selection: String,
    /// What it answered with, for the execution log.
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) body: Bytes,
}

/// Makes the client's answer of a backend's.
pub(super) fn respond(
    exchange: &mut Exchange<'_>,
    (method, integration): Integration<'_>,
    response: &BackendResponse,
) -> Result<Answer, Refusal> {
    let Some(chosen) = integration.response_for(&response.selection) else {
        return Err(Refusal::configuration(format!(
            "Execution failed due to configuration error: No match for output mapping and no default output mapping \
                 configured. Endpoint Response Status Code: {}",
            response.status
        )));
    };
    if !method.method.method_responses.contains_key(&chosen.status_code) {
        return Err(Refusal::configuration(format!(
            "Execution failed due to configuration error: Output mapping refers to an invalid method response: {}",
            chosen.status_code
        )));
    }

    let kind = response.headers.any_case("content-type").filter(|_| !exchange.api.binary.is_empty());
    let binary = kind.and_then(media_type).is_some_and(|t| exchange.api.binary.contains(&t));
    let payload = response_payload(&response.body, binary, exchange.accepts_binary(), chosen.content_handling)?;

    let mut headers = mapped_headers(exchange, chosen, response)?;
    let accepted = exchange.request.headers.any_case("accept").and_then(media_type);
    let template = chosen.templates.of_response(accepted.as_deref()).filter(|(_, template)| !template.is_empty());
    let (content_type, body) = match template {
        // A mock has nothing to pass through.
        None if integration.kind == IntegrationType::Mock => ("application/json".to_owned(), Bytes::new()),
        None => ("application/json".to_owned(), payload.into_bytes()),
        Some((content_type, template)) => {
            (content_type.to_owned(), Bytes::from(rendered(exchange, template, payload)?))
        }
    };
    exchange.log.line(|| format!("Method response body after transformations: {}", lossy(&body)));

    let mut status = chosen.status_code.parse().unwrap_or(500);
    let overrides = exchange.assigned.response_override();
    for (name, values) in overrides.header {
        headers.retain(|(n, _)| !n.eq_ignore_ascii_case(&name));
        headers.extend(values.into_iter().map(|v| (name.clone(), v)));
    }
    status = overrides.status.unwrap_or(status);

    let mut out = Headers::default();
    for (name, value) in headers {
        match response_header(&name, integration.kind) {
            ResponseHeader::Kept => out.push(name, value),
            ResponseHeader::Remapped => out.push(format!("x-amzn-Remapped-{name}"), value),
            ResponseHeader::Dropped => {}
        }
    }
    if out.any_case("content-type").is_none() {
        out.push("Content-Type", content_type);
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let traced = integration.kind != IntegrationType::Mock;
    Ok(Answer::whole(status, out, body, traced))
}

fn mapped_headers(
    exchange: &Exchange<'_>,
    chosen: &CompiledResponse,
    response: &BackendResponse,
) -> Result<Vec<(String, String)>, Refusal> {
    let scope = Scope { response: Some((&response.headers, &response.body)), ..exchange.scope() };
    let mut headers = Vec::new();
    for (name, source) in &chosen.headers {
        let values = scope.values(source)?;
        headers.extend(values.into_iter().map(|v| (name.clone(), v)));
    }
    Ok(headers)
}

fn rendered(exchange: &mut Exchange<'_>, template: &MappingTemplate, payload: Payload) -> Result<String, Refusal> {
    let failed = |reason: String| {
        Refusal::configuration(format!(
            "Execution failed due to configuration error: Unable to transform response{reason}"
        ))
    };
    let text = match payload {
        Payload::Text(text) => text,
        // Nothing is as good as text: a mock answers browsers that accept what the API calls binary.
        Payload::Bytes(bytes) if bytes.is_empty() => String::new(),
        Payload::Bytes(_) => return Err(failed(String::new())),
    };
    template.render(exchange, &text).map_err(|reason| failed(format!(": {reason}")))
}
