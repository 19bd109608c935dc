//! The short ways of a poll, for the [usual cases](crate::channel::state::Usual), and of a drop
//! that nobody has to hear of.

#![expect(unsafe_code, reason = "publishes the node of an operation")]

use core::task::{Context, Poll, Waker};

use super::{Direction, Operation, crowd};
use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::channel::forecast::Forecast;
use crate::channel::state::{Locked, Transitions, Usual};
use crate::choice::Word;
use crate::lock::Lock;
use crate::wait_list::Linked;

impl<T, B: Buffer<T>, L: Lock, D: Direction<T>> Operation<'_, T, B, L, D> {
    /// The short way of [`poll`](Self::poll) in the usual cases, which leave nothing to do; `None`
    /// if this is none. Once it is ready, the operation is finished.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    #[inline]
    pub(crate) unsafe fn poll_usually(&self, cx: &Context<'_>) -> Option<Poll<D::Got>> {
        let state = self.waiter.state();
        if state.get_unordered() != Word::NEW {
            let collects = Self::COLLECTS;
            // Where it is collected, the lock orders what the partner did under it.
            let word = if collects || !L::THREADS { state.get_unordered() } else { state.get() };
            if word != Word::MOVED_PLAIN
                || (collects && !self.channel.with_own_code(|state| state.collect_usually()))
            {
                return None;
            }
            state.set_unordered(Word::FINISHED);
            // SAFETY: wait list, contract 3: it has moved, and nobody gets here twice.
            return Some(Poll::Ready(unsafe { D::got(&self.waiter) }));
        }
        // SAFETY: passed on to the caller.
        if L::THREADS && self.channel.forecast.says(D::KIND) && unsafe { self.wait_usually(cx) } {
            return Some(Poll::Pending);
        }
        let usual = self.channel.with_own_code(|state| {
            let usual = D::usually(state, &self.waiter);
            if Channel::<T, B, L>::KEEPS && matches!(usual, Usual::Alone) {
                // SAFETY: passed on to the caller.
                return unsafe { self.wait_with_kept(state, cx.waker()) };
            }
            usual
        });
        match usual {
            Usual::Passed(got) => {
                state.set_unordered(Word::FINISHED);
                Some(Poll::Ready(got))
            }
            Usual::Met(got, partner, keep) => {
                // The waker may panic: all is done by then.
                state.set_unordered(Word::FINISHED);
                if let Some(partner) = partner {
                    self.channel.wake(partner, keep);
                }
                Some(Poll::Ready(got))
            }
            Usual::Alone if Channel::<T, B, L>::KEEPS => Some(Poll::Pending),
            // SAFETY: passed on to the caller.
            Usual::Alone => unsafe { self.wait_usually(cx) }.then_some(Poll::Pending),
            Usual::Not => None,
        }
    }

    /// Waits where nobody is there to meet, nor a limit; whether it does. The clone of the waker is
    /// made without the lock, as that is arbitrary code.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    #[inline(never)]
    unsafe fn wait_usually(&self, cx: &Context<'_>) -> bool {
        let own = cx.waker().clone();
        let left = self.channel.with_own_code(|state| {
            if !D::is_alone(state) {
                return Some(own);
            }
            // SAFETY: wait list, contract 1: `self` is pinned, and `leave` unlinks.
            unsafe { D::list(state).publish(&self.waiter, own, Word::open(true)) };
            state.count_wait_usually();
            None
        });
        left.is_none()
    }

    /// The short way of [`leave`](Self::leave), if nobody has to hear of it: whoever waits leaves
    /// its list, and its waker is the caller's to drop; what a take was given comes back. Once it
    /// has left, the operation is finished.
    #[inline]
    pub(crate) fn leave_usually(&self) -> Option<Option<Waker>> {
        let state = self.waiter.state();
        let may_leave = |word| word == Word::open(true) || Self::was_given(word);
        if !may_leave(state.get_unordered()) {
            return None;
        }
        let linked = Linked;
        let left = self.channel.with_own_code(|state| {
            let word = self.waiter.state().get_unordered();
            if Self::was_given(word) {
                return D::give_back_usually(state, &self.waiter).then_some(None);
            }
            if word != Word::open(true) || !state.leaves_nobody() {
                return None;
            }
            // SAFETY: wait list, contract 2: open, so it is in the list of its own channel.
            unsafe { D::list(state).unlink(&self.waiter) };
            // SAFETY: wait list, contract 4: not notified, unlinked, the lock is held.
            Some(Some(unsafe { self.waiter.handle().take_waker() }))
        });
        linked.left();
        if left.is_some() {
            state.set_unordered(Word::FINISHED);
        }
        left
    }

    /// Whether a value has moved that takes a place until it is collected.
    fn was_given(word: Word) -> bool {
        Self::COLLECTS && word == Word::MOVED_PLAIN
    }

    /// Waits with the waker that was kept for it, if there is one.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    #[inline]
    unsafe fn wait_with_kept(&self, state: &mut Locked<'_, T, B>, waker: &Waker) -> Usual<D::Got> {
        if crowd::<T, D, _>(state).is_some() {
            return Usual::Not;
        }
        let Some(own) = state.kept(D::SIDE, waker) else { return Usual::Not };
        // SAFETY: wait list, contract 1: `self` is pinned, and `leave` unlinks.
        unsafe { D::list(state).publish(&self.waiter, own, Word::open(true)) };
        state.count(true);
        Usual::Alone
    }
}
