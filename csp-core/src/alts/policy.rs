//! Which of the ready guards is chosen: a random one, the first, or the one that waited longest.

use core::sync::atomic::{AtomicU32, Ordering};

use super::lock_order::shares_lock;
use super::set::DynGuards;

/// The policy of one choice, with its memory.
///
/// It is made of whole words, for a future moves before it is pinned, and a load of what was stored
/// in pieces of other sizes has to wait for them.
#[derive(Debug)]
pub(super) struct Policy<'r> {
    kind: Kind,
    random: Random,
    /// Of a fair choice: the branches, least recently chosen first.
    turns: &'r mut [u16],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum Kind {
    Random,
    Priority,
    Fair,
}

impl<'r> Policy<'r> {
    pub(super) const fn random(random: Random) -> Self {
        Self { kind: Kind::Random, random, turns: &mut [] }
    }

    pub(super) const fn priority() -> Self {
        Self { kind: Kind::Priority, random: Random::UNSEEDED, turns: &mut [] }
    }

    pub(super) const fn fair(turns: &'r mut [u16]) -> Self {
        Self { kind: Kind::Fair, random: Random::UNSEEDED, turns }
    }

    /// Refuses a rotation that is too short, before anything depends on the choice's end.
    #[inline]
    pub(super) fn check(&self, len: usize) {
        assert!(
            self.kind != Kind::Fair || self.turns.len() >= len,
            "an alts has {len} guards, but its rotation only {} places: use `Rotation::<{len}>`",
            self.turns.len()
        );
    }

    pub(super) fn is_random(&self) -> bool {
        self.kind == Kind::Random
    }

    pub(super) fn is_fair(&self) -> bool {
        self.kind == Kind::Fair
    }

    /// Begins to draw one of what is ready.
    #[inline]
    pub(super) fn draw(&mut self, len: usize, address: usize) -> Draw<'_> {
        let random = (self.kind == Kind::Random).then_some(&mut self.random);
        let turns = (self.kind == Kind::Fair).then_some(&*self.turns);
        Draw { random, turns, len, address, count: 0, candidate: 0 }
    }

    /// Shuffles the first `channels` places of the order; those that have one of the `locks` keep
    /// the order of the locks.
    pub(super) fn shuffle(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        locks: usize,
        channels: usize,
        address: usize,
    ) {
        let mut first = 0;
        for place in 1..channels {
            if place == locks || (place < locks && !shares_lock(guards, place)) {
                first = place;
                continue;
            }
            let other = first + self.random.below(place + 1 - first, address);
            let (index, drawn) = (guards.order(place), guards.order(other));
            guards.set_order(place, drawn);
            guards.set_order(other, index);
        }
    }

    /// Visits the guards in the order in which they shall wait.
    #[inline]
    pub(super) fn in_turn(&self, len: usize, mut visit: impl FnMut(usize)) {
        if self.kind == Kind::Fair {
            let turns = self.turns.iter().map(|&place| usize::from(place));
            turns.filter(|&index| index < len).for_each(visit);
        } else {
            (0..len).for_each(&mut visit);
        }
    }

    /// A guard was served.
    #[inline]
    pub(super) fn served(&mut self, index: usize) {
        if self.kind == Kind::Fair
            && let Some(turn) = self.turns.iter().position(|&place| usize::from(place) == index)
        {
            self.turns[turn..].rotate_left(1);
        }
    }
}

/// What a policy draws from the guards that are ready.
pub(super) struct Draw<'d> {
    random: Option<&'d mut Random>,
    /// The order of a fair choice.
    turns: Option<&'d [u16]>,
    len: usize,
    address: usize,
    count: usize,
    candidate: usize,
}

impl Draw<'_> {
    /// How many turns there are.
    pub(super) fn turns(&self) -> usize {
        self.turns.map_or(self.len, <[u16]>::len)
    }

    /// Whose turn it is, if there is such a guard.
    #[inline]
    pub(super) fn at(&self, turn: usize) -> Option<usize> {
        let Some(turns) = self.turns else { return Some(turn) };
        Some(usize::from(turns[turn])).filter(|&index| index < self.len)
    }

    #[inline]
    pub(super) fn ready(&mut self, index: usize) {
        self.count += 1;
        // The latest of `count` replaces the candidate once in `count` times, so all are as likely;
        // the first one needs no draw.
        let replaces = |random: &mut Random| random.below(self.count, self.address) == 0;
        if self.count == 1 || self.random.as_deref_mut().is_some_and(replaces) {
            self.candidate = index;
        }
    }

    pub(super) fn candidate(self) -> Option<usize> {
        (self.count > 0).then_some(self.candidate)
    }
}

/// The memory of fair choices: which of `N` branches was chosen how long ago.
///
/// # Examples
///
/// See [`Alts::fair`](crate::Alts::fair).
#[derive(Debug, Clone)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Rotation<const N: usize>([u16; N]);

impl<const N: usize> Rotation<N> {
    /// Nothing has been chosen yet: the branches come in order.
    ///
    /// # Panics
    ///
    /// If `N` is more than 65,536.
    ///
    /// # Examples
    ///
    /// ```
    /// let turns = csp_core::Rotation::<3>::new();
    /// ```
    pub const fn new() -> Self {
        assert!(N <= 1 << 16, "a rotation has at most 65,536 places");
        let mut places = [0; N];
        let mut place = 0;
        while place < N {
            places[place] = place as u16;
            place += 1;
        }
        Self(places)
    }

    pub(super) const fn places(&mut self) -> &mut [u16] {
        &mut self.0
    }
}

impl<const N: usize> Default for Rotation<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Xorshift: small, fast, and good enough to be fair.
#[derive(Debug, Clone, Copy)]
pub(super) struct Random(u32);

impl Random {
    /// Gets its seed when it is needed.
    pub(super) const UNSEEDED: Self = Self(0);

    pub(super) const fn seeded(seed: u32) -> Self {
        // A finalizer spreads small seeds; the state must not be zero.
        let mut mixed = seed.wrapping_add(0x9E37_79B9);
        mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x85EB_CA6B);
        mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xC2B2_AE35);
        Self((mixed ^ (mixed >> 16)) | 1)
    }

    /// Below `bound`; a choice without a seed gets one from its address.
    #[inline]
    pub(super) fn below(&mut self, bound: usize, address: usize) -> usize {
        if self.0 == 0 {
            *self = Self::at(address);
        }
        self.next_below(bound)
    }

    /// A seed of its own for each choice. Two threads may read the same counter; their choices
    /// lie at different addresses.
    pub(super) fn at(address: usize) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        if cfg!(all(test, any(loom, shuttle))) {
            // They play a schedule again and want the same choices in it.
            return Self::seeded(0);
        }
        let count = COUNTER.load(Ordering::Relaxed).wrapping_add(0x6D2B_79F5);
        COUNTER.store(count, Ordering::Relaxed);
        Self::seeded(count ^ address as u32)
    }

    pub(super) fn next_below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        ((u64::from(self.0) * bound as u64) >> 32) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: u32 = 60_000;

    /// Whether a draw and the next one are as often every pair below `bound`.
    fn spreads(bound: usize, draws: impl Iterator<Item = (usize, usize)>) -> bool {
        let mut counts = [0_u32; 49];
        draws.for_each(|(first, second)| counts[first * bound + second] += 1);
        let mean = DRAWS / (bound * bound) as u32;
        counts[..bound * bound].iter().all(|count| count.abs_diff(mean) <= mean / 8)
    }

    #[test]
    #[cfg_attr(miri, ignore = "counts too much for an interpreter")]
    fn a21_random_choices_are_uniform_and_independent() {
        for bound in 2..=7 {
            let of_each_seed = (0..DRAWS).map(|seed| {
                let mut random = Random::seeded(seed);
                (random.next_below(bound), random.next_below(bound))
            });
            assert!(spreads(bound, of_each_seed), "{bound}");
            let (mut random, mut last) = (Random::seeded(0), 0);
            let one_after_another = (0..DRAWS).map(|_| {
                let before = last;
                last = random.next_below(bound);
                (before, last)
            });
            assert!(spreads(bound, one_after_another), "{bound}");
        }
    }

    #[test]
    fn a21_no_seed_makes_a_state_that_stays() {
        // It would be mixed to a state of 1, but for the last bit 0.
        let mut random = Random::seeded(0x6F2A_7A53);
        assert!((0..64).any(|_| random.next_below(2) == 1));
    }
}
