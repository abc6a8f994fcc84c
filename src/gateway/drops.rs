//! What a document says and API Gateway does not keep: what is in the source and not in `export(import(source))`.

use std::collections::HashSet;
use std::fmt;

use serde_json::Value as Json;

use super::export::{ExportOptions, Specification, export};
use super::import::{BasePathMode, base_path_prefix};
use super::{ApiDefinition, extension};
use crate::openapi::{Document, Operation};
use crate::source::{Entry, Node, Span};

/// Something that API Gateway accepts and does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drop {
    /// What kind of thing it is.
    pub kind: DropKind,
    /// Where it was written: the member's name, or the value where it has none.
    pub span: Span,
    /// The value, which is lost with it; of a requirement, the list it is in.
    pub value: Span,
    /// What is lost, as a phrase: `` `deprecated` of GET /pets ``.
    pub what: String,
}

/// What kind of thing is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropKind {
    /// A member of `info`, or another member about the document as a whole.
    Document,
    /// `servers`, besides their base path.
    Server,
    /// An operation of a method that there is not.
    Method,
    /// A member of a path item or an operation.
    Operation,
    /// A whole parameter.
    Parameter,
    /// A member of a parameter or header, or what its schema says.
    ParameterAttribute,
    /// A whole response, or a member of one.
    Response,
    /// A media type of a body, or a member of one.
    Body,
    /// A keyword of a schema.
    Schema,
    /// A requirement that nothing enforces.
    Security,
    /// A scheme that becomes nothing, or a member of one.
    SecurityScheme,
    /// A member of an integration.
    Integration,
    /// Another extension, or a member of one.
    Extension,
}

/// Returns what a document says and the definition made of it does not keep, in the order written.
///
/// `definition` is what `import` made of this document. Descriptions, summaries and tags are kept as documentation
/// parts; what an import refuses is not reported.
#[must_use]
pub fn drops(document: &Document, definition: &ApiDefinition) -> Vec<Drop> {
    let kept = export(definition, None, "", ExportOptions::everything(Specification::Oas30));
    let mut walk = Walk { document, definition, kept: &kept, drops: Vec::new(), seen: HashSet::new() };
    walk.root();
    walk.drops
}

struct Walk<'a> {
    document: &'a Document,
    definition: &'a ApiDefinition,
    kept: &'a Json,
    drops: Vec<Drop>,
    /// The places reported, as one place can be reached by several references.
    seen: HashSet<Span>,
}

/// What a member belongs to. Nearly all members are kept, so it is put into words only for those that are not.
#[derive(Clone, Copy)]
enum Owner<'o> {
    /// It is named as it is: `GET /pets`, `` `info` ``.
    Plain(&'o str),
    /// ``the parameter `limit` of GET /pets``
    Named(&'static str, &'o str, Option<&'o Owner<'o>>),
    /// `the request body of POST /pets`
    Part(&'static str, &'o Owner<'o>),
    /// `the application/json body of POST /pets`
    Body(&'o str, &'o Owner<'o>),
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(name) => f.write_str(name),
            Self::Named(kind, name, None) => write!(f, "the {kind} `{name}`"),
            Self::Named(kind, name, Some(owner)) => write!(f, "the {kind} `{name}` of {owner}"),
            Self::Part(part, owner) => write!(f, "the {part} of {owner}"),
            Self::Body(media_type, owner) => write!(f, "the {media_type} body of {owner}"),
        }
    }
}

/// How deep schemas are compared.
const MAX_DEPTH: usize = 256;
/// Members that become documentation parts.
const PROSE: [&str; 3] = ["description", "summary", "tags"];

impl<'a> Walk<'a> {
    fn report(&mut self, kind: DropKind, span: Span, value: Span, what: impl FnOnce() -> String) {
        if self.seen.insert(span) {
            self.drops.push(Drop { kind, span, value, what: what() });
        }
    }

    /// Reports the member `entry` of an object.
    fn member(&mut self, kind: DropKind, entry: &Entry, owner: Owner<'_>) {
        let name = entry.key.text.as_str();
        if name.starts_with("x-gatewright-") {
            return;
        }
        let kind = if name.starts_with("x-") { DropKind::Extension } else { kind };
        self.report(kind, entry.key.span, entry.value.span, || format!("`{name}` of {owner}"));
    }

    fn root(&mut self) {
        for entry in self.document.root().entries() {
            let name = entry.key.text.as_str();
            match name {
                "openapi" | "swagger" | "security" | "basePath" => {}
                "info" => {
                    for member in entry.value.entries() {
                        if self.kept["info"].get(member.key.text.as_str()).is_none() && !is_empty(&member.value) {
                            self.member(DropKind::Document, member, Owner::Plain("`info`"));
                        }
                    }
                }
                "servers" => self.servers(entry),
                "paths" => self.paths(),
                "components" => self.components(&entry.value),
                extension::REQUEST_VALIDATOR | extension::DOCUMENTATION | extension::IMPORTEXPORT_VERSION => {}
                extension::API_KEY_SOURCE | extension::ENDPOINT_CONFIGURATION => {}
                _ => match self.kept.get(name) {
                    Some(kept) => self.extension(&entry.value, kept, name, 0),
                    None if is_empty(&entry.value) => {}
                    None => self.member(DropKind::Document, entry, Owner::Plain("the document")),
                },
            }
        }
    }

    fn servers(&mut self, entry: &Entry) {
        // The service has its own host; only a base path and the endpoint's extension are read.
        let says = |server: &Node| {
            let url = server.str_of("url").unwrap_or_default();
            // A server of the service itself is what an export shows.
            !url.is_empty() && url != "/" && !url.contains(".execute-api.")
        };
        if entry.value.items().any(says) {
            let what = || "`servers` of the document".into();
            self.report(DropKind::Server, entry.key.span, entry.value.span, what);
        }
    }

    fn paths(&mut self) {
        let document = self.document;
        for entry in document.root().get("paths").map(Node::entries).unwrap_or_default() {
            if entry.key.text.starts_with("x-") {
                self.member(DropKind::Document, entry, Owner::Plain("`paths`"));
            }
        }
        let mut seen = HashSet::new();
        for item in document.paths() {
            // A second path to one resource is refused.
            if !seen.insert(item.path.trim_end_matches('/')) {
                continue;
            }
            let kept = self.kept_path(item.path);
            for entry in item.node.entries() {
                let name = entry.key.text.as_str();
                match name {
                    "$ref" | "parameters" => {}
                    "trace" => {
                        let what = || format!("TRACE {}", item.path);
                        self.report(DropKind::Method, entry.key.span, entry.value.span, what);
                    }
                    _ if PROSE.contains(&name) || crate::openapi::Method::from_key(name).is_some() => {}
                    _ => self.member(DropKind::Operation, entry, Owner::Named("path", item.path, None)),
                }
            }
            let Some(kept) = kept else { continue };
            for operation in document.operations_of(item) {
                if let Some(kept) = kept.get(operation.method.key()) {
                    self.operation(&operation, kept);
                }
            }
        }
    }

    fn kept_path(&self, path: &str) -> Option<&'a Json> {
        let written = path.trim_end_matches('/');
        [BasePathMode::Ignore, BasePathMode::Prepend, BasePathMode::Split].into_iter().find_map(|mode| {
            let prefix: String = base_path_prefix(self.document, mode).iter().map(|s| format!("/{s}")).collect();
            let whole = format!("{prefix}{written}");
            self.kept["paths"].get(if whole.is_empty() { "/" } else { &whole })
        })
    }

    fn operation(&mut self, operation: &Operation<'a>, kept: &'a Json) {
        let label = operation.label();
        let owner = Owner::Plain(&label);
        for entry in operation.node.entries() {
            let name = entry.key.text.as_str();
            match name {
                "parameters" => {}
                "requestBody" => {
                    let body = self.document.resolved(&entry.value);
                    for member in body.entries() {
                        match member.key.text.as_str() {
                            "content" => self.content(&member.value, &kept["requestBody"]["content"], owner),
                            "description" | "required" => {}
                            _ => self.member(DropKind::Body, member, Owner::Part("request body", &owner)),
                        }
                    }
                }
                "responses" => self.responses(&entry.value, &kept["responses"], owner),
                "security" => self.requirements(&entry.value, owner),
                extension::INTEGRATION => {
                    let node = self.document.resolved(&entry.value);
                    self.integration(node, &kept[name], Owner::Part("integration", &owner));
                }
                extension::AUTH | "operationId" => {}
                _ if PROSE.contains(&name) || kept.get(name).is_some() || is_empty(&entry.value) => {}
                _ => self.member(DropKind::Operation, entry, owner),
            }
        }
        for parameter in self.document.parameters(operation) {
            let owner = Owner::Named("parameter", parameter.name, Some(&owner));
            if !matches!(parameter.location, "path" | "query" | "header") {
                self.report(DropKind::Parameter, parameter.node.span, parameter.node.span, || owner.to_string());
                continue;
            }
            self.described(parameter.node, owner);
        }
    }

    /// Reports what is lost of a parameter or header, of which only a name and whether it is required are kept.
    fn described(&mut self, node: &Node, owner: Owner<'_>) {
        for entry in node.entries() {
            match entry.key.text.as_str() {
                "name" | "in" | "required" | "description" | "$ref" => {}
                "schema" => {
                    let schema = self.document.resolved(&entry.value);
                    let is_lost = |e: &&Entry| {
                        let is_plain_type = e.key.text == "type" && e.value.as_str() == Some("string");
                        !is_plain_type && !matches!(e.key.text.as_str(), "description" | "title")
                    };
                    let lost = || schema.entries().filter(is_lost).map(|e| format!("`{}`", e.key.text));
                    if schema.entries().any(|e| is_lost(&e)) {
                        let what = || format!("{} of {owner}", lost().collect::<Vec<_>>().join(", "));
                        self.report(DropKind::ParameterAttribute, entry.value.span, entry.value.span, what);
                    }
                }
                _ if is_empty(&entry.value) => {}
                _ => self.member(DropKind::ParameterAttribute, entry, owner),
            }
        }
    }

    fn responses(&mut self, node: &'a Node, kept: &'a Json, owner: Owner<'_>) {
        for entry in node.entries() {
            let status = entry.key.text.as_str();
            let owner = Owner::Named("response", status, Some(&owner));
            let Some(kept) = kept.get(status) else {
                let kind = if status.starts_with("x-") { DropKind::Extension } else { DropKind::Response };
                self.report(kind, entry.key.span, entry.value.span, || owner.to_string());
                continue;
            };
            for member in self.document.resolved(&entry.value).entries() {
                let name = member.key.text.as_str();
                match name {
                    "description" => {}
                    "headers" => {
                        for header in member.value.entries() {
                            let node = self.document.resolved(&header.value);
                            self.described(node, Owner::Named("header", &header.key.text, Some(&owner)));
                        }
                    }
                    "content" => self.content(&member.value, &kept["content"], owner),
                    _ => self.member(DropKind::Response, member, owner),
                }
            }
        }
    }

    fn content(&mut self, node: &'a Node, kept: &'a Json, owner: Owner<'_>) {
        for media in node.entries() {
            let media_type = media.key.text.as_str();
            let owner = Owner::Body(media_type, &owner);
            for member in media.value.entries() {
                match member.key.text.as_str() {
                    "schema" => {
                        let model = kept.get(media_type).and_then(|m| m["schema"]["$ref"].as_str());
                        let model = model.and_then(|r| r.rsplit('/').next());
                        let Some(model) = model else {
                            // A model that is referred to and was not made is a fault of its own.
                            if !is_empty(&member.value) && member.value.reference().is_none() {
                                self.member(DropKind::Body, member, owner);
                            }
                            continue;
                        };
                        if member.value.reference().is_none_or(|r| !r.ends_with(model)) {
                            let kept = &self.kept["components"]["schemas"][model];
                            self.schema(&member.value, kept, owner, 0);
                        }
                    }
                    _ => self.member(DropKind::Body, member, owner),
                }
            }
        }
    }

    fn schema(&mut self, node: &Node, kept: &Json, owner: Owner<'_>, depth: usize) {
        let is_reference = node.reference().is_some();
        if depth > MAX_DEPTH || (is_reference && kept.get("$ref").is_none()) {
            return;
        }
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            if name == "$ref" {
                continue;
            }
            let Some(kept) = kept.get(name) else {
                if !is_empty(&entry.value) {
                    self.member(DropKind::Schema, entry, owner);
                }
                continue;
            };
            match name {
                "properties" => {
                    for property in entry.value.entries() {
                        let name = property.key.text.as_str();
                        let owner = Owner::Named("property", name, Some(&owner));
                        self.schema(&property.value, &kept[name], owner, depth + 1);
                    }
                }
                "items" | "not" | "additionalProperties" => self.schema(&entry.value, kept, owner, depth + 1),
                "allOf" | "anyOf" | "oneOf" => {
                    for (index, item) in entry.value.items().enumerate() {
                        self.schema(item, &kept[index], owner, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn requirements(&mut self, node: &Node, owner: Owner<'_>) {
        for entry in node.items().flat_map(Node::entries) {
            let name = entry.key.text.as_str();
            if !self.is_enforced(name) {
                let what = || Owner::Named("requirement", name, Some(&owner)).to_string();
                self.report(DropKind::Security, entry.key.span, node.span, what);
            }
        }
    }

    /// Returns whether something enforces a scheme, or its authorizer would if the import had not refused it.
    fn is_enforced(&self, scheme: &str) -> bool {
        if self.definition.authorizer_named(scheme).is_some() {
            return true;
        }
        let schemes = self.document.root().get("components").and_then(|c| c.get("securitySchemes"));
        let Some(node) = schemes.and_then(|s| s.get(scheme)).map(|n| self.document.resolved(n)) else { return false };
        let is_iam = node.str_of(extension::AUTHTYPE).is_some_and(|t| t.eq_ignore_ascii_case("awsSigv4"));
        let is_key = node.str_of("type") == Some("apiKey")
            && node.str_of("in") == Some("header")
            && node.str_of("name").is_some_and(|n| n.eq_ignore_ascii_case("x-api-key"));
        // What is no scheme at all is a fault of its own.
        let is_scheme = match node.str_of("type").unwrap_or_default() {
            "apiKey" => matches!(node.str_of("in"), Some("header" | "query" | "cookie")),
            "http" | "oauth2" | "openIdConnect" | "mutualTLS" => true,
            _ => false,
        };
        let is_reserved = node.str_of(extension::AUTHTYPE).is_some_and(|t| t.to_ascii_lowercase().starts_with("aws"));
        is_iam || is_key || is_reserved || !is_scheme || node.get(extension::AUTHORIZER).is_some()
    }

    fn components(&mut self, node: &'a Node) {
        for section in node.entries() {
            match section.key.text.as_str() {
                "schemas" => {
                    for entry in section.value.entries() {
                        let name = entry.key.text.as_str();
                        if let Some(kept) = self.kept["components"]["schemas"].get(name) {
                            self.schema(&entry.value, kept, Owner::Named("schema", name, None), 0);
                        }
                    }
                }
                "securitySchemes" => {
                    for entry in section.value.entries() {
                        let name = entry.key.text.as_str();
                        let node = self.document.resolved(&entry.value);
                        let kept = self.kept["components"]["securitySchemes"].get(name);
                        let owner = Owner::Named("security scheme", name, None);
                        match (kept.and_then(|k| k.get(extension::AUTHORIZER)), node.get(extension::AUTHORIZER)) {
                            (Some(kept), Some(written)) => self.authorizer(written, kept, owner),
                            (_, None) if !self.is_enforced(name) => {
                                let what = || owner.to_string();
                                self.report(DropKind::SecurityScheme, entry.key.span, entry.value.span, what);
                            }
                            _ => {}
                        }
                    }
                }
                // Resolved where they are used.
                "parameters" | "responses" | "requestBodies" | "headers" | "pathItems" => {}
                _ => self.member(DropKind::Document, section, Owner::Plain("`components`")),
            }
        }
    }

    fn authorizer(&mut self, node: &Node, kept: &Json, owner: Owner<'_>) {
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            // The identity source of a scheme that says it itself is written there.
            if name != "identitySource" && kept.get(name).is_none() && !is_empty(&entry.value) {
                self.member(DropKind::SecurityScheme, entry, owner);
            }
        }
    }

    fn integration(&mut self, node: &Node, kept: &Json, owner: Owner<'_>) {
        if kept.is_null() {
            return;
        }
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            match (name, kept.get(name)) {
                ("$ref", _) => {}
                ("responses" | "requestParameters" | "requestTemplates", Some(kept)) => {
                    // Of two with one status one is kept, which a document can be told of without its model.
                    let status = |node: &Node| node.get("statusCode").and_then(Node::scalar_text);
                    let is_one_of_two = |node: &Node| {
                        let own = status(node);
                        own.is_some() && entry.value.entries().filter(|e| status(&e.value) == own).count() > 1
                    };
                    for member in entry.value.entries() {
                        let is_kept = kept.get(member.key.text.as_str()).is_some();
                        if !is_kept && !member.value.is_null() && !is_one_of_two(&member.value) {
                            self.member(DropKind::Integration, member, owner);
                        }
                    }
                }
                (_, Some(_)) => {}
                // What is as it would be without being said is not in an export.
                ("cacheNamespace", None) => {}
                ("connectionType", None)
                    if entry.value.as_str().is_some_and(|t| t.eq_ignore_ascii_case("INTERNET")) => {}
                (_, None) if is_empty(&entry.value) => {}
                (_, None) => self.member(DropKind::Integration, entry, owner),
            }
        }
    }

    /// Compares an extension whose export has the same shape.
    fn extension(&mut self, node: &Node, kept: &Json, owner: &str, depth: usize) {
        if depth > 1 || node.as_map().is_none() || kept.as_object().is_none() || owner == extension::POLICY {
            return;
        }
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            match kept.get(name) {
                Some(kept) => self.extension(&entry.value, kept, name, depth + 1),
                None if is_empty(&entry.value) => {}
                None => self.member(DropKind::Extension, entry, Owner::Plain(&format!("`{owner}`"))),
            }
        }
    }
}

/// Returns whether a value says nothing: null, false, an empty text, list or object.
fn is_empty(node: &Node) -> bool {
    node.is_null()
        || node.as_bool() == Some(false)
        || node.as_str().is_some_and(str::is_empty)
        || node.as_seq().is_some_and(<[Node]>::is_empty)
        || node.as_map().is_some_and(crate::source::Mapping::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::tests::{document, imported};

    fn check(text: &str, expected: &[(DropKind, &str)]) {
        let definition = imported(text).definition;
        let drops = drops(&document(text), &definition);
        let found: Vec<(DropKind, &str)> = drops.iter().map(|d| (d.kind, d.what.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_lost_is_told_once_at_its_place() {
        check(
            r##"
openapi: 3.0.3
info: {title: t, version: "1", contact: {name: us}}
servers: [{url: "https://example.com/v1"}]
paths:
  /pets:
    parameters: [{name: limit, in: query, description: How many., schema: {type: integer, maximum: 5}}]
    get:
      deprecated: true
      summary: Kept as documentation.
      security: [{oauth: []}]
      parameters: [{name: session, in: cookie, schema: {type: string}}]
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}, example: {}}}}
        default: {description: no}
      x-amazon-apigateway-integration: {type: mock, payloadFormatVersion: "1.0"}
    trace: {responses: {}}
    post: {responses: {}, x-team: pets}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string, nullable: true}, id: {type: string}}}
  securitySchemes:
    oauth: {type: oauth2, flows: {}}
"##,
            &[
                (DropKind::Document, "`contact` of `info`"),
                (DropKind::Server, "`servers` of the document"),
                (DropKind::Method, "TRACE /pets"),
                (DropKind::Operation, "`deprecated` of GET /pets"),
                (DropKind::Security, "the requirement `oauth` of GET /pets"),
                (DropKind::Body, "`example` of the application/json body of the response `200` of GET /pets"),
                (DropKind::Response, "the response `default` of GET /pets"),
                (DropKind::Integration, "`payloadFormatVersion` of the integration of GET /pets"),
                (DropKind::Parameter, "the parameter `session` of GET /pets"),
                (DropKind::ParameterAttribute, "`type`, `maximum` of the parameter `limit` of GET /pets"),
                (DropKind::Extension, "`x-team` of POST /pets"),
                (DropKind::Schema, "`nullable` of the property `name` of the schema `Pet`"),
                (DropKind::SecurityScheme, "the security scheme `oauth`"),
            ],
        );
    }

    #[test]
    fn what_api_gateway_exported_loses_nothing() {
        let first = imported(crate::gateway::tests::SHOP).definition;
        let text = export(&first, None, "us-east-1", ExportOptions::everything(Specification::Oas30)).to_string();
        check(&text, &[]);
    }
}
