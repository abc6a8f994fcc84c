//! Which subtrees mean the same in both documents, so that the differ need not visit them.
//!
//! A reference is equal to the same reference only when what it leads to is equal, and everything
//! that leads to in turn. So the components are compared once, and a component that differs taints
//! those that refer to it. What is asked later is then answered by one walk over the two subtrees.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::schema::address;
use super::schemas::extensions;
use crate::openapi::Document;
use crate::source::{Entry, Node, Value};

/// The components that are equal in both documents, references included.
pub(super) struct Equality {
    clean: HashSet<String>,
    /// The schemas with a discriminator that are equal while one that extends them is not, by address.
    extended: HashSet<usize>,
    enabled: bool,
}

impl Equality {
    /// Compares the components of two documents.
    pub(super) fn of(old: &Document, new: &Document, enabled: bool) -> Self {
        if !enabled {
            return Self { clean: HashSet::new(), extended: HashSet::new(), enabled };
        }
        let mut found: IndexMap<String, Vec<&str>> = IndexMap::new();
        let mut extended = Vec::new();
        let sections = old.root().get("components").map(Node::entries).unwrap_or_default();
        for section in sections {
            let Some(others) = new.root().get("components").and_then(|c| c.get(&section.key.text)) else { continue };
            let index: HashMap<&str, &Node> = others.entries().map(|e| (e.key.text.as_str(), &e.value)).collect();
            for entry in section.value.entries() {
                let Some(other) = index.get(entry.key.text.as_str()).copied() else { continue };
                let mut references = Vec::new();
                if equal_walk(&entry.value, other, &mut |reference| {
                    references.push(reference);
                    true
                }) {
                    // A schema with a discriminator stands for those that extend it, too.
                    if section.key.text == "schemas" && entry.value.get("discriminator").is_some() {
                        extended.push((entry, other));
                    }
                    found.insert(format!("{}/{}", section.key.text, entry.key.text), references);
                }
            }
        }
        let names: Vec<(String, Vec<String>)> = extended
            .iter()
            .map(|(entry, other): &(&Entry, &Node)| {
                let of = |root, base| {
                    extensions(root, base).into_iter().map(|e| format!("#/components/schemas/{}", e.key.text))
                };
                let own = of(old.root(), &entry.value).chain(of(new.root(), other)).collect();
                (format!("schemas/{}", entry.key.text), own)
            })
            .collect();
        let mut equal = found;
        for (base, own) in &names {
            if let Some(references) = equal.get_mut(base) {
                references.extend(own.iter().map(String::as_str));
            }
        }
        let clean = untainted(&equal);
        let extended = extended.iter().zip(&names).filter(|(_, (base, _))| !clean.contains(base));
        let extended = extended.map(|((entry, _), _)| address(&entry.value)).collect();
        Self { clean, extended, enabled }
    }

    /// Returns whether two subtrees mean the same. A "no" is not certain: references to places
    /// other than components are taken to differ.
    pub(super) fn holds(&self, old: &Node, new: &Node) -> bool {
        self.enabled
            && equal_walk(old, new, &mut |reference| {
                component_of(reference).is_some_and(|component| self.clean.contains(component))
            })
    }

    /// Returns whether a schema stands for others that extend it, one of which is not equal.
    pub(super) fn is_extended(&self, old: &Node) -> bool {
        self.extended.contains(&address(old))
    }

    /// Returns whether two lists of subtrees mean the same, pair by pair.
    pub(super) fn holds_all(&self, old: &[&Node], new: &[&Node]) -> bool {
        old.len() == new.len() && old.iter().zip(new).all(|(a, b)| self.holds(a, b))
    }
}

/// Returns the components that are equal and refer only to such.
fn untainted(equal: &IndexMap<String, Vec<&str>>) -> HashSet<String> {
    // Which components refer to each, so that a tainted one taints them.
    let mut referrers: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut tainted: Vec<&str> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for (component, references) in equal {
        for reference in references {
            match component_of(reference) {
                Some(target) if equal.contains_key(target) => referrers.entry(target).or_default().push(component),
                _ if seen.insert(component) => tainted.push(component),
                _ => {}
            }
        }
    }
    while let Some(component) = tainted.pop() {
        for referrer in referrers.get(component).into_iter().flatten() {
            if seen.insert(referrer) {
                tainted.push(referrer);
            }
        }
    }
    equal.keys().filter(|component| !seen.contains(component.as_str())).cloned().collect()
}

/// Returns `schemas/Pet` of `#/components/schemas/Pet`; nothing when the reference leads deeper or elsewhere.
fn component_of(reference: &str) -> Option<&str> {
    let rest = reference.strip_prefix("#/components/")?;
    (rest.split('/').count() == 2 && !rest.contains(['%', '~'])).then_some(rest)
}

/// Returns whether two subtrees are equal and every reference in them satisfies `accept`.
fn equal_walk<'a>(old: &'a Node, new: &'a Node, accept: &mut impl FnMut(&'a str) -> bool) -> bool {
    match (&old.value, &new.value) {
        (Value::Mapping(a), Value::Mapping(b)) => {
            if a.len() != b.len() {
                return false;
            }
            if let (Some(reference), Some(other)) = (old.reference(), new.reference())
                && (reference != other || !accept(reference))
            {
                return false;
            }
            if a.iter().zip(b.iter()).all(|(x, y)| x.key.text == y.key.text) {
                return a.iter().zip(b.iter()).all(|(x, y)| equal_walk(&x.value, &y.value, accept));
            }
            if a.len() <= 16 {
                return a.iter().all(|x| b.get(&x.key.text).is_some_and(|other| equal_walk(&x.value, other, accept)));
            }
            let index: HashMap<&str, &'a Node> = b.iter().map(|e| (e.key.text.as_str(), &e.value)).collect();
            a.iter().all(|x| index.get(x.key.text.as_str()).is_some_and(|other| equal_walk(&x.value, other, accept)))
        }
        (Value::Sequence(a), Value::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(x, y)| equal_walk(x, y, accept))
        }
        (a, b) => a == b,
    }
}
