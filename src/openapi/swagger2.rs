//! Swagger 2.0 to OpenAPI 3.0.
//!
//! References to other files have been brought in before. API Gateway's extensions stay where they are but for the
//! endpoint configuration, which 3.0 has at a server.

mod down;
mod parameter;
mod schema;

use std::collections::{HashMap, HashSet};

use crate::source::{Diagnostic, Entry, Node, Pointer, Span};

use super::members::{Members, reference};

pub(super) use down::from_30;

/// The version that documents are converted to, in the form API Gateway itself writes.
pub(super) const OPENAPI: &str = "3.0.1";

/// Returns the document as OpenAPI 3.0. What cannot be said there is reported.
pub(super) fn to_30(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let parameters = root.get("parameters").map(Node::entries).unwrap_or_default();
    let media_types = |key| root.get(key).map(texts).filter(|list| !list.is_empty());
    let mut converter = Converter {
        root,
        parameters: parameters.map(|e| (e.key.text.as_str(), &e.value)).collect(),
        consumes: media_types("consumes"),
        produces: media_types("produces"),
        told_of_forms: HashSet::new(),
        used_fields: HashSet::new(),
        diagnostics,
    };
    let document = converter.document();
    schema::with_new_references(&document, root)
}

struct Converter<'a> {
    root: &'a Node,
    parameters: HashMap<&'a str, &'a Node>,
    consumes: Option<Vec<Node>>,
    produces: Option<Vec<Node>>,
    /// The media types that have been said to be none of a form.
    told_of_forms: HashSet<Span>,
    /// The form fields that operations have, which in 3.0 have no place but theirs.
    used_fields: HashSet<Span>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// The media types that apply to an operation.
struct MediaTypes {
    consumes: Option<Vec<Node>>,
    produces: Option<Vec<Node>>,
}

impl<'a> Converter<'a> {
    fn document(&mut self) -> Node {
        let root = self.root;
        let mut out = Members::default();
        for Entry { key, value } in root.entries() {
            match key.text.as_str() {
                "swagger" => out.put("openapi", key.span, Node::string(OPENAPI, value.span)),
                "host" | "basePath" | "schemes" => {
                    if !out.has("servers")
                        && let Some(servers) = self.servers(root.get("schemes"), key.span)
                    {
                        out.put("servers", key.span, servers);
                    }
                }
                "consumes" | "produces" => {}
                // Under these names 3.0 has what this document says elsewhere.
                "openapi" | "servers" | "components" => {
                    let message = format!("`{}` is of OpenAPI 3.0, and this is Swagger 2.0; it is left out", key.text);
                    self.diagnostics.push(Diagnostic::warning("beyond-openapi-30", key.span, message));
                }
                "definitions" | "parameters" | "responses" | "securityDefinitions" => {
                    if !out.has("components") {
                        let components = self.components(key.span);
                        out.put("components", key.span, components);
                    }
                }
                "paths" => {
                    let paths = self.paths(value);
                    out.keep(key.clone(), paths);
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        for Entry { value: field, .. } in root.get("parameters").map(Node::entries).unwrap_or_default() {
            let is_unused = field.str_of("in") == Some("formData") && !self.used_fields.contains(&field.span);
            if is_unused {
                let message = "OpenAPI 3.0 has no shared form fields; this one is used nowhere and left out";
                self.diagnostics.push(Diagnostic::info("beyond-openapi-30", field.span, message));
            }
        }
        if let Some(entry) = root.entry("x-amazon-apigateway-endpoint-configuration") {
            out.take(&entry.key.text);
            self.endpoint_configuration(&mut out, entry);
        }
        out.node(root.span)
    }

    fn servers(&mut self, schemes: Option<&Node>, span: Span) -> Option<Node> {
        for name in ["host", "basePath"] {
            if let Some(entry) = self.root.entry(name).filter(|e| e.value.as_str().is_none()) {
                let message = format!("`{name}` is {}; no server is made of it", entry.value.kind().with_article());
                self.diagnostics.push(Diagnostic::warning("beyond-openapi-30", entry.value.span, message));
            }
        }
        let host = self.root.str_of("host");
        let base = self.root.str_of("basePath").unwrap_or_default();
        let base = if base == "/" { "" } else { base };
        let slash = if base.is_empty() || base.starts_with('/') { "" } else { "/" };
        let server = |url: String| {
            let mut server = Members::default();
            server.put("url", span, Node::string(url, span));
            server.node(span)
        };
        let Some(host) = host else {
            let url = if base.is_empty() { "/".to_owned() } else { format!("{slash}{base}") };
            return self.root.str_of("basePath").map(|_| Node::sequence([server(url)], span));
        };
        let schemes = schemes.map(texts).filter(|s| !s.is_empty());
        let schemes = schemes.unwrap_or_else(|| vec![Node::string("https", span)]);
        let urls = schemes.iter().filter_map(Node::as_str).map(|scheme| format!("{scheme}://{host}{slash}{base}"));
        Some(Node::sequence(urls.map(server), span))
    }

    /// Puts the endpoint configuration where 3.0 has it: at the first server.
    fn endpoint_configuration(&self, out: &mut Members, entry: &Entry) {
        let span = entry.key.span;
        let mut servers: Vec<Node> = out.get("servers").map(|s| s.items().cloned().collect()).unwrap_or_default();
        if servers.is_empty() {
            let mut server = Members::default();
            server.put("url", span, Node::string("/", span));
            servers.push(server.node(span));
        }
        if let Some(first) = servers.first_mut() {
            let mut server = Members::of(first);
            server.keep(entry.key.clone(), entry.value.clone());
            *first = server.node(first.span);
        }
        out.put("servers", span, Node::sequence(servers, span));
    }

    fn components(&mut self, span: Span) -> Node {
        let mut out = Members::default();
        let root = self.root;
        for Entry { key, value } in root.entries() {
            let (name, section) = match key.text.as_str() {
                "definitions" => ("schemas", self.section(value, |c, node| c.schema(node))),
                "responses" => ("responses", self.section(value, |c, node| c.shared_response(node))),
                "securityDefinitions" => ("securitySchemes", self.section(value, |c, node| c.security_scheme(node))),
                "parameters" => {
                    self.shared_parameters(value, key.span, &mut out);
                    continue;
                }
                _ => continue,
            };
            out.put(name, key.span, section);
        }
        out.node(span)
    }

    fn section(&mut self, section: &Node, mut convert: impl FnMut(&mut Self, &Node) -> Node) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in section.entries() {
            let converted = if value.reference().is_some() { value.clone() } else { convert(self, value) };
            out.add(key, converted);
        }
        out.node(section.span)
    }

    /// Parameters become parameters, those in the body request bodies; form fields have no place of their own.
    fn shared_parameters(&mut self, section: &Node, span: Span, out: &mut Members) {
        let media_types = MediaTypes { consumes: self.consumes.clone(), produces: None };
        let (mut parameters, mut bodies) = (Members::default(), Members::default());
        for Entry { key, value } in section.entries() {
            match self.parameter_of(value).str_of("in") {
                Some("body") if value.reference().is_none() => {
                    let body = self.body(value, &media_types);
                    bodies.add(key, body);
                }
                Some("formData" | "body") => {}
                _ => {
                    let parameter = self.parameter(value);
                    parameters.add(key, parameter);
                }
            }
        }
        if !parameters.is_empty() {
            out.put("parameters", span, parameters.node(section.span));
        }
        if !bodies.is_empty() {
            out.put("requestBodies", span, bodies.node(section.span));
        }
    }

    /// Returns the parameter that a reference to one leads to.
    fn parameter_of<'n>(&self, node: &'n Node) -> &'n Node
    where
        'a: 'n,
    {
        let mut node = node;
        for _ in 0..16 {
            let Some(reference) = node.reference() else { break };
            let Some(pointer) = reference.strip_prefix('#').and_then(Pointer::parse_fragment) else { break };
            let [section, name] = pointer.segments() else { break };
            match self.parameters.get(name.as_str()).filter(|_| section == "parameters") {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    fn paths(&mut self, paths: &Node) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in paths.entries() {
            let item = if key.text.starts_with("x-") || value.as_map().is_none() {
                value.clone()
            } else {
                self.path_item(value)
            };
            out.add(key, item);
        }
        out.node(paths.span)
    }

    fn path_item(&mut self, item: &Node) -> Node {
        let shared: Vec<Node> = item.get("parameters").map(|p| p.items().cloned().collect()).unwrap_or_default();
        // Where 3.0 has request bodies, there are none for a whole path: each operation gets its own.
        let is_body = |c: &Self, p: &Node| matches!(c.parameter_of(p).str_of("in"), Some("body" | "formData"));
        let (bodies, plain): (Vec<Node>, Vec<Node>) = shared.into_iter().partition(|p| is_body(self, p));
        let mut out = Members::default();
        for Entry { key, value } in item.entries() {
            match key.text.as_str() {
                "parameters" => {
                    if !plain.is_empty() || bodies.is_empty() {
                        let parameters: Vec<Node> = plain.iter().map(|p| self.parameter(p)).collect();
                        out.keep(key.clone(), Node::sequence(parameters, value.span));
                    }
                }
                name if super::Method::from_key(name).is_some() && value.as_map().is_some() => {
                    let operation = self.operation(value, &bodies);
                    out.keep(key.clone(), operation);
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(item.span)
    }

    fn operation(&mut self, operation: &Node, shared_bodies: &[Node]) -> Node {
        let own = |key| operation.get(key).map(texts);
        let media_types = MediaTypes {
            consumes: own("consumes").or_else(|| self.consumes.clone()).filter(|c| !c.is_empty()),
            produces: own("produces").or_else(|| self.produces.clone()).filter(|p| !p.is_empty()),
        };
        let own_consumes = operation.get("consumes").is_some();
        let mut out = Members::default();
        let mut body = None;
        let parameters = operation.get("parameters");
        let all: Vec<Node> = parameters.map(|p| p.items().cloned().collect()).unwrap_or_default();
        let in_body = |c: &Self, p: &Node| matches!(c.parameter_of(p).str_of("in"), Some("body" | "formData"));
        let (mut bodies, plain): (Vec<Node>, Vec<Node>) = all.into_iter().partition(|p| in_body(self, p));
        if bodies.is_empty() {
            bodies = shared_bodies.to_vec();
        }
        if !bodies.is_empty() {
            body = self.request_body(&bodies, &media_types, own_consumes);
        }
        let body_span = bodies.first().map_or(operation.span, |b| b.span);
        // A body that was written first stays first, so that the way back finds it there.
        let body_first = parameters.and_then(|p| p.items().next()).is_some_and(|first| in_body(self, first));
        for Entry { key, value } in operation.entries() {
            match key.text.as_str() {
                "consumes" | "produces" => {}
                "schemes" => {
                    if self.root.get("schemes") != Some(value)
                        && let Some(servers) = self.servers(Some(value), key.span)
                    {
                        out.put("servers", key.span, servers);
                    }
                }
                "parameters" => {
                    let had_body = body.is_some();
                    if let Some(body) = body.take_if(|_| body_first) {
                        out.put("requestBody", body_span, body);
                    }
                    if !plain.is_empty() || !had_body {
                        let parameters: Vec<Node> = plain.iter().map(|p| self.parameter(p)).collect();
                        out.keep(key.clone(), Node::sequence(parameters, value.span));
                    }
                    if let Some(body) = body.take() {
                        out.put("requestBody", body_span, body);
                    }
                }
                "responses" => {
                    if let Some(body) = body.take_if(|_| parameters.is_none()) {
                        out.put("requestBody", body_span, body);
                    }
                    let responses = self.responses(value, &media_types);
                    out.keep(key.clone(), responses);
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        if let Some(body) = body {
            out.put("requestBody", body_span, body);
        }
        out.node(operation.span)
    }

    fn responses(&mut self, responses: &Node, media_types: &MediaTypes) -> Node {
        let mut out = Members::default();
        for Entry { key, value } in responses.entries() {
            let keep = key.text.starts_with("x-") || value.as_map().is_none();
            let response = if keep {
                value.clone()
            } else if let Some(text) = value.reference() {
                reference(text, value.get("$ref").map_or(value.span, |r| r.span))
            } else {
                self.response(value, media_types)
            };
            out.add(key, response);
        }
        out.node(responses.span)
    }

    fn shared_response(&mut self, response: &Node) -> Node {
        let media_types = MediaTypes { consumes: None, produces: self.produces.clone() };
        self.response(response, &media_types)
    }

    fn response(&mut self, response: &Node, media_types: &MediaTypes) -> Node {
        let mut out = Members::default();
        let schema = response.get("schema").map(|schema| self.schema(schema));
        for Entry { key, value } in response.entries() {
            match key.text.as_str() {
                "schema" | "examples" => {
                    if !out.has("content") {
                        let content = self.response_content(schema.as_ref(), response, media_types, key.span);
                        out.put("content", key.span, content);
                    }
                }
                "headers" => {
                    let headers = self.section(value, |c, header| c.header(header));
                    out.keep(key.clone(), headers);
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(response.span)
    }

    fn response_content(&self, schema: Option<&Node>, response: &Node, media_types: &MediaTypes, span: Span) -> Node {
        let mut content = Members::default();
        let is_file = response.get("schema").and_then(|s| s.str_of("type")) == Some("file");
        let default = if is_file { "application/octet-stream" } else { "application/json" };
        if let Some(schema) = schema {
            let produces = media_types.produces.clone().unwrap_or_else(|| vec![Node::string(default, span)]);
            for media_type in &produces {
                let Some(name) = media_type.as_str() else { continue };
                let mut value = Members::default();
                value.put("schema", span, schema.clone());
                content.put(name, media_type.span, value.node(span));
            }
        }
        for Entry { key, value } in response.get("examples").map(Node::entries).unwrap_or_default() {
            let mut of_type = content.get(&key.text).map(Members::of).unwrap_or_default();
            if let Some(schema) = schema.filter(|_| !of_type.has("schema")) {
                of_type.put("schema", span, schema.clone());
            }
            of_type.put("example", key.span, value.clone());
            content.put(key.text.clone(), key.span, of_type.node(value.span));
        }
        content.node(span)
    }

    fn security_scheme(&mut self, scheme: &Node) -> Node {
        let mut out = Members::default();
        let kind = scheme.str_of("type");
        for Entry { key, value } in scheme.entries() {
            match (key.text.as_str(), kind) {
                ("type", Some("basic")) => {
                    out.keep(key.clone(), Node::string("http", value.span));
                    out.put("scheme", value.span, Node::string("basic", value.span));
                }
                ("flow" | "authorizationUrl" | "tokenUrl" | "scopes", Some("oauth2")) => {
                    if !out.has("flows") {
                        out.put("flows", key.span, oauth_flows(scheme, key.span));
                    }
                }
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(scheme.span)
    }
}

fn oauth_flows(scheme: &Node, span: Span) -> Node {
    let mut flow = Members::default();
    let of_flow = |e: &&Entry| matches!(e.key.text.as_str(), "authorizationUrl" | "tokenUrl" | "scopes");
    for entry in scheme.entries().filter(of_flow) {
        flow.add(&entry.key, entry.value.clone());
    }
    if !flow.has("scopes") {
        flow.put("scopes", span, Members::default().node(span));
    }
    let name = match scheme.str_of("flow") {
        Some("application") => "clientCredentials",
        Some("accessCode") => "authorizationCode",
        Some("password") => "password",
        _ => "implicit",
    };
    super::members::single(name, flow.node(span))
}

/// Returns the strings of a list.
fn texts(list: &Node) -> Vec<Node> {
    list.items().filter(|item| item.as_str().is_some()).cloned().collect()
}
