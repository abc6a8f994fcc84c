//! Schemas to shapes and models.
//!
//! Nothing here fails: what Rust's types cannot say becomes `serde_json::Value`, and a finding says so.

use std::collections::{HashMap, HashSet};

use crate::openapi::Document;
use crate::source::{Diagnostic, Entry, Key, Mapping, Node, Number, Span, Value};

use super::names::{self, Names};
use super::shape::{
    EnumVariant, Extra, Field, Kind, Literal, Model, ModelId, ModelKind, OneOfVariant, Pattern, Rules, Shape,
    TextFormat,
};

/// How deep inline schemas are followed.
const MAX_DEPTH: usize = 48;

/// How many variants are combined with the properties beside them.
const MAX_DISTRIBUTED: usize = 64;

/// How many combined variants a document may have in all: circular ones would go on for ever.
const MAX_DISTRIBUTED_IN_ALL: usize = 20_000;

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
    distributed: usize,
    /// The models that stand for schemas of which `null` is a value.
    nullable: HashSet<ModelId>,
    /// The patterns met, each compiled once.
    patterns: HashMap<String, Option<regex::Regex>>,
}

impl<'d> Models<'d> {
    /// Returns the models of the document's named schemas.
    pub(crate) fn new(document: &'d Document) -> Self {
        let mut models = Self {
            document,
            list: Vec::new(),
            diagnostics: Vec::new(),
            by_pointer: HashMap::new(),
            component_names: HashMap::new(),
            by_span: HashMap::new(),
            names: Names::default(),
            depth: 0,
            distributed: 0,
            nullable: HashSet::new(),
            patterns: HashMap::new(),
        };
        for entry in models.components() {
            let name = models.names.unique(names::model_name(&entry.key.text), "");
            models.component_names.insert(component_pointer(&entry.key.text), name);
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
                Shape { kind: Kind::Model(id), rules: Rules::default(), nullable }
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
        // Each reference followed counts for less than an inline level: chains of references are long and finite.
        let depth = self.depth;
        self.depth = depth / 2 + 1;
        let mut shape = self.shape_within(target, &name, Some(id));
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
        id
    }

    fn begin(&mut self, name: String, node: &Node) -> ModelId {
        self.list.push(Model {
            name,
            doc: description(node),
            kind: ModelKind::Pending,
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
                self.by_span.entry(node.span).or_default().push((node.clone(), id));
                id
            }
        };
        let name = self.list[id].name.clone();
        let kind = define(self, &name);
        self.list[id].kind = kind;
        Shape::of(Kind::Model(id))
    }

    /// A schema without `allOf`.
    fn plain(&mut self, node: &Node, hint: &str, slot: Option<ModelId>) -> Shape {
        for key in ["oneOf", "anyOf"] {
            if let Some(variants) = node.get(key).filter(|v| v.items().len() > 0)
                && let Some(shape) = self.one_of(node, variants, hint, slot)
            {
                return shape;
            }
        }
        if let Some(values) = enumerated(node)
            && let Some(shape) = self.enumeration(node, &values, hint, slot)
        {
            return shape;
        }
        match schema_type(node) {
            Some("object") => self.object(node, hint, slot),
            Some("array") => {
                let item = match node.get("items") {
                    Some(items) => self.shape(items, &item_hint(hint)),
                    None => Shape::of(Kind::Json),
                };
                Shape { rules: size_rules(node, "Items"), ..Shape::of(Kind::List(Box::new(item))) }
            }
            Some("string") => self.text(node),
            Some("integer") => {
                let kind = match node.str_of("format") {
                    Some("int32" | "int16" | "int8" | "uint8" | "uint16") if fits_i32(node) => Kind::I32,
                    _ => Kind::I64,
                };
                Shape { rules: number_rules(node), ..Shape::of(kind) }
            }
            Some("number") => {
                let kind = match node.str_of("format") {
                    Some("float") => Kind::F32,
                    Some("int32") if fits_i32(node) => Kind::I32,
                    Some("int64") => Kind::I64,
                    _ => Kind::F64,
                };
                Shape { rules: number_rules(node), ..Shape::of(kind) }
            }
            Some("boolean") => Shape::of(Kind::Bool),
            Some("null") | None => Shape::of(Kind::Json),
            Some("file") => Shape::of(Kind::Binary),
            Some(other) => {
                self.inexpressible(node, &format!("there is no type `{other}`"));
                Shape::of(Kind::Json)
            }
        }
    }

    fn text(&mut self, node: &Node) -> Shape {
        let mut rules = size_rules(node, "Length");
        let kind = match node.str_of("format") {
            Some("date-time") => Kind::DateTime,
            Some("date") => Kind::Date,
            Some("uuid") => Kind::Uuid,
            Some("byte") => Kind::Base64,
            Some("binary") => Kind::Binary,
            format => {
                rules.format = match format {
                    Some("email") => Some(TextFormat::Email),
                    Some("ipv4") => Some(TextFormat::Ipv4),
                    Some("ipv6") => Some(TextFormat::Ipv6),
                    Some("uri" | "url") => Some(TextFormat::Uri),
                    _ => None,
                };
                Kind::Str
            }
        };
        if kind != Kind::Str {
            return Shape::of(kind);
        }
        if let Some(pattern) = node.get("pattern").filter(|p| p.as_str().is_some()) {
            let text = pattern.as_str().unwrap_or_default();
            let compiled = self.patterns.entry(text.to_owned()).or_insert_with(|| super::pattern::compiled(text));
            if let Some(regex) = compiled {
                rules.pattern = Some(Pattern { regex: regex.clone(), source: text.to_owned() });
            } else {
                let message = format!("the pattern `{text}` has no equal in Rust's `regex`, so it is not checked");
                self.diagnostics.push(Diagnostic::warning("pattern-not-checked", pattern.span, message));
            }
        }
        Shape { rules, ..Shape::of(kind) }
    }

    fn object(&mut self, node: &Node, hint: &str, slot: Option<ModelId>) -> Shape {
        let properties = node.get("properties").map(Node::entries).unwrap_or_default();
        let additional = node.get("additionalProperties");
        if properties.len() == 0 && additional.and_then(Node::as_bool) != Some(false) {
            let value = match additional {
                Some(schema) if schema.as_map().is_some_and(|m| !m.is_empty()) => {
                    self.shape(schema, &format!("{hint}Value"))
                }
                _ => Shape::of(Kind::Json),
            };
            return Shape { rules: size_rules(node, "Properties"), ..Shape::of(Kind::Map(Box::new(value))) };
        }
        self.defined(node, hint, slot, |models, name| models.structure(node, name))
    }

    fn structure(&mut self, node: &Node, name: &str) -> ModelKind {
        let required: HashSet<&str> =
            node.get("required").map(Node::items).unwrap_or_default().filter_map(Node::as_str).collect();
        let mut taken = Names::default();
        let mut fields = Vec::new();
        for entry in node.get("properties").map(Node::entries).unwrap_or_default() {
            let wire = entry.key.text.as_str();
            let shape = self.shape(&entry.value, &format!("{name}{}", names::type_name(wire)));
            let target = self.document.resolved(&entry.value);
            let flag =
                |key: &str| [&entry.value, target].iter().any(|n| n.get(key).and_then(Node::as_bool) == Some(true));
            let default = [&entry.value, target].iter().find_map(|n| n.get("default")).map(Node::to_json);
            fields.push(Field {
                name: taken.unique(names::field_name(wire), "_"),
                wire: wire.to_owned(),
                doc: description(&entry.value),
                required: required.contains(wire),
                read_only: flag("readOnly"),
                write_only: flag("writeOnly"),
                deprecated: flag("deprecated"),
                default: default.filter(|value| !value.is_null()),
                boxed: false,
                shape,
            });
        }
        let extra = match node.get("additionalProperties") {
            Some(schema) if schema.as_bool() == Some(false) => Extra::Deny,
            Some(schema) if schema.as_bool() == Some(true) => Extra::Keep(Shape::of(Kind::Json)),
            Some(schema) if schema.as_map().is_some() => Extra::Keep(self.shape(schema, &format!("{name}Value"))),
            _ => Extra::Ignore,
        };
        ModelKind::Struct { fields, extra, size: size_rules(node, "Properties") }
    }

    fn enumeration(&mut self, node: &Node, values: &[Node], hint: &str, slot: Option<ModelId>) -> Option<Shape> {
        let typed = schema_type(node);
        let as_text = |value: &Node| match typed {
            Some("string") => value.scalar_text().map(|text| Literal::Text(text.to_string())),
            Some("integer" | "number") => value.as_i64().map(Literal::Integer),
            None => value
                .as_str()
                .map(|text| Literal::Text(text.to_owned()))
                .or_else(|| value.as_i64().map(Literal::Integer)),
            _ => None,
        };
        let literals: Vec<Literal> = values.iter().filter(|v| !v.is_null()).map(as_text).collect::<Option<_>>()?;
        let texts = literals.iter().filter(|l| matches!(l, Literal::Text(_))).count();
        if literals.is_empty() || (texts != 0 && texts != literals.len()) {
            return None;
        }
        let open = node.get("x-extensible-enum").is_some();
        Some(self.defined(node, hint, slot, |_, _| ModelKind::Enum { variants: enum_variants(literals, open), open }))
    }

    /// Returns the shape of a `oneOf` or `anyOf`, or `None` when it says nothing about types.
    fn one_of(&mut self, node: &Node, all: &Node, hint: &str, slot: Option<ModelId>) -> Option<Shape> {
        let base = without(node, &["oneOf", "anyOf", "discriminator", "nullable", "description", "title", "example"]);
        let base_has_members = base.get("properties").is_some_and(|p| p.entries().len() > 0);
        let mut nullable = false;
        let mut schemas: Vec<Node> = Vec::new();
        for variant in all.items() {
            let target = self.document.resolved(variant);
            if is_only_null(target) {
                nullable = true;
            } else if variant.reference().is_none() && is_only_constraint(target) {
                // `anyOf: [{required: [a]}, {required: [b]}]` restricts members without adding a type.
            } else {
                schemas.push(variant.clone());
            }
        }
        if schemas.is_empty() {
            return if nullable && schema_type(&base).is_none() && !base_has_members {
                Some(Shape::of(Kind::Json))
            } else {
                None
            };
        }
        if base_has_members {
            self.distributed += schemas.len();
            if schemas.len() > MAX_DISTRIBUTED || self.distributed > MAX_DISTRIBUTED_IN_ALL {
                self.inexpressible(node, "too many variants beside properties");
                return Some(Shape::of(Kind::Json));
            }
            schemas = schemas.into_iter().map(|variant| both(&base, variant)).collect();
        }
        if schemas.len() == 1 {
            let only = schemas.remove(0);
            let mut shape = self.shape_within(&only, hint, slot);
            shape.nullable |= nullable;
            return Some(shape);
        }
        if let Some(shape) = self.texts(node, &schemas, hint, slot) {
            return Some(Shape { nullable, ..shape });
        }
        let mut shape = self.defined(node, hint, slot, |models, name| models.variants(node, &schemas, name));
        // Variants that turn out to be one type need no enum around it.
        if let Kind::Model(id) = shape.kind
            && let ModelKind::Alias(only) = &self.list[id].kind
            && slot.is_none()
        {
            shape = only.clone();
        }
        shape.nullable |= nullable;
        Some(shape)
    }

    /// Texts, some of them with fixed values: an open enum, or simply a text.
    fn texts(&mut self, node: &Node, schemas: &[Node], hint: &str, slot: Option<ModelId>) -> Option<Shape> {
        let targets: Vec<&Node> = schemas.iter().map(|schema| self.document.resolved(schema)).collect();
        let plain_text = |schema: &Node| {
            schema_type(schema) == Some("string")
                && !["oneOf", "anyOf", "allOf"].iter().any(|k| schema.get(k).is_some())
        };
        if !targets.iter().all(|schema| plain_text(schema)) {
            return None;
        }
        let mut literals: Vec<Literal> = Vec::new();
        let mut free = false;
        for target in targets {
            match enumerated(target) {
                Some(values) => literals
                    .extend(values.iter().filter_map(Node::scalar_text).map(|text| Literal::Text(text.to_string()))),
                None => free = true,
            }
        }
        if literals.is_empty() {
            return Some(Shape::of(Kind::Str));
        }
        Some(
            self.defined(node, hint, slot, |_, _| ModelKind::Enum {
                variants: enum_variants(literals, free),
                open: free,
            }),
        )
    }

    fn variants(&mut self, node: &Node, schemas: &[Node], name: &str) -> ModelKind {
        let discriminator = node.get("discriminator");
        let tag = discriminator.and_then(|d| d.str_of("propertyName").or_else(|| d.as_str())).map(str::to_owned);
        let mapping: Vec<(String, String)> = discriminator
            .and_then(|d| d.get("mapping"))
            .map(Node::entries)
            .unwrap_or_default()
            .filter_map(|e| Some((e.key.text.to_string(), self.mapped(e.value.as_str()?)?)))
            .collect();
        let mut taken = Names::default();
        let mut variants: Vec<OneOfVariant> = Vec::new();
        for (index, schema) in schemas.iter().enumerate() {
            let target = self.target(schema).map(|(pointer, _)| pointer);
            let plain = target.as_deref().map(pointer_name);
            let title = schema.str_of("title").map(str::to_owned);
            let shape_hint = match (&plain, &title) {
                (Some(plain), _) => plain.clone(),
                (None, Some(title)) => format!("{name}{}", names::type_name(title)),
                (None, None) => format!("{name}Variant{}", index + 1),
            };
            let shape = self.shape(schema, &shape_hint);
            if variants.iter().any(|known| known.shape.kind == shape.kind) {
                continue;
            }
            let wanted = plain.clone().or(title).unwrap_or_else(|| self.kind_name(&shape, index));
            let mut tags: Vec<String> = Vec::new();
            if let (Some(_), Some(target)) = (&tag, &target) {
                tags.extend(mapping.iter().filter(|(_, to)| to == target).map(|(tag, _)| tag.clone()));
                if tags.is_empty() {
                    tags.extend(plain);
                }
            }
            let name = taken.unique(names::type_name(&wanted), "");
            variants.push(OneOfVariant { name, shape, tags, boxed: false });
        }
        if variants.len() == 1 {
            return ModelKind::Alias(Shape { nullable: false, ..variants.remove(0).shape });
        }
        let tagged = tag.is_some() && variants.iter().all(|v| !v.tags.is_empty() && self.is_struct(&v.shape));
        if !tagged {
            // The variant that asks for most is tried first, so that a lesser one does not shadow it.
            variants.sort_by_key(|variant| std::cmp::Reverse(self.demands(&variant.shape)));
        }
        ModelKind::OneOf { variants, tag: tag.filter(|_| tagged) }
    }

    /// Returns the pointer that a value of `discriminator.mapping` means: a reference, or a schema's name.
    fn mapped(&self, text: &str) -> Option<String> {
        match text.strip_prefix('#') {
            Some(fragment) => Some(crate::source::Pointer::parse_fragment(fragment)?.to_string()),
            None => Some(component_pointer(text)),
        }
    }

    fn is_struct(&self, shape: &Shape) -> bool {
        match &self.without_aliases(shape).kind {
            Kind::Model(id) => {
                matches!(self.list[*id].kind, ModelKind::Struct { .. } | ModelKind::OneOf { .. } | ModelKind::Pending)
            }
            Kind::Map(_) => true,
            _ => false,
        }
    }

    /// Returns how much a value must have to be of this shape: types before texts, more required members first.
    fn demands(&self, shape: &Shape) -> usize {
        let shape = self.without_aliases(shape);
        match &shape.kind {
            Kind::Json => 0,
            Kind::Str | Kind::Binary => 1,
            Kind::Map(_) => 2,
            Kind::F32 | Kind::F64 => 3,
            Kind::Model(id) => match &self.list[*id].kind {
                ModelKind::Struct { fields, .. } => {
                    10 + fields.iter().filter(|f| f.required).count() * 100 + fields.len()
                }
                _ => 5,
            },
            _ => 4,
        }
    }

    fn kind_name(&self, shape: &Shape, index: usize) -> String {
        match &shape.kind {
            Kind::Bool => "Boolean".into(),
            Kind::I32 | Kind::I64 => "Integer".into(),
            Kind::F32 | Kind::F64 => "Number".into(),
            Kind::Str => "Text".into(),
            Kind::DateTime => "DateTime".into(),
            Kind::Date => "Date".into(),
            Kind::Uuid => "Uuid".into(),
            Kind::Base64 | Kind::Binary => "Bytes".into(),
            Kind::Json => "Any".into(),
            Kind::List(_) => "List".into(),
            Kind::Map(_) => "Object".into(),
            Kind::Model(_) => format!("Variant{}", index + 1),
        }
    }

    fn all_of(&mut self, node: &Node, hint: &str, slot: Option<ModelId>) -> Shape {
        let mut members = Vec::new();
        let mut nullable = false;
        self.collect(node, &mut HashSet::new(), &mut members, 0);
        members.retain(|member| {
            nullable |= is_nullable(member);
            !is_annotation(member)
        });
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
        self.plain(&merged, hint, slot)
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

/// Returns the name of what a list named `hint` holds.
fn item_hint(hint: &str) -> String {
    format!("{hint}Item")
}

/// Returns the type of a schema: as written, the only one but `null` of a list, or told from its keywords.
fn schema_type(node: &Node) -> Option<&str> {
    match node.get("type").map(|t| &t.value) {
        Some(Value::String(text)) => return Some(text),
        Some(Value::Sequence(items)) => {
            let mut types = items.iter().filter_map(Node::as_str).filter(|t| *t != "null");
            let first = types.next();
            return if types.next().is_none() { first.or(Some("null")) } else { None };
        }
        _ => {}
    }
    let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    if has(&["properties", "additionalProperties", "minProperties", "maxProperties"]) {
        Some("object")
    } else if has(&["items", "minItems", "maxItems", "uniqueItems"]) {
        Some("array")
    } else if has(&["pattern", "minLength", "maxLength"]) {
        Some("string")
    } else {
        None
    }
}

fn is_nullable(node: &Node) -> bool {
    let flagged = |key: &str| node.get(key).and_then(Node::as_bool) == Some(true);
    flagged("nullable")
        || flagged("x-nullable")
        || node.get("type").map(Node::items).unwrap_or_default().any(|t| t.as_str() == Some("null"))
        || node.get("enum").map(Node::items).unwrap_or_default().any(Node::is_null)
}

fn is_only_null(node: &Node) -> bool {
    node.str_of("type") == Some("null")
        || node.get("enum").is_some_and(|e| e.items().len() > 0 && e.items().all(Node::is_null))
        || (node.as_map().is_some_and(|m| m.len() == 1) && node.get("nullable").is_some())
}

/// Returns whether a schema restricts without naming a type.
fn is_only_constraint(node: &Node) -> bool {
    const TYPING: &[&str] = &[
        "type",
        "properties",
        "items",
        "enum",
        "const",
        "allOf",
        "oneOf",
        "anyOf",
        "additionalProperties",
        "$ref",
        "pattern",
        "minLength",
        "maxLength",
        "format",
    ];
    node.as_map().is_some_and(|m| !m.is_empty()) && !TYPING.iter().any(|key| node.get(key).is_some())
}

/// Returns whether a schema only describes.
fn is_annotation(node: &Node) -> bool {
    node.entries().all(|entry| {
        let key = entry.key.text.as_str();
        key.starts_with("x-")
            || matches!(
                key,
                "description"
                    | "title"
                    | "nullable"
                    | "example"
                    | "examples"
                    | "default"
                    | "deprecated"
                    | "readOnly"
                    | "writeOnly"
                    | "externalDocs"
                    | "xml"
                    | "$comment"
            )
    })
}

fn enumerated(node: &Node) -> Option<Vec<Node>> {
    if let Some(value) = node.get("const") {
        return Some(vec![value.clone()]);
    }
    let values = node.get("enum").or_else(|| node.get("x-extensible-enum"))?.as_seq()?;
    values.iter().any(|value| !value.is_null()).then(|| values.to_vec())
}

fn enum_variants(literals: Vec<Literal>, open: bool) -> Vec<EnumVariant> {
    let mut seen = HashSet::new();
    let mut taken = Names::default();
    if open {
        taken.reserve("Unknown");
    }
    let mut variants = Vec::new();
    for value in literals {
        if !seen.insert(value.clone()) {
            continue;
        }
        let wanted = match &value {
            Literal::Text(text) => names::type_name(text),
            Literal::Integer(n) if *n < 0 => format!("Minus{}", n.unsigned_abs()),
            Literal::Integer(n) => format!("N{n}"),
        };
        variants.push(EnumVariant { name: taken.unique(wanted, ""), value });
    }
    variants
}

/// Returns the schema without some keywords.
fn without(node: &Node, keys: &[&str]) -> Node {
    let Some(schema) = node.as_map() else { return node.clone() };
    let kept: Mapping = schema.iter().filter(|e| !keys.contains(&e.key.text.as_str())).cloned().collect();
    Node::mapping(kept, node.span)
}

/// Returns `{allOf: [base, variant]}` in the variant's place.
fn both(base: &Node, variant: Node) -> Node {
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
        for entry in member.entries() {
            let key = entry.key.text.as_str();
            match key {
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

fn count(node: &Node, key: &str) -> Option<u64> {
    node.get(key).and_then(Node::as_i64).and_then(|n| u64::try_from(n).ok())
}

fn size_rules(node: &Node, of: &str) -> Rules {
    Rules {
        min_size: count(node, &format!("min{of}")).filter(|n| *n > 0),
        max_size: count(node, &format!("max{of}")),
        unique: of == "Items" && node.get("uniqueItems").and_then(Node::as_bool) == Some(true),
        ..Rules::default()
    }
}

fn number_rules(node: &Node) -> Rules {
    let bound = |key: &str, exclusive: &str| -> Option<(Number, bool)> {
        match node.get(exclusive) {
            Some(flag) if flag.as_number().is_some() => flag.as_number().map(|n| (n.clone(), true)),
            flag => {
                let number = node.get(key)?.as_number()?.clone();
                Some((number, flag.and_then(Node::as_bool) == Some(true)))
            }
        }
    };
    Rules {
        minimum: bound("minimum", "exclusiveMinimum"),
        maximum: bound("maximum", "exclusiveMaximum"),
        multiple_of: node.get("multipleOf").and_then(Node::as_number).filter(|n| n.as_f64() > 0.0).cloned(),
        ..Rules::default()
    }
}

/// Returns whether the bounds of an `int32` are those of one: some documents say `int32` and give larger numbers.
fn fits_i32(node: &Node) -> bool {
    ["minimum", "maximum", "example", "default"].iter().all(|key| match node.get(key).and_then(Node::as_number) {
        Some(n) => n.as_f64().abs() <= f64::from(i32::MAX),
        None => true,
    })
}
