//! Bodies: their media types, and how each is read and written.

use serde_json::{Value as Json, json};

use crate::openapi::Document;
use crate::source::Node;

use crate::scaffold::example;
use crate::scaffold::names::{self, Names};
use crate::scaffold::operations::Handled;
use crate::scaffold::rust::{self, Checks};
use crate::scaffold::sample::{self, Fit};
use crate::scaffold::schema::{self, Models};
use crate::scaffold::shape::{Kind, Shape};

use super::form;

#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) doc: String,
    pub(super) kinds: Vec<BodyKind<'a>>,
}

#[derive(Debug)]
pub(super) struct BodyKind<'a> {
    pub(super) media_type: String,
    pub(super) format: Format,
    pub(super) variant: String,
    pub(super) node: &'a Node,
    /// The type of a body that has one.
    pub(super) shape: Option<Shape>,
    /// What a body of text keeps to.
    text: Option<Shape>,
    /// The lists of a form that are one text each, and what is between their items.
    separated: Vec<(String, char)>,
    /// The media type as the document has it, parameters included.
    pub(super) declared: String,
    /// Other media types of the same JSON.
    pub(super) also: Vec<String>,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Form,
    Multipart,
    Text,
    Bytes,
}

pub(super) fn body<'a>(
    document: &'a Document,
    models: &mut Models<'_>,
    handled: &Handled<'a>,
    hint: &str,
) -> Option<Body<'a>> {
    let node = document.resolved(handled.operation.node.get("requestBody")?);
    let mut variants = Names::default();
    let mut kinds: Vec<BodyKind<'a>> = Vec::new();
    for entry in node.get("content").map(Node::entries).unwrap_or_default() {
        let hint = if kinds.is_empty() { format!("{hint}Body") } else { format!("{hint}Body{}", kinds.len() + 1) };
        let kind = body_kind(models, &entry.key.text, &entry.value, &hint, true);
        // The same JSON under several names is one kind of body.
        let same = |known: &&mut BodyKind<'_>| known.format == Format::Json && known.shape == kind.shape;
        if kind.format == Format::Json
            && let Some(known) = kinds.iter_mut().find(same)
        {
            known.also.push(kind.media_type);
            continue;
        }
        let variant = variants.unique(format_name(kind.format, &kind.media_type), "");
        kinds.push(BodyKind { variant, ..kind });
    }
    if kinds.is_empty() {
        return None;
    }
    Some(Body {
        name: "body".to_owned(),
        required: node.get("required").and_then(Node::as_bool) == Some(true),
        doc: schema::description(node),
        kinds,
    })
}

pub(super) fn body_kind<'a>(
    models: &mut Models<'_>,
    media_type: &str,
    node: &'a Node,
    hint: &str,
    incoming: bool,
) -> BodyKind<'a> {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let schema = node.get("schema");
    let format = match essence.as_str() {
        "application/x-www-form-urlencoded" if incoming => Format::Form,
        "multipart/form-data" if incoming => Format::Multipart,
        _ if essence.ends_with("/json") || essence.ends_with("+json") => Format::Json,
        _ if essence.ends_with("/xml") || essence.ends_with("+xml") || essence.starts_with("text/") => Format::Text,
        "application/x-www-form-urlencoded" => Format::Text,
        // What may be anything is not known to be JSON.
        "*/*" if incoming && schema.is_some_and(|s| says_nothing(models, s)) => Format::Bytes,
        "*/*" | "application/*" | "" if schema.is_some_and(|s| !is_text_schema(models, s)) => Format::Json,
        _ => Format::Bytes,
    };
    let shape = match (format, schema) {
        (Format::Json | Format::Form | Format::Multipart, Some(schema)) => Some(models.shape(schema, hint)),
        (Format::Json | Format::Form | Format::Multipart, None) => Some(Shape::of(Kind::Json)),
        _ => None,
    };
    let text = schema.filter(|schema| format == Format::Text && incoming && is_text_schema(models, schema));
    let text = text.filter(|schema| models.resolved(schema).get("enum").is_none()).and_then(|schema| {
        let shape = models.shape(schema, hint);
        let shape = models.without_aliases(&shape).clone();
        (shape.kind == Kind::Str).then_some(Shape { nullable: false, ..shape })
    });
    let is_value = |c: char| matches!(c, ' '..='~');
    let declared = if media_type.chars().all(is_value) { media_type.trim().to_owned() } else { essence.clone() };
    let separated =
        if matches!(format, Format::Form | Format::Multipart) { separated(models, node) } else { Vec::new() };
    BodyKind {
        media_type: essence,
        format,
        variant: String::new(),
        node,
        shape,
        also: Vec::new(),
        text,
        separated,
        declared,
    }
}

/// Returns the lists of a form whose `encoding` says that they are one text each (`explode: false`).
fn separated(models: &Models<'_>, media: &Node) -> Vec<(String, char)> {
    let Some(properties) = media.get("schema").and_then(|schema| models.resolved(schema).get("properties")) else {
        return Vec::new();
    };
    let encoding = media.get("encoding").map(Node::entries).unwrap_or_default();
    let of = |entry: &crate::source::Entry| {
        let property = properties.get(&entry.key.text)?;
        let how = &entry.value;
        let is_list = models.resolved(property).str_of("type") == Some("array");
        let style = how.str_of("style");
        let explode = how.get("explode").and_then(Node::as_bool);
        if !is_list || explode.unwrap_or(matches!(style, None | Some("form"))) {
            return None;
        }
        let separator = match style {
            Some("spaceDelimited") => ' ',
            Some("pipeDelimited") => '|',
            _ => ',',
        };
        Some((entry.key.text.to_string(), separator))
    };
    encoding.filter_map(of).collect()
}

/// Returns whether a schema is of anything.
fn says_nothing(models: &Models<'_>, schema: &Node) -> bool {
    const SAYS: [&str; 11] = [
        "type",
        "properties",
        "items",
        "allOf",
        "anyOf",
        "oneOf",
        "enum",
        "const",
        "additionalProperties",
        "required",
        "not",
    ];
    let schema = models.resolved(schema);
    !SAYS.iter().any(|name| schema.get(name).is_some())
}

fn is_text_schema(models: &Models<'_>, schema: &Node) -> bool {
    models.resolved(schema).str_of("type") == Some("string")
}

pub(super) fn format_name(format: Format, media_type: &str) -> String {
    match format {
        Format::Json if media_type.ends_with("/json") || media_type.contains('*') => "Json".into(),
        Format::Form => "Form".into(),
        Format::Multipart => "Multipart".into(),
        Format::Text if media_type == "text/plain" => "Text".into(),
        _ if media_type.contains('*') || media_type.is_empty() => "Bytes".into(),
        _ => names::type_name(media_type.rsplit('/').next().unwrap_or(media_type)),
    }
}

impl Body<'_> {
    pub(super) fn context(&self, models: &Models<'_>, checks: &Checks) -> Json {
        let several = self.kinds.len() > 1;
        let mut seen: Vec<&str> = Vec::new();
        let mut has_fallback = false;
        let kinds: Vec<Json> = self
            .kinds
            .iter()
            .enumerate()
            .map(|(index, kind)| {
                let names = std::iter::once(kind.media_type.as_str()).chain(kind.also.iter().map(String::as_str));
                let mut names: Vec<&str> = names.filter(|name| !seen.contains(name)).collect();
                names.dedup();
                seen.extend(&names);
                let all = |name: &&str| matches!(*name, "*/*" | "*" | "");
                let fallback = names.iter().any(all) && !std::mem::replace(&mut has_fallback, true);
                let mut exact: Vec<String> = names
                    .iter()
                    .filter(|name| !name.contains('*') && !name.is_empty())
                    .map(|n| format!("{n:?}"))
                    .collect();
                if index == 0 {
                    // A request that does not say what it has has what comes first.
                    exact.push("\"\"".to_owned());
                }
                let ranges: Vec<String> = names
                    .iter()
                    .filter_map(|name| name.strip_suffix('*').filter(|start| start.len() > 1))
                    .map(|start| format!("name.starts_with({start:?})"))
                    .collect();
                object!({
                    "media_type": kind.media_type.as_str(), "variant": kind.variant.as_str(), "type": kind.rust_type(models),
                    "read": kind.read(models), "fallback": fallback,
                    "pattern": if exact.is_empty() { Json::Null } else { json!(exact.join(" | ")) },
                    "guard": if ranges.is_empty() { Json::Null } else { json!(ranges.join(" || ")) },
                })
            })
            .collect();
        let first = self.kinds.first();
        let plain =
            if several { "Body".to_owned() } else { first.map(|kind| kind.rust_type(models)).unwrap_or_default() };
        let check = if several {
            let arms: Vec<String> = self
                .kinds
                .iter()
                .filter_map(|kind| {
                    let code = kind.check(models, checks);
                    (!code.is_empty()).then(|| format!("Body::{}(value) => {{ {code} }}", kind.variant))
                })
                .collect();
            let rest = if arms.len() < self.kinds.len() { " _ => {}" } else { "" };
            if arms.is_empty() { String::new() } else { format!("match value {{ {}{rest} }}", arms.join(" ")) }
        } else {
            first.map(|kind| kind.check(models, checks)).unwrap_or_default()
        };
        object!({
            "name": self.name.as_str(),
            "doc": if self.doc.trim().is_empty() { "The body.".to_owned() } else { self.doc.clone() },
            "type": if self.required { plain } else { format!("Option<{plain}>") },
            "required": self.required,
            "several": several,
            "kinds": kinds,
            "has_fallback": has_fallback,
            "types": first.filter(|_| !several).and_then(BodyKind::types),
            "read": first.map(|kind| kind.read(models)),
            "check": check,
        })
    }
}

impl BodyKind<'_> {
    pub(super) fn rust_type(&self, models: &Models<'_>) -> String {
        match (&self.shape, self.format) {
            (Some(shape), _) => rust::rust_type(models, shape, "models::"),
            (None, Format::Text) => "String".into(),
            (None, _) => "Vec<u8>".into(),
        }
    }

    fn read(&self, models: &Models<'_>) -> String {
        let ty = self.rust_type(models);
        match self.format {
            Format::Json => {
                let form = self.shape.as_ref().and_then(|shape| rust::form_of(models, shape));
                let formed = form.map(|form| format!("formed(Form::{form}).")).unwrap_or_default();
                format!("{formed}json::<{ty}>()")
            }
            Format::Form => format!("form::<{ty}>(&{:?})", self.separated),
            Format::Multipart => format!("multipart::<{ty}>(&{:?})", self.separated),
            Format::Text => "text()".into(),
            Format::Bytes => "bytes()".into(),
        }
    }

    /// Returns the statements that check `value`, or nothing.
    fn check(&self, models: &Models<'_>, checks: &Checks) -> String {
        if let Some(shape) = self.shape.as_ref().or(self.text.as_ref()) {
            return checks.statements(models, shape, "value");
        }
        let values = self.values(models);
        if values.is_empty() {
            return String::new();
        }
        format!("if !{values:?}.contains(&value.as_str()) {{ at.fail(\"must be one of the possible values\"); }}")
    }

    /// Returns the possible texts of a body that is one of a few.
    fn values(&self, models: &Models<'_>) -> Vec<String> {
        let schema = self.node.get("schema").filter(|_| self.format == Format::Text).map(|s| models.resolved(s));
        let values = schema.and_then(|schema| schema.get("enum")).map(Node::items).unwrap_or_default();
        values.filter_map(Node::as_str).map(str::to_owned).collect()
    }

    /// Returns a text that a body of text may be, or `None` when none is easily found.
    pub(super) fn text(&self, models: &Models<'_>) -> Option<String> {
        let example = self.node.get("example").or_else(|| models.resolved(self.node.get("schema")?).get("example"));
        let values = self.values(models);
        let mut candidates = values.iter().cloned();
        let holds = |text: &String| {
            (values.is_empty() || values.contains(text))
                && self.text.as_ref().is_none_or(|shape| sample::fits(models, shape, &json!(text), Fit::Exact))
        };
        let of_shape = || sample::sample(models, self.text.as_ref()?)?.as_str().map(str::to_owned);
        let example = example.and_then(Node::as_str).map(str::to_owned).filter(holds);
        let usual = || Some("text".to_owned()).filter(holds);
        example.or_else(|| candidates.next()).or_else(usual).or_else(of_shape)
    }

    /// Returns the media types that the body may have, as an expression, or `None` when it may have any.
    fn types(&self) -> Option<String> {
        let names: Vec<&str> =
            std::iter::once(self.media_type.as_str()).chain(self.also.iter().map(String::as_str)).collect();
        let is_known = |name: &&str| name.contains('/') && *name != "*/*";
        names.iter().all(is_known).then(|| format!("&{names:?}"))
    }

    /// Returns whether the body is a form, with files or without.
    pub(super) fn is_form(&self) -> bool {
        matches!(self.format, Format::Form | Format::Multipart)
    }

    /// Returns the `Content-Type` of a body that [`written`](Self::written) has made.
    pub(super) fn content_type(&self) -> String {
        match self.format {
            Format::Multipart => format!("{}; boundary={}", self.media_type, form::BOUNDARY),
            _ => self.media_type.clone(),
        }
    }

    /// Returns a value as a request has it, or `None` when the media type cannot say it.
    pub(super) fn written(&self, value: &Json) -> Option<String> {
        match self.format {
            Format::Form => form::urlencoded(value),
            Format::Multipart => form::multipart(value),
            _ => Some(value.to_string()),
        }
    }

    /// Returns an example, or the least value.
    pub(super) fn value(&self, document: &Document, models: &Models<'_>, fit: Fit) -> Option<Json> {
        let shape = self.shape.as_ref()?;
        example::example(document, models, self.node, shape, fit).or_else(|| sample::sent(models, shape))
    }
}
