//! What becomes of each value: delivered, returned, withdrawn or discarded, once.
//!
//! *Source*: `docs/semantics.md` A6, A7. The ledger is in plain `std`, as shuttle's own types would
//! add orders that have nothing to do with the channel.

use std::sync::{Mutex, PoisonError};

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// In a future, in a channel, or in somebody's hands.
    Under,
    Delivered,
    Returned,
    /// Dropped with the future of its put.
    Withdrawn,
    /// Dropped by somebody else.
    Discarded,
}

/// The fates of all values of one execution.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    fates: Mutex<Vec<Fate>>,
}

/// A message that cannot be copied and has one fate.
pub(super) struct Value {
    pub(super) producer: usize,
    pub(super) number: usize,
    place: usize,
    ledger: Arc<Ledger>,
}

/// Names a value that its put may drop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag(usize);

impl Ledger {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    fn with<R>(&self, f: impl FnOnce(&mut Vec<Fate>) -> R) -> R {
        f(&mut self.fates.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The value `number` of `producer`.
    pub(super) fn value(self: &Arc<Self>, producer: usize, number: usize) -> Value {
        let place = self.with(|fates| {
            fates.push(Fate::Under);
            fates.len() - 1
        });
        Value { producer, number, place, ledger: self.clone() }
    }

    /// The put of this value has just been dropped, which may have dropped the value.
    pub(super) fn put_is_dropped(&self, Tag(place): Tag) {
        self.with(|fates| {
            if fates[place] == Fate::Discarded {
                fates[place] = Fate::Withdrawn;
            }
        });
    }

    /// All is over: each value has had its fate, and the channels say that they discarded as many
    /// as they did.
    pub(super) fn settle(&self, discarded: u32) {
        self.with(|fates| {
            let count = |fate| fates.iter().filter(|&&it| it == fate).count();
            assert_eq!(count(Fate::Under), 0, "values are left: {fates:?}");
            assert_eq!(count(Fate::Discarded), discarded as usize, "{fates:?}");
        });
    }

    pub(super) fn delivered(&self) -> usize {
        self.with(|fates| fates.iter().filter(|&&it| it == Fate::Delivered).count())
    }
}

impl Value {
    pub(super) const fn tag(&self) -> Tag {
        Tag(self.place)
    }

    fn meets(&self, fate: Fate) {
        self.ledger.with(|fates| {
            assert_eq!(fates[self.place], Fate::Under, "{self:?} is {fate:?} too");
            fates[self.place] = fate;
        });
    }

    /// A take returned it.
    pub(super) fn deliver(self) -> (usize, usize) {
        self.meets(Fate::Delivered);
        (self.producer, self.number)
    }

    /// Its put gave it back.
    pub(super) fn give_back(self) {
        self.meets(Fate::Returned);
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.ledger.with(|fates| {
            if fates[self.place] == Fate::Under {
                fates[self.place] = Fate::Discarded;
            } else {
                assert!(
                    matches!(fates[self.place], Fate::Delivered | Fate::Returned),
                    "a value is dropped twice"
                );
            }
        });
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "value {} of producer {}", self.number, self.producer)
    }
}

/// What one taker had from each producer on one channel: in the order in which it was put (A11).
#[derive(Debug, Default)]
pub(super) struct InOrder {
    last: Vec<(usize, usize)>,
}

impl InOrder {
    pub(super) fn deliver(&mut self, value: Value) {
        let (producer, number) = value.deliver();
        match self.last.iter_mut().find(|(who, _)| *who == producer) {
            None => self.last.push((producer, number)),
            Some((_, last)) => {
                assert!(*last < number, "producer {producer}: {number} after {last}");
                *last = number;
            }
        }
    }
}
