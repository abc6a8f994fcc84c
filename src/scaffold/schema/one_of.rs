//! Schemas of several types: `oneOf` and `anyOf`, with a discriminator and without.

use crate::scaffold::names::{self, Names};
use crate::scaffold::shape::{EnumVariant, Kind, Literal, ModelId, ModelKind, OneOfVariant, OwnRules, Shape};
use crate::source::{Diagnostic, Entry, Node};

use super::all_of::{both, without};
use super::keywords::{enumerated, is_only_constraint, is_only_null, schema_type};
use super::plain::{enum_variants, variant_name};
use super::{Models, component_pointer, pointer_name};

/// How many variants are combined with the properties beside them.
const MAX_DISTRIBUTED: usize = 64;

/// How many combined variants a document may have in all: circular ones would go on for ever.
const MAX_DISTRIBUTED_IN_ALL: usize = 20_000;

impl Models<'_> {
    /// Returns the shape of a `oneOf` or `anyOf`, or `None` when it says nothing about types.
    pub(super) fn one_of(&mut self, node: &Node, all: &Node, hint: &str, slot: Option<ModelId>) -> Option<Shape> {
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
        if let Some(shape) = self.constants(node, &schemas, hint, slot) {
            return Some(Shape { nullable, ..shape });
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

    /// Single values with a title or a description each, as OpenAPI 3.1 has them: one enum.
    fn constants(&mut self, node: &Node, schemas: &[Node], hint: &str, slot: Option<ModelId>) -> Option<Shape> {
        const SAYS: [&str; 6] = ["enum", "const", "type", "title", "description", "format"];
        let mut variants: Vec<(Literal, Option<String>, String)> = Vec::with_capacity(schemas.len());
        for schema in schemas {
            let values = enumerated(schema).filter(|_| schema.reference().is_none())?;
            let [value] = values.as_slice() else { return None };
            let of_integer = |value: &Node| value.as_i64().map(Literal::Integer);
            let literal = value.as_str().map(|text| Literal::Text(text.to_owned())).or_else(|| of_integer(value))?;
            let says_no_more =
                |entry: &Entry| SAYS.contains(&entry.key.text.as_str()) || entry.key.text.starts_with("x-");
            let is_new = variants.iter().all(|(known, ..)| {
                std::mem::discriminant(known) == std::mem::discriminant(&literal) && *known != literal
            });
            if !schema.entries().all(says_no_more) || !is_new {
                return None;
            }
            let title = schema.str_of("title").filter(|title| !title.trim().is_empty()).map(str::to_owned);
            variants.push((literal, title, schema.str_of("description").unwrap_or_default().to_owned()));
        }
        let is_said = variants.iter().any(|(_, title, doc)| title.is_some() || !doc.is_empty());
        if !is_said {
            return None;
        }
        let mut taken = Names::default();
        let variants = variants
            .into_iter()
            .map(|(value, title, doc)| {
                let wanted = match (&title, &value) {
                    (Some(title), _) => names::type_name(title),
                    (None, value) => variant_name(value),
                };
                EnumVariant { name: taken.unique(wanted, ""), value, doc }
            })
            .collect();
        Some(self.defined(node, hint, slot, |_, _| ModelKind::Enum { variants, open: false }))
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
            let shapes: Vec<Shape> = schemas.iter().map(|schema| self.shape(schema, hint)).collect();
            // Where each has a type that not every text is of, these tell them apart.
            let is_typed = |shape: &Shape| {
                let kind = &self.without_aliases(shape).kind;
                matches!(kind, Kind::Date | Kind::DateTime | Kind::Uuid | Kind::Base64)
            };
            if shapes.iter().all(is_typed) {
                return None;
            }
            let rules: Vec<OwnRules> = shapes.iter().map(|shape| self.without_aliases(shape).rules.clone()).collect();
            let (first, rest) = rules.split_first()?;
            let either = rest.iter().fold((**first).clone(), |rules, other| rules.either(other));
            if rules.iter().any(|rules| **rules != either) {
                let message = "texts with different rules are one type in Rust; only what all say is checked";
                self.diagnostics.push(Diagnostic::warning("one-of-not-checked", node.span, message));
            }
            return Some(Shape { rules: either.into(), ..Shape::of(Kind::Str) });
        }
        Some(self.defined(node, hint, slot, |_, _| ModelKind::Enum {
            variants: enum_variants(&literals, free, &[], &[]),
            open: free,
        }))
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
            if let Some(known) = variants.iter_mut().find(|known| known.shape.kind == shape.kind) {
                if known.shape.rules != shape.rules {
                    // A value that keeps to the rules of either is right.
                    known.shape.rules = known.shape.rules.either(&shape.rules).into();
                    let message = "several of these are one type in Rust; of their rules, only what all say is checked";
                    self.diagnostics.push(Diagnostic::warning("one-of-not-checked", schema.span, message));
                }
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
            Kind::I32 | Kind::I64 | Kind::U64 => "Integer".into(),
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
}
