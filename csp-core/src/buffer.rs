//! Buffers: what a channel holds between a put and a take.
//!
//! *Model.* A buffer is a discipline, named by a type ([`Rendezvous`], [`Fixed`], …), with the
//! storage that it needs. Beside it a channel has *places* for values that come back: a take that
//! was given a value and is dropped before it was polled puts the value back to the head of the
//! channel. Static channels have one place, allocated ones as many as they need.
//!
//! *Invariants.*
//! 1. A value is pushed only if [`Storage::has_room`]; [`Rendezvous`] never has.
//! 2. Values come out in the order in which they went in, those that came back first, in the order
//!    of their hand-overs.
//! 3. `handed over and not collected + come back ≤ places`; what has a place can always return.
//!
//! | discipline | a put into a full buffer | source |
//! |---|---|---|
//! | [`Rendezvous`] | waits for a take, always | Hoare's CSP |
//! | [`Fixed`] | waits for room | Go, core.async |
//! | [`Dropping`] | is accepted and lost | core.async, JCSP's `OverFlowingBuffer` |
//! | [`Sliding`] | pushes the oldest value out | core.async, JCSP's `OverWriteOldestBuffer` |
//! | [`Overwriting`] | replaces the newest value | JCSP's `OverWritingBuffer` |
//! | [`Promise`] | is accepted and lost: the first value is for ever, and each take gets a clone | core.async's `promise-chan` |
//!
//! Values that a discipline loses are counted by `discarded` of the channel.

use core::{fmt, mem};

use crate::channel::forecast::Forecast;
use crate::channel::kept::Keep;
use crate::promise::{NoPromise, PromiseCell, PromiseSlot};

#[cfg(feature = "alloc")]
mod any;
mod ring;
#[cfg(feature = "alloc")]
pub use any::{Any, Kind};
#[cfg(feature = "alloc")]
pub(crate) use any::{AnyPlaces, AnyStorage};
use ring::Ring;

/// A buffer discipline for values of type `T`; implemented by the types of this module only.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::{Buffer, Fixed, Sliding}, lock::SingleThread};
///
/// fn latest<B: Buffer<u32>>(channel: &Channel<u32, B, SingleThread>) -> Option<u32> {
///     std::iter::from_fn(|| channel.try_take().ok()).last()
/// }
///
/// let channel = Channel::<u32, Sliding<2>, SingleThread>::new();
/// (1..=5).for_each(|n| channel.try_put(n).unwrap());
/// assert_eq!(latest(&channel), Some(5));
/// ```
pub trait Buffer<T>: sealed::Sealed {
    /// Where the buffered values are.
    #[doc(hidden)]
    type Storage: Storage<T>;
    /// Where values come back to.
    #[doc(hidden)]
    type Places: Places<T>;
    /// Where the value of a promise is.
    #[doc(hidden)]
    type Promise: PromiseSlot<T>;
    /// What threads that share the channel read by reference: `T` for a promise, else nothing.
    #[doc(hidden)]
    type Lent;
    /// Whether a put may find room.
    #[doc(hidden)]
    const BUFFERS: bool = true;
    /// The glance at who waits, if there is one.
    #[doc(hidden)]
    type Forecast: Forecast;
    /// Where the waker of a task that waits again and again is kept.
    #[doc(hidden)]
    type Kept: Keep;
}

/// A buffer whose size is known to the compiler, so that its channel can be a `static`.
///
/// Implemented by every discipline but the one that is chosen at run time.
#[doc(hidden)]
pub trait StaticBuffer<T>: Buffer<T> {
    const STORAGE: Self::Storage;
    const PLACES: Self::Places;
    const PROMISE: Self::Promise;
}

/// Where the buffered values are, and what happens when there is no room for another.
#[doc(hidden)]
#[expect(clippy::len_without_is_empty, reason = "nobody asks")]
pub trait Storage<T>: fmt::Debug {
    fn len(&self) -> usize;

    /// How many values fit; `None` is without bound.
    fn capacity(&self) -> Option<usize>;

    /// Whether a put need not wait.
    fn has_room(&self) -> bool;

    /// Takes a value in and returns the one that had to go for it, or could not stay.
    fn push(&mut self, value: T) -> Option<T>;

    /// Takes in the value that `value` brings, if that costs no other and no allocation; whether it
    /// did.
    fn append(&mut self, value: impl FnOnce() -> T) -> bool;

    fn pop(&mut self) -> Option<T>;

    /// Whether the value is in the promise's own cell, for ever.
    fn is_promise(&self) -> bool {
        false
    }
}

/// The places to which handed-over values may come back.
#[doc(hidden)]
#[expect(clippy::len_without_is_empty, reason = "nobody asks")]
pub trait Places<T>: fmt::Debug {
    /// Whether a hand-over may find no place, so that who collects has to say so.
    const LIMITED: bool;

    fn len(&self) -> usize;

    /// Whether a value may be handed over: it could come back.
    fn has_room(&self) -> bool;

    /// A value is handed over; its sequence number.
    fn reserve(&mut self) -> u32;

    /// A value that was handed over will not come back.
    fn release(&mut self);

    /// A value that was handed over comes back.
    fn put_back(&mut self, sequence: u32, value: T);

    fn pop(&mut self) -> Option<T>;
}

mod sealed {
    pub trait Sealed {}
}

/// The one place of a static channel.
#[doc(hidden)]
pub enum OnePlace<T> {
    Free,
    /// For a value that is handed over, and could come back.
    Reserved,
    Returned(T),
}

impl<T> OnePlace<T> {
    const NEW: Self = Self::Free;
}

impl<T> fmt::Debug for OnePlace<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Free => "Free",
            Self::Reserved => "Reserved",
            Self::Returned(_) => "Returned",
        })
    }
}

impl<T> Places<T> for OnePlace<T> {
    const LIMITED: bool = true;

    fn len(&self) -> usize {
        usize::from(matches!(self, Self::Returned(_)))
    }

    fn has_room(&self) -> bool {
        matches!(self, Self::Free)
    }

    fn reserve(&mut self) -> u32 {
        debug_assert!(self.has_room(), "invariant 3");
        *self = Self::Reserved;
        0
    }

    fn release(&mut self) {
        debug_assert!(matches!(self, Self::Reserved), "invariant 3");
        *self = Self::Free;
    }

    fn put_back(&mut self, _sequence: u32, value: T) {
        debug_assert!(matches!(self, Self::Reserved), "invariant 3");
        *self = Self::Returned(value);
    }

    fn pop(&mut self) -> Option<T> {
        if !matches!(self, Self::Returned(_)) {
            return None;
        }
        match mem::replace(self, Self::Free) {
            Self::Returned(value) => Some(value),
            Self::Free | Self::Reserved => None,
        }
    }
}

/// No buffer: a put meets a take, and the later of the two completes both.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, TryPutError, buffer::Rendezvous, lock::SingleThread};
///
/// let channel = Channel::<u32, Rendezvous, SingleThread>::new();
/// // Nobody takes.
/// assert_eq!(channel.try_put(1), Err(TryPutError::Full(1)));
/// assert_eq!(channel.capacity(), Some(0));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Rendezvous;

impl sealed::Sealed for Rendezvous {}

impl<T> Buffer<T> for Rendezvous {
    const BUFFERS: bool = false;
    type Storage = NoStorage;
    type Places = OnePlace<T>;
    type Promise = NoPromise;
    type Lent = ();
    type Forecast = ();
    type Kept = ();
}

impl<T> StaticBuffer<T> for Rendezvous {
    const STORAGE: NoStorage = NoStorage;
    const PLACES: OnePlace<T> = OnePlace::NEW;
    const PROMISE: NoPromise = NoPromise;
}

/// The storage of a rendezvous.
#[doc(hidden)]
#[derive(Debug)]
pub struct NoStorage;

impl<T> Storage<T> for NoStorage {
    fn len(&self) -> usize {
        0
    }

    fn capacity(&self) -> Option<usize> {
        Some(0)
    }

    fn has_room(&self) -> bool {
        false
    }

    fn push(&mut self, value: T) -> Option<T> {
        Some(value)
    }

    fn append(&mut self, _value: impl FnOnce() -> T) -> bool {
        false
    }

    fn pop(&mut self) -> Option<T> {
        None
    }
}

/// What a full buffer does with one more value.
pub(crate) trait Overflow {
    const HAS_ALWAYS_ROOM: bool;

    /// Called with a full queue: takes `value` in, or not, and returns what is lost.
    fn overflow<Q: Queue>(queue: &mut Q, value: Q::Value) -> Option<Q::Value>;
}

/// What the disciplines need of a queue.
pub(crate) trait Queue {
    type Value;
    fn append(&mut self, value: Self::Value);
    fn oldest(&mut self) -> Option<Self::Value>;
    fn newest(&mut self) -> Option<Self::Value>;
}

impl<T, const N: usize> Queue for Ring<T, N> {
    type Value = T;

    #[inline]
    fn append(&mut self, value: T) {
        let full = self.push_newest(value).is_err();
        debug_assert!(!full, "invariant 1");
    }

    fn oldest(&mut self) -> Option<T> {
        self.pop_oldest()
    }

    fn newest(&mut self) -> Option<T> {
        self.pop_newest()
    }
}

/// A queue of at most `N` values, with what happens to one more.
#[doc(hidden)]
pub struct Bounded<T, O, const N: usize> {
    queue: Ring<T, N>,
    _overflow: core::marker::PhantomData<fn(O) -> O>,
}

impl<T, O, const N: usize> Bounded<T, O, N> {
    // A function, for a constant would be evaluated, and might fail, before the assertion that
    // names the rendezvous.
    const fn new() -> Self {
        Self { queue: Ring::new(), _overflow: core::marker::PhantomData }
    }
}

impl<T, O, const N: usize> fmt::Debug for Bounded<T, O, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {N}", self.queue.len())
    }
}

impl<T, O: Overflow, const N: usize> Storage<T> for Bounded<T, O, N> {
    fn len(&self) -> usize {
        self.queue.len()
    }

    fn capacity(&self) -> Option<usize> {
        Some(N)
    }

    fn has_room(&self) -> bool {
        O::HAS_ALWAYS_ROOM || !self.queue.is_full()
    }

    fn push(&mut self, value: T) -> Option<T> {
        if self.queue.is_full() {
            return O::overflow(&mut self.queue, value);
        }
        self.queue.append(value);
        None
    }

    #[inline]
    fn append(&mut self, value: impl FnOnce() -> T) -> bool {
        let has_room = !self.queue.is_full();
        if has_room {
            self.queue.append(value());
        }
        has_room
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.queue.pop_oldest()
    }
}

/// Declares a discipline of `N` values with static storage.
macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $zero:literal, $has_always_room:literal,
     |$queue:ident, $value:ident| $overflow:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<const N: usize>;

        impl<const N: usize> sealed::Sealed for $name<N> {}

        impl<const N: usize> Overflow for $name<N> {
            const HAS_ALWAYS_ROOM: bool = $has_always_room;

            fn overflow<Q: Queue>($queue: &mut Q, $value: Q::Value) -> Option<Q::Value> {
                $overflow
            }
        }

        impl<T, const N: usize> Buffer<T> for $name<N> {
            type Storage = Bounded<T, Self, N>;
            type Places = OnePlace<T>;
            type Promise = NoPromise;
            type Lent = ();
            type Forecast = ();
            type Kept = ();
        }

        impl<T, const N: usize> StaticBuffer<T> for $name<N> {
            const STORAGE: Self::Storage = {
                assert!(N > 0, $zero);
                Bounded::new()
            };
            const PLACES: OnePlace<T> = OnePlace::NEW;
            const PROMISE: NoPromise = NoPromise;
        }
    };
}

bounded! {
    /// A queue of `N` values; a put waits while it is full.
    ///
    /// `N = 0` is refused by the compiler: that is a [`Rendezvous`].
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, TryPutError, buffer::Fixed, lock::SingleThread};
    ///
    /// let channel = Channel::<u32, Fixed<2>, SingleThread>::new();
    /// channel.try_put(1).unwrap();
    /// channel.try_put(2).unwrap();
    /// assert_eq!(channel.try_put(3), Err(TryPutError::Full(3)));
    /// assert_eq!(channel.try_take(), Ok(1));
    /// ```
    ///
    /// ```compile_fail
    /// use csp_core::{Channel, buffer::Fixed, lock::SingleThread};
    /// let channel = Channel::<u32, Fixed<0>, SingleThread>::new();
    /// ```
    Fixed,
    "a fixed buffer of size 0 holds nothing: use the buffer `Rendezvous`",
    false,
    |_queue, value| Some(value)
}

bounded! {
    /// A queue of `N` values; a value put into it while it is full is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Dropping, lock::SingleThread};
    ///
    /// let channel = Channel::<u32, Dropping<2>, SingleThread>::new();
    /// (1..=3).for_each(|n| channel.try_put(n).unwrap());
    /// assert_eq!(channel.discarded(), 1);
    /// assert_eq!((channel.try_take(), channel.try_take()), (Ok(1), Ok(2)));
    /// ```
    Dropping,
    "a dropping buffer of size 0 would lose every value: use the buffer `Rendezvous`, or a size of at least 1",
    true,
    |_queue, value| Some(value)
}

bounded! {
    /// A queue of `N` values; a value put into it while it is full pushes the oldest out.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Sliding, lock::SingleThread};
    ///
    /// let channel = Channel::<u32, Sliding<2>, SingleThread>::new();
    /// (1..=3).for_each(|n| channel.try_put(n).unwrap());
    /// assert_eq!((channel.try_take(), channel.try_take()), (Ok(2), Ok(3)));
    /// ```
    Sliding,
    "a sliding buffer of size 0 would lose every value: use the buffer `Rendezvous`, or a size of at least 1",
    true,
    |queue, value| {
        let oldest = queue.oldest();
        queue.append(value);
        oldest
    }
}

bounded! {
    /// A queue of `N` values; a value put into it while it is full replaces the newest.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Overwriting, lock::SingleThread};
    ///
    /// let channel = Channel::<u32, Overwriting<2>, SingleThread>::new();
    /// (1..=3).for_each(|n| channel.try_put(n).unwrap());
    /// assert_eq!((channel.try_take(), channel.try_take()), (Ok(1), Ok(3)));
    /// ```
    Overwriting,
    "an overwriting buffer of size 0 would lose every value: use the buffer `Rendezvous`, or a size of at least 1",
    true,
    |queue, value| {
        let newest = queue.newest();
        queue.append(value);
        newest
    }
}

/// One value for ever: the first that is put, of which each take gets a clone.
///
/// Later puts are accepted and their values lost. The clone is made without a lock, so threads
/// that share the channel read the value at the same time: that asks for `T: Sync`.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::Promise, lock::SingleThread};
///
/// let channel = Channel::<&str, Promise, SingleThread>::new();
/// channel.try_put("first").unwrap();
/// channel.try_put("second").unwrap();
/// assert_eq!((channel.try_take(), channel.try_take()), (Ok("first"), Ok("first")));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Promise;

impl sealed::Sealed for Promise {}

impl<T: Clone> Buffer<T> for Promise {
    type Storage = PromiseStorage;
    type Places = OnePlace<T>;
    type Promise = PromiseCell<T>;
    type Lent = T;
    type Forecast = ();
    type Kept = ();
}

impl<T: Clone> StaticBuffer<T> for Promise {
    const STORAGE: PromiseStorage = PromiseStorage;
    const PLACES: OnePlace<T> = OnePlace::NEW;
    const PROMISE: PromiseCell<T> = PromiseCell::new();
}

/// The storage of a promise: none, its value is in a cell of its own.
#[doc(hidden)]
#[derive(Debug)]
pub struct PromiseStorage;

impl<T> Storage<T> for PromiseStorage {
    fn len(&self) -> usize {
        0
    }

    fn capacity(&self) -> Option<usize> {
        Some(1)
    }

    fn has_room(&self) -> bool {
        true
    }

    fn push(&mut self, value: T) -> Option<T> {
        Some(value)
    }

    fn append(&mut self, _value: impl FnOnce() -> T) -> bool {
        false
    }

    fn pop(&mut self) -> Option<T> {
        None
    }

    fn is_promise(&self) -> bool {
        true
    }
}
