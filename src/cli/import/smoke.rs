//! Which operations `--smoke` calls, and with what.

use serde_json::Value as Json;

use crate::deploy::Meant;
use crate::deploy::smoke::{Expected, SmokeCall};
use crate::openapi::{Document, Method, Operation};
use crate::source::Node;

use super::super::curl::{ExampleRequest, encoded, plain};

/// The extension that marks an operation as safe to call: `true`, or an object with `path`, `query`, `header`, `body` and
/// `status`.
const MARK: &str = "x-gatewright-smoke";

/// Returns a call for every MOCK and for every operation that is marked; `false` leaves an operation out.
pub(super) fn calls(document: &Document, definition: &Meant) -> Vec<SmokeCall> {
    document.operations().filter_map(|operation| call(document, &operation, definition)).collect()
}

fn call(document: &Document, operation: &Operation<'_>, definition: &Meant) -> Option<SmokeCall> {
    let mark = operation.node.get(MARK);
    let marked = mark.and_then(Node::as_bool);
    let is_mock = operation
        .node
        .get("x-amazon-apigateway-integration")
        .and_then(|i| document.resolved(i).str_of("type"))
        .is_some_and(|t| t.eq_ignore_ascii_case("mock"));
    if marked == Some(false) || (mark.is_none() && !is_mock) {
        return None;
    }
    let verb = operation.method.verb();
    let path = operation.path.path;
    // A base path that is imported too stands before the document's paths.
    let (whole, is_open) = match definition {
        Meant::Rest(api) => {
            let mut resources = api.resources.values().filter(|r| r.path == path || r.path.ends_with(path));
            let (resource, method) = resources.find_map(|r| Some((r, r.resource_methods.get(verb)?)))?;
            (resource.path.clone(), method.authorization_type == "NONE" && !method.api_key_required)
        }
        Meant::Http(api) => {
            let key = |route: &&crate::gateway::http_api::Route| {
                route.route_key.split_once(' ').is_some_and(|(v, p)| v == verb && (p == path || p.ends_with(path)))
            };
            let route = api.routes.values().find(key)?;
            let whole = route.route_key.split_once(' ').map_or(path, |(_, p)| p);
            (whole.to_owned(), route.authorization_type == "NONE")
        }
    };
    let prefix = whole.strip_suffix(path).unwrap_or_default();
    let given = |location: &str, name: &str| Some(plain(&mark?.get(location)?.get(name)?.to_json()));
    let request = ExampleRequest::with(document, operation, &given);
    let mut headers = request.headers;
    for entry in mark.and_then(|m| m.get("header")).map(Node::entries).unwrap_or_default() {
        let name = entry.key.text.as_str();
        if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            headers.push((name.to_owned(), plain(&entry.value.to_json())));
        }
    }
    let body = match mark.and_then(|m| m.get("body")).map(Node::to_json) {
        Some(Json::String(text)) => Some(text),
        Some(other) => Some(other.to_string()),
        None => request.body,
    };
    let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if body.is_some() && !has_type {
        headers.push(("Content-Type".into(), "application/json".into()));
    }
    let statuses: Vec<u16> = mark
        .and_then(|m| m.get("status"))
        .map(|status| match status.to_json() {
            Json::Array(items) => items.iter().map(plain).filter_map(|s| s.parse().ok()).collect(),
            one => plain(&one).parse().into_iter().collect(),
        })
        .unwrap_or_default();
    let expected = if !statuses.is_empty() {
        Expected::Statuses(statuses)
    } else if is_open {
        Expected::Served
    } else {
        Expected::ServedOrRefused
    };
    Some(SmokeCall {
        label: format!("{verb} {whole}"),
        method: if operation.method == Method::Any { "GET".into() } else { verb.to_owned() },
        path: format!("{prefix}{}", without_templates(&request.path)),
        headers,
        body,
        expected,
    })
}

/// Fills in the path variables that the document declares no parameter for.
fn without_templates(path: &str) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(&encoded("example"));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::import::{ImportOptions, SequentialIds, import};
    use crate::openapi::{LoadOptions, load_text};
    use crate::source::{Loader, Origin};

    #[test]
    fn mocks_and_marked_operations_are_called() {
        let text = r#"
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /a/{id}:
    get:
      x-amazon-apigateway-integration: {type: mock}
    delete:
      x-gatewright-smoke: false
      x-amazon-apigateway-integration: {type: mock}
  /b:
    post:
      x-gatewright-smoke: {status: [200, 204], header: {X-Who: me}, body: {a: 1}}
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: POST, uri: "http://127.0.0.1:1/"}
  /c:
    get:
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "http://127.0.0.1:1/"}
"#;
        let origin = Origin::Memory("test".into());
        let (document, _, _) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
        let document = document.expect("the document loads");
        let imported = import(&document, &ImportOptions::default(), None, &mut SequentialIds::default());
        let calls = calls(&document, &Meant::Rest(imported.expect("it is imported").definition));
        let told: Vec<_> = calls.iter().map(|c| (c.label.as_str(), c.path.as_str(), &c.expected)).collect();
        assert_eq!(
            told,
            [("GET /a/{id}", "/a/example", &Expected::Served), ("POST /b", "/b", &Expected::Statuses(vec![200, 204]))]
        );
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(calls[1].headers, [header("X-Who", "me"), header("Content-Type", "application/json")]);
        assert_eq!(calls[1].body.as_deref(), Some(r#"{"a":1}"#));
    }
}
