//! CORS as HTTP APIs do it themselves (`http-api-cors` of the developer guide).

use bytes::Bytes;
use hyper::StatusCode;

use super::Answer;
use crate::emulator::data::request::{ClientRequest, Headers};
use crate::gateway::http_api::Cors;

/// Returns whether a request is a browser's question before the one it means.
pub(super) fn is_preflight(request: &ClientRequest) -> bool {
    request.method == "OPTIONS"
        && request.headers.any_case("origin").is_some()
        && request.headers.any_case("access-control-request-method").is_some()
}

/// Answers a preflight.
pub(super) fn preflight(cors: &Cors, origin: Option<&str>) -> Answer {
    let mut headers = Headers::default();
    apply(cors, origin, &mut headers);
    if allowed(cors, origin).is_some() {
        let mut list = |name: &str, values: &Option<Vec<String>>| {
            if let Some(values) = values {
                headers.push(name, values.join(","));
            }
        };
        list("access-control-allow-methods", &cors.allow_methods);
        list("access-control-allow-headers", &cors.allow_headers);
        if let Some(seconds) = cors.max_age {
            headers.push("access-control-max-age", seconds.to_string());
        }
    }
    Answer { status: StatusCode::NO_CONTENT, headers, body: Bytes::new() }
}

/// Sets the CORS headers of a response. Those of the backend do not count.
pub(super) fn apply(cors: &Cors, origin: Option<&str>, headers: &mut Headers) {
    headers.retain(|name| !name.to_ascii_lowercase().starts_with("access-control-"));
    let Some(allowed) = allowed(cors, origin) else { return };
    headers.push("access-control-allow-origin", allowed);
    if cors.allow_credentials == Some(true) {
        headers.push("access-control-allow-credentials", "true");
    }
    if let Some(exposed) = cors.expose_headers.as_ref().filter(|e| !e.is_empty()) {
        headers.push("access-control-expose-headers", exposed.join(","));
    }
}

/// Returns what `access-control-allow-origin` says to an origin, if it may call.
fn allowed(cors: &Cors, origin: Option<&str>) -> Option<String> {
    let origin = origin?;
    let origins = cors.allow_origins.as_deref().unwrap_or_default();
    if origins.iter().any(|o| o == "*") {
        return Some("*".to_owned());
    }
    let fits = |pattern: &String| {
        pattern.eq_ignore_ascii_case(origin)
            || pattern.strip_suffix("://*").is_some_and(|scheme| {
                origin.split_once("://").is_some_and(|(sent, _)| sent.eq_ignore_ascii_case(scheme))
            })
    };
    origins.iter().any(fits).then(|| origin.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cors(origins: &[&str]) -> Cors {
        let list = |items: &[&str]| Some(items.iter().map(|t| (*t).to_owned()).collect());
        Cors { allow_origins: list(origins), allow_methods: list(&["GET", "POST"]), ..Cors::default() }
    }

    #[test]
    fn origins_are_matched_whole_or_by_scheme() {
        let check = |origins: &[&str], origin: &str| allowed(&cors(origins), Some(origin));
        assert_eq!(check(&["*"], "https://a.test").as_deref(), Some("*"));
        assert_eq!(check(&["https://a.test"], "https://a.test").as_deref(), Some("https://a.test"));
        assert_eq!(check(&["https://*"], "https://b.test").as_deref(), Some("https://b.test"));
        assert_eq!(check(&["https://*"], "http://b.test"), None);
        assert_eq!(check(&["https://a.test"], "https://a.test.evil"), None);
        assert_eq!(allowed(&cors(&["*"]), None), None);
    }

    #[test]
    fn headers_of_the_backend_do_not_count() {
        let mut headers: Headers =
            [("Access-Control-Allow-Origin", "https://evil.test"), ("Access-Control-Allow-Methods", "*"), ("x", "y")]
                .into_iter()
                .collect();
        apply(&cors(&["https://a.test"]), Some("https://a.test"), &mut headers);
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("x", "y"), ("access-control-allow-origin", "https://a.test")]);
    }
}
