//! Parameter mapping expressions of REST APIs, as far as a document shows them right or wrong.

use crate::gateway::integration_rules::parameter_name_fault;

/// Returns whether a parameter's name may stand in a mapping expression.
pub(super) fn is_mapping_name(name: &str) -> bool {
    parameter_name_fault(name).is_none()
}

/// Returns OpenAPI's location (`path`, `query`, `header`) and the name of a parameter that an
/// expression reads from the request.
pub(super) fn method_parameter(expression: &str) -> Option<(&'static str, &str)> {
    let rest = expression.strip_prefix("method.request.")?;
    let (place, name) = rest.split_once('.')?;
    let location = match place {
        "path" => "path",
        "querystring" | "multivaluequerystring" => "query",
        "header" | "multivalueheader" => "header",
        _ => return None,
    };
    Some((location, name))
}

/// Returns whether a text is an expression that a request (else a response) mapping may have as its value.
pub(super) fn is_mapping_expression(text: &str, request: bool) -> bool {
    if text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'') {
        return true;
    }
    let is_path = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
    if let Some(rest) = text.strip_prefix("context.").or_else(|| text.strip_prefix("stageVariables.")) {
        return !rest.is_empty();
    }
    if request {
        method_parameter(text).is_some_and(|(_, name)| is_mapping_name(name))
            || text.strip_prefix("method.request.body").is_some_and(is_path)
    } else {
        ["integration.response.header.", "integration.response.multivalueheader."]
            .iter()
            .any(|prefix| text.strip_prefix(prefix).is_some_and(is_mapping_name))
            || text.strip_prefix("integration.response.body").is_some_and(is_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_told_from_texts() {
        for good in ["'x'", "''", "method.request.path.id", "method.request.body.a[0].b", "context.requestId"] {
            assert!(is_mapping_expression(good, true), "{good}");
        }
        for bad in
            ["x", "'", "method.request.paths.id", "$context.requestId", "integration.response.header.a", "'x", ""]
        {
            assert!(!is_mapping_expression(bad, true), "{bad}");
        }
        assert!(is_mapping_expression("integration.response.body", false));
    }
}
