//! The locks of all channels of a choice: in which order they are taken, and taking them.
//!
//! *Invariants.*
//! 1. Locks are taken in ascending order of rank, then identity; one that several channels share
//!    is taken once. So two choices never wait for each other's locks.
//! 2. The locks are held by nesting closures, one for each lock: nothing is allocated, and the
//!    stack bounds how many there can be. A lock that is confined to one thread is only looked at:
//!    if it is free, nobody else can take it while the thread is here, and a look runs no code that
//!    could come back.

#![expect(unsafe_code, reason = "holds the lock of one guard while it asks the next for its own")]

use core::mem;

use super::engine::named;
use super::set::DynGuards;
use crate::lock::{AnyLock, LockKey};

pub(super) fn key_of(guards: &mut (impl DynGuards + ?Sized), index: usize) -> LockKey {
    named(guards, index).lock().key()
}

/// Sorts the first `channels` places, in place and without an allocator; whether two of them share
/// a lock.
pub(super) fn sort(guards: &mut (impl DynGuards + ?Sized), channels: usize) -> bool {
    // Few, and often in order already: insertion. Else a heap, as the number is the caller's.
    if channels <= 16 {
        let mut shared = false;
        for place in 1..channels {
            shared |= insert_in_order(guards, place);
        }
        return shared;
    }
    for root in (0..channels / 2).rev() {
        sift_down(guards, root, channels);
    }
    for end in (1..channels).rev() {
        let (first, last) = (guards.order(0), guards.order(end));
        guards.set_order(0, last);
        guards.set_order(end, first);
        sift_down(guards, 0, end);
    }
    (1..channels).any(|place| shares_lock(guards, place))
}

/// Whether this place in the order, which is sorted, has the lock of the one before it.
pub(super) fn shares_lock(guards: &mut (impl DynGuards + ?Sized), place: usize) -> bool {
    let (before, index) = (guards.order(place - 1), guards.order(place));
    key_of(guards, before) == key_of(guards, index)
}

/// One step of an insertion sort: `place` joins those before it, which are in order; whether one of
/// them has its lock.
fn insert_in_order(guards: &mut (impl DynGuards + ?Sized), mut place: usize) -> bool {
    let index = guards.order(place);
    let key = key_of(guards, index);
    let mut shared = false;
    while place > 0 {
        let before = guards.order(place - 1);
        let other = key_of(guards, before);
        if other <= key {
            shared = other == key;
            break;
        }
        guards.set_order(place, before);
        place -= 1;
    }
    guards.set_order(place, index);
    shared
}

/// One step of a heap sort: `root` finds its place in the heap below it, greatest key on top.
fn sift_down(guards: &mut (impl DynGuards + ?Sized), mut root: usize, end: usize) {
    let index = guards.order(root);
    let key = key_of(guards, index);
    loop {
        let mut child = 2 * root + 1;
        if child >= end {
            break;
        }
        let mut under = guards.order(child);
        let mut greatest = key_of(guards, under);
        if child + 1 < end {
            let other = guards.order(child + 1);
            let key = key_of(guards, other);
            if key > greatest {
                (child, under, greatest) = (child + 1, other, key);
            }
        }
        if greatest <= key {
            break;
        }
        guards.set_order(root, under);
        root = child;
    }
    guards.set_order(root, index);
}

/// Runs `look` with the locks of all channels held.
pub(super) fn with_all_locks<S: DynGuards + ?Sized, R>(
    guards: &mut S,
    channels: usize,
    look: impl FnOnce(&mut S) -> R,
) -> R {
    let mut look = Some(look);
    let mut result = None;
    lock_all(guards, 0, channels, None, &mut |guards| {
        if let Some(look) = look.take() {
            result = Some(look(guards));
        }
    });
    result.expect("a lock runs its closure")
}

fn lock_all<S: DynGuards + ?Sized>(
    guards: &mut S,
    mut place: usize,
    channels: usize,
    held: Option<LockKey>,
    look: &mut dyn FnMut(&mut S),
) {
    let lock = loop {
        if place == channels {
            return look(guards);
        }
        let index = guards.order(place);
        let guard = named(guards, index);
        let lock = guard.lock();
        // SAFETY: the lock lies in the channel, which the guard borrows for longer than this call.
        let lock = unsafe { mem::transmute::<&dyn AnyLock, &'static dyn AnyLock>(lock) };
        if !lock.is_confined() {
            break lock;
        }
        // Nobody else is there to be locked out.
        lock.assert_free();
        place += 1;
    };
    let key = lock.key();
    debug_assert!(held.is_none_or(|held| held <= key), "invariant 1");
    if held == Some(key) {
        return lock_all(guards, place + 1, channels, held, look);
    }
    lock.run(&mut || lock_all(guards, place + 1, channels, Some(key), look));
}

#[cfg(all(test, feature = "std", not(any(loom, shuttle))))]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;
    use core::array;
    use core::pin::pin;

    use super::super::set::{IntoGuards, Parts};
    use super::*;
    use crate::Channel;
    use crate::buffer::Rendezvous;
    use crate::lock::StdLock;

    fn sorts<const N: usize>() {
        let channels: [_; N] = array::from_fn(|_| Channel::<u8, Rendezvous, StdLock>::new());
        // 41 is a prime, so that each stride reaches every place.
        let strides = if cfg!(miri) { 39..41 } else { 1..41 };
        for stride in strides {
            let place = |nth: usize| nth * stride % 41;
            let order: Vec<_> = (0..41).map(place).filter(|&it| it < N).collect();
            let mut guards = pin!(channels.each_ref().map(Channel::take).into_guards());
            let mut kept = Default::default();
            let mut parts = Parts { guards: guards.as_mut(), order: &mut kept };
            for (place, &index) in order.iter().enumerate() {
                parts.set_order(place, index);
            }
            assert!(!sort(&mut parts, N), "no two share a lock");
            let sorted: Vec<_> = (0..N).map(|place| parts.order(place)).collect();
            assert!(sorted.is_sorted_by_key(|&index| key_of(&mut parts, index)), "stride {stride}");
            assert_eq!(BTreeSet::from_iter(sorted).len(), N, "stride {stride}: one was lost");
        }
    }

    #[test]
    fn any_order_becomes_the_order_of_the_locks() {
        sorts::<2>();
        sorts::<5>();
        sorts::<16>();
        sorts::<17>();
        sorts::<18>();
        if !cfg!(miri) {
            sorts::<40>();
        }
    }
}
