//! `gatewright import`

mod record;
mod request;

use std::path::PathBuf;

use crate::deploy::history::{History, State};
use crate::deploy::saved_plan::SavedPlan;
use crate::deploy::{Applied, Connection, DeployError, Plan, apply, permission, plan, verify};
use crate::openapi::Document;
use crate::scaffold::Per;
use crate::scaffold::integration::{self, IntegrationContext};
use crate::source::Diagnostic;

use super::document::DocumentArgs;
use super::lock;
use super::plan_text::{changes_text, plan_text};
use super::target::{Target, TargetArgs, failed};
use super::{CommandError, Cx, Outcome};
use request::Request;

/// Puts a document into API Gateway: shows the plan, asks, imports, deploys to the stage, verifies.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The documents: paths, `-`, or `git:REV:PATH`.
    #[arg(value_name = "SPEC", required_unless_present = "plan")]
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
    /// Show the plan and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write the plan to FILE, to be applied later with `--plan FILE`, and change nothing.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    plan_out: Option<PathBuf>,
    /// Apply the plan in FILE, exactly, without asking; refuse when the API has changed since.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["specs", "dry_run", "plan_out", "api", "stage"])]
    plan: Option<PathBuf>,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(cx: &Cx, mut args: Args) -> Result<Outcome, CommandError> {
    args.target.env.clone_from(&args.document.env);
    super::runtime()?.block_on(import(cx, args))
}

async fn import(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    if args.specs.len() > 1 && (args.api.is_some() || args.plan_out.is_some()) {
        return Err(CommandError::new("`--api` and `--plan-out` are for one document, and several are named"));
    }
    // All are read before anything is changed.
    let mut documents = Vec::new();
    for spec in &args.specs {
        documents.push(args.document.load(cx, spec)?.document);
    }
    let saved = args.plan.as_deref().map(request::read_plan).transpose()?;
    if let Some(saved) = &saved {
        documents.push(request::document_of(saved)?);
    }
    let mut target = args.target.open(cx).await?;
    let outcome = import_all(cx, &args, &documents, saved.as_ref(), &target).await;
    if let Some(local) = target.local.take() {
        local.close().await;
    }
    outcome
}

/// Imports the documents one after the other: AWS allows one PutRestApi a second.
async fn import_all(
    cx: &Cx,
    args: &Args,
    documents: &[Document],
    saved: Option<&SavedPlan>,
    target: &Target,
) -> Result<Outcome, CommandError> {
    let mut outcome = Outcome::Clean;
    let mut failures = 0;
    for (at, document) in documents.iter().enumerate() {
        let remembered = args.target.env.is_some().then(|| args.specs.get(at)).flatten();
        let remembered = remembered.map(|spec| lock::document_name(&cx.config.folder, spec));
        let done = async {
            let request = match saved {
                Some(saved) => Request::of_plan(saved, document, target)?,
                None => Request::of_arguments(cx, args, document, target, remembered)?,
            };
            import_one(cx, args, &request, saved, target).await
        };
        match done.await {
            Ok(Outcome::Clean) => {}
            Ok(Outcome::Findings) => outcome = Outcome::Findings,
            Err(error) if documents.len() == 1 => return Err(error),
            Err(error) => {
                cx.ui.error(&error);
                failures += 1;
            }
        }
    }
    if failures > 0 {
        return Err(CommandError::new(format!("{failures} of {} documents were not imported", documents.len())));
    }
    Ok(outcome)
}

async fn import_one(
    cx: &Cx,
    args: &Args,
    request: &Request,
    saved: Option<&SavedPlan>,
    target: &Target,
) -> Result<Outcome, CommandError> {
    let plan =
        plan(&target.connection, &request.document, &request.selector, &request.options).await.map_err(|error| {
            show_refusal(cx, &request.document, &error);
            failed(error)
        })?;
    if saved.is_some_and(|saved| !saved.holds(&plan)) {
        return Err(CommandError::new("the API has changed since the plan was made; nothing was changed")
            .with_hint("make a new plan with `--plan-out`"));
    }
    cx.ui.talk(&plan_text(&plan, cx.ui.stderr_color()));
    if plan.is_empty() {
        cx.ui.status("Unchanged", &format!("API `{}`, stage `{}`: nothing to do", plan.name, plan.stage));
        cx.ui.answer(&format!("{}\n", invoke_url(target, plan.api.as_ref().map_or("", |a| &a.id), &plan.stage)));
        return Ok(Outcome::Clean);
    }
    for warning in &plan.warnings {
        cx.ui.warning(&format!("API Gateway: {}", warning.message));
    }
    if !plan.warnings.is_empty() && !request.allow_warnings {
        return Err(CommandError::new("API Gateway would import the document with warnings; nothing was changed")
            .with_hint("mend what it warns of, or pass `--allow-warnings`"));
    }
    if let Some(path) = &args.plan_out {
        request::write_plan(path, &request.saved(&plan))?;
        cx.ui.status("Planned", &format!("apply it with `gatewright import --plan {}`", path.display()));
        return Ok(Outcome::Clean);
    }
    if args.dry_run {
        return Ok(Outcome::Clean);
    }
    if !args.yes && saved.is_none() && !confirmed(cx)? {
        cx.ui.status("Unchanged", "nothing was imported");
        return Ok(Outcome::Clean);
    }
    carry_out(cx, args, request, &plan, target).await
}

fn percent(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|p| (0.0..=100.0).contains(p)).ok_or_else(|| "a share is 0 to 100".into())
}

fn confirmed(cx: &Cx) -> Result<bool, CommandError> {
    if cx.ui.is_interactive() {
        return Ok(cx.ui.confirm("Import this?"));
    }
    Err(CommandError::new("nobody is there to ask; nothing was changed")
        .with_hint("pass `--yes` to import without asking, or `--dry-run` to see the plan only"))
}

/// Applies a plan, grants the permissions it needs, and verifies what is then deployed.
async fn carry_out(
    cx: &Cx,
    args: &Args,
    request: &Request,
    plan: &Plan,
    target: &Target,
) -> Result<Outcome, CommandError> {
    let ui = cx.ui.clone();
    let progress = move |verb: &str, what: &str| ui.status(verb, what);
    let place = super::history::place(&args.target, &target.environment);
    let history = History::of(&cx.config.state_folder(), &place, &plan.name, &plan.stage);
    let mut entry = record::started(&history, plan, &request.document);
    if history.entries().last().is_some_and(|last| last.state == State::Started) {
        cx.ui.warning("the last import from here was cut off; this one finishes it");
        cx.ui.hint(&format!("to undo it instead: `gatewright rollback {} --definition`", plan.name));
    }
    history.write(&entry)?;
    let description = record::deployment_description(&request.document, &plan.body);
    let applied = apply(&target.connection, plan, &request.apply_options(description, args.canary), &progress).await;
    entry.state = if applied.is_ok() { State::Applied } else { State::Undone };
    if let Ok(applied) = &applied {
        entry.api_id.clone_from(&applied.api_id);
        entry.deployment_after = Some(applied.deployment.clone());
    }
    history.write(&entry)?;
    let applied = applied.map_err(failed)?;
    for warning in &applied.warnings {
        cx.ui.warning(&format!("API Gateway: {warning}"));
    }
    if let Some(document) = &request.remembered {
        let folder = &cx.config.folder;
        lock::Lock::read(folder)?.remember(folder, &target.environment_name, document, &applied.api_id)?;
    }
    grant_permissions(cx, plan, &applied, target).await;
    if args.canary.is_some() && plan.deployment.is_some() {
        // An export shows what the stage itself serves, not its canary.
        cx.ui.answer(&format!("{}\n", invoke_url(target, &applied.api_id, &plan.stage)));
        cx.ui.status("Shifted", &format!("part of stage `{}` to deployment `{}`", plan.stage, applied.deployment));
        cx.ui.hint("`gatewright promote` sends all of it there, `gatewright rollback` none");
        return Ok(Outcome::Clean);
    }
    let verified = verify(&target.connection, &applied.api_id, &plan.stage, &plan.after, &target.account_id)
        .await
        .map_err(failed)?;
    entry.export_after = Some(verified.export);
    history.write(&entry)?;
    cx.ui.answer(&format!("{}\n", invoke_url(target, &applied.api_id, &plan.stage)));
    if target.local.as_ref().is_some_and(|local| local.server().is_some()) {
        cx.ui.hint("run `gatewright serve` to call it");
    }
    if verified.differences.is_empty() {
        let what = format!("API `{}` ({}) serves the document on stage `{}`", plan.name, applied.api_id, plan.stage);
        cx.ui.status("Verified", &what);
        return Ok(Outcome::Clean);
    }
    cx.ui.warning("what is deployed is not what was meant:");
    cx.ui.talk(&changes_text(&verified.differences, cx.ui.stderr_color()));
    Ok(Outcome::Findings)
}

/// Lets API Gateway call the functions; the embedded gateway asks for no permission.
async fn grant_permissions(cx: &Cx, plan: &Plan, applied: &Applied, target: &Target) {
    if target.local.is_some() {
        return;
    }
    let ui = cx.ui.clone();
    let progress = move |verb: &str, what: &str| ui.status(verb, what);
    let needed = permission::needed(&plan.after);
    let (connection, account) = (&target.connection, &target.account_id);
    for problem in permission::grant(connection, &applied.api_id, account, &needed, &progress).await {
        cx.ui.warning(&problem);
    }
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

/// Gives every operation without an integration one from the templates.
pub(super) fn complete(
    cx: &Cx,
    document: &Document,
    connection: &Connection,
    account_id: &str,
) -> Result<Document, CommandError> {
    let context = IntegrationContext {
        region: connection.region().to_owned(),
        account_id: account_id.to_owned(),
        partition: connection.partition().to_owned(),
        per: Per::default(),
    };
    let (document, diagnostics) = integration::complete(document, &context);
    super::document::show(cx, document.sources(), &diagnostics);
    Ok(document)
}

fn invoke_url(target: &Target, api_id: &str, stage: &str) -> String {
    match &target.local {
        Some(local) => local.invoke_url(api_id, stage),
        None if target.connection.endpoint().ends_with(".amazonaws.com") => {
            format!("https://{api_id}.execute-api.{}.amazonaws.com/{stage}", target.connection.region())
        }
        None => format!("{}/_aws/execute-api/{api_id}/{stage}", target.connection.endpoint().trim_end_matches('/')),
    }
}
