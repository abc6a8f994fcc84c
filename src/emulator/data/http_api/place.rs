//! Where in an HTTP API a request belongs: the stage, and the path below it.

use std::sync::Arc;

use hyper::HeaderMap;

use super::DeployedHttpStage;
use crate::emulator::data::domain_route::Route;
use crate::emulator::data::{Gateway, Target};
use crate::gateway::http_api::stage::DEFAULT_STAGE;

/// Where the API's own name stands when a request named it in the path.
const LOCAL_DOMAIN: &str = "execute-api.localhost";

/// A stage of an HTTP API and the path below it.
pub(in super::super) struct Place {
    /// Nothing when no stage fits.
    pub(super) stage: Option<Arc<DeployedHttpStage>>,
    /// `$context.path`, and `rawPath` of events: with the stage, unless it is `$default`.
    pub(super) full_path: String,
    /// What is routed, beginning with `/`; a slash at its end counts.
    pub(super) route_path: String,
    pub(super) custom_domain: bool,
    pub(super) domain: Option<Arc<str>>,
}

impl Place {
    /// Returns the place of a request; nothing when it is not for an HTTP API.
    pub(super) fn find(gateway: &Gateway, target: &Target, path: &str, headers: &HeaderMap) -> Option<Self> {
        match target {
            Target::Host { api_id } | Target::Path { api_id } => {
                if !gateway.lookup.is_http_api(api_id) {
                    return None;
                }
                let path = if path.is_empty() { "/" } else { path };
                let trimmed = path.strip_prefix('/').unwrap_or(path);
                let (first, rest) = trimmed.split_at(trimmed.find('/').unwrap_or(trimmed.len()));
                let named = Some(first).filter(|name| !name.is_empty() && *name != DEFAULT_STAGE);
                let named = named.and_then(|name| gateway.lookup.http_stage(api_id, name));
                let (stage, route_path) = match named {
                    Some(stage) => (Some(stage), rest),
                    None => (gateway.lookup.http_stage(api_id, DEFAULT_STAGE), path),
                };
                let domain = matches!(target, Target::Path { .. }).then(|| format!("{api_id}.{LOCAL_DOMAIN}").into());
                let route_path = if route_path.is_empty() { "/" } else { route_path }.to_owned();
                Some(Self { stage, full_path: path.to_owned(), route_path, custom_domain: false, domain })
            }
            Target::FunctionUrl { .. } => None,
            Target::Domain { name } => {
                let routes = gateway.lookup.domain_routes(name)?;
                let Route { api_id, stage, rest, .. } = routes.find(path, headers)?;
                if !gateway.lookup.is_http_api(api_id) {
                    return None;
                }
                let route_path = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
                Some(Self {
                    stage: gateway.lookup.http_stage(api_id, stage.unwrap_or(DEFAULT_STAGE)),
                    full_path: path.to_owned(),
                    route_path,
                    custom_domain: true,
                    domain: Some(name.as_str().into()),
                })
            }
        }
    }
}
