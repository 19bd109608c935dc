//! A lock for critical sections of a few instructions: a flag of one byte.
//!
//! It is freed by a plain store, where a mutex that parks its waiters needs a second atomic
//! exchange to learn of them; uncontended it costs half.
//!
//! Who finds it taken looks again after pauses that double, then lets other threads run, then sleeps:
//! so a holder that has lost its processor gets it back, whatever the priorities. That it stays away
//! for longer than a critical section lasts is meant: the thread that has the channel's memory in its
//! cache goes on with it for many operations, where two that take turns would wait for each other's
//! cache at each.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

/// So many doubled pauses, 127 in all, come before the yields.
const PAUSES: u32 = 7;
const YIELDS: u32 = 8;
const AWAY: u32 = PAUSES + YIELDS;
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
        let mut looks = 0_u32;
        while self.is_taken() || !self.take() {
            match looks {
                0..PAUSES => (0..1 << looks).for_each(|_| core::hint::spin_loop()),
                PAUSES..AWAY => std::thread::yield_now(),
                _ => std::thread::sleep(SLEEP),
            }
            looks = looks.saturating_add(1);
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
