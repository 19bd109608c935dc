//! Whether an operation that begins now would have to wait: a glance from outside the lock.
//!
//! An operation that waits needs a clone of its waker, which is made without the lock. If nobody is
//! there to meet, it makes the clone first and takes the lock once; else it looks first. Nothing
//! else depends on the glance, so what it sees may be outdated.
//!
//! A channel with a buffer says only that it has one, for there a wait is the exception; a static
//! channel has no forecast, for the byte would cost it a word.

use core::fmt;
use core::sync::atomic::{AtomicU8, Ordering};

pub(crate) const PUTS_WAIT: u8 = 1;
pub(crate) const TAKES_WAIT: u8 = 1 << 1;
/// The channel has a buffer; this stays.
pub(crate) const BUFFERED: u8 = 1 << 2;

/// What is kept beside the lock.
#[doc(hidden)]
pub trait Forecast: fmt::Debug {
    const NEW: Self;

    /// Whether one of these bits is set.
    fn says(&self, bits: u8) -> bool;

    /// Sets all bits; the lock is held.
    fn set(&self, bits: impl FnOnce() -> u8);
}

/// No forecast: a channel of whose buffer the compiler knows.
impl Forecast for () {
    const NEW: Self = ();

    #[inline]
    fn says(&self, bits: u8) -> bool {
        bits == BUFFERED
    }

    #[inline]
    fn set(&self, _bits: impl FnOnce() -> u8) {}
}

impl Forecast for AtomicU8 {
    const NEW: Self = Self::new(0);

    #[inline]
    fn says(&self, bits: u8) -> bool {
        self.load(Ordering::Relaxed) & bits != 0
    }

    #[inline]
    fn set(&self, bits: impl FnOnce() -> u8) {
        self.store(bits(), Ordering::Relaxed);
    }
}
