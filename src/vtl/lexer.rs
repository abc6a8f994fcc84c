//! The characters of a template: where names, numbers and quoted strings end.
//!
//! Velocity has no tokens that mean the same everywhere (`-` belongs to a name in `$a-b` and to a
//! number in `[-1]`), so the parser asks for what it expects next.

use super::error::Fault;

/// A place in the text of a template.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    position: usize,
    origin: Origin,
}

/// Where a text stands in the template that is compiled.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// It is part of the template, and starts at this byte.
    Within(u32),
    /// It was made from a string at this byte.
    MadeAt(u32),
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, origin: Origin) -> Self {
        Self { text, position: 0, origin }
    }

    /// Returns the byte of the template that an error here is reported at.
    pub(super) fn at(&self) -> u32 {
        self.at_position(self.position)
    }

    pub(super) fn at_position(&self, position: usize) -> u32 {
        match self.origin {
            Origin::Within(start) => start.saturating_add(u32::try_from(position).unwrap_or(u32::MAX)),
            Origin::MadeAt(at) => at,
        }
    }

    pub(super) fn origin(&self) -> Origin {
        self.origin
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn rewind(&mut self, position: usize) {
        self.position = position;
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.position >= self.text.len()
    }

    /// Returns the text between two places.
    pub(super) fn between(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    pub(super) fn since(&self, from: usize) -> &'a str {
        self.between(from, self.position)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    pub(super) fn peek_after(&self, bytes: usize) -> Option<u8> {
        self.text.as_bytes().get(self.position + bytes).copied()
    }

    /// Moves over what is there, when it is there.
    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.position += expected.len();
        }
        found
    }

    /// Moves to the next byte that satisfies the condition (an ASCII one), or to the end.
    pub(super) fn skip_until(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = self.rest().as_bytes();
        self.position += rest.iter().position(|byte| wanted(*byte)).unwrap_or(rest.len());
    }

    /// Moves over bytes that satisfy the condition (ASCII ones).
    pub(super) fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let start = self.position;
        self.skip_until(|byte| !wanted(byte));
        self.since(start)
    }

    /// Moves behind the next occurrence; false when there is none.
    pub(super) fn skip_past(&mut self, end: &str) -> bool {
        match self.rest().find(end) {
            Some(distance) => {
                self.position += distance + end.len();
                true
            }
            None => false,
        }
    }

    pub(super) fn skip_blanks(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\t'));
    }

    pub(super) fn skip_space(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// Moves over blanks and the line's end, when nothing else is left on the line.
    pub(super) fn skip_line_rest(&mut self) {
        let start = self.position;
        self.skip_blanks();
        if !self.eat("\r\n") && !self.eat("\n") && !self.eat("\r") {
            self.position = start;
        }
    }

    /// Moves over the name of a variable or member: letters, digits, `_` and `-`, a letter or `_` first.
    pub(super) fn identifier(&mut self) -> Option<&'a str> {
        self.peek().filter(|byte| is_identifier_start(*byte))?;
        Some(self.skip_while(is_identifier_part))
    }

    /// Moves over the name of a directive, which unlike a variable's has no `-`.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        self.peek().filter(|byte| is_identifier_start(*byte))?;
        Some(self.skip_while(|byte| byte != b'-' && is_identifier_part(byte)))
    }

    /// Moves over a number, when there is one.
    pub(super) fn number(&mut self) -> Option<&'a str> {
        let start = self.position;
        self.eat("-");
        if self.skip_while(|byte| byte.is_ascii_digit()).is_empty() {
            self.position = start;
            return None;
        }
        // `1..3` is a range, `1.x` is not a number with a fraction.
        if self.peek() == Some(b'.') && self.peek_after(1).is_some_and(|byte| byte.is_ascii_digit()) {
            self.position += 1;
            self.skip_while(|byte| byte.is_ascii_digit());
        }
        let before_exponent = self.position;
        if self.eat("e") || self.eat("E") {
            let _ = self.eat("-") || self.eat("+");
            if self.skip_while(|byte| byte.is_ascii_digit()).is_empty() {
                self.position = before_exponent;
            }
        }
        Some(self.since(start))
    }

    /// Moves over a quoted string and returns what is between its quotes, with doubled quotes as written.
    /// A backslash means nothing in a string: `'\'` is complete.
    pub(super) fn quoted(&mut self) -> Result<Option<Quoted<'a>>, Fault> {
        let Some(quote @ (b'"' | b'\'')) = self.peek() else {
            return Ok(None);
        };
        let opening = self.position;
        self.position += 1;
        let mut has_doubled = false;
        loop {
            self.skip_until(|byte| byte == quote);
            if self.is_at_end() {
                self.position = opening;
                return Err(Fault::syntax(self.at(), "the string has no closing quote"));
            }
            self.position += 1;
            if self.peek() != Some(quote) {
                break;
            }
            has_doubled = true;
            self.position += 1;
        }
        let content = self.between(opening + 1, self.position - 1);
        Ok(Some(Quoted { quote: char::from(quote), content, start: opening + 1, has_doubled }))
    }
}

/// A quoted string.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted<'a> {
    pub(super) quote: char,
    pub(super) content: &'a str,
    /// Where the content starts.
    pub(super) start: usize,
    /// Whether the content holds a doubled quote.
    pub(super) has_doubled: bool,
}

pub(super) fn is_identifier_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

pub(super) fn is_identifier_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}
