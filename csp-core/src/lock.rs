//! Lock flavours: what guards the state of a channel.
//!
//! *Model.* Each channel owns one lock. A lock runs a closure while nobody else runs one under
//! the same lock; it is built in a `const`, so that a channel can be a `static`. The closure form
//! is [`ScopedRawMutex`], so a lock of your own needs no more than that trait,
//! [`ConstInit`] and the few constants of [`Lock`].
//!
//! *Waiting.* How a thread waits for a lock is the affair of the lock. It is no busy waiting for a
//! partner, which no poll does: who holds the lock runs no user code (invariant 1), and waits for
//! nothing itself but further locks, in order (2), and for the allocator where the buffer of a
//! channel is chosen at run time.
//!
//! *Invariants.*
//! 1. No user code runs under a lock: wakers are called, and values dropped or cloned, after it.
//! 2. Whoever holds more than one lock took them in ascending order of [`Lock::RANK`], then of
//!    identity. Only an `alts` ever holds more than one.
//! 3. A lock of a higher rank never waits for one of a lower rank: a critical section comes last.

#![expect(unsafe_code, reason = "implements the unsafe lock traits; no pointer is touched here")]

use core::cell::Cell;
use core::marker::PhantomData;

pub use mutex_traits::{ConstInit, ScopedRawMutex};

/// A lock that may guard a channel: a scoped mutex with a rank and an identity.
///
/// The provided flavours are [`StdLock`] (threads), [`CriticalSection`] (interrupts) and
/// [`SingleThread`] (no lock at all). For a lock of your own, wrap a mutex of `mutex-traits` in
/// [`Scoped`], or implement this trait.
///
/// # Safety
///
/// * [`ScopedRawMutex`] holds: no two closures run under the same lock at once, and `with_lock`
///   runs its closure exactly once; once the closure has returned, it does not unwind.
/// * [`identity`](Lock::identity) is the same whenever it is asked, as long as the lock is
///   borrowed.
/// * Two locks with equal rank and equal [`identity`](Lock::identity) are one lock: holding the
///   first excludes whoever wants the second.
/// * If [`THREADS`](Lock::THREADS) is false, the type is neither `Send` nor `Sync`, and no
///   interrupt handler uses it: all that can reach locks of this flavour on one thread run one
///   after another. (Not `Send`, because a choice over two such locks may be leaked while it waits;
///   if one of them could then move to another thread, two threads would reach the choice.)
/// * If [`SOLE`](Lock::SOLE) is true, all locks of this flavour that somebody can reach are one
///   lock, or `THREADS` is false.
///
/// # Examples
///
/// ```
/// use csp_core::lock::{ConstInit, Lock, ScopedRawMutex};
///
/// /// A lock that spins, for a program that has nothing better.
/// struct Spin(std::sync::atomic::AtomicBool);
///
/// impl ConstInit for Spin {
///     const INIT: Self = Spin(std::sync::atomic::AtomicBool::new(false));
/// }
///
/// // SAFETY: the flag is set from before the closure until after it, also on a panic.
/// unsafe impl ScopedRawMutex for Spin {
///     fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
///         use std::sync::atomic::Ordering::{Acquire, Release};
///         struct Unlock<'a>(&'a Spin);
///         impl Drop for Unlock<'_> {
///             fn drop(&mut self) {
///                 self.0.0.store(false, Release);
///             }
///         }
///         if self.0.swap(true, Acquire) {
///             return None;
///         }
///         let _unlock = Unlock(self);
///         Some(f())
///     }
///     fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
///         let mut f = Some(f);
///         loop {
///             if let Some(result) = self.try_with_lock(|| (f.take().unwrap())()) {
///                 return result;
///             }
///             std::hint::spin_loop();
///         }
///     }
///     fn is_locked(&self) -> bool {
///         self.0.load(std::sync::atomic::Ordering::Relaxed)
///     }
/// }
///
/// // SAFETY: each value is a lock of its own, told apart by its address.
/// unsafe impl Lock for Spin {
///     const RANK: u8 = 100;
///     const SOLE: bool = false;
///     const THREADS: bool = true;
/// }
///
/// static CHANNEL: csp_core::Channel<u8, csp_core::buffer::Fixed<2>, Spin> =
///     csp_core::Channel::new();
/// assert!(CHANNEL.try_put(1).is_ok());
/// ```
pub unsafe trait Lock: ScopedRawMutex + ConstInit {
    /// Where this flavour stands in the order of locks: an `alts` takes low ranks first.
    ///
    /// Locks that put a thread to sleep have low ranks, locks that mask interrupts high ones.
    const RANK: u8;

    /// Whether all locks of this flavour exclude each other (one critical section, one thread).
    ///
    /// Where the CPU has no compare-and-swap, and the feature `critical-section` is off, only
    /// channels of such a flavour can be chosen among.
    const SOLE: bool;

    /// Whether threads, cores or interrupts share what this lock guards.
    const THREADS: bool;

    /// What tells this lock from others of its rank; its address, unless many share one lock.
    #[inline]
    fn identity(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }
}

/// The order in which an `alts` takes its locks: rank, then identity.
pub(crate) type LockKey = (u8, usize);

/// A lock whose type is forgotten, as the branches of one `alts` may differ in it.
pub(crate) trait AnyLock {
    fn key(&self) -> LockKey;
    /// Whether all that can reach the lock run on one thread.
    fn is_confined(&self) -> bool;
    /// Panics if somebody is at work under the lock, which is us.
    fn assert_free(&self);
    fn run(&self, under: &mut dyn FnMut());
}

impl<L: Lock> AnyLock for L {
    fn key(&self) -> LockKey {
        (L::RANK, self.identity())
    }

    fn is_confined(&self) -> bool {
        !L::THREADS
    }

    #[inline]
    #[track_caller]
    fn assert_free(&self) {
        assert!(
            !self.is_locked(),
            "a single-thread channel was used from within one of its own operations"
        );
    }

    fn run(&self, under: &mut dyn FnMut()) {
        self.with_lock(under);
    }
}

/// The flavour for programs with threads: one byte, held for some tens of instructions.
///
/// A thread that finds it held pauses for a few microseconds (128 spin-loop hints), lets other
/// threads run, and looks again. After 64 such looks, which happens if the holder has lost its
/// processor, it sleeps for 50 microseconds before each. All this is for the lock alone: a poll
/// that finds no partner frees it and returns pending.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
///
/// static JOBS: Channel<u32, Fixed<8>, StdLock> = Channel::new();
/// JOBS.try_put(1).unwrap();
/// assert_eq!(std::thread::spawn(|| JOBS.try_take()).join().unwrap(), Ok(1));
/// ```
#[cfg(feature = "std")]
#[derive(Debug, Default)]
pub struct StdLock(crate::sync::ShortLock);

#[cfg(feature = "std")]
impl ConstInit for StdLock {
    const INIT: Self = Self(crate::sync::ShortLock::new());
}

// SAFETY: the lock is held as long as the closure runs.
#[cfg(feature = "std")]
unsafe impl ScopedRawMutex for StdLock {
    fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        self.0.try_with(f)
    }

    // A panic under the lock can come only from a broken invariant; the state is a plain struct
    // that every transition leaves consistent, so others may go on.
    #[inline]
    fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        self.0.with(f)
    }

    fn is_locked(&self) -> bool {
        self.0.is_taken()
    }
}

// SAFETY: each value is a lock of its own, told apart by its address.
#[cfg(feature = "std")]
unsafe impl Lock for StdLock {
    const RANK: u8 = 64;
    const SOLE: bool = false;
    const THREADS: bool = true;
}

/// A critical section: the flavour for channels shared with interrupt handlers.
///
/// Its implementation comes from the crate of your chip, through the crate `critical-section`.
/// All channels of this flavour share the one section.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::Sliding, lock::CriticalSection};
///
/// // An interrupt handler puts, a task takes; the oldest sample goes when nobody keeps up.
/// static SAMPLES: Channel<u16, Sliding<4>, CriticalSection> = Channel::new();
/// SAMPLES.try_put(512).unwrap();
/// assert_eq!(SAMPLES.try_take(), Ok(512));
/// ```
#[cfg(feature = "critical-section")]
#[derive(Debug, Default)]
pub struct CriticalSection(());

#[cfg(feature = "critical-section")]
impl ConstInit for CriticalSection {
    const INIT: Self = Self(());
}

// SAFETY: `critical_section::with` excludes every other critical section while the closure runs.
#[cfg(feature = "critical-section")]
unsafe impl ScopedRawMutex for CriticalSection {
    fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        Some(self.with_lock(f))
    }

    #[inline]
    fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        critical_section::with(|_| f())
    }

    fn is_locked(&self) -> bool {
        false
    }
}

// SAFETY: there is one critical section in a program, so all values are one lock.
#[cfg(feature = "critical-section")]
unsafe impl Lock for CriticalSection {
    const RANK: u8 = 192;
    const SOLE: bool = true;
    const THREADS: bool = true;

    #[inline]
    fn identity(&self) -> usize {
        0
    }
}

/// A scoped mutex of your own as a lock, without a line of unsafe code.
///
/// `M` is what any crate implements for its mutex by means of `mutex-traits`. Ranks below that of
/// [`CriticalSection`], 192, are for mutexes that may put the thread to sleep.
///
/// # Panics
///
/// What `M` does when it is locked twice by one thread happens in an `alts` over two channels whose
/// mutexes are secretly one: such a global mutex has to be re-entrant, or to implement [`Lock`]
/// itself with an [`identity`](Lock::identity).
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::Fixed, lock::Scoped};
/// # use csp_core::lock::StdLock as SomeMutex;
///
/// static CHANNEL: Channel<u32, Fixed<2>, Scoped<SomeMutex>> = Channel::new();
/// CHANNEL.try_put(1).unwrap();
/// ```
#[derive(Debug, Default)]
pub struct Scoped<M, const RANK: u8 = 96>(M);

impl<M: ConstInit, const RANK: u8> ConstInit for Scoped<M, RANK> {
    const INIT: Self = {
        assert!(
            size_of::<M>() > 0,
            "a mutex without a size is one lock for all, but `Scoped` tells locks apart by their \
             address: implement `Lock` for it, with an `identity` that is always the same"
        );
        Self(M::INIT)
    };
}

// SAFETY: it is that of `M`.
unsafe impl<M: ScopedRawMutex, const RANK: u8> ScopedRawMutex for Scoped<M, RANK> {
    fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        self.0.try_with_lock(f)
    }

    #[inline]
    fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        self.0.with_lock(f)
    }

    fn is_locked(&self) -> bool {
        self.0.is_locked()
    }
}

// SAFETY: the lock is told apart by its address. Two values share one only if `M` has no size,
// hence no state of its own, and then they are the same lock.
unsafe impl<M: ScopedRawMutex + ConstInit, const R: u8> Lock for Scoped<M, R> {
    const RANK: u8 = R;
    const SOLE: bool = false;
    const THREADS: bool = true;
}

/// No lock: the flavour for channels that stay on one thread.
///
/// It is neither `Send` nor `Sync`, so a channel with it cannot leave its thread, and it notices
/// when code that runs under it comes back to the same channel.
///
/// # Panics
///
/// An operation that is called from within an operation of the same channel panics. No code of
/// this crate does that.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::Fixed, lock::SingleThread};
///
/// let channel = Channel::<u32, Fixed<2>, SingleThread>::new();
/// channel.try_put(7).unwrap();
/// assert_eq!(channel.try_take(), Ok(7));
/// ```
#[derive(Debug, Default)]
pub struct SingleThread(Cell<bool>, PhantomData<*const ()>);

impl ConstInit for SingleThread {
    const INIT: Self = Self(Cell::new(false), PhantomData);
}

/// Marks a [`SingleThread`] lock as free again, also when the closure panics.
struct Leave<'a>(&'a Cell<bool>);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

// SAFETY: the type stays on one thread, and the flag refuses a second closure there.
unsafe impl ScopedRawMutex for SingleThread {
    fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        if self.0.replace(true) {
            return None;
        }
        let _leave = Leave(&self.0);
        Some(f())
    }

    #[inline]
    #[track_caller]
    fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        assert!(
            !self.0.replace(true),
            "a single-thread channel was used from within one of its own operations"
        );
        let _leave = Leave(&self.0);
        f()
    }

    fn is_locked(&self) -> bool {
        self.0.get()
    }
}

// SAFETY: each value is a flag of its own, told apart by its address; all that can reach a value
// of this flavour run on its one thread, one after another.
unsafe impl Lock for SingleThread {
    const RANK: u8 = 0;
    const SOLE: bool = true;
    const THREADS: bool = false;
}
