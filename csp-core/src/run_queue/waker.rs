//! The waker of a node.
//!
//! *Invariant.* A waker is one reference to its node (`run_queue` 3), except the one that the home
//! makes for a poll and does not drop: the home has the node meanwhile.

#![expect(unsafe_code, reason = "the functions of a waker")]

use core::task::{RawWaker, RawWakerVTable, Waker};

use super::home::is_home;
use super::{Kept, Node};
use crate::lock::Lock;

/// # Safety
///
/// The caller's reference to the node goes into the waker.
#[inline]
pub(super) unsafe fn new<L: Lock, K: Kept>(node: *const Node<L, K>) -> Waker {
    // SAFETY: the functions keep the contract of a waker: they may be called on every thread.
    unsafe { Waker::new(node.cast(), vtable::<L, K>()) }
}

const fn vtable<L: Lock, K: Kept>() -> &'static RawWakerVTable {
    &const { RawWakerVTable::new(clone::<L, K>, wake::<L, K>, wake_by_ref::<L, K>, release::<L, K>) }
}

/// Whether the queue of a node is polled by this thread.
///
/// # Safety
///
/// The caller has a reference to the node; so for the functions below.
#[inline]
unsafe fn is_at_home<L: Lock, K: Kept>(node: *const Node<L, K>) -> bool {
    // SAFETY: the invariant.
    is_home(unsafe { &*node }.queue().cast())
}

unsafe fn clone<L: Lock, K: Kept>(data: *const ()) -> RawWaker {
    let node = data.cast::<Node<L, K>>();
    // SAFETY: the invariant.
    let at_home = unsafe { is_at_home(node) };
    // SAFETY: as above; at home if so.
    unsafe { K::retain(node, at_home) };
    RawWaker::new(data, vtable::<L, K>())
}

unsafe fn wake<L: Lock, K: Kept>(data: *const ()) {
    let node = data.cast::<Node<L, K>>();
    // SAFETY: the invariant.
    let at_home = unsafe { is_at_home(node) };
    // SAFETY: the contract; at home if so.
    unsafe { wake_from(node, at_home) };
    // SAFETY: the waker's reference, which stays until now, for it keeps the queue too.
    unsafe { K::release(node, at_home) };
}

unsafe fn wake_by_ref<L: Lock, K: Kept>(data: *const ()) {
    let node = data.cast::<Node<L, K>>();
    // SAFETY: the invariant.
    let at_home = unsafe { is_at_home(node) };
    // SAFETY: the contract; at home if so.
    unsafe { wake_from(node, at_home) };
}

#[inline]
unsafe fn wake_from<L: Lock, K: Kept>(node: *const Node<L, K>, at_home: bool) {
    if !at_home {
        // SAFETY: the contract.
        unsafe { wake_elsewhere(node) };
        return;
    }
    // SAFETY: the invariant.
    let queue = unsafe { &*node }.queue();
    // SAFETY: the reference to the node keeps its queue.
    let queue = unsafe { &*queue };
    // SAFETY: `home`, this thread polls the queue.
    unsafe { queue.make_ready(node) };
}

#[cold]
#[inline(never)]
unsafe fn wake_elsewhere<L: Lock, K: Kept>(node: *const Node<L, K>) {
    // SAFETY: the invariant.
    let queue = unsafe { &*node }.queue();
    // SAFETY: the reference to the node keeps its queue.
    let queue = unsafe { &*queue };
    // SAFETY: the invariant.
    unsafe { K::retain(node, false) };
    // SAFETY: the reference just made goes into the inbox.
    if !unsafe { queue.post(node) } {
        // SAFETY: it was not used.
        unsafe { K::release(node, false) };
    }
}

unsafe fn release<L: Lock, K: Kept>(data: *const ()) {
    let node = data.cast::<Node<L, K>>();
    // SAFETY: the invariant.
    let at_home = unsafe { is_at_home(node) };
    // SAFETY: the waker's reference.
    unsafe { K::release(node, at_home) };
}
