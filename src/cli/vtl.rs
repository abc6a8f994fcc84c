//! `gatewright vtl`

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{CommandError, Cx, Outcome};
use crate::source::render::sanitized;
use crate::vtl::{RenderContext, RequestParameters, Template, TemplateError, Undefined};

/// Renders one mapping template, for people who write them.
///
/// The event is a JSON document that says what the template sees:
/// {"body": …, "params": {"path": {…}, "querystring": {…}, "header": {…}}, "context": {…}, "stageVariables": {…}}.
/// A body that is no string is given as its JSON. A Lambda proxy event serves too. Without one, everything is empty.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The template: a path, or `-` for standard input.
    template: PathBuf,
    /// What the template is rendered with: a JSON file.
    #[arg(long, value_name = "FILE")]
    event: Option<PathBuf>,
    /// Shows each reference with its value on standard error.
    #[arg(long)]
    trace: bool,
    /// Renders references without a value as they are written, which is what stock Velocity does.
    #[arg(long)]
    velocity: bool,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let source = read(&args.template)?;
    let event = match &args.event {
        Some(path) => Event::parse(&read(path)?)
            .map_err(|reason| CommandError::new(format!("`{}` is not an event: {reason}", path.display())))?,
        None => Event::default(),
    };
    let fault = |error: TemplateError| shown(&args.template, &error);
    let template = Template::compile(&source).map_err(fault)?;
    let mut context = RenderContext::new(event.body, &event.parameters, &event.context, &event.stage_variables);
    context.trace = args.trace.then(Vec::new);
    if args.velocity {
        context.undefined = Undefined::AsWritten;
    }
    let result = template.render(&mut context);
    for entry in context.trace.iter().flatten() {
        let value = entry.value.as_deref().unwrap_or("(no value)");
        let sign = if entry.assigned { ":=" } else { "=" };
        let line = format!("{}:{}: {} {sign} {value}\n", entry.line, entry.column, entry.reference);
        cx.ui.talk(&sanitized(&line));
    }
    let rendered = result.map_err(fault)?;
    for warning in &rendered.warnings {
        cx.ui.warning(warning);
    }
    let (request, response) = (context.assigned.request_override(), context.assigned.response_override());
    if let Some(status) = response.status {
        cx.ui.status("Override", &format!("status {status}"));
    }
    let overridden = [
        ("request header", &request.header),
        ("request path", &request.path),
        ("request querystring", &request.querystring),
        ("response header", &response.header),
    ];
    for (what, values) in overridden {
        for (name, values) in values {
            cx.ui.status("Override", &format!("{what} {name}: {}", values.join(", ")));
        }
    }
    cx.ui.answer(&rendered.text);
    Ok(Outcome::Clean)
}

fn shown(path: &Path, error: &TemplateError) -> CommandError {
    let place = format!("{}:{}:{}", path.display(), error.line, error.column);
    CommandError::new(format!("{place}: {}\n  | {}", error.message, error.excerpt))
}

fn read(path: &Path) -> Result<String, CommandError> {
    let text =
        if path == Path::new("-") { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) };
    text.map_err(|error| CommandError::new(format!("cannot read `{}`", path.display())).with_source(error))
}

/// What a template is rendered with.
#[derive(Debug, Default)]
struct Event {
    body: String,
    parameters: RequestParameters,
    context: Map<String, Value>,
    stage_variables: indexmap::IndexMap<String, String>,
}

impl Event {
    /// Reads an event: the parts of `$input`, or a Lambda proxy event.
    fn parse(text: &str) -> Result<Self, String> {
        let event: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let Value::Object(event) = event else { return Err("it is no JSON object".to_owned()) };
        let params = event.get("params").cloned().unwrap_or(Value::Null);
        let group =
            |part: &str, other: &str| pairs(params.get(part).or_else(|| event.get(part)).or_else(|| event.get(other)));
        Ok(Self {
            body: match event.get("body") {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            },
            parameters: RequestParameters {
                path: group("path", "pathParameters"),
                querystring: group("querystring", "queryStringParameters"),
                header: group("header", "headers"),
            },
            context: match event.get("context").or_else(|| event.get("requestContext")) {
                Some(Value::Object(context)) => context.clone(),
                _ => Map::new(),
            },
            stage_variables: pairs(event.get("stageVariables")).into_iter().collect(),
        })
    }
}

/// Returns names and values; a list is a name that was sent several times.
fn pairs(values: Option<&Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let entries = values.and_then(Value::as_object).into_iter().flatten();
    entries
        .flat_map(|(name, value)| match value {
            Value::Array(values) => values.iter().map(|value| (name.clone(), text(value))).collect::<Vec<_>>(),
            value => vec![(name.clone(), text(value))],
        })
        .collect()
}
