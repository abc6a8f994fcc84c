//! The requests that a document gives examples of, and whether what comes back is what it promises.
//!
//! Sends nothing: whoever calls this speaks to the network.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json, json};

use crate::openapi::{Document, Method, Operation};
use crate::source::Node;

use super::json_schema;
use super::operation;
use super::operations::{self, Handled, Payload};
use super::schema::Models;

/// What a path segment does not escape.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    // Parameters are encoded in the event of a REST API.
    .remove(b'%');

/// What the name or value of a query does not escape.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A request made of a document's examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The operation: `GET /pets/{petId}`.
    pub operation: String,
    /// The method.
    pub method: String,
    /// The path below the stage, with its query, encoded.
    pub target: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
    /// Whether the document has an example of all that the request must have; otherwise values were made up.
    pub documented: bool,
}

/// Returns the requests of all operations that can be made of the document's examples and types.
#[must_use]
pub fn calls(document: &Document) -> Vec<Call> {
    let mut models = Models::new(document);
    let operations = document.operations().filter(|operation| operation.method != Method::Trace);
    let handled = operations.map(|operation| Handled {
        module: operation.id().map_or_else(|| operations::derived_id(&operation), str::to_owned),
        operation,
        function: 0,
        payload: Payload::Rest,
        request: None,
    });
    let typed: Vec<_> = handled.map(|handled| operation::typed(document, &mut models, handled)).collect();
    super::flow::break_cycles(&mut models);
    let mut calls = Vec::new();
    for operation in &typed {
        let (event, documented) = operation.event(document, &models);
        let bodies = operation.bodies(document, &models);
        if bodies.is_empty() {
            calls.push(call(&operation.handled.operation, &event, event["body"].as_str(), documented));
        }
        for body in bodies {
            calls.push(call(&operation.handled.operation, &event, Some(&body), documented));
        }
    }
    calls
}

fn call(operation: &Operation<'_>, event: &Json, body: Option<&str>, documented: bool) -> Call {
    let pairs = |key: &str| -> Vec<(String, String)> {
        let members = event[key].as_object().into_iter().flatten();
        let texts = |values: &Json| values.as_array().cloned().unwrap_or_default();
        let pairs = members.flat_map(|(name, values)| {
            texts(values).into_iter().filter_map(|v| Some((name.clone(), v.as_str()?.to_owned()))).collect::<Vec<_>>()
        });
        pairs.collect()
    };
    let path = event["path"].as_str().unwrap_or_default();
    let mut target = utf8_percent_encode(path, PATH).to_string();
    for (index, (name, value)) in pairs("multiValueQueryStringParameters").into_iter().enumerate() {
        target.push(if index == 0 { '?' } else { '&' });
        target.push_str(&format!("{}={}", utf8_percent_encode(&name, QUERY), utf8_percent_encode(&value, QUERY)));
    }
    Call {
        operation: operation.label(),
        method: event["httpMethod"].as_str().unwrap_or("GET").to_owned(),
        target,
        headers: pairs("multiValueHeaders"),
        body: body.map(str::to_owned),
        documented,
    }
}

/// Returns what is wrong with an answer: a status or a media type the document does not have, a body that is not of its
/// schema.
#[must_use]
pub fn judged(document: &Document, operation: &str, status: u16, media_type: &str, body: &[u8]) -> Vec<String> {
    let Some(operation) = document.operations().find(|known| known.label() == operation) else { return Vec::new() };
    let responses = operation.node.get("responses").map(Node::entries).unwrap_or_default();
    let range = format!("{}XX", status / 100);
    let found = |code: &str| responses.clone().find(|entry| entry.key.text.eq_ignore_ascii_case(code));
    let Some(entry) = found(&status.to_string()).or_else(|| found(&range)).or_else(|| found("default")) else {
        return vec![format!("the document has no response {status}")];
    };
    let response = document.resolved(&entry.value);
    let content = response.get("content").map(Node::entries).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if content.len() == 0 {
        return Vec::new();
    }
    let matches = |pattern: &str| {
        let pattern = pattern.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        pattern == essence
            || pattern == "*/*"
            || pattern.strip_suffix('*').is_some_and(|start| essence.starts_with(start))
    };
    let Some(media) = content.clone().find(|entry| matches(&entry.key.text)) else {
        return vec![format!("the document has no `{essence}` for {status}")];
    };
    let is_json = essence.ends_with("/json") || essence.ends_with("+json");
    let Some(schema) = media.value.get("schema").filter(|_| is_json) else { return Vec::new() };
    let value: Json = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return vec![format!("the body is not JSON: {error}")],
    };
    match validator(document, schema) {
        Ok(validator) => {
            let problems = validator.iter_errors(&value).take(10);
            problems.map(|error| format!("{}: {error}", pointer(&error.instance_path().to_string()))).collect()
        }
        Err(reason) => vec![format!("the schema cannot be used: {reason}")],
    }
}

fn pointer(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

fn validator(document: &Document, schema: &Node) -> Result<jsonschema::Validator, String> {
    let components: Map<String, Json> = json_schema::named(document)
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), json_schema::of_response(document, schema)))
        .collect();
    let schema = json_schema::of_response(document, schema);
    let root = json!({ "allOf": [schema], "components": { "schemas": components } });
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft4).should_validate_formats(false);
    options.build(&root).map_err(|error| error.to_string())
}
