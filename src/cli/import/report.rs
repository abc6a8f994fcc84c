//! What came of an import, for people and as JSON.

use serde_json::{Value as Json, json};

use crate::deploy::{Action, PlannedChange, UsageStep};

use super::super::plan_text::{shown, without_secrets};
use super::super::{CommandError, Outcome};
use super::Run;
use super::jobs::Job;

/// What was done with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Did {
    /// Nothing was to be done.
    Unchanged,
    /// The plan was made, and that was all that was asked for.
    Planned,
    /// The user said no.
    Declined,
    /// It was imported, and what is deployed is what was meant.
    Imported,
    /// It was imported, and something asks for attention.
    Differs,
    /// It was not imported.
    Failed,
}

impl Did {
    fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Planned => "planned",
            Self::Declined => "declined",
            Self::Imported => "imported",
            Self::Differs => "differs",
            Self::Failed => "failed",
        }
    }
}

/// What came of one document.
pub(super) struct Imported {
    pub(super) label: String,
    pub(super) did: Did,
    pub(super) api_id: String,
    /// How many permissions or smoke calls failed.
    pub(super) problems: usize,
    error: Option<CommandError>,
    json: Json,
}

impl Imported {
    pub(super) fn failed(label: String, error: CommandError) -> Self {
        let json = json!({ "error": { "message": full_message(&error), "hints": error.hints } });
        Self { label, did: Did::Failed, api_id: String::new(), problems: 0, error: Some(error), json }
    }

    /// Adds what is known only afterwards.
    pub(super) fn with(mut self, key: &str, value: Json) -> Self {
        self.json[key] = value;
        self
    }
}

fn full_message(error: &CommandError) -> String {
    match &error.source {
        Some(source) => format!("{}: {source}", error.message),
        None => error.message.clone(),
    }
}

impl Run<'_> {
    /// Returns what came of a job, with its plan.
    pub(super) fn imported(&self, job: &Job, did: Did) -> Imported {
        let plan = &job.plan;
        let api_id = plan.api.as_ref().map(|api| api.id.clone()).unwrap_or_default();
        let json = if self.json() { self.plan_json(job, &api_id) } else { Json::Null };
        Imported { label: job.label.clone(), did, api_id, problems: 0, error: None, json }
    }

    fn plan_json(&self, job: &Job, api_id: &str) -> Json {
        let plan = &job.plan;
        let mut json = json!({
            "api": { "id": plan.api.as_ref().map(|api| &api.id), "name": plan.name },
            "stage": plan.stage,
            "creates": { "api": plan.api.is_none(), "stage": plan.deployment.is_none() },
            "changes": changes_json(&plan.changes),
            "stageVariables": plan.variables.iter().map(|(name, before, after)| json!({
                "name": name,
                "before": before.as_ref().map(|value| shown(name, value)),
                "after": shown(name, after),
            })).collect::<Vec<_>>(),
            "settings": plan.settings.iter().map(|s| json!({
                "subject": s.subject, "before": s.before, "after": s.after,
            })).collect::<Vec<_>>(),
            "usage": plan.usage().iter().map(usage_json).collect::<Vec<_>>(),
            "warnings": plan.warnings.iter().map(|w| &w.message).collect::<Vec<_>>(),
        });
        if let Some(report) = &job.report {
            let changes: Vec<Json> = report
                .changes
                .iter()
                .map(|c| {
                    json!({
                        "id": c.id, "level": c.level, "operations": c.operations, "message": c.message,
                        "fingerprint": c.fingerprint, "accepted": c.accepted,
                    })
                })
                .collect();
            json["diff"] = json!({ "summary": report.summary(), "changes": changes });
        }
        if !api_id.is_empty() {
            json["url"] = self.invoke_url(api_id, &plan.stage).into();
        }
        json
    }

    /// Writes where a stage is called.
    pub(super) fn answer_url(&self, api_id: &str, stage: &str) {
        if !self.json() {
            self.cx.ui.answer(&format!("{}\n", self.invoke_url(api_id, stage)));
        }
    }

    /// Says what came of all of them, and how the command ends.
    pub(super) fn conclude(&self, all: Vec<Imported>) -> Result<Outcome, CommandError> {
        let count = |did: Did| all.iter().filter(|one| one.did == did).count();
        let total = all.len();
        let failures = count(Did::Failed);
        let findings = count(Did::Differs) > 0 || all.iter().any(|one| one.problems > 0);
        if self.json() {
            let mut imports = Vec::new();
            for one in &all {
                let mut json = json!({ "document": one.label, "result": one.did.word() });
                if let (Some(members), Json::Object(more)) = (json.as_object_mut(), &one.json) {
                    members.extend(more.clone());
                }
                imports.push(json);
            }
            let words = [Did::Unchanged, Did::Planned, Did::Declined, Did::Imported, Did::Differs, Did::Failed];
            let summary: serde_json::Map<_, _> =
                words.iter().map(|did| (did.word().to_owned(), count(*did).into())).collect();
            self.cx.ui.answer(&format!("{}\n", json!({ "summary": summary, "imports": imports })));
        }
        if total > 1 {
            self.summary(&all);
        }
        let mut errors = all.into_iter().filter_map(|one| one.error.map(|error| (one.label, error)));
        match (total, failures) {
            (_, 0) => Ok(if findings { Outcome::Findings } else { Outcome::Clean }),
            (1, _) => Err(errors.next().map_or_else(|| CommandError::new("it was not imported"), |(_, error)| error)),
            _ => {
                for (label, mut error) in errors {
                    error.message = format!("{label}: {}", error.message);
                    self.cx.ui.error(&error);
                }
                Err(CommandError::new(format!("{failures} of {total} documents were not imported")))
            }
        }
    }

    /// One line for each document, and one for all.
    fn summary(&self, all: &[Imported]) {
        let ui = &self.cx.ui;
        for one in all {
            let problems = if one.problems > 0 { format!(", {} problems", one.problems) } else { String::new() };
            ui.status("Summary", &format!("{}: {}{problems}", one.label, one.did.word()));
        }
        let words = [Did::Imported, Did::Unchanged, Did::Planned, Did::Declined, Did::Differs, Did::Failed];
        let counts: Vec<_> = words
            .iter()
            .map(|did| (all.iter().filter(|one| one.did == *did).count(), did.word()))
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        ui.status("Done", &counts.join(", "));
    }
}

/// Returns changes as JSON.
pub(in super::super) fn changes_json(changes: &[PlannedChange]) -> Vec<Json> {
    let value = |member: &str, value: &Option<String>| {
        value.as_ref().map(|value| {
            if super::super::plan_text::is_secret(member) {
                "(hidden)".to_owned()
            } else {
                without_secrets(value).into_owned()
            }
        })
    };
    changes
        .iter()
        .map(|change| {
            let action = match change.action {
                Action::Add => "add",
                Action::Change => "change",
                Action::Remove => "remove",
            };
            let details: Vec<Json> = change
                .details
                .iter()
                .map(|d| {
                    json!({
                        "member": d.member,
                        "before": value(&d.member, &d.before),
                        "after": value(&d.member, &d.after),
                    })
                })
                .collect();
            json!({ "action": action, "subject": change.subject, "details": details })
        })
        .collect()
}

fn usage_json(step: &UsageStep) -> Json {
    match step {
        UsageStep::CreateKey { name } => json!({ "action": "create", "apiKey": name }),
        UsageStep::UpdateKey { name, change } => json!({
            "action": "update", "apiKey": name, "path": change.path, "before": change.before, "after": change.after,
        }),
        UsageStep::CreatePlan { name } => json!({ "action": "create", "usagePlan": name }),
        UsageStep::UpdatePlan { name, change } => json!({
            "action": "update", "usagePlan": name, "path": change.path, "before": change.before, "after": change.after,
        }),
        UsageStep::AddStage { plan } => json!({ "action": "add-stage", "usagePlan": plan }),
        UsageStep::AddKey { plan, key } => json!({ "action": "add-key", "usagePlan": plan, "apiKey": key }),
    }
}
