//! What API Gateway keeps: the entities of a REST API, `import` (document to entities, as
//! PutRestApi does it) and `export` (entities to document, as GetExport does it).
//!
//! Pure values and functions: no I/O, no clock, no randomness; ids and times are passed in.

pub mod api_definition;
pub mod api_key;
mod api_kind;
pub mod authorizer;
mod canonical;
pub mod deployment;
pub mod documentation;
mod drops;
pub mod export;
pub mod extension;
pub mod gateway_response;
pub mod http_api;
pub mod import;
pub mod integration;
pub mod integration_rules;
pub mod method;
pub mod model;
mod partition;
pub(crate) mod pretty;
pub mod quota;
pub mod resource;
mod resource_policy;
pub mod rest_api;
mod small_map;
pub mod stage;
#[cfg(test)]
pub(crate) mod tests;

pub use api_definition::ApiDefinition;
pub use api_key::{ApiKey, ApiStage, QuotaSettings, ThrottleSettings, UsagePlan, UsagePlanKey};
pub use api_kind::ApiKind;
pub use authorizer::{Authorizer, AuthorizerType, authorizer_uri_fault, identity_source_fault};
pub use canonical::canonical;
pub(crate) use canonical::comparable_export;
pub use deployment::{Deployment, Snapshot};
pub use documentation::{DocumentationLocation, DocumentationPart, DocumentationVersion};
pub use drops::{Drop, DropKind, drops};
pub use gateway_response::{GatewayResponse, parameter_fault};
pub use http_api::HttpApi;
pub use import::import_in_part;
pub use integration::{
    ConnectionType, ContentHandling, Integration, IntegrationResponse, IntegrationType, PassthroughBehavior, TlsConfig,
};
pub use method::{Method, MethodResponse};
pub use model::{Model, RequestValidator};
pub use partition::partition;
pub use quota::Quotas;
pub use resource::Resource;
pub use resource_policy::{INVALID_POLICY, is_resource_policy};
pub use rest_api::{EndpointConfiguration, RestApi};
pub use small_map::SmallMap;
pub use stage::{AccessLogSettings, CanarySettings, MethodSetting, Stage};
