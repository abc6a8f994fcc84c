//! `gatewright invoke`

use std::path::Path;

use crate::deploy::{Call, call, find_api_of_any_kind, only_api_of_any_kind, test_call};
use crate::gateway::ApiKind;
use crate::source::render::sanitized;

use super::stage_args::{StageArgs, api_in};
use super::target::{Target, failed};
use super::{CommandError, Cx, Outcome};

/// Calls a deployed API and shows what it answers.
///
/// The body goes to standard output, the status and headers to standard error. With `--trace` one method is run as the
/// console's test runs it, and its execution log is shown: what was mapped, what was sent to the integration, what came
/// back. Such a test asks no authorizer, key or throttle. HTTP APIs have none.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to call, such as "GET /pets?limit=2"; the verb is GET unless given.
    request: String,
    /// The API's name or id [default: the environment's, else the only one there is].
    #[arg(long, value_name = "NAME|ID")]
    api: Option<String>,
    #[command(flatten)]
    stage: StageArgs,
    /// A header, as curl takes it; can be given several times.
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// The body, or `@FILE`.
    #[arg(long, short = 'd', value_name = "TEXT")]
    data: Option<String>,
    /// Shows the execution log.
    #[arg(long)]
    trace: bool,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let (method, path) = match args.request.trim().split_once(char::is_whitespace) {
        Some((method, path)) => (method.to_ascii_uppercase(), path.trim()),
        None => ("GET".to_owned(), args.request.trim()),
    };
    if !path.starts_with('/') {
        return Err(
            CommandError::new(format!("`{path}` is no path")).with_hint("write the request as \"GET /pets?limit=2\"")
        );
    }
    let body = match args.data.as_deref().map(|data| (data, data.strip_prefix('@'))) {
        Some((_, Some(file))) => std::fs::read_to_string(Path::new(file))
            .map_err(|error| CommandError::new(format!("cannot read `{file}`")).with_source(error))?,
        Some((text, None)) => text.to_owned(),
        None => String::new(),
    };
    let request = Call { method, path_with_query: path.to_owned(), headers: args.header.clone(), body };
    super::runtime()?.block_on(async {
        let mut target = args.stage.open(cx).await?;
        let outcome = invoke(cx, &args, &target, &request).await;
        if let Some(local) = target.local.take() {
            local.close().await;
        }
        outcome
    })
}

async fn invoke(cx: &Cx, args: &Args, target: &Target, request: &Call) -> Result<Outcome, CommandError> {
    let connection = &target.connection;
    let stage = args.stage.stage_in(&target.environment);
    let name = api_in(args.api.as_ref(), &target.environment);
    let api = match &name {
        Some(name) => find_api_of_any_kind(connection, name).await.map_err(failed)?,
        None => only_api_of_any_kind(connection).await.map_err(failed)?,
    };
    let Some((api, connection)) = api else {
        return Err(match name {
            Some(name) => CommandError::new(format!("there is no API `{name}`")),
            None => CommandError::new("there is not exactly one API").with_hint("name it with `--api`"),
        });
    };
    if args.trace && connection.kind() == ApiKind::Http {
        return Err(CommandError::new(format!("API {} is an HTTP API, and those have no execution log", api.id))
            .with_hint("call it without `--trace`; its access log is where the gateway runs"));
    }
    let answer = match args.trace {
        true => test_call(&connection, &api.id, &stage, request).await.map_err(failed)?.ok_or_else(|| {
            let what = format!("{} {}", request.method, request.path_with_query);
            CommandError::new(format!("API {} has no method for {what}", api.id))
                .with_hint("a client would get 403 `Missing Authentication Token`")
        })?,
        false => call(&connection, &api.id, &stage, request)
            .await
            .map_err(|reason| CommandError::new(format!("API {} did not answer: {reason}", api.id)))?,
    };
    if let Some(log) = &answer.log {
        for line in log.lines() {
            cx.ui.line(line);
        }
    } else {
        cx.ui.line(&format!("HTTP {}", answer.status));
        for (name, value) in &answer.headers {
            cx.ui.line(&format!("{name}: {value}"));
        }
    }
    let text = String::from_utf8_lossy(&answer.body);
    // On a terminal a body is text from elsewhere; into a pipe it goes as it is.
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    match cx.ui.is_interactive() {
        true => cx.ui.answer(&format!("{}{end}", sanitized(&text))),
        false => cx.ui.answer(&format!("{text}{end}")),
    }
    Ok(Outcome::Clean)
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').filter(|(n, _)| !n.trim().is_empty()).ok_or("write it as NAME: VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
