//! `import`: a document to an HTTP API, as ImportApi and ReimportApi do it (`http-api-open-api` of the developer guide).

mod authorizers;
mod integrations;
mod routes;
mod settings;

use std::collections::HashMap;

use crate::gateway::import::{
    IdSource, ImportOptions, ImportRefusal, ImportWarning, UnusedIds, lines, parse_issues, resolved_variables,
};
use crate::openapi::{Document, Version};
use crate::source::{Node, Span};

use super::{Api, HttpApi};

/// What an import made.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The API after the import.
    pub definition: HttpApi,
    /// What is valid and has no effect on an HTTP API.
    pub info: Vec<ImportWarning>,
    /// What API Gateway warns of.
    pub warnings: Vec<ImportWarning>,
}

/// Imports a document into a new API (`into` absent, as ImportApi) or in place of an existing one's (as ReimportApi,
/// which always replaces; `options.mode` does not count).
///
/// The same document, options and ids give the same definition. Routes and authorizers that `into` has under the same
/// key or name keep their ids, and a route's integration keeps the id of the one it had.
///
/// # Errors
/// When API Gateway would refuse the document; `into` is then as it was.
pub fn import(
    document: &Document,
    options: &ImportOptions,
    into: Option<&HttpApi>,
    ids: &mut dyn IdSource,
) -> Result<Imported, ImportRefusal> {
    let (imported, faults) = import_in_part(document, options, into, ids);
    if !faults.is_empty() {
        let message = format!("Errors found during import:{}", lines(&faults));
        return Err(ImportRefusal { message, faults });
    }
    if options.fail_on_warnings && !imported.warnings.is_empty() {
        let message = format!("Warnings found during import:{}", lines(&imported.warnings));
        return Err(ImportRefusal { message, faults: imported.warnings });
    }
    Ok(imported)
}

/// Imports what of a document can be imported, and returns beside it why API Gateway refuses the rest.
///
/// API Gateway itself imports all or nothing; this is for those who look at a document that is not right yet.
#[must_use]
pub fn import_in_part(
    document: &Document,
    options: &ImportOptions,
    into: Option<&HttpApi>,
    ids: &mut dyn IdSource,
) -> (Imported, Vec<ImportWarning>) {
    let resolved = resolved_variables(document.root(), options).map(|root| document.with_root(root));
    let document = resolved.as_ref().unwrap_or(document);
    let used =
        into.into_iter().flat_map(|api| api.routes.keys().chain(api.integrations.keys()).chain(api.authorizers.keys()));
    let mut ids = UnusedIds::new(ids, used);
    let mut importer = Importer::new(document, options, into, &mut ids);
    importer.run();
    let Importer { definition, info, warnings, faults, .. } = importer;
    (Imported { definition, info, warnings }, faults)
}

/// An import while it runs: what is read, what is made, and what was found on the way.
struct Importer<'a> {
    document: &'a Document,
    options: &'a ImportOptions,
    ids: &'a mut dyn IdSource,
    /// What is made.
    definition: HttpApi,
    /// The API as it was, for the ids of what it keeps.
    before: Option<&'a HttpApi>,
    /// Scheme name to what an operation that requires it gets.
    schemes: HashMap<String, authorizers::Scheme>,
    /// Name in `x-amazon-apigateway-integrations` to the integration made of it.
    shared: HashMap<String, Option<String>>,
    info: Vec<ImportWarning>,
    warnings: Vec<ImportWarning>,
    faults: Vec<ImportWarning>,
}

impl<'a> Importer<'a> {
    fn new(
        document: &'a Document,
        options: &'a ImportOptions,
        before: Option<&'a HttpApi>,
        ids: &'a mut dyn IdSource,
    ) -> Self {
        let api = match before {
            Some(before) => emptied(&before.api, options),
            None => Api::new(ids.next_id(10), "", &options.region, options.now),
        };
        Self {
            document,
            options,
            ids,
            definition: HttpApi::new(api),
            before,
            schemes: HashMap::new(),
            shared: HashMap::new(),
            info: Vec::new(),
            warnings: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn run(&mut self) {
        let root = self.document.root();
        if self.document.version() == Version::V2 {
            self.fault(root.span, "Unsupported specification version: HTTP APIs support only OpenAPI 3.0");
            return;
        }
        let title = root.get("info").and_then(|i| i.get("title")).and_then(Node::scalar_text);
        if title.is_none_or(|t| t.trim().is_empty()) {
            let at = root.get("info").unwrap_or(root).span;
            self.fault(at, "info.title must be specified");
        }
        if let Some(paths) = root.get("paths").filter(|paths| paths.as_map().is_none()) {
            self.fault(paths.span, "paths must be an object");
        }
        self.warnings = parse_issues(self.document);
        self.settings();
        self.authorizers();
        self.routes();
        self.unused_integrations();
        let texts = |list: &[ImportWarning]| list.iter().map(|w| w.message.clone()).collect();
        self.definition.api.import_info = texts(&self.info);
        self.definition.api.warnings = texts(&self.warnings);
    }

    /// Notes what is valid and not used.
    fn inform(&mut self, span: Span, message: impl Into<String>) {
        self.info.push(ImportWarning { message: message.into(), span: Some(span) });
    }

    /// Notes what API Gateway would warn of.
    fn warn(&mut self, span: Span, message: impl Into<String>) {
        self.warnings.push(ImportWarning { message: message.into(), span: Some(span) });
    }

    /// Notes why API Gateway would refuse the document.
    fn fault(&mut self, span: Span, message: impl Into<String>) {
        self.faults.push(ImportWarning { message: message.into(), span: Some(span) });
    }
}

/// Returns the settings without what a document says; what is no part of a document stays.
fn emptied(before: &Api, options: &ImportOptions) -> Api {
    Api {
        created_date: before.created_date.clone(),
        api_gateway_managed: before.api_gateway_managed,
        ip_address_type: before.ip_address_type.clone(),
        tags: before.tags.clone(),
        ..Api::new(before.api_id.clone(), before.name.clone(), &options.region, options.now)
    }
}
