//! Messages of `application/vnd.amazon.eventstream`: what InvokeWithResponseStream answers in (the framing is that of the
//! AWS SDKs: lengths, a checksum, headers, the payload, a checksum).

use bytes::{Buf as _, Bytes, BytesMut};
use flate2::Crc;

/// Bytes of a message at most; AWS's are smaller.
const MAX_MESSAGE: usize = 24 * 1024 * 1024;
/// Bytes before the headers: both lengths and their checksum.
const PRELUDE: usize = 12;
/// Bytes of the checksum at the end.
const CHECKSUM: usize = 4;

/// A message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The header `:event-type`, or `:exception-type`; empty without.
    pub(super) kind: String,
    pub(super) payload: Bytes,
}

/// Cuts what arrives into messages.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    buffer: BytesMut,
}

impl Decoder {
    /// Takes bytes that arrived.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns whether a message has begun and is not all there.
    pub(super) fn is_within(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Returns the next message, if it is all there.
    ///
    /// # Errors
    /// When what arrived is no message.
    pub(super) fn next(&mut self) -> Result<Option<Message>, &'static str> {
        let Some(mut prelude) = self.buffer.get(..PRELUDE) else { return Ok(None) };
        let sum = checksum(&self.buffer[..PRELUDE - CHECKSUM]);
        let (total, headers) = (prelude.get_u32() as usize, prelude.get_u32() as usize);
        if prelude.get_u32() != sum {
            return Err("the checksum of a message's lengths is wrong");
        }
        if total > MAX_MESSAGE || total < PRELUDE + headers + CHECKSUM {
            return Err("the lengths of a message are wrong");
        }
        if self.buffer.len() < total {
            return Ok(None);
        }
        let message = self.buffer.split_to(total).freeze();
        let end = total - CHECKSUM;
        if message.slice(end..).get_u32() != checksum(&message[..end]) {
            return Err("the checksum of a message is wrong");
        }
        let kind = kind(&message[PRELUDE..PRELUDE + headers]).ok_or("the headers of a message are wrong")?;
        Ok(Some(Message { kind, payload: message.slice(PRELUDE + headers..end) }))
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Finds which event the headers say a message is; nothing when they cannot be read.
fn kind(mut headers: &[u8]) -> Option<String> {
    let mut kind = String::new();
    while !headers.is_empty() {
        let name = taken(&mut headers, 1).map(|length| usize::from(length[0]))?;
        let name = taken(&mut headers, name)?;
        // The types of values, by their number: booleans, integers of 1, 2, 4 and 8 bytes, bytes, text, a time, a UUID.
        let length = match taken(&mut headers, 1)?[0] {
            0 | 1 => 0,
            2 => 1,
            3 => 2,
            4 => 4,
            5 | 8 => 8,
            6 | 7 => usize::from(taken(&mut headers, 2)?.get_u16()),
            9 => 16,
            _ => return None,
        };
        let value = taken(&mut headers, length)?;
        if matches!(name, b":event-type" | b":exception-type") {
            kind = String::from_utf8_lossy(value).into_owned();
        }
    }
    Some(kind)
}

fn taken<'b>(bytes: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: &str, payload: &[u8]) -> Vec<u8> {
        let mut headers = Vec::new();
        for (name, value) in [(":message-type", "event"), (":event-type", kind)] {
            headers.push(u8::try_from(name.len()).unwrap());
            headers.extend(name.as_bytes());
            headers.push(7);
            headers.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            headers.extend(value.as_bytes());
        }
        let total = u32::try_from(PRELUDE + headers.len() + payload.len() + CHECKSUM).unwrap();
        let mut message = [total.to_be_bytes(), u32::try_from(headers.len()).unwrap().to_be_bytes()].concat();
        message.extend(checksum(&message).to_be_bytes());
        message.extend(headers);
        message.extend(payload);
        message.extend(checksum(&message).to_be_bytes());
        message
    }

    #[test]
    fn messages_are_cut_however_they_arrive() {
        let bytes =
            [message("PayloadChunk", b"a\0b"), message("PayloadChunk", b""), message("InvokeComplete", b"{}")].concat();
        for step in [1, 7, 1000] {
            let mut decoder = Decoder::default();
            let mut found = Vec::new();
            for piece in bytes.chunks(step) {
                decoder.push(piece);
                while let Some(message) = decoder.next().unwrap() {
                    found.push(format!("{} {:?}", message.kind, message.payload));
                }
            }
            assert_eq!(found, [r#"PayloadChunk b"a\0b""#, r#"PayloadChunk b"""#, r#"InvokeComplete b"{}""#]);
            assert!(!decoder.is_within());
        }
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        let mut decoder = Decoder::default();
        decoder.push(b"HTTP is not this protocol");
        assert!(decoder.next().is_err());
        let mut broken = message("PayloadChunk", b"abc");
        *broken.last_mut().unwrap() ^= 1;
        let mut decoder = Decoder::default();
        decoder.push(&broken);
        assert!(decoder.next().is_err());
    }
}
