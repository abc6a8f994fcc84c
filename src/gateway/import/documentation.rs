//! Prose to documentation parts: what the document says of its parts, then what its extension says.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use crate::gateway::documentation::{Entity, PartsByType};
use crate::gateway::extension::{self, DocumentationExtension, ProblemKind, location_type};
use crate::gateway::{DocumentationLocation, DocumentationPart};
use crate::openapi::{Document, Operation};
use crate::source::{Node, Span};

use super::ImportWarning;
use super::importer::Importer;

/// Parts by location, in the order found; a later one takes the place of an earlier one.
pub(crate) type Parts = IndexMap<DocumentationLocation, Json, ahash::RandomState>;

impl<'a> Importer<'a> {
    /// Makes the documentation parts of what the document says ([`described`]) and what its extension says, unless they
    /// are not wanted.
    pub(super) fn documentation(&mut self, mut parts: Parts) {
        if self.options.ignore_documentation {
            return;
        }
        let extension = self.document.root().get(extension::DOCUMENTATION);
        let mut at = self.document.root().span;
        if let Some(node) = extension {
            at = node.span;
            let (said, faults) = listed(node);
            self.faults.extend(faults);
            let by_type: PartsByType<'_, &Json> = said.iter().collect();
            parts.retain(|location, properties| !is_repeated(location, properties, &by_type));
            parts.extend(said);
        }
        let before = self.before.map(|b| b.documentation_parts.values()).into_iter().flatten();
        let known: HashMap<&DocumentationLocation, &String> = before.map(|p| (&p.location, &p.id)).collect();
        for (location, properties) in parts {
            let parts = &self.definition.documentation_parts;
            let new = || self.ids.free_id(6, &|id| parts.contains_key(id));
            let id = known.get(&location).map_or_else(new, |id| (*id).clone());
            let part = DocumentationPart { id: id.clone(), location, properties: text_of(&properties) };
            self.definition.documentation_parts.insert(id, part);
        }
        if self.definition.documentation_parts.len() > self.options.quotas.documentation_parts {
            self.fault(at, crate::gateway::quota::reached("Documentation parts", "this API"));
        }
    }
}

/// Returns the parts that `x-amazon-apigateway-documentation` lists, and why API Gateway would refuse the others.
pub(crate) fn listed(node: &Node) -> (Parts, Vec<ImportWarning>) {
    let (read, problems) = DocumentationExtension::read(node);
    let fault = |span: Span, reason: &str| ImportWarning {
        message: format!("Unable to create documentation part: {reason}"),
        span: Some(span),
    };
    let is_grave = |kind: &ProblemKind| {
        matches!(kind, ProblemKind::Missing | ProblemKind::NotOneOf { .. } | ProblemKind::WrongType { .. })
    };
    let grave = problems.iter().filter(|problem| is_grave(&problem.kind) && problem.member != "version");
    let mut faults: Vec<ImportWarning> =
        grave.map(|problem| fault(problem.span, &format!("Invalid {} specified", problem.member))).collect();
    let mut parts = Parts::default();
    for (mut location, properties, span) in read.parts {
        if let Some(message) = location_fault(&location) {
            faults.push(fault(span, &message));
            continue;
        }
        if location.path.is_none() && location_type(&location.location_type).is_some_and(|t| t.path) {
            // The service fills this in and leaves the other defaults out (recorded).
            location.path = Some("/".into());
        }
        parts.insert(location, properties);
    }
    (parts, faults)
}

/// Returns the parts of what a document says at its entities.
pub(super) fn described(document: &Document, prefix: &[String]) -> Parts {
    let mut parts = Parts::default();
    let root = document.root();
    if let Some(info) = root.get("info").and_then(|info| members(info, &["description"])) {
        let location = DocumentationLocation { location_type: "API".into(), ..Default::default() };
        parts.insert(location, serde_json::json!({ "info": info }));
    }
    let components = root.get("components");
    for (section, kind, keys) in
        [("schemas", "MODEL", &["title", "description"][..]), ("securitySchemes", "AUTHORIZER", &["description"][..])]
    {
        for entry in components.and_then(|c| c.get(section)).map(Node::entries).unwrap_or_default() {
            let is_part = kind == "MODEL" || entry.value.get(extension::AUTHORIZER).is_some();
            let properties = members(&entry.value, keys).filter(|_| is_part);
            let location = || DocumentationLocation {
                location_type: kind.into(),
                name: Some(entry.key.text.as_str().to_owned()),
                ..Default::default()
            };
            insert(&mut parts, location, properties);
        }
    }
    let prefix: String = prefix.iter().map(|segment| format!("/{segment}")).collect();
    for item in document.paths() {
        let written = item.path.trim_end_matches('/');
        let path = if prefix.is_empty() && written.is_empty() { "/".into() } else { [&prefix, written].concat() };
        let location = || DocumentationLocation {
            location_type: "RESOURCE".into(),
            path: Some(path.clone()),
            ..Default::default()
        };
        insert(&mut parts, location, members(item.node, &["summary", "description"]));
        for operation in document.operations_of(item) {
            described_operation(document, &operation, &path, &mut parts);
        }
    }
    parts
}

fn described_operation(document: &Document, operation: &Operation<'_>, path: &str, parts: &mut Parts) {
    let at = |kind: &str, status: Option<&str>, name: Option<&str>| DocumentationLocation {
        location_type: kind.into(),
        path: Some(path.to_owned()),
        method: Some(operation.method.verb().to_owned()),
        status_code: status.map(str::to_owned),
        name: name.map(str::to_owned),
    };
    insert(parts, || at("METHOD", None, None), members(operation.node, &["tags", "summary", "description"]));
    for parameter in document.parameters(operation) {
        let kind = match parameter.location {
            "path" => "PATH_PARAMETER",
            "query" => "QUERY_PARAMETER",
            "header" => "REQUEST_HEADER",
            _ => continue,
        };
        insert(parts, || at(kind, None, Some(parameter.name)), members(parameter.node, &["description"]));
    }
    if let Some(body) = operation.node.get("requestBody") {
        insert(parts, || at("REQUEST_BODY", None, None), members(document.resolved(body), &["description"]));
    }
    for entry in operation.node.get("responses").map(Node::entries).unwrap_or_default() {
        let status = entry.key.text.as_str();
        if !super::methods::is_status(status) {
            continue;
        }
        let response = document.resolved(&entry.value);
        insert(parts, || at("RESPONSE", Some(status), None), members(response, &["description"]));
        for header in response.get("headers").map(Node::entries).unwrap_or_default() {
            let node = document.resolved(&header.value);
            let location = || at("RESPONSE_HEADER", Some(status), Some(&header.key.text));
            insert(parts, location, members(node, &["description"]));
        }
    }
}

/// Returns why API Gateway has no such location: a member that its type has not, or one that it needs.
#[must_use]
pub fn location_fault(location: &DocumentationLocation) -> Option<String> {
    let Some(kind) = location_type(&location.location_type) else {
        return Some(format!("Invalid documentation part location type specified: {}", location.location_type));
    };
    let given = [
        ("path", location.path.is_some(), kind.path),
        ("method", location.method.is_some(), kind.method),
        ("statusCode", location.status_code.is_some(), kind.status_code),
        ("name", location.name.is_some(), kind.named),
    ];
    // The words are known of this type alone (reports of users).
    if kind.name == "API" && given.iter().any(|(_, is_given, _)| *is_given) {
        return Some("[Location type: API cannot have path, method, statusCode or name defined.]".to_owned());
    }
    if let Some((member, ..)) = given.iter().find(|(_, is_given, is_valid)| *is_given && !is_valid) {
        return Some(format!("Field '{member}' is not valid for documentation part type {}", kind.name));
    }
    let needs_name = matches!(kind.name, "REQUEST_HEADER" | "PATH_PARAMETER" | "RESPONSE_HEADER");
    if needs_name && location.name.as_deref().is_none_or(str::is_empty) {
        return Some(format!("Field 'name' is required for documentation part type {}", kind.name));
    }
    None
}

/// Returns whether what a document says at an entity only repeats its extension: an export says both.
fn is_repeated(location: &DocumentationLocation, properties: &Json, said: &PartsByType<'_, &Json>) -> bool {
    let status_code = location.status_code.as_deref().unwrap_or_default();
    let entity = Entity {
        kind: &location.location_type,
        path: location.path.as_deref().unwrap_or_default(),
        method: location.method.as_deref().unwrap_or_default(),
        status_code,
        name: location.name.as_deref().unwrap_or_default(),
    };
    let Some(said) = said.about(&entity) else {
        // A schema keeps its own prose, and a response without a part has this one.
        return entity.kind == "MODEL"
            || (entity.kind == "RESPONSE" && properties["description"] == format!("{status_code} response"));
    };
    properties.as_object().is_some_and(|members| members.iter().all(|(key, value)| said.get(key) == Some(value)))
}

/// Returns properties as a part keeps them.
fn text_of(properties: &Json) -> String {
    // As `to_string` of the value, without its way over a formatter.
    serde_json::to_string(properties).unwrap_or_default()
}

/// Adds a part where something is said; only then is its location made.
fn insert(parts: &mut Parts, location: impl FnOnce() -> DocumentationLocation, properties: Option<Json>) {
    if let Some(properties) = properties {
        parts.insert(location(), properties);
    }
}

/// Returns those of the members that are there and not empty, or `None` when none is.
fn members(node: &Node, keys: &[&str]) -> Option<Json> {
    let mut members = Map::new();
    for key in keys {
        let Some(value) = node.get(key) else { continue };
        if value.as_str().is_some_and(|t| !t.is_empty()) || value.as_seq().is_some_and(|s| !s.is_empty()) {
            members.insert((*key).to_owned(), value.to_json());
        }
    }
    (!members.is_empty()).then_some(Json::Object(members))
}
