//! The keys of an issuer: a JSON Web Key Set (RFC 7517).

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// Keys at most; more are no issuer's.
const MAX_KEYS: usize = 100;

/// The public keys of an issuer, by their ids.
#[derive(Clone, Default)]
pub struct KeySet(Vec<Key>);

#[derive(Clone)]
struct Key {
    id: String,
    family: AlgorithmFamily,
    /// The one algorithm that the key is for, where it is for one.
    algorithm: Option<Algorithm>,
    decoding: DecodingKey,
}

/// Why text is no key set.
#[derive(Debug, Error)]
pub enum KeySetError {
    /// It is no JSON with a list `keys`.
    #[error("it is no JSON Web Key Set")]
    NotASet(#[source] serde_json::Error),
    /// There are too many.
    #[error("it holds more than {MAX_KEYS} keys")]
    TooMany,
}

impl KeySet {
    /// Reads a key set. Keys of kinds that verify no token of an authorizer (symmetric ones, those without an id, those
    /// for encryption) are left out.
    ///
    /// # Errors
    /// When it is no key set.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(json).map_err(KeySetError::NotASet)?;
        if set.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooMany);
        }
        Ok(Self(set.keys.into_iter().filter_map(Key::read).collect()))
    }

    /// Returns the key of an id, unless it is not for this algorithm.
    pub(crate) fn key(&self, id: &str, algorithm: Algorithm) -> Option<&DecodingKey> {
        let fits = |key: &&Key| {
            key.id == id && key.family == algorithm.family() && key.algorithm.is_none_or(|only| only == algorithm)
        };
        self.0.iter().find(fits).map(|key| &key.decoding)
    }

    /// Returns whether there is a key of this id.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id == id)
    }
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl Key {
    fn read(value: Value) -> Option<Self> {
        if value.get("use").and_then(Value::as_str).is_some_and(|usage| usage != "sig") {
            return None;
        }
        let named = value.get("alg").and_then(Value::as_str).map(str::to_owned);
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let (family, by_curve) = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => (AlgorithmFamily::Rsa, None),
            // A curve has one algorithm.
            AlgorithmParameters::EllipticCurve(key) => match key.curve {
                EllipticCurve::P256 => (AlgorithmFamily::Ec, Some(Algorithm::ES256)),
                EllipticCurve::P384 => (AlgorithmFamily::Ec, Some(Algorithm::ES384)),
                _ => return None,
            },
            _ => return None,
        };
        let algorithm = match by_curve {
            Some(algorithm) => Some(algorithm),
            None => named.map(|name| name.parse()).transpose().ok()?,
        };
        Some(Self { decoding: DecodingKey::from_jwk(&jwk).ok()?, id: jwk.common.key_id?, family, algorithm })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_that_verify_nothing_are_left_out() {
        let rsa = json!({"kty": "RSA", "n": "sXch", "e": "AQAB"});
        let with = |members: Value| {
            let mut key = rsa.clone();
            for (name, value) in members.as_object().unwrap() {
                key[name] = value.clone();
            }
            key
        };
        let p256 = json!({
            "kty": "EC", "crv": "P-256", "kid": "ec",
            "x": "WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis", "y": "y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE",
        });
        let set = json!({"keys": [
            with(json!({"kid": "any"})), with(json!({"kid": "256", "alg": "RS256"})), rsa, p256,
            with(json!({"kid": "enc", "use": "enc"})), {"kty": "oct", "k": "c2VjcmV0", "kid": "oct"}, 1, {"kty": "new"},
        ]});
        let keys = KeySet::parse(set.to_string().as_bytes()).unwrap();
        assert_eq!(format!("{keys:?}"), r#"{"any", "256", "ec"}"#);
        assert!(keys.key("any", Algorithm::RS512).is_some() && keys.key("256", Algorithm::RS512).is_none());
        assert!(keys.key("ec", Algorithm::ES256).is_some() && keys.key("ec", Algorithm::ES384).is_none());
        assert!(keys.key("any", Algorithm::ES256).is_none());
        assert!(KeySet::parse(b"[]").is_err() && KeySet::parse(b"").is_err());
    }
}
