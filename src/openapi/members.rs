//! Building mappings member by member, each with the place it was made from.

use std::collections::HashMap;

use ecow::EcoString;

use crate::source::{Entry, Key, Mapping, Node, Span};

/// From how many members on their names are looked up in an index.
const INDEXED: usize = 32;

/// The members of a mapping that is being made, in order.
#[derive(Default)]
pub(super) struct Members {
    entries: Vec<Entry>,
    /// Where each name is; made once there are many, as bodies of thousands of fields are.
    index: HashMap<EcoString, usize>,
}

impl Members {
    /// Adds a member, in the place of one of the same name if there is one.
    pub(super) fn put(&mut self, name: impl Into<EcoString>, span: Span, value: Node) {
        self.keep(Key { text: name.into(), span }, value);
    }

    /// Adds a member under the key it was written with.
    pub(super) fn keep(&mut self, key: Key, value: Node) {
        if self.entries.len() >= INDEXED && self.index.len() < self.entries.len() {
            self.index = self.entries.iter().enumerate().map(|(at, e)| (e.key.text.clone(), at)).collect();
        }
        match self.position(&key.text) {
            Some(at) => self.entries[at].value = value,
            None => self.add(&key, value),
        }
    }

    /// Adds a member under a key that is known not to be there yet.
    pub(super) fn add(&mut self, key: &Key, value: Node) {
        if !self.index.is_empty() {
            self.index.insert(key.text.clone(), self.entries.len());
        }
        self.entries.push(Entry { key: key.clone(), value });
    }

    fn position(&self, name: &str) -> Option<usize> {
        if self.index.len() == self.entries.len() {
            return self.index.get(name).copied();
        }
        self.entries.iter().position(|e| e.key.text == name)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.position(name).map(|at| &self.entries[at].value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Node> {
        let at = self.position(name)?;
        self.index.clear();
        Some(self.entries.remove(at).value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn of(node: &Node) -> Self {
        Self { entries: node.entries().cloned().collect(), index: HashMap::new() }
    }

    pub(super) fn node(self, span: Span) -> Node {
        Node::mapping(self.entries.into_iter().collect::<Mapping>(), span)
    }
}

/// Returns a mapping of one member.
pub(super) fn single(name: impl Into<EcoString>, value: Node) -> Node {
    let span = value.span;
    let mut members = Members::default();
    members.put(name, span, value);
    members.node(span)
}

/// Returns a reference.
pub(super) fn reference(text: impl Into<EcoString>, span: Span) -> Node {
    single("$ref", Node::string(text, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_members_keep_their_order_and_their_names() {
        let span = Span { file: crate::source::FileId(0), start: 0, end: 0 };
        let mut members = Members::default();
        let put = |members: &mut Members, at: usize, value: bool| {
            members.put(format!("m{at}"), span, Node::bool(value, span));
        };
        (0..100).for_each(|at| put(&mut members, at, false));
        put(&mut members, 70, true);
        assert!(members.take("m3").is_some() && !members.has("m3"));
        put(&mut members, 100, true);
        put(&mut members, 3, true);
        put(&mut members, 99, true);
        let node = members.node(span);
        let names: Vec<String> = node.entries().map(|e| e.key.text.to_string()).collect();
        let expected = (0..=100).filter(|at| *at != 3).chain([3]).map(|at| format!("m{at}"));
        assert_eq!(names, expected.collect::<Vec<_>>());
        let set = node.entries().filter(|e| e.value.as_bool() == Some(true)).map(|e| e.key.text.as_str());
        assert_eq!(set.collect::<Vec<_>>(), ["m70", "m99", "m100", "m3"]);
    }
}
