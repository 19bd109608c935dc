//! The locks of all channels of a choice: in which order they are taken, and taking them.
//!
//! *Invariants.*
//! 1. Locks are taken in ascending order of rank, then identity; one that several channels share
//!    is taken once. So two choices never wait for each other's locks.
//! 2. The locks are held by nesting closures, one for each lock: nothing is allocated, and the
//!    stack bounds how many there can be. A lock that is confined to one thread is only looked at:
//!    if it is free, nobody else can take it while the thread is here, and a look runs no code that
//!    could come back. Such locks have no place in the order.

#![expect(unsafe_code, reason = "holds the lock of one guard while it asks the next for its own")]

use core::mem;

use super::engine::named;
use super::set::DynGuards;
use crate::choice::MAX_BRANCHES;
use crate::lock::{AnyLock, LockKey};
use crate::sync::HAS_COMPARE_AND_SWAP;

pub(super) fn key_of(guards: &mut (impl DynGuards + ?Sized), index: usize) -> LockKey {
    named(guards, index).lock().key()
}

/// What a choice chooses among.
pub(super) struct Survey {
    pub(super) enabled: usize,
    pub(super) channels: usize,
    /// How many places of the lock order are in use.
    pub(super) locks: usize,
    /// One lock guards the whole choice, or one thread is all that can reach it.
    pub(super) sole: bool,
}

/// Counts the guards, and puts those whose channels have to be locked in order.
pub(super) fn survey(guards: &mut (impl DynGuards + ?Sized)) -> Survey {
    let len = guards.len();
    assert!(
        len <= MAX_BRANCHES,
        "an alts has {len} guards, more than the {MAX_BRANCHES} that it can tell apart"
    );
    let mut survey = Survey { enabled: 0, channels: 0, locks: 0, sole: true };
    let (mut same, mut in_order, mut last) = (true, true, None);
    for index in 0..len {
        let guard = guards.guard(index);
        if !guard.is_enabled() {
            continue;
        }
        survey.enabled += 1;
        let Some(guard) = guard.on_channel() else { continue };
        survey.channels += 1;
        if guard.lock().is_confined() {
            continue;
        }
        let key = guard.lock().key();
        if let Some(last) = last {
            same &= last == key;
            in_order &= last <= key;
        }
        last = Some(key);
        guards.set_order(survey.locks, index);
        survey.locks += 1;
    }
    if !in_order {
        sort(guards, survey.locks);
    }
    survey.sole = survey.locks == 0 || (same && survey.locks == survey.channels);
    assert!(
        survey.sole || HAS_COMPARE_AND_SWAP,
        "this CPU has no compare-and-swap, so all channels of an alts have to share one \
         lock: use the lock `CriticalSection`, or enable the feature `critical-section`"
    );
    survey
}

/// Looks at a lock that is confined to this thread, where nobody else is there to be locked out.
pub(super) fn assert_free(lock: &dyn AnyLock) {
    if lock.is_confined() {
        lock.assert_free();
    }
}

/// Sorts the first `channels` places, in place and without an allocator.
fn sort(guards: &mut (impl DynGuards + ?Sized), channels: usize) {
    // Few by insertion; else by a heap, as the number is the caller's.
    if channels > 16 {
        return heap_sort(guards, channels);
    }
    (1..channels).for_each(|place| insert_in_order(guards, place));
}

fn heap_sort(guards: &mut (impl DynGuards + ?Sized), channels: usize) {
    for root in (0..channels / 2).rev() {
        sift_down(guards, root, channels);
    }
    for end in (1..channels).rev() {
        let (first, last) = (guards.order(0), guards.order(end));
        guards.set_order(0, last);
        guards.set_order(end, first);
        sift_down(guards, 0, end);
    }
}

/// Whether this place in the order, which is sorted, has the lock of the one before it.
pub(super) fn shares_lock(guards: &mut (impl DynGuards + ?Sized), place: usize) -> bool {
    let (before, index) = (guards.order(place - 1), guards.order(place));
    key_of(guards, before) == key_of(guards, index)
}

/// One step of an insertion sort: `place` joins those before it, which are in order.
fn insert_in_order(guards: &mut (impl DynGuards + ?Sized), mut place: usize) {
    let index = guards.order(place);
    let key = key_of(guards, index);
    while place > 0 {
        let before = guards.order(place - 1);
        if key_of(guards, before) <= key {
            break;
        }
        guards.set_order(place, before);
        place -= 1;
    }
    guards.set_order(place, index);
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

/// Runs `look` with the locks of the first `locks` places held.
pub(super) fn with_all_locks<S: DynGuards + ?Sized, R>(
    guards: &mut S,
    locks: usize,
    look: impl FnOnce(&mut S) -> R,
) -> R {
    if locks == 0 {
        return look(guards);
    }
    let mut look = Some(look);
    let mut result = None;
    lock_all(guards, 0, locks, None, &mut |guards| {
        if let Some(look) = look.take() {
            result = Some(look(guards));
        }
    });
    result.expect("a lock runs its closure")
}

fn lock_all<S: DynGuards + ?Sized>(
    guards: &mut S,
    mut place: usize,
    locks: usize,
    held: Option<LockKey>,
    look: &mut dyn FnMut(&mut S),
) {
    let (lock, key) = loop {
        if place == locks {
            return look(guards);
        }
        let index = guards.order(place);
        let guard = named(guards, index);
        let lock = guard.lock();
        // SAFETY: the lock lies in the channel, which the guard borrows for longer than this call.
        let lock = unsafe { mem::transmute::<&dyn AnyLock, &'static dyn AnyLock>(lock) };
        let key = lock.key();
        debug_assert!(held.is_none_or(|held| held <= key), "invariant 1");
        if held != Some(key) {
            break (lock, key);
        }
        place += 1;
    };
    lock.run(&mut || lock_all(guards, place + 1, locks, Some(key), look));
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
            sort(&mut parts, N);
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
