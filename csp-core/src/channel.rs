//! A channel as a place: const-constructible, used by reference, without an allocator.
//!
//! *Model.* A [`Channel`] is a lock, the state under it, and the cell of a promise. Everything
//! that waits on it lives in the futures of those who wait.
//!
//! *Invariants.*
//! 1. The state is reached only under the lock: by [`Channel::with`], or by an `alts` that holds
//!    all locks of its channels.
//! 2. What a transition leaves to do is done after the lock is free ([`Channel::run`]), whatever
//!    panics on the way.

#![expect(unsafe_code, reason = "the state lies in a cell that the lock guards")]

use core::cell::UnsafeCell;
use core::fmt;

use crate::buffer::{Buffer, StaticBuffer};
use crate::choice::Outcome;
use crate::closed::Closed;
use crate::end::{PutEnd, TakeEnd};
use crate::error::{Refused, TryPutError, TryTakeError};
use crate::lock::{AnyLock as _, Lock};
use crate::promise::PromiseSlot;
use crate::put::{Put, PutFrom};
use crate::stream::TakeStream;
use crate::sync::Access;
use crate::take::Take;
use crate::wait_list::{Party, Waiter};

pub(crate) mod forecast;
mod inspect;
pub(crate) mod kept;
mod port;
pub(crate) mod state;

use forecast::{BUFFERED, Forecast};
use kept::Keep;
pub(crate) use port::Port;
use state::{After, Got, Locked, State};

/// A channel of `T` with the buffer `B` and the lock `L`.
///
/// It is a place: a `static`, a local, a field. Processes use it by reference, or by the one-way
/// ends that it lends ([`sender`](Channel::sender), [`receiver`](Channel::receiver)). Nothing is
/// allocated, neither by the channel nor by who waits on it.
///
/// For a handle that can be cloned and sent around, see [`Chan`](crate::Chan) (with `alloc`).
///
/// Capacity and lengths are numbers of values. Every operation takes the lock once or twice and
/// costs O(1); an operation that ends the channel costs O(parties that wait).
///
/// Dropping a waiting operation takes the lock too.
///
/// # Fairness
///
/// Parked takes are served in order of arrival, parked puts too. A value never overtakes another,
/// but for one that came back: if a take was given a value and is dropped before it was polled,
/// the value goes to the next take, and that may be after one that was handed over meanwhile.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, block_on, buffer::Fixed, lock::StdLock};
///
/// static CHANNEL: Channel<u32, Fixed<4>, StdLock> = Channel::new();
///
/// block_on(async {
///     CHANNEL.put(1).await.unwrap();
///     assert_eq!(CHANNEL.take().await, Ok(1));
/// });
/// ```
pub struct Channel<T, B: Buffer<T>, L> {
    state: UnsafeCell<State<T, B>>,
    access: Access,
    promise: B::Promise,
    pub(crate) forecast: B::Forecast,
    lock: L,
}

// SAFETY: invariant 1, the lock gives the state to one thread at a time; values cross threads, and
// a promise is read by several at once (`Lent`).
unsafe impl<T: Send, B: Buffer<T>, L: Lock + Sync> Sync for Channel<T, B, L> where B::Lent: Sync {}
// SAFETY: a channel that moves to another thread takes its values along, and nobody waits on it
// who has borrowed it. Nodes of leaked futures are reached under the lock only; the choice of a
// leaked `alts` by compare-and-swap, or under the one lock, for a lock without threads is not
// `Send`.
unsafe impl<T: Send, B: Buffer<T>, L: Lock + Send> Send for Channel<T, B, L> {}

impl<T, B: StaticBuffer<T>, L: Lock> Channel<T, B, L> {
    /// An open channel with nothing in it.
    ///
    /// A bounded buffer of size 0 is refused by the compiler.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Rendezvous, lock::StdLock};
    ///
    /// static CHANNEL: Channel<String, Rendezvous, StdLock> = Channel::new();
    /// assert!(CHANNEL.is_empty());
    /// ```
    pub const fn new() -> Self {
        Self::from_parts(B::STORAGE, B::PLACES, B::PROMISE)
    }
}

impl<T, B: StaticBuffer<T>, L: Lock> Default for Channel<T, B, L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, B: Buffer<T>, L: Lock> Channel<T, B, L> {
    pub(crate) const fn from_parts(
        storage: B::Storage,
        places: B::Places,
        promise: B::Promise,
    ) -> Self {
        let state = UnsafeCell::new(State::new(storage, places));
        Self { state, access: Access::new(), promise, forecast: B::Forecast::NEW, lock: L::INIT }
    }

    /// Puts a value: completes once it has been accepted.
    ///
    /// Accepted means taken by a waiting take, or kept in the buffer. If a take that accepted it
    /// is dropped before it was polled, the value stays in the channel for the next one; the put
    /// has completed all the same.
    ///
    /// Full: waits. Closed or poisoned, also while it waits: fails and gives the value back.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future withdraws the put; the value is dropped with it, once, and never
    /// delivered. [`Put::cancel`] withdraws it and gives the value back, or tells that it was
    /// accepted. To keep the value where a drop cannot reach it, use
    /// [`put_from`](Self::put_from).
    ///
    /// # Errors
    ///
    /// [`PutError`](crate::PutError), with the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, block_on, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// block_on(async {
    ///     channel.put(1).await.unwrap();
    ///     channel.close();
    ///     assert_eq!(channel.put(2).await.unwrap_err().into_inner(), 2);
    /// });
    /// ```
    pub const fn put(&self, value: T) -> Put<'_, T, B, L> {
        Put::new(self, value)
    }

    /// Puts the value that lies in `source`: afterwards `source` is `None` if it was accepted.
    ///
    /// This is [`put`](Self::put) for a value that must survive the loss of a choice, or a drop:
    /// it moves into the future when that is first polled, and back if the put does not happen.
    /// In an [`alts`](crate::alts()) it is the put branch; with `None` in `source` the branch is
    /// disabled.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost: dropped or defeated, the value is in `source` again, unless it was
    /// accepted.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::Error::Closed) or `Poisoned`; the value is in `source`.
    ///
    /// # Panics
    ///
    /// If it is awaited by itself with `None` in `source`.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, block_on, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// let mut value = Some(7);
    /// block_on(channel.put_from(&mut value)).unwrap();
    /// assert_eq!(value, None);
    /// ```
    pub const fn put_from<'a>(&'a self, source: &'a mut Option<T>) -> PutFrom<'a, T, B, L> {
        PutFrom::new(self, source)
    }

    /// Takes a value: completes once there is one.
    ///
    /// Empty: waits. Closed: what is in the channel is still taken, in order, then it fails.
    /// Poisoned: fails, but what a poisoned putting side had put is drained first.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost: if the future was given a value and is dropped before it was polled again,
    /// the value goes to the next take.
    ///
    /// # Errors
    ///
    /// [`TakeError`](crate::TakeError).
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, TakeError, block_on, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// channel.try_put(1).unwrap();
    /// channel.close();
    /// block_on(async {
    ///     assert_eq!(channel.take().await, Ok(1));
    ///     assert_eq!(channel.take().await, Err(TakeError::Closed));
    /// });
    /// ```
    pub const fn take(&self) -> Take<'_, T, B, L> {
        Take::new(self)
    }

    /// Puts a value if that need not wait (core.async's `offer!`).
    ///
    /// It meets a waiting take, or finds room in the buffer. A static channel has one place for a
    /// value that comes back: while a handed-over value has not been collected, a rendezvous says
    /// `Full` although a take waits.
    ///
    /// # Errors
    ///
    /// [`TryPutError`], with the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, TryPutError, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// assert_eq!(channel.try_put(1), Ok(()));
    /// assert_eq!(channel.try_put(2), Err(TryPutError::Full(2)));
    /// ```
    pub fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
        let mut after = After::default();
        // It enters no list: its slot is where a value is put from.
        let waiter = Waiter::full(value);
        let outcome = self.with(|locked| locked.try_put(&waiter, &mut after));
        let stays = outcome != Some(Outcome::Moved) || after.evicted;
        // SAFETY: wait list, contract 3: the slot is ours, and full again if its value has not
        // moved, or another one had to go for it.
        let left = stays.then(|| unsafe { waiter.take_value() });
        self.run(Party::STRANGER, &mut after);
        match (outcome, left) {
            (Some(Outcome::Refused(Refused::Ended(ended))), Some(value)) => {
                Err(TryPutError::ended(value, ended))
            }
            (None, Some(value)) => Err(TryPutError::Full(value)),
            (_, _evicted) => Ok(()),
        }
    }

    /// Takes a value if that need not wait (core.async's `poll!`).
    ///
    /// # Errors
    ///
    /// [`TryTakeError`], which tells empty, closed and poisoned apart.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, TryTakeError, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// assert_eq!(channel.try_take(), Err(TryTakeError::Empty));
    /// channel.close();
    /// assert_eq!(channel.try_take(), Err(TryTakeError::Closed));
    /// ```
    pub fn try_take(&self) -> Result<T, TryTakeError> {
        let mut after = After::default();
        let got = self.with(|locked| locked.try_take(&mut after));
        self.run(Party::STRANGER, &mut after);
        match got {
            None => Err(TryTakeError::Empty),
            Some(Err(ended)) => Err(ended.into()),
            Some(Ok(Got::Value(value))) => Ok(value),
            Some(Ok(Got::Kept)) => Ok(self.kept()),
        }
    }

    /// A stream of what is taken, which ends when the channel does.
    ///
    /// Between two polls the stream is told that there is something, and never given it: a value
    /// is taken in the poll that returns it, so a stream that nobody polls holds up nobody.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, block_on, buffer::Fixed, lock::StdLock};
    /// use futures_core::Stream;
    /// use std::{future::poll_fn, pin::pin};
    ///
    /// let channel = Channel::<u32, Fixed<2>, StdLock>::new();
    /// channel.try_put(1).unwrap();
    /// channel.close();
    /// block_on(async {
    ///     let mut stream = pin!(channel.stream());
    ///     assert_eq!(poll_fn(|cx| stream.as_mut().poll_next(cx)).await, Some(1));
    ///     assert_eq!(poll_fn(|cx| stream.as_mut().poll_next(cx)).await, None);
    /// });
    /// ```
    pub const fn stream(&self) -> TakeStream<'_, T, B, L> {
        TakeStream::new(self)
    }

    /// A sink into the channel, which owns at most one value at a time.
    ///
    /// # Cancel safety
    ///
    /// Dropped, it withdraws the value that has not been accepted, and drops it.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, block_on, buffer::Fixed, lock::StdLock};
    /// use futures_sink::Sink;
    /// use std::{future::poll_fn, pin::pin};
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// block_on(async {
    ///     let mut sink = pin!(channel.sink());
    ///     poll_fn(|cx| sink.as_mut().poll_ready(cx)).await.unwrap();
    ///     sink.as_mut().start_send(1).unwrap();
    ///     poll_fn(|cx| sink.as_mut().poll_flush(cx)).await.unwrap();
    /// });
    /// assert_eq!(channel.try_take(), Ok(1));
    /// ```
    #[cfg(feature = "futures-sink")]
    pub const fn sink(&self) -> crate::sink::PutSink<'_, T, B, L> {
        crate::sink::PutSink::new(self)
    }

    /// Completes when the channel has ended: closed, poisoned, or left by all ends of a side.
    ///
    /// Values may still be there to take. It is a guard for `alts` too.
    ///
    /// # Cancel safety
    ///
    /// Dropping it leaves nothing behind.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, Ended, block_on, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<2>, StdLock>::new();
    /// channel.close();
    /// assert_eq!(block_on(channel.closed()), Ended::Closed);
    /// ```
    pub const fn closed(&self) -> Closed<'_, T, B, L> {
        Closed::new(self)
    }

    /// Closes the channel; closing again does nothing.
    ///
    /// Parked takes fail, parked puts fail and give their values back, later puts fail. What is in
    /// the channel stays and is taken in order; then every take fails.
    ///
    /// core.async differs: there a parked put is still delivered after the close.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, TryPutError, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<2>, StdLock>::new();
    /// channel.close();
    /// assert!(channel.is_closed());
    /// assert_eq!(channel.try_put(1), Err(TryPutError::Closed(1)));
    /// ```
    pub fn close(&self) {
        self.with(|locked| locked.state.close());
        self.tell_end();
    }

    /// Poisons the whole channel with a strength of 1 to 255; false if the channel is immune to it.
    ///
    /// Poison acts if it is stronger than the channel's immunity (0 unless set). Parked and later
    /// operations fail with the strongest poison so far; what is in the channel is discarded. An
    /// operation that has already matched is not poisoned. A promise's value is hidden.
    ///
    /// Poison from an end acts for its side: from the putting side, what is in the channel is
    /// drained first.
    ///
    /// *Source*: JCSP.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, TryTakeError, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<2>, StdLock>::new().with_immunity(5);
    /// assert!(!channel.poison(5));
    /// assert!(channel.poison(6));
    /// assert_eq!(channel.try_take(), Err(TryTakeError::Poisoned { strength: 6 }));
    /// ```
    pub fn poison(&self, strength: u8) -> bool {
        self.poison_from(strength, true)
    }

    /// Poisons from the taking side (what can be taken is discarded) or from the putting side.
    pub(crate) fn poison_from(&self, strength: u8, discards: bool) -> bool {
        let acted = self.with(|locked| locked.state.poison(strength, discards));
        self.tell_end();
        acted
    }

    /// The last taker is gone.
    #[cfg(feature = "alloc")]
    pub(crate) fn desert(&self) {
        self.with(|locked| locked.state.desert());
        self.tell_end();
    }

    /// Sets the poison strength up to which the channel is immune.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Rendezvous, lock::StdLock};
    ///
    /// static STURDY: Channel<u8, Rendezvous, StdLock> = Channel::new().with_immunity(10);
    /// assert!(!STURDY.poison(10));
    /// ```
    #[must_use]
    pub const fn with_immunity(mut self, immunity: u8) -> Self {
        self.state.get_mut().set_immunity(immunity);
        self
    }

    /// Limits how many puts, and how many takes, may wait at once; 0 is without limit.
    ///
    /// One more fails with `Crowded`, and the channel goes on. Counting costs O(limit) for an
    /// operation that waits.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Rendezvous, lock::StdLock};
    ///
    /// // core.async's limit.
    /// static CHANNEL: Channel<u8, Rendezvous, StdLock> = Channel::new().with_pending_limit(1024);
    /// ```
    #[must_use]
    pub const fn with_pending_limit(mut self, limit: u16) -> Self {
        self.state.get_mut().set_limit(limit);
        self
    }

    /// Switches off that an operation yields after 128 in a row that did not wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u8, Fixed<1>, StdLock>::new().without_yield();
    /// ```
    #[must_use]
    pub const fn without_yield(mut self) -> Self {
        self.state.get_mut().set_eager();
        self
    }

    /// Lends the end that puts. It is a reference: it is not counted, and its drop closes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u8, Fixed<2>, StdLock>::new();
    /// channel.sender().try_put(1).unwrap();
    /// ```
    pub const fn sender(&self) -> &PutEnd<T, B, L> {
        PutEnd::of(self)
    }

    /// Lends the end that takes. It is a reference: it is not counted, and its drop closes
    /// nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u8, Fixed<2>, StdLock>::new();
    /// channel.try_put(1).unwrap();
    /// assert_eq!(channel.receiver().try_take(), Ok(1));
    /// ```
    pub const fn receiver(&self) -> &TakeEnd<T, B, L> {
        TakeEnd::of(self)
    }

    /// Whether it keeps the wakers of those who wait.
    pub(crate) const KEEPS: bool = !L::THREADS && <B::Kept as Keep>::KEEPS;

    pub(crate) const fn lock(&self) -> &L {
        &self.lock
    }

    /// Runs `f` on the state, under the lock.
    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Locked<'_, T, B>) -> R) -> R {
        self.lock.with_lock(|| {
            // SAFETY: invariant 1, the lock is held until `f` returns.
            let mut locked = unsafe { self.locked() };
            let result = f(&mut locked);
            // Without threads, a lock is too cheap for this to pay; and a buffer stays.
            if L::THREADS && !self.forecast.says(BUFFERED) {
                self.forecast.set(|| locked.state.forecast());
            }
            result
        })
    }

    /// As [`with`](Self::with), where `f` runs no code but the channel's own, not even the
    /// allocator's: without threads a look at the lock will do then, for nobody comes in between.
    #[inline]
    pub(crate) fn with_own_code<R>(&self, f: impl FnOnce(&mut Locked<'_, T, B>) -> R) -> R {
        if L::THREADS {
            return self.with(f);
        }
        self.lock.assert_free();
        // SAFETY: invariant 1, the lock is free, and nobody else runs until `f` returns.
        f(&mut unsafe { self.locked() })
    }

    /// Runs `f`, which runs no code but the channel's own, on the state of a channel whose lock is
    /// held.
    ///
    /// # Safety
    ///
    /// Invariant 1: the lock is held, unless there are no threads, and no other reference to the
    /// state exists.
    #[inline]
    pub(crate) unsafe fn held<R>(&self, f: impl FnOnce(&mut Locked<'_, T, B>) -> R) -> R {
        if !L::THREADS {
            self.lock.assert_free();
        }
        // SAFETY: passed on to the caller.
        f(&mut unsafe { self.locked() })
    }

    /// # Safety
    ///
    /// Invariant 1: the lock is held while the result lives, and this is the only one.
    #[inline]
    unsafe fn locked(&self) -> Locked<'_, T, B> {
        self.access.write();
        // SAFETY: passed on to the caller.
        Locked { state: unsafe { &mut *self.state.get() }, promise: &self.promise }
    }

    /// A clone of the promise's value; the caller has learnt that it is there.
    pub(crate) fn kept(&self) -> T {
        // SAFETY: promise, contract 2: `Got::Kept` and `Outcome::Look` say so, and nothing else
        // leads here.
        unsafe { self.promise.get() }
    }
}

impl<T, B: Buffer<T>, L: Lock> fmt::Debug for Channel<T, B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first, written without the lock: the writer is user code.
        let (len, capacity, ended) = self.with(|locked| {
            let state = &*locked.state;
            (state.len(), state.capacity(), state.how_ended())
        });
        f.debug_struct("Channel")
            .field("len", &len)
            .field("capacity", &capacity)
            .field("ended", &ended)
            .field("parked_puts", &self.parked_puts())
            .field("parked_takes", &self.parked_takes())
            .finish()
    }
}
