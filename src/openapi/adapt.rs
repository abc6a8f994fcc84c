//! The forms a document is written in: without references, without extensions, as API Gateway takes it, as Swagger.

use std::collections::{HashMap, HashSet};

use ecow::EcoString;

use crate::source::{Diagnostic, Entry, Key, Mapping, Node, Pointer, Span, Value};

use super::grammar::{self, Type};
use super::members::{Members, single};
use super::{Document, Version, inline, swagger2};

impl Document {
    /// Returns the document with every reference replaced by what it leads to. What leads back to itself stays.
    #[must_use]
    pub fn dereferenced(&self, diagnostics: &mut Vec<Diagnostic>) -> Self {
        self.with_root(inline::inlined(self.root(), |_| false, diagnostics))
    }

    /// Returns the document without any `x-` member: the copy for its consumers.
    #[must_use]
    pub fn without_extensions(&self, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let ty = grammar::document(Version::V30);
        self.with_root(stripped(self.root(), ty, diagnostics).unwrap_or_else(|| self.root().clone()))
    }

    /// Returns the document as API Gateway takes it: references only to schemas, these with names and keywords that
    /// its models (JSON Schema draft 4) have. What is changed is reported.
    #[must_use]
    pub fn for_api_gateway(&self, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let root = inline::inlined(self.root(), |object| object.name == "a schema", diagnostics);
        let root = with_alphanumeric_models(&root, diagnostics);
        self.with_root(with_draft4_schemas(&root, diagnostics))
    }

    /// Returns the root of the document as Swagger 2.0. What cannot be said there is reported.
    #[must_use]
    pub fn to_swagger2(&self, diagnostics: &mut Vec<Diagnostic>) -> Node {
        let has_home = |object: &grammar::Object| {
            matches!(object.name, "a schema" | "a parameter" | "a response" | "a security scheme")
        };
        let root = inline::inlined(self.root(), has_home, diagnostics);
        swagger2::from_30(&root, diagnostics)
    }
}

fn stripped(node: &Node, ty: Type, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    grammar::rewrite(node, ty, &mut |node, ty| {
        let Type::Object(_) = ty else { return None };
        node.entries().find(|e| e.key.text.starts_with("x-"))?;
        let mut out = Members::default();
        for Entry { key, value } in node.entries() {
            if !key.text.starts_with("x-") {
                out.add(key, value.clone());
            } else if key.text == "x-amazon-apigateway-any-method" {
                let message = "the operations of this catch-all are left out with it; only API Gateway knows them";
                diagnostics.push(Diagnostic::warning("any-method-left-out", key.span, message));
            }
        }
        let out = out.node(node.span);
        Some(grammar::rewrite_children(&out, ty, &mut |node, ty| stripped(node, ty, diagnostics)).unwrap_or(out))
    })
}

/// Gives the schemas names that models may have (`^[a-zA-Z0-9]+$`).
fn with_alphanumeric_models(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let schemas = root.get("components").and_then(|c| c.get("schemas"));
    let entries = || schemas.map(Node::entries).unwrap_or_default();
    let is_model_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut taken: HashSet<EcoString> =
        entries().filter(|e| is_model_name(&e.key.text)).map(|e| e.key.text.clone()).collect();
    let mut names: HashMap<EcoString, EcoString> = HashMap::new();
    for Entry { key, .. } in entries().filter(|e| !is_model_name(&e.key.text)) {
        let letters: EcoString = key.text.chars().filter(char::is_ascii_alphanumeric).collect();
        let base = if letters.is_empty() { EcoString::from("Model") } else { letters };
        let numbered = (2..).map(|n| EcoString::from(format!("{base}{n}")));
        let free = std::iter::once(base.clone()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or(base);
        taken.insert(free.clone());
        let message = format!("the model `{}` is named `{free}`: API Gateway takes letters and digits only", key.text);
        diagnostics.push(Diagnostic::info("model-renamed", key.span, message));
        names.insert(key.text.clone(), free);
    }
    if names.is_empty() {
        return root.clone();
    }
    let renamed = rename_references(root, &names).unwrap_or_else(|| root.clone());
    let mut out = Members::of(&renamed);
    let Some(components) = renamed.entry("components") else { return renamed };
    let mut all = Members::of(&components.value);
    if let Some(schemas) = components.value.entry("schemas") {
        let new = schemas.value.entries().map(|e| {
            let text = names.get(&e.key.text).unwrap_or(&e.key.text).clone();
            Entry { key: Key { text, span: e.key.span }, value: e.value.clone() }
        });
        all.keep(schemas.key.clone(), Node::mapping(new.collect::<Mapping>(), schemas.value.span));
    }
    out.keep(components.key.clone(), all.node(components.value.span));
    out.node(renamed.span)
}

fn rename_references(root: &Node, names: &HashMap<EcoString, EcoString>) -> Option<Node> {
    let renamed = |text: &str| {
        let pointer = Pointer::parse_fragment(text.strip_prefix('#')?)?;
        let [components, schemas, name, rest @ ..] = pointer.segments() else { return None };
        let name = names.get(name).filter(|_| components == "components" && schemas == "schemas")?;
        let start = [components.clone(), schemas.clone(), name.clone()];
        Some(start.into_iter().chain(rest.iter().cloned()).collect::<Pointer>().to_fragment())
    };
    grammar::rewrite(root, grammar::document(Version::V30), &mut |node, ty| {
        if let Type::Object(object) = ty
            && object.name == "a discriminator"
        {
            let mapping = node.entry("mapping")?;
            let new = mapping.value.entries().map(|e| {
                let text = e.value.as_str().unwrap_or_default();
                let text = renamed(text).map(EcoString::from).or_else(|| names.get(text).cloned());
                let value = text.map_or_else(|| e.value.clone(), |text| Node::string(text, e.value.span));
                Entry { key: e.key.clone(), value }
            });
            let mut out = Members::of(node);
            out.keep(mapping.key.clone(), Node::mapping(new.collect::<Mapping>(), mapping.value.span));
            return Some(out.node(node.span));
        }
        let entry = node.entry("$ref").filter(|_| ty.takes_reference())?;
        let new = renamed(entry.value.as_str()?)?;
        let mut out = Members::of(node);
        out.keep(entry.key.clone(), Node::string(new, entry.value.span));
        Some(out.node(node.span))
    })
}

/// Keywords of OpenAPI that JSON Schema draft 4 lacks, and that make API Gateway refuse or drop the model.
const NOT_DRAFT4: [&str; 7] =
    ["discriminator", "example", "xml", "externalDocs", "readOnly", "writeOnly", "deprecated"];

fn with_draft4_schemas(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let mut left_out: Vec<(EcoString, Span, usize)> = Vec::new();
    let ty = grammar::document(Version::V30);
    let new = draft4(root, ty, &mut left_out).unwrap_or_else(|| root.clone());
    for (name, span, count) in left_out {
        let places = if count == 1 { "1 schema".to_owned() } else { format!("{count} schemas") };
        let message = format!("`{name}` is left out of {places}: models are JSON Schema draft 4");
        diagnostics.push(Diagnostic::info("beyond-draft-4", span, message));
    }
    new
}

fn draft4(node: &Node, ty: Type, left_out: &mut Vec<(EcoString, Span, usize)>) -> Option<Node> {
    grammar::rewrite(node, ty, &mut |node, ty| {
        let Type::Object(object) = ty else { return None };
        if object.name != "a schema" {
            return None;
        }
        let inner = grammar::rewrite_children(node, ty, &mut |node, ty| draft4(node, ty, left_out));
        let inner = inner.unwrap_or_else(|| node.clone());
        let goes = |e: &Entry| e.key.text == "nullable" || NOT_DRAFT4.contains(&e.key.text.as_str());
        if inner.reference().is_some() || !inner.entries().any(goes) {
            return Some(inner);
        }
        let mut out = Members::default();
        let mut nullable = None;
        for Entry { key, value } in inner.entries() {
            if key.text == "nullable" {
                nullable = value.as_bool().filter(|b| *b).map(|_| key.span);
            } else if NOT_DRAFT4.contains(&key.text.as_str()) {
                match left_out.iter_mut().find(|(name, ..)| *name == key.text) {
                    Some((_, _, count)) => *count += 1,
                    None => left_out.push((key.text.clone(), key.span, 1)),
                }
            } else {
                out.add(key, value.clone());
            }
        }
        let Some(span) = nullable else { return Some(out.node(inner.span)) };
        let one_of_none = out.get("enum").is_some_and(|e| e.items().all(Node::is_null));
        let null = single("type", Node::string("null", span));
        if one_of_none {
            return Some(null);
        }
        let schema = out.node(inner.span);
        let lone = schema.as_map().filter(|m| m.len() == 1).and_then(|m| m.get("allOf")?.as_seq());
        let schema = match lone {
            Some([only]) => only.clone(),
            _ => schema,
        };
        // What describes the schema stays outside, where API Gateway's export has it.
        Some(single("oneOf", Node::new(Value::Sequence([schema, null].into_iter().collect()), span)))
    })
}
