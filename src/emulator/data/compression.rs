//! Content codings: requests are decompressed, responses compressed (`api-gateway-gzip-compression-decompression`).

use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use flate2::write::{GzEncoder, ZlibEncoder};

use super::gateway_response::{Refusal, ResponseType};

/// Returns a request's body without its content coding.
pub(crate) fn decompressed(body: Bytes, coding: Option<&str>, limit: usize) -> Result<Bytes, Refusal> {
    let coding = coding.map(|c| c.trim().to_ascii_lowercase()).unwrap_or_default();
    if body.is_empty() || matches!(coding.as_str(), "" | "identity") {
        return Ok(body);
    }
    let unsupported = |log: String| Refusal::new(ResponseType::UnsupportedMediaType).log(log);
    let read = |reader: &mut dyn Read| -> std::io::Result<Vec<u8>> {
        let mut out = Vec::new();
        reader.take(limit as u64 + 1).read_to_end(&mut out)?;
        Ok(out)
    };
    let out = match coding.as_str() {
        "gzip" => read(&mut GzDecoder::new(&*body)),
        // Clients mean zlib, as the standard says, or bare deflate.
        "deflate" => read(&mut ZlibDecoder::new(&*body)).or_else(|_| read(&mut DeflateDecoder::new(&*body))),
        // A coding that is not supported is refused (`api-gateway-make-request-with-compressed-payload`).
        _ => return Err(unsupported(format!("The content coding {coding} is not supported"))),
    };
    match out {
        Ok(out) if out.len() > limit => Err(Refusal::new(ResponseType::RequestTooLarge)),
        Ok(out) => Ok(out.into()),
        Err(e) => Err(unsupported(format!("The body is not valid {coding}: {e}"))),
    }
}

/// Returns a response's body compressed, and the coding, when the client explicitly accepts one that API Gateway has.
pub(crate) fn compressed(body: &Bytes, accept_encoding: &str) -> Option<(Bytes, &'static str)> {
    let mut best: Option<(f32, &'static str)> = None;
    for part in accept_encoding.split(',') {
        let mut pieces = part.split(';').map(str::trim);
        let coding = match pieces.next() {
            Some(c) if c.eq_ignore_ascii_case("gzip") => "gzip",
            Some(c) if c.eq_ignore_ascii_case("deflate") => "deflate",
            _ => continue,
        };
        let weight = pieces.find_map(|p| p.strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(w, _)| weight > w) {
            best = Some((weight, coding));
        }
    }
    let (_, coding) = best?;
    let out = match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(body).and_then(|()| encoder.finish())
        }
        _ => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(body).and_then(|()| encoder.finish())
        }
    };
    Some((out.ok()?.into(), coding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_is_read_again() {
        let body = Bytes::from("text ".repeat(100));
        for accept in ["gzip", "deflate, br", "gzip;q=0.5, deflate"] {
            let (out, coding) = compressed(&body, accept).expect("a coding");
            assert!(out.len() < body.len());
            assert_eq!(decompressed(out, Some(coding), 1000).ok(), Some(body.clone()), "{accept}");
        }
        assert!(compressed(&body, "*").is_none() && compressed(&body, "gzip;q=0").is_none());
    }

    #[test]
    fn bad_and_large_bodies_are_refused() {
        assert!(decompressed(Bytes::from_static(b"nonsense"), Some("gzip"), 1000).is_err());
        let (bomb, _) = compressed(&Bytes::from(vec![0; 100_000]), "gzip").expect("a coding");
        assert!(decompressed(bomb, Some("gzip"), 1000).is_err());
    }
}
