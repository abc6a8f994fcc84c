//! HTTP APIs (API Gateway v2): their entities, `import` (document to entities, as ImportApi and ReimportApi do it) and
//! `export` (entities to document, as ExportApi does it).
//!
//! Members as in the service model `apigatewayv2` 2018-11-29; entities are serialized as on the wire. WebSocket APIs,
//! which share that model, are not here.

pub mod api;
pub mod authorizer;
mod canonical;
pub mod export;
pub mod import;
pub mod integration;
pub mod route;
pub mod stage;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use api::{Api, Cors};
pub use authorizer::{Authorizer, AuthorizerType, JwtConfiguration};
pub use canonical::canonical;
pub use export::{ExportOptions, export};
pub use import::{Imported, import, import_in_part};
pub use integration::{Integration, IntegrationType, SUBTYPES, Subtype, TlsConfig, subtype};
pub use route::{Route, RouteKey};
pub use stage::{AccessLogSettings, Deployment, RouteSettings, Stage};

/// An HTTP API with everything that a deployment takes a copy of.
///
/// Maps are keyed by id, so two equal definitions serialize equally.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpApi {
    /// The API's own settings.
    pub api: Api,
    /// The routes, by id.
    pub routes: BTreeMap<String, Route>,
    /// The integrations, by id.
    pub integrations: BTreeMap<String, Integration>,
    /// The authorizers, by id.
    pub authorizers: BTreeMap<String, Authorizer>,
}

impl HttpApi {
    /// Returns an API without routes.
    #[must_use]
    pub fn new(api: Api) -> Self {
        Self { api, routes: BTreeMap::new(), integrations: BTreeMap::new(), authorizers: BTreeMap::new() }
    }

    /// Returns the route of a key such as `GET /pets`.
    #[must_use]
    pub fn route(&self, key: &str) -> Option<&Route> {
        self.routes.values().find(|r| r.route_key == key)
    }

    /// Returns the authorizer of this name.
    #[must_use]
    pub fn authorizer_named(&self, name: &str) -> Option<&Authorizer> {
        self.authorizers.values().find(|a| a.name == name)
    }

    /// Returns the integration that a route's target names.
    #[must_use]
    pub fn integration_of(&self, route: &Route) -> Option<&Integration> {
        self.integrations.get(route.integration_id()?)
    }
}
