//! Mapping templates: Velocity as API Gateway has it.
//!
//! A template is [compiled](Template::compile) once and [rendered](Template::render) with the data of a
//! request. The language is Apache Velocity 1.7's; differences that API Gateway makes:
//!
//! - a reference without a value renders as empty text, and equals `""`
//! - `$input`, `$util`, `$context` and `$stageVariables` are provided, `#include` and `#parse` are not
//! - arrays of a JSON document print as JSON
//!
//! Invariants: rendering does no I/O, ends (see [`Limits`]) and does not panic; a feature that Velocity or
//! Java has and this engine does not is an error that names it.

mod ast;
mod context;
mod error;
mod eval;
mod json;
mod json_path;
mod lexer;
mod method;
mod names;
mod number;
mod parser;

mod value;

pub use context::{
    Assigned, ContextVariables, Limits, Parameters, RenderContext, RequestOverride, RequestParameters,
    ResponseOverride, TraceEntry, Undefined, Variables,
};
pub use error::{TemplateError, TemplateErrorKind};

use ast::Block;
use lexer::Origin;
use names::Names;

/// A compiled template.
#[derive(Debug)]
pub struct Template {
    source: Box<str>,
    block: Block,
    names: Names,
}

/// What rendering a template gave. Overrides are in [`RenderContext::assigned`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// What the author should know although API Gateway renders it without a word: members that do not exist, a
    /// `#foreach` that is cut.
    pub warnings: Vec<String>,
}

/// The bytes of a template's text at most; API Gateway takes 300 KB.
const MAX_SOURCE: usize = 1024 * 1024;

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    /// When the text is not a template, or uses a directive that the engine lacks.
    pub fn compile(source: &str) -> Result<Self, TemplateError> {
        if source.len() > MAX_SOURCE {
            let fault = error::Fault::limit(0, format!("the template is larger than {MAX_SOURCE} bytes"));
            return Err(TemplateError::new(fault, source));
        }
        let mut names = Names::new();
        let block = parser::parse(source, Origin::Within(0), &mut names, &[])
            .map_err(|fault| TemplateError::new(fault, source))?;
        Ok(Self { source: source.into(), block, names })
    }

    /// Returns the template's text.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns what the template always renders to, when it is nothing but text.
    #[must_use]
    pub fn constant(&self) -> Option<&str> {
        match &*self.block {
            [] => Some(""),
            [ast::Node::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Renders the template.
    ///
    /// # Errors
    /// When the template runs into a limit, a method throws, or a feature is used that the engine lacks. API
    /// Gateway answers 500 to the first two.
    pub fn render(&self, context: &mut RenderContext<'_>) -> Result<Rendered, TemplateError> {
        let result = eval::render(&self.block, &self.names, context, &self.source);
        result.map_err(|fault| TemplateError::new(fault, &self.source))
    }
}

/// Returns what a JSONPath leads to in a document, as `$input.json` would find it: an indefinite path gives a list, a
/// definite one that leads nowhere nothing.
///
/// # Errors
/// When the path is none, or looks for too long.
pub fn json_path(document: &serde_json::Value, path: &str) -> Result<Option<serde_json::Value>, String> {
    let limits = Limits::default();
    let heap = value::Heap::new(limits.output, limits.steps);
    let found = json_path::JsonPath::parse(path).and_then(|path| {
        Ok(match path.find(document, &heap)? {
            json_path::Found::Missing => None,
            json_path::Found::One(value) => Some(value.into_owned()),
            json_path::Found::Many(values) => Some(values.into_iter().map(std::borrow::Cow::into_owned).collect()),
        })
    });
    found.map_err(|error| match error {
        json_path::PathError::Syntax(message) => format!("`{path}` is not a JSONPath: {message}"),
        json_path::PathError::Unsupported(what) => format!("{what} is not supported"),
        json_path::PathError::Exhausted(limit) => limit.message().to_owned(),
    })
}

#[cfg(test)]
mod tests;
