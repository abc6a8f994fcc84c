//! Schemas to shapes and models.
//!
//! Nothing here fails: what Rust's types cannot say becomes `serde_json::Value`, and a finding says so.

mod all_of;
mod keywords;
mod one_of;
mod plain;
mod restriction;

use ahash::{AHashMap as HashMap, AHashSet as HashSet};

use crate::openapi::Document;
use crate::source::{Diagnostic, Entry, Node, Span};

use super::names::{self, Names};
use super::shape::{Kind, Model, ModelId, ModelKind, OwnRules, Shape};

use keywords::is_nullable;
pub(super) use keywords::{is_annotation, only_describes};

/// How deep inline schemas are followed.
const MAX_DEPTH: usize = 48;

/// How many references are followed from within one another; what the next leads to is defined when those are done.
const MAX_FOLLOWED: usize = 128;

/// How many type definitions a project may have.
const MAX_MODELS: usize = 200_000;

/// All type definitions of a project.
pub(crate) struct Models<'d> {
    document: &'d Document,
    pub(crate) list: Vec<Model>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    by_pointer: HashMap<String, ModelId>,
    /// The names of `components.schemas`, given out before anything else so that they do not depend on who refers to them.
    component_names: HashMap<String, String>,
    by_span: HashMap<Span, Vec<(Node, ModelId)>>,
    names: Names,
    depth: usize,
    /// How many references are being followed.
    followed: usize,
    /// Models that are named and not defined yet: their schemas, and their names.
    deferred: Vec<(ModelId, Node, String)>,
    distributed: usize,
    /// The models that stand for schemas of which `null` is a value.
    nullable: HashSet<ModelId>,
    /// The patterns met, each compiled once.
    patterns: HashMap<String, Option<regex::Regex>>,
    pub(crate) evaluates: Evaluates,
}

/// What of the document is checked as JSON Schema, for lack of a type that says it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Evaluates {
    /// Whether any schema is.
    pub(crate) schemas: bool,
    /// Whether that matches texts.
    pub(crate) patterns: bool,
}

impl<'d> Models<'d> {
    /// Returns the models of the document's named schemas.
    pub(crate) fn new(document: &'d Document) -> Self {
        let mut models = Self {
            document,
            list: Vec::new(),
            diagnostics: Vec::new(),
            by_pointer: HashMap::default(),
            component_names: HashMap::default(),
            by_span: HashMap::default(),
            names: Names::default(),
            depth: 0,
            followed: 0,
            deferred: Vec::new(),
            distributed: 0,
            nullable: HashSet::default(),
            patterns: HashMap::default(),
            evaluates: Evaluates::default(),
        };
        // A schema that is called as its type is has the name, whichever others come to be before it.
        let (own, made): (Vec<_>, Vec<_>) = models
            .components()
            .map(|entry| (&entry.key.text, names::model_name(&entry.key.text)))
            .partition(|(key, name)| *key == name);
        for (key, name) in own.into_iter().chain(made) {
            let name = models.names.unique(name, "");
            models.component_names.insert(component_pointer(key), name);
        }
        models
    }

    fn components(&self) -> std::slice::Iter<'d, Entry> {
        let document: &'d Document = self.document;
        document.root().get("components").and_then(|c| c.get("schemas")).map(Node::entries).unwrap_or_default()
    }

    /// Defines every named schema, used or not.
    pub(crate) fn define_components(&mut self) {
        for entry in self.components() {
            self.referenced(component_pointer(&entry.key.text), &entry.value, &entry.key.text);
        }
    }

    /// Returns the model of an id.
    pub(crate) fn model(&self, id: ModelId) -> &Model {
        &self.list[id]
    }

    /// Follows the reference of a node.
    pub(crate) fn resolved<'n>(&self, node: &'n Node) -> &'n Node
    where
        'd: 'n,
    {
        let document: &'d Document = self.document;
        document.resolved(node)
    }

    /// Follows aliases to the shape they stand for.
    pub(crate) fn without_aliases<'s>(&'s self, shape: &'s Shape) -> &'s Shape {
        let mut shape = shape;
        for _ in 0..MAX_DEPTH {
            match &shape.kind {
                Kind::Model(id) => match &self.list[*id].kind {
                    ModelKind::Alias(target) => shape = target,
                    _ => break,
                },
                _ => break,
            }
        }
        shape
    }

    /// Returns the shape of a schema; `hint` names what has to be defined on the way.
    pub(crate) fn shape(&mut self, node: &Node, hint: &str) -> Shape {
        if self.depth >= MAX_DEPTH || self.list.len() > MAX_MODELS {
            self.inexpressible(node, "the schema is nested too deeply");
            return Shape::of(Kind::Json);
        }
        self.depth += 1;
        let shape = self.shape_within(node, hint, None);
        self.depth -= 1;
        shape
    }

    fn shape_within(&mut self, node: &Node, hint: &str, slot: Option<ModelId>) -> Shape {
        if let Some(reference) = node.reference() {
            return self.reference(node, reference);
        }
        let Some(schema) = node.as_map() else {
            if node.as_bool().is_none() {
                self.inexpressible(node, "this is not a schema");
            }
            return Shape::of(Kind::Json);
        };
        let has_all_of = schema.get("allOf").is_some_and(|all_of| all_of.items().len() > 0);
        let mut shape = if has_all_of { self.all_of(node, hint, slot) } else { self.plain(node, hint, slot) };
        shape.nullable = (shape.nullable || is_nullable(node)) && shape.kind != Kind::Json;
        shape
    }

    fn reference(&mut self, node: &Node, reference: &str) -> Shape {
        match self.target(node) {
            Some((pointer, target)) => {
                let hint = pointer_name(&pointer);
                let id = self.referenced(pointer, target, &hint);
                let nullable = self.nullable.contains(&id) || is_nullable(target);
                Shape { kind: Kind::Model(id), rules: OwnRules::default(), nullable }
            }
            None => {
                self.inexpressible(node, &format!("the reference `{reference}` leads nowhere"));
                Shape::of(Kind::Json)
            }
        }
    }

    /// Follows a chain of references to the last pointer and the node there.
    fn target(&self, node: &Node) -> Option<(String, &'d Node)> {
        let document: &'d Document = self.document;
        let mut pointer = None;
        let mut current = node.clone();
        for _ in 0..32 {
            let Some(reference) = current.reference() else { break };
            let parsed = crate::source::Pointer::parse_fragment(reference.strip_prefix('#')?)?;
            let next = document.root().at(&parsed)?;
            pointer = Some((parsed.to_string(), next));
            current = next.clone();
        }
        pointer.filter(|(_, node)| node.reference().is_none())
    }

    fn referenced(&mut self, pointer: String, target: &Node, hint: &str) -> ModelId {
        if let Some(id) = self.by_pointer.get(&pointer) {
            return *id;
        }
        let name = match self.component_names.get(&pointer) {
            Some(name) => name.clone(),
            None => self.names.unique(names::model_name(hint), ""),
        };
        let id = self.begin(name.clone(), target);
        self.by_pointer.insert(pointer, id);
        if self.followed == MAX_FOLLOWED {
            self.deferred.push((id, target.clone(), name));
            return id;
        }
        self.define(id, target, &name);
        while self.followed == 0
            && let Some((id, target, name)) = self.deferred.pop()
        {
            self.define(id, &target, &name);
        }
        id
    }

    /// Defines the model of what a reference leads to.
    fn define(&mut self, id: ModelId, target: &Node, name: &str) {
        // Each reference followed counts for less than an inline level: chains of references are long and finite.
        let depth = self.depth;
        self.depth = depth / 2 + 1;
        self.followed += 1;
        let mut shape = self.shape_within(target, name, Some(id));
        self.followed -= 1;
        self.depth = depth;
        if shape.nullable {
            self.nullable.insert(id);
        }
        if matches!(self.list[id].kind, ModelKind::Pending) {
            if shape.kind == Kind::Model(id) {
                self.inexpressible(target, "the schema is nothing but itself");
                shape = Shape::of(Kind::Json);
            }
            // `null` is said where the alias is used, so that there is never an `Option` of an `Option`.
            shape.nullable = false;
            self.list[id].kind = ModelKind::Alias(shape);
        }
    }

    fn begin(&mut self, name: String, node: &Node) -> ModelId {
        self.list.push(Model {
            name,
            doc: description(node),
            kind: ModelKind::Pending,
            inline: false,
            in_requests: false,
            in_responses: false,
        });
        self.list.len() - 1
    }

    /// Returns the model for a definition that `node` asks for: `slot`, the one that was defined from the same
    /// place before, or a new one.
    fn defined(
        &mut self,
        node: &Node,
        hint: &str,
        slot: Option<ModelId>,
        define: impl FnOnce(&mut Self, &str) -> ModelKind,
    ) -> Shape {
        let id = match slot {
            Some(id) => id,
            None => {
                let known = self.by_span.get(&node.span).into_iter().flatten();
                if let Some((_, id)) = known.into_iter().find(|(other, _)| other == node) {
                    return Shape::of(Kind::Model(*id));
                }
                let hint = node.str_of("title").filter(|_| hint.is_empty()).unwrap_or(hint);
                let name = self.names.unique(names::model_name(hint), "");
                let id = self.begin(name, node);
                self.list[id].inline = true;
                self.by_span.entry(node.span).or_default().push((node.clone(), id));
                id
            }
        };
        let name = self.list[id].name.clone();
        let kind = define(self, &name);
        self.list[id].kind = kind;
        Shape::of(Kind::Model(id))
    }

    fn inexpressible(&mut self, node: &Node, why: &str) {
        let message = format!("{why}, so its type is `serde_json::Value`");
        self.diagnostics.push(Diagnostic::warning("schema-without-type", node.span, message));
    }
}

fn component_pointer(name: &str) -> String {
    ["components", "schemas", name].into_iter().collect::<crate::source::Pointer>().to_string()
}

/// Returns a name for what a pointer leads to: its last segment, with more before it for numbers and keywords.
fn pointer_name(pointer: &str) -> String {
    let parsed = crate::source::Pointer::parse(pointer).unwrap_or_default();
    let segments = parsed.segments();
    let generic = |s: &str| matches!(s, "schema" | "items" | "properties") || s.bytes().all(|b| b.is_ascii_digit());
    let mut from = segments.len().saturating_sub(1);
    while from > 0 && segments.get(from).is_some_and(|s| generic(s)) {
        from -= 1;
    }
    segments.get(from..).unwrap_or_default().iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" ")
}

/// Returns the description of a schema, or its title.
pub(crate) fn description(node: &Node) -> String {
    node.str_of("description").or_else(|| node.str_of("title")).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::openapi::{self, LoadOptions};
    use crate::source::{Loader, Origin};

    use super::*;

    #[test]
    fn a_long_chain_of_references_is_followed_to_its_end() {
        const LENGTH: usize = 2_000;
        let schema = |n: usize| {
            let next = (n + 1) % LENGTH;
            format!("    C{n}: {{type: object, properties: {{next: {{$ref: '#/components/schemas/C{next}'}}}}}}\n")
        };
        let schemas: String = (0..LENGTH).map(schema).collect();
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n{schemas}"
        );
        let (document, _, _) = openapi::load_text(&Loader::default(), &Origin::Stdin, text, &LoadOptions::default());
        let document = document.expect("a document");
        let mut models = Models::new(&document);
        models.define_components();
        assert_eq!(models.list.len(), LENGTH);
        assert!(models.list.iter().all(|model| matches!(model.kind, ModelKind::Struct { .. })));
        assert_eq!(models.diagnostics, []);
    }
}
