//! Why a template could not be compiled or rendered.

use std::fmt;

/// What kind of thing stopped a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateErrorKind {
    /// The text is not a template: API Gateway refuses it too.
    Syntax,
    /// A method threw, an override was applied twice: API Gateway answers 500.
    Runtime,
    /// The template ran into one of [`Limits`](super::Limits).
    Limit,
    /// The template uses a feature this engine does not have. Never rendered as empty text.
    Unsupported,
}

/// A template that was not compiled or not rendered, and where it went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// What kind of thing went wrong.
    pub kind: TemplateErrorKind,
    /// What went wrong: a lower-case fragment.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line's text, cut when it is long.
    pub excerpt: String,
}

impl TemplateError {
    pub(super) fn new(fault: Fault, source: &str) -> Self {
        let at = floor_char_boundary(source, fault.at as usize);
        let before = source.get(..at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_text = source.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        Self {
            kind: fault.kind,
            message: fault.message,
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            excerpt: excerpt(line_text, before.len() - line_start),
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for TemplateError {}

/// The characters of a line that an excerpt keeps.
const EXCERPT_CHARS: usize = 120;

fn excerpt(line: &str, column_bytes: usize) -> String {
    let shift = line.get(..column_bytes).map_or(0, |b| b.chars().count()).saturating_sub(EXCERPT_CHARS / 2);
    line.chars().skip(shift).take(EXCERPT_CHARS).collect()
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// An error on its way out: the byte it happened at instead of line and column.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) kind: TemplateErrorKind,
    pub(super) at: u32,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn syntax(at: u32, message: impl Into<String>) -> Self {
        Self { kind: TemplateErrorKind::Syntax, at, message: message.into() }
    }

    pub(super) fn runtime(at: u32, message: impl Into<String>) -> Self {
        Self { kind: TemplateErrorKind::Runtime, at, message: message.into() }
    }

    pub(super) fn limit(at: u32, message: impl Into<String>) -> Self {
        Self { kind: TemplateErrorKind::Limit, at, message: message.into() }
    }

    pub(super) fn unsupported(at: u32, message: impl Into<String>) -> Self {
        Self { kind: TemplateErrorKind::Unsupported, at, message: message.into() }
    }
}
