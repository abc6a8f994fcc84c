//! Findings for people: the source line with a caret, what happens, what to write instead.

use std::fmt::Write as _;
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar as _;

use super::{Summary, files_with_findings, one_line, sanitized};
use crate::source::{Diagnostic, Severity, SourceFile, Sources, Span};

/// The most columns of a source line that are shown; minified documents have lines of megabytes.
const MAX_COLUMNS: usize = 120;

/// What is left of a long line before the place.
const LEAD_COLUMNS: usize = 40;

const BOLD: Style = Style::new().bold();
const GUTTER: Style = AnsiColor::Blue.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// Returns the findings and a summary line. `color` says whether escape sequences may be used.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, color: bool) -> String {
    let paint = Paint { color };
    let mut out = String::new();
    for diagnostic in diagnostics {
        render_one(&mut out, diagnostic, sources, paint);
        out.push('\n');
    }
    if !diagnostics.is_empty() {
        let files = match files_with_findings(diagnostics, sources) {
            0 => String::new(),
            1 => " in 1 file".into(),
            n => format!(" in {n} files"),
        };
        let _ = writeln!(out, "{}{files}", Summary::of(diagnostics).text());
    }
    out
}

fn render_one(out: &mut String, diagnostic: &Diagnostic, sources: &Sources, paint: Paint) {
    let style = severity_style(diagnostic.severity);
    let head = format!("{}[{}]", diagnostic.severity.as_str(), one_line(&diagnostic.code));
    let message = one_line(&diagnostic.message);
    let _ = writeln!(out, "{}{}", paint.text(style, &head), paint.text(BOLD, &format!(": {message}")));
    let mut places: Vec<(Span, &str, bool)> = Vec::new();
    places.extend(diagnostic.span.map(|span| (span, "", true)));
    places.extend(diagnostic.labels.iter().map(|label| (label.span, label.message.as_str(), false)));
    let lines: Vec<u32> =
        places.iter().map(|(span, ..)| sources.file(span.file).line_column(span.start as usize).0).collect();
    let width = lines.iter().max().map_or(0, |line| line.to_string().len());
    let mut shown_file = None;
    for ((span, label, primary), line) in places.into_iter().zip(lines) {
        let file = sources.file(span.file);
        let (_, column) = file.line_column(span.start as usize);
        let arrow = if shown_file == Some(span.file) { ":::" } else { "-->" };
        shown_file = Some(span.file);
        let _ = writeln!(out, "{:width$}{} {}:{line}:{column}", "", paint.text(GUTTER, arrow), sanitized(file.name()));
        // Nothing could be read, or there is nothing in it: no line to show.
        if file.text().is_empty() {
            continue;
        }
        excerpt(out, file, span, line, label, if primary { style } else { GUTTER }, primary, width, paint);
    }
    if let Some(help) = &diagnostic.help {
        note(out, "help", help, width, paint);
    }
    if let Some(fix) = &diagnostic.fix {
        note(out, "fix", &format!("{} (`--fix` does it)", fix.title), width, paint);
    }
}

fn note(out: &mut String, name: &str, text: &str, width: usize, paint: Paint) {
    let safe = sanitized(text);
    let indent = " ".repeat(width + name.len() + 5);
    let body = safe.replace('\n', &format!("\n{indent}"));
    let _ = writeln!(out, "{:width$} {} {}: {body}", "", paint.text(GUTTER, "="), paint.text(HELP, name));
}

#[expect(clippy::too_many_arguments, reason = "one call, and each argument is a part of one picture")]
fn excerpt(
    out: &mut String,
    file: &SourceFile,
    span: Span,
    line: u32,
    label: &str,
    style: Style,
    primary: bool,
    width: usize,
    paint: Paint,
) {
    let text = file.line_text(line);
    let line_start = file.line_start(line);
    let from = (span.start as usize).saturating_sub(line_start).min(text.len());
    let to = (span.end as usize).saturating_sub(line_start).clamp(from, text.len());
    let picture = Picture::of(text, from..to);
    let bar = paint.text(GUTTER, "|");
    let _ = writeln!(out, "{:width$} {bar}", "");
    let number = paint.text(GUTTER, &format!("{line:>width$}"));
    let _ = writeln!(out, "{number} {bar} {}", picture.text);
    let mark = if primary { "^" } else { "-" }.repeat(picture.marked.len().max(1));
    let mark = paint.text(style, &mark);
    let space = if label.is_empty() { "" } else { " " };
    let _ =
        writeln!(out, "{:width$} {bar} {:lead$}{mark}{space}{}", "", "", one_line(label), lead = picture.marked.start);
}

/// A line as it is shown, and the columns of it that are marked.
struct Picture {
    text: String,
    marked: Range<usize>,
}

impl Picture {
    /// Draws the line with `bytes` marked: tabs become spaces, hostile characters visible, and of
    /// a long line only what is around the mark is shown.
    fn of(line: &str, bytes: Range<usize>) -> Self {
        // Only the part that can be shown is looked at, so that a line of megabytes costs no more than a short one.
        let first = floor_boundary(line, bytes.start.saturating_sub(LEAD_COLUMNS * 4));
        let first = if bytes.start <= MAX_COLUMNS / 2 { 0 } else { first };
        let mut shown: Vec<(usize, String, usize)> = Vec::new();
        let mut columns = 0;
        for (at, c) in line.get(first..).unwrap_or_default().char_indices() {
            let drawn = match c {
                '\t' => "    ".to_owned(),
                c if c.width().is_none() => c.escape_unicode().to_string(),
                c => sanitized(c.encode_utf8(&mut [0; 4])).into_owned(),
            };
            let width = drawn.chars().map(|c| c.width().unwrap_or(0)).sum();
            if first + at >= bytes.start {
                columns += width;
            }
            shown.push((first + at, drawn, width));
            if columns > MAX_COLUMNS - LEAD_COLUMNS {
                break;
            }
        }
        let mut lead: usize = shown.iter().filter(|(at, ..)| *at < bytes.start).map(|(.., w)| w).sum();
        let mut skip = 0;
        let cut_front = first > 0 || lead > MAX_COLUMNS;
        while cut_front && lead > LEAD_COLUMNS && skip < shown.len() {
            lead -= shown[skip].2;
            skip += 1;
        }
        let front = if first > 0 || skip > 0 { "…" } else { "" };
        let cut_back =
            shown.last().is_some_and(|(at, ..)| *at + 4 < line.len() && line[*at..].chars().nth(1).is_some());
        let start = lead + front.chars().count();
        let length = shown.iter().filter(|(at, ..)| bytes.contains(at)).map(|(.., w)| w).sum::<usize>();
        let body: String = shown.iter().skip(skip).map(|(_, drawn, _)| drawn.as_str()).collect();
        let back = if cut_back { "…" } else { "" };
        Self { text: format!("{front}{body}{back}").trim_end().to_owned(), marked: start..start + length }
    }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    }
    .on_default()
    .bold()
}

#[derive(Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    fn text(self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    fn shown(text: &str, range: Range<usize>, help: &str) -> String {
        let mut sources = Sources::new();
        let file = sources.add("api.yaml", text, Format::Yaml);
        let span = Span::new(file, range.start, range.end);
        let found = Diagnostic::error("some-code", span, "API Gateway refuses `x`").with_help(help);
        render(&[found], &sources, false)
    }

    #[test]
    fn the_line_is_shown_with_a_caret() {
        insta::assert_snapshot!(shown("a: 1\n\tb: é2\n", 9..11, "write `3`"));
    }

    #[test]
    fn hostile_text_is_made_visible() {
        let out = shown("a: \u{1b}[2J\u{202e}x\n", 0..1, "no \u{7} bell");
        assert!(!out.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{out:?}");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}HERE{}", "x".repeat(50_000), "y".repeat(50_000));
        let out = shown(&text, 50_000..50_004, "shorten");
        assert!(out.lines().all(|line| line.chars().count() < 140), "{out}");
        assert!(out.contains("HERE"));
        let marked = out.lines().find(|l| l.contains('^')).map(|l| l.find('^'));
        let line = out.lines().find(|l| l.contains("HERE")).map(|l| l.chars().take_while(|c| *c != 'H').count());
        assert_eq!(marked.flatten().map(|at| at as u64), line.map(|at| at as u64));
    }

    #[test]
    fn a_span_beyond_the_text_does_not_panic() {
        assert!(shown("a", 5..9, "x").contains("api.yaml:1:2"));
        assert!(shown("", 0..0, "x").contains("api.yaml:1:1"));
    }
}
