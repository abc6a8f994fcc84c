//! OpenAPI 3.2 to 3.1, <https://spec.openapis.org/oas/v3.2.0>: what 3.2 adds is said in the words of 3.1, or reported.

use crate::source::{Diagnostic, Entry, Node, Pointer, Severity, Value};

use super::Version;
use super::grammar::{self, Object, Type};
use super::members::{Members, single};

/// What 3.2 adds to an object and earlier versions have no words for, with how much it matters that it goes.
const ADDED: [(&str, &str, Severity); 18] = [
    ("an OpenAPI document", "$self", Severity::Info),
    ("a server", "name", Severity::Info),
    ("a tag", "summary", Severity::Info),
    ("a tag", "parent", Severity::Info),
    ("a tag", "kind", Severity::Info),
    ("a path item", "query", Severity::Warning),
    ("a path item", "additionalOperations", Severity::Warning),
    ("a media type", "prefixEncoding", Severity::Warning),
    ("a media type", "itemEncoding", Severity::Warning),
    ("an encoding", "encoding", Severity::Warning),
    ("an encoding", "prefixEncoding", Severity::Warning),
    ("an encoding", "itemEncoding", Severity::Warning),
    ("a response", "summary", Severity::Info),
    ("a discriminator", "defaultMapping", Severity::Warning),
    ("a security scheme", "oauth2MetadataUrl", Severity::Info),
    ("a security scheme", "deprecated", Severity::Info),
    ("the OAuth flows", "deviceAuthorization", Severity::Warning),
    ("an OAuth flow", "deviceAuthorizationUrl", Severity::Info),
];

/// How many references to media types may follow one another.
const MAX_CHAIN: usize = 16;

/// Returns the document without what only 3.2 has. One of 3.1 comes back as it is, but for shared media types.
pub(super) fn to_31(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let is_32 = root.get("openapi").and_then(Node::scalar_text).is_some_and(|text| text.starts_with("3.2"));
    let shared = root.get("components").is_some_and(|c| c.get("mediaTypes").is_some());
    if !is_32 && !shared {
        return root.clone();
    }
    let ty = grammar::document(Version::V31);
    let mut lowering = Lowering { root, is_32, diagnostics };
    grammar::rewrite(root, ty, &mut |node, ty| lowering.replacement(node, ty)).unwrap_or_else(|| root.clone())
}

struct Lowering<'a> {
    root: &'a Node,
    is_32: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Lowering<'_> {
    fn lost(&mut self, severity: Severity, at: &Entry, what: &str) {
        let message = format!("OpenAPI 3.0 has no `{}` in {what}; it is left out", at.key.text);
        self.diagnostics.push(Diagnostic::new(severity, "beyond-openapi-30", at.key.span, message));
    }

    fn replacement(&mut self, node: &Node, ty: Type) -> Option<Node> {
        let new = match ty {
            Type::Object(object) if object.name == "a media type" => self.media_type(node),
            Type::Object(object) if object.name == "the components" => {
                let mut out = Members::of(node);
                out.take("mediaTypes").map(|_| out.node(node.span))
            }
            Type::List(Type::Object(object)) if object.name == "a parameter" && self.is_32 => self.parameters(node),
            _ => None,
        };
        let node = match (new, ty) {
            (new, Type::Object(object)) if self.is_32 => {
                let node = new.as_ref().unwrap_or(node);
                self.object(node, object).or(new)?
            }
            (new, _) => new?,
        };
        let inner = grammar::rewrite_children(&node, ty, &mut |node, ty| self.replacement(node, ty));
        Some(inner.unwrap_or(node))
    }

    /// Returns an object without the members that 3.2 added, or `None` when it has none of them.
    fn object(&mut self, node: &Node, object: &Object) -> Option<Node> {
        let added = |e: &Entry| {
            ADDED.iter().find(|(of, name, _)| *of == object.name && *name == e.key.text).map(|(.., severity)| *severity)
        };
        let is_reference = node.reference().is_some();
        let lacks_description = object.name == "a response" && !is_reference && node.get("description").is_none();
        let changes = |e: &Entry| {
            added(e).is_some()
                || matches!(
                    (object.name, e.key.text.as_str()),
                    ("an example", "dataValue" | "serializedValue")
                        | ("an xml object", "nodeType")
                        | ("a parameter", "style")
                )
        };
        if !lacks_description && !node.entries().any(changes) {
            return None;
        }
        let mut out = Members::default();
        for entry in node.entries() {
            let Entry { key, value } = entry;
            match (object.name, key.text.as_str()) {
                ("a response", "summary") if lacks_description => {
                    out.put("description", key.span, value.clone());
                }
                ("an example", "dataValue") => out.put("value", key.span, value.clone()),
                ("an example", "serializedValue") if node.get("dataValue").or_else(|| node.get("value")).is_none() => {
                    out.put("value", key.span, value.clone());
                }
                ("an example", "serializedValue") => self.lost(Severity::Info, entry, object.name),
                ("an xml object", "nodeType") => match value.as_str() {
                    Some("attribute") => out.put("attribute", key.span, Node::bool(true, value.span)),
                    Some("element") => {}
                    _ => self.lost(Severity::Info, entry, object.name),
                },
                ("a parameter", "style") if value.as_str() == Some("cookie") => {
                    self.lost(Severity::Info, entry, object.name);
                }
                _ => match added(entry) {
                    Some(severity) => self.lost(severity, entry, object.name),
                    None => out.keep(key.clone(), value.clone()),
                },
            }
        }
        if lacks_description && !out.has("description") {
            out.put("description", node.span, Node::string("", node.span));
        }
        Some(out.node(node.span))
    }

    /// Sets in what a reference leads to, which only 3.2 allows here, and makes an array of a stream of items.
    fn media_type(&mut self, node: &Node) -> Option<Node> {
        let mut content = node;
        for _ in 0..MAX_CHAIN {
            let pointer = content.reference().and_then(|r| r.strip_prefix('#')).and_then(Pointer::parse_fragment);
            match pointer.and_then(|pointer| self.root.at(&pointer)) {
                Some(next) => content = next,
                None => break,
            }
        }
        let Some(items) = content.entry("itemSchema").filter(|_| self.is_32) else {
            return node.reference().and(Some(content.clone()));
        };
        let mut out = Members::of(content);
        out.take("itemSchema");
        if out.has("schema") {
            self.lost(Severity::Info, items, "a media type");
        } else {
            let message = "OpenAPI 3.0 has no `itemSchema`; the stream of items is an array of them";
            self.diagnostics.push(Diagnostic::info("beyond-openapi-30", items.key.span, message));
            let mut array = Members::of(&single("type", Node::string("array", items.key.span)));
            array.put("items", items.key.span, items.value.clone());
            out.put("schema", items.key.span, array.node(items.value.span));
        }
        Some(out.node(content.span))
    }

    /// Returns the parameters without those that are the whole query string.
    fn parameters(&mut self, node: &Node) -> Option<Node> {
        let is_query_string = |item: &Node| {
            let pointer = item.reference().and_then(|r| r.strip_prefix('#')).and_then(Pointer::parse_fragment);
            let target = pointer.and_then(|pointer| self.root.at(&pointer)).unwrap_or(item);
            target.str_of("in") == Some("querystring")
        };
        let (whole, kept): (Vec<Node>, Vec<Node>) = node.items().cloned().partition(is_query_string);
        for parameter in &whole {
            let message = "OpenAPI 3.0 has no parameter that is the whole query string; this one is left out";
            self.diagnostics.push(Diagnostic::warning("beyond-openapi-30", parameter.span, message));
        }
        (!whole.is_empty()).then(|| Node::new(Value::Sequence(kept.into_iter().collect()), node.span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, yaml};

    #[test]
    fn what_32_adds_is_lowered_or_reported() {
        let text = "
openapi: 3.2.0
$self: https://example.com/api
tags: [{name: a, kind: nav}]
paths:
  /a:
    query: {responses: {}}
    get:
      parameters: [{name: q, in: querystring, content: {}}, {name: r, in: query, schema: {}}]
      responses:
        '200': {summary: fine, content: {application/jsonl: {itemSchema: {type: string}}}}
        '400': {content: {application/json: {$ref: '#/components/mediaTypes/M'}}}
components:
  mediaTypes: {M: {schema: {type: integer}, examples: {e: {dataValue: 1, serializedValue: '1'}}}}
";
        let root = yaml::parse(FileId(0), text).0.unwrap();
        let mut diagnostics = Vec::new();
        let out = to_31(&root, &mut diagnostics).to_json().to_string();
        assert_eq!(
            out,
            concat!(
                r#"{"openapi":"3.2.0","tags":[{"name":"a"}],"paths":{"/a":{"get":{"parameters":[{"name":"r","#,
                r#""in":"query","schema":{}}],"responses":{"200":{"description":"fine","content":{"application/jsonl":"#,
                r#"{"schema":{"type":"array","items":{"type":"string"}}}}},"400":{"content":{"application/json":"#,
                r#"{"schema":{"type":"integer"},"examples":{"e":{"value":1}}}},"description":""}}}}},"components":{}}"#
            )
        );
        let line = |d: &Diagnostic| text[..d.span.unwrap().start as usize].matches('\n').count() + 1;
        let lines: Vec<usize> = diagnostics.iter().map(line).collect();
        assert_eq!(lines, [3, 4, 7, 9, 11, 14], "{diagnostics:?}");
    }

    #[test]
    fn what_is_31_stays() {
        let root = yaml::parse(FileId(0), "openapi: 3.1.0\npaths: {/a: {query: {}}}").0.unwrap();
        assert_eq!(to_31(&root, &mut Vec::new()), root);
    }
}
