//! The integration request: mapped parameters, the body's template, overrides.

use bytes::Bytes;
use indexmap::IndexMap;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::emulator::data::binary::{Payload, request_payload};
use crate::emulator::data::compile::CompiledIntegration;
use crate::emulator::data::exchange::Exchange;
use crate::emulator::data::gateway_response::{Refusal, ResponseType};
use crate::emulator::data::header_rules;
use crate::emulator::data::parameter::Target;
use crate::emulator::data::request::Headers;
use crate::gateway::PassthroughBehavior;

/// What may not stand in a path as it is; `/` may.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'\\');

/// What may not stand in a query's names and values as it is.
const QUERY: &AsciiSet =
    &PATH.add(b'&').add(b'=').add(b'+').add(b'/').add(b':').add(b';').add(b'@').add(b'$').add(b',').add(b'\'');

/// Parameters on their way to a backend.
#[derive(Debug, Default)]
pub(super) struct Mapped {
    /// Values of one name were mapped together.
    pub(super) headers: Vec<(String, Vec<String>)>,
    pub(super) query: IndexMap<String, Vec<String>>,
    pub(super) path: Vec<(String, String)>,
}

/// Evaluates the integration's `requestParameters`.
pub(super) fn mapped(exchange: &Exchange<'_>, integration: &CompiledIntegration) -> Result<Mapped, Refusal> {
    let mut mapped = Mapped::default();
    let scope = exchange.scope();
    for (target, source) in &integration.parameters {
        if let Target::Header(name) = target
            && header_rules::is_illegal_target(name, integration.kind)
        {
            return Err(Refusal::configuration(format!(
                "Execution failed due to configuration error: Header {name} is not allowed to be mapped"
            )));
        }
        let values = scope.values(source)?;
        if values.is_empty() {
            continue;
        }
        match target {
            Target::Header(name) => mapped.headers.push((name.clone(), values)),
            Target::Query(name) => mapped.query.entry(name.clone()).or_default().extend(values),
            Target::Path(name) => mapped.path.push((name.clone(), values.join(","))),
        }
    }
    Ok(mapped)
}

/// Returns the body after content handling and the template of its media type, whose overrides go to `$context`.
pub(super) fn body(exchange: &mut Exchange<'_>, integration: &CompiledIntegration) -> Result<Payload, Refusal> {
    let media_type = exchange.request.media_type();
    let binary = exchange.is_binary();
    let payload = request_payload(&exchange.request.body, binary, integration.integration.content_handling)?;
    let templates = &integration.templates;
    let Some(template) = templates.of_request(&media_type) else {
        let passes = match integration.passthrough {
            PassthroughBehavior::WhenNoMatch => true,
            PassthroughBehavior::WhenNoTemplates => templates.is_empty(),
            PassthroughBehavior::Never => false,
        };
        return match passes {
            true => Ok(payload),
            false => Err(Refusal::new(ResponseType::UnsupportedMediaType)
                .log(format!("No template for the content type {media_type}, and it may not pass"))),
        };
    };
    if template.is_empty() {
        return Ok(payload);
    }
    let Payload::Text(text) = payload else {
        return Err(Refusal::configuration("Execution failed due to configuration error: Unable to transform request"));
    };
    let rendered = template.render(exchange, &text).map_err(|reason| {
        Refusal::configuration(format!(
            "Execution failed due to configuration error: Unable to transform request: {reason}"
        ))
    })?;
    Ok(Payload::Text(rendered))
}

/// Applies `$context.requestOverride`, which the template may have set.
pub(super) fn apply_overrides(exchange: &Exchange<'_>, mapped: &mut Mapped) {
    let overrides = exchange.assigned.request_override();
    for (name, values) in overrides.header {
        mapped.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(&name));
        mapped.headers.push((name, values));
    }
    mapped.query.extend(overrides.querystring);
    for (name, values) in overrides.path {
        mapped.path.retain(|(n, _)| *n != name);
        mapped.path.push((name, values.join(",")));
    }
}

/// Returns the address that a URI becomes: stage variables, `{name}` and the query filled in.
pub(super) fn address(
    exchange: &Exchange<'_>,
    uri: &str,
    mapped: &Mapped,
    query: &IndexMap<String, Vec<String>>,
) -> String {
    let mut address = exchange.with_stage_variables(uri);
    for (name, value) in &mapped.path {
        address = address.replace(&format!("{{{name}}}"), &utf8_percent_encode(value, PATH).to_string());
    }
    let mut separator = if address.contains('?') { '&' } else { '?' };
    for (name, values) in query {
        for value in values {
            address.push(separator);
            separator = '&';
            address.extend(utf8_percent_encode(name, QUERY));
            address.push('=');
            address.extend(utf8_percent_encode(value, QUERY));
        }
    }
    address
}

/// Adds the headers that every backend gets unless they were mapped, and drops those that none gets.
pub(super) fn complete(
    headers: &mut Headers,
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    body: &Bytes,
) {
    headers.retain(|name| !header_rules::is_dropped_after_mapping(name, integration.kind));
    if headers.any_case("accept").is_none() {
        headers.push("Accept", "application/json");
    }
    if headers.any_case("user-agent").is_none() {
        let api = &exchange.api.definition.api.id;
        headers.push("User-Agent", format!("AmazonAPIGateway_{api}"));
    }
    let method = &*exchange.request.method;
    if headers.any_case("content-type").is_none() && !matches!(method, "GET" | "HEAD" | "OPTIONS") {
        let sent = exchange.request.headers.any_case("content-type");
        if sent.is_some() || !body.is_empty() {
            headers.push("Content-Type", sent.unwrap_or("application/json"));
        }
    }
    headers.set("X-Amzn-Trace-Id", exchange.context.trace_id());
}
