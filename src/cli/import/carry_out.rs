//! One document's import: applied, recorded, permitted, verified, tried.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::deploy::history::{Entry, History, HistoryError, State};
use crate::deploy::permission::{self, Problem};
use crate::deploy::{Applied, DeployError, apply_until, exported_text, kept_unexported, smoke, verify};

use super::super::plan_text::changes_text;
use super::super::target::failed;
use super::super::{CommandError, lock};
use super::jobs::Job;
use super::report::{Did, Imported, changes_json};
use super::{Run, record};

/// Counts an import that an interruption has to take back, for as long as it is there.
struct Applying<'a>(&'a AtomicUsize);

impl<'a> Applying<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Applying<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Notes an import's entry in the history while other things go on, one state of it after the other.
struct Notes<'a> {
    history: &'a History,
    writing: Option<tokio::task::JoinHandle<Result<(), HistoryError>>>,
}

impl<'a> Notes<'a> {
    fn new(history: &'a History) -> Self {
        Self { history, writing: None }
    }

    /// Begins to write an entry, once the one before is there.
    async fn begin(&mut self, entry: &Entry) -> Result<(), HistoryError> {
        self.end().await?;
        let (history, entry) = (self.history.clone(), entry.clone());
        self.writing = Some(tokio::task::spawn_blocking(move || history.write(&entry)));
        Ok(())
    }

    /// Waits until what was begun is there.
    async fn end(&mut self) -> Result<(), HistoryError> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        match writing.await {
            Ok(written) => written,
            Err(failed) => std::panic::resume_unwind(failed.into_panic()),
        }
    }
}

impl Run<'_> {
    /// Applies a plan, grants the permissions it needs, verifies what is then deployed, and calls it when asked to.
    pub(super) async fn carry_out(&self, job: Job, several: bool) -> Result<Imported, CommandError> {
        let plan = &job.plan;
        let Some(_lock) = job.history.lock().map_err(|error| failed(error.into()))? else {
            return Err(CommandError::new(format!(
                "another import into API `{}` is under way from here; nothing was changed",
                plan.name
            ))
            .with_hint("run this one again when it has ended"));
        };
        let mut entry = record::started(&job.history, plan, &job.request.document, job.revision.clone());
        let applied = self.apply(&job, &mut entry).await?;
        // What was done is noted while the service is asked what it serves.
        let unnoted = |error: HistoryError| failed(error.into());
        let mut notes = Notes::new(&job.history);
        notes.begin(&entry).await.map_err(unnoted)?;
        let outcome = self.conclude_applied(&job, entry, applied, several, &mut notes).await;
        notes.end().await.map_err(unnoted)?;
        outcome
    }

    /// Grants permissions, verifies, and calls what is to be called.
    async fn conclude_applied(
        &self,
        job: &Job,
        mut entry: Entry,
        applied: Applied,
        several: bool,
        notes: &mut Notes<'_>,
    ) -> Result<Imported, CommandError> {
        let unnoted = |error: HistoryError| failed(error.into());
        let (cx, target, plan) = (self.cx, self.target, &job.plan);
        for warning in &applied.warnings {
            cx.ui.warning(&format!("API Gateway: {warning}"));
        }
        if let Some(document) = &job.request.remembered {
            lock::Lock::remember(&cx.config.folder, &target.environment_name, document, &applied.api_id)?;
        }
        let (mut problems, pending) = self.grant_permissions(job, &applied.api_id).await;
        entry.permissions_pending = pending;
        let url = self.invoke_url(&applied.api_id, &plan.stage);
        let mut imported = self
            .imported(job, Did::Imported)
            .with("url", url.into())
            .with("deployment", applied.deployment.clone().into());
        imported = imported.with("api", serde_json::json!({ "id": applied.api_id, "name": plan.name }));
        imported.api_id.clone_from(&applied.api_id);
        if self.args.canary.is_some() && plan.deployment.is_some() {
            // An export shows what the stage itself serves, not its canary.
            notes.begin(&entry).await.map_err(unnoted)?;
            self.answer_url(&applied.api_id, &plan.stage);
            cx.ui.status("Shifted", &format!("part of stage `{}` to deployment `{}`", plan.stage, applied.deployment));
            cx.ui.hint("`gatewright promote` sends all of it there, `gatewright rollback` none");
            imported.problems = problems;
            return Ok(imported);
        }
        let unverified = |error: DeployError| {
            let mut error = failed(error);
            error.message = format!("the document was imported, but not verified: {}", error.message);
            error.with_hint("run the import again: it compares what is deployed with the document")
        };
        let connection = &job.request.connection;
        let export = exported_text(connection, &applied.api_id, &plan.stage).await;
        let no_stage = || DeployError::NoStage { api: plan.name.clone(), stage: plan.stage.clone() };
        let export = export.and_then(|export| export.ok_or_else(no_stage)).map_err(unverified)?;
        entry.export_after = Some(export.clone());
        notes.begin(&entry).await.map_err(unnoted)?;
        let differences = verify(connection, &applied.api_id, &export, &plan.after_canonical, &target.account_id)
            .map_err(unverified)?;
        self.answer_url(&applied.api_id, &plan.stage);
        if differences.is_empty() {
            let what =
                format!("API `{}` ({}) serves the document on stage `{}`", plan.name, applied.api_id, plan.stage);
            cx.ui.status("Verified", &what);
        } else if let Ok(Some(count)) = kept_unexported(connection, &applied.api_id, &plan.after, &differences).await {
            cx.ui.warning(&format!(
                "the service does not export {count} operations that API `{}` has, so the next import sends them again",
                plan.name
            ));
            cx.ui.status("Verified", "its resources instead: type, target and method of each integration are as meant");
        } else {
            self.tell_differences(job, &applied, &differences).await?;
            imported = imported.with("differences", changes_json(&differences).into());
            imported.did = Did::Differs;
        }
        if self.args.smoke {
            problems += self.smoke(job, &applied.api_id).await;
        }
        imported.problems = problems;
        if !several {
            self.say_where_it_is(job);
        }
        Ok(imported)
    }

    /// Applies the plan and records how that ended.
    async fn apply(&self, job: &Job, entry: &mut Entry) -> Result<Applied, CommandError> {
        let plan = &job.plan;
        let ui = self.cx.ui.clone();
        let progress = move |verb: &str, what: &str| ui.status(verb, what);
        let description = record::deployment_description(entry);
        let options = job.request.apply_options(description, self.args.canary, job.api_key_values.clone());
        let recorded = async {
            let mut notes = Notes::new(&job.history);
            notes.begin(entry).await?;
            notes.end().await.map_err(DeployError::from)
        };
        let applied = {
            let _applying = Applying::new(&self.applying);
            let stop = super::super::interrupted();
            apply_until(&job.request.connection, plan, &options, &progress, recorded, stop).await
        };
        let (applied, hint) = match applied {
            Ok(applied) => {
                entry.state = State::Applied;
                entry.api_id.clone_from(&applied.api_id);
                entry.deployment_after = Some(applied.deployment.clone());
                // Until they are granted: the process may end before.
                entry.permissions_pending = true;
                (Ok(applied), None)
            }
            // What could not be put back stays begun, so that the next run offers to finish or undo it.
            Err(error @ DeployError::Undone { complete: false, .. }) => {
                let hint = "run the import again to finish it, or `gatewright import --unfinished undo` to undo it";
                (Err(error), Some(hint))
            }
            Err(error) => {
                entry.state = State::Undone;
                (Err(error), None)
            }
        };
        let error = match applied {
            Ok(applied) => return Ok(applied),
            Err(error) => failed(error),
        };
        let noted = job.history.write(entry);
        let error = match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        };
        // The first failure is the one to tell; it may be the reason for this one.
        Err(match noted {
            Err(unnoted) if !error.message.contains(&unnoted.to_string()) => error.with_hint(unnoted.to_string()),
            _ => error,
        })
    }

    /// Says how what is deployed differs from what was meant, and whether that is another import's doing.
    async fn tell_differences(
        &self,
        job: &Job,
        applied: &Applied,
        differences: &[crate::deploy::PlannedChange],
    ) -> Result<(), CommandError> {
        let ui = &self.cx.ui;
        let (connection, stage) = (&job.request.connection, &job.plan.stage);
        let now =
            crate::deploy::rollback::current_deployment(connection, &applied.api_id, stage).await.map_err(failed)?;
        if now.as_ref() == Some(&applied.deployment) {
            ui.warning("what is deployed is not what was meant:");
        } else {
            ui.warning(&format!(
                "another import deployed to stage `{stage}` of `{}` at the same time, and it is the one that is served:",
                job.plan.name
            ));
        }
        ui.talk(&changes_text(differences, ui.stderr_color()));
        Ok(())
    }

    /// Lets API Gateway call the functions; the embedded gateway asks for no permission. Returns how many could not be
    /// granted, and whether some have to be tried again later.
    async fn grant_permissions(&self, job: &Job, api_id: &str) -> (usize, bool) {
        let (target, plan, ui) = (self.target, &job.plan, &self.cx.ui);
        let mine = permission::needed(&plan.after);
        if target.local.is_some() || (mine.is_empty() && plan.before_permissions.is_empty()) {
            return (0, false);
        }
        let (connection, account) = (&job.request.connection, &target.account_id);
        let needed = match permission::needed_by_all_stages(connection, api_id, &plan.stage, &plan.after, account).await
        {
            Ok(needed) => needed,
            Err(error) => {
                ui.warning(&format!("no permission was granted: {error}"));
                return (1, true);
            }
        };
        // What a canary leaves to the deployment before it may still be called.
        let before = if self.args.canary.is_some() { &[] } else { plan.before_permissions.as_slice() };
        let talk = ui.clone();
        let progress = move |verb: &str, what: &str| talk.status(verb, what);
        let all = permission::grant(connection, api_id, account, &needed, before, &progress).await;
        let mut missing = Vec::new();
        let mut failures = 0;
        for problem in &all {
            match problem {
                Problem::NoFunction(name) => missing.push(format!("`{name}`")),
                Problem::Failed(reason) => {
                    failures += 1;
                    ui.warning(reason);
                }
            }
        }
        match missing.as_slice() {
            [] => {}
            [one] => ui.warning(&format!(
                "function {one} does not exist yet: calls to it will fail until it is deployed and this import is run again"
            )),
            all => ui.warning(&format!(
                "{} functions do not exist yet: calls to them will fail until they are deployed and this import is run \
                 again: {}",
                all.len(),
                all.join(", ")
            )),
        }
        (failures, !all.is_empty())
    }

    /// Grants what an earlier import could not, because the function was not there yet. Where nothing is known of an
    /// earlier import, as in a fresh checkout, it looks. Returns how many could not be granted.
    pub(super) async fn permit_what_is_pending(&self, job: &Job) -> Result<usize, CommandError> {
        let last = job.history.last();
        if last.as_ref().is_some_and(|entry| !entry.permissions_pending) {
            return Ok(0);
        }
        let Some(api) = &job.plan.api else { return Ok(0) };
        let (failures, pending) = self.grant_permissions(job, &api.id).await;
        if let Some(mut entry) = last.filter(|entry| entry.permissions_pending != pending) {
            entry.permissions_pending = pending;
            job.history.write(&entry)?;
        }
        Ok(failures)
    }

    /// Calls what may be called, and returns how many calls failed.
    pub(super) async fn smoke(&self, job: &Job, api_id: &str) -> usize {
        let ui = &self.cx.ui;
        let calls = super::smoke::calls(&job.request.document, &job.plan.after);
        if calls.is_empty() {
            ui.status("Smoke", "there is nothing to call: no MOCK, and no operation with `x-gatewright-smoke: true`");
            return 0;
        }
        let results = smoke::smoke(&self.smoke_url(api_id, &job.plan.stage), &calls).await;
        for result in &results {
            let status = result.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            match &result.failure {
                None => ui.status("Smoke", &format!("{} answered {status}", result.label)),
                Some(failure) => ui.warning(&format!("smoke: {} {failure}", result.label)),
            }
        }
        let failures = results.iter().filter(|result| result.failure.is_some()).count();
        if failures > 0 {
            ui.hint("`gatewright rollback` goes back to the deployment before");
        }
        failures
    }

    /// Without a server of its own, nothing serves the embedded gateway's state once this command has ended.
    pub(super) fn say_where_it_is(&self, job: &Job) {
        let ui = &self.cx.ui;
        if self.target.local.as_ref().is_none_or(|local| local.server().is_none()) {
            return;
        }
        let folder = self.cx.config.state_folder();
        ui.status("Kept", &format!("API `{}` is in `{}`; nothing serves it yet", job.plan.name, folder.display()));
        ui.hint("`gatewright serve`, left running, serves it at the URL above, and later imports go there at once");
    }
}
