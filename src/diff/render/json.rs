//! One JSON document: `{"summary": {…}, "changes": [{…}]}`.

use serde::Serialize;

use crate::diff::{Change, Level, Report, Side, Summary};
use crate::source::{Sources, Span};

#[derive(Serialize)]
struct Output<'a> {
    summary: Summary,
    changes: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    level: Level,
    operations: &'a [String],
    sides: &'a [Side],
    location: &'a str,
    message: &'a str,
    old: Option<Place>,
    new: Option<Place>,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'a str>,
}

/// A place as scripts read it.
#[derive(Serialize)]
struct Place {
    file: String,
    line: u32,
    column: u32,
}

/// Returns the report as JSON, with a line break at its end.
#[must_use]
pub fn render(report: &Report) -> String {
    let changes = report.changes.iter().map(|change| entry(change, report)).collect();
    let output = Output { summary: report.summary(), changes, notes: &report.notes };
    let mut text = serde_json::to_string_pretty(&output).unwrap_or_else(|_| "{}".into());
    text.push('\n');
    text
}

fn entry<'a>(change: &'a Change, report: &Report) -> Entry<'a> {
    let place = |span: Option<Span>, sources: &Sources| {
        span.map(|span| {
            let (line, column) = sources.file(span.file).line_column(span.start as usize);
            Place { file: sources.file(span.file).name().to_owned(), line, column }
        })
    };
    Entry {
        id: change.id,
        level: change.level,
        operations: &change.operations,
        sides: &change.sides,
        location: &change.location,
        message: &change.message,
        old: place(change.old, &report.old_sources),
        new: place(change.new, &report.new_sources),
        fingerprint: &change.fingerprint,
        accepted: change.accepted.as_deref(),
        document: change.document.as_deref(),
    }
}
