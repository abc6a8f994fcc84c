//! GitLab's code quality report.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::source::{Diagnostic, Severity, Sources};

#[derive(Debug, Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Debug, Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: u32,
}

/// Returns the report. A finding's fingerprint does not depend on its line.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut issues = Vec::new();
    for diagnostic in diagnostics {
        let location = diagnostic.span.map(|span| sources.locate(span));
        let (path, line, pointer) = location.map_or_else(Default::default, |l| (l.file, l.line, l.pointer));
        let identity = format!("{}\n{path}\n{pointer}\n{}", diagnostic.code, diagnostic.message);
        let count = seen.entry(identity.clone()).or_default();
        *count += 1;
        let hash = Sha256::digest(format!("{identity}\n{count}").as_bytes());
        issues.push(Issue {
            description: match &diagnostic.help {
                Some(help) => format!("{} ({help})", diagnostic.message),
                None => diagnostic.message.clone(),
            },
            check_name: &diagnostic.code,
            fingerprint: hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect(),
            severity: match diagnostic.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            location: Place { path, lines: Lines { begin: line.max(1) } },
        });
    }
    let mut text = serde_json::to_string_pretty(&issues).unwrap_or_default();
    text.push('\n');
    text
}
