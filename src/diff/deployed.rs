//! A document against what is deployed: both sides through the model of what API Gateway keeps.
//!
//! What GetExport adds, drops or renames is the same on both sides then, so what remains is drift.

use serde_json::Value as Json;

use super::{Options, Report};
use crate::gateway::import::{ImportOptions, SequentialIds, import_in_part};
use crate::gateway::{ApiDefinition, ApiKind, comparable_export, http_api};
use crate::openapi::{Document, LoadOptions, Version, load_text};
use crate::parallel::beside;
use crate::source::{Loader, Origin, Pointer, Span};

/// Returns the document that API Gateway would export after an import of this one: what it keeps, in
/// its own order and words. Where it would refuse a part, that part is left out.
///
/// The text is made anew, so spans lead into it rather than into the document's files.
#[must_use]
fn projected(document: &Document, kind: ApiKind, account_id: &str, region: &str) -> Option<Document> {
    let options = ImportOptions {
        account_id: account_id.to_owned(),
        region: region.to_owned(),
        ignore_documentation: true,
        ..ImportOptions::default()
    };
    let mut ids = SequentialIds::default();
    // What an import sends, whatever the document was written in.
    let sent = &document.with_version(Version::V30);
    let json = match kind {
        ApiKind::Rest => {
            let (imported, _) = import_in_part(sent, &options, None, &mut ids);
            comparable_export(&imported.definition, region)
        }
        ApiKind::Http => {
            let (imported, _) = http_api::import_in_part(sent, &options, None, &mut ids);
            let mut json = http_api::export(&imported.definition, http_api::ExportOptions::default());
            if let Some(members) = json.as_object_mut() {
                // An export names the stage it was taken of, and the moment when no version was given.
                members.shift_remove("servers");
                members.shift_remove("info");
            }
            json
        }
    };
    let name = document.sources().files().next().map_or("", |(_, file)| file.name());
    compared_as(&json, name)
}

/// Returns an export as a document that is compared, under a name that is shown.
fn compared_as(export: &Json, name: &str) -> Option<Document> {
    // A change is known by its places, which only a text has.
    let text = export.to_string();
    let options = LoadOptions { unvalidated: true, ..LoadOptions::default() };
    load_text(&Loader::default(), &Origin::Memory(name.to_owned()), text, &options).0
}

/// Compares a REST API before and after a change, like [`diff_deployed`], where both are known as definitions. The
/// changes' places lead into texts that nobody has written.
#[must_use]
pub fn diff_definitions(
    before: &ApiDefinition,
    after: &ApiDefinition,
    region: &str,
    options: &Options,
) -> Option<Report> {
    let document = |definition, name| compared_as(&comparable_export(definition, region), name);
    let (old, new) = beside(|| document(after, "after"), || document(before, "before"));
    Some(super::diff(&old?, &new?, &Options { documentation: false, ..options.clone() }))
}

/// Compares a deployed API's document with the one that should be deployed, both as API Gateway
/// keeps them in an API of this kind. What only one of them has is said to be that one's. Places are those of the documents as they were written, where they have them.
#[must_use]
pub fn diff_deployed(
    deployed: &Document,
    meant: &Document,
    kind: ApiKind,
    (account_id, region): (&str, &str),
    options: &Options,
) -> Report {
    let names = [deployed, meant].map(|document| {
        let name = document.sources().files().next().map_or("", |(_, file)| file.name());
        crate::source::render::one_line(name).into_owned()
    });
    let project = |document| projected(document, kind, account_id, region);
    let (old, new) = beside(|| project(meant), || project(deployed));
    let (Some(old), Some(new)) = (old, new) else { return super::diff(deployed, meant, options) };
    let options = Options { documentation: false, ..options.clone() };
    let mut report = super::diff(&old, &new, &options);
    for change in &mut report.changes {
        let has = |name: &str| format!("; only {} has it", super::edit::quoted(name));
        match (change.old, change.new) {
            (Some(_), None) => change.message.push_str(&has(&names[0])),
            (None, Some(_)) => change.message.push_str(&has(&names[1])),
            _ => {}
        }
        let place = |document: &Document| written_at(document, &change.location);
        let (was, is) = (place(deployed), place(meant));
        change.old = change.old.and(was);
        change.new = change.new.and(is);
        change.anchor = change.anchor.and(is);
    }
    report.old_sources = deployed.sources().clone();
    report.new_sources = meant.sources().clone();
    report
}

/// Returns where a pointer, or the nearest place above it, was written.
fn written_at(document: &Document, pointer: &str) -> Option<Span> {
    let mut pointer = Pointer::parse(pointer)?;
    loop {
        if let Some(node) = document.root().at(&pointer) {
            let mut parent = pointer.clone();
            let key = parent.pop();
            let key = key.and_then(|key| document.root().at(&parent)?.entry(&key)).map(|e| e.key.span);
            return Some(key.unwrap_or(node.span));
        }
        pointer.pop()?;
    }
}
