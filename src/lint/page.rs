//! A rule's page: its doc comment, and the examples in it.

use std::fmt::Write as _;

use super::{ApiKind, Rule};

/// An example of a rule's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether the rule fires on it.
    pub fails: bool,
    /// The kind of API it is for.
    pub kind: ApiKind,
    /// The document, whole.
    pub text: String,
}

/// Returns the rule's doc comment without the space that follows `///`.
#[must_use]
pub fn body(rule: &Rule) -> String {
    let lines = rule.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Returns the first paragraph as one line.
#[must_use]
pub fn summary(rule: &Rule) -> String {
    let body = body(rule);
    let first: Vec<&str> = body.lines().take_while(|line| !line.trim().is_empty()).collect();
    first.join(" ")
}

/// Returns the page as Markdown: a heading, what it is, and the doc comment.
#[must_use]
pub fn markdown(rule: &Rule, heading: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{heading} {}\n", rule.code);
    let _ = writeln!(
        out,
        "*{severity} · {apis} · {effect}*\n",
        severity = rule.severity.as_str(),
        apis = rule.apis.as_str(),
        effect = rule.effect.as_str()
    );
    for line in body(rule).lines() {
        match line.strip_prefix("## ") {
            Some(title) => {
                let _ = writeln!(out, "{heading}# {title}");
            }
            None => {
                let _ = writeln!(out, "{}", line.replace("```yaml http", "```yaml"));
            }
        }
    }
    out
}

/// Returns the pages of all rules, as Markdown.
#[must_use]
pub fn all() -> String {
    let mut out = String::from("# Rules\n\n");
    out.push_str("What `gatewright lint` finds. `gatewright explain CODE` prints one page. This file is written by\n");
    out.push_str("`gatewright explain --markdown`; the examples are the rules' tests.\n");
    for rule in super::rules::ALL {
        out.push('\n');
        out.push_str(&markdown(rule, "##"));
    }
    out
}

/// Returns the examples, made whole.
#[must_use]
pub fn examples(rule: &Rule) -> Vec<Example> {
    let mut out = Vec::new();
    let mut fails = None;
    let mut open: Option<(ApiKind, String)> = None;
    for line in body(rule).lines() {
        if let Some((kind, mut text)) = open.take() {
            if line.trim_end() == "```" {
                if let Some(fails) = fails {
                    out.push(Example { fails, kind, text: completed(&text) });
                }
            } else {
                text.push_str(line);
                text.push('\n');
                open = Some((kind, text));
            }
            continue;
        }
        match line.trim_end() {
            "## Fails" => fails = Some(true),
            "## Passes" => fails = Some(false),
            "```yaml" => open = Some((ApiKind::Rest, String::new())),
            "```yaml http" => open = Some((ApiKind::Http, String::new())),
            _ => {}
        }
    }
    out
}

/// Adds the members that every document has, where an example leaves them out.
fn completed(text: &str) -> String {
    let has = |key: &str| text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
    let mut out = String::new();
    if !has("openapi") && !has("swagger") {
        out.push_str("openapi: 3.0.1\n");
    }
    if !has("info") {
        out.push_str("info: {title: Pets, version: '1'}\n");
    }
    out.push_str(text);
    if !has("paths") {
        out.push_str("paths: {}\n");
    }
    out
}
