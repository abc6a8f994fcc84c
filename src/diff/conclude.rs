//! From findings to changes: one edit is one change, with all it reaches, its level and its words.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::edit::{Edit, Finding, Reach};
use super::operations::Listed;
use super::place::place;
use super::{Change, Level, Options, Side};
use crate::openapi::Document;
use crate::source::{Sources, Span};

/// What makes two findings the same edit.
type Identity = (&'static str, Option<Span>, Option<Span>, String);

/// Merges findings of one edit and puts them in order.
pub(super) fn changes(
    findings: Vec<Finding>,
    operations: &[Listed],
    old: &Document,
    new: &Document,
    options: &Options,
) -> Vec<Change> {
    let mut merged: BTreeMap<Identity, (Edit, Vec<Reach>)> = BTreeMap::new();
    for Finding { edit, uses } in findings {
        let identity = (edit.check.id, edit.old, edit.new, edit.message.clone());
        merged.entry(identity).or_insert_with(|| (edit, Vec::new())).1.extend(uses);
    }
    let mut changes: Vec<(usize, Change)> = Vec::new();
    for (edit, mut uses) in merged.into_values() {
        uses.sort_unstable();
        uses.dedup();
        let first = uses.first().map_or(usize::MAX, |reach| reach.operation);
        if let Some(change) = change(edit, &uses, operations, (old.sources(), new.sources()), options) {
            changes.push((first, change));
        }
    }
    let place = |change: &Change| (change.new.or(change.anchor), change.old);
    changes.sort_by(|(i, a), (j, b)| {
        (b.level, i, place(a), a.id, &a.message).cmp(&(a.level, j, place(b), b.id, &b.message))
    });
    let mut changes: Vec<Change> = changes.into_iter().map(|(_, change)| change).collect();
    number_twins(&mut changes);
    changes
}

fn change(
    edit: Edit,
    uses: &[Reach],
    operations: &[Listed],
    sources: (&Sources, &Sources),
    options: &Options,
) -> Option<Change> {
    let of = |reach: &Reach| operations.get(reach.operation).map_or(reach.level, |o| reach.level.min(o.most));
    // What no operation leads to breaks nobody.
    let whole = edit.check.effect.level(Side::Request);
    let unreached = match edit.check.effect {
        super::checks::Effect::Always(_) if edit.check.id.starts_with("gateway-") => whole,
        _ => Level::Info,
    };
    let mut level = uses.iter().map(of).max().unwrap_or(unreached);
    if let Some(wanted) = options.levels.get(edit.check.id) {
        level = (*wanted)?;
    }
    let mut names: Vec<String> = Vec::new();
    let mut last = usize::MAX;
    for reach in uses.iter().filter(|reach| std::mem::replace(&mut last, reach.operation) != reach.operation) {
        names.extend(operations.get(reach.operation).map(|o| o.label.clone()));
    }
    let mut sides: Vec<Side> = uses.iter().filter_map(|reach| reach.side).collect();
    sides.sort_unstable();
    sides.dedup();
    let (location, root) = match (edit.new, edit.old) {
        (Some(span), _) => (sources.1.locate(span).pointer, sources.1.file(span.file).root()),
        (None, Some(span)) => (sources.0.locate(span).pointer, sources.0.file(span.file).root()),
        (None, None) => (String::new(), None),
    };
    let place = place(root, &location);
    let message = if place.subject.is_empty() { edit.message } else { format!("{}: {}", place.subject, edit.message) };
    let fingerprint = fingerprint(&[edit.check.id, &place.stable, &message]);
    Some(Change {
        id: edit.check.id,
        level,
        operations: names,
        sides,
        location,
        message,
        old: edit.old,
        new: edit.new,
        anchor: edit.anchor,
        text: edit.text,
        fingerprint,
        accepted: None,
        document: None,
    })
}

/// Returns the first eight bytes of a digest, in hexadecimal.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Tells apart changes whose fingerprints are the same: the same edit of two things without a name.
fn number_twins(changes: &mut [Change]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for change in changes {
        let count = seen.entry(change.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            change.fingerprint = fingerprint(&[&change.fingerprint, &count.to_string()]);
        }
    }
}
