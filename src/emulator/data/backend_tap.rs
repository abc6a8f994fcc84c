//! Header names as a backend sent them: connections of the HTTP client that read along.
//!
//! hyper's client hands out names in lower case. A connection carries one request at a time, so the head that was read
//! last is that of the response in hand.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hyper::Uri;
use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tower_service::Service;

/// The largest head that is read along.
const MAX_HEAD: usize = 64 * 1024;
/// Bytes that are read at once while a head is awaited.
const PIECE: usize = 8 * 1024;

/// The header names of a connection's last response, as sent; an extension of the response.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResponseNames(Arc<Mutex<Vec<String>>>);

impl ResponseNames {
    /// Returns the names.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A connector whose connections read along.
#[derive(Clone, Debug)]
pub(crate) struct TapConnector<C>(pub(crate) C);

impl<C> Service<Uri> for TapConnector<C>
where
    C: Service<Uri>,
    C::Future: Send + 'static,
{
    type Response = BackendTap<C::Response>;
    type Error = C::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, C::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), C::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move {
            let stream = connecting.await?;
            Ok(BackendTap { stream, head: Some(Vec::new()), piece: Vec::new(), names: ResponseNames::default() })
        })
    }
}

/// A connection to a backend.
#[derive(Debug)]
pub(crate) struct BackendTap<S> {
    stream: S,
    /// What has been read of the head that is awaited; nothing while the rest of a response is read.
    head: Option<Vec<u8>>,
    piece: Vec<u8>,
    names: ResponseNames,
}

impl<S> BackendTap<S> {
    fn scan(&mut self, read: &[u8]) {
        let Some(head) = &mut self.head else { return };
        head.extend_from_slice(read);
        while let Some(end) = head.windows(4).position(|w| w == b"\r\n\r\n") {
            // `100 Continue` and the like are followed by the response.
            if head.get(9) == Some(&b'1') {
                head.drain(..end + 4);
                continue;
            }
            let lines = head.get(..end).unwrap_or_default().split(|&b| b == b'\n').skip(1);
            let names = lines.filter_map(|line| line.split(|&b| b == b':').next());
            let names = names.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
            *self.names.0.lock().unwrap_or_else(PoisonError::into_inner) = names;
            self.head = None;
            return;
        }
        if head.len() > MAX_HEAD {
            self.head = None;
        }
    }

    /// A new request begins when something is written after a response's head.
    fn begin(&mut self) {
        if self.head.is_none() {
            self.head = Some(Vec::new());
        }
    }
}

impl<S: Read + Unpin> Read for BackendTap<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, mut buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if self.head.is_none() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let mut piece = std::mem::take(&mut self.piece);
        piece.resize(PIECE.min(buf.remaining()), 0);
        let mut own = ReadBuf::new(&mut piece);
        let poll = Pin::new(&mut self.stream).poll_read(cx, own.unfilled());
        let filled = own.filled().len();
        if let Some(read) = piece.get(..filled).filter(|read| !read.is_empty()) {
            buf.put_slice(read);
            self.scan(read);
        }
        self.piece = piece;
        poll
    }
}

impl<S: Write + Unpin> Write for BackendTap<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.begin();
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.begin();
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}

impl<S: Connection> Connection for BackendTap<S> {
    fn connected(&self) -> Connected {
        self.stream.connected().extra(self.names.clone())
    }
}
