//! Parameters and request bodies, which are parameters too in Swagger 2.0.

use super::Down;
use crate::openapi::Version;
use crate::openapi::grammar::{self, Type};
use crate::openapi::members::{Members, reference};
use crate::source::{Entry, Node};

impl Down<'_> {
    /// Returns the parameters that a body is in 2.0.
    pub(super) fn body(&mut self, body: &Node, consumes: &mut Vec<Node>) -> Vec<Node> {
        let content = body.get("content");
        let entries = || content.map(Node::entries).unwrap_or_default();
        consumes.extend(entries().map(|e| Node::string(e.key.text.clone(), e.key.span)));
        let is_form =
            |e: &Entry| matches!(e.key.text.as_str(), "multipart/form-data" | "application/x-www-form-urlencoded");
        let schemas: Vec<&Node> = entries().filter_map(|e| e.value.get("schema")).collect();
        if let Some(other) = schemas.iter().find(|s| Some(*s) != schemas.first()) {
            self.lost(other.span, "Swagger 2.0 has one schema for all media types; the first is taken");
        }
        for entry in entries().flat_map(|e| e.value.entries()) {
            if matches!(entry.key.text.as_str(), "example" | "examples") {
                self.lost(entry.key.span, format!("Swagger 2.0 has no `{}` of a body; it is left out", entry.key.text));
            }
        }
        if entries().len() > 0 && entries().all(is_form) {
            for entry in body.entries().filter(|e| !matches!(e.key.text.as_str(), "content" | "required")) {
                self.lost(entry.key.span, format!("Swagger 2.0 has no `{}` of a form; it is left out", entry.key.text));
            }
            let encoding = entries().find_map(|e| e.value.get("encoding"));
            let fields = schemas.first().map(|schema| self.form(schema, encoding)).unwrap_or_default();
            if fields.is_empty() {
                consumes.clear();
                self.lost(body.span, "Swagger 2.0 has forms of named fields only; this body is left out");
            }
            return fields;
        }
        let mut out = Members::default();
        let name = body.get("x-codegen-request-body-name").cloned();
        out.put("in", body.span, Node::string("body", body.span));
        out.put("name", body.span, name.unwrap_or_else(|| Node::string("body", body.span)));
        for Entry { key, value } in body.entries() {
            match key.text.as_str() {
                "content" => {
                    let schema = schemas.first().map(|schema| self.schema(schema));
                    let any = || Members::default().node(value.span);
                    out.put("schema", key.span, schema.unwrap_or_else(any));
                }
                "x-codegen-request-body-name" => {}
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        if !out.has("schema") {
            out.put("schema", body.span, Members::default().node(body.span));
        }
        if consumes.is_empty() {
            consumes.push(Node::string("application/json", body.span));
        }
        vec![out.node(body.span)]
    }

    pub(super) fn form(&mut self, schema: &Node, encoding: Option<&Node>) -> Vec<Node> {
        let schema = self.resolved(schema).clone();
        let required: Vec<&str> =
            schema.get("required").map(|r| r.items().filter_map(Node::as_str).collect()).unwrap_or_default();
        let fields = schema.get("properties").map(Node::entries).unwrap_or_default();
        let field = |e: &Entry, c: &mut Self| {
            let mut parameter = Members::default();
            parameter.put("name", e.key.span, Node::string(e.key.text.clone(), e.key.span));
            parameter.put("in", e.key.span, Node::string("formData", e.key.span));
            let mut property = c.resolved(&e.value).clone();
            if let Some(description) = property.entry("description") {
                parameter.keep(description.key.clone(), description.value.clone());
                let mut rest = Members::of(&property);
                rest.take("description");
                property = rest.node(property.span);
            }
            if required.contains(&e.key.text.as_str()) {
                parameter.put("required", e.key.span, Node::bool(true, e.key.span));
            }
            c.flat(&property, &mut parameter);
            let is_array = parameter.get("type").and_then(Node::as_str) == Some("array");
            if let Some(how) = encoding.and_then(|n| n.get(&e.key.text)).filter(|_| is_array) {
                c.collection_format(how, "query", &mut parameter);
            }
            parameter.node(e.value.span)
        };
        fields.map(|e| field(e, self)).collect()
    }

    /// Returns a parameter of 2.0, or `None` when 2.0 has none of its kind.
    pub(super) fn parameter(&mut self, parameter: &Node) -> Option<Node> {
        if let Some(text) = parameter.reference() {
            if self.resolved(parameter).str_of("in") == Some("cookie") {
                return None;
            }
            return Some(reference(text, parameter.get("$ref").map_or(parameter.span, |r| r.span)));
        }
        if parameter.str_of("in") == Some("cookie") {
            self.lost(parameter.span, "Swagger 2.0 has no cookie parameters; this one is left out");
            return None;
        }
        let mut out = Members::default();
        let location = parameter.str_of("in").unwrap_or("query").to_owned();
        for Entry { key, value } in parameter.entries() {
            match key.text.as_str() {
                "schema" => self.flat(value, &mut out),
                "content" => {
                    self.lost(key.span, "Swagger 2.0 has no parameters with content; it is a string");
                    out.put("type", key.span, Node::string("string", key.span));
                }
                "style" | "explode" => {}
                "deprecated" | "allowReserved" | "example" | "examples" => {
                    self.lost(key.span, format!("Swagger 2.0 has no `{}` in a parameter; it is left out", key.text));
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        let is_array = out.get("type").and_then(Node::as_str) == Some("array");
        if is_array {
            self.collection_format(parameter, &location, &mut out);
        }
        Some(out.node(parameter.span))
    }

    fn collection_format(&mut self, how: &Node, location: &str, out: &mut Members) {
        let in_query = location == "query";
        let style = how.str_of("style").unwrap_or(if in_query { "form" } else { "simple" });
        let explode = how.get("explode").and_then(Node::as_bool).unwrap_or(style == "form");
        let span = how.get("style").or_else(|| how.get("explode")).map_or(how.span, |n| n.span);
        let format = match (style, explode) {
            ("form", true) => "multi",
            ("form", false) | ("simple", _) => return,
            ("spaceDelimited", _) => "ssv",
            ("pipeDelimited", _) => "pipes",
            (other, _) => return self.lost(span, format!("Swagger 2.0 has no style `{other}`; it is left out")),
        };
        out.put("collectionFormat", span, Node::string(format, span));
    }

    /// Puts what a schema says into a parameter or header, which have no schemas in 2.0.
    pub(super) fn flat(&mut self, schema: &Node, out: &mut Members) {
        let resolved = self.resolved(schema).clone();
        let schema = self.schema(&resolved);
        let Type::Object(parameter) = grammar::document(Version::V2).of_member("parameters").of_member("p") else {
            return;
        };
        // Extensions come last, where the way back leaves them.
        let (mut extensions, members): (Vec<&Entry>, Vec<&Entry>) =
            schema.entries().partition(|e| e.key.text.starts_with("x-"));
        extensions.sort_by_key(|e| e.key.text != "x-nullable");
        for Entry { key, value } in members {
            let name = key.text.as_str();
            let known = parameter.member(name).is_some() && !matches!(name, "description" | "required" | "schema");
            if name == "type" && value.as_str() == Some("object") {
                self.lost(value.span, "Swagger 2.0 has objects in bodies only; this is a string");
                out.put("type", key.span, Node::string("string", value.span));
            } else if name == "items" {
                let items = self.resolved(value).clone();
                let mut flat = Members::default();
                self.flat(&items, &mut flat);
                out.keep(key.clone(), flat.node(value.span));
            } else if known {
                out.keep(key.clone(), value.clone());
            } else if !matches!(name, "title" | "description") {
                self.lost(key.span, format!("Swagger 2.0 has no `{name}` here; it is left out"));
            }
        }
        let is_file = out.get("format").and_then(Node::as_str) == Some("binary");
        if is_file && out.get("in").and_then(Node::as_str) == Some("formData") {
            out.take("format");
            let span = schema.span;
            out.put("type", span, Node::string("file", span));
        }
        if !out.has("type") {
            out.put("type", schema.span, Node::string("string", schema.span));
        }
        for Entry { key, value } in extensions {
            out.keep(key.clone(), value.clone());
        }
    }
}
