//! The one place that reads documents: files, git revisions, standard input.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

/// Where a document, or a file it refers to, comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A file on disk.
    File(PathBuf),
    /// A file of a git revision, its path from the repository's root or the working directory.
    Git {
        /// Anything `git rev-parse` takes.
        revision: String,
        /// The file's path, with `/` between its parts.
        path: String,
    },
    /// An `https:` address; only references name these, and only when they are allowed.
    Remote(String),
    /// Standard input.
    Stdin,
    /// A text made by the program, such as an export of a deployed API, under the name shown for it.
    Memory(String),
}

/// Reads the bytes of an [`Origin`], within what the user has allowed.
#[derive(Clone, Debug, Default)]
pub struct Loader {
    /// The folder that references may not leave; the document's own folder when absent.
    pub ref_root: Option<PathBuf>,
    /// Whether `https:` references are fetched.
    pub allow_remote_refs: bool,
    /// Whether long texts are read on two threads: for a server, whose client waits for nothing else.
    pub in_halves: bool,
}

/// Why nothing could be read.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The operating system refused.
    #[error("cannot read `{name}`")]
    Io {
        /// The name as the user knows it.
        name: String,
        /// The reason.
        #[source]
        source: std::io::Error,
    },
    /// A folder was named.
    #[error("`{0}` is a folder, not a document")]
    Directory(String),
    /// The file is larger than any document.
    #[error("`{name}` has {} than the {} MB that a document may have", more(*size), MAX_DOCUMENT_BYTES >> 20)]
    TooLarge {
        /// The name as the user knows it.
        name: String,
        /// Its size in bytes, when it is a file's.
        size: Option<u64>,
    },
    /// The bytes are not UTF-8 text.
    #[error("`{name}` is not UTF-8 text (line {line}, byte {offset})")]
    NotText {
        /// The name as the user knows it.
        name: String,
        /// The offset of the first byte that is not.
        offset: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// git could not produce the file.
    #[error("git has no `{path}` at `{revision}`: {message}")]
    Git {
        /// The revision asked for.
        revision: String,
        /// The path asked for.
        path: String,
        /// git's own words.
        message: String,
    },
    /// A remote file could not be fetched.
    #[error("cannot fetch `{url}`: {reason}")]
    Remote {
        /// The address.
        url: String,
        /// The reason.
        reason: String,
    },
    /// A reference leads where the user has not allowed.
    #[error("{0}")]
    Refused(String),
}

/// The most bytes one document may have.
pub const MAX_DOCUMENT_BYTES: u64 = 128 * 1024 * 1024;

impl Origin {
    /// Parses a document's name as every command takes it: a path, `-`, or `git:REV:PATH`.
    ///
    /// Names of deployed APIs (`aws:…`, `local:…`) are not read from here and give `None`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if name == "-" {
            return Some(Self::Stdin);
        }
        if name.starts_with("aws:") || name.starts_with("local:") {
            return None;
        }
        if let Some((revision, path)) = name.strip_prefix("git:").and_then(|rest| rest.split_once(':')) {
            return Some(Self::Git { revision: revision.into(), path: path.into() });
        }
        Some(Self::File(name.into()))
    }

    /// Returns the name shown to users.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Git { revision, path } => format!("git:{revision}:{path}"),
            Self::Remote(url) => url.clone(),
            Self::Stdin => "-".into(),
            Self::Memory(name) => name.clone(),
        }
    }
}

impl Loader {
    /// Reads a document as text. A byte order mark is taken off.
    ///
    /// # Errors
    /// When it cannot be read, is a folder, is too large, or is not UTF-8.
    pub fn read(&self, origin: &Origin) -> Result<String, LoadError> {
        self.read_moved(origin).map(|(text, _)| text)
    }

    /// Reads as [`Self::read`] does, and tells where the text turned out to be: what it refers to is relative to that
    /// (RFC 3986 §5.1.3).
    ///
    /// # Errors
    /// As those of [`Self::read`].
    pub fn read_moved(&self, origin: &Origin) -> Result<(String, Origin), LoadError> {
        let name = origin.name();
        let mut place = origin.clone();
        let bytes = match origin {
            Origin::File(path) => read_file(path, &name)?,
            Origin::Stdin => read_limited(std::io::stdin().lock(), &name)?,
            Origin::Git { revision, path } => super::git::read(revision, path)?,
            Origin::Remote(url) if self.allow_remote_refs => {
                let (bytes, url) = super::remote::fetch(url)?;
                place = Origin::Remote(url);
                bytes
            }
            Origin::Remote(url) => return Err(LoadError::Refused(not_fetched(url))),
            Origin::Memory(_) => return Err(LoadError::Refused(format!("`{name}` has no files beside it"))),
        };
        let mut text = String::from_utf8(bytes).map_err(|e| {
            let offset = e.utf8_error().valid_up_to();
            let line = 1 + e.as_bytes()[..offset].iter().filter(|b| **b == b'\n').count();
            LoadError::NotText { name, offset, line }
        })?;
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Ok((text, place))
    }

    /// Returns the origin of the file that `reference` (a `$ref` without its fragment) names, seen
    /// from `base`, where `root` is the document that was named on the command line.
    ///
    /// # Errors
    /// When the reference leaves the folder of `root` (or [`Self::ref_root`]), or is a URL.
    pub fn join(&self, root: &Origin, base: &Origin, reference: &str) -> Result<Origin, LoadError> {
        let decoded = percent_encoding::percent_decode_str(reference).decode_utf8_lossy();
        if decoded.contains("://") {
            return match super::remote::joined("", &decoded) {
                Some(url) if self.allow_remote_refs => Ok(Origin::Remote(url)),
                Some(url) => Err(LoadError::Refused(not_fetched(&url))),
                None => Err(LoadError::Refused(format!("`{decoded}` is not https, and nothing else is fetched"))),
            };
        }
        match base {
            Origin::File(path) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                let joined = folder.join(decoded.as_ref());
                self.check_inside(root, &joined, &decoded)?;
                // `..` after a link to a folder does not lead back; everywhere else the shorter name is the same.
                let short = normalized(&joined);
                let is_same = std::fs::canonicalize(&short).ok() == std::fs::canonicalize(&joined).ok();
                Ok(Origin::File(if is_same { short } else { joined }))
            }
            Origin::Git { revision, path } => {
                let folder = Path::new(path).parent().unwrap_or(Path::new(""));
                let joined = normalized(&folder.join(decoded.as_ref()));
                let allowed = self.git_folder(root);
                if !is_inside(&joined, &allowed) {
                    let shown = if allowed.as_os_str().is_empty() { ".".into() } else { allowed.to_string_lossy() };
                    return Err(LoadError::Refused(format!("`{decoded}` leads outside `{shown}`")));
                }
                let joined = joined.to_string_lossy().replace('\\', "/");
                Ok(Origin::Git { revision: revision.clone(), path: joined })
            }
            Origin::Remote(url) => match super::remote::joined(url, &decoded) {
                Some(joined) => Ok(Origin::Remote(joined)),
                None => Err(LoadError::Refused(format!("`{decoded}` is not https, and nothing else is fetched"))),
            },
            Origin::Stdin | Origin::Memory(_) => {
                Err(LoadError::Refused(format!("`{}` has no files beside it", base.name())))
            }
        }
    }

    /// Returns the one name of an origin that may be named in several ways.
    #[must_use]
    pub fn identity(&self, origin: &Origin) -> Origin {
        match origin {
            Origin::File(path) => Origin::File(std::fs::canonicalize(path).unwrap_or_else(|_| path.clone())),
            Origin::Git { revision, path } => {
                let path = normalized(Path::new(path)).to_string_lossy().replace('\\', "/");
                Origin::Git { revision: revision.clone(), path }
            }
            other => other.clone(),
        }
    }

    /// Returns the folder that references of a git revision may not leave, seen from the working directory.
    fn git_folder(&self, root: &Origin) -> PathBuf {
        match (&self.ref_root, root) {
            (Some(folder), _) => {
                let here = std::env::current_dir().unwrap_or_default();
                normalized(folder.strip_prefix(here).unwrap_or(folder))
            }
            (None, Origin::Git { path, .. }) => normalized(Path::new(path).parent().unwrap_or(Path::new(""))),
            (None, _) => PathBuf::new(),
        }
    }

    fn check_inside(&self, root: &Origin, path: &Path, reference: &str) -> Result<(), LoadError> {
        let Origin::File(document) = root else { return Ok(()) };
        let folder = match &self.ref_root {
            Some(folder) => folder.clone(),
            None => document.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).into(),
        };
        let outside = || LoadError::Refused(format!("`{reference}` leads outside `{}`", folder.display()));
        let canonical_folder = std::fs::canonicalize(&folder)
            .map_err(|source| LoadError::Io { name: folder.display().to_string(), source })?;
        // A file that does not exist is reported by the read that follows, unless its name already leaves the folder.
        match std::fs::canonicalize(path) {
            Ok(canonical) if canonical.starts_with(&canonical_folder) => Ok(()),
            Ok(_) => Err(outside()),
            Err(_) => {
                if is_inside(&normalized(path), &normalized(&folder)) {
                    Ok(())
                } else {
                    Err(outside())
                }
            }
        }
    }
}

fn not_fetched(url: &str) -> String {
    format!("`{url}` is remote, and remote references are not fetched")
}

/// Returns the path without `.`, and with `..` at its start only.
fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match (component, out.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir | Component::Prefix(_))) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(out.pop()),
            (other, _) => out.push(other),
        }
    }
    out
}

/// Returns whether a path is in a folder, both normalized and seen from the same place.
fn is_inside(path: &Path, folder: &Path) -> bool {
    path.strip_prefix(folder).is_ok_and(|rest| {
        !matches!(rest.components().next(), Some(Component::ParentDir | Component::RootDir | Component::Prefix(_)))
    })
}

fn more(size: Option<u64>) -> String {
    size.map_or_else(|| "more".to_owned(), |bytes| format!("{} MB, more", bytes.div_ceil(1 << 20)))
}

fn read_file(path: &Path, name: &str) -> Result<Vec<u8>, LoadError> {
    let io = |source| LoadError::Io { name: name.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(io)?;
    if metadata.is_dir() {
        return Err(LoadError::Directory(name.to_owned()));
    }
    if metadata.len() > MAX_DOCUMENT_BYTES {
        return Err(LoadError::TooLarge { name: name.to_owned(), size: Some(metadata.len()) });
    }
    read_limited(std::fs::File::open(path).map_err(io)?, name)
}

/// From this many bytes on, room for the largest document is made.
const LARGE_BYTES: u64 = 32 * 1024 * 1024;

/// Reads all there is, unless it is more than a document may have.
pub(super) fn read_limited(reader: impl std::io::Read, name: &str) -> Result<Vec<u8>, LoadError> {
    let io = |source| LoadError::Io { name: name.to_owned(), source };
    let mut reader = reader.take(MAX_DOCUMENT_BYTES + 1);
    let mut bytes = Vec::new();
    reader.by_ref().take(LARGE_BYTES).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 == LARGE_BYTES {
        // Once for all: growing by doubling would take twice the limit. What is not filled costs no memory.
        bytes.reserve_exact((MAX_DOCUMENT_BYTES - LARGE_BYTES) as usize + 64);
        reader.read_to_end(&mut bytes).map_err(io)?;
    }
    if bytes.len() as u64 > MAX_DOCUMENT_BYTES {
        return Err(LoadError::TooLarge { name: name.to_owned(), size: None });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_a_revision_stay_in_the_folder() {
        let check = |ref_root: Option<&str>, root: &str, reference: &str, expected: Option<&str>| {
            let loader = Loader { ref_root: ref_root.map(Into::into), ..Loader::default() };
            let root = Origin::Git { revision: "HEAD".into(), path: root.into() };
            let joined = loader.join(&root, &root, reference).ok();
            let expected = expected.map(|path| Origin::Git { revision: "HEAD".into(), path: path.into() });
            assert_eq!(joined, expected, "{reference} from {root:?}");
        };
        check(None, "specs/api.yaml", "pet.yaml", Some("specs/pet.yaml"));
        check(None, "specs/api.yaml", "./a/../b/pet%20s.yaml", Some("specs/b/pet s.yaml"));
        check(None, "specs/api.yaml", "../pet.yaml", None);
        check(Some("."), "specs/api.yaml", "../pet.yaml", Some("pet.yaml"));
        check(Some("common"), "specs/api.yaml", "../common/pet.yaml", Some("common/pet.yaml"));
        check(Some("common"), "specs/api.yaml", "pet.yaml", None);
        check(None, "api.yaml", "../pet.yaml", None);
        check(None, "../specs/api.yaml", "pet.yaml", Some("../specs/pet.yaml"));
        check(None, "../api.yaml", "../pet.yaml", None);
        check(None, "../api.yaml", "pet.yaml", Some("../pet.yaml"));
        check(None, "specs/api.yaml", "/etc/passwd", None);
        check(None, "api.yaml", "/etc/passwd", None);
    }
}
