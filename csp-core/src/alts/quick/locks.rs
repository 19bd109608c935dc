//! The locks of a choice among takes, in order.
//!
//! What [`lock_order`](super::super::lock_order) does for any guards, in loops that are compiled
//! for the types of these.

use super::super::set::{ArrayOrder, DynGuards, Guards, Parts};
use super::{Quick, Visit};
use crate::buffer::Buffer;
use crate::lock::{AnyLock, Lock, LockKey};
use crate::operation::{Operation, Taking};

/// How many places of the lock order are in use, and whether that makes a choice sole.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Order {
    pub(super) locks: usize,
    pub(super) sole: bool,
}

/// Puts the locks in order; `None` if that is better left to the long way.
#[inline]
pub(super) fn order<S: Guards>(parts: &mut Parts<'_, S>) -> Option<Order> {
    match S::QUICK {
        Quick::Not | Quick::Foreign | Quick::Confined => Some(Order { locks: 0, sole: true }),
        Quick::OneLock => {
            let mut common = CommonLock { first: None, is_one: true };
            parts.guards.visit(&mut common);
            let (true, Some((index, _))) = (common.is_one, common.first) else { return None };
            parts.set_order(0, usize::from(index));
            Some(Order { locks: 1, sole: true })
        }
        Quick::ManyLocks => {
            let mut ascending = Ascending { last: None, count: 0 };
            let len = parts.guards.count();
            if !(parts.guards.visit(&mut ascending) && ascending.count == len) {
                return parts.guards.sort_locks(parts.order);
            }
            (0..len).for_each(|index| parts.set_order(index, index));
            Some(Order { locks: len, sole: len == 1 })
        }
    }
}

impl<const N: usize> ArrayOrder<N> {
    /// Puts the locks of all takes that are enabled in order.
    #[inline]
    pub(in crate::alts) fn sort(&mut self, guards: &impl Guards) -> Option<Order> {
        let mut keys = [0; N];
        let mut each = Keys { keys: &mut keys, count: 0 };
        guards.visit(&mut each);
        let locks = each.count;
        let keys = &mut keys[..locks];
        sort(keys);
        for (place, key) in self.0.iter_mut().zip(&*keys) {
            *place = *key as u16;
        }
        Some(Order { locks, sole: keys.first()? >> INDEX_BITS == keys.last()? >> INDEX_BITS })
    }
}

/// By insertion if they are nearly in order, or in the opposite one, as are those of channels that
/// were made together.
fn sort(keys: &mut [u128]) {
    if keys.first() > keys.last() {
        keys.reverse();
    }
    let mut moves = 2 * keys.len();
    for from in 1..keys.len() {
        let (key, mut place) = (keys[from], from);
        while place > 0 && keys[place - 1] > key {
            keys[place] = keys[place - 1];
            place -= 1;
        }
        keys[place] = key;
        let Some(left) = moves.checked_sub(from - place) else { return keys.sort_unstable() };
        moves = left;
    }
}

/// A key of a lock and the index of a take in one number, which is sorted faster.
const INDEX_BITS: u32 = u16::BITS;

/// Whether each take has a lock of its own, and they come in order.
struct Ascending {
    last: Option<LockKey>,
    count: usize,
}

impl Visit for Ascending {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        _index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        self.count += 1;
        let key = take.channel.lock().key();
        self.last.replace(key).is_none_or(|last| last < key)
    }
}

/// Collects the keys of the locks.
struct Keys<'k> {
    keys: &'k mut [u128],
    count: usize,
}

impl Visit for Keys<'_> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let (rank, identity) = take.channel.lock().key();
        let key = u128::from(rank) << usize::BITS | identity as u128;
        self.keys[self.count] = key << INDEX_BITS | u128::from(index);
        self.count += 1;
        true
    }
}

/// Runs `f` with the locks of the first `locks` places held. The locks of one thread are free, and
/// nobody comes in between.
#[inline]
pub(super) fn under_locks<S: Guards, R>(
    guards: &S,
    order: &S::Order,
    locks: usize,
    f: impl FnOnce() -> R,
) -> R {
    if S::QUICK == Quick::Confined {
        return f();
    }
    let (mut f, mut result) = (Some(f), None);
    let mut under = || {
        if let Some(f) = f.take() {
            result = Some(f());
        }
    };
    if S::QUICK == Quick::OneLock {
        guards.visit(&mut Under(&mut under));
    } else {
        Nest { guards, order, place: 0, locks, last: None, under: &mut under }.go_on();
    }
    result.expect("a lock runs its closure")
}

/// Holds the lock of the first take.
struct Under<'f>(&'f mut dyn FnMut());

impl Visit for Under<'_> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        _index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        take.channel.lock().with_lock(&mut self.0);
        false
    }
}

/// Holds one lock after the other, in nested closures, as in `lock_order`.
struct Nest<'n, S: Guards> {
    guards: &'n S,
    order: &'n S::Order,
    place: usize,
    locks: usize,
    last: Option<LockKey>,
    under: &'n mut dyn FnMut(),
}

impl<S: Guards> Nest<'_, S> {
    fn go_on(&mut self) {
        if self.place == self.locks {
            return (self.under)();
        }
        let index = self.guards.order(self.order, self.place);
        self.place += 1;
        self.guards.visit_at(index, self);
    }
}

impl<S: Guards> Visit for Nest<'_, S> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        _index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let lock = take.channel.lock();
        // A lock that several channels share is taken once.
        if self.last.replace(lock.key()) == Some(lock.key()) {
            self.go_on();
        } else {
            lock.with_lock(|| self.go_on());
        }
        true
    }
}

/// Whether the takes have one lock, though their channels may have several flavours of it.
struct CommonLock {
    first: Option<(u16, LockKey)>,
    is_one: bool,
}

impl Visit for CommonLock {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let key = take.channel.lock().key();
        let (_, first) = *self.first.get_or_insert((index, key));
        self.is_one &= first == key;
        self.is_one
    }
}

#[cfg(all(test, feature = "std", not(any(loom, shuttle))))]
mod tests {
    use alloc::vec::Vec;
    use core::array;
    use core::pin::pin;

    use super::super::super::set::IntoGuards;
    use super::*;
    use crate::Channel;
    use crate::buffer::Rendezvous;
    use crate::lock::StdLock;

    /// The order of takes of the channels at these places of a row, and whether the choice is sole.
    fn ordered<const N: usize>(places: [usize; N]) -> (Vec<usize>, bool) {
        let row: [_; N] = array::from_fn(|_| Channel::<u8, Rendezvous, StdLock>::new());
        let mut guards = pin!(places.map(|place| row[place].take()).into_guards());
        let mut kept = Default::default();
        let mut parts = Parts { guards: guards.as_mut(), order: &mut kept };
        let Order { locks, sole } = order(&mut parts).expect("locks of their own are put in order");
        assert_eq!(locks, N);
        ((0..N).map(|place| places[parts.order(place)]).collect(), sole)
    }

    #[test]
    fn locks_are_taken_in_their_order() {
        assert_eq!(ordered([0, 1, 2]), ([0, 1, 2].into(), false));
        assert_eq!(ordered([2, 1, 0]), ([0, 1, 2].into(), false));
        assert_eq!(ordered([2, 0, 2, 1, 0]), ([0, 0, 1, 2, 2].into(), false));
    }

    #[test]
    fn a_choice_among_takes_of_one_channel_is_sole() {
        assert_eq!(ordered([0]), ([0].into(), true));
        assert_eq!(ordered([1, 1]), ([1, 1].into(), true));
    }

    #[test]
    fn keys_in_any_order_are_sorted() {
        // 41 is a prime, so that each stride reaches every place.
        let strides = if cfg!(miri) { 39..41 } else { 1..41 };
        for stride in strides {
            let mut keys: Vec<_> = (0..41).map(|nth| nth * stride % 41).collect();
            sort(&mut keys);
            assert!(keys.into_iter().eq(0..41), "stride {stride}");
        }
    }
}
