//! The lock that does nothing, so that the sweep can show that it sees.

#![expect(unsafe_code, reason = "breaks the contract of a lock, on purpose")]

use csp_core::lock::{ConstInit, Lock, ScopedRawMutex};

/// Pretends to be a critical section, and lets interrupts through.
#[derive(Debug)]
pub struct Unlocked;

impl ConstInit for Unlocked {
    const INIT: Self = Self;
}

// SAFETY: it is unsound; only the program that must fail uses it.
unsafe impl ScopedRawMutex for Unlocked {
    fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        Some(f())
    }

    #[inline]
    fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }

    fn is_locked(&self) -> bool {
        false
    }
}

// SAFETY: as above.
unsafe impl Lock for Unlocked {
    const RANK: u8 = 192;
    const SOLE: bool = true;
    const THREADS: bool = true;

    #[inline]
    fn identity(&self) -> usize {
        0
    }
}
