//! A channel as a stream: told between two polls, never given.
//!
//! *Model.* While it waits, the stream has a node in the list of takes that can be notified but
//! not claimed (`Phase::Listening`). A put passes it over, finds room in the buffer or parks, and
//! tells it; the stream takes in its next poll, as a plain `try_take` does.
//!
//! *Cancellation*: dropped while it waits, it leaves the list; it never holds a value.

#![expect(unsafe_code, reason = "owns a node whose contract wait_list states")]

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::channel::state::{After, Got, Transitions};
use crate::choice::{Phase, Word};
use crate::lock::Lock;
use crate::operation::{Operation, Taking};
use crate::wait_list::Waiter;

/// The stream of [`Channel::stream`].
///
/// It ends when the channel does; poison ends it like a close.
#[must_use = "a stream does nothing unless it is polled"]
pub struct TakeStream<'a, T, B: Buffer<T>, L: Lock> {
    operation: Operation<'a, T, B, L, Taking>,
}

impl<'a, T, B: Buffer<T>, L: Lock> TakeStream<'a, T, B, L> {
    pub(crate) const fn new(channel: &'a Channel<T, B, L>) -> Self {
        Self { operation: Operation::new(channel, Waiter::empty()) }
    }

    /// Takes, or listens with `waker` if there is one.
    fn look(&self, waker: &mut Option<Waker>) -> Poll<Option<T>> {
        let Operation { channel, waiter } = &self.operation;
        let mut after = After::default();
        let mut old = None;
        let got = channel.with(|state| {
            let me = waiter.party();
            let word = waiter.state().get();
            let got = state.take(me, &mut after);
            // A waker that is not needed stays outside: its drop is arbitrary code.
            let own = if got.is_none() { waker.take() } else { None };
            match (word.phase(), got, own) {
                (Phase::Listening, Some(got), _) => {
                    // SAFETY: wait list, contract 2: it listens in the list of its own channel.
                    unsafe { state.takes().unlink(waiter) };
                    if !word.is_notified() {
                        // SAFETY: wait list, contract 4: not notified, unlinked, locked.
                        old = Some(unsafe { waiter.handle().take_waker() });
                    }
                    Some(got)
                }
                (_, Some(got), _) => Some(got),
                (Phase::Listening, None, Some(own)) if word.is_notified() => {
                    // SAFETY: wait list, contract 4: notified, and the lock is held.
                    unsafe { waiter.handle().rearm(own, Word::listening()) };
                    None
                }
                (Phase::Listening, None, Some(own)) => {
                    // SAFETY: wait list, contract 4: not notified, and the lock is held.
                    old = Some(unsafe { waiter.handle().replace_waker(own) });
                    None
                }
                (_, None, Some(own)) => {
                    // SAFETY: wait list, contract 1: `self` is pinned, and its drop unlinks.
                    unsafe { state.takes().publish(waiter, own, Word::listening()) };
                    state.count(true);
                    None
                }
                (_, None, None) => None,
            }
        });
        drop(old);
        let item = match got {
            None => Poll::Pending,
            Some(Ok(Got::Value(value))) => {
                waiter.state().set(Word::NEW);
                Poll::Ready(Some(value))
            }
            Some(Ok(Got::Kept)) => {
                waiter.state().set(Word::NEW);
                Poll::Ready(Some(channel.kept()))
            }
            Some(Err(_)) => {
                waiter.state().set(Word::FINISHED);
                Poll::Ready(None)
            }
        };
        channel.run(waiter.party(), &mut after);
        item
    }
}

impl<T, B: Buffer<T>, L: Lock> Stream for TakeStream<'_, T, B, L> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.as_ref().get_ref();
        let phase = this.operation.waiter.state().get().phase();
        if phase == Phase::Finished {
            return Poll::Ready(None);
        }
        if phase == Phase::New {
            let must_yield = this.operation.channel.with(|state| {
                let must_yield = state.must_yield();
                state.count(must_yield);
                must_yield
            });
            if must_yield {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if let Poll::Ready(item) = this.look(&mut None) {
                return Poll::Ready(item);
            }
        }
        this.look(&mut Some(cx.waker().clone()))
    }
}

impl<T, B: Buffer<T>, L: Lock> FusedStream for TakeStream<'_, T, B, L> {
    fn is_terminated(&self) -> bool {
        self.operation.is_finished()
    }
}

impl<T, B: Buffer<T>, L: Lock> Drop for TakeStream<'_, T, B, L> {
    fn drop(&mut self) {
        self.operation.withdraw();
    }
}

impl<T, B: Buffer<T>, L: Lock> fmt::Debug for TakeStream<'_, T, B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TakeStream").field(&self.operation.waiter).finish()
    }
}
