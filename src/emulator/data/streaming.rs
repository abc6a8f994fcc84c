//! Answers that a function streams: the body goes to the client as it is made.

use std::error::Error;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Body;
use crate::emulator::lambda::{Invocation, InvokeError};

/// What a function streams after its prelude.
#[derive(Debug)]
pub(crate) struct StreamedBody {
    /// What came together with the prelude.
    pub(crate) first: Bytes,
    pub(crate) parts: mpsc::Receiver<Bytes>,
    /// Ends after the last part, and says whether that was the end.
    pub(crate) invocation: JoinHandle<Result<Invocation, InvokeError>>,
}

impl StreamedBody {
    /// Returns the body for hyper.
    pub(crate) fn into_body(self) -> Body {
        self.boxed()
    }
}

impl HttpBody for StreamedBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if !self.first.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.first)))));
        }
        if let Some(part) = ready!(self.parts.poll_recv(cx)) {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        // A body that breaks off must not look whole: the connection is cut instead.
        Poll::Ready(match ready!(Pin::new(&mut self.invocation).poll(cx)) {
            Ok(Ok(invocation)) => invocation.function_error.map(|error| Err(error.into())),
            Ok(Err(error)) => Some(Err(error.into())),
            Err(error) => Some(Err(error.into())),
        })
    }
}
