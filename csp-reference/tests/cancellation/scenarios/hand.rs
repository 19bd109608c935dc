//! A future that is polled by hand, with a waker that counts.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::explore;
use csp_reference::ledger::Bell;

pub(crate) struct Hand<'c, T> {
    future: Pin<Box<dyn Future<Output = T> + 'c>>,
    bell: Arc<Bell>,
    heard: u32,
}

impl<'c, T> Hand<'c, T> {
    pub(crate) fn new(future: impl Future<Output = T> + 'c) -> Self {
        Self { future: Box::pin(future), bell: Bell::new(), heard: 0 }
    }

    /// A future that waits.
    #[track_caller]
    pub(crate) fn parked(future: impl Future<Output = T> + 'c) -> Self {
        let mut hand = Self::new(future);
        hand.waits();
        hand
    }

    pub(crate) fn poll(&mut self) -> Poll<T> {
        let waker = self.bell.waker();
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// It waits, on the next poll too.
    #[track_caller]
    pub(crate) fn waits(&mut self) {
        assert!(self.poll().is_pending(), "it should wait");
    }

    /// It completes on the next poll.
    #[track_caller]
    pub(crate) fn completes(mut self) -> T {
        match self.poll() {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("it should complete"),
        }
    }

    /// Whether it was woken since this was asked before, which may happen once.
    #[track_caller]
    pub(crate) fn is_woken(&mut self) -> bool {
        let rings = self.bell.rings() - self.heard;
        self.heard += rings;
        assert!(rings <= 1, "A10: it was woken {rings} times");
        rings == 1
    }
}

impl<T> Drop for Hand<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            explore::stop();
        }
    }
}
