//! The future that waits for the end of a channel.

#![expect(unsafe_code, reason = "polls a node that it owns")]

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::FusedFuture;

use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::channel::state::After;
use crate::choice::Outcome;
use crate::error::{Ended, Refused};
use crate::lock::Lock;
use crate::operation::{Operation, Watching};
use crate::wait_list::Waiter;

/// The future of [`Channel::closed`], and a guard for [`alts`](crate::alts()).
///
/// # Cancel safety
///
/// Dropping it leaves nothing behind.
///
/// # Panics
///
/// If it is polled after it has completed.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Closed<'a, T, B: Buffer<T>, L: Lock> {
    pub(crate) operation: Operation<'a, T, B, L, Watching>,
}

impl<'a, T, B: Buffer<T>, L: Lock> Closed<'a, T, B, L> {
    pub(crate) const fn new(channel: &'a Channel<T, B, L>) -> Self {
        Self { operation: Operation::new(channel, Waiter::empty()) }
    }
}

/// How the channel ended, from the outcome of a watcher.
pub(crate) fn how(outcome: Outcome) -> Ended {
    match outcome {
        Outcome::Refused(Refused::Ended(ended)) => ended,
        // A watcher has no value to move, and the pending limit does not count it.
        _ => Ended::Closed,
    }
}

impl<T, B: Buffer<T>, L: Lock> Future for Closed<'_, T, B, L> {
    type Output = Ended;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Ended> {
        let operation = &self.as_ref().get_ref().operation;
        let mut after = After::default();
        // SAFETY: `self` is pinned, and its drop leaves.
        let polled = unsafe { operation.poll(cx, &mut after) };
        let Poll::Ready(outcome) = polled else { return Poll::Pending };
        operation.run(&mut after);
        Poll::Ready(how(outcome))
    }
}

impl<T, B: Buffer<T>, L: Lock> FusedFuture for Closed<'_, T, B, L> {
    fn is_terminated(&self) -> bool {
        self.operation.is_finished()
    }
}

impl<T, B: Buffer<T>, L: Lock> Drop for Closed<'_, T, B, L> {
    #[inline]
    fn drop(&mut self) {
        if !self.operation.is_idle() {
            self.operation.withdraw();
        }
    }
}

impl<T, B: Buffer<T>, L: Lock> fmt::Debug for Closed<'_, T, B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Closed").field(&self.operation.waiter).finish()
    }
}
