//! Operations for threads: they block the caller until the operation completes, or a deadline.
//!
//! Inside a process of an executor they block the executor's thread, and with it perhaps the very
//! process that would meet them: a deadlock. Use them on threads of your own.

extern crate std;

use alloc::sync::Arc;
use alloc::task::Wake;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Runs a future on this thread and blocks until it is done.
///
/// # Panics
///
/// If the future panics.
///
/// # Examples
///
/// ```
/// assert_eq!(csp_core::block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll_until(future.as_mut(), None) {
            return output;
        }
    }
}

/// Polls on this thread until the future is ready or the deadline has passed.
pub(crate) fn poll_until<F: Future>(
    mut future: core::pin::Pin<&mut F>,
    deadline: Option<Instant>,
) -> Poll<F::Output> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return Poll::Ready(output);
        }
        match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
            None => thread::park(),
            Some(Duration::ZERO) => return Poll::Pending,
            Some(left) => thread::park_timeout(left),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}
