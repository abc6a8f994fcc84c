//! SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::source::{Diagnostic, Severity, Sources, Span};

/// What is said of a code.
#[derive(Clone, Copy, Debug)]
pub struct RuleText<'a> {
    /// The code.
    pub code: &'a str,
    /// What it finds, in a sentence.
    pub summary: &'a str,
    /// Its page, as Markdown.
    pub page: &'a str,
    /// Its own severity.
    pub severity: Severity,
}

/// Returns a log with one run. `rules` are those whose text is given; a code without one is named only.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, rules: &[RuleText<'_>]) -> String {
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let next = used.len();
        used.entry(&diagnostic.code).or_insert(next);
    }
    let mut descriptions = vec![Value::Null; used.len()];
    for (code, index) in &used {
        let text = rules.iter().find(|rule| rule.code == *code);
        descriptions[*index] = match text {
            None => json!({ "id": code }),
            Some(text) => json!({
                "id": code,
                "shortDescription": { "text": text.summary },
                "help": { "text": text.page, "markdown": text.page },
                "defaultConfiguration": { "level": level(text.severity) },
            }),
        };
    }
    let results: Vec<Value> = diagnostics.iter().map(|d| result(d, sources, &used)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gatewright",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": descriptions,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn result(diagnostic: &Diagnostic, sources: &Sources, used: &BTreeMap<&str, usize>) -> Value {
    let text = match &diagnostic.help {
        Some(help) => format!("{}\n{help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut result = json!({
        "ruleId": diagnostic.code,
        "level": level(diagnostic.severity),
        "message": { "text": text },
    });
    if let Some(index) = used.get(diagnostic.code.as_ref()) {
        result["ruleIndex"] = json!(index);
    }
    if let Some(span) = diagnostic.span {
        result["locations"] = json!([location(span, None, sources)]);
    }
    if !diagnostic.labels.is_empty() {
        let labels = diagnostic.labels.iter().map(|label| location(label.span, Some(&label.message), sources));
        result["relatedLocations"] = labels.collect();
    }
    if let Some(fix) = &diagnostic.fix {
        let mut changes: BTreeMap<u32, Vec<Value>> = BTreeMap::new();
        for edit in &fix.edits {
            let replacement =
                json!({ "deletedRegion": region(edit.span, sources), "insertedContent": { "text": edit.text } });
            changes.entry(edit.span.file.0).or_default().push(replacement);
        }
        let changes: Vec<Value> = changes
            .into_iter()
            .map(|(file, replacements)| {
                let name = sources.file(crate::source::FileId(file)).name();
                json!({ "artifactLocation": { "uri": uri(name) }, "replacements": replacements })
            })
            .collect();
        result["fixes"] = json!([{ "description": { "text": fix.title }, "artifactChanges": changes }]);
    }
    result
}

fn location(span: Span, message: Option<&str>, sources: &Sources) -> Value {
    let place = sources.locate(span);
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": region(span, sources),
        },
        "logicalLocations": [{ "fullyQualifiedName": place.pointer }],
    });
    if let Some(message) = message {
        location["message"] = json!({ "text": message });
    }
    location
}

fn region(span: Span, sources: &Sources) -> Value {
    let file = sources.file(span.file);
    let (start_line, start_column) = file.line_column(span.start as usize);
    let (end_line, end_column) = file.line_column(span.end as usize);
    json!({ "startLine": start_line, "startColumn": start_column, "endLine": end_line, "endColumn": end_column })
}

/// Returns a file's name as a URI reference.
fn uri(name: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const PATH: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'`')
        .add(b'{')
        .add(b'}')
        .add(b'^')
        .add(b'|')
        .add(b'[')
        .add(b']')
        .add(b':');
    utf8_percent_encode(&name.replace('\\', "/"), PATH).to_string()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
