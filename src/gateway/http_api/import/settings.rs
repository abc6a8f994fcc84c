//! What a document says about the API itself.

use crate::gateway::extension::{self, CorsExtension, EndpointConfigurationExtension, ProblemKind};
use crate::gateway::http_api::Cors;
use crate::source::Node;

use super::Importer;

/// The longest description.
const MAX_DESCRIPTION: usize = 1024;

impl Importer<'_> {
    /// Sets the name, description, version, tags, CORS settings and endpoint settings.
    pub(super) fn settings(&mut self) {
        let root = self.document.root();
        let info = |member: &str| {
            let text = root.get("info")?.get(member)?.scalar_text()?;
            (!text.is_empty()).then(|| text.to_string())
        };
        if let Some(title) = info("title") {
            self.definition.api.name = title;
        }
        self.definition.api.description = info("description");
        self.definition.api.version = info("version");
        let length = self.definition.api.description.as_ref().map_or(0, |d| d.chars().count());
        if length > MAX_DESCRIPTION {
            let message =
                format!("Invalid description specified. It has {length} characters, at most 1024 are allowed");
            self.fault(root.span, message);
        }
        self.importexport_version(root);
        self.tags(root);
        self.cors(root);
        self.endpoint(root);
        if let Some(schemas) = root.get("components").and_then(|c| c.get("schemas")) {
            self.inform(schemas.span, "Schemas are not supported for HTTP APIs. Ignoring components.schemas.");
        }
        for extension in extension::ALL.iter().filter(|e| e.apis == extension::Apis::Rest) {
            if let Some(entry) = root.entry(extension.name) {
                let message = format!("{} is not supported for HTTP APIs. Ignoring.", extension.name);
                self.inform(entry.key.span, message);
            }
        }
    }

    fn importexport_version(&mut self, root: &Node) {
        let Some(node) = root.get(extension::IMPORTEXPORT_VERSION) else { return };
        let version = node.scalar_text().unwrap_or_default();
        if !matches!(version.as_str(), "1.0" | "1") {
            let message = format!("Unsupported {} {version}. It must be 1.0", extension::IMPORTEXPORT_VERSION);
            self.fault(node.span, message);
        }
    }

    /// The document's tags with the extension, or without it with an empty value, are the API's.
    fn tags(&mut self, root: &Node) {
        let tags = root.get("tags").map(Node::items).unwrap_or_default();
        let tags: Vec<(String, String)> = tags
            .filter_map(|tag| {
                let value = tag.get(extension::TAG_VALUE).and_then(Node::scalar_text).unwrap_or_default();
                Some((tag.str_of("name")?.to_owned(), value.to_string()))
            })
            .collect();
        if !tags.is_empty() {
            self.definition.api.tags = tags.into_iter().collect();
        }
    }

    fn cors(&mut self, root: &Node) {
        let Some(node) = root.get(extension::CORS) else { return };
        if node.as_bool() == Some(false) || node.is_null() {
            return;
        }
        let (read, problems) = CorsExtension::read(node);
        let malformed = problems.iter().find(|p| matches!(p.kind, ProblemKind::WrongType { .. }));
        if let Some(problem) = malformed {
            self.warn(problem.span, "CORS Scheme is malformed. Ignoring.");
            return;
        }
        let filled = |list: Option<Vec<String>>| list.filter(|l| !l.is_empty());
        let names = |list: Option<Vec<String>>| filled(list).as_deref().map(Cors::header_names);
        let cors = Cors {
            allow_credentials: read.allow_credentials,
            allow_headers: names(read.allow_headers),
            allow_methods: filled(read.allow_methods),
            allow_origins: filled(read.allow_origins),
            expose_headers: names(read.expose_headers),
            max_age: read.max_age,
        };
        match cors.fault() {
            Some(fault) => self.fault(node.span, format!("Unable to set the CORS configuration: {fault}")),
            None => self.definition.api.cors_configuration = Some(cors),
        }
    }

    fn endpoint(&mut self, root: &Node) {
        let servers = root.get("servers").map(Node::items).unwrap_or_default();
        let of_server = servers.clone().find_map(|s| s.get(extension::ENDPOINT_CONFIGURATION));
        let Some(node) = of_server.or_else(|| root.get(extension::ENDPOINT_CONFIGURATION)) else { return };
        let (read, _) = EndpointConfigurationExtension::read(node);
        self.definition.api.disable_execute_api_endpoint = read.disable_execute_api_endpoint.unwrap_or(false);
        if let Some(kind) = read.ip_address_type {
            self.definition.api.ip_address_type = kind.to_owned();
        }
    }
}
