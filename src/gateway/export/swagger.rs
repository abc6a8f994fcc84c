//! The Swagger 2.0 document of an export.

use serde_json::{Map, Value as Json, json};

use crate::gateway::extension;

use super::Exporter;

impl Exporter<'_> {
    /// Returns the document; its paths are null.
    pub(super) fn swagger(&self) -> Map<String, Json> {
        let api = &self.definition.api;
        let mut info = Map::new();
        if let Some(description) = &api.description {
            info.insert("description".into(), description.clone().into());
        }
        info.insert("version".into(), self.version().into());
        info.insert("title".into(), api.name.clone().into());
        let mut document = Map::new();
        document.insert("swagger".into(), "2.0".into());
        document.insert("info".into(), Json::Object(info));
        document.insert("host".into(), self.host().into());
        if let Some(base_path) = self.base_path() {
            document.insert("basePath".into(), format!("/{base_path}").into());
        }
        document.insert("schemes".into(), json!(["https"]));
        document.insert(super::PATHS.into(), Json::Null);
        if let Some(schemes) = self.security_schemes() {
            document.insert("securityDefinitions".into(), schemes);
        }
        if let Some(schemas) = self.schemas() {
            document.insert("definitions".into(), schemas);
        }
        if let Some(endpoint) = self.endpoint_configuration() {
            document.insert(extension::ENDPOINT_CONFIGURATION.into(), endpoint);
        }
        document.extend(self.root_extensions());
        document
    }
}
