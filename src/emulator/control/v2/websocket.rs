//! What only WebSocket APIs have: Models, RouteResponses, IntegrationResponses. HTTP APIs have empty lists of them, and
//! refuse new ones.

use serde_json::json;

use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::refusal::Refusal;

/// Returns the refusal of what the embedded gateway does not have.
pub(super) fn unsupported(what: &str) -> Refusal {
    Refusal::bad_request(format!("{what} are not supported by the embedded gateway; protocolType must be HTTP"))
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.control.has_http_api(call.path("apiId"))?;
    Ok(Answer::json(json!({ "items": [] })))
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.control.has_http_api(call.path("apiId"))?;
    let what = entity(call.operation).trim_end_matches('s');
    Err(Refusal::not_found(format!("Invalid {what} identifier specified")))
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.control.has_http_api(call.path("apiId"))?;
    Err(Refusal::bad_request(match entity(call.operation) {
        "Models" => "Currently, Models are not permitted for APIs with a protocol type of HTTP".to_owned(),
        others => format!(
            "{others} are currently not supported for this API protocol type. This is because the API may only be \
             configured with proxy integration at this time."
        ),
    }))
}

fn entity(operation: &str) -> &'static str {
    match operation {
        o if o.contains("RouteResponse") => "RouteResponses",
        o if o.contains("IntegrationResponse") => "IntegrationResponses",
        _ => "Models",
    }
}
