//! Schemas that other schemas hold for reuse (`$defs`): 3.0 has them in components only.

use std::collections::{HashMap, HashSet};

use ecow::EcoString;

use crate::openapi::Version;
use crate::openapi::grammar::{self, Type};
use crate::openapi::members::Members;
use crate::source::{Entry, Key, Node, Pointer, Value};

/// Returns the document with the schemas under `$defs` and `definitions` moved to `components/schemas`, and the
/// references to them rewritten.
pub(super) fn hoisted(root: &Node) -> Node {
    let taken = root.get("components").and_then(|c| c.get("schemas")).map(Node::entries).unwrap_or_default();
    let mut hoister =
        Hoister { taken: taken.map(|e| e.key.text.clone()).collect(), moved: HashMap::new(), schemas: Vec::new() };
    let ty = grammar::document(Version::V31);
    let Some(without) = hoister.without(root, ty, &Pointer::root()) else { return root.clone() };
    let Hoister { moved, schemas, .. } = hoister;
    let mut document = Members::of(&without);
    let mut components = document.get("components").map(Members::of).unwrap_or_default();
    let mut all = components.get("schemas").map(Members::of).unwrap_or_default();
    for (key, schema) in schemas {
        all.keep(key, schema);
    }
    components.put("schemas", root.span, all.node(root.span));
    document.put("components", root.span, components.node(root.span));
    let document = document.node(root.span);
    let mut f = |node: &Node, ty: Type| {
        let entry = node.entry("$ref").filter(|_| ty.takes_reference())?;
        let new = new_reference(entry.value.as_str()?, &moved)?;
        let mut out = Members::of(node);
        out.put("$ref", entry.key.span, Node::string(new, entry.value.span));
        let out = out.node(node.span);
        Some(out)
    };
    grammar::rewrite(&document, ty, &mut f).unwrap_or(document)
}

struct Hoister {
    taken: HashSet<EcoString>,
    /// The new name of what was at a pointer.
    moved: HashMap<Pointer, EcoString>,
    schemas: Vec<(Key, Node)>,
}

impl Hoister {
    /// Returns a node without definitions in it, or `None` when there are none.
    fn without(&mut self, node: &Node, ty: Type, pointer: &Pointer) -> Option<Node> {
        let ty = ty.for_node(node);
        match &node.value {
            Value::Mapping(mapping) if !is_data(ty) => {
                let is_schema = matches!(ty, Type::Object(object) if object.name == "a schema");
                let mut changed = None;
                for Entry { key, value } in mapping {
                    let here = || pointer.join(key.text.clone());
                    if is_schema && matches!(key.text.as_str(), "$defs" | "definitions") && value.as_map().is_some() {
                        for definition in value.entries() {
                            self.hoist(definition, &here());
                        }
                        changed.get_or_insert_with(|| mapping.clone()).remove(&key.text);
                        continue;
                    }
                    let member = ty.of_member(&key.text);
                    if value.as_map().is_none() && value.as_seq().is_none() {
                        continue;
                    }
                    if let Some(new) = self.without(value, member, &here()) {
                        changed.get_or_insert_with(|| mapping.clone()).set(key.clone(), new);
                    }
                }
                changed.map(|mapping| Node::mapping(mapping, node.span))
            }
            Value::Sequence(items) if !is_data(ty) => {
                let mut changed = None;
                for (at, item) in items.iter().enumerate() {
                    if let Some(new) = self.without(item, ty.of_item(), &pointer.join(at.to_string())) {
                        changed.get_or_insert_with(|| items.clone()).make_mut()[at] = new;
                    }
                }
                changed.map(|items| Node::new(Value::Sequence(items), node.span))
            }
            _ => None,
        }
    }

    fn hoist(&mut self, definition: &Entry, holder: &Pointer) {
        let pointer = holder.join(definition.key.text.clone());
        let segments = holder.segments();
        let owner = segments.len().checked_sub(2).and_then(|at| segments.get(at));
        let clean = |text: &str| -> String {
            text.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect()
        };
        let name = clean(&definition.key.text);
        let qualified = format!("{}_{name}", clean(owner.map_or("schema", EcoString::as_str)));
        let numbered = (2..).map(|n| format!("{qualified}_{n}"));
        let free = [name, qualified.clone()].into_iter().chain(numbered).find(|n| !self.taken.contains(n.as_str()));
        let name = EcoString::from(free.unwrap_or(qualified));
        self.taken.insert(name.clone());
        self.moved.insert(pointer.clone(), name.clone());
        let slot = self.schemas.len();
        let key = Key { text: name, span: definition.key.span };
        self.schemas.push((key, definition.value.clone()));
        if let Some(inner) = self.without(&definition.value, grammar::schema(Version::V31), &pointer) {
            self.schemas[slot].1 = inner;
        }
    }
}

fn is_data(ty: Type) -> bool {
    matches!(ty, Type::Any | Type::Binding | Type::Extension)
}

/// Returns the reference to where its target, or what holds it, has moved.
fn new_reference(reference: &str, moved: &HashMap<Pointer, EcoString>) -> Option<String> {
    let pointer = Pointer::parse_fragment(reference.strip_prefix('#')?)?;
    let segments = pointer.segments();
    (1..=segments.len()).rev().find_map(|length| {
        let name = moved.get(&segments.get(..length)?.iter().cloned().collect::<Pointer>())?;
        let rest = segments.get(length..)?.iter().cloned();
        let new: Pointer = ["components".into(), "schemas".into(), name.clone()].into_iter().chain(rest).collect();
        Some(new.to_fragment())
    })
}
