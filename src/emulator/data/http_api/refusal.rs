//! What an HTTP API itself answers: a status, a message, and nothing that could be customised.

use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use super::Answer;
use crate::emulator::data::context::RequestContext;
use crate::emulator::data::{Body, full_body};

/// A request that the gateway answers itself.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: u16,
    message: &'static str,
    headers: Vec<(&'static str, String)>,
    /// What the access log can show of it.
    reason: Option<String>,
}

impl Refusal {
    pub(super) fn new(status: u16, message: &'static str) -> Self {
        Self { status, message, headers: Vec::new(), reason: None }
    }

    /// No stage, or no route.
    pub(super) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// The request brings nothing to tell who it is from.
    pub(super) fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    /// Who it is from may not.
    pub(super) fn forbidden() -> Self {
        Self::new(403, "Forbidden")
    }

    /// A function failed, or answered what is no answer.
    pub(super) fn internal(reason: impl Into<String>) -> Self {
        Self::new(500, "Internal Server Error").because(reason)
    }

    /// A backend did not answer.
    pub(super) fn unavailable(reason: impl Into<String>) -> Self {
        Self::new(503, "Service Unavailable").because(reason)
    }

    /// Sets what the access log can show.
    pub(super) fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Adds a header.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn body(&self) -> String {
        json!({ "message": self.message }).to_string()
    }

    /// Returns what goes to the client; `$context.error` and `$context.integrationErrorMessage` are set in passing.
    pub(super) fn into_answer(self, context: &mut RequestContext) -> Answer {
        context.set_below("error", "message", self.message);
        context.set_below("error", "messageString", Value::from(self.message).to_string());
        if let Some(reason) = &self.reason {
            context.note("integrationErrorMessage", reason.as_str());
            context.note("integration.error", reason.as_str());
        }
        let mut headers: crate::emulator::data::request::Headers =
            [("content-type", "application/json")].into_iter().collect();
        for (name, value) in &self.headers {
            headers.push(*name, value.as_str());
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Answer { status, headers, body: self.body().into() }
    }

    /// Returns what goes to a client whose request belongs to no stage.
    pub(super) fn without_stage(self) -> Response<Body> {
        let mut response = Response::new(full_body(self.body()));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::NOT_FOUND);
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let id = uuid::Uuid::new_v4().simple().to_string();
        if let Ok(id) = HeaderValue::from_str(&id) {
            headers.insert(HeaderName::from_static("apigw-requestid"), id);
        }
        response
    }
}
