//! Text and bytes: binary media types and content handling (`api-gateway-payload-encodings`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::gateway_response::Refusal;
use crate::gateway::ContentHandling;

/// A body as API Gateway holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// UTF-8 text, which templates can read.
    Text(String),
    /// Bytes, which templates cannot.
    Bytes(Bytes),
}

impl Payload {
    /// Returns the bytes that go out.
    pub(crate) fn into_bytes(self) -> Bytes {
        match self {
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// The media types that an API treats as binary.
#[derive(Clone, Debug, Default)]
pub(crate) struct BinaryTypes(Vec<String>);

impl BinaryTypes {
    /// Returns the types of an API's `binaryMediaTypes`, which may be written with `~1` for `/`.
    pub(crate) fn new(types: &[String]) -> Self {
        Self(types.iter().map(|t| t.replace("~1", "/").to_ascii_lowercase()).collect())
    }

    /// Returns whether a media type (no parameters, lower case) is binary.
    pub(crate) fn contains(&self, media_type: &str) -> bool {
        self.0.iter().any(|listed| {
            listed == "*/*"
                || listed == media_type
                || listed.strip_suffix("/*").is_some_and(|kind| media_type.split('/').next() == Some(kind))
        })
    }

    /// Returns whether no type is binary.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Converts a request's body.
pub(crate) fn request_payload(
    body: &Bytes,
    binary: bool,
    handling: Option<ContentHandling>,
) -> Result<Payload, Refusal> {
    Ok(match (handling, binary) {
        (None, false) | (Some(ContentHandling::ConvertToText), false) => Payload::Text(text(body)),
        (None, true) | (Some(ContentHandling::ConvertToBinary), true) => Payload::Bytes(body.clone()),
        (Some(ContentHandling::ConvertToText), true) => Payload::Text(STANDARD.encode(body)),
        (Some(ContentHandling::ConvertToBinary), false) => Payload::Bytes(decoded(body, "request")?),
    })
}

/// Converts an integration's response; `binary` is about its own type, `accepted` about the first type that the
/// client accepts.
pub(crate) fn response_payload(
    body: &Bytes,
    binary: bool,
    accepted: bool,
    handling: Option<ContentHandling>,
) -> Result<Payload, Refusal> {
    Ok(match (handling, binary, accepted) {
        (None, false, false) | (Some(ContentHandling::ConvertToText), false, _) => Payload::Text(text(body)),
        (None, true, true) | (Some(ContentHandling::ConvertToBinary), true, _) => Payload::Bytes(body.clone()),
        (None, true, false) | (Some(ContentHandling::ConvertToText), true, _) => Payload::Text(STANDARD.encode(body)),
        (None, false, true) | (Some(ContentHandling::ConvertToBinary), false, _) => {
            Payload::Bytes(decoded(body, "response")?)
        }
    })
}

fn text(body: &Bytes) -> String {
    String::from_utf8_lossy(body).into_owned()
}

fn decoded(body: &Bytes, which: &str) -> Result<Bytes, Refusal> {
    let decoded = STANDARD.decode(body.trim_ascii());
    decoded.map(Bytes::from).map_err(|_| {
        Refusal::configuration(format!(
            "Execution failed due to configuration error: Unable to base64 decode the {which} body"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContentHandling::{ConvertToBinary, ConvertToText};

    const RAW: &[u8] = b"\x01\x02";

    #[track_caller]
    fn check(found: Result<Payload, Refusal>, expected: &[u8]) {
        assert_eq!(found.map(|p| p.into_bytes()).ok().as_deref(), Some(expected));
    }

    #[test]
    fn requests_are_converted_as_the_table_says() {
        let (raw, encoded) = (Bytes::from_static(RAW), Bytes::from_static(b"AQI="));
        check(request_payload(&raw, true, None), RAW);
        check(request_payload(&raw, true, Some(ConvertToText)), b"AQI=");
        check(request_payload(&raw, true, Some(ConvertToBinary)), RAW);
        check(request_payload(&encoded, false, None), b"AQI=");
        check(request_payload(&encoded, false, Some(ConvertToBinary)), RAW);
        check(request_payload(&Bytes::from_static(b"\xff"), false, None), "\u{fffd}".as_bytes());
        assert!(request_payload(&Bytes::from_static(b"{}"), false, Some(ConvertToBinary)).is_err());
    }

    #[test]
    fn responses_are_converted_as_the_table_says() {
        let (raw, encoded) = (Bytes::from_static(RAW), Bytes::from_static(b"AQI="));
        check(response_payload(&encoded, false, false, None), b"AQI=");
        check(response_payload(&encoded, false, true, None), RAW);
        check(response_payload(&raw, true, false, None), b"AQI=");
        check(response_payload(&raw, true, true, None), RAW);
        check(response_payload(&raw, true, true, Some(ConvertToText)), b"AQI=");
        check(response_payload(&encoded, false, false, Some(ConvertToBinary)), RAW);
    }

    #[test]
    fn types_match_with_wildcards() {
        let types = BinaryTypes::new(&["image~1*".to_owned(), "application/zip".to_owned()]);
        assert!(types.contains("image/png") && types.contains("application/zip") && !types.contains("text/plain"));
        assert!(BinaryTypes::new(&["*/*".to_owned()]).contains("text/plain"));
    }
}
