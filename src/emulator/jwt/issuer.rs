//! The development issuer: a key in the state folder whose tokens pass where no other keys are configured.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _};
use rsa::traits::PublicKeyParts as _;
use rsa::{RsaPrivateKey, pkcs1::LineEnding};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::{Claims, KeySet};

/// The file in the state folder that holds the key.
const FILE: &str = "issuer.pem";
/// As Cognito's keys.
const BITS: usize = 2048;

/// A key of this machine that signs tokens (RS256).
#[derive(Clone)]
pub struct DevelopmentIssuer {
    encoding: EncodingKey,
    jwks: Value,
    key_id: String,
}

/// Why there is no development issuer.
#[derive(Debug, Error)]
pub enum IssuerError {
    /// The key's file cannot be read or written.
    #[error("the development issuer's key `{}` cannot be used", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file holds no key.
    #[error("`{}` holds no RSA key", .0.display())]
    NotAKey(PathBuf),
    /// A key cannot be made or used.
    #[error("the development issuer has no usable key: {0}")]
    Key(String),
}

impl DevelopmentIssuer {
    /// Makes an issuer that exists as long as the value.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn generate() -> Result<Self, IssuerError> {
        Self::of(&Self::new_key()?)
    }

    /// Reads the issuer of a state folder; nothing when none has been made.
    ///
    /// # Errors
    /// When the file cannot be read, or holds no key.
    pub fn read(folder: &Path) -> Result<Option<Self>, IssuerError> {
        let path = folder.join(FILE);
        let pem = match fs::read_to_string(&path) {
            Ok(pem) => pem,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(IssuerError::File { path, source }),
        };
        let key = RsaPrivateKey::from_pkcs1_pem(&pem).map_err(|_| IssuerError::NotAKey(path))?;
        Self::of(&key).map(Some)
    }

    /// Reads the issuer of a state folder, or makes it.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds no key.
    pub fn read_or_create(folder: &Path) -> Result<Self, IssuerError> {
        if let Some(issuer) = Self::read(folder)? {
            return Ok(issuer);
        }
        let path = folder.join(FILE);
        let key = Self::new_key()?;
        let pem = key.to_pkcs1_pem(LineEnding::LF).map_err(|error| IssuerError::Key(error.to_string()))?;
        let failed = |source| IssuerError::File { path: path.clone(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        // A temporary file is readable by its owner alone.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(pem.as_bytes()).map_err(failed)?;
        match file.persist_noclobber(&path) {
            Ok(_) => Self::of(&key),
            // Another process was first; its key counts.
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
                Self::read(folder)?.ok_or(IssuerError::NotAKey(path))
            }
            Err(error) => Err(failed(error.error)),
        }
    }

    fn new_key() -> Result<RsaPrivateKey, IssuerError> {
        RsaPrivateKey::new(&mut rsa::rand_core::OsRng, BITS).map_err(|error| IssuerError::Key(error.to_string()))
    }

    fn of(key: &RsaPrivateKey) -> Result<Self, IssuerError> {
        let der = key.to_pkcs1_der().map_err(|error| IssuerError::Key(error.to_string()))?;
        let modulus = key.n().to_bytes_be();
        let key_id = URL_SAFE_NO_PAD.encode(Sha256::digest(&modulus));
        let jwks = json!({ "keys": [{
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": key_id,
            "n": URL_SAFE_NO_PAD.encode(&modulus),
            "e": URL_SAFE_NO_PAD.encode(key.e().to_bytes_be()),
        }]});
        Ok(Self { encoding: EncodingKey::from_rsa_der(der.as_bytes()), jwks, key_id })
    }

    /// Returns the id of its key.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Returns its public key as a JSON Web Key Set, for whoever verifies tokens elsewhere.
    #[must_use]
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }

    /// Returns its public key.
    #[must_use]
    pub fn key_set(&self) -> KeySet {
        KeySet::parse(self.jwks.to_string().as_bytes()).unwrap_or_default()
    }

    /// Signs claims.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign(&self, claims: &Claims) -> Result<String, IssuerError> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.key_id.clone());
        encode(&header, claims, &self.encoding).map_err(|error| IssuerError::Key(error.to_string()))
    }
}

impl std::fmt::Debug for DevelopmentIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevelopmentIssuer").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_issuer() {
        let folder = tempfile::tempdir().unwrap();
        assert!(DevelopmentIssuer::read(folder.path()).unwrap().is_none());
        let made = DevelopmentIssuer::read_or_create(folder.path()).unwrap();
        let again = DevelopmentIssuer::read_or_create(folder.path()).unwrap();
        assert_eq!(made.key_id(), again.key_id());
        fs::write(folder.path().join(FILE), "no key").unwrap();
        assert!(matches!(DevelopmentIssuer::read(folder.path()), Err(IssuerError::NotAKey(_))));
    }
}
