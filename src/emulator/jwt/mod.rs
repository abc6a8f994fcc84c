//! JSON Web Tokens (RFC 7519): verification as API Gateway's authorizers do it, the keys it is done with, and the
//! development issuer whose tokens stand in for those of a user pool.
//!
//! [`verify`] is pure: keys and the time are handed in. [`KeySources`] finds the keys of an issuer.

mod issuer;
mod keys;
mod sources;

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde_json::{Map, Value};
use thiserror::Error;

pub use issuer::{DevelopmentIssuer, IssuerError};
pub use keys::{KeySet, KeySetError};
pub use sources::{KeyError, KeyLocation, KeyOptions, KeySources};

/// What a token says: the members of its payload.
pub type Claims = Map<String, Value>;

/// Seconds that the clocks of an issuer and of this machine may differ: a token is not refused for being issued, or
/// valid, from a moment that is so little ahead. Its expiry is exact.
pub const CLOCK_SKEW: i64 = 60;

/// What a token must say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// `iss` is one of these.
    pub issuers: &'a [String],
    /// `aud` (or, in a token without one, `client_id`) holds one of these; not looked at when empty.
    pub audiences: &'a [String],
    /// `scope` or `scp` holds one of these; not looked at when empty.
    pub scopes: &'a [String],
}

/// Why a token is not accepted. The texts are fit for `error_description` of `www-authenticate` (RFC 6750): they
/// hold nothing of the token.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Rejection {
    /// It is no signed JWT.
    #[error("the token is malformed")]
    Malformed,
    /// It is signed by an algorithm that API Gateway does not take (RS256, RS384, RS512, ES256 and ES384 are taken).
    #[error("the token is signed by an unsupported algorithm")]
    Algorithm,
    /// Its header names no key.
    #[error("the token does not name its key")]
    NoKeyId,
    /// Its header names a key that the issuer does not have.
    #[error("the key of the token is unknown")]
    UnknownKey,
    /// The signature is another's, or what was signed was changed.
    #[error("the signature of the token is invalid")]
    Signature,
    /// `iss` is another.
    #[error("the token does not have a valid issuer")]
    Issuer,
    /// Neither `aud` nor `client_id` is one of those expected.
    #[error("the token does not have a valid audience")]
    Audience,
    /// `exp` is past, or missing.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is still to come.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// None of the scopes is among its own: the caller is known, and may not.
    #[error("the token does not have a sufficient scope")]
    Scope,
}

/// Returns the token of a header's value: with or without `Bearer` before it.
#[must_use]
pub fn bearer_token(value: &str) -> &str {
    let value = value.trim();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => value,
    }
}

/// What an unverified token says of the key that verifies it. Nothing of it may be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    /// The header's `kid`.
    pub key_id: Option<String>,
    /// The payload's `iss`.
    pub issuer: String,
}

/// Returns what a token says of the key that verifies it.
///
/// # Errors
/// When it is no JWT.
pub fn unverified(token: &str) -> Result<Unverified, Rejection> {
    let header = decode_header(token).map_err(|_| Rejection::Malformed)?;
    let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| Rejection::Malformed)?;
    let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Unverified { key_id: header.kid, issuer })
}

/// Verifies a token against its issuer's keys; `now` is in seconds since 1970.
///
/// # Errors
/// Why the token is not accepted; what is wrong with its signature comes before what is wrong with its claims.
pub fn verify(token: &str, keys: &KeySet, expected: &Expected<'_>, now: i64) -> Result<Claims, Rejection> {
    let header = decode_header(token).map_err(|_| Rejection::Malformed)?;
    use Algorithm as A;
    if !matches!(header.alg, A::RS256 | A::RS384 | A::RS512 | A::ES256 | A::ES384) {
        return Err(Rejection::Algorithm);
    }
    // Extensions that must be understood are not.
    if header.crit.as_ref().is_some_and(|names| !names.is_empty()) {
        return Err(Rejection::Malformed);
    }
    let key_id = header.kid.as_deref().ok_or(Rejection::NoKeyId)?;
    let key = keys.key(key_id, header.alg).ok_or(Rejection::UnknownKey)?;
    // The claims are checked below, against the time that was handed in.
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let claims = decode::<Claims>(token, key, &validation).map_err(|_| Rejection::Signature)?.claims;
    check(&claims, expected, now)?;
    Ok(claims)
}

fn check(claims: &Claims, expected: &Expected<'_>, now: i64) -> Result<(), Rejection> {
    let issuer = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    if !expected.issuers.iter().any(|known| known.trim_end_matches('/') == issuer.trim_end_matches('/')) {
        return Err(Rejection::Issuer);
    }
    let time = |name: &str| claims.get(name).and_then(|v| v.as_i64().or_else(|| v.as_f64().map(|f| f as i64)));
    if time("exp").is_none_or(|expires| expires <= now) {
        return Err(Rejection::Expired);
    }
    if time("nbf").is_some_and(|from| from > now.saturating_add(CLOCK_SKEW)) {
        return Err(Rejection::NotYetValid);
    }
    if time("iat").is_some_and(|issued| issued > now.saturating_add(CLOCK_SKEW)) {
        return Err(Rejection::IssuedInFuture);
    }
    if !expected.audiences.is_empty() {
        let named = claims.get("aud").or_else(|| claims.get("client_id"));
        if !texts(named).any(|audience| expected.audiences.iter().any(|known| known == audience)) {
            return Err(Rejection::Audience);
        }
    }
    if !expected.scopes.is_empty() {
        let held = texts(claims.get("scope")).chain(texts(claims.get("scp"))).flat_map(str::split_whitespace);
        if !held.into_iter().any(|scope| expected.scopes.iter().any(|known| known == scope)) {
            return Err(Rejection::Scope);
        }
    }
    Ok(())
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let (one, many) = match value {
        Some(Value::String(text)) => (Some(text.as_str()), None),
        Some(Value::Array(values)) => (None, Some(values)),
        _ => (None, None),
    };
    one.into_iter().chain(many.into_iter().flatten().filter_map(Value::as_str))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn issuer() -> &'static DevelopmentIssuer {
        static ISSUER: std::sync::LazyLock<DevelopmentIssuer> =
            std::sync::LazyLock::new(|| DevelopmentIssuer::generate().expect("a key"));
        &ISSUER
    }

    fn signed(claims: Value) -> String {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        issuer().sign(&claims).expect("a token")
    }

    #[track_caller]
    fn check(claims: Value, expected: Result<(), Rejection>) {
        let (issuers, audiences, scopes) =
            (["https://i.test/".to_owned()], ["a".to_owned(), "b".to_owned()], ["read".to_owned(), "all".to_owned()]);
        let wanted = Expected { issuers: &issuers, audiences: &audiences, scopes: &scopes };
        let found = verify(&signed(claims.clone()), &issuer().key_set(), &wanted, NOW);
        assert_eq!(found.map(|_| ()), expected, "{claims}");
    }

    #[test]
    fn claims_are_held_against_what_is_expected() {
        let good = json!({"iss": "https://i.test", "aud": "b", "exp": NOW + 1, "iat": NOW + 30, "scope": "x read"});
        let with = |name: &str, value: Value| {
            let mut claims = good.clone();
            claims[name] = value;
            claims
        };
        check(good.clone(), Ok(()));
        check(with("iss", json!("https://other.test")), Err(Rejection::Issuer));
        check(with("exp", json!(NOW)), Err(Rejection::Expired));
        check(with("exp", Value::Null), Err(Rejection::Expired));
        check(with("nbf", json!(NOW + 61)), Err(Rejection::NotYetValid));
        check(with("iat", json!(NOW + 61)), Err(Rejection::IssuedInFuture));
        check(with("aud", json!(["x", "a"])), Ok(()));
        check(with("aud", json!(["x"])), Err(Rejection::Audience));
        check(with("scope", json!("reader")), Err(Rejection::Scope));
        check(json!({"iss": "https://i.test", "client_id": "a", "exp": NOW + 9, "scp": ["x", "all"]}), Ok(()));
        check(json!({"iss": "https://i.test", "exp": NOW + 9, "scope": "all"}), Err(Rejection::Audience));
    }

    #[test]
    fn a_token_that_was_changed_is_refused() {
        let issuers = ["https://i.test".to_owned()];
        let expected = Expected { issuers: &issuers, ..Expected::default() };
        let keys = issuer().key_set();
        let token = signed(json!({"iss": "https://i.test", "exp": NOW + 1}));
        let verdict = |token: &str| verify(token, &keys, &expected, NOW).map(|_| ());
        assert_eq!(verdict(&token), Ok(()));

        let parts: Vec<&str> = token.split('.').collect();
        let forged = URL_SAFE_NO_PAD.encode(json!({"iss": "https://i.test", "exp": NOW + 100}).to_string());
        assert_eq!(verdict(&format!("{}.{forged}.{}", parts[0], parts[2])), Err(Rejection::Signature));
        assert_eq!(verdict(&format!("{}.{}.", parts[0], parts[1])), Err(Rejection::Signature));
        // The old attacks: no algorithm, or the public key as a shared secret.
        for (header, expected) in [
            (json!({"alg": "none", "kid": issuer().key_id()}), Rejection::Malformed),
            (json!({"alg": "HS256", "kid": issuer().key_id()}), Rejection::Algorithm),
            (json!({"alg": "ES256", "kid": issuer().key_id()}), Rejection::UnknownKey),
            (json!({"alg": "RS256"}), Rejection::NoKeyId),
            (json!({"alg": "RS256", "kid": "other"}), Rejection::UnknownKey),
            (json!({"alg": "RS256", "kid": issuer().key_id(), "crit": ["b64"]}), Rejection::Malformed),
        ] {
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            assert_eq!(verdict(&format!("{header}.{}.{}", parts[1], parts[2])), Err(expected), "{header}");
        }
        for garbage in ["", ".", "..", "a.b.c", "Bearer", "\u{0}.\u{0}.\u{0}"] {
            assert_eq!(verdict(garbage), Err(Rejection::Malformed), "{garbage:?}");
        }
    }

    #[test]
    fn a_scheme_before_the_token_is_not_part_of_it() {
        assert_eq!(bearer_token("Bearer a.b.c"), "a.b.c");
        assert_eq!(bearer_token("bearer  a.b.c "), "a.b.c");
        assert_eq!(bearer_token("a.b.c"), "a.b.c");
        assert_eq!(bearer_token("Basic a.b.c"), "Basic a.b.c");
    }
}
