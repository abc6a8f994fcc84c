//! Reading the members of an extension: tolerant of what API Gateway tolerates, and saying what it met.

use super::nearest_of;
use crate::gateway::SmallMap;
use crate::source::{Kind, Node, Span};

/// Something about an extension that is not as its documentation has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The member, as it was or should have been written.
    pub member: String,
    /// Where it was written; for a missing member, the object it is missing from.
    pub span: Span,
    /// What is the matter.
    pub kind: ProblemKind,
}

/// What is the matter with a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// It has another JSON type.
    WrongType {
        /// What it should be: `a string`.
        expected: &'static str,
        /// What it is.
        found: Kind,
    },
    /// It has to be there and is not.
    Missing,
    /// It is none of the values there are.
    NotOneOf {
        /// The values there are.
        allowed: &'static [&'static str],
        /// What it is.
        found: String,
    },
    /// It is a number outside its range.
    OutOfRange {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
        /// What it is.
        found: i64,
    },
    /// There is no such member.
    Unknown {
        /// The member probably meant.
        nearest: Option<&'static str>,
    },
}

/// The members of one object while it is read.
pub(super) struct Members<'a> {
    node: &'a Node,
    prefix: &'static str,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Members<'a> {
    /// Begins to read `node`; `None`, with the problem, when it is not an object.
    pub(super) fn of(node: &'a Node, name: &'static str) -> Result<Self, Problem> {
        if node.as_map().is_none() {
            let kind = ProblemKind::WrongType { expected: "an object", found: node.kind() };
            return Err(Problem { member: name.into(), span: node.span, kind });
        }
        Ok(Self { node, prefix: name, problems: Vec::new() })
    }

    /// Returns the member; one that is `null` is not there.
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.node.get(key).filter(|n| !n.is_null())
    }

    pub(super) fn problem(&mut self, key: &str, span: Span, kind: ProblemKind) {
        self.problems.push(Problem { member: key.to_owned(), span, kind });
    }

    fn wrong_type(&mut self, key: &str, node: &Node, expected: &'static str) {
        self.problem(key, node.span, ProblemKind::WrongType { expected, found: node.kind() });
    }

    /// Notes that a member has to be there.
    pub(super) fn missing(&mut self, key: &str) {
        self.problem(key, self.node.span, ProblemKind::Missing);
    }

    /// Reads a string; numbers and booleans count as their text, as on import (recorded).
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let node = self.get(key)?;
        let text = node.scalar_text();
        if text.is_none() {
            self.wrong_type(key, node, "a string");
        }
        text.map(Into::into)
    }

    /// Reads one of some words, in either case, and gives it as listed.
    pub(super) fn word(&mut self, key: &str, allowed: &'static [&'static str]) -> Option<&'static str> {
        let node = self.get(key)?;
        let Some(text) = node.scalar_text() else {
            self.wrong_type(key, node, "a string");
            return None;
        };
        let word = allowed.iter().find(|w| w.eq_ignore_ascii_case(&text));
        if word.is_none() {
            self.problem(key, node.span, ProblemKind::NotOneOf { allowed, found: text.into() });
        }
        word.copied()
    }

    /// Reads an integer, also one written as a string.
    pub(super) fn integer(&mut self, key: &str) -> Option<i64> {
        let node = self.get(key)?;
        let number = node.as_i64().or_else(|| node.as_str()?.trim().parse().ok());
        if number.is_none() {
            self.wrong_type(key, node, "an integer");
        }
        number
    }

    /// Reads an integer and notes when it is outside its range; the number is returned all the same.
    pub(super) fn integer_within(&mut self, key: &str, min: i64, max: i64) -> Option<i64> {
        let found = self.integer(key)?;
        if !(min..=max).contains(&found) {
            let span = self.get(key).map_or(self.node.span, |n| n.span);
            self.problem(key, span, ProblemKind::OutOfRange { min, max, found });
        }
        Some(found)
    }

    /// Reads a boolean, also one written as a string.
    pub(super) fn boolean(&mut self, key: &str) -> Option<bool> {
        let node = self.get(key)?;
        let value = node.as_bool().or_else(|| match node.as_str() {
            Some(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        });
        if value.is_none() {
            self.wrong_type(key, node, "a boolean");
        }
        value
    }

    /// Reads a list of strings; a lone string is a list of one.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let node = self.get(key)?;
        if let Some(text) = node.as_str() {
            self.wrong_type(key, node, "an array");
            return Some(vec![text.to_owned()]);
        }
        let Some(items) = node.as_seq() else {
            self.wrong_type(key, node, "an array");
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match item.scalar_text() {
                Some(text) => texts.push(text.into()),
                None => self.wrong_type(key, item, "a string"),
            }
        }
        Some(texts)
    }

    /// Reads an object, or notes that it is none.
    pub(super) fn object(&mut self, key: &str) -> Option<&'a Node> {
        let node = self.get(key)?;
        if node.as_map().is_none() {
            self.wrong_type(key, node, "an object");
            return None;
        }
        Some(node)
    }

    /// Reads a map of names to strings; numbers and booleans count as their text.
    pub(super) fn text_map(&mut self, key: &str) -> Option<SmallMap<String>> {
        let node = self.object(key)?;
        let mut map = SmallMap::new();
        for entry in node.entries() {
            match entry.value.scalar_text() {
                Some(text) => {
                    map.insert(entry.key.text.as_str().to_owned(), text.into());
                }
                None if entry.value.is_null() => {}
                None => self.wrong_type(&format!("{key}.{}", entry.key.text), &entry.value, "a string"),
            }
        }
        Some(map)
    }

    /// Reads a map of media types to templates. A template that was written as an object or array
    /// is its JSON text, as the console's exports write it.
    pub(super) fn templates(&mut self, key: &str) -> Option<SmallMap<String>> {
        let node = self.object(key)?;
        let mut map = SmallMap::new();
        for entry in node.entries() {
            let text = match entry.value.scalar_text() {
                Some(text) => text.into(),
                None if entry.value.is_null() => String::new(),
                None => {
                    self.wrong_type(&format!("{key}.{}", entry.key.text), &entry.value, "a string");
                    continue;
                }
            };
            map.insert(entry.key.text.as_str().to_owned(), text);
        }
        Some(map)
    }

    /// Ends the reading: members that are none of `known` are problems, other extensions apart.
    pub(super) fn finish(mut self, known: &'static [&'static str]) -> Vec<Problem> {
        for entry in self.node.entries() {
            let key = entry.key.text.as_str();
            if !known.contains(&key) && !key.starts_with("x-") && key != "$ref" {
                let nearest = nearest_of(key, known.iter().copied());
                self.problems.push(Problem {
                    member: format!("{}.{key}", self.prefix),
                    span: entry.key.span,
                    kind: ProblemKind::Unknown { nearest },
                });
            }
        }
        self.problems
    }
}
