//! The flags of a node, and how many wakers point to it or to its block.
//!
//! *Model.* Two counts, whose sum is the number of references: the home's, which only the home
//! touches, and the others', an atomic. The home's ends when the group lets go ([`Counts::merge`]):
//! it is added to the others' then, which has been larger by [`HOLD`] until that moment.
//!
//! *Invariants.*
//! 1. The home's word is touched only at home (`run_queue` 1).
//! 2. The others' count is 0 only when it was merged and no reference is left, and that once.
//! 3. Neither count is changed by more than [`MOST`], so neither wraps.

use core::cell::Cell;

#[cfg(feature = "alloc")]
use crate::sync::{Count, Ordering};

const READY: u32 = 1;
const ENDED: u32 = 1 << 1;
/// There is no home's count any more.
#[cfg(feature = "alloc")]
const MERGED: u32 = 1 << 2;
#[cfg(feature = "alloc")]
const FLAGS: u32 = READY | ENDED | MERGED;
#[cfg(feature = "alloc")]
const ONE_SHIFT: u32 = 3;
#[cfg(feature = "alloc")]
const ONE: u32 = 1 << ONE_SHIFT;

/// The reference of the group itself.
#[cfg(feature = "alloc")]
const HOLD: u32 = 1 << 30;

/// More references than can be dropped again.
#[cfg(feature = "alloc")]
const MOST: u32 = 1 << 27;

#[cfg(feature = "alloc")]
const TOO_MANY: &str = "a group has as many wakers as a count can hold; some were leaked";

/// The count in the home's word.
#[cfg(feature = "alloc")]
const fn in_home(word: u32) -> i32 {
    word.cast_signed() >> ONE_SHIFT
}

#[derive(Debug)]
pub(crate) struct Counts {
    /// The flags, and above them the home's count, which may be negative.
    home: Cell<u32>,
    #[cfg(feature = "alloc")]
    others: Count,
}

impl Counts {
    pub(crate) const fn new() -> Self {
        Self {
            home: Cell::new(0),
            #[cfg(feature = "alloc")]
            others: Count::new(0),
        }
    }

    /// The node is new and goes into the ready list.
    pub(crate) fn begin_ready(&self) {
        self.home.set(self.home.get() & !ENDED | READY);
    }

    /// True if it was waiting.
    #[inline]
    pub(crate) fn make_ready(&self) -> bool {
        let home = self.home.get();
        let was_waiting = home & (READY | ENDED) == 0;
        if was_waiting {
            self.home.set(home | READY);
        }
        was_waiting
    }

    #[inline]
    pub(crate) fn begin_waiting(&self) {
        self.home.set(self.home.get() & !READY);
    }

    pub(crate) fn end(&self) {
        self.home.set(self.home.get() & !READY | ENDED);
    }
}

#[cfg(feature = "alloc")]
impl Counts {
    /// The group holds what is counted. First of all, before anybody else can reach it.
    pub(crate) fn hold(&self) {
        self.others.store(HOLD, Ordering::Relaxed);
    }

    /// One more reference.
    #[inline]
    pub(crate) fn retain(&self, at_home: bool) {
        if at_home && self.home.get() & MERGED == 0 {
            let home = self.home.get().wrapping_add(ONE);
            assert!(in_home(home) < MOST as i32, "{TOO_MANY}");
            self.home.set(home);
            return;
        }
        let before = self.others.fetch_add(1, Ordering::Relaxed);
        assert!(before < HOLD + MOST, "{TOO_MANY}");
    }

    /// One reference less; true if it was the last and the memory is to be freed.
    #[inline]
    pub(crate) fn release(&self, at_home: bool) -> bool {
        if at_home && self.home.get() & MERGED == 0 {
            self.home.set(self.home.get().wrapping_sub(ONE));
            return false;
        }
        self.others.fetch_sub(1, Ordering::AcqRel) == 1
    }

    /// The group lets go; true if there is no other reference and the memory is to be freed.
    pub(crate) fn merge(&self) -> bool {
        let home = self.home.get();
        self.home.set(home & FLAGS | MERGED);
        let left = in_home(home).cast_unsigned().wrapping_sub(HOLD);
        self.others.fetch_add(left, Ordering::AcqRel).wrapping_add(left) == 0
    }
}

#[cfg(all(test, feature = "std", not(any(loom, shuttle))))]
mod tests {
    use super::{Counts, HOLD, ONE, Ordering};

    fn both(counts: &Counts) -> (u32, u32) {
        (counts.home.get(), counts.others.load(Ordering::Relaxed))
    }

    #[test]
    fn elsewhere_the_home_s_word_is_not_touched() {
        let counts = Counts::new();
        counts.hold();
        counts.retain(false);
        assert_eq!(both(&counts), (0, HOLD + 1));
        assert!(!counts.release(false), "the group holds on");
        assert_eq!(both(&counts), (0, HOLD));
    }

    #[test]
    fn at_home_nothing_is_counted_for_others() {
        let counts = Counts::new();
        counts.hold();
        counts.retain(true);
        assert_eq!(both(&counts), (ONE, HOLD));
        assert!(!counts.release(true), "the group holds on");
        assert_eq!(both(&counts), (0, HOLD));
    }

    #[test]
    fn once_merged_all_are_others() {
        let counts = Counts::new();
        counts.hold();
        counts.retain(true);
        assert!(!counts.merge(), "one reference is left");
        let merged = counts.home.get();
        counts.retain(true);
        assert_eq!(both(&counts), (merged, 2));
        assert!(!counts.release(true), "one reference is left");
        assert!(counts.release(true), "that was the last");
    }
}
