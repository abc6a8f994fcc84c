//! The client's request as the data plane reads it.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use hyper::http::request::Parts;
use indexmap::IndexMap;
use percent_encoding::percent_decode;

use super::head_tap::SentNames;

/// A request to a deployed stage, before anything has been done to it.
#[derive(Clone, Debug)]
pub(crate) struct ClientRequest {
    /// The verb, in upper case as sent.
    pub(crate) method: Cow<'static, str>,
    /// The path below the stage, still encoded, beginning with one `/`; what Lambda sees as `path`.
    pub(crate) path: String,
    /// The path with the stage, still encoded: `$context.path`.
    pub(crate) full_path: Arc<str>,
    /// The query, decoded: names in the order of their first appearance.
    pub(crate) query: IndexMap<String, Vec<String>>,
    /// The path parameters, still encoded, once the request is routed.
    pub(crate) path_parameters: Vec<(String, String)>,
    /// The headers, names as sent.
    pub(crate) headers: Headers,
    /// The body, decompressed.
    pub(crate) body: Bytes,
    /// Such as `HTTP/1.1`.
    pub(crate) protocol: &'static str,
    /// The client.
    pub(crate) source_ip: IpAddr,
    /// The port the client's request came in on.
    pub(crate) port: u16,
    /// The `Host` header, or what stands for it.
    pub(crate) host: Arc<str>,
}

impl ClientRequest {
    /// Returns the request before its body is read and its route is known. `domain` is the custom domain name it came
    /// in by, `port` the one it came in on.
    pub(crate) fn received(
        parts: &Parts,
        (path, full_path): (String, Arc<str>),
        domain: Option<Arc<str>>,
        port: u16,
        peer: SocketAddr,
    ) -> Self {
        let headers = Headers::of(parts);
        let host = match domain {
            Some(domain) => domain,
            None => headers.any_case("host").or_else(|| parts.uri.host()).unwrap_or_default().into(),
        };
        Self {
            method: verb(parts.method.as_str()),
            path,
            full_path,
            query: parts.uri.query().map(parse_query).unwrap_or_default(),
            path_parameters: Vec::new(),
            host,
            headers,
            body: Bytes::new(),
            protocol: match parts.version {
                hyper::Version::HTTP_10 => "HTTP/1.0",
                hyper::Version::HTTP_2 => "HTTP/2.0",
                _ => "HTTP/1.1",
            },
            source_ip: peer.ip(),
            port,
        }
    }

    /// Returns the media type of the body without parameters, in lower case; `application/json` when none is named.
    pub(crate) fn media_type(&self) -> Cow<'_, str> {
        self.headers.any_case("content-type").and_then(media_type).unwrap_or(Cow::Borrowed("application/json"))
    }
}

/// Returns the media type of a `Content-Type` or the first of an `Accept` header, without parameters, in lower case.
pub(crate) fn media_type(value: &str) -> Option<Cow<'_, str>> {
    let first = value.split(',').next().unwrap_or(value);
    let bare = first.split(';').next().unwrap_or(first).trim();
    (!bare.is_empty()).then(|| match bare.bytes().any(|b| b.is_ascii_uppercase()) {
        true => Cow::Owned(bare.to_ascii_lowercase()),
        false => Cow::Borrowed(bare),
    })
}

/// Returns a verb; nothing is allocated for those that APIs have methods for.
pub(crate) fn verb(text: &str) -> Cow<'static, str> {
    const VERBS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];
    match VERBS.into_iter().find(|known| *known == text) {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(text.to_owned()),
    }
}

/// Returns a query's names and values, decoded, `+` as a space. A `;` splits as `&` does (`api-gateway-known-issues` of
/// the developer guide).
pub(crate) fn parse_query(query: &str) -> IndexMap<String, Vec<String>> {
    let mut map: IndexMap<String, Vec<String>> = IndexMap::new();
    for pair in query.split(['&', ';']).filter(|p| !p.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            percent_decode(spaced.as_bytes()).decode_utf8_lossy().into_owned()
        };
        map.entry(decoded(name)).or_default().push(decoded(value));
    }
    map
}

/// Returns text with its `%XX` decoded; bytes that are no UTF-8 are replaced.
pub(crate) fn percent_decoded(text: &str) -> String {
    percent_decode(text.as_bytes()).decode_utf8_lossy().into_owned()
}

/// Headers in the order and with the names they were sent with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers {
    entries: Vec<(String, String)>,
    /// Whether names are known only in lower case, as HTTP/2 has them.
    lower_case: bool,
}

impl Headers {
    /// Reads a request's headers; names are as sent when the connection kept them.
    pub(crate) fn of(parts: &Parts) -> Self {
        let sent = parts.extensions.get::<SentNames>();
        let value = |v: &hyper::header::HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
        let mut entries: Vec<(String, String)> =
            parts.headers.iter().map(|(n, v)| (n.as_str().to_owned(), value(v))).collect();
        if let Some(sent) = sent {
            // hyper keeps values of one name in their order, so the k-th sending of a name is its k-th value.
            for name in entries.iter_mut().map(|(n, _)| n) {
                if let Some(original) = sent.spelling_of(name) {
                    original.clone_into(name);
                }
            }
        }
        Self { entries, lower_case: sent.is_none() }
    }

    /// Returns all names and values, to keep.
    pub(crate) fn into_entries(self) -> Vec<(String, String)> {
        self.entries
    }

    /// Returns all names and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// Returns the values of a name as API Gateway's mappings look it up: case matters.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
        let same = move |n: &str| n == name || (self.lower_case && n.eq_ignore_ascii_case(name));
        self.entries.iter().filter(move |(n, _)| same(n)).map(|(_, v)| v.as_str())
    }

    /// Returns the first value of a name in any case.
    pub(crate) fn any_case(&self, name: &str) -> Option<&str> {
        self.entries.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Returns the last value of a name in any case.
    pub(crate) fn any_case_last(&self, name: &str) -> Option<&str> {
        self.entries.iter().rev().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Adds a header.
    pub(crate) fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.entries.push((name.into(), value.into()));
    }

    /// Replaces all values of a name, in any case.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.push(name, value);
    }

    /// Removes a name in any case.
    pub(crate) fn remove(&mut self, name: &str) {
        self.entries.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Keeps the headers that `keep` wants.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.entries.retain(|(n, _)| keep(n));
    }

    /// Returns the values by name, names in the order of their first appearance.
    pub(crate) fn grouped(&self) -> IndexMap<&str, Vec<&str>> {
        let mut map: IndexMap<&str, Vec<&str>> = IndexMap::new();
        for (name, value) in self.iter() {
            map.entry(name).or_default().push(value);
        }
        map
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(iter: T) -> Self {
        Self { entries: iter.into_iter().map(|(n, v)| (n.into(), v.into())).collect(), lower_case: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_as_recorded() {
        let query = parse_query("plus=test+alias@gmail.com&email=test%2Balias@gmail.com&a=1&a=2&flag&&=x");
        assert_eq!(query["plus"], ["test alias@gmail.com"]);
        assert_eq!(query["email"], ["test+alias@gmail.com"]);
        assert_eq!(query["a"], ["1", "2"]);
        assert_eq!(query["flag"], [""]);
        assert_eq!(parse_query("a=1;b=2")["b"], ["2"]);
    }

    #[test]
    fn a_media_type_loses_parameters_and_case() {
        assert_eq!(media_type("Application/JSON; charset=utf-8").as_deref(), Some("application/json"));
        assert_eq!(media_type("image/png, */*;q=0.8").as_deref(), Some("image/png"));
        assert_eq!(media_type(" ; q=1"), None);
    }
}
