//! Where the keys of an issuer come from: a file, an address, the issuer itself, or the development issuer.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Request;
use serde_json::Value;
use thiserror::Error;

use super::{DevelopmentIssuer, KeySet, KeySetError};
use crate::emulator::data::HttpClient;

/// How long fetched keys are used before they are fetched again; AWS keeps them about as long.
const KEPT: Duration = Duration::from_secs(2 * 60 * 60);
/// A token that names an unknown key makes an issuer's keys be fetched again, this often at most.
const AGAIN: Duration = Duration::from_secs(10);
/// How long fetching may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a key set at most.
const MAX_BYTES: usize = 1024 * 1024;

/// Where an issuer's keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyLocation {
    /// In a file that holds a JSON Web Key Set.
    File(PathBuf),
    /// At an address that answers with one.
    Url(String),
    /// Where the issuer's own configuration says (`/.well-known/openid-configuration`, OpenID Connect Discovery).
    Issuer,
}

/// Which keys a server knows.
#[derive(Clone, Debug, Default)]
pub struct KeyOptions {
    /// By issuer, the `iss` of its tokens.
    pub issuers: BTreeMap<String, KeyLocation>,
    /// The folder of the development issuer, whose key stands for those of all other issuers.
    pub development: Option<PathBuf>,
}

/// Why there are no keys of an issuer.
#[derive(Debug, Error)]
pub enum KeyError {
    /// Nothing says where they are.
    #[error(
        "the keys of `{issuer}` are not known: sign tokens with `gatewright token --issuer {issuer}`, or start with \
         `--jwks {issuer}=FILE` (a JSON Web Key Set) or `--jwks {issuer}` to fetch them"
    )]
    Unknown {
        /// The issuer.
        issuer: String,
    },
    /// They cannot be read or fetched.
    #[error("the keys of `{issuer}` cannot be had from {place}: {reason}")]
    Unavailable {
        /// The issuer.
        issuer: String,
        /// The file or address.
        place: String,
        /// Why.
        reason: String,
    },
}

/// Finds the keys of issuers, and keeps them.
#[derive(Debug, Default)]
pub struct KeySources {
    options: KeyOptions,
    kept: Mutex<HashMap<String, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    keys: Arc<KeySet>,
    fetched: Instant,
    /// The file's time, of keys from a file.
    changed: Option<SystemTime>,
}

impl KeySources {
    /// Returns the sources of a server.
    #[must_use]
    pub fn new(options: KeyOptions) -> Self {
        Self { options, kept: Mutex::default() }
    }

    /// Returns an issuer's keys; those kept are fetched again when they are old or lack the key `key_id`.
    ///
    /// # Errors
    /// When nothing says where the keys are, or they cannot be had from there.
    pub(crate) async fn keys(
        &self,
        issuer: &str,
        key_id: Option<&str>,
        client: &HttpClient,
    ) -> Result<Arc<KeySet>, KeyError> {
        let same = |known: &String| known.trim_end_matches('/') == issuer.trim_end_matches('/');
        let location = self.options.issuers.iter().find(|(known, _)| same(known)).map(|(_, location)| location);
        match location {
            Some(KeyLocation::File(path)) => self.file_keys(issuer, path, |bytes| Ok(KeySet::parse(bytes)?)),
            Some(KeyLocation::Url(url)) => self.network_keys(issuer, key_id, client, Some(url)).await,
            Some(KeyLocation::Issuer) => self.network_keys(issuer, key_id, client, None).await,
            None => self.development_keys(issuer),
        }
    }

    fn development_keys(&self, issuer: &str) -> Result<Arc<KeySet>, KeyError> {
        let unknown = || KeyError::Unknown { issuer: issuer.to_owned() };
        let folder = self.options.development.as_deref().ok_or_else(unknown)?;
        let path = folder.join("issuer.pem");
        if !path.exists() {
            return Err(unknown());
        }
        // One key for all issuers: kept under a name that is none's.
        self.file_keys("", &path, |_| {
            let issuer = DevelopmentIssuer::read(folder).map_err(|error| error.to_string())?;
            issuer.map(|issuer| issuer.key_set()).ok_or_else(|| Reason("the file is gone".to_owned()))
        })
        .map_err(|error| match error {
            KeyError::Unavailable { place, reason, .. } => {
                KeyError::Unavailable { issuer: issuer.to_owned(), place, reason }
            }
            other => other,
        })
    }

    /// Reads a file, unless it is as it was when it was read last.
    fn file_keys(
        &self,
        issuer: &str,
        path: &Path,
        read: impl FnOnce(&[u8]) -> Result<KeySet, Reason>,
    ) -> Result<Arc<KeySet>, KeyError> {
        let unavailable = |reason: String| KeyError::Unavailable {
            issuer: issuer.to_owned(),
            place: format!("`{}`", path.display()),
            reason,
        };
        let changed = std::fs::metadata(path).and_then(|m| m.modified()).map_err(|e| unavailable(e.to_string()))?;
        if let Some(kept) = self.kept(issuer).filter(|kept| kept.changed == Some(changed)) {
            return Ok(kept.keys);
        }
        let bytes = std::fs::read(path).map_err(|error| unavailable(error.to_string()))?;
        let keys = read(&bytes).map_err(|reason| unavailable(reason.0))?;
        Ok(self.keep(issuer, keys, Some(changed)))
    }

    async fn network_keys(
        &self,
        issuer: &str,
        key_id: Option<&str>,
        client: &HttpClient,
        url: Option<&str>,
    ) -> Result<Arc<KeySet>, KeyError> {
        if let Some(kept) = self.kept(issuer) {
            let age = kept.fetched.elapsed();
            let lacking = key_id.is_some_and(|id| !kept.keys.has(id));
            if age < KEPT && !(lacking && age > AGAIN) {
                return Ok(kept.keys);
            }
        }
        let base = issuer.trim_end_matches('/');
        let own = format!("{base}/.well-known/openid-configuration");
        let unavailable = |place: &str, reason: Reason| KeyError::Unavailable {
            issuer: issuer.to_owned(),
            place: place.to_owned(),
            reason: reason.0,
        };
        let url = match url {
            Some(url) => url.to_owned(),
            None => {
                let bytes = fetch(client, &own).await.map_err(|reason| unavailable(&own, reason))?;
                let configuration: Value = serde_json::from_slice(&bytes).unwrap_or_default();
                let named = configuration.get("jwks_uri").and_then(Value::as_str).map(str::to_owned);
                named.ok_or_else(|| unavailable(&own, Reason("it names no `jwks_uri`".to_owned())))?
            }
        };
        let bytes = fetch(client, &url).await.map_err(|reason| unavailable(&url, reason))?;
        let keys = KeySet::parse(&bytes).map_err(|error| unavailable(&url, error.into()))?;
        Ok(self.keep(issuer, keys, None))
    }

    fn kept(&self, issuer: &str) -> Option<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned()
    }

    fn keep(&self, issuer: &str, keys: KeySet, changed: Option<SystemTime>) -> Arc<KeySet> {
        let keys = Arc::new(keys);
        let kept = Kept { keys: Arc::clone(&keys), fetched: Instant::now(), changed };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(issuer.to_owned(), kept);
        keys
    }
}

/// Why keys cannot be had, for a person.
struct Reason(String);

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<KeySetError> for Reason {
    fn from(error: KeySetError) -> Self {
        Self(error.to_string())
    }
}

async fn fetch(client: &HttpClient, url: &str) -> Result<Bytes, Reason> {
    let request = Request::get(url)
        .header("accept", "application/json")
        .body(Full::new(Bytes::new()))
        .map_err(|error| error.to_string())?;
    let answer = async {
        let response = client.request(request).await.map_err(|error| error.to_string())?;
        if !response.status().is_success() {
            return Err(format!("it answered {}", response.status()));
        }
        let body = Limited::new(response.into_body(), MAX_BYTES).collect().await;
        Ok(body.map_err(|error| error.to_string())?.to_bytes())
    };
    let answer = tokio::time::timeout(PATIENCE, answer).await;
    answer.map_err(|_| "it did not answer in time".to_owned())?.map_err(Reason)
}
