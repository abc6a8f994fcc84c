//! Functions that live elsewhere: Lambda's Invoke and InvokeWithResponseStream operations over HTTP.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use aws_smithy_types::event_stream::Message;
use aws_smithy_types::str_bytes::StrBytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self};
use hyper_util::rt::TokioExecutor;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::mpsc;

use super::name::FunctionName;
use super::pool::{Invocation, InvokeError, InvokeOptions};
use super::runtime_api::MAX_ANSWER;

/// Bytes of a stream's message at most; AWS's are smaller.
const MAX_MESSAGE: usize = 24 * 1024 * 1024;

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
        if let Some(parts) = &options.stream
            && let Some(invocation) = self.stream(endpoint, name, payload.clone(), options, parts).await?
        {
            return Ok(invocation);
        }
        let failed = |status: Option<u16>, reason: String| failure(endpoint, status, reason);
        let uri = uri(endpoint, name, "2015-03-31", "invocations");
        let response = self.send(endpoint, uri, payload, options).await?;
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

    async fn send(
        &self,
        endpoint: &str,
        uri: String,
        payload: Bytes,
        options: &InvokeOptions,
    ) -> Result<Response<Incoming>, InvokeError> {
        let mut request = Request::post(uri).header("content-type", "application/json");
        if options.log_tail {
            request = request.header("x-amz-log-type", "Tail");
        }
        if let Some(context) = &options.client_context {
            request = request.header("x-amz-client-context", STANDARD.encode(context));
        }
        if let Some(trace) = &options.trace_id {
            request = request.header("x-amzn-trace-id", trace);
        }
        let request = request.body(Full::new(payload)).map_err(|e| failure(endpoint, None, e.to_string()))?;
        self.http.request(request).await.map_err(|e| failure(endpoint, None, chain(&e)))
    }

    /// Sends InvokeWithResponseStream and hands on what the function streams as it comes; nothing when the endpoint
    /// does not know the operation.
    async fn stream(
        &self,
        endpoint: &str,
        name: &FunctionName,
        payload: Bytes,
        options: &InvokeOptions,
        parts: &mpsc::Sender<Bytes>,
    ) -> Result<Option<Invocation>, InvokeError> {
        let failed = |reason: String| failure(endpoint, Some(200), reason);
        let uri = uri(endpoint, name, "2021-11-15", "response-streaming-invocations");
        let response = self.send(endpoint, uri, payload, options).await?;
        let kind = response.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !response.status().is_success() || !kind.starts_with("application/vnd.amazon.eventstream") {
            return Ok(None);
        }
        let mut body = response.into_body();
        let (mut messages, mut arrived) = (MessageFrameDecoder::new(), BytesMut::new());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| failed(chain(&error)))?;
            let Ok(data) = frame.into_data() else { continue };
            arrived.extend_from_slice(&data);
            if arrived.len() > MAX_MESSAGE {
                return Err(failed("a message of the stream is too large".to_owned()));
            }
            while let DecodedFrame::Complete(message) =
                messages.decode_frame(&mut arrived).map_err(|error| failed(chain(&error)))?
            {
                match event_type(&message) {
                    "PayloadChunk" => parts
                        .send(message.payload().clone())
                        .await
                        .map_err(|_| failed("nobody waits for the stream any more".to_owned()))?,
                    "InvokeComplete" => return Ok(Some(completed(message.payload()))),
                    _ => {}
                }
            }
        }
        Err(failed("the stream has no end".to_owned()))
    }
}

/// Returns which event of a stream a message is.
fn event_type(message: &Message) -> &str {
    let header = message.headers().iter().find(|header| header.name().as_str() == ":event-type");
    header.and_then(|header| header.value().as_string().ok()).map_or("", StrBytes::as_str)
}

/// Returns how a stream ended: its `InvokeComplete`.
fn completed(payload: &[u8]) -> Invocation {
    let said: serde_json::Value = serde_json::from_slice(payload).unwrap_or_default();
    let text = |name: &str| said.get(name).and_then(|v| v.as_str()).map(str::to_owned);
    let function_error = text("ErrorCode").filter(|code| !code.is_empty());
    let tail = text("LogResult").and_then(|t| STANDARD.decode(t).ok());
    Invocation {
        payload: function_error.as_ref().and_then(|_| text("ErrorDetails")).unwrap_or_default().into(),
        function_error,
        log_tail: tail.map(|t| String::from_utf8_lossy(&t).into_owned()),
    }
}

fn failure(endpoint: &str, status: Option<u16>, reason: String) -> InvokeError {
    InvokeError::Endpoint { endpoint: endpoint.to_owned(), status, reason }
}

/// Returns the address of an operation of a function.
fn uri(endpoint: &str, name: &FunctionName, version: &str, operation: &str) -> String {
    let encoded = utf8_percent_encode(&name.name, NON_ALPHANUMERIC);
    let mut uri = format!("{}/{version}/functions/{encoded}/{operation}", endpoint.trim_end_matches('/'));
    if let Some(qualifier) = &name.qualifier {
        uri.push_str("?Qualifier=");
        uri.extend(utf8_percent_encode(qualifier, NON_ALPHANUMERIC));
    }
    uri
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
