//! What the templates of an operation are given: its input, its output, its example.

mod body;
mod event;
mod form;
mod param;
mod promises;
mod reply;

use serde_json::Value as Json;

use crate::openapi::{Document, Method};
use crate::source::{Diagnostic, Node};

use super::flow::{self, Direction};
use super::mapped;
use super::names::{self, Names};
use super::operations::{Handled, Payload};
use super::rust::{self, Checks};
use super::schema::Models;
use super::shape::Shape;

use body::{Body, Format};
use param::Param;
use reply::{Reply, Said};

/// An operation with its schemas turned into shapes.
#[derive(Debug)]
pub(crate) struct Typed<'a> {
    pub(crate) handled: Handled<'a>,
    params: Vec<Param<'a>>,
    body: Option<Body<'a>>,
    outputs: Vec<Reply<'a>>,
    /// Whether any response is possible.
    raw: bool,
    /// What the mapping template of an integration that is no proxy makes of the request.
    payload: Option<Shape>,
}

/// Turns the schemas of an operation into shapes.
pub(crate) fn typed<'a>(document: &'a Document, models: &mut Models<'_>, handled: Handled<'a>) -> Typed<'a> {
    let hint = names::type_name(&handled.module);
    let mut taken = Names::default();
    for name in ["reader", "incoming", "models", "rt", "self_"] {
        taken.reserve(name);
    }
    let has_body = handled.operation.node.get("requestBody").is_some();
    if has_body {
        taken.reserve("body");
    }
    let params = param::params(document, models, &handled, &hint, &mut taken);
    let body = body::body(document, models, &handled, &hint);
    let outputs = reply::replies(document, models, &handled, &hint);
    let payload = payload(document, models, &handled, body.as_ref(), &hint);
    if let Some(shape) = &payload {
        flow::mark(models, shape, Direction::Request);
    }
    for param in &params {
        flow::mark(models, &param.shape, Direction::Request);
    }
    for shape in body.iter().flat_map(|b| &b.kinds).filter_map(|kind| kind.shape.as_ref()) {
        flow::mark(models, shape, Direction::Request);
    }
    for shape in outputs.iter().filter_map(|reply| reply.body.as_ref()?.shape.as_ref()) {
        flow::mark(models, shape, Direction::Response);
    }
    let catches_all = handled.operation.method == Method::Any || handled.operation.path.path.contains("+}");
    Typed { raw: outputs.is_empty() || catches_all, handled, params, body, outputs, payload }
}

/// Returns the shape of what the mapping template of an integration makes, where it can be told.
fn payload(
    document: &Document,
    models: &mut Models<'_>,
    handled: &Handled<'_>,
    body: Option<&Body<'_>>,
    hint: &str,
) -> Option<Shape> {
    if handled.payload != Payload::Mapped {
        return None;
    }
    let integration = handled.operation.node.get("x-amazon-apigateway-integration").map(|i| document.resolved(i));
    let given = integration.and_then(|i| i.get("requestTemplates")).map(Node::entries).unwrap_or_default();
    let mut templates: Vec<&str> = given.map(|entry| entry.value.as_str().unwrap_or_default()).collect();
    templates.extend(handled.request.as_deref());
    templates.dedup();
    let json = body.and_then(|body| body.kinds.iter().find(|kind| kind.format == Format::Json));
    if templates.iter().all(|template| mapped::passes(template)) {
        return json.and_then(|kind| kind.shape.clone());
    }
    let span = integration.map_or(handled.operation.node.span, |i| i.get("requestTemplates").unwrap_or(i).span);
    let always = json.filter(|_| body.is_some_and(|body| body.required && body.kinds.len() == 1));
    let schema = match templates.as_slice() {
        [only] => mapped::schema(document, only, always.and_then(|kind| kind.node.get("schema")), span),
        _ => None,
    };
    if schema.is_none() {
        let message = "what the mapping template makes depends on the request, so the handler is given a \
                       `serde_json::Value`";
        models.diagnostics.push(Diagnostic::warning("payload-without-type", span, message));
    }
    schema.map(|schema| models.shape(&schema, &format!("{hint}Payload")))
}

/// Returns what the code of an operation names, for its imports; names in literals count too.
fn imports(context: &Json) -> Json {
    let mut code = String::new();
    gather(context, &mut code);
    let has = |text: &str| code.contains(text);
    let is_mapped = !context["mapped"].is_null();
    let reads = context["reads"] == Json::Bool(true) && !is_mapped;
    let mut rt = vec!["Ctx", "Error"];
    if !is_mapped {
        rt.extend(["Request", "Response"]);
    }
    let named = [
        ("Base64", "Base64"),
        ("Binary", "Binary"),
        (".check(", "Check"),
        ("Form::", "Form"),
        ("Of::", "Of"),
        ("Style::", "Style"),
    ];
    rt.extend(named.iter().filter(|(text, _)| has(text)).map(|(_, name)| *name));
    if reads {
        rt.push("Reader");
    }
    if has("rt::") || is_mapped {
        rt.push("self");
    }
    // `self` is in front, as rustfmt has it.
    rt.sort_by_key(|name| (*name != "self", *name));
    object!({ "map": has("BTreeMap"), "value": has("Value"), "models": has("models::"), "rt": format!("{{{}}}", rt.join(", ")) })
}

/// Gathers the texts of a context that are code.
fn gather(context: &Json, code: &mut String) {
    match context {
        Json::String(text) => code.extend([text.as_str(), "\n"]),
        Json::Array(items) => items.iter().for_each(|item| gather(item, code)),
        Json::Object(members) => {
            for (name, value) in members {
                if !matches!(name.as_str(), "doc" | "label_doc" | "wire" | "path" | "id" | "media_type") {
                    gather(value, code);
                }
            }
        }
        _ => {}
    }
}

impl Typed<'_> {
    /// Returns the schemas of the bodies of responses that are JSON, each with the name of its output.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.outputs.iter().filter_map(|reply| Some((reply.variant.as_str(), reply.schema()?)))
    }

    /// Returns what is to be said of defaults of parameters that are not filled in.
    pub(crate) fn unfilled(&self, models: &Models<'_>) -> Vec<Diagnostic> {
        self.params.iter().filter_map(|param| param.unfilled(models)).collect()
    }

    /// Returns the event of a minimal request, and the context of the operation's templates.
    pub(crate) fn context(
        &self,
        document: &Document,
        models: &Models<'_>,
        checks: &Checks,
        variant: &str,
    ) -> (Json, Json) {
        let operation = &self.handled.operation;
        let (event, valid) = self.event(document, models);
        let said: Vec<Option<Said>> = self.outputs.iter().map(|reply| reply.said(document, models)).collect();
        let example = self.example(document, models, &said);
        let tests = self.tests(document, models, valid, &said, example.as_ref().map(|(status, _)| *status));
        let params: Vec<Json> = self.params.iter().map(|param| param.context(models, checks)).collect();
        let body = self.body.as_ref().map(|body| body.context(models, checks));
        let mut required: Vec<String> =
            self.params.iter().filter(|param| param.required).map(|param| names::raw(&param.name)).collect();
        required.extend(self.body.as_ref().filter(|body| body.required).map(|body| body.name.clone()));
        let mut doc: Vec<&str> =
            ["summary", "description"].iter().filter_map(|key| operation.node.str_of(key)).collect();
        if operation.node.get("deprecated").and_then(Node::as_bool) == Some(true) {
            doc.push("Deprecated.");
        }
        let mut context = object!({
            "module": self.handled.module.as_str(),
            "variant": variant,
            "id": operation.id().unwrap_or(&self.handled.module),
            "verb": operation.method.verb(),
            "any": operation.method == Method::Any,
            "path": operation.path.path,
            "label_doc": crate::scaffold::helpers::code_span(&operation.label()),
            "doc": doc.join("\n\n"),
            "handler_file": format!("src/handlers/{}.rs", self.handled.module),
            "params": params,
            "body": body,
            "reads": !self.params.is_empty() || self.body.is_some(),
            "required": required,
            "outputs": self.outputs.iter().map(|reply| reply.context(models)).collect::<Vec<_>>(),
            "raw": self.raw,
            "example": example.map(|(_, expression)| expression),
            "mapped": self.mapped(models, checks),
            "http": self.handled.payload == Payload::Http,
        });
        context["imports"] = imports(&context);
        context["tests"] = tests;
        (event, context)
    }

    /// Returns the context of an operation whose payload a mapping template makes: the types of what comes and goes.
    fn mapped(&self, models: &Models<'_>, checks: &Checks) -> Option<Json> {
        if self.handled.payload != Payload::Mapped {
            return None;
        }
        let integration = self.handled.operation.node.get("x-amazon-apigateway-integration");
        let all_pass = |templates: Option<&Node>| {
            templates.map(Node::entries).unwrap_or_default().all(|e| e.value.as_str().is_some_and(mapped::passes))
        };
        let shape = self.payload.as_ref();
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
        Some(object!({
            "input": name(shape),
            "output": name(answer),
            "check": shape.map(|shape| checks.statements(models, shape, "value")).unwrap_or_default(),
        }))
    }

    /// Returns the expression of the first successful response with an example, and its status.
    fn example(&self, document: &Document, models: &Models<'_>, said: &[Option<Said>]) -> Option<(u16, String)> {
        let mut successful = self.outputs.iter().zip(said).filter(|(reply, _)| (200..400).contains(&reply.usual));
        successful.find_map(|(reply, said)| Some((reply.usual, reply.example(document, models, said.as_ref())?)))
    }
}
