//! Mends of the text: the edits of findings, put into the source they are for.

use std::collections::BTreeMap;

use crate::source::{Diagnostic, Edit, FileId, Sources};

/// What became of the fixes of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The file.
    pub file: FileId,
    /// Its text after the edits.
    pub text: String,
    /// How many findings were mended.
    pub count: usize,
}

/// Applies the fixes of findings, all edits of a fix or none. A fix that overlaps one before it is left for the next run.
#[must_use]
pub fn apply(found: &[Diagnostic], sources: &Sources) -> Vec<Fixed> {
    let mut taken: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    let mut counts: BTreeMap<FileId, usize> = BTreeMap::new();
    for fix in found.iter().filter_map(|d| d.fix.as_ref()) {
        let clear =
            |edit: &Edit| taken.get(&edit.span.file).is_none_or(|before| before.iter().all(|b| !overlap(b, edit)));
        if fix.edits.is_empty() || !fix.edits.iter().all(clear) {
            continue;
        }
        for edit in &fix.edits {
            taken.entry(edit.span.file).or_default().push(edit);
        }
        if let Some(first) = fix.edits.first() {
            *counts.entry(first.span.file).or_default() += 1;
        }
    }
    taken
        .into_iter()
        .filter_map(|(file, mut edits)| {
            edits.sort_by_key(|edit| edit.span);
            let text = edited(sources.file(file).text(), &edits)?;
            Some(Fixed { file, text, count: counts.get(&file).copied().unwrap_or_default() })
        })
        .collect()
}

fn overlap(a: &Edit, b: &Edit) -> bool {
    a.span.file == b.span.file
        && a.span.start < b.span.end.max(b.span.start + 1)
        && b.span.start < a.span.end.max(a.span.start + 1)
}

/// Returns the text with sorted edits applied, or `None` when one lies outside it.
fn edited(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start as usize)?);
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
