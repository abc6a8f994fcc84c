//! Schemas that are known by their children: a `discriminator` beside the properties that children take over by `allOf`
//! (OpenAPI 3.0.3 §4.8.25, and the only way of Swagger 2.0).
//!
//! A value of such a schema is one of its children's. The document is written as if it said so: the schema becomes
//! `anyOf` of its children and of what it is itself, which gets a name of its own for the children to build on.

use std::collections::{HashMap, HashSet};

use crate::openapi::Document;
use crate::source::{Entry, Key, Mapping, Node, Value};

use super::schema::{is_annotation, only_describes};

/// Returns the document with the children of such schemas beside them, or nothing when it has none.
pub(crate) fn expanded(document: &Document) -> Option<Document> {
    let bases = bases(document);
    if bases.is_empty() {
        return None;
    }
    let mut root = rewritten(document.root(), &bases).unwrap_or_else(|| document.root().clone());
    let schemas = schemas_mut(&mut root)?;
    let mut added = Vec::new();
    for entry in schemas.entries_mut() {
        let Some(base) = bases.get(entry.key.text.as_str()) else { continue };
        let own = std::mem::replace(&mut entry.value, base.union.clone());
        added.push(Entry {
            key: Key { text: base.own_name.as_str().into(), span: entry.key.span },
            value: without_tag(&own),
        });
    }
    for entry in added {
        schemas.push(entry);
    }
    Some(document.with_root(root))
}

/// A schema with children.
struct Base {
    /// The name of what it is itself.
    own_name: String,
    /// What takes its place.
    union: Node,
}

fn bases(document: &Document) -> HashMap<&str, Base> {
    let schemas = document.root().get("components").and_then(|c| c.get("schemas"));
    let entries: Vec<&Entry> = schemas.map(Node::entries).unwrap_or_default().collect();
    let mut names: HashSet<String> = entries.iter().map(|entry| entry.key.text.to_string()).collect();
    // Whom each schema builds on.
    let parents: HashMap<&str, Vec<&str>> =
        entries.iter().map(|entry| (entry.key.text.as_str(), parents_of(&entry.value).collect())).collect();
    let mut bases = HashMap::new();
    for entry in &entries {
        let name = entry.key.text.as_str();
        let Some(discriminator) = tag_of(&entry.value) else { continue };
        let children: Vec<&str> = entries
            .iter()
            .map(|child| child.key.text.as_str())
            .filter(|child| *child != name && builds_on(child, name, &parents))
            .collect();
        if children.is_empty() {
            continue;
        }
        let own_name = (1..)
            .map(|number| if number == 1 { format!("{name}Base") } else { format!("{name}Base{number}") })
            .find(|wanted| names.insert(wanted.clone()))
            .unwrap_or_default();
        let union = union_of(&entry.value, name, &own_name, &children, discriminator);
        bases.insert(name, Base { own_name, union });
    }
    bases
}

/// Returns the discriminator of a schema that has properties of its own, rather than a choice of others.
fn tag_of(schema: &Node) -> Option<&Node> {
    let discriminator = schema.get("discriminator")?;
    discriminator.str_of("propertyName")?;
    let chooses = ["oneOf", "anyOf"].iter().any(|key| schema.get(key).is_some());
    (!chooses).then_some(discriminator)
}

/// Returns the names of the schemas that a schema builds on.
fn parents_of(schema: &Node) -> impl Iterator<Item = &str> {
    let parts = schema.get("allOf").filter(|parts| adds(schema, parts));
    parts.map(Node::items).unwrap_or_default().filter_map(|part| component_of(part.reference()?))
}

/// Returns whether a schema adds something to what its `allOf` brings, rather than only to describe a reference.
fn adds(schema: &Node, parts: &Node) -> bool {
    let own = |entry: &Entry| entry.key.text != "allOf" && !only_describes(&entry.key.text);
    parts.items().filter(|part| !is_annotation(part)).count() > 1 || schema.entries().any(own)
}

/// Returns the name of the component that a reference leads to.
fn component_of(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/").filter(|name| !name.contains(['/', '~', '%']))
}

fn builds_on(child: &str, base: &str, parents: &HashMap<&str, Vec<&str>>) -> bool {
    let mut seen = HashSet::new();
    let mut stack = vec![child];
    while let Some(name) = stack.pop() {
        for parent in parents.get(name).into_iter().flatten() {
            if *parent == base {
                return true;
            }
            if seen.insert(*parent) {
                stack.push(parent);
            }
        }
    }
    false
}

/// Returns `anyOf` of the children and of the schema itself, told apart by the discriminator.
fn union_of(schema: &Node, name: &str, own_name: &str, children: &[&str], discriminator: &Node) -> Node {
    let span = schema.span;
    let key = |text: &str| Key { text: text.into(), span };
    let reference = |name: &str| {
        let text = format!("#/components/schemas/{name}");
        Node::mapping([Entry { key: key("$ref"), value: Node::string(text, span) }].into_iter().collect(), span)
    };
    let variants = children.iter().copied().chain([own_name]).map(reference);
    let mut tags = Mapping::new();
    let mut is_named = false;
    for entry in discriminator.get("mapping").map(Node::entries).unwrap_or_default() {
        let leads_here = entry.value.as_str().is_some_and(|to| component_of(to).unwrap_or(to) == name);
        is_named |= leads_here;
        let value = if leads_here {
            Node::string(format!("#/components/schemas/{own_name}"), span)
        } else {
            entry.value.clone()
        };
        tags.push(Entry { key: entry.key.clone(), value });
    }
    if !is_named && !tags.contains(name) {
        tags.push(Entry { key: key(name), value: Node::string(format!("#/components/schemas/{own_name}"), span) });
    }
    let mut told = Mapping::new();
    told.push(Entry {
        key: key("propertyName"),
        value: discriminator.get("propertyName").cloned().unwrap_or_else(|| Node::string("", span)),
    });
    told.push(Entry { key: key("mapping"), value: Node::mapping(tags, span) });
    let mut union = Mapping::new();
    for kept in schema.entries().filter(|entry| only_describes(&entry.key.text)) {
        union.push(kept.clone());
    }
    union.push(Entry { key: key("anyOf"), value: Node::sequence(variants, span) });
    union.push(Entry { key: key("discriminator"), value: Node::mapping(told, discriminator.span) });
    Node::mapping(union, span)
}

fn without_tag(schema: &Node) -> Node {
    let kept: Mapping = schema.entries().filter(|entry| entry.key.text != "discriminator").cloned().collect();
    Node::mapping(kept, schema.span)
}

/// Returns a node in which schemas build on what a base is itself, or nothing when there is no such schema in it.
fn rewritten(node: &Node, bases: &HashMap<&str, Base>) -> Option<Node> {
    match &node.value {
        Value::Mapping(mapping) => {
            let mut changed: Option<Mapping> = None;
            for (at, entry) in mapping.iter().enumerate() {
                let parts = (entry.key.text == "allOf").then(|| building(node, &entry.value, bases)).flatten();
                let value = parts.as_ref().unwrap_or(&entry.value);
                if let Some(value) = rewritten(value, bases).or_else(|| parts.clone()) {
                    changed.get_or_insert_with(|| mapping.clone()).entries_mut()[at].value = value;
                }
            }
            changed.map(|mapping| Node::mapping(mapping, node.span))
        }
        Value::Sequence(items) => {
            let new: Vec<Option<Node>> = items.iter().map(|item| rewritten(item, bases)).collect();
            if new.iter().all(Option::is_none) {
                return None;
            }
            let items = new.into_iter().zip(items).map(|(new, item)| new.unwrap_or_else(|| item.clone()));
            Some(Node::sequence(items, node.span))
        }
        _ => None,
    }
}

/// Returns the parts of an `allOf` that adds something to a base, with the base's own name in them. One that only stands
/// around a reference, to describe it, is any of the base's children.
fn building(schema: &Node, parts: &Node, bases: &HashMap<&str, Base>) -> Option<Node> {
    let own_of = |part: &Node| bases.get(component_of(part.reference()?)?);
    if !adds(schema, parts) || !parts.items().any(|part| own_of(part).is_some()) {
        return None;
    }
    let renamed = parts.items().map(|part| match (own_of(part), part.as_map()) {
        (Some(base), Some(mapping)) => {
            let mut mapping = mapping.clone();
            let key = Key { text: "$ref".into(), span: part.span };
            mapping.set(key, Node::string(format!("#/components/schemas/{}", base.own_name), part.span));
            Node::mapping(mapping, part.span)
        }
        _ => part.clone(),
    });
    Some(Node::sequence(renamed, parts.span))
}

fn schemas_mut(root: &mut Node) -> Option<&mut Mapping> {
    let mut node = root;
    for name in ["components", "schemas"] {
        let Value::Mapping(mapping) = &mut node.value else { return None };
        node = &mut mapping.entries_mut().iter_mut().find(|entry| entry.key.text == name)?.value;
    }
    match &mut node.value {
        Value::Mapping(mapping) => Some(mapping),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{LoadOptions, load_text};
    use crate::source::{Loader, Origin};

    #[test]
    fn a_base_is_any_of_its_children_and_what_it_is_itself() {
        let text = r##"
openapi: 3.0.3
info: {title: zoo, version: "1"}
paths: {}
components:
  schemas:
    Animal:
      type: object
      description: Any of them.
      required: [kind]
      properties: {kind: {type: string}}
      discriminator: {propertyName: kind, mapping: {animal: '#/components/schemas/Animal', dog: Dog}}
    Dog: {allOf: [{$ref: '#/components/schemas/Animal'}, {type: object, properties: {bark: {type: boolean}}}]}
    Puppy: {allOf: [{$ref: '#/components/schemas/Dog'}, {type: object, properties: {age: {type: integer}}}]}
    Pet: {allOf: [{$ref: '#/components/schemas/Animal'}], description: Only described.}
"##;
        let origin = Origin::Memory("zoo.yaml".into());
        let (document, ..) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
        let document = expanded(&document.expect("a document")).expect("there is a base");
        let schemas = document.root().to_json()["components"]["schemas"].clone();
        let of = |name: &str| serde_json::json!({ "$ref": format!("#/components/schemas/{name}") });
        assert_eq!(schemas["Animal"]["anyOf"], serde_json::json!([of("Dog"), of("Puppy"), of("AnimalBase")]));
        assert_eq!(schemas["Animal"]["description"], "Any of them.");
        let mapping = &schemas["Animal"]["discriminator"]["mapping"];
        assert_eq!(*mapping, serde_json::json!({ "animal": "#/components/schemas/AnimalBase", "dog": "Dog" }));
        assert_eq!(schemas["Dog"]["allOf"][0], of("AnimalBase"));
        assert_eq!(schemas["Puppy"]["allOf"][0], of("Dog"));
        assert_eq!(schemas["Pet"]["allOf"][0], of("Animal"));
        assert!(schemas["AnimalBase"].get("discriminator").is_none());
        assert!(expanded(&document).is_none(), "what is expanded has no such base");
    }
}
