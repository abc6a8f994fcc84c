//! Parameter mapping: what goes to the backend, and what comes back, changed (`http-api-parameter-mapping` of the
//! developer guide).

use serde_json::Value;

use super::Exchange;
use crate::emulator::data::request::{Headers, percent_decoded};
use crate::vtl::json_path;

/// Bytes of a body that a path into it can see.
const MAX_SEEN: usize = 100 * 1024;

/// What expressions are evaluated over.
pub(super) struct Scope<'a> {
    exchange: &'a Exchange<'a>,
    /// The integration's response, on the way back.
    response: Option<(&'a Headers, &'a [u8])>,
}

impl<'a> Scope<'a> {
    /// Returns what expressions see on the way to the integration.
    pub(super) fn request(exchange: &'a Exchange<'a>) -> Self {
        Self { exchange, response: None }
    }

    /// Returns what expressions see on the way back.
    pub(super) fn response(exchange: &'a Exchange<'a>, headers: &'a Headers, body: &'a [u8]) -> Self {
        Self { exchange, response: Some((headers, body)) }
    }

    /// Returns the value of an expression: one variable (`$request.header.x`), a text with variables in braces
    /// (`${request.path.a}-${request.path.b}`), or a literal. A variable that has no value gives none, and inside a
    /// text nothing.
    pub(super) fn value(&self, expression: &str) -> Option<String> {
        if let Some(name) = expression.strip_prefix('$').filter(|n| !n.starts_with('{')) {
            // A dollar that begins no variable is a dollar.
            return if is_variable(name) { self.variable(name) } else { Some(expression.to_owned()) };
        }
        let mut out = String::new();
        let mut rest = expression;
        let mut whole = None;
        while let Some(at) = rest.find("${") {
            let (before, from) = rest.split_at(at);
            let Some((name, after)) = from.get(2..).and_then(|inner| inner.split_once('}')) else { break };
            out.push_str(before);
            let value = if is_variable(name) { self.variable(name) } else { Some(format!("${{{name}}}")) };
            if before.is_empty() && after.is_empty() && out.is_empty() {
                whole = Some(value.clone());
            }
            out.push_str(&value.unwrap_or_default());
            rest = after;
        }
        match whole {
            Some(value) => value,
            None => {
                out.push_str(rest);
                Some(out)
            }
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        let exchange = self.exchange;
        if let Some(name) = name.strip_prefix("context.") {
            return exchange.context.get(name);
        }
        if let Some(name) = name.strip_prefix("stageVariables.") {
            return exchange.variables().get(name).cloned();
        }
        if let Some(name) = name.strip_prefix("response.") {
            let (headers, body) = self.response?;
            return match name.split_once('.') {
                None if name == "body" => Some(String::from_utf8_lossy(body).into_owned()),
                Some(("header", name)) => joined(headers, name),
                Some(("body", path)) => from_body(body, path),
                _ => None,
            };
        }
        let request = &exchange.request;
        let name = name.strip_prefix("request.")?;
        match name.split_once('.') {
            None if name == "body" => Some(String::from_utf8_lossy(&request.body).into_owned()),
            None if name == "path" => Some(request.path.clone()),
            Some(("header", name)) => joined(&request.headers, name),
            Some(("querystring", name)) => request.query.get(name).map(|values| values.join(",")),
            Some(("path", name)) => {
                request.path_parameters.iter().find(|(n, _)| n == name).map(|(_, value)| percent_decoded(value))
            }
            Some(("body", path)) => from_body(&request.body, path),
            _ => None,
        }
    }
}

fn is_variable(name: &str) -> bool {
    ["request.", "response.", "context.", "stageVariables."].iter().any(|prefix| name.starts_with(prefix))
}

/// Returns all values of a header, joined with commas; its name is compared in any case.
pub(super) fn joined(headers: &Headers, name: &str) -> Option<String> {
    let values: Vec<&str> = headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v).collect();
    (!values.is_empty()).then(|| values.join(","))
}

fn from_body(body: &[u8], path: &str) -> Option<String> {
    // A body that is cut is no JSON any more, so there is nothing to find in a larger one.
    let seen = body.get(..body.len().min(MAX_SEEN))?;
    let value: Value = serde_json::from_slice(seen).ok()?;
    // HTTP APIs know neither descents nor filters.
    if path.contains("..") || path.contains("[?") {
        return None;
    }
    match json_path(&value, &format!("$.{path}")).ok()?? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
