//! Findings: what is wrong, where, and what to write instead.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Span;

/// How much a finding matters. Ordered: an error is greater than a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Accepted, but not what was written, or a trap at run time.
    Warning,
    /// Refused.
    Error,
}

impl Severity {
    /// Returns `error`, `warning` or `info`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A finding about a document.
///
/// The message is plain text: no colour, no path, no newline; names in backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable kebab-case code.
    pub code: Cow<'static, str>,
    /// How much it matters.
    pub severity: Severity,
    /// What happens, in the present tense.
    pub message: String,
    /// What to change. Absent only when the finding is about no text at all.
    pub span: Option<Span>,
    /// Places that say why: the other definition, the reference that led here.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// A mechanical mend.
    pub fix: Option<Fix>,
}

/// A second place of a [`Diagnostic`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// A mechanical mend: edits of the source text that leave the rest as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the mend does, as an imperative.
    pub title: String,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

/// The replacement of one span's text; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Diagnostic {
    /// Returns a finding of `severity` at `span`.
    #[must_use]
    pub fn new(
        severity: Severity,
        code: impl Into<Cow<'static, str>>,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            severity,
            message: message.into(),
            span: span.into(),
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Returns an error.
    #[must_use]
    pub fn error(
        code: impl Into<Cow<'static, str>>,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Error, code, span, message)
    }

    /// Returns a warning.
    #[must_use]
    pub fn warning(
        code: impl Into<Cow<'static, str>>,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Warning, code, span, message)
    }

    /// Returns a remark.
    #[must_use]
    pub fn info(code: impl Into<Cow<'static, str>>, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, span, message)
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn with_label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds a mechanical mend.
    #[must_use]
    pub fn with_fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// Returns the finding after its files were added to a larger set
    /// ([`Sources::append`](super::Sources::append)).
    #[must_use]
    pub fn moved(mut self, by: u32) -> Self {
        let move_span = |span: &mut Span| span.file.0 += by;
        self.span.iter_mut().for_each(move_span);
        self.labels.iter_mut().for_each(|label| move_span(&mut label.span));
        self.fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| move_span(&mut edit.span));
        self
    }
}
