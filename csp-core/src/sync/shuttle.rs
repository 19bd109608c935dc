//! Shuttle's: sequentially consistent, with a scheduling point at each operation.

pub(crate) use shuttle::sync::Mutex;
pub(crate) use shuttle::sync::atomic::AtomicU32 as Count;
pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};
pub(crate) use shuttle::thread;

#[path = "checked_lock.rs"]
mod checked_lock;
pub(crate) use checked_lock::ShortLock;

pub(crate) const fn shared_count(value: u32) -> Count {
    Count::new(value)
}

/// Shuttle does not watch cells.
#[derive(Debug)]
pub(crate) struct Access;

impl Access {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn read(&self) {}

    pub(crate) fn write(&self) {}
}

macro_rules! per_thread {
    (static $name:ident: $type:ty = $start:expr;) => {
        shuttle::thread_local! { static $name: $type = $start }
    };
}
pub(crate) use per_thread;
