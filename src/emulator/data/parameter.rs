//! Mapping expressions: `method.request.header.X`, `context.Y`, `'literal'` and the like.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::Value;

use super::context::RequestContext;
use super::gateway_response::{Refusal, ResponseType};
use super::request::{ClientRequest, Headers, percent_decoded};
use crate::vtl::json_path;

/// Where a mapped value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// `'text'`
    Literal(String),
    /// `method.request.path.N`
    Path(String),
    /// `method.request.querystring.N`: the last value.
    Query(String),
    /// `method.request.multivaluequerystring.N`
    MultiQuery(String),
    /// `method.request.header.N`: the last value.
    Header(String),
    /// `method.request.multivalueheader.N`: joined with commas.
    MultiHeader(String),
    /// `method.request.body`, `method.request.body.P`
    Body(Option<String>),
    /// `context.X`
    Context(String),
    /// `stageVariables.X`
    StageVariable(String),
    /// `integration.response.header.N`: the last value.
    ResponseHeader(String),
    /// `integration.response.multivalueheader.N`: joined with commas.
    ResponseMultiHeader(String),
    /// `integration.response.body`, `integration.response.body.P`
    ResponseBody(Option<String>),
}

impl Source {
    /// Returns the source that an expression names.
    pub(crate) fn parse(expression: &str) -> Option<Self> {
        let expression = expression.trim();
        if let Some(literal) = expression.strip_prefix('\'').and_then(|e| e.strip_suffix('\'')) {
            return Some(Self::Literal(literal.to_owned()));
        }
        if let Some(name) = expression.strip_prefix("context.") {
            return Some(Self::Context(name.to_owned()));
        }
        if let Some(name) = expression.strip_prefix("stageVariables.") {
            return Some(Self::StageVariable(name.to_owned()));
        }
        if let Some(rest) = expression.strip_prefix("method.request.") {
            if rest == "body" {
                return Some(Self::Body(None));
            }
            let (kind, name) = rest.split_once('.')?;
            let name = name.to_owned();
            return Some(match kind {
                "path" => Self::Path(name),
                "querystring" => Self::Query(name),
                "multivaluequerystring" => Self::MultiQuery(name),
                "header" => Self::Header(name),
                "multivalueheader" => Self::MultiHeader(name),
                "body" => Self::Body(Some(format!("$.{name}"))),
                _ => return None,
            });
        }
        let rest = expression.strip_prefix("integration.response.")?;
        if rest == "body" {
            return Some(Self::ResponseBody(None));
        }
        let (kind, name) = rest.split_once('.')?;
        Some(match kind {
            "header" => Self::ResponseHeader(name.to_owned()),
            "multivalueheader" => Self::ResponseMultiHeader(name.to_owned()),
            "body" => Self::ResponseBody(Some(format!("$.{name}"))),
            _ => return None,
        })
    }
}

/// Where a value is mapped to on the way to a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// `integration.request.header.N`
    Header(String),
    /// `integration.request.querystring.N`
    Query(String),
    /// `integration.request.path.N`
    Path(String),
}

impl Target {
    /// Returns the target that a key of `requestParameters` names.
    pub(crate) fn parse(key: &str) -> Option<Self> {
        let (kind, name) = key.strip_prefix("integration.request.")?.split_once('.')?;
        match kind {
            "header" | "multivalueheader" => Some(Self::Header(name.to_owned())),
            "querystring" | "multivaluequerystring" => Some(Self::Query(name.to_owned())),
            "path" => Some(Self::Path(name.to_owned())),
            _ => None,
        }
    }
}

/// What expressions are evaluated over.
pub(crate) struct Scope<'a> {
    pub(crate) request: &'a ClientRequest,
    /// Still encoded, as they came.
    pub(crate) path_parameters: &'a [(String, String)],
    pub(crate) context: &'a RequestContext,
    pub(crate) stage_variables: &'a IndexMap<String, String>,
    /// The integration's response, on the way back.
    pub(crate) response: Option<(&'a Headers, &'a [u8])>,
}

impl Scope<'_> {
    /// Returns the values of a source; none when it is empty or missing, and then nothing is mapped.
    pub(crate) fn values(&self, source: &Source) -> Result<Vec<String>, Refusal> {
        let one = |value: Option<Cow<'_, str>>| value.map(Cow::into_owned).into_iter().collect::<Vec<_>>();
        let borrowed = |value: Option<&str>| value.map(|v| v.to_owned().into());
        let mut values = match source {
            Source::Literal(text) => vec![text.clone()],
            Source::Path(name) => {
                let value = self.path_parameters.iter().find(|(n, _)| n == name);
                one(value.map(|(_, v)| percent_decoded(v).into()))
            }
            Source::Query(name) => {
                one(borrowed(self.request.query.get(name).and_then(|v| v.last()).map(String::as_str)))
            }
            Source::MultiQuery(name) => self.request.query.get(name).cloned().unwrap_or_default(),
            Source::Header(name) => one(borrowed(self.request.headers.values(name).next_back())),
            Source::MultiHeader(name) => joined(self.request.headers.values(name)),
            Source::Body(None) => one(Some(String::from_utf8_lossy(&self.request.body))),
            Source::Body(Some(path)) => one(from_body(&self.request.body, path)
                .map_err(|()| Refusal::new(ResponseType::Default4xx).message("Invalid JSON in request body"))?
                .map(Cow::Owned)),
            Source::Context(name) => one(self.context.get(name).map(Cow::Owned)),
            Source::StageVariable(name) => one(borrowed(self.stage_variables.get(name).map(String::as_str))),
            Source::ResponseHeader(name) => {
                one(borrowed(self.response.and_then(|(headers, _)| headers.any_case_last(name))))
            }
            Source::ResponseMultiHeader(name) => {
                self.response.map(|(headers, _)| joined(headers.values(name))).unwrap_or_default()
            }
            Source::ResponseBody(None) => one(self.response.map(|(_, body)| String::from_utf8_lossy(body))),
            Source::ResponseBody(Some(path)) => {
                let body = self.response.map(|(_, body)| body).unwrap_or_default();
                one(from_body(body, path)
                    .map_err(|()| Refusal::configuration("Invalid JSON in the integration's response"))?
                    .map(Cow::Owned))
            }
        };
        values.retain(|v| !v.is_empty());
        Ok(values)
    }
}

fn joined<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    let all: Vec<&str> = values.collect();
    if all.is_empty() { Vec::new() } else { vec![all.join(",")] }
}

/// Finds a value in a body, which is parsed only when it looks like JSON; fails when it then is none.
fn from_body(body: &[u8], path: &str) -> Result<Option<String>, ()> {
    let body = body.trim_ascii_start();
    if !matches!(body.first(), Some(b'{' | b'[' | b'"' | b'\'')) {
        return Ok(None);
    }
    let value: Value = serde_json::from_slice(body).map_err(|_| ())?;
    // A path that is none leads nowhere.
    Ok(match json_path(&value, path).ok().flatten() {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(other) => Some(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_source_is_understood() {
        let parsed = |text: &str| Source::parse(text);
        assert_eq!(parsed("'a b'"), Some(Source::Literal("a b".into())));
        assert_eq!(parsed("method.request.header.X-A"), Some(Source::Header("X-A".into())));
        assert_eq!(parsed("method.request.body"), Some(Source::Body(None)));
        assert_eq!(parsed("method.request.body.a.b"), Some(Source::Body(Some("$.a.b".into()))));
        assert_eq!(parsed("integration.response.body.a[0]"), Some(Source::ResponseBody(Some("$.a[0]".into()))));
        assert_eq!(parsed("context.identity.sourceIp"), Some(Source::Context("identity.sourceIp".into())));
        assert_eq!(parsed("method.request.cookie.a"), None);
        assert_eq!(parsed("nothing"), None);
        assert_eq!(Target::parse("integration.request.path.id"), Some(Target::Path("id".into())));
        assert_eq!(Target::parse("integration.request.body.id"), None);
    }

    #[test]
    fn bodies_are_parsed_when_they_look_like_json() {
        assert_eq!(from_body(br#"{"a":{"b":[1,2]}}"#, "$.a.b[1]"), Ok(Some("2".into())));
        assert_eq!(from_body(br#"{"a":[{"b":1,"c":"x"},{"b":2}]}"#, "$.a[?(@.b==1)].c"), Ok(Some("[\"x\"]".into())));
        assert_eq!(from_body(b"plain", "$.a"), Ok(None));
        assert_eq!(from_body(b"", "$.a"), Ok(None));
        assert_eq!(from_body(b"{broken", "$.a"), Err(()));
    }
}
