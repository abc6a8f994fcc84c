//! All documents of one command: planned side by side, shown and asked about together, carried out side by side.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;

use crate::deploy::history::{Entry, History, State};
use crate::deploy::saved_plan::SavedPlan;
use crate::deploy::{Beside, DeployError, Plan, Secret, plan, rollback};
use crate::diff::Report;
use crate::gateway::ApiKind;

use super::super::history::http_place;
use super::super::plan_text::{plan_text, report_text};
use super::super::target::failed;
use super::super::{CommandError, Outcome, diff};
use super::report::{Did, Imported};
use super::request::{Request, Wanted, write_plan};
use super::{Run, Unfinished};

/// How many documents are dealt with at once. AWS takes one PutRestApi a second from an account.
const AT_ONCE: usize = 4;

/// A document with its plan.
pub(super) struct Job {
    /// The document's name.
    pub(super) label: String,
    pub(super) request: Request,
    pub(super) plan: Plan,
    /// What the change means to clients.
    pub(super) report: Option<Report>,
    pub(super) history: History,
    /// An earlier import that was cut off and is finished by this one.
    pub(super) cut_off: Option<Entry>,
    pub(super) api_key_values: BTreeMap<String, Secret>,
    /// The git revision that the document is of.
    pub(super) revision: Option<String>,
}

impl Run<'_> {
    pub(super) async fn import_all(
        &self,
        wanted: Vec<Wanted>,
        saved: Option<&SavedPlan>,
    ) -> Result<Outcome, CommandError> {
        let several = wanted.len() > 1;
        let labels: Vec<_> = wanted.iter().map(|w| w.label.clone()).collect();
        let planned: Vec<_> = futures_util::stream::iter(wanted.into_iter().map(|wanted| self.job(wanted, saved)))
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut done: Vec<Option<Imported>> = Vec::new();
        let mut open: Vec<(usize, Job)> = Vec::new();
        for (at, (label, job)) in labels.into_iter().zip(planned).enumerate() {
            done.push(None);
            match job {
                Err(error) if !several && !self.json() => return Err(error),
                Err(error) => done[at] = Some(Imported::failed(label, error)),
                Ok(job) => open.push((at, job)),
            }
        }
        refuse_twice_the_same(&open)?;
        let mut to_apply = Vec::new();
        for (at, job) in open {
            match self.considered(job, several).await {
                Err((_, error)) if !several && !self.json() => return Err(error),
                Err((label, error)) => done[at] = Some(Imported::failed(label, error)),
                Ok(Considered::Apply(job)) => to_apply.push((at, *job)),
                Ok(Considered::Done(imported)) => done[at] = Some(*imported),
            }
        }
        if !to_apply.is_empty() && !self.args.yes && saved.is_none() && !self.confirmed(to_apply.len())? {
            self.cx.ui.status("Unchanged", "nothing was imported");
            for (at, job) in to_apply.drain(..) {
                done[at] = Some(self.imported(&job, Did::Declined));
            }
        }
        let tasks = to_apply.into_iter().map(|(at, job)| async move {
            let label = job.label.clone();
            let outcome = self.carry_out(job, several).await;
            (at, outcome.unwrap_or_else(|error| Imported::failed(label, error)))
        });
        let applied: Vec<_> = futures_util::stream::iter(tasks).buffered(AT_ONCE).collect().await;
        for (at, imported) in applied {
            done[at] = Some(imported);
        }
        self.conclude(done.into_iter().flatten().collect())
    }

    /// Makes the plan of a document.
    async fn job(&self, wanted: Wanted, saved: Option<&SavedPlan>) -> Result<Job, CommandError> {
        let (cx, target) = (self.cx, self.target);
        let label = wanted.label.clone();
        let name = wanted.file_name();
        let made_at = saved.map(|saved| saved.revision.clone());
        let revision = tokio::task::spawn_blocking(move || made_at.unwrap_or_else(|| super::record::revision(&name)));
        let request = match saved {
            Some(saved) => Request::of_plan(saved, &wanted, target)?,
            None => Request::of_arguments(cx, self.args, &wanted, target)?,
        };
        let api_key_values = request.api_key_values()?;
        let mut plan = self.plan(&request).await?;
        let mut place = target.place();
        if request.connection.kind() == ApiKind::Http {
            place = http_place(&place);
        }
        let history = History::of(&cx.config.state_folder(), &place, &plan.name, &plan.stage);
        let mut cut_off = history.cut_off();
        if let Some(entry) = &cut_off
            && self.undo_first(entry, saved.is_some())?
        {
            let undone = rollback::undo_cut_off(&request.connection, entry).await.map_err(failed)?;
            history.write(&Entry { state: State::Undone, ..entry.clone() })?;
            cx.ui.status("Undone", &format!("import {} of `{}`: {undone}", entry.number, entry.name));
            cut_off = None;
            plan = self.plan(&request).await?;
        }
        if saved.is_some_and(|saved| !saved.holds(&plan)) {
            return Err(CommandError::new("the API has changed since the plan was made; nothing was changed")
                .with_hint("make a new plan with `--plan-out`"));
        }
        let options = diff::configured(cx, false)?;
        let mut report = plan.report(target.connection.region(), &options);
        if let Some(report) = &mut report {
            diff::apply_accepted(cx, report)?;
        }
        let revision = revision.await.ok().flatten();
        Ok(Job { label, request, plan, report, history, cut_off, api_key_values, revision })
    }

    async fn plan(&self, request: &Request) -> Result<Plan, CommandError> {
        plan(&request.connection, &request.document, &request.selector, &request.options).await.map_err(|error| {
            super::show_refusal(self.cx, &request.document, &error);
            let refused = matches!(error, DeployError::Document(_));
            match failed(error) {
                error if !refused => error,
                error if request.document.root().to_json().to_string().contains("\"Fn::") => error.with_hint(
                    "the document holds CloudFormation functions (`Fn::Sub`, …), which API Gateway does not know: write \
                     `${name}` in their place, and pass `--var name=value`",
                ),
                error => error.with_hint("`gatewright lint` says why, and what to write instead"),
            }
        })
    }

    /// Says that an import was cut off, and returns whether it is to be undone first.
    fn undo_first(&self, entry: &Entry, planned: bool) -> Result<bool, CommandError> {
        let ui = &self.cx.ui;
        let when = jiff::Timestamp::from_second(entry.time).map(|t| t.to_string()).unwrap_or_default();
        ui.warning(&format!(
            "import {} into `{}`, stage `{}`, of {when}, was cut off",
            entry.number, entry.name, entry.stage
        ));
        let changes_nothing = self.args.dry_run || self.args.plan_out.is_some();
        match self.args.unfinished {
            _ if changes_nothing || planned => Ok(false),
            Some(Unfinished::Undo) => Ok(true),
            Some(Unfinished::Finish) => Ok(false),
            None if self.args.yes || !ui.is_interactive() => {
                ui.hint("this import finishes it; `--unfinished undo` takes it back first");
                Ok(false)
            }
            None => Ok(ui.confirm("Undo it first? Otherwise this import finishes it.")),
        }
    }

    /// Shows a plan and tells whether it is to be carried out.
    async fn considered(&self, job: Job, several: bool) -> Result<Considered, (String, CommandError)> {
        let (ui, plan) = (&self.cx.ui, &job.plan);
        let refused = |error: CommandError| Err((job.label.clone(), error));
        ui.talk(&plan_text(plan, ui.stderr_color()));
        if let Some(report) = &job.report {
            ui.talk(&report_text(report, ui.stderr_color()));
        }
        if plan.is_empty() {
            return match self.nothing_to_do(&job, several).await {
                Ok(imported) => Ok(Considered::Done(Box::new(imported))),
                Err(error) => refused(error),
            };
        }
        for note in &plan.notes {
            ui.hint(note);
        }
        for warning in &plan.warnings {
            ui.warning(&format!("API Gateway: {}", warning.message));
        }
        if !plan.warnings.is_empty() && !job.request.allow_warnings {
            return refused(
                CommandError::new("API Gateway would import the document with warnings; nothing was changed")
                    .with_hint("mend what it warns of, or pass `--allow-warnings`"),
            );
        }
        let breaking = job.report.as_ref().map_or(0, |report| report.summary().breaking);
        if self.args.deny_breaking && breaking > 0 {
            return refused(
                CommandError::new(format!("{breaking} changes break clients; nothing was changed")).with_hint(
                    "accept them with `gatewright diff --accept ID --reason TEXT`, or leave out `--deny-breaking`",
                ),
            );
        }
        if let Some(path) = &self.args.plan_out {
            if let Err(error) = write_plan(path, &job.request.saved(&job, self.target)) {
                return refused(error);
            }
            ui.status("Planned", &format!("apply it with `gatewright import --plan {}`", path.display()));
        }
        if self.args.dry_run || self.args.plan_out.is_some() {
            return Ok(Considered::Done(Box::new(self.imported(&job, Did::Planned))));
        }
        Ok(Considered::Apply(Box::new(job)))
    }

    /// Ends an import that changes nothing: what an earlier one left open is done all the same.
    async fn nothing_to_do(&self, job: &Job, several: bool) -> Result<Imported, CommandError> {
        let (ui, plan) = (&self.cx.ui, &job.plan);
        let mut imported = self.imported(job, Did::Unchanged);
        if !self.args.dry_run && self.args.plan_out.is_none() {
            if let Some(entry) = &job.cut_off {
                self.finish_cut_off(job, entry).await?;
            }
            imported.problems = self.permit_what_is_pending(job).await?;
        }
        ui.status("Unchanged", &format!("API `{}`, stage `{}`: nothing to do", plan.name, plan.stage));
        if self.args.smoke && !self.args.dry_run {
            imported.problems += self.smoke(job, &imported.api_id).await;
        }
        self.answer_url(&imported.api_id, &plan.stage);
        if !several {
            self.say_where_it_is(job);
        }
        Ok(imported)
    }

    /// Ends the entry of an import that was cut off when the stage serves this document already.
    async fn finish_cut_off(&self, job: &Job, entry: &Entry) -> Result<(), CommandError> {
        if entry.deployment_before.is_some() && entry.deployment_before == job.plan.deployment {
            // It never deployed, but may have sent its document.
            // What stands beside it is as it is wanted now, by whomever it was set.
            let sent = Entry { beside_before: Beside::default(), ..entry.clone() };
            rollback::undo_cut_off(&job.request.connection, &sent).await.map_err(failed)?;
            job.history.write(&Entry { state: State::Undone, ..entry.clone() })?;
            self.cx.ui.status("Undone", &format!("import {}, which had not deployed", entry.number));
            return Ok(());
        }
        job.history.write(&Entry {
            state: State::Applied,
            api_id: job.plan.api.as_ref().map(|api| api.id.clone()).unwrap_or_default(),
            deployment_after: job.plan.deployment.clone(),
            export_after: job.plan.before.clone(),
            permissions_pending: true,
            ..entry.clone()
        })?;
        self.cx.ui.status("Finished", &format!("import {}, which had deployed", entry.number));
        Ok(())
    }

    fn confirmed(&self, count: usize) -> Result<bool, CommandError> {
        let ui = &self.cx.ui;
        if ui.is_interactive() {
            return Ok(match count {
                1 => ui.confirm("Import this?"),
                _ => ui.confirm(&format!("Import these {count}?")),
            });
        }
        Err(CommandError::new("nobody is there to ask; nothing was changed")
            .with_hint("pass `--yes` to import without asking, or `--dry-run` to see the plan only"))
    }
}

enum Considered {
    Apply(Box<Job>),
    Done(Box<Imported>),
}

/// Two documents in one API would take turns at undoing each other.
fn refuse_twice_the_same(jobs: &[(usize, Job)]) -> Result<(), CommandError> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (_, job) in jobs {
        if let Some(first) = seen.insert(&job.plan.name, &job.label) {
            let error = format!("`{first}` and `{}` both go to the API `{}`", job.label, job.plan.name);
            return Err(CommandError::new(error).with_hint("give one another title, or import them one by one"));
        }
    }
    Ok(())
}
