//! Futures polled by hand, with a waker that counts.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use csp_core::runtime::SpawnLocal;
use futures_core::Stream;

/// A task that only counts how often it is woken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probe(Arc<Wakes>);

#[derive(Debug, Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Probe {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn poll<F: Future + ?Sized>(&self, future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(&Waker::from(self.0.clone())))
    }

    /// How often it was woken.
    pub(crate) fn wakes(&self) -> usize {
        self.0.0.load(Ordering::Relaxed)
    }

    /// How many wakers of it there are.
    pub(crate) fn wakers(&self) -> usize {
        Arc::strong_count(&self.0) - 1
    }
}

/// A runtime that keeps its processes and runs none: whoever wants to polls them.
#[derive(Default)]
pub(crate) struct Shelf(pub(crate) RefCell<Vec<Pin<Box<dyn Future<Output = ()>>>>>);

impl SpawnLocal for Shelf {
    fn go_local<F: Future<Output = ()> + 'static>(&self, process: F) {
        self.0.borrow_mut().push(Box::pin(process));
    }
}

/// Polls once, with a waker that nobody hears.
pub(crate) fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The next item of a stream.
pub(crate) async fn next<S: Stream>(mut stream: Pin<&mut S>) -> Option<S::Item> {
    poll_fn(|cx| stream.as_mut().poll_next(cx)).await
}
