//! One schema as the differ reads it: references followed, `allOf` merged.
//!
//! A schema is a conjunction of *parts*: the schema object itself, the branches of its `allOf`, and
//! what those refer to. The questions asked here (which types, which bound, which properties) are
//! answered over all parts, so `allOf: [X]`, `$ref: X` and a copy of X are the same schema.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::openapi::{Document, Version};
use crate::source::{Entry, Node, Number, Span, Value};

/// The most parts one schema is merged from; what lies beyond is not read.
const MAX_PARTS: usize = 4096;

/// A schema, merged.
#[derive(Clone, Debug, Default)]
pub(super) struct Schema<'a> {
    /// The parts that say something, in the order they were met.
    pub(super) parts: Vec<&'a Node>,
    /// Whether `null` is valid because an alternative of only `null` was folded in.
    pub(super) null_branch: bool,
    /// Where the schema `false` was written, if it is a part.
    pub(super) never: Option<Span>,
}

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NULL: Self = Self(1);
    const BOOLEAN: Self = Self(2);
    const INTEGER: Self = Self(4);
    /// Numbers hold the integers.
    const NUMBER: Self = Self(4 | 8);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);
    /// Everything; no `type` at all.
    pub(super) const ANY: Self = Self(127);

    fn named(name: &str) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            // Swagger 2.0 `file`, and mistakes: some text.
            _ => Self::STRING,
        }
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the types in words: `integer or string`.
    pub(super) fn words(self) -> String {
        if self == Self::ANY || self == Self::ANY.without(Self::NULL) {
            return "any type".into();
        }
        let mut names = Vec::new();
        for (bits, name) in [
            (Self::STRING, "string"),
            (Self::NUMBER, "number"),
            (Self::INTEGER, "integer"),
            (Self::BOOLEAN, "boolean"),
            (Self::OBJECT, "object"),
            (Self::ARRAY, "array"),
            (Self::NULL, "null"),
        ] {
            if self.holds(bits) && !(name == "integer" && self.holds(Self::NUMBER)) {
                names.push(format!("`{name}`"));
            }
        }
        if names.is_empty() { "nothing".into() } else { names.join(" or ") }
    }
}

/// A property of a merged schema.
#[derive(Clone, Debug)]
pub(super) struct Property<'a> {
    /// What its value must match, all of it.
    pub(super) schemas: Vec<&'a Node>,
    /// Where its name was written first.
    pub(super) span: Span,
}

/// A number or length that values may not pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound<'a> {
    pub(super) value: f64,
    /// Whether the bound itself is not valid.
    pub(super) exclusive: bool,
    pub(super) node: &'a Node,
    pub(super) keyword: &'static str,
}

impl PartialEq for Bound<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value && self.exclusive == other.exclusive
    }
}

/// What a schema says about properties that it does not list.
#[derive(Clone, Debug)]
pub(super) enum Additional<'a> {
    Open,
    Closed(Span),
    Schema(Vec<&'a Node>),
}

/// The alternatives of one `oneOf` or `anyOf`.
#[derive(Clone, Debug)]
pub(super) struct Alternatives<'a> {
    pub(super) one: bool,
    pub(super) span: Span,
    pub(super) branches: Vec<&'a Node>,
}

impl<'a> Schema<'a> {
    /// Merges a conjunction of schemas.
    pub(super) fn merge(document: &'a Document, nodes: &[&'a Node]) -> Self {
        let mut merged = Self::default();
        let mut seen = HashSet::new();
        let mut waiting: Vec<&'a Node> = nodes.iter().rev().copied().collect();
        while let Some(node) = waiting.pop() {
            if merged.parts.len() >= MAX_PARTS || !seen.insert(address(node)) {
                continue;
            }
            let from = waiting.len();
            match &node.value {
                Value::Bool(false) => merged.never = merged.never.or(Some(node.span)),
                Value::Mapping(mapping) => {
                    if node.reference().is_some() {
                        let target = document.resolved(node);
                        if address(target) != address(node) {
                            waiting.push(target);
                        }
                        // OpenAPI 3.0 ignores what stands beside a reference; 3.1 does not.
                        if document.version() == Version::V31 && mapping.len() > 1 {
                            merged.parts.push(node);
                        }
                    } else {
                        merged.parts.push(node);
                        merged.fold_alternatives(document, node, &mut waiting);
                    }
                    waiting.extend(node.get("allOf").map(Node::items).unwrap_or_default());
                    waiting[from..].reverse();
                }
                _ => {}
            }
        }
        merged
    }

    /// Folds in a `oneOf` or `anyOf` that has one alternative besides `null`.
    fn fold_alternatives(&mut self, document: &'a Document, node: &'a Node, waiting: &mut Vec<&'a Node>) {
        for keyword in ["oneOf", "anyOf"] {
            let Some(all) = node.get(keyword).and_then(Node::as_seq) else { continue };
            let mut others = all.iter().filter(|branch| !is_null(document, branch));
            if let (Some(only), None) = (others.next(), others.next()) {
                self.null_branch |= all.len() > 1;
                waiting.push(only);
            }
        }
    }

    /// Returns the members of this name in all parts.
    pub(super) fn all(&self, keyword: &str) -> impl Iterator<Item = &'a Node> {
        self.parts.iter().filter_map(move |part| part.get(keyword))
    }

    /// Returns the first member of this name.
    pub(super) fn first(&self, keyword: &str) -> Option<&'a Node> {
        self.parts.iter().find_map(|part| part.get(keyword))
    }

    /// Returns the first member of this name, key and value.
    pub(super) fn first_entry(&self, keyword: &str) -> Option<&'a Entry> {
        self.parts.iter().find_map(|part| part.entry(keyword))
    }

    /// Returns whether a part says `keyword: true`.
    pub(super) fn is(&self, keyword: &str) -> bool {
        self.all(keyword).any(|node| node.as_bool() == Some(true))
    }

    /// Returns where the schema was written.
    pub(super) fn span(&self) -> Option<Span> {
        self.parts.first().map(|part| part.span).or(self.never)
    }

    /// Returns the valid types.
    pub(super) fn types(&self, document: &'a Document) -> Types {
        let mut types = Types::ANY;
        let mut nullable = self.null_branch;
        let mut any = false;
        for part in &self.parts {
            let flag = part.get("nullable").and_then(Node::as_bool) == Some(true);
            match part.get("type") {
                Some(node) => {
                    let mut own = match &node.value {
                        Value::Sequence(items) => {
                            items.iter().filter_map(Node::as_str).map(Types::named).fold(Types(0), Types::or)
                        }
                        Value::String(name) => Types::named(name),
                        _ => Types::ANY,
                    };
                    if flag {
                        own = own.or(Types::NULL);
                    }
                    any = true;
                    types = types.and(own);
                }
                // `nullable` beside an `allOf` or a reference is meant for what it stands beside.
                None => nullable |= flag,
            }
            for keyword in ["oneOf", "anyOf"] {
                if let Some(own) = plain_union(document, part.get(keyword)) {
                    any = true;
                    types = types.and(own);
                }
            }
        }
        if !any {
            return Types::ANY;
        }
        if nullable { types.or(Types::NULL) } else { types }
    }

    /// Returns the `format`, unless it is one among types that it says nothing about.
    pub(super) fn format(&self) -> Option<&'a Node> {
        self.all("format").find(|node| node.as_str().is_some_and(|text| !text.is_empty()))
    }

    /// Returns the values of `enum`, those valid in every part, without `null`.
    pub(super) fn enumeration(&self) -> Option<(Span, Vec<&'a Node>)> {
        let mut lists = self.parts.iter().filter_map(|part| part.get("enum")).filter(|node| node.as_seq().is_some());
        let first = lists.next()?;
        let mut values: Vec<&'a Node> = Vec::new();
        for value in first.items().filter(|value| !value.is_null()) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        for list in lists {
            values.retain(|value| list.items().any(|other| other == *value));
        }
        Some((first.span, values))
    }

    /// Returns the tightest bound that `keyword` sets.
    pub(super) fn bound(&self, keyword: &'static str, upper: bool) -> Option<Bound<'a>> {
        let numbers = self.all(keyword).filter_map(|node| {
            let value = Number::as_f64(node.as_number()?);
            Some(Bound { value, exclusive: false, node, keyword })
        });
        tightest(numbers, upper)
    }

    /// Returns the tightest bound on numbers, of `maximum` and `exclusiveMaximum` (or the minima):
    /// a flag in 3.0, a number of its own in 3.1.
    pub(super) fn range(&self, upper: bool) -> Option<Bound<'a>> {
        let (inclusive, exclusive) =
            if upper { ("maximum", "exclusiveMaximum") } else { ("minimum", "exclusiveMinimum") };
        let bounds = self.parts.iter().flat_map(|part| {
            let flag = part.get(exclusive).and_then(Node::as_bool) == Some(true);
            let own = part
                .get(inclusive)
                .and_then(|node| Some(Bound { value: node.as_f64()?, exclusive: flag, node, keyword: inclusive }));
            let number = part
                .get(exclusive)
                .and_then(|node| Some(Bound { value: node.as_f64()?, exclusive: true, node, keyword: exclusive }));
            own.into_iter().chain(number)
        });
        tightest(bounds, upper)
    }

    /// Returns the names that every value must have, and where they were written.
    pub(super) fn required(&self) -> IndexMap<&'a str, Span> {
        let mut required = IndexMap::new();
        for node in self.all("required").flat_map(Node::items) {
            if let Some(name) = node.as_str() {
                required.entry(name).or_insert(node.span);
            }
        }
        required
    }

    /// Returns the properties in the order they were written.
    pub(super) fn properties(&self) -> IndexMap<&'a str, Property<'a>> {
        let mut properties: IndexMap<&'a str, Property<'a>> = IndexMap::new();
        for Entry { key, value } in self.all("properties").flat_map(Node::entries) {
            properties
                .entry(&key.text)
                .or_insert_with(|| Property { schemas: Vec::new(), span: key.span })
                .schemas
                .push(value);
        }
        properties
    }

    /// Returns what is said about properties that are not listed.
    pub(super) fn additional(&self) -> Additional<'a> {
        let mut schemas = Vec::new();
        for node in self.all("additionalProperties") {
            match &node.value {
                Value::Bool(false) => return Additional::Closed(node.span),
                Value::Mapping(mapping) if !mapping.is_empty() => schemas.push(node),
                _ => {}
            }
        }
        if schemas.is_empty() { Additional::Open } else { Additional::Schema(schemas) }
    }

    /// Returns the alternatives, without those that were folded in or are plain types.
    pub(super) fn alternatives(&self, document: &'a Document) -> Vec<Alternatives<'a>> {
        self.groups(document, false)
    }

    /// Returns the alternatives of a schema that is nothing but alternatives, plain types among them; none when it is
    /// more than that.
    pub(super) fn only_alternatives(&self, document: &'a Document) -> Vec<Alternatives<'a>> {
        let says_more = self.parts.iter().flat_map(|part| part.entries()).any(|e| !is_of_alternatives(&e.key.text));
        if says_more { Vec::new() } else { self.groups(document, true) }
    }

    fn groups(&self, document: &'a Document, plain: bool) -> Vec<Alternatives<'a>> {
        let mut groups = Vec::new();
        for part in &self.parts {
            for (keyword, one) in [("oneOf", true), ("anyOf", false)] {
                let Some(node) = part.get(keyword) else { continue };
                let branches: Vec<&'a Node> = node.items().filter(|branch| !is_null(document, branch)).collect();
                if branches.len() > 1 && (plain || plain_union(document, Some(node)).is_none()) {
                    groups.push(Alternatives { one, span: node.span, branches });
                }
            }
        }
        groups
    }

    /// Returns whether every value is valid: nothing but prose is said.
    pub(super) fn is_anything(&self) -> bool {
        self.never.is_none()
            && self
                .parts
                .iter()
                .flat_map(|part| part.entries())
                .all(|e| is_annotation(&e.key.text) || e.key.text == "$ref")
    }

    /// Returns whether nothing but alternatives and prose is said.
    pub(super) fn is_only_alternatives(&self, document: &'a Document) -> bool {
        !self.alternatives(document).is_empty()
            && self.parts.iter().flat_map(|part| part.entries()).all(|entry| is_of_alternatives(&entry.key.text))
    }
}

fn is_of_alternatives(key: &str) -> bool {
    matches!(key, "oneOf" | "anyOf" | "allOf" | "discriminator" | "$ref") || is_annotation(key)
}

/// Returns whether a member of a schema says nothing about values.
pub(super) fn is_annotation(key: &str) -> bool {
    matches!(
        key,
        "title" | "description" | "summary" | "example" | "examples" | "externalDocs" | "$comment" | "deprecated"
    ) || (key.starts_with("x-") && key != "x-extensible-enum")
}

/// Returns the identity of a node: the place it is kept at while its document lives.
pub(super) fn address(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

fn tightest<'a>(bounds: impl Iterator<Item = Bound<'a>>, upper: bool) -> Option<Bound<'a>> {
    bounds.filter(|bound| !bound.value.is_nan()).reduce(|a, b| {
        let b_is_tighter = if upper { b.value < a.value } else { b.value > a.value };
        if b_is_tighter || (a.value == b.value && b.exclusive && !a.exclusive) { b } else { a }
    })
}

/// Returns whether a schema is valid for `null` alone.
fn is_null(document: &Document, node: &Node) -> bool {
    let node = document.resolved(node);
    let only = |node: &Node| node.as_str() == Some("null");
    match (node.get("type"), node.get("enum"), node.get("const")) {
        (Some(kind), _, _) if only(kind) => true,
        (Some(kind), _, _) if kind.as_seq().is_some_and(|items| items.len() == 1 && items.iter().all(only)) => true,
        (None, Some(values), _) => values.as_seq().is_some_and(|v| v.len() == 1 && v.iter().all(Node::is_null)),
        (None, None, Some(value)) => value.is_null(),
        // What a `null` of 3.1 is lowered to: nothing but the flag, or an enum of nothing else.
        (Some(_), Some(values), _) => values.as_seq().is_some_and(|v| v.len() == 1 && v.iter().all(Node::is_null)),
        _ => false,
    }
}

/// Returns the types of a union whose alternatives say nothing but their type.
fn plain_union(document: &Document, union: Option<&Node>) -> Option<Types> {
    let branches = union?.as_seq().filter(|branches| branches.len() > 1)?;
    let mut types = Types(0);
    for branch in branches {
        let branch = document.resolved(branch);
        let name = branch.str_of("type")?;
        let plain = branch.entries().all(|e| matches!(&*e.key.text, "type" | "nullable") || is_annotation(&e.key.text));
        if !plain {
            return None;
        }
        types = types.or(Types::named(name));
        if branch.get("nullable").and_then(Node::as_bool) == Some(true) {
            types = types.or(Types::NULL);
        }
    }
    Some(types)
}
