//! A channel as a sink: it owns the one value that is on its way.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_sink::Sink;

use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::error::PutError;
use crate::lock::Lock;
use crate::pin::project;
use crate::put::Put;

/// The sink of [`Channel::sink`].
///
/// Closing the sink flushes it, then closes the channel.
#[must_use = "a sink does nothing unless it is polled"]
pub struct PutSink<'a, T, B: Buffer<T>, L: Lock> {
    channel: &'a Channel<T, B, L>,
    put: Option<Put<'a, T, B, L>>,
}

impl<'a, T, B: Buffer<T>, L: Lock> PutSink<'a, T, B, L> {
    pub(crate) const fn new(channel: &'a Channel<T, B, L>) -> Self {
        Self { channel, put: None }
    }

    project!(put => pinned put: Option<Put<'a, T, B, L>>);
}

impl<T, B: Buffer<T>, L: Lock> Sink<T> for PutSink<'_, T, B, L> {
    type Error = PutError<T>;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), PutError<T>>> {
        self.poll_flush(cx)
    }

    fn start_send(self: Pin<&mut Self>, value: T) -> Result<(), PutError<T>> {
        assert!(self.put.is_none(), "a sink is sent a value only after `poll_ready` was ready");
        let put = self.channel.put(value);
        self.put().set(Some(put));
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), PutError<T>>> {
        let mut put = self.put();
        if let Some(pending) = put.as_mut().as_pin_mut() {
            let result = ready!(pending.poll(cx));
            put.set(None);
            return Poll::Ready(result);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), PutError<T>>> {
        let result = ready!(self.as_mut().poll_flush(cx));
        self.channel.close();
        Poll::Ready(result)
    }
}

impl<T, B: Buffer<T>, L: Lock> fmt::Debug for PutSink<'_, T, B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PutSink").field("put", &self.put).finish_non_exhaustive()
    }
}
