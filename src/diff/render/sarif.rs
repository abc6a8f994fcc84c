//! SARIF 2.1.0, for code scanning.

use serde_json::{Value, json};

use crate::diff::{Level, Report, explain};

/// Returns the report as one SARIF document, with a line break at its end.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut ids: Vec<&str> = report.changes.iter().map(|c| c.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let rules: Vec<Value> = ids
        .iter()
        .map(|id| {
            let page = explain(id).unwrap_or_default();
            json!({"id": id, "shortDescription": {"text": id}, "help": {"text": page, "markdown": page}})
        })
        .collect();
    let results: Vec<Value> = report
        .changes
        .iter()
        .map(|change| {
            let level = match change.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Info => "note",
            };
            let mut result = json!({
                "ruleId": change.id,
                "level": level,
                "message": {"text": change.message},
                "partialFingerprints": {"gatewright/v1": change.fingerprint},
                "properties": {"operations": change.operations},
            });
            if let Some(span) = change.new.or(change.anchor) {
                let file = report.new_sources.file(span.file);
                let (line, column) = file.line_column(span.start as usize);
                let uri: String = file.name().split('/').map(encoded).collect::<Vec<_>>().join("/");
                result["locations"] = json!([{"physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {"startLine": line, "startColumn": column},
                }}]);
            }
            if let Some(reason) = &change.accepted {
                result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
            }
            result
        })
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "gatewright", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_else(|_| "{}".into());
    text.push('\n');
    text
}

fn encoded(segment: &str) -> String {
    percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2E", ".")
        .replace("%2D", "-")
        .replace("%5F", "_")
}
