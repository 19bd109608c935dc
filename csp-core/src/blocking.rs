//! Operations for threads: they block the caller until the operation completes, or a deadline.
//!
//! Inside a process of an executor they block the executor's thread, and with it perhaps the very
//! process that would meet them: a deadlock. Use them on threads of your own.

use alloc::sync::Arc;
use alloc::task::Wake;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::time::Instant;

use crate::alts::{Alts, Guards};
use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::end::{PutEnd, TakeEnd};
use crate::error::{PutError, TakeError};
use crate::lock::Lock;
use crate::put::CancelledPut;
use crate::sync::thread::{self, Thread};
use crate::sync::{AtomicBool, Ordering};

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
pub fn block_on<F: IntoFuture>(future: F) -> F::Output {
    let mut future = pin!(future.into_future());
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
    let unpark = Arc::new(Unpark { thread: thread::current(), is_woken: AtomicBool::new(false) });
    let waker = Waker::from(Arc::clone(&unpark));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return Poll::Ready(output);
        }
        while !unpark.is_woken.swap(false, Ordering::Acquire) {
            match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => return Poll::Pending,
                Some(left) => thread::park_timeout(left),
            }
        }
    }
}

/// Wakes a thread that blocks. The flag says so too, for the thread's token may be used up by
/// whatever else parks in the same poll.
struct Unpark {
    thread: Thread,
    is_woken: AtomicBool,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::Release) {
            self.thread.unpark();
        }
    }
}

impl<T, B: Buffer<T>, L: Lock> Channel<T, B, L> {
    /// [`put`](Self::put) for a thread: blocks until the value is accepted.
    ///
    /// Inside an executor it blocks the executor's thread, and may so prevent the take that it
    /// waits for.
    ///
    /// # Errors
    ///
    /// [`PutError`], with the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Rendezvous, lock::StdLock};
    ///
    /// static CHANNEL: Channel<u32, Rendezvous, StdLock> = Channel::new();
    /// let taker = std::thread::spawn(|| CHANNEL.take_blocking());
    /// CHANNEL.put_blocking(1).unwrap();
    /// assert_eq!(taker.join().unwrap(), Ok(1));
    /// ```
    pub fn put_blocking(&self, value: T) -> Result<(), PutError<T>> {
        block_on(self.put(value))
    }

    /// [`put_blocking`](Self::put_blocking) with a deadline.
    ///
    /// # Errors
    ///
    /// [`PutError`], with the value; `TimedOut` if the deadline has passed.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, Error, buffer::Rendezvous, lock::StdLock};
    /// use std::time::Instant;
    ///
    /// let channel = Channel::<u32, Rendezvous, StdLock>::new();
    /// let error = channel.put_blocking_until(1, Instant::now()).unwrap_err();
    /// assert_eq!((error.kind(), error.into_inner()), (Error::TimedOut, 1));
    /// ```
    pub fn put_blocking_until(&self, value: T, deadline: Instant) -> Result<(), PutError<T>> {
        let mut put = pin!(self.put(value));
        match poll_until(put.as_mut(), Some(deadline)) {
            Poll::Ready(result) => result,
            Poll::Pending => match put.cancel() {
                CancelledPut::Returned(value) => Err(PutError::TimedOut(value)),
                CancelledPut::Committed => Ok(()),
            },
        }
    }

    /// [`take`](Self::take) for a thread: blocks until there is a value.
    ///
    /// Inside an executor it blocks the executor's thread, and may so prevent the put that it
    /// waits for.
    ///
    /// # Errors
    ///
    /// [`TakeError`].
    ///
    /// # Examples
    ///
    /// See [`put_blocking`](Self::put_blocking).
    pub fn take_blocking(&self) -> Result<T, TakeError> {
        block_on(self.take())
    }

    /// [`take_blocking`](Self::take_blocking) with a deadline.
    ///
    /// # Errors
    ///
    /// [`TakeError`]; `TimedOut` if the deadline has passed.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, TakeError, buffer::Rendezvous, lock::StdLock};
    /// use std::time::Instant;
    ///
    /// let channel = Channel::<u32, Rendezvous, StdLock>::new();
    /// assert_eq!(channel.take_blocking_until(Instant::now()), Err(TakeError::TimedOut));
    /// ```
    pub fn take_blocking_until(&self, deadline: Instant) -> Result<T, TakeError> {
        let mut take = pin!(self.take());
        match poll_until(take.as_mut(), Some(deadline)) {
            Poll::Ready(result) => result,
            // What it was given between the last poll and its drop goes back to the channel.
            Poll::Pending => Err(TakeError::TimedOut),
        }
    }

    /// Iterates over what is taken, blocking, until the channel ends.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<2>, StdLock>::new();
    /// channel.try_put(1).unwrap();
    /// channel.try_put(2).unwrap();
    /// channel.close();
    /// assert_eq!(channel.iter_blocking().sum::<u32>(), 3);
    /// ```
    pub fn iter_blocking(&self) -> impl Iterator<Item = T> {
        core::iter::from_fn(|| self.take_blocking().ok())
    }
}

impl<T, B: Buffer<T>, L: Lock> PutEnd<T, B, L> {
    /// See [`Channel::put_blocking`].
    ///
    /// # Errors
    ///
    /// [`PutError`], with the value.
    pub fn put_blocking(&self, value: T) -> Result<(), PutError<T>> {
        self.channel().put_blocking(value)
    }

    /// See [`Channel::put_blocking_until`].
    ///
    /// # Errors
    ///
    /// [`PutError`], with the value.
    pub fn put_blocking_until(&self, value: T, deadline: Instant) -> Result<(), PutError<T>> {
        self.channel().put_blocking_until(value, deadline)
    }
}

impl<T, B: Buffer<T>, L: Lock> TakeEnd<T, B, L> {
    /// See [`Channel::take_blocking`].
    ///
    /// # Errors
    ///
    /// [`TakeError`].
    pub fn take_blocking(&self) -> Result<T, TakeError> {
        self.channel().take_blocking()
    }

    /// See [`Channel::take_blocking_until`].
    ///
    /// # Errors
    ///
    /// [`TakeError`].
    pub fn take_blocking_until(&self, deadline: Instant) -> Result<T, TakeError> {
        self.channel().take_blocking_until(deadline)
    }

    /// See [`Channel::iter_blocking`].
    pub fn iter_blocking(&self) -> impl Iterator<Item = T> {
        self.channel().iter_blocking()
    }
}

impl<S: Guards> Alts<'_, S> {
    /// The choice for a thread: blocks until one guard has happened.
    ///
    /// # Panics
    ///
    /// As [`alts()`](crate::alts()) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, alts, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// channel.try_put(1).unwrap();
    /// assert_eq!(alts([channel.take()]).blocking(), (0, Ok(1)));
    /// ```
    pub fn blocking(self) -> S::Selected {
        block_on(self)
    }

    /// The choice for a thread, with a deadline: `None` if it has passed.
    ///
    /// # Panics
    ///
    /// As [`alts()`](crate::alts()) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, alts, buffer::Fixed, lock::StdLock};
    /// use std::time::Instant;
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// assert_eq!(alts([channel.take()]).blocking_until(Instant::now()), None);
    /// ```
    pub fn blocking_until(self, deadline: Instant) -> Option<S::Selected> {
        let mut choice = pin!(self);
        match poll_until(choice.as_mut(), Some(deadline)) {
            Poll::Ready(selected) => Some(selected),
            Poll::Pending => None,
        }
    }
}
