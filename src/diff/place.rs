//! Places as people and fingerprints name them: `Pet.name`, `response 200 of GET /pets`.

use crate::source::{Node, Pointer};

/// A place of a document in words, and in a form that does not depend on the order of lists.
pub(super) struct Place {
    /// What the place is, in backticks where it names something; empty for an operation or the whole.
    pub(super) subject: String,
    /// The pointer with list positions replaced by names.
    pub(super) stable: String,
}

/// Returns the words for a pointer of a document.
pub(super) fn place(root: Option<&Node>, pointer: &str) -> Place {
    let pointer = Pointer::parse(pointer).unwrap_or_default();
    let segments: Vec<&str> = pointer.segments().iter().map(|s| s.as_str()).collect();
    let mut stable = String::new();
    let mut node = root;
    let mut names: Vec<String> = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let list = node.is_some_and(|n| n.as_seq().is_some());
        node = node.and_then(|n| match n.as_seq() {
            Some(items) => segment.parse::<usize>().ok().and_then(|i| items.get(i)),
            None => n.get(segment),
        });
        let name = if list { name_of(node) } else { blanked(segments.get(at.wrapping_sub(1)), segment) };
        stable.push('/');
        stable.push_str(&name);
        names.push(if list { name } else { (*segment).to_owned() });
    }
    Place { subject: subject(&segments, &names), stable }
}

/// Returns what an item of a list is recognized by.
fn name_of(node: Option<&Node>) -> String {
    let Some(node) = node else { return "-".into() };
    if let (Some(name), Some(place)) = (node.str_of("name"), node.str_of("in")) {
        return format!("{place}:{name}");
    }
    let text = node.reference().or_else(|| node.str_of("title")).or_else(|| node.str_of("url"));
    text.map(str::to_owned).or_else(|| node.scalar_text().map(|t| t.to_string())).unwrap_or_else(|| "-".into())
}

/// Returns a segment with the names of path parameters left out, when it is a path.
fn blanked(parent: Option<&&str>, segment: &str) -> String {
    if parent.copied() != Some("paths") {
        return segment.to_owned();
    }
    let parts = segment.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn subject(segments: &[&str], names: &[String]) -> String {
    match segments {
        ["components", "schemas" | "x-schemas", name, rest @ ..] => member(name, rest),
        ["definitions", name, rest @ ..] => member(name, rest),
        ["components", "parameters", name, rest @ ..] | ["parameters", name, rest @ ..] => {
            with_rest(format!("the parameter {}", super::edit::quoted(name)), rest)
        }
        ["components", "responses", name, rest @ ..] | ["responses", name, rest @ ..] => {
            with_rest(format!("the response {}", super::edit::quoted(name)), rest)
        }
        ["components", "requestBodies", name, rest @ ..] => {
            with_rest(format!("the request body {}", super::edit::quoted(name)), rest)
        }
        ["components", "headers", name, rest @ ..] => {
            with_rest(format!("the header {}", super::edit::quoted(name)), rest)
        }
        ["paths", _, "parameters", _, rest @ ..] => parameter(names.get(3), rest),
        ["paths", _, _, "parameters", _, rest @ ..] => parameter(names.get(4), rest),
        ["paths", _, _, "requestBody", rest @ ..] => with_rest("the request body".into(), rest),
        ["paths", _, _, "responses", status, "headers", name, rest @ ..] => {
            let what =
                format!("the header {} of the response {}", super::edit::quoted(name), super::edit::quoted(status));
            with_rest(what, rest)
        }
        ["paths", _, _, "responses", status, rest @ ..] => {
            with_rest(format!("the response {}", super::edit::quoted(status)), rest)
        }
        _ => String::new(),
    }
}

fn parameter(name: Option<&String>, rest: &[&str]) -> String {
    let name = name.map_or("", |n| n.as_str());
    match name.split_once(':') {
        Some(("body", _)) => with_rest("the request body".into(), rest),
        Some((place, name)) => with_rest(format!("the {place} parameter {}", super::edit::quoted(name)), rest),
        None => {
            let name = name.rsplit('/').next().unwrap_or(name);
            with_rest(format!("the parameter {}", super::edit::quoted(name)), rest)
        }
    }
}

/// Returns a schema's member: `` `Pet.owner.name` ``.
fn member(name: &str, rest: &[&str]) -> String {
    super::edit::quoted(&format!("{name}{}", path(rest)))
}

fn with_rest(what: String, rest: &[&str]) -> String {
    let path = path(rest);
    let path = path.trim_start_matches('.');
    if path.is_empty() { what } else { format!("{what}: {}", super::edit::quoted(path)) }
}

/// Returns the way through a schema: `.owner.tags[]`.
fn path(segments: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = segments.iter();
    while let Some(segment) = rest.next() {
        match *segment {
            "properties" | "patternProperties" => {
                if let Some(name) = rest.next() {
                    out.push('.');
                    out.push_str(name);
                }
            }
            "items" => out.push_str("[]"),
            "additionalProperties" => out.push_str(".*"),
            "content" => {
                rest.next();
            }
            _ => {}
        }
    }
    out
}
