//! What was found, by the kinds that the parser tells of one after another.

use ahash::{AHashSet as HashSet, RandomState};

use super::super::ImportWarning;
use super::place::Place;
use super::shape::Shape;
use crate::source::{Entry, Node, Span};

/// Bytes of messages that are put into words: each repeats the names of where it is, and a document may have as many as
/// it has members. What is found after that is not told.
const MAX_BYTES: usize = 4 * 1024 * 1024;

#[derive(Default)]
pub(super) struct Issues {
    unexpected: Vec<ImportWarning>,
    mistyped: Vec<ImportWarning>,
    missing: Vec<ImportWarning>,
    warned: Vec<ImportWarning>,
    repeated: Vec<ImportWarning>,
    repeated_tags: Vec<ImportWarning>,
    /// Digests of the messages of the first two kinds: of each place and member there is one.
    told: HashSet<u64>,
    hasher: RandomState,
    /// Bytes of messages so far.
    bytes: usize,
}

/// What was seen of an object's members in one go.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// Whether its kind does not have some; extensions are among those.
    has_unknown: bool,
    /// The bits of the names.
    names: u64,
}

impl Seen {
    /// Whether the object may have a member: most of those that an object does not have are told by their bit.
    pub(super) fn may_have(self, name: &str) -> bool {
        self.names & bit(name) != 0
    }
}

/// Returns the bit that stands for a name; some names share one.
fn bit(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let ends = bytes.first().zip(bytes.last()).map_or(0, |(first, last)| usize::from(*first) + 3 * usize::from(*last));
    1 << ((ends + 5 * bytes.len()) % 64)
}

impl Issues {
    pub(super) fn into_warnings(self) -> Vec<ImportWarning> {
        let Self { unexpected, mistyped, missing, warned, repeated, repeated_tags, .. } = self;
        [unexpected, mistyped, missing, warned, repeated, repeated_tags].into_iter().flatten().collect()
    }

    /// Notes the members of an object that are of another type than they should be, and returns which it may have. Those
    /// that its kind does not have are told of after what is in the object.
    pub(super) fn types(&mut self, node: &Node, place: Place<'_>, shape: Shape) -> Seen {
        let mut seen = Seen::default();
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            seen.names |= bit(name);
            match shape(name) {
                None => seen.has_unknown = true,
                Some(kind) => {
                    if let Some(wanted) = kind.wanted(&entry.value) {
                        self.mistyped(&entry.value, place, name, wanted);
                    }
                }
            }
        }
        seen
    }

    /// Notes the members of an object that its kind does not have.
    pub(super) fn unexpected(&mut self, seen: Seen, node: &Node, place: Place<'_>, shape: Shape) {
        if !seen.has_unknown {
            return;
        }
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            if shape(name).is_some() || name.starts_with("x-") {
                continue;
            }
            let found = self.warning(entry.key.span, place, &format!("{name} is unexpected"));
            if let Some(found) = found.filter(|found| self.is_new(found)) {
                self.unexpected.push(found);
            }
        }
    }

    /// Returns a message, which begins as every one does: `attribute place.words`.
    fn warning(&mut self, at: Span, place: Place<'_>, words: &str) -> Option<ImportWarning> {
        if self.bytes >= MAX_BYTES {
            return None;
        }
        let message = match place {
            Place::Root => format!("Parse issue: attribute {words}"),
            place => format!("Parse issue: attribute {place}.{words}"),
        };
        self.bytes += message.len();
        Some(ImportWarning { message, span: Some(at) })
    }

    fn is_new(&mut self, found: &ImportWarning) -> bool {
        self.told.insert(self.hasher.hash_one(&found.message))
    }

    /// Notes that a member, or what stands for it, is of another type than it should be.
    pub(super) fn mistyped(&mut self, at: &Node, place: Place<'_>, name: &str, wanted: &str) {
        let found = self.warning(at.span, place, &format!("{name} is not of type `{wanted}`"));
        if let Some(found) = found.filter(|found| self.is_new(found)) {
            self.mistyped.push(found);
        }
    }

    /// Notes that a member is missing, unless it is there.
    pub(super) fn required(&mut self, node: &Node, place: Place<'_>, name: &str) {
        if node.get(name).is_none() {
            self.missing(node, place, name);
        }
    }

    pub(super) fn missing(&mut self, at: &Node, place: Place<'_>, name: &str) {
        let found = self.warning(at.span, place, &format!("{name} is missing"));
        self.missing.extend(found);
    }

    /// Whether an object is a reference, which is all that the parser reads of it then.
    pub(super) fn refers(&mut self, node: &Node, place: Place<'_>) -> bool {
        match node.get("$ref") {
            None => false,
            Some(reference) => {
                if reference.as_str().is_none() {
                    self.mistyped(reference, place, "$ref", "string");
                }
                true
            }
        }
    }

    pub(super) fn warn(&mut self, at: Span, place: Place<'_>, words: &str) {
        let found = self.warning(at, place, words);
        self.warned.extend(found);
    }

    /// Warns of names that have other characters than the names of components may have.
    pub(super) fn name(&mut self, entry: &Entry, place: Place<'_>, what: &str) {
        let name = entry.key.text.as_str();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
            let words = format!("{what} {name} doesn't adhere to regular expression ^[a-zA-Z0-9\\.\\-_]+$");
            self.warn(entry.key.span, place, &words);
        }
    }

    pub(super) fn repeated(&mut self, at: &Node, place: Place<'_>, name: &str) {
        let found = self.warning(at.span, place, &format!("{name} is repeated"));
        self.repeated.extend(found);
    }

    /// Notes a tag of a name that another has; of these the parser tells last.
    pub(super) fn repeated_tag(&mut self, at: &Node, place: Place<'_>, name: &str) {
        let found = self.warning(at.span, place, &format!("{name} is repeated"));
        self.repeated_tags.extend(found);
    }
}
