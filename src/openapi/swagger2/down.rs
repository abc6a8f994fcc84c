//! OpenAPI 3.0 to Swagger 2.0, for those who still read it.

mod parameter;
mod security;

use crate::source::{Diagnostic, Entry, Node, Pointer, Severity, Span, Value};

use crate::openapi::Version;
use crate::openapi::grammar::{self, Type};
use crate::openapi::members::{Members, reference, single};

/// Returns the document as Swagger 2.0. Only schemas, parameters, responses and security schemes may be given by
/// reference. What cannot be said is reported.
pub(in crate::openapi) fn from_30(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let mut converter = Down { root, diagnostics };
    let document = converter.document();
    with_old_references(&document)
}

struct Down<'a> {
    root: &'a Node,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Down<'_> {
    fn lost(&mut self, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(Severity::Warning, "beyond-swagger-2", span, message));
    }

    fn document(&mut self) -> Node {
        let mut out = Members::default();
        let root = self.root;
        for Entry { key, value } in root.entries() {
            match key.text.as_str() {
                "x-webhooks" => self.lost(key.span, "Swagger 2.0 has no webhooks; they are left out"),
                "openapi" => out.put("swagger", key.span, Node::string("2.0", value.span)),
                "servers" => self.servers(value, &mut out),
                "components" => self.components(value, &mut out),
                "paths" => {
                    let paths = self.each(value, |c, item| c.path_item(item));
                    out.keep(key.clone(), paths);
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(root.span)
    }

    fn each(&mut self, node: &Node, mut f: impl FnMut(&mut Self, &Node) -> Node) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in node.entries() {
            let new = match value.reference() {
                _ if key.text.starts_with("x-") || value.as_map().is_none() => value.clone(),
                // What stands beside a reference is read by nobody.
                Some(text) => reference(text, value.get("$ref").map_or(value.span, |r| r.span)),
                None => f(self, value),
            };
            out.add(key, new);
        }
        out.node(node.span)
    }

    fn servers(&mut self, servers: &Node, out: &mut Members) {
        let Some(first) = servers.items().next() else { return };
        let span = first.span;
        for entry in first.entries().filter(|e| matches!(e.key.text.as_str(), "description" | "variables")) {
            let how = if entry.key.text == "variables" { "each is at its default" } else { "it is left out" };
            self.lost(entry.key.span, format!("Swagger 2.0 has no `{}` of a host; {how}", entry.key.text));
        }
        let (scheme, host, base) = parts(&url_of(first));
        if let Some(host) = &host {
            out.put("host", span, Node::string(host.as_str(), span));
        }
        if !base.is_empty() && base != "/" {
            let slash = if base.starts_with('/') { "" } else { "/" };
            out.put("basePath", span, Node::string(format!("{slash}{base}"), span));
        }
        let mut schemes: Vec<Node> = scheme.map(|s| Node::string(s, span)).into_iter().collect();
        for server in servers.items().skip(1) {
            let (scheme, other_host, other_base) = parts(&url_of(server));
            match scheme {
                Some(scheme) if other_host == host && other_base == base => {
                    schemes.push(Node::string(scheme, server.span));
                }
                _ => self.lost(server.span, "Swagger 2.0 has one host; this server is left out"),
            }
        }
        if !schemes.is_empty() {
            out.put("schemes", span, Node::sequence(schemes, span));
        }
        for Entry { key, value } in first.entries().filter(|e| e.key.text.starts_with("x-")) {
            out.keep(key.clone(), value.clone());
        }
    }

    fn components(&mut self, components: &Node, out: &mut Members) {
        let (extensions, sections): (Vec<&Entry>, Vec<&Entry>) =
            components.entries().partition(|e| e.key.text.starts_with("x-"));
        for Entry { key, value } in sections {
            let (name, section) = match key.text.as_str() {
                "schemas" => ("definitions", self.each(value, |c, node| c.schema(node))),
                "parameters" => {
                    let parameters = self.parameters_by_name(value);
                    if parameters.as_map().is_none_or(crate::source::Mapping::is_empty) {
                        continue;
                    }
                    ("parameters", parameters)
                }
                "responses" => ("responses", self.each(value, |c, node| c.shared_response(node))),
                "securitySchemes" => ("securityDefinitions", self.each(value, |c, node| c.security_scheme(node))),
                _ => continue,
            };
            out.put(name, key.span, section);
        }
        for Entry { key, value } in extensions {
            out.keep(key.clone(), value.clone());
        }
    }

    fn parameters_by_name(&mut self, section: &Node) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in section.entries() {
            if let Some(parameter) = self.parameter(value) {
                out.add(key, parameter);
            }
        }
        out.node(section.span)
    }

    /// Converts a response that operations refer to: these say alone what it is written in.
    fn shared_response(&mut self, response: &Node) -> Node {
        let mut produces = Vec::new();
        let converted = self.response(response, &mut produces);
        if let Some(other) = produces.iter().find(|p| p.as_str() != Some("application/json")) {
            self.lost(other.span, "Swagger 2.0 has no media types in a shared response; this one is left out");
        }
        converted
    }

    fn path_item(&mut self, item: &Node) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in item.entries() {
            match key.text.as_str() {
                "parameters" => {
                    let parameters: Vec<Node> = value.items().filter_map(|p| self.parameter(p)).collect();
                    out.keep(key.clone(), Node::sequence(parameters, value.span));
                }
                "trace" | "servers" | "summary" | "description" => {
                    self.lost(key.span, format!("Swagger 2.0 has no `{}` in a path item; it is left out", key.text));
                }
                name if crate::openapi::Method::from_key(name).is_some() && value.as_map().is_some() => {
                    let operation = self.operation(value);
                    out.keep(key.clone(), operation);
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(item.span)
    }

    fn operation(&mut self, operation: &Node) -> Node {
        let mut out = Members::default();
        let (mut consumes, mut produces) = (Vec::new(), Vec::new());
        let mut parameters: Vec<Node> = Vec::new();
        let mut place = None;
        for Entry { key, value } in operation.entries() {
            match key.text.as_str() {
                "parameters" => {
                    place.get_or_insert(key.span);
                    parameters.extend(value.items().filter_map(|p| self.parameter(p)));
                    out.keep(key.clone(), value.clone());
                }
                "requestBody" => {
                    place.get_or_insert(key.span);
                    parameters.extend(self.body(value, &mut consumes));
                    if !out.has("parameters") {
                        out.put("parameters", key.span, value.clone());
                    }
                }
                "responses" => {
                    let responses = self.each(value, |c, node| c.response(node, &mut produces));
                    out.keep(key.clone(), responses);
                }
                "servers" => match self.schemes(value) {
                    Some(schemes) if schemes == self.document_schemes() => {}
                    Some(schemes) => out.put("schemes", key.span, Node::sequence(schemes, key.span)),
                    None => self.lost(key.span, "Swagger 2.0 has no `servers` in an operation; it is left out"),
                },
                "callbacks" => self.lost(key.span, "Swagger 2.0 has no `callbacks` in an operation; it is left out"),
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        if let Some(span) = place {
            out.put("parameters", span, Node::sequence(parameters, span));
        }
        for (name, list) in [("consumes", consumes), ("produces", produces)] {
            if !list.is_empty() {
                out.put(name, operation.span, Node::sequence(list, operation.span));
            }
        }
        out.node(operation.span)
    }

    /// Returns the schemes of servers that differ from the document's in these only.
    fn schemes(&self, servers: &Node) -> Option<Vec<Node>> {
        let schemes: Vec<Node> = servers.items().map(|server| self.scheme(server)).collect::<Option<_>>()?;
        (!schemes.is_empty()).then_some(schemes)
    }

    /// Returns the schemes that the document is said to have.
    fn document_schemes(&self) -> Vec<Node> {
        let servers = self.root.get("servers").map(Node::items).unwrap_or_default();
        servers.filter_map(|server| self.scheme(server)).collect()
    }

    /// Returns the scheme of a server of the document's first host and path.
    fn scheme(&self, server: &Node) -> Option<Node> {
        let (_, host, base) = parts(&url_of(self.root.get("servers")?.items().next()?));
        let (scheme, other_host, other_base) = parts(&url_of(server));
        let scheme = scheme.filter(|_| host.is_some() && other_host == host && other_base == base)?;
        Some(Node::string(scheme, server.span))
    }

    fn resolved<'n>(&'n self, node: &'n Node) -> &'n Node {
        let mut node = node;
        for _ in 0..16 {
            let Some(reference) = node.reference() else { break };
            let pointer = reference.strip_prefix('#').and_then(Pointer::parse_fragment);
            match pointer.and_then(|pointer| self.root.at(&pointer)) {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    fn response(&mut self, response: &Node, produces: &mut Vec<Node>) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in response.entries() {
            match key.text.as_str() {
                "content" => self.response_content(value, produces, key.span, &mut out),
                "headers" => {
                    let headers = self.each(value, |c, header| {
                        let mut flat = Members::default();
                        for Entry { key, value } in header.entries() {
                            match key.text.as_str() {
                                "schema" => c.flat(value, &mut flat),
                                "description" => flat.keep(key.clone(), value.clone()),
                                name if name.starts_with("x-") => flat.keep(key.clone(), value.clone()),
                                "required" | "style" | "explode" => {}
                                name => c.lost(key.span, format!("Swagger 2.0 has no `{name}` in a header")),
                            }
                        }
                        flat.node(header.span)
                    });
                    out.keep(key.clone(), headers);
                }
                "links" => self.lost(key.span, "Swagger 2.0 has no `links`; they are left out"),
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(response.span)
    }

    fn response_content(&mut self, content: &Node, produces: &mut Vec<Node>, span: Span, out: &mut Members) {
        let mut examples = Members::default();
        let mut schema: Option<&Node> = None;
        for Entry { key, value } in content.entries() {
            if !produces.iter().any(|p| p.as_str() == Some(&key.text)) {
                produces.push(Node::string(key.text.clone(), key.span));
            }
            if let Some(own) = value.get("schema") {
                if schema.is_some_and(|first| first != own) {
                    self.lost(own.span, "Swagger 2.0 has one schema for all media types; the first is taken");
                }
                schema.get_or_insert(own);
            }
            let named = value.get("examples").map(Node::entries).unwrap_or_default();
            let mut values = named.filter_map(|e| e.value.get("value"));
            if let Some(example) = value.get("example").or_else(|| values.next()) {
                examples.put(key.text.clone(), key.span, example.clone());
            }
            if let Some(other) = values.next() {
                self.lost(other.span, "Swagger 2.0 has one example for a media type; this one is left out");
            }
        }
        // Without a schema, 2.0 takes a response for one without a body.
        let any = Members::default().node(span);
        if let Some(schema) = schema.or_else(|| content.entries().next().map(|_| &any)) {
            let schema = self.schema(schema);
            let is_file = schema.str_of("format") == Some("binary") && schema.str_of("type") == Some("string");
            let file = || super::super::members::single("type", Node::string("file", schema.span));
            out.put("schema", span, if is_file { file() } else { schema });
        }
        if !examples.is_empty() {
            out.put("examples", span, examples.node(content.span));
        }
    }

    fn schema(&mut self, schema: &Node) -> Node {
        let mut f = |node: &Node, ty: Type| match ty {
            Type::Object(object) if object.name == "a schema" => Some(self.one_schema(node, ty)),
            _ => None,
        };
        grammar::rewrite(schema, grammar::schema(Version::V30), &mut f).unwrap_or_else(|| schema.clone())
    }

    fn one_schema(&mut self, schema: &Node, ty: Type) -> Node {
        let mut f = |node: &Node, ty: Type| match ty {
            Type::Object(object) if object.name == "a schema" => Some(self.one_schema(node, ty)),
            _ => None,
        };
        let inner = grammar::rewrite_children(schema, ty, &mut f).unwrap_or_else(|| schema.clone());
        let mut out = Members::default();
        for Entry { key, value } in inner.entries() {
            match key.text.as_str() {
                "nullable" => out.put("x-nullable", key.span, value.clone()),
                "type" if value.as_str().is_none() && value.items().len() > 1 => {
                    self.lost(key.span, "Swagger 2.0 has one type for a schema; these are kept as `x-anyOf`");
                    let each = value.items().map(|kind| single("type", kind.clone()));
                    out.put("x-anyOf", key.span, Node::sequence(each, value.span));
                }
                "writeOnly" | "deprecated" => {
                    out.put(format!("x-{}", key.text), key.span, value.clone());
                }
                "discriminator" => {
                    if let Some(name) = value.get("propertyName") {
                        out.keep(key.clone(), name.clone());
                    }
                    if value.get("mapping").is_some() {
                        self.lost(key.span, "Swagger 2.0 has no `mapping` in a discriminator; it is left out");
                    }
                }
                "oneOf" | "anyOf" | "not" => {
                    self.lost(key.span, format!("Swagger 2.0 has no `{}`; it is kept as `x-{0}`", key.text));
                    out.put(format!("x-{}", key.text), key.span, value.clone());
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(inner.span)
    }
}

/// Returns a server's address with its variables at their defaults.
fn url_of(server: &Node) -> String {
    let mut url = server.str_of("url").unwrap_or_default().to_owned();
    for Entry { key, value } in server.get("variables").map(Node::entries).unwrap_or_default() {
        if let Some(default) = value.get("default").and_then(Node::scalar_text) {
            let default = if key.text == "basePath" { default.trim_start_matches('/').into() } else { default };
            url = url.replace(&format!("{{{}}}", key.text), &default);
        }
    }
    url
}

fn parts(url: &str) -> (Option<String>, Option<String>, String) {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let at = rest.find('/').unwrap_or(rest.len());
            (Some(scheme.to_owned()), Some(rest[..at].to_owned()), rest[at..].to_owned())
        }
        None => (None, None, url.to_owned()),
    }
}

/// Returns the document with its references leading to where things are in 2.0.
fn with_old_references(document: &Node) -> Node {
    let mut f = |node: &Node, ty: Type| {
        let entry = node.entry("$ref").filter(|_| ty.takes_reference())?;
        let Value::String(text) = &entry.value.value else { return None };
        let moves = [
            ("#/components/schemas/", "#/definitions/"),
            ("#/components/parameters/", "#/parameters/"),
            ("#/components/responses/", "#/responses/"),
            ("#/components/securitySchemes/", "#/securityDefinitions/"),
        ];
        let (rest, home) = moves.iter().find_map(|(from, to)| Some((text.strip_prefix(from)?, to)))?;
        let mut out = Members::of(node);
        out.keep(entry.key.clone(), Node::string(format!("{home}{rest}"), entry.value.span));
        Some(out.node(node.span))
    };
    grammar::rewrite(document, grammar::document(Version::V2), &mut f).unwrap_or_else(|| document.clone())
}
