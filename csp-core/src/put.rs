//! The futures of a put: with its own value, or with a value that the caller keeps.

#![expect(unsafe_code, reason = "reads the slot of a node that it owns")]

use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::FusedFuture;

use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::channel::state::After;
use crate::choice::Outcome;
use crate::error::{Error, PutError};
use crate::lock::Lock;
use crate::misuse;
use crate::operation::{Operation, Putting};
use crate::wait_list::Waiter;

/// The future of [`Channel::put`].
///
/// # Cancel safety
///
/// See [`Channel::put`]: dropped, it takes its value along, unless that was accepted.
///
/// # Panics
///
/// If it is polled after it has completed.
#[must_use = "a put does nothing unless it is awaited"]
pub struct Put<'a, T, B: Buffer<T>, L: Lock> {
    operation: Operation<'a, T, B, L, Putting>,
}

/// What became of a put that was cancelled by hand.
///
/// # Examples
///
/// ```
/// use csp_core::{CancelledPut, Channel, buffer::Rendezvous, lock::StdLock};
/// use std::pin::pin;
///
/// let channel = Channel::<u32, Rendezvous, StdLock>::new();
/// let put = pin!(channel.put(1));
/// assert_eq!(put.cancel(), CancelledPut::Returned(1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CancelledPut<T> {
    /// The value had not been accepted; here it is.
    Returned(T),
    /// The value had been accepted: it is taken, in the channel, or discarded by a rule.
    Committed,
}

impl<'a, T, B: Buffer<T>, L: Lock> Put<'a, T, B, L> {
    pub(crate) const fn new(channel: &'a Channel<T, B, L>, value: T) -> Self {
        Self { operation: Operation::new(channel, Waiter::full(value)) }
    }

    /// Withdraws the put, unless it has been accepted, and gives the value back.
    ///
    /// The three ways in which a put ends early: *withdrawn* (the future was dropped, and the
    /// value with it), *returned* and *committed* (what this method tells apart).
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{CancelledPut, Channel, buffer::Rendezvous, lock::StdLock};
    /// use std::{future::Future, pin::pin, task::{Context, Waker}};
    ///
    /// let channel = Channel::<u32, Rendezvous, StdLock>::new();
    /// let mut put = pin!(channel.put(1));
    /// assert!(put.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    /// assert_eq!(channel.try_take(), Ok(1));
    /// assert_eq!(put.cancel(), CancelledPut::Committed);
    /// ```
    pub fn cancel(self: Pin<&mut Self>) -> CancelledPut<T> {
        let operation = &self.as_ref().get_ref().operation;
        if operation.is_finished() {
            return CancelledPut::Committed;
        }
        let left = operation.leave();
        operation.waiter.state().set(crate::choice::Word::FINISHED);
        let cancelled = match left.outcome {
            Ok(()) | Err(Outcome::Refused(_)) => {
                // SAFETY: wait list, contract 3: a put that was not accepted has its value.
                CancelledPut::Returned(unsafe { operation.waiter.take_value() })
            }
            Err(_) => CancelledPut::Committed,
        };
        left.go_on(operation);
        cancelled
    }
}

impl<T, B: Buffer<T>, L: Lock> Put<'_, T, B, L> {
    #[cold]
    #[inline(never)]
    fn begin_or_go_on(self: Pin<&Self>, cx: &Context<'_>) -> Poll<Result<(), PutError<T>>> {
        let operation = &self.get_ref().operation;
        let mut after = After::default();
        // SAFETY: `self` is pinned, and its drop leaves.
        let polled = unsafe { operation.poll(cx, &mut after) };
        let Poll::Ready(outcome) = polled else { return Poll::Pending };
        // SAFETY: wait list, contract 3: the value is still there, or another went for it.
        let left = || unsafe { operation.waiter.take_value() };
        let mut error = None;
        let mut evicted = None;
        if let Outcome::Refused(why) = outcome {
            error = Some(PutError::new(left(), why));
        } else if after.evicted {
            evicted = Some(left());
        }
        operation.run(&mut after);
        drop(evicted);
        Poll::Ready(error.map_or(Ok(()), Err))
    }
}

impl<T, B: Buffer<T>, L: Lock> Put<'_, T, B, L> {
    /// From the drop.
    #[cold]
    #[inline(never)]
    fn abandon(&mut self) {
        if let Some(_waker) = self.operation.leave_usually() {
            // SAFETY: wait list, contract 3: a put that was not accepted has its value.
            drop(unsafe { self.operation.waiter.take_value() });
            return;
        }
        let left = self.operation.leave();
        let _value = match left.outcome {
            Ok(()) | Err(Outcome::Refused(_)) => {
                // SAFETY: wait list, contract 3: a put that was not accepted has its value.
                Some(unsafe { self.operation.waiter.take_value() })
            }
            Err(_) => None,
        };
        left.go_on(&self.operation);
    }
}

impl<T, B: Buffer<T>, L: Lock> Future for Put<'_, T, B, L> {
    type Output = Result<(), PutError<T>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: `self` is pinned, and its drop leaves.
        match unsafe { self.operation.poll_usually(cx) } {
            Some(polled) => polled.map(Ok),
            None => self.as_ref().begin_or_go_on(cx),
        }
    }
}

impl<T, B: Buffer<T>, L: Lock> FusedFuture for Put<'_, T, B, L> {
    fn is_terminated(&self) -> bool {
        self.operation.is_finished()
    }
}

impl<T, B: Buffer<T>, L: Lock> Drop for Put<'_, T, B, L> {
    #[inline]
    fn drop(&mut self) {
        if !self.operation.is_finished() {
            self.abandon();
        }
    }
}

impl<T, B: Buffer<T>, L: Lock> fmt::Debug for Put<'_, T, B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Put").field(&self.operation.waiter).finish()
    }
}

/// The future of [`Channel::put_from`], and the put branch of an [`alts`](crate::alts()).
///
/// # Cancel safety
///
/// See [`Channel::put_from`]: nothing is lost.
///
/// # Panics
///
/// If it is polled after it has completed, or awaited by itself with nothing to put.
#[must_use = "a put does nothing unless it is awaited"]
pub struct PutFrom<'a, T, B: Buffer<T>, L: Lock> {
    pub(crate) operation: Operation<'a, T, B, L, Putting>,
    source: &'a mut Option<T>,
    /// The value is in the node, not in `source`.
    moved: bool,
}

impl<'a, T, B: Buffer<T>, L: Lock> PutFrom<'a, T, B, L> {
    pub(crate) const fn new(channel: &'a Channel<T, B, L>, source: &'a mut Option<T>) -> Self {
        let operation = Operation::new(channel, Waiter::empty());
        Self { operation, source, moved: false }
    }

    /// Moves the value into the node, if it is not there; false if there is none.
    pub(crate) fn load(self: Pin<&mut Self>) -> bool {
        // SAFETY: nothing is moved out of the pinned node.
        let this = unsafe { self.get_unchecked_mut() };
        if let Some(value) = if this.moved { None } else { this.source.take() } {
            // SAFETY: wait list, contract 3: the node is new, its slot empty and ours.
            unsafe { this.operation.waiter.set_value(value) };
            this.moved = true;
        }
        this.moved
    }

    pub(crate) const fn is_loaded(&self) -> bool {
        self.moved || self.source.is_some()
    }

    /// The put is over; the value goes back to the caller unless it was accepted. Returns what had
    /// to go for it.
    pub(crate) fn unload(self: Pin<&mut Self>, outcome: Outcome, evicted: bool) -> Option<T> {
        // SAFETY: nothing is moved out of the pinned node.
        let this = unsafe { self.get_unchecked_mut() };
        if !mem::take(&mut this.moved) {
            return None;
        }
        // SAFETY: wait list, contract 3: the value is still there, or another went for it.
        let left = || unsafe { this.operation.waiter.take_value() };
        if matches!(outcome, Outcome::Refused(_)) {
            *this.source = Some(left());
            return None;
        }
        evicted.then(left)
    }

    /// As [`unload`](Self::unload), for a put that nobody has decided.
    pub(crate) fn withdrawn(self: Pin<&mut Self>) {
        // SAFETY: nothing is moved out of the pinned node.
        let this = unsafe { self.get_unchecked_mut() };
        if mem::take(&mut this.moved) {
            // SAFETY: wait list, contract 3: a put that was not accepted has its value.
            *this.source = Some(unsafe { this.operation.waiter.take_value() });
        }
    }

    fn leave(mut self: Pin<&mut Self>) {
        if self.operation.is_finished() {
            return;
        }
        if let Some(_waker) = self.operation.leave_usually() {
            return self.as_mut().withdrawn();
        }
        let left = self.operation.leave();
        match left.outcome {
            Ok(()) => self.as_mut().withdrawn(),
            Err(outcome) => drop(self.as_mut().unload(outcome, false)),
        }
        left.go_on(&self.operation);
    }
}

impl<T, B: Buffer<T>, L: Lock> Future for PutFrom<'_, T, B, L> {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.operation.is_finished() && !self.as_mut().load() {
            misuse::nothing_to_put();
        }
        // SAFETY: `self` is pinned, and its drop leaves.
        if let Some(polled) = unsafe { self.operation.poll_usually(cx) } {
            return polled.map(|()| {
                self.as_mut().unload(Outcome::Moved, false);
                Ok(())
            });
        }
        let mut after = After::default();
        // SAFETY: as above.
        let polled = unsafe { self.operation.poll(cx, &mut after) };
        let Poll::Ready(outcome) = polled else { return Poll::Pending };
        let _evicted = self.as_mut().unload(outcome, after.evicted);
        self.operation.run(&mut after);
        Poll::Ready(match outcome {
            Outcome::Refused(why) => Err(why.into()),
            _ => Ok(()),
        })
    }
}

impl<T, B: Buffer<T>, L: Lock> FusedFuture for PutFrom<'_, T, B, L> {
    fn is_terminated(&self) -> bool {
        self.operation.is_finished()
    }
}

impl<T, B: Buffer<T>, L: Lock> Drop for PutFrom<'_, T, B, L> {
    fn drop(&mut self) {
        // SAFETY: a value that is being dropped is not moved any more.
        unsafe { Pin::new_unchecked(self) }.leave();
    }
}

impl<T, B: Buffer<T>, L: Lock> fmt::Debug for PutFrom<'_, T, B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PutFrom").field(&self.operation.waiter).finish()
    }
}
