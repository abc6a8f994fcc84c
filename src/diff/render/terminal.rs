//! For people: grouped by operation, breaking changes first, texts compared line by line.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::diff::{Change, Level, Report, TextChange};
use crate::source::render::{one_line, sanitized};
use crate::source::{Sources, Span};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const INFO: Style = AnsiColor::Cyan.on_default();
const GROUP: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();

/// So many lines of a text are shown.
const MAX_TEXT_LINES: usize = 40;

/// So many operations stand in a title; more are counted.
const NAMED: usize = 3;

/// Returns the report as lines of text.
#[must_use]
pub fn render(report: &Report, color: bool) -> String {
    let mut out = String::new();
    for (title, changes) in groups(report) {
        let _ = writeln!(out, "{}", painted(GROUP, &title, color));
        for change in changes {
            entry(&mut out, change, report, color);
        }
        out.push('\n');
    }
    for note in &report.notes {
        let _ = writeln!(out, "note: {}", one_line(note));
    }
    let _ = writeln!(out, "{}", summary(report));
    out
}

/// Returns `2 breaking, 1 warning`; `no changes` when there are none.
#[must_use]
pub fn summary(report: &Report) -> String {
    let counts = report.summary();
    let accepted = report.changes.iter().filter(|c| c.accepted.is_some()).count();
    let parts: Vec<String> = [
        (counts.breaking, "breaking"),
        (counts.warning, if counts.warning == 1 { "warning" } else { "warnings" }),
        (counts.info, "compatible"),
        (accepted, "accepted"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    if parts.is_empty() { "no changes".into() } else { parts.join(", ") }
}

/// Returns the changes by the operations they reach, in the order of the report.
pub(super) fn groups(report: &Report) -> Vec<(String, Vec<&Change>)> {
    let mut groups: indexmap::IndexMap<String, Vec<&Change>> = indexmap::IndexMap::new();
    for change in &report.changes {
        groups.entry(title(change)).or_default().push(change);
    }
    groups.into_iter().collect()
}

fn title(change: &Change) -> String {
    let reached = reached(change);
    match &change.document {
        Some(document) => format!("{}: {reached}", one_line(document)),
        None => reached,
    }
}

fn reached(change: &Change) -> String {
    match change.operations.as_slice() {
        [] => "the document".into(),
        few if few.len() <= NAMED => few.iter().map(|o| one_line(o).into_owned()).collect::<Vec<_>>().join(", "),
        many => format!("{} operations", many.len()),
    }
}

fn entry(out: &mut String, change: &Change, report: &Report, color: bool) {
    let style = match change.level {
        Level::Error => ERROR,
        Level::Warning => WARNING,
        Level::Info => INFO,
    };
    let level = painted(style, &format!("{:>7}", change.level.as_str()), color);
    let _ = write!(out, "  {level}  {}", sanitized(&change.message));
    if let Some(reason) = &change.accepted {
        let _ = write!(out, " (accepted: {})", one_line(reason));
    }
    out.push('\n');
    let detail = format!("{}{} {}", places(change, report), change.id, change.fingerprint);
    let _ = writeln!(out, "           {}", painted(DIM, &detail, color));
    if change.operations.len() > NAMED {
        const LISTED: usize = 8;
        let listed: Vec<_> = change.operations.iter().take(LISTED).map(|o| one_line(o)).collect();
        let more = change.operations.len().saturating_sub(LISTED);
        let tail = if more > 0 { format!(", and {more} more") } else { String::new() };
        let _ = writeln!(out, "           affects {}{tail}", listed.join(", "));
    }
    if let Some(text) = &change.text {
        let shown = if color { highlighted(text) } else { lines(text).into_iter().map(plain).collect() };
        for line in shown.into_iter().take(MAX_TEXT_LINES) {
            let _ = writeln!(out, "           {line}");
        }
    }
}

fn plain((tag, line): (char, String)) -> String {
    format!("{tag} {}", one_line(&line))
}

/// Returns the changed lines of a text as [`lines`] does, coloured, the words that changed underlined.
fn highlighted(text: &TextChange) -> Vec<String> {
    let diff = TextDiff::from_lines(&text.old, &text.new);
    let mut out = Vec::new();
    for (at, group) in diff.grouped_ops(1).iter().enumerate() {
        if at > 0 {
            out.push(painted(DIM, "  …", true));
        }
        for change in group.iter().flat_map(|op| diff.iter_inline_changes(op)) {
            let (tag, style) = match change.tag() {
                ChangeTag::Delete => ('-', REMOVED),
                ChangeTag::Insert => ('+', ADDED),
                ChangeTag::Equal => (' ', DIM),
            };
            let mut line = painted(style, &format!("{tag} "), true);
            for (changed, part) in change.iter_strings_lossy() {
                let style = if changed { style.underline() } else { style };
                line.push_str(&painted(style, &one_line(part.trim_end_matches(['\n', '\r'])), true));
            }
            out.push(line);
        }
    }
    out
}

/// Returns `old.yaml:3:5 → new.yaml:3:5  `.
fn places(change: &Change, report: &Report) -> String {
    let place = |span: Option<Span>, sources: &Sources| {
        span.map(|span| {
            let (line, column) = sources.file(span.file).line_column(span.start as usize);
            format!("{}:{line}:{column}", one_line(sources.file(span.file).name()))
        })
    };
    match (place(change.old, &report.old_sources), place(change.new, &report.new_sources)) {
        (Some(old), Some(new)) if old == new => format!("{new}  "),
        (Some(old), Some(new)) => format!("{old} → {new}  "),
        (Some(old), None) => format!("{old} (gone)  "),
        (None, Some(new)) => format!("{new}  "),
        (None, None) => String::new(),
    }
}

/// Returns the changed lines of a text with one line around them, each with `-`, `+` or a blank.
pub(super) fn lines(text: &TextChange) -> Vec<(char, String)> {
    let diff = TextDiff::from_lines(&text.old, &text.new);
    let mut out = Vec::new();
    for (at, group) in diff.grouped_ops(1).iter().enumerate() {
        if at > 0 {
            out.push((' ', "…".to_owned()));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let tag = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            out.push((tag, change.value().trim_end_matches(['\n', '\r']).to_owned()));
        }
    }
    out
}

fn painted(style: Style, text: &str, color: bool) -> String {
    if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
