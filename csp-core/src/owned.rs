//! Futures and streams that own the handle of the channel which they borrow.

#![expect(unsafe_code, reason = "a borrower beside what it borrows from")]

use core::fmt;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::buffer::Any;
use crate::chan::{Chan, Receiver};
use crate::error::{PutError, TakeError};
use crate::lock::Lock;
use crate::put::{CancelledPut, Put};
use crate::stream::TakeStream;
use crate::take::Take;

/// A future or stream that borrows a channel from a handle which it owns.
///
/// The handle keeps the channel where it is, on the heap, until the borrower is gone.
struct Owned<H, F> {
    borrower: ManuallyDrop<F>,
    handle: ManuallyDrop<H>,
}

impl<'a, H: Deref, F: 'a> Owned<H, F> {
    fn new(handle: H, borrow: impl FnOnce(&'a H::Target) -> F) -> Self
    where
        H::Target: 'a,
    {
        // SAFETY: the target is the channel, in a block that the handle keeps (shared, invariant
        // 1); `drop` below drops the borrower first, and nothing hands the reference out.
        let target = unsafe { &*core::ptr::from_ref::<H::Target>(&handle) };
        Self { borrower: ManuallyDrop::new(borrow(target)), handle: ManuallyDrop::new(handle) }
    }

    fn borrower(self: Pin<&mut Self>) -> Pin<&mut F> {
        // SAFETY: the borrower is pinned with `self`; `drop` does not move it.
        unsafe { self.map_unchecked_mut(|this| &mut *this.borrower) }
    }
}

impl<H, F> Drop for Owned<H, F> {
    fn drop(&mut self) {
        // SAFETY: dropped once, here, before the handle.
        unsafe { ManuallyDrop::drop(&mut self.borrower) };
        // SAFETY: dropped once, here.
        unsafe { ManuallyDrop::drop(&mut self.handle) };
    }
}

/// The take of [`Chan::into_take`].
#[must_use = "a take does nothing unless it is awaited"]
pub struct OwnedTake<T: 'static, L: Lock + 'static>(Owned<Chan<T, L>, Take<'static, T, Any, L>>);

impl<T, L: Lock> OwnedTake<T, L> {
    pub(crate) fn new(chan: Chan<T, L>) -> Self {
        Self(Owned::new(chan, |chan| chan.take()))
    }
}

impl<T, L: Lock> Future for OwnedTake<T, L> {
    type Output = Result<T, TakeError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the only field is pinned with `self`.
        unsafe { self.map_unchecked_mut(|this| &mut this.0) }.borrower().poll(cx)
    }
}

/// The put of [`Chan::into_put`].
#[must_use = "a put does nothing unless it is awaited"]
pub struct OwnedPut<T: 'static, L: Lock + 'static>(Owned<Chan<T, L>, Put<'static, T, Any, L>>);

impl<T, L: Lock> OwnedPut<T, L> {
    pub(crate) fn new(chan: Chan<T, L>, value: T) -> Self {
        Self(Owned::new(chan, |chan| chan.put(value)))
    }

    fn put(self: Pin<&mut Self>) -> Pin<&mut Put<'static, T, Any, L>> {
        // SAFETY: the only field is pinned with `self`.
        unsafe { self.map_unchecked_mut(|this| &mut this.0) }.borrower()
    }

    /// See [`Put::cancel`].
    pub fn cancel(self: Pin<&mut Self>) -> CancelledPut<T> {
        self.put().cancel()
    }
}

impl<T, L: Lock> Future for OwnedPut<T, L> {
    type Output = Result<(), PutError<T>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.put().poll(cx)
    }
}

impl<T, L: Lock> fmt::Debug for OwnedPut<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedPut").field(&*self.0.borrower).finish()
    }
}

/// Streams that own their handle.
macro_rules! owned_stream {
    ($Stream:ident, $Handle:ident, $doc:literal) => {
        #[doc = $doc]
        #[must_use = "a stream does nothing unless it is polled"]
        pub struct $Stream<T: 'static, L: Lock + 'static>(
            Owned<$Handle<T, L>, TakeStream<'static, T, Any, L>>,
        );

        impl<T, L: Lock> $Stream<T, L> {
            pub(crate) fn new(handle: $Handle<T, L>) -> Self {
                Self(Owned::new(handle, |channel| channel.stream()))
            }
        }

        impl<T, L: Lock> Stream for $Stream<T, L> {
            type Item = T;

            fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
                // SAFETY: the only field is pinned with `self`.
                unsafe { self.map_unchecked_mut(|this| &mut this.0) }.borrower().poll_next(cx)
            }
        }

        impl<T, L: Lock> FusedStream for $Stream<T, L> {
            fn is_terminated(&self) -> bool {
                self.0.borrower.is_terminated()
            }
        }

        impl<T, L: Lock> fmt::Debug for $Stream<T, L> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($Stream)).field(&*self.0.handle).finish()
            }
        }
    };
}

owned_stream!(OwnedStream, Chan, "The stream of [`Chan::into_stream`].");
owned_stream!(ReceiverStream, Receiver, "The stream of [`Receiver::into_stream`].");

impl<T, L: Lock> fmt::Debug for OwnedTake<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedTake").field(&*self.0.borrower).finish()
    }
}
