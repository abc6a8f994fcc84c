//! The Stage entity.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A deployment under a name that callers use (shape `Stage`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// The deployment it serves.
    pub deployment_id: String,
    /// A client certificate's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate_id: Option<String>,
    /// `[A-Za-z0-9_-]{1,128}`
    pub stage_name: String,
    /// Prose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether responses are cached.
    pub cache_cluster_enabled: bool,
    /// Gigabytes, as text: `0.5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_cluster_size: Option<String>,
    /// `NOT_AVAILABLE`, `AVAILABLE`, …
    pub cache_cluster_status: String,
    /// `{path}/{VERB}` or `*/*` to settings.
    #[serde(default)]
    pub method_settings: IndexMap<String, MethodSetting>,
    /// Stage variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<IndexMap<String, String>>,
    /// The documentation version shown in exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation_version: Option<String>,
    /// Where access logs go and what they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_log_settings: Option<AccessLogSettings>,
    /// A second deployment that gets part of the traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary_settings: Option<CanarySettings>,
    /// Whether X-Ray traces.
    pub tracing_enabled: bool,
    /// A web ACL's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_acl_arn: Option<String>,
    /// AWS tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<IndexMap<String, String>>,
    /// Seconds since 1970.
    pub created_date: i64,
    /// Seconds since 1970.
    pub last_updated_date: i64,
}

/// What a stage sets for a method (shape `MethodSetting`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MethodSetting {
    /// Whether CloudWatch metrics are written.
    pub metrics_enabled: bool,
    /// `OFF`, `ERROR` or `INFO`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logging_level: Option<String>,
    /// Whether whole requests and responses are logged.
    pub data_trace_enabled: bool,
    /// Requests at once.
    pub throttling_burst_limit: i64,
    /// Requests per second.
    pub throttling_rate_limit: f64,
    /// Whether responses are cached.
    pub caching_enabled: bool,
    /// Seconds, 0 to 3600.
    pub cache_ttl_in_seconds: i64,
    /// Whether the cache is encrypted.
    pub cache_data_encrypted: bool,
    /// Whether `Cache-Control: max-age=0` needs permission.
    pub require_authorization_for_cache_control: bool,
    /// What happens without it.
    pub unauthorized_cache_control_header_strategy: String,
}

impl Default for MethodSetting {
    /// Returns what AWS fills in once one setting exists (recorded).
    fn default() -> Self {
        Self {
            metrics_enabled: false,
            logging_level: None,
            data_trace_enabled: false,
            throttling_burst_limit: 5000,
            throttling_rate_limit: 10_000.0,
            caching_enabled: false,
            cache_ttl_in_seconds: 300,
            cache_data_encrypted: false,
            require_authorization_for_cache_control: true,
            unauthorized_cache_control_header_strategy: "SUCCEED_WITH_RESPONSE_HEADER".into(),
        }
    }
}

/// Where access logs go (shape `AccessLogSettings`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessLogSettings {
    /// A line with `$context.…` substituted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// A log group's or delivery stream's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
}

/// A second deployment of a stage (shape `CanarySettings`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CanarySettings {
    /// 0 to 100.
    pub percent_traffic: f64,
    /// The canary's deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<String>,
    /// Variables that differ from the stage's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_variable_overrides: Option<IndexMap<String, String>>,
    /// Whether the stage's cache is used.
    #[serde(default)]
    pub use_stage_cache: bool,
}

impl Stage {
    /// Returns a stage with the settings that CreateStage leaves when only names are given.
    #[must_use]
    pub fn new(stage_name: impl Into<String>, deployment_id: impl Into<String>, now: i64) -> Self {
        Self {
            deployment_id: deployment_id.into(),
            client_certificate_id: None,
            stage_name: stage_name.into(),
            description: None,
            cache_cluster_enabled: false,
            cache_cluster_size: None,
            cache_cluster_status: "NOT_AVAILABLE".into(),
            method_settings: IndexMap::new(),
            variables: None,
            documentation_version: None,
            access_log_settings: None,
            canary_settings: None,
            tracing_enabled: false,
            web_acl_arn: None,
            tags: None,
            created_date: now,
            last_updated_date: now,
        }
    }
}
