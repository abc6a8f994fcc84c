//! `gatewright import`

mod carry_out;
mod jobs;
mod record;
mod report;
mod request;
mod smoke;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::deploy::{Connection, DeployError};
use crate::gateway::ApiKind;
use crate::openapi::Document;
use crate::scaffold::integration::{self, IntegrationContext};
use crate::source::Diagnostic;

pub(super) use report::changes_json;
pub(super) use request::Kind;

use super::document::DocumentArgs;
use super::target::{Target, TargetArgs, TargetKind};
use super::{CommandError, Cx, Outcome};

/// Puts documents into API Gateway: shows the plan and whom it breaks, asks, imports, deploys to the stage, verifies.
///
/// An import that fails is undone at once; one that was cut off is noticed by the next, which finishes or undoes it.
/// `gatewright history` lists the imports, `gatewright rollback` goes back.
///
/// What a document cannot carry is declared in the environment: `[env.NAME]` takes `stage-variables`, `tags`,
/// `[env.NAME.stage-settings]`, `[env.NAME.method-settings."GET /pets"]`, `[env.NAME.usage-plans.PLAN]` and
/// `[env.NAME.api-keys.KEY]`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The documents: paths, `-`, or `git:REV:PATH` [default: those of `[apis]` in the configuration].
    #[arg(value_name = "SPEC")]
    specs: Vec<String>,
    #[command(flatten)]
    document: DocumentArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// The API's id or name [default: the environment's, else the document's title].
    #[arg(long, value_name = "ID|NAME")]
    api: Option<String>,
    /// The stage that is deployed to [default: the environment's, else dev].
    #[arg(long, value_name = "NAME")]
    stage: Option<String>,
    /// The kind of API [default: what the document's extensions are for, REST where they are for both].
    #[arg(long, value_enum, value_name = "KIND")]
    kind: Option<request::Kind>,
    /// What happens to what the API has and the document lacks.
    #[arg(long, value_enum, value_name = "MODE", default_value = "overwrite")]
    mode: request::Mode,
    /// What the document's base path becomes.
    #[arg(long, value_enum, value_name = "MODE", default_value = "ignore")]
    basepath: request::BasePath,
    /// Import although API Gateway warns; without it a warning changes nothing.
    #[arg(long)]
    allow_warnings: bool,
    /// Leave descriptions out (API Gateway keeps at most 2000 documentation parts).
    #[arg(long)]
    ignore_documentation: bool,
    /// A stage variable, `NAME=VALUE`; may be given more than once.
    #[arg(long = "stage-variable", value_name = "NAME=VALUE")]
    stage_variables: Vec<String>,
    /// Send this share of the stage's traffic, in percent, to the new deployment; `gatewright promote` or `gatewright
    /// rollback` ends that.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    canary: Option<f64>,
    /// Call every MOCK, and every operation marked with `x-gatewright-smoke`, through the stage's URL afterwards.
    #[arg(long)]
    smoke: bool,
    /// Refuse when the change breaks clients, unless `gatewright diff --accept` has accepted it.
    #[arg(long)]
    deny_breaking: bool,
    /// What becomes of an earlier import that was cut off [default: ask; with --yes, finish].
    #[arg(long, value_enum, value_name = "WHAT")]
    unfinished: Option<Unfinished>,
    /// Show the plan and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write the plan to FILE, to be applied later with `--plan FILE`, and change nothing.
    #[arg(long, value_name = "FILE")]
    plan_out: Option<PathBuf>,
    /// Apply the plan in FILE, exactly, where it was made for, without asking; refuse when the API has changed since.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["specs", "dry_run", "plan_out", "api", "stage"])]
    plan: Option<PathBuf>,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    /// How the answer is written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "terminal")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Unfinished {
    /// This import finishes it.
    Finish,
    /// What it did is taken back first.
    Undo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people; the URL on stdout.
    Terminal,
    /// One JSON document.
    Json,
}

/// One run of the command.
struct Run<'a> {
    cx: &'a Cx,
    args: &'a Args,
    target: &'a Target,
    /// How many imports are being carried out, which an interruption has to take back.
    applying: AtomicUsize,
}

pub(super) fn run(cx: &Cx, mut args: Args) -> Result<Outcome, CommandError> {
    args.target.env.clone_from(&args.document.env);
    super::runtime()?.block_on(import(cx, args))
}

async fn import(cx: &Cx, mut args: Args) -> Result<Outcome, CommandError> {
    let saved = args.plan.as_deref().map(request::read_plan).transpose()?;
    if let Some(saved) = &saved {
        apply_where_it_was_made(&mut args.target, saved)?;
    }
    // All are read before anything is changed.
    let wanted = match &saved {
        Some(saved) => vec![request::Wanted::of_plan(saved)?],
        None => request::Wanted::of_arguments(cx, &args)?,
    };
    if wanted.len() > 1 && (args.api.is_some() || args.plan_out.is_some()) {
        return Err(CommandError::new("`--api` and `--plan-out` are for one document, and several are named"));
    }
    let target = args.target.open(cx).await?;
    let run = Run { cx, args: &args, target: &target, applying: AtomicUsize::new(0) };
    let outcome = tokio::select! {
        outcome = run.import_all(wanted, saved.as_ref()) => outcome,
        () = run.told_to_stop() => Err(CommandError::new("interrupted")
            .with_hint("`gatewright import` again notices what was left unfinished, and finishes or undoes it")),
    };
    target.close().await;
    outcome
}

/// A plan names its target; one that is named on the command line has to be the same, which is checked once it is open.
fn apply_where_it_was_made(
    target: &mut TargetArgs,
    saved: &crate::deploy::saved_plan::SavedPlan,
) -> Result<(), CommandError> {
    let made = &saved.target;
    if target.target.is_none() && target.endpoint_url.is_none() && target.env.is_none() {
        target.endpoint_url.clone_from(&made.endpoint_url);
        target.target = match made.kind.as_deref() {
            Some("local") => Some(TargetKind::Local),
            Some("aws") => Some(TargetKind::Aws),
            Some(other) => return Err(CommandError::new(format!("the plan has an unknown target `{other}`"))),
            None => None,
        };
        target.region = target.region.take().or_else(|| Some(made.region.clone()));
        target.profile = target.profile.take().or_else(|| made.profile.clone());
    }
    Ok(())
}

impl Run<'_> {
    /// Ends when the user asks to stop and nothing has to be taken back first; at the second time in any case.
    async fn told_to_stop(&self) {
        super::interrupted().await;
        if self.applying.load(Ordering::SeqCst) > 0 {
            super::interrupted().await;
        }
    }

    fn json(&self) -> bool {
        self.args.format == Format::Json
    }

    /// Returns where a stage is called.
    fn invoke_url(&self, api_id: &str, stage: &str) -> String {
        let connection = &self.target.connection;
        let endpoint = connection.endpoint().trim_end_matches('/');
        let url = match &self.target.local {
            Some(local) => local.invoke_url(api_id, stage),
            None if self.target.kind == Some(TargetKind::Aws) && endpoint.contains(".amazonaws.com") => {
                let suffix = if connection.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
                format!("https://{api_id}.execute-api.{}.{suffix}/{stage}", connection.region())
            }
            None => format!("{endpoint}/_aws/execute-api/{api_id}/{stage}"),
        };
        // This stage of an HTTP API is served without a stage in the path.
        if url.contains("/_aws/") { url } else { url.strip_suffix("/$default").map_or(url.clone(), str::to_owned) }
    }

    /// Returns where a stage is called while this command runs.
    fn smoke_url(&self, api_id: &str, stage: &str) -> String {
        match &self.target.local {
            Some(local) => format!("{}/_aws/execute-api/{api_id}/{stage}", local.url()),
            None => self.invoke_url(api_id, stage),
        }
    }
}

fn percent(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|p| (0.0..=100.0).contains(p)).ok_or_else(|| "a share is 0 to 100".into())
}

/// Shows the faults that API Gateway refuses a document for, each at its place.
pub(super) fn show_refusal(cx: &Cx, document: &Document, error: &DeployError) {
    let DeployError::Document(refusal) = error else { return };
    let diagnostics: Vec<Diagnostic> = refusal
        .faults
        .iter()
        .map(|fault| Diagnostic::error("import-refused", fault.span, fault.message.replace(['\n', '\t'], " ")))
        .collect();
    super::document::show(cx, document.sources(), &diagnostics);
}

/// Gives every operation without an integration one from the templates, for this kind of API, and shows what is wrong.
pub(super) fn complete(
    cx: &Cx,
    document: &Document,
    connection: &Connection,
    account_id: &str,
    kind: ApiKind,
) -> Result<Document, CommandError> {
    let place = (connection.region(), account_id, connection.partition());
    let (document, diagnostics) = completed(cx, document, place, kind)?;
    super::document::show(cx, document.sources(), &diagnostics);
    Ok(document)
}

/// Gives every operation without an integration one from the templates, for this kind of API in a region, an account and
/// a partition.
pub(super) fn completed(
    cx: &Cx,
    document: &Document,
    (region, account_id, partition): (&str, &str, &str),
    kind: ApiKind,
) -> Result<(Document, Vec<Diagnostic>), CommandError> {
    let manifest = super::project::manifest(cx, document)?;
    let mut options = super::scaffold::options(cx, &manifest)?;
    // An HTTP API wants to know the payload; a REST API has one.
    options.http = kind == ApiKind::Http;
    let context = IntegrationContext {
        region: region.to_owned(),
        account_id: account_id.to_owned(),
        partition: partition.to_owned(),
        options,
        manifest,
    };
    Ok(integration::complete_with(document, &context, &super::scaffold::document_templates(cx)?))
}
