//! Schemas of OpenAPI 3.0 as JSON Schema, draft 4, for what a server answers.

use serde_json::{Map, Value as Json, json};

use crate::openapi::Document;
use crate::source::Node;

/// How deep schemas are followed.
const MAX_DEPTH: usize = 64;

/// Where the named schemas are, in the document and in what is made of it.
const NAMED: &str = "#/components/schemas/";

/// Returns the document's named schemas, in its order.
pub(crate) fn named(document: &Document) -> Vec<(&str, &Node)> {
    let schemas = document.root().get("components").and_then(|c| c.get("schemas")).map(Node::entries);
    schemas.unwrap_or_default().map(|entry| (entry.key.text.as_str(), &entry.value)).collect()
}

/// Returns a schema for a response: `null` where it is allowed, and nothing asked for that only requests have.
/// References lead to [`named`] schemas at `#/components/schemas/`; what others lead to takes their place.
pub(crate) fn of_response(document: &Document, schema: &Node) -> Json {
    of(document, schema, 0)
}

fn of(document: &Document, schema: &Node, depth: usize) -> Json {
    if depth > MAX_DEPTH {
        return json!({});
    }
    if let Some(reference) = schema.reference() {
        return if reference.strip_prefix(NAMED).is_some_and(|name| !name.contains('/')) {
            json!({ "$ref": reference })
        } else {
            match document.resolved(schema) {
                target if target.reference().is_none() => of(document, target, depth + 1),
                _ => json!({}),
            }
        };
    }
    let Some(members) = schema.as_map() else {
        // JSON Schema has booleans from draft 6 on.
        return if schema.as_bool() == Some(false) { json!({ "not": {} }) } else { json!({}) };
    };
    let within = |node: &Node| of(document, node, depth + 1);
    let is_write_only = |name: &Node| {
        let property = name.as_str().and_then(|name| schema.get("properties")?.get(name));
        property.is_some_and(|p| document.resolved(p).get("writeOnly").and_then(Node::as_bool) == Some(true))
    };
    let mut out = Map::new();
    for entry in members.iter() {
        let key = entry.key.text.as_str();
        let value = match key {
            "type" => match entry.value.as_str() {
                Some("object" | "array" | "string" | "integer" | "number" | "boolean" | "null") => {
                    entry.value.to_json()
                }
                Some(_) => continue,
                None => entry.value.to_json(),
            },
            "required" => {
                let names: Vec<Json> =
                    entry.value.items().filter(|name| !is_write_only(name)).map(Node::to_json).collect();
                // Draft 4 has no empty list here.
                if names.is_empty() {
                    continue;
                }
                names.into()
            }
            "enum" => {
                let values = entry.value.to_json();
                if values.as_array().is_none_or(Vec::is_empty) {
                    continue;
                }
                values
            }
            "properties" => {
                let properties = entry.value.entries().map(|e| (e.key.text.to_string(), within(&e.value)));
                Json::Object(properties.collect())
            }
            "allOf" | "anyOf" | "oneOf" => {
                let parts: Vec<Json> = entry.value.items().map(within).collect();
                if parts.is_empty() {
                    continue;
                }
                parts.into()
            }
            "items" | "not" => within(&entry.value),
            "additionalProperties" => match entry.value.as_bool() {
                Some(allowed) => allowed.into(),
                None => within(&entry.value),
            },
            "pattern" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf"
            | "minLength" | "maxLength" | "minItems" | "maxItems" | "uniqueItems" | "minProperties"
            | "maxProperties" => entry.value.to_json(),
            _ => continue,
        };
        out.insert(key.to_owned(), value);
    }
    if schema.get("nullable").and_then(Node::as_bool) == Some(true) {
        json!({ "anyOf": [out, { "type": "null" }] })
    } else {
        out.into()
    }
}
