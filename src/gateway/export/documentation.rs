//! Documentation parts in an export: at what they are about, and in the extension.
//!
//! A stage without a documentation version shows none. What the specification has a place for stands at the entity, its
//! own or inherited; the extension has everything (guide: "Download a documentation snapshot", "Inherit content").

use serde_json::{Map, Value as Json, json};

use crate::gateway::documentation::{Entity, PartsByType};
use crate::gateway::{ApiDefinition, DocumentationLocation, Stage, extension};

use super::Exporter;

/// The documentation of an export; empty when the stage shows none.
pub(super) type Documentation<'a> = PartsByType<'a, Json>;

/// Returns the parts that a stage shows, for what they are about.
pub(super) fn shown<'a>(definition: &'a ApiDefinition, stage: Option<&Stage>) -> Documentation<'a> {
    let version = stage.and_then(|stage| stage.documentation_version.as_ref());
    let parts = version.into_iter().flat_map(|_| definition.documentation_parts.values());
    parts.map(|part| (&part.location, properties(&part.properties))).collect()
}

fn properties(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

impl Exporter<'_> {
    /// Returns the extension, when the stage shows a version.
    pub(super) fn documentation_extension(&self) -> Option<Json> {
        let version = self.stage?.documentation_version.as_ref()?;
        let mut parts: Vec<_> = self.definition.documentation_parts.values().collect();
        parts.sort_by(|a, b| a.location.cmp(&b.location));
        let parts: Vec<Json> = parts
            .into_iter()
            .map(|part| json!({ "location": written(&part.location), "properties": properties(&part.properties) }))
            .collect();
        let mut members = Map::new();
        members.insert("version".into(), version.clone().into());
        if let Some(seconds) = self.options.documented_at {
            members.insert("createdDate".into(), super::timestamp(seconds).into());
        }
        members.insert("documentationParts".into(), Json::Array(parts));
        Some(Json::Object(members))
    }

    /// Returns what the documentation says of an entity in the specification's own words (`keys`) and in extensions.
    pub(super) fn said<'s>(
        &'s self,
        entity: &Entity<'_>,
        keys: &'s [&'s str],
    ) -> impl Iterator<Item = (&'s String, &'s Json)> {
        let said = self.documentation.about(entity).and_then(Json::as_object);
        said.into_iter().flat_map(move |said| wanted(said, keys))
    }

    /// Sets the same.
    pub(super) fn describe(&self, members: &mut Map<String, Json>, entity: &Entity<'_>, keys: &[&str]) {
        members.extend(self.said(entity, keys).map(|(key, value)| (key.clone(), value.clone())));
    }

    /// Sets what the documentation says of the API itself, in the document and in its `info`.
    pub(super) fn describe_api(&self, document: &mut Map<String, Json>) {
        let api = Entity { kind: "API", ..Entity::default() };
        let Some(Json::Object(said)) = self.documentation.about(&api) else { return };
        inject(document, said, &["tags", "externalDocs"]);
        if let (Some(Json::Object(info)), Some(Json::Object(said))) = (document.get_mut("info"), said.get("info")) {
            inject(info, said, &["description", "termsOfService", "contact", "license"]);
        }
    }
}

fn inject(members: &mut Map<String, Json>, said: &Map<String, Json>, keys: &[&str]) {
    members.extend(wanted(said, keys).map(|(key, value)| (key.clone(), value.clone())));
}

/// Returns the members that are extensions, other than API Gateway's, or among `keys`.
fn wanted<'s>(said: &'s Map<String, Json>, keys: &'s [&'s str]) -> impl Iterator<Item = (&'s String, &'s Json)> {
    said.iter().filter(move |(key, _)| {
        let is_extension = key.starts_with("x-") && !key.starts_with(extension::PREFIX);
        is_extension || keys.contains(&key.as_str())
    })
}

/// Returns a location as exports write it: the root's path goes without saying.
fn written(location: &DocumentationLocation) -> DocumentationLocation {
    DocumentationLocation { path: location.path.clone().filter(|path| path != "/"), ..location.clone() }
}
