//! Workflow commands that GitHub shows as annotations of a pull request.

use std::fmt::Write as _;

use crate::source::{Diagnostic, Severity, Sources};

/// Returns one workflow command for each finding.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let _ = write!(out, "::{command} title={}", property(&diagnostic.code));
        if let Some(span) = diagnostic.span {
            let file = sources.file(span.file);
            let (line, column) = file.line_column(span.start as usize);
            let (end_line, end_column) = file.line_column(span.end as usize);
            let _ = write!(out, ",file={},line={line},col={column}", property(file.name()));
            // A range over several lines marks them all; the first says enough.
            if end_line == line {
                let _ = write!(out, ",endColumn={end_column}");
            }
        }
        let mut text = diagnostic.message.clone();
        if let Some(help) = &diagnostic.help {
            text = format!("{text}\nhelp: {help}");
        }
        let _ = writeln!(out, "::{}", data(&text));
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
