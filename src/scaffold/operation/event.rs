//! The event of the least request, as API Gateway would send it to the function.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde_json::{Map, Value as Json, json};

use crate::openapi::{Document, Method, Operation};

use super::Typed;
use super::body::{BodyKind, Format};
use crate::scaffold::example;
use crate::scaffold::operations::Payload;
use crate::scaffold::sample::{self, Fit};
use crate::scaffold::schema::Models;
use crate::scaffold::shape::{Kind, ModelKind};

/// What a segment of a path escapes: what separates values stays as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

impl Typed<'_> {
    /// Returns the event of a minimal request, and whether the operation takes it.
    pub(crate) fn event(&self, document: &Document, models: &Models<'_>) -> (Json, bool) {
        let operation = &self.handled.operation;
        let mut valid = true;
        let mut path = operation.path.path.to_owned();
        let (mut in_path, mut query, mut headers) = (Map::new(), Map::new(), Map::new());
        let mut cookies = Vec::new();
        for param in self.params.iter().filter(|param| param.required) {
            let example = param.node.and_then(|n| example::example(document, models, n, &param.shape, Fit::Exact));
            let value = example.or_else(|| sample::sample(models, &param.shape));
            let texts = value.as_ref().and_then(|value| param.written(value));
            valid &= texts.is_some();
            let texts = texts.unwrap_or_else(|| vec!["sample".to_owned()]);
            let text = texts.first().cloned().unwrap_or_default();
            match param.location {
                "path" => {
                    let encoded = percent_encoding::utf8_percent_encode(&text, SEGMENT).to_string();
                    // An HTTP API decodes the path, where what is in a segment cannot be told from what is around it.
                    let text = if self.handled.payload == Payload::Http { text } else { encoded };
                    for form in [format!("{{{}}}", param.wire), format!("{{{}+}}", param.wire)] {
                        path = path.replace(&form, &text);
                    }
                    in_path.insert(param.wire.clone(), json!(text));
                }
                "query" => {
                    query.insert(param.wire.clone(), json!(texts));
                }
                "header" => {
                    headers.insert(param.wire.clone(), json!(texts));
                }
                _ => cookies.push(format!("{}={text}", param.wire)),
            }
        }
        if !cookies.is_empty() {
            headers.insert("Cookie".into(), json!([cookies.join("; ")]));
        }
        let mut body = Json::Null;
        if let Some(kind) = self.body.as_ref().and_then(|body| body.kinds.first()) {
            headers.insert("Content-Type".into(), json!([kind.content_type()]));
            let value = kind.value(document, models, Fit::Sent);
            match value.as_ref().and_then(|value| kind.written(value)) {
                Some(text) => body = json!(text),
                None if kind.format == Format::Text => {
                    let text = kind.text(models);
                    valid &= text.is_some();
                    body = json!(text.unwrap_or_else(|| "text".to_owned()));
                }
                None if kind.format == Format::Bytes => body = json!("bytes"),
                None => valid &= !self.body.as_ref().is_some_and(|body| body.required),
            }
            valid &= !kind.is_form() || value.as_ref().is_none_or(|value| is_flat(models, kind, value));
        }
        let verb =
            if operation.method == Method::Any { any_verb(document, operation) } else { operation.method.verb() };
        let event = match self.handled.payload {
            Payload::Rest => event(operation.path.path, &path, verb, in_path, query, headers, body),
            Payload::Http => event_http(operation, &path, verb, &in_path, &query, &headers, body),
            Payload::Mapped if self.payload.is_some() => {
                let made = self.payload.as_ref().and_then(|shape| sample::sent(models, shape));
                // The document's own example, where the body is passed on as it is.
                let given = body.as_str().and_then(|text| serde_json::from_str(text).ok());
                let fits = |value: &Json| {
                    self.payload.as_ref().is_some_and(|shape| sample::fits(models, shape, value, Fit::Sent))
                };
                let value = given.filter(fits).or(made);
                valid = value.is_some();
                value.unwrap_or_else(|| json!({}))
            }
            Payload::Mapped => {
                valid = !body.is_null();
                body.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| json!({}))
            }
        };
        (event, valid)
    }

    /// Returns the examples of the operation's body, as a request has them.
    pub(crate) fn bodies(&self, document: &Document, models: &Models<'_>) -> Vec<String> {
        let Some(kind) = self.body.as_ref().and_then(|body| body.kinds.first()) else { return Vec::new() };
        let Some(shape) = &kind.shape else { return Vec::new() };
        let examples = example::all(document, models, kind.node, shape, Fit::Readable);
        examples.iter().filter_map(|value| kind.written(value)).collect()
    }
}

/// Returns a method that an operation for any is for, as there is no other for it.
fn any_verb(document: &Document, any: &Operation<'_>) -> &'static str {
    let others: Vec<&str> = document
        .operations()
        .filter(|operation| operation.path.path == any.path.path)
        .map(|operation| operation.method.verb())
        .collect();
    let verbs = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    verbs.into_iter().find(|verb| !others.contains(verb)).unwrap_or("GET")
}

/// Returns whether a value is one that a form has only one way to say: a struct of scalars and lists of them.
fn is_flat(models: &Models<'_>, kind: &BodyKind<'_>, value: &Json) -> bool {
    let shape = kind.shape.as_ref().map(|shape| &models.without_aliases(shape).kind);
    let is_struct = match shape {
        Some(Kind::Model(id)) => matches!(models.model(*id).kind, ModelKind::Struct { .. }),
        _ => false,
    };
    let is_scalar = |value: &Json| !value.is_object() && !value.is_array() && !value.is_null();
    let members = value.as_object().into_iter().flatten();
    is_struct
        && members.map(|(_, value)| value).all(|value| match value {
            Json::Array(items) => items.iter().all(is_scalar),
            value => is_scalar(value),
        })
}

/// Returns a complete event of an HTTP API (payload 2.0).
fn event_http(
    operation: &Operation<'_>,
    path: &str,
    verb: &str,
    in_path: &Map<String, Json>,
    query: &Map<String, Json>,
    headers: &Map<String, Json>,
    body: Json,
) -> Json {
    let texts = |values: &Json| -> Vec<String> {
        let items = values.as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(Json::as_str).map(str::to_owned).collect()
    };
    let escape =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let pairs = query.iter().flat_map(|(name, values)| {
        let name = escape(name);
        texts(values).into_iter().map(|value| format!("{name}={}", escape(&value))).collect::<Vec<_>>()
    });
    let joined = |map: &Map<String, Json>, lower: bool| -> Map<String, Json> {
        let pairs = map.iter().filter(|(name, _)| !lower || *name != "Cookie");
        pairs
            .map(|(name, values)| {
                let name = if lower { name.to_ascii_lowercase() } else { name.clone() };
                (name, json!(texts(values).join(",")))
            })
            .collect()
    };
    let mut event = json!({
        "version": "2.0",
        "routeKey": operation.label(),
        "rawPath": path,
        "rawQueryString": pairs.collect::<Vec<_>>().join("&"),
        "headers": joined(headers, true),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": verb,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "gatewright",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": operation.label(),
            "stage": "$default",
            "time": "02/Jan/2026:03:04:05 +0000",
            "timeEpoch": 1_767_323_045_000_i64,
        },
        "isBase64Encoded": false,
    });
    if !in_path.is_empty() {
        event["pathParameters"] = Json::Object(in_path.clone());
    }
    if !query.is_empty() {
        event["queryStringParameters"] = Json::Object(joined(query, false));
    }
    if let Some(cookies) = headers.get("Cookie") {
        event["cookies"] = json!(texts(cookies).join("; ").split("; ").collect::<Vec<_>>());
    }
    if !body.is_null() {
        event["body"] = body;
    }
    event
}

/// Returns a complete proxy event (payload 1.0).
fn event(
    resource: &str,
    path: &str,
    verb: &str,
    in_path: Map<String, Json>,
    query: Map<String, Json>,
    headers: Map<String, Json>,
    body: Json,
) -> Json {
    let last = |map: &Map<String, Json>| -> Json {
        let single = map.iter().map(|(name, values)| (name.clone(), values[0].clone())).collect();
        if map.is_empty() { Json::Null } else { Json::Object(single) }
    };
    let or_null = |map: Map<String, Json>| if map.is_empty() { Json::Null } else { Json::Object(map) };
    json!({
        "resource": resource,
        "path": path,
        "httpMethod": verb,
        "headers": last(&headers),
        "multiValueHeaders": or_null(headers),
        "queryStringParameters": last(&query),
        "multiValueQueryStringParameters": or_null(query),
        "pathParameters": or_null(in_path),
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "httpMethod": verb,
            "identity": { "sourceIp": "192.0.2.1", "userAgent": "gatewright" },
            "path": format!("/dev{path}"),
            "protocol": "HTTP/1.1",
            "requestId": "5f0b1f0c-1d2e-4b7a-9c3d-2e4f6a8b0c1d",
            "requestTime": "02/Jan/2026:03:04:05 +0000",
            "requestTimeEpoch": 1_767_323_045_000_i64,
            "resourceId": "abc123",
            "resourcePath": resource,
            "stage": "dev",
        },
        "body": body,
        "isBase64Encoded": false,
    })
}
