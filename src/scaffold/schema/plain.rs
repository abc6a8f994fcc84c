//! Schemas of one type: texts, numbers, lists, objects, and enums of fixed values.

use ahash::AHashSet as HashSet;
use serde_json::json;

use crate::scaffold::names::{self, Names};
use crate::scaffold::pattern;
use crate::scaffold::shape::{
    EnumVariant, Extra, Field, Kind, Literal, ModelId, ModelKind, Pattern, Shape, TextFormat,
};
use crate::source::{Diagnostic, Entry, Key, Mapping, Node};

use super::all_of::without;
use super::keywords::{
    Counted, enumerated, fits_i32, integer_rules, is_only_null, is_u64, number_rules, schema_type, size_rules,
};
use super::{Models, description};

impl Models<'_> {
    /// A schema without `allOf`.
    pub(super) fn plain(&mut self, node: &Node, hint: &str, slot: Option<ModelId>) -> Shape {
        let (typed, also) = self.split(node, &[]);
        if also.is_empty() {
            return self.typed(node, hint, slot);
        }
        let before = self.list.len();
        let mut shape = self.typed(typed.as_ref().unwrap_or(node), hint, slot);
        self.restrict(&mut shape, node, &also, before, slot);
        shape
    }

    /// A schema that says nothing beyond its type and the bounds of its values.
    fn typed(&mut self, node: &Node, hint: &str, slot: Option<ModelId>) -> Shape {
        // Fixed values beside `oneOf` are among its own, and fewer.
        let fixed = if node.get("enum").is_some() || node.get("const").is_some() { enumerated(node) } else { None };
        if let Some(values) = &fixed {
            if let Some(shape) = self.enumeration(node, values, hint, slot) {
                return shape;
            }
            let before = self.list.len();
            let mut shape = self.typed(&without(node, &["enum", "const"]), hint, slot);
            if shape.kind == Kind::F32 {
                // Its values are written with all their digits.
                shape.kind = Kind::F64;
            }
            let key = Key { text: "enum".into(), span: node.span };
            let mut only = Mapping::new();
            only.push(Entry { key, value: Node::sequence(values.iter().cloned(), node.span) });
            self.restrict(&mut shape, node, &[Node::mapping(only, node.span)], before, slot);
            return shape;
        }
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
                Shape { rules: size_rules(node, Counted::Items).into(), ..Shape::of(Kind::List(Box::new(item))) }
            }
            Some("string") => self.text(node),
            Some("integer") => {
                let kind = match node.str_of("format") {
                    Some("int32" | "int16" | "int8" | "uint8" | "uint16") if fits_i32(node) => Kind::I32,
                    _ if is_u64(node) => Kind::U64,
                    _ => Kind::I64,
                };
                self.tell_of_refused_integers(node, &kind);
                let (least, most) = match kind {
                    Kind::I32 => (i64::from(i32::MIN), i64::from(i32::MAX)),
                    Kind::U64 => (0, i64::MAX),
                    _ => (i64::MIN, i64::MAX),
                };
                let mut rules = integer_rules(node);
                // Every value of the type keeps to these.
                rules.minimum =
                    rules.minimum.filter(|(n, exclusive)| *exclusive || n.as_i64().is_none_or(|n| n > least));
                rules.maximum = rules
                    .maximum
                    .filter(|(n, exclusive)| *exclusive || n.as_i64().is_none_or(|n| n < most) || kind == Kind::U64);
                Shape { rules: rules.into(), ..Shape::of(kind) }
            }
            Some("number") => {
                let kind = match node.str_of("format") {
                    Some("float") => Kind::F32,
                    Some("int32") if fits_i32(node) => Kind::I32,
                    Some("int64") => Kind::I64,
                    _ => Kind::F64,
                };
                Shape { rules: number_rules(node).into(), ..Shape::of(kind) }
            }
            Some("boolean") => Shape::of(Kind::Bool),
            // `type: "null"` of OpenAPI 3.1 has become the one value by the time it is here.
            kind if kind == Some("null") || (kind.is_none() && node.get("enum").is_some() && is_only_null(node)) => {
                let mut shape = Shape::of(Kind::Json);
                self.asked(&mut shape, json!({ "enum": [null] }));
                shape
            }
            None => Shape::of(Kind::Json),
            Some("file") => Shape::of(Kind::Binary),
            Some(other) => {
                self.inexpressible(node, &format!("there is no type `{other}`"));
                Shape::of(Kind::Json)
            }
        }
    }

    /// Says which integers that a schema allows are beyond their type.
    fn tell_of_refused_integers(&mut self, node: &Node, kind: &Kind) {
        let (least, most) =
            if *kind == Kind::U64 { (0.0, 2.0_f64.powi(64)) } else { (-2.0_f64.powi(63), 2.0_f64.powi(63)) };
        for (key, what) in [("minimum", "less than"), ("maximum", "more than")] {
            let Some(bound) = node.get(key) else { continue };
            let is_beyond = bound.as_number().is_some_and(|n| {
                n.as_i64().is_none() && {
                    let n = n.as_f64();
                    if key == "minimum" { n < least } else { n > most || (n == most && *kind != Kind::U64) }
                }
            });
            if is_beyond {
                let (ty, limit) = match (kind, key) {
                    (Kind::U64, "minimum") => ("u64", "0".to_owned()),
                    (Kind::U64, _) => ("u64", u64::MAX.to_string()),
                    (_, "minimum") => ("i64", i64::MIN.to_string()),
                    _ => ("i64", i64::MAX.to_string()),
                };
                let message = format!("integers {what} {limit} are refused, as their type is `{ty}`");
                self.diagnostics.push(Diagnostic::info("integer-beyond-type", bound.span, message));
            }
        }
    }

    fn text(&mut self, node: &Node) -> Shape {
        let mut rules = size_rules(node, Counted::Characters);
        let kind = match node.str_of("format") {
            Some("date-time") => Kind::DateTime,
            Some("date") => Kind::Date,
            Some("uuid") => Kind::Uuid,
            Some("byte") => Kind::Base64,
            Some("binary") => Kind::Binary,
            format => {
                rules.format = match format {
                    Some("decimal") => Some(TextFormat::Decimal),
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
            let compiled = self.patterns.entry(text.to_owned()).or_insert_with(|| pattern::compiled(text));
            if let Some(regex) = compiled {
                rules.pattern = Some(Box::new(Pattern { regex: regex.clone(), source: text.to_owned() }));
            } else {
                let message = format!("the pattern `{text}` has no equal in Rust's `regex`, so it is not checked");
                self.diagnostics.push(Diagnostic::warning("pattern-not-checked", pattern.span, message));
            }
        }
        Shape { rules: rules.into(), ..Shape::of(kind) }
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
            let rules = size_rules(node, Counted::Members).into();
            let mut shape = Shape { rules, ..Shape::of(Kind::Map(Box::new(value))) };
            if let Some(required) = node.get("required").filter(|names| names.items().len() > 0) {
                self.asked(&mut shape, json!({ "required": required.to_json() }));
            }
            return shape;
        }
        self.defined(node, hint, slot, |models, name| models.structure(node, name))
    }

    fn structure(&mut self, node: &Node, name: &str) -> ModelKind {
        let required: HashSet<&str> =
            node.get("required").map(Node::items).unwrap_or_default().filter_map(Node::as_str).collect();
        let mut taken = Names::default();
        // The field of the members that have none of their own.
        if node.get("additionalProperties").is_some_and(|extra| extra.as_bool() != Some(false)) {
            taken.reserve("additional");
        }
        let properties = node.get("properties").map(Node::entries).unwrap_or_default();
        let mut fields = Vec::with_capacity(properties.len());
        for entry in properties {
            let wire = entry.key.text.as_str();
            let hint = if is_named(&entry.value) { format!("{name}{}", names::type_name(wire)) } else { String::new() };
            let shape = self.shape(&entry.value, &hint);
            let target = self.document.resolved(&entry.value);
            let flag =
                |key: &str| [&entry.value, target].iter().any(|n| n.get(key).and_then(Node::as_bool) == Some(true));
            let default = [&entry.value, target].iter().find_map(|n| n.get("default"));
            fields.push(Field {
                name: taken.unique(names::field_name(wire), "_"),
                wire: wire.to_owned(),
                doc: description(&entry.value),
                required: required.contains(wire),
                read_only: flag("readOnly"),
                write_only: flag("writeOnly"),
                deprecated: flag("deprecated"),
                default: default.filter(|value| !value.is_null()).map(|value| Box::new((value.to_json(), value.span))),
                filled: None,
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
        let named: HashSet<&str> = node
            .get("properties")
            .map(Node::entries)
            .unwrap_or_default()
            .map(|entry| entry.key.text.as_str())
            .collect();
        for wire in node.get("required").map(Node::items).unwrap_or_default().filter_map(Node::as_str) {
            if named.contains(wire) {
                continue;
            }
            // A member that must be there and has no schema of its own has that of all others.
            let shape = match &extra {
                Extra::Keep(shape) => shape.clone(),
                Extra::Ignore => Shape::of(Kind::Json),
                Extra::Deny => continue,
            };
            if fields.iter().skip(named.len()).any(|field: &Field| field.wire == wire) {
                continue;
            }
            fields.push(Field {
                name: taken.unique(names::field_name(wire), "_"),
                wire: wire.to_owned(),
                doc: String::new(),
                required: true,
                read_only: false,
                write_only: false,
                deprecated: false,
                default: None,
                filled: None,
                boxed: false,
                shape,
            });
        }
        ModelKind::Struct { fields, extra, size: size_rules(node, Counted::Members).into() }
    }

    pub(super) fn enumeration(
        &mut self,
        node: &Node,
        values: &[Node],
        hint: &str,
        slot: Option<ModelId>,
    ) -> Option<Shape> {
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
        // What generators know of the values besides, one for each.
        let said = |keys: &[&str]| -> Vec<&str> {
            let lists = keys.iter().filter_map(|key| node.get(key)?.as_seq());
            let mut lists = lists.filter(|list| list.len() == literals.len());
            lists.next().map(|list| list.iter().filter_map(Node::as_str).collect()).unwrap_or_default()
        };
        let (names, docs) = (said(&["x-enum-varnames", "x-enumNames"]), said(&["x-enum-descriptions"]));
        let variants = enum_variants(&literals, open, &names, &docs);
        Some(self.defined(node, hint, slot, |_, _| ModelKind::Enum { variants, open }))
    }
}

/// Returns whether a type may come of a schema that is named after where it stands.
fn is_named(schema: &Node) -> bool {
    const DEFINING: &[&str] = &["enum", "const", "oneOf", "anyOf", "allOf", "x-extensible-enum"];
    let scalar = matches!(schema.str_of("type"), Some("string" | "integer" | "number" | "boolean"));
    !(schema.reference().is_some() || (scalar && !DEFINING.iter().any(|key| schema.get(key).is_some())))
}

/// Returns the name of what a list named `hint` holds.
fn item_hint(hint: &str) -> String {
    format!("{hint}Item")
}

/// Returns the variants of fixed values. `said` are names for them, and `docs` descriptions, where there is one for each.
pub(super) fn enum_variants(literals: &[Literal], open: bool, said: &[&str], docs: &[&str]) -> Vec<EnumVariant> {
    let mut seen = HashSet::new();
    let mut taken = Names::default();
    if open {
        taken.reserve("Unknown");
    }
    let mut variants = Vec::new();
    for (index, value) in literals.iter().enumerate() {
        if !seen.insert(value.clone()) {
            continue;
        }
        let own = said.get(index).filter(|_| said.len() == literals.len());
        let doc = docs.get(index).filter(|_| docs.len() == literals.len());
        variants.push(EnumVariant {
            name: taken.unique(own.map_or_else(|| variant_name(value), |name| names::type_name(name)), ""),
            value: value.clone(),
            doc: doc.map(|doc| (*doc).to_owned()).unwrap_or_default(),
        });
    }
    variants
}

pub(super) fn variant_name(value: &Literal) -> String {
    match value {
        Literal::Text(text) => names::type_name(text),
        Literal::Integer(n) if *n < 0 => format!("Minus{}", n.unsigned_abs()),
        Literal::Integer(n) => format!("N{n}"),
    }
}
