//! Release notes: what users of the API read.

use std::fmt::Write as _;

use crate::diff::{Level, Report};

/// Returns the changes as a section of a changelog, in Markdown.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for (title, level) in [("Breaking", Level::Error), ("May break", Level::Warning), ("Compatible", Level::Info)] {
        let changes: Vec<_> = report
            .changes
            .iter()
            .filter(|c| c.level == level && c.id != "documentation-changed" && c.id != "extension-changed")
            .collect();
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(out, "### {title}\n");
        for change in changes {
            let reach = match change.operations.as_slice() {
                [] => String::new(),
                few if few.len() <= 3 => format!(" ({})", super::markdown::html(&few.join(", "))),
                many => format!(" ({} operations)", many.len()),
            };
            let document = change.document.as_deref().map(|name| format!("{}: ", super::markdown::html(name)));
            let message = super::markdown::prose(&change.message);
            let _ = writeln!(out, "- {}{message}{reach}", document.unwrap_or_default());
        }
        out.push('\n');
    }
    if out.is_empty() {
        out.push_str("No changes.\n");
    }
    out
}
