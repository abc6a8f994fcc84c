//! What the model of API Gateway's import refuses and warns of, where no rule has told of it.

use crate::gateway::import::{ImportOptions, ImportWarning, SequentialIds, import_in_part};
use crate::source::{Diagnostic, FileId, Severity, Span};

use super::context::{Context, is_unfinished};
use super::rules;

/// Returns findings for the import's faults and warnings that `found` does not explain.
///
/// The import names the whole integration where a rule names the member that is wrong, so a fault
/// counts as explained when a finding as grave lies in its place, or around it.
pub(super) fn findings(cx: &Context<'_>, found: &[Diagnostic]) -> Vec<Diagnostic> {
    let (imported, faults) =
        import_in_part(cx.document, &ImportOptions::default(), None, &mut SequentialIds::default());
    let mut out = Vec::new();
    for (fault, severity) in faults
        .iter()
        .map(|fault| (fault, Severity::Error))
        .chain(imported.warnings.iter().map(|warning| (warning, Severity::Warning)))
    {
        let span = fault.span.unwrap_or_else(|| cx.root().entries().next().map_or(cx.root().span, |e| e.key.span));
        let line = line_of(cx, span);
        let explained = |d: &Diagnostic| {
            let same_place = |s: Span| s.contains(span) || span.contains(s) || near(line_of(cx, s), line);
            d.severity >= Severity::Warning && d.span.is_some_and(same_place)
        };
        // The import says so of any document it cannot begin with; a finding says why.
        let vague = fault.message == "Invalid OpenAPI input."
            && found.iter().any(|d| d.severity == Severity::Error || d.code == "openapi-version");
        if vague || is_cascade(fault, found) || is_template(cx, span) || found.iter().chain(&out).any(explained) {
            continue;
        }
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
        _ => rules::IMPORT_WARNING.at(span, format!("API Gateway warns: {words}")).with_help("correct it here"),
    }
}

/// What faults at the users of a thing say, and the codes of what is wrong with the thing itself.
const CASCADES: [(&str, &[&str]); 6] = [
    ("mapping expression parameter", &["parameter-incomplete"]),
    ("ache", &["parameter-incomplete"]),
    ("esponse", &["gateway-response-"]),
    ("odel", &["model-", "schema-not-draft4", "reference-"]),
    ("alidator", &["validator-unknown", "request-validator-invalid"]),
    ("uthorizer", &["authorizer-", "security-scheme-"]),
];

/// Returns whether a fault only follows from a mistake that has been told of elsewhere.
fn is_cascade(fault: &ImportWarning, found: &[Diagnostic]) -> bool {
    CASCADES.iter().any(|(word, codes)| {
        fault.message.contains(word)
            && found
                .iter()
                .any(|d| d.severity >= Severity::Warning && codes.iter().any(|code| d.code.starts_with(code)))
    })
}

/// Returns whether something has still to be put into the text, by CloudFormation or another tool.
fn is_template(cx: &Context<'_>, span: Span) -> bool {
    let text = cx.document.sources().text(span);
    text.contains("Fn::") || text.contains("Ref:") || text.contains("\"Ref\"") || is_unfinished(text)
}

/// Returns the file and line that a span begins at: a rule may mark a member's name where the import marks its value.
fn line_of(cx: &Context<'_>, span: Span) -> (FileId, u32) {
    (span.file, cx.document.sources().file(span.file).line_column(span.start as usize).0)
}

/// Returns whether two lines are one, or neighbours: a path's object begins on the line after its name.
fn near(a: (FileId, u32), b: (FileId, u32)) -> bool {
    a.0 == b.0 && a.1.abs_diff(b.1) <= 1
}
