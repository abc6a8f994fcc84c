//! Schemas of Swagger 2.0, and references to what has moved.

use crate::source::{Diagnostic, Entry, Node, Pointer, Value};

use super::Converter;
use crate::openapi::Version;
use crate::openapi::grammar::{self, Type};
use crate::openapi::members::{Members, single};

impl Converter<'_> {
    /// Converts a schema. References in it are rewritten with those of the whole document, at the end.
    pub(super) fn schema(&mut self, schema: &Node) -> Node {
        let mut f = |node: &Node, ty: Type| match ty {
            Type::Object(object) if object.name == "a schema" || object.name == "the items" => {
                Some(self.one_schema(node, ty))
            }
            _ => None,
        };
        grammar::rewrite(schema, grammar::schema(Version::V2), &mut f).unwrap_or_else(|| schema.clone())
    }

    fn one_schema(&mut self, schema: &Node, ty: Type) -> Node {
        let mut f = |node: &Node, ty: Type| match ty {
            Type::Object(object) if object.name == "a schema" || object.name == "the items" => {
                Some(self.one_schema(node, ty))
            }
            _ => None,
        };
        let inner = grammar::rewrite_children(schema, ty, &mut f).unwrap_or_else(|| schema.clone());
        let changes = |e: &Entry| {
            let name = e.key.text.as_str();
            matches!(name, "discriminator" | "x-nullable" | "type" | "items" | "collectionFormat")
                || name_in_30(e).is_some()
        };
        if inner.as_map().is_none() || inner.reference().is_some() || !inner.entries().any(changes) {
            return inner;
        }
        let mut out = Members::default();
        for entry in inner.entries() {
            let Entry { key, value } = entry;
            match (key.text.as_str(), &value.value) {
                ("discriminator", Value::String(_)) => {
                    out.keep(key.clone(), single("propertyName", value.clone()));
                }
                ("x-nullable", Value::Bool(_)) => out.put("nullable", key.span, value.clone()),
                ("type", Value::String(kind)) if kind == "file" => {
                    out.keep(key.clone(), Node::string("string", value.span));
                    out.put("format", value.span, Node::string("binary", value.span));
                }
                ("type", Value::Sequence(kinds)) => {
                    let (nulls, kinds): (Vec<&Node>, Vec<&Node>) =
                        kinds.iter().partition(|k| k.as_str() == Some("null") || k.is_null());
                    if let [kind] = kinds.as_slice() {
                        out.keep(key.clone(), (*kind).clone());
                    } else if !kinds.is_empty() {
                        let each = kinds.iter().map(|kind| single("type", (*kind).clone()));
                        out.put("anyOf", key.span, Node::sequence(each, value.span));
                    }
                    if !nulls.is_empty() {
                        out.put("nullable", key.span, Node::bool(true, value.span));
                    }
                }
                ("items", Value::Sequence(items)) => {
                    let message = "OpenAPI 3.0 has one schema for all items; each item may be any of these";
                    self.diagnostics.push(Diagnostic::warning("beyond-openapi-30", key.span, message));
                    let any = single("anyOf", Node::sequence(items.iter().cloned(), value.span));
                    out.keep(key.clone(), any);
                }
                ("collectionFormat", Value::String(format)) => {
                    if format != "csv" {
                        let message = "OpenAPI 3.0 says how arrays are written for whole parameters only";
                        self.diagnostics.push(Diagnostic::warning("beyond-openapi-30", value.span, message));
                    }
                }
                _ => match name_in_30(entry).filter(|name| inner.get(name).is_none()) {
                    Some(name) => out.put(name, key.span, value.clone()),
                    None => out.keep(key.clone(), value.clone()),
                },
            }
        }
        out.node(inner.span)
    }
}

/// Returns what 3.0 calls a member that converters to 2.0 write as an extension.
fn name_in_30(entry: &Entry) -> Option<&'static str> {
    Some(match (entry.key.text.as_str(), &entry.value.value) {
        ("x-oneOf", Value::Sequence(_)) => "oneOf",
        ("x-anyOf", Value::Sequence(_)) => "anyOf",
        ("x-not", Value::Mapping(_)) => "not",
        ("x-deprecated", Value::Bool(_)) => "deprecated",
        ("x-writeOnly", Value::Bool(_)) => "writeOnly",
        _ => return None,
    })
}

/// Returns the converted document with its references leading to where things are in 3.0.
pub(super) fn with_new_references(document: &Node, swagger: &Node) -> Node {
    let mut f = |node: &Node, ty: Type| {
        let reference = node.entry("$ref").filter(|_| ty.takes_reference())?;
        let moved = moved(reference.value.as_str()?, document, swagger)?;
        let mut out = Members::of(node);
        out.put("$ref", reference.key.span, Node::string(moved, reference.value.span));
        Some(out.node(node.span))
    };
    grammar::rewrite(document, grammar::document(Version::V30), &mut f).unwrap_or_else(|| document.clone())
}

/// Returns where the target of a reference is in 3.0, when it has moved.
fn moved(reference: &str, document: &Node, swagger: &Node) -> Option<String> {
    let pointer = Pointer::parse_fragment(reference.strip_prefix('#')?)?;
    let segments: Vec<&str> = pointer.segments().iter().map(ecow::EcoString::as_str).collect();
    let home: Vec<&str> = match segments.as_slice() {
        ["definitions", rest @ ..] => [&["components", "schemas"], rest].concat(),
        ["responses", name, rest @ ..] => {
            let at = ["components", "responses", name];
            in_response(&at, rest, document)
        }
        ["parameters", name, rest @ ..] => {
            let is_body = swagger.get("parameters").and_then(|p| p.get(name)?.str_of("in")) == Some("body");
            let section = if is_body { "requestBodies" } else { "parameters" };
            [&["components", section, name], rest].concat()
        }
        ["securityDefinitions", rest @ ..] => [&["components", "securitySchemes"], rest].concat(),
        ["paths", path, method, "responses", status, rest @ ..] => {
            let at = ["paths", path, method, "responses", status];
            in_response(&at, rest, document)
        }
        ["paths", path, method, "parameters", _, "schema", rest @ ..] => {
            let at = ["paths", path, method, "requestBody", "content"];
            with_media_type(&at, rest, document)
        }
        _ => return None,
    };
    Some(home.into_iter().collect::<Pointer>().to_fragment())
}

/// Returns the pointer into a response, whose `schema` is with its first media type in 3.0.
fn in_response<'a>(at: &[&'a str], rest: &[&'a str], document: &'a Node) -> Vec<&'a str> {
    match rest {
        ["schema", inner @ ..] => {
            let at = [at, &["content"]].concat();
            with_media_type(&at, inner, document)
        }
        _ => [at, rest].concat(),
    }
}

fn with_media_type<'a>(content: &[&'a str], rest: &[&'a str], document: &'a Node) -> Vec<&'a str> {
    let pointer: Pointer = content.iter().copied().collect();
    let first = document.at(&pointer).and_then(|c| c.entries().next()).map_or("application/json", |e| &e.key.text);
    [content, &[first, "schema"], rest].concat()
}
