//! The Lambda Runtime API of one process, version 2018-06-01
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).
//!
//! Each process has a listener of its own, so a request needs no token to say which process sent it.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{Mutex, mpsc};

use super::function::{Event, ProcessId};
use super::process::Output;

/// The most bytes Lambda takes as a buffered answer.
pub(super) const MAX_ANSWER: usize = 6_291_556;
/// The most bytes Lambda takes as a streamed answer.
const MAX_STREAM: usize = 200 * 1024 * 1024;

/// An invocation on its way to a process.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) request_id: Arc<str>,
    pub(super) payload: Bytes,
    pub(super) function_arn: Arc<str>,
    pub(super) trace_id: Option<String>,
    pub(super) client_context: Option<String>,
    /// How long the function has from the moment it takes the work.
    pub(super) timeout: Duration,
    /// Takes the parts of an answer that is streamed.
    pub(super) stream: Option<mpsc::Sender<Bytes>>,
    /// Whether who asked wants the end of the log with the answer.
    pub(super) log_tail: bool,
}

/// What the requests of one process share.
pub(super) struct RuntimeApi {
    pub(super) process: ProcessId,
    pub(super) work: Mutex<mpsc::Receiver<Work>>,
    pub(super) events: mpsc::UnboundedSender<Event>,
    pub(super) output: Arc<Output>,
    /// Where the answer to the work that was taken last may be streamed to.
    pub(super) stream: std::sync::Mutex<Option<(Arc<str>, mpsc::Sender<Bytes>)>>,
}

impl RuntimeApi {
    /// Answers one request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let path = request.uri().path().to_owned();
        // A client may have been given the address with a trailing slash.
        let path = path.trim_start_matches('/');
        let Some(rest) = path.strip_prefix("2018-06-01/runtime/") else {
            return Ok(refusal(StatusCode::NOT_FOUND, "InvalidRequest", "unknown path"));
        };
        let segments: Vec<&str> = rest.split('/').collect();
        Ok(match (request.method(), segments.as_slice()) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["invocation", id, "response"]) => self.response((*id).into(), request).await,
            (&Method::POST, ["invocation", id, "error"]) => self.error(Some((*id).into()), request).await,
            (&Method::POST, ["init", "error"]) => self.error(None, request).await,
            _ => refusal(StatusCode::NOT_FOUND, "InvalidRequest", "unknown path"),
        })
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        self.tell(Event::Ready(self.process));
        let received = self.work.lock().await.recv().await;
        let Some(work) = received else {
            // The process is being killed; an answer that is no work would only make it complain.
            return std::future::pending().await;
        };
        self.output.begin(&work.request_id, work.log_tail);
        *self.stream.lock().unwrap_or_else(PoisonError::into_inner) =
            work.stream.map(|stream| (Arc::clone(&work.request_id), stream));
        let mut response = Response::new(Full::new(work.payload));
        let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + work.timeout;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let values = [
            ("lambda-runtime-aws-request-id", Some(work.request_id.to_string())),
            ("lambda-runtime-deadline-ms", Some(deadline.as_millis().to_string())),
            ("lambda-runtime-invoked-function-arn", Some(work.function_arn.to_string())),
            ("lambda-runtime-trace-id", work.trace_id),
            ("lambda-runtime-client-context", work.client_context),
        ];
        for (name, value) in values {
            if let Some(value) = value.and_then(|v| HeaderValue::from_bytes(v.as_bytes()).ok()) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }

    async fn response(&self, id: Arc<str>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let mode = request.headers().get("lambda-runtime-function-response-mode");
        let streams = mode.is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"streaming"));
        // An answer that is not streamed ends the stream all the same: whoever waits for it must not go on.
        if let Some((_, stream)) = self.take_stream().filter(|(known, _)| streams && *known == id) {
            return self.streamed(id, request.into_body(), stream).await;
        }
        match Limited::new(request.into_body(), MAX_ANSWER).collect().await {
            Ok(body) => {
                self.output.caught_up(false).await;
                self.tell(Event::Response(self.process, id, body.to_bytes()));
                accepted()
            }
            Err(e) if e.is::<LengthLimitError>() => {
                self.output.caught_up(false).await;
                self.tell(Event::AnswerTooLarge(self.process, id));
                refusal(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "RequestEntityTooLarge",
                    "Exceeded maximum allowed payload size (6291556 bytes).",
                )
            }
            Err(_) => refusal(StatusCode::BAD_REQUEST, "InvalidRequest", "the body ended early"),
        }
    }

    fn take_stream(&self) -> Option<(Arc<str>, mpsc::Sender<Bytes>)> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Passes an answer on as it arrives. Its end is the answer; an error may be in the trailers
    /// (`runtimes-custom`, "Response streaming in custom runtimes", of the Lambda developer guide).
    async fn streamed(&self, id: Arc<str>, mut body: Incoming, stream: mpsc::Sender<Bytes>) -> Response<Full<Bytes>> {
        let mut left = MAX_STREAM;
        let mut failure = None;
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                failure = Some(serde_json::json!({ "errorType": "Runtime.TruncatedResponse" }));
                break;
            };
            match frame.into_data() {
                Ok(data) if data.len() > left => {
                    failure = Some(serde_json::json!({ "errorType": "Function.ResponseSizeTooLarge" }));
                    break;
                }
                Ok(data) => {
                    left -= data.len();
                    // Whoever asked may have gone; the function ends its answer all the same.
                    let _ = stream.send(data).await;
                }
                Err(frame) => {
                    let trailers = frame.into_trailers().unwrap_or_default();
                    let kind = trailers.get("lambda-runtime-function-error-type").and_then(|v| v.to_str().ok());
                    failure = kind.map(|kind| serde_json::json!({ "errorType": kind }));
                }
            }
        }
        drop(stream);
        self.output.caught_up(false).await;
        self.tell(match failure {
            None => Event::Response(self.process, id, Bytes::new()),
            Some(error) => Event::Error(self.process, id, error.to_string().into()),
        });
        accepted()
    }

    async fn error(&self, id: Option<Arc<str>>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        drop(self.take_stream());
        // What an import has printed goes with the answer that it has failed.
        self.output.caught_up(id.is_none()).await;
        let kind = request.headers().get("lambda-runtime-function-error-type").cloned();
        let Ok(body) = Limited::new(request.into_body(), MAX_ANSWER).collect().await else {
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", "the error is too large");
        };
        let body = body.to_bytes();
        // A runtime may say only the type of the error, in the header.
        let body = match kind.as_ref().and_then(|k| k.to_str().ok()) {
            Some(kind) if body.is_empty() => serde_json::json!({ "errorType": kind }).to_string().into(),
            _ => body,
        };
        self.tell(match id {
            Some(id) => Event::Error(self.process, id, body),
            None => Event::InitError(self.process, body),
        });
        accepted()
    }

    fn tell(&self, event: Event) {
        // The function's task is gone only when the pool has been stopped; so is this process, soon.
        let _ = self.events.send(event);
    }
}

fn accepted() -> Response<Full<Bytes>> {
    json(StatusCode::ACCEPTED, r#"{"status":"OK"}"#.into())
}

fn refusal(status: StatusCode, kind: &str, message: &str) -> Response<Full<Bytes>> {
    json(status, serde_json::json!({ "errorType": kind, "errorMessage": message }).to_string().into())
}

fn json(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
