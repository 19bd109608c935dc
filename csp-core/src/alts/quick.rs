//! The short way of a choice among takes.
//!
//! Usually nobody has to hear of such a choice but one partner: it takes what is there, or from a
//! plain put that waits; or nobody is there, and it waits; or a partner has given one of its takes
//! a value, and it leaves. Here these passes visit the guards in loops that are compiled for their
//! types. All else goes the long way ([`engine`](super::engine)), which knows these cases too.
//!
//! *Invariant*: under the locks no code but the channel's own runs.

#![expect(unsafe_code, reason = "publishes the nodes of a choice")]

mod locks;

use core::ptr;
use core::task::{Context, Waker};

use super::each::poll_foreign;
use super::engine::{Chosen, Engine, Is, Stage, id_of, named};
use super::policy::Draw;
use super::set::{Guards, Parts};
use crate::buffer::{Buffer, Places};
use crate::channel::kept::Side;
use crate::channel::state::{After, Locked, Prospect, Transitions, Usual};
use crate::choice::{Choice, MAX_BRANCHES, Outcome, Word};
use crate::lock::Lock;
use crate::operation::{Direction, Operation, Taking};
pub(super) use locks::Order;
use locks::{order, under_locks};

/// Whether guards take the short way.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quick {
    Not,
    /// All that can reach them runs on one thread.
    Confined,
    /// One lock guards all of them.
    OneLock,
    /// Each has a lock of its own.
    ManyLocks,
    /// They have no channel, and don't matter beside those that have.
    Foreign,
}

impl Quick {
    pub(super) const fn of<L: Lock>() -> Self {
        match (L::THREADS, L::SOLE) {
            (false, _) => Self::Confined,
            (true, true) => Self::OneLock,
            (true, false) => Self::ManyLocks,
        }
    }

    pub(super) const fn of_all(guards: &[Self]) -> Self {
        match Self::common(guards) {
            Self::Foreign => Self::Not,
            all => all,
        }
    }

    const fn common(guards: &[Self]) -> Self {
        let [first, others @ ..] = guards else { return Self::Foreign };
        match (*first, Self::common(others)) {
            (Self::Foreign, kind) | (kind, Self::Foreign) => kind,
            (Self::Confined, Self::Confined) => Self::Confined,
            (Self::OneLock, Self::OneLock) => Self::OneLock,
            (Self::ManyLocks, Self::ManyLocks) => Self::ManyLocks,
            _ => Self::Not,
        }
    }
}

/// One step for all takes of a choice.
#[doc(hidden)]
pub trait Visit {
    /// False ends it.
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool;
}

/// What the short way came to.
pub(super) enum Quickly {
    /// It is none, and nothing has happened.
    Not,
    Waits,
    /// The take at this index has its value, and is in no list.
    Moved(usize, Partner),
    /// Pass 3 is over but for this.
    Left(Left),
    /// It waits, but a guard without a channel is ready.
    ForeignReady,
}

/// Who has to hear of a choice: the put that it took from, if that had waited.
#[derive(Debug, Default)]
pub(crate) struct Partner {
    pub(super) waker: Option<Waker>,
    pub(super) keep: Option<Side>,
}

/// Pass 3, when more has to be done.
pub(super) struct Left {
    index: usize,
    /// The channel of the winner keeps account of its value, and has not been told.
    collects: bool,
    has_left: bool,
}

/// What a look under the lock came to.
enum Looked {
    Moved(usize),
    Waits,
    NeedsWaker,
    Not,
}

impl Engine<'_> {
    /// The short way of [`poll`](Self::poll). A waker that was cloned in vain is left in `own`.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    #[inline]
    pub(super) unsafe fn poll_quickly<S: Guards>(
        &mut self,
        parts: &mut Parts<'_, S>,
        cx: &mut Context<'_>,
        own: &mut Option<Waker>,
    ) -> Quickly {
        match (S::QUICK, self.stage) {
            (Quick::Not, _) => Quickly::Not,
            (_, Stage::New) if self.has_default == Is::No => {
                // SAFETY: passed on to the caller.
                unsafe { self.begin_quickly(parts, cx, own) }
            }
            (_, Stage::Waiting) => self.leave_quickly(parts),
            _ => Quickly::Not,
        }
    }

    /// Passes 1 and 2, if nobody has to hear of the choice but one partner.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    #[inline]
    unsafe fn begin_quickly<S: Guards>(
        &mut self,
        parts: &mut Parts<'_, S>,
        cx: &mut Context<'_>,
        own: &mut Option<Waker>,
    ) -> Quickly {
        let len = parts.guards.count();
        if len > MAX_BRANCHES {
            return Quickly::Not;
        }
        self.policy.check(len);
        if S::HAS_FOREIGN {
            self.has_foreign = Is::Yes;
            if poll_foreign(parts.for_engine(), cx, false, |_| true) {
                return Quickly::Not;
            }
        }
        let Some(Order { locks, sole }) = order(parts) else { return Quickly::Not };
        self.locks = locks as u32;
        if locks > 0 {
            // A waker is cloned without a lock, for that is arbitrary code.
            *own = Some(cx.waker().clone());
        }
        let guards = parts.guards.as_ref().get_ref();
        let mut partner = Partner::default();
        loop {
            let looked = under_locks(guards, parts.order, locks, || {
                // SAFETY: passed on to the caller; all locks are held.
                unsafe { self.look_quickly(guards, own, &mut partner, sole) }
            });
            match looked {
                Looked::Waits => break,
                Looked::Moved(index) => {
                    self.stage = Stage::Finished;
                    return Quickly::Moved(index, partner);
                }
                Looked::NeedsWaker => *own = Some(cx.waker().clone()),
                Looked::Not => return Quickly::Not,
            }
        }
        self.stage = Stage::Waiting;
        self.waker = Some(id_of(cx.waker()));
        if S::HAS_FOREIGN && poll_foreign(parts.for_engine(), cx, true, |_| true) {
            return Quickly::ForeignReady;
        }
        Quickly::Waits
    }

    /// # Safety
    ///
    /// As [`poll`](Self::poll); all locks are held.
    #[inline]
    unsafe fn look_quickly<S: Guards>(
        &mut self,
        guards: &S,
        own: &mut Option<Waker>,
        partner: &mut Partner,
        sole: bool,
    ) -> Looked {
        let address = ptr::from_ref(self.choice()).addr();
        let (may_draw, draw) = (!self.policy.is_fair(), self.policy.draw(guards.count(), address));
        let mut look = Look { draw, any: false };
        if !(guards.visit(&mut look) && look.any) {
            return Looked::Not;
        }
        if let Some(index) = look.draw.candidate() {
            if !may_draw {
                return Looked::Not;
            }
            let mut take = TakeAt { index, moved: false, partner };
            guards.visit(&mut take);
            return if take.moved { Looked::Moved(index) } else { Looked::Not };
        }
        let Some(waker) = own.take() else { return Looked::NeedsWaker };
        let choice = self.choice();
        // SAFETY: wait list, contract 4: unpublished, so the waker's place is ours.
        unsafe { self.waker_place().write(waker) };
        choice.state.set(Word::open(sole));
        let mut publish = Publish { choice: ptr::from_ref(choice), shared: false };
        guards.visit(&mut publish);
        if !publish.shared {
            return Looked::Waits;
        }
        // Which of two guards on one channel waits in front is the policy's to say.
        guards.visit(&mut Unpublish);
        choice.state.set(Word::NEW);
        // SAFETY: wait list, contract 4: unpublished again.
        *own = Some(unsafe { self.waker_place().read() });
        Looked::Not
    }

    /// Pass 3, if a partner has given one of the takes its value.
    #[inline]
    fn leave_quickly<S: Guards>(&mut self, parts: &mut Parts<'_, S>) -> Quickly {
        let word = self.choice().state.get();
        if !word.has_moved() {
            return Quickly::Not;
        }
        let mut leave = Leave { winner: word.index(), collects: false, has_left: false };
        let guards = parts.guards.as_ref().get_ref();
        if S::QUICK == Quick::OneLock {
            under_locks(guards, parts.order, 1, || guards.visit(&mut leave));
        } else {
            guards.visit(&mut leave);
        }
        let Leave { collects, has_left, .. } = leave;
        let index = usize::from(word.index());
        self.stage = Stage::Finished;
        self.policy.served(index);
        if collects || has_left {
            return Quickly::Left(Left { index, collects, has_left });
        }
        Quickly::Moved(index, Partner::default())
    }

    /// What pass 3 has left to do.
    #[cold]
    pub(super) fn end_quickly<S: Guards>(
        parts: &mut Parts<'_, S>,
        left: &Left,
        after: &mut After,
    ) -> Chosen {
        let Left { index, collects, has_left } = *left;
        if collects {
            named(parts.for_engine(), index).collect(Outcome::Moved, after);
        }
        Chosen { index, outcome: Outcome::Moved, has_left }
    }
}

/// Pass 1: which of the usual cases each take is.
struct Look<'l> {
    draw: Draw<'l>,
    any: bool,
}

impl Visit for Look<'_> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        self.any = true;
        // SAFETY: the lock is held.
        let prospect = unsafe { take.channel.held(|state| state.take_prospect()) };
        if prospect == Prospect::Ready {
            self.draw.ready(usize::from(index));
        }
        prospect != Prospect::Not
    }
}

/// Takes by the guard that was drawn.
struct TakeAt<'a> {
    index: usize,
    moved: bool,
    partner: &'a mut Partner,
}

impl Visit for TakeAt<'_> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        if usize::from(index) != self.index {
            return true;
        }
        // SAFETY: the lock is held.
        let value = match unsafe { take.channel.held(|state| state.take_usually()) } {
            Usual::Passed(value) => value,
            Usual::Met(value, waker, keep) => {
                *self.partner = Partner { waker, keep };
                value
            }
            _ => return false,
        };
        self.moved = true;
        // SAFETY: wait list, contract 3: a take that is not claimed owns its empty slot.
        unsafe { take.waiter.set_value(value) };
        false
    }
}

/// Pass 2: whether two of the takes wait at one channel.
struct Publish {
    choice: *const Choice,
    shared: bool,
}

impl Visit for Publish {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let publish = |state: &mut Locked<'_, T, B>| {
            // SAFETY: wait list, contract 7: the drop of the choice unlinks.
            unsafe { take.waiter.join(self.choice, index) };
            // SAFETY: wait list, contracts 1 and 2: as above, and the lock is held.
            self.shared |= unsafe { state.takes().publish_branch(&take.waiter, self.choice) };
            state.count_wait_usually();
        };
        // SAFETY: the lock is held.
        unsafe { take.channel.held(publish) };
        true
    }
}

/// Pass 2, back.
struct Unpublish;

impl Visit for Unpublish {
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        _index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        // SAFETY: wait list, contract 2: it has just been published.
        let unlink = |state: &mut Locked<'_, T, B>| unsafe { state.takes().unlink(&take.waiter) };
        // SAFETY: the lock is held.
        unsafe { take.channel.held(unlink) };
        take.waiter.state().set(Word::NEW);
        true
    }
}

/// Pass 3: the winner's value is collected, the others leave.
struct Leave {
    winner: u16,
    /// The channel keeps account of the winner's value, and has not been told.
    collects: bool,
    /// Puts may go on that waited beside one of the takes.
    has_left: bool,
}

impl Visit for Leave {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let leave = |state: &mut Locked<'_, T, B>| {
            if index == self.winner {
                self.collects = <B::Places as Places<T>>::LIMITED && !state.collect_usually();
                return;
            }
            // SAFETY: wait list, contract 2: a branch of a choice that was published.
            unsafe { state.takes().unlink(&take.waiter) };
            let mut after = After::default();
            Taking::leaves(state, &mut after);
            self.has_left |= !after.is_nothing();
            take.waiter.state().set(Word::NEW);
        };
        match Quick::of::<L>() {
            Quick::ManyLocks if index == self.winner && !<B::Places as Places<T>>::LIMITED => {}
            Quick::ManyLocks => take.channel.with(leave),
            // SAFETY: the lock is held.
            _ => unsafe { take.channel.held(leave) },
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Quick::{Confined, Foreign, ManyLocks, Not, OneLock};
    use super::*;

    #[test]
    fn guards_of_one_kind_are_quick_beside_what_has_no_channel() {
        for kind in [Confined, OneLock, ManyLocks] {
            for guards in [&[kind][..], &[kind, kind], &[Foreign, kind], &[kind, Foreign, kind]] {
                assert_eq!(Quick::of_all(guards), kind);
            }
        }
    }

    #[test]
    fn guards_of_several_kinds_or_none_are_not_quick() {
        for guards in [
            &[Confined, OneLock][..],
            &[OneLock, ManyLocks],
            &[ManyLocks, Confined],
            &[Foreign, ManyLocks, Not],
            &[Not, Confined],
            &[Foreign],
        ] {
            assert_eq!(Quick::of_all(guards), Not);
        }
    }
}
