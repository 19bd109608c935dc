//! The real thing.

pub(crate) use core::sync::atomic::AtomicU32;

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
pub(crate) use core::sync::atomic::AtomicUsize;
#[cfg(all(feature = "alloc", not(target_has_atomic = "ptr"), feature = "portable-atomic"))]
pub(crate) use portable_atomic::AtomicUsize;

/// A count of what may be on any thread, in four bytes.
#[cfg(all(feature = "alloc", target_has_atomic = "32"))]
pub(crate) use core::sync::atomic::AtomicU32 as Count;
#[cfg(all(feature = "alloc", not(target_has_atomic = "32"), feature = "portable-atomic"))]
pub(crate) use portable_atomic::AtomicU32 as Count;

#[cfg(feature = "alloc")]
pub(crate) const fn shared_count(value: u32) -> Count {
    Count::new(value)
}

#[cfg(feature = "std")]
pub(crate) use core::sync::atomic::AtomicBool;
#[cfg(feature = "std")]
#[path = "short_lock.rs"]
mod short_lock;
#[cfg(feature = "std")]
pub(crate) use short_lock::ShortLock;
#[cfg(feature = "std")]
pub(crate) use std::sync::Mutex;
#[cfg(feature = "std")]
pub(crate) use std::thread;

/// Nobody watches.
#[derive(Debug)]
pub(crate) struct Access;

impl Access {
    pub(crate) const fn new() -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn read(&self) {}

    #[inline(always)]
    pub(crate) fn write(&self) {}
}

#[cfg(feature = "std")]
macro_rules! per_thread {
    (static $name:ident: $type:ty = $start:expr;) => {
        std::thread_local! { static $name: $type = const { $start } }
    };
}
#[cfg(feature = "std")]
pub(crate) use per_thread;
