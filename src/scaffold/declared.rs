//! What an integration names, declared by its operation: API Gateway refuses mappings of what a method does not have.

use crate::openapi::Document;
use crate::source::{Key, Mapping, Node, Span};

/// Returns an operation with the responses, their headers and the path parameters that an integration maps.
pub(crate) fn with_what_is_mapped(document: &Document, operation: &Node, integration: &Node, path: &[&str]) -> Node {
    let span = operation.span;
    let mut members = operation.as_map().cloned().unwrap_or_default();
    let key = |text: &str| Key { text: text.into(), span };
    let mut responses = operation.get("responses").and_then(Node::as_map).cloned().unwrap_or_default();
    let before = responses.len();
    let mut changed = false;
    for entry in integration.get("responses").map(Node::entries).unwrap_or_default() {
        let Some(status) = entry.value.str_of("statusCode") else { continue };
        let known = responses.get(status).map(|response| document.resolved(response).clone());
        let parameters = entry.value.get("responseParameters").map(Node::entries).unwrap_or_default();
        let named = parameters.filter_map(|e| e.key.text.strip_prefix("method.response.header.").map(str::to_owned));
        let response = known.clone().unwrap_or_else(|| described(integration_words(status), span));
        let declared = response.get("headers").map(Node::entries).unwrap_or_default();
        let declared: Vec<String> = declared.map(|e| e.key.text.as_str().to_ascii_lowercase()).collect();
        let missing: Vec<String> = named.filter(|name| !declared.contains(&name.to_ascii_lowercase())).collect();
        if known.is_some() && missing.is_empty() {
            continue;
        }
        let mut headers = response.get("headers").and_then(Node::as_map).cloned().unwrap_or_default();
        for name in missing {
            headers.set(key(&name), one("schema", text_schema(span), span));
        }
        let mut response = response.as_map().cloned().unwrap_or_default();
        if !headers.is_empty() {
            response.set(key("headers"), Node::mapping(headers, span));
        }
        responses.set(key(status), Node::mapping(response, span));
        changed = true;
    }
    if changed || responses.len() != before {
        members.set(key("responses"), Node::mapping(responses, span));
    }
    let mapped = integration.get("requestParameters").map(Node::entries).unwrap_or_default();
    let mapped = mapped.filter_map(|e| e.value.as_str()?.strip_prefix("method.request.path.").map(str::to_owned));
    let missing: Vec<Node> = mapped
        .filter(|name| !path.contains(&name.as_str()))
        .map(|name| {
            let mut parameter = Mapping::new();
            parameter.set(key("name"), Node::string(name.as_str(), span));
            parameter.set(key("in"), Node::string("path", span));
            parameter.set(key("required"), Node::from_json(&true.into(), span));
            parameter.set(key("schema"), text_schema(span));
            Node::mapping(parameter, span)
        })
        .collect();
    if !missing.is_empty() {
        let declared = operation.get("parameters").map(Node::items).unwrap_or_default().cloned();
        members.set(key("parameters"), Node::sequence(declared.chain(missing), span));
    }
    Node::mapping(members, span)
}

fn integration_words(status: &str) -> &'static str {
    match status.as_bytes().first() {
        Some(b'2') => "It worked.",
        Some(b'4') => "The request was refused.",
        _ => "The integration's answer.",
    }
}

fn described(text: &str, span: Span) -> Node {
    one("description", Node::string(text, span), span)
}

fn text_schema(span: Span) -> Node {
    one("type", Node::string("string", span), span)
}

fn one(key: &str, value: Node, span: Span) -> Node {
    let mut mapping = Mapping::new();
    mapping.set(Key { text: key.into(), span }, value);
    Node::mapping(mapping, span)
}
