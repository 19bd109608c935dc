//! The owner of an `Alternative`: it registers the members, gathers what has been marked, and tries
//! what is ready.
//!
//! See the [module above](super) for the model and the invariants.

#![expect(unsafe_code, reason = "registers members and reads their marks, as wait_list allows")]

use core::pin::Pin;
use core::task::{Context, Waker};

use super::super::each::poll_foreign;
use super::super::engine::{WakerId, id_of};
use super::super::member::{MemberGuard, Trial, Tried};
use super::super::policy::Random;
use super::super::set::{DynGuards, Guards, Parts};
use super::Fields;
use super::ready::Ready;
use super::select::Precondition;
use crate::channel::state::After;
use crate::choice::Outcome;
use crate::sync::HAS_COMPARE_AND_SWAP;
use crate::wait_list::{Armed, MAX_MEMBERS, Marks};

/// Which of the ready is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Random,
    First,
    Longest,
}

/// What the owner knows.
#[derive(Debug)]
pub(super) struct Owner {
    ready: Ready,
    is_registered: bool,
    /// One of the members, if there are any.
    member: Option<usize>,
    /// Whether there are guards without a channel.
    has_foreign: bool,
    /// The marks are changed by plain stores, so under this member's lock.
    is_locked: bool,
    /// Under the lock of this member, somebody may still be reading the place of the waker.
    reader: Option<usize>,
    /// Whose waker the marks are armed with.
    waker: Option<WakerId>,
}

impl Owner {
    pub(super) const fn new() -> Self {
        Self {
            ready: Ready::new(),
            is_registered: false,
            member: None,
            has_foreign: false,
            is_locked: false,
            reader: None,
            waker: None,
        }
    }

    /// Registers all members with their channels, the first time.
    ///
    /// # Safety
    ///
    /// The guards and the marks are pinned, and [`leave`](Self::leave) runs before they are freed.
    unsafe fn register<S: Guards>(&mut self, parts: &mut Parts<'_, S>, marks: *const Marks) {
        let len = parts.len();
        assert!(
            len <= MAX_MEMBERS,
            "an `Alternative` has {len} guards, more than the {MAX_MEMBERS} that it can tell apart"
        );
        let mut first = None;
        let (mut confined, mut same) = (true, true);
        for index in 0..len {
            let mut guard = parts.guard(index);
            if let Some(member) = guard.as_mut().on_member() {
                let key = member.lock().key();
                confined &= member.lock().is_confined();
                same &= *first.get_or_insert(key) == key;
                self.member = Some(index);
            } else {
                assert!(
                    guard.on_channel().is_none(),
                    "branch {index} of an `Alternative` is a put: it chooses among takes"
                );
                self.has_foreign = true;
            }
        }
        let sole = confined || same;
        assert!(
            sole || HAS_COMPARE_AND_SWAP,
            "this CPU has no compare-and-swap, so all channels of an `Alternative` have to share one \
             lock: use the lock `CriticalSection`, or enable the feature `critical-section`"
        );
        self.is_locked = sole && !confined;
        // SAFETY: the marks are alive; atomic and cell fields only.
        unsafe { &*marks }.set_sole(sole);
        self.is_registered = true;
        for index in 0..len {
            if let Some(member) = parts.guard(index).on_member()
                // SAFETY: wait list, contracts 1 and 7: passed on to the caller.
                && unsafe { member.register(marks, index as u16) }
            {
                self.ready.push(parts, index);
            }
        }
    }

    /// Changes the marks, under the lock if they need one.
    fn exclusively<S: Guards, R>(&self, parts: &mut Parts<'_, S>, change: impl FnOnce() -> R) -> R {
        let Some(index) = self.member.filter(|_| self.is_locked) else { return change() };
        let mut change = Some(change);
        let mut result = None;
        member(parts, index).lock().run(&mut || {
            if let Some(change) = change.take() {
                result = Some(change());
            }
        });
        result.expect("a lock runs its closure")
    }

    /// Notes who may be reading the waker's place; the waker, if it is the owner's again.
    fn disarmed(&mut self, armed: Armed) -> Option<Waker> {
        match armed {
            Armed::Not => None,
            Armed::Unclaimed(waker) => Some(waker),
            Armed::By(index) => {
                self.reader = Some(index);
                None
            }
        }
    }

    /// A selection is over: its timers stop.
    pub(super) fn rest<S: Guards>(&self, parts: &mut Parts<'_, S>) {
        if self.has_foreign {
            for index in 0..parts.len() {
                parts.guard(index).restart();
            }
        }
    }

    /// A selection is dropped: as [`rest`](Self::rest), and it takes its waker back.
    pub(super) fn end<S: Guards>(&mut self, parts: &mut Parts<'_, S>, marks: &Marks) {
        self.rest(parts);
        // SAFETY: this is the owner, and holds the lock that the marks need.
        let armed = self.exclusively(parts, || unsafe { marks.disarm() });
        let _waker = self.disarmed(armed);
    }

    /// From the drop: all members leave.
    ///
    /// # Safety
    ///
    /// The marks that they were registered with are alive.
    pub(super) unsafe fn leave<S: Guards>(&mut self, parts: &mut Parts<'_, S>, marks: &Marks) {
        if !self.is_registered {
            return;
        }
        for index in 0..parts.len() {
            if let Some(member) = parts.guard(index).on_member() {
                member.leave();
            }
        }
        // SAFETY: nobody else can reach the marks any more.
        let (_, armed) = unsafe { marks.drain() };
        let _waker = self.disarmed(armed);
    }
}

fn member<'g, S: Guards>(
    parts: &'g mut Parts<'_, S>,
    index: usize,
) -> Pin<&'g mut dyn MemberGuard> {
    parts.guard(index).on_member().expect("only members are marked")
}

/// What a poll came to.
pub(super) enum Polled {
    /// This guard was chosen; what is left to do is in the look.
    Chosen(usize, Outcome),
    Default,
    Yields,
    Waits,
}

/// One poll of a selection.
pub(super) struct Look<'l, 'a, S: Guards, P: Precondition> {
    pub(super) fields: &'l mut Fields<'a, S>,
    pub(super) turn: Turn,
    pub(super) when: &'l P,
    pub(super) has_default: bool,
    pub(super) may_yield: bool,
    pub(super) has_waited: bool,
    /// What is left to do when a guard has been chosen.
    pub(super) after: &'l mut After,
}

impl<S: Guards, P: Precondition> Look<'_, '_, S, P> {
    const fn marks(&self) -> &Marks {
        // SAFETY: they lie beside the guards, alive; atomic and cell fields only.
        unsafe { &*self.fields.marks }
    }

    /// # Safety
    ///
    /// The guards and the marks are pinned, and [`Owner::leave`] runs before they are freed.
    pub(super) unsafe fn poll(&mut self, cx: &mut Context<'_>) -> Polled {
        if !self.fields.owner.is_registered {
            // SAFETY: passed on to the caller.
            unsafe { self.fields.owner.register(&mut self.fields.parts, self.fields.marks) };
        }
        if !self.has_waited {
            // The last selection may have been leaked.
            self.fields.owner.rest(&mut self.fields.parts);
        }
        let id = id_of(cx.waker());
        let is_armed = self.has_waited
            && self.marks().is_quiet()
            && self
                .fields
                .owner
                .waker
                .is_some_and(|own| own.0 == id.0 && core::ptr::eq(own.1, id.1));
        if is_armed && !self.ask(cx, true) {
            return Polled::Waits;
        }
        self.gather();
        let mut asked = self.has_waited;
        self.ask(cx, asked);
        loop {
            if let Some(polled) = self.choose() {
                return polled;
            }
            if self.has_default {
                if !self.marks().has_some() {
                    return Polled::Default;
                }
            } else {
                self.check_that_some_are_on();
                if self.arm(cx.waker()) {
                    self.fields.owner.waker = Some(id);
                    // Nothing is ready, so the timers are armed, and futures asked once more.
                    if asked || !self.ask(cx, true) {
                        return Polled::Waits;
                    }
                    asked = true;
                }
            }
            self.gather();
        }
    }

    /// Moves what has been marked into the queue, in the order in which it was.
    #[inline]
    fn gather(&mut self) {
        if !self.marks().is_idle() {
            self.gather_marks();
        }
    }

    fn gather_marks(&mut self) {
        let Fields { parts, marks, owner, .. } = &mut *self.fields;
        // SAFETY: as in `marks`.
        let marks = unsafe { &**marks };
        // SAFETY: this is the owner, and holds the lock that the marks need.
        let (mut top, armed) = owner.exclusively(parts, || unsafe { marks.drain() });
        let first = owner.ready.len();
        while top != 0 {
            let index = top as usize - 1;
            // SAFETY: wait list, contract 8: it has just been drained.
            top = unsafe { member(parts, index).marked_before() };
            owner.ready.push(parts, index);
        }
        owner.ready.turn_round(parts, first);
        drop(owner.disarmed(armed));
    }

    /// Asks the guards without a channel; whether one of them is ready.
    fn ask(&mut self, cx: &mut Context<'_>, wait: bool) -> bool {
        let Fields { parts, owner, .. } = &mut *self.fields;
        if !owner.has_foreign || !poll_foreign(parts, cx, wait, |index| self.when.allows(index)) {
            return false;
        }
        for index in 0..parts.len() {
            let guard = parts.guard(index);
            if guard.is_enabled() && guard.is_ready() && !owner.ready.contains(parts, index) {
                owner.ready.push(parts, index);
            }
        }
        true
    }

    /// Arms the marks with a waker, unless something has been marked meanwhile.
    fn arm(&mut self, waker: &Waker) -> bool {
        // Cloned before any lock, for that is arbitrary code.
        let waker = waker.clone();
        let Fields { parts, marks, owner, .. } = &mut *self.fields;
        if let Some(index) = owner.reader.take() {
            member(parts, index).wait_out();
        }
        // SAFETY: as in `marks`.
        let marks = unsafe { &**marks };
        // SAFETY: this is the owner, and holds the lock that the marks need; they have been
        // drained, and who claimed the last waker has read it.
        owner.exclusively(parts, || unsafe { marks.arm(waker) }).is_ok()
    }

    fn check_that_some_are_on(&mut self) {
        let Fields { parts, owner, .. } = &mut *self.fields;
        let on = !P::SELECTIVE && owner.member.is_some()
            || (0..parts.len())
                .any(|index| self.when.allows(index) && parts.guard(index).is_enabled());
        assert!(
            on,
            "a selection has no guard that is switched on and no default, so it could never \
             complete: give it a default, or make sure that one precondition holds"
        );
    }

    /// Tries what is ready, in turn.
    fn choose(&mut self) -> Option<Polled> {
        let mut nth = 0;
        loop {
            nth = match self.turn {
                Turn::Longest => (nth..self.fields.owner.ready.len()).find(|&nth| self.allows(nth)),
                Turn::First => self.allowed().min_by_key(|&nth| self.nth(nth)),
                Turn::Random => self.draw(),
            }?;
            let polled = self.attempt(nth);
            if polled.is_some() {
                return polled;
            }
        }
    }

    fn nth(&self, nth: usize) -> usize {
        self.fields.owner.ready.nth(&self.fields.parts, nth)
    }

    fn allows(&self, nth: usize) -> bool {
        !P::SELECTIVE || self.when.allows(self.nth(nth))
    }

    fn allowed(&self) -> impl Iterator<Item = usize> {
        (0..self.fields.owner.ready.len()).filter(|&nth| self.allows(nth))
    }

    fn draw(&mut self) -> Option<usize> {
        let count =
            if P::SELECTIVE { self.allowed().count() } else { self.fields.owner.ready.len() };
        // With one candidate there is nothing to draw.
        let skip = match count {
            0 | 1 => 0,
            _ => {
                let address = self.fields.marks.addr();
                self.fields.random.get_or_insert_with(|| Random::at(address)).next_below(count)
            }
        };
        self.allowed().nth(skip)
    }

    /// Tries the `nth` in the queue.
    #[inline]
    fn attempt(&mut self, nth: usize) -> Option<Polled> {
        let index = self.nth(nth);
        let is_first = self.turn == Turn::First;
        // SAFETY: as in `marks`.
        let marks = unsafe { &*self.fields.marks };
        let Fields { parts, owner, .. } = &mut *self.fields;
        let mut guard = parts.guard(index);
        let tried = if let Some(member) = guard.as_mut().on_member() {
            let tried = member.attempt(
                Trial {
                    unless: is_first.then_some(marks),
                    yields: self.may_yield,
                    waited: self.has_waited,
                },
                self.after,
            );
            if owner.reader == Some(index) {
                owner.reader = None;
            }
            tried
        } else if is_first && marks.has_some() {
            Tried::Overtaken
        } else if guard.is_enabled() && guard.is_ready() {
            Tried::Chosen { outcome: Outcome::Moved, again: false }
        } else {
            Tried::Stale
        };
        match tried {
            Tried::Overtaken => self.gather(),
            Tried::Yields => return Some(Polled::Yields),
            Tried::Stale => owner.ready.remove(parts, nth),
            Tried::Chosen { outcome, again } => {
                owner.ready.remove(parts, nth);
                if again {
                    owner.ready.push(parts, index);
                }
                return Some(Polled::Chosen(index, outcome));
            }
        }
        None
    }
}
