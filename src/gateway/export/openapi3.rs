//! The OpenAPI 3.0 document of an export.

use serde_json::{Map, Value as Json, json};

use super::Exporter;

impl Exporter<'_> {
    /// Returns the document; its paths are null.
    pub(super) fn openapi3(&self) -> Map<String, Json> {
        let api = &self.definition.api;
        let mut info = Map::new();
        info.insert("title".into(), api.name.clone().into());
        if let Some(description) = &api.description {
            info.insert("description".into(), description.clone().into());
        }
        info.insert("version".into(), self.version().into());
        let mut document = Map::new();
        document.insert("openapi".into(), "3.0.1".into());
        document.insert("info".into(), Json::Object(info));
        if let Some(servers) = self.servers() {
            document.insert("servers".into(), servers);
        }
        document.insert(super::PATHS.into(), Json::Null);
        let mut components = Map::new();
        if let Some(schemas) = self.schemas() {
            components.insert("schemas".into(), schemas);
        }
        if let Some(schemes) = self.security_schemes() {
            components.insert("securitySchemes".into(), schemes);
        }
        document.insert("components".into(), Json::Object(components));
        document.extend(self.root_extensions());
        document
    }

    fn servers(&self) -> Option<Json> {
        let endpoint = self.endpoint_configuration();
        let mut server = match self.base_path() {
            Some(base_path) => json!({
                "url": format!("https://{}/{{basePath}}", self.host()),
                "variables": { "basePath": { "default": base_path } },
            }),
            None => {
                if self.address.is_none() {
                    endpoint.as_ref()?;
                }
                json!({ "url": format!("https://{}", self.host()) })
            }
        };
        if let (Some(endpoint), Some(members)) = (endpoint, server.as_object_mut()) {
            members.insert(crate::gateway::extension::ENDPOINT_CONFIGURATION.into(), endpoint);
        }
        Some(json!([server]))
    }
}
