//! Visits the document once and hands each part to the rules for it.

use std::collections::HashSet;

use crate::openapi::Method;
use crate::source::{Entry, Node, Span};

use super::context::{Context, MemberCx, OperationCx, ParameterCx, SchemaCx, SchemaUse, is_intrinsic, written_text};
use super::extensions::Place;
use super::rule::{Check, Rule};
use super::rules;
use super::sink::Sink;
use super::template_text::TemplateCx;

/// How deep schemas are followed; deeper than any that reading lets through.
const MAX_DEPTH: usize = 256;

/// Runs all rules for the document's kind of API.
pub(super) fn run(cx: &Context<'_>, out: &mut Sink) {
    let rules: Vec<&'static Rule> = rules::ALL.iter().copied().filter(|rule| rule.is_for(cx.kind)).collect();
    for rule in &rules {
        if let Check::Document(check) = rule.check {
            check(cx, out);
        }
    }
    for path in cx.document.paths() {
        for rule in &rules {
            if let Check::Path(check) = rule.check {
                check(cx, &path, out);
            }
        }
    }
    for operation in &cx.operations {
        for rule in &rules {
            if let Check::Operation(check) = rule.check {
                check(cx, operation, out);
            }
        }
        if let Some(integration) = operation.integration.filter(|i| i.node.as_map().is_some() && !is_intrinsic(i.node))
        {
            for rule in &rules {
                if let Check::Integration(check) = rule.check {
                    check(cx, operation, &integration, out);
                }
            }
        }
        parameters(cx, operation, &rules, out);
        templates(cx, operation, &rules, out);
    }
    for scheme in &cx.schemes {
        for rule in &rules {
            if let Check::Scheme(check) = rule.check {
                check(cx, scheme, out);
            }
        }
    }
    members(cx, &rules, out);
    let mut schemas = Schemas {
        cx,
        checks: rules
            .iter()
            .filter_map(|r| if let Check::Schema(check) = r.check { Some(check) } else { None })
            .collect(),
        seen: HashSet::new(),
    };
    if !schemas.checks.is_empty() {
        schemas.all(out);
    }
}

fn parameters(cx: &Context<'_>, operation: &OperationCx<'_>, rules: &[&'static Rule], out: &mut Sink) {
    for parameter in &operation.parameters {
        let parameter = ParameterCx { operation, parameter };
        for rule in rules {
            if let Check::Parameter(check) = rule.check {
                check(cx, &parameter, out);
            }
        }
    }
}

fn templates(cx: &Context<'_>, operation: &OperationCx<'_>, rules: &[&'static Rule], out: &mut Sink) {
    let Some(integration) = &operation.integration else { return };
    let mut visit = |owner: &Node, member: &str| {
        for Entry { key, value } in owner.get(member).map(Node::entries).unwrap_or_default() {
            let Some((value, text)) = written_text(value).and_then(|v| Some((v, v.as_str()?))) else { continue };
            let template = TemplateCx { span: value.span, media_type: &key.text, text };
            for rule in rules {
                if let Check::Template(check) = rule.check {
                    check(cx, &template, out);
                }
            }
        }
    };
    visit(integration.node, "requestTemplates");
    for response in integration.node.get("responses").map(Node::entries).unwrap_or_default() {
        visit(&response.value, "responseTemplates");
    }
}

/// Hands the members whose names begin with `x-` to the rules.
fn members(cx: &Context<'_>, rules: &[&'static Rule], out: &mut Sink) {
    let checks: Vec<_> =
        rules.iter().filter_map(|r| if let Check::Member(check) = r.check { Some(check) } else { None }).collect();
    let mut found = Vec::new();
    extensions_of(cx.root(), Place::Root, 0, &mut found);
    for (entry, place) in found {
        checks.iter().for_each(|check| check(cx, &MemberCx { entry, place }, out));
    }
}

/// Collects the members of an object whose names begin with `x-`, and those within it.
fn extensions_of<'a>(node: &'a Node, place: Place, depth: usize, found: &mut Vec<(&'a Entry, Place)>) {
    if depth > MAX_DEPTH {
        return;
    }
    for item in node.items() {
        extensions_of(item, place, depth + 1, found);
    }
    for entry in node.entries() {
        let key = entry.key.text.as_str();
        if key.starts_with("x-") {
            found.push((entry, place));
            if key != "x-amazon-apigateway-any-method" {
                continue;
            }
        }
        let within = match (place, key) {
            (_, "example" | "examples" | "default" | "enum" | "const" | "security") => continue,
            (Place::Root, "servers") => Place::Server,
            (Place::Root, "tags") => Place::Tag,
            (Place::Root, "components") => Place::Components,
            (Place::Root, "paths") => {
                for path in entry.value.entries() {
                    if path.key.text.starts_with("x-") {
                        found.push((path, Place::Other));
                    } else {
                        extensions_of(&path.value, Place::PathItem, depth + 2, found);
                    }
                }
                continue;
            }
            (Place::PathItem, _) if Method::from_key(key).is_some() => Place::Operation,
            _ => Place::Other,
        };
        // The members of these are named by the author: `x-` there is part of a name.
        let named = match key {
            "schemas" | "responses" | "parameters" | "requestBodies" | "headers" | "securitySchemes" => {
                place == Place::Components || key == "headers"
            }
            "properties" | "patternProperties" | "definitions" | "content" | "variables" | "scopes" | "mapping" => true,
            _ => false,
        };
        if named && entry.value.as_map().is_some() {
            let within = if key == "securitySchemes" { Place::SecurityScheme } else { Place::Other };
            entry.value.entries().for_each(|e| extensions_of(&e.value, within, depth + 2, found));
        } else {
            extensions_of(&entry.value, within, depth + 1, found);
        }
    }
}

struct Schemas<'c, 'a> {
    cx: &'c Context<'a>,
    checks: Vec<fn(&Context<'_>, &SchemaCx<'_>, &mut Sink)>,
    /// Addresses of bodies and responses that several operations share.
    seen: HashSet<usize>,
}

impl<'a> Schemas<'_, 'a> {
    fn all(&mut self, out: &mut Sink) {
        for entry in self.cx.components("schemas") {
            let schema = SchemaCx {
                node: &entry.value,
                key: entry.key.span,
                model: Some(&entry.key.text),
                top: true,
                used: SchemaUse::Component,
            };
            self.schema(schema, 0, out);
        }
        for operation in &self.cx.operations {
            if let Some(body) = operation.node().get("requestBody") {
                self.contents(body, SchemaUse::Request, out);
            }
            for response in operation.responses() {
                self.contents(&response.value, SchemaUse::Response, out);
            }
        }
    }

    fn contents(&mut self, owner: &'a Node, used: SchemaUse, out: &mut Sink) {
        let owner = self.cx.document.resolved(owner);
        if !self.seen.insert(std::ptr::from_ref(owner).addr()) {
            return;
        }
        for media in owner.get("content").map(Node::entries).unwrap_or_default() {
            let Some(entry) = media.value.entry("schema") else { continue };
            let schema = SchemaCx { node: &entry.value, key: entry.key.span, model: None, top: true, used };
            self.schema(schema, 0, out);
        }
    }

    fn schema(&self, schema: SchemaCx<'a>, depth: usize, out: &mut Sink) {
        if depth > MAX_DEPTH || schema.node.as_map().is_none() {
            return;
        }
        for check in &self.checks {
            check(self.cx, &schema, out);
        }
        for Entry { key, value } in schema.node.entries() {
            let child = |node: &'a Node, key: Span, out: &mut Sink| {
                self.schema(SchemaCx { node, key, top: false, ..schema }, depth + 1, out);
            };
            match key.text.as_str() {
                "properties" | "patternProperties" | "definitions" => {
                    for member in value.entries() {
                        child(&member.value, member.key.span, out);
                    }
                }
                "items" | "additionalProperties" | "not" => {
                    child(value, key.span, out);
                    value.items().for_each(|item| child(item, item.span, out));
                }
                "allOf" | "anyOf" | "oneOf" => value.items().for_each(|item| child(item, item.span, out)),
                _ => {}
            }
        }
    }
}
