//! What was written the last time: `.gatewright/manifest.json` in the project.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Per, ScaffoldOptions};

/// Where the manifest is, from the project's folder.
pub const MANIFEST_PATH: &str = ".gatewright/manifest.json";

/// The record of a project's generated files and the names given to its operations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manifest {
    /// The version of this format.
    pub version: u32,
    /// The document, from the project's folder, when it is a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The package's name as it was first made from the document's title: it stays, whatever the title becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The name that `Cargo.toml`, which is the user's, gives the library.
    #[serde(skip)]
    pub(crate) library: Option<String>,
    /// What the project was asked to be like.
    #[serde(skip_serializing_if = "Choices::is_none")]
    pub choices: Choices,
    /// The operations with handlers.
    pub operations: Vec<ManifestOperation>,
    /// The files, by path with `/` between its parts.
    pub files: BTreeMap<String, ManifestFile>,
}

/// What a project was asked to be like: later runs go on so where they are not told otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Choices {
    /// How operations are spread over functions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
    /// The payload where the document does not say: `1.0`, `2.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// Whether schemas that no operation uses are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_used: Option<bool>,
    /// The folder of the user's own templates, from the project's; set by whoever knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub templates: Option<String>,
}

impl Choices {
    /// Returns what these options choose.
    pub(crate) fn of(options: &ScaffoldOptions) -> Self {
        let payload = if options.http { "2.0" } else { "1.0" };
        Self {
            per: Some(options.per),
            payload: Some(payload.to_owned()),
            only_used: Some(options.only_used),
            templates: None,
        }
    }

    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// An operation with a handler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestOperation {
    /// `GET /pets`
    pub key: String,
    /// The name of its module.
    pub module: String,
    /// Whether the name was made up from the method and path: it then stays, whatever the path becomes.
    pub derived: bool,
    /// Its `operationId`, which keeps the module's name that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the operation was like, where its name was made up: by this it is known again under another path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// What a client has to show for it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<String>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Whose it is.
    pub owner: Owner,
    /// The SHA-256 of the text as it was generated, in hexadecimal.
    pub sha256: String,
    /// The SHA-256 of the template of a file that is written once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The SHA-256 of the text that a run has begun to write: it stays on record when the run is cut off, so that both
    /// texts are known as generated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The handler that the operation of this one has now, under another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
}

impl ManifestFile {
    /// Returns whether a text is one that was generated.
    pub(crate) fn has_made(&self, text: &str) -> bool {
        let digest = digest(text);
        self.sha256 == digest || self.next.as_ref() == Some(&digest)
    }
}

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// Rewritten at every run.
    Tool,
    /// Written once, then never again.
    User,
    /// The user's, but for what the tool keeps up to date in it.
    Shared,
}

/// Returns the SHA-256 of a text in hexadecimal. Line endings do not count.
pub(crate) fn digest(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let text = if text.contains('\r') { Cow::from(text.replace("\r\n", "\n")) } else { Cow::from(text) };
    let mut hexadecimal = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        hexadecimal.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
    hexadecimal
}
