//! Where a mistake was made that the parser notices later, and what is said of it.

use super::{NotIndented, Reader};
use crate::source::json::shortened;
use crate::source::{Diagnostic, Span};

impl Reader<'_> {
    /// Returns what is wrong when it began lines before the parser noticed: a key without its colon, whose line and the
    /// next one are then one text, or a bracket that the lines after it do not belong to.
    fn where_it_began(&self, info: &str, line_start: usize, noticed: Span) -> Option<Diagnostic> {
        let line = self.text.get(line_start..)?.lines().next().unwrap_or_default();
        if let Some(open) = self.open.last()
            && let Some(bracket) = self.text.as_bytes().get(open.start).filter(|b| matches!(b, b'{' | b'['))
            && open.start < line_start
        {
            let opening = self.text[..open.start].rfind('\n').map_or(0, |n| n + 1);
            let opening = indentation_of(self.text.get(opening..)?);
            // A line that belongs beside what holds the bracket, or outside of it.
            let between = self.text.get(open.start..line_start + line.len())?.lines().skip(1);
            let is_outside = |line: &str| {
                indentation_of(line) <= opening && (is_member(line) || line.trim_start().starts_with("- "))
            };
            if !between.into_iter().any(is_outside) {
                return None;
            }
            let (what, closing) = if *bracket == b'{' { ("object", '}') } else { ("array", ']') };
            let message = format!("the {what} that begins here has no `{closing}`");
            let span = Span::new(self.file, open.start, open.start + 1);
            let diagnostic = Diagnostic::error("syntax", span, message);
            return Some(diagnostic.with_label(noticed, "what follows is not part of it"));
        }
        if info.contains("invalid trailing content after") || info.contains("comments must be separated") {
            // A quote that is not closed takes the next one for its end.
            let before = self.text.get(..noticed.start as usize)?.trim_end();
            let quote = before.chars().next_back().filter(|c| matches!(c, '"' | '\''))?;
            let start = before.get(..before.len() - 1)?.rfind(quote)?;
            before.get(start..).filter(|text| text.contains('\n'))?;
            let message = format!("the text that begins here goes on to the next `{quote}`, lines later");
            let diagnostic = Diagnostic::error("syntax", Span::new(self.file, start, start + 1), message);
            return Some(diagnostic.with_label(noticed, "and this is not part of it"));
        }
        if info.contains("simple key expect") {
            let (mut start, mut word) = self.line_before(line_start)?;
            // The items of a list whose key has no colon are one text with the key.
            while let Some((before, line)) = self.line_before(start).filter(|_| word.trim_start().starts_with("- ")) {
                if is_member(line) {
                    break;
                }
                (start, word) = (before, line);
            }
            return Some(self.no_colon(start, word, indentation_of(word)).with_label(noticed, "noticed here"));
        }
        if info.contains("did not find expected key")
            && let Some((start, word)) = self.line_before(line_start)
            && matches!(word.trim().as_bytes(), [b'\'', .., b'\''] | [b'"', .., b'"'])
            && indentation_of(word) < indentation_of(line)
        {
            return Some(self.no_colon(start, word, indentation_of(word)).with_label(noticed, "noticed here"));
        }
        if !info.contains("mapping values are not allowed") || !is_member(line) {
            return None;
        }
        // The line's own key would be fine, were it not for a word alone some lines before, whose text this is taken for.
        let first_colon = line.find(": ").unwrap_or(line.len().saturating_sub(1)) + line_start;
        let (mut start, mut word) = self.line_before(line_start)?;
        while let Some((before, line)) = self.line_before(start).filter(|_| !is_member(word)) {
            if is_member(line) {
                break;
            }
            (start, word) = (before, line);
        }
        let indent = indentation_of(word) + if word.trim_start().starts_with("- ") { 2 } else { 0 };
        // A member and its value with nothing between, as the first of a mapping.
        let opens = |line: &str| is_member(line) && line.trim_end().ends_with(':');
        let is_first = indentation_of(line) == indent && self.line_before(start).is_some_and(|(_, line)| opens(line));
        let fits = is_word(word) || (is_first && is_pair(word));
        if noticed.start as usize != first_colon || !fits || indentation_of(line) < indent {
            return None;
        }
        Some(self.no_colon(start, word, indent).with_label(noticed, "so this is one text with it"))
    }

    /// Says that the line at a byte would be a member, were it not for its colon.
    fn no_colon(&self, start: usize, word: &str, indent: usize) -> Diagnostic {
        let span = Span::new(self.file, start + indent, start + word.len());
        let shown = &word[indent..];
        let shown = shortened(if is_pair(word) { shown.split(' ').next().unwrap_or(shown) } else { shown });
        let message = match word.split_once(':') {
            Some((_, value)) if !value.is_empty() => format!("there is no space after the `:` of `{shown}`"),
            _ => format!("there is no `:` after `{shown}`"),
        };
        Diagnostic::error("syntax", span, message)
    }

    /// Returns the last line with something on it before the byte that a line begins at, and where it begins.
    fn line_before(&self, line_start: usize) -> Option<(usize, &str)> {
        let before = self.text.get(..line_start)?.trim_end();
        let start = before.rfind('\n').map_or(0, |n| n + 1);
        before.get(start..).filter(|line| !line.is_empty()).map(|line| (start, line))
    }

    /// Words the parser's complaint; a tab in the indentation, the most usual cause, is named.
    pub(super) fn syntax(&mut self, char_index: usize, info: &str) -> Box<Diagnostic> {
        let at = self.offsets.byte(char_index).min(self.text.len());
        if info.starts_with("invalid indentation") {
            self.not_indented = Some(NotIndented { info: info.to_owned(), at, unclosed: false });
        }
        let line_start = self.text[..at].rfind('\n').map_or(0, |n| n + 1);
        let before = self.text[..line_start.saturating_sub(1)].rfind('\n').map_or(0, |n| n + 1);
        // A text that goes on over several lines is complained of where it begins.
        let after = self.text[at..].find('\n').map(|n| at + n + 1).filter(|_| info.contains("tab"));
        for start in [Some(line_start), Some(before), after].into_iter().flatten() {
            let line = &self.text[start..];
            let indent = &line[..line.find(|c| c != ' ' && c != '\t').unwrap_or(line.len())];
            if let Some(tab) = indent.find('\t') {
                let span = Span::new(self.file, start + tab, start + tab + 1);
                let message = "a tab indents this line; YAML is indented with spaces";
                return Box::new(
                    Diagnostic::error("syntax", span, message).with_help("put spaces in place of the tab"),
                );
            }
        }
        if info.contains("recursion limit") || info.contains("too deep") || info.contains("nesting") {
            return self.too_deep(at);
        }
        let at = if at >= self.text.len() { self.text.trim_end().len() } else { at };
        let width = self.text[at..].chars().next().map_or(0, char::len_utf8);
        let span = Span::new(self.file, at, at + width);
        if let Some(diagnostic) = self.where_it_began(info, line_start, span) {
            if let Some(place) = &mut self.not_indented {
                place.unclosed = true;
            }
            return Box::new(diagnostic);
        }
        let mut diagnostic = Diagnostic::error("syntax", span, format!("the text is not YAML: {info}"));
        // What is not closed is noticed lines later; the mistake is more likely where it begins.
        if let Some(open) = self.open.last()
            && let Some(bracket) = self.text.as_bytes().get(open.start).filter(|b| matches!(b, b'{' | b'['))
        {
            let what = if *bracket == b'{' { "the object begins here" } else { "the array begins here" };
            diagnostic = diagnostic.with_label(Span::new(self.file, open.start, open.start + 1), what);
        }
        let help = if info.contains("unexpected character") {
            "a text that begins with this character is put in quotes"
        } else if info.contains("mapping values are not allowed") {
            "a text with `: ` in it is put in quotes; a member begins a line of its own"
        } else {
            return Box::new(diagnostic);
        };
        Box::new(diagnostic.with_help(help))
    }
}

/// Returns whether a line has a member of a mapping on it.
fn is_member(line: &str) -> bool {
    line.contains(": ") || line.trim_end().ends_with(':')
}

/// Returns whether a line is a name, and a value beside it.
fn is_pair(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ");
    let name = line.split_once(' ').map_or("", |(name, _)| name);
    name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'$')) && is_word(name)
}

/// Returns whether there is nothing on a line but what could be a key, or an item that could be one.
fn is_word(line: &str) -> bool {
    let word = line.trim_start();
    let word = word.strip_prefix("- ").unwrap_or(word);
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-{}.$:+*'\"".contains(&b))
}

/// Returns how far a line is indented.
pub(super) fn indentation_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
