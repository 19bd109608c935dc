//! A lock for critical sections of a few instructions: a flag of one byte.
//!
//! It is freed by a plain store, where a mutex that parks its waiters needs a second atomic
//! exchange to learn of them; uncontended it costs half.
//!
//! Who finds it taken stays away for longer than a critical section lasts, though the lock may be
//! free much earlier: the thread that has the channel's memory in its cache goes on with it for
//! many operations, where two that take turns would wait for each other's cache at each. So it
//! pauses, lets other threads run, and only then looks again. After many looks it sleeps before
//! each: a holder that has lost its processor gets it back, whatever the priorities.
//!
//! This is a wait for a critical section, which runs no code of a user. For a partner nobody waits
//! here: a poll that finds none returns pending.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

/// Before each look; a few microseconds. bench/NOTES.md has the measurements.
const PAUSES: u32 = 128;
const LOOKS_BEFORE_SLEEP: u64 = 64;
const SLEEP: Duration = Duration::from_micros(50);

#[derive(Debug, Default)]
pub(crate) struct ShortLock(AtomicBool);

/// Frees the lock, also if the closure panics.
struct Held<'a>(&'a AtomicBool);

impl Drop for Held<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl ShortLock {
    pub(crate) const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce() -> R) -> R {
        if !self.take() {
            self.wait();
        }
        let _held = Held(&self.0);
        f()
    }

    pub(crate) fn try_with<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        if self.is_taken() || !self.take() {
            return None;
        }
        let _held = Held(&self.0);
        Some(f())
    }

    pub(crate) fn is_taken(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    #[inline]
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::Acquire)
    }

    #[cold]
    fn wait(&self) {
        for look in 0_u64.. {
            if look < LOOKS_BEFORE_SLEEP {
                (0..PAUSES).for_each(|_| core::hint::spin_loop());
                std::thread::yield_now();
            } else {
                std::thread::sleep(SLEEP);
            }
            if !self.is_taken() && self.take() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// A count that is not atomic in itself.
    #[test]
    fn one_thread_at_a_time_is_under_the_lock() {
        const TURNS: u32 = if cfg!(miri) { 50 } else { 100_000 };
        let lock = ShortLock::new();
        let count = core::sync::atomic::AtomicU32::new(0);
        let turn = || {
            for _ in 0..TURNS {
                lock.with(|| count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed));
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(turn)).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        assert_eq!(count.into_inner(), 4 * TURNS);
    }

    #[test]
    fn a_panic_frees_it() {
        let lock = ShortLock::new();
        let panics = core::panic::AssertUnwindSafe(|| lock.with(|| panic!("under the lock")));
        assert!(std::panic::catch_unwind(panics).is_err());
        assert_eq!(lock.try_with(|| lock.try_with(|| ())), Some(None));
    }
}
