//! A change and the report that holds all of them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::source::{FileId, Sources, Span};

/// What a change means to the clients of an API. Ordered: an error is greater than a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Compatible.
    Info,
    /// May break a client; the documents do not tell.
    Warning,
    /// Breaks some client for certain.
    Error,
}

impl Level {
    /// Returns `error`, `warning` or `info`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// Returns the level of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error].into_iter().find(|level| level.as_str() == name)
    }
}

/// Which way a value travels: clients send requests and read responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// From the client.
    Request,
    /// To the client.
    Response,
}

impl Side {
    /// Returns the other side.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Request => Self::Response,
            Self::Response => Self::Request,
        }
    }

    /// Returns `request` or `response`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// A longer text of both documents, shown line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextChange {
    /// The old text.
    pub old: String,
    /// The new text.
    pub new: String,
}

impl TextChange {
    /// Returns whether only blanks and line breaks differ.
    #[must_use]
    pub fn is_whitespace_only(&self) -> bool {
        self.old.split_whitespace().eq(self.new.split_whitespace())
    }
}

/// One edit of the document, with everything it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The check that found it: one of [`ids`](super::ids).
    pub id: &'static str,
    /// What it means to clients, by the check and the configuration.
    pub level: Level,
    /// The operations it reaches, `GET /pets`, in the order of the document.
    pub operations: Vec<String>,
    /// The sides on which clients meet it.
    pub sides: Vec<Side>,
    /// The JSON pointer of the place in the new document, or in the old one when it is gone.
    pub location: String,
    /// What changed, as plain text: names in backticks, no control characters.
    pub message: String,
    /// The place in the old document.
    pub old: Option<Span>,
    /// The place in the new document.
    pub new: Option<Span>,
    /// The nearest place that is left in the new document, when [`Self::new`] is absent.
    pub anchor: Option<Span>,
    /// The texts to compare, when the change is one of a longer text.
    pub text: Option<TextChange>,
    /// Sixteen hexadecimal digits that survive reordering: the same edit has them in every run.
    pub fingerprint: String,
    /// Why the change is accepted, when it is; an accepted change fails nothing.
    pub accepted: Option<String>,
    /// The document it is in, where a report is about several.
    pub document: Option<String>,
}

/// What [`diff`](super::diff) found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The changes: breaking ones first, then in the order of the document.
    pub changes: Vec<Change>,
    /// The files of the old document.
    pub old_sources: Sources,
    /// The files of the new document.
    pub new_sources: Sources,
    /// Remarks about the comparison itself, such as an accepted change that no longer occurs.
    pub notes: Vec<String>,
}

/// How many changes of each level there are, accepted ones left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Errors.
    pub breaking: usize,
    /// Warnings.
    pub warning: usize,
    /// Remarks.
    pub info: usize,
}

impl Report {
    /// Adds the report about another document. Breaking changes stay first, then documents stay in their order.
    pub fn append(&mut self, document: &str, other: Report) {
        let by = (self.old_sources.append(&other.old_sources), self.new_sources.append(&other.new_sources));
        self.changes.extend(other.changes.into_iter().map(|mut change| {
            let moved = |span: Span, by: u32| Span { file: FileId(span.file.0 + by), ..span };
            change.old = change.old.map(|span| moved(span, by.0));
            change.new = change.new.map(|span| moved(span, by.1));
            change.anchor = change.anchor.map(|span| moved(span, by.1));
            change.document = Some(document.to_owned());
            change
        }));
        self.changes.sort_by_key(|change| std::cmp::Reverse(change.level));
        self.notes.extend(other.notes);
    }

    /// Counts the changes by level.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for change in self.changes.iter().filter(|c| c.accepted.is_none()) {
            match change.level {
                Level::Error => summary.breaking += 1,
                Level::Warning => summary.warning += 1,
                Level::Info => summary.info += 1,
            }
        }
        summary
    }

    /// Returns the highest level among the changes that are not accepted.
    #[must_use]
    pub fn highest(&self) -> Option<Level> {
        self.changes.iter().filter(|c| c.accepted.is_none()).map(|c| c.level).max()
    }
}

/// What may vary in a comparison.
#[derive(Clone, Debug)]
pub struct Options {
    /// Levels by check id, in place of the check's own; `None` leaves the change out.
    pub levels: BTreeMap<String, Option<Level>>,
    /// What is asked of deprecations.
    pub policy: Policy,
    /// Whether prose (descriptions, summaries, examples, tags) is compared.
    pub documentation: bool,
    /// Whether subtrees that are equal in both documents are passed over. Only tests turn this off.
    pub shortcuts: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { levels: BTreeMap::new(), policy: Policy::default(), documentation: true, shortcuts: true }
    }
}

/// What is asked of deprecations.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The day of the comparison; without it every sunset date lies ahead.
    pub today: Option<jiff::civil::Date>,
    /// Whether what is deprecated must say when it goes (`x-sunset`).
    pub require_sunset: bool,
    /// The least number of days between deprecation and sunset, for stable parts.
    pub stable_days: i64,
    /// The least number of days between deprecation and sunset, for parts of stability `beta`.
    pub beta_days: i64,
}
