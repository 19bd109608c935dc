//! What threads share: the atomics, the mutex, the parking of a thread; and who watches over it.
//!
//! Everything in the core that a memory model could get wrong comes from here, so that a checker
//! can put its own in place, in the unit tests of `races`: `--cfg loom` tries every order that the
//! C11 model allows, within a bound; `--cfg shuttle` draws schedules at random. An [`Access`]
//! beside a cell tells loom when the cell is read or written.
//!
//! Everything in the core that two threads may touch without a lock is one [`AtomicU32`] per
//! choice. Loads and stores exist on every supported CPU. Compare-and-swap does not (Cortex-M0,
//! riscv32imc): there it runs inside a critical section if the feature `critical-section` is on,
//! and otherwise a choice must lie under one lock, which makes a load and a store enough
//! ([`HAS_COMPARE_AND_SWAP`] says which of the two holds).

#[cfg(all(test, loom))]
#[path = "sync/loom.rs"]
mod backend;
#[cfg(all(test, shuttle))]
#[path = "sync/shuttle.rs"]
mod backend;
#[cfg(not(all(test, any(loom, shuttle))))]
#[path = "sync/native.rs"]
mod backend;

pub(crate) use backend::*;
pub(crate) use core::sync::atomic::Ordering;

/// Whether a choice may span several locks.
pub(crate) const HAS_COMPARE_AND_SWAP: bool =
    cfg!(any(target_has_atomic = "32", feature = "critical-section"));

/// Replaces `current` by `new`; on failure returns what is there instead.
#[cfg(target_has_atomic = "32")]
#[inline]
pub(crate) fn compare_and_swap(word: &AtomicU32, current: u32, new: u32) -> Result<(), u32> {
    // The data that travels with a claim is ordered by the channel's lock; `Acquire` pairs with
    // the `Release` of an owner that published under other locks.
    word.compare_exchange(current, new, Ordering::AcqRel, Ordering::Acquire).map(drop)
}

/// Replaces `current` by `new`; on failure returns what is there instead.
#[cfg(not(target_has_atomic = "32"))]
#[inline]
pub(crate) fn compare_and_swap(word: &AtomicU32, current: u32, new: u32) -> Result<(), u32> {
    let swap = || {
        let found = word.load(Ordering::Acquire);
        if found == current {
            word.store(new, Ordering::Release);
            Ok(())
        } else {
            Err(found)
        }
    };
    #[cfg(feature = "critical-section")]
    return critical_section::with(|_| swap());
    #[cfg(not(feature = "critical-section"))]
    swap()
}
