//! Mapping templates as rules see them.

use crate::source::{Sources, Span};

/// A mapping template of an operation's integration.
pub(super) struct TemplateCx<'a> {
    /// Where the template's text is written.
    pub(super) span: Span,
    /// The media type it is for.
    pub(super) media_type: &'a str,
    /// The template.
    pub(super) text: &'a str,
}

impl TemplateCx<'_> {
    /// Returns where a line and column (characters, both from 1) of the template are written; the whole template when
    /// that cannot be told.
    pub(super) fn place(&self, sources: &Sources, line: usize, column: usize) -> Span {
        let written = sources.text(self.span);
        let found = match written.as_bytes().first() {
            Some(b'"') => in_quotes(written, line, column),
            Some(b'|' | b'>') => in_block(written, self.text, line, column),
            Some(b'\'') if line == 1 && !written.contains('\n') => Some(in_line(written, 1, column)),
            _ if line == 1 && !written.contains('\n') => Some(in_line(written, 0, column)),
            _ => in_block(written, self.text, line, column),
        };
        found.map_or(self.span, |range| within(self.span, range))
    }
}

type Range = std::ops::Range<usize>;

fn within(span: Span, range: Range) -> Span {
    let start = span.start as usize + range.start;
    let end = (span.start as usize + range.end).min(span.end as usize);
    Span::new(span.file, start.min(end), end)
}

/// Returns the character at a column of text that begins at a byte, and all that follows on its line.
fn in_line(written: &str, from: usize, column: usize) -> Range {
    let line = written.get(from..).unwrap_or_default();
    let line = line.split('\n').next().unwrap_or_default().trim_end();
    let skipped = line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    // An error at the end of the text is about what comes before it.
    let start = if skipped == line.len() { line.char_indices().next_back().map_or(0, |(at, _)| at) } else { skipped };
    from + start..from + line.len().max(start)
}

/// Finds a place in a text whose line breaks may be written as `\n`.
fn in_quotes(written: &str, line: usize, column: usize) -> Option<Range> {
    let (mut at_line, mut at_column) = (1, 1);
    let mut chars = written.char_indices().skip(1);
    let mut last = 1;
    while let Some((at, c)) = chars.next() {
        if (at_line, at_column) == (line, column) {
            return Some(at..at + c.len_utf8());
        }
        last = at;
        if c == '\n' {
            // A break within quotes is folded: what follows cannot be counted.
            return None;
        }
        let escaped = if c == '\\' { chars.next().map(|(_, c)| c) } else { None };
        if escaped == Some('u') {
            chars.nth(3)?;
        }
        if escaped == Some('n') {
            (at_line, at_column) = (at_line + 1, 1);
        } else {
            at_column += 1;
        }
    }
    Some(last..last + 1)
}

/// Finds a place in a block of lines: the line that reads as the template's does.
fn in_block(written: &str, text: &str, line: usize, column: usize) -> Option<Range> {
    let meant = text.split('\n').nth(line - 1)?;
    let lines = || {
        let mut start = 0;
        written.split('\n').map(move |body| {
            let at = start;
            start += body.len() + 1;
            (at, body)
        })
    };
    let trimmed = meant.trim();
    // The error may be at the end of a text that ends with a line break.
    if trimmed.is_empty() {
        let (at, body) = lines().filter(|(_, body)| !body.trim().is_empty()).reduce(|_, later| later)?;
        let start = body.len() - body.trim_start().len();
        return Some(at + start..at + body.trim_end().len());
    }
    let same = |body: &str| body.trim() == trimmed;
    // Of lines that read alike, the first one at or after the line meant; a block's first line is its header.
    let (at, body) = lines().enumerate().filter(|(_, (_, body))| same(body)).min_by_key(|(n, _)| n.abs_diff(line))?.1;
    let indent = body.len() - body.trim_start().len();
    let own = meant.len() - meant.trim_start().len();
    let skipped = column.saturating_sub(1).saturating_sub(own);
    Some(in_line(written, at + indent, skipped + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_template_is_found_in_each_way_of_writing_it() {
        let block = "|\n      #set($a = 1)\n      #if($a\n      x";
        let range = in_block(block, "#set($a = 1)\n#if($a\nx", 2, 5).unwrap();
        assert_eq!(&block[range], "$a");
        let quoted = r#""{\"a\": 1}\n#if($b""#;
        assert_eq!(&quoted[in_quotes(quoted, 2, 1).unwrap()], "#");
        assert_eq!(&"'#if'"[in_line("'#if'", 1, 1)], "#if'");
    }
}
