//! Parameters, headers and bodies of Swagger 2.0.

use crate::source::{Diagnostic, Entry, Node, Span};

use super::{Converter, MediaTypes};
use crate::openapi::members::{Members, reference};

/// The members of a parameter that 3.0 has in its schema.
const OF_SCHEMA: [&str; 17] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
];

impl Converter<'_> {
    /// Converts a parameter that is not in the body.
    pub(super) fn parameter(&mut self, parameter: &Node) -> Node {
        if let Some(text) = parameter.reference() {
            return reference(text, parameter.get("$ref").map_or(parameter.span, |r| r.span));
        }
        self.with_schema(parameter)
    }

    /// Converts a header of a response.
    pub(super) fn header(&mut self, header: &Node) -> Node {
        self.with_schema(header)
    }

    fn with_schema(&mut self, node: &Node) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in node.entries() {
            match key.text.as_str() {
                "collectionFormat" => {}
                "schema" => {
                    let schema = self.schema(value);
                    out.keep(key.clone(), schema);
                }
                name if OF_SCHEMA.contains(&name) => {
                    if !out.has("schema") {
                        let schema = self.schema_of(node);
                        out.put("schema", key.span, schema);
                        self.style(node, &mut out);
                    }
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(node.span)
    }

    /// Returns the schema that the members of a parameter or header say in 2.0.
    fn schema_of(&mut self, node: &Node) -> Node {
        let mut schema = Members::default();
        for Entry { key, value } in node.entries().filter(|e| OF_SCHEMA.contains(&e.key.text.as_str())) {
            schema.add(key, value.clone());
        }
        let schema = schema.node(node.span);
        self.schema(&schema)
    }

    /// Says how the items of an array are written: 2.0 defaults to commas, 3.0 to one parameter per item in queries.
    fn style(&mut self, node: &Node, out: &mut Members) {
        if node.str_of("type") != Some("array") {
            return;
        }
        let Some((style, explode, span)) = self.style_of(node) else { return };
        if let Some(style) = style {
            out.put("style", span, Node::string(style, span));
        }
        if let Some(explode) = explode {
            out.put("explode", span, Node::bool(explode, span));
        }
    }

    fn style_of(&mut self, node: &Node) -> Option<(Option<&'static str>, Option<bool>, Span)> {
        let span = node.get("collectionFormat").map_or(node.span, |f| f.span);
        let in_query = matches!(node.str_of("in"), Some("query" | "formData"));
        let format = node.str_of("collectionFormat").unwrap_or("csv");
        Some(match (format, in_query) {
            ("csv", true) => (Some("form"), Some(false), span),
            ("csv", false) => return None,
            ("multi", true) => (Some("form"), Some(true), span),
            ("ssv", true) => (Some("spaceDelimited"), Some(false), span),
            ("pipes", true) => (Some("pipeDelimited"), Some(false), span),
            (other, _) => {
                let message = format!("OpenAPI 3.0 cannot say `collectionFormat: {other}` here; it is left out");
                self.diagnostics.push(Diagnostic::warning("beyond-openapi-30", span, message));
                return None;
            }
        })
    }

    /// Returns the request body that the parameters in the body say.
    pub(super) fn request_body(
        &mut self,
        bodies: &[Node],
        media_types: &MediaTypes,
        own_consumes: bool,
    ) -> Option<Node> {
        let first = bodies.first()?;
        let resolved = self.parameter_of(first).clone();
        if resolved.str_of("in") == Some("body") {
            if let Some(text) = first.reference().filter(|_| !own_consumes) {
                let name = text.strip_prefix("#/parameters/")?;
                let span = first.get("$ref").map_or(first.span, |r| r.span);
                return Some(reference(format!("#/components/requestBodies/{name}"), span));
            }
            for second in bodies.iter().skip(1) {
                let message = "an operation has one body; this second one is left out";
                self.diagnostics.push(Diagnostic::warning("beyond-openapi-30", second.span, message));
            }
            return Some(self.body(&resolved, media_types));
        }
        let fields: Vec<Node> = bodies.iter().map(|b| self.parameter_of(b).clone()).collect();
        self.used_fields.extend(fields.iter().map(|f| f.span));
        Some(self.form(&fields, media_types))
    }

    /// Converts a parameter that is the body.
    pub(super) fn body(&mut self, parameter: &Node, media_types: &MediaTypes) -> Node {
        let mut out = Members::default();
        let span = parameter.span;
        let schema = parameter.get("schema").map(|schema| self.schema(schema));
        let consumes = media_types.consumes.clone().unwrap_or_else(|| vec![Node::string("application/json", span)]);
        for Entry { key, value } in parameter.entries() {
            match key.text.as_str() {
                "in" => {}
                "name" if value.as_str() == Some("body") => {}
                // The key that Swagger's own converter keeps the name under.
                "name" => out.put("x-codegen-request-body-name", key.span, value.clone()),
                "schema" => out.put("content", key.span, content_of(&consumes, schema.as_ref(), key.span)),
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        if !out.has("content") {
            out.put("content", span, content_of(&consumes, None, span));
        }
        out.node(span)
    }

    /// Converts form fields to the one body they make.
    fn form(&mut self, fields: &[Node], media_types: &MediaTypes) -> Node {
        let span = fields.first().map_or(self.root.span, |f| f.span);
        let (mut properties, mut encoding) = (Members::default(), Members::default());
        let mut required = Vec::new();
        let mut has_file = false;
        for field in fields {
            let Some(name) = field.get("name") else { continue };
            let Some(text) = name.as_str() else { continue };
            if let Some(entry) = field.entry("allowEmptyValue").filter(|e| e.value.as_bool() == Some(true)) {
                let message = "OpenAPI 3.0 has no `allowEmptyValue` of a form's field; it is left out";
                self.diagnostics.push(Diagnostic::info("beyond-openapi-30", entry.key.span, message));
            }
            has_file |= field.str_of("type") == Some("file");
            let mut property = Members::of(&self.schema_of(field));
            if let Some(description) = field.entry("description") {
                property.keep(description.key.clone(), description.value.clone());
            }
            for entry in field.entries().filter(|e| e.key.text.starts_with("x-")) {
                property.keep(entry.key.clone(), entry.value.clone());
            }
            property.take("x-nullable");
            properties.put(text, name.span, property.node(field.span));
            if field.get("required").and_then(Node::as_bool) == Some(true) {
                required.push(name.clone());
            }
            if field.str_of("type") == Some("array")
                && let Some((style, explode, at)) = self.style_of(field)
            {
                let mut how = Members::default();
                if let Some(style) = style {
                    how.put("style", at, Node::string(style, at));
                }
                if let Some(explode) = explode {
                    how.put("explode", at, Node::bool(explode, at));
                }
                encoding.put(text, at, how.node(at));
            }
        }
        let mut schema = Members::default();
        schema.put("type", span, Node::string("object", span));
        schema.put("properties", span, properties.node(span));
        let any_required = !required.is_empty();
        if any_required {
            schema.put("required", span, Node::sequence(required, span));
        }
        let default = if has_file { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
        let is_form =
            |node: &&Node| matches!(node.as_str(), Some("multipart/form-data" | "application/x-www-form-urlencoded"));
        let mut forms: Vec<Node> = media_types.consumes.iter().flatten().filter(is_form).cloned().collect();
        if let Some(other) = media_types.consumes.iter().flatten().find(|node| !is_form(node) && !forms.is_empty()) {
            let message = "a form is not written in this; OpenAPI 3.0 has the two media types of forms only";
            if self.told_of_forms.insert(other.span) {
                self.diagnostics.push(Diagnostic::info("beyond-openapi-30", other.span, message));
            }
        }
        if forms.is_empty() {
            forms.push(Node::string(default, span));
        }
        let mut media_type = Members::default();
        media_type.put("schema", span, schema.node(span));
        if !encoding.is_empty() {
            media_type.put("encoding", span, encoding.node(span));
        }
        let media_type = media_type.node(span);
        let mut content = Members::default();
        for form in &forms {
            content.put(form.as_str().unwrap_or(default), form.span, media_type.clone());
        }
        let mut out = Members::default();
        out.put("content", span, content.node(span));
        if any_required {
            out.put("required", span, Node::bool(true, span));
        }
        out.node(span)
    }
}

fn content_of(media_types: &[Node], schema: Option<&Node>, span: Span) -> Node {
    let mut content = Members::default();
    for media_type in media_types {
        let mut value = Members::default();
        if let Some(schema) = schema {
            value.put("schema", span, schema.clone());
        }
        content.put(media_type.as_str().unwrap_or_default(), media_type.span, value.node(span));
    }
    content.node(span)
}
