//! What follows a transition once the lock is free, and the channel as an `alts` sees it.

#![expect(unsafe_code, reason = "reaches the state of a channel whose lock is held")]

use core::task::Waker;

use super::Channel;
use super::kept::Side;
use super::state::{After, Rest, State, Step, Transitions};
use crate::buffer::Buffer;
use crate::lock::{AnyLock, Lock};
use crate::wait_list::Party;

impl<T, B: Buffer<T>, L: Lock> Channel<T, B, L> {
    /// Does what a transition left to do, the lock being free.
    #[inline]
    pub(crate) fn run(&self, me: Party, after: &mut After) {
        if after.rest != Rest::Nothing {
            self.run_rest(me, after);
        } else if let Some(wake) = after.wake.take() {
            self.wake(wake, after.keep);
        }
    }

    /// Wakes somebody, and keeps the waker for the next wait on its side if there is one.
    #[inline]
    pub(crate) fn wake(&self, waker: Waker, keep: Option<Side>) {
        let Some(side) = keep.filter(|_| Self::KEEPS) else { return waker.wake() };
        waker.wake_by_ref();
        drop(self.with_own_code(|locked| locked.state.keep(side, waker)));
    }

    /// The seldom case: more than one party has to hear of it.
    #[cold]
    pub(crate) fn run_rest(&self, me: Party, after: &mut After) {
        let resume = Resume { channel: self, rest: Some(Tell { rest: after.rest, me }) };
        if let Some(wake) = after.wake.take() {
            wake.wake();
        }
        resume.finish();
    }

    /// Tells everybody that the channel has ended.
    pub(crate) fn tell_end(&self) {
        Resume { channel: self, rest: Some(TellEnd) }.finish();
    }
}

/// Whom to wake, one at a time, each under the lock again. A program that ends no channel has no
/// code for an end.
trait Steps<T, B: Buffer<T>> {
    fn next(&self, state: &mut State<T, B>) -> Option<Step<T>>;
}

struct Tell {
    rest: Rest,
    me: Party,
}

impl<T, B: Buffer<T>> Steps<T, B> for Tell {
    fn next(&self, state: &mut State<T, B>) -> Option<Step<T>> {
        state.step(self.rest, self.me)
    }
}

struct TellEnd;

impl<T, B: Buffer<T>> Steps<T, B> for TellEnd {
    fn next(&self, state: &mut State<T, B>) -> Option<Step<T>> {
        state.end_next()
    }
}

/// Takes the steps of a rest, and the remaining ones too if one of them panics.
struct Resume<'a, T, B: Buffer<T>, L: Lock, S: Steps<T, B>> {
    channel: &'a Channel<T, B, L>,
    rest: Option<S>,
}

impl<T, B: Buffer<T>, L: Lock, S: Steps<T, B>> Resume<'_, T, B, L, S> {
    fn finish(mut self) {
        self.take_steps();
    }

    fn take_steps(&mut self) {
        let Some(rest) = &self.rest else { return };
        while let Some(Step { wake, discarded, kept }) =
            self.channel.with(|locked| rest.next(locked.state))
        {
            if let Some(wake) = wake {
                wake.wake();
            }
            drop((discarded, kept));
        }
        self.rest = None;
    }
}

impl<T, B: Buffer<T>, L: Lock, S: Steps<T, B>> Drop for Resume<'_, T, B, L, S> {
    fn drop(&mut self) {
        self.take_steps();
    }
}

/// A channel as an `alts` sees it: without its buffer and its lock.
pub(crate) trait Port<T> {
    fn lock(&self) -> &dyn AnyLock;

    /// Runs `f` on the state of a channel whose lock is held.
    ///
    /// # Safety
    ///
    /// Invariant 1: the lock is held, and no other reference to the state exists.
    unsafe fn with_held(&self, f: &mut dyn FnMut(&mut dyn Transitions<T>));

    /// [`Channel::run`].
    fn run(&self, me: Party, after: &mut After);

    /// [`Channel::kept`].
    fn kept(&self) -> T;
}

impl<T, B: Buffer<T>, L: Lock> Port<T> for Channel<T, B, L> {
    fn lock(&self) -> &dyn AnyLock {
        &self.lock
    }

    unsafe fn with_held(&self, f: &mut dyn FnMut(&mut dyn Transitions<T>)) {
        // SAFETY: passed on to the caller.
        f(&mut unsafe { self.locked() });
    }

    fn run(&self, me: Party, after: &mut After) {
        Self::run(self, me, after);
    }

    fn kept(&self) -> T {
        Self::kept(self)
    }
}
