//! The part of an `alts` that does not depend on the types of its guards: the three passes.
//!
//! See the [module above](super) for the model and the invariants.

#![expect(unsafe_code, reason = "owns the choice whose contract wait_list states")]

use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, RawWakerVTable, Waker};

use super::guard::{ChannelGuard, Foreign, Mode, News};
use super::lock_order::{sort, with_all_locks};
use super::policy::Policy;
use super::set::DynGuards;
use crate::channel::state::After;
use crate::choice::{Choice, MAX_BRANCHES, Outcome, Phase, Word};
use crate::sync::HAS_COMPARE_AND_SWAP;
use crate::wait_list::{Aliased, Linked, Party, WakerPlace};

/// Who won, and what is left to do.
pub(super) struct Chosen {
    pub(super) index: usize,
    pub(super) outcome: Outcome,
    pub(super) after: After,
    /// The choice had waited and has left its lists by itself: others may go on.
    pub(super) has_left: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    New,
    /// The guards are branches of the choice, in no list.
    Looking,
    /// Published: the word says more.
    Waiting,
    Finished,
}

/// Wakers that a poll has no use for: the caller drops them, which is arbitrary code, when the
/// guards are as new and nothing depends on the poll's end any more.
pub(super) type Spare = [Option<Waker>; 2];

/// The part of an `alts` that does not depend on the types of its guards.
pub(super) struct Engine<'r> {
    choice: Aliased<Choice>,
    pub(super) policy: Policy<'r>,
    pub(super) stage: Stage,
    /// The identity of the waker in the choice, which itself belongs to whoever claims.
    waker: Option<WakerId>,
    pub(super) has_default: bool,
    /// There are guards without a channel.
    has_foreign: bool,
}

// SAFETY: the choice is built to be shared; the identity of a waker is only compared.
unsafe impl Send for Engine<'_> {}
// SAFETY: as above, and `&Engine` gives access to nothing.
unsafe impl Sync for Engine<'_> {}

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
            policy: Policy::Random(None),
            stage: Stage::New,
            waker: None,
            has_default: false,
            has_foreign: false,
        }
    }

    fn choice(&self) -> &Choice {
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
            Stage::Finished => panic!("an alts was polled after it had completed"),
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
        let Prepared { enabled, channels, sole } = self.prepare(guards);
        if enabled == 0 {
            assert!(
                self.has_default,
                "an alts has no guard that is switched on and no default, so it could never \
                 complete: give it a default, or make sure that one precondition holds"
            );
            return Poll::Ready(self.finish(guards, None));
        }
        self.has_foreign = enabled > channels;
        if self.has_foreign {
            poll_foreign(guards, cx, false, |_| true);
        }
        // Cloned before any lock, for that is arbitrary code.
        let [own, _] = spare;
        *own = (!self.has_default).then(|| cx.waker().clone());
        let looked = with_all_locks(guards, channels, |guards| {
            if !self.has_default && must_yield(guards) {
                return Looked::Yield;
            }
            if let Some(chosen) = self.choose(guards, true) {
                return Looked::Chosen(chosen);
            }
            if self.has_default {
                return Looked::Default;
            }
            if let Some(chosen) = crowded(guards) {
                return Looked::Chosen(chosen);
            }
            // SAFETY: passed on to the caller; all locks are held, and nothing is ready.
            let tell = unsafe { self.publish(guards, own.take(), channels, sole) };
            Looked::Waits { tell }
        });
        match looked {
            Looked::Chosen(chosen) => Poll::Ready(self.finish(guards, Some(chosen))),
            Looked::Yield => {
                self.stage = Stage::New;
                self.reset(guards, None);
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Looked::Waits { tell } => {
                self.waker = Some(id_of(cx.waker()));
                if tell {
                    self.tell(guards, News::Waits);
                }
                // Nothing is ready, so the timers are armed, and futures asked once more.
                let ready = self.has_foreign && poll_foreign(guards, cx, true, |_| true);
                if ready { self.decide_foreign(guards) } else { Poll::Pending }
            }
            Looked::Default | Looked::Decided => Poll::Ready(self.finish(guards, None)),
        }
    }

    /// Pass 2; whether some put has to tell takes about itself.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll); all locks are held.
    unsafe fn publish(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        waker: Option<Waker>,
        channels: usize,
        sole: bool,
    ) -> bool {
        if let Some(waker) = waker {
            // SAFETY: wait list, contract 4: unpublished, so the waker's place is ours.
            unsafe { self.waker_place().write(waker) };
        }
        self.stage = Stage::Waiting;
        self.choice().state.set(Word::open(sole));
        let me = self.party();
        let mut tell = false;
        self.policy.in_turn(guards, channels, |guards, index| {
            let guard = guards.guard(index);
            if guard.is_enabled()
                && let Some(guard) = guard.on_channel()
            {
                // SAFETY: wait list, contracts 1, 2 and 7: pinned, all locks held, and `leave`
                // unlinks before the choice is freed.
                tell |= unsafe { guard.publish(me) };
            }
        });
        tell
    }

    /// Where the waker lies; see [`Choice`] for whose it is.
    fn waker_place(&self) -> WakerPlace<'_> {
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
            return Poll::Ready(Some(self.decided(guards)));
        }
        let foreign_ready = self.has_foreign && poll_foreign(guards, cx, true, |_| true);
        let id = id_of(cx.waker());
        let same_waker = self.waker.is_some_and(|own| own.0 == id.0 && core::ptr::eq(own.1, id.1));
        if word.is_notified() || !same_waker {
            return self.look_again(guards, cx.waker(), spare);
        }
        if foreign_ready { self.decide_foreign(guards) } else { Poll::Pending }
    }

    /// Passes 1 and 2 in place: told to, or with a new waker.
    fn look_again(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        waker: &Waker,
        spare: &mut Spare,
    ) -> Poll<Option<Chosen>> {
        let [own, old] = spare;
        *own = Some(waker.clone());
        let channels = count_channels(guards);
        let looked = with_all_locks(guards, channels, |guards| {
            let word = self.choice().state.get();
            if !word.is(Phase::Open) {
                return Looked::Decided;
            }
            if !word.is_notified() {
                // SAFETY: wait list, contract 4: open, not notified, all locks held.
                *old = Some(unsafe { self.waker_place().read() });
            }
            if let Some(mut chosen) = self.choose(guards, true) {
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
            Looked::Chosen(chosen) => Poll::Ready(self.finish(guards, Some(chosen))),
            Looked::Waits { tell } => {
                self.waker = Some(id_of(waker));
                if tell {
                    self.tell(guards, News::Waits);
                }
                Poll::Pending
            }
            _ => Poll::Ready(Some(self.decided(guards))),
        }
    }

    /// We decided ourselves, and are in no list.
    fn finish(
        &mut self,
        guards: &mut (impl DynGuards + ?Sized),
        chosen: Option<Chosen>,
    ) -> Option<Chosen> {
        self.stage = Stage::Finished;
        self.reset(guards, chosen.as_ref().map(|chosen| chosen.index));
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
    fn decide_foreign(&mut self, guards: &mut (impl DynGuards + ?Sized)) -> Poll<Option<Chosen>> {
        let Ok(word) = self.cancel(guards) else {
            return Poll::Ready(Some(self.decided(guards)));
        };
        let _waker = self.cancelled_waker(word);
        // If a waker panics, all guards have left all the same.
        self.stage = Stage::Finished;
        withdraw(guards, usize::MAX, Mode::Lost);
        let chosen = self.choose(guards, false);
        Poll::Ready(Some(chosen.expect("a guard without a channel is ready")))
    }

    /// Pass 3 after a partner has decided, or is about to say so.
    fn decided(&mut self, guards: &mut (impl DynGuards + ?Sized)) -> Chosen {
        let index = usize::from(self.choice().state.get().index());
        if self.choice().state.get().is(Phase::Claimed) {
            // The claimer holds the lock of that channel until it has said `Done`; without this
            // a poll that was told, and then claimed elsewhere, would miss its wake-up.
            named(guards, index).wait_out();
        }
        let word = self.choice().state.get();
        debug_assert_eq!(word.phase(), Phase::Done);
        withdraw(guards, index, Mode::Lost);
        let mut after = After::default();
        named(guards, index).collect(word.outcome(), &mut after);
        self.stage = Stage::Finished;
        self.policy.served(index);
        Chosen { index, outcome: word.outcome(), after, has_left: false }
    }

    /// Arrow 3. A word that is decided by plain stores (choice, invariant 3) lies under one lock,
    /// where a partner may be about to claim it.
    fn cancel(&self, guards: &mut (impl DynGuards + ?Sized)) -> Result<Word, Word> {
        let state = &self.choice().state;
        if !state.get().is_sole() {
            return state.cancel();
        }
        let channels = count_channels(guards).min(1);
        with_all_locks(guards, channels, |_| state.cancel())
    }

    /// The waker of a choice that we have just cancelled, when its word was `was`.
    fn cancelled_waker(&self, was: Word) -> Option<Waker> {
        // SAFETY: wait list, contract 4: cancelled by us, so the waker is ours if not taken.
        (!was.is_notified()).then(|| unsafe { self.waker_place().read() })
    }

    /// From the drop.
    pub(super) fn leave(&mut self, guards: &mut (impl DynGuards + ?Sized)) {
        match mem::replace(&mut self.stage, Stage::Finished) {
            Stage::New | Stage::Finished => {}
            Stage::Looking => self.reset(guards, None),
            Stage::Waiting => {
                let linked = Linked;
                let cancelled = self.cancel(guards);
                linked.left();
                let _waker = cancelled.ok().and_then(|word| self.cancelled_waker(word));
                withdraw(guards, usize::MAX, Mode::Dropped);
            }
        }
    }

    /// Tells those whom it concerns that the choice waits, or that it has left.
    pub(super) fn tell(&self, guards: &mut (impl DynGuards + ?Sized), news: News) {
        let me = self.party();
        on_channels(guards, |_, guard| guard.tell(me, news));
    }

    /// Makes each guard a branch of the choice and puts the channels in lock order.
    fn prepare(&mut self, guards: &mut (impl DynGuards + ?Sized)) -> Prepared {
        let len = guards.len();
        assert!(
            len <= MAX_BRANCHES,
            "an alts has {len} guards, more than the {MAX_BRANCHES} that it can tell apart"
        );
        let mut prepared = Prepared { enabled: 0, channels: 0, sole: true };
        let (mut confined, mut same) = (true, true);
        let (mut in_order, mut shared, mut last) = (true, false, None);
        for index in 0..len {
            let guard = guards.guard(index);
            if !guard.is_enabled() {
                continue;
            }
            prepared.enabled += 1;
            let Some(mut guard) = guard.on_channel() else { continue };
            let key = guard.lock().key();
            confined &= guard.lock().is_confined();
            // SAFETY: wait list, contract 7: the choice is pinned, and `leave` unlinks.
            unsafe { guard.as_mut().join(self.choice.get(), index as u16) };
            if let Some(last) = last {
                same &= last == key;
                in_order &= last <= key;
                shared |= last == key;
            }
            last = Some(key);
            guards.set_order(prepared.channels, index);
            prepared.channels += 1;
        }
        if !in_order {
            shared = sort(guards, prepared.channels);
        }
        if shared {
            self.policy.shuffle(guards, prepared.channels, self.choice.get().addr());
        }
        prepared.sole = confined || same;
        assert!(
            prepared.sole || HAS_COMPARE_AND_SWAP,
            "this CPU has no compare-and-swap, so all channels of an alts have to share one \
             lock: use the lock `CriticalSection`, or enable the feature `critical-section`"
        );
        prepared
    }

    /// Lets the policy pick among what is ready; with `channels`, all locks are held.
    fn choose<S: DynGuards + ?Sized>(&mut self, guards: &mut S, channels: bool) -> Option<Chosen> {
        let me = Party::of_choice(self.choice.get());
        let address = self.choice.get().addr();
        let mut after = After::default();
        let ready = |guards: &mut S, index: usize| {
            let guard = guards.guard(index);
            if !guard.is_enabled() || guard.is_ready() {
                return guard.is_enabled();
            }
            // SAFETY: all locks are held.
            channels && guard.on_channel().is_some_and(|guard| unsafe { guard.is_ready(me) })
        };
        let attempt = |guards: &mut S, index: usize| {
            if !ready(guards, index) {
                return None;
            }
            let outcome = match guards.guard(index).on_channel() {
                // SAFETY: all locks are held.
                Some(guard) => unsafe { guard.attempt(me, &mut after) }?,
                None => Outcome::Moved,
            };
            Some((index, outcome))
        };
        let (index, outcome) = self.policy.pick(guards, address, ready, attempt)?;
        Some(Chosen { index, outcome, after, has_left: false })
    }
}

struct Prepared {
    enabled: usize,
    channels: usize,
    /// One lock guards the whole choice, or one thread is all that can reach it.
    sole: bool,
}

/// Pass 3 for all guards but one.
fn withdraw(guards: &mut (impl DynGuards + ?Sized), but: usize, mode: Mode) {
    let mut withdrawal = Withdrawal { guards, next: 0, but, mode };
    withdrawal.go_on();
}

/// The guards that have not left yet. They leave even if a waker panics that one of them wakes, for
/// the choice may be freed next.
struct Withdrawal<'g, S: DynGuards + ?Sized> {
    guards: &'g mut S,
    next: usize,
    but: usize,
    mode: Mode,
}

impl<S: DynGuards + ?Sized> Withdrawal<'_, S> {
    fn go_on(&mut self) {
        while self.next < self.guards.len() {
            let index = self.next;
            self.next += 1;
            let guard = self.guards.guard(index);
            if index != self.but
                && guard.is_enabled()
                && let Some(guard) = guard.on_channel()
            {
                guard.withdraw(self.mode);
            }
        }
    }
}

impl<S: DynGuards + ?Sized> Drop for Withdrawal<'_, S> {
    fn drop(&mut self) {
        self.go_on();
    }
}

/// The guard on a channel that a partner, or the lock order, has named.
pub(super) fn named(
    guards: &mut (impl DynGuards + ?Sized),
    index: usize,
) -> Pin<&mut dyn ChannelGuard> {
    guards.guard(index).on_channel().expect("only guards on channels are claimed, or locked")
}

/// Runs `f` on each guard that is enabled and on a channel.
fn on_channels(
    guards: &mut (impl DynGuards + ?Sized),
    mut f: impl FnMut(usize, Pin<&mut dyn ChannelGuard>),
) {
    for index in 0..guards.len() {
        let guard = guards.guard(index);
        if guard.is_enabled()
            && let Some(guard) = guard.on_channel()
        {
            f(index, guard);
        }
    }
}

fn count_channels(guards: &mut (impl DynGuards + ?Sized)) -> usize {
    let mut channels = 0;
    on_channels(guards, |_, _| channels += 1);
    channels
}

fn must_yield(guards: &mut (impl DynGuards + ?Sized)) -> bool {
    let mut yields = false;
    on_channels(guards, |_, guard| {
        // SAFETY: all locks are held.
        yields |= unsafe { guard.must_yield() };
    });
    yields
}

fn crowded(guards: &mut (impl DynGuards + ?Sized)) -> Option<Chosen> {
    let mut chosen = None;
    on_channels(guards, |index, guard| {
        // SAFETY: all locks are held.
        if let Some(outcome) = unsafe { guard.crowded() } {
            chosen.get_or_insert(Chosen {
                index,
                outcome,
                after: After::default(),
                has_left: false,
            });
        }
    });
    chosen
}

/// Polls the guards without a channel that are `wanted`; whether one of them is ready. Of several
/// timers that have expired, only the one with the earliest deadline counts.
pub(super) fn poll_foreign(
    guards: &mut (impl DynGuards + ?Sized),
    cx: &mut Context<'_>,
    wait: bool,
    wanted: impl Fn(usize) -> bool,
) -> bool {
    let mut any = false;
    let mut earliest = None;
    for index in 0..guards.len() {
        let guard = guards.guard(index);
        if !guard.is_enabled() || !wanted(index) {
            continue;
        }
        match guard.poll_foreign(cx, wait) {
            Foreign::Pending => {}
            Foreign::Ready => any = true,
            Foreign::Overdue(by) => {
                any = true;
                match earliest {
                    Some((most, _)) if by <= most => guards.guard(index).not_ready(),
                    Some((_, other)) => {
                        guards.guard(other).not_ready();
                        earliest = Some((by, index));
                    }
                    None => earliest = Some((by, index)),
                }
            }
        }
    }
    any
}
