//! One self-contained page: every change with the source lines of both sides. Needs no scripts; with
//! them, a field narrows the list.

use std::fmt::Write as _;

use super::terminal::{groups, lines, summary};
use crate::diff::{Change, Report};
use crate::source::{Sources, Span};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}\
table{width:100%;border-collapse:collapse;table-layout:fixed}td{vertical-align:top;width:50%;padding:.2rem .5rem}\
pre{background:#f4f4f4;padding:.5rem;overflow:auto;margin:.2rem 0}code{background:#f4f4f4}\
.error{color:#b00020}.warning{color:#8a5a00}.info{color:#00695c}.level{font-weight:600}\
.change{border-top:1px solid #ddd;padding:.5rem 0}small{color:#666}ins{background:#d7f5dd;text-decoration:none}\
del{background:#fbdcdc;text-decoration:none}\
@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}pre,code{background:#262626}\
ins{background:#17401f}del{background:#4a1d1d}.error{color:#ff8a80}.warning{color:#ffd180}.info{color:#80cbc4}}";

const SCRIPT: &str = "const f=document.getElementById('filter');f.hidden=false;f.addEventListener('input',()=>{\
const q=f.value.toLowerCase();for(const c of document.querySelectorAll('.change'))\
c.hidden=!c.textContent.toLowerCase().includes(q)});";

/// Returns the report as an HTML page.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    let _ = write!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width\"><title>API changes</title><style>{STYLE}</style></head>\n\
         <body><h1>API changes</h1><p>{}</p>\n<input id=\"filter\" type=\"search\" placeholder=\"Filter\" hidden>\n",
        escaped(&summary(report))
    );
    for (title, changes) in groups(report) {
        let _ = writeln!(out, "<section><h2>{}</h2>", escaped(&title));
        for change in changes {
            entry(&mut out, change, report);
        }
        out.push_str("</section>\n");
    }
    for note in &report.notes {
        let _ = writeln!(out, "<p><small>{}</small></p>", escaped(note));
    }
    let _ = writeln!(out, "<script>{SCRIPT}</script></body></html>");
    out
}

fn entry(out: &mut String, change: &Change, report: &Report) {
    let level = change.level.as_str();
    let _ = write!(
        out,
        "<div class=\"change\"><span class=\"level {level}\">{level}</span> {} <small>{} {}</small>",
        message(&change.message),
        change.id,
        change.fingerprint
    );
    if let Some(reason) = &change.accepted {
        let _ = write!(out, "<br><small>accepted: {}</small>", escaped(reason));
    }
    if change.operations.len() > 3 {
        let _ = write!(
            out,
            "<details><summary>{} operations</summary>{}</details>",
            change.operations.len(),
            escaped(&change.operations.join(", "))
        );
    }
    let _ = write!(
        out,
        "<table><tr><td>{}</td><td>{}</td></tr></table>",
        excerpt(change.old, &report.old_sources),
        excerpt(change.new.or(change.anchor), &report.new_sources)
    );
    if let Some(text) = &change.text {
        out.push_str("<pre>");
        for (tag, line) in lines(text) {
            let line = escaped(&line);
            let _ = match tag {
                '-' => writeln!(out, "<del>- {line}</del>"),
                '+' => writeln!(out, "<ins>+ {line}</ins>"),
                _ => writeln!(out, "  {line}"),
            };
        }
        out.push_str("</pre>");
    }
    out.push_str("</div>\n");
}

/// Returns the lines around a place.
fn excerpt(span: Option<Span>, sources: &Sources) -> String {
    const AROUND: u32 = 2;
    const LONGEST: usize = 300;
    let Some(span) = span else { return "<small>none</small>".into() };
    let file = sources.file(span.file);
    let (line, column) = file.line_column(span.start as usize);
    let mut out = format!("<small>{}:{line}:{column}</small><pre>", escaped(file.name()));
    for number in line.saturating_sub(AROUND).max(1)..=line + AROUND {
        let text: String = file.line_text(number).chars().take(LONGEST).collect();
        let text = escaped(&text);
        let _ = if number == line {
            writeln!(out, "{number:>6}  <b>{text}</b>")
        } else {
            writeln!(out, "{number:>6}  {text}")
        };
    }
    out.push_str("</pre>");
    out
}

fn message(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| if at % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) })
        .collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}
