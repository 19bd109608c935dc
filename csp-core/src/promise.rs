//! The value of a promise channel: set once, then read by any number of takes without a lock.
//!
//! *Safety contract.*
//! 1. [`PromiseSlot::set`] is called at most once, under the channel's lock.
//! 2. [`PromiseSlot::get`] is called only by a party that learnt under that lock, or through a
//!    completed choice, that the value is set; from then on nothing writes to the cell until the
//!    channel is dropped.
//! 3. Neither is called if the channel is no promise ([`NoPromise`]).
//! 4. Who reads on several threads at once reads `&T`: the channel asks for `T: Sync`
//!    (`Buffer::Lent`, or the constructor of the allocated channel).

#![expect(unsafe_code, reason = "reads without a lock what is written once under it")]

use core::cell::UnsafeCell;
use core::fmt;
use core::hint::unreachable_unchecked;

use crate::sync::Access;

/// Where the value of a promise is; nowhere for the other buffers.
#[doc(hidden)]
pub trait PromiseSlot<T>: fmt::Debug {
    /// Stores the value, or gives it back if the channel is no promise.
    ///
    /// # Safety
    ///
    /// Contracts 1 and 3.
    unsafe fn set(&self, value: T);

    /// A clone of the value.
    ///
    /// # Safety
    ///
    /// Contracts 2 and 3.
    unsafe fn get(&self) -> T;
}

/// No promise.
#[doc(hidden)]
#[derive(Debug)]
pub struct NoPromise;

impl<T> PromiseSlot<T> for NoPromise {
    // A panic here would stay in every firmware, as nobody but the state knows that it cannot be.
    unsafe fn set(&self, _value: T) {
        // SAFETY: contract 3.
        unsafe { unreachable_unchecked() }
    }

    unsafe fn get(&self) -> T {
        // SAFETY: contract 3.
        unsafe { unreachable_unchecked() }
    }
}

/// The cell of a static promise channel.
#[doc(hidden)]
pub struct PromiseCell<T> {
    value: UnsafeCell<Option<T>>,
    access: Access,
}

impl<T> PromiseCell<T> {
    pub(crate) const fn new() -> Self {
        Self { value: UnsafeCell::new(None), access: Access::new() }
    }
}

impl<T: Clone> PromiseSlot<T> for PromiseCell<T> {
    unsafe fn set(&self, value: T) {
        self.access.write();
        // SAFETY: contracts 1 and 2: nobody reads before this, and nobody else writes.
        unsafe { *self.value.get() = Some(value) };
    }

    unsafe fn get(&self) -> T {
        self.access.read();
        // SAFETY: contract 2.
        let value = unsafe { &*self.value.get() };
        value.clone().expect("a promise is read after it was set")
    }
}

impl<T> fmt::Debug for PromiseCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PromiseCell")
    }
}

/// The cell of an allocated channel, which may be a promise and then knows how to clone.
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub struct AnyPromise<T>(Option<alloc::boxed::Box<Kept<T>>>);

#[cfg(feature = "alloc")]
struct Kept<T> {
    value: UnsafeCell<Option<T>>,
    access: Access,
    clone: fn(&T) -> T,
}

#[cfg(feature = "alloc")]
impl<T> AnyPromise<T> {
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    pub(crate) fn cloned_by(clone: fn(&T) -> T) -> Self {
        let (value, access) = (UnsafeCell::new(None), Access::new());
        Self(Some(alloc::boxed::Box::new(Kept { value, access, clone })))
    }
}

#[cfg(feature = "alloc")]
impl<T> PromiseSlot<T> for AnyPromise<T> {
    unsafe fn set(&self, value: T) {
        let kept = self.0.as_ref().expect("only a promise channel sets a promise");
        kept.access.write();
        // SAFETY: contracts 1 and 2: nobody reads before this, and nobody else writes.
        unsafe { *kept.value.get() = Some(value) };
    }

    unsafe fn get(&self) -> T {
        let kept = self.0.as_ref().expect("only a promise channel reads a promise");
        kept.access.read();
        // SAFETY: contract 2.
        let value = unsafe { &*kept.value.get() };
        (kept.clone)(value.as_ref().expect("a promise is read after it was set"))
    }
}

#[cfg(feature = "alloc")]
impl<T> fmt::Debug for AnyPromise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Promise" } else { "none" })
    }
}
