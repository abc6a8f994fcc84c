//! A count for each operation.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::terminal::summary;
use crate::diff::{Change, Level, Report};
use crate::source::render::one_line;

/// Returns a line for each operation with how many changes of each level reach it.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut counts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for change in report.changes.iter().filter(|c| c.accepted.is_none()) {
        let at = match change.level {
            Level::Error => 0,
            Level::Warning => 1,
            Level::Info => 2,
        };
        if change.operations.is_empty() {
            counts.entry(named(change, "the document")).or_default()[at] += 1;
        }
        for operation in &change.operations {
            counts.entry(named(change, operation)).or_default()[at] += 1;
        }
    }
    let width = counts.keys().map(|name| name.chars().count()).max().unwrap_or(0).min(80);
    let mut out = String::new();
    for (name, [breaking, warning, info]) in counts {
        let _ = writeln!(
            out,
            " {:<width$} | {breaking:>4} breaking {warning:>4} warning {info:>4} compatible",
            one_line(&name)
        );
    }
    let _ = writeln!(out, " {}", summary(report));
    out
}

fn named(change: &Change, what: &str) -> String {
    match &change.document {
        Some(document) => format!("{document}: {what}"),
        None => what.to_owned(),
    }
}
