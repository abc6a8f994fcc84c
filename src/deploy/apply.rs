//! Carrying out a plan, and undoing it when a step fails.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::gateway::import::{BasePathMode, ImportMode};

use super::plan::Plan;
use super::rest_api::{self, PutAnswer, PutOptions};
use super::settings::{self, Settings, TagChanges};
use super::stage::{self, Patch};
use super::usage::{self, Secret, UsageDone};
use super::{Connection, DeployError};

/// How a plan is carried out.
#[derive(Clone, Debug)]
pub struct ApplyOptions {
    /// Merge or overwrite.
    pub mode: ImportMode,
    /// What the document's base path becomes.
    pub base_path: BasePathMode,
    /// Whether a warning refuses the import.
    pub fail_on_warnings: bool,
    /// Whether documentation parts are left out.
    pub ignore_documentation: bool,
    /// The deployment's description.
    pub description: String,
    /// All variables of the stage that the caller sets.
    pub stage_variables: Vec<(String, String)>,
    /// What is declared beside the document.
    pub settings: Settings,
    /// The values of API keys that are made, by name.
    pub api_key_values: BTreeMap<String, Secret>,
    /// The share of the stage's traffic, in percent, that gets the new deployment; all when absent or the stage is new.
    pub canary: Option<f64>,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The API's id.
    pub api_id: String,
    /// Whether it was created.
    pub created: bool,
    /// The new deployment.
    pub deployment: String,
    /// What API Gateway warned of.
    pub warnings: Vec<String>,
}

/// Hears what is being done: a verb, and on what.
pub type Progress<'a> = &'a (dyn Fn(&str, &str) + Sync);

/// A step that was begun, and so has to be taken back when a later one fails.
#[derive(Clone, Debug)]
enum Done {
    /// The API is being created; its id is not known yet.
    Creating,
    /// The API was created.
    Created(String),
    /// The document was sent.
    Put,
    /// A deployment is being made.
    Deploying,
    /// The stage was changed; these patches change it back.
    StageUpdated(Vec<Patch>),
    /// The thing at this path was tagged; these are the tags' values before.
    Tagged(String, Vec<(String, Option<String>)>),
    /// A key or a usage plan was changed.
    Usage(UsageDone),
}

/// What was begun, in order. It outlives the work, which may be dropped in the middle.
#[derive(Debug, Default)]
struct Journal(Mutex<Vec<Done>>);

impl Journal {
    fn add(&self, done: Done) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(done);
    }

    /// Takes the last entry back: its call was refused, so nothing was done.
    fn refused(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
    }

    fn entries(&self) -> Vec<Done> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Everything a step needs.
#[derive(Clone, Copy)]
struct Work<'a> {
    connection: &'a Connection,
    plan: &'a Plan,
    options: &'a ApplyOptions,
    progress: Progress<'a>,
    journal: &'a Journal,
}

/// Carries out a plan: sends the document, deploys it to the stage, sets what is declared beside it.
///
/// # Errors
/// When a step fails; what was there before has then been put back, or the message says why not.
pub async fn apply(
    connection: &Connection,
    plan: &Plan,
    options: &ApplyOptions,
    progress: Progress<'_>,
) -> Result<Applied, DeployError> {
    apply_until(connection, plan, options, progress, std::future::ready(Ok(())), std::future::pending()).await
}

/// Carries out a plan like [`apply`], and takes it back when `stop` ends before the work does. Nothing is changed before
/// `recorded` has ended well.
///
/// # Errors
/// When a step fails or `stop` ends; what was there before has then been put back, or the message says why not.
pub async fn apply_until(
    connection: &Connection,
    plan: &Plan,
    options: &ApplyOptions,
    progress: Progress<'_>,
    recorded: impl Future<Output = Result<(), DeployError>>,
    stop: impl Future<Output = ()>,
) -> Result<Applied, DeployError> {
    let journal = Journal::default();
    let work = Work { connection, plan, options, progress, journal: &journal };
    let work_recorded = async {
        futures_util::future::try_join(recorded, work.still_as_planned()).await?;
        work.carry_out().await
    };
    let outcome = tokio::select! {
        biased;
        outcome = work_recorded => outcome,
        () = stop => Err(DeployError::Interrupted(plan.name.clone())),
    };
    match outcome {
        Ok(applied) => Ok(applied),
        Err(failure @ DeployError::Changed { .. }) => Err(failure),
        Err(failure) => {
            if !journal.entries().is_empty() {
                progress("Undoing", &format!("what was done to API `{}`", plan.name));
            }
            Err(work.undo(failure).await)
        }
    }
}

impl Work<'_> {
    async fn carry_out(self) -> Result<Applied, DeployError> {
        let (plan, options) = (self.plan, self.options);
        let put = PutOptions {
            mode: options.mode,
            base_path: options.base_path,
            fail_on_warnings: options.fail_on_warnings,
            ignore_documentation: options.ignore_documentation,
            private: plan.after.names_vpc_endpoints(),
        };
        let (answer, created) = match &plan.api {
            None => {
                (self.progress)("Creating", &format!("API `{}`", plan.name));
                (self.create(put).await?, true)
            }
            Some(api) => {
                (self.progress)("Importing", &format!("into API `{}` ({})", api.name, api.id));
                self.journal.add(Done::Put);
                let answer = rest_api::put(self.connection, &api.id, &plan.body, put).await;
                // PutRestApi discards everything when it refuses a document.
                if answer.as_ref().is_err_and(DeployError::is_refusal) {
                    self.journal.refused();
                }
                (answer?, false)
            }
        };
        let deployment = self.deploy(&answer.id).await?;
        self.update_stage(&answer.id).await?;
        self.tag(&answer.id).await?;
        if !plan.usage.steps.is_empty() {
            (self.progress)("Setting", "API keys and usage plans");
            let place = (answer.id.as_str(), plan.stage.as_str());
            let done = |done| self.journal.add(Done::Usage(done));
            plan.usage.apply(self.connection, &options.settings, &options.api_key_values, place, done).await?;
        }
        Ok(Applied { api_id: answer.id, created, deployment, warnings: answer.warnings })
    }

    /// Demands that nobody has deployed to the stage since the plan was made: it may have been looked at for long.
    async fn still_as_planned(self) -> Result<(), DeployError> {
        let Some(api) = &self.plan.api else { return Ok(()) };
        let now = stage::stage(self.connection, &api.id, &self.plan.stage).await?.map(|stage| stage.deployment);
        if now == self.plan.deployment {
            return Ok(());
        }
        Err(DeployError::Changed {
            api: self.plan.name.clone(),
            what: format!("stage `{}`", self.plan.stage),
            done: "it was deployed to after this plan was made; nothing was changed".into(),
        })
    }

    /// Creates the API. When the answer was lost on the way, the API may exist all the same; it is then the one of that
    /// name.
    async fn create(self, put: PutOptions) -> Result<PutAnswer, DeployError> {
        /// How often a call is made again that has left nothing behind.
        const TRIES: usize = 3;
        let name = &self.plan.name;
        self.journal.add(Done::Creating);
        let mut tries = 0;
        let answer = loop {
            match rest_api::import(self.connection, name, &self.plan.body, put).await {
                Ok(answer) => break answer,
                Err(error) if error.is_transient() => {
                    let found = rest_api::apis(self.connection, name).await;
                    if let Ok(Some(api)) = found.map(|mut found| found.pop()) {
                        break PutAnswer { id: api.id, warnings: Vec::new() };
                    }
                    tries += 1;
                    if tries > TRIES {
                        return Err(error);
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(error) => {
                    if error.is_refusal() {
                        self.journal.refused();
                    }
                    return Err(error);
                }
            }
        };
        self.journal.add(Done::Created(answer.id.clone()));
        self.be_the_first(&answer.id).await?;
        Ok(answer)
    }

    /// Gives way when someone else has created an API of this name at the same moment: names are not unique, and a name
    /// that two have can no longer be imported into.
    ///
    /// The older API stays. Of two that are as old, to the second that the service tells, the one with the greater id gives
    /// way at once; the other waits for that, and gives way itself when it does not happen, because whoever made the first
    /// one may have looked before there was a second.
    async fn be_the_first(self, id: &str) -> Result<(), DeployError> {
        const LOOKS: usize = 12;
        for look in 1.. {
            let all = rest_api::apis(self.connection, &self.plan.name).await?;
            let named = || all.iter().filter(|api| api.name == self.plan.name);
            let Some(ours) = named().find(|api| api.id == id) else { return Ok(()) };
            let rival = named().filter(|api| api.id != id && api.created <= ours.created).min_by_key(|api| api.created);
            let Some(rival) = rival else { return Ok(()) };
            if rival.created == ours.created && ours.id < rival.id && look < LOOKS {
                tokio::time::sleep(Duration::from_millis(250)).await;
                continue;
            }
            rest_api::delete(self.connection, id).await?;
            return Err(DeployError::Changed {
                api: self.plan.name.clone(),
                what: "the name".into(),
                done: format!(
                    "another import created API `{}` of that name at the same moment, so the one made here was deleted",
                    rival.id
                ),
            });
        }
        Ok(())
    }

    /// Deploys. When the answer was lost on the way, the stage tells whether it was done.
    async fn deploy(self, api_id: &str) -> Result<String, DeployError> {
        const TRIES: usize = 3;
        let (plan, options) = (self.plan, self.options);
        (self.progress)("Deploying", &format!("API `{}` to stage `{}`", plan.name, plan.stage));
        let is_new = plan.deployment.is_none();
        let variables: &[(String, String)] = if is_new { &options.stage_variables } else { &[] };
        // A canary is a part of a stage's traffic, so there is none on a stage that is only being made.
        let canary = options.canary.filter(|_| !is_new);
        let canary_before = plan.stage_now.as_ref().and_then(|s| s.canary.as_ref()).map(|(id, _)| id.clone());
        self.journal.add(Done::Deploying);
        let mut tries = 0;
        loop {
            let made = stage::deploy(
                self.connection,
                api_id,
                &plan.stage,
                &options.description,
                variables,
                canary,
                plan.deployment.as_deref(),
            )
            .await;
            match made {
                Ok(id) => return Ok(id),
                Err(error) if error.is_transient() => {
                    let now = stage::stage(self.connection, api_id, &plan.stage).await?;
                    let served = now.as_ref().map(|s| s.deployment.clone());
                    let canary_now = now.and_then(|s| s.canary).map(|(id, _)| id);
                    let (before, after) =
                        if canary.is_some() { (&canary_before, canary_now) } else { (&plan.deployment, served) };
                    if after.is_some() && after != *before {
                        return Ok(after.unwrap_or_default());
                    }
                    tries += 1;
                    if tries > TRIES {
                        return Err(error);
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(error) => {
                    if error.is_refusal() {
                        self.journal.refused();
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Sets variables and settings of the stage, all in one call.
    async fn update_stage(self, api_id: &str) -> Result<(), DeployError> {
        let plan = self.plan;
        let (mut forth, mut back) = settings::patches(&plan.settings);
        for (name, before, value) in &plan.variables {
            let path = format!("/variables/{name}");
            back.push(match before {
                Some(before) => Patch::Set(path.clone(), before.clone()),
                None => Patch::Unset(path.clone()),
            });
            forth.push(Patch::Set(path, value.clone()));
        }
        if forth.is_empty() {
            return Ok(());
        }
        (self.progress)("Setting", &format!("stage `{}`", plan.stage));
        self.journal.add(Done::StageUpdated(back));
        let updated = stage::update(self.connection, api_id, &plan.stage, &forth).await;
        if updated.as_ref().is_err_and(DeployError::is_refusal) {
            self.journal.refused();
        }
        updated
    }

    async fn tag(self, api_id: &str) -> Result<(), DeployError> {
        let changes = TagChanges::of(&self.plan.settings);
        for (path, changes) in changes.by_path(self.connection.is_http(), api_id, &self.plan.stage) {
            if changes.is_empty() {
                continue;
            }
            let before = changes.iter().map(|(name, change)| (name.clone(), change.before.clone())).collect();
            let tags: Vec<_> = changes.iter().map(|(name, change)| (name.clone(), change.after.clone())).collect();
            self.journal.add(Done::Tagged(path.clone(), before));
            settings::tag(self.connection, &path, &tags).await?;
        }
        Ok(())
    }

    /// Takes back what the journal holds, the last first. Goes on when one step cannot be taken back.
    async fn undo(self, failure: DeployError) -> DeployError {
        let entries = self.journal.entries();
        let created = entries.iter().rev().find_map(|done| match done {
            Done::Created(id) => Some(id.clone()),
            _ => None,
        });
        let api_id = created.clone().or_else(|| self.plan.api.as_ref().map(|api| api.id.clone()));
        let api_id = api_id.unwrap_or_default();
        let is_new = self.plan.api.is_none();
        let (mut words, mut problems) = (Vec::new(), Vec::new());
        let mut still_served = None;
        for done in entries.iter().rev() {
            let undone = match done {
                Done::Usage(done) => usage::undo(self.connection, done).await,
                Done::Created(id) => {
                    words.push("the API that was created has been deleted".to_owned());
                    rest_api::delete(self.connection, id).await
                }
                Done::Creating if created.is_none() => self.undo_unknown_creation(&mut words).await,
                // What belongs to a new API goes with it.
                _ if is_new => continue,
                Done::Creating => continue,
                Done::Tagged(path, before) => settings::put_back_tags(self.connection, path, before).await,
                // A new stage is deleted.
                Done::StageUpdated(_) if self.plan.deployment.is_none() => continue,
                Done::StageUpdated(back) => stage::take_back(self.connection, &api_id, &self.plan.stage, back).await,
                Done::Deploying => {
                    still_served = self.undo_deployment(&api_id).await.err();
                    continue;
                }
                Done::Put => match self.plan.other_before.as_ref().or(self.plan.before.as_ref()) {
                    Some(before) => {
                        words.push("the API has been put back as it was".to_owned());
                        rest_api::put(self.connection, &api_id, before, PutOptions::restoring()).await.map(drop)
                    }
                    None => {
                        words.push(
                            "no stage served the API, so its definition could not be kept and holds this document now"
                                .to_owned(),
                        );
                        continue;
                    }
                },
            };
            if let Err(error) = undone {
                problems.push(error.to_string());
            }
        }
        if let Some(error) = still_served {
            // What is in place again can be deployed again, when nothing else helps.
            let put_back = problems.is_empty() && self.plan.before.is_some() && self.plan.other_before.is_none();
            let name = &self.plan.stage;
            let again = match put_back {
                true => {
                    let description = "gatewright: undone";
                    stage::deploy(self.connection, &api_id, name, description, &[], None, None).await.map(drop)
                }
                false => Err(error),
            };
            problems.extend(again.err().map(|error| error.to_string()));
        }
        if entries.is_empty() {
            words.push("nothing was changed".to_owned());
        }
        let complete = problems.is_empty();
        let undone =
            if complete { words.join("; ") } else { format!("putting it back failed too: {}", problems.join("; ")) };
        DeployError::Undone { failure: Box::new(failure), undone, complete }
    }

    /// Deletes the API that an import made whose answer never came.
    async fn undo_unknown_creation(self, words: &mut Vec<String>) -> Result<(), DeployError> {
        match rest_api::apis(self.connection, &self.plan.name).await?.as_slice() {
            [] => words.push("nothing was changed".to_owned()),
            [only] => {
                rest_api::delete(self.connection, &only.id).await?;
                words.push("the API that was created has been deleted".to_owned());
            }
            more => {
                return Err(DeployError::Ambiguous {
                    name: self.plan.name.clone(),
                    ids: more.iter().map(|api| api.id.clone()).collect(),
                });
            }
        }
        Ok(())
    }

    /// Points the stage back, or deletes it when it is new, and drops the deployment that was made.
    async fn undo_deployment(self, api_id: &str) -> Result<(), DeployError> {
        let name = &self.plan.stage;
        let Some(now) = stage::stage(self.connection, api_id, name).await? else { return Ok(()) };
        let Some(before) = &self.plan.deployment else {
            stage::delete_stage(self.connection, api_id, name).await?;
            let _ = stage::delete_deployment(self.connection, api_id, &now.deployment).await;
            return Ok(());
        };
        // A stage that deploys itself does so again when the definition is put back.
        if now.auto_deploy {
            return Ok(());
        }
        let had_canary = self.plan.stage_now.as_ref().is_some_and(|s| s.canary.is_some());
        if let Some((canary, _)) = now.canary.as_ref().filter(|_| !had_canary) {
            stage::remove_canary(self.connection, api_id, name).await?;
            let _ = stage::delete_deployment(self.connection, api_id, canary).await;
        }
        if &now.deployment != before {
            stage::point(self.connection, api_id, name, before).await?;
            let _ = stage::delete_deployment(self.connection, api_id, &now.deployment).await;
        }
        Ok(())
    }
}
