//! Which of the ready guards is chosen: a random one, the first, or the one that waited longest.

use crate::choice::Outcome;
use core::sync::atomic::{AtomicU32, Ordering};

use super::lock_order::shares_lock;
use super::set::DynGuards;

/// The policy of one choice, with its memory.
#[derive(Debug)]
pub(super) enum Policy<'r> {
    /// Seeded when first needed, unless a test did.
    Random(Option<Random>),
    Priority,
    /// The branches, least recently chosen first.
    Fair(&'r mut [u16]),
}

impl Policy<'_> {
    /// Refuses a rotation that is too short, before anything depends on the choice's end.
    pub(super) fn check(&self, len: usize) {
        if let Self::Fair(places) = self {
            assert!(
                places.len() >= len,
                "an alts has {len} guards, but its rotation only {} places: \
                 use `Rotation::<{len}>`",
                places.len()
            );
        }
    }

    /// Which of several guards at one channel a partner meets is chosen too, by the order in which
    /// they wait there: this draws one, where guards share a lock.
    pub(super) fn shuffle(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        channels: usize,
        address: usize,
    ) {
        let Self::Random(random) = self else { return };
        let random = random.get_or_insert_with(|| Random::at(address));
        let mut first = 0;
        for place in 1..channels {
            if !shares_lock(guards, place) {
                first = place;
                continue;
            }
            let other = first + random.below(place + 1 - first);
            let (index, drawn) = (guards.order(place), guards.order(other));
            guards.set_order(place, drawn);
            guards.set_order(other, index);
        }
    }

    /// Visits the guards in the order in which they shall wait. The first `channels` places of the
    /// lock order have been shuffled.
    pub(super) fn in_turn<S: DynGuards + ?Sized>(
        &self,
        guards: &mut S,
        channels: usize,
        mut visit: impl FnMut(&mut S, usize),
    ) {
        let len = guards.len();
        match self {
            Self::Random(_) => {
                for place in 0..channels {
                    let index = guards.order(place);
                    visit(guards, index);
                }
            }
            Self::Priority => (0..len).for_each(|index| visit(guards, index)),
            Self::Fair(places) => {
                let turns = places.iter().map(|&place| usize::from(place));
                turns.filter(|&index| index < len).for_each(|index| visit(guards, index));
            }
        }
    }

    /// A partner chose a guard: it was served.
    pub(super) fn served(&mut self, index: usize) {
        if let Self::Fair(places) = self
            && let Some(turn) = places.iter().position(|&place| usize::from(place) == index)
        {
            places[turn..].rotate_left(1);
        }
    }

    /// Picks a guard that is ready and makes it happen. A ready guard may turn out not to be,
    /// if its partner is decided elsewhere meanwhile; then it picks again.
    pub(super) fn pick<S: DynGuards + ?Sized>(
        &mut self,
        guards: &mut S,
        address: usize,
        ready: impl Fn(&mut S, usize) -> bool,
        mut attempt: impl FnMut(&mut S, usize) -> Option<(usize, Outcome)>,
    ) -> Option<(usize, Outcome)> {
        let len = guards.len();
        match self {
            Self::Priority => (0..len).find_map(|index| attempt(guards, index)),
            Self::Fair(places) => {
                let mut turn = 0;
                while turn < places.len() {
                    let index = usize::from(places[turn]);
                    if index < len
                        && let Some(chosen) = attempt(guards, index)
                    {
                        places[turn..].rotate_left(1);
                        return Some(chosen);
                    }
                    turn += 1;
                }
                None
            }
            Self::Random(random) => loop {
                let (mut count, mut candidate) = (0, None);
                for index in 0..len {
                    if !ready(guards, index) {
                        continue;
                    }
                    count += 1;
                    // The latest of `count` replaces the candidate once in `count` times, so all
                    // are as likely; the first one needs no draw.
                    if count == 1
                        || random.get_or_insert_with(|| Random::at(address)).below(count) == 0
                    {
                        candidate = Some(index);
                    }
                }
                if let Some(chosen) = attempt(guards, candidate?) {
                    return Some(chosen);
                }
            },
        }
    }
}

/// The memory of fair choices: which of `N` branches was chosen how long ago.
///
/// # Examples
///
/// See [`Alts::fair`](crate::Alts::fair).
#[derive(Debug, Clone)]
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
    pub(super) const fn seeded(seed: u32) -> Self {
        // A finalizer spreads small seeds; the state must not be zero.
        let mut mixed = seed.wrapping_add(0x9E37_79B9);
        mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x85EB_CA6B);
        mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xC2B2_AE35);
        Self((mixed ^ (mixed >> 16)) | 1)
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

    pub(super) fn below(&mut self, bound: usize) -> usize {
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
                (random.below(bound), random.below(bound))
            });
            assert!(spreads(bound, of_each_seed), "{bound}");
            let (mut random, mut last) = (Random::seeded(0), 0);
            let one_after_another = (0..DRAWS).map(|_| {
                let before = last;
                last = random.below(bound);
                (before, last)
            });
            assert!(spreads(bound, one_after_another), "{bound}");
        }
    }

    #[test]
    fn a21_no_seed_makes_a_state_that_stays() {
        // It would be mixed to a state of 1, but for the last bit 0.
        let mut random = Random::seeded(0x6F2A_7A53);
        assert!((0..64).any(|_| random.below(2) == 1));
    }
}
