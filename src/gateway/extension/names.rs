//! Which extensions there are, and where each may stand.

use super::{
    ANY_METHOD, API_KEY_SOURCE, AUTH, AUTHORIZER, AUTHTYPE, BINARY_MEDIA_TYPES, CORS, DOCUMENTATION,
    ENDPOINT_ACCESS_MODE, ENDPOINT_CONFIGURATION, GATEWAY_RESPONSES, IMPORTEXPORT_VERSION, INTEGRATION, INTEGRATIONS,
    MINIMUM_COMPRESSION_SIZE, POLICY, REQUEST_VALIDATOR, REQUEST_VALIDATORS, SECURITY_POLICY, TAG_VALUE,
};

/// What every extension's name begins with.
pub const PREFIX: &str = "x-amazon-apigateway-";

/// An object of a document that an extension can be a member of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// The document itself.
    Root,
    /// An entry of `servers`.
    Server,
    /// A path item.
    PathItem,
    /// An operation, the catch-all method included.
    Operation,
    /// An entry of `components.securitySchemes`, in 2.0 of `securityDefinitions`.
    SecurityScheme,
    /// `components`
    Components,
    /// An entry of `tags` of the document.
    Tag,
}

impl Position {
    /// Returns the object as a phrase: `an operation`.
    #[must_use]
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Root => "the document",
            Self::Server => "an entry of `servers`",
            Self::PathItem => "a path item",
            Self::Operation => "an operation",
            Self::SecurityScheme => "a security scheme",
            Self::Components => "`components`",
            Self::Tag => "an entry of `tags`",
        }
    }
}

/// Which kinds of API read an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apis {
    /// REST APIs only.
    Rest,
    /// HTTP APIs only.
    Http,
    /// Both.
    Both,
}

/// An extension: its name and where it may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The member's name.
    pub name: &'static str,
    /// Who reads it.
    pub apis: Apis,
    /// Where it may stand in Swagger 2.0.
    pub swagger: &'static [Position],
    /// Where it may stand in OpenAPI 3.0.
    pub openapi: &'static [Position],
}

use Position::{Components, Operation, PathItem, Root, SecurityScheme, Server, Tag};

/// All extensions, by name.
pub const ALL: [Extension; 20] = [
    of(ANY_METHOD, Apis::Both, &[PathItem], &[PathItem]),
    of(API_KEY_SOURCE, Apis::Rest, &[Root], &[Root]),
    of(AUTH, Apis::Both, &[Operation], &[Operation]),
    of(AUTHORIZER, Apis::Both, &[SecurityScheme], &[SecurityScheme]),
    of(AUTHTYPE, Apis::Both, &[SecurityScheme], &[SecurityScheme]),
    of(BINARY_MEDIA_TYPES, Apis::Rest, &[Root], &[Root]),
    of(CORS, Apis::Http, &[], &[Root]),
    of(DOCUMENTATION, Apis::Rest, &[Root], &[Root]),
    of(ENDPOINT_ACCESS_MODE, Apis::Rest, &[Root], &[Root, Server]),
    of(ENDPOINT_CONFIGURATION, Apis::Both, &[Root], &[Server, Root]),
    of(GATEWAY_RESPONSES, Apis::Rest, &[Root], &[Root]),
    of(IMPORTEXPORT_VERSION, Apis::Http, &[], &[Root]),
    of(INTEGRATION, Apis::Both, &[Operation], &[Operation]),
    of(INTEGRATIONS, Apis::Http, &[], &[Components]),
    of(MINIMUM_COMPRESSION_SIZE, Apis::Rest, &[Root], &[Root]),
    of(POLICY, Apis::Rest, &[Root], &[Root]),
    of(REQUEST_VALIDATOR, Apis::Rest, &[Root, Operation], &[Root, Operation]),
    of(REQUEST_VALIDATORS, Apis::Rest, &[Root], &[Root]),
    of(SECURITY_POLICY, Apis::Rest, &[Root], &[Root, Server]),
    of(TAG_VALUE, Apis::Http, &[], &[Tag]),
];

const fn of(name: &'static str, apis: Apis, swagger: &'static [Position], openapi: &'static [Position]) -> Extension {
    Extension { name, apis, swagger, openapi }
}

/// Returns the extension of this name.
#[must_use]
pub fn extension(name: &str) -> Option<&'static Extension> {
    ALL.iter().find(|e| e.name == name)
}

/// Returns the extension whose name is nearest to one that is not an extension's, if any is near.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    nearest_of(name, ALL.iter().map(|e| e.name))
}

/// Returns the name nearest to `name`, if any is within a third of its length in edits.
#[must_use]
pub fn nearest_of<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted: Vec<char> = name.chars().flat_map(char::to_lowercase).take(128).collect();
    let shared = PREFIX.len() * usize::from(name.starts_with(PREFIX));
    let allowed = (wanted.len().saturating_sub(shared) / 3).max(1);
    names
        .into_iter()
        .map(|candidate| (edits(&wanted, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the names with those first that are nearest to `name`, or begin as it does.
#[must_use]
pub fn nearest_first<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let wanted: Vec<char> = name.chars().flat_map(char::to_lowercase).take(128).collect();
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_by_cached_key(|candidate| {
        let shared = wanted.iter().zip(candidate.chars()).take_while(|(a, b)| **a == *b).count();
        edits(&wanted, candidate).saturating_add(wanted.len()).saturating_sub(shared)
    });
    names
}

/// Returns how many characters must be put in, taken out or replaced.
fn edits(wanted: &[char], candidate: &str) -> usize {
    let mut row: Vec<usize> = (0..=wanted.len()).collect();
    for (i, c) in candidate.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, w) in row.iter_mut().skip(1).zip(wanted) {
            let above = *slot;
            let here = (diagonal + usize::from(c != *w)).min(above + 1).min(left + 1);
            diagonal = above;
            left = here;
            *slot = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_begin_alike() {
        assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(ALL.iter().all(|e| e.name.starts_with(PREFIX)));
    }

    #[test]
    fn a_misspelt_name_has_a_nearest_one() {
        assert_eq!(nearest("x-amazon-apigateway-integraton"), Some(INTEGRATION));
        assert_eq!(nearest("x-amazon-apigateway-request-validater"), Some(REQUEST_VALIDATOR));
        assert_eq!(nearest("x-amazon-apigateway-gateway-response"), Some(GATEWAY_RESPONSES));
        assert_eq!(nearest("x-amazon-apigateway-zzzzzz"), None);
    }
}
