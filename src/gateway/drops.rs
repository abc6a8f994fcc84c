//! What a document says and API Gateway does not keep: what is in the source and not in `export(import(source))`.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::export::{ExportOptions, Specification, export};
use super::import::{BasePathMode, base_path_prefix};
use super::{ApiDefinition, extension};
use crate::openapi::{Document, Operation};
use crate::source::{Entry, Node, Pointer, Span};

/// Something that API Gateway accepts and does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drop {
    /// What kind of thing it is.
    pub kind: DropKind,
    /// Where it was written: the member's name, or the value where it has none.
    pub span: Span,
    /// Where it is in the document.
    pub pointer: Pointer,
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

/// How deep schemas are compared.
const MAX_DEPTH: usize = 256;
/// Members that become documentation parts.
const PROSE: [&str; 3] = ["description", "summary", "tags"];

impl<'a> Walk<'a> {
    fn report(&mut self, kind: DropKind, span: Span, pointer: Pointer, what: String) {
        if self.seen.insert(span) {
            self.drops.push(Drop { kind, span, pointer, what });
        }
    }

    /// Reports the member `entry` of the object at `pointer`.
    fn member(&mut self, kind: DropKind, entry: &Entry, pointer: &Pointer, owner: &str) {
        let name = entry.key.text.as_str();
        if name.starts_with("x-gatewright-") {
            return;
        }
        let kind = if name.starts_with("x-") { DropKind::Extension } else { kind };
        self.report(kind, entry.key.span, pointer.join(name), format!("`{name}` of {owner}"));
    }

    fn root(&mut self) {
        let at = Pointer::root();
        for entry in self.document.root().entries() {
            let name = entry.key.text.as_str();
            let here = at.join(name);
            match name {
                "openapi" | "swagger" | "security" | "basePath" => {}
                "info" => {
                    for member in entry.value.entries() {
                        if self.kept["info"].get(member.key.text.as_str()).is_none() && !is_empty(&member.value) {
                            self.member(DropKind::Document, member, &here, "`info`");
                        }
                    }
                }
                "servers" => self.servers(entry, &here),
                "paths" => self.paths(&here),
                "components" => self.components(&entry.value, &here),
                extension::REQUEST_VALIDATOR | extension::DOCUMENTATION | extension::IMPORTEXPORT_VERSION => {}
                extension::API_KEY_SOURCE | extension::ENDPOINT_CONFIGURATION => {}
                _ => match self.kept.get(name) {
                    Some(kept) => self.extension(&entry.value, kept, &here, name, 0),
                    None if is_empty(&entry.value) => {}
                    None => self.member(DropKind::Document, entry, &at, "the document"),
                },
            }
        }
    }

    fn servers(&mut self, entry: &Entry, at: &Pointer) {
        // The service has its own host; only a base path and the endpoint's extension are read.
        let says = |server: &Node| {
            let url = server.str_of("url").unwrap_or_default();
            // A server of the service itself is what an export shows.
            !url.is_empty() && url != "/" && !url.contains(".execute-api.")
        };
        if entry.value.items().any(says) {
            self.report(DropKind::Server, entry.key.span, at.clone(), "`servers` of the document".into());
        }
    }

    fn paths(&mut self, at: &Pointer) {
        let document = self.document;
        for entry in document.root().get("paths").map(Node::entries).unwrap_or_default() {
            if entry.key.text.starts_with("x-") {
                self.member(DropKind::Document, entry, at, "`paths`");
            }
        }
        for item in document.paths() {
            let here = at.join(item.path);
            let kept = self.kept_path(item.path);
            for entry in item.node.entries() {
                let name = entry.key.text.as_str();
                match name {
                    "$ref" | "parameters" => {}
                    "trace" => {
                        let what = format!("TRACE {}", item.path);
                        self.report(DropKind::Method, entry.key.span, here.join(name), what);
                    }
                    _ if PROSE.contains(&name) || crate::openapi::Method::from_key(name).is_some() => {}
                    _ => self.member(DropKind::Operation, entry, &here, &format!("the path `{}`", item.path)),
                }
            }
            let Some(kept) = kept else { continue };
            for operation in document.operations_of(item) {
                if let Some(kept) = kept.get(operation.method.key()) {
                    self.operation(&operation, kept, &here.join(operation.method.key()));
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

    fn operation(&mut self, operation: &Operation<'a>, kept: &'a Json, at: &Pointer) {
        let owner = operation.label();
        for entry in operation.node.entries() {
            let name = entry.key.text.as_str();
            let here = at.join(name);
            match name {
                "parameters" => {}
                "requestBody" => {
                    let body = self.document.resolved(&entry.value);
                    for member in body.entries() {
                        match member.key.text.as_str() {
                            "content" => self.content(
                                &member.value,
                                &kept["requestBody"]["content"],
                                &here.join("content"),
                                &owner,
                            ),
                            "description" | "required" => {}
                            _ => self.member(DropKind::Body, member, &here, &format!("the request body of {owner}")),
                        }
                    }
                }
                "responses" => self.responses(&entry.value, &kept["responses"], &here, &owner),
                "security" => self.requirements(&entry.value, &here, &owner),
                extension::INTEGRATION => {
                    let node = self.document.resolved(&entry.value);
                    self.integration(node, &kept[name], &here, &format!("the integration of {owner}"));
                }
                extension::AUTH | "operationId" => {}
                _ if PROSE.contains(&name) || kept.get(name).is_some() || is_empty(&entry.value) => {}
                _ => self.member(DropKind::Operation, entry, at, &owner),
            }
        }
        for parameter in self.document.parameters(operation) {
            let owner = format!("the parameter `{}` of {owner}", parameter.name);
            let here = at.join("parameters");
            if !matches!(parameter.location, "path" | "query" | "header") {
                self.report(DropKind::Parameter, parameter.node.span, here, owner);
                continue;
            }
            self.described(parameter.node, &here, &owner);
        }
    }

    /// Reports what is lost of a parameter or header, of which only a name and whether it is required are kept.
    fn described(&mut self, node: &Node, at: &Pointer, owner: &str) {
        for entry in node.entries() {
            match entry.key.text.as_str() {
                "name" | "in" | "required" | "description" | "$ref" => {}
                "schema" => {
                    let schema = self.document.resolved(&entry.value);
                    let lost: Vec<String> = schema
                        .entries()
                        .filter(|e| !(e.key.text == "type" && e.value.as_str() == Some("string")))
                        .filter(|e| !matches!(e.key.text.as_str(), "description" | "title"))
                        .map(|e| format!("`{}`", e.key.text))
                        .collect();
                    if !lost.is_empty() {
                        let what = format!("{} of {owner}", lost.join(", "));
                        self.report(DropKind::ParameterAttribute, entry.value.span, at.join("schema"), what);
                    }
                }
                _ => self.member(DropKind::ParameterAttribute, entry, at, owner),
            }
        }
    }

    fn responses(&mut self, node: &'a Node, kept: &'a Json, at: &Pointer, owner: &str) {
        for entry in node.entries() {
            let status = entry.key.text.as_str();
            let owner = format!("the response `{status}` of {owner}");
            let Some(kept) = kept.get(status) else {
                let kind = if status.starts_with("x-") { DropKind::Extension } else { DropKind::Response };
                self.report(kind, entry.key.span, at.join(status), owner);
                continue;
            };
            let here = at.join(status);
            for member in self.document.resolved(&entry.value).entries() {
                let name = member.key.text.as_str();
                match name {
                    "description" => {}
                    "headers" => {
                        for header in member.value.entries() {
                            let node = self.document.resolved(&header.value);
                            let at = here.join(name).join(header.key.text.clone());
                            self.described(node, &at, &format!("the header `{}` of {owner}", header.key.text));
                        }
                    }
                    "content" => self.content(&member.value, &kept["content"], &here.join(name), &owner),
                    _ => self.member(DropKind::Response, member, &here, &owner),
                }
            }
        }
    }

    fn content(&mut self, node: &'a Node, kept: &'a Json, at: &Pointer, owner: &str) {
        for media in node.entries() {
            let media_type = media.key.text.as_str();
            let here = at.join(media_type);
            let owner = format!("the {media_type} body of {owner}");
            for member in media.value.entries() {
                match member.key.text.as_str() {
                    "schema" => {
                        let model = kept.get(media_type).and_then(|m| m["schema"]["$ref"].as_str());
                        let model = model.and_then(|r| r.rsplit('/').next());
                        let Some(model) = model else {
                            if !is_empty(&member.value) {
                                self.member(DropKind::Body, member, &here, &owner);
                            }
                            continue;
                        };
                        if member.value.reference().is_none_or(|r| !r.ends_with(model)) {
                            let kept = &self.kept["components"]["schemas"][model];
                            self.schema(&member.value, kept, &here.join("schema"), &owner, 0);
                        }
                    }
                    _ => self.member(DropKind::Body, member, &here, &owner),
                }
            }
        }
    }

    fn schema(&mut self, node: &Node, kept: &Json, at: &Pointer, owner: &str, depth: usize) {
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
                if !entry.value.is_null() {
                    self.member(DropKind::Schema, entry, at, owner);
                }
                continue;
            };
            let here = at.join(name);
            match name {
                "properties" => {
                    for property in entry.value.entries() {
                        let name = property.key.text.as_str();
                        let owner = format!("the property `{name}` of {owner}");
                        self.schema(&property.value, &kept[name], &here.join(name), &owner, depth + 1);
                    }
                }
                "items" | "not" | "additionalProperties" => self.schema(&entry.value, kept, &here, owner, depth + 1),
                "allOf" | "anyOf" | "oneOf" => {
                    for (index, item) in entry.value.items().enumerate() {
                        self.schema(item, &kept[index], &here.join(index.to_string()), owner, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn requirements(&mut self, node: &Node, at: &Pointer, owner: &str) {
        for (index, requirement) in node.items().enumerate() {
            for entry in requirement.entries() {
                let name = entry.key.text.as_str();
                if !self.is_enforced(name) {
                    let what = format!("the requirement `{name}` of {owner}");
                    self.report(DropKind::Security, entry.key.span, at.join(index.to_string()).join(name), what);
                }
            }
        }
    }

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
        is_iam || is_key
    }

    fn components(&mut self, node: &'a Node, at: &Pointer) {
        for section in node.entries() {
            let here = at.join(section.key.text.clone());
            match section.key.text.as_str() {
                "schemas" => {
                    for entry in section.value.entries() {
                        let name = entry.key.text.as_str();
                        if let Some(kept) = self.kept["components"]["schemas"].get(name) {
                            self.schema(&entry.value, kept, &here.join(name), &format!("the schema `{name}`"), 0);
                        }
                    }
                }
                "securitySchemes" => {
                    for entry in section.value.entries() {
                        let name = entry.key.text.as_str();
                        let node = self.document.resolved(&entry.value);
                        let kept = self.kept["components"]["securitySchemes"].get(name);
                        let owner = format!("the security scheme `{name}`");
                        match (kept.and_then(|k| k.get(extension::AUTHORIZER)), node.get(extension::AUTHORIZER)) {
                            (Some(kept), Some(written)) => {
                                let here = here.join(name).join(extension::AUTHORIZER);
                                self.authorizer(written, kept, &here, &owner);
                            }
                            (_, None) if !self.is_enforced(name) => {
                                self.report(DropKind::SecurityScheme, entry.key.span, here.join(name), owner);
                            }
                            _ => {}
                        }
                    }
                }
                // Resolved where they are used.
                "parameters" | "responses" | "requestBodies" | "headers" | "pathItems" => {}
                _ => self.member(DropKind::Document, section, at, "`components`"),
            }
        }
    }

    fn authorizer(&mut self, node: &Node, kept: &Json, at: &Pointer, owner: &str) {
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            // The identity source of a scheme that says it itself is written there.
            if name != "identitySource" && kept.get(name).is_none() && !is_empty(&entry.value) {
                self.member(DropKind::SecurityScheme, entry, at, owner);
            }
        }
    }

    fn integration(&mut self, node: &Node, kept: &Json, at: &Pointer, owner: &str) {
        if kept.is_null() {
            return;
        }
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            match (name, kept.get(name)) {
                ("$ref", _) => {}
                ("responses" | "requestParameters" | "requestTemplates", Some(kept)) => {
                    for member in entry.value.entries() {
                        if kept.get(member.key.text.as_str()).is_none() && !member.value.is_null() {
                            self.member(DropKind::Integration, member, &at.join(name), owner);
                        }
                    }
                }
                (_, Some(_)) => {}
                // What is as it would be without being said is not in an export.
                ("timeoutInMillis" | "cacheNamespace" | "responseTransferMode", None) => {}
                ("connectionType", None)
                    if entry.value.as_str().is_some_and(|t| t.eq_ignore_ascii_case("INTERNET")) => {}
                (_, None) if is_empty(&entry.value) => {}
                (_, None) => self.member(DropKind::Integration, entry, at, owner),
            }
        }
    }

    /// Compares an extension whose export has the same shape.
    fn extension(&mut self, node: &Node, kept: &Json, at: &Pointer, owner: &str, depth: usize) {
        if depth > 1 || node.as_map().is_none() || kept.as_object().is_none() || owner == extension::POLICY {
            return;
        }
        for entry in node.entries() {
            let name = entry.key.text.as_str();
            match kept.get(name) {
                Some(kept) => self.extension(&entry.value, kept, &at.join(name), owner, depth + 1),
                None if is_empty(&entry.value) => {}
                None => self.member(DropKind::Extension, entry, at, &format!("`{owner}`")),
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
