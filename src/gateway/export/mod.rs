//! `export`: entities to a document, as GetExport does it.

mod documentation;
mod extensions;
mod openapi3;
mod operations;
mod schemas;
mod security;
mod swagger;
mod tree;
mod yaml;

use serde::{Serialize, Serializer};
use serde_json::Map;

use super::{ApiDefinition, Stage, pretty};
pub(crate) use extensions::integration_extension;
pub use yaml::to_yaml;

/// Which document an export is (path and query items of GetExport).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportOptions {
    /// The specification.
    pub specification: Specification,
    /// Whether integrations are in it.
    pub integrations: bool,
    /// Whether authorizers are in it.
    pub authorizers: bool,
    /// Whether request validators are in it (developer guide, testing request validation).
    pub validators: bool,
    /// Whether gateway responses are in it (names of the files that the console once exported).
    pub gateway_responses: bool,
    /// Whether all API Gateway extensions are in it.
    pub apigateway: bool,
    /// Whether the documentation parts are in it, as a list: what they say of an entity stands there in any case.
    pub documentation: bool,
    /// When the documentation version that the stage shows was made (seconds since 1970).
    pub documented_at: Option<i64>,
}

impl ExportOptions {
    /// Returns the options for everything that an export can hold.
    #[must_use]
    pub fn everything(specification: Specification) -> Self {
        Self {
            specification,
            integrations: true,
            authorizers: true,
            validators: true,
            gateway_responses: true,
            apigateway: true,
            documentation: true,
            documented_at: None,
        }
    }

    fn has_integrations(self) -> bool {
        self.integrations || self.apigateway
    }

    fn has_validators(self) -> bool {
        self.validators || self.apigateway
    }

    fn has_authorizers(self) -> bool {
        self.authorizers || self.apigateway
    }
}

/// The specification of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Specification {
    /// OpenAPI 3.0.1
    Oas30,
    /// Swagger 2.0
    Swagger,
}

impl Specification {
    /// Returns what references to models begin with.
    fn model_reference(self, name: &str) -> String {
        match self {
            Self::Oas30 => format!("#/components/schemas/{name}"),
            Self::Swagger => format!("#/definitions/{name}"),
        }
    }
}

/// Where a custom domain name serves a stage: that is the address of its exports (exports that users published).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The domain name.
    pub(crate) domain: String,
    /// The path of the mapping; `None` when it maps all paths.
    pub(crate) base_path: Option<String>,
}

/// Exports a definition as the stage's document; `stage` gives the server URL's base path.
///
/// Paths, models and the rest are sorted by name: the service gives no order, and the same definition should give the
/// same text.
#[must_use]
pub fn export(
    definition: &ApiDefinition,
    stage: Option<&Stage>,
    region: &str,
    options: ExportOptions,
) -> serde_json::Value {
    let Export { exporter, mut document } = Export::new(definition, stage, region, options);
    let paths = exporter.resources().into_iter().map(|r| (r.path.clone(), exporter.operations(r).into_json()));
    if let Some(place) = document.get_mut(PATHS) {
        *place = serde_json::Value::Object(paths.collect());
    }
    serde_json::Value::Object(document)
}

/// The member of a document that has all operations, by far the largest.
const PATHS: &str = "paths";

/// An export on its way to a text: the same as [`export`] returns, of which only one path at a time is in memory.
pub(crate) struct Export<'a> {
    exporter: Exporter<'a>,
    /// The document; its paths are null.
    document: Map<String, serde_json::Value>,
}

impl<'a> Export<'a> {
    /// Exports a definition; see [`export`].
    pub(crate) fn new(
        definition: &'a ApiDefinition,
        stage: Option<&'a Stage>,
        region: &'a str,
        options: ExportOptions,
    ) -> Self {
        Self::served_at(None, definition, stage, region, options)
    }

    /// Exports the definition of a stage that a custom domain name serves.
    pub(crate) fn served_at(
        address: Option<&'a Address>,
        definition: &'a ApiDefinition,
        stage: Option<&'a Stage>,
        region: &'a str,
        options: ExportOptions,
    ) -> Self {
        let documentation = documentation::shown(definition, stage);
        let exporter = Exporter { definition, stage, region, address, options, documentation };
        let mut document = match options.specification {
            Specification::Oas30 => exporter.openapi3(),
            Specification::Swagger => exporter.swagger(),
        };
        exporter.describe_api(&mut document);
        Self { exporter, document }
    }

    /// Returns the document as JSON text.
    ///
    /// # Errors
    ///
    /// When it cannot be written as JSON.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        // About what a method, a model or a documentation part takes.
        const BYTES_OF_ONE: usize = 640;
        let definition = self.exporter.definition;
        let methods: usize = definition.resources.values().map(|resource| resource.resource_methods.len()).sum();
        let parts = methods + definition.models.len() + definition.documentation_parts.len();
        pretty::to_json(self, parts * BYTES_OF_ONE)
    }

    /// Returns `info.version`.
    pub(crate) fn version(&self) -> String {
        self.exporter.version()
    }
}

impl Serialize for Export<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.document.iter().map(|(key, value)| {
            let member = if key == PATHS { Member::Paths(&self.exporter) } else { Member::Value(value) };
            (key, member)
        }))
    }
}

/// A member of an export.
enum Member<'a> {
    Paths(&'a Exporter<'a>),
    Value(&'a serde_json::Value),
}

impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Paths(exporter) => {
                serializer.collect_map(exporter.resources().into_iter().map(|r| (&r.path, exporter.operations(r))))
            }
        }
    }
}

/// What is exported, and how.
struct Exporter<'a> {
    definition: &'a ApiDefinition,
    stage: Option<&'a Stage>,
    region: &'a str,
    address: Option<&'a Address>,
    options: ExportOptions,
    documentation: documentation::Documentation<'a>,
}

impl Exporter<'_> {
    fn host(&self) -> String {
        if let Some(address) = self.address {
            return address.domain.clone();
        }
        format!("{}.execute-api.{}.amazonaws.com", self.definition.api.id, self.region)
    }

    /// Returns the path that all paths of the document are below; a custom domain name may have none.
    fn base_path(&self) -> Option<&str> {
        match self.address {
            Some(address) => address.base_path.as_deref(),
            None => self.stage.map(|stage| stage.stage_name.as_str()),
        }
    }

    /// Returns `info.version`: the API's, or else when it was created.
    fn version(&self) -> String {
        let api = &self.definition.api;
        api.version.clone().unwrap_or_else(|| timestamp(api.created_date))
    }
}

/// Returns seconds since 1970 as `2024-01-31T12:00:00Z`.
fn timestamp(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|t| t.to_string()).unwrap_or_default()
}
