//! What a function's answer means, in both payload formats.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::StatusCode;
use serde_json::{Map, Value};

use super::Answer;
use crate::emulator::data::proxy_event;
use crate::emulator::data::request::Headers;

/// The content type of an answer that names none.
const DEFAULT_TYPE: &str = "text/plain;charset=UTF-8";

/// Reads an answer of format 1.0: that of a REST API, whose base64 is always decoded.
pub(super) fn v1(payload: &[u8]) -> Result<Answer, &'static str> {
    let read = proxy_event::answer(payload, true)?;
    Ok(with_type(Answer { status: read.status, headers: read.headers, body: read.body }))
}

/// Reads an answer of format 2.0. JSON without a `statusCode` is the body itself.
pub(super) fn v2(payload: &[u8]) -> Result<Answer, &'static str> {
    let value: Value = match payload.iter().all(u8::is_ascii_whitespace) {
        true => Value::Null,
        false => serde_json::from_slice(payload).map_err(|_| "the answer is no JSON")?,
    };
    match value {
        Value::Object(members) if members.contains_key("statusCode") => explicit(&members).map(with_type),
        Value::Null => Ok(inferred(Bytes::new())),
        Value::String(text) => Ok(inferred(text.into())),
        _ => Ok(inferred(Bytes::copy_from_slice(payload.trim_ascii()))),
    }
}

fn inferred(body: Bytes) -> Answer {
    let headers = [("content-type", "application/json")].into_iter().collect();
    Answer { status: StatusCode::OK, headers, body }
}

fn explicit(members: &Map<String, Value>) -> Result<Answer, &'static str> {
    let status = match members.get("statusCode") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let status = status.and_then(|n| u16::try_from(n).ok()).filter(|n| (100..=599).contains(n));
    let status = status.and_then(|n| StatusCode::from_u16(n).ok()).ok_or("`statusCode` is no status")?;
    let mut headers = Headers::default();
    match members.get("headers") {
        None | Some(Value::Null) => {}
        Some(Value::Object(map)) => {
            for (name, value) in map {
                headers.push(name.as_str(), scalar(value).ok_or("a header has a value of the wrong type")?);
            }
        }
        Some(_) => return Err("`headers` is no object"),
    }
    match members.get("cookies") {
        None | Some(Value::Null) => {}
        Some(Value::Array(cookies)) => {
            for cookie in cookies {
                headers.push("set-cookie", cookie.as_str().ok_or("a cookie is no text")?);
            }
        }
        Some(_) => return Err("`cookies` is no list"),
    }
    let encoded = match members.get("isBase64Encoded") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(encoded)) => *encoded,
        Some(_) => return Err("`isBase64Encoded` is no boolean"),
    };
    let body = match members.get("body") {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text.as_str(),
        Some(_) => return Err("`body` is no text"),
    };
    let body = match encoded {
        true => Bytes::from(STANDARD.decode(body.trim()).map_err(|_| "the body is no base64")?),
        false => Bytes::copy_from_slice(body.as_bytes()),
    };
    Ok(Answer { status, headers, body })
}

fn with_type(mut answer: Answer) -> Answer {
    if answer.headers.any_case("content-type").is_none() && !answer.body.is_empty() {
        answer.headers.push("content-type", DEFAULT_TYPE);
    }
    answer
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null => Some(String::new()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(payload: &str, expected: &str) {
        let found = match v2(payload.as_bytes()) {
            Err(reason) => format!("500: {reason}"),
            Ok(a) => a
                .headers
                .iter()
                .fold(format!("{} {}", a.status.as_u16(), String::from_utf8_lossy(&a.body)), |t, (n, v)| {
                    format!("{t} {n}={v}")
                }),
        };
        assert_eq!(found, expected, "{payload}");
    }

    #[test]
    fn what_has_no_status_is_the_body() {
        check(r#""Hello from Lambda!""#, "200 Hello from Lambda! content-type=application/json");
        check(r#"{ "message": "Hi" }"#, r#"200 { "message": "Hi" } content-type=application/json"#);
        check("[1,2]", "200 [1,2] content-type=application/json");
        check("null", "200  content-type=application/json");
    }

    #[test]
    fn what_has_a_status_is_an_answer() {
        check(
            r#"{"statusCode":201,"headers":{"X-A":"b"},"cookies":["c=1","d=2"],"body":"x"}"#,
            "201 x X-A=b set-cookie=c=1 set-cookie=d=2 content-type=text/plain;charset=UTF-8",
        );
        check(r#"{"statusCode":"204"}"#, "204 ");
        check(
            r#"{"statusCode":200,"body":"AAE=","isBase64Encoded":true,"headers":{"content-type":"a/b"}}"#,
            "200 \0\u{1} content-type=a/b",
        );
        check(r#"{"statusCode":200,"body":{}}"#, "500: `body` is no text");
        check(r#"{"statusCode":"x"}"#, "500: `statusCode` is no status");
        check("{", "500: the answer is no JSON");
    }
}
