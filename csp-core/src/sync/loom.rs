//! Loom's, made at the first use: loom's own can't be made in a `const`, and ours must be.
//!
//! *Invariant.* Loom runs its threads one at a time, on one thread of the system, and switches
//! between them only inside its own operations; making an object is none. So nobody comes between
//! the look into a [`Late`] and what fills it.

#![expect(unsafe_code, reason = "shares cells among the threads of loom, see the invariant")]

use core::cell::{Cell, OnceCell};
use core::fmt;
use core::sync::atomic::Ordering;
use std::sync::{LockResult, TryLockResult};

pub(crate) use loom::sync::atomic::AtomicBool;

/// An object of loom that is made from `start` when somebody wants it.
struct Late<S, T> {
    start: Cell<Option<S>>,
    made: OnceCell<T>,
}

// SAFETY: the invariant of the module.
unsafe impl<S: Send, T: Send + Sync> Sync for Late<S, T> {}

impl<S, T> Late<S, T> {
    const fn new(start: S) -> Self {
        Self { start: Cell::new(Some(start)), made: OnceCell::new() }
    }

    fn get(&self, make: impl FnOnce(S) -> T) -> &T {
        self.made.get_or_init(|| make(self.start.take().expect("made once")))
    }
}

impl<S, T> fmt::Debug for Late<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Late")
    }
}

/// An atomic of loom, and the order in which it is used.
///
/// Loom (0.7.3) remembers the last access to an atomic only. When one thread has loaded it and
/// another loads it and then stores, the first load is forgotten, and that the store might come
/// before it is never played (tokio-rs/loom#166, #392). So each access is announced by a write to
/// the second atomic, which depends on every other one, and as a relaxed one orders nothing.
#[derive(Debug)]
struct Watched<A> {
    atomic: A,
    turn: AtomicBool,
}

impl<A> Watched<A> {
    fn new(atomic: A) -> Self {
        Self { atomic, turn: AtomicBool::new(false) }
    }

    #[track_caller]
    fn get(&self) -> &A {
        self.turn.swap(true, Ordering::Relaxed);
        &self.atomic
    }
}

/// A count of references.
#[derive(Debug)]
pub(crate) struct AtomicUsize(Watched<loom::sync::atomic::AtomicUsize>);

impl AtomicUsize {
    pub(crate) fn new(value: usize) -> Self {
        Self(Watched::new(loom::sync::atomic::AtomicUsize::new(value)))
    }

    pub(crate) fn fetch_add(&self, more: usize, order: Ordering) -> usize {
        self.0.get().fetch_add(more, order)
    }

    pub(crate) fn fetch_sub(&self, less: usize, order: Ordering) -> usize {
        self.0.get().fetch_sub(less, order)
    }
}

/// The word of a choice. It is made by its owner, who looks at it before anybody can reach it.
#[derive(Debug)]
pub(crate) struct AtomicU32(Late<u32, Watched<loom::sync::atomic::AtomicU32>>);

impl AtomicU32 {
    pub(crate) const fn new(value: u32) -> Self {
        Self(Late::new(value))
    }

    #[track_caller]
    fn get(&self) -> &loom::sync::atomic::AtomicU32 {
        self.0.get(|value| Watched::new(loom::sync::atomic::AtomicU32::new(value))).get()
    }

    #[track_caller]
    pub(crate) fn load(&self, order: Ordering) -> u32 {
        self.get().load(order)
    }

    #[track_caller]
    pub(crate) fn store(&self, value: u32, order: Ordering) {
        self.get().store(value, order);
    }

    #[track_caller]
    pub(crate) fn compare_exchange(
        &self,
        current: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        self.get().compare_exchange(current, new, success, failure)
    }

    #[track_caller]
    pub(crate) fn fetch_add(&self, more: u32, order: Ordering) -> u32 {
        self.get().fetch_add(more, order)
    }

    #[track_caller]
    pub(crate) fn fetch_sub(&self, less: u32, order: Ordering) -> u32 {
        self.get().fetch_sub(less, order)
    }

    #[track_caller]
    pub(crate) fn fetch_update(
        &self,
        success: Ordering,
        failure: Ordering,
        next: impl FnMut(u32) -> Option<u32>,
    ) -> Result<u32, u32> {
        self.get().fetch_update(success, failure, next)
    }
}

pub(crate) use AtomicU32 as Count;

/// A count whose owner does not look at it before others do.
pub(crate) fn shared_count(value: u32) -> Count {
    let count = Count::new(value);
    count.0.get(|value| Watched::new(loom::sync::atomic::AtomicU32::new(value)));
    count
}

/// Loom does not see memory freed: this is what it sees of it.
impl Drop for AtomicU32 {
    fn drop(&mut self) {
        if let Some(made) = self.0.made.get_mut()
            && !std::thread::panicking()
        {
            made.atomic.with_mut(|_| ());
        }
    }
}

pub(crate) struct Mutex<T>(Late<T, loom::sync::Mutex<T>>);

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(Late::new(value))
    }

    pub(crate) fn lock(&self) -> LockResult<loom::sync::MutexGuard<'_, T>> {
        self.0.get(loom::sync::Mutex::new).lock()
    }

    pub(crate) fn try_lock(&self) -> TryLockResult<loom::sync::MutexGuard<'_, T>> {
        self.0.get(loom::sync::Mutex::new).try_lock()
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mutex")
    }
}

#[path = "checked_lock.rs"]
mod checked_lock;
pub(crate) use checked_lock::ShortLock;

/// Parking as the standard library has it: loom's own loses the token of a thread that is unparked
/// while it waits for a mutex.
pub(crate) mod thread {
    use alloc::sync::Arc;
    use loom::sync::Notify;

    pub(crate) struct Thread(Arc<Notify>);

    impl Thread {
        pub(crate) fn unpark(&self) {
            self.0.notify();
        }
    }

    loom::thread_local! { static TOKEN: Arc<Notify> = Arc::new(Notify::new()) }

    pub(crate) fn current() -> Thread {
        Thread(TOKEN.with(Arc::clone))
    }

    pub(crate) fn park() {
        let token = TOKEN.with(Arc::clone);
        token.wait();
    }

    /// Time does not pass under loom.
    pub(crate) fn park_timeout(_: core::time::Duration) {
        park();
    }
}

/// A cell of loom that goes beside a real one and is touched when that one is.
#[derive(Debug)]
pub(crate) struct Access(Late<(), loom::cell::UnsafeCell<()>>);

impl Access {
    pub(crate) const fn new() -> Self {
        Self(Late::new(()))
    }

    #[track_caller]
    pub(crate) fn read(&self) {
        self.0.get(loom::cell::UnsafeCell::new).with(|_| ());
    }

    #[track_caller]
    pub(crate) fn write(&self) {
        self.0.get(loom::cell::UnsafeCell::new).with_mut(|_| ());
    }
}

/// As for the word.
impl Drop for Access {
    fn drop(&mut self) {
        if self.0.made.get().is_some() && !std::thread::panicking() {
            self.write();
        }
    }
}

macro_rules! per_thread {
    (static $name:ident: $type:ty = $start:expr;) => {
        loom::thread_local! { static $name: $type = $start }
    };
}
pub(crate) use per_thread;
