//! Access logs: the stage's format with `$context` filled in, one line per request.

use std::time::Instant;

use hyper::Response;
use hyper::body::Body as _;
use indexmap::IndexMap;

use super::context::RequestContext;
use super::{Body, DeployedStage, Gateway};

/// Returns the format of a stage's access log, if it has one.
pub(crate) fn format_of(stage: &DeployedStage) -> Option<&str> {
    stage.stage.access_log_settings.as_ref()?.format.as_deref()
}

/// Writes the line of a request in a format, if there is one.
pub(crate) fn write(
    gateway: &Gateway,
    format: Option<&str>,
    context: &mut RequestContext,
    stage_variables: &IndexMap<String, String>,
    response: &Response<Body>,
    started: Instant,
) {
    let Some(format) = format else { return };
    context.note("status", response.status().as_u16());
    context.note("responseLength", response.body().size_hint().exact().unwrap_or(0));
    context.note("responseLatency", started.elapsed().as_millis());
    context.note("xrayTraceId", context.trace_id());
    (gateway.log)(&line(format, context, stage_variables));
}

/// Returns a format with its variables replaced; what is absent is `-`.
fn line(format: &str, context: &RequestContext, stage_variables: &IndexMap<String, String>) -> String {
    let mut out = String::with_capacity(format.len() * 2);
    let mut rest = format;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.get(1..).unwrap_or_default();
        let (braced, inner) = after.strip_prefix('{').map_or((false, after), |inner| (true, inner));
        let end = inner.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))).unwrap_or(inner.len());
        let name = inner.get(..end).unwrap_or_default().trim_end_matches(['.', '-']);
        let tail = inner.get(name.len()..).unwrap_or_default();
        let closed = if braced { tail.strip_prefix('}') } else { Some(tail) };
        let value = match (name.strip_prefix("context."), name.strip_prefix("stageVariables.")) {
            (Some(name), _) => Some(context.logged(name)),
            (_, Some(name)) => Some(stage_variables.get(name).cloned()),
            _ => None,
        };
        match (value, closed) {
            (Some(value), Some(tail)) => {
                out.push_str(&value.unwrap_or_else(|| "-".to_owned()));
                rest = tail;
            }
            _ => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    // One line per request, whatever a value holds.
    out.replace(['\n', '\r'], " ")
}
