//! `x-amazon-apigateway-documentation`: documentation parts, each about one place of the API.

use super::members::{Members, Problem, ProblemKind};
use crate::gateway::DocumentationLocation;
use crate::source::{Node, Span};

/// The extension of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentationExtension {
    /// The name of the snapshot.
    pub version: Option<String>,
    /// The parts: what each is about, its properties, and where it was written.
    pub parts: Vec<(DocumentationLocation, serde_json::Value, Span)>,
}

/// One of the twelve things that can be documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocationType {
    /// Its name, such as `METHOD`.
    pub name: &'static str,
    /// Whether its location has a path, and `/` where none is given.
    pub path: bool,
    /// Whether its location has a method, and `*` where none is given.
    pub method: bool,
    /// Whether its location has a status code, and `*` where none is given.
    pub status_code: bool,
    /// Whether its location has a name.
    pub named: bool,
}

/// The things that can be documented, in the order of the documentation.
pub const LOCATION_TYPES: [LocationType; 12] = [
    of("API", false, false, false, false),
    of("AUTHORIZER", false, false, false, true),
    of("MODEL", false, false, false, true),
    of("RESOURCE", true, false, false, false),
    of("METHOD", true, true, false, false),
    of("PATH_PARAMETER", true, true, false, true),
    of("QUERY_PARAMETER", true, true, false, true),
    of("REQUEST_HEADER", true, true, false, true),
    of("REQUEST_BODY", true, true, false, false),
    of("RESPONSE", true, true, true, false),
    of("RESPONSE_HEADER", true, true, true, true),
    of("RESPONSE_BODY", true, true, true, false),
];

const NAMES: &[&str] = &[
    "API",
    "AUTHORIZER",
    "MODEL",
    "RESOURCE",
    "METHOD",
    "PATH_PARAMETER",
    "QUERY_PARAMETER",
    "REQUEST_HEADER",
    "REQUEST_BODY",
    "RESPONSE",
    "RESPONSE_HEADER",
    "RESPONSE_BODY",
];

const fn of(name: &'static str, path: bool, method: bool, status_code: bool, named: bool) -> LocationType {
    LocationType { name, path, method, status_code, named }
}

/// Returns what can be documented under this name.
#[must_use]
pub fn location_type(name: &str) -> Option<&'static LocationType> {
    LOCATION_TYPES.iter().find(|t| t.name.eq_ignore_ascii_case(name))
}

impl DocumentationExtension {
    /// Reads the extension. Parts without a type that exists are left out, with a problem.
    #[must_use]
    pub fn read(node: &Node) -> (Self, Vec<Problem>) {
        let mut members = match Members::of(node, super::DOCUMENTATION) {
            Ok(members) => members,
            Err(problem) => return (Self::default(), vec![problem]),
        };
        let mut this = Self { version: members.text("version"), parts: Vec::new() };
        let items = members.get("documentationParts");
        if let Some(list) = items.filter(|n| n.as_seq().is_none()) {
            let kind = ProblemKind::WrongType { expected: "an array", found: list.kind() };
            members.problem("documentationParts", list.span, kind);
        }
        for item in items.map(Node::items).unwrap_or_default() {
            if let Some((location, properties)) = part(item, &mut members) {
                this.parts.push((location, properties, item.span));
            }
        }
        (this, members.finish(&["version", "documentationParts", "createdDate"]))
    }
}

fn part(item: &Node, members: &mut Members<'_>) -> Option<(DocumentationLocation, serde_json::Value)> {
    let Some(node) = item.get("location") else {
        members.problem("location", item.span, ProblemKind::Missing);
        return None;
    };
    let mut reading = match Members::of(node, "location") {
        Ok(reading) => reading,
        Err(problem) => {
            members.problems.push(problem);
            return None;
        }
    };
    let kind = reading.word("type", NAMES).and_then(location_type);
    if reading.get("type").is_none() {
        reading.missing("type");
    }
    let texts = ["path", "method", "statusCode", "name"].map(|key| reading.text(key));
    let [path, method, status_code, name] = texts;
    members.problems.extend(reading.finish(&["type", "path", "method", "statusCode", "name"]));
    let kind = kind?;
    let location = DocumentationLocation { location_type: kind.name.into(), path, method, status_code, name };
    let properties = match item.get("properties") {
        // The service's own exports and documentation write them as a JSON text or as an object.
        Some(node) => match node.as_str().and_then(|text| serde_json::from_str(text).ok()) {
            Some(json) => json,
            None => node.to_json(),
        },
        None => {
            members.problem("properties", item.span, ProblemKind::Missing);
            serde_json::Value::Object(serde_json::Map::new())
        }
    };
    Some((location, properties))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_types() {
        assert!(LOCATION_TYPES.iter().map(|t| t.name).eq(NAMES.iter().copied()));
    }
}
