//! Severities as the user sets them: `[lint]` of `gatewright.toml`, `--select`, `--ignore`.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Diagnostic, Severity};

use super::rules;

/// What a code is reported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is not reported.
    Off,
    /// It is reported with this severity.
    At(Severity),
}

/// The levels of codes; a code that is not named has its rule's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    set: BTreeMap<String, Level>,
    select: Option<BTreeSet<String>>,
    ignore: BTreeSet<String>,
}

/// A code or key that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} `{name}`")]
pub struct Unknown {
    /// What it was taken for.
    pub what: &'static str,
    /// What was written.
    pub name: String,
    /// The nearest one that exists.
    pub nearest: Option<String>,
}

impl Level {
    /// Returns the level of this name: `off`, `info`, `warning` (or `warn`), `error`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "info" => Some(Self::At(Severity::Info)),
            "warning" | "warn" => Some(Self::At(Severity::Warning)),
            "error" => Some(Self::At(Severity::Error)),
            _ => None,
        }
    }
}

impl Levels {
    /// Sets the level of a code.
    ///
    /// # Errors
    /// When there is no such code.
    pub fn set(&mut self, code: &str, level: Level) -> Result<(), Unknown> {
        self.set.insert(known(code)?, level);
        Ok(())
    }

    /// Reports these codes only. A trailing `*` stands for any rest: `schema-*`.
    ///
    /// # Errors
    /// When a code does not exist.
    pub fn select(&mut self, codes: &[String]) -> Result<(), Unknown> {
        if !codes.is_empty() {
            self.select = Some(expanded(codes)?);
        }
        Ok(())
    }

    /// Does not report these codes. A trailing `*` stands for any rest.
    ///
    /// # Errors
    /// When a code does not exist.
    pub fn ignore(&mut self, codes: &[String]) -> Result<(), Unknown> {
        self.ignore.extend(expanded(codes)?);
        Ok(())
    }

    /// Returns the severity a code is reported with, or `None` when it is not reported.
    #[must_use]
    pub fn severity(&self, code: &str, own: Severity) -> Option<Severity> {
        if self.ignore.contains(code) || self.select.as_ref().is_some_and(|only| !only.contains(code)) {
            return None;
        }
        match self.set.get(code) {
            None => Some(own),
            Some(Level::Off) => None,
            Some(Level::At(severity)) => Some(*severity),
        }
    }

    /// Returns the findings that are reported, with the severities they are reported with.
    #[must_use]
    pub fn applied(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        found
            .into_iter()
            .filter_map(|mut d| {
                d.severity = self.severity(&d.code, d.severity)?;
                Some(d)
            })
            .collect()
    }
}

fn known(code: &str) -> Result<String, Unknown> {
    if rules::find(code).is_some() {
        return Ok(code.to_owned());
    }
    Err(Unknown { what: "lint code", name: code.to_owned(), nearest: nearest(code, rules::codes()) })
}

fn expanded(codes: &[String]) -> Result<BTreeSet<String>, Unknown> {
    let mut out = BTreeSet::new();
    for code in codes {
        match code.strip_suffix('*') {
            Some(prefix) => {
                let before = out.len();
                out.extend(rules::codes().filter(|c| c.starts_with(prefix)).map(str::to_owned));
                if out.len() == before && !rules::codes().any(|c| c.starts_with(prefix)) {
                    return Err(Unknown {
                        what: "lint code",
                        name: code.clone(),
                        nearest: nearest(prefix, rules::codes()),
                    });
                }
            }
            None => {
                out.insert(known(code)?);
            }
        }
    }
    Ok(out)
}

/// Returns the one of `names` that `name` was most likely meant to be.
#[must_use]
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let name = name.get(..name.len().min(100)).unwrap_or_default();
    let limit = (name.chars().count() / 3).max(2);
    names
        .into_iter()
        .map(|known| (distance(&name.to_lowercase(), &known.to_lowercase()), known))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known.to_owned())
}

/// Returns the Levenshtein distance, a swap of neighbours counting one.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(nearest("authorizr", ["authorizer", "authorizers"]), Some("authorizer".into()));
        assert_eq!(nearest("operation", ["path"]), None);
    }

    #[test]
    fn an_unknown_code_names_the_nearest() {
        let error = Levels::default().set("operation-id-mising", Level::Off).unwrap_err();
        assert_eq!(error.nearest.as_deref(), Some("operation-id-missing"));
    }

    #[test]
    fn select_ignore_and_levels_combine() {
        let mut levels = Levels::default();
        levels.select(&["operation-id-*".into()]).unwrap();
        assert_eq!(levels.severity("operation-id-missing", Severity::Info), Some(Severity::Info));
        assert_eq!(levels.severity("integration-missing", Severity::Error), None);
        levels.set("operation-id-missing", Level::At(Severity::Error)).unwrap();
        assert_eq!(levels.severity("operation-id-missing", Severity::Info), Some(Severity::Error));
        levels.ignore(&["operation-id-missing".into()]).unwrap();
        assert_eq!(levels.severity("operation-id-missing", Severity::Info), None);
    }
}
