//! A map from names to values that mostly has few entries, in the order in which they came.
//!
//! An API's definition has several such maps for each of its methods: parameters, models, templates. A hash table for
//! each would be most of a definition's memory, and much of the time of an import.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Entries up to which looking at each is quicker than a table.
const FEW: usize = 32;

/// A map from names to values, in order of insertion. Two are equal when they have the same entries in any order.
#[derive(Clone)]
pub struct SmallMap<V> {
    entries: Vec<(String, V)>,
    /// Where the names are, when there are many.
    #[expect(clippy::box_collection, reason = "nearly all maps have none, and each has this member")]
    index: Option<Box<HashMap<String, usize>>>,
}

/// The entries of a map.
type Iter<'a, V> = std::iter::Map<std::slice::Iter<'a, (String, V)>, fn(&'a (String, V)) -> (&'a String, &'a V)>;

impl<V> SmallMap<V> {
    /// Returns an empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new(), index: None }
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn position(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.entries.iter().position(|(known, _)| known == name),
        }
    }

    /// Returns the value under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&V> {
        self.entries.get(self.position(name)?).map(|(_, value)| value)
    }

    /// Returns the value under a name, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let at = self.position(name)?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Returns whether there is an entry of a name.
    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// Puts a value under a name, and returns the one that was there. A new name comes last.
    pub fn insert(&mut self, name: String, value: V) -> Option<V> {
        if let Some(place) = self.get_mut(&name) {
            return Some(std::mem::replace(place, value));
        }
        if self.entries.is_empty() {
            self.entries.reserve_exact(1);
        }
        if self.index.is_none() && self.entries.len() == FEW {
            self.index_all();
        }
        if let Some(index) = &mut self.index {
            index.insert(name.clone(), self.entries.len());
        }
        self.entries.push((name, value));
        None
    }

    fn index_all(&mut self) {
        let names = self.entries.iter().enumerate().map(|(at, (name, _))| (name.clone(), at));
        self.index = Some(Box::new(names.collect()));
    }

    /// Takes an entry out; the others keep their order.
    pub fn shift_remove(&mut self, name: &str) -> Option<V> {
        let at = self.position(name)?;
        let (_, value) = self.entries.remove(at);
        if self.index.take().is_some() && self.entries.len() > FEW {
            self.index_all();
        }
        Some(value)
    }

    /// Returns the names and values in order.
    pub fn iter(&self) -> Iter<'_, V> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    /// Returns the names in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &String> {
        self.entries.iter().map(|(name, _)| name)
    }

    /// Returns the values in order of their names.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }
}

impl<V> Default for SmallMap<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V: fmt::Debug> fmt::Debug for SmallMap<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<V: PartialEq> PartialEq for SmallMap<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

impl<V: Eq> Eq for SmallMap<V> {}

impl<V> FromIterator<(String, V)> for SmallMap<V> {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<V> Extend<(String, V)> for SmallMap<V> {
    fn extend<I: IntoIterator<Item = (String, V)>>(&mut self, entries: I) {
        for (name, value) in entries {
            self.insert(name, value);
        }
    }
}

impl<V, const N: usize> From<[(String, V); N]> for SmallMap<V> {
    fn from(entries: [(String, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<V> IntoIterator for SmallMap<V> {
    type Item = (String, V);
    type IntoIter = std::vec::IntoIter<(String, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, V> IntoIterator for &'a SmallMap<V> {
    type Item = (&'a String, &'a V);
    type IntoIter = Iter<'a, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<V: Serialize> Serialize for SmallMap<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for SmallMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = SmallMap<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut map = SmallMap::new();
                while let Some((name, value)) = access.next_entry()? {
                    map.insert(name, value);
                }
                Ok(map)
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;

    #[test]
    fn it_is_the_map_that_a_table_would_be() {
        for count in [0, 1, FEW, FEW + 1, 100] {
            let (mut map, mut table) = (SmallMap::new(), IndexMap::new());
            for number in (0..count).chain(0..count / 2) {
                let name = || format!("n{}", number * 7 % 13 + number / 13 * 13);
                assert_eq!(map.insert(name(), number), table.insert(name(), number));
            }
            for number in (0..count).step_by(3) {
                let name = format!("n{number}");
                assert_eq!(map.get(&name), table.get(&name), "{name} of {count}");
                assert_eq!(map.shift_remove(&name), table.shift_remove(&name), "{name} of {count}");
                assert!(!map.contains_key(&name));
            }
            assert!(map.iter().eq(table.iter()), "{map:?} {table:?}");
            let text = serde_json::to_string(&map).expect("is written");
            assert_eq!(text, serde_json::to_string(&table).expect("is written"));
            let read: SmallMap<usize> = serde_json::from_str(&text).expect("is read");
            assert_eq!(read, map);
            let backwards: SmallMap<usize> = map.clone().into_iter().rev().collect();
            assert_eq!(backwards, map);
        }
    }
}
