//! OpenAPI 3.1 to 3.0.
//!
//! What 3.0 can say in other words is said so; what it cannot is reported with its place.

mod definitions;
mod schema;

use std::collections::HashSet;

use ecow::EcoString;

use crate::source::{Diagnostic, Entry, Node, Pointer, Severity, Span};

use super::Version;
use super::grammar::{self, Type};
use super::members::Members;
use super::swagger2::OPENAPI;

/// The code of what 3.0 cannot say.
const CODE: &str = "beyond-openapi-30";

/// How deeply shared path items may be set into one another.
const MAX_PATH_ITEMS: usize = 32;

/// Returns the document as OpenAPI 3.0.
pub(super) fn to_30(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let hoisted = definitions::hoisted(root);
    let root = &hoisted;
    let mut converter = Converter { root, diagnostics, path_items: 0, used_path_items: HashSet::new() };
    let mut f = |node: &Node, ty: Type| converter.replacement(node, ty);
    let ty = grammar::document(Version::V31);
    let converted = grammar::rewrite_children(root, ty, &mut f).unwrap_or_else(|| root.clone());
    converter.document(&converted)
}

struct Converter<'a> {
    root: &'a Node,
    diagnostics: &'a mut Vec<Diagnostic>,
    path_items: usize,
    used_path_items: HashSet<EcoString>,
}

impl Converter<'_> {
    fn lost(&mut self, severity: Severity, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(severity, CODE, span, message));
    }

    fn replacement(&mut self, node: &Node, ty: Type) -> Option<Node> {
        match ty {
            Type::Object(object) if object.name == "a schema" => Some(self.schema(node)),
            // Only a schema's place takes an object or a boolean, and only those get here.
            Type::Boolean => Some(schema::of_boolean(node)),
            Type::Object(object) if object.name == "a path item" && node.reference().is_some() => {
                self.path_item(node, ty)
            }
            Type::Object(object) if object.referable && node.reference().is_some() => self.reference(node, object.name),
            Type::Object(object) if object.name == "a security scheme" => {
                if node.str_of("type") == Some("mutualTLS") {
                    let at = node.get("type").map_or(node.span, |t| t.span);
                    self.lost(Severity::Warning, at, "OpenAPI 3.0 has no security scheme `mutualTLS`");
                }
                None
            }
            _ => None,
        }
    }

    /// 3.1 lets a reference have a summary and a description of its own.
    fn reference(&mut self, node: &Node, what: &str) -> Option<Node> {
        let target = node.entry("$ref")?;
        for entry in node.entries().filter(|e| e.key.text != "$ref") {
            let message = format!("OpenAPI 3.0 takes {what} by reference as it is; `{}` is left out", entry.key.text);
            self.lost(Severity::Info, entry.key.span, message);
        }
        let mut out = Members::default();
        out.keep(target.key.clone(), target.value.clone());
        Some(out.node(node.span))
    }

    /// Path items in components have no place in 3.0: they are set in where they are used.
    fn path_item(&mut self, node: &Node, ty: Type) -> Option<Node> {
        let pointer = node.reference()?.strip_prefix("#/components/pathItems/")?;
        let pointer = Pointer::parse_fragment(&format!("/components/pathItems/{pointer}"))?;
        let target = self.root.at(&pointer)?;
        self.used_path_items.extend(pointer.segments().get(2).cloned());
        if self.path_items >= MAX_PATH_ITEMS {
            self.diagnostics.push(Diagnostic::error("reference-circle", node.span, "path items lead in a circle"));
            return None;
        }
        self.path_items += 1;
        let mut f = |node: &Node, ty: Type| self.replacement(node, ty);
        let target = grammar::rewrite(target, ty, &mut f).unwrap_or_else(|| target.clone());
        self.path_items -= 1;
        let mut out = Members::of(&target);
        for Entry { key, value } in node.entries().filter(|e| e.key.text != "$ref") {
            out.keep(key.clone(), value.clone());
        }
        Some(out.node(target.span))
    }

    /// Converts what only the document as a whole has.
    fn document(&mut self, root: &Node) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in root.entries() {
            match key.text.as_str() {
                "openapi" => out.keep(key.clone(), Node::string(OPENAPI, value.span)),
                "info" => {
                    let info = self.info(value);
                    out.keep(key.clone(), info);
                }
                "jsonSchemaDialect" => {
                    let usual = value.as_str().is_some_and(|d| d.contains("spec.openapis.org/oas/3.1/dialect"));
                    if !usual {
                        self.lost(
                            Severity::Warning,
                            key.span,
                            "OpenAPI 3.0 has one schema dialect; this one is left out",
                        );
                    }
                }
                "webhooks" => {
                    self.lost(
                        Severity::Warning,
                        key.span,
                        "OpenAPI 3.0 has no webhooks; they are kept as `x-webhooks`",
                    );
                    out.put("x-webhooks", key.span, value.clone());
                }
                "components" => {
                    let components = self.components(value);
                    out.keep(key.clone(), components);
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        if !out.has("paths") {
            out.put("paths", root.span, Members::default().node(root.span));
        }
        out.node(root.span)
    }

    fn info(&mut self, info: &Node) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in info.entries() {
            match key.text.as_str() {
                "summary" => {
                    self.lost(Severity::Info, key.span, "OpenAPI 3.0 has no `summary` in `info`; it is left out");
                }
                "license" => {
                    let mut license = Members::of(value);
                    if let Some(entry) = value.entry("identifier") {
                        license.take("identifier");
                        match entry.value.as_str().filter(|_| !license.has("url")) {
                            Some(id) => {
                                let url = format!("https://spdx.org/licenses/{id}.html");
                                license.put("url", entry.key.span, Node::string(url, entry.value.span));
                            }
                            None => {
                                let message = "OpenAPI 3.0 has no `identifier` in a license; it is left out";
                                self.lost(Severity::Info, entry.key.span, message);
                            }
                        }
                    }
                    out.keep(key.clone(), license.node(value.span));
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(info.span)
    }

    fn components(&mut self, components: &Node) -> Node {
        let mut out = Members::of(components);
        let shared = out.take("pathItems");
        for Entry { key, .. } in shared.as_ref().map(Node::entries).unwrap_or_default() {
            if !self.used_path_items.contains(&key.text) {
                let message =
                    format!("OpenAPI 3.0 has no shared path items; `{}` is used nowhere and left out", key.text);
                self.lost(Severity::Warning, key.span, message);
            }
        }
        out.node(components.span)
    }
}

#[cfg(test)]
mod tests;
