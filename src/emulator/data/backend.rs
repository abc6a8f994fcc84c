//! The way to HTTP backends, for both kinds of API.

use std::error::Error;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy;
use thiserror::Error;

use super::backend_tap::ResponseNames;
use super::request::Headers;
use super::{Body, Shared};

/// The most bytes of a backend's answer; API Gateway's payload limit.
const MAX_ANSWER: usize = 10 * 1024 * 1024;

/// Why a backend gave no answer.
#[derive(Debug, Error)]
pub(crate) enum BackendError {
    /// What is configured cannot be sent.
    #[error("{0}")]
    Unusable(String),
    /// Nobody answers at the address.
    #[error("{0}")]
    Unreachable(String),
    /// Somebody does, but not with an answer.
    #[error("{0}")]
    Broken(String),
    /// The answer is larger than API Gateway takes.
    #[error("the response is larger than 10 MB")]
    TooLarge,
}

/// A backend's answer, whose body is still to come.
pub(crate) struct BackendAnswer {
    pub(crate) status: StatusCode,
    /// Names as the backend spelled them.
    pub(crate) headers: Headers,
    body: Incoming,
}

impl BackendAnswer {
    /// Reads the body to its end.
    pub(crate) async fn whole_body(self) -> Result<Bytes, BackendError> {
        let collected = Limited::new(self.body, MAX_ANSWER).collect().await;
        let collected = collected.map_err(|error| match error.is::<LengthLimitError>() {
            true => BackendError::TooLarge,
            false => BackendError::Broken(format!("the response was cut off: {error}")),
        })?;
        Ok(collected.to_bytes())
    }

    /// Returns the body to pass on while it arrives.
    pub(crate) fn streamed_body(self) -> Body {
        self.body.map_err(Into::into).boxed()
    }
}

/// Sends a request.
pub(crate) async fn send(
    shared: &Shared,
    method: &str,
    address: &str,
    headers: &Headers,
    body: Bytes,
) -> Result<BackendAnswer, BackendError> {
    let unusable = |what: &str| BackendError::Unusable(format!("{what}: {address}"));
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| unusable("Invalid endpoint method"))?;
    let client = shared.client(&method);
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers.iter() {
        request = request.header(name, value.as_bytes());
    }
    let request = request.body(Full::new(body)).map_err(|_| unusable("Invalid endpoint address"))?;
    // A variable of the path that nothing was mapped to.
    if request.uri().host().is_none() || request.uri().path().contains('{') {
        return Err(unusable("Invalid endpoint address"));
    }
    let response = client.request(request).await.map_err(|error| not_answered(&error))?;
    let (head, body) = response.into_parts();
    let names = head.extensions.get::<ResponseNames>().map(ResponseNames::take).unwrap_or_default();
    let spelled = |name: &str| {
        let sent = names.iter().find(|sent| sent.eq_ignore_ascii_case(name));
        sent.map_or_else(|| name.to_owned(), String::clone)
    };
    let value = |v: &HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
    let headers = head.headers.iter().map(|(n, v)| (spelled(n.as_str()), value(v))).collect();
    Ok(BackendAnswer { status: head.status, headers, body })
}

/// Tells an address where nobody answers, which is the API's fault, from what the network does later.
fn not_answered(error: &legacy::Error) -> BackendError {
    let mut text = error.to_string();
    let mut source = error.source();
    let mut unreachable = false;
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        let refused = |e: &std::io::Error| e.kind() == std::io::ErrorKind::ConnectionRefused;
        unreachable |= cause.to_string().contains("dns error") || cause.downcast_ref().is_some_and(refused);
        source = cause.source();
    }
    if unreachable { BackendError::Unreachable(text) } else { BackendError::Broken(text) }
}
