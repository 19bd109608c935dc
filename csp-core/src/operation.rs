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

mod long;
mod usual;

use core::marker::PhantomData;
use core::task::{Context, Poll, Waker};

use crate::buffer::{Buffer, Places};
use crate::channel::Channel;
use crate::channel::forecast::{PUTS_WAIT, TAKES_WAIT};
use crate::channel::kept::Side;
use crate::channel::state::{After, Got, Locked, Prospect, Rest, Transitions, Usual};
use crate::choice::{Outcome, Word};
use crate::error::Refused;
use crate::lock::Lock;
use crate::wait_list::{Links, Offer, Party, WaitList, Waiter};
#[cfg(not(target_os = "none"))]
use long::Job;
pub(crate) use long::Left;
use long::{Long, Looked, Place, Turn, Work};

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

    /// What nobody will have comes back, if nobody has to hear of it; whether it has.
    fn give_back_usually<S: Transitions<T>>(_state: &mut S, _waiter: &Waiter<Self::Slot>) -> bool {
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

    /// Puts what [`settle`](Self::settle) returned into the slot, from which it came.
    fn refill(_waiter: &Waiter<Self::Slot>, _value: T) {}
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
    fn is_alone<S: Transitions<T> + ?Sized>(state: &S) -> bool {
        state.put_is_alone()
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
        state.take_prospect() == Prospect::Alone
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

    #[inline]
    fn give_back_usually<S: Transitions<T>>(state: &mut S, waiter: &Waiter<T>) -> bool {
        let can = state.can_put_back_usually();
        if can {
            // SAFETY: wait list, contract 3: the take is done, and its owner asks, once.
            let value = unsafe { waiter.take_value() };
            state.put_back_usually(waiter.sequence(), value);
        }
        can
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

    fn refill(waiter: &Waiter<T>, value: T) {
        // SAFETY: wait list, contract 3: `settle` has emptied the slot, and the caller owns it.
        unsafe { waiter.set_value(value) };
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

impl<'a, T, B: Buffer<T>, L: Lock, D: Direction<T>> Operation<'a, T, B, L, D> {
    /// Whether a value that it was given has to be collected, as it takes a place until then.
    const COLLECTS: bool = D::COLLECTS && <B::Places as Places<T>>::LIMITED;

    pub(crate) const fn new(channel: &'a Channel<T, B, L>, waiter: Waiter<D::Slot>) -> Self {
        Self { channel, waiter }
    }

    /// It is in no list, and nobody has given it anything.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.waiter.state().get_unordered().is_idle()
    }

    #[inline]
    pub(crate) fn is_finished(&self) -> bool {
        self.waiter.state().get_unordered() == Word::FINISHED
    }

    /// The long way is compiled for each kind of operation and channel, which saves instructions.
    /// On bare metal, where bytes count, there is one for all.
    #[cfg(not(target_os = "none"))]
    #[inline]
    const fn long(&self) -> Long<'_, &Self> {
        Long { place: self, node: self.waiter.handle() }
    }

    #[cfg(target_os = "none")]
    const fn long(&self) -> Long<'_, long::Erased<'_>> {
        Long { place: long::Erased(self), node: self.waiter.handle() }
    }

    /// Polls; once it is ready, the operation is finished: the caller reads its slot, then does
    /// what is left in `after`.
    ///
    /// # Safety
    ///
    /// `self` is pinned: it does not move until [`leave`](Self::leave) has run.
    #[inline]
    pub(crate) unsafe fn poll(&self, cx: &Context<'_>, after: &mut After) -> Poll<Outcome> {
        // SAFETY: passed on to the caller.
        unsafe { self.long().poll(cx.waker(), after) }
    }

    /// Pass 3, from a drop or by hand: leaves the channel. The caller takes care of the slot, then
    /// does what is [left](Left::go_on), which may panic.
    pub(crate) fn leave(&self) -> Left {
        self.long().leave()
    }

    #[inline]
    fn with_turn<R>(&self, f: impl FnOnce(&mut At<'_, '_, T, B, L, D>) -> R) -> R {
        let waiter = &self.waiter;
        self.channel.with(|state| f(&mut At { state, waiter, lock: PhantomData }))
    }

    /// Does what is left in `after`, the lock being free.
    #[inline]
    pub(crate) fn run(&self, after: &mut After) {
        self.long().place.run_after(self.waiter.plain_party(), after);
    }
}

impl<T, B: Buffer<T>, L: Lock, D: Direction<T>> Operation<'_, T, B, L, D> {
    /// Leaves, when there is nothing in the slot to take care of but what the channel discards.
    #[cold]
    #[inline(never)]
    pub(crate) fn withdraw(&self) {
        if self.leave_usually().is_some() {
            return;
        }
        let left = self.leave();
        // SAFETY: wait list, contract 3: what is discarded is in the slot again.
        let _discarded = left.discards.then(|| unsafe { self.waiter.take_value() });
        left.go_on(self);
    }
}

#[cfg(not(target_os = "none"))]
impl<T, B: Buffer<T>, L: Lock, D: Direction<T>> Place for &Operation<'_, T, B, L, D> {
    const COLLECTS: bool = Operation::<'_, T, B, L, D>::COLLECTS;
    const LOOKS_FIRST: bool = true;

    #[inline]
    fn enter<J: Job>(&self, work: &mut Work<'_>) -> Looked {
        self.with_turn(|turn| J::run(turn, work))
    }

    #[inline]
    fn run_after(&self, me: Party, after: &mut After) {
        self.channel.run(me, after);
    }
}

#[cfg(target_os = "none")]
impl<T, B: Buffer<T>, L: Lock, D: Direction<T>> long::AnyPlace for Operation<'_, T, B, L, D> {
    fn enter_any(&self, job: long::AnyJob, work: &mut Work<'_>) -> Looked {
        self.with_turn(|turn| job(turn, work))
    }

    fn run_rest(&self, me: Party, after: &mut After) {
        self.channel.run_rest(me, after);
    }
}

/// An operation on the state of its channel.
struct At<'s, 'l, T, B: Buffer<T>, L, D: Direction<T>> {
    state: &'s mut Locked<'l, T, B>,
    waiter: &'s Waiter<D::Slot>,
    lock: PhantomData<L>,
}

impl<T, B: Buffer<T>, L: Lock, D: Direction<T>> Turn for At<'_, '_, T, B, L, D> {
    #[inline]
    fn look(&mut self, me: Party, begins: bool, after: &mut After) -> Looked {
        if begins && self.state.must_yield() {
            return Looked::Yield;
        }
        match D::attempt(self.state, self.waiter, me, after) {
            Some(outcome) => {
                if begins {
                    self.state.count(false);
                }
                Looked::Outcome(outcome)
            }
            None => Looked::NeedsWaker,
        }
    }

    #[inline]
    fn wait(&mut self, me: Party, begins: bool, after: &mut After) -> Option<Outcome> {
        if begins && let Some(outcome) = crowd::<T, D, _>(self.state) {
            return Some(outcome);
        }
        if D::waits(self.state, me, Some(&mut after.wake)) {
            after.rest = Rest::TellTakes;
        }
        if begins {
            if Channel::<T, B, L>::KEEPS && D::COUNTS {
                self.state.prepare_to_keep();
            }
            self.state.count(true);
        }
        None
    }

    #[inline]
    fn list(&mut self) -> &mut Links {
        D::list(self.state).links()
    }

    #[inline]
    fn settle(&mut self, dropped: bool, after: &mut After) -> bool {
        if !dropped && !Operation::<'_, T, B, L, D>::COLLECTS {
            return false;
        }
        let discarded = D::settle(self.state, self.waiter, dropped, after);
        let discards = discarded.is_some();
        if let Some(value) = discarded {
            D::refill(self.waiter, value);
        }
        discards
    }

    #[inline]
    fn leaves(&mut self, after: &mut After) {
        D::leaves(self.state, after);
    }
}

#[cfg(all(test, feature = "std", not(any(loom, shuttle))))]
mod tests {
    use core::cell::Cell;
    use core::pin::pin;
    use core::task::{Context, Waker};
    use std::thread_local;

    use crate::Channel;
    use crate::buffer::Rendezvous;
    use crate::lock::{ConstInit, Lock, ScopedRawMutex, StdLock};

    thread_local! {
        static TAKEN: Cell<u32> = const { Cell::new(0) };
    }

    /// Counts how often it is taken by this thread.
    struct Counted(StdLock);

    impl ConstInit for Counted {
        const INIT: Self = Self(StdLock::INIT);
    }

    // SAFETY: that of the lock within.
    unsafe impl ScopedRawMutex for Counted {
        fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
            self.0.try_with_lock(f)
        }

        fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
            TAKEN.set(TAKEN.get() + 1);
            self.0.with_lock(f)
        }

        fn is_locked(&self) -> bool {
            self.0.is_locked()
        }
    }

    // SAFETY: that of the lock within.
    unsafe impl Lock for Counted {
        const RANK: u8 = StdLock::RANK;
        const SOLE: bool = StdLock::SOLE;
        const THREADS: bool = StdLock::THREADS;
    }

    /// How often a drop takes the lock.
    fn dropped<T>(operation: T) -> u32 {
        TAKEN.set(0);
        drop(operation);
        TAKEN.take()
    }

    #[test]
    fn who_waits_for_nothing_is_dropped_without_the_lock() {
        let channel = Channel::<u32, Rendezvous, Counted>::new();
        assert_eq!(dropped(channel.take()), 0);
        assert_eq!(dropped(channel.put(1)), 0);
        assert_eq!(dropped(channel.stream()), 0);
        assert_eq!(dropped(channel.closed()), 0);
    }

    #[test]
    fn who_waits_is_dropped_with_the_lock_taken_once() {
        let channel = Channel::<u32, Rendezvous, Counted>::new();
        let mut cx = Context::from_waker(Waker::noop());
        let mut take = alloc::boxed::Box::pin(channel.take());
        assert!(take.as_mut().poll(&mut cx).is_pending());
        assert_eq!(dropped(take), 1);
        let mut given = alloc::boxed::Box::pin(channel.take());
        assert!(given.as_mut().poll(&mut cx).is_pending());
        assert!(channel.try_put(1).is_ok());
        assert_eq!(dropped(given), 1, "the value comes back");
        let mut taker = pin!(channel.take());
        assert!(taker.as_mut().poll(&mut cx).is_ready());
    }
}
