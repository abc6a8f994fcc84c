//! A branch, its base and what is deployed, in one table.

use std::fmt::Write as _;

use serde_json::json;

use crate::diff::{Standing, ThreeWay};
use crate::source::render::one_line;

/// Returns one line for each change: where it stands, its level, and what it is.
#[must_use]
pub fn terminal(lines: &[ThreeWay]) -> String {
    let mut out = String::new();
    for (standing, title) in [
        (Standing::Pending, "The branch changes, and importing it brings:"),
        (Standing::Live, "The branch changes, and is deployed already:"),
        (Standing::Drift, "Deployed otherwise than the base says; importing the branch changes:"),
    ] {
        let mut of: Vec<_> = lines.iter().filter(|line| line.standing == standing).collect();
        if of.is_empty() {
            continue;
        }
        of.sort_by_key(|line| std::cmp::Reverse(line.change.level));
        let _ = writeln!(out, "{title}");
        for line in of {
            let change = &line.change;
            let _ = writeln!(
                out,
                "  {:>7}  {}  ({})",
                change.level.as_str(),
                one_line(&change.message),
                match change.operations.as_slice() {
                    [] => "the document".to_owned(),
                    [one] => one_line(one).into_owned(),
                    many => format!("{} operations", many.len()),
                }
            );
        }
        out.push('\n');
    }
    if out.is_empty() {
        out.push_str("the branch changes nothing, and what it says is deployed\n");
    }
    out
}

/// Returns the table as one JSON document.
#[must_use]
pub fn json(lines: &[ThreeWay]) -> String {
    let changes: Vec<_> = lines
        .iter()
        .map(|line| {
            let change = &line.change;
            json!({
                "standing": line.standing.as_str(),
                "id": change.id,
                "level": change.level,
                "operations": change.operations,
                "location": change.location,
                "message": change.message,
                "fingerprint": change.fingerprint,
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&json!({"changes": changes})).unwrap_or_else(|_| "{}".into());
    text.push('\n');
    text
}
