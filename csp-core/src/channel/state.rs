//! The state of a channel under its lock, and every transition of it.
//!
//! *Model.* A plain struct: who waits to put, to take, or for the end; the buffer; the places for
//! values that come back; how the channel ended. A transition moves values and claims parties, and
//! returns what is left to do once the lock is free ([`After`]). It runs no user code.
//!
//! *Invariants*, under the lock:
//! 1. An open put and an open take that wait on one channel belong to one choice, or the take has
//!    been told to come and look (only where places are limited).
//! 2. While something can be taken, every open take has been told so; with unlimited places none
//!    waits at all.
//! 3. While a put waits, the buffer is full.
//! 4. Once the channel has ended, nobody begins to wait.
//! 5. A member of an `Alternative` is marked whenever a take would not wait.
//! 6. accepted = taken + here + handed over and not collected + `discarded`.
//!
//! *Order.* A put is handed to a take only if nothing that came before it is still here: not in
//! the buffer, not come back, and no other put that waits (unless that one offers to the same
//! choice that takes). An arriving take may overtake one that was told to come.
//!
//! *Source*: `chan.go` for the passes; the put-back and the notices are ours.

mod flags;
mod usual;

use core::task::Waker;

use super::kept::{Keep, Side};
use crate::buffer::{Buffer, Places, Storage};
use crate::choice::Outcome;
use crate::error::Ended;
use crate::promise::PromiseSlot;
use crate::wait_list::{Offer, Party, WaitList, Waiter};
use flags::{CLOSED, DISCARDS, EAGER, IN_A_ROW, KEPT, POISONED, RETURNED, STREAK, WAITED};

pub(crate) use usual::{Prospect, Usual};

/// What is left to do after a transition, when the lock is free.
#[derive(Debug, Default)]
#[must_use = "somebody waits for this to be done"]
pub(crate) struct After {
    pub(crate) wake: Option<Waker>,
    /// The side for whose next wait `wake` may be of use.
    pub(crate) keep: Option<Side>,
    pub(crate) rest: Rest,
    /// The waiter that put has another value in its slot now, to be dropped.
    pub(crate) evicted: bool,
}

impl After {
    /// Nobody has to hear of it.
    pub(crate) fn is_nothing(&self) -> bool {
        self.wake.is_none() && self.rest == Rest::Nothing
    }
}

/// Whom to wake beyond the one in [`After`], one at a time, each under the lock again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    #[default]
    Nothing,
    /// Takes that have not been told yet that there is something for them.
    TellTakes,
    /// Puts that have not been told yet that they could hand over now.
    TellPuts,
    /// Takes of a promise that has been kept.
    Fulfil,
}

/// One step of a [`Rest`], or of an end.
#[derive(Debug)]
pub(crate) struct Step<T> {
    pub(crate) wake: Option<Waker>,
    pub(crate) discarded: Option<T>,
    /// A waker that was kept.
    pub(crate) kept: Option<Waker>,
}

/// What a take got.
#[derive(Debug)]
pub(crate) enum Got<T> {
    Value(T),
    /// The value of a promise, to be cloned without the lock.
    Kept,
}

#[derive(Debug)]
pub(crate) struct State<T, B: Buffer<T>> {
    puts: WaitList<T>,
    takes: WaitList<T>,
    watchers: WaitList<()>,
    storage: B::Storage,
    places: B::Places,
    kept: B::Kept,
    discarded: u32,
    /// How many may wait on each side; 0 is without limit.
    limit: u16,
    immunity: u8,
    /// The strongest poison so far; 0 is none.
    poison: u8,
    habits: u8,
    flags: u16,
}

/// The state, and the promise that outlives a critical section.
#[derive(Debug)]
pub(crate) struct Locked<'a, T, B: Buffer<T>> {
    pub(crate) state: &'a mut State<T, B>,
    pub(crate) promise: &'a B::Promise,
}

/// The transitions that a waiting operation needs, whatever the buffer.
pub(crate) trait Transitions<T> {
    /// Whether a put would not wait.
    fn can_put(&self, me: Party) -> bool;
    /// Whether a take would not wait.
    fn can_take(&self, me: Party) -> bool;
    /// Whether a put would wait, and nothing else happens: the usual case of a look in vain.
    fn put_is_alone(&self) -> bool;
    /// An operation waits, for which this looked whether it [is alone](Self::put_is_alone).
    fn count_wait_usually(&mut self);
    /// Which of the usual cases a take would be.
    fn take_prospect(&self) -> Prospect;
    /// A put in the usual cases.
    fn put_usually(&mut self, waiter: &Waiter<T>) -> Usual<()>;
    /// A take in the usual cases.
    fn take_usually(&mut self) -> Usual<T>;
    /// A value has been collected, in the usual case.
    fn collect_usually(&mut self) -> bool;
    fn put(&mut self, me: Party, offer: Offer<'_, T>, after: &mut After) -> Option<Outcome>;
    fn take(&mut self, me: Party, after: &mut After) -> Option<Result<Got<T>, Ended>>;
    fn ended(&self) -> Option<Ended>;
    /// A plain operation begins to wait with a waker of its own.
    fn prepare_to_keep(&mut self);
    /// The waker that was kept for this task.
    fn kept(&mut self, side: Side, waker: &Waker) -> Option<Waker>;
    fn puts(&mut self) -> &mut WaitList<T>;
    fn takes(&mut self) -> &mut WaitList<T>;
    fn watchers(&mut self) -> &mut WaitList<()>;
    /// How many may wait on each side.
    fn limit(&self) -> Option<usize>;
    /// A value is here, or a put has begun to wait although a take may wait for which there is no
    /// place; whether takes have to be told. The first that is due may come into the vacant `wake`.
    fn put_waits(&self, me: Party, wake: Option<&mut Option<Waker>>) -> bool;
    /// A handed-over value has been collected, or somebody who waited has left.
    fn place_is_free(&mut self, collected: bool, after: &mut After);
    /// Whether nobody has to hear that one of those who wait has left.
    fn leaves_nobody(&self) -> bool;
    /// Whether a handed-over value can come back in the usual case, which puts it back.
    fn can_put_back_usually(&self) -> bool;
    fn put_back_usually(&mut self, sequence: u32, value: T);
    /// A handed-over value comes back; it is returned if the channel discards it.
    fn put_back(&mut self, sequence: u32, value: T, after: &mut After) -> Option<T>;
    /// Whether the operation that begins now yields first.
    fn must_yield(&mut self) -> bool;
    /// An operation did not wait, or did.
    fn count(&mut self, waited: bool);
}

impl<T, B: Buffer<T>> State<T, B> {
    pub(crate) const fn new(storage: B::Storage, places: B::Places) -> Self {
        Self {
            puts: WaitList::new(),
            takes: WaitList::new(),
            watchers: WaitList::new(),
            storage,
            places,
            kept: B::Kept::NEW,
            discarded: 0,
            limit: 0,
            immunity: 0,
            poison: 0,
            habits: 0,
            flags: 0,
        }
    }

    /// Whether one of these flags is set.
    #[inline]
    const fn is(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    /// The promise is kept, and no poison hides it.
    const fn shows_promise(&self) -> bool {
        self.is(KEPT) && self.poison == 0
    }

    pub(crate) fn len(&self) -> usize {
        self.storage.len() + self.places.len() + usize::from(self.shows_promise())
    }

    pub(crate) fn capacity(&self) -> Option<usize> {
        self.storage.capacity()
    }

    pub(crate) const fn discarded(&self) -> u32 {
        self.discarded
    }

    pub(crate) fn parked_puts(&self) -> usize {
        self.puts.count()
    }

    pub(crate) fn parked_takes(&self) -> usize {
        self.takes.count()
    }

    pub(crate) const fn set_immunity(&mut self, immunity: u8) {
        self.immunity = immunity;
    }

    pub(crate) const fn set_limit(&mut self, limit: u16) {
        self.limit = limit;
    }

    pub(crate) const fn set_eager(&mut self) {
        self.habits |= EAGER;
    }

    /// Closes; what can be taken stays.
    pub(crate) fn close(&mut self) {
        self.flags |= CLOSED;
        self.takes.mark(Party::STRANGER, None);
    }

    /// The last taker is gone: closes, and what can be taken goes.
    #[cfg(feature = "alloc")]
    pub(crate) fn desert(&mut self) {
        self.flags |= CLOSED | DISCARDS;
        self.takes.mark(Party::STRANGER, None);
    }

    /// Poisons, if the poison is stronger than the immunity.
    pub(crate) fn poison(&mut self, strength: u8, discards: bool) -> bool {
        if strength <= self.immunity {
            return false;
        }
        if strength > self.poison {
            self.poison = strength;
        }
        self.flags |= POISONED;
        if discards {
            self.flags |= DISCARDS;
        }
        self.takes.mark(Party::STRANGER, None);
        true
    }

    #[inline]
    pub(crate) const fn how_ended(&self) -> Option<Ended> {
        if !self.is(CLOSED | POISONED) {
            None
        } else if self.poison > 0 {
            Some(Ended::Poisoned { strength: self.poison })
        } else {
            Some(Ended::Closed)
        }
    }

    fn count_discarded(&mut self) {
        self.discarded = self.discarded.saturating_add(1);
    }

    /// Something lies here for the next take.
    fn holds_value(&self) -> bool {
        self.storage.len() + self.places.len() > 0
    }

    /// The value that came back first.
    fn pop_returned(&mut self) -> Option<T> {
        if !self.is(RETURNED) {
            return None;
        }
        let value = self.places.pop();
        if self.places.len() == 0 {
            self.flags &= !RETURNED;
        }
        value
    }

    /// Whether a take that could have this put's value waits, and may have it now.
    fn can_hand_over(&self, me: Party) -> bool {
        if self.takes.is_empty() || !self.places.has_room() || self.holds_value() {
            return false;
        }
        let Some(take) = self.takes.first_open(me) else { return false };
        // With unlimited places invariant 1 leaves nobody to overtake.
        !B::Places::LIMITED || self.puts.is_empty() || !self.puts.is_open_before(me, take)
    }

    /// Room again, or fewer before them: puts that wait beside a take look once more.
    fn let_puts_go(&self, after: &mut After) {
        // With unlimited places no put waits beside a take.
        if B::Places::LIMITED && !self.puts.is_empty() && !self.takes.is_empty() {
            after.rest = Rest::TellPuts;
        }
    }

    /// The oldest waiting put moves into the room that a take has made.
    fn admit(&mut self, me: Party, after: &mut After) {
        if self.puts.is_empty() || self.how_ended().is_some() || !self.storage.has_room() {
            return;
        }
        if let Some(put) = self.puts.claim_first(me) {
            let evicted = self.storage.push(put.receive());
            debug_assert!(evicted.is_none(), "there was room");
            after.keep = put.is_plain().then_some(Side::Puts);
            after.wake = put.complete(Outcome::Moved, 0);
        }
    }

    /// Takes a waker back for the next wait; returns one to be dropped.
    pub(super) fn keep(&mut self, side: Side, waker: Waker) -> Option<Waker> {
        if self.how_ended().is_some() {
            return Some(waker);
        }
        self.kept.replace(side, Some(waker))
    }

    /// The next step of a rest; `None` when it is done.
    pub(crate) fn step(&mut self, rest: Rest, me: Party) -> Option<Step<T>> {
        let wake = match rest {
            Rest::TellTakes => {
                // Once nothing is there any more, who looks again in vain need not be told again.
                if !self.holds_value() && self.puts.is_empty() {
                    return None;
                }
                Some(self.takes.tell_next(me)?)
            }
            Rest::TellPuts => {
                let put = self.puts.first_untold(|put| self.can_hand_over(put))?;
                Some(self.puts.tell(put)?)
            }
            Rest::Fulfil if self.storage.is_promise() => match self.takes.claim_first(me) {
                Some(take) => take.complete(Outcome::Look, 0),
                // Streams are told.
                None => Some(self.takes.tell_next(me)?),
            },
            Rest::Nothing | Rest::Fulfil => return None,
        };
        Some(Step { wake, discarded: None, kept: None })
    }

    /// The next who has to hear that the channel has ended; `None` when all have.
    pub(crate) fn end_next(&mut self) -> Option<Step<T>> {
        let ended = self.how_ended()?;
        let kept = self.kept.replace(Side::Puts, None);
        let kept = kept.or_else(|| self.kept.replace(Side::Takes, None));
        if kept.is_some() {
            return Some(Step { wake: None, discarded: None, kept });
        }
        if self.is(DISCARDS) {
            let discarded = self.pop_returned().or_else(|| self.storage.pop());
            if discarded.is_some() {
                self.count_discarded();
                return Some(Step { wake: None, discarded, kept: None });
            }
        }
        let wake = if let Some(put) = self.puts.claim_first(Party::STRANGER) {
            put.complete(ended.into(), 0)
        } else if let Some(watcher) = self.watchers.claim_first(Party::STRANGER) {
            watcher.complete(ended.into(), 0)
        } else if self.holds_value() {
            // Invariant 2: whoever waits has been told to come, and finds a value or the end.
            Some(self.takes.tell_next(Party::STRANGER)?)
        } else if let Some(take) = self.takes.claim_first(Party::STRANGER) {
            // A promise that was kept a moment ago survives the close.
            take.complete(if self.shows_promise() { Outcome::Look } else { ended.into() }, 0)
        } else {
            Some(self.takes.tell_next(Party::STRANGER)?)
        };
        Some(Step { wake, discarded: None, kept: None })
    }
}

impl<T, B: Buffer<T>> Locked<'_, T, B> {
    fn keep_promise(&mut self, offer: Offer<'_, T>, after: &mut After) {
        let state = &mut *self.state;
        if state.is(KEPT) {
            state.count_discarded();
            // The offer keeps its value; it is dropped like an evicted one, after the lock.
            after.evicted = true;
            return;
        }
        let value = offer.accept();
        #[expect(unsafe_code, reason = "the flag of this state is what the contract asks for")]
        // SAFETY: promise, contract 1: the flag is set below, under the same lock.
        unsafe {
            self.promise.set(value);
        }
        state.flags |= KEPT;
        state.takes.mark(Party::STRANGER, Some(&mut after.wake));
        after.rest = Rest::Fulfil;
    }
}

impl<T, B: Buffer<T>> Transitions<T> for Locked<'_, T, B> {
    fn can_put(&self, me: Party) -> bool {
        self.state.how_ended().is_some()
            || self.state.storage.has_room()
            || self.state.can_hand_over(me)
    }

    fn can_take(&self, me: Party) -> bool {
        self.state.how_ended().is_some()
            || self.state.is(KEPT)
            || self.state.holds_value()
            || self.state.puts.first_open(me).is_some()
    }

    #[inline]
    fn put_is_alone(&self) -> bool {
        self.state.put_is_alone()
    }

    #[inline]
    fn count_wait_usually(&mut self) {
        self.state.count_wait_usually();
    }

    #[inline]
    fn take_prospect(&self) -> Prospect {
        self.state.take_prospect()
    }

    #[inline(always)]
    fn put_usually(&mut self, waiter: &Waiter<T>) -> Usual<()> {
        self.state.put_usually::<true>(waiter)
    }

    #[inline(always)]
    fn take_usually(&mut self) -> Usual<T> {
        self.state.take_usually::<true>()
    }

    fn leaves_nobody(&self) -> bool {
        self.state.leaves_nobody()
    }

    #[inline]
    fn can_put_back_usually(&self) -> bool {
        self.state.can_put_back_usually()
    }

    #[inline]
    fn put_back_usually(&mut self, sequence: u32, value: T) {
        self.state.put_back_usually(sequence, value);
    }

    #[inline(always)]
    fn collect_usually(&mut self) -> bool {
        self.state.collect_usually()
    }

    #[inline]
    fn put(&mut self, me: Party, offer: Offer<'_, T>, after: &mut After) -> Option<Outcome> {
        let state = &mut *self.state;
        if let Some(ended) = state.how_ended() {
            return Some(ended.into());
        }
        if state.storage.is_promise() {
            self.keep_promise(offer, after);
            return Some(Outcome::Moved);
        }
        // With unlimited places, whoever can be claimed may be handed to: nobody is overtaken.
        let may_hand_over =
            if B::Places::LIMITED { state.can_hand_over(me) } else { !state.holds_value() };
        if may_hand_over && let Some(take) = state.takes.claim_first(me) {
            take.give(offer.accept());
            after.keep = take.is_plain().then_some(Side::Takes);
            after.wake = take.complete(Outcome::Moved, state.places.reserve());
            return Some(Outcome::Moved);
        }
        if state.storage.has_room() {
            after.evicted = offer.exchange(|value| state.storage.push(value));
            if after.evicted {
                state.count_discarded();
            }
            if self.put_waits(me, Some(&mut after.wake)) {
                after.rest = Rest::TellTakes;
            }
            return Some(Outcome::Moved);
        }
        None
    }

    #[inline]
    fn take(&mut self, me: Party, after: &mut After) -> Option<Result<Got<T>, Ended>> {
        let state = &mut *self.state;
        let ended = state.how_ended();
        if let Some(ended) = ended
            && state.is(DISCARDS)
        {
            return Some(Err(ended));
        }
        if state.shows_promise() {
            return Some(Ok(Got::Kept));
        }
        if let Some(value) = state.pop_returned() {
            return Some(Ok(Got::Value(value)));
        }
        if let Some(value) = state.storage.pop() {
            state.admit(me, after);
            return Some(Ok(Got::Value(value)));
        }
        if let Some(ended) = ended {
            return Some(Err(ended));
        }
        let put = state.puts.claim_first(me)?;
        let value = put.receive();
        after.keep = put.is_plain().then_some(Side::Puts);
        after.wake = put.complete(Outcome::Moved, 0);
        state.let_puts_go(after);
        Some(Ok(Got::Value(value)))
    }

    fn ended(&self) -> Option<Ended> {
        self.state.how_ended()
    }

    fn prepare_to_keep(&mut self) {
        if self.state.habits & WAITED != 0 {
            self.state.kept.prepare();
        }
        self.state.habits |= WAITED;
    }

    #[inline]
    fn kept(&mut self, side: Side, waker: &Waker) -> Option<Waker> {
        self.state.kept.take(side, waker)
    }

    fn puts(&mut self) -> &mut WaitList<T> {
        &mut self.state.puts
    }

    fn takes(&mut self) -> &mut WaitList<T> {
        &mut self.state.takes
    }

    fn watchers(&mut self) -> &mut WaitList<()> {
        &mut self.state.watchers
    }

    fn limit(&self) -> Option<usize> {
        (self.state.limit != 0).then_some(usize::from(self.state.limit))
    }

    fn put_waits(&self, me: Party, wake: Option<&mut Option<Waker>>) -> bool {
        self.state.takes.mark(me, wake)
    }

    fn place_is_free(&mut self, collected: bool, after: &mut After) {
        let state = &mut *self.state;
        if collected {
            state.places.release();
        }
        state.let_puts_go(after);
    }

    fn put_back(&mut self, sequence: u32, value: T, after: &mut After) -> Option<T> {
        let state = &mut *self.state;
        if state.is(DISCARDS) {
            state.places.release();
            state.count_discarded();
            return Some(value);
        }
        if let Some(take) = state.takes.claim_first(Party::STRANGER) {
            // The reservation moves along with the value.
            take.give(value);
            after.wake = take.complete(Outcome::Moved, sequence);
            return None;
        }
        state.places.put_back(sequence, value);
        state.flags |= RETURNED;
        if self.put_waits(Party::STRANGER, Some(&mut after.wake)) {
            after.rest = Rest::TellTakes;
        }
        None
    }

    fn must_yield(&mut self) -> bool {
        let state = &mut *self.state;
        if state.flags & IN_A_ROW < STREAK {
            return false;
        }
        state.flags &= !IN_A_ROW;
        state.habits & EAGER == 0
    }

    fn count(&mut self, waited: bool) {
        let flags = &mut self.state.flags;
        if waited {
            *flags &= !IN_A_ROW;
        } else if *flags & IN_A_ROW < STREAK {
            *flags += 1;
        }
    }
}
