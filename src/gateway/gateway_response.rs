//! The GatewayResponse entity.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::integration_rules::{invalid_mapping, is_body, is_context, is_literal};

/// What the gateway itself answers in one kind of failure (shape `GatewayResponse`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayResponse {
    /// One of the 21 response types, such as `BAD_REQUEST_BODY`.
    pub response_type: String,
    /// The status; absent is the type's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    /// `gatewayresponse.header.NAME` to a mapping expression.
    #[serde(default)]
    pub response_parameters: IndexMap<String, String>,
    /// Media type to a text with `$context.…` substituted.
    #[serde(default)]
    pub response_templates: IndexMap<String, String>,
    /// Whether this is API Gateway's own rather than the user's.
    pub default_response: bool,
}

/// Returns why API Gateway refuses a parameter of a gateway response, if it does: its name is no place of the answer, or
/// its value neither a text in single quotes nor a place of the request or the context (developer guide,
/// `api-gateway-gatewayResponse-definition`; the words are known from reports of users).
#[must_use]
pub fn parameter_fault(name: &str, expression: &str) -> Option<String> {
    let is_in = |text: &str, places: &[&str]| {
        places.iter().any(|place| text.strip_prefix(place).is_some_and(|rest| !rest.is_empty()))
    };
    if !is_in(name, &["gatewayresponse.header.", "gatewayresponse.path.", "gatewayresponse.querystring."]) {
        return Some(invalid_mapping(&format!("Invalid mapping expression specified: {name}")));
    }
    let places = ["header", "path", "querystring", "multivalueheader", "multivaluequerystring"];
    let is_request = expression.strip_prefix("method.request.").is_some_and(|rest| {
        rest.split_once('.').is_some_and(|(place, name)| places.contains(&place) && !name.is_empty())
    });
    let is_good =
        is_literal(expression) || is_request || is_body(expression, "method.request.body") || is_context(expression);
    (!is_good).then(|| invalid_mapping(&format!("Invalid mapping expression specified: {expression}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_texts_or_places() {
        for good in
            ["'*'", "method.request.header.Origin", "context.requestId", "stageVariables.x", "method.request.body.a"]
        {
            assert_eq!(parameter_fault("gatewayresponse.header.X", good), None, "{good}");
        }
        for bad in ["*", "integration.response.header.X", "method.request.cookie.x", "method.request.header."] {
            let words = parameter_fault("gatewayresponse.header.X", bad).expect("a fault");
            assert!(words.ends_with(&format!("errors : [Invalid mapping expression specified: {bad}]")), "{words}");
        }
        assert!(parameter_fault("method.response.header.X", "'*'").is_some());
    }
}
