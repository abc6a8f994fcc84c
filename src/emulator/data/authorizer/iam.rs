//! `AWS_IAM`: requests signed with Signature Version 4, verified against the access keys that are configured.

use std::collections::BTreeMap;

use base64::Engine as _;
use bytes::Bytes;
use hyper::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::resource_policy;
use crate::emulator::data::exchange::Exchange;
use crate::emulator::data::gateway_response::{Refusal, ResponseType};
use crate::emulator::data::request::Headers;
use crate::emulator::data::sigv4::{Scope, hex, signed};

/// Seconds that a signature's time may differ from the gateway's.
const SKEW: i64 = 5 * 60;
/// What AWS's URI encoding leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same in a path, whose slashes stand.
const PATH: &AsciiSet = &UNRESERVED.remove(b'/');

/// An access key whose signatures are good.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// The secret access key.
    pub secret: String,
    /// The ARN of who it belongs to; absent is the user `KEY_ID` of the gateway's own account.
    pub arn: Option<String>,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessKey").field("arn", &self.arn).finish_non_exhaustive()
    }
}

/// The access keys of a server, by their ids; `test` with the secret `test` when none is configured.
#[derive(Clone, Debug)]
pub struct AccessKeys(pub BTreeMap<String, AccessKey>);

impl Default for AccessKeys {
    fn default() -> Self {
        Self([("test".to_owned(), AccessKey { secret: "test".to_owned(), arn: None })].into())
    }
}

/// A request as it came in, before anything was dropped: what a signature is of.
#[derive(Clone, Debug)]
pub(crate) struct SentRequest {
    method: String,
    path: String,
    query: String,
    headers: Headers,
    body: Bytes,
}

impl SentRequest {
    /// Keeps what is signed of a request.
    pub(crate) fn new(parts: &Parts, headers: &Headers, body: Bytes) -> Self {
        let mut headers = headers.clone();
        // HTTP/2 has the host elsewhere.
        if headers.any_case("host").is_none()
            && let Some(authority) = parts.uri.authority()
        {
            headers.push("host", authority.as_str());
        }
        Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers,
            body,
        }
    }
}

/// Who signed a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) access_key_id: String,
    pub(crate) account_id: String,
    pub(crate) arn: String,
    /// `$context.identity.user`
    pub(crate) user: String,
}

/// Verifies the signature of a request, and holds its signer against the resource policy.
pub(super) fn authorize(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    let Some(sent) = exchange.sent.take() else {
        return Err(Refusal::new(ResponseType::MissingAuthenticationToken));
    };
    let account = exchange.context.get("accountId").unwrap_or_default();
    let gateway = std::sync::Arc::clone(exchange.gateway);
    let identity = verify(&sent, &gateway.shared.access_keys, (exchange.region, &account), Timestamp::now());
    let identity = identity.inspect_err(|refusal| {
        let why = refusal.log.as_deref().or(refusal.message.as_deref()).unwrap_or("it was not signed");
        (gateway.log)(&format!("a request was refused by its signature: {why}"));
    })?;
    for (name, value) in [
        ("accessKey", &identity.access_key_id),
        ("accountId", &identity.account_id),
        ("caller", &identity.user),
        ("user", &identity.user),
        ("userArn", &identity.arn),
    ] {
        exchange.context.set_below("identity", name, value.as_str());
    }
    resource_policy::check_signed(exchange, &identity)
}

/// What a signature says of itself.
struct Claimed {
    credential: String,
    signed_headers: String,
    signature: String,
    /// `YYYYMMDDTHHMMSSZ`
    date_time: String,
    /// Seconds that a signature in the query is good for.
    lasts: i64,
    in_query: bool,
}

/// Verifies a request's signature; `here` is the region and the account of the API.
pub(crate) fn verify(
    sent: &SentRequest,
    keys: &AccessKeys,
    here: (&str, &str),
    now: Timestamp,
) -> Result<Identity, Refusal> {
    let claimed = claimed(sent)?;
    let scope: Vec<&str> = claimed.credential.split('/').collect();
    let [access_key_id, date, region, service, "aws4_request"] = scope[..] else {
        return Err(incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, got {}",
            scope.len()
        )));
    };
    if service != "execute-api" || region != here.0 {
        let what = if service == "execute-api" { (here.0, "region") } else { ("execute-api", "service") };
        return Err(mismatch(format!("Credential should be scoped to correct {}: '{}'.", what.1, what.0)));
    }
    let Some(key) = keys.0.get(access_key_id) else {
        return Err(Refusal::new(ResponseType::InvalidSignature)
            .error_type("UnrecognizedClientException")
            .message("The security token included in the request is invalid.")
            .log(format!("the access key {access_key_id} is not known; keys are given with --access-key ID=SECRET")));
    };
    check_time(&claimed, date, now)?;

    let canonical = canonical_request(sent, &claimed);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{date}/{region}/{service}/aws4_request\n{}",
        claimed.date_time,
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let signer = Scope { access_key_id, secret: &key.secret, region, service };
    if !same(signed(&signer, date, &to_sign).as_bytes(), claimed.signature.as_bytes()) {
        return Err(mismatch(format!(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for \
             this request should have been\n'{canonical}'\n\nThe String-to-Sign should have been\n'{to_sign}'\n"
        )));
    }
    let arn = key.arn.clone().unwrap_or_else(|| format!("arn:aws:iam::{}:user/{access_key_id}", here.1));
    Ok(Identity {
        account_id: arn.split(':').nth(4).unwrap_or(here.1).to_owned(),
        access_key_id: access_key_id.to_owned(),
        user: access_key_id.to_owned(),
        arn,
    })
}

fn mismatch(message: String) -> Refusal {
    Refusal::new(ResponseType::InvalidSignature).message(message)
}

fn incomplete(message: String) -> Refusal {
    Refusal::new(ResponseType::InvalidSignature).error_type("IncompleteSignatureException").message(message)
}

/// Finds the signature: in `Authorization`, or in the query (a presigned URL).
fn claimed(sent: &SentRequest) -> Result<Claimed, Refusal> {
    let missing = || Refusal::new(ResponseType::MissingAuthenticationToken);
    let Some(header) = sent.headers.any_case("authorization").filter(|value| !value.is_empty()) else {
        return claimed_in_query(&sent.query).ok_or_else(missing);
    };
    let date_time = sent.headers.any_case("x-amz-date");
    let parts = parameters(header, date_time.or_else(|| sent.headers.any_case("date"))).map_err(incomplete)?;
    if !header.starts_with("AWS4-HMAC-SHA256") {
        return Err(missing());
    }
    let part = |name: &str| parts.get(name).copied().unwrap_or_default().trim().to_owned();
    Ok(Claimed {
        credential: part("Credential"),
        signed_headers: part("SignedHeaders"),
        signature: part("Signature"),
        date_time: date_time.unwrap_or_default().to_owned(),
        lasts: SKEW,
        in_query: false,
    })
}

/// Returns the parameters of an `Authorization` header, or what AWS says of one that is not a signature's: unsigned
/// requests see it with methods that want a signature, and where an API has no method (seen in public reports of both).
fn parameters<'h>(header: &'h str, date: Option<&str>) -> Result<BTreeMap<&'h str, &'h str>, String> {
    // The header may hold a secret, so AWS shows its hash.
    let hashed = || base64::engine::general_purpose::STANDARD.encode(Sha256::digest(header.as_bytes()));
    let rest = header.split_once(' ').map_or("", |(_, rest)| rest);
    let mut parts = BTreeMap::new();
    for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((name, value)) = part.split_once('=') else {
            return Err(format!(
                "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded \
                 with Base64): '{}'.",
                hashed()
            ));
        };
        parts.insert(name, value);
    }
    let lacking = ["Credential", "Signature", "SignedHeaders"].into_iter().filter(|name| !parts.contains_key(name));
    let mut text =
        lacking.fold(String::new(), |text, name| text + &format!("Authorization header requires '{name}' parameter. "));
    if date.is_none() {
        text.push_str("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
    }
    if text.is_empty() {
        return Ok(parts);
    }
    text.push_str(&format!("(Hashed with SHA-256 and encoded with Base64) Authorization={}", hashed()));
    Err(text)
}

/// Returns what a request gets that no method is for: a client that sent a token is told that it is no signature.
pub(crate) fn without_method(headers: &Headers) -> Refusal {
    let refusal = Refusal::new(ResponseType::MissingAuthenticationToken);
    let date = headers.any_case("x-amz-date").or_else(|| headers.any_case("date"));
    let header = headers.any_case("authorization").filter(|value| !value.is_empty());
    match header.map(|header| parameters(header, date)) {
        Some(Err(message)) => refusal.error_type("IncompleteSignatureException").message(message),
        _ => refusal,
    }
}

fn claimed_in_query(query: &str) -> Option<Claimed> {
    let pairs: BTreeMap<&str, String> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name, percent_decode_str(value).decode_utf8_lossy().into_owned()))
        .collect();
    (pairs.get("X-Amz-Algorithm")? == "AWS4-HMAC-SHA256").then_some(())?;
    Some(Claimed {
        credential: pairs.get("X-Amz-Credential")?.clone(),
        signed_headers: pairs.get("X-Amz-SignedHeaders")?.clone(),
        signature: pairs.get("X-Amz-Signature")?.clone(),
        date_time: pairs.get("X-Amz-Date")?.clone(),
        lasts: pairs.get("X-Amz-Expires").and_then(|s| s.parse().ok()).unwrap_or(SKEW),
        in_query: true,
    })
}

fn check_time(claimed: &Claimed, date: &str, now: Timestamp) -> Result<(), Refusal> {
    let stamp = &claimed.date_time;
    let parsed = DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok().and_then(|t| t.to_zoned(TimeZone::UTC).ok());
    let Some(time) = parsed.map(|t| t.timestamp()) else {
        return Err(incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{stamp}'. See http://en.wikipedia.org/wiki/ISO_8601"
        )));
    };
    if !stamp.starts_with(date) {
        return Err(mismatch(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{date}' != '{stamp}'."
        )));
    }
    let shown = |t: Timestamp| t.strftime("%Y%m%dT%H%M%SZ").to_string();
    let age = now.as_second() - time.as_second();
    if age > claimed.lasts {
        let oldest = Timestamp::from_second(now.as_second() - claimed.lasts).unwrap_or(now);
        return Err(mismatch(format!(
            "Signature expired: {stamp} is now earlier than {} ({} - {} min.)",
            shown(oldest),
            shown(now),
            claimed.lasts / 60
        )));
    }
    if age < -SKEW {
        let newest = Timestamp::from_second(now.as_second() + SKEW).unwrap_or(now);
        return Err(mismatch(format!(
            "Signature not yet current: {stamp} is still later than {} ({} + 5 min.)",
            shown(newest),
            shown(now)
        )));
    }
    Ok(())
}

/// Returns the canonical request (Signature Version 4, "Create a canonical request").
fn canonical_request(sent: &SentRequest, claimed: &Claimed) -> String {
    let headers: String = claimed
        .signed_headers
        .split(';')
        .map(|name| {
            let values: Vec<String> = sent
                .headers
                .iter()
                .filter(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect();
            format!("{name}:{}\n", values.join(","))
        })
        .collect();
    // All services but S3 encode what is in the path once more.
    let path = utf8_percent_encode(&normalized(&sent.path), PATH).to_string();
    format!(
        "{}\n{path}\n{}\n{headers}\n{}\n{}",
        sent.method,
        canonical_query(&sent.query, claimed.in_query),
        claimed.signed_headers,
        hex(&Sha256::digest(&sent.body)),
    )
}

/// Returns a path without empty segments, `.` and `..`.
fn normalized(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    let end = if path.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    format!("/{}{end}", kept.join("/"))
}

fn canonical_query(query: &str, in_query: bool) -> String {
    let encoded = |text: &str| {
        let bytes: Vec<u8> = percent_decode_str(text).collect();
        percent_encoding::percent_encode(&bytes, UNRESERVED).to_string()
    };
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| !(in_query && *name == "X-Amz-Signature"))
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Compares without telling by the time it takes where the difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: &[(&str, &str)], path: &str, query: &str) -> SentRequest {
        SentRequest {
            method: "GET".into(),
            path: path.into(),
            query: query.into(),
            headers: headers.iter().copied().collect(),
            body: Bytes::new(),
        }
    }

    /// Signs as a client does, by the reference's steps, with the functions that sign for backends.
    fn authorization(request: &SentRequest, secret: &str) -> String {
        let claimed = Claimed {
            credential: String::new(),
            signed_headers: "host;x-amz-date".into(),
            signature: String::new(),
            date_time: "20260131T120000Z".into(),
            lasts: SKEW,
            in_query: false,
        };
        let scope = "20260131/eu-west-1/execute-api/aws4_request";
        let digest = hex(&Sha256::digest(canonical_request(request, &claimed).as_bytes()));
        let to_sign = format!("AWS4-HMAC-SHA256\n20260131T120000Z\n{scope}\n{digest}");
        let signer = Scope { access_key_id: "test", secret, region: "eu-west-1", service: "execute-api" };
        let signature = signed(&signer, "20260131", &to_sign);
        format!("AWS4-HMAC-SHA256 Credential=test/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}")
    }

    fn verdict(secret: &str, now: &str) -> Result<Identity, (Option<&'static str>, String)> {
        let mut request =
            sent(&[("Host", "h:1"), ("X-Amz-Date", "20260131T120000Z")], "/dev/a%20b//c", "b=2&a=x%2Fy&c");
        let value = authorization(&request, secret);
        request.headers.push("Authorization", value);
        let now: Timestamp = now.parse().unwrap();
        verify(&request, &AccessKeys::default(), ("eu-west-1", "000000000000"), now)
            .map_err(|refusal| (refusal.error_type, refusal.message.unwrap_or_default()))
    }

    #[test]
    fn a_signature_is_good_for_five_minutes() {
        let identity = verdict("test", "2026-01-31T12:04:59Z").unwrap();
        assert_eq!(identity.arn, "arn:aws:iam::000000000000:user/test");
        let late = verdict("test", "2026-01-31T12:05:01Z").unwrap_err().1;
        assert_eq!(
            late,
            "Signature expired: 20260131T120000Z is now earlier than 20260131T120001Z (20260131T120501Z - 5 min.)"
        );
        assert!(verdict("test", "2026-01-31T11:54:00Z").unwrap_err().1.starts_with("Signature not yet current"));
    }

    #[test]
    fn a_wrong_secret_is_told_what_should_have_been_signed() {
        let (_, message) = verdict("other", "2026-01-31T12:00:00Z").unwrap_err();
        assert!(message.contains("'GET\n/dev/a%2520b/c\na=x%2Fy&b=2&c=\nhost:h:1\n"), "{message}");
    }

    #[test]
    fn what_is_not_signed_is_told_apart() {
        let of = |headers: &[(&str, &str)]| {
            let now = "2026-01-31T12:00:00Z".parse().unwrap();
            let refusal = verify(&sent(headers, "/", ""), &AccessKeys::default(), ("r", "a"), now).unwrap_err();
            (refusal.kind, refusal.error_type)
        };
        assert_eq!(of(&[]), (ResponseType::MissingAuthenticationToken, None));
        let incomplete = (ResponseType::InvalidSignature, Some("IncompleteSignatureException"));
        assert_eq!(of(&[("Authorization", "Bearer x")]), incomplete);
        let half = ("Authorization", "AWS4-HMAC-SHA256 Credential=a");
        assert_eq!(of(&[half]), incomplete);
        let unknown =
            "AWS4-HMAC-SHA256 Credential=x/20260131/r/execute-api/aws4_request, SignedHeaders=host, Signature=0";
        let headers = [("Authorization", unknown), ("X-Amz-Date", "20260131T120000Z")];
        assert_eq!(of(&headers), (ResponseType::InvalidSignature, Some("UnrecognizedClientException")));
    }
}
