//! Which headers API Gateway drops, renames or refuses on their way (recorded).

use crate::gateway::IntegrationType;

fn is_one_of(name: &str, list: &[&str]) -> bool {
    list.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// Headers of the client that reach neither mappings nor events nor backends.
pub(crate) fn is_dropped_from_request(name: &str) -> bool {
    is_one_of(
        name,
        &[
            "Connection",
            "Content-Length",
            "Content-MD5",
            "Expect",
            "Max-Forwards",
            "Proxy-Authenticate",
            "Server",
            "TE",
            "Transfer-Encoding",
            "Trailer",
            "Upgrade",
            "WWW-Authenticate",
        ],
    )
}

/// Headers of the client that `HTTP_PROXY` does not pass on by itself, though a mapping may.
pub(crate) fn is_not_passed_by_default(name: &str) -> bool {
    is_one_of(name, &["Host", "Content-Encoding", "X-HTTP-Method-Override"])
}

/// Headers that do not reach a backend even when mapped.
pub(crate) fn is_dropped_after_mapping(name: &str, integration: IntegrationType) -> bool {
    use IntegrationType as T;
    is_one_of(name, &["Expect", "Proxy-Authenticate", "TE"])
        || (matches!(integration, T::Aws | T::AwsProxy) && is_one_of(name, &["Referer"]))
        || (matches!(integration, T::Http | T::HttpProxy) && is_one_of(name, &["Connection", "Via"]))
}

/// Headers whose mapping makes every request fail with 500.
pub(crate) fn is_illegal_target(name: &str, integration: IntegrationType) -> bool {
    use IntegrationType as T;
    is_one_of(name, &["Content-Length", "Transfer-Encoding", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id"])
        || (matches!(integration, T::Aws | T::AwsProxy)
            && is_one_of(name, &["Authorization", "Connection", "Expect", "Proxy-Authenticate", "TE"]))
}

/// What becomes of a header of a response.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ResponseHeader {
    /// It passes under its name.
    Kept,
    /// It passes as `x-amzn-Remapped-{name}`.
    Remapped,
    /// It does not pass.
    Dropped,
}

/// Returns what becomes of a header of a response.
pub(crate) fn response_header(name: &str, integration: IntegrationType) -> ResponseHeader {
    use IntegrationType as T;
    const ALWAYS: [&str; 4] = ["Connection", "Content-Length", "Date", "Server"];
    const MAPPED: [&str; 10] = [
        "Authorization",
        "Content-MD5",
        "Expect",
        "Host",
        "Max-Forwards",
        "Proxy-Authenticate",
        "Trailer",
        "Upgrade",
        "User-Agent",
        "WWW-Authenticate",
    ];
    let proxied = integration == T::HttpProxy;
    if is_one_of(name, &["Transfer-Encoding"]) || (proxied && is_one_of(name, &["Content-Encoding", "Via"])) {
        return ResponseHeader::Dropped;
    }
    let remapped = is_one_of(name, &ALWAYS)
        || (matches!(integration, T::Http | T::HttpProxy | T::Aws) && is_one_of(name, &MAPPED))
        // Only one of each can go out, and the gateway's own does (recorded).
        || is_one_of(name, &["x-amzn-RequestId", "x-amz-apigw-id"]);
    if remapped { ResponseHeader::Remapped } else { ResponseHeader::Kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_treated_as_recorded() {
        assert!(is_dropped_from_request("content-length") && !is_dropped_from_request("Referer"));
        assert_eq!(response_header("date", IntegrationType::Mock), ResponseHeader::Remapped);
        assert_eq!(response_header("WWW-Authenticate", IntegrationType::AwsProxy), ResponseHeader::Kept);
        assert_eq!(response_header("WWW-Authenticate", IntegrationType::Http), ResponseHeader::Remapped);
        assert_eq!(response_header("Via", IntegrationType::Http), ResponseHeader::Kept);
        assert_eq!(response_header("Via", IntegrationType::HttpProxy), ResponseHeader::Dropped);
        assert!(is_illegal_target("Authorization", IntegrationType::Aws));
        assert!(!is_illegal_target("Authorization", IntegrationType::Http));
    }
}
