//! Findings that are known and not reported again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::source::{Diagnostic, Sources};

/// The known findings of one or more documents.
///
/// A finding is known by its file, code and JSON pointer, not by its line, so that edits elsewhere
/// in the document do not bring it back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The form of the file; 1.
    pub version: u32,
    /// The findings, and how many there are of each.
    pub findings: Vec<Known>,
}

/// A known finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The file's name, with `/` between its parts.
    pub file: String,
    /// The code.
    pub code: String,
    /// The JSON pointer.
    pub pointer: String,
    /// How many there are.
    pub count: usize,
}

type Key = (String, String, String);

impl Baseline {
    /// Returns the baseline that knows all these findings.
    #[must_use]
    pub fn of(found: &[Diagnostic], sources: &Sources) -> Self {
        let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
        for diagnostic in found {
            *counts.entry(key(diagnostic, sources)).or_default() += 1;
        }
        let known = counts.into_iter().map(|((file, code, pointer), count)| Known { file, code, pointer, count });
        Self { version: 1, findings: known.collect() }
    }

    /// Returns the findings that are not known, and how many are.
    #[must_use]
    pub fn unknown(&self, found: Vec<Diagnostic>, sources: &Sources) -> (Vec<Diagnostic>, usize) {
        let mut left: BTreeMap<Key, usize> =
            self.findings.iter().map(|k| ((k.file.clone(), k.code.clone(), k.pointer.clone()), k.count)).collect();
        let before = found.len();
        let new: Vec<Diagnostic> = found
            .into_iter()
            .filter(|diagnostic| match left.get_mut(&key(diagnostic, sources)) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            })
            .collect();
        let known = before - new.len();
        (new, known)
    }
}

fn key(diagnostic: &Diagnostic, sources: &Sources) -> Key {
    let location = diagnostic.span.map(|span| sources.locate(span));
    let (file, pointer) = location.map_or_else(Default::default, |l| (l.file.replace('\\', "/"), l.pointer));
    (file, diagnostic.code.to_string(), pointer)
}
