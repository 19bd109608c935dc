//! What is counted: values, each dropped once, and wakers, each kept no longer than needed.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Wake, Waker};

/// How many values a path can have.
pub(crate) const VALUES: usize = 16;

/// What became of each value.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    drops: [Cell<u8>; VALUES],
    back: [Cell<bool>; VALUES],
}

impl Ledger {
    /// How often a value has been dropped: once, at the end.
    pub(crate) fn drops(&self, number: u8) -> u8 {
        self.drops[usize::from(number)].get()
    }

    /// Whether it was in its caller's `Option` when the put that borrowed that was over.
    pub(crate) fn is_back(&self, number: u8) -> bool {
        self.back[usize::from(number)].get()
    }
}

/// A message that cannot be copied and tells when it is dropped.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) number: u8,
    ledger: Rc<Ledger>,
}

impl Value {
    pub(crate) fn new(number: u8, ledger: &Rc<Ledger>) -> Self {
        Self { number, ledger: Rc::clone(ledger) }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        let drops = &self.ledger.drops[usize::from(self.number)];
        drops.set(drops.get() + 1);
    }
}

/// The caller's place that a `put_from` borrows; it reports what is there when that is over.
#[derive(Debug)]
pub(crate) struct Source(pub(crate) Option<Value>);

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(value) = &self.0 {
            value.ledger.back[usize::from(value.number)].set(true);
        }
    }
}

/// A waker that counts its calls; its clones are counted by the `Arc`.
#[derive(Debug, Default)]
pub(crate) struct Bell(AtomicU32);

impl Bell {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn waker(self: &Arc<Self>) -> Waker {
        Waker::from(Arc::clone(self))
    }

    pub(crate) fn rings(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
