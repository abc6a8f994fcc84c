//! What an import changes beside the definition, kept with the history, so that an import that was killed can be undone
//! by another process.

use serde::{Deserialize, Serialize};

use super::settings::{self, SettingChange, TagChanges};
use super::usage::{self, UsageDone, UsageStep};
use super::{Connection, DeployError, Plan, stage};

/// The settings, tags, keys and plans that an import is about to change, with their values before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Beside {
    settings: Vec<SettingChange>,
    usage: Vec<UsageStep>,
}

/// Clocks differ by so many seconds; a key that is older was there before.
const CLOCKS_DIFFER: i64 = 60;

impl Beside {
    /// Returns what a plan is about to change.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self { settings: plan.settings.clone(), usage: plan.usage.steps.clone() }
    }

    /// Takes back what has come of it to keys and plans, the last first. `began` is when the import did, in seconds since
    /// 1970.
    pub(super) async fn take_back_usage(
        &self,
        connection: &Connection,
        api_id: &str,
        stage: &str,
        began: i64,
    ) -> Result<(), DeployError> {
        if self.usage.is_empty() {
            return Ok(());
        }
        let (keys, plans) = futures_util::future::try_join(usage::keys(connection), usage::plans(connection)).await?;
        let key = |name: &String| keys.iter().find(|key| key.name() == Some(name.as_str()));
        let plan = |name: &String| plans.iter().find(|plan| plan.name() == Some(name.as_str()));
        let id = |id: Option<&str>| id.unwrap_or_default().to_owned();
        let is_ours =
            |of: &aws_sdk_apigateway::types::ApiStage| of.api_id() == Some(api_id) && of.stage() == Some(stage);
        let stage_text = format!("{api_id}:{stage}");
        let mut emptied = Vec::new();
        for step in self.usage.iter().rev() {
            let done = match step {
                UsageStep::CreateKey { name } => key(name)
                    .filter(|key| key.created_date().is_none_or(|made| made.secs() + CLOCKS_DIFFER >= began))
                    .map(|key| UsageDone::KeyMade(id(key.id()))),
                UsageStep::UpdateKey { name, change } => key(name)
                    .filter(|key| usage::key_member(key, &change.path).as_ref() == Some(&change.after))
                    .map(|key| UsageDone::KeyPatched { id: id(key.id()), member: change.clone() }),
                // One that serves something else as well is not this import's alone.
                UsageStep::CreatePlan { name } => {
                    plan(name).filter(|plan| plan.api_stages().iter().all(is_ours)).map(|plan| UsageDone::PlanMade {
                        id: id(plan.id()),
                        stage: (!plan.api_stages().is_empty()).then(|| stage_text.clone()),
                    })
                }
                UsageStep::UpdatePlan { name, change } => {
                    // Members that were not there go with the object they are in, all at once.
                    let whole = change.path.rsplit_once('/').map(|(whole, _)| (name.clone(), whole.to_owned()));
                    let is_gone =
                        change.before.is_none() && whole.as_ref().is_some_and(|whole| emptied.contains(whole));
                    if change.before.is_none() {
                        emptied.extend(whole);
                    }
                    plan(name)
                        .filter(|plan| {
                            !is_gone && usage::plan_member(plan, &change.path).as_ref() == Some(&change.after)
                        })
                        .map(|plan| UsageDone::PlanPatched { id: id(plan.id()), member: change.clone() })
                }
                UsageStep::AddStage { plan: name } => plan(name)
                    .filter(|plan| plan.api_stages().iter().any(is_ours))
                    .map(|plan| UsageDone::StageAdded { id: id(plan.id()), stage: stage_text.clone() }),
                UsageStep::AddKey { plan: name, key: key_name } => match (plan(name), key(key_name)) {
                    (Some(plan), Some(key)) => {
                        let (plan, key) = (id(plan.id()), id(key.id()));
                        let members = usage::keys_of_plan(connection, name, &plan).await?;
                        members.contains(&key).then_some(UsageDone::Keyed { plan, key })
                    }
                    _ => None,
                },
            };
            if let Some(done) = done {
                usage::undo(connection, &done).await?;
            }
        }
        Ok(())
    }

    /// Gives the tags and the stage's settings the values they had. `has_stage` is whether the stage was there before.
    pub(super) async fn take_back_settings(
        &self,
        connection: &Connection,
        api_id: &str,
        name: &str,
        has_stage: bool,
    ) -> Result<(), DeployError> {
        let [api, of_stage] = TagChanges::of(&self.settings).by_path(connection.is_http(), api_id, name);
        for (path, changes) in [Some(api), Some(of_stage).filter(|_| has_stage)].into_iter().flatten() {
            let before: Vec<_> = changes.into_iter().map(|(name, change)| (name, change.before.clone())).collect();
            settings::put_back_tags(connection, &path, &before).await?;
        }
        let (_, back) = settings::patches(&self.settings);
        if has_stage && !back.is_empty() {
            stage::take_back(connection, api_id, name, &back).await?;
        }
        Ok(())
    }
}
