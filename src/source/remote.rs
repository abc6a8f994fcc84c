//! Fetching `https:` references, when the user has allowed it: within a time and a size.
//!
//! Servers prove who they are to the system's certificate authorities, or to those in the file that `SSL_CERT_FILE`
//! names (or the folder `SSL_CERT_DIR`), as with other programs.

use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::LoadError;

/// The most bytes a remote file may have.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// How long one file may take.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// How many redirections are followed, each to `https:` only.
const MAX_REDIRECTIONS: usize = 3;

/// Returns the bytes at an `https:` address, and the address that redirections led to.
pub(super) fn fetch(url: &str) -> Result<(Vec<u8>, String), LoadError> {
    let failed = |reason: String| LoadError::Remote { url: url.to_owned(), reason };
    // A thread of its own, because the caller may itself be on a runtime, which cannot hold a second one.
    let address = url.to_owned();
    let fetched = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| format!("no runtime for it ({e})"))?;
        runtime.block_on(async {
            match tokio::time::timeout(TIME_LIMIT, get(address)).await {
                Ok(result) => result,
                Err(_) => Err(format!("it took longer than {} seconds", TIME_LIMIT.as_secs())),
            }
        })
    });
    match fetched.join() {
        Ok(result) => result.map_err(failed),
        Err(_) => Err(failed("the fetch was cut off".into())),
    }
}

async fn get(mut url: String) -> Result<(Vec<u8>, String), String> {
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
        .map_err(|e| format!("no certificate authorities ({e})"))?
        .https_only()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
    for _ in 0..=MAX_REDIRECTIONS {
        let uri: hyper::Uri = url.parse().map_err(|e| format!("it is no address ({e})"))?;
        let request = hyper::Request::get(uri)
            .header("user-agent", concat!("gatewright/", env!("CARGO_PKG_VERSION")))
            .header("accept", "application/json, application/yaml, text/yaml, text/plain, */*")
            .body(Empty::new())
            .map_err(|e| e.to_string())?;
        let response = client.request(request).await.map_err(|e| reason(&e))?;
        let status = response.status();
        if status.is_redirection() {
            let location = response.headers().get("location").and_then(|l| l.to_str().ok());
            let location = location.ok_or_else(|| format!("it answers {status} and names no place"))?;
            url = joined(&url, location).ok_or_else(|| format!("it leads to `{location}`, which is not https"))?;
            continue;
        }
        if !status.is_success() {
            return Err(format!("it answers {status}"));
        }
        let body = Limited::new(response.into_body(), MAX_BYTES).collect().await;
        let body = body.map_err(|e| match e.downcast_ref::<http_body_util::LengthLimitError>() {
            Some(_) => format!("it is larger than {MAX_BYTES} bytes"),
            None => reason(e.as_ref()),
        })?;
        return Ok((body.to_bytes().to_vec(), url));
    }
    Err(format!("it leads on more than {MAX_REDIRECTIONS} times"))
}

/// Returns the innermost cause, which names what went wrong; the outer ones say that something did.
fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Returns the `https:` address that a reference names, seen from another.
pub(super) fn joined(base: &str, reference: &str) -> Option<String> {
    let address = super::address::joined(base, reference);
    address.starts_with("https://").then_some(address)
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn references_between_addresses() {
        let base = "https://example.com/specs/v1/api.yaml?x=1";
        let check = |reference, expected: Option<&str>| assert_eq!(joined(base, reference).as_deref(), expected);
        check("pet.yaml", Some("https://example.com/specs/v1/pet.yaml"));
        check("https://other.example/a.json", Some("https://other.example/a.json"));
        check("http://other.example/a.json", None);
        check("file:///etc/passwd", None);
    }
}
