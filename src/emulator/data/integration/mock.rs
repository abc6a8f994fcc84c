//! `MOCK`: no backend; the request template says which status was "returned".

use std::sync::LazyLock;

use bytes::Bytes;
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::request;
use super::response::{BackendResponse, respond};
use crate::emulator::data::compile::CompiledIntegration;
use crate::emulator::data::exchange::{Answer, Exchange, Integration};
use crate::emulator::data::gateway_response::Refusal;
use crate::emulator::data::request::Headers;

/// Answers a request as its templates say.
pub(super) async fn call(exchange: &mut Exchange<'_>, both: Integration<'_>) -> Result<Answer, Refusal> {
    let integration = both.1;
    // Mappings have no effect here, but they are evaluated: a broken body is refused.
    request::mapped(exchange, integration)?;
    let status = match constant_status(exchange, integration) {
        Some(status) => Some(status),
        // Without a template it is the client's body that must name the status.
        None => status_of(&request::body(exchange, integration)?.into_bytes()),
    };
    let status = status.ok_or_else(|| {
        Refusal::configuration("Execution failed due to configuration error: Unable to parse statusCode. It should be an integer that is defined in the request template.")
    })?;
    let response = BackendResponse {
        selection: status.to_string(),
        status: u16::try_from(status).unwrap_or_default(),
        headers: Headers::default(),
        body: Bytes::new(),
    };
    respond(exchange, both, &response)
}

/// Returns the status of a template that always names the same, where nothing else can go wrong.
fn constant_status(exchange: &Exchange<'_>, integration: &CompiledIntegration) -> Option<i64> {
    if !exchange.api.binary.is_empty() || integration.integration.content_handling.is_some() {
        return None;
    }
    integration.templates.of_request(&exchange.request.media_type())?.constant_status(status_of)
}

/// What of a rendered template counts.
#[derive(Deserialize)]
struct Rendered {
    #[serde(rename = "statusCode")]
    status_code: Option<Value>,
}

/// Returns the integer `statusCode` of a rendered template. Keys may be written without quotes.
fn status_of(rendered: &[u8]) -> Option<i64> {
    static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"([{,]\s*)([A-Za-z_][A-Za-z0-9_]*)\s*:").ok());
    // serde takes a list for an object too.
    if !rendered.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    if let Ok(object) = serde_json::from_slice::<Rendered>(rendered) {
        return object.status_code?.as_i64();
    }
    // A member that is there twice counts as it was written last.
    let text = std::str::from_utf8(rendered).ok()?;
    let value: Value = serde_json::from_str(&KEY.as_ref()?.replace_all(text, "$1\"$2\":")).ok()?;
    value.get("statusCode")?.as_i64()
}

#[cfg(test)]
mod tests {
    use super::status_of;

    #[test]
    fn the_status_is_an_integer_in_a_json_object() {
        let check = |text: &str, expected: Option<i64>| assert_eq!(status_of(text.as_bytes()), expected, "{text}");
        check(r#"{"statusCode": 200}"#, Some(200));
        check("{statusCode: 200}", Some(200));
        check("{ statusCode : 404, other: \"a\" }", Some(404));
        check(r#"{"statusCode": "200"}"#, None);
        check(r#"{"status": 200}"#, None);
        check(r#"{"statusCode": 200"#, None);
        check("", None);
        check("[]", None);
        check("[200]", None);
        check(r#"{"statusCode": 200, "statusCode": 201}"#, Some(201));
    }
}
