//! What the differ finds before it has a level: an edit, and where clients meet it.

use super::checks::{Check, Place};
use super::{Level, Side, TextChange};
use crate::source::{Node, Span};

/// One edit.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) check: &'static Check,
    /// What changed, without the subject.
    pub(super) message: String,
    pub(super) old: Option<Span>,
    pub(super) new: Option<Span>,
    /// The nearest place in the new document, when `new` is absent.
    pub(super) anchor: Option<Span>,
    pub(super) text: Option<TextChange>,
    /// The sides that the edit counts on.
    pub(super) sides: Sides,
}

/// A set of sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sides {
    pub(super) request: bool,
    pub(super) response: bool,
}

impl Sides {
    pub(super) const BOTH: Self = Self { request: true, response: true };

    pub(super) fn has(self, side: Side) -> bool {
        match side {
            Side::Request => self.request,
            Side::Response => self.response,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { request: self.request && other.request, response: self.response && other.response }
    }
}

/// Where clients meet an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Use {
    /// The position of the operation in the list of all.
    pub(super) operation: usize,
    pub(super) side: Option<Side>,
    pub(super) place: Place,
}

/// An edit with everything it reaches.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) edit: Edit,
    pub(super) uses: Vec<Reach>,
}

/// A use and the level the edit has there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reach {
    pub(super) operation: usize,
    pub(super) side: Option<Side>,
    pub(super) level: Level,
}

impl Edit {
    /// Returns an edit that is met on both sides.
    pub(super) fn new(
        check: &'static Check,
        old: impl Into<Option<Span>>,
        new: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            check,
            message: message.into(),
            old: old.into(),
            new: new.into(),
            anchor: None,
            text: None,
            sides: Sides::BOTH,
        }
    }

    /// Adds the nearest place that is left in the new document.
    pub(super) fn near(mut self, anchor: impl Into<Option<Span>>) -> Self {
        self.anchor = anchor.into();
        self
    }

    /// Restricts the sides it counts on.
    pub(super) fn on(mut self, sides: Sides) -> Self {
        self.sides = sides;
        self
    }

    /// Adds the texts to compare.
    pub(super) fn with_text(mut self, old: &str, new: &str) -> Self {
        self.text = Some(TextChange { old: old.to_owned(), new: new.to_owned() });
        self
    }
}

/// Returns a text of a document in backticks, on one line, without control characters, shortened.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 80;
    let mut out = String::from("`");
    for (count, c) in text.chars().enumerate() {
        if count == MOST {
            out.push('…');
            break;
        }
        match c {
            '\n' | '\t' | '\r' => out.push(' '),
            '`' => out.push('\''),
            c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
                out.extend(c.escape_unicode());
            }
            c => out.push(c),
        }
    }
    out.push('`');
    out
}

/// Returns a value of a document in backticks, as [`quoted`].
pub(super) fn value(node: &Node) -> String {
    match node.as_str() {
        Some(text) => quoted(text),
        None => match node.scalar_text() {
            Some(text) => quoted(&text),
            None => quoted(&node.to_json().to_string()),
        },
    }
}
