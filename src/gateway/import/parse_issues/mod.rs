//! What the service's parser of OpenAPI 3.0 finds wrong in a document.
//!
//! The service reads OpenAPI 3.0 with `io.swagger.parser.v3`, whose messages it passes on as warnings, of REST APIs and of
//! HTTP APIs: each begins with `Parse issue:` (reports of users). What it looks for, the places it names and the order of
//! the messages are those of that parser's `OpenAPIDeserializer` in the versions that know what users report (2.0.14 to
//! 2.0.17): the place of a body has no media type, that of a header does not say that it is one, and of a schema's own
//! schemas it knows the outermost place only.
//!
//! One message is left out: that an `oauth2` scheme has no `flows`. The service's own examples for JWT authorizers have
//! none, and are deployed by users who have warnings fail.

mod content;
mod issues;
mod place;
mod schema;
mod shape;

use ahash::AHashSet as HashSet;

use crate::openapi::{Document, Version};
use crate::source::Node;

use self::issues::Issues;
use self::place::Place;
use super::ImportWarning;

/// In the order in which the parser reads them.
const VERBS: [&str; 8] = ["get", "put", "post", "head", "delete", "patch", "options", "trace"];
/// In the order in which the parser looks for the path's variables in them.
const VERBS_WITH_VARIABLES: [&str; 8] = ["get", "put", "post", "patch", "delete", "trace", "options", "head"];

/// Returns what the parser warns of in a document that is written in OpenAPI 3.0; of others it has nothing to say.
pub(in crate::gateway) fn parse_issues(document: &Document) -> Vec<ImportWarning> {
    if document.version() != Version::V30 {
        return Vec::new();
    }
    let components = document.root().get("components");
    let mut reader = Reader {
        components,
        schemas: components.and_then(|components| components.get("schemas")),
        operation_ids: HashSet::new(),
        issues: Issues::default(),
    };
    reader.root(document.root());
    reader.issues.into_warnings()
}

struct Reader<'d> {
    components: Option<&'d Node>,
    schemas: Option<&'d Node>,
    operation_ids: HashSet<&'d str>,
    issues: Issues,
}

impl<'d> Reader<'d> {
    fn root(&mut self, root: &'d Node) {
        let place = Place::Root;
        let seen = self.issues.types(root, place, shape::root);
        self.issues.required(root, place, "info");
        if let Some(info) = object(root, "info") {
            self.info(info, Place::Top("info"));
        }
        if let Some(components) = object(root, "components") {
            self.components(components, Place::Top("components"));
        }
        self.issues.required(root, place, "paths");
        if let Some(paths) = object(root, "paths") {
            self.paths(paths, Place::Top("paths"));
        }
        self.servers(root, Place::Top(".servers"));
        self.external_docs(root, Place::Top("externalDocs"));
        self.tags(root, Place::Top("tags"));
        self.issues.unexpected(seen, root, place, shape::root);
    }

    fn info(&mut self, info: &Node, place: Place<'_>) {
        let seen = self.issues.types(info, place, shape::info);
        self.issues.required(info, place, "title");
        for (name, known) in [("contact", shape::contact as shape::Shape), ("license", shape::license)] {
            let Some(child) = object(info, name) else { continue };
            let place = Place::Member(&place, name);
            let seen = self.issues.types(child, place, known);
            if name == "license" {
                self.issues.required(child, place, "name");
            }
            if let Some(url) = child.get("url").filter(|url| url.as_str().is_some_and(|url| !is_url(url))) {
                self.issues.warn(url.span, place, url.as_str().unwrap_or_default());
            }
            self.issues.unexpected(seen, child, place, known);
        }
        self.issues.required(info, place, "version");
        self.issues.unexpected(seen, info, place, shape::info);
    }

    fn components(&mut self, components: &'d Node, place: Place<'_>) {
        let seen = self.issues.types(components, place, shape::components);
        type Read<'d> = fn(&mut Reader<'d>, &'d Node, Place<'_>);
        let sections: [(&str, Read<'d>); 9] = [
            ("schemas", |reader, all, place| reader.named(all, place, "Schema name", true, Self::schema)),
            ("responses", Self::responses),
            ("parameters", |reader, all, place| {
                reader.named(all, place, "Parameter name", false, |reader, node, place| {
                    reader.parameter(node, place);
                });
            }),
            ("examples", |reader, all, place| reader.named(all, place, "Example name", true, Self::example)),
            ("requestBodies", |reader, all, place| {
                reader.named(all, place, "RequestBody name", true, Self::request_body);
            }),
            ("headers", |reader, all, place| reader.named(all, place, "Header name", true, Self::header)),
            ("securitySchemes", |reader, all, place| {
                reader.named(all, place, "SecurityScheme name", true, Self::security_scheme);
            }),
            ("links", |reader, all, place| reader.named(all, place, "Link name", true, Self::link)),
            ("callbacks", Self::callbacks),
        ];
        for (section, read) in sections {
            if let Some(all) = object(components, section) {
                read(self, all, Place::Member(&place, section));
            }
        }
        self.issues.unexpected(seen, components, place, shape::components);
    }

    /// Reads a map by name. `what` is what its names are called, `typed` whether all that is in it has to be an object.
    fn named(
        &mut self,
        entries: &'d Node,
        place: Place<'_>,
        what: &str,
        typed: bool,
        read: fn(&mut Self, &'d Node, Place<'_>),
    ) {
        for entry in entries.entries() {
            let name = entry.key.text.as_str();
            self.issues.name(entry, place, what);
            if entry.value.as_map().is_some() {
                read(self, &entry.value, Place::Member(&place, name));
            } else if typed {
                self.issues.mistyped(&entry.value, place, name, "object");
            }
        }
    }

    fn servers(&mut self, node: &Node, place: Place<'_>) {
        for server in node.get("servers").map(Node::items).unwrap_or_default() {
            if server.as_map().is_some() {
                self.server(server, place);
            }
        }
    }

    fn server(&mut self, server: &Node, place: Place<'_>) {
        let seen = self.issues.types(server, place, shape::server);
        self.issues.required(server, place, "url");
        let variables = Place::Member(&place, "variables");
        for variable in object(server, "variables").map(Node::entries).unwrap_or_default() {
            let place = Place::Member(&variables, &variable.key.text);
            let seen = self.issues.types(&variable.value, place, shape::server_variable);
            self.issues.required(&variable.value, Place::Member(&place, "default"), "default");
            self.issues.unexpected(seen, &variable.value, place, shape::server_variable);
        }
        self.issues.unexpected(seen, server, place, shape::server);
    }

    fn external_docs(&mut self, node: &Node, place: Place<'_>) {
        let Some(docs) = object(node, "externalDocs") else { return };
        let seen = self.issues.types(docs, place, shape::external_docs);
        self.issues.required(docs, place, "url");
        self.issues.unexpected(seen, docs, place, shape::external_docs);
    }

    fn tags(&mut self, root: &'d Node, place: Place<'_>) {
        let mut names = HashSet::new();
        for tag in root.get("tags").map(Node::items).unwrap_or_default() {
            if tag.as_map().is_none() {
                continue;
            }
            let seen = self.issues.types(tag, place, shape::tag);
            self.issues.required(tag, place, "name");
            self.external_docs(tag, Place::Member(&place, "externalDocs"));
            self.issues.unexpected(seen, tag, place, shape::tag);
            let name = tag.str_of("name").unwrap_or("null");
            if !names.insert(name) {
                self.issues.repeated_tag(tag, place, name);
            }
        }
    }

    fn paths(&mut self, paths: &'d Node, place: Place<'_>) {
        for entry in paths.entries() {
            let path = entry.key.text.as_str();
            if path.starts_with("x-") {
                continue;
            }
            if entry.value.as_map().is_none() {
                self.issues.mistyped(&entry.value, place, path, "object");
                continue;
            }
            if !path.starts_with('/') {
                self.issues.warn(entry.key.span, place, &format!(" Resource {path} should start with /"));
            }
            let item = Place::Quoted(&place, path);
            self.path_item(&entry.value, item);
            self.variables(path, &entry.value, item);
        }
    }

    fn path_item(&mut self, item: &'d Node, place: Place<'_>) {
        if item.reference().is_some() {
            return;
        }
        let seen = self.issues.types(item, place, shape::path_item);
        self.parameters(item, place);
        self.servers(item, place);
        for verb in VERBS {
            if let Some(operation) = object(item, verb) {
                self.operation(operation, Place::Operation(&place, verb));
            }
        }
        self.issues.unexpected(seen, item, place, shape::path_item);
    }

    /// Warns of variables of a path that its operations do not declare. A greedy one is named with its plus.
    fn variables(&mut self, path: &str, item: &Node, place: Place<'_>) {
        let names = path.split(['-', '/', '.']).filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let mut names = names.filter(|name| !name.is_empty()).peekable();
        if names.peek().is_none() || item.reference().is_some() {
            return;
        }
        let all = Declared::of(item);
        let operations = VERBS_WITH_VARIABLES.iter().filter_map(|verb| item.entry(verb));
        let operations = operations.filter(|operation| operation.value.as_map().is_some());
        let operations: Vec<_> =
            operations.map(|operation| (operation.key.span, Declared::of(&operation.value))).collect();
        for name in names.filter(|name| !all.has(name)) {
            for (at, _) in operations.iter().filter(|(_, declared)| !declared.has(name)) {
                let words = format!(
                    " Declared path parameter {name} needs to be defined as a path parameter in path or operation level"
                );
                self.issues.warn(*at, place, &words);
            }
        }
    }

    fn operation(&mut self, operation: &'d Node, place: Place<'_>) {
        let seen = self.issues.types(operation, place, shape::operation);
        let child = |name: &str| seen.may_have(name).then(|| object(operation, name)).flatten();
        if seen.may_have("externalDocs") {
            self.external_docs(operation, Place::Member(&place, "externalDocs"));
        }
        if operation.str_of("operationId").is_some_and(|id| !self.operation_ids.insert(id)) {
            self.issues.repeated(operation, place, "operationId");
        }
        if seen.may_have("parameters") {
            self.parameters(operation, Place::Member(&place, "parameters"));
        }
        if let Some(body) = child("requestBody") {
            self.request_body(body, Place::Member(&place, "requestBody"));
        }
        match operation.get("responses") {
            None => self.issues.missing(operation, place, "responses"),
            Some(responses) if responses.as_map().is_some() => {
                self.responses(responses, Place::Member(&place, "responses"));
            }
            Some(_) => {}
        }
        if let Some(callbacks) = child("callbacks") {
            self.callbacks(callbacks, Place::Member(&place, "callbacks"));
        }
        if seen.may_have("servers") {
            self.servers(operation, Place::Member(&place, "servers"));
        }
        self.issues.unexpected(seen, operation, place, shape::operation);
    }

    fn callbacks(&mut self, callbacks: &'d Node, place: Place<'_>) {
        for entry in callbacks.entries() {
            self.issues.name(entry, place, "Callback key");
            self.callback(&entry.value, place);
        }
    }

    fn callback(&mut self, callback: &'d Node, place: Place<'_>) {
        if self.issues.refers(callback, place) {
            return;
        }
        for item in callback.entries() {
            self.path_item(&item.value, place);
        }
    }

    fn security_scheme(&mut self, scheme: &'d Node, place: Place<'_>) {
        if self.issues.refers(scheme, place) {
            return;
        }
        let seen = self.issues.types(scheme, place, shape::security_scheme);
        self.issues.required(scheme, place, "type");
        match scheme.str_of("type").filter(|kind| !kind.trim().is_empty()) {
            Some("apiKey") => {
                self.issues.required(scheme, place, "name");
                self.issues.required(scheme, place, "in");
            }
            Some("http") => self.issues.required(scheme, place, "scheme"),
            Some("openIdConnect") => self.issues.required(scheme, place, "openIdConnectUrl"),
            Some("oauth2") | None => {}
            Some(_) => {
                let place = Place::Member(&place, "type");
                self.issues.mistyped(scheme, place, "type", "http|apiKey|oauth2|openIdConnect ");
            }
        }
        if let Some(flows) = object(scheme, "flows") {
            self.oauth_flows(flows, place);
        }
        self.issues.unexpected(seen, scheme, place, shape::security_scheme);
    }

    fn oauth_flows(&mut self, flows: &Node, place: Place<'_>) {
        let seen = self.issues.types(flows, place, shape::oauth_flows);
        let kinds: [(&str, &[&str]); 4] = [
            ("implicit", &["authorizationUrl", "scopes"]),
            ("password", &["tokenUrl", "scopes"]),
            ("clientCredentials", &["tokenUrl", "scopes"]),
            ("authorizationCode", &["authorizationUrl", "tokenUrl", "scopes"]),
        ];
        for (kind, required) in kinds {
            let Some(flow) = object(flows, kind) else { continue };
            let seen = self.issues.types(flow, place, shape::oauth_flow);
            for name in required {
                self.issues.required(flow, place, name);
            }
            self.issues.unexpected(seen, flow, place, shape::oauth_flow);
        }
        self.issues.unexpected(seen, flows, place, shape::oauth_flows);
    }
}

/// The path parameters that a path or an operation declares.
enum Declared<'d> {
    Names(HashSet<&'d str>),
    /// One is a reference, which the parser takes for any.
    Any,
}

impl<'d> Declared<'d> {
    fn of(node: &'d Node) -> Self {
        let mut names = HashSet::new();
        for parameter in node.get("parameters").map(Node::items).unwrap_or_default() {
            if parameter.reference().is_some() {
                return Self::Any;
            }
            names.extend(parameter.str_of("name").filter(|_| parameter.str_of("in") == Some("path")));
        }
        Self::Names(names)
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::Names(names) => names.contains(name),
            Self::Any => true,
        }
    }
}

/// Returns a member that is an object, as the parser reads no other.
fn object<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    node.get(name).filter(|value| value.as_map().is_some())
}

/// Whether Java takes a text for a URL: it has a scheme that Java has a handler for.
fn is_url(text: &str) -> bool {
    let scheme = text.trim_start().split_once(':').map_or("", |(scheme, _)| scheme);
    text.trim().is_empty()
        || ["http", "https", "ftp", "file", "mailto", "jar"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests;
