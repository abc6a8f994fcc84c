//! For a pull request's comment: always under its limit, collapsible, the same for the same report.

use std::fmt::Write as _;

use super::terminal::{groups, lines, summary};
use crate::diff::{Change, Level, Report};
use crate::source::{Sources, Span};

/// A comment on GitHub holds 65,536 characters; what is longer is cut below this, and said to be.
const MAX_CHARS: usize = 59_000;

/// The first line, by which a later run finds its comment.
const MARKER: &str = "<!-- gatewright diff -->";

/// Returns the report as Markdown.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = format!("{MARKER}\n### API changes: {}\n\n", summary(report));
    let mut length = out.chars().count();
    let groups = groups(report);
    let mut shown = 0;
    for (title, changes) in &groups {
        let worst = changes.iter().map(|c| c.level).max().unwrap_or(Level::Info);
        let open = if worst == Level::Error { " open" } else { "" };
        let mut section =
            format!("<details{open}><summary>{} <b>{}</b> ({})</summary>\n\n", icon(worst), html(title), changes.len());
        for change in changes {
            section.push_str(&item(change, report));
        }
        section.push_str("\n</details>\n\n");
        let size = section.chars().count();
        if length + size > MAX_CHARS {
            break;
        }
        length += size;
        shown += changes.len();
        out.push_str(&section);
    }
    let rest = report.changes.len() - shown;
    if rest > 0 {
        let _ = writeln!(out, "… and {rest} more changes, left out to keep this readable.\n");
    }
    for note in report.notes.iter().take(20) {
        let _ = writeln!(out, "> {}\n", html(note).replace('\n', " "));
    }
    out
}

fn icon(level: Level) -> &'static str {
    match level {
        Level::Error => "🔴",
        Level::Warning => "🟡",
        Level::Info => "🟢",
    }
}

fn item(change: &Change, report: &Report) -> String {
    let mut out =
        format!("- {} {} <sub>`{}` `{}`", icon(change.level), prose(&change.message), change.id, change.fingerprint);
    if let Some(place) = place(change.new.or(change.anchor), &report.new_sources) {
        let _ = write!(out, " {}", html(&place));
    }
    out.push_str("</sub>\n");
    if let Some(reason) = &change.accepted {
        let _ = writeln!(out, "  - accepted: {}", prose(reason));
    }
    if change.operations.len() > 3 {
        let listed: Vec<String> = change.operations.iter().take(10).map(|o| html(o)).collect();
        let more = change.operations.len().saturating_sub(10);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(out, "  - affects {}{tail}", listed.join(", "));
    }
    if let Some(text) = &change.text {
        let lines: Vec<_> = lines(text).into_iter().take(30).collect();
        // A fence longer than any run of backticks in the text cannot be closed by it.
        let longest = lines.iter().map(|(_, line)| backticks(line)).max().unwrap_or(0).max(2) + 1;
        let fence = "`".repeat(longest);
        let _ = writeln!(out, "\n  {fence}diff");
        for (tag, line) in lines {
            let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').take(200).collect();
            let _ = writeln!(out, "  {tag} {line}");
        }
        let _ = writeln!(out, "  {fence}\n");
    }
    out
}

fn backticks(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn place(span: Option<Span>, sources: &Sources) -> Option<String> {
    let span = span?;
    let (line, _) = sources.file(span.file).line_column(span.start as usize);
    Some(format!("{}:{line}", sources.file(span.file).name()))
}

/// Returns a message for Markdown: what is in backticks as code, the rest without markup.
pub(super) fn prose(message: &str) -> String {
    let mut out = String::new();
    for (at, part) in message.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(out, "<code>{}</code>", html(part));
        } else {
            out.push_str(&html(part));
        }
    }
    out
}

/// Returns the text with what Markdown or HTML would read as markup made harmless, on one line.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '@' => out.push_str("&#64;"),
            '*' | '_' | '[' | ']' | '!' | '|' | '~' | '#' | '\\' | '`' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
