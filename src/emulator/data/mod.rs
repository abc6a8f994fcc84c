//! The data plane: deployed stages answering requests.
//!
//! It sees the rest of the emulator through [`Lookup`] only, whose answers are in memory: no
//! request waits for the store.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::body::Incoming;
use hyper::{Request, Response};

use crate::emulator::lambda::{FunctionName, FunctionPool};
use crate::gateway::{ApiDefinition, ApiKey, Stage, UsagePlan};

mod access_log;
mod admission;
mod authorizer;
mod backend;
mod backend_tap;
mod binary;
mod cache;
mod compile;
mod compression;
mod context;
mod domain_route;
mod exchange;
mod execution_log;
mod framing;
mod gateway_response;
mod head_tap;
mod header_rules;
mod http_api;
mod integration;
mod parameter;
mod permission;
mod pipeline;
mod proxy_event;
mod request;
mod resolver;
mod routing;
mod shared;
mod sigv4;
mod spelling;
mod streaming;
mod template;
mod test_invoke;
mod throttle;
mod validation;

pub use authorizer::{AccessKey, AccessKeys, pool_issuer, shown_claims};
pub(crate) use authorizer::{unrecognized, wildcard_matches};
pub use compile::Compiled;
pub use domain_route::{DomainRoutes, MappedPath, RoutingCondition, RoutingRule};
pub(crate) use execution_log::{ExecutionLog, LambdaRequest, lossy as logged_text, masked};
pub use head_tap::{HeadTap, NameQueue, SentNames};
pub use http_api::{Callers, DeployedHttpStage, FunctionUrl};
pub(crate) use request::Headers as RequestHeaders;
pub(crate) use shared::HttpClient;
pub use shared::Shared;
pub use spelling::{SpelledWrites, Spelling, SpellingQueue};
pub use test_invoke::{TEST_STAGE, TestCaller, TestOutcome, TestRequest, test_identity, test_invoke};

/// A body that may be streamed.
pub type Body = BoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// Makes a body of bytes that are all there.
#[must_use]
pub fn full_body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed()
}

/// A stage as callers meet it: its settings and the API as it was deployed.
#[derive(Debug)]
pub struct DeployedStage {
    /// The API's id.
    pub api_id: String,
    /// Twelve digits.
    pub account_id: String,
    /// Such as `us-east-1`.
    pub region: String,
    /// The stage's settings.
    pub stage: Stage,
    /// The deployment that `definition` is the copy of.
    pub deployment_id: String,
    /// The API as it was deployed.
    pub definition: Arc<ApiDefinition>,
    /// The API as the canary's deployment has it, if the stage has a canary.
    pub canary: Option<Arc<ApiDefinition>>,
    /// What the data plane makes of the definitions, at the first request; `Compiled::default()` to begin with.
    pub compiled: Compiled,
}

/// What the data plane asks of the control plane. All answers come from memory.
pub trait Lookup: Send + Sync + 'static {
    /// Returns the stage, unless there is none of this name or it has no deployment.
    fn stage(&self, api_id: &str, stage_name: &str) -> Option<Arc<DeployedStage>>;
    /// Returns the stage of an HTTP API, unless there is none of this name or nothing was deployed to it.
    fn http_stage(&self, api_id: &str, stage_name: &str) -> Option<Arc<DeployedHttpStage>> {
        let _ = (api_id, stage_name);
        None
    }
    /// Returns whether there is an HTTP API of this id.
    fn is_http_api(&self, api_id: &str) -> bool {
        let _ = api_id;
        false
    }
    /// Returns whether there is an API of this id.
    fn has_api(&self, api_id: &str) -> bool;
    /// Returns the key that callers send as `value`, enabled or not.
    fn api_key(&self, value: &str) -> Option<Arc<ApiKey>>;
    /// Returns the usage plan that binds a key to a stage.
    fn usage_plan(&self, api_id: &str, stage_name: &str, key_id: &str) -> Option<Arc<UsagePlan>>;
    /// Returns the requests that a key has made under a plan in the days `from..=to` (`2026-01-31`).
    fn used(&self, plan_id: &str, key_id: &str, from: &str, to: &str) -> i64;
    /// Counts a request that a key makes under a plan on a day.
    fn count(&self, plan_id: &str, key_id: &str, day: &str);
    /// Returns whether a function's policy lets API Gateway invoke it for a method (`arn:aws:execute-api:…`), which a
    /// function that was not created here always does.
    fn may_invoke(&self, function: &FunctionName, source_arn: &str) -> bool {
        let _ = (function, source_arn);
        true
    }
    /// Returns the function that answers at the address of an id (function URLs).
    fn function_url(&self, id: &str) -> Option<Arc<FunctionUrl>> {
        let _ = id;
        None
    }
    /// Returns where the requests to a custom domain name go; nothing when there is none of this name.
    fn domain_routes(&self, domain_name: &str) -> Option<Arc<DomainRoutes>>;
}

/// What the requests of one server share.
pub struct Gateway {
    /// The way to what is deployed.
    pub lookup: Arc<dyn Lookup>,
    /// The functions; those that are not registered go to the pool's endpoint, if it has one.
    pub functions: FunctionPool,
    /// Where other AWS services are, by their name in integration URIs (`sqs`).
    pub service_endpoints: BTreeMap<String, String>,
    /// Where this server listens.
    pub address: SocketAddr,
    /// What requests leave behind for later ones; `Shared::default()` to begin with.
    pub shared: Shared,
    /// Takes what a person should read (a function that is missing, a request that was not sent) and access
    /// log lines. The text may come from a request: not safe for a terminal as it is.
    pub log: Arc<dyn Fn(&str) + Send + Sync>,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Where a request was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `{api}.execute-api.…`: the path begins with the stage.
    Host {
        /// The API's id.
        api_id: String,
    },
    /// `/_aws/execute-api/{api}/…`: the rest of the path begins with the stage.
    Path {
        /// The API's id.
        api_id: String,
    },
    /// `{id}.lambda-url.…`: a function's own address.
    FunctionUrl {
        /// The address's id.
        id: String,
    },
    /// A custom domain name: the path begins with a base path.
    Domain {
        /// The domain name.
        name: String,
    },
}

/// Answers a request to a deployed stage. `path` is what follows the host or the `/_aws/execute-api/{api}` in the
/// request's own path, still encoded, beginning with `/`.
pub async fn handle(
    gateway: &Arc<Gateway>,
    target: Target,
    path: &str,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    if let Target::FunctionUrl { id } = &target {
        return Box::pin(http_api::answer_function_url(gateway, id, path, peer, request)).await;
    }
    if let Some(place) = pipeline::Place::find(gateway, &target, path, request.headers()) {
        return pipeline::answer(gateway, place, peer, request).await;
    }
    match http_api::find(gateway, &target, path, request.headers()) {
        Some(place) => Box::pin(http_api::answer(gateway, place, peer, request)).await,
        None => pipeline::forbidden(),
    }
}
