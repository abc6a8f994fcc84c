//! What the model of API Gateway's import refuses and warns of, where no rule has told of it.

use std::collections::HashSet;

use crate::gateway::import::{ImportOptions, ImportWarning, SequentialIds, import_in_part};
use crate::gateway::{ApiKind, Drop, Quotas, drops, http_api};
use crate::openapi::Document;
use crate::source::{Diagnostic, FileId, Severity, Span};

use super::context::{Context, is_unfinished};
use super::rules;

/// What the import makes of a document.
pub(super) struct Import {
    faults: Vec<ImportWarning>,
    warnings: Vec<ImportWarning>,
    /// What an HTTP API has no use for, in the import's words.
    unused: Vec<ImportWarning>,
    /// What a REST API does not keep.
    pub(super) drops: Vec<Drop>,
}

impl Import {
    /// Imports a document as far as it can be.
    pub(super) fn of(document: &Document, kind: ApiKind) -> Self {
        // What is beyond a quota has rules of its own, and is looked at like the rest.
        let quotas = Quotas {
            resources: usize::MAX,
            authorizers: usize::MAX,
            documentation_parts: usize::MAX,
            routes: usize::MAX,
            integrations: usize::MAX,
            ..Quotas::default()
        };
        let options = ImportOptions { quotas, ..ImportOptions::default() };
        let mut ids = SequentialIds::default();
        match kind {
            ApiKind::Rest => {
                let (imported, faults) = import_in_part(document, &options, None, &mut ids);
                let drops = drops(document, &imported.definition);
                Self { faults, warnings: imported.warnings, unused: Vec::new(), drops }
            }
            ApiKind::Http => {
                let (imported, faults) = http_api::import_in_part(document, &options, None, &mut ids);
                Self { faults, warnings: imported.warnings, unused: imported.info, drops: Vec::new() }
            }
        }
    }
}

/// Returns findings for the import's faults and warnings that `found` does not explain.
///
/// The import names the whole integration where a rule names the member that is wrong, so a fault
/// counts as explained when a finding as grave lies in its place, or around it.
pub(super) fn findings(cx: &Context<'_>, import: &Import, found: &[Diagnostic]) -> Vec<Diagnostic> {
    if import.faults.is_empty() && import.warnings.is_empty() && import.unused.is_empty() {
        return Vec::new();
    }
    let mut told = Told::of(cx, found);
    let mut out = Vec::new();
    for (fault, severity) in import
        .faults
        .iter()
        .map(|fault| (fault, Severity::Error))
        .chain(import.warnings.iter().map(|warning| (warning, Severity::Warning)))
        .chain(import.unused.iter().map(|unused| (unused, Severity::Info)))
    {
        let span = fault.span.unwrap_or_else(|| cx.root().entries().next().map_or(cx.root().span, |e| e.key.span));
        // The import says so of any document it cannot begin with; a finding says why.
        let vague = fault.message == "Invalid OpenAPI input."
            && found.iter().any(|d| d.severity == Severity::Error || d.code == "openapi-version");
        if vague || told.causes(fault) || told.explains(cx, span) || is_template(cx, span) {
            continue;
        }
        told.lines.insert(line_of(cx, span));
        out.push(finding(fault, severity, span));
    }
    out
}

fn finding(fault: &ImportWarning, severity: Severity, span: Span) -> Diagnostic {
    let words = fault.message.trim();
    match severity {
        Severity::Error => rules::IMPORT_REFUSED
            .at(span, format!("API Gateway refuses the document: {words}"))
            .with_help("correct it here"),
        Severity::Info => rules::UNUSED_BY_HTTP_API
            .at(span, format!("API Gateway has no use for it: {words}"))
            .with_help("nothing to do: readers of the document still see it"),
        Severity::Warning => {
            rules::IMPORT_WARNING.at(span, format!("API Gateway warns: {words}")).with_help("correct it here")
        }
    }
}

/// What faults at the users of a thing say, and the codes of what is wrong with the thing itself.
const CASCADES: [(&str, &[&str]); 9] = [
    ("already has a variable path part", &["greedy-param-not-last", "sibling-path-params"]),
    (
        "No method response exists",
        &["integration-response-undeclared", "response-status-invalid", "responses-missing", "unknown-member"],
    ),
    ("documentation part", &["documentation-location"]),
    ("mapping expression parameter", &["parameter-incomplete"]),
    ("ache", &["parameter-incomplete"]),
    ("esponse", &["gateway-response-"]),
    ("odel", &["model-", "schema-not-draft4", "reference-"]),
    ("alidator", &["validator-unknown", "request-validator-invalid"]),
    ("uthorizer", &["authorizer-", "security-scheme-"]),
];

/// The warnings and errors there are, to look places up in.
struct Told<'f> {
    codes: HashSet<&'f str>,
    /// The lines they begin on.
    lines: HashSet<(FileId, u32)>,
    /// Their places, in order.
    spans: Vec<Span>,
    /// Those of more than one line.
    wide: Vec<Span>,
}

impl<'f> Told<'f> {
    fn of(cx: &Context<'_>, found: &'f [Diagnostic]) -> Self {
        let grave = || found.iter().filter(|d| d.severity >= Severity::Warning);
        let mut spans: Vec<Span> = grave().filter_map(|d| d.span).collect();
        spans.sort_unstable();
        let is_wide = |s: &Span| cx.document.sources().text(*s).contains('\n');
        Self {
            codes: grave().map(|d| d.code.as_ref()).collect(),
            lines: spans.iter().map(|s| line_of(cx, *s)).collect(),
            wide: spans.iter().copied().filter(is_wide).collect(),
            spans,
        }
    }

    /// Returns whether a finding lies in a place, around it, or on a line beside it: a rule may mark a member's name
    /// where the import marks its value, and a path's object begins on the line after its name.
    fn explains(&self, cx: &Context<'_>, span: Span) -> bool {
        let (file, line) = line_of(cx, span);
        // In a document without line breaks a line tells nothing.
        let is_line = |line: u32| cx.document.sources().file(file).line_text(line).len() < 1000;
        if (line.saturating_sub(1)..=line + 1).any(|line| self.lines.contains(&(file, line)) && is_line(line)) {
            return true;
        }
        let near = self.spans.partition_point(|s| (s.file, s.start) < (span.file, span.start.saturating_sub(200)));
        let mut before = self.spans[near..].iter().take_while(|s| s.file == span.file && s.start < span.start);
        if before.any(|s| s.end <= span.start && span.start - s.end <= 8) {
            return true;
        }
        let after = self.spans.partition_point(|s| (s.file, s.start) < (span.file, span.start));
        let mut within = self.spans[after..].iter().take_while(|s| s.file == span.file && s.start < span.end);
        within.any(|s| span.contains(*s)) || self.wide.iter().any(|s| s.contains(span))
    }

    /// Returns whether a fault only follows from a mistake that has been told of elsewhere.
    fn causes(&self, fault: &ImportWarning) -> bool {
        let told = |codes: &[&str]| self.codes.iter().any(|known| codes.iter().any(|code| known.starts_with(code)));
        CASCADES.iter().any(|(word, codes)| fault.message.contains(word) && told(codes))
    }
}

/// Returns whether something has still to be put into the text, by CloudFormation or another tool.
fn is_template(cx: &Context<'_>, span: Span) -> bool {
    let text = cx.document.sources().text(span);
    text.contains("Fn::") || text.contains("Ref:") || text.contains("\"Ref\"") || is_unfinished(text)
}

/// Returns the file and line that a span begins at.
fn line_of(cx: &Context<'_>, span: Span) -> (FileId, u32) {
    (span.file, cx.document.sources().file(span.file).line_column(span.start as usize).0)
}
