//! Where heads stand in the bytes of an HTTP/1 connection: bodies are counted off, whole or in chunks.

use memchr::memchr;

/// The longest line of a chunk's size or a trailer that is followed.
const MAX_LINE: usize = 1024 * 1024;

/// What follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The next head.
    None,
    /// So many bytes; at least one.
    Length(u64),
    /// Chunks and trailers.
    Chunks,
    /// Nothing that can be followed: another protocol, or a body that lasts as long as the connection.
    Unknown,
}

/// Follows one direction of a connection.
#[derive(Debug)]
pub(super) struct Framing {
    state: State,
    /// The line of a chunk's size, or a trailer, that is being read.
    line: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Head,
    /// So many bytes of a body are left.
    Body(u64),
    ChunkSize,
    /// So many bytes of a chunk are left, its line end among them.
    Chunk(u64),
    Trailers,
    /// Not HTTP/1, or not to be followed.
    Lost,
}

impl Framing {
    /// Begins before the first head.
    pub(super) fn new() -> Self {
        Self { state: State::Head, line: Vec::new() }
    }

    /// Returns whether the next byte belongs to a head.
    pub(super) fn at_head(&self) -> bool {
        self.state == State::Head
    }

    /// Returns how many bytes may pass that belong to no head, as far as is known before they are seen.
    pub(super) fn passes(&self) -> Option<u64> {
        match self.state {
            State::Body(left) | State::Chunk(left) => Some(left),
            State::Lost => Some(u64::MAX),
            State::Head | State::ChunkSize | State::Trailers => None,
        }
    }

    /// Says that a head has ended, and what follows it.
    pub(super) fn head_ended(&mut self, content: Content) {
        self.state = match content {
            Content::None | Content::Length(0) => State::Head,
            Content::Length(length) => State::Body(length),
            Content::Chunks => State::ChunkSize,
            Content::Unknown => State::Lost,
        };
    }

    /// Counts off bytes that [`Framing::passes`] told of.
    pub(super) fn passed(&mut self, bytes: u64) {
        self.state = match self.state {
            State::Body(left) if left <= bytes => State::Head,
            State::Body(left) => State::Body(left - bytes),
            State::Chunk(left) if left <= bytes => State::ChunkSize,
            State::Chunk(left) => State::Chunk(left - bytes),
            other => other,
        };
    }

    /// Goes past what is no head, and returns how many bytes that is: all of them, or those before the next head.
    pub(super) fn skip(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match self.state {
                State::Head => break,
                State::Lost => return bytes.len(),
                State::Body(left) | State::Chunk(left) => {
                    let skipped = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    self.passed(skipped as u64);
                    at += skipped;
                }
                State::ChunkSize | State::Trailers => {
                    let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                    self.line.extend_from_slice(rest.get(..end).unwrap_or_default());
                    at += end;
                    if self.line.ends_with(b"\n") {
                        let line = std::mem::take(&mut self.line);
                        self.line_ended(line.trim_ascii());
                    } else if self.line.len() > MAX_LINE {
                        self.state = State::Lost;
                    }
                }
            }
        }
        at
    }

    fn line_ended(&mut self, line: &[u8]) {
        self.state = match self.state {
            State::ChunkSize => {
                // Extensions may follow the size (RFC 9112, section 7.1.1).
                let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                let digits = line.get(..digits).and_then(|digits| std::str::from_utf8(digits).ok());
                match digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
                    Some(0) => State::Trailers,
                    Some(size) => State::Chunk(size.saturating_add(2)),
                    None => State::Lost,
                }
            }
            State::Trailers if line.is_empty() => State::Head,
            other => other,
        };
    }
}

/// What the headers of a head say of what follows it (RFC 9112, section 6).
#[derive(Debug, Default)]
pub(super) struct Lengths {
    length: Option<u64>,
    chunked: bool,
}

impl Lengths {
    /// Takes note of a header.
    pub(super) fn note(&mut self, name: &[u8], value: &[u8]) {
        if name.eq_ignore_ascii_case(b"content-length") {
            self.length = std::str::from_utf8(value.trim_ascii()).ok().and_then(|value| value.parse().ok());
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.chunked = value.trim_ascii().to_ascii_lowercase().ends_with(b"chunked");
        }
    }

    /// Returns what follows; nothing when no header says.
    pub(super) fn content(&self) -> Option<Content> {
        match (self.chunked, self.length) {
            (true, _) => Some(Content::Chunks),
            (false, Some(0)) => Some(Content::None),
            (false, length) => length.map(Content::Length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what is skipped in all, fed in steps.
    fn skipped(content: Content, bytes: &[u8], step: usize) -> usize {
        let mut framing = Framing::new();
        framing.head_ended(content);
        let mut at = 0;
        while at < bytes.len() && !framing.at_head() {
            let end = bytes.len().min(at + step);
            at += framing.skip(&bytes[at..end]);
        }
        at
    }

    #[test]
    fn bodies_are_counted_off_however_they_come() {
        let chunks = b"3;x=y\r\na: \r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: 1\r\n\r\nGET";
        for step in [1, 2, 3, 7, 1000] {
            assert_eq!(skipped(Content::Chunks, chunks, step), chunks.len() - 3, "in steps of {step}");
            assert_eq!(skipped(Content::Length(5), b"01234GET", step), 5, "in steps of {step}");
            assert_eq!(skipped(Content::Unknown, b"01234GET", step), 8, "in steps of {step}");
            assert_eq!(skipped(Content::None, b"GET", step), 0, "in steps of {step}");
        }
    }

    #[test]
    fn what_is_no_chunk_is_not_followed() {
        assert_eq!(skipped(Content::Chunks, b"no size\r\n\r\nGET", 4), 14);
        assert_eq!(skipped(Content::Chunks, &vec![b'1'; 2 * MAX_LINE], 4096), 2 * MAX_LINE);
    }

    #[test]
    fn headers_say_what_follows() {
        let mut lengths = Lengths::default();
        assert_eq!(lengths.content(), None);
        lengths.note(b"Content-Length", b" 12");
        assert_eq!(lengths.content(), Some(Content::Length(12)));
        lengths.note(b"transfer-encoding", b" gzip, Chunked");
        assert_eq!(lengths.content(), Some(Content::Chunks));
    }
}
