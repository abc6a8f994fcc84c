//! AWS Signature Version 4: signing requests to emulated services, and verifying those of callers.
//!
//! Emulators find the service, the region and the account in the signature's credential scope; they do not check the
//! signature itself, but what is sent is a valid one.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Who signs, and for what.
pub(crate) struct Scope<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

/// A request to sign: its path and query as they go over the wire.
pub(crate) struct ToSign<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
}

/// Returns the headers that sign a request (`host` and `x-amz-date` are what is signed).
pub(crate) fn signature(scope: &Scope<'_>, request: &ToSign<'_>, now: Timestamp) -> [(&'static str, String); 3] {
    let date_time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let date = date_time.get(..8).unwrap_or_default();
    let body_hash = hex(&Sha256::digest(request.body));
    let mut pairs: Vec<&str> = request.query.split('&').filter(|p| !p.is_empty()).collect();
    pairs.sort_unstable();
    let canonical = format!(
        "{}\n{}\n{}\nhost:{}\nx-amz-content-sha256:{body_hash}\nx-amz-date:{date_time}\n\nhost;x-amz-content-sha256;x-amz-date\n{body_hash}",
        request.method,
        request.path,
        pairs.join("&"),
        request.host,
    );
    let credential_scope = format!("{date}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign =
        format!("AWS4-HMAC-SHA256\n{date_time}\n{credential_scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
    let signature = signed(scope, date, &to_sign);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{credential_scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}",
        scope.access_key_id
    );
    [("X-Amz-Date", date_time), ("X-Amz-Content-Sha256", body_hash), ("Authorization", authorization)]
}

/// Returns the signature of a string to sign, in hexadecimal; `date` is `YYYYMMDD`.
pub(crate) fn signed(scope: &Scope<'_>, date: &str, to_sign: &str) -> String {
    let mut key = hmac(format!("AWS4{}", scope.secret).as_bytes(), date.as_bytes());
    for part in [scope.region, scope.service, "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    hex(&hmac(&key, to_sign.as_bytes()))
}

fn hmac(key: &[u8], data: &[u8]) -> Vec<u8> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(data);
            mac.finalize().into_bytes().to_vec()
        }
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
