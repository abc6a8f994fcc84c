//! Diagnostics as text: one file per format, none knowing any rule.

pub mod concise;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub mod sarif;
pub mod terminal;

use std::borrow::Cow;

use serde::Serialize;

use super::{Diagnostic, Severity, Sources};

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Remarks.
    pub info: usize,
}

impl Summary {
    /// Counts findings.
    #[must_use]
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let mut summary = Self::default();
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => summary.error += 1,
                Severity::Warning => summary.warning += 1,
                Severity::Info => summary.info += 1,
            }
        }
        summary
    }

    /// Returns `2 errors, 1 warning`; `no findings` when there are none.
    #[must_use]
    pub fn text(&self) -> String {
        let counted = |n: usize, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let parts: Vec<_> = [
            counted(self.error, "error", "errors"),
            counted(self.warning, "warning", "warnings"),
            counted(self.info, "remark", "remarks"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() { "no findings".into() } else { parts.join(", ") }
    }
}

/// Puts findings in the order they are shown in: by file, by place, the graver first.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        let place = |d: &Diagnostic| d.span.map(|s| (s.file, s.start, s.end));
        place(a).cmp(&place(b)).then(b.severity.cmp(&a.severity)).then_with(|| a.code.cmp(&b.code))
    });
}

/// Returns how many files hold findings.
fn files_with_findings(diagnostics: &[Diagnostic], sources: &Sources) -> usize {
    let mut seen = vec![false; sources.files().count()];
    for span in diagnostics.iter().filter_map(|d| d.span) {
        if let Some(seen) = seen.get_mut(span.file.index()) {
            *seen = true;
        }
    }
    seen.into_iter().filter(|s| *s).count()
}

/// Returns the text with control characters (other than newline and tab) and direction overrides
/// made visible, so that nothing from a document can drive the terminal.
#[must_use]
pub fn sanitized(text: &str) -> Cow<'_, str> {
    let hostile = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hostile(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Returns the text as one line: sanitized, with line breaks and tabs as spaces.
#[must_use]
pub fn one_line(text: &str) -> Cow<'_, str> {
    let safe = sanitized(text);
    if safe.contains(['\n', '\t']) { Cow::Owned(safe.replace(['\n', '\t'], " ")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_drives_the_terminal() {
        assert_eq!(sanitized("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(one_line("a\nb\u{202e}"), "a b\\u{202e}");
        assert!(matches!(sanitized("plain\ttext\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_summary_counts() {
        let found = [Diagnostic::error("a", None, "x"), Diagnostic::info("b", None, "y")];
        assert_eq!(Summary::of(&found).text(), "1 error, 1 remark");
        assert_eq!(Summary::default().text(), "no findings");
    }
}
