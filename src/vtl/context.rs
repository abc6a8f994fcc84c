//! What a template is rendered with, and what it leaves behind.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

/// What a rendering may use. A template that runs into a limit is an error, never cut text: API Gateway
/// documents 1000 iterations of a `#foreach` and 10 MB of payload, and stops long templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Iterations of one `#foreach`.
    pub iterations: usize,
    /// Bytes of the rendered text, and of any one value.
    pub output: usize,
    /// Pieces of template, values and characters that are worked on: bounds time and memory.
    pub steps: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { iterations: 1000, output: 10 * 1024 * 1024, steps: 5_000_000 }
    }
}

/// The request's parameters as templates see them. A name that was sent several times stands there as often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestParameters {
    /// Decoded values of the path's variables.
    pub path: Vec<(String, String)>,
    /// Decoded values of the query string.
    pub querystring: Vec<(String, String)>,
    /// Header values, names as sent.
    pub header: Vec<(String, String)>,
}

/// The request's parameters, so that none is copied that no template asks for.
pub trait Parameters {
    /// Returns `$input.params(name)`: of the path, else the query string, else the headers; the last of several.
    fn find(&self, name: &str) -> Option<Cow<'_, str>>;

    /// Returns the path's variables.
    fn path(&self) -> Vec<(&str, Cow<'_, str>)>;

    /// Returns the query string's values.
    fn querystring(&self) -> Vec<(&str, Cow<'_, str>)>;

    /// Returns the headers.
    fn header(&self) -> Vec<(&str, Cow<'_, str>)>;
}

impl Parameters for RequestParameters {
    fn find(&self, name: &str) -> Option<Cow<'_, str>> {
        let groups = [&self.path, &self.querystring, &self.header];
        let found = groups.iter().find_map(|pairs| pairs.iter().rev().find(|(known, _)| known == name));
        found.map(|(_, value)| Cow::Borrowed(value.as_str()))
    }

    fn path(&self) -> Vec<(&str, Cow<'_, str>)> {
        borrowed(&self.path)
    }

    fn querystring(&self) -> Vec<(&str, Cow<'_, str>)> {
        borrowed(&self.querystring)
    }

    fn header(&self) -> Vec<(&str, Cow<'_, str>)> {
        borrowed(&self.header)
    }
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, Cow<'_, str>)> {
    pairs.iter().map(|(name, value)| (name.as_str(), Cow::Borrowed(value.as_str()))).collect()
}

/// The `$context` variables: those at the top by name, so that none is made that no template asks for.
pub trait ContextVariables {
    /// Returns a variable: `requestId`, `identity`, …
    fn variable(&self, name: &str) -> Option<Cow<'_, Json>>;

    /// Returns a variable that is a text, where it can be had without its document.
    fn text(&self, name: &str) -> Option<&str> {
        let _ = name;
        None
    }

    /// Returns the names of the variables, for templates that print or go through all of them.
    fn names(&self) -> Vec<Cow<'_, str>>;
}

impl ContextVariables for Map<String, Json> {
    fn variable(&self, name: &str) -> Option<Cow<'_, Json>> {
        self.get(name).map(Cow::Borrowed)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.keys().map(|name| Cow::Borrowed(name.as_str())).collect()
    }
}

/// Values that templates look up by name: stage variables.
pub trait Variables {
    /// Returns the value of a name.
    fn value(&self, name: &str) -> Option<&str>;

    /// Returns all names and values, in their order.
    fn entries(&self) -> Vec<(&str, &str)>;
}

impl Variables for IndexMap<String, String> {
    fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(String::as_str)
    }

    fn entries(&self) -> Vec<(&str, &str)> {
        self.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

impl Variables for std::collections::BTreeMap<String, String> {
    fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(String::as_str)
    }

    fn entries(&self) -> Vec<(&str, &str)> {
        self.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// How a reference without a value is rendered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Undefined {
    /// As empty text, which is what API Gateway does.
    #[default]
    Empty,
    /// As it is written, which is what stock Velocity does; `null` then differs from `""` too.
    AsWritten,
}

/// What a template is rendered with.
pub struct RenderContext<'a> {
    /// The payload: `$input.body`. Empty is `{}`.
    pub body: Cow<'a, str>,
    /// The request's parameters, in templates for responses too.
    pub parameters: &'a dyn Parameters,
    /// `$context`, without what templates assign.
    pub context: &'a dyn ContextVariables,
    /// `$stageVariables`
    pub stage_variables: &'a dyn Variables,
    /// What templates assigned to `$context`. Given from the integration request's template to the integration
    /// response's, since API Gateway shows the one's overrides to the other.
    pub assigned: Assigned,
    /// What the rendering may use.
    pub limits: Limits,
    /// How a reference without a value is rendered.
    pub undefined: Undefined,
    /// Receives each reference as it is evaluated, when there is somebody to look.
    pub trace: Option<Vec<TraceEntry>>,
}

impl<'a> RenderContext<'a> {
    /// Returns a context with the default limits and nothing assigned.
    pub fn new(
        body: impl Into<Cow<'a, str>>,
        parameters: &'a dyn Parameters,
        context: &'a dyn ContextVariables,
        stage_variables: &'a dyn Variables,
    ) -> Self {
        Self {
            body: body.into(),
            parameters,
            context,
            stage_variables,
            assigned: Assigned::default(),
            limits: Limits::default(),
            undefined: Undefined::default(),
            trace: None,
        }
    }

    /// Uses a payload of bytes; what is not UTF-8 is replaced, as API Gateway does.
    #[must_use]
    pub fn with_body_bytes(mut self, body: &'a [u8]) -> Self {
        self.body = super::json::lossy(body);
        self
    }
}

/// One reference, as it was evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEntry {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The reference as written, or the target of a `#set`.
    pub reference: String,
    /// Its value's text; none for null.
    pub value: Option<String>,
    /// Whether the value was assigned by `#set`.
    pub assigned: bool,
}

/// What templates assigned below `$context`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assigned {
    pub(super) variables: Map<String, Json>,
}

/// What to send instead of what the mappings say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestOverride {
    /// Headers; several values are sent as several headers.
    pub header: IndexMap<String, Vec<String>>,
    /// Path variables.
    pub path: IndexMap<String, Vec<String>>,
    /// Query parameters.
    pub querystring: IndexMap<String, Vec<String>>,
}

/// What to answer instead of what the mappings say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseOverride {
    /// The status, when it is one between 100 and 599.
    pub status: Option<u16>,
    /// Headers; several values are sent as several headers.
    pub header: IndexMap<String, Vec<String>>,
}

impl Assigned {
    /// Returns whether no template assigned anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// Returns what `$context.requestOverride` holds.
    #[must_use]
    pub fn request_override(&self) -> RequestOverride {
        RequestOverride {
            header: self.texts("requestOverride", "header"),
            path: self.texts("requestOverride", "path"),
            querystring: self.texts("requestOverride", "querystring"),
        }
    }

    /// Returns what `$context.responseOverride` holds.
    #[must_use]
    pub fn response_override(&self) -> ResponseOverride {
        let status = self.variables.get("responseOverride").and_then(|found| found.get("status"));
        let status = match status {
            Some(Json::Number(number)) => number.as_u64().and_then(|status| u16::try_from(status).ok()),
            Some(Json::String(text)) => text.trim().parse().ok(),
            _ => None,
        };
        ResponseOverride {
            // A status that is none is ignored.
            status: status.filter(|status| (100..=599).contains(status)),
            header: self.texts("responseOverride", "header"),
        }
    }

    fn texts(&self, variable: &str, part: &str) -> IndexMap<String, Vec<String>> {
        let found = self.variables.get(variable).and_then(|found| found.get(part)).and_then(Json::as_object);
        found.map_or_else(IndexMap::new, |members| {
            members.iter().map(|(name, value)| (name.clone(), texts_of(value))).collect()
        })
    }
}

fn texts_of(value: &Json) -> Vec<String> {
    match value {
        Json::Null => Vec::new(),
        Json::String(text) => vec![text.clone()],
        Json::Array(items) => items.iter().flat_map(texts_of).collect(),
        other => vec![other.to_string()],
    }
}
