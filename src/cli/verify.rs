//! `gatewright verify`

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::json;

use crate::openapi::Document;
use crate::scaffold::apply;
use crate::scaffold::verify::{Call, calls, judged};

use super::document::DocumentArgs;
use super::{CommandError, Cx, Outcome};

/// The most bytes of an answer that are read: more than API Gateway sends.
const MAX_ANSWER: usize = 11 * 1024 * 1024;

/// How long an answer may take; API Gateway itself gives up after 29 seconds.
const PATIENCE: Duration = Duration::from_secs(40);

/// Sends the document's examples to a deployed stage, and checks what comes back against the document.
///
/// Each operation is called with its least request, and with each documented example of its body. This runs what the
/// operations do: give the address of a stage for tests, or `--read-only`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The project that `scaffold` has written.
    dir: PathBuf,
    /// The stage's address: `https://ID.execute-api.REGION.amazonaws.com/STAGE`.
    #[arg(long, value_name = "URL")]
    stage: String,
    /// The document, instead of the one the project was made from.
    #[arg(long)]
    spec: Option<String>,
    /// A header that every request is sent with, for keys and tokens.
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// Sends requests of `GET`, `HEAD` and `OPTIONS` only.
    #[arg(long)]
    read_only: bool,
    /// Only this operation: its `operationId`, or `GET /pets`.
    #[arg(long, value_name = "OPERATION")]
    operation: Vec<String>,
    /// How the result is written.
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: OutputFormat,
    #[command(flatten)]
    document: DocumentArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OutputFormat {
    /// A line for each request.
    Terminal,
    /// One JSON document.
    Json,
}

/// A request, what came back, and what is wrong with it.
struct Verdict {
    call: Call,
    status: u16,
    problems: Vec<String>,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let manifest = apply::read_manifest(&args.dir)?;
    let spec = match (&args.spec, &manifest.document) {
        (Some(spec), _) => spec.clone(),
        (None, Some(path)) => args.dir.join(path).display().to_string(),
        (None, None) => {
            return Err(CommandError::new(format!("`{}` does not say which document it is of", args.dir.display()))
                .with_hint("name the document: `--spec SPEC`"));
        }
    };
    let loaded = args.document.load(cx, &spec)?;
    let headers = headers(&args.headers)?;
    let calls = chosen(&loaded.document, &args)?;
    let verdicts = super::runtime()?.block_on(verify(&args, &loaded.document, &headers, calls))?;
    report(cx, &args, &verdicts);
    let clean = verdicts.iter().all(|verdict| verdict.problems.is_empty());
    Ok(if clean { Outcome::Clean } else { Outcome::Findings })
}

fn headers(given: &[String]) -> Result<Vec<(String, String)>, CommandError> {
    let pair =
        |header: &String| match header.split_once(':') {
            Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
            None => Err(CommandError::new(format!("`--header {header}` has no value"))
                .with_hint("write `--header 'NAME: VALUE'`")),
        };
    given.iter().map(pair).collect()
}

fn chosen(document: &Document, args: &Args) -> Result<Vec<Call>, CommandError> {
    let is_named = |label: &str, name: &String| {
        label == name || document.operations().any(|o| o.label() == label && o.id() == Some(name.as_str()))
    };
    let mut calls = calls(document);
    if let Some(unknown) = args.operation.iter().find(|name| !calls.iter().any(|call| is_named(&call.operation, name)))
    {
        return Err(CommandError::new(format!("the document has no operation `{unknown}`")));
    }
    calls.retain(|call| args.operation.is_empty() || args.operation.iter().any(|name| is_named(&call.operation, name)));
    calls.retain(|call| !args.read_only || matches!(call.method.as_str(), "GET" | "HEAD" | "OPTIONS"));
    Ok(calls)
}

async fn verify(
    args: &Args,
    document: &Document,
    headers: &[(String, String)],
    calls: Vec<Call>,
) -> Result<Vec<Verdict>, CommandError> {
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
        .map_err(|e| CommandError::new("cannot read the system's certificates").with_source(e))?
        .https_or_http()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Full<Bytes>>(connector);
    let mut verdicts = Vec::with_capacity(calls.len());
    for call in calls {
        let address = format!("{}{}", args.stage.trim_end_matches('/'), call.target);
        let unsent = |reason: String| {
            CommandError::new(format!("cannot call {} at `{address}`", call.operation)).with_source(reason)
        };
        let mut request = Request::builder().method(call.method.as_str()).uri(&address);
        for (name, value) in call.headers.iter().chain(headers) {
            request = request.header(name, value);
        }
        let body = Full::new(Bytes::from(call.body.clone().unwrap_or_default()));
        let request = request.body(body).map_err(|e| unsent(e.to_string()))?;
        let answer = tokio::time::timeout(PATIENCE, async {
            let response = client.request(request).await.map_err(|e| e.to_string())?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|e| e.to_string())?;
            Ok::<_, String>((head, body.to_bytes()))
        });
        let (head, body) = answer.await.map_err(|_| unsent("no answer in time".into()))?.map_err(unsent)?;
        let media_type = head.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut problems = judged(document, &call.operation, head.status.as_u16(), media_type, &body);
        if head.status == StatusCode::NOT_IMPLEMENTED && !problems.is_empty() {
            problems = vec!["the handler is not written".into()];
        }
        verdicts.push(Verdict { call, status: head.status.as_u16(), problems });
    }
    Ok(verdicts)
}

fn report(cx: &Cx, args: &Args, verdicts: &[Verdict]) {
    let failed = verdicts.iter().filter(|verdict| !verdict.problems.is_empty()).count();
    let passed = verdicts.len() - failed;
    if args.format == OutputFormat::Json {
        let calls: Vec<_> = verdicts
            .iter()
            .map(|Verdict { call, status, problems }| {
                json!({
                    "operation": call.operation, "method": call.method, "target": call.target, "status": status,
                    "documented": call.documented, "problems": problems,
                })
            })
            .collect();
        let answer = json!({ "summary": { "passed": passed, "failed": failed }, "calls": calls });
        cx.ui.answer(&format!("{answer:#}\n"));
        return;
    }
    for Verdict { call, status, problems } in verdicts {
        let mark = if problems.is_empty() { "ok  " } else { "fail" };
        let line = format!("{mark} {status} {} {}\n", call.method, call.target);
        cx.ui.answer(&crate::source::render::sanitized(&line));
        for problem in problems {
            cx.ui.answer(&crate::source::render::sanitized(&format!("         {problem}\n")));
        }
    }
    cx.ui.status("Verified", &format!("{} requests, {failed} not as the document says", verdicts.len()));
}
