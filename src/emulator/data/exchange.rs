//! A request on its way through the gateway, and the answer it becomes.

use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;
use indexmap::IndexMap;

use super::authorizer::SentRequest;
use super::cache::CacheUse;
use super::compile::{CompiledApi, CompiledIntegration, CompiledMethod};
use super::context::{RequestContext, random_uuid};
use super::execution_log::ExecutionLog;
use super::parameter::Scope;
use super::request::{ClientRequest, Headers, media_type};
use super::template::Assigned;
use super::{Body, Gateway};
use crate::emulator::lambda::InvokeOptions;

/// A request with all that its processing knows.
pub(crate) struct Exchange<'a> {
    pub(crate) gateway: &'a Arc<Gateway>,
    pub(crate) region: &'a str,
    pub(crate) api: &'a CompiledApi,
    pub(crate) method: &'a CompiledMethod,
    pub(crate) resource_path: &'a str,
    pub(crate) request: ClientRequest,
    pub(crate) context: RequestContext,
    pub(crate) stage_variables: Arc<IndexMap<String, String>>,
    /// What templates assigned to `$context`, overrides among it.
    pub(crate) assigned: Assigned,
    /// What an authorizer named as the caller's key.
    pub(crate) usage_key: Option<String>,
    pub(crate) log: ExecutionLog,
    /// How the stage's cache is used.
    pub(crate) cache: Option<CacheUse>,
    /// The request as it was signed, for methods that ask for signatures.
    pub(crate) sent: Option<SentRequest>,
    /// Whether TestInvokeMethod asks, rather than a client.
    pub(crate) is_test: bool,
}

impl Exchange<'_> {
    /// Returns what mapping expressions are evaluated over, on the way to the integration.
    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope {
            request: &self.request,
            path_parameters: &self.request.path_parameters,
            context: &self.context,
            stage_variables: &self.stage_variables,
            response: None,
        }
    }

    /// Returns whether the client accepts a binary type before all others.
    pub(crate) fn accepts_binary(&self) -> bool {
        if self.api.binary.is_empty() {
            return false;
        }
        let accepted = self.request.headers.any_case("accept").and_then(media_type);
        self.api.binary.contains(accepted.as_deref().unwrap_or("application/json"))
    }

    /// Returns whether the request's body is of a binary type.
    pub(crate) fn is_binary(&self) -> bool {
        !self.api.binary.is_empty() && self.api.binary.contains(&self.request.media_type())
    }

    /// Returns text with `${stageVariables.x}` replaced; a variable that is not set is empty.
    pub(crate) fn with_stage_variables(&self, text: &str) -> String {
        with_stage_variables(text, &self.stage_variables)
    }

    /// Returns how the request's integration is invoked, if that is a function. Its id is made here, for the access log.
    pub(crate) fn invoke_options(&mut self) -> InvokeOptions {
        let id = random_uuid().to_string();
        self.context.note("awsEndpointRequestId", &id);
        self.context.note("integration.requestId", &id);
        self.context.continue_trace();
        InvokeOptions { request_id: Some(id), trace_id: Some(self.context.trace_id()), ..InvokeOptions::default() }
    }

    /// Says something to whoever runs the gateway.
    pub(crate) fn say(&mut self, text: &str) {
        (self.gateway.log)(text);
        self.log.line(|| text.to_owned());
    }
}

/// Returns text with `${stageVariables.x}` replaced; a variable that is not set is empty.
pub(crate) fn with_stage_variables(text: &str, variables: &IndexMap<String, String>) -> String {
    const OPEN: &str = "${stageVariables.";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inner = from.get(OPEN.len()..).unwrap_or_default();
        let Some((name, after)) = inner.split_once('}') else {
            rest = from;
            break;
        };
        out.push_str(variables.get(name).map(String::as_str).unwrap_or_default());
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What goes back to the client, before compression and the gateway's own headers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    /// The body, when it is still being made; `body` is then empty.
    pub(crate) stream: Option<Body>,
    /// Whether `X-Amzn-Trace-Id` is among the gateway's own headers.
    pub(crate) traced: bool,
}

impl Answer {
    /// Returns an answer that is all there.
    pub(crate) fn whole(status: StatusCode, headers: Headers, body: Bytes, traced: bool) -> Self {
        Self { status, headers, body, stream: None, traced }
    }
}

/// What an integration gets.
pub(crate) type Integration<'a> = (&'a CompiledMethod, &'a CompiledIntegration);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stage_variables_are_replaced_anywhere() {
        let variables = IndexMap::from([("host".to_owned(), "example.com".to_owned())]);
        let check = |text: &str, expected: &str| assert_eq!(with_stage_variables(text, &variables), expected);
        check("http://${stageVariables.host}/${stageVariables.none}x", "http://example.com/x");
        check("${stageVariables.open", "${stageVariables.open");
        check("{host}", "{host}");
    }
}
