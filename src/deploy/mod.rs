//! The AWS side, through the AWS SDK: plan, apply, verify, permissions.
//!
//! Alone names `aws_sdk_*`. The embedded gateway, AWS, and anything else that speaks the protocol
//! are reached by the same code: a target is only an endpoint.

mod apply;
mod beside;
mod call;
mod changes;
mod connection;
mod error;
pub mod history;
mod http_api;
mod invoke;
pub mod permission;
mod plan;
mod read_back;
mod rest_api;
pub mod rollback;
pub mod saved_plan;
mod settings;
pub mod smoke;
mod stage;
mod undeployed;
mod usage;
mod verify;

pub use apply::{Applied, ApplyOptions, Progress, apply, apply_until};
pub use beside::Beside;
pub use changes::{Action, Canonical, Detail, PlannedChange, planned_changes};
pub use connection::{Connection, Credentials, TargetConfig};
pub use error::DeployError;
pub use invoke::{Call, CallAnswer, call, test_call};
pub use plan::{ApiSelector, Meant, Plan, PlanOptions, plan};
pub use rest_api::{
    ApiSummary, exported_document, exported_text, find_api, find_api_of_any_kind, only_api_of_any_kind,
};
pub use settings::{MethodSettings, SettingChange, Settings, StageSettings};
pub use undeployed::undeployed;
pub use usage::{ApiKeySettings, Member, Secret, UsagePlanSettings, UsageStep};
pub use verify::{drift, exported_definition, kept_unexported, verify};
