//! Schemas of several parts: `allOf`, merged into one.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::scaffold::shape::{Kind, ModelId, Shape};
use crate::source::{Entry, Key, Mapping, Node};

use super::keywords::{is_annotation, is_nullable};
use super::restriction::with_also;
use super::{MAX_DEPTH, Models};

impl Models<'_> {
    pub(super) fn all_of(&mut self, node: &Node, hint: &str, slot: Option<ModelId>) -> Shape {
        let mut members = Vec::new();
        let mut nullable = false;
        self.collect(node, &mut HashSet::new(), &mut members, 0);
        members.retain(|member| {
            nullable |= is_nullable(member);
            !is_annotation(member)
        });
        // What is asked for besides is not merged: it holds beside all else.
        let mut also = Vec::new();
        for index in 0..members.len() {
            let (typed, more) = self.split(&members[index], &members);
            also.extend(more);
            if let Some(typed) = typed {
                members[index] = typed;
            }
        }
        // `allOf: [$ref]` with a description, or the `nullable` wrapper around a reference, is the reference.
        let direct = node.get("allOf").map(Node::items).unwrap_or_default();
        let typed: Vec<&Node> = direct.filter(|m| !is_annotation(m)).collect();
        if let [only] = typed.as_slice()
            && is_annotation(&without(node, &["allOf"]))
        {
            return self.shape_within(only, hint, slot);
        }
        let Some(merged) = merge(node, &members) else {
            self.inexpressible(node, "the parts of `allOf` contradict each other");
            return Shape::of(Kind::Json);
        };
        self.plain(&with_also(&merged, also), hint, slot)
    }

    /// Gathers what `allOf` brings together, each reference once.
    fn collect(&self, node: &Node, seen: &mut HashSet<String>, out: &mut Vec<Node>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        if let Some((pointer, target)) = self.target(node) {
            if seen.insert(pointer) {
                self.collect(target, seen, out, depth + 1);
            }
            return;
        }
        for member in node.get("allOf").map(Node::items).unwrap_or_default() {
            self.collect(member, seen, out, depth + 1);
        }
        if node.as_map().is_some() {
            out.push(without(node, &["allOf"]));
        }
    }
}

/// Returns the schema without some keywords.
pub(super) fn without(node: &Node, keys: &[&str]) -> Node {
    let Some(schema) = node.as_map() else { return node.clone() };
    let kept: Mapping = schema.iter().filter(|e| !keys.contains(&e.key.text.as_str())).cloned().collect();
    Node::mapping(kept, node.span)
}

/// Returns `{allOf: [base, variant]}` in the variant's place.
pub(super) fn both(base: &Node, variant: Node) -> Node {
    let span = variant.span;
    let mut mapping = Mapping::new();
    if let Some(title) = variant.get("title") {
        mapping.push(Entry { key: Key { text: "title".into(), span }, value: title.clone() });
    }
    let parts = Node::sequence([base.clone(), variant], span);
    mapping.push(Entry { key: Key { text: "allOf".into(), span }, value: parts });
    Node::mapping(mapping, span)
}

/// Merges the parts of an `allOf` into one schema, or gives `None` when they contradict each other.
fn merge(node: &Node, members: &[Node]) -> Option<Node> {
    let mut merged = Mapping::new();
    let mut properties = Mapping::new();
    let mut required = Vec::new();
    let several = members.iter().filter(|m| m.get("properties").is_some()).count() > 1;
    for member in members {
        let (tighter, looser): (Vec<&Bound>, Vec<&Bound>) =
            BOUNDS.iter().partition(|bound| is_tighter(&merged, member, bound));
        for bound in tighter.into_iter().filter(|bound| member.get(bound.key).is_some()) {
            keys(bound).for_each(|key| drop(merged.remove(key)));
        }
        let looser: Vec<&str> = looser.into_iter().flat_map(keys).collect();
        for entry in member.entries() {
            let key = entry.key.text.as_str();
            match key {
                key if looser.contains(&key) => {}
                "properties" => {
                    for property in entry.value.entries() {
                        let value = match properties.get(&property.key.text) {
                            Some(known) if *known == property.value || is_annotation(&property.value) => known.clone(),
                            Some(known) if is_annotation(known) => property.value.clone(),
                            Some(known) => both(known, property.value.clone()),
                            None => property.value.clone(),
                        };
                        properties.set(property.key.clone(), value);
                    }
                }
                "required" => required.extend(entry.value.items().cloned()),
                "type" => match merged.get("type").cloned() {
                    Some(known) => merged.set(entry.key.clone(), one_type(&known, &entry.value)?),
                    None => merged.push(entry.clone()),
                },
                "enum" => match merged.get("enum").cloned() {
                    Some(known) => {
                        let both = known.items().filter(|v| entry.value.items().any(|w| w == *v)).cloned();
                        let both = Node::sequence(both, entry.value.span);
                        if both.items().len() == 0 {
                            return None;
                        }
                        merged.set(entry.key.clone(), both);
                    }
                    None => merged.push(entry.clone()),
                },
                "oneOf" | "anyOf" if merged.get(key).is_some_and(|known| *known != entry.value) => return None,
                "additionalProperties" if several && entry.value.as_bool() == Some(false) => {}
                // A base's discriminator tells its children apart; the child alone has no use for it.
                "discriminator" if member.get("oneOf").is_none() && member.get("anyOf").is_none() => {}
                "nullable" | "x-nullable" => {}
                _ => merged.set(entry.key.clone(), entry.value.clone()),
            }
        }
    }
    let span = node.span;
    if !properties.is_empty() {
        merged.set(Key { text: "properties".into(), span }, Node::mapping(properties, span));
    }
    if !required.is_empty() {
        merged.set(Key { text: "required".into(), span }, Node::sequence(required, span));
    }
    Some(Node::mapping(merged, span))
}

/// A keyword that bounds a value, with the one that says whether the bound itself is excluded.
struct Bound {
    key: &'static str,
    exclusive: Option<&'static str>,
    is_upper: bool,
}

const BOUNDS: [Bound; 8] = [
    Bound { key: "minimum", exclusive: Some("exclusiveMinimum"), is_upper: false },
    Bound { key: "maximum", exclusive: Some("exclusiveMaximum"), is_upper: true },
    Bound { key: "minLength", exclusive: None, is_upper: false },
    Bound { key: "maxLength", exclusive: None, is_upper: true },
    Bound { key: "minItems", exclusive: None, is_upper: false },
    Bound { key: "maxItems", exclusive: None, is_upper: true },
    Bound { key: "minProperties", exclusive: None, is_upper: false },
    Bound { key: "maxProperties", exclusive: None, is_upper: true },
];

fn keys(bound: &Bound) -> impl Iterator<Item = &'static str> {
    std::iter::once(bound.key).chain(bound.exclusive)
}

/// Returns whether a part does not allow more than what is merged so far.
fn is_tighter(merged: &Mapping, member: &Node, bound: &Bound) -> bool {
    let (Some(known), Some(new)) =
        (merged.get(bound.key).and_then(Node::as_f64), member.get(bound.key).and_then(Node::as_f64))
    else {
        return true;
    };
    let excludes = |node: Option<&Node>| node.and_then(Node::as_bool) == Some(true);
    match new.total_cmp(&known) {
        Ordering::Equal => !bound.exclusive.is_some_and(|key| excludes(merged.get(key))),
        Ordering::Less => bound.is_upper,
        Ordering::Greater => !bound.is_upper,
    }
}

/// Returns what both types allow: integers are numbers.
fn one_type(a: &Node, b: &Node) -> Option<Node> {
    let names = |node: &Node| -> Vec<String> {
        match node.as_str() {
            Some(text) => vec![text.to_owned()],
            None => node.items().filter_map(Node::as_str).map(str::to_owned).collect(),
        }
    };
    let (left, right) = (names(a), names(b));
    let mut common: Vec<String> = left.iter().filter(|t| right.contains(t)).cloned().collect();
    let number = |list: &[String]| list.iter().any(|t| t == "number");
    let integer = |list: &[String]| list.iter().any(|t| t == "integer");
    if common.is_empty() && ((number(&left) && integer(&right)) || (integer(&left) && number(&right))) {
        common.push("integer".into());
    }
    match common.as_slice() {
        [] => None,
        [only] => Some(Node::string(only.as_str(), b.span)),
        several => Some(Node::sequence(several.iter().map(|t| Node::string(t.as_str(), b.span)), b.span)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::{FileId, Span};

    fn merged(members: &[serde_json::Value]) -> serde_json::Value {
        let span = Span { file: FileId(0), start: 0, end: 0 };
        let members: Vec<Node> = members.iter().map(|member| Node::from_json(member, span)).collect();
        merge(&Node::mapping(Mapping::new(), span), &members).map_or(serde_json::Value::Null, |node| node.to_json())
    }

    #[test]
    fn the_tighter_bound_holds() {
        let bounds = [
            json!({ "minimum": 1, "exclusiveMinimum": true, "maxLength": 9 }),
            json!({ "minimum": 0, "exclusiveMinimum": false, "maxLength": 5, "maximum": 3 }),
            json!({ "minimum": 1, "maxLength": 7, "maximum": 3, "exclusiveMaximum": true }),
        ];
        assert_eq!(
            merged(&bounds),
            json!({ "minimum": 1, "exclusiveMinimum": true, "maxLength": 5, "maximum": 3, "exclusiveMaximum": true })
        );
        let raised = [json!({ "minimum": 1, "exclusiveMinimum": true }), json!({ "minimum": 2 })];
        assert_eq!(merged(&raised), json!({ "minimum": 2 }));
    }
}
