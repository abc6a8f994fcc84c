//! What a document's base path puts in front of every path.

use crate::openapi::Document;
use crate::source::Node;

use super::BasePathMode;

/// Returns the segments in front of every path.
pub(crate) fn prefix(document: &Document, mode: BasePathMode) -> Vec<String> {
    let skipped = match mode {
        BasePathMode::Ignore => return Vec::new(),
        BasePathMode::Prepend => 0,
        // The first segment is taken for the stage.
        BasePathMode::Split => 1,
    };
    let base = base_path(document);
    base.split('/').filter(|s| !s.is_empty()).skip(skipped).map(str::to_owned).collect()
}

/// Returns the base path of a document, empty when it has none.
///
/// The default of the first `basePath` variable of the servers, whether or not a URL uses it; else the path of the
/// first server's URL (developer guide, `api-gateway-import-api-basePath`).
pub(super) fn base_path(document: &Document) -> String {
    let root = document.root();
    let servers = root.get("servers").map(Node::items).unwrap_or_default();
    let variable = servers
        .clone()
        .find_map(|server| server.get("variables")?.get("basePath")?.get("default")?.scalar_text())
        .map(String::from);
    if let Some(path) = variable {
        return path;
    }
    if let Some(url) = servers.clone().next().and_then(|server| server.str_of("url")) {
        return url_path(url).to_owned();
    }
    root.str_of("basePath").unwrap_or_default().to_owned()
}

fn url_path(url: &str) -> &str {
    let path = match url.split_once("://").map(|(_, rest)| rest).or_else(|| url.strip_prefix("//")) {
        Some(rest) => rest.find('/').map_or("", |at| &rest[at..]),
        None => url,
    };
    path.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_urls() {
        assert_eq!(url_path("https://api.example.com/v1/x?y=/z"), "/v1/x");
        assert_eq!(url_path("https://api.example.com"), "");
        assert_eq!(url_path("//api.example.com/v1"), "/v1");
        assert_eq!(url_path("/v2"), "/v2");
        assert_eq!(url_path("/"), "/");
    }
}
