//! Who may call the control plane: not a web page that the user happens to visit.
//!
//! The control plane starts programs (Lambda functions) and asks for no credentials, so a page from elsewhere must not
//! reach it: neither by a plain cross-site request nor through a host name that it points to this machine.

use std::net::IpAddr;

use hyper::header::{HOST, ORIGIN};
use hyper::http::request::Parts;

/// Returns whether a request comes from a page of another site, or was sent to a name that is not this machine's.
pub(super) fn is_foreign(request: &Parts) -> bool {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    if header("sec-fetch-site") == Some("cross-site") {
        return true;
    }
    if let Some(origin) = header(ORIGIN.as_str()) {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        if !is_ours(host) {
            return true;
        }
    }
    let host = request.uri.authority().map(|a| a.as_str()).or_else(|| header(HOST.as_str()));
    host.is_some_and(|host| !is_ours(host))
}

/// Returns whether a host (with or without port) cannot be a name that a stranger owns: an address, a name without a
/// dot, a name below `localhost`, or AWS's own as clients may send it.
fn is_ours(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    name.parse::<IpAddr>().is_ok()
        || (!name.is_empty() && !name.contains('.') && name != "null")
        || name.ends_with(".localhost")
        || name.ends_with(".amazonaws.com")
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn foreign(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().uri("/restapis");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_foreign(&request.body(()).expect("a request").into_parts().0)
    }

    #[test]
    fn clients_on_this_machine_are_not_foreign() {
        for host in ["127.0.0.1:4580", "localhost:4580", "[::1]:4580", "gatewright:4580", "apigateway.localhost:4580"] {
            assert!(!foreign(&[("host", host)]), "{host}");
        }
        assert!(!foreign(&[("host", "apigateway.us-east-1.amazonaws.com")]));
        assert!(!foreign(&[("host", "127.0.0.1:4580"), ("origin", "http://localhost:3000")]));
    }

    #[test]
    fn pages_from_elsewhere_are_foreign() {
        assert!(foreign(&[("host", "127.0.0.1:4580"), ("origin", "https://example.com")]));
        assert!(foreign(&[("host", "127.0.0.1:4580"), ("origin", "null")]));
        assert!(foreign(&[("host", "127.0.0.1:4580"), ("sec-fetch-site", "cross-site")]));
        assert!(foreign(&[("host", "rebound.example.com:4580")]));
    }
}
