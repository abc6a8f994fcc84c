//! Models to schemas.

use serde_json::{Map, Value as Json};

use crate::gateway::documentation::Entity;
use crate::gateway::model::{linked_model, schema_keyword_rank, swagger_keyword_rank};

use super::{Exporter, Specification};

impl Exporter<'_> {
    /// Returns all models as schemas, by name, or `None` when there are none.
    pub(super) fn schemas(&self) -> Option<Json> {
        if self.definition.models.is_empty() {
            return None;
        }
        let schemas = self.definition.models.values().map(|model| {
            let schema = model.schema.as_deref().and_then(|text| serde_json::from_str(text).ok());
            let schema = schema.unwrap_or_else(|| Json::Object(Map::new()));
            let mut schema = exported(&schema, self.options.specification, 0);
            if let Some(members) = schema.as_object_mut() {
                let mut said = Map::new();
                let entity = Entity { kind: "MODEL", name: &model.name, ..Entity::default() };
                self.describe(&mut said, &entity, &["title", "description", "externalDocs", "example"]);
                // What the schema says of itself stands.
                for (key, value) in said {
                    members.entry(key).or_insert(value);
                }
            }
            (model.name.clone(), schema)
        });
        Some(Json::Object(schemas.collect()))
    }
}

/// The depth at which a stored schema is cut off.
const MAX_DEPTH: usize = 512;

/// Returns a stored schema as it stands in a document: model links as local references, keywords in their order.
fn exported(schema: &Json, specification: Specification, depth: usize) -> Json {
    let Json::Object(members) = schema else { return schema.clone() };
    if depth > MAX_DEPTH {
        return Json::Object(Map::new());
    }
    if let Some(name) = members.get("$ref").and_then(Json::as_str).and_then(linked_model) {
        return serde_json::json!({ "$ref": specification.model_reference(name) });
    }
    let mut kept: Vec<(&String, &Json)> =
        members.iter().filter(|(key, _)| !matches!(key.as_str(), "$schema" | "id")).collect();
    kept.sort_by_key(|(key, _)| match specification {
        Specification::Oas30 => schema_keyword_rank(key),
        Specification::Swagger => swagger_keyword_rank(key),
    });
    let members = kept.into_iter().map(|(key, value)| {
        let value = match (key.as_str(), value) {
            ("properties" | "definitions" | "patternProperties", Json::Object(schemas)) => Json::Object(
                schemas.iter().map(|(name, s)| (name.clone(), exported(s, specification, depth + 1))).collect(),
            ),
            ("items" | "not" | "additionalProperties", value) => exported(value, specification, depth + 1),
            ("allOf" | "anyOf" | "oneOf", Json::Array(all)) => {
                Json::Array(all.iter().map(|s| exported(s, specification, depth + 1)).collect())
            }
            (_, value) => value.clone(),
        };
        (key.clone(), value)
    });
    Json::Object(members.collect())
}
