//! Where rules put what they find.

use crate::source::Diagnostic;

use super::Levels;

/// Collects findings under the user's levels.
#[derive(Debug)]
pub(super) struct Sink<'a> {
    levels: &'a Levels,
    found: Vec<Diagnostic>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(levels: &'a Levels) -> Self {
        Self { levels, found: Vec::new() }
    }

    /// Adds a finding.
    pub(super) fn add(&mut self, mut diagnostic: Diagnostic) {
        if let Some(severity) = self.levels.severity(&diagnostic.code, diagnostic.severity) {
            diagnostic.severity = severity;
            self.found.push(diagnostic);
        }
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.found
    }
}
