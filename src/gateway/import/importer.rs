//! The state of an import while it runs.

use ahash::{AHashMap as HashMap, AHashSet as HashSet};

use crate::gateway::ApiDefinition;
use crate::openapi::Document;
use crate::source::Span;

use super::{IdSource, ImportOptions, ImportWarning};

/// An import while it runs: what is read, what is made, and what was found on the way.
pub(super) struct Importer<'a> {
    pub(super) document: &'a Document,
    pub(super) options: &'a ImportOptions,
    pub(super) ids: &'a mut dyn IdSource,
    /// What is made. Begins as what the API was, in a merge, and as its bare self otherwise.
    pub(super) definition: ApiDefinition,
    /// The API as it was, for the ids of what it keeps.
    pub(super) before: Option<&'a ApiDefinition>,
    /// Path to resource id, for all of `definition`.
    pub(super) resource_ids: HashMap<String, String>,
    /// Resource id to the path part of its variable child, for all of `definition`.
    pub(super) variable_children: HashMap<String, String>,
    /// Scheme name to what an operation that requires it gets.
    pub(super) schemes: HashMap<String, super::security::Scheme>,
    /// The keys of `components.schemas`.
    pub(super) schema_names: HashSet<&'a str>,
    /// The models that this import has made.
    pub(super) put_models: HashSet<String>,
    /// Whether models are made of the schemas of bodies; where not, each is a fault.
    pub(super) makes_models: bool,
    /// How many references have been followed in place.
    pub(super) inlined: usize,
    pub(super) warnings: Vec<ImportWarning>,
    pub(super) faults: Vec<ImportWarning>,
}

impl Importer<'_> {
    /// Notes what API Gateway would warn of.
    pub(super) fn warn(&mut self, span: impl Into<Option<Span>>, message: impl Into<String>) {
        self.warnings.push(ImportWarning { message: message.into(), span: span.into() });
    }

    /// Notes why API Gateway would refuse the document.
    pub(super) fn fault(&mut self, span: impl Into<Option<Span>>, message: impl Into<String>) {
        self.faults.push(ImportWarning { message: message.into(), span: span.into() });
    }
}
