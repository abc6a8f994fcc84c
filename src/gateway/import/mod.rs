//! `import`: a document to entities, as ImportRestApi and PutRestApi do it.

mod ahead;
mod base_path;
mod documentation;
mod importer;
mod integrations;
mod methods;
mod parse_issues;
mod resources;
mod schemas;
mod security;
mod settings;
mod variables;

use ahash::{AHashMap as HashMap, AHashSet as HashSet};
use thiserror::Error;

use crate::openapi::Document;
use crate::source::{Node, Span};

use super::{ApiDefinition, Quotas, Resource, RestApi};
use ahead::{Ahead, Aside};
pub(crate) use base_path::prefix as base_path_prefix;
pub(crate) use documentation::listed as listed_parts;
pub use documentation::location_fault;
use importer::Importer;
pub(super) use parse_issues::parse_issues;
pub(crate) use settings::{MAX_POLICY_CHARS, expand_resources};
pub(crate) use variables::resolved as resolved_variables;

/// How a document is imported (query items of ImportRestApi and PutRestApi).
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// What happens to what the API has and the document lacks.
    pub mode: ImportMode,
    /// What the document's base path becomes.
    pub base_path: BasePathMode,
    /// Whether a warning refuses the import.
    pub fail_on_warnings: bool,
    /// Whether descriptions become no documentation parts (`ignore=documentation`).
    pub ignore_documentation: bool,
    /// `EDGE`, `REGIONAL` or `PRIVATE`; for a new API only.
    pub endpoint_type: Option<String>,
    /// VPC endpoints of a private API; for a new API only.
    pub vpc_endpoint_ids: Vec<String>,
    /// What `${AWS::AccountId}` and the resource policy's ARNs become.
    pub account_id: String,
    /// What `${AWS::Region}` becomes.
    pub region: String,
    /// What `${AWS::Partition}` becomes.
    pub partition: String,
    /// Seconds since 1970, for `createdDate` of a new API and `info.version` where there is none.
    pub now: i64,
    /// The account's quotas.
    pub quotas: Quotas,
    /// Whether a document of many paths is imported on two threads: for a server, whose client waits for nothing else.
    pub on_two_threads: bool,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            mode: ImportMode::Merge,
            base_path: BasePathMode::Ignore,
            fail_on_warnings: false,
            ignore_documentation: false,
            endpoint_type: None,
            vpc_endpoint_ids: Vec::new(),
            account_id: "000000000000".into(),
            region: "us-east-1".into(),
            partition: "aws".into(),
            now: 0,
            quotas: Quotas::default(),
            on_two_threads: false,
        }
    }
}

/// What happens to what the API has and the document lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportMode {
    /// It stays.
    Merge,
    /// It goes.
    Overwrite,
}

/// What the document's base path becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasePathMode {
    /// Nothing.
    Ignore,
    /// Resources in front of every path.
    Prepend,
    /// All but its first segment becomes resources.
    Split,
}

/// Makes the ids of new entities.
pub trait IdSource {
    /// Returns a new id of `length` lower-case letters and digits. Where ids are drawn by chance, one of few letters may
    /// come again.
    fn next_id(&mut self, length: usize) -> String;

    /// Returns a new id that is not taken: of 300 of six letters, as a large API has for its resources, two would be the
    /// same in one of 50,000 imports.
    fn free_id(&mut self, length: usize, is_taken: &dyn Fn(&str) -> bool) -> String {
        loop {
            let id = self.next_id(length);
            if !is_taken(&id) {
                return id;
            }
        }
    }
}

/// Ids that nothing has which an API had before: what is new gets its id before all that is kept has got its own.
pub(crate) struct UnusedIds<'a> {
    ids: &'a mut dyn IdSource,
    used: HashSet<&'a str>,
}

impl<'a> UnusedIds<'a> {
    /// Returns ids other than those used.
    pub(crate) fn new(ids: &'a mut dyn IdSource, used: impl Iterator<Item = &'a String>) -> Self {
        Self { ids, used: used.map(String::as_str).collect() }
    }
}

impl IdSource for UnusedIds<'_> {
    fn next_id(&mut self, length: usize) -> String {
        let used = &self.used;
        self.ids.free_id(length, &|id| used.contains(id))
    }
}

/// Returns the ids of all that an API has.
fn ids_of(definition: &ApiDefinition) -> impl Iterator<Item = &String> {
    let resources = definition.resources.keys();
    let models = definition.models.values().map(|model| &model.id);
    let others = definition.authorizers.keys().chain(definition.request_validators.keys());
    resources.chain(models).chain(others).chain(definition.documentation_parts.keys())
}

/// Ids in sequence: the same calls give the same ids, so what is computed from an import is too.
#[derive(Clone, Debug, Default)]
pub struct SequentialIds(u64);

impl IdSource for SequentialIds {
    fn next_id(&mut self, length: usize) -> String {
        self.0 += 1;
        let digits = self.0.to_string();
        format!("{}{digits}", "a".repeat(length.saturating_sub(digits.len())))
    }
}

/// What an import made.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The API after the import.
    pub definition: ApiDefinition,
    /// What API Gateway warns of, in its words, in its order.
    pub warnings: Vec<ImportWarning>,
}

/// A warning of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportWarning {
    /// API Gateway's words.
    pub message: String,
    /// What it is about; API Gateway does not say.
    pub span: Option<Span>,
}

/// Why API Gateway refuses a document (`BadRequestException`, 400; `LimitExceededException`, 429, for a quota).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ImportRefusal {
    /// API Gateway's words, all faults in one text.
    pub message: String,
    /// The faults one by one with their places.
    pub faults: Vec<ImportWarning>,
}

impl ImportRefusal {
    /// Returns whether a quota is what stopped the import.
    #[must_use]
    pub fn exceeds_quota(&self) -> bool {
        quota_reached(&self.message).is_some()
    }
}

/// Imports a document into a new API (`into` absent, as ImportRestApi) or an existing one (as PutRestApi).
///
/// The same document, options and ids give the same definition; what `into` has under the same path or name keeps its
/// id.
///
/// # Errors
/// When API Gateway would refuse the document; `into` is then as it was.
pub fn import(
    document: &Document,
    options: &ImportOptions,
    into: Option<&ApiDefinition>,
    ids: &mut dyn IdSource,
) -> Result<Imported, ImportRefusal> {
    let (imported, faults) = import_in_part(document, options, into, ids);
    if !faults.is_empty() {
        if let Some(reached) = faults.iter().find_map(|fault| quota_reached(&fault.message)) {
            return Err(ImportRefusal { message: reached.to_owned(), faults });
        }
        let message = refusal_message(&faults, &imported.warnings);
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
    into: Option<&ApiDefinition>,
    ids: &mut dyn IdSource,
) -> (Imported, Vec<ImportWarning>) {
    let resolved = variables::resolved_in(document, options);
    let document = resolved.as_ref().unwrap_or(document);
    let mut ids = UnusedIds::new(ids, into.into_iter().flat_map(ids_of));
    let mut importer = Importer::new(document, options, into, &mut ids);
    importer.run(into.is_none());
    let Importer { definition, warnings, faults, .. } = importer;
    (Imported { definition, warnings }, faults)
}

impl<'a> Importer<'a> {
    fn new(
        document: &'a Document,
        options: &'a ImportOptions,
        into: Option<&'a ApiDefinition>,
        ids: &'a mut dyn IdSource,
    ) -> Self {
        let definition = match (into, options.mode) {
            (None, _) => new_api(options, ids),
            (Some(before), ImportMode::Merge) => before.clone(),
            (Some(before), ImportMode::Overwrite) => emptied(before),
        };
        let mut resource_ids = HashMap::new();
        let mut variable_children = HashMap::new();
        for resource in definition.resources.values() {
            resource_ids.insert(resource.path.clone(), resource.id.clone());
            if let (Some(parent), Some(part)) = (&resource.parent_id, &resource.path_part)
                && part.starts_with('{')
            {
                variable_children.insert(parent.clone(), part.clone());
            }
        }
        let schemas = document.root().get("components").and_then(|c| c.get("schemas"));
        Self {
            document,
            options,
            ids,
            definition,
            before: into,
            resource_ids,
            variable_children,
            schemes: HashMap::new(),
            schema_names: schemas.map(Node::entries).unwrap_or_default().map(|e| e.key.text.as_str()).collect(),
            put_models: HashSet::new(),
            makes_models: true,
            inlined: 0,
            warnings: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn run(&mut self, is_new: bool) {
        let root = self.document.root();
        let title = root.get("info").and_then(|i| i.get("title")).and_then(Node::scalar_text);
        if is_new && title.is_none_or(|t| t.trim().is_empty()) {
            let at = root.get("info").unwrap_or(root).span;
            self.fault(at, INVALID_INPUT);
        }
        self.settings();
        self.models();
        self.authorizers();
        let prefix = base_path::prefix(self.document, self.options.base_path);
        let Aside { parse_issues, prose } = self.paths_with_help(&prefix);
        self.documentation(prose);
        self.warnings.splice(0..0, parse_issues);
        self.definition.api.warnings = self.warnings.iter().map(|w| w.message.clone()).collect();
    }

    fn paths(&mut self, prefix: &[String], ahead: &Ahead) {
        let mut seen = HashSet::new();
        let document = self.document;
        for (index, item) in document.paths().enumerate() {
            let segments = segments_of(prefix, item.path);
            let Some(resource_id) = self.resource(&segments, item.span) else { continue };
            let path = path_of(&segments);
            let mut made = ahead.methods_of(index).into_iter();
            for operation in document.operations_of(item) {
                let made = made.next().flatten();
                if !methods::is_supported(operation.method) {
                    continue;
                }
                if !seen.insert((resource_id.clone(), operation.method)) {
                    let name = segments.last().copied().unwrap_or("/");
                    let message = format!(
                        "Unable to create resource at path '{path}': Another resource with the same parent already \
                         has this name: {name}"
                    );
                    self.fault(operation.span, message);
                    continue;
                }
                let method = match made {
                    Some(method) => methods::placed(method, &resource_id),
                    None => self.method(&operation, &resource_id, &path),
                };
                if let Some(resource) = self.definition.resources.get_mut(&resource_id) {
                    resource.resource_methods.insert(method.http_method.clone(), method);
                }
            }
        }
    }
}

/// Returns the names of a path's resources, those of the base path first.
fn segments_of<'p>(prefix: &'p [String], path: &'p str) -> Vec<&'p str> {
    prefix.iter().map(String::as_str).chain(path.split('/').filter(|s| !s.is_empty())).collect()
}

fn path_of(segments: &[&str]) -> String {
    format!("/{}", segments.join("/"))
}

/// API Gateway's words for a document that it cannot make out at all (recorded).
pub const INVALID_INPUT: &str = "Invalid OpenAPI input.";

fn new_api(options: &ImportOptions, ids: &mut dyn IdSource) -> ApiDefinition {
    let mut api = RestApi::new(ids.next_id(10), "", options.now);
    if let Some(endpoint_type) = &options.endpoint_type {
        if endpoint_type == "PRIVATE" {
            api.endpoint_configuration.ip_address_type = Some("dualstack".into());
        }
        api.endpoint_configuration.types = vec![endpoint_type.clone()];
    }
    api.endpoint_configuration.vpc_endpoint_ids.clone_from(&options.vpc_endpoint_ids);
    ApiDefinition::new(api, ids.next_id(10))
}

/// Returns the API without what its document defined; what is no part of a document stays.
fn emptied(before: &ApiDefinition) -> ApiDefinition {
    let mut api = before.api.clone();
    let fresh = RestApi::new(api.id.clone(), api.name.clone(), api.created_date);
    api.description = fresh.description;
    api.version = fresh.version;
    api.binary_media_types = fresh.binary_media_types;
    api.minimum_compression_size = fresh.minimum_compression_size;
    api.api_key_source = fresh.api_key_source;
    api.policy = fresh.policy;
    api.disable_execute_api_endpoint = fresh.disable_execute_api_endpoint;
    // The type of the endpoint is no part of a document; the VPC endpoints are.
    api.endpoint_configuration.vpc_endpoint_ids.clear();
    let root = Resource::root(api.root_resource_id.clone());
    ApiDefinition::new(api, root.id)
}

/// Returns the words about a quota that end a fault; the call answers them alone (reports of users).
fn quota_reached(message: &str) -> Option<&str> {
    let reached = message.get(message.find("Maximum number of ")?..)?;
    reached.contains(" has been reached.  Please contact AWS").then_some(reached)
}

/// Returns all faults in one text, as API Gateway writes them.
fn refusal_message(faults: &[ImportWarning], warnings: &[ImportWarning]) -> String {
    let alone = |message: &str| message == INVALID_INPUT || message.starts_with("Unable to parse API definition");
    if let Some(fault) = faults.iter().find(|f| alone(&f.message)) {
        return fault.message.clone();
    }
    let mut message = format!("Errors found during import:{}", lines(faults));
    if !warnings.is_empty() {
        message.push_str("\nAdditionally, these warnings were found:");
        message.push_str(&lines(warnings));
    }
    message
}

/// Returns messages as they stand below what an import says: each on a line of its own, behind a tab.
pub(crate) fn lines(findings: &[ImportWarning]) -> String {
    findings.iter().map(|f| format!("\n\t{}", f.message)).collect()
}
