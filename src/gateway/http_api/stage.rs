//! The Stage and Deployment entities.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::api::iso8601;

/// The stage that is served without a stage in the path.
pub const DEFAULT_STAGE: &str = "$default";

/// Where callers meet a deployment (shape `Stage`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// The format of the access log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_log_settings: Option<AccessLogSettings>,
    /// Whether quick create made it and manages it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_gateway_managed: Option<bool>,
    /// Whether each change of the API is deployed at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_deploy: Option<bool>,
    /// ISO 8601
    pub created_date: String,
    /// What holds for routes without settings of their own.
    pub default_route_settings: RouteSettings,
    /// What is served; absent until something is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What became of the last automatic deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_deployment_status_message: Option<String>,
    /// ISO 8601
    pub last_updated_date: String,
    /// By route key.
    #[serde(default)]
    pub route_settings: BTreeMap<String, RouteSettings>,
    /// Its name, or `$default`.
    pub stage_name: String,
    /// `${stageVariables.NAME}`
    #[serde(default)]
    pub stage_variables: IndexMap<String, String>,
    /// AWS tags.
    #[serde(default)]
    pub tags: IndexMap<String, String>,
}

impl Stage {
    /// Returns a stage without a deployment. `now` is in seconds since 1970.
    #[must_use]
    pub fn new(name: impl Into<String>, now: i64) -> Self {
        Self {
            access_log_settings: None,
            api_gateway_managed: None,
            auto_deploy: None,
            created_date: iso8601(now),
            default_route_settings: RouteSettings { detailed_metrics_enabled: Some(false), ..RouteSettings::default() },
            deployment_id: None,
            description: None,
            last_deployment_status_message: None,
            last_updated_date: iso8601(now),
            route_settings: BTreeMap::new(),
            stage_name: name.into(),
            stage_variables: IndexMap::new(),
            tags: IndexMap::new(),
        }
    }

    /// Returns whether each change of the API is deployed at once.
    #[must_use]
    pub fn deploys_itself(&self) -> bool {
        self.auto_deploy == Some(true)
    }
}

/// Settings of routes (shape `RouteSettings`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteSettings {
    /// Not for HTTP APIs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_trace_enabled: Option<bool>,
    /// Whether there are metrics by route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detailed_metrics_enabled: Option<bool>,
    /// Not for HTTP APIs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logging_level: Option<String>,
    /// Requests that may come at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling_burst_limit: Option<i64>,
    /// Requests per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling_rate_limit: Option<f64>,
}

/// The access log of a stage (shape `AccessLogSettings`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessLogSettings {
    /// A log group or a delivery stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
    /// A line with `$context` variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// A copy of an API under an id (shape `Deployment`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Whether a stage made it by itself.
    pub auto_deployed: bool,
    /// ISO 8601
    pub created_date: String,
    /// Six lower-case letters and digits.
    pub deployment_id: String,
    /// `PENDING`, `FAILED` or `DEPLOYED`
    pub deployment_status: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
