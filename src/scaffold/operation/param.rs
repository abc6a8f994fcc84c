//! Parameters: their types, and how their values are written in a request.

use serde_json::Value as Json;

use crate::openapi::{Document, Parameter, Version};
use crate::source::{Diagnostic, Node};

use crate::scaffold::names::{self, Names};
use crate::scaffold::operations::Handled;
use crate::scaffold::rust::{self, Checks};
use crate::scaffold::schema::{self, Models};
use crate::scaffold::shape::{Kind, ModelKind, Shape};

#[derive(Debug)]
pub(super) struct Param<'a> {
    pub(super) name: String,
    pub(super) wire: String,
    pub(super) location: &'static str,
    pub(super) required: bool,
    pub(super) node: Option<&'a Node>,
    pub(super) shape: Shape,
    pub(super) style: String,
    /// The other names of the query, for an object that takes all that is left.
    pub(super) others: Vec<String>,
}

pub(super) fn params<'a>(
    document: &'a Document,
    models: &mut Models<'_>,
    handled: &Handled<'a>,
    hint: &str,
    taken: &mut Names,
) -> Vec<Param<'a>> {
    let path = handled.operation.path.path;
    let is_swagger = document.version() == Version::V2;
    let in_path: Vec<&str> = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.trim_end_matches('+')))
        .collect();
    let mut params: Vec<Param<'a>> = Vec::new();
    for parameter in document.parameters(&handled.operation) {
        let Parameter { name: wire, location, node, .. } = parameter;
        let location = match location {
            "path" => "path",
            "query" => "query",
            "header" => "header",
            "cookie" => "cookie",
            _ => continue,
        };
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let impossible = match location {
            "path" => !in_path.contains(&wire),
            "header" => wire.is_empty() || !wire.chars().all(is_token),
            _ => false,
        };
        // OpenAPI 3.0.3, Parameter Object: such definitions are ignored.
        let ignored = ["accept", "authorization", "content-type"];
        if location == "header" && !is_swagger && ignored.iter().any(|name| wire.eq_ignore_ascii_case(name)) {
            let message = format!(
                "OpenAPI ignores a header parameter `{wire}`, so it is left out; a handler finds it in `ctx.request`"
            );
            models.diagnostics.push(Diagnostic::info("parameter-left-out", node.span, message));
            continue;
        }
        if impossible {
            let message = format!("no request can have the {location} parameter `{wire}`, so it is left out");
            models.diagnostics.push(Diagnostic::warning("parameter-left-out", node.span, message));
            continue;
        }
        let json = node.get("content").and_then(|content| content.entries().next());
        let shape_hint = format!("{hint}{}", names::type_name(wire));
        let shape = match (node.get("schema"), json) {
            (Some(schema), _) => models.shape(schema, &shape_hint),
            (None, Some(media)) => {
                media.value.get("schema").map_or(Shape::of(Kind::Json), |schema| models.shape(schema, &shape_hint))
            }
            (None, None) => Shape::of(Kind::Str),
        };
        let style = if node.get("schema").is_none() && json.is_some() {
            "Style::Json".to_owned()
        } else {
            style(models, node, location, &shape)
        };
        params.push(Param {
            name: taken.unique(names::field_name(wire), "_"),
            wire: wire.to_owned(),
            location,
            required: location == "path" || node.get("required").and_then(Node::as_bool) == Some(true),
            node: Some(node),
            shape: Shape { nullable: false, ..shape },
            style,
            others: Vec::new(),
        });
    }
    let query: Vec<String> = params.iter().filter(|p| p.location == "query").map(|p| p.wire.clone()).collect();
    for param in &mut params {
        param.others = query.iter().filter(|name| **name != param.wire).cloned().collect();
    }
    for wire in in_path {
        if !params.iter().any(|param| param.location == "path" && param.wire == wire) {
            params.push(Param {
                name: taken.unique(names::field_name(wire), "_"),
                wire: wire.to_owned(),
                location: "path",
                required: true,
                node: None,
                shape: Shape::of(Kind::Str),
                style: "Style::Repeated".into(),
                others: Vec::new(),
            });
        }
    }
    params
}

/// Returns how the values of a parameter are written, as an expression of `rt::Style`.
fn style(models: &Models<'_>, node: &Node, location: &str, shape: &Shape) -> String {
    let is_form = matches!(location, "query" | "cookie");
    let style = node.str_of("style").unwrap_or(if is_form { "form" } else { "simple" });
    let explode = node.get("explode").and_then(Node::as_bool).unwrap_or(style == "form");
    let target = models.without_aliases(shape);
    let is_object = match &target.kind {
        Kind::Map(_) => true,
        Kind::Model(id) => matches!(models.model(*id).kind, ModelKind::Struct { .. }),
        _ => false,
    };
    let is_list = matches!(target.kind, Kind::List(_));
    let of = if is_list {
        "Of::Many"
    } else if is_object {
        "Of::Members"
    } else {
        "Of::One"
    };
    match style {
        "deepObject" if location == "query" => "Style::Bracketed".into(),
        "label" if location == "path" => format!("Style::Label({of}, {explode})"),
        "matrix" if location == "path" => format!("Style::Matrix({of}, {explode})"),
        _ if is_list && explode && is_form => "Style::Repeated".into(),
        "spaceDelimited" if is_list => "Style::Separated(' ')".into(),
        "pipeDelimited" if is_list => "Style::Separated('|')".into(),
        _ if is_list => "Style::Separated(',')".into(),
        "spaceDelimited" if is_object => "Style::Pairs(' ')".into(),
        "pipeDelimited" if is_object => "Style::Pairs('|')".into(),
        "simple" if is_object && explode => "Style::Assigned(',')".into(),
        _ if is_object => "Style::Pairs(',')".into(),
        _ => "Style::Repeated".into(),
    }
}

/// Returns the call that puts a value in the place of one that is not there.
fn filled(value: &str) -> String {
    if matches!(value, "Vec::new()" | "BTreeMap::new()") {
        return "unwrap_or_default()".to_owned();
    }
    // A constant needs no closure.
    if value.contains(['(', '[']) { format!("unwrap_or_else(|| {value})") } else { format!("unwrap_or({value})") }
}

impl Param<'_> {
    pub(super) fn context(&self, models: &Models<'_>, checks: &Checks) -> Json {
        let plain = rust::rust_type(models, &self.shape, "models::");
        let default = self.default(models).and_then(|value| self.filled(models, &value.to_json()));
        let is_list = matches!(self.shape.kind, Kind::List(_)) && !self.required;
        let filled = default.as_deref().map(filled).or_else(|| is_list.then(|| "unwrap_or_default()".to_owned()));
        let ty = if self.required || default.is_some() || is_list { plain.clone() } else { format!("Option<{plain}>") };
        let allows_empty = self.location == "query"
            && self.node.and_then(|node| node.get("allowEmptyValue")).and_then(Node::as_bool) == Some(true);
        let kind = &models.without_aliases(&self.shape).kind;
        let mut check = checks.statements(models, &self.shape, "value");
        let read = match (self.is_spread(), self.members(models)) {
            (true, Some(members)) => format!("reader.query_members::<{plain}>({:?}, &{members:?})", self.wire),
            (true, None) => format!("reader.query_others::<{plain}>({:?}, &{:?})", self.wire, self.others),
            (false, _) => {
                let form = rust::form_of(models, &self.shape);
                let formed = form.map(|form| format!(".formed(Form::{form})")).unwrap_or_default();
                format!("reader{formed}.{}::<{plain}>({:?}, {})", self.location, self.wire, self.style)
            }
        };
        // A value that may be empty is a text; a switch that is there is on; of another type, there is none.
        let read = match kind {
            Kind::Str if allows_empty && !check.is_empty() => {
                check = format!("if !value.is_empty() {{ {check} }}");
                read
            }
            Kind::Str => read,
            _ if !allows_empty => read,
            kind => {
                let empty = if *kind == Kind::Bool { "Some(true)" } else { "None" };
                format!("if reader.is_empty_query({:?}) {{ {empty} }} else {{ {read} }}", self.wire)
            }
        };
        object!({
            "name": names::raw(&self.name),
            "wire": self.wire.as_str(),
            "location": self.location,
            "doc": self.doc(models),
            "type": ty,
            "read": read,
            "required": self.required,
            "default": default.or_else(|| is_list.then(|| "Vec::new()".to_owned())),
            "filled": filled,
            "check": check,
        })
    }

    /// Returns the value that the document gives the parameter when it is left out.
    fn default<'n>(&'n self, models: &'n Models<'_>) -> Option<&'n Node> {
        let default = models.resolved(self.node?.get("schema")?).get("default")?;
        (!self.required && !default.is_null()).then_some(default)
    }

    fn filled(&self, models: &Models<'_>, value: &Json) -> Option<String> {
        let value = rust::default_meant(models, &self.shape, value)?;
        rust::value_of(models, &self.shape, &value, "models::")
    }

    /// Returns what is to be said of a default that is not filled in.
    pub(super) fn unfilled(&self, models: &Models<'_>) -> Option<Diagnostic> {
        let default = self.default(models)?;
        let value = default.to_json();
        if self.filled(models, &value).is_some() {
            return None;
        }
        let why = rust::why_not_filled(models, &self.shape, &value);
        let message = format!("the default of `{}` is not filled in: {why}", self.wire);
        Some(Diagnostic::info("default-not-filled-in", default.span, message))
    }

    fn doc(&self, models: &Models<'_>) -> String {
        let own = self.node.map(schema::description).unwrap_or_default();
        let of_schema = || self.node.and_then(|n| n.get("schema")).map(|s| schema::description(models.resolved(s)));
        let text = if own.trim().is_empty() { of_schema().unwrap_or_default() } else { own };
        let text = if text.trim().is_empty() {
            format!("The {} parameter {}.", self.location, crate::scaffold::helpers::code_span(&self.wire))
        } else {
            text
        };
        let is_deprecated = self.node.and_then(|node| node.get("deprecated")).and_then(Node::as_bool) == Some(true);
        if is_deprecated { format!("{text}\n\nDeprecated.") } else { text }
    }

    /// Returns whether the members of an object are names of the query of their own.
    fn is_spread(&self) -> bool {
        let Some(node) = self.node else { return false };
        let exploded = node.get("explode").and_then(Node::as_bool).unwrap_or(true);
        let form = node.str_of("style").is_none_or(|style| style == "form");
        self.location == "query" && exploded && form && self.style == "Style::Pairs(',')"
    }

    /// Returns the names of an object's members, when they are known.
    fn members(&self, models: &Models<'_>) -> Option<Vec<String>> {
        let Kind::Model(id) = models.without_aliases(&self.shape).kind else { return None };
        match &models.model(id).kind {
            ModelKind::Struct { fields, .. } => Some(fields.iter().map(|field| field.wire.clone()).collect()),
            _ => None,
        }
    }

    /// Returns a value as the texts that a request has for it.
    pub(super) fn written(&self, value: &Json) -> Option<Vec<String>> {
        let one = |value: &Json| match value {
            Json::String(text) => Some(text.clone()),
            Json::Number(n) => Some(n.to_string()),
            Json::Bool(b) => Some(b.to_string()),
            _ => None,
        };
        let separated = |by: &str, items: &[Json]| -> Option<Vec<String>> {
            let texts = items.iter().map(one).collect::<Option<Vec<_>>>()?;
            (!texts.is_empty() && texts.iter().all(|text| !text.contains(by))).then(|| vec![texts.join(by)])
        };
        let led = |lead: &str, by: &str, exploded_by: &str| -> Option<Vec<String>> {
            let is_exploded = self.style.ends_with("true)");
            let (texts, by) = match value {
                Json::Array(items) => {
                    (items.iter().map(one).collect::<Option<Vec<_>>>()?, if is_exploded { exploded_by } else { by })
                }
                Json::Object(_) => return None,
                scalar => return one(scalar).map(|text| vec![format!("{lead}{text}")]),
            };
            (!texts.is_empty() && texts.iter().all(|text| !text.contains([',', '.', ';'])))
                .then(|| vec![format!("{lead}{}", texts.join(by))])
        };
        let name = &self.wire;
        let texts = match (value, self.style.as_str()) {
            (_, style) if style.starts_with("Style::Label") => led(".", ",", "."),
            (_, style) if style.starts_with("Style::Matrix") => led(&format!(";{name}="), ",", &format!(";{name}=")),
            (value, "Style::Json") => Some(vec![value.to_string()]),
            (Json::Array(items), "Style::Separated(' ')") => separated(" ", items),
            (Json::Array(items), "Style::Separated('|')") => separated("|", items),
            (Json::Array(items), "Style::Separated(',')") => separated(",", items),
            (Json::Array(items), _) if !items.is_empty() => items.iter().map(one).collect(),
            (scalar, "Style::Repeated") => one(scalar).map(|text| vec![text]),
            _ => None,
        }?;
        let plain = |text: &String| {
            self.location == "query"
                || (self.location == "path" && !text.is_empty())
                || (!text.is_empty() && text.chars().all(|c| matches!(c, ' '..='~')) && text.trim() == text)
        };
        let plain_cookie = |text: &String| self.location != "cookie" || !text.contains([';', ',']);
        texts.iter().all(|text| plain(text) && plain_cookie(text)).then_some(texts)
    }
}
