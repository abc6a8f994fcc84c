//! The members of an object.

use std::sync::{Arc, OnceLock};

use ahash::AHashMap;
use ecow::{EcoString, EcoVec};

use super::{Entry, Key, Node};

/// Members up to which looking at each is quicker than a table.
const FEW: usize = 64;

/// The members of a mapping, in the order they were written; keys are unique.
#[derive(Clone, Debug)]
pub struct Mapping(Members);

#[derive(Clone, Debug)]
enum Members {
    Few(EcoVec<Entry>),
    Many(Arc<Indexed>),
}

/// Many members: a document may have ten thousands of schemas, all of which are referred to.
#[derive(Debug)]
struct Indexed {
    entries: Vec<Entry>,
    /// Where the keys are, found when one is first asked for.
    places: OnceLock<AHashMap<EcoString, usize>>,
}

impl Indexed {
    fn position(&self, key: &str) -> Option<usize> {
        let places = self.places.get_or_init(|| {
            let mut places = AHashMap::with_capacity(self.entries.len());
            for (at, entry) in self.entries.iter().enumerate() {
                // Of members whose keys became the same the first counts, as it does among few.
                places.entry(entry.key.text.clone()).or_insert(at);
            }
            places
        });
        places.get(key).copied()
    }
}

impl Clone for Indexed {
    /// Clones the members alone: who needs a copy is about to change it.
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone(), places: OnceLock::new() }
    }
}

impl Mapping {
    /// Returns the mapping without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn as_slice(&self) -> &[Entry] {
        match &self.0 {
            Members::Few(entries) => entries,
            Members::Many(indexed) => &indexed.entries,
        }
    }

    fn position(&self, key: &str) -> Option<usize> {
        match &self.0 {
            Members::Few(entries) => entries.iter().position(|entry| entry.key.text == key),
            Members::Many(indexed) => indexed.position(key),
        }
    }

    /// Returns many members to change; what was known of their places is forgotten.
    fn many_mut(indexed: &mut Arc<Indexed>) -> &mut Vec<Entry> {
        let indexed = Arc::make_mut(indexed);
        indexed.places = OnceLock::new();
        &mut indexed.entries
    }

    /// Returns how many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Returns the members in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.as_slice().iter()
    }

    /// Returns the value of the member `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|e| &e.value)
    }

    /// Returns the member `key`.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.nth(self.position(key)?)
    }

    /// Returns the member at a position, counted from 0.
    #[must_use]
    pub fn nth(&self, position: usize) -> Option<&Entry> {
        self.as_slice().get(position)
    }

    /// Returns whether there is a member `key`.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Sets the member `key`, in its old place when there is one.
    pub fn set(&mut self, key: Key, value: Node) {
        match self.position(&key.text) {
            Some(at) => match &mut self.0 {
                Members::Few(entries) => entries.make_mut()[at].value = value,
                // The keys stay where they are.
                Members::Many(indexed) => Arc::make_mut(indexed).entries[at].value = value,
            },
            None => self.push(Entry { key, value }),
        }
    }

    /// Appends a member whose key is known not to be there yet.
    pub fn push(&mut self, entry: Entry) {
        match &mut self.0 {
            Members::Few(entries) => entries.push(entry),
            Members::Many(indexed) => {
                let indexed = Arc::make_mut(indexed);
                if let Some(places) = indexed.places.get_mut() {
                    places.entry(entry.key.text.clone()).or_insert(indexed.entries.len());
                }
                indexed.entries.push(entry);
            }
        }
        if let Members::Few(entries) = &mut self.0
            && entries.len() > FEW
        {
            self.0 = Members::many(std::mem::take(entries).into_iter().collect());
        }
    }

    /// Removes the member `key` and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let at = self.iter().position(|entry| entry.key.text == key)?;
        self.remove_nth(at)
    }

    /// Removes the member at a position and returns its value.
    pub fn remove_nth(&mut self, at: usize) -> Option<Node> {
        if at >= self.len() {
            return None;
        }
        let entry = match &mut self.0 {
            Members::Few(entries) => entries.remove(at),
            Members::Many(indexed) => Self::many_mut(indexed).remove(at),
        };
        Some(entry.value)
    }

    /// Returns the members to change in place.
    pub fn entries_mut(&mut self) -> &mut [Entry] {
        match &mut self.0 {
            Members::Few(entries) => entries.make_mut(),
            Members::Many(indexed) => Self::many_mut(indexed),
        }
    }
}

impl Members {
    fn many(entries: Vec<Entry>) -> Self {
        Self::Many(Arc::new(Indexed { entries, places: OnceLock::new() }))
    }
}

impl Default for Mapping {
    fn default() -> Self {
        Self(Members::Few(EcoVec::new()))
    }
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        if self.len() != other.len() {
            return false;
        }
        if self.iter().zip(other.iter()).all(|(a, b)| a.key.text == b.key.text) {
            return self.iter().zip(other.iter()).all(|(a, b)| a.value == b.value);
        }
        self.iter().all(|e| other.get(&e.key.text) == Some(&e.value))
    }
}

impl<'a> IntoIterator for &'a Mapping {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Entry> for Mapping {
    /// Collects members whose keys are known to be unique.
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let entries = entries.into_iter();
        if entries.size_hint().0 > FEW {
            return Self(Members::many(entries.collect()));
        }
        let few: EcoVec<Entry> = entries.collect();
        if few.len() > FEW { Self(Members::many(few.into_iter().collect())) } else { Self(Members::Few(few)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn entry(number: usize) -> Entry {
        let span = Span { file: FileId(0), start: 0, end: 0 };
        let text = EcoString::from(format!("a key that is longer than a few characters {number}"));
        Entry { key: Key { text: text.clone(), span }, value: Node::string(text, span) }
    }

    #[test]
    fn members_are_found_whatever_was_done_before() {
        for size in [0, 3, FEW - 1, FEW, FEW + 1, 500] {
            let mut mapping = Mapping::new();
            for number in 0..size {
                assert!(!mapping.contains(&entry(number).key.text));
                mapping.push(entry(number));
            }
            assert_eq!(mapping, (0..size).map(entry).collect());
            assert_eq!(mapping, (0..size).rev().map(entry).collect());
            // A filter does not say how many there will be.
            assert_eq!(mapping, (0..size).map(entry).filter(|_| true).collect());
            let shared = mapping.clone();
            for number in (0..size).step_by(3) {
                assert_eq!(mapping.remove(&entry(number).key.text), Some(entry(number).value));
                assert_eq!(mapping.remove(&entry(number).key.text), None);
            }
            for number in (1..size).step_by(3) {
                mapping.set(entry(number).key, entry(0).value);
            }
            mapping.set(entry(size).key, entry(size).value);
            for number in 0..size {
                let expected = [None, Some(entry(0).value), Some(entry(number).value)][number % 3].clone();
                assert_eq!(mapping.get(&entry(number).key.text), expected.as_ref(), "{number} of {size}");
                assert_eq!(shared.get(&entry(number).key.text), Some(&entry(number).value));
            }
            if let Some(first) = mapping.entries_mut().first_mut() {
                first.key = entry(9_999).key;
            }
            assert!(mapping.contains(&entry(9_999).key.text));
            assert_eq!(shared.len(), size);
        }
    }
}
