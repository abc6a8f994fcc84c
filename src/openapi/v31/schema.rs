//! Schemas of JSON Schema 2020-12 in the words of OpenAPI 3.0.

use ecow::EcoString;

use crate::openapi::Version;
use crate::openapi::grammar::{self, Type};
use crate::openapi::members::{Members, reference, single};
use crate::openapi::spelling;
use crate::source::{Diagnostic, Entry, Key, Kind, Mapping, Node, Number, Severity, Span, Value};

use super::Converter;

impl Converter<'_> {
    /// Converts a schema and all that is in it.
    pub(super) fn schema(&mut self, schema: &Node) -> Node {
        let ty = grammar::schema(Version::V31).for_node(schema);
        let mut f = |node: &Node, ty: Type| self.replacement(node, ty);
        let inner = grammar::rewrite_children(schema, ty, &mut f);
        if schema.entries().all(is_common) {
            return inner.unwrap_or_else(|| schema.clone());
        }
        self.one_schema(schema, &inner.unwrap_or_else(|| schema.clone()))
    }

    /// Converts the keywords of a schema whose subschemas are converted already; `written` is as it was before.
    fn one_schema(&mut self, written: &Node, schema: &Node) -> Node {
        let mut out = Members::default();
        // What must hold besides: each becomes a branch of `allOf`.
        let mut also: Vec<Node> = Vec::new();
        for Entry { key, value } in schema.entries() {
            let span = key.span;
            match key.text.as_str() {
                "$ref" => {
                    let target = reference(value.as_str().unwrap_or_default(), value.span);
                    if schema.as_map().is_some_and(|m| m.len() == 1) {
                        return schema.clone();
                    }
                    also.push(target);
                }
                "type" => self.types(key, value, schema, &mut out, &mut also),
                "const" => {
                    out.put("enum", span, Node::sequence([value.clone()], value.span));
                    if value.is_null() {
                        out.put("nullable", span, Node::bool(true, span));
                    } else if !schema.entries().any(|e| e.key.text == "type") {
                        out.put("type", span, Node::string(type_of(value.kind()), span));
                    }
                }
                "examples" => self.examples(key, value, schema, &mut out),
                "exclusiveMinimum" | "exclusiveMaximum" if value.as_number().is_some() => {
                    let name = if key.text == "exclusiveMinimum" { "minimum" } else { "maximum" };
                    exclusive(name, key, value, schema, &mut out);
                }
                "minimum" | "maximum" => {
                    if !out.has(&key.text) {
                        out.keep(key.clone(), value.clone());
                    }
                }
                "contentEncoding" | "contentMediaType" => self.content(key, value, schema, &mut out),
                "if" => also.push(condition(schema, value, span)),
                "then" | "else" => {
                    if schema.get("if").is_none() {
                        self.lost(
                            Severity::Info,
                            span,
                            format!("`{}` without `if` says nothing; it is left out", key.text),
                        );
                    }
                }
                "prefixItems" => self.tuple(key, value, schema, &mut out),
                // The one value is among them, or nothing is.
                "enum" if schema.get("const").is_some() => {}
                "items" => {
                    if schema.get("prefixItems").is_none() {
                        out.keep(key.clone(), value.clone());
                    }
                }
                "additionalProperties" => {
                    let original = written.get("additionalProperties").filter(|n| n.as_bool().is_some());
                    if !out.has("additionalProperties") {
                        out.keep(key.clone(), original.unwrap_or(value).clone());
                    }
                }
                "patternProperties" => self.pattern_properties(key, value, schema, written, &mut out),
                "dependentRequired" => {
                    for Entry { key, value } in value.entries() {
                        let needs = single("required", value.clone());
                        also.push(when_present(key, needs));
                    }
                }
                "dependentSchemas" => also.extend(value.entries().map(|e| when_present(&e.key, e.value.clone()))),
                "anyOf" | "oneOf" => alternatives(key, value, &mut out, &mut also),
                "allOf" => also.splice(0..0, value.items().cloned()).for_each(drop),
                "$schema" | "$id" | "$anchor" | "$dynamicAnchor" | "$vocabulary" | "$comment" | "$defs"
                | "definitions" => {
                    self.lost(Severity::Info, span, format!("OpenAPI 3.0 has no `{}`; it is left out", key.text));
                }
                "contains"
                | "minContains"
                | "maxContains"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties"
                | "contentSchema"
                | "$dynamicRef" => {
                    let message = format!("OpenAPI 3.0 cannot say `{}`; it is left out", key.text);
                    self.lost(Severity::Warning, span, message);
                }
                name if is_known(name) => out.keep(key.clone(), value.clone()),
                name => {
                    let known = match grammar::schema(Version::V31).for_node(schema) {
                        Type::Object(object) => object.members,
                        _ => &[],
                    };
                    let message = match spelling::nearest(name, known.iter().map(|m| m.name)) {
                        // A word of one's own is allowed; a slip is not meant to be one.
                        Some(near) if name.len() > 3 => {
                            let message = format!("`{}` is not a member of a schema", crate::source::shortened(name));
                            let slip = Diagnostic::warning("unknown-member", span, message);
                            self.diagnostics.push(slip.with_help(format!("did you mean `{near}`?")));
                            continue;
                        }
                        _ => format!("`{name}` is no keyword of OpenAPI 3.0; it is left out"),
                    };
                    self.lost(Severity::Info, span, message);
                }
            }
        }
        if !also.is_empty() {
            // A lone target needs no second wrapping when nothing else is said.
            if out.is_empty() && also.len() == 1 && schema.get("allOf").is_none() {
                return also.remove(0);
            }
            let span = schema.entry("allOf").or_else(|| schema.entry("$ref")).map_or(schema.span, |e| e.key.span);
            out.put("allOf", span, Node::sequence(also, span));
        }
        out.node(schema.span)
    }

    fn types(&mut self, key: &Key, value: &Node, schema: &Node, out: &mut Members, also: &mut Vec<Node>) {
        let listed: Vec<&Node> = match &value.value {
            Value::Sequence(items) => items.iter().collect(),
            _ => vec![value],
        };
        let (nulls, kinds): (Vec<&Node>, Vec<&Node>) = listed.into_iter().partition(|t| t.as_str() == Some("null"));
        match kinds.as_slice() {
            [] if nulls.is_empty() => {}
            [] => {
                if !out.has("enum") && schema.get("enum").is_none() {
                    out.put("enum", key.span, Node::sequence([Node::new(Value::Null, value.span)], value.span));
                }
            }
            [kind] => {
                out.keep(key.clone(), (*kind).clone());
                let any = kind.as_str() == Some("array") && schema.get("items").is_none();
                if any && schema.get("prefixItems").is_none() {
                    out.put("items", key.span, Members::default().node(key.span));
                }
            }
            kinds => {
                let nullable = !nulls.is_empty();
                let each = kinds.iter().map(|kind| {
                    let mut branch = Members::default();
                    branch.put("type", key.span, (*kind).clone());
                    if kind.as_str() == Some("array") {
                        // 3.0 wants `items` wherever the type is an array.
                        let items = schema.get("items").filter(|_| schema.get("prefixItems").is_none());
                        let any = || Members::default().node(kind.span);
                        branch.put("items", key.span, items.cloned().unwrap_or_else(any));
                    }
                    if nullable {
                        branch.put("nullable", key.span, Node::bool(true, value.span));
                    }
                    branch.node(value.span)
                });
                let any = Node::sequence(each.collect::<Vec<_>>(), value.span);
                if schema.get("anyOf").is_some() {
                    also.push(single("anyOf", any));
                } else {
                    out.put("anyOf", key.span, any);
                }
                return;
            }
        }
        if !nulls.is_empty() {
            out.put("nullable", key.span, Node::bool(true, value.span));
        }
    }

    fn examples(&mut self, key: &Key, value: &Node, schema: &Node, out: &mut Members) {
        let Some(items) = value.as_seq() else {
            out.put("example", key.span, value.clone());
            return;
        };
        let has_own = schema.get("example").is_some();
        if let Some(first) = items.first().filter(|_| !has_own) {
            out.put("example", key.span, first.clone());
        }
        let left = items.len().saturating_sub(usize::from(!has_own));
        if left > 0 {
            let message = format!("OpenAPI 3.0 has one example for a schema; {left} of these are left out");
            self.lost(Severity::Info, key.span, message);
        }
    }

    fn content(&mut self, key: &Key, value: &Node, schema: &Node, out: &mut Members) {
        let encoding = schema.str_of("contentEncoding");
        let format = match (key.text.as_str(), value.as_str()) {
            ("contentEncoding", Some("base64")) => Some("byte"),
            ("contentMediaType", Some("application/octet-stream")) if encoding.is_none() => Some("binary"),
            _ => None,
        };
        match format {
            Some(format) if schema.get("format").is_none() => {
                out.put("format", key.span, Node::string(format, value.span));
                if schema.get("type").is_none() {
                    out.put("type", key.span, Node::string("string", value.span));
                }
            }
            Some(_) => {}
            None => {
                let message = format!("OpenAPI 3.0 cannot say this `{}`; it is left out", key.text);
                self.lost(Severity::Warning, key.span, message);
            }
        }
    }

    /// Items that differ by position: 3.0 can say that each is one of them, and how many there are.
    fn tuple(&mut self, key: &Key, value: &Node, schema: &Node, out: &mut Members) {
        let message = "OpenAPI 3.0 has one schema for all items; each item may be any of these";
        self.lost(Severity::Warning, key.span, message);
        let mut any: Vec<Node> = value.items().cloned().collect();
        let rest = schema.entry("items");
        let closed =
            rest.is_some_and(|e| e.value.get("not").is_some_and(|n| n.as_map().is_some_and(Mapping::is_empty)));
        match rest {
            Some(_) if closed => {
                if schema.get("maxItems").is_none()
                    && let Some(count) = Number::parse(&any.len().to_string())
                {
                    out.put("maxItems", key.span, Node::new(Value::Number(count), key.span));
                }
            }
            Some(entry) => any.push(entry.value.clone()),
            None => any.push(Members::default().node(key.span)),
        }
        out.put("items", key.span, single("anyOf", Node::sequence(any, value.span)));
    }

    /// Members by pattern: 3.0 can say that each further member is one of them.
    fn pattern_properties(&mut self, key: &Key, value: &Node, schema: &Node, written: &Node, out: &mut Members) {
        let message = "OpenAPI 3.0 has no `patternProperties`; any further member may be any of these";
        self.lost(Severity::Warning, key.span, message);
        let mut any: Vec<Node> = value.entries().map(|e| e.value.clone()).collect();
        match written.get("additionalProperties").map(|n| n.as_bool()) {
            Some(Some(false)) => {}
            None | Some(Some(true)) => any.push(Members::default().node(key.span)),
            Some(None) => any.extend(schema.get("additionalProperties").cloned()),
        }
        let one = if any.len() == 1 { any.remove(0) } else { single("anyOf", Node::sequence(any, value.span)) };
        out.put("additionalProperties", key.span, one);
    }
}

/// Returns `{}` for `true`, and the schema of nothing for `false`.
pub(super) fn of_boolean(node: &Node) -> Node {
    let empty = Members::default().node(node.span);
    if node.as_bool() == Some(true) { empty } else { single("not", empty) }
}

/// Returns whether a member is the same in both versions.
fn is_common(entry: &Entry) -> bool {
    match entry.key.text.as_str() {
        "type" => entry.value.as_str().is_some_and(|t| !matches!(t, "null" | "array")),
        "exclusiveMinimum" | "exclusiveMaximum" => entry.value.as_number().is_none(),
        "additionalProperties" | "$ref" | "const" | "examples" => false,
        "anyOf" | "oneOf" => !entry.value.items().any(is_null_schema),
        name => is_known(name),
    }
}

fn is_known(name: &str) -> bool {
    let Type::Object(object) = grammar::schema(Version::V30) else { return false };
    name.starts_with("x-") || object.member(name).is_some()
}

fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "boolean",
        Kind::Number => "number",
        Kind::Array => "array",
        Kind::Object | Kind::Null => "object",
        Kind::String => "string",
    }
}

/// Sets the bound and that it is exclusive, unless the inclusive bound beside it is the stricter.
fn exclusive(name: &str, key: &Key, value: &Node, schema: &Node, out: &mut Members) {
    let (Some(bound), inclusive) = (value.as_f64(), schema.get(name).and_then(Node::as_f64)) else { return };
    let stricter = inclusive.is_some_and(|other| if name == "minimum" { other > bound } else { other < bound });
    if !stricter {
        out.put(EcoString::from(name), key.span, value.clone());
        out.keep(key.clone(), Node::bool(true, value.span));
    }
}

/// Returns what `if`, `then` and `else` say: the one and its `then`, or not the one and its `else`.
fn condition(schema: &Node, test: &Node, span: Span) -> Node {
    let branch = |first: Node, second: Option<&Node>| {
        let all: Vec<Node> = std::iter::once(first).chain(second.cloned()).collect();
        single("allOf", Node::sequence(all, span))
    };
    let holds = branch(test.clone(), schema.get("then"));
    let fails = branch(single("not", test.clone()), schema.get("else"));
    single("anyOf", Node::sequence([holds, fails], span))
}

/// Returns the schema that asks for `needs` of objects that have the member `key`.
fn when_present(key: &Key, needs: Node) -> Node {
    let name = Node::string(key.text.clone(), key.span);
    let present = single("required", Node::sequence([name], key.span));
    single("anyOf", Node::sequence([single("not", present), needs], key.span))
}

fn is_null_schema(schema: &Node) -> bool {
    // A branch `type: "null"` has been converted before its parent: it is nullable and nothing but null.
    let is_null_type = schema.str_of("type") == Some("null");
    let only_null = schema.get("enum").and_then(Node::as_seq).is_some_and(|e| e.len() == 1 && e[0].is_null());
    is_null_type || (only_null && schema.get("type").is_none())
}

/// Takes null out of the alternatives, where 3.0 says it with `nullable`.
fn alternatives(key: &Key, value: &Node, out: &mut Members, also: &mut Vec<Node>) {
    let branches: Vec<Node> = value.items().filter(|b| !is_null_schema(b)).cloned().collect();
    let had_null = branches.len() < value.items().len();
    if !had_null {
        out.keep(key.clone(), value.clone());
        return;
    }
    out.put("nullable", key.span, Node::bool(true, key.span));
    match branches.len() {
        0 => out.put("enum", key.span, Node::sequence([Node::new(Value::Null, key.span)], key.span)),
        1 => also.extend(branches),
        _ => out.keep(key.clone(), Node::sequence(branches, value.span)),
    }
}
