//! Lambda proxy integration: the event a function gets, and what its answer means (payload format 1.0).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use bytes::Bytes;
use hyper::StatusCode;
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value};

use super::context::random_uuid;
use super::exchange::Exchange;
use super::request::Headers;

/// The event, in AWS's key order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    resource: &'a str,
    path: &'a str,
    http_method: &'a str,
    headers: Option<IndexMap<&'a str, &'a str>>,
    multi_value_headers: Option<IndexMap<&'a str, Vec<&'a str>>>,
    query_string_parameters: Option<IndexMap<&'a str, &'a str>>,
    multi_value_query_string_parameters: Option<&'a IndexMap<String, Vec<String>>>,
    path_parameters: Option<IndexMap<&'a str, &'a str>>,
    stage_variables: Option<&'a IndexMap<String, String>>,
    request_context: Map<String, Value>,
    body: Option<String>,
    is_base64_encoded: bool,
}

/// Returns the event of a request (recorded): empty maps are null, single-value maps keep the last value.
pub(crate) fn event(exchange: &Exchange<'_>) -> Bytes {
    let request = &exchange.request;
    let headers = event_headers(exchange);
    let grouped = headers.grouped();
    let last = |values: &Vec<&'_ str>| values.last().copied().map(str::to_owned);
    let singles: Vec<(&str, String)> = grouped.iter().filter_map(|(n, v)| Some((*n, last(v)?))).collect();
    let binary = exchange.is_binary();
    let body = (!request.body.is_empty()).then(|| match binary {
        true => STANDARD.encode(&request.body),
        false => String::from_utf8_lossy(&request.body).into_owned(),
    });
    let event = Event {
        resource: exchange.resource_path,
        path: &request.path,
        http_method: &request.method,
        headers: filled(singles.iter().map(|(n, v)| (*n, v.as_str()))),
        multi_value_headers: filled(grouped.iter().map(|(n, v)| (*n, v.clone()))),
        query_string_parameters: filled(
            request.query.iter().filter_map(|(n, v)| Some((n.as_str(), v.last()?.as_str()))),
        ),
        multi_value_query_string_parameters: Some(&request.query).filter(|q| !q.is_empty()),
        path_parameters: filled(request.path_parameters.iter().map(|(n, v)| (n.as_str(), v.as_str()))),
        stage_variables: Some(&*exchange.stage_variables).filter(|v| !v.is_empty()),
        request_context: exchange.context.for_event(),
        is_base64_encoded: binary && body.is_some(),
        body,
    };
    serde_json::to_vec(&event).unwrap_or_default().into()
}

/// Returns the headers of an event: the client's, and those that say where it came from.
pub(crate) fn event_headers(exchange: &Exchange<'_>) -> Headers {
    let request = &exchange.request;
    let mut headers: Headers = request
        .headers
        .iter()
        .map(|(name, value)| {
            // Two names arrive in title case, however they were sent (recorded).
            let name = match () {
                () if name.eq_ignore_ascii_case("authorization") => "Authorization",
                () if name.eq_ignore_ascii_case("user-agent") => "User-Agent",
                () => name,
            };
            (name, value)
        })
        .collect();
    if exchange.is_test {
        return headers;
    }
    if exchange.api.definition.api.endpoint_configuration.types == ["EDGE"] {
        set_viewer(&mut headers);
    }
    headers.set("X-Amzn-Trace-Id", exchange.context.trace_id());
    let client = request.source_ip.to_string();
    let forwarded = request.headers.any_case("x-forwarded-for");
    headers.set("X-Forwarded-For", forwarded.map_or(client.clone(), |f| format!("{f}, {client}")));
    headers.set("X-Forwarded-Port", request.port.to_string());
    headers.set("X-Forwarded-Proto", "http");
    headers
}

/// Sets the headers of CloudFront, which stands before edge-optimized APIs (recorded). The viewer it sees is one at a desk
/// in the US, by an autonomous system of those for private use.
fn set_viewer(headers: &mut Headers) {
    for (name, value) in [
        ("CloudFront-Forwarded-Proto", "https"),
        ("CloudFront-Is-Desktop-Viewer", "true"),
        ("CloudFront-Is-Mobile-Viewer", "false"),
        ("CloudFront-Is-SmartTV-Viewer", "false"),
        ("CloudFront-Is-Tablet-Viewer", "false"),
        ("CloudFront-Viewer-ASN", "64512"),
        ("CloudFront-Viewer-Country", "US"),
    ] {
        headers.set(name, value);
    }
    let (one, other, rest) = (random_uuid(), random_uuid(), random_uuid());
    let via = format!("1.1 {}.cloudfront.net (CloudFront)", one.simple());
    headers.set("Via", headers.any_case("via").map_or_else(|| via.clone(), |before| format!("{before}, {via}")));
    let id: Vec<u8> = [one, other, rest].iter().flat_map(|part| *part.as_bytes()).take(40).collect();
    headers.set("X-Amz-Cf-Id", URL_SAFE.encode(id));
}

fn filled<K: std::hash::Hash + Eq, V>(entries: impl Iterator<Item = (K, V)>) -> Option<IndexMap<K, V>> {
    let map: IndexMap<K, V> = entries.collect();
    (!map.is_empty()).then_some(map)
}

/// What a function's answer means.
#[derive(Debug, PartialEq)]
pub(crate) struct ProxyAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
}

/// Reads a function's answer (recorded): every documented key may be absent, one that is not documented, or one of
/// the wrong type, makes it malformed.
pub(crate) fn answer(payload: &[u8], accepts_binary: bool) -> Result<ProxyAnswer, &'static str> {
    let value: Value = serde_json::from_slice(payload).map_err(|_| "the answer is no JSON")?;
    let Value::Object(object) = value else { return Err("the answer is no JSON object") };
    let mut status = StatusCode::OK;
    let mut single = None;
    let mut multiple = None;
    let mut body = String::new();
    let mut encoded = false;
    for (key, value) in object {
        match (key.as_str(), value) {
            ("headers" | "multiValueHeaders" | "body" | "isBase64Encoded", Value::Null) => {}
            ("statusCode", value) => status = status_of(&value).ok_or("`statusCode` is no status")?,
            ("headers", Value::Object(map)) => single = Some(map),
            ("multiValueHeaders", Value::Object(map)) => multiple = Some(map),
            ("body", Value::String(text)) => body = text,
            ("isBase64Encoded", Value::Bool(value)) => encoded = value,
            ("headers" | "multiValueHeaders" | "body" | "isBase64Encoded", _) => {
                return Err("a key has a value of the wrong type");
            }
            _ => return Err("there is a key that API Gateway does not know"),
        }
    }
    let headers = merged(multiple, single)?;
    let body = match encoded && accepts_binary {
        true => STANDARD.decode(body.trim()).map(Bytes::from).map_err(|_| "the body is no base64")?,
        false => Bytes::from(body),
    };
    Ok(ProxyAnswer { status, headers, body })
}

/// What ends the prelude of a stream.
const PRELUDE_END: &[u8] = &[0; 8];

/// Returns where the prelude of a stream ends and where its body begins, when that much of it is there.
pub(crate) fn prelude_end(stream: &[u8]) -> Option<(usize, usize)> {
    let at = stream.windows(PRELUDE_END.len()).position(|w| w == PRELUDE_END)?;
    Some((at, at + PRELUDE_END.len()))
}

/// Reads what a function streamed: a JSON prelude, eight NUL bytes, then the body as it is.
pub(crate) fn streamed_answer(payload: &Bytes) -> Result<ProxyAnswer, &'static str> {
    let (end, body) = prelude_end(payload).ok_or("the stream has no prelude")?;
    let prelude: Value = serde_json::from_slice(&payload.slice(..end)).map_err(|_| "the prelude is no JSON")?;
    let Value::Object(mut prelude) = prelude else { return Err("the prelude is no JSON object") };
    let status = match prelude.get("statusCode") {
        Some(value) => status_of(value).ok_or("`statusCode` is no status")?,
        None => StatusCode::OK,
    };
    let mut map = |key: &str| match prelude.remove(key) {
        Some(Value::Object(map)) => Some(map),
        _ => None,
    };
    let mut headers = merged(map("multiValueHeaders"), map("headers"))?;
    for cookie in prelude.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        headers.push("Set-Cookie", scalar(cookie).ok_or("a cookie is no text")?);
    }
    Ok(ProxyAnswer { status, headers, body: payload.slice(body..) })
}

fn status_of(value: &Value) -> Option<StatusCode> {
    let number = match value {
        Value::Number(number) => {
            number.as_u64().or_else(|| number.as_f64().filter(|f| f.fract() == 0.0).map(|f| f as u64))
        }
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let number = number.and_then(|n| u16::try_from(n).ok()).filter(|n| (100..=599).contains(n))?;
    StatusCode::from_u16(number).ok()
}

/// Merges both maps of headers: the spelling of `multiValueHeaders` wins, its values come first, then the single one.
fn merged(multiple: Option<Map<String, Value>>, single: Option<Map<String, Value>>) -> Result<Headers, &'static str> {
    const WRONG: &str = "a header has a value of the wrong type";
    let mut headers: Vec<(String, Vec<String>)> = Vec::new();
    for (name, values) in multiple.into_iter().flatten() {
        let Value::Array(values) = values else { return Err(WRONG) };
        let values: Option<Vec<String>> = values.iter().map(scalar).collect();
        headers.push((name, values.ok_or(WRONG)?));
    }
    for (name, value) in single.into_iter().flatten() {
        let value = scalar(&value).ok_or(WRONG)?;
        match headers.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(&name)) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => headers.push((name, vec![value])),
        }
    }
    Ok(headers.into_iter().flat_map(|(n, values)| values.into_iter().map(move |v| (n.clone(), v))).collect())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(payload: &str, expected: &str) {
        let found = match answer(payload.as_bytes(), false) {
            Err(reason) => format!("502: {reason}"),
            Ok(a) => {
                a.headers.iter().fold(format!("{} {:?}", a.status.as_u16(), a.body), |t, (n, v)| format!("{t} {n}={v}"))
            }
        };
        assert_eq!(found, expected, "{payload}");
    }

    #[test]
    fn answers_are_read_as_recorded() {
        check("{}", r#"200 b"""#);
        check(r#"{"statusCode":"201","body":"x"}"#, r#"201 b"x""#);
        check(r#"{"statusCode":200,"headers":null,"body":null}"#, r#"200 b"""#);
        check(r#"{"statusCode":200,"headers":{"a":"b","c":true}}"#, r#"200 b"" a=b c=true"#);
        check(
            r#"{"headers":{"set-cookie":"c"},"multiValueHeaders":{"Set-Cookie":["a","b"]}}"#,
            r#"200 b"" Set-Cookie=a Set-Cookie=b Set-Cookie=c"#,
        );
    }

    #[test]
    fn malformed_answers_are_known() {
        check("nonsense", "502: the answer is no JSON");
        check("[]", "502: the answer is no JSON object");
        check("\"text\"", "502: the answer is no JSON object");
        check(r#"{"statusCode":200,"other":1}"#, "502: there is a key that API Gateway does not know");
        check(r#"{"statusCode":"abc"}"#, "502: `statusCode` is no status");
        check(r#"{"statusCode":null}"#, "502: `statusCode` is no status");
        check(r#"{"body":{}}"#, "502: a key has a value of the wrong type");
        check(r#"{"multiValueHeaders":{"a":"b"}}"#, "502: a header has a value of the wrong type");
    }

    #[test]
    fn a_stream_begins_with_its_prelude() {
        let payload = Bytes::from_static(
            b"{\"statusCode\":201,\"headers\":{\"a\":\"b\"},\"cookies\":[\"c=d\"]}\0\0\0\0\0\0\0\0body\0",
        );
        let answer = streamed_answer(&payload).expect("an answer");
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (201, &b"body\0"[..]));
        assert_eq!(answer.headers.iter().collect::<Vec<_>>(), [("a", "b"), ("Set-Cookie", "c=d")]);
        assert!(streamed_answer(&Bytes::from_static(b"{}")).is_err());
    }

    #[test]
    fn a_body_is_decoded_when_the_client_accepts_bytes() {
        let payload = br#"{"body":"AQI=","isBase64Encoded":true}"#;
        assert_eq!(answer(payload, true).map(|a| a.body), Ok(Bytes::from_static(b"\x01\x02")));
        assert_eq!(answer(payload, false).map(|a| a.body), Ok(Bytes::from_static(b"AQI=")));
    }
}
