//! Which documents changed since a git revision: the changed files that are documents, and the documents that refer to
//! changed files that are not. Other documents of the repository are not parsed.

use std::collections::{BTreeSet, VecDeque};
use std::process::Command;

use super::super::CommandError;

/// A document on both sides; a side that does not have it is absent. Paths are from the working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

impl Pair {
    /// Returns the path that names the document: the new one, when there is one.
    pub(super) fn name(&self) -> &str {
        self.new.as_deref().or(self.old.as_deref()).unwrap_or_default()
    }
}

/// Returns the documents that changed since a revision, or refer to files that did, in the order of their names; with
/// paths, only what changed below these counts.
pub(super) fn documents(revision: &str, paths: &[&str]) -> Result<Vec<Pair>, CommandError> {
    if revision.starts_with('-') {
        return Err(CommandError::new("a revision cannot begin with `-`"));
    }
    // Said by itself, so that a revision that is not there is told from a path that is not.
    git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]).map_err(|_| {
        CommandError::new(format!("git has no revision `{revision}` here"))
            .with_hint("in a shallow clone, fetch it first: `git fetch --depth=1 origin REV`")
    })?;
    let listed = git(&["diff", "--name-status", "-z", "--find-renames", "--relative", revision, "--"])?;
    let changed: Vec<Pair> = pairs(&listed).into_iter().filter(|pair| is_candidate(pair.name())).collect();
    let (mut found, mut fragments): (Vec<Pair>, Vec<Pair>) = changed.into_iter().partition(|pair| {
        let of_old = || pair.old.as_ref().and_then(|path| git(&["show", &format!("{revision}:./{path}")]).ok());
        let text = pair.new.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).or_else(of_old);
        text.is_some_and(|text| is_document(&text))
    });
    let below = |path: &str| {
        let path = path.trim_start_matches("./");
        paths.is_empty()
            || paths.iter().any(|root| {
                let root = root.trim_start_matches("./").trim_end_matches('/');
                root.is_empty()
                    || root == "."
                    || path == root
                    || path.strip_prefix(root).is_some_and(|r| r.starts_with('/'))
            })
    };
    let is_meant = |pair: &Pair| [&pair.old, &pair.new].into_iter().flatten().any(|path| below(path));
    found.retain(is_meant);
    fragments.retain(is_meant);
    if !fragments.is_empty() {
        let known: BTreeSet<&str> = found.iter().map(Pair::name).collect();
        let added = referrers(&fragments, &known)?;
        found.extend(added);
    }
    found.sort_by(|a, b| a.name().cmp(b.name()));
    Ok(found)
}

/// Returns the submodules that changed since a revision: their documents are another repository's, with revisions of its
/// own.
pub(super) fn submodules(revision: &str) -> Result<Vec<String>, CommandError> {
    let listed = git(&["diff", "--raw", "-z", "--no-renames", "--relative", revision, "--"])?;
    Ok(changed_submodules(&listed))
}

/// Reads `git diff --raw -z`: `:MODE MODE HASH HASH STATUS`, then the path. A submodule's mode is 160000.
fn changed_submodules(listed: &str) -> Vec<String> {
    let mut fields = listed.split('\0');
    let mut found = Vec::new();
    while let (Some(entry), Some(path)) = (fields.next(), fields.next()) {
        if entry.trim_start_matches(':').split(' ').take(2).any(|mode| mode == "160000") {
            found.push(path.to_owned());
        }
    }
    found
}

/// Reads `git diff --name-status -z`.
fn pairs(listed: &str) -> Vec<Pair> {
    let mut fields = listed.split('\0');
    let mut pairs = Vec::new();
    while let Some(status) = fields.next().filter(|status| !status.is_empty()) {
        let Some(path) = fields.next().map(str::to_owned) else { break };
        pairs.push(match status.as_bytes().first() {
            Some(b'A') => Pair { old: None, new: Some(path) },
            Some(b'D') => Pair { old: Some(path), new: None },
            Some(b'R' | b'C') => Pair { old: Some(path), new: fields.next().map(str::to_owned) },
            _ => Pair { old: Some(path.clone()), new: Some(path) },
        });
    }
    pairs
}

/// Returns the documents that refer to changed files, directly or through other files.
fn referrers(fragments: &[Pair], known: &BTreeSet<&str>) -> Result<Vec<Pair>, CommandError> {
    let listed = git(&["ls-files", "-z"])?;
    let mut files: Vec<(&str, String)> = listed
        .split('\0')
        .filter(|path| is_candidate(path))
        .filter_map(|path| Some((path, std::fs::read_to_string(path).ok()?)))
        .collect();
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let mut waiting: VecDeque<String> =
        fragments.iter().flat_map(|pair| [&pair.old, &pair.new]).flatten().map(|path| base(path)).collect();
    let mut found = Vec::new();
    while let Some(name) = waiting.pop_front() {
        let (mentioning, rest): (Vec<_>, Vec<_>) = files.into_iter().partition(|(_, text)| text.contains(&name));
        files = rest;
        for (path, text) in mentioning {
            if !is_document(&text) {
                waiting.push_back(base(path));
            } else if !known.contains(path) {
                found.push(Pair { old: Some(path.to_owned()), new: Some(path.to_owned()) });
            }
        }
    }
    Ok(found)
}

fn is_candidate(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Returns whether a text says that it is an OpenAPI document: `openapi` or `swagger` as a key with a version.
fn is_document(text: &str) -> bool {
    ["openapi", "swagger"].iter().any(|key| {
        text.match_indices(key).any(|(at, _)| {
            let before = text[..at].trim_end_matches(['"', '\'', ' ', '\t']);
            let after = text[at + key.len()..].trim_start_matches(['"', '\'']).trim_start();
            let version = after.strip_prefix(':').map(|rest| rest.trim_start().trim_start_matches(['"', '\'']));
            (before.is_empty() || before.ends_with(['\n', '{', ',', '\u{feff}']))
                && version.is_some_and(|version| version.starts_with(['2', '3']))
        })
    })
}

fn git(arguments: &[&str]) -> Result<String, CommandError> {
    let failed = |why: String| CommandError::new(format!("git {}: {why}", arguments.first().unwrap_or(&"")));
    let output = Command::new("git").args(arguments).output().map_err(|e| failed(e.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let message = String::from_utf8_lossy(&output.stderr);
    Err(failed(message.lines().next().unwrap_or("no reason given").trim_start_matches("fatal: ").to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_lists() {
        let pair = |old: Option<&str>, new: Option<&str>| Pair { old: old.map(Into::into), new: new.map(Into::into) };
        assert_eq!(
            pairs("M\0a b.yaml\0A\0n\u{e9}w.json\0D\0gone.yml\0R097\0old.yaml\0new.yaml\0"),
            [
                pair(Some("a b.yaml"), Some("a b.yaml")),
                pair(None, Some("n\u{e9}w.json")),
                pair(Some("gone.yml"), None),
                pair(Some("old.yaml"), Some("new.yaml")),
            ]
        );
    }

    #[test]
    fn submodules_are_told_by_their_mode() {
        let listed =
            ":100644 100644 0a1 0b2 M\0api.yaml\0:160000 160000 0c3 0d4 M\0sub/one\0:000000 160000 000 0e5 A\0two\0";
        assert_eq!(changed_submodules(listed), ["sub/one", "two"]);
    }

    #[test]
    fn what_a_document_is_recognized_by() {
        for text in ["openapi: 3.0.3\n", "# x\nswagger: '2.0'", "{\"openapi\":\"3.1.0\"}", "{\n  \"swagger\": \"2.0\"}"]
        {
            assert!(is_document(text), "{text}");
        }
        for text in ["type: object\n", "description: the openapi: 3 format", "x-openapi: 3", "openapi: yes"] {
            assert!(!is_document(text), "{text}");
        }
    }
}
