//! What the templates of an operation are given: its input, its output, its example, its event.

use serde_json::{Map, Value as Json, json};

use crate::openapi::{Document, Method, Operation, Parameter};
use crate::source::{Diagnostic, Node};

use super::example;
use super::flow::Direction;
use super::names::{self, Names};
use super::operations::{Handled, Payload};
use super::rust::{self, Checks};
use super::sample::{self, Fit};
use super::schema::{self, Models};
use super::shape::{Kind, ModelKind, Shape};

/// An operation with its schemas turned into shapes.
#[derive(Debug)]
pub(crate) struct Typed<'a> {
    pub(crate) handled: Handled<'a>,
    params: Vec<Param<'a>>,
    body: Option<Body<'a>>,
    outputs: Vec<Reply<'a>>,
    /// Whether any response is possible.
    raw: bool,
}

#[derive(Debug)]
struct Param<'a> {
    name: String,
    wire: String,
    location: &'static str,
    required: bool,
    node: Option<&'a Node>,
    shape: Shape,
    style: String,
    /// The other names of the query, for an object that takes all that is left.
    others: Vec<String>,
}

#[derive(Debug)]
struct Body<'a> {
    name: String,
    required: bool,
    doc: String,
    kinds: Vec<BodyKind<'a>>,
}

#[derive(Debug)]
struct BodyKind<'a> {
    media_type: String,
    format: Format,
    variant: String,
    node: &'a Node,
    /// The type of a body that has one.
    shape: Option<Shape>,
    /// Other media types of the same JSON.
    also: Vec<String>,
}

#[derive(Debug)]
struct Reply<'a> {
    variant: String,
    doc: String,
    /// The status, unless the handler gives it.
    status: Option<u16>,
    /// The status, or one of the range.
    usual: u16,
    body: Option<BodyKind<'a>>,
    headers: Vec<Header<'a>>,
}

#[derive(Debug)]
struct Header<'a> {
    name: String,
    wire: String,
    required: bool,
    doc: String,
    node: &'a Node,
    shape: Shape,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Form,
    Multipart,
    Text,
    Bytes,
}

/// Turns the schemas of an operation into shapes.
pub(crate) fn typed<'a>(document: &'a Document, models: &mut Models<'_>, handled: Handled<'a>) -> Typed<'a> {
    let hint = names::type_name(&handled.module);
    let mut taken = Names::default();
    for name in ["reader", "incoming", "models", "rt", "self_"] {
        taken.reserve(name);
    }
    let params = params(document, models, &handled, &hint, &mut taken);
    let body = body(document, models, &handled, &hint, &mut taken);
    let outputs = replies(document, models, &handled, &hint);
    for param in &params {
        super::flow::mark(models, &param.shape, Direction::Request);
    }
    for shape in body.iter().flat_map(|b| &b.kinds).filter_map(|kind| kind.shape.as_ref()) {
        super::flow::mark(models, shape, Direction::Request);
    }
    for shape in outputs.iter().filter_map(|reply| reply.body.as_ref()?.shape.as_ref()) {
        super::flow::mark(models, shape, Direction::Response);
    }
    let catches_all = handled.operation.method == Method::Any || handled.operation.path.path.contains("+}");
    Typed { raw: outputs.is_empty() || catches_all, handled, params, body, outputs }
}

fn params<'a>(
    document: &'a Document,
    models: &mut Models<'_>,
    handled: &Handled<'a>,
    hint: &str,
    taken: &mut Names,
) -> Vec<Param<'a>> {
    let path = handled.operation.path.path;
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

fn body<'a>(
    document: &'a Document,
    models: &mut Models<'_>,
    handled: &Handled<'a>,
    hint: &str,
    taken: &mut Names,
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
        name: taken.unique("body".into(), "_"),
        required: node.get("required").and_then(Node::as_bool) == Some(true),
        doc: schema::description(node),
        kinds,
    })
}

fn body_kind<'a>(
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
        "*/*" | "application/*" | "" if schema.is_some_and(|s| !is_text_schema(models, s)) => Format::Json,
        _ => Format::Bytes,
    };
    let shape = match (format, schema) {
        (Format::Json | Format::Form | Format::Multipart, Some(schema)) => Some(models.shape(schema, hint)),
        (Format::Json | Format::Form | Format::Multipart, None) => Some(Shape::of(Kind::Json)),
        _ => None,
    };
    BodyKind { media_type: essence, format, variant: String::new(), node, shape, also: Vec::new() }
}

fn is_text_schema(models: &Models<'_>, schema: &Node) -> bool {
    models.resolved(schema).str_of("type") == Some("string")
}

fn format_name(format: Format, media_type: &str) -> String {
    match format {
        Format::Json if media_type.ends_with("/json") || media_type.contains('*') => "Json".into(),
        Format::Form => "Form".into(),
        Format::Multipart => "Multipart".into(),
        Format::Text if media_type == "text/plain" => "Text".into(),
        _ if media_type.contains('*') || media_type.is_empty() => "Bytes".into(),
        _ => names::type_name(media_type.rsplit('/').next().unwrap_or(media_type)),
    }
}

fn replies<'a>(document: &'a Document, models: &mut Models<'_>, handled: &Handled<'a>, hint: &str) -> Vec<Reply<'a>> {
    let mut taken = Names::default();
    taken.reserve("Raw");
    let mut replies = Vec::new();
    for entry in handled.operation.node.get("responses").map(Node::entries).unwrap_or_default() {
        let code = entry.key.text.as_str();
        let Some((base, status)) = status_name(code) else { continue };
        let node = document.resolved(&entry.value);
        let doc = node.str_of("description").filter(|d| !d.trim().is_empty()).unwrap_or(code).to_owned();
        let mut kinds: Vec<BodyKind<'a>> = Vec::new();
        for media in node.get("content").map(Node::entries).unwrap_or_default() {
            let hint =
                if kinds.is_empty() { format!("{hint}{base}") } else { format!("{hint}{base}{}", kinds.len() + 1) };
            let kind = body_kind(models, &media.key.text, &media.value, &hint, false);
            let same = |known: &BodyKind<'_>| known.format == Format::Json && known.shape == kind.shape;
            if kind.format != Format::Json || !kinds.iter().any(same) {
                kinds.push(kind);
            }
        }
        // JSON is the one that is named after the status alone.
        kinds.sort_by_key(|kind| kind.format != Format::Json);
        let several = kinds.len() > 1;
        let bodies: Vec<Option<BodyKind<'a>>> =
            if kinds.is_empty() { vec![None] } else { kinds.into_iter().map(Some).collect() };
        for (index, body) in bodies.into_iter().enumerate() {
            let wanted = match &body {
                Some(kind) if several && index > 0 => format!("{base}{}", format_name(kind.format, &kind.media_type)),
                _ => base.clone(),
            };
            let headers = headers(document, models, node, &format!("{hint}{base}"));
            let usual = status.unwrap_or(match base.as_str() {
                "Informational" => 100,
                "Redirect" => 300,
                "ClientError" => 400,
                "ServerError" => 500,
                _ => 200,
            });
            replies.push(Reply { variant: taken.unique(wanted, ""), doc: doc.clone(), status, usual, body, headers });
        }
    }
    replies
}

fn headers<'a>(document: &'a Document, models: &mut Models<'_>, response: &'a Node, hint: &str) -> Vec<Header<'a>> {
    let mut taken = Names::default();
    for name in ["body", "status", "models", "rt", "value"] {
        taken.reserve(name);
    }
    let mut headers = Vec::new();
    for entry in response.get("headers").map(Node::entries).unwrap_or_default() {
        let wire = entry.key.text.as_str();
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if wire.eq_ignore_ascii_case("content-type") {
            continue;
        }
        if wire.is_empty() || !wire.chars().all(is_token) {
            let message = format!("`{wire}` cannot be a header, so it is left out");
            models.diagnostics.push(Diagnostic::warning("header-left-out", entry.key.span, message));
            continue;
        }
        let node = document.resolved(&entry.value);
        let shape_hint = format!("{hint}{}", names::type_name(wire));
        let shape = match node.get("schema") {
            Some(schema) => models.shape(schema, &shape_hint),
            None => Shape::of(Kind::Str),
        };
        headers.push(Header {
            name: taken.unique(names::field_name(wire), "_"),
            wire: wire.to_owned(),
            required: node.get("required").and_then(Node::as_bool) == Some(true),
            doc: schema::description(node),
            node,
            shape: Shape { nullable: false, ..shape },
        });
    }
    headers
}

/// Returns the name of a response and its status; no status for a range or the default.
fn status_name(code: &str) -> Option<(String, Option<u16>)> {
    let range = match code.to_ascii_uppercase().as_str() {
        "DEFAULT" => Some("Default"),
        "1XX" => Some("Informational"),
        "2XX" => Some("Success"),
        "3XX" => Some("Redirect"),
        "4XX" => Some("ClientError"),
        "5XX" => Some("ServerError"),
        _ => None,
    };
    if let Some(range) = range {
        return Some((range.to_owned(), None));
    }
    let status: u16 = code.parse().ok().filter(|status| (100..1000).contains(status))?;
    let name = match status {
        200 => "Ok",
        201 => "Created",
        202 => "Accepted",
        203 => "NonAuthoritativeInformation",
        204 => "NoContent",
        205 => "ResetContent",
        206 => "PartialContent",
        207 => "MultiStatus",
        301 => "MovedPermanently",
        302 => "Found",
        303 => "SeeOther",
        304 => "NotModified",
        307 => "TemporaryRedirect",
        308 => "PermanentRedirect",
        400 => "BadRequest",
        401 => "Unauthorized",
        402 => "PaymentRequired",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "LengthRequired",
        412 => "PreconditionFailed",
        413 => "PayloadTooLarge",
        415 => "UnsupportedMediaType",
        422 => "UnprocessableEntity",
        423 => "Locked",
        424 => "FailedDependency",
        428 => "PreconditionRequired",
        429 => "TooManyRequests",
        500 => "InternalServerError",
        501 => "NotImplemented",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        _ => return Some((format!("Status{status}"), Some(status))),
    };
    Some((name.to_owned(), Some(status)))
}

impl Typed<'_> {
    /// Returns the context of the operation's template.
    pub(crate) fn context(&self, document: &Document, models: &Models<'_>, checks: &Checks, variant: &str) -> Json {
        let operation = &self.handled.operation;
        let params: Vec<Json> = self.params.iter().map(|param| param.context(models, checks)).collect();
        let body = self.body.as_ref().map(|body| body.context(models, checks));
        let mut required: Vec<String> =
            self.params.iter().filter(|param| param.required).map(|param| names::raw(&param.name)).collect();
        required.extend(self.body.as_ref().filter(|body| body.required).map(|body| body.name.clone()));
        let doc = ["summary", "description"].iter().filter_map(|key| operation.node.str_of(key)).collect::<Vec<_>>();
        json!({
            "module": self.handled.module,
            "variant": variant,
            "id": operation.id().unwrap_or(&self.handled.module),
            "verb": operation.method.verb(),
            "any": operation.method == Method::Any,
            "path": operation.path.path,
            "label_doc": super::helpers::code_span(&operation.label()),
            "doc": doc.join("\n\n"),
            "handler_file": format!("src/handlers/{}.rs", self.handled.module),
            "params": params,
            "body": body,
            "reads": !self.params.is_empty() || self.body.is_some(),
            "required": required,
            "outputs": self.outputs.iter().map(|reply| reply.context(models)).collect::<Vec<_>>(),
            "raw": self.raw,
            "example": self.example(document, models),
            "mapped": self.mapped(models, checks),
            "http": self.handled.payload == Payload::Http,
        })
    }

    /// Returns the context of an operation whose payload a mapping template makes: the types of what comes and goes.
    fn mapped(&self, models: &Models<'_>, checks: &Checks) -> Option<Json> {
        if self.handled.payload != Payload::Mapped {
            return None;
        }
        let integration = self.handled.operation.node.get("x-amazon-apigateway-integration");
        let passes =
            |template: &str| matches!(template.trim(), "" | "$input.json('$')" | "$input.json(\"$\")" | "$input.body");
        let all_pass = |templates: Option<&Node>| {
            templates.map(Node::entries).unwrap_or_default().all(|e| e.value.as_str().is_some_and(passes))
        };
        let untouched = integration.is_none_or(|i| all_pass(i.get("requestTemplates")));
        let body = self.body.as_ref().and_then(|body| body.kinds.iter().find(|kind| kind.format == Format::Json));
        let shape = body.and_then(|kind| kind.shape.as_ref()).filter(|_| untouched);
        let successful = |reply: &&Reply<'_>| reply.status.is_some_and(|status| (200..300).contains(&status));
        let reply = self.outputs.iter().find(successful).and_then(|reply| reply.body.as_ref());
        let answers = integration.and_then(|i| i.get("responses"));
        let untouched = answers
            .map(Node::entries)
            .unwrap_or_default()
            .filter(|e| e.key.text == "default")
            .all(|e| all_pass(e.value.get("responseTemplates")));
        let answer = reply.filter(|kind| kind.format == Format::Json && untouched).and_then(|kind| kind.shape.as_ref());
        let name =
            |shape: Option<&Shape>| shape.map_or_else(|| "Value".into(), |s| rust::rust_type(models, s, "models::"));
        Some(json!({
            "input": name(shape),
            "output": name(answer),
            "check": shape.map(|shape| checks.statements(models, shape, "value")).unwrap_or_default(),
        }))
    }

    /// Returns the expression of the first successful response with an example.
    fn example(&self, document: &Document, models: &Models<'_>) -> Option<String> {
        let successful = |reply: &&Reply<'_>| (200..400).contains(&reply.usual);
        self.outputs.iter().filter(successful).find_map(|reply| reply.value(document, models, false))
    }

    /// Returns the event of a minimal request, and whether the operation takes it.
    pub(crate) fn event(&self, document: &Document, models: &Models<'_>) -> (Json, bool) {
        let operation = &self.handled.operation;
        let mut valid = true;
        let mut path = operation.path.path.to_owned();
        let (mut in_path, mut query, mut headers) = (Map::new(), Map::new(), Map::new());
        let mut cookies = Vec::new();
        for param in self.params.iter().filter(|param| param.required) {
            let example = param.node.and_then(|n| example::example(document, models, n, &param.shape, Fit::Exact));
            let value = example.or_else(|| sample::sample(models, &param.shape));
            let texts = value.as_ref().and_then(|value| param.written(value));
            valid &= texts.is_some();
            let texts = texts.unwrap_or_else(|| vec!["sample".to_owned()]);
            let text = texts.first().cloned().unwrap_or_default();
            match param.location {
                "path" => {
                    for form in [format!("{{{}}}", param.wire), format!("{{{}+}}", param.wire)] {
                        path = path.replace(&form, &text);
                    }
                    in_path.insert(param.wire.clone(), json!(text));
                }
                "query" => {
                    query.insert(param.wire.clone(), json!(texts));
                }
                "header" => {
                    headers.insert(param.wire.clone(), json!(texts));
                }
                _ => cookies.push(format!("{}={text}", param.wire)),
            }
        }
        if !cookies.is_empty() {
            headers.insert("Cookie".into(), json!([cookies.join("; ")]));
        }
        let mut body = Json::Null;
        if let Some(kind) = self.body.as_ref().and_then(|body| body.kinds.first()) {
            headers.insert("Content-Type".into(), json!([kind.media_type]));
            match kind.value(document, models, Fit::Exact) {
                Some(value) => body = json!(value.to_string()),
                None if kind.format == Format::Text => body = json!("text"),
                None if kind.format == Format::Bytes => body = json!("bytes"),
                None => valid &= !self.body.as_ref().is_some_and(|body| body.required),
            }
            valid &= !matches!(kind.format, Format::Form | Format::Multipart);
        }
        let verb = if operation.method == Method::Any { "GET" } else { operation.method.verb() };
        let event = match self.handled.payload {
            Payload::Rest => event(operation.path.path, &path, verb, in_path, query, headers, body),
            Payload::Http => event_http(operation, &path, verb, &in_path, &query, &headers, body),
            Payload::Mapped => {
                valid = !body.is_null();
                body.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| json!({}))
            }
        };
        (event, valid)
    }

    /// Returns the examples of the operation's JSON body.
    pub(crate) fn bodies(&self, document: &Document, models: &Models<'_>) -> Vec<Json> {
        let kind = self.body.as_ref().and_then(|body| body.kinds.first());
        match kind.map(|kind| (kind, &kind.shape)) {
            Some((kind, Some(shape))) if kind.format == Format::Json => {
                example::all(document, models, kind.node, shape, Fit::Readable)
            }
            _ => Vec::new(),
        }
    }

    /// Returns the context of the operation's tests: examples by type, and the parameters that must be there.
    pub(crate) fn tests(&self, document: &Document, models: &Models<'_>, valid_event: bool) -> Json {
        let mut examples = Vec::new();
        let bodies =
            self.body.iter().flat_map(|body| &body.kinds).chain(self.outputs.iter().filter_map(|r| r.body.as_ref()));
        for kind in bodies.filter(|kind| kind.format == Format::Json) {
            let Some(shape) = &kind.shape else { continue };
            if let Some(value) = example::example(document, models, kind.node, shape, Fit::Exact) {
                examples.push(json!({ "type": rust::rust_type(models, shape, "models::"), "json": value.to_string() }));
            }
        }
        let required: Vec<Json> = self
            .params
            .iter()
            .filter(|param| param.required && valid_event && param.location != "cookie")
            .map(|param| param.test("missing"))
            .collect();
        let example = self
            .outputs
            .iter()
            .find(|reply| (200..400).contains(&reply.usual) && reply.value(document, models, false).is_some());
        json!({
            "decodes": valid_event,
            "body_required": valid_event && self.body.as_ref().is_some_and(|body| body.required),
            "required": required,
            "wrong": self.wrong(models, valid_event),
            "outputs": self.encoded(document, models),
            "examples": examples,
            "example_status": example.map(|reply| reply.usual),
        })
    }
}

impl Typed<'_> {
    /// Returns the parameters for which not every text is a value.
    fn wrong(&self, models: &Models<'_>, valid_event: bool) -> Vec<Json> {
        let picky = |param: &&Param<'_>| {
            let shape = models.without_aliases(&param.shape);
            let closed = |kind: &ModelKind| matches!(kind, ModelKind::Enum { open: false, .. });
            let scalar = match &shape.kind {
                Kind::Bool | Kind::I32 | Kind::I64 | Kind::F32 | Kind::F64 => true,
                Kind::DateTime | Kind::Date | Kind::Uuid => true,
                Kind::Model(id) => closed(&models.model(*id).kind),
                _ => false,
            };
            scalar && valid_event && param.style == "Style::Repeated" && param.location != "cookie"
        };
        self.params.iter().filter(picky).map(|param| param.test("wrong")).collect()
    }

    /// Returns a value of each output that one is easily found for, and its status.
    fn encoded(&self, document: &Document, models: &Models<'_>) -> Vec<Json> {
        let value = |reply: &Reply<'_>| {
            let value = reply.value(document, models, true)?.replacen("Self::", "Output::", 1);
            Some(json!({ "value": value, "status": reply.usual }))
        };
        self.outputs.iter().filter_map(value).collect()
    }
}

impl Param<'_> {
    /// Returns the context of a test of the parameter.
    fn test(&self, what: &str) -> Json {
        let escaped = self.wire.replace('~', "~0").replace('/', "~1");
        json!({
            "function": format!("{what}_{}_is_refused", self.name),
            "wire": self.wire,
            "pointer": format!("/{}/{escaped}", self.location),
            "in_path": self.location == "path",
            "in_query": self.location == "query",
            "in_header": self.location == "header",
        })
    }

    fn context(&self, models: &Models<'_>, checks: &Checks) -> Json {
        let plain = rust::rust_type(models, &self.shape, "models::");
        let default = self.node.and_then(|node| models.resolved(node.get("schema")?).get("default")).map(Node::to_json);
        let default = default.filter(|_| !self.required).and_then(|value| {
            let fits = sample::fits(models, &self.shape, &value, Fit::Exact);
            if fits { rust::value_of(models, &self.shape, &value, "models::") } else { None }
        });
        let is_list = matches!(self.shape.kind, Kind::List(_)) && !self.required;
        let ty = if self.required || default.is_some() || is_list { plain.clone() } else { format!("Option<{plain}>") };
        let read = match (self.is_spread(), self.members(models)) {
            (true, Some(members)) => format!("reader.query_members::<{plain}>({:?}, &{members:?})", self.wire),
            (true, None) => format!("reader.query_others::<{plain}>({:?}, &{:?})", self.wire, self.others),
            (false, _) => format!("reader.{}::<{plain}>({:?}, {})", self.location, self.wire, self.style),
        };
        json!({
            "name": names::raw(&self.name),
            "wire": self.wire,
            "location": self.location,
            "doc": self.doc(models),
            "type": ty,
            "read": read,
            "required": self.required,
            "default": default.or_else(|| is_list.then(|| "Vec::new()".to_owned())),
            "check": checks.statements(models, &self.shape, "value"),
        })
    }

    fn doc(&self, models: &Models<'_>) -> String {
        let own = self.node.map(schema::description).unwrap_or_default();
        let of_schema = || self.node.and_then(|n| n.get("schema")).map(|s| schema::description(models.resolved(s)));
        let text = if own.trim().is_empty() { of_schema().unwrap_or_default() } else { own };
        if text.trim().is_empty() {
            format!("The {} parameter {}.", self.location, super::helpers::code_span(&self.wire))
        } else {
            text
        }
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
    fn written(&self, value: &Json) -> Option<Vec<String>> {
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
        let texts = match (value, self.style.as_str()) {
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
                || (!text.is_empty() && text.chars().all(|c| matches!(c, ' '..='~')) && text.trim() == text)
        };
        let plain_path = |text: &String| self.location != "path" || !text.contains('/');
        let plain_cookie = |text: &String| self.location != "cookie" || !text.contains([';', ',']);
        texts.iter().all(|text| plain(text) && plain_path(text) && plain_cookie(text)).then_some(texts)
    }
}

impl Body<'_> {
    fn context(&self, models: &Models<'_>, checks: &Checks) -> Json {
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
                json!({
                    "media_type": kind.media_type, "variant": kind.variant, "type": kind.rust_type(models),
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
                    let code = checks.statements(models, kind.shape.as_ref()?, "value");
                    (!code.is_empty()).then(|| format!("Body::{}(value) => {{ {code} }}", kind.variant))
                })
                .collect();
            if arms.is_empty() { String::new() } else { format!("match value {{ {} _ => {{}} }}", arms.join(" ")) }
        } else {
            first
                .and_then(|kind| kind.shape.as_ref())
                .map(|shape| checks.statements(models, shape, "value"))
                .unwrap_or_default()
        };
        json!({
            "name": self.name,
            "doc": if self.doc.trim().is_empty() { "The body.".to_owned() } else { self.doc.clone() },
            "type": if self.required { plain } else { format!("Option<{plain}>") },
            "required": self.required,
            "several": several,
            "kinds": kinds,
            "has_fallback": has_fallback,
            "read": first.map(|kind| kind.read(models)),
            "check": check,
        })
    }
}

impl BodyKind<'_> {
    fn rust_type(&self, models: &Models<'_>) -> String {
        match (&self.shape, self.format) {
            (Some(shape), _) => rust::rust_type(models, shape, "models::"),
            (None, Format::Text) => "String".into(),
            (None, _) => "Vec<u8>".into(),
        }
    }

    fn read(&self, models: &Models<'_>) -> String {
        let ty = self.rust_type(models);
        match self.format {
            Format::Json => format!("json::<{ty}>()"),
            Format::Form => format!("form::<{ty}>()"),
            Format::Multipart => format!("multipart::<{ty}>()"),
            Format::Text => "text()".into(),
            Format::Bytes => "bytes()".into(),
        }
    }

    /// Returns an example, or the least value.
    fn value(&self, document: &Document, models: &Models<'_>, fit: Fit) -> Option<Json> {
        let shape = self.shape.as_ref()?;
        example::example(document, models, self.node, shape, fit).or_else(|| sample::sample(models, shape))
    }
}

impl Reply<'_> {
    fn context(&self, models: &Models<'_>) -> Json {
        let body = self.body.as_ref().map(|kind| kind.rust_type(models));
        let status = self.status.map_or_else(|| "status".to_owned(), |status| status.to_string());
        let mut fields = Vec::new();
        if self.status.is_none() || !self.headers.is_empty() {
            if self.status.is_none() {
                fields.push(json!({ "name": "status", "type": "u16", "doc": "The status." }));
            }
            if let Some(body) = &body {
                fields.push(json!({ "name": "body", "type": body, "doc": "The body." }));
            }
        }
        let mut headers = Vec::new();
        for header in &self.headers {
            let name = names::raw(&header.name);
            let ty = rust::rust_type(models, &header.shape, "models::");
            let doc = if header.doc.trim().is_empty() {
                format!("The header `{}`.", header.wire)
            } else {
                header.doc.clone()
            };
            fields.push(json!({
                "name": name, "doc": doc, "type": if header.required { ty } else { format!("Option<{ty}>") },
            }));
            let value = if header.required { format!("Some(&{name})") } else { format!("{name}.as_ref()") };
            headers.push(json!({ "wire": header.wire, "value": value }));
        }
        let build = match &self.body {
            None => format!("Response::new({status})"),
            Some(kind) => {
                let media = match kind.media_type.as_str() {
                    text if !text.contains('*') && !text.is_empty() => text.to_owned(),
                    _ if kind.format == Format::Json => "application/json".into(),
                    _ => "application/octet-stream".into(),
                };
                match kind.format {
                    Format::Json => format!("Response::json({status}, {media:?}, &body)?"),
                    Format::Text => format!("Response::text({status}, {media:?}, body)"),
                    _ => format!("Response::bytes({status}, {media:?}, body)"),
                }
            }
        };
        json!({
            "variant": self.variant, "doc": self.doc, "body": body, "fields": fields, "headers": headers, "build": build,
        })
    }

    /// Returns the expression of the output with the document's example, or else with the least value where `sampled`.
    fn value(&self, document: &Document, models: &Models<'_>, sampled: bool) -> Option<String> {
        let body = match &self.body {
            None if sampled => None,
            None => return None,
            Some(kind) => Some(match (&kind.shape, kind.format) {
                (Some(shape), _) => {
                    let value = example::example(document, models, kind.node, shape, Fit::Readable)
                        .or_else(|| if sampled { sample::sample(models, shape) } else { None })?;
                    let ty = rust::rust_type(models, shape, "models::");
                    format!("rt::example::<{ty}>({:?})?", value.to_string())
                }
                (None, Format::Text) => {
                    let text = kind.node.get("example").and_then(Node::as_str).or(sampled.then_some("text"))?;
                    format!("{text:?}.to_owned()")
                }
                _ if sampled => "Vec::new()".into(),
                _ => return None,
            }),
        };
        if self.status.is_some() && self.headers.is_empty() {
            return Some(match body {
                Some(body) => format!("Self::{}({body})", self.variant),
                None => format!("Self::{}", self.variant),
            });
        }
        let mut fields = body.map(|body| format!("body: {body}, ")).unwrap_or_default();
        if self.status.is_none() {
            fields.push_str(&format!("status: {}, ", self.usual));
        }
        for header in &self.headers {
            let value = if header.required {
                let value = example::example(document, models, header.node, &header.shape, Fit::Readable)
                    .or_else(|| sample::sample(models, &header.shape))?;
                format!("rt::example({:?})?", value.to_string())
            } else {
                "None".into()
            };
            fields.push_str(&format!("{}: {value}, ", names::raw(&header.name)));
        }
        Some(format!("Self::{} {{ {fields} }}", self.variant))
    }
}

/// Returns a complete event of an HTTP API (payload 2.0).
fn event_http(
    operation: &Operation<'_>,
    path: &str,
    verb: &str,
    in_path: &Map<String, Json>,
    query: &Map<String, Json>,
    headers: &Map<String, Json>,
    body: Json,
) -> Json {
    let texts = |values: &Json| -> Vec<String> {
        let items = values.as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(Json::as_str).map(str::to_owned).collect()
    };
    let escape =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let pairs = query.iter().flat_map(|(name, values)| {
        let name = escape(name);
        texts(values).into_iter().map(|value| format!("{name}={}", escape(&value))).collect::<Vec<_>>()
    });
    let joined = |map: &Map<String, Json>, lower: bool| -> Map<String, Json> {
        let pairs = map.iter().filter(|(name, _)| !lower || *name != "Cookie");
        pairs
            .map(|(name, values)| {
                let name = if lower { name.to_ascii_lowercase() } else { name.clone() };
                (name, json!(texts(values).join(",")))
            })
            .collect()
    };
    let mut event = json!({
        "version": "2.0",
        "routeKey": operation.label(),
        "rawPath": path,
        "rawQueryString": pairs.collect::<Vec<_>>().join("&"),
        "headers": joined(headers, true),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": verb,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "gatewright",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": operation.label(),
            "stage": "$default",
            "time": "02/Jan/2026:03:04:05 +0000",
            "timeEpoch": 1_767_323_045_000_i64,
        },
        "isBase64Encoded": false,
    });
    if !in_path.is_empty() {
        event["pathParameters"] = Json::Object(in_path.clone());
    }
    if !query.is_empty() {
        event["queryStringParameters"] = Json::Object(joined(query, false));
    }
    if let Some(cookies) = headers.get("Cookie") {
        event["cookies"] = json!(texts(cookies).join("; ").split("; ").collect::<Vec<_>>());
    }
    if !body.is_null() {
        event["body"] = body;
    }
    event
}

/// Returns a complete proxy event (payload 1.0).
fn event(
    resource: &str,
    path: &str,
    verb: &str,
    in_path: Map<String, Json>,
    query: Map<String, Json>,
    headers: Map<String, Json>,
    body: Json,
) -> Json {
    let last = |map: &Map<String, Json>| -> Json {
        let single = map.iter().map(|(name, values)| (name.clone(), values[0].clone())).collect();
        if map.is_empty() { Json::Null } else { Json::Object(single) }
    };
    let or_null = |map: Map<String, Json>| if map.is_empty() { Json::Null } else { Json::Object(map) };
    json!({
        "resource": resource,
        "path": path,
        "httpMethod": verb,
        "headers": last(&headers),
        "multiValueHeaders": or_null(headers),
        "queryStringParameters": last(&query),
        "multiValueQueryStringParameters": or_null(query),
        "pathParameters": or_null(in_path),
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "httpMethod": verb,
            "identity": { "sourceIp": "192.0.2.1", "userAgent": "gatewright" },
            "path": format!("/dev{path}"),
            "protocol": "HTTP/1.1",
            "requestId": "5f0b1f0c-1d2e-4b7a-9c3d-2e4f6a8b0c1d",
            "requestTime": "02/Jan/2026:03:04:05 +0000",
            "requestTimeEpoch": 1_767_323_045_000_i64,
            "resourceId": "abc123",
            "resourcePath": resource,
            "stage": "dev",
        },
        "body": body,
        "isBase64Encoded": false,
    })
}
