//! How a command ends.

use std::error::Error;

/// Done and clean.
pub(super) const CLEAN: u8 = 0;
/// Done, and the findings ask for attention.
pub(super) const FINDINGS: u8 = 1;
/// Not done.
pub(super) const NOT_DONE: u8 = 2;

/// What a command that was carried out found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing that asks for attention.
    Clean,
    /// Lint errors, a breaking change, drift.
    Findings,
}

impl Outcome {
    /// Returns the exit status.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Clean => CLEAN,
            Self::Findings => FINDINGS,
        }
    }
}

/// Why a command was not carried out: what was attempted, on what, why it failed, what to do.
#[derive(Debug)]
pub struct CommandError {
    /// What was attempted and on what: a lower-case fragment.
    pub message: String,
    /// Why it failed.
    pub source: Option<Box<dyn Error + Send + Sync>>,
    /// What to do about it.
    pub hints: Vec<String>,
    /// Whether the reasons have been shown already (as diagnostics).
    pub shown: bool,
}

impl CommandError {
    /// Returns an error with a message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None, hints: Vec::new(), shown: false }
    }

    /// Adds the reason.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for CommandError {
    fn from(error: E) -> Self {
        let mut converted = Self::new(error.to_string());
        if let Some(source) = error.source() {
            converted.source = Some(source.to_string().into());
        }
        converted
    }
}
