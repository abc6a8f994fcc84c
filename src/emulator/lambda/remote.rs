//! Functions that live elsewhere: Lambda's Invoke operation over HTTP.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self};
use hyper_util::rt::TokioExecutor;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::name::FunctionName;
use super::pool::{Invocation, InvokeError, InvokeOptions};
use super::runtime_api::MAX_ANSWER;

/// A client for one or more Lambda endpoints.
pub(super) struct Client {
    http: legacy::Client<HttpConnector, Full<Bytes>>,
}

impl Client {
    pub(super) fn new() -> Self {
        Self { http: legacy::Client::builder(TokioExecutor::new()).build_http() }
    }

    /// Sends Invoke to `endpoint`, unsigned, and returns what the function answered there.
    pub(super) async fn invoke(
        &self,
        endpoint: &str,
        name: &FunctionName,
        payload: Bytes,
        options: &InvokeOptions,
    ) -> Result<Invocation, InvokeError> {
        let failed = |status: Option<u16>, reason: String| InvokeError::Endpoint {
            endpoint: endpoint.to_owned(),
            status,
            reason,
        };
        let encoded = utf8_percent_encode(&name.name, NON_ALPHANUMERIC);
        let mut uri = format!("{}/2015-03-31/functions/{encoded}/invocations", endpoint.trim_end_matches('/'));
        if let Some(qualifier) = &name.qualifier {
            uri.push_str("?Qualifier=");
            uri.extend(utf8_percent_encode(qualifier, NON_ALPHANUMERIC));
        }
        let mut request = Request::post(uri).header("content-type", "application/json");
        if options.log_tail {
            request = request.header("x-amz-log-type", "Tail");
        }
        if let Some(context) = &options.client_context {
            request = request.header("x-amz-client-context", context);
        }
        if let Some(trace) = &options.trace_id {
            request = request.header("x-amzn-trace-id", trace);
        }
        let request = request.body(Full::new(payload)).map_err(|e| failed(None, e.to_string()))?;
        let response = self.http.request(request).await.map_err(|e| failed(None, chain(&e)))?;
        let (head, body) = response.into_parts();
        let status = head.status.as_u16();
        let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|e| failed(Some(status), e.to_string()))?;
        let body = body.to_bytes();
        if status == 404 {
            return Err(InvokeError::NotFound { function: name.to_string() });
        }
        if status == 429 {
            return Err(InvokeError::Throttled { function: name.to_string() });
        }
        if !head.status.is_success() {
            return Err(failed(Some(status), String::from_utf8_lossy(&body).into_owned()));
        }
        let text = |name: &str| head.headers.get(name).and_then(|v| v.to_str().ok());
        let tail = text("x-amz-log-result").and_then(|t| STANDARD.decode(t).ok());
        Ok(Invocation {
            payload: body,
            function_error: text("x-amz-function-error").map(str::to_owned),
            log_tail: tail.map(|t| String::from_utf8_lossy(&t).into_owned()),
        })
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
