//! Header names of answers, as AWS and backends spell them.
//!
//! hyper writes names in lower case. [`SpelledWrites`] follows what it writes to a connection and puts the spelling
//! back, in place, since a name in another case is as long.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use memchr::memchr;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::{Content, Framing, Lengths};

/// Bytes of what follows a head that go out together with it, at most.
const MAX_TOGETHER: usize = 64 * 1024;

/// How the names of a response are spelled that are not spelled as usual; an extension of the response. Others get AWS's
/// spelling, or capitals at the beginning of each word.
#[derive(Clone, Debug, Default)]
pub struct Spelling(pub Vec<String>);

/// The spellings of the responses of one connection, in their order.
#[derive(Clone, Debug, Default)]
pub struct SpellingQueue(Arc<Mutex<VecDeque<(Spelling, bool)>>>);

impl SpellingQueue {
    /// Adds what the next response's names are spelled like; `has_body` is false for answers to `HEAD`.
    pub fn push(&self, spelling: Spelling, has_body: bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back((spelling, has_body));
    }

    fn pop(&self) -> (Spelling, bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front().unwrap_or((Spelling::default(), true))
    }
}

/// A connection whose response heads are spelled.
#[derive(Debug)]
pub struct SpelledWrites<S> {
    stream: S,
    follower: Follower,
    /// What was taken over and is not written yet, from `written` on.
    pending: Vec<u8>,
    written: usize,
}

impl<S> SpelledWrites<S> {
    /// Wraps a connection; each response's spelling is pushed to the queue before hyper writes it.
    pub fn new(stream: S) -> (Self, SpellingQueue) {
        let queue = SpellingQueue::default();
        let follower = Follower { framing: Framing::new(), queue: queue.clone() };
        (Self { stream, follower, pending: Vec::new(), written: 0 }, queue)
    }
}

impl<S: AsyncWrite + Unpin> SpelledWrites<S> {
    fn write_pending(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.pending.get(self.written..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.written += written,
            }
        }
        self.pending.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SpelledWrites<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for SpelledWrites<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.write_pending(cx))?;
        let this = &mut *self;
        let offered: u64 = bufs.iter().map(|b| b.len() as u64).sum();
        // Bodies pass as they are.
        if this.follower.framing.passes().is_some_and(|left| offered <= left) {
            let written = ready!(Pin::new(&mut this.stream).poll_write_vectored(cx, bufs))?;
            this.follower.framing.passed(written as u64);
            return Poll::Ready(Ok(written));
        }
        for buf in bufs {
            if !this.pending.is_empty() && this.pending.len() + buf.len() > MAX_TOGETHER {
                break;
            }
            this.pending.extend_from_slice(buf);
        }
        let taken = this.pending.len();
        this.follower.spell(&mut this.pending);
        // What cannot be written now is written before anything else is taken, or when hyper flushes.
        match this.write_pending(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Ready(Ok(taken)),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_pending(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_pending(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[derive(Debug)]
struct Follower {
    framing: Framing,
    queue: SpellingQueue,
}

impl Follower {
    /// Follows bytes and spells the names in them.
    fn spell(&mut self, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            let mut past = self.framing.skip(bytes);
            if self.framing.at_head() {
                let head = bytes.get_mut(past..).unwrap_or_default();
                if head.is_empty() {
                    return;
                }
                let (content, length) = self.head_written(head);
                self.framing.head_ended(content);
                past += length;
            }
            bytes = bytes.get_mut(past..).unwrap_or_default();
        }
    }

    /// Spells the names of the head that bytes begin with; returns what follows it, and its length.
    fn head_written(&mut self, bytes: &mut [u8]) -> (Content, usize) {
        let status = bytes.get(9..12).and_then(|s| std::str::from_utf8(s).ok()).and_then(|s| s.parse::<u16>().ok());
        let Some(status) = status.filter(|_| bytes.starts_with(b"HTTP/1.")) else { return (Content::Unknown, 0) };
        let is_interim = (100..200).contains(&status) && status != 101;
        let (spelling, has_body) = if is_interim { (Spelling::default(), false) } else { self.queue.pop() };
        let mut lengths = Lengths::default();
        let mut head = 0;
        loop {
            // hyper writes a head at once; what comes in pieces is not its.
            let rest = bytes.get_mut(head..).unwrap_or_default();
            let Some(end) = memchr(b'\n', rest) else { return (Content::Unknown, 0) };
            let is_status_line = head == 0;
            head += end + 1;
            let line = rest.get_mut(..end).unwrap_or_default();
            if line.trim_ascii_end().is_empty() {
                break;
            }
            let Some(colon) = memchr(b':', line).filter(|_| !is_status_line) else { continue };
            let (name, value) = line.split_at_mut(colon);
            lengths.note(name, value.get(1..).unwrap_or_default());
            spell_name(name, &spelling);
        }
        let content = match has_body && !matches!(status, 204 | 304) {
            _ if status == 101 => Content::Unknown,
            true => lengths.content().unwrap_or(Content::Unknown),
            false => Content::None,
        };
        (content, head)
    }
}

/// AWS's own names, as it spells them.
const AWS: [&str; 4] = ["x-amzn-RequestId", "x-amz-apigw-id", "x-amzn-ErrorType", "X-Amzn-Trace-Id"];

/// Returns whether a name is spelled as it is when nothing is said of it.
pub(super) fn is_usual(name: &str) -> bool {
    if name.as_bytes().get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"x-amz")) {
        return match AWS.into_iter().find(|known| known.eq_ignore_ascii_case(name)) {
            Some(known) => known == name,
            None => !name.bytes().any(|byte| byte.is_ascii_uppercase()),
        };
    }
    let mut first = true;
    name.bytes().all(|byte| {
        let usual = if first { !byte.is_ascii_lowercase() } else { !byte.is_ascii_uppercase() };
        first = byte == b'-';
        usual
    })
}

fn spell_name(name: &mut [u8], spelling: &Spelling) {
    let is_meant = |known: &&str| known.as_bytes().eq_ignore_ascii_case(name);
    let is_aws = name.starts_with(b"x-amz");
    let own = || AWS.into_iter().filter(|_| is_aws).find(is_meant);
    if let Some(spelled) = spelling.0.iter().map(String::as_str).find(is_meant).or_else(own) {
        name.copy_from_slice(spelled.as_bytes());
        return;
    }
    if is_aws {
        return;
    }
    let mut first = true;
    for byte in name {
        if first {
            byte.make_ascii_uppercase();
        }
        first = *byte == b'-';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes in steps of so many bytes (heads at once, as hyper does) and returns what came out.
    fn written(parts: &[&str], spellings: &[&[&str]]) -> String {
        let (mut tap, queue) = SpelledWrites::new(());
        for names in spellings {
            queue.push(Spelling(names.iter().map(|n| (*n).to_owned()).collect()), true);
        }
        let mut out = String::new();
        for part in parts {
            let mut bytes = part.as_bytes().to_vec();
            tap.follower.spell(&mut bytes);
            out.push_str(std::str::from_utf8(&bytes).unwrap());
        }
        out
    }

    #[test]
    fn names_are_spelled_and_bodies_are_not() {
        let body = "x-a: not a head\r\n\r\n";
        let head = format!("HTTP/1.1 200 OK\r\nx-foo: y\r\ncontent-length: {}\r\n\r\n", body.len());
        let out = written(&["HTTP/1.1 100 Continue\r\n\r\n", &head, body, &head, body], &[&["X-FOO"], &["x-Foo"]]);
        let expected = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        assert_eq!(
            out,
            format!(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-FOO: y\r\n{expected}HTTP/1.1 200 OK\r\nx-Foo: y\r\n{expected}"
            )
        );
    }

    #[test]
    fn chunks_are_followed_however_they_are_cut() {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let out = written(&[head, "3", "\r\na: \r\n", "0\r\n\r\nHTTP/1.1 204 No\r\nx-amzn-requestid: 1\r\n\r\n"], &[]);
        assert!(
            out.contains(
                "Transfer-Encoding: chunked\r\n\r\n3\r\na: \r\n0\r\n\r\nHTTP/1.1 204 No\r\nx-amzn-RequestId: 1"
            ),
            "{out}"
        );
    }

    #[test]
    fn what_is_usual_need_not_be_said() {
        for name in ["Content-Type", "X-Request-Id", "x-amzn-RequestId", "x-amz-request", "ETag", "x-foo", "X-AMZ-Foo"]
        {
            let mut spelled = name.to_ascii_lowercase().into_bytes();
            spell_name(&mut spelled, &Spelling::default());
            assert_eq!(is_usual(name), spelled == name.as_bytes(), "{name}");
        }
    }

    #[test]
    fn what_is_not_http_1_is_left_alone() {
        assert_eq!(written(&["\u{0}\u{0}x: y\r\n\r\n", "a: b\r\n\r\n"], &[]), "\u{0}\u{0}x: y\r\n\r\na: b\r\n\r\n");
    }
}
