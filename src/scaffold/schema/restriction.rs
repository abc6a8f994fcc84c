//! What a schema asks for beyond types and bounds: `not`, fixed values that are no enum, alternatives that say nothing
//! about types (`anyOf: [{required: [a]}, {required: [b]}]`), and `if`, `then` and `else`, which a document of OpenAPI 3.1
//! has become `anyOf` and `not` of.
//!
//! It is checked as JSON Schema.

use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};

use crate::scaffold::pattern;
use crate::scaffold::shape::{Kind, ModelId, ModelKind, Shape};
use crate::source::{Diagnostic, Entry, Key, Mapping, Node};

use super::Models;
use super::all_of::without;
use super::keywords::{is_annotation, is_only_constraint, only_describes};

/// How deep schemas are followed.
const MAX_DEPTH: usize = 24;

/// The most bytes of a restriction in generated code.
const MAX_TEXT: usize = 16_384;

/// The member that holds what `allOf` asks for besides.
const ALSO: &str = "x-gatewright-also";

/// What bounds values of a type, and says nothing about the type.
const BOUNDS: &[&str] = &[
    "enum",
    "const",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "not",
];

impl Models<'_> {
    /// Splits a schema into one that says what types are, and others that its values keep to besides; `None` for the
    /// first where that is all of it. `beside` are the other parts of an `allOf`.
    pub(super) fn split(&self, node: &Node, beside: &[Node]) -> (Option<Node>, Vec<Node>) {
        let mut also: Vec<Node> = node.get(ALSO).map(Node::items).unwrap_or_default().cloned().collect();
        let mut taken: Vec<&str> = if also.is_empty() { Vec::new() } else { vec![ALSO] };
        let mut members = Vec::new();
        for key in ["not", "anyOf", "oneOf"] {
            let Some(entry) = node.entry(key) else { continue };
            if key != "not" {
                match self.restricts(node, beside, &entry.value) {
                    Some(new) => members.extend(new),
                    None => continue,
                }
            }
            let mut only = Mapping::new();
            only.push(entry.clone());
            also.push(Node::mapping(only, node.span));
            taken.push(key);
        }
        if taken.is_empty() {
            return (None, also);
        }
        let typed = without(node, &taken);
        (Some(if members.is_empty() { typed } else { with_members(&typed, members) }), also)
    }

    /// Returns whether alternatives say nothing about the type of their base: `None` when they do, else the members that
    /// the base lacks.
    fn restricts(&self, base: &Node, beside: &[Node], alternatives: &Node) -> Option<Vec<Entry>> {
        if alternatives.items().len() == 0 {
            return None;
        }
        if alternatives.items().all(is_plain_restriction) {
            return Some(Vec::new());
        }
        // What `if` has become has its opposite in it.
        if base.get("discriminator").is_some() || !alternatives.items().any(|part| has_not(part, 0)) {
            return None;
        }
        let known: HashSet<&str> = beside
            .iter()
            .chain([base])
            .filter_map(|part| part.get("properties"))
            .flat_map(Node::entries)
            .map(|entry| entry.key.text.as_str())
            .collect();
        let mut members = Vec::new();
        alternatives.items().all(|part| only_narrows(&known, part, &mut members, 0)).then_some(members)
    }

    /// Adds restrictions to the shape of the schema that has them. `before` is how many models there were before it was
    /// turned into that shape.
    pub(super) fn restrict(
        &mut self,
        shape: &mut Shape,
        node: &Node,
        restrictions: &[Node],
        before: ModelId,
        slot: Option<ModelId>,
    ) {
        for restriction in restrictions {
            let said = self.said(restriction, 0).filter(|said| said.to_string().len() <= MAX_TEXT);
            let kept = said.is_some_and(|said| self.keep(shape, said, before, slot));
            if !kept {
                let what = restriction.entries().next().map_or("this", |entry| entry.key.text.as_str()).to_owned();
                let span = restriction.entries().next().map_or(node.span, |entry| entry.key.span);
                let message = format!("what `{what}` asks for here is not checked");
                self.diagnostics.push(Diagnostic::warning("restriction-not-checked", span, message));
            }
        }
    }

    /// Adds what is checked of the values of a shape.
    pub(super) fn asked(&mut self, shape: &mut Shape, said: Json) {
        shape.rules.restrictions.push(said);
        self.evaluates.schemas = true;
    }

    /// Puts a restriction where it is checked, and returns whether there is such a place.
    fn keep(&mut self, shape: &mut Shape, said: Json, before: ModelId, slot: Option<ModelId>) -> bool {
        let has_pattern = names_a_pattern(&said);
        let kept = match shape.kind {
            Kind::Model(id) => {
                let is_own = slot == Some(id) || id >= before || self.list[id].inline;
                match &mut self.list[id].kind {
                    ModelKind::Struct { size, .. } if is_own => {
                        if !size.restrictions.contains(&said) {
                            size.restrictions.push(said);
                        }
                        true
                    }
                    // Of a type that is defined here, only its name is left where it is used.
                    _ if slot == Some(id) => false,
                    _ => {
                        shape.rules.restrictions.push(said);
                        true
                    }
                }
            }
            _ => {
                shape.rules.restrictions.push(said);
                true
            }
        };
        self.evaluates.schemas |= kept;
        self.evaluates.patterns |= kept && has_pattern;
        kept
    }

    /// Returns a schema as JSON Schema without references, or `None` where it says what is not evaluated.
    fn said(&mut self, node: &Node, depth: usize) -> Option<Json> {
        if depth > MAX_DEPTH {
            return None;
        }
        if node.reference().is_some() {
            let target = self.target(node)?.1.clone();
            return self.said(&target, depth + 1);
        }
        let Some(members) = node.as_map() else {
            return node.as_bool().map(|all| if all { json!({}) } else { json!({ "not": {} }) });
        };
        let mut out = Map::new();
        for entry in members.iter() {
            let key = entry.key.text.as_str();
            let value = match key {
                "not" | "items" => self.said(&entry.value, depth + 1)?,
                "allOf" | "anyOf" | "oneOf" => {
                    let parts: Option<Vec<Json>> = entry.value.items().map(|p| self.said(p, depth + 1)).collect();
                    parts?.into()
                }
                "properties" => {
                    let mut properties = Map::new();
                    for property in entry.value.entries() {
                        properties.insert(property.key.text.to_string(), self.said(&property.value, depth + 1)?);
                    }
                    properties.into()
                }
                "additionalProperties" => match entry.value.as_bool() {
                    Some(allowed) => allowed.into(),
                    None => self.said(&entry.value, depth + 1)?,
                },
                "pattern" => {
                    let text = entry.value.as_str()?;
                    let compiled = self.patterns.entry(text.to_owned()).or_insert_with(|| pattern::compiled(text));
                    compiled.as_ref()?.as_str().into()
                }
                "const" => {
                    out.insert("enum".to_owned(), json!([entry.value.to_json()]));
                    continue;
                }
                "type" | "enum" | "required" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum"
                | "multipleOf" | "minLength" | "maxLength" | "minItems" | "maxItems" | "uniqueItems"
                | "minProperties" | "maxProperties" => entry.value.to_json(),
                // The width of a number is none of its value.
                "format" if matches!(entry.value.as_str(), Some("int32" | "int64" | "float" | "double")) => continue,
                key if only_describes(key) => continue,
                _ => return None,
            };
            out.insert(key.to_owned(), value);
        }
        Some(if node.get("nullable").and_then(Node::as_bool) == Some(true) && out.contains_key("type") {
            json!({ "anyOf": [out, { "type": "null" }] })
        } else {
            out.into()
        })
    }
}

/// Returns whether a schema adds nothing to a base but members, which are gathered.
fn only_narrows(known: &HashSet<&str>, part: &Node, members: &mut Vec<Entry>, depth: usize) -> bool {
    if depth > MAX_DEPTH || part.as_map().is_none() || part.reference().is_some() {
        return false;
    }
    part.entries().all(|entry| match entry.key.text.as_str() {
        "required" | "type" => true,
        "allOf" | "anyOf" | "oneOf" => entry.value.items().all(|part| only_narrows(known, part, members, depth + 1)),
        "properties" => {
            let new = entry.value.entries().filter(|e| !known.contains(e.key.text.as_str()));
            for entry in new {
                let value = without(&entry.value, BOUNDS);
                match members.iter().find(|known| known.key.text == entry.key.text) {
                    Some(known) if known.value == value || is_annotation(&value) => {}
                    Some(known) if is_annotation(&known.value) => {}
                    Some(_) => return false,
                    None => members.push(Entry { key: entry.key.clone(), value }),
                }
            }
            true
        }
        key => BOUNDS.contains(&key) || only_describes(key),
    })
}

/// Puts what parts of an `allOf` ask for besides into the schema that they are merged to.
pub(super) fn with_also(merged: &Node, also: Vec<Node>) -> Node {
    if also.is_empty() {
        return merged.clone();
    }
    let mut schema = merged.as_map().cloned().unwrap_or_default();
    let also = schema.remove(ALSO).iter().flat_map(Node::items).cloned().chain(also).collect::<Vec<_>>();
    let span = merged.span;
    schema.set(Key { text: ALSO.into(), span }, Node::sequence(also, span));
    Node::mapping(schema, span)
}

/// Returns the schema with more members of its objects.
fn with_members(node: &Node, members: Vec<Entry>) -> Node {
    let mut schema = node.as_map().cloned().unwrap_or_default();
    let mut properties = schema.remove("properties").and_then(|p| p.as_map().cloned()).unwrap_or_default();
    for entry in members {
        properties.push(entry);
    }
    schema.set(Key { text: "properties".into(), span: node.span }, Node::mapping(properties, node.span));
    Node::mapping(schema, node.span)
}

fn is_plain_restriction(part: &Node) -> bool {
    part.reference().is_none() && is_only_constraint(part) && !is_annotation(part)
}

fn has_not(node: &Node, depth: usize) -> bool {
    let within = |key: &str| node.get(key).map(Node::items).unwrap_or_default().any(|part| has_not(part, depth + 1));
    depth <= MAX_DEPTH && (node.get("not").is_some() || ["allOf", "anyOf", "oneOf"].into_iter().any(within))
}

fn names_a_pattern(schema: &Json) -> bool {
    match schema {
        Json::Object(members) => members.iter().any(|(name, value)| name == "pattern" || names_a_pattern(value)),
        Json::Array(items) => items.iter().any(names_a_pattern),
        _ => false,
    }
}
