//! A party that somebody has claimed, and how it is completed.
//!
//! *Safety.* The contract is that of the parent, [`wait_list`](super).

#![expect(unsafe_code, reason = "completes nodes by the contract of the parent")]

use core::marker::PhantomData;
use core::ptr::NonNull;
use core::task::Waker;

use super::node::{Header, Node, Waiter, choice_of, plain_state};
use crate::choice::{Outcome, Word};

/// A party that we have claimed: it waits for us to move the value and say what came of it.
///
/// It is used and completed within the critical section of the claim.
#[must_use = "a claimed party has to be completed"]
pub(crate) struct Claimed<T> {
    pub(super) node: NonNull<Node<T>>,
    /// It is known to be a plain operation that was told nothing.
    pub(super) plain: bool,
    pub(super) _value: PhantomData<fn(T) -> T>,
}

impl<T> Claimed<T> {
    /// Moves a value into the slot of a claimed take.
    #[inline]
    pub(crate) fn give(&self, value: T) {
        let slot = Waiter::slot_of(self.node.as_ptr());
        // SAFETY: contract 3, the slot of a claimed take is empty and ours.
        unsafe { slot.write(value) };
    }

    /// Moves the value out of the slot of a claimed put.
    #[inline]
    pub(crate) fn receive(&self) -> T {
        let slot = Waiter::slot_of(self.node.as_ptr());
        // SAFETY: contract 3, the slot of a claimed put is full and ours.
        unsafe { slot.read() }
    }

    /// Whether its waker may be kept.
    pub(crate) const fn is_plain(&self) -> bool {
        self.plain
    }

    /// Arrow 5: says what came of it; the waker is the caller's to call after the lock.
    #[inline]
    pub(crate) fn complete(self, outcome: Outcome, sequence: u32) -> Option<Waker> {
        let node = self.node.as_ptr().cast::<Header>();
        if self.plain {
            // SAFETY: contract 4, the claim made the waker ours.
            let waker = unsafe { Header::waker(node).read() };
            // SAFETY: contract 2; the field is free after the claim.
            unsafe { Header::sequence(node).write(sequence) };
            // SAFETY: contract 1 still holds, as `Done` is not stored yet.
            unsafe { plain_state(node) }.set(Word::done_plain(outcome));
            return Some(waker);
        }
        // SAFETY: the claim made the node ours to complete.
        unsafe { complete_any(node, outcome, sequence) }
    }
}

/// [`Claimed::complete`] where nothing is known of the node.
///
/// # Safety
///
/// The node is linked no more, claimed and not completed, and the lock is held.
#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline)]
unsafe fn complete_any(node: *mut Header, outcome: Outcome, sequence: u32) -> Option<Waker> {
    // SAFETY: contract 1 still holds, as `Done` is not stored yet.
    let (state, waker, _) = unsafe { choice_of(node) };
    let waker = if state.get().is_notified() {
        None
    } else {
        // SAFETY: contract 4, the claim made the waker ours.
        Some(unsafe { waker.read() })
    };
    // SAFETY: contract 2; the field is free after the claim, and beside the choice pointer.
    unsafe { Header::sequence(node).write(sequence) };
    state.complete(outcome);
    waker
}
