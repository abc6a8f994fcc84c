//! Header names as a client sent them.
//!
//! API Gateway passes names on in the case they came in and compares them with case in mappings and
//! validation. hyper knows them in lower case only, so this wrapper reads along: it finds the heads in
//! what is read from a connection, skipping bodies, and queues each head's names for the request.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use memchr::memchr;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::{Content, Framing, Lengths};

/// The largest head that is read along; hyper refuses larger ones long before.
const MAX_HEAD: usize = 1024 * 1024;

/// The header names of one request, as sent, each with a line end behind it; an extension of the request.
#[derive(Clone, Debug, Default)]
pub struct SentNames(String);

impl SentNames {
    /// Returns how the client spelled a header.
    #[must_use]
    pub fn spelling_of(&self, name: &str) -> Option<&str> {
        self.0.lines().find(|sent| sent.eq_ignore_ascii_case(name))
    }
}

/// The names of the requests of one connection, in their order.
#[derive(Clone, Debug, Default)]
pub struct NameQueue(Arc<Mutex<VecDeque<SentNames>>>);

impl NameQueue {
    /// Returns the names of the next request; nothing for HTTP/2 and what could not be followed.
    #[must_use]
    pub fn take(&self) -> Option<SentNames> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// A connection whose request heads are read along.
#[derive(Debug)]
pub struct HeadTap<S> {
    stream: S,
    scanner: Scanner,
}

impl<S> HeadTap<S> {
    /// Wraps a connection; the queue has the names of each request when hyper hands it out.
    pub fn new(stream: S) -> (Self, NameQueue) {
        let queue = NameQueue::default();
        (
            Self {
                stream,
                scanner: Scanner {
                    framing: Framing::new(),
                    line: Vec::new(),
                    head: Head::default(),
                    queue: queue.clone(),
                },
            },
            queue,
        )
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadTap<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        if let Some(read) = buf.filled().get(before..) {
            self.scanner.scan(read);
        }
        poll
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeadTap<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[derive(Debug)]
struct Scanner {
    framing: Framing,
    /// The line of a head that is being read.
    line: Vec<u8>,
    head: Head,
    queue: NameQueue,
}

#[derive(Debug, Default)]
struct Head {
    lines: usize,
    bytes: usize,
    names: SentNames,
    lengths: Lengths,
}

impl Scanner {
    fn scan(&mut self, mut bytes: &[u8]) {
        loop {
            bytes = bytes.get(self.framing.skip(bytes)..).unwrap_or_default();
            if bytes.is_empty() {
                return;
            }
            let end = memchr(b'\n', bytes);
            let (piece, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
            bytes = rest;
            self.head.bytes += piece.len();
            if self.head.bytes > MAX_HEAD {
                self.framing.head_ended(Content::Unknown);
                return;
            }
            // A line that is all there need not be copied.
            if end.is_some() && self.line.is_empty() {
                self.line_read(piece.trim_ascii_end());
                continue;
            }
            self.line.extend_from_slice(piece);
            if end.is_some() {
                let mut line = std::mem::take(&mut self.line);
                self.line_read(line.trim_ascii_end());
                line.clear();
                self.line = line;
            }
        }
    }

    fn line_read(&mut self, line: &[u8]) {
        match (line.is_empty(), self.head.lines) {
            // Empty lines before a request are allowed.
            (true, 0) => self.head.bytes = 0,
            (true, _) => self.head_read(),
            (false, 0) if line.starts_with(b"PRI * HTTP/2") => self.framing.head_ended(Content::Unknown),
            (false, before) => {
                self.head.lines += 1;
                if before > 0 {
                    self.header_read(line);
                }
            }
        }
    }

    fn header_read(&mut self, line: &[u8]) {
        let Some(colon) = memchr(b':', line) else { return };
        let (name, value) = line.split_at(colon);
        self.head.lengths.note(name, value.get(1..).unwrap_or_default());
        let names = &mut self.head.names.0;
        if names.is_empty() {
            names.reserve(256);
        }
        match std::str::from_utf8(name) {
            Ok(name) => names.push_str(name),
            Err(_) => names.push_str(&String::from_utf8_lossy(name)),
        }
        names.push('\n');
    }

    fn head_read(&mut self) {
        let head = std::mem::take(&mut self.head);
        self.framing.head_ended(head.lengths.content().unwrap_or(Content::None));
        let mut queue = self.queue.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(head.names);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(input: &str, step: usize) -> Vec<Vec<String>> {
        let (mut tap, queue) = HeadTap::new(());
        for chunk in input.as_bytes().chunks(step) {
            tap.scanner.scan(chunk);
        }
        std::iter::from_fn(|| queue.take()).map(|n| n.0.lines().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn names_are_found_however_the_bytes_arrive() {
        let input = "GET / HTTP/1.1\r\nHost: a\r\ntEsT: b\r\n\r\n\
            POST / HTTP/1.1\r\nHOST: a\r\nContent-Length: 14\r\n\r\nX: y\r\n\r\nZ: 1\r\n\
            POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nA: \r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: 1\r\n\r\n\
            \r\nGET / HTTP/1.1\r\nX-Last: 1\r\n\r\n";
        let expected =
            [vec!["Host", "tEsT"], vec!["HOST", "Content-Length"], vec!["Transfer-Encoding"], vec!["X-Last"]];
        for step in [1, 2, 3, 7, 1000] {
            assert_eq!(names(input, step), expected, "in steps of {step}");
        }
    }

    #[test]
    fn what_is_not_http_1_is_left_alone() {
        assert!(names("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 5).is_empty());
        assert!(names(&"x".repeat(2 * MAX_HEAD), 4096).is_empty());
    }
}
