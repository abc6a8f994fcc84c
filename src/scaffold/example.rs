//! The examples a document gives of its bodies and parameters.

use serde_json::Value as Json;

use crate::openapi::Document;
use crate::source::Node;

use super::sample::{Fit, fits};
use super::schema::Models;
use super::shape::Shape;

/// How many references deep examples are put together from those of members.
const MAX_DEPTH: usize = 8;

/// How many schemas are looked at for one example.
const MAX_SCHEMAS: usize = 2000;

/// Returns the first example of a media type or parameter that fits the shape.
pub(crate) fn example(document: &Document, models: &Models<'_>, owner: &Node, shape: &Shape, fit: Fit) -> Option<Json> {
    written(document, owner).find_map(|value| fitting(models, shape, value, fit))
}

/// Returns all examples of a media type that fit the shape, each once.
pub(crate) fn all(document: &Document, models: &Models<'_>, owner: &Node, shape: &Shape, fit: Fit) -> Vec<Json> {
    let mut found: Vec<Json> = Vec::new();
    for value in written(document, owner).filter_map(|value| fitting(models, shape, value, fit)) {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

fn fitting(models: &Models<'_>, shape: &Shape, value: Json, fit: Fit) -> Option<Json> {
    if fits(models, shape, &value, fit) {
        return Some(value);
    }
    // An example of JSON is often written as a text that holds it.
    let inner: Json = serde_json::from_str(value.as_str()?).ok()?;
    fits(models, shape, &inner, fit).then_some(inner)
}

/// Returns the examples at a media type or a parameter, then those of its schema, each made when it is asked for.
fn written(document: &Document, owner: &Node) -> impl Iterator<Item = Json> {
    let own = owner.get("example").map(Node::to_json);
    let named = owner.get("examples").map(Node::entries).unwrap_or_default();
    let named = named.filter_map(|entry| document.resolved(&entry.value).get("value").map(Node::to_json));
    let schema = owner.get("schema");
    let assembled = move || Assembly { document, followed: Vec::new(), left: MAX_SCHEMAS }.of(schema?);
    let default = move || document.resolved(schema?).get("default").map(Node::to_json);
    let of_schema = std::iter::once_with(assembled).flatten().chain(std::iter::once_with(default).flatten());
    own.into_iter().chain(named).chain(of_schema)
}

/// Puts examples together from those of members.
struct Assembly<'d> {
    document: &'d Document,
    /// The references followed on the way to here: a schema within itself is left out.
    followed: Vec<String>,
    /// How many schemas may be looked at still: members of members multiply.
    left: usize,
}

impl Assembly<'_> {
    /// Returns the example of a schema, put together from its members where it has none of its own.
    fn of(&mut self, schema: &Node) -> Option<Json> {
        self.left = self.left.checked_sub(1)?;
        let Some(reference) = schema.get("$ref").and_then(Node::as_str) else { return self.of_target(schema) };
        if self.followed.len() > MAX_DEPTH || self.followed.iter().any(|known| known == reference) {
            return None;
        }
        self.followed.push(reference.to_owned());
        let document = self.document;
        let example = self.of_target(document.resolved(schema));
        self.followed.pop();
        example
    }

    fn of_target(&mut self, schema: &Node) -> Option<Json> {
        if let Some(example) = schema.get("example").filter(|example| !example.is_null()) {
            return Some(example.to_json());
        }
        if let Some(example) = schema.get("examples").and_then(|examples| examples.items().next()) {
            return Some(example.to_json());
        }
        if let Some(items) = schema.get("items") {
            return self.of(items).map(|item| Json::Array(vec![item]));
        }
        let properties = schema.get("properties")?;
        let required: Vec<&str> =
            schema.get("required").map(Node::items).unwrap_or_default().filter_map(Node::as_str).collect();
        let mut members = serde_json::Map::new();
        for entry in properties.entries() {
            match self.of(&entry.value) {
                Some(value) => {
                    members.insert(entry.key.text.to_string(), value);
                }
                None if required.contains(&entry.key.text.as_str()) => return None,
                None => {}
            }
        }
        (!members.is_empty()).then_some(Json::Object(members))
    }
}
