//! The queue of an `Alternative`: which of its guards are ready, as far as the owner knows, those
//! that have been so longest first.
//!
//! *Model.* A ring in the places of the order that each set of guards has room for: one for each
//! guard.
//!
//! *Invariant.* No guard is in it twice, so it never overflows.

use super::super::set::{DynGuards, Guards, Parts};

/// Where the ring begins, and how many are in it.
#[derive(Debug)]
pub(super) struct Ready {
    head: usize,
    len: usize,
}

impl Ready {
    pub(super) const fn new() -> Self {
        Self { head: 0, len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    fn place<S: Guards>(&self, parts: &Parts<'_, S>, nth: usize) -> usize {
        let place = self.head + nth;
        if place < parts.len() { place } else { place - parts.len() }
    }

    pub(super) fn nth<S: Guards>(&self, parts: &Parts<'_, S>, nth: usize) -> usize {
        parts.order(self.place(parts, nth))
    }

    fn set<S: Guards>(&self, parts: &mut Parts<'_, S>, nth: usize, index: usize) {
        let place = self.place(parts, nth);
        parts.set_order(place, index);
    }

    pub(super) fn contains<S: Guards>(&self, parts: &Parts<'_, S>, index: usize) -> bool {
        (0..self.len).any(|nth| self.nth(parts, nth) == index)
    }

    /// Appends one that is not in it.
    pub(super) fn push<S: Guards>(&mut self, parts: &mut Parts<'_, S>, index: usize) {
        debug_assert!(self.len < parts.len(), "the invariant");
        self.set(parts, self.len, index);
        self.len += 1;
    }

    /// Turns round those from the `first`th on, which have come last first.
    pub(super) fn turn_round<S: Guards>(&self, parts: &mut Parts<'_, S>, first: usize) {
        let (mut low, mut high) = (first, self.len);
        while low + 1 < high {
            high -= 1;
            let (front, back) = (self.nth(parts, low), self.nth(parts, high));
            self.set(parts, low, back);
            self.set(parts, high, front);
            low += 1;
        }
    }

    /// Takes one out; the others keep their order.
    pub(super) fn remove<S: Guards>(&mut self, parts: &mut Parts<'_, S>, nth: usize) {
        for nth in (0..nth).rev() {
            let index = self.nth(parts, nth);
            self.set(parts, nth + 1, index);
        }
        self.head = self.place(parts, 1);
        self.len -= 1;
    }
}

#[cfg(all(test, feature = "std", not(any(loom, shuttle))))]
mod tests {
    use alloc::collections::VecDeque;
    use alloc::vec::Vec;
    use core::pin::pin;

    use super::super::super::policy::Random;
    use super::super::super::set::IntoGuards;
    use super::*;
    use crate::skip;

    #[test]
    fn the_ring_is_a_queue_of_those_that_are_in_it() {
        let mut guards = pin!([(); 5].map(|()| skip()).into_guards());
        let mut order = Default::default();
        let mut parts = Parts { guards: guards.as_mut(), order: &mut order };
        let (mut ready, mut queue) = (Ready::new(), VecDeque::new());
        let mut random = Random::seeded(1);
        for _ in 0..if cfg!(miri) { 100 } else { 10_000 } {
            match random.next_below(3) {
                0 | 1 if queue.len() < 5 => {
                    let first = ready.len();
                    let free = (0..5).filter(|index| !queue.contains(index));
                    let more: Vec<_> = free.take(1 + random.next_below(3)).collect();
                    for &index in more.iter().rev() {
                        assert!(!ready.contains(&parts, index));
                        ready.push(&mut parts, index);
                    }
                    ready.turn_round(&mut parts, first);
                    queue.extend(more);
                }
                _ if !queue.is_empty() => {
                    let nth = random.next_below(queue.len());
                    ready.remove(&mut parts, nth);
                    queue.remove(nth);
                }
                _ => {}
            }
            let now: VecDeque<_> = (0..ready.len()).map(|nth| ready.nth(&parts, nth)).collect();
            assert_eq!(now, queue);
        }
    }
}
