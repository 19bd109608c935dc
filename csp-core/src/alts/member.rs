//! The branches of an `Alternative` on their channels: takes that stay registered, are told and
//! never claimed.
//!
//! *Invariants.*
//! 1. While a member is registered and not notified, a take from its channel would wait. So whoever
//!    takes its notice away does so under the lock, after it has looked.
//! 2. Members leave their channels before the marks are freed that they point to.

#![expect(unsafe_code, reason = "registers nodes whose contract wait_list states")]

use core::pin::Pin;

use super::guard::Node;
use super::slice::Branch;
use crate::buffer::Buffer;
use crate::channel::Port;
use crate::channel::state::After;
use crate::choice::{Outcome, Word};
use crate::lock::{AnyLock, Lock};
use crate::operation::{Direction, Taking};
use crate::take::Take;
use crate::wait_list::{Linked, Marks};

/// How a marked member is to be tried.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'m> {
    /// Only if nothing else has been marked meanwhile.
    pub(super) unless: Option<&'m Marks>,
    /// The selection may yield first.
    pub(super) yields: bool,
    /// The selection has waited.
    pub(super) waited: bool,
}

/// What became of it.
#[derive(Debug)]
pub enum Tried {
    /// It happened; whether it could again.
    Chosen {
        outcome: Outcome,
        again: bool,
    },
    /// Somebody else was faster: it waits for the next notice.
    Stale,
    /// Others have been marked.
    Overtaken,
    Yields,
}

/// A branch of an `Alternative`, on its channel.
#[doc(hidden)]
pub trait MemberGuard {
    fn lock(&self) -> &dyn AnyLock;

    /// Joins the list of its channel; whether it is ready, and so has its notice.
    ///
    /// # Safety
    ///
    /// It is pinned and in no list; it [leaves](Self::leave) before the marks are freed.
    unsafe fn register(self: Pin<&mut Self>, marks: *const Marks, index: u16) -> bool;

    /// Takes, if it still can. It has its notice.
    fn attempt(self: Pin<&mut Self>, trial: Trial<'_>, after: &mut After) -> Tried;

    /// The member that was marked before this one.
    ///
    /// # Safety
    ///
    /// Its mark has been drained.
    unsafe fn marked_before(&self) -> u32;

    /// Takes the lock and frees it.
    fn wait_out(self: Pin<&mut Self>);

    /// Leaves its channel, if it is registered.
    fn leave(self: Pin<&mut Self>);
}

impl<T, P: Port<T> + ?Sized> Node<'_, T, P, Taking> {
    /// # Safety
    ///
    /// As [`MemberGuard::register`].
    unsafe fn register(&self, marks: *const Marks, index: u16) -> bool {
        self.locked(|state| {
            let ready = state.can_take(self.waiter.party());
            // SAFETY: passed on to the caller.
            unsafe { self.waiter.enlist(marks, index, ready) };
            // SAFETY: wait list, contracts 1, 2 and 7: pinned, locked, and the rest is the
            // caller's.
            unsafe { state.takes().register(self.waiter) };
            ready
        })
    }

    fn attempt_member(&self, trial: Trial<'_>, after: &mut After) -> Tried {
        self.locked(|state| {
            if trial.yields && state.must_yield() {
                return Tried::Yields;
            }
            if trial.unless.is_some_and(Marks::has_some) {
                return Tried::Overtaken;
            }
            let me = self.waiter.party();
            let outcome = Taking::attempt(state, self.waiter, me, after);
            let again = outcome.is_some() && state.can_take(me);
            if !again {
                let word = self.waiter.state().get();
                self.waiter.state().set(word.rearmed());
            }
            match outcome {
                Some(outcome) => {
                    state.count(trial.waited);
                    Tried::Chosen { outcome, again }
                }
                None => Tried::Stale,
            }
        })
    }
}

impl<T, P: Port<T> + ?Sized, D: Direction<T>> Node<'_, T, P, D> {
    /// A member leaves its channel.
    pub(super) fn leave(&self) {
        if !self.waiter.state().get().is_member() {
            return;
        }
        let linked = Linked;
        // SAFETY: wait list, contract 2: a member is in the list of its channel.
        self.locked(|state| unsafe { D::list(state).unlink(self.waiter) });
        linked.left();
        self.waiter.state().set(Word::NEW);
    }
}

macro_rules! member {
    () => {
        fn lock(&self) -> &dyn AnyLock {
            self.node().port.lock()
        }

        unsafe fn register(self: Pin<&mut Self>, marks: *const Marks, index: u16) -> bool {
            // SAFETY: passed on to the caller.
            unsafe { self.node().register(marks, index) }
        }

        fn attempt(self: Pin<&mut Self>, trial: Trial<'_>, after: &mut After) -> Tried {
            self.node().attempt_member(trial, after)
        }

        unsafe fn marked_before(&self) -> u32 {
            // SAFETY: passed on to the caller.
            unsafe { self.node().waiter.marked_before() }
        }

        fn wait_out(self: Pin<&mut Self>) {
            self.node().wait_out();
        }

        fn leave(self: Pin<&mut Self>) {
            self.node().leave();
        }
    };
}

impl<T, B: Buffer<T>, L: Lock> MemberGuard for Take<'_, T, B, L> {
    member!();
}

impl<T, L> MemberGuard for Branch<'_, T, L> {
    member!();
}
