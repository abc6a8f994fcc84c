//! Schemas that name themselves: `$id`, `$anchor` (JSON Schema 2020-12 §8.2). References by such names are led by
//! pointers instead, which is all that OpenAPI 3.0 has.

use std::collections::HashMap;

use ecow::EcoString;

use crate::source::{Entry, Mapping, Node, Pointer, Value, joined_address};

/// Members whose own members have names of the author's choice.
const NAMED: [&str; 15] = [
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
    "schemas",
    "responses",
    "parameters",
    "headers",
    "requestBodies",
    "pathItems",
    "paths",
    "webhooks",
    "callbacks",
    "content",
];

/// Members that hold data.
const DATA: [&str; 5] = ["example", "examples", "default", "enum", "const"];

/// Returns a file's root with the references in or to schemas that have an `$id` led by pointers; `None` when there are
/// none to change. What such a name is not known of stays: it may be a file.
pub(super) fn resolved(root: &Node) -> Option<Node> {
    let mut names = Names::default();
    let document = Base { address: EcoString::new(), pointer: Pointer::root() };
    names.find(root, &document, &Pointer::root(), false);
    if names.resources.is_empty() {
        return None;
    }
    names.rewritten(root, root, &document, &Pointer::root(), false)
}

/// The schema that references in it are relative to.
#[derive(Clone)]
struct Base {
    address: EcoString,
    pointer: Pointer,
}

#[derive(Default)]
struct Names {
    /// Where each schema with an `$id` is, by the address it has.
    resources: HashMap<EcoString, Pointer>,
    /// Where each anchor is, by the address of its schema and its name.
    anchors: HashMap<(EcoString, EcoString), Pointer>,
}

/// Returns the base of what is in a node.
fn base_of(node: &Node, base: &Base, pointer: &Pointer) -> Option<Base> {
    let id = node.str_of("$id").filter(|id| !id.starts_with('#') && !id.is_empty())?;
    let address = joined_address(&base.address, id.split('#').next().unwrap_or_default());
    Some(Base { address: address.into(), pointer: pointer.clone() })
}

/// Returns the members in which schemas may be, each with whether its own members have names of the author's choice.
fn members(node: &Node, named: bool) -> impl Iterator<Item = (usize, &Entry, bool)> {
    let entries = node.entries().enumerate();
    let schemas =
        entries.filter(move |(_, e)| named || !(DATA.contains(&e.key.text.as_str()) || e.key.text.starts_with("x-")));
    schemas.map(move |(at, e)| (at, e, !named && NAMED.contains(&e.key.text.as_str())))
}

impl Names {
    fn find(&mut self, node: &Node, base: &Base, pointer: &Pointer, named: bool) {
        let own = if named { None } else { base_of(node, base, pointer) };
        if let Some(own) = &own {
            self.resources.entry(own.address.clone()).or_insert_with(|| pointer.clone());
        }
        let base = own.as_ref().unwrap_or(base);
        let old = node.str_of("$id").and_then(|id| id.strip_prefix('#'));
        let anchors = [node.str_of("$anchor"), node.str_of("$dynamicAnchor"), old];
        for name in anchors.into_iter().flatten().filter(|_| !named) {
            let id = (base.address.clone(), EcoString::from(name));
            self.anchors.entry(id).or_insert_with(|| pointer.clone());
        }
        for (_, Entry { key, value }, named) in members(node, named) {
            if value.as_map().is_some() || value.as_seq().is_some() {
                self.find(value, base, &pointer.join(key.text.clone()), named);
            }
        }
        for (at, item) in node.items().enumerate() {
            self.find(item, base, &pointer.join(at.to_string()), false);
        }
    }

    fn rewritten(&self, root: &Node, node: &Node, base: &Base, pointer: &Pointer, named: bool) -> Option<Node> {
        let own = if named { None } else { base_of(node, base, pointer) };
        let base = own.as_ref().unwrap_or(base);
        match &node.value {
            Value::Mapping(mapping) => {
                let mut changed: Option<Mapping> = None;
                for (at, Entry { key, value }, is_named) in members(node, named) {
                    let new = match value.as_str() {
                        Some(text) if key.text == "$ref" && !named => {
                            self.lead(root, base, text).map(|new| Node::string(new, value.span))
                        }
                        Some(_) => None,
                        None => self.rewritten(root, value, base, &pointer.join(key.text.clone()), is_named),
                    };
                    if let Some(new) = new {
                        changed.get_or_insert_with(|| mapping.clone()).entries_mut()[at].value = new;
                    }
                }
                changed.map(|mapping| Node::mapping(mapping, node.span))
            }
            Value::Sequence(items) => {
                let mut changed = None;
                for (at, item) in items.iter().enumerate() {
                    if let Some(new) = self.rewritten(root, item, base, &pointer.join(at.to_string()), false) {
                        changed.get_or_insert_with(|| items.clone()).make_mut()[at] = new;
                    }
                }
                changed.map(|items| Node::new(Value::Sequence(items), node.span))
            }
            _ => None,
        }
    }

    /// Returns the pointer that a reference seen from `base` leads by, when it goes by a name.
    fn lead(&self, root: &Node, base: &Base, reference: &str) -> Option<String> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if path.is_empty() && base.address.is_empty() {
            return None;
        }
        let (address, home) = if path.is_empty() {
            (base.address.clone(), &base.pointer)
        } else {
            let address = EcoString::from(joined_address(&base.address, path));
            let home = self.resources.get(&address)?;
            (address, home)
        };
        let target = match Pointer::parse_fragment(fragment) {
            // Many a document takes its own root for what `#/…` begins at, whatever the schema around says.
            Some(inner) => {
                let whole: Pointer = home.segments().iter().chain(inner.segments()).cloned().collect();
                root.at(&whole)?;
                whole
            }
            None => self.anchors.get(&(address, fragment.into()))?.clone(),
        };
        let new = target.to_fragment();
        (new != reference).then_some(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, yaml};

    #[test]
    fn names_become_pointers() {
        let text = "
schemas:
  A:
    $id: https://example.com/schemas/a
    $anchor: top
    $defs: {inner: {$anchor: in}, b: {$id: b.json, properties: {$id: {$ref: '#/properties/x'}, x: {$ref: a}}}}
    properties:
      one: {$ref: '#/$defs/inner'}
      two: {$ref: '#in'}
      three: {$ref: b.json}
      four: {$ref: '#/schemas/B'}
      five: {$ref: other.json}
  B:
    anyOf: [{$ref: 'https://example.com/schemas/a#top'}, {$ref: 'https://example.com/schemas/b.json#/properties/x'}]
    example: {$ref: 'https://example.com/schemas/a'}
";
        let root = resolved(&yaml::parse(FileId(0), text).0.unwrap()).unwrap();
        let at = |pointer: &str| root.at(&Pointer::parse(pointer).unwrap()).unwrap().str_of("$ref").unwrap().to_owned();
        assert_eq!(at("/schemas/A/properties/one"), "#/schemas/A/$defs/inner");
        assert_eq!(at("/schemas/A/properties/two"), "#/schemas/A/$defs/inner");
        assert_eq!(at("/schemas/A/properties/three"), "#/schemas/A/$defs/b");
        assert_eq!(at("/schemas/A/properties/four"), "#/schemas/B");
        assert_eq!(at("/schemas/A/properties/five"), "other.json");
        assert_eq!(at("/schemas/A/$defs/b/properties/$id"), "#/schemas/A/$defs/b/properties/x");
        assert_eq!(at("/schemas/A/$defs/b/properties/x"), "#/schemas/A");
        assert_eq!(at("/schemas/B/anyOf/0"), "#/schemas/A");
        assert_eq!(at("/schemas/B/anyOf/1"), "#/schemas/A/$defs/b/properties/x");
        assert_eq!(at("/schemas/B/example"), "https://example.com/schemas/a");
    }

    #[test]
    fn without_names_nothing_changes() {
        let root = yaml::parse(FileId(0), "a: {$ref: '#/b'}\nb: {$anchor: c}").0.unwrap();
        assert_eq!(resolved(&root), None);
    }
}
