//! The usual cases of a put and of a take, which leave nothing to do but to wake one partner.
//!
//! The channel has not ended, keeps no promise, and nothing has come back to it; and the buffer
//! takes or gives the value, or a plain operation waits first in line, for a partner or for room in
//! the buffer, or nobody is there. All else goes the long way, which knows these cases too: here is
//! only what it costs less to know at once. So it is with an operation that leaves: here it does if
//! nobody has to hear of that.
//!
//! *Invariant*: no code but the channel's own runs, not even the allocator's.

use core::task::Waker;

use super::super::forecast::{BUFFERED, PUTS_WAIT, TAKES_WAIT};
use super::super::kept::Side;
use super::flags::{DISCARDS, RETURNED, STREAK};
use super::{After, Got, Locked, State, Transitions as _};
use crate::buffer::{Buffer, Places, Storage};
use crate::choice::Outcome;
use crate::error::Ended;
use crate::wait_list::{Offer, Party, Waiter};

/// What a put or take comes to in the usual cases.
#[derive(Debug)]
pub(crate) enum Usual<T> {
    /// The buffer took or gave the value.
    Passed(T),
    /// A partner was met, and is to be woken; its waker may be kept for a side.
    Met(T, Option<Waker>, Option<Side>),
    /// It has to wait, and nobody has to hear of that.
    Alone,
    /// Not a usual case: nothing has happened.
    Not,
}

/// Which of the usual cases a take would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prospect {
    /// It would be given a value.
    Ready,
    Alone,
    Not,
}

impl<T, B: Buffer<T>> State<T, B> {
    /// It has not ended, keeps no promise, nothing has come back, and nobody has to yield.
    #[inline]
    const fn is_calm(&self) -> bool {
        self.flags < STREAK
    }

    /// Which operations would have to wait, for the [`Forecast`](super::super::forecast).
    #[inline]
    pub(crate) fn forecast(&self) -> u8 {
        if self.storage.capacity() != Some(0) {
            return BUFFERED;
        }
        let puts_wait = if self.takes.is_empty() { PUTS_WAIT } else { 0 };
        let takes_wait = if self.puts.is_empty() { TAKES_WAIT } else { 0 };
        puts_wait | takes_wait
    }

    /// A handed-over value has been collected, if nobody has to hear of that; whether it was so.
    #[inline]
    pub(super) fn collect_usually(&mut self) -> bool {
        let is_usual = self.puts.is_empty() || self.takes.is_empty();
        if is_usual {
            self.places.release();
        }
        is_usual
    }

    /// Whether nobody has to hear that one of those who wait has left.
    #[inline]
    pub(super) fn leaves_nobody(&self) -> bool {
        !B::Places::LIMITED || self.puts.is_empty() || self.takes.is_empty()
    }

    /// Whether a value that a take was given can come back without more ado: nobody waits for it.
    #[inline]
    pub(super) fn can_put_back_usually(&self) -> bool {
        // To come back where places are not limited may allocate.
        B::Places::LIMITED && !self.is(DISCARDS) && self.takes.is_empty()
    }

    #[inline]
    pub(super) fn put_back_usually(&mut self, sequence: u32, value: T) {
        debug_assert!(self.can_put_back_usually(), "nobody has to hear of it");
        self.places.put_back(sequence, value);
        self.flags |= RETURNED;
    }

    /// An operation waits, the channel being calm.
    #[inline]
    pub(super) fn count_wait_usually(&mut self) {
        debug_assert!(self.is_calm(), "no flag is lost");
        self.flags = 0;
    }

    #[inline]
    pub(super) fn put_is_alone(&self) -> bool {
        self.is_calm() && self.limit == 0 && self.takes.is_empty() && !self.storage.has_room()
    }

    /// What [`take_usually`](Self::take_usually) would come to.
    #[inline]
    pub(super) fn take_prospect(&self) -> Prospect {
        if !self.is_calm() {
            return Prospect::Not;
        }
        if self.puts.is_empty() {
            return match (self.storage.len() > 0, self.limit) {
                (true, _) => Prospect::Ready,
                (false, 0) => Prospect::Alone,
                _ => Prospect::Not,
            };
        }
        let may_claim = !B::Places::LIMITED || self.takes.is_empty();
        if may_claim && self.puts.begins_plain() { Prospect::Ready } else { Prospect::Not }
    }

    /// A choice is met, if one is first in line, and its waker is returned if it has to be woken.
    // With registers in plenty, a call costs more than it saves.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn put_to_branch(&mut self, waiter: &Waiter<T>) -> Option<Option<Waker>> {
        let take = self.takes.claim_branch()?;
        take.give(Offer(waiter).accept());
        Some(take.complete(Outcome::Moved, self.places.reserve()))
    }

    #[inline(always)]
    pub(super) fn put_usually<const COUNTS: bool>(&mut self, waiter: &Waiter<T>) -> Usual<()> {
        let accept = || Offer(waiter).accept();
        let flags = self.flags;
        if !self.is_calm() {
            return Usual::Not;
        }
        if !self.takes.is_empty() {
            if self.storage.len() > 0
                || self.storage.is_promise()
                || (B::Places::LIMITED && !(self.puts.is_empty() && self.places.has_room()))
            {
                return Usual::Not;
            }
            if let Some(take) = self.takes.claim_plain() {
                take.give(accept());
                self.flags = flags + u16::from(COUNTS);
                let waker = take.complete(Outcome::Moved, self.places.reserve());
                return Usual::Met((), waker, Some(Side::Takes));
            }
            // Where the next is a call.
            if cfg!(target_os = "none") && !self.takes.begins_branch() {
                return Usual::Not;
            }
            if let Some(waker) = self.put_to_branch(waiter) {
                self.flags = flags + u16::from(COUNTS);
                return Usual::Met((), waker, None);
            }
            if !self.takes.is_empty() {
                return Usual::Not;
            }
        }
        if self.storage.append(accept) {
            self.flags = flags + u16::from(COUNTS);
            Usual::Passed(())
        } else if self.storage.has_room() {
            Usual::Not
        } else {
            Usual::Alone
        }
    }

    #[inline(always)]
    pub(super) fn take_usually<const COUNTS: bool>(&mut self) -> Usual<T> {
        let flags = self.flags;
        if !self.is_calm() {
            return Usual::Not;
        }
        if self.puts.is_empty() {
            return match self.storage.pop() {
                Some(value) => {
                    self.flags = flags + u16::from(COUNTS);
                    Usual::Passed(value)
                }
                None => Usual::Alone,
            };
        }
        if B::Places::LIMITED && !self.takes.is_empty() {
            return Usual::Not;
        }
        let Some(put) = self.puts.claim_plain() else { return Usual::Not };
        let value = match self.storage.pop() {
            Some(oldest) => {
                let moved = self.storage.append(|| put.receive());
                debug_assert!(moved, "the take has made room");
                oldest
            }
            None => put.receive(),
        };
        self.flags = flags + u16::from(COUNTS);
        Usual::Met(value, put.complete(Outcome::Moved, 0), Some(Side::Puts))
    }
}

impl<T, B: Buffer<T>> Locked<'_, T, B> {
    /// A put that need not wait, from somebody who is in no list.
    pub(crate) fn try_put(&mut self, waiter: &Waiter<T>, after: &mut After) -> Option<Outcome> {
        match self.state.put_usually::<false>(waiter) {
            Usual::Passed(()) => Some(Outcome::Moved),
            Usual::Met((), waker, keep) => {
                (after.wake, after.keep) = (waker, keep);
                Some(Outcome::Moved)
            }
            Usual::Alone => None,
            Usual::Not => self.put(Party::STRANGER, Offer(waiter), after),
        }
    }

    /// A take that need not wait, by somebody who is in no list.
    pub(crate) fn try_take(&mut self, after: &mut After) -> Option<Result<Got<T>, Ended>> {
        match self.state.take_usually::<false>() {
            Usual::Passed(value) => Some(Ok(Got::Value(value))),
            Usual::Met(value, waker, keep) => {
                (after.wake, after.keep) = (waker, keep);
                Some(Ok(Got::Value(value)))
            }
            Usual::Alone => None,
            Usual::Not => self.take(Party::STRANGER, after),
        }
    }
}
