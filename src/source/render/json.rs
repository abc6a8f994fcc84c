//! One JSON document: `{"summary": {…}, "diagnostics": [{…}]}`.

use serde::Serialize;

use super::Summary;
use crate::source::{Diagnostic, Location, Severity, Sources};

/// A finding as scripts read it.
#[derive(Debug, Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    location: Option<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Place<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'a str>,
}

/// A second place of a finding.
#[derive(Debug, Serialize)]
struct Place<'a> {
    message: &'a str,
    location: Location,
}

/// Everything.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    summary: Summary,
    diagnostics: Vec<Finding<'a>>,
}

/// Returns the findings as one JSON document with a line break at its end.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let findings = diagnostics.iter().map(|d| Finding {
        code: &d.code,
        severity: d.severity,
        message: &d.message,
        help: d.help.as_deref(),
        location: d.span.map(|span| sources.locate(span)),
        labels: d
            .labels
            .iter()
            .map(|label| Place { message: &label.message, location: sources.locate(label.span) })
            .collect(),
        fix: d.fix.as_ref().map(|fix| fix.title.as_str()),
    });
    let answer = Answer { summary: Summary::of(diagnostics), diagnostics: findings.collect() };
    let mut text = serde_json::to_string_pretty(&answer).unwrap_or_default();
    text.push('\n');
    text
}
