//! The short way of a poll, for the [usual cases](crate::channel::state::Usual).

#![expect(unsafe_code, reason = "publishes the node of an operation")]

use core::task::{Poll, Waker};

use super::{Direction, Operation, crowd};
use crate::buffer::{Buffer, Places};
use crate::channel::Channel;
use crate::channel::forecast::Forecast;
use crate::channel::state::{Locked, Transitions, Usual};
use crate::choice::Word;
use crate::lock::Lock;

impl<T, B: Buffer<T>, L: Lock, D: Direction<T>> Operation<'_, T, B, L, D> {
    /// The short way of [`poll`](Self::poll) in the usual cases, which leave nothing to do; `None`
    /// if this is none. Once it is ready, the operation is finished.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    #[inline]
    pub(crate) unsafe fn poll_usually(&self, waker: &Waker) -> Option<Poll<D::Got>> {
        let state = self.waiter.state();
        let word = state.get_unordered();
        if word != Word::NEW {
            if word != Word::MOVED_PLAIN {
                return None;
            }
            if D::COLLECTS && <B::Places as Places<T>>::LIMITED {
                // The lock orders what the partner did under it.
                if !self.channel.with_own_code(|state| state.collect_usually()) {
                    return None;
                }
            } else if L::THREADS {
                // For its order.
                let _done = state.get();
            }
            state.set_unordered(Word::FINISHED);
            // SAFETY: wait list, contract 3: it has moved, and nobody gets here twice.
            return Some(Poll::Ready(unsafe { D::got(&self.waiter) }));
        }
        if L::THREADS && self.channel.forecast.says(D::KIND) {
            // SAFETY: passed on to the caller.
            return unsafe { self.wait_usually(waker) };
        }
        let kept = |state: &mut Locked<'_, T, B>| {
            if Channel::<T, B, L>::KEEPS { state.kept(D::SIDE, waker) } else { None }
        };
        // SAFETY: passed on to the caller.
        unsafe { self.act_usually(waker, kept) }
    }

    /// Where nobody is there to meet: with a clone of the waker, made without the lock as that is
    /// arbitrary code, one pass will do.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    #[inline(never)]
    unsafe fn wait_usually(&self, waker: &Waker) -> Option<Poll<D::Got>> {
        let mut own = Some(waker.clone());
        // SAFETY: passed on to the caller.
        unsafe { self.act_usually(waker, |_| own.take()) }
    }

    /// Waits, if it has to, where there is a waker for that.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    #[inline(always)]
    unsafe fn act_usually(
        &self,
        waker: &Waker,
        own: impl FnOnce(&mut Locked<'_, T, B>) -> Option<Waker>,
    ) -> Option<Poll<D::Got>> {
        let usual = self.channel.with_own_code(|state| match D::usually(state, &self.waiter) {
            Usual::Alone if crowd::<T, D, _>(state).is_none() => {
                let Some(own) = own(state) else {
                    return if Channel::<T, B, L>::KEEPS { Usual::Not } else { Usual::NeedsWaker };
                };
                // SAFETY: wait list, contract 1: `self` is pinned, and `leave` unlinks.
                unsafe { D::list(state).publish(&self.waiter, own, Word::open(true)) };
                state.count(true);
                Usual::Alone
            }
            Usual::Alone => Usual::Not,
            usual => usual,
        });
        match usual {
            Usual::Passed(got) => {
                self.waiter.state().set_unordered(Word::FINISHED);
                Some(Poll::Ready(got))
            }
            Usual::Met(got, partner) => {
                // The waker may panic: all is done by then.
                self.waiter.state().set_unordered(Word::FINISHED);
                if let Some(partner) = partner {
                    self.channel.wake(partner, Some(D::SIDE.other()));
                }
                Some(Poll::Ready(got))
            }
            Usual::Alone => Some(Poll::Pending),
            // SAFETY: passed on to the caller.
            Usual::NeedsWaker => unsafe { self.wait_usually(waker) },
            Usual::Not => None,
        }
    }
}
