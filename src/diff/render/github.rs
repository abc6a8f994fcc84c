//! Workflow commands that annotate the lines of a pull request on GitHub.

use std::fmt::Write as _;

use crate::diff::{Level, Report};

/// Returns one workflow command for each change that is not accepted and has a place in the new document.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for change in report.changes.iter().filter(|c| c.accepted.is_none()) {
        let command = match change.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "notice",
        };
        let place = change.new.or(change.anchor).map(|span| {
            let file = report.new_sources.file(span.file);
            let (line, column) = file.line_column(span.start as usize);
            format!("file={},line={line},col={column},", property(file.name()))
        });
        let reach = match change.operations.as_slice() {
            [] => String::new(),
            [one] => format!(" ({one})"),
            many => format!(" ({} operations)", many.len()),
        };
        let message = data(&format!("{}{reach}", change.message));
        let _ = writeln!(out, "::{command} {}title={}::{message}", place.unwrap_or_default(), property(change.id));
    }
    out
}

/// Returns a message without what would end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns a property's value without what would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
