//! The future of a take.

#![expect(unsafe_code, reason = "reads the slot of a node that it owns")]

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::FusedFuture;

use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::channel::state::After;
use crate::choice::Outcome;
use crate::error::TakeError;
use crate::lock::Lock;
use crate::operation::{Operation, Taking};
use crate::wait_list::Waiter;

/// The future of [`Channel::take`], and the take branch of an [`alts`](crate::alts()).
///
/// # Cancel safety
///
/// See [`Channel::take`]: nothing is lost.
///
/// # Panics
///
/// If it is polled after it has completed.
#[must_use = "a take does nothing unless it is awaited"]
pub struct Take<'a, T, B: Buffer<T>, L: Lock> {
    pub(crate) operation: Operation<'a, T, B, L, Taking>,
}

impl<'a, T, B: Buffer<T>, L: Lock> Take<'a, T, B, L> {
    pub(crate) const fn new(channel: &'a Channel<T, B, L>) -> Self {
        Self { operation: Operation::new(channel, Waiter::empty()) }
    }
}

/// What a decided take has for its caller.
///
/// # Safety
///
/// Wait list, contract 3: with `Moved`, the slot is full and the caller's.
#[inline]
pub(crate) unsafe fn taken<T>(
    outcome: Outcome,
    waiter: &Waiter<T>,
    kept: impl FnOnce() -> T,
) -> Result<T, TakeError> {
    match outcome {
        // SAFETY: passed on to the caller.
        Outcome::Moved => Ok(unsafe { waiter.take_value() }),
        Outcome::Look => Ok(kept()),
        Outcome::Refused(why) => Err(why.into()),
    }
}

impl<T, B: Buffer<T>, L: Lock> Take<'_, T, B, L> {
    #[cold]
    #[inline(never)]
    fn begin_or_go_on(self: Pin<&Self>, cx: &Context<'_>) -> Poll<Result<T, TakeError>> {
        let Operation { channel, waiter } = &self.get_ref().operation;
        let mut after = After::default();
        // SAFETY: `self` is pinned, and its drop leaves.
        let polled = unsafe { self.operation.poll(cx, &mut after) };
        let Poll::Ready(outcome) = polled else { return Poll::Pending };
        // SAFETY: the operation is decided.
        let result = unsafe { taken(outcome, waiter, || channel.kept()) };
        self.operation.run(&mut after);
        Poll::Ready(result)
    }
}

impl<T, B: Buffer<T>, L: Lock> Future for Take<'_, T, B, L> {
    type Output = Result<T, TakeError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: `self` is pinned, and its drop leaves.
        match unsafe { self.operation.poll_usually(cx) } {
            Some(polled) => polled.map(Ok),
            None => self.as_ref().begin_or_go_on(cx),
        }
    }
}

impl<T, B: Buffer<T>, L: Lock> FusedFuture for Take<'_, T, B, L> {
    fn is_terminated(&self) -> bool {
        self.operation.is_finished()
    }
}

impl<T, B: Buffer<T>, L: Lock> Drop for Take<'_, T, B, L> {
    #[inline]
    fn drop(&mut self) {
        if !self.operation.is_idle() {
            // Whatever it was given has gone back then.
            self.operation.withdraw();
        }
    }
}

impl<T, B: Buffer<T>, L: Lock> fmt::Debug for Take<'_, T, B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Take").field(&self.operation.waiter).finish()
    }
}
