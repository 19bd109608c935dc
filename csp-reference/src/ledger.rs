//! What is counted: values, each dropped once, and wakers, each kept no longer than needed.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Wake, Waker};

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fate {
    /// How often it has been dropped: once, at the end.
    pub drops: u8,
    /// Whether it was in its caller's `Option` when the put that borrowed that was over.
    pub is_back: bool,
}

/// What became of each value.
#[derive(Debug, Default)]
pub struct Ledger(RefCell<Vec<Fate>>);

impl Ledger {
    /// For so many values, and those that are added.
    pub fn new(values: usize) -> Self {
        Self(RefCell::new(vec![Fate::default(); values]))
    }

    /// The number of one more value.
    pub fn add(&self) -> u8 {
        let mut fates = self.0.borrow_mut();
        fates.push(Fate::default());
        (fates.len() - 1) as u8
    }

    pub fn fate(&self, number: u8) -> Fate {
        self.0.borrow()[usize::from(number)]
    }

    /// Of all values, by their numbers.
    pub fn copy_to(&self, fates: &mut Vec<Fate>) {
        fates.clear();
        fates.extend_from_slice(&self.0.borrow());
    }

    fn change(&self, number: u8, change: impl FnOnce(&mut Fate)) {
        change(&mut self.0.borrow_mut()[usize::from(number)]);
    }
}

/// A message that cannot be copied and tells when it is dropped.
#[derive(Debug)]
pub struct Value {
    pub number: u8,
    ledger: Rc<Ledger>,
}

impl Value {
    pub fn new(number: u8, ledger: &Rc<Ledger>) -> Self {
        Self { number, ledger: Rc::clone(ledger) }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.ledger.change(self.number, |fate| fate.drops += 1);
    }
}

/// The caller's place that a `put_from` borrows; it reports what is there when that is over.
#[derive(Debug)]
pub struct Source(pub Option<Value>);

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(value) = &self.0 {
            value.ledger.change(value.number, |fate| fate.is_back = true);
        }
    }
}

/// A waker that counts its calls; its clones are counted by the `Arc`.
#[derive(Debug, Default)]
pub struct Bell(AtomicU32);

impl Bell {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    pub fn waker(self: &Arc<Self>) -> Waker {
        Waker::from(Arc::clone(self))
    }

    pub fn rings(&self) -> u32 {
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
