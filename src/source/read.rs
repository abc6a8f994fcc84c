//! A text of either format to nodes.

use std::sync::Arc;

use super::{Diagnostic, FileId, Format, Node, Sources, Span, json, yaml};

/// Adds a text to the sources and reads it: JSON or YAML, as its name and its first characters say.
///
/// The node is absent when nothing could be made of the text; the diagnostics then hold an error.
pub fn read_text(
    sources: &mut Sources,
    name: &str,
    text: impl Into<Arc<str>>,
) -> (FileId, Option<Node>, Vec<Diagnostic>) {
    read(sources, name, text.into(), json::parse)
}

/// Does the same as [`read_text`], with long JSON on two threads.
pub fn read_text_in_halves(
    sources: &mut Sources,
    name: &str,
    text: impl Into<Arc<str>>,
) -> (FileId, Option<Node>, Vec<Diagnostic>) {
    read(sources, name, text.into(), json::parse_in_halves)
}

fn read(
    sources: &mut Sources,
    name: &str,
    text: Arc<str>,
    parse_json: fn(FileId, &str) -> json::Parsed,
) -> (FileId, Option<Node>, Vec<Diagnostic>) {
    let format = format_of(name, &text);
    let id = sources.add(name, text, format);
    let text = sources.file(id).text();
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        let message = "this is not text: it holds a NUL byte";
        return (id, None, vec![Diagnostic::error("not-text", Span::new(id, at, at + 1), message)]);
    }
    if text.trim().is_empty() {
        let message = if text.is_empty() { "the file is empty" } else { "there is nothing but space in the file" };
        return (id, None, vec![Diagnostic::error("empty", Span::new(id, 0, 0), message)]);
    }
    let (root, diagnostics) = match format {
        Format::Yaml => yaml::parse(id, text),
        Format::Json => {
            let (root, diagnostics) = parse_json(id, text);
            // What begins like JSON may be YAML in flow style; when it is neither, the complaint is JSON's.
            match root {
                None if !is_json_name(name) => match yaml::parse(id, text) {
                    (Some(root), of_yaml) => {
                        sources.set_format(id, Format::Yaml);
                        (Some(root), of_yaml)
                    }
                    _ => (None, diagnostics),
                },
                root => (root, diagnostics),
            }
        }
    };
    if root.is_none() && diagnostics.is_empty() {
        let message = "there is nothing but comments in the file";
        return (id, None, vec![Diagnostic::error("empty", Span::new(id, 0, 0), message)]);
    }
    (id, root, diagnostics)
}

fn is_json_name(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Returns JSON for what begins with a bracket, YAML for the rest, whatever its name: many a `.json` holds YAML.
fn format_of(_name: &str, text: &str) -> Format {
    match text.trim_start().as_bytes().first() {
        Some(b'{' | b'[') => Format::Json,
        _ => Format::Yaml,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_fault(name: &str, text: &str) -> String {
        let mut sources = Sources::new();
        let (_, _, diagnostics) = read_text(&mut sources, name, text.to_owned());
        diagnostics.first().map(|d| d.message.clone()).unwrap_or_default()
    }

    #[test]
    fn what_holds_no_document_is_said_to() {
        assert_eq!(first_fault("a.yaml", ""), "the file is empty");
        assert_eq!(first_fault("a.yaml", " \n"), "there is nothing but space in the file");
        assert_eq!(first_fault("a.yaml", "# x\n"), "there is nothing but comments in the file");
        assert_eq!(first_fault("a.yaml", "a\0b"), "this is not text: it holds a NUL byte");
    }

    #[test]
    fn flow_style_is_yaml_where_the_name_allows() {
        assert_eq!(first_fault("a.yaml", "{openapi: 3.0.0}"), "");
        assert_eq!(first_fault("a.json", "{openapi: 3.0.0}"), "found `openapi` where a key in quotes should be");
        assert_eq!(first_fault("a.yaml", "{\"a\": [1"), "the text ends inside an array; `,` or `]` should follow");
    }
}
