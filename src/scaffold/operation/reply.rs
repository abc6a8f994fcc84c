//! Responses: the variants of `Output`.

use serde_json::Value as Json;

use crate::openapi::Document;
use crate::source::{Diagnostic, Node};

use super::body::{BodyKind, Format, body_kind, format_name};
use crate::scaffold::example;
use crate::scaffold::helpers::raw_literal;
use crate::scaffold::names::{self, Names};
use crate::scaffold::operations::Handled;
use crate::scaffold::rust;
use crate::scaffold::sample::{self, Fit};
use crate::scaffold::schema::{self, Models};
use crate::scaffold::shape::{Kind, Shape};

#[derive(Debug)]
pub(super) struct Reply<'a> {
    pub(super) variant: String,
    pub(super) doc: String,
    /// The status, unless the handler gives it.
    pub(super) status: Option<u16>,
    /// The status, or one of the range.
    pub(super) usual: u16,
    /// Whether it is for all statuses that no other is for.
    pub(super) is_default: bool,
    pub(super) body: Option<BodyKind<'a>>,
    pub(super) headers: Vec<Header<'a>>,
}

#[derive(Debug)]
pub(super) struct Header<'a> {
    pub(super) name: String,
    pub(super) wire: String,
    pub(super) required: bool,
    pub(super) doc: String,
    pub(super) node: &'a Node,
    pub(super) shape: Shape,
}

/// A value of a response's body.
#[derive(Debug)]
pub(super) struct Said {
    /// The value.
    pub(super) json: Json,
    /// Whether it is the document's.
    pub(super) documented: bool,
    /// Whether the generated types write it as it is.
    pub(super) exact: bool,
}

pub(super) fn replies<'a>(
    document: &'a Document,
    models: &mut Models<'_>,
    handled: &Handled<'a>,
    hint: &str,
) -> Vec<Reply<'a>> {
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
            // JSON by another common name is the same; a media type of its own is another answer.
            let is_its_own = kind.media_type.ends_with("+json") && !kind.media_type.contains('*');
            let same = |known: &BodyKind<'_>| {
                known.format == Format::Json
                    && known.shape == kind.shape
                    && (!is_its_own || known.media_type == kind.media_type)
            };
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
            let is_default = base == "Default";
            let variant = taken.unique(wanted, "");
            replies.push(Reply { variant, doc: doc.clone(), status, usual, is_default, body, headers });
        }
    }
    replies
}

fn headers<'a>(document: &'a Document, models: &mut Models<'_>, response: &'a Node, hint: &str) -> Vec<Header<'a>> {
    let mut taken = Names::default();
    for name in ["body", "status", "models", "response", "rt", "value"] {
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
        let mut shape = Shape { nullable: false, ..shape };
        let mut required = node.get("required").and_then(Node::as_bool) == Some(true);
        // There is one of it for each cookie, whatever the schema says of one.
        if wire.eq_ignore_ascii_case("set-cookie") {
            if !matches!(models.without_aliases(&shape).kind, Kind::List(_)) {
                shape = Shape::of(Kind::List(Box::new(shape)));
            }
            required = true;
        }
        headers.push(Header {
            name: taken.unique(names::field_name(wire), "_"),
            wire: wire.to_owned(),
            required,
            doc: schema::description(node),
            node,
            shape,
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

impl Reply<'_> {
    pub(super) fn context(&self, models: &Models<'_>) -> Json {
        let body = self.body.as_ref().map(|kind| kind.rust_type(models));
        let status = self.status.map_or_else(|| "status".to_owned(), |status| status.to_string());
        // What the handler gives is held to what the document says.
        let within = match (self.status, self.usual) {
            (Some(_), _) => String::new(),
            (None, _) if self.is_default => ".within(100..=599)?".to_owned(),
            (None, least) => format!(".within({least}..={})?", least + 99),
        };
        let mut fields = Vec::new();
        if self.status.is_none() || !self.headers.is_empty() {
            if self.status.is_none() {
                fields.push(object!({ "name": "status", "type": "u16", "doc": "The status." }));
            }
            if let Some(body) = &body {
                fields.push(object!({ "name": "body", "type": body.as_str(), "doc": "The body." }));
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
            fields.push(object!({
                "name": name.as_str(), "doc": doc, "type": if header.required { ty } else { format!("Option<{ty}>") },
            }));
            let value = if header.required { format!("Some(&{name})") } else { format!("{name}.as_ref()") };
            headers.push(object!({ "wire": header.wire.as_str(), "value": value }));
        }
        let build = match &self.body {
            None => format!("Response::new({status})"),
            Some(kind) => {
                let media = match kind.declared.as_str() {
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
        object!({
            "variant": self.variant.as_str(), "doc": self.doc.as_str(), "body": body, "fields": fields, "headers": headers,
            "build": build + &within,
        })
    }

    /// Returns the schema of a body that is JSON.
    pub(super) fn schema(&self) -> Option<&Node> {
        let kind = self.body.as_ref().filter(|kind| kind.format == Format::Json)?;
        kind.node.get("schema")
    }

    /// Returns a value of a body that is JSON: the document's example, or else the least value.
    pub(super) fn said(&self, document: &Document, models: &Models<'_>) -> Option<Said> {
        let kind = self.body.as_ref()?;
        let shape = kind.shape.as_ref()?;
        let example = example::example(document, models, kind.node, shape, Fit::Readable);
        let documented = example.is_some();
        let value = example.or_else(|| sample::sample(models, shape))?;
        let exact = kind.format == Format::Json && sample::fits(models, shape, &value, Fit::Exact);
        Some(Said { json: value, documented, exact })
    }

    /// Returns the expression of the output with the document's example, or `None` when there is none.
    pub(super) fn example(&self, document: &Document, models: &Models<'_>, said: Option<&Said>) -> Option<String> {
        let kind = self.body.as_ref()?;
        if kind.shape.is_some() {
            let said = said.filter(|said| said.documented)?;
            return self.expression(document, models, Some(&raw_literal(&said.json.to_string())), false);
        }
        self.expression(document, models, None, false)
    }

    /// Returns the expression of the output, `json` being that of the text of its body where that is JSON, or `None`
    /// when there is no value for a part of it. Other parts are made up where `sampled`.
    pub(super) fn expression(
        &self,
        document: &Document,
        models: &Models<'_>,
        json: Option<&str>,
        sampled: bool,
    ) -> Option<String> {
        let body = match &self.body {
            None => None,
            Some(kind) => Some(match (&kind.shape, kind.format) {
                (Some(_), _) => format!("rt::example({})?", json?),
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
        let mut fields: Vec<String> = body.map(|body| format!("body: {body}")).into_iter().collect();
        if self.status.is_none() {
            fields.push(format!("status: {}", self.usual));
        }
        for header in &self.headers {
            let value = if header.required {
                let value = example::example(document, models, header.node, &header.shape, Fit::Readable)
                    .or_else(|| sample::sample(models, &header.shape))?;
                format!("rt::example({})?", raw_literal(&value.to_string()))
            } else {
                "None".into()
            };
            fields.push(format!("{}: {value}", names::raw(&header.name)));
        }
        Some(format!("Self::{} {{ {} }}", self.variant, fields.join(", ")))
    }
}
