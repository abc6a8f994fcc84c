//! Building mappings member by member, each with the place it was made from.

use ecow::EcoString;

use crate::source::{Entry, Key, Mapping, Node, Span};

/// The members of a mapping that is being made, in order.
#[derive(Default)]
pub(super) struct Members(Vec<Entry>);

impl Members {
    /// Adds a member, in the place of one of the same name if there is one.
    pub(super) fn put(&mut self, name: impl Into<EcoString>, span: Span, value: Node) {
        self.keep(Key { text: name.into(), span }, value);
    }

    /// Adds a member under the key it was written with.
    pub(super) fn keep(&mut self, key: Key, value: Node) {
        match self.0.iter_mut().find(|e| e.key.text == key.text) {
            Some(entry) => entry.value = value,
            None => self.0.push(Entry { key, value }),
        }
    }

    /// Adds a member under a key that is known not to be there yet.
    pub(super) fn add(&mut self, key: &Key, value: Node) {
        self.0.push(Entry { key: key.clone(), value });
    }

    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.0.iter().find(|e| e.key.text == name).map(|e| &e.value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Node> {
        let at = self.0.iter().position(|e| e.key.text == name)?;
        Some(self.0.remove(at).value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn of(node: &Node) -> Self {
        Self(node.entries().cloned().collect())
    }

    pub(super) fn node(self, span: Span) -> Node {
        Node::mapping(self.0.into_iter().collect::<Mapping>(), span)
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
