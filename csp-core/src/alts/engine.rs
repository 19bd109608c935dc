//! The part of an `alts` that does not depend on the types of its guards: the three passes.
//!
//! See the [module above](super) for the model and the invariants.

#![expect(unsafe_code, reason = "owns the choice whose contract wait_list states")]

use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, RawWakerVTable, Waker};

use super::each::{Leaving, lose, on_channels, poll_foreign};
use super::guard::{ChannelGuard, News};
use super::lock_order::{Survey, assert_free, survey, with_all_locks};
use super::policy::{Policy, Random};
use super::set::DynGuards;
use crate::channel::state::After;
use crate::choice::{Choice, Outcome, Phase, Word};
use crate::error::Refused;
use crate::misuse;
use crate::wait_list::{Aliased, Linked, Party, WakerPlace};

/// So many guards cost less to look at twice than one waker to clone and drop.
const FEW: usize = 16;

/// Who won, and what is left to do.
pub(super) struct Chosen {
    pub(super) index: usize,
    pub(super) outcome: Outcome,
    /// The choice had waited and has left its lists by itself: others may go on.
    pub(super) has_left: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Stage {
    New,
    /// The guards are branches of the choice, in no list.
    Looking,
    /// Published: the word says more.
    Waiting,
    Finished,
}

/// What a poll leaves behind. The caller drops the wakers, which is arbitrary code, when the guards
/// are as new and nothing depends on the poll's end any more.
pub(super) struct Spare {
    own: Option<Waker>,
    old: Option<Waker>,
    pub(super) after: After,
}

impl Spare {
    /// With a waker that has been cloned already.
    pub(super) fn new(own: Option<Waker>) -> Self {
        Self { own, old: None, after: After::default() }
    }
}

/// The part of an `alts` that does not depend on the types of its guards.
pub(super) struct Engine<'r> {
    choice: Aliased<Choice>,
    pub(super) policy: Policy<'r>,
    pub(super) stage: Stage,
    /// The identity of the waker in the choice, which itself belongs to whoever claims.
    pub(super) waker: Option<WakerId>,
    pub(super) has_default: Is,
    /// There are guards without a channel.
    pub(super) has_foreign: Is,
    /// How many places of the lock order are in use.
    pub(super) locks: u32,
}

// SAFETY: the choice is built to be shared; the identity of a waker is only compared.
unsafe impl Send for Engine<'_> {}
// SAFETY: as above, and `&Engine` gives access to nothing.
unsafe impl Sync for Engine<'_> {}

/// A truth that fills a word, as [`Policy`] says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Is {
    No,
    Yes,
}

impl From<bool> for Is {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Tells wakers apart without a reference to one.
pub(super) type WakerId = (*const (), &'static RawWakerVTable);

pub(super) fn id_of(waker: &Waker) -> WakerId {
    (waker.data(), waker.vtable())
}

/// What a look under all locks came to.
enum Looked {
    Chosen(Chosen),
    Default,
    Yield,
    /// Would wait, but a waker has to be cloned first.
    NeedsWaker,
    /// Waits; whether some put has to tell takes about itself.
    Waits {
        tell: bool,
    },
    /// Somebody has decided the choice.
    Decided,
}

impl Engine<'_> {
    pub(super) const fn new() -> Self {
        Self {
            choice: Aliased::new(Choice::new()),
            policy: Policy::random(Random::UNSEEDED),
            stage: Stage::New,
            waker: None,
            has_default: Is::No,
            has_foreign: Is::No,
            locks: 0,
        }
    }

    pub(super) fn choice(&self) -> &Choice {
        // SAFETY: wait list, contract 6: the choice has atomic and cell fields only, so a shared
        // reference to it is no claim on them.
        unsafe { &*self.choice.get() }
    }

    pub(super) fn party(&self) -> Party {
        Party::of_choice(self.choice.get())
    }

    #[cfg(test)]
    pub(super) fn is_sole(&self) -> bool {
        self.choice().state.get().is_sole()
    }

    /// # Safety
    ///
    /// `self` and the guards are pinned, and [`leave`](Self::leave) runs before they are freed.
    pub(super) unsafe fn poll(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        cx: &mut Context<'_>,
        spare: &mut Spare,
    ) -> Poll<Option<Chosen>> {
        match self.stage {
            Stage::Finished => misuse::chosen_from_after_completion(),
            // SAFETY: passed on to the caller.
            Stage::New | Stage::Looking => unsafe { self.begin(guards, cx, spare) },
            Stage::Waiting => self.go_on(guards, cx, spare),
        }
    }

    /// Passes 1 and 2.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    unsafe fn begin(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        cx: &mut Context<'_>,
        spare: &mut Spare,
    ) -> Poll<Option<Chosen>> {
        self.policy.check(guards.len());
        // From here on a panic finds branches that are in no list, and `leave` resets them.
        self.stage = Stage::Looking;
        let Survey { enabled, channels, locks, sole } = survey(guards);
        if enabled == 0 {
            if self.has_default == Is::No {
                misuse::nothing_to_choose();
            }
            return Poll::Ready(self.finish(None));
        }
        self.locks = locks as u32;
        self.has_foreign = (enabled > channels).into();
        if self.has_foreign == Is::Yes {
            poll_foreign(guards, cx, false, |_| true);
        }
        // A waker is cloned without a lock, for that is arbitrary code, and before the locks are
        // taken, for that is dear. Where none is taken, a second look costs less than a clone in
        // vain.
        let may_wait = self.has_default == Is::No && spare.own.is_none();
        if may_wait && (locks > 0 || guards.len() > FEW) {
            spare.own = Some(cx.waker().clone());
        }
        let looked = loop {
            let looked = with_all_locks(guards, locks, |guards| {
                // SAFETY: passed on to the caller; all locks are held.
                unsafe { self.look_or_wait(guards, spare, sole) }
            });
            if !matches!(looked, Looked::NeedsWaker) {
                break looked;
            }
            spare.own = Some(cx.waker().clone());
        };
        let Spare { after, .. } = spare;
        match looked {
            Looked::Chosen(chosen) => Poll::Ready(self.finish(Some(chosen))),
            Looked::Yield => {
                self.stage = Stage::New;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Looked::Waits { tell } => {
                self.waker = Some(id_of(cx.waker()));
                if tell {
                    self.tell(guards, News::Waits);
                }
                // Nothing is ready, so the timers are armed, and futures asked once more.
                let ready = self.has_foreign == Is::Yes && poll_foreign(guards, cx, true, |_| true);
                if ready { self.decide_foreign(guards, after) } else { Poll::Pending }
            }
            Looked::Default | Looked::Decided | Looked::NeedsWaker => {
                Poll::Ready(self.finish(None))
            }
        }
    }

    /// # Safety
    ///
    /// As [`publish`](Self::publish).
    unsafe fn look_or_wait(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        spare: &mut Spare,
        sole: bool,
    ) -> Looked {
        let may_wait = self.has_default == Is::No;
        let Seen { yields, candidate, crowded } = self.look(guards, may_wait);
        if yields {
            return Looked::Yield;
        }
        if let Some(index) = candidate
            && let Some(chosen) = self.choose(guards, index, &mut spare.after)
        {
            return Looked::Chosen(chosen);
        }
        if !may_wait {
            return Looked::Default;
        }
        if let Some(index) = crowded {
            let outcome = Refused::Crowded.into();
            return Looked::Chosen(Chosen { index, outcome, has_left: false });
        }
        let Some(own) = spare.own.take() else { return Looked::NeedsWaker };
        // SAFETY: passed on to the caller, and nothing is ready.
        let tell = unsafe { self.publish(guards, own, sole) };
        Looked::Waits { tell }
    }

    /// Pass 1, in one go over the guards; all locks are held.
    fn look(&mut self, guards: &mut (impl DynGuards + ?Sized), may_yield: bool) -> Seen {
        let me = self.party();
        let mut draw = self.policy.draw(guards.len(), self.choice.get().addr());
        let (mut yields, mut first_crowded) = (false, None);
        for turn in 0..draw.turns() {
            let Some(index) = draw.at(turn) else { continue };
            let guard = guards.guard(index);
            if !guard.is_enabled() {
                continue;
            }
            if guard.is_ready() {
                draw.ready(index);
                continue;
            }
            let Some(guard) = guard.on_channel() else { continue };
            assert_free(guard.lock());
            // SAFETY: all locks are held.
            let sight = unsafe { guard.look(me, may_yield) };
            yields |= sight.yields;
            if sight.ready {
                draw.ready(index);
            } else if sight.crowded {
                first_crowded.get_or_insert(index);
            }
        }
        Seen { yields, candidate: draw.candidate(), crowded: first_crowded }
    }

    /// Pass 2; whether some put has to tell takes about itself.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll); all locks are held.
    unsafe fn publish(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        waker: Waker,
        sole: bool,
    ) -> bool {
        // SAFETY: wait list, contract 4: unpublished, so the waker's place is ours.
        unsafe { self.waker_place().write(waker) };
        self.stage = Stage::Waiting;
        self.choice().state.set(Word::open(sole));
        let choice = self.choice.get().cast_const();
        let (mut tell, mut shared) = (false, false);
        self.policy.in_turn(guards.len(), |index| {
            let guard = guards.guard(index);
            if guard.is_enabled()
                && let Some(guard) = guard.on_channel()
            {
                // SAFETY: wait list, contracts 1, 2 and 7: pinned, all locks held, and `leave`
                // unlinks before the choice is freed.
                let published = unsafe { guard.publish(choice, index as u16) };
                tell |= published.tell;
                shared |= published.shared;
            }
        });
        if shared && self.policy.is_random() {
            // SAFETY: passed on to the caller.
            unsafe { self.publish_shuffled(guards) };
        }
        tell
    }

    /// Two guards wait in one list: which of them a partner meets is chosen too, by their order
    /// there, so that is drawn.
    ///
    /// # Safety
    ///
    /// As [`publish`](Self::publish).
    #[cold]
    unsafe fn publish_shuffled(&mut self, guards: &mut (impl DynGuards + ?Sized)) {
        // Behind the lock order, those that need no lock.
        let mut channels = self.locks as usize;
        for index in 0..guards.len() {
            let guard = guards.guard(index);
            if guard.is_enabled()
                && let Some(guard) = guard.on_channel()
                && guard.lock().is_confined()
            {
                guards.set_order(channels, index);
                channels += 1;
            }
        }
        self.policy.shuffle(guards, self.locks as usize, channels, self.choice.get().addr());
        on_channels(guards, |_, guard| {
            // SAFETY: all locks are held.
            unsafe { guard.unlink() };
        });
        let choice = self.choice.get().cast_const();
        for place in 0..channels {
            let index = guards.order(place);
            // SAFETY: as in `publish`.
            let _told = unsafe { named(guards, index).publish(choice, index as u16) };
        }
    }

    /// Where the waker lies; see [`Choice`] for whose it is.
    pub(super) fn waker_place(&self) -> WakerPlace<'_> {
        WakerPlace::of(self.choice())
    }

    /// Polled while waiting.
    fn go_on(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        cx: &mut Context<'_>,
        spare: &mut Spare,
    ) -> Poll<Option<Chosen>> {
        let word = self.choice().state.get();
        if !word.is(Phase::Open) {
            return Poll::Ready(Some(self.decided(guards, &mut spare.after)));
        }
        let foreign_ready = self.has_foreign == Is::Yes && poll_foreign(guards, cx, true, |_| true);
        let id = id_of(cx.waker());
        let same_waker = self.waker.is_some_and(|own| own.0 == id.0 && core::ptr::eq(own.1, id.1));
        if word.is_notified() || !same_waker {
            return self.look_again(guards, cx.waker(), spare);
        }
        if foreign_ready { self.decide_foreign(guards, &mut spare.after) } else { Poll::Pending }
    }

    /// Passes 1 and 2 in place: told to, or with a new waker.
    fn look_again(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        waker: &Waker,
        spare: &mut Spare,
    ) -> Poll<Option<Chosen>> {
        let Spare { own, old, after } = spare;
        *own = Some(waker.clone());
        let looked = with_all_locks(guards, self.locks as usize, |guards| {
            let word = self.choice().state.get();
            if !word.is(Phase::Open) {
                return Looked::Decided;
            }
            if !word.is_notified() {
                // SAFETY: wait list, contract 4: open, not notified, all locks held.
                *old = Some(unsafe { self.waker_place().read() });
            }
            if let Some(index) = self.look(guards, false).candidate
                && let Some(mut chosen) = self.choose(guards, index, after)
            {
                chosen.has_left = true;
                self.choice().state.set(Word::CANCELLED);
                on_channels(guards, |_, guard| {
                    // SAFETY: all locks are held.
                    unsafe { guard.unlink() };
                });
                return Looked::Chosen(chosen);
            }
            if let Some(own) = own.take() {
                // SAFETY: wait list, contract 4: the old waker is out, all locks are held.
                unsafe { self.waker_place().write(own) };
            }
            self.choice().state.set(word.rearmed());
            let me = self.party();
            let mut tell = false;
            on_channels(guards, |_, guard| {
                // SAFETY: all locks are held.
                tell |= unsafe { guard.waits(me) };
            });
            Looked::Waits { tell }
        });
        match looked {
            Looked::Chosen(chosen) => {
                self.reset(guards, Some(chosen.index));
                Poll::Ready(self.finish(Some(chosen)))
            }
            Looked::Waits { tell } => {
                self.waker = Some(id_of(waker));
                if tell {
                    self.tell(guards, News::Waits);
                }
                Poll::Pending
            }
            _ => Poll::Ready(Some(self.decided(guards, after))),
        }
    }

    /// We decided ourselves, and are in no list.
    const fn finish(&mut self, chosen: Option<Chosen>) -> Option<Chosen> {
        self.stage = Stage::Finished;
        chosen
    }

    fn reset(&self, guards: &mut (impl DynGuards + ?Sized), but: Option<usize>) {
        on_channels(guards, |index, guard| {
            if Some(index) != but {
                // SAFETY: wait list, contract 1: nothing has been published, or all has left.
                unsafe { guard.reset() };
            }
        });
    }

    /// A guard without a channel is ready: it wins, unless a partner was faster.
    pub(super) fn decide_foreign(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        after: &mut After,
    ) -> Poll<Option<Chosen>> {
        let Ok(word) = self.cancel(guards) else {
            return Poll::Ready(Some(self.decided(guards, after)));
        };
        let _waker = self.cancelled_waker(word);
        // If a waker panics, all guards have left all the same.
        self.stage = Stage::Finished;
        lose(guards, usize::MAX);
        let chosen = self.choose_foreign(guards);
        Poll::Ready(Some(chosen.expect("a guard without a channel is ready")))
    }

    /// Pass 3 after a partner has decided, or is about to say so.
    fn decided(&mut self, guards: &mut (impl DynGuards + ?Sized), after: &mut After) -> Chosen {
        let index = usize::from(self.choice().state.get().index());
        if self.choice().state.get().is(Phase::Claimed) {
            // The claimer holds the lock of that channel until it has said `Done`; without this
            // a poll that was told, and then claimed elsewhere, would miss its wake-up.
            named(guards, index).wait_out();
        }
        let word = self.choice().state.get();
        debug_assert_eq!(word.phase(), Phase::Done);
        lose(guards, index);
        named(guards, index).collect(word.outcome(), after);
        self.stage = Stage::Finished;
        self.policy.served(index);
        Chosen { index, outcome: word.outcome(), has_left: false }
    }

    /// Arrow 3. A word that is decided by plain stores (choice, invariant 3) lies under one lock,
    /// where a partner may be about to claim it.
    fn cancel(&self, guards: &mut (impl DynGuards + ?Sized)) -> Result<Word, Word> {
        let state = &self.choice().state;
        if !state.get().is_sole() {
            return state.cancel();
        }
        let one = (self.locks as usize).min(1);
        with_all_locks(guards, one, |_| state.cancel())
    }

    /// The waker of a choice that we have just cancelled, when its word was `was`.
    fn cancelled_waker(&self, was: Word) -> Option<Waker> {
        // SAFETY: wait list, contract 4: cancelled by us, so the waker is ours if not taken.
        (!was.is_notified()).then(|| unsafe { self.waker_place().read() })
    }

    /// There is nothing to [`leave`](Self::leave).
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::New | Stage::Finished)
    }

    /// From the drop.
    #[cold]
    #[inline(never)]
    pub(super) fn leave(&mut self, guards: &mut (impl DynGuards + ?Sized)) {
        match mem::replace(&mut self.stage, Stage::Finished) {
            Stage::New | Stage::Finished => {}
            Stage::Looking => self.reset(guards, None),
            Stage::Waiting => {
                let linked = Linked;
                let cancelled = self.cancel(guards);
                linked.left();
                let _waker = cancelled.ok().and_then(|word| self.cancelled_waker(word));
                let leave = |_, guard: Pin<&mut dyn ChannelGuard>| guard.withdraw();
                Leaving { guards, next: 0, leave }.go_on();
            }
        }
    }

    /// Tells those whom it concerns that the choice waits, or that it has left.
    pub(super) fn tell(&self, guards: &mut (impl DynGuards + ?Sized), news: News) {
        let me = self.party();
        on_channels(guards, |_, guard| guard.tell(me, news));
    }

    /// Chooses among the guards without a channel.
    fn choose_foreign(&mut self, guards: &mut (impl DynGuards + ?Sized)) -> Option<Chosen> {
        let mut draw = self.policy.draw(guards.len(), self.choice.get().addr());
        for turn in 0..draw.turns() {
            if let Some(index) = draw.at(turn) {
                let guard = guards.guard(index);
                if guard.is_enabled() && guard.is_ready() {
                    draw.ready(index);
                }
            }
        }
        let index = draw.candidate()?;
        self.policy.served(index);
        Some(Chosen { index, outcome: Outcome::Moved, has_left: false })
    }

    /// Makes what was drawn happen. If its partner has been decided elsewhere meanwhile, draws
    /// again.
    fn choose(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        mut index: usize,
        after: &mut After,
    ) -> Option<Chosen> {
        loop {
            let outcome = match guards.guard(index).on_channel() {
                // SAFETY: all locks are held.
                Some(guard) => unsafe { guard.attempt(self.party(), after) },
                None => Some(Outcome::Moved),
            };
            if let Some(outcome) = outcome {
                self.policy.served(index);
                return Some(Chosen { index, outcome, has_left: false });
            }
            if self.stage == Stage::Looking {
                // A put has loaded its value for that.
                // SAFETY: wait list, contract 1: it is in no list.
                unsafe { named(guards, index).reset() };
            }
            index = self.look(guards, false).candidate?;
        }
    }
}

/// What pass 1 has seen.
struct Seen {
    yields: bool,
    /// The guard that the policy draws from what is ready.
    candidate: Option<usize>,
    /// The first guard with which too many would wait.
    crowded: Option<usize>,
}

/// The guard on a channel that a partner, or the lock order, has named.
pub(super) fn named(
    guards: &mut (impl DynGuards + ?Sized),
    index: usize,
) -> Pin<&mut dyn ChannelGuard> {
    guards.guard(index).on_channel().expect("only guards on channels are claimed, or locked")
}
