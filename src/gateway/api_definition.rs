//! All that one REST API defines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Authorizer, DocumentationPart, GatewayResponse, Model, RequestValidator, Resource, RestApi};

/// A REST API with everything that a deployment takes a copy of.
///
/// This is what `import` makes, `export` reads, the embedded gateway stores, and a deployment
/// freezes. Maps are keyed by id unless said otherwise, so two equal definitions serialize equally.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiDefinition {
    /// The API's own settings.
    pub api: RestApi,
    /// The resource tree, by resource id.
    pub resources: BTreeMap<String, Resource>,
    /// The models, by name.
    pub models: BTreeMap<String, Model>,
    /// The authorizers, by id.
    pub authorizers: BTreeMap<String, Authorizer>,
    /// The request validators, by id.
    pub request_validators: BTreeMap<String, RequestValidator>,
    /// The customised gateway responses, by response type.
    pub gateway_responses: BTreeMap<String, GatewayResponse>,
    /// The documentation parts, by id.
    pub documentation_parts: BTreeMap<String, DocumentationPart>,
}

impl ApiDefinition {
    /// Returns a definition that has a root resource and nothing else.
    #[must_use]
    pub fn new(mut api: RestApi, root_resource_id: impl Into<String>) -> Self {
        let root = Resource::root(root_resource_id.into());
        api.root_resource_id.clone_from(&root.id);
        Self {
            api,
            resources: BTreeMap::from([(root.id.clone(), root)]),
            models: BTreeMap::new(),
            authorizers: BTreeMap::new(),
            request_validators: BTreeMap::new(),
            gateway_responses: BTreeMap::new(),
            documentation_parts: BTreeMap::new(),
        }
    }

    /// Returns the resource at a path such as `/pets/{petId}`.
    #[must_use]
    pub fn resource_at(&self, path: &str) -> Option<&Resource> {
        self.resources.values().find(|r| r.path == path)
    }

    /// Returns the authorizer of this name.
    #[must_use]
    pub fn authorizer_named(&self, name: &str) -> Option<&Authorizer> {
        self.authorizers.values().find(|a| a.name == name)
    }

    /// Returns the request validator of this name.
    #[must_use]
    pub fn request_validator_named(&self, name: &str) -> Option<&RequestValidator> {
        self.request_validators.values().find(|v| v.name.as_deref() == Some(name))
    }
}
