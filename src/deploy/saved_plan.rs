//! A plan in a file: looked at now, applied later, or refused when the API has changed since.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Plan;
use super::settings::Settings;

/// What is needed to apply a plan, and to tell whether it still holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SavedPlan {
    /// The version of this format.
    pub format: u32,
    /// Where it is applied.
    pub target: SavedTarget,
    /// The API's id; absent when it is to be created.
    pub api_id: Option<String>,
    /// The API's name.
    pub name: String,
    /// The stage.
    pub stage: String,
    /// `rest` or `http`
    pub kind: String,
    /// `overwrite` or `merge`
    pub mode: String,
    /// `ignore`, `prepend` or `split`
    pub base_path: String,
    /// Whether documentation parts are left out.
    pub ignore_documentation: bool,
    /// Whether warnings are accepted.
    pub allow_warnings: bool,
    /// Stage variables.
    pub stage_variables: Vec<(String, String)>,
    /// What is declared beside the document. Values of API keys are not part of it.
    pub settings: Settings,
    /// The hash of what was deployed when the plan was made.
    pub basis: String,
    /// The git revision that the document was of.
    #[serde(default)]
    pub revision: Option<String>,
    /// The document that is sent.
    pub body: String,
}

/// Where a plan was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SavedTarget {
    /// `local` or `aws`; absent for an endpoint.
    pub kind: Option<String>,
    /// The address of something else that speaks the protocol.
    pub endpoint_url: Option<String>,
    /// The region.
    pub region: String,
    /// The account.
    pub account_id: String,
    /// The profile of the AWS configuration that was used, if one was named.
    pub profile: Option<String>,
    /// The environment's name.
    pub environment: String,
    /// The name under which the API's id is remembered for the environment.
    pub document: Option<String>,
}

/// The format that this version writes.
pub const FORMAT: u32 = 2;

impl SavedPlan {
    /// Returns whether what is deployed is still what the plan was made from.
    #[must_use]
    pub fn holds(&self, now: &Plan) -> bool {
        self.api_id == now.api.as_ref().map(|api| api.id.clone()) && self.basis == basis(now)
    }
}

/// Returns the hash of what a plan starts from: the stage's deployment and its export.
#[must_use]
pub fn basis(plan: &Plan) -> String {
    let mut hash = Sha256::new();
    hash.update(plan.deployment.as_deref().unwrap_or_default());
    hash.update([0]);
    hash.update(plan.before.as_deref().unwrap_or_default());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
