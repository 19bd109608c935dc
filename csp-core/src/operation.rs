//! A plain operation that waits: polled, told, woken, dropped. Put, take and `closed` share it.
//!
//! *Model.* An [`Operation`] is a channel and a [`Waiter`]; a [`Direction`] says what it does when
//! it looks, which list it waits in, and what its drop must undo.
//!
//! *Cancellation*: what a drop does in each phase.
//!
//! | phase | put | take | closed |
//! |---|---|---|---|
//! | New | drops the value | nothing | nothing |
//! | Open | leaves the list, drops the value | leaves the list | leaves the list |
//! | Done, moved | nothing: it was accepted | puts the value back | nothing |
//! | Done, refused | drops the value | nothing | nothing |
//! | Finished | nothing | nothing | nothing |
//!
//! *Safety.* The contract is that of `wait_list`; the waiter is pinned because operations are
//! polled only inside pinned futures, and [`Operation::leave`] runs before it is freed.

#![expect(unsafe_code, reason = "owns the nodes whose contract wait_list states")]

mod usual;

use core::task::{Context, Poll, Waker};

use crate::buffer::{Buffer, Places};
use crate::channel::Channel;
use crate::channel::forecast::{PUTS_WAIT, TAKES_WAIT};
use crate::channel::kept::Side;
use crate::channel::state::{After, Got, Rest, Transitions, Usual};
use crate::choice::{Outcome, Phase, Word};
use crate::error::Refused;
use crate::lock::Lock;
use crate::misuse;
use crate::wait_list::{Linked, Offer, Party, WaitList, Waiter};

/// What a kind of operation does where the kinds differ; the lock is held in all of it.
pub(crate) trait Direction<T> {
    /// What travels in the node.
    type Slot;

    /// What it comes to when something has moved.
    type Got;

    /// The bit of its kind in the [`Forecast`](crate::channel::forecast).
    const KIND: u8;

    /// The side on which it waits.
    const SIDE: Side;

    /// Whether a collected value frees a place.
    const COLLECTS: bool = false;

    /// Whether the pending limit counts it.
    const COUNTS: bool = true;

    /// Whether it would not wait.
    fn is_ready<S: Transitions<T> + ?Sized>(state: &S, me: Party) -> bool;

    /// Whether, as a glance shows, nobody is there to meet and nothing stops it from waiting.
    fn is_alone<S: Transitions<T> + ?Sized>(_state: &S) -> bool {
        false
    }

    /// Does it in the usual cases.
    fn usually<S: Transitions<T>>(state: &mut S, waiter: &Waiter<Self::Slot>) -> Usual<Self::Got>;

    /// What a partner's commit came to.
    ///
    /// # Safety
    ///
    /// The waiter is `Done` with `Moved`, and this is called once.
    unsafe fn got(waiter: &Waiter<Self::Slot>) -> Self::Got;

    /// Does it, if it need not wait; the slot has changed hands if the outcome is `Moved`.
    fn attempt<S: Transitions<T> + ?Sized>(
        state: &mut S,
        waiter: &Waiter<Self::Slot>,
        me: Party,
        after: &mut After,
    ) -> Option<Outcome>;

    /// Where it waits.
    fn list<S: Transitions<T> + ?Sized>(state: &mut S) -> &mut WaitList<Self::Slot>;

    /// It has begun to wait; whether takes have to be told. The first that is due may come into
    /// the vacant `wake`.
    fn waits<S: Transitions<T> + ?Sized>(
        _state: &S,
        _me: Party,
        _wake: Option<&mut Option<Waker>>,
    ) -> bool {
        false
    }

    /// The owner has seen the outcome; `dropped` if nobody will have it. Returns a value that the
    /// channel discards.
    fn settle<S: Transitions<T> + ?Sized>(
        _state: &mut S,
        _waiter: &Waiter<Self::Slot>,
        _dropped: bool,
        _after: &mut After,
    ) -> Option<T> {
        None
    }

    /// It leaves without having been decided.
    fn leaves<S: Transitions<T> + ?Sized>(_state: &mut S, _after: &mut After) {}
}

#[derive(Debug)]
pub(crate) struct Putting;
#[derive(Debug)]
pub(crate) struct Taking;
#[derive(Debug)]
pub(crate) struct Watching;

impl<T> Direction<T> for Putting {
    type Slot = T;
    type Got = ();

    const KIND: u8 = PUTS_WAIT;

    const SIDE: Side = Side::Puts;

    fn is_ready<S: Transitions<T> + ?Sized>(state: &S, me: Party) -> bool {
        state.can_put(me)
    }

    #[inline(always)]
    fn usually<S: Transitions<T>>(state: &mut S, waiter: &Waiter<T>) -> Usual<()> {
        state.put_usually(waiter)
    }

    #[inline]
    unsafe fn got(_waiter: &Waiter<T>) {}

    #[inline]
    fn attempt<S: Transitions<T> + ?Sized>(
        state: &mut S,
        waiter: &Waiter<T>,
        me: Party,
        after: &mut After,
    ) -> Option<Outcome> {
        state.put(me, Offer(waiter), after)
    }

    fn list<S: Transitions<T> + ?Sized>(state: &mut S) -> &mut WaitList<T> {
        state.puts()
    }

    #[inline]
    fn waits<S: Transitions<T> + ?Sized>(
        state: &S,
        me: Party,
        wake: Option<&mut Option<Waker>>,
    ) -> bool {
        state.put_waits(me, wake)
    }

    fn leaves<S: Transitions<T> + ?Sized>(state: &mut S, after: &mut After) {
        state.place_is_free(false, after);
    }
}

impl<T> Direction<T> for Taking {
    type Slot = T;
    type Got = T;

    const KIND: u8 = TAKES_WAIT;

    const SIDE: Side = Side::Takes;

    const COLLECTS: bool = true;

    fn is_ready<S: Transitions<T> + ?Sized>(state: &S, me: Party) -> bool {
        state.can_take(me)
    }

    #[inline(always)]
    fn usually<S: Transitions<T>>(state: &mut S, _waiter: &Waiter<T>) -> Usual<T> {
        state.take_usually()
    }

    #[inline]
    fn is_alone<S: Transitions<T> + ?Sized>(state: &S) -> bool {
        state.take_is_alone()
    }

    #[inline]
    unsafe fn got(waiter: &Waiter<T>) -> T {
        // SAFETY: passed on to the caller.
        unsafe { waiter.take_value() }
    }

    #[inline]
    fn attempt<S: Transitions<T> + ?Sized>(
        state: &mut S,
        waiter: &Waiter<T>,
        me: Party,
        after: &mut After,
    ) -> Option<Outcome> {
        match state.take(me, after)? {
            Ok(Got::Value(value)) => {
                // SAFETY: wait list, contract 3: a take that is not claimed owns its empty slot.
                unsafe { waiter.set_value(value) };
                Some(Outcome::Moved)
            }
            Ok(Got::Kept) => Some(Outcome::Look),
            Err(ended) => Some(ended.into()),
        }
    }

    fn list<S: Transitions<T> + ?Sized>(state: &mut S) -> &mut WaitList<T> {
        state.takes()
    }

    fn settle<S: Transitions<T> + ?Sized>(
        state: &mut S,
        waiter: &Waiter<T>,
        dropped: bool,
        after: &mut After,
    ) -> Option<T> {
        if dropped {
            // SAFETY: wait list, contract 3: the caller has seen `Done` with `Moved`.
            let value = unsafe { waiter.take_value() };
            return state.put_back(waiter.sequence(), value, after);
        }
        state.place_is_free(true, after);
        None
    }

    fn leaves<S: Transitions<T> + ?Sized>(state: &mut S, after: &mut After) {
        state.place_is_free(false, after);
    }
}

impl<T> Direction<T> for Watching {
    type Slot = ();
    type Got = ();

    /// Whoever asks for the end waits for it.
    const KIND: u8 = 0;

    const SIDE: Side = Side::Takes;

    const COUNTS: bool = false;

    fn is_ready<S: Transitions<T> + ?Sized>(state: &S, _me: Party) -> bool {
        state.ended().is_some()
    }

    fn usually<S: Transitions<T>>(_state: &mut S, _waiter: &Waiter<()>) -> Usual<()> {
        Usual::Not
    }

    unsafe fn got(_waiter: &Waiter<()>) {}

    fn attempt<S: Transitions<T> + ?Sized>(
        state: &mut S,
        _waiter: &Waiter<()>,
        _me: Party,
        _after: &mut After,
    ) -> Option<Outcome> {
        state.ended().map(Outcome::from)
    }

    fn list<S: Transitions<T> + ?Sized>(state: &mut S) -> &mut WaitList<()> {
        state.watchers()
    }
}

/// Whether one more may wait in the list of `D`.
pub(crate) fn crowd<T, D: Direction<T>, S: Transitions<T> + ?Sized>(
    state: &mut S,
) -> Option<Outcome> {
    if !D::COUNTS {
        return None;
    }
    let limit = state.limit()?;
    (D::list(state).count() >= limit).then_some(Outcome::Refused(Refused::Crowded))
}

/// One plain operation on a channel. The slot is the caller's to read when the outcome says so.
#[derive(Debug)]
pub(crate) struct Operation<'a, T, B: Buffer<T>, L: Lock, D: Direction<T>> {
    pub(crate) channel: &'a Channel<T, B, L>,
    pub(crate) waiter: Waiter<D::Slot>,
}

/// An operation that has left its channel, and what it leaves behind.
#[must_use = "somebody waits for this to be done"]
pub(crate) struct Left<T> {
    /// `Ok` tells that the slot is as it was when the operation began, an outcome that it was
    /// decided before.
    pub(crate) outcome: Result<(), Outcome>,
    after: After,
    discarded: Option<T>,
    waker: Option<Waker>,
}

impl<T> Left<T> {
    /// Wakes and drops, the lock being free.
    pub(crate) fn go_on<B, L, D>(self, operation: &Operation<'_, T, B, L, D>)
    where
        B: Buffer<T>,
        L: Lock,
        D: Direction<T>,
    {
        let Self { mut after, discarded: _discarded, waker: _waker, .. } = self;
        operation.channel.run(operation.waiter.party(), &mut after);
    }
}

/// What a look under the lock came to.
enum Looked {
    Outcome(Outcome),
    Yield,
    Wait,
    /// The outcome was there already: somebody else committed us.
    Done,
    /// A waker is needed to go on waiting.
    NeedsWaker,
}

impl<'a, T, B: Buffer<T>, L: Lock, D: Direction<T>> Operation<'a, T, B, L, D> {
    pub(crate) const fn new(channel: &'a Channel<T, B, L>, waiter: Waiter<D::Slot>) -> Self {
        Self { channel, waiter }
    }

    /// It is in no list, and nobody has given it anything.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        let word = self.waiter.state().get_unordered();
        word == Word::NEW || word == Word::FINISHED
    }

    #[inline]
    pub(crate) fn is_finished(&self) -> bool {
        self.waiter.state().get_unordered() == Word::FINISHED
    }

    /// Polls; once it is ready, the operation is finished: the caller reads its slot, then does what
    /// is left in `after`.
    ///
    /// # Safety
    ///
    /// `self` is pinned: it does not move until [`leave`](Self::leave) has run.
    #[inline]
    pub(crate) unsafe fn poll(&self, cx: &Context<'_>, after: &mut After) -> Poll<Outcome> {
        if self.waiter.state().get().is(Phase::New) {
            self.begin(cx.waker(), after)
        } else {
            self.go_on(cx.waker(), after)
        }
    }

    #[inline(never)]
    fn go_on(&self, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        match self.waiter.state().get().phase() {
            Phase::Done => Poll::Ready(self.finish(after)),
            Phase::Finished => misuse::polled_after_completion(),
            _ => self.wait_on(waker, after),
        }
    }

    /// Passes 1 and 2: looks, and waits if there is nothing.
    #[inline]
    fn begin(&self, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        match self.channel.with(|state| self.look(state, after)) {
            Looked::NeedsWaker => self.wait(waker, after),
            looked => self.look_ended(looked, waker, after),
        }
    }

    #[inline]
    fn look<S: Transitions<T>>(&self, state: &mut S, after: &mut After) -> Looked {
        if state.must_yield() {
            return Looked::Yield;
        }
        match D::attempt(state, &self.waiter, self.waiter.plain_party(), after) {
            Some(outcome) => {
                state.count(false);
                Looked::Outcome(outcome)
            }
            None => Looked::NeedsWaker,
        }
    }

    /// Pass 2.
    #[inline(never)]
    fn wait(&self, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        // The waker is cloned without the lock, for that is arbitrary code.
        let mut own = Some(waker.clone());
        let looked = self.channel.with(|state| {
            let looked = self.look(state, after);
            if !matches!(looked, Looked::NeedsWaker) {
                return looked;
            }
            if let Some(outcome) = crowd::<T, D, _>(state) {
                return Looked::Outcome(outcome);
            }
            if D::waits(state, self.waiter.plain_party(), Some(&mut after.wake)) {
                after.rest = Rest::TellTakes;
            }
            if let Some(own) = own.take() {
                // SAFETY: wait list, contract 1: `self` is pinned, and `leave` unlinks.
                unsafe { D::list(state).publish(&self.waiter, own, Word::open(true)) };
            }
            if Channel::<T, B, L>::KEEPS && D::COUNTS {
                state.prepare_to_keep();
            }
            state.count(true);
            Looked::Wait
        });
        match looked {
            Looked::Wait if after.is_nothing() => Poll::Pending,
            looked => self.look_ended(looked, waker, after),
        }
    }

    /// Polled while waiting: told to look again, woken for nothing, or moved to another task.
    fn wait_on(&self, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        let looked = self.channel.with(|_| {
            let word = self.waiter.state().get();
            if !word.is(Phase::Open) {
                return Looked::Done;
            }
            // SAFETY: wait list, contract 4: open, not notified, and the lock is held.
            if !word.is_notified() && unsafe { self.waiter.will_wake(waker) } {
                return Looked::Wait;
            }
            Looked::NeedsWaker
        });
        match looked {
            Looked::Wait => return Poll::Pending,
            Looked::Done => return Poll::Ready(self.finish(after)),
            _ => {}
        }
        let mut own = Some(waker.clone());
        let mut old = None;
        let looked = self.channel.with(|state| {
            let word = self.waiter.state().get();
            if !word.is(Phase::Open) {
                return Looked::Done;
            }
            if word.is_notified() {
                let me = self.waiter.party();
                if let Some(outcome) = D::attempt(state, &self.waiter, me, after) {
                    D::list(state).unlink(&self.waiter);
                    return Looked::Outcome(outcome);
                }
                if let Some(own) = own.take() {
                    // SAFETY: wait list, contract 4: notified, and the lock is held.
                    unsafe { self.waiter.rearm(own, Word::open(true)) };
                }
                if D::waits(state, me, Some(&mut after.wake)) {
                    after.rest = Rest::TellTakes;
                }
            } else if let Some(own) = own.take() {
                // SAFETY: wait list, contract 4: open, not notified, and the lock is held.
                old = Some(unsafe { self.waiter.replace_waker(own) });
            }
            Looked::Wait
        });
        drop(old);
        self.look_ended(looked, waker, after)
    }

    /// We decided ourselves, as the active party.
    #[inline]
    fn decide(&self, outcome: Outcome) -> Poll<Outcome> {
        self.waiter.state().set(Word::FINISHED);
        Poll::Ready(outcome)
    }

    #[inline(never)]
    fn look_ended(&self, looked: Looked, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        match looked {
            Looked::Outcome(outcome) => self.decide(outcome),
            Looked::Done => Poll::Ready(self.finish(after)),
            Looked::Yield => {
                waker.wake_by_ref();
                Poll::Pending
            }
            _ => {
                self.channel.run(self.waiter.plain_party(), after);
                Poll::Pending
            }
        }
    }

    /// A partner decided: what came of it.
    fn finish(&self, after: &mut After) -> Outcome {
        let outcome = self.waiter.state().get().outcome();
        if D::COLLECTS && <B::Places as Places<T>>::LIMITED && outcome == Outcome::Moved {
            let discarded = self.channel.with(|state| D::settle(state, &self.waiter, false, after));
            debug_assert!(discarded.is_none(), "a collected value is not discarded");
        }
        self.waiter.state().set(Word::FINISHED);
        outcome
    }

    /// Pass 3, from a drop or by hand: leaves the channel. The caller takes care of the slot, then
    /// does what is [left](Left::go_on), which may panic.
    pub(crate) fn leave(&self) -> Left<T> {
        let (mut after, mut discarded, mut waker) = (After::default(), None, None);
        match self.waiter.state().get().phase() {
            Phase::New => return Left { outcome: Ok(()), after, discarded, waker },
            Phase::Finished => {
                return Left { outcome: Err(Outcome::Moved), after, discarded, waker };
            }
            _ => {}
        }
        let linked = Linked;
        let outcome = self.channel.with(|state| {
            let word = self.waiter.state().get();
            if matches!(word.phase(), Phase::Open | Phase::Listening) {
                D::list(state).unlink(&self.waiter);
                if !word.is_notified() {
                    // SAFETY: wait list, contract 4: not notified, unlinked, the lock is held.
                    waker = Some(unsafe { self.waiter.take_waker() });
                }
                D::leaves(state, &mut after);
                return Ok(());
            }
            if word.outcome() == Outcome::Moved {
                discarded = D::settle(state, &self.waiter, true, &mut after);
            }
            Err(word.outcome())
        });
        linked.left();
        self.waiter.state().set(Word::FINISHED);
        Left { outcome, after, discarded, waker }
    }

    /// Leaves, when there is nothing in the slot to take care of.
    #[inline(never)]
    pub(crate) fn withdraw(&self) {
        self.leave().go_on(self);
    }
}
