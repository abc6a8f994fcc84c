//! The ApiKey, UsagePlan and UsagePlanKey entities.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A key that callers send (shape `ApiKey`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Ten lower-case letters and digits.
    pub id: String,
    /// What callers send: 20 to 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// An AWS Marketplace customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// Prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether callers may use it.
    pub enabled: bool,
    /// Seconds since 1970.
    pub created_date: i64,
    /// Seconds since 1970.
    pub last_updated_date: i64,
    /// `{api}/{stage}` of stages it is bound to without a usage plan.
    #[serde(default)]
    pub stage_keys: Vec<String>,
    /// AWS tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<IndexMap<String, String>>,
}

/// How much callers with keys may ask for (shape `UsagePlan`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsagePlan {
    /// Six lower-case letters and digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The stages it is for.
    #[serde(default)]
    pub api_stages: Vec<ApiStage>,
    /// How fast, over all its stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle: Option<ThrottleSettings>,
    /// How many in a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<QuotaSettings>,
    /// An AWS Marketplace product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_code: Option<String>,
    /// AWS tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<IndexMap<String, String>>,
}

/// A stage of a usage plan (shape `ApiStage`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiStage {
    /// The API's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_id: Option<String>,
    /// The stage's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// `{path}/{VERB}` to limits of that method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle: Option<IndexMap<String, ThrottleSettings>>,
}

/// A token bucket (shape `ThrottleSettings`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThrottleSettings {
    /// The bucket's size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst_limit: Option<i64>,
    /// Requests per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<f64>,
}

/// How many requests in a period (shape `QuotaSettings`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaSettings {
    /// Requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Requests taken off in the first period.
    #[serde(default)]
    pub offset: i64,
    /// `DAY`, `WEEK` or `MONTH`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
}

/// The membership of a key in a usage plan (shape `UsagePlanKey`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsagePlanKey {
    /// The key's id.
    pub id: String,
    /// `API_KEY`
    #[serde(rename = "type")]
    pub key_type: String,
    /// The key's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The key's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
