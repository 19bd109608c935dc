//! The long way of an operation, which knows all cases: polled, told, woken, dropped.
//!
//! *Model.* What happens under the lock is a [`Job`]. It sees a [`Turn`], the operation on the
//! state of its channel, and its [`Work`], which has no message type; a [`Place`] takes the lock
//! for it. So the long way may be one for all message types, buffers, locks and kinds of operation.

#![expect(unsafe_code, reason = "owns the nodes whose contract wait_list states")]

use core::task::{Poll, Waker};

use super::{Direction, Operation};
use crate::buffer::Buffer;
use crate::channel::state::After;
use crate::choice::{Outcome, Phase, Word};
use crate::lock::Lock;
use crate::misuse;
use crate::wait_list::{Handle, Linked, Links, Party};

/// An operation on the state of its channel, whose lock is held.
pub(super) trait Turn {
    /// Does it, if it need not wait; one that `begins` may have to yield first, and is counted.
    fn look(&mut self, me: Party, begins: bool, after: &mut After) -> Looked;

    /// It is about to wait: takes may have to be told, and one that `begins` may be refused.
    fn wait(&mut self, me: Party, begins: bool, after: &mut After) -> Option<Outcome>;

    /// Where it waits.
    fn list(&mut self) -> &mut Links;

    /// The owner has seen that its value has moved; `dropped` if nobody will have it. Whether the
    /// channel discards the value, which is in the slot again then.
    fn settle(&mut self, dropped: bool, after: &mut After) -> bool;

    /// It leaves without having been decided.
    fn leaves(&mut self, after: &mut After);
}

/// What a job has of its operation, and leaves for when the lock is free.
pub(super) struct Work<'w> {
    node: Handle<'w>,
    after: &'w mut After,
    /// That of the poll.
    polled_by: Option<&'w Waker>,
    /// The one to wait with; afterwards one that is not needed any more.
    waker: Option<Waker>,
    discards: bool,
}

/// What a look under the lock came to.
#[derive(Debug)]
pub(super) enum Looked {
    Outcome(Outcome),
    Yield,
    Wait,
    /// The outcome was there already: somebody else committed us.
    Done,
    /// A waker is needed to go on waiting.
    NeedsWaker,
}

/// What is done under the lock.
pub(super) trait Job {
    fn run<S: Turn + ?Sized>(turn: &mut S, work: &mut Work<'_>) -> Looked;
}

/// An operation where it is: on its channel.
pub(super) trait Place {
    /// Whether a collected value frees a place.
    const COLLECTS: bool;

    /// Whether a look before the clone of a waker pays.
    const LOOKS_FIRST: bool;

    /// Does a job under the lock.
    fn enter<J: Job>(&self, work: &mut Work<'_>) -> Looked;

    /// Does what is left, the lock being free.
    fn run_after(&self, me: Party, after: &mut After);
}

/// A place whose type is forgotten.
#[cfg(target_os = "none")]
pub(super) struct Erased<'a>(pub(super) &'a (dyn AnyPlace + 'a));

#[cfg(target_os = "none")]
pub(super) type AnyJob = fn(&mut (dyn Turn + '_), &mut Work<'_>) -> Looked;

#[cfg(target_os = "none")]
pub(super) trait AnyPlace {
    /// [`Place::enter`].
    fn enter_any(&self, job: AnyJob, work: &mut Work<'_>) -> Looked;

    /// What [`Place::run_after`] does seldom.
    fn run_rest(&self, me: Party, after: &mut After);
}

#[cfg(target_os = "none")]
impl Place for Erased<'_> {
    const COLLECTS: bool = true;
    const LOOKS_FIRST: bool = false;

    fn enter<J: Job>(&self, work: &mut Work<'_>) -> Looked {
        self.0.enter_any(|turn, work| J::run(turn, work), work)
    }

    fn run_after(&self, me: Party, after: &mut After) {
        if after.rest != crate::channel::state::Rest::Nothing {
            self.0.run_rest(me, after);
        } else if let Some(wake) = after.wake.take() {
            wake.wake();
        }
    }
}

/// Pass 1.
struct Look;

impl Job for Look {
    #[inline]
    fn run<S: Turn + ?Sized>(turn: &mut S, work: &mut Work<'_>) -> Looked {
        turn.look(work.node.plain_party(), true, work.after)
    }
}

/// Pass 2.
struct LookAndWait;

impl Job for LookAndWait {
    #[inline]
    fn run<S: Turn + ?Sized>(turn: &mut S, work: &mut Work<'_>) -> Looked {
        let me = work.node.plain_party();
        let looked = turn.look(me, true, work.after);
        if !matches!(looked, Looked::NeedsWaker) {
            return looked;
        }
        if let Some(outcome) = turn.wait(me, true, work.after) {
            return Looked::Outcome(outcome);
        }
        if let Some(own) = work.waker.take() {
            // SAFETY: wait list, contract 1: the node is pinned, and `leave` unlinks.
            unsafe { turn.list().publish(work.node, own, Word::open(true)) };
        }
        Looked::Wait
    }
}

/// Polled while it waits: whether there is anything to do.
struct Ask;

impl Job for Ask {
    #[inline]
    fn run<S: Turn + ?Sized>(_turn: &mut S, work: &mut Work<'_>) -> Looked {
        let word = work.node.state().get();
        if !word.is(Phase::Open) {
            return Looked::Done;
        }
        let Some(waker) = work.polled_by else { return Looked::NeedsWaker };
        // SAFETY: wait list, contract 4: open, not notified, and the lock is held.
        if !word.is_notified() && unsafe { work.node.will_wake(waker) } {
            return Looked::Wait;
        }
        Looked::NeedsWaker
    }
}

/// Told to look again, or moved to another task.
struct LookAgain;

impl Job for LookAgain {
    #[inline]
    fn run<S: Turn + ?Sized>(turn: &mut S, work: &mut Work<'_>) -> Looked {
        let word = work.node.state().get();
        if !word.is(Phase::Open) {
            return Looked::Done;
        }
        if word.is_notified() {
            let me = work.node.plain_party();
            let looked = turn.look(me, false, work.after);
            if matches!(looked, Looked::Outcome(_)) {
                // SAFETY: wait list, contract 2: it is in the list of its own channel.
                unsafe { turn.list().unlink(work.node.header()) };
                return looked;
            }
            if let Some(own) = work.waker.take() {
                // SAFETY: wait list, contract 4: notified, and the lock is held.
                unsafe { work.node.rearm(own, Word::open(true)) };
            }
            turn.wait(me, false, work.after);
        } else if let Some(own) = work.waker.take() {
            // SAFETY: wait list, contract 4: open, not notified, and the lock is held.
            work.waker = Some(unsafe { work.node.replace_waker(own) });
        }
        Looked::Wait
    }
}

/// The value has been collected.
struct Settle;

impl Job for Settle {
    #[inline]
    fn run<S: Turn + ?Sized>(turn: &mut S, work: &mut Work<'_>) -> Looked {
        let discards = turn.settle(false, work.after);
        debug_assert!(!discards, "a collected value is not discarded");
        Looked::Done
    }
}

/// Pass 3; the outcome if there is one.
struct Leave;

impl Job for Leave {
    #[inline]
    fn run<S: Turn + ?Sized>(turn: &mut S, work: &mut Work<'_>) -> Looked {
        let word = work.node.state().get();
        if matches!(word.phase(), Phase::Open | Phase::Listening) {
            // SAFETY: wait list, contract 2: it is in the list of its own channel.
            unsafe { turn.list().unlink(work.node.header()) };
            if !word.is_notified() {
                // SAFETY: wait list, contract 4: not notified, unlinked, the lock is held.
                work.waker = Some(unsafe { work.node.take_waker() });
            }
            turn.leaves(work.after);
            return Looked::Wait;
        }
        if word.outcome() == Outcome::Moved {
            work.discards = turn.settle(true, work.after);
        }
        Looked::Outcome(word.outcome())
    }
}

/// An operation that has left its channel, and what it leaves behind.
#[must_use = "somebody waits for this to be done"]
pub(crate) struct Left {
    /// `Ok` tells that the slot is as it was when the operation began, an outcome that it was
    /// decided before.
    pub(crate) outcome: Result<(), Outcome>,
    /// The channel discards the value in the slot.
    pub(crate) discards: bool,
    after: After,
    waker: Option<Waker>,
}

impl Left {
    /// Wakes and drops, the lock being free.
    pub(crate) fn go_on<T, B, L, D>(self, operation: &Operation<'_, T, B, L, D>)
    where
        B: Buffer<T>,
        L: Lock,
        D: Direction<T>,
    {
        let Self { mut after, waker: _waker, .. } = self;
        operation.run(&mut after);
    }
}

/// The long way of the operation with this node.
pub(super) struct Long<'w, P> {
    pub(super) place: P,
    pub(super) node: Handle<'w>,
}

impl<P: Place> Long<'_, P> {
    #[inline]
    fn enter<J: Job>(
        &self,
        polled_by: Option<&Waker>,
        waker: Option<Waker>,
        after: &mut After,
    ) -> (Looked, Option<Waker>) {
        let mut work = Work { node: self.node, after, polled_by, waker, discards: false };
        (self.place.enter::<J>(&mut work), work.waker)
    }

    /// # Safety
    ///
    /// The node is pinned: it does not move until [`leave`](Self::leave) has run.
    #[cfg_attr(not(target_os = "none"), inline)]
    #[cfg_attr(target_os = "none", inline(never))]
    pub(super) unsafe fn poll(&self, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        if self.node.state().get().is(Phase::New) {
            self.begin(waker, after)
        } else {
            self.go_on(waker, after)
        }
    }

    #[cfg_attr(not(target_os = "none"), inline(never))]
    fn go_on(&self, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        match self.node.state().get().phase() {
            Phase::Done => Poll::Ready(self.finish(after)),
            Phase::Finished => misuse::polled_after_completion(),
            _ => self.wait_on(waker, after),
        }
    }

    /// Passes 1 and 2: looks, and waits if there is nothing.
    #[inline]
    fn begin(&self, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        if !P::LOOKS_FIRST {
            return self.wait(waker, after);
        }
        match self.enter::<Look>(None, None, after).0 {
            Looked::NeedsWaker => self.wait(waker, after),
            looked => self.look_ended(looked, waker, after),
        }
    }

    /// Pass 2.
    #[cfg_attr(not(target_os = "none"), inline(never))]
    fn wait(&self, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        // The waker is cloned without the lock, for that is arbitrary code.
        let (looked, _spare) = self.enter::<LookAndWait>(None, Some(waker.clone()), after);
        match looked {
            Looked::Wait if after.is_nothing() => Poll::Pending,
            looked => self.look_ended(looked, waker, after),
        }
    }

    /// Polled while waiting: told to look again, woken for nothing, or moved to another task.
    fn wait_on(&self, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        match self.enter::<Ask>(Some(waker), None, after).0 {
            Looked::Wait => return Poll::Pending,
            Looked::Done => return Poll::Ready(self.finish(after)),
            _ => {}
        }
        let (looked, old) = self.enter::<LookAgain>(None, Some(waker.clone()), after);
        drop(old);
        self.look_ended(looked, waker, after)
    }

    /// We decided ourselves, as the active party.
    #[inline]
    fn decide(&self, outcome: Outcome) -> Poll<Outcome> {
        self.node.state().set(Word::FINISHED);
        Poll::Ready(outcome)
    }

    #[cfg_attr(not(target_os = "none"), inline(never))]
    fn look_ended(&self, looked: Looked, waker: &Waker, after: &mut After) -> Poll<Outcome> {
        match looked {
            Looked::Outcome(outcome) => self.decide(outcome),
            Looked::Done => Poll::Ready(self.finish(after)),
            Looked::Yield => {
                waker.wake_by_ref();
                Poll::Pending
            }
            _ => {
                self.place.run_after(self.node.plain_party(), after);
                Poll::Pending
            }
        }
    }

    /// A partner decided: what came of it.
    fn finish(&self, after: &mut After) -> Outcome {
        let outcome = self.node.state().get().outcome();
        if P::COLLECTS && outcome == Outcome::Moved {
            self.enter::<Settle>(None, None, after);
        }
        self.node.state().set(Word::FINISHED);
        outcome
    }

    /// See [`Operation::leave`].
    #[cfg_attr(target_os = "none", inline(never))]
    pub(super) fn leave(&self) -> Left {
        let (mut after, mut discards, mut waker) = (After::default(), false, None);
        let outcome = match self.node.state().get().phase() {
            Phase::New => Ok(()),
            Phase::Finished => Err(Outcome::Moved),
            _ => {
                let linked = Linked;
                let after = &mut after;
                let node = self.node;
                let mut work = Work { node, after, polled_by: None, waker: None, discards };
                let left = self.place.enter::<Leave>(&mut work);
                linked.left();
                (discards, waker) = (work.discards, work.waker);
                self.node.state().set(Word::FINISHED);
                if let Looked::Outcome(outcome) = left { Err(outcome) } else { Ok(()) }
            }
        };
        Left { outcome, discards, after, waker }
    }
}
