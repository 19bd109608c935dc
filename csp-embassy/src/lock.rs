//! The mutexes of embassy-sync as locks of channels.
//!
//! *Model.* Where csp-core has the same lock, [`Raw`] names that one: it costs nothing more, and
//! may be mixed with others in one `alts`. `ThreadMode` (on a Cortex-M) has no counterpart there.
//! [`Exclusive`] is for a mutex of your own.

#![expect(unsafe_code, reason = "implements the unsafe lock traits; no pointer is touched here")]

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use csp_core::lock::{ConstInit, CriticalSection, Lock, Scoped, ScopedRawMutex, SingleThread};
#[cfg(cortex_m)]
use embassy_sync::blocking_mutex::raw::ThreadModeRawMutex;
use embassy_sync::blocking_mutex::raw::{CriticalSectionRawMutex, NoopRawMutex, RawMutex};

/// The lock that is to a channel of ours what the mutex `M` is to one of embassy-sync.
///
/// | mutex of embassy-sync | lock | for |
/// |---|---|---|
/// | `CriticalSectionRawMutex` | [`CriticalSection`] | interrupts, several executors, several cores |
/// | `ThreadModeRawMutex` | `ThreadMode` | tasks of the executor in thread mode, on one core |
/// | `NoopRawMutex` | [`SingleThread`] | tasks of one executor, in no `static` |
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::Fixed};
/// use csp_embassy::lock::Raw;
/// use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
///
/// static CHANNEL: Channel<u32, Fixed<2>, Raw<CriticalSectionRawMutex>> = Channel::new();
/// assert!(CHANNEL.try_put(1).is_ok());
/// ```
pub type Raw<M> = <M as Flavour>::Lock;

/// A mutex of embassy-sync that has its [`Raw`] lock.
///
/// # Examples
///
/// A driver that leaves the choice to its user, as embassy's do:
///
/// ```
/// use csp_core::{Channel, buffer::Fixed};
/// use csp_embassy::lock::{Flavour, Raw};
/// use embassy_sync::blocking_mutex::raw::NoopRawMutex;
///
/// struct Driver<M: Flavour> {
///     events: Channel<u8, Fixed<4>, Raw<M>>,
/// }
///
/// let driver = Driver::<NoopRawMutex> { events: Channel::new() };
/// assert!(driver.events.try_put(1).is_ok());
/// ```
pub trait Flavour: RawMutex {
    /// It excludes at least whom the mutex excludes.
    type Lock: Lock;
}

impl Flavour for CriticalSectionRawMutex {
    type Lock = CriticalSection;
}

impl Flavour for NoopRawMutex {
    type Lock = SingleThread;
}

#[cfg(cortex_m)]
impl Flavour for ThreadModeRawMutex {
    type Lock = ThreadMode;
}

/// The flavour for tasks of the executor that runs in thread mode, on a processor with one core.
///
/// It masks nothing: interrupts are let through while a channel is at work, and must not use it.
///
/// # Panics
///
/// An operation, and the drop of a future that waits, panics in an interrupt handler.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::Fixed};
/// use csp_embassy::lock::ThreadMode;
///
/// static COMMANDS: Channel<u8, Fixed<4>, ThreadMode> = Channel::new();
///
/// /// A process of the executor in thread mode.
/// async fn motor() {
///     while let Ok(speed) = COMMANDS.take().await {
///         # let _ = speed;
///         // …
///     }
/// }
/// ```
#[cfg(cortex_m)]
pub struct ThreadMode(ThreadModeRawMutex);

#[cfg(cortex_m)]
impl core::fmt::Debug for ThreadMode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ThreadMode")
    }
}

#[cfg(cortex_m)]
impl ConstInit for ThreadMode {
    const INIT: Self = Self(ThreadModeRawMutex::new());
}

// SAFETY: the mutex refuses everything but thread mode, of which one core has one.
#[cfg(cortex_m)]
unsafe impl ScopedRawMutex for ThreadMode {
    fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        Some(self.with_lock(f))
    }

    #[inline]
    fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        self.0.lock(f)
    }

    fn is_locked(&self) -> bool {
        false
    }
}

// SAFETY: thread mode is one thread, so all values are one lock. Interrupts may preempt it, and
// cannot enter.
#[cfg(cortex_m)]
unsafe impl Lock for ThreadMode {
    const RANK: u8 = 128;
    const SOLE: bool = true;
    const THREADS: bool = true;

    #[inline]
    fn identity(&self) -> usize {
        0
    }
}

/// Any other mutex that is made for embassy-sync, as a lock.
///
/// A mutex of embassy-sync may be entered again by who holds it; this one refuses that, which takes
/// it a byte.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::Fixed};
/// use csp_embassy::lock::Own;
/// # use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex as SpinlockOfTheChip;
///
/// static CHANNEL: Channel<u32, Fixed<2>, Own<SpinlockOfTheChip>> = Channel::new();
/// assert!(CHANNEL.try_put(1).is_ok());
/// ```
pub type Own<M, const RANK: u8 = 96> = Scoped<Exclusive<M>, RANK>;

/// A mutex of embassy-sync that refuses to be entered again; see [`Own`].
///
/// # Panics
///
/// If it is locked by who has locked it already.
///
/// # Examples
///
/// See [`Own`].
#[derive(Debug)]
pub struct Exclusive<M> {
    mutex: M,
    /// Read and written under the mutex.
    is_held: AtomicBool,
}

impl<M: RawMutex> ConstInit for Exclusive<M> {
    const INIT: Self = Self { mutex: M::INIT, is_held: AtomicBool::new(false) };
}

/// Marks the lock as free again, also when the closure panics.
struct Leave<'a>(&'a AtomicBool);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.store(false, Relaxed);
    }
}

// SAFETY: the mutex excludes other threads, and the flag the same one.
unsafe impl<M: RawMutex> ScopedRawMutex for Exclusive<M> {
    fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        self.mutex.lock(|| {
            if self.is_held.load(Relaxed) {
                return None;
            }
            self.is_held.store(true, Relaxed);
            let _leave = Leave(&self.is_held);
            Some(f())
        })
    }

    #[track_caller]
    fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        self.try_with_lock(f).expect("a channel was used from within one of its own operations")
    }

    fn is_locked(&self) -> bool {
        self.is_held.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutex_that_may_be_entered_again_is_not() {
        let lock = Exclusive::<CriticalSectionRawMutex>::INIT;
        assert_eq!(lock.try_with_lock(|| lock.try_with_lock(|| 1)), Some(None));
        assert!(!lock.is_locked());
        assert!(lock.with_lock(|| lock.is_locked()));
        assert_eq!(lock.try_with_lock(|| 1), Some(1));
    }

    #[test]
    fn the_locks_of_embassy_are_those_of_the_core() {
        fn same<A: 'static, B: 'static>() -> bool {
            core::any::TypeId::of::<A>() == core::any::TypeId::of::<B>()
        }
        assert!(same::<Raw<CriticalSectionRawMutex>, CriticalSection>());
        assert!(same::<Raw<NoopRawMutex>, SingleThread>());
    }
}
