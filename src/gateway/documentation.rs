//! The DocumentationPart and DocumentationVersion entities.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// Prose about one part of an API (shape `DocumentationPart`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentationPart {
    /// Six lower-case letters and digits.
    pub id: String,
    /// What it is about.
    pub location: DocumentationLocation,
    /// A JSON text.
    pub properties: String,
}

/// What a documentation part is about (shape `DocumentationPartLocation`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentationLocation {
    /// One of the twelve types, such as `METHOD`.
    #[serde(rename = "type")]
    pub location_type: String,
    /// The resource's path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The verb.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The response's status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    /// The parameter's, model's or authorizer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A snapshot of all parts (shape `DocumentationVersion`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentationVersion {
    /// Its name.
    pub version: String,
    /// Seconds since 1970.
    pub created_date: i64,
    /// Prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Something that documentation can be about; what its kind has not is empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entity<'a> {
    /// One of the twelve types.
    pub(crate) kind: &'a str,
    /// The resource's path.
    pub(crate) path: &'a str,
    /// The verb.
    pub(crate) method: &'a str,
    /// The response's status.
    pub(crate) status_code: &'a str,
    /// The parameter's, model's or authorizer's name.
    pub(crate) name: &'a str,
}

/// Documentation parts, or what stands for them, by their type.
pub(crate) struct PartsByType<'a, T>(HashMap<&'a str, Vec<(&'a DocumentationLocation, T)>>);

impl<'a, T> FromIterator<(&'a DocumentationLocation, T)> for PartsByType<'a, T> {
    fn from_iter<I: IntoIterator<Item = (&'a DocumentationLocation, T)>>(parts: I) -> Self {
        let mut by_type: HashMap<&str, Vec<_>> = HashMap::new();
        for (location, part) in parts {
            by_type.entry(&location.location_type).or_default().push((location, part));
        }
        Self(by_type)
    }
}

impl<T> PartsByType<'_, T> {
    /// Returns what is said of an entity: by its own part, or else by the part of the closest more general location
    /// (guide: "Inherit content from an API entity of more general specifications").
    pub(crate) fn about(&self, entity: &Entity<'_>) -> Option<&T> {
        let parts = self.0.get(entity.kind)?.iter();
        let fitting = parts.filter_map(|(location, part)| Some((fit(location, entity)?, part)));
        fitting.max_by_key(|(closeness, _)| *closeness).map(|(_, part)| part)
    }
}

/// Returns how closely a location describes an entity of its type, or `None` when it does not.
fn fit(location: &DocumentationLocation, entity: &Entity<'_>) -> Option<(usize, bool, bool)> {
    if location.name.as_deref().unwrap_or_default() != entity.name {
        return None;
    }
    let path = match location.path.as_deref().unwrap_or("/") {
        path if path == entity.path => path.len(),
        _ if entity.kind == "RESOURCE" => return None,
        "/" => 0,
        path if entity.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')) => path.len(),
        _ => return None,
    };
    let exact = |pattern: Option<&str>, value: &str| match pattern.unwrap_or("*") {
        "*" => Some(false),
        pattern => (pattern == value).then_some(true),
    };
    let method = exact(location.method.as_deref(), entity.method)?;
    // What is said of a verb of a resource is not said of the verb of those below it (an export that a user published;
    // the guide's table has prefixes of paths for methods of any verb).
    if entity.kind == "METHOD" && method && location.path.as_deref().unwrap_or("/") != entity.path {
        return None;
    }
    Some((path, method, exact(location.status_code.as_deref(), entity.status_code)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_inherit_what_is_said_of_every_verb() {
        let at = |path: &str, method: &str| DocumentationLocation {
            location_type: "METHOD".into(),
            path: Some(path.into()),
            method: Some(method.into()),
            ..DocumentationLocation::default()
        };
        let locations = [at("/a", "GET"), at("/a", "*"), at("/", "POST")];
        let parts: PartsByType<'_, usize> = locations.iter().zip(0..).collect();
        let about = |path, method| parts.about(&Entity { kind: "METHOD", path, method, ..Entity::default() }).copied();
        assert_eq!([about("/a", "GET"), about("/a/{b}", "GET"), about("/a", "POST")], [Some(0), Some(1), Some(1)]);
        assert_eq!([about("/", "POST"), about("/b", "POST"), about("/ab", "GET")], [Some(2), None, None]);
    }
}
