//! What is wrong with a JSON text, and where.

use super::super::node::MAX_NODES;
use super::layout::{self, Slip};
use super::{Diagnostic, Reader, Span, shortened};

impl Reader<'_> {
    pub(super) fn found(&self) -> String {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => "the end of the text".to_owned(),
            Some(c) if c.is_alphanumeric() => {
                let rest = &self.text[self.at..];
                let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
                format!("`{}`", shortened(&rest[..end]))
            }
            Some(c) if c.is_control() => format!("`{}`", c.escape_default()),
            Some(c) => format!("`{c}`"),
        }
    }

    pub(super) fn unexpected(&self, wanted: &str) -> Box<Diagnostic> {
        if self.at >= self.bytes.len() {
            return self.error(self.at, format!("the text ends where {wanted} should be"));
        }
        self.error(self.at, format!("found {} where {wanted} should be", self.found()))
    }

    /// Says what stands where a member or an item should end. When it is the next one, the comma before it is missing,
    /// and its place is at the end of what was read, perhaps lines before.
    pub(super) fn not_separated(&mut self, wanted: &str, open: usize, what: &str) -> Box<Diagnostic> {
        let next = self.bytes.get(self.at).copied();
        self.unbalanced = true;
        let begins = matches!(next, Some(b'"' | b'{' | b'[')) || (what == "array" && self.begins_value());
        if !begins {
            return self.unexpected_in(wanted, open, what);
        }
        let end = self.text[..self.at].trim_end().len();
        let last = self.text[..end].char_indices().next_back().map_or(end, |(at, _)| at);
        let part = if what == "array" { "item" } else { "member" };
        let span = Span::new(self.file, last, end);
        let error = Diagnostic::error("syntax", span, format!("a `,` is missing after this {part}"));
        Box::new(error).boxed_label(Span::new(self.file, self.at, self.at + 1), &format!("the next {part} begins here"))
    }

    fn begins_value(&self) -> bool {
        matches!(self.bytes.get(self.at), Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n'))
    }

    /// Says that a comma has nothing after it, when the reader is at the bracket that follows one.
    pub(super) fn trailing_comma(&self) -> Option<Box<Diagnostic>> {
        self.bytes.get(self.at).filter(|b| matches!(b, b'}' | b']'))?;
        let before = self.text[..self.at].trim_end();
        let comma = before.len().checked_sub(1).filter(|_| before.ends_with(','))?;
        let message = format!("nothing follows this comma but {}, which JSON does not take", self.found());
        let span = Span::new(self.file, comma, comma + 1);
        Some(Box::new(Diagnostic::error("syntax", span, message).with_help("remove the comma")))
    }

    /// Returns an error at the line where a bracket went missing, when the layout of the text tells which that is.
    pub(super) fn placed(&self, error: Box<Diagnostic>) -> Box<Diagnostic> {
        if !self.unbalanced && !error.message.starts_with("the text ends inside") {
            return error;
        }
        match layout::slip(self.text) {
            Some(Slip::Missing { open, at }) if at < self.text.len() => {
                let (what, closing) =
                    if self.bytes.get(open) == Some(&b'{') { ("object", '}') } else { ("array", ']') };
                let message =
                    format!("a `{closing}` is missing before this, if the lines are indented as they are meant");
                let moved = self.error(at, message);
                let label = format!("the {what} that it closes begins here");
                moved.boxed_label(Span::new(self.file, open, open + 1), &label)
            }
            Some(Slip::Extra { at }) => {
                self.error(at, "this bracket is one too many, if the lines are indented as they are meant")
            }
            _ => error,
        }
    }

    pub(super) fn unexpected_in(&self, wanted: &str, open: usize, what: &str) -> Box<Diagnostic> {
        let open = Span::new(self.file, open, open + 1);
        if self.at >= self.bytes.len() {
            let error = self.error(self.at, format!("the text ends inside an {what}; {wanted} should follow"));
            return error.boxed_label(open, &format!("the {what} begins here"));
        }
        let mut error = self.error(self.at, format!("found {} where {wanted} should be", self.found()));
        if matches!(self.bytes.get(self.at), Some(b'/' | b'#')) {
            error.help = Some("JSON has no comments".into());
        }
        error.boxed_label(open, &format!("the {what} begins here"))
    }

    pub(super) fn too_many(&self, at: usize) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(
            "too-large",
            Span::new(self.file, at, at),
            format!("the document has more than {MAX_NODES} values"),
        ))
    }

    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> Box<Diagnostic> {
        // What is missing at the end is shown at the last line that has text.
        let at = if at >= self.text.len() { self.text.trim_end().len() } else { at };
        let width = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Box::new(Diagnostic::error("syntax", Span::new(self.file, at, at + width), message))
    }
}

pub(super) trait BoxedLabel {
    fn boxed_label(self, span: Span, message: &str) -> Self;
}

impl BoxedLabel for Box<Diagnostic> {
    fn boxed_label(mut self, span: Span, message: &str) -> Self {
        self.labels.push(super::super::Label { span, message: message.to_owned() });
        self
    }
}
