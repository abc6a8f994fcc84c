//! One line for each finding: `file:line:column: severity[code]: message`.

use std::fmt::Write as _;

use super::{one_line, sanitized};
use crate::source::{Diagnostic, Sources};

/// Returns the findings, one line each.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        if let Some(span) = diagnostic.span {
            let file = sources.file(span.file);
            let (line, column) = file.line_column(span.start as usize);
            let _ = write!(out, "{}:{line}:{column}: ", sanitized(file.name()));
        }
        let _ = writeln!(
            out,
            "{}[{}]: {}",
            diagnostic.severity.as_str(),
            one_line(&diagnostic.code),
            one_line(&diagnostic.message)
        );
    }
    out
}
