//! Values that are counted: how many live, and that none is dropped twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the values that it made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    made: AtomicUsize,
    dropped: AtomicUsize,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn value(&self, number: usize) -> Value {
        self.0.made.fetch_add(1, Ordering::Relaxed);
        Value { number, counts: self.0.clone() }
    }

    /// How many values have been made and not dropped.
    pub(crate) fn live(&self) -> usize {
        let made = self.0.made.load(Ordering::Relaxed);
        made.checked_sub(self.dropped()).expect("a value was dropped twice")
    }

    pub(crate) fn dropped(&self) -> usize {
        self.0.dropped.load(Ordering::Relaxed)
    }
}

/// A value that says when it is dropped.
#[derive(Debug)]
pub(crate) struct Value {
    number: usize,
    counts: Arc<Counts>,
}

impl Value {
    pub(crate) const fn number(&self) -> usize {
        self.number
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.counts.dropped.fetch_add(1, Ordering::Relaxed);
    }
}
