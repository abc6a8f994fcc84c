//! What browsers may do: `x-amazon-apigateway-cors`, and the headers that a REST API's mock answers with.

use super::check;
use crate::diff::edit::{Edit, quoted};
use crate::source::{Node, Span};

/// Compares the CORS configurations of two HTTP APIs.
pub(super) fn document(before: Option<&Node>, after: Option<&Node>, near: Span, edits: &mut Vec<Edit>) {
    let (before, after) = match (before, after) {
        (None, Some(node)) => {
            edits.push(Edit::new(&check::CORS_WIDENED, None, node.span, "CORS is configured: browsers may call"));
            return;
        }
        (Some(node), None) => {
            let edit = Edit::new(
                &check::CORS_NARROWED,
                node.span,
                None,
                "CORS is no longer configured: browsers may not call",
            );
            edits.push(edit.near(near));
            return;
        }
        (Some(before), Some(after)) => (before, after),
        (None, None) => return,
    };
    for (key, what) in [
        ("allowOrigins", "the origin"),
        ("allowMethods", "the method"),
        ("allowHeaders", "the header"),
        ("exposeHeaders", "the exposed header"),
    ] {
        let list = |node: &Node| -> Vec<String> {
            let items = node.get(key).map(Node::items).unwrap_or_default();
            items.filter_map(Node::scalar_text).map(|text| text.to_string()).collect()
        };
        let span = |node: &Node| node.get(key).map_or(node.span, |n| n.span);
        allowed(what, &list(before), &list(after), (Some(span(before)), Some(span(after))), near, edits);
    }
    let flag = |node: &Node| node.get("allowCredentials").and_then(Node::as_bool) == Some(true);
    let spans = (before.span, after.span);
    match (flag(before), flag(after)) {
        (true, false) => {
            edits.push(Edit::new(&check::CORS_NARROWED, spans.0, spans.1, "browsers may no longer send credentials"));
        }
        (false, true) => {
            edits.push(Edit::new(&check::CORS_WIDENED, spans.0, spans.1, "browsers may send credentials"));
        }
        _ => {}
    }
    if before.get("maxAge") != after.get("maxAge") {
        let message = "browsers keep the answer to a preflight request for another time";
        edits.push(Edit::new(&check::CORS_MAX_AGE_CHANGED, spans.0, spans.1, message));
    }
}

/// Compares a CORS header that a mapping sets to a literal; returns whether it is one.
pub(super) fn header(
    key: &str,
    before: Option<&Node>,
    after: Option<&Node>,
    spans: (Option<Span>, Option<Span>),
    near: Span,
    edits: &mut Vec<Edit>,
) -> bool {
    let Some(name) = key.strip_prefix("method.response.header.") else { return false };
    let what = match name.to_ascii_lowercase().as_str() {
        "access-control-allow-origin" => "the origin",
        "access-control-allow-methods" => "the method",
        "access-control-allow-headers" => "the header",
        "access-control-expose-headers" => "the exposed header",
        _ => return false,
    };
    let literal = |node: Option<&Node>| match node {
        None => Some(Vec::new()),
        Some(node) => {
            let inner = node.as_str()?.strip_prefix('\'')?.strip_suffix('\'')?;
            Some(inner.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
        }
    };
    let (Some(old), Some(new)) = (literal(before), literal(after)) else { return false };
    allowed(what, &old, &new, spans, near, edits);
    true
}

fn allowed(
    what: &str,
    old: &[String],
    new: &[String],
    spans: (Option<Span>, Option<Span>),
    near: Span,
    edits: &mut Vec<Edit>,
) {
    let has = |list: &[String], value: &str| list.iter().any(|v| v == "*" || v.eq_ignore_ascii_case(value));
    for gone in old.iter().filter(|value| !has(new, value)) {
        let message = format!("{what} {} is no longer allowed by CORS", quoted(gone));
        edits.push(Edit::new(&check::CORS_NARROWED, spans.0, spans.1, message).near(near));
    }
    for added in new.iter().filter(|value| !has(old, value)) {
        let message = format!("{what} {} is allowed by CORS", quoted(added));
        edits.push(Edit::new(&check::CORS_WIDENED, spans.0, spans.1, message).near(near));
    }
}
