//! Calling what has been deployed, through the stage's URL.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// A call of one operation.
#[derive(Clone, Debug)]
pub struct SmokeCall {
    /// `GET /pets`
    pub label: String,
    /// The HTTP method.
    pub method: String,
    /// The path and query after the stage's URL, percent-encoded.
    pub path: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
    /// What counts as an answer.
    pub expected: Expected,
}

/// What counts as an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// One of these statuses.
    Statuses(Vec<u16>),
    /// Anything but a failure of the server, or an answer that there is no such operation.
    Served,
    /// The same, or a refusal: the operation wants credentials that this call does not have.
    ServedOrRefused,
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct SmokeResult {
    /// `GET /pets`
    pub label: String,
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// Why it does not count, if it does not.
    pub failure: Option<String>,
}

/// How long an answer is waited for: API Gateway itself gives up after 29 s.
const TIME_LIMIT: Duration = Duration::from_secs(35);

/// How often AWS is asked again: a new deployment takes some seconds to be served everywhere.
const TRIES: usize = 6;

/// The most bytes of an answer that are read.
const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Makes the calls, one after the other, below `base_url`.
pub async fn smoke(base_url: &str, calls: &[SmokeCall]) -> Vec<SmokeResult> {
    let mut results = Vec::new();
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
        .map(|builder| builder.https_or_http().enable_http1().build());
    let connector = match connector {
        Ok(connector) => connector,
        Err(error) => {
            let failure = Some(format!("no certificate authorities ({error})"));
            let failed =
                |call: &SmokeCall| SmokeResult { label: call.label.clone(), status: None, failure: failure.clone() };
            return calls.iter().map(failed).collect();
        }
    };
    let client = Client::builder(TokioExecutor::new()).build::<_, Full<Bytes>>(connector);
    let far = base_url.starts_with("https:");
    for call in calls {
        let mut tries = 1;
        let result = loop {
            let answer = match tokio::time::timeout(TIME_LIMIT, send(&client, base_url, call)).await {
                Ok(answer) => answer,
                Err(_) => Err(format!("no answer within {} s", TIME_LIMIT.as_secs())),
            };
            let result = judged(call, answer);
            if result.failure.is_none() || !far || tries >= TRIES {
                break result;
            }
            tries += 1;
            tokio::time::sleep(Duration::from_secs(2)).await;
        };
        results.push(result);
    }
    results
}

/// An answer as far as it matters: the status, and the name of API Gateway's own error.
type Answer = Result<(u16, Option<String>), String>;

async fn send<C>(client: &Client<C, Full<Bytes>>, base_url: &str, call: &SmokeCall) -> Answer
where
    C: hyper_util::client::legacy::connect::Connect + Clone + Send + Sync + 'static,
{
    let url = format!("{}{}", base_url.trim_end_matches('/'), call.path);
    let mut request = hyper::Request::builder().method(call.method.as_str()).uri(url);
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    let body = Full::new(Bytes::from(call.body.clone().unwrap_or_default()));
    let request = request.body(body).map_err(|e| format!("it cannot be sent: {e}"))?;
    let response = client.request(request).await.map_err(|e| chain(&e))?;
    let status = response.status().as_u16();
    let error = response.headers().get("x-amzn-errortype").and_then(|v| v.to_str().ok()).map(str::to_owned);
    Limited::new(response.into_body(), MAX_BYTES)
        .collect()
        .await
        .map_err(|e| format!("the answer was cut off: {e}"))?;
    Ok((status, error))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(reason) = source {
        text = reason.to_string();
        source = reason.source();
    }
    text
}

fn judged(call: &SmokeCall, answer: Answer) -> SmokeResult {
    let label = call.label.clone();
    let (status, error) = match answer {
        Ok(answer) => answer,
        Err(failure) => return SmokeResult { label, status: None, failure: Some(failure) },
    };
    let unknown = error.as_deref().is_some_and(|e| e.starts_with("MissingAuthenticationToken"));
    let failure = match &call.expected {
        Expected::Statuses(statuses) if statuses.contains(&status) => None,
        Expected::Statuses(statuses) => {
            let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
            Some(format!("answered {status} instead of {}", statuses.join(" or ")))
        }
        Expected::ServedOrRefused if matches!(status, 401 | 403) => None,
        _ if unknown => Some(format!("answered {status}: there is no such operation")),
        _ if status >= 500 || status == 429 => {
            Some(format!("answered {status}{}", error.map(|e| format!(" ({e})")).unwrap_or_default()))
        }
        _ => None,
    };
    SmokeResult { label, status: Some(status), failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(expected: Expected, status: u16, error: Option<&str>) -> Option<String> {
        let call = SmokeCall {
            label: "GET /".into(),
            method: "GET".into(),
            path: "/".into(),
            headers: Vec::new(),
            body: None,
            expected,
        };
        judged(&call, Ok((status, error.map(str::to_owned)))).failure
    }

    #[test]
    fn answers_are_told_from_failures() {
        assert_eq!(failure(Expected::Served, 404, None), None);
        assert!(failure(Expected::Served, 502, None).is_some());
        assert!(failure(Expected::Served, 403, Some("MissingAuthenticationTokenException")).is_some());
        assert_eq!(failure(Expected::ServedOrRefused, 403, Some("MissingAuthenticationTokenException")), None);
        assert_eq!(failure(Expected::Statuses(vec![200, 404]), 404, None), None);
        assert!(failure(Expected::Statuses(vec![200]), 201, None).is_some());
    }
}
