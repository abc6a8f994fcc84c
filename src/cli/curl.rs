//! A `curl` line for an operation, made of the document's own examples.

use serde_json::Value as Json;

use crate::openapi::{Document, Method, Operation};
use crate::source::Node;

/// Returns a line that calls the operation a newcomer would try first: a `GET` that needs least; or nothing when the
/// document has no operations.
pub(super) fn first_call(document: &Document, base_url: &str) -> Option<String> {
    let mut operations: Vec<Operation<'_>> = document.operations().filter(|o| o.method != Method::Trace).collect();
    operations.sort_by_key(|o| effort(document, o));
    operations.first().map(|operation| call(document, operation, base_url))
}

/// How much a caller has to supply: secured operations last, then bodies, then parameters.
fn effort(document: &Document, operation: &Operation<'_>) -> (bool, bool, bool, usize, bool) {
    let secured = operation
        .node
        .get("security")
        .or_else(|| document.root().get("security"))
        .is_some_and(|s| s.items().next().is_some());
    let required = document.parameters(operation).iter().filter(|p| is_required(p.node)).count();
    let mocked = operation
        .node
        .get("x-amazon-apigateway-integration")
        .and_then(|i| i.str_of("type"))
        .is_some_and(|t| t.eq_ignore_ascii_case("mock"));
    (secured, operation.method != Method::Get, operation.node.get("requestBody").is_some(), required, mocked)
}

/// Returns the `curl` line of an operation, quoted for a POSIX shell.
fn call(document: &Document, operation: &Operation<'_>, base_url: &str) -> String {
    let request = ExampleRequest::of(document, operation);
    let mut words: Vec<_> =
        request.headers.iter().map(|(name, value)| format!("-H {}", quoted(&format!("{name}: {value}")))).collect();
    if let Some(body) = &request.body {
        words.push(format!("-d {}", quoted(body)));
    }
    if !matches!(operation.method, Method::Get | Method::Any) {
        words.insert(0, format!("-X {}", operation.method.verb()));
    }
    words.push(quoted(&format!("{base_url}{}", request.path)));
    format!("curl {}", words.join(" "))
}

/// A request that an operation should answer, made of the document's own examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ExampleRequest {
    /// The path and query, percent-encoded.
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
}

impl ExampleRequest {
    /// Returns a request with what the operation requires.
    pub(super) fn of(document: &Document, operation: &Operation<'_>) -> Self {
        Self::with(document, operation, &|_, _| None)
    }

    /// Returns a request whose parameters are, where `given` knows them by location and name, those.
    pub(super) fn with(
        document: &Document,
        operation: &Operation<'_>,
        given: &dyn Fn(&str, &str) -> Option<String>,
    ) -> Self {
        let mut path = operation.path.path.to_owned();
        let mut query = Vec::new();
        let mut headers = Vec::new();
        for parameter in document.parameters(operation) {
            let known = given(parameter.location, parameter.name);
            let wanted = known.is_some() || is_required(parameter.node);
            let value = || known.clone().unwrap_or_else(|| plain(&sample(document, parameter.node)));
            match parameter.location {
                "path" => {
                    for template in [format!("{{{}}}", parameter.name), format!("{{{}+}}", parameter.name)] {
                        path = path.replace(&template, &encoded(&value()));
                    }
                }
                "query" if wanted => query.push(format!("{}={}", encoded(parameter.name), encoded(&value()))),
                "header" if wanted => headers.push((parameter.name.to_owned(), value())),
                _ => {}
            }
        }
        let body = operation.node.get("requestBody").map(|body| document.resolved(body));
        let content = body.and_then(|b| b.get("content")).and_then(|c| c.entries().next());
        let body = content.map(|entry| {
            headers.push(("Content-Type".to_owned(), entry.key.text.to_string()));
            match sample(document, &entry.value) {
                Json::String(text) => text,
                other => other.to_string(),
            }
        });
        let separator = if query.is_empty() { "" } else { "?" };
        Self { path: format!("{path}{separator}{}", query.join("&")), headers, body }
    }
}

fn is_required(parameter: &Node) -> bool {
    parameter.get("required").and_then(Node::as_bool).unwrap_or(false)
}

/// Returns the example of a parameter or media type, or a value of its schema.
fn sample(document: &Document, node: &Node) -> Json {
    if let Some(example) = node.get("example") {
        return example.to_json();
    }
    let named = node.get("examples").and_then(|e| e.entries().next());
    if let Some(value) = named.and_then(|example| document.resolved(&example.value).get("value")) {
        return value.to_json();
    }
    node.get("schema").map_or(Json::String("example".into()), |schema| of_schema(document, schema, 0))
}

fn of_schema(document: &Document, schema: &Node, depth: usize) -> Json {
    const MAX_DEPTH: usize = 12;
    let schema = document.resolved(schema);
    if let Some(value) = schema.get("example").or_else(|| schema.get("default")) {
        return value.to_json();
    }
    if let Some(first) = schema.get("enum").and_then(|e| e.items().next()) {
        return first.to_json();
    }
    if depth >= MAX_DEPTH {
        return Json::Null;
    }
    for combination in ["oneOf", "anyOf"] {
        if let Some(first) = schema.get(combination).and_then(|c| c.items().next()) {
            return of_schema(document, first, depth + 1);
        }
    }
    let mut members = serde_json::Map::new();
    for part in schema.get("allOf").map(Node::items).unwrap_or_default() {
        if let Json::Object(more) = of_schema(document, part, depth + 1) {
            members.extend(more);
        }
    }
    let required: Vec<&str> =
        schema.get("required").map(Node::items).unwrap_or_default().filter_map(Node::as_str).collect();
    for property in schema.get("properties").map(Node::entries).unwrap_or_default() {
        if required.contains(&property.key.text.as_str()) {
            members.insert(property.key.text.to_string(), of_schema(document, &property.value, depth + 1));
        }
    }
    match schema.str_of("type") {
        Some("integer" | "number") => {
            let minimum = schema.get("minimum").and_then(Node::as_i64).unwrap_or(1);
            Json::from(minimum)
        }
        Some("boolean") => Json::Bool(true),
        Some("array") => {
            Json::Array(schema.get("items").map(|items| of_schema(document, items, depth + 1)).into_iter().collect())
        }
        Some("string") => Json::String(
            match schema.str_of("format") {
                Some("date-time") => "2026-01-31T12:00:00Z",
                Some("date") => "2026-01-31",
                Some("uuid") => "00000000-0000-4000-8000-000000000000",
                Some("email") => "someone@example.com",
                Some("uri") => "https://example.com/",
                _ => "example",
            }
            .into(),
        ),
        _ => Json::Object(members),
    }
}

pub(super) fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

pub(super) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Returns the text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=%@+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.chars().filter(|c| !c.is_control()).collect::<String>().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use crate::openapi::{LoadOptions, load_text};
    use crate::source::{Loader, Origin};

    use super::*;

    fn first(text: &str) -> Option<String> {
        let origin = Origin::Memory("test".into());
        let (document, _, _) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
        first_call(&document.expect("the document loads"), "http://h/dev")
    }

    #[test]
    fn the_least_demanding_get_is_called() {
        let line = first(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a/{id}:\n    get:\n      parameters:\n      - {name: id, in: path, required: true, schema: {type: integer}}\n      responses: {'200': {description: ok}}\n  /b:\n    get:\n      responses: {'200': {description: ok}}\n",
        );
        assert_eq!(line.as_deref(), Some("curl http://h/dev/b"));
    }

    #[test]
    fn names_and_values_are_quoted_for_the_shell() {
        let line = first(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      requestBody: {content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: string, example: \"it's $(rm)\"}}}}}}\n      responses: {'200': {description: ok}}\n",
        );
        assert_eq!(
            line.as_deref(),
            Some(r#"curl -X POST -H 'Content-Type: application/json' -d '{"n":"it'\''s $(rm)"}' http://h/dev/a"#)
        );
    }
}
