//! What changed between two documents, and whom it breaks.
//!
//! The differ (`operations`, `schemas`, …) says what changed and knows no severity; the table in
//! `checks` says what follows from it; `render` writes it. Nothing here does I/O: documents and the
//! day are passed in.

mod accept;
mod bodies;
mod callbacks;
mod change;
mod checks;
mod conclude;
mod deployed;
mod edit;
mod equality;
mod gateway;
mod lifecycle;
mod operations;
mod parameters;
mod place;
mod prose;
pub mod render;
mod schema;
mod schemas;
mod security;
mod servers;
mod three_way;

pub use accept::{Accepted, AcceptedFile};
pub use change::{Change, Level, Options, Policy, Report, Side, Summary, TextChange};
pub use deployed::{diff_definitions, diff_deployed};
pub use three_way::{Standing, ThreeWay, three_way};

use std::collections::{HashMap, HashSet};

#[cfg(test)]
mod tests;

use edit::Edit;
use equality::Equality;
use operations::Differ;
use schemas::{Cx, Schemas};

use crate::openapi::Document;
use crate::source::{Mapping, Node};

/// Compares two documents.
///
/// Two of OpenAPI 3.1 are compared as they were written, since 3.1 says more of schemas than 3.0 can; documents of
/// different versions are compared by what both say in 3.0.
#[must_use]
pub fn diff(old: &Document, new: &Document, options: &Options) -> Report {
    match (old.as_written(), new.as_written()) {
        (Some(old), Some(new)) => compared(&old, &new, options),
        _ => compared(old, new, options),
    }
}

/// Compares two documents of which one may be absent: all of the other came or went then.
#[must_use]
pub fn diff_either(old: Option<&Document>, new: Option<&Document>, options: &Options) -> Report {
    let nothing = |other: &Document| other.with_root(Node::mapping(Mapping::new(), other.root().span));
    match (old, new) {
        (Some(old), Some(new)) => diff(old, new, options),
        (Some(old), None) => diff(old, &nothing(old), options),
        (None, Some(new)) => diff(&nothing(new), new, options),
        (None, None) => Report::default(),
    }
}

fn compared(old: &Document, new: &Document, options: &Options) -> Report {
    let sources =
        || Report { old_sources: old.sources().clone(), new_sources: new.sources().clone(), ..Report::default() };
    if options.shortcuts && old.version() == new.version() && old.root() == new.root() {
        return sources();
    }
    let equality = Equality::of(old, new, options.shortcuts);
    let cx = Cx { old, new, equality: &equality, options };
    let mut differ = Differ { cx, schemas: Schemas::default(), findings: Vec::new(), operations: Vec::new() };
    differ.paths();
    callbacks::webhooks(&mut differ);
    security::definitions(&mut differ);
    gateway::document(&mut differ);
    information(&mut differ);
    differ.schemas.compare(cx);
    components(&mut differ);
    differ.schemas.compare(cx);
    let mut findings = std::mem::take(&mut differ.findings);
    findings.extend(std::mem::take(&mut differ.schemas).findings());
    let mut report = sources();
    report.changes = conclude::changes(findings, &differ.operations, old, new, options);
    report
}

/// Returns the page about a check: what it finds, its levels and why, what can be done.
#[must_use]
pub fn explain(id: &str) -> Option<String> {
    checks::find(id).map(checks::Check::page)
}

/// Returns the ids of all checks, in the order of the families.
pub fn ids() -> impl Iterator<Item = &'static str> {
    checks::all().map(|check| check.id)
}

/// Compares the title, the version and the description.
fn information(differ: &mut Differ<'_, '_>) {
    let (old, new) = (differ.cx.old.root().get("info"), differ.cx.new.root().get("info"));
    let (Some(old), Some(new)) = (old, new) else { return };
    let mut edits = Vec::new();
    for key in ["title", "version"] {
        let (before, after) = (old.get(key), new.get(key));
        if before == after {
            continue;
        }
        let words = |node: Option<&Node>| node.map_or_else(|| "none".into(), edit::value);
        let message = format!("the {key} of the API changed from {} to {}", words(before), words(after));
        let spans = (before.map_or(old.span, |n| n.span), after.map_or(new.span, |n| n.span));
        edits.push(Edit::new(&checks::paths::INFO_CHANGED, spans.0, spans.1, message));
    }
    let (before, after) = (old.get("description"), new.get("description"));
    prose::compare(
        differ.cx.options,
        old.span,
        new.span,
        &|key| before.filter(|_| key == "description"),
        &|key| after.filter(|_| key == "description"),
        &mut edits,
    );
    for edit in edits {
        differ.report_whole([], edit);
    }
}

/// Compares the component schemas that no operation may lead to: what changes there reaches nobody,
/// yet API Gateway keeps them as models.
fn components(differ: &mut Differ<'_, '_>) {
    fn schemas(document: &Document) -> Option<&Node> {
        document.root().get("components")?.get("schemas")
    }
    let cx = differ.cx;
    let (Some(old), Some(new)) = (schemas(cx.old), schemas(cx.new)) else { return };
    let now: HashMap<&str, &Node> = new.entries().map(|e| (e.key.text.as_str(), &e.value)).collect();
    let mut gone = Vec::new();
    let met = differ.schemas.met();
    for entry in old.entries() {
        // An import makes these names up, so the same name says nothing.
        if entry.key.text.starts_with("MODEL") && entry.key.text.len() == 11 {
            continue;
        }
        match now.get(entry.key.text.as_str()) {
            // What operations meet has been compared the way they read it.
            Some(_) if met.contains(&schema::address(cx.old.resolved(&entry.value))) => {}
            Some(other) => differ.schemas.meet(cx, &[&entry.value], &[other], false, None),
            None => gone.push(entry),
        }
    }
    if gone.is_empty() {
        return;
    }
    // One that was used is compared where it was used; one that is there under another name was renamed.
    let used = references(cx.old.root());
    let near = cx.new.root().entry("components").map(|e| e.key.span);
    for entry in gone {
        let renamed = new.entries().any(|other| other.value == entry.value);
        if renamed || used.contains(format!("#/components/schemas/{}", entry.key.text).as_str()) {
            continue;
        }
        let message = format!("the schema {}, which nothing used, was removed", edit::quoted(&entry.key.text));
        differ.report_whole([], Edit::new(&checks::paths::COMPONENT_REMOVED, entry.key.span, None, message).near(near));
    }
}

/// Returns the texts of all references in a tree.
fn references(root: &Node) -> HashSet<&str> {
    let mut references = HashSet::new();
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        references.extend(node.reference());
        waiting.extend(node.items());
        waiting.extend(node.entries().map(|e| &e.value));
    }
    references
}
