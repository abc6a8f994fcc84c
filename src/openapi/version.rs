//! Which version a document is written in.

use crate::source::{Diagnostic, Node};

use super::Version;

/// Returns the version a root says it is written in.
///
/// # Errors
/// When it says none, or one that is not read.
pub(super) fn detect(root: &Node) -> Result<Version, Box<Diagnostic>> {
    if root.as_map().is_none() {
        let message = format!("this is not an OpenAPI document: it is {}", root.kind().with_article());
        return Err(Box::new(Diagnostic::error("not-openapi", root.span, message)));
    }
    let Some(entry) = root.entry("openapi").or_else(|| root.entry("swagger")) else {
        return Err(Box::new(not_openapi(root)));
    };
    let text = entry.value.scalar_text().unwrap_or_default();
    let version = match (entry.key.text.as_str(), text.as_str()) {
        ("swagger", "2.0" | "2") => Version::V2,
        ("openapi", "3.0" | "3") => Version::V30,
        // What 3.2 adds to 3.1 is made 3.1 of, or reported, before anything else is done.
        ("openapi", "3.1" | "3.2") => Version::V31,
        ("openapi", text) if text.starts_with("3.0.") => Version::V30,
        ("openapi", text) if text.starts_with("3.1.") || text.starts_with("3.2.") => Version::V31,
        (key, text) => {
            let message = format!("`{key}` is `{}`, which is no version that is read", crate::source::shortened(text));
            return Err(Box::new(
                Diagnostic::error("unknown-version", entry.value.span, message)
                    .with_help("write `swagger: \"2.0\"`, `openapi: 3.0.x`, `openapi: 3.1.x` or `openapi: 3.2.x`"),
            ));
        }
    };
    Ok(version)
}

fn not_openapi(root: &Node) -> Diagnostic {
    let place = root.entries().next().map_or(root.span, |first| first.key.span);
    let diagnostic = Diagnostic::error(
        "not-openapi",
        place,
        "this is not an OpenAPI document: it has neither `openapi` nor `swagger`",
    );
    if root.get("Resources").is_some() {
        return diagnostic.with_help("this is a CloudFormation template; name the document that its API takes");
    }
    if root.get("paths").is_some() {
        return diagnostic.with_help("add `openapi: 3.0.3` as the first line");
    }
    diagnostic
}
