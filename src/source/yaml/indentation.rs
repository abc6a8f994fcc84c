//! Text that YAML 1.2 wants indented further, and that no other reader insists on: the closing bracket of a flow
//! collection at its key's column, and the continued lines of a quoted text at the margin.
//!
//! Space there means nothing, so a copy of the text with more of it reads as the author meant; what is found in the
//! copy is then moved to where it was written.

use super::faults::indentation_of;
use crate::source::{Diagnostic, Entry, FileId, Key, Node, Span, Value};

/// How many places are mended, and how many bytes may be read again for it.
const MAX_PLACES: usize = 2_000;
const MAX_READ_AGAIN: usize = 256 * 1024 * 1024;

/// A copy of a text with spaces put in.
pub(super) struct Mended {
    pub(super) text: String,
    /// Where spaces were put in, in the copy, and how many; in ascending order.
    inserted: Vec<(usize, usize)>,
    width: usize,
}

impl Mended {
    pub(super) fn of(text: &str) -> Self {
        let indents = text.lines().map(indentation_of);
        // More than anything that is open can ask for.
        let width = indents.max().unwrap_or(0) + 2;
        Self { text: text.to_owned(), inserted: Vec::new(), width }
    }

    /// Mends what is wrong at a byte of the copy. Returns whether there is something to try.
    pub(super) fn mend(&mut self, info: &str, at: usize) -> bool {
        if self.inserted.len() >= MAX_PLACES || (self.inserted.len() + 1) * self.text.len() > MAX_READ_AGAIN {
            return false;
        }
        let lines = match info {
            "invalid indentation" | "invalid indentation in flow construct" => {
                vec![self.text[..at].rfind('\n').map_or(0, |n| n + 1)]
            }
            "invalid indentation in quoted scalar" => continued_lines(&self.text, at),
            _ => return false,
        };
        // What was indented before and did not help is not tried again.
        let lines: Vec<usize> =
            lines.into_iter().filter(|line| self.inserted.iter().all(|(at, _)| at != line)).collect();
        for line in lines.iter().rev() {
            self.text.insert_str(*line, &" ".repeat(self.width));
            for (at, _) in self.inserted.iter_mut().filter(|(at, _)| *at > *line) {
                *at += self.width;
            }
            self.inserted.push((*line, self.width));
        }
        self.inserted.sort_unstable();
        !lines.is_empty()
    }

    /// Returns where the first mended place was written, for telling of it.
    pub(super) fn first(&self, file: FileId) -> Option<Span> {
        let at = self.inserted.first()?.0;
        Some(Span::new(file, at, at))
    }

    /// Returns the byte of the text as it was written.
    fn original(&self, at: u32) -> u32 {
        let at = at as usize;
        let before = self.inserted.partition_point(|(from, _)| *from < at);
        let shift: usize = self.inserted[..before].iter().map(|(from, width)| (*width).min(at - from)).sum();
        u32::try_from(at - shift).unwrap_or(u32::MAX)
    }

    fn span(&self, span: Span) -> Span {
        Span { file: span.file, start: self.original(span.start), end: self.original(span.end) }
    }

    /// Returns a node of the copy with the places it was written at.
    pub(super) fn moved(&self, node: &Node) -> Node {
        let value = match &node.value {
            Value::Mapping(mapping) => {
                let entry = |e: &Entry| Entry {
                    key: Key { text: e.key.text.clone(), span: self.span(e.key.span) },
                    value: self.moved(&e.value),
                };
                Value::Mapping(mapping.iter().map(entry).collect())
            }
            Value::Sequence(items) => Value::Sequence(items.iter().map(|item| self.moved(item)).collect()),
            other => other.clone(),
        };
        Node::new(value, self.span(node.span))
    }

    /// Moves the places of a finding about the copy.
    pub(super) fn move_back(&self, diagnostic: &mut Diagnostic) {
        diagnostic.span = diagnostic.span.map(|span| self.span(span));
        for label in &mut diagnostic.labels {
            label.span = self.span(label.span);
        }
    }
}

/// Returns where the lines begin that continue the quoted text at a byte; blank ones need no indentation.
fn continued_lines(text: &str, at: usize) -> Vec<usize> {
    let bytes = text.as_bytes();
    let Some(quote) = bytes.get(at).copied().filter(|b| matches!(b, b'"' | b'\'')) else { return Vec::new() };
    let mut lines = Vec::new();
    let mut i = at + 1;
    while let Some(byte) = bytes.get(i) {
        match byte {
            b'\\' if quote == b'"' && bytes.get(i + 1) != Some(&b'\n') => i += 1,
            b'\'' if quote == b'\'' && bytes.get(i + 1) == Some(&b'\'') => i += 1,
            byte if *byte == quote => break,
            b'\n' => lines.push(i + 1),
            _ => {}
        }
        i += 1;
    }
    lines.retain(|line| !matches!(bytes.get(*line), None | Some(b'\n' | b'\r')));
    lines
}
