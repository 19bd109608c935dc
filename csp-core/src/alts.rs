//! Choice: one of several puts, takes, timeouts and futures, atomically.
//!
//! *Model.* An [`Alts`] owns its guards and one [`Choice`]; each channel guard is a wait node that
//! points to the choice. Guards without a channel (skip, timeouts, futures) are polled by the
//! owner, without a lock.
//!
//! *Passes*, named as in Go's `select`:
//! 1. **Look**, with the locks of all channels held, taken in order of rank and address, one lock
//!    once ([`lock_all`]). If something is ready, the policy picks, and it is done.
//! 2. **Publish**: nothing is ready, so all nodes go into their lists and the word opens; then the
//!    locks are freed. From here on the choice is passive: a partner claims it, or tells it to
//!    look again, which it does in place, with all locks held.
//! 3. **Withdraw**: the losers leave their lists, each under its own lock.
//!
//! *Invariants.*
//! 1. A choice is in all its lists, or in none, whenever one of its locks is free.
//! 2. More than one lock is held in `lock_all` only, and always in ascending order.
//! 3. A guard that loses is as it was: a put has its value back, a future keeps its output.
//!
//! *Cancellation*: dropped before it was polled: nothing. Dropped while it waits: the word is
//! cancelled, each guard leaves its list; if a partner has decided meanwhile, a take that was
//! given a value puts it back, a put was accepted.
//!
//! *Source*: Go's `select` (lock order, passes), JCSP (priority and fair choice), core.async
//! (`alts!`, puts as branches).

#![expect(unsafe_code, reason = "owns the choice whose contract wait_list states")]

use core::fmt;
use core::marker::PhantomPinned;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::task::{Context, Poll, RawWakerVTable, Waker};

use futures_core::FusedFuture;

use crate::channel::state::After;
use crate::choice::{Choice, MAX_BRANCHES, Outcome, Phase, Word};
use crate::lock::{AnyLock, LockKey};
use crate::sync::HAS_COMPARE_AND_SWAP;
use crate::wait_list::{Aliased, Party};

mod foreign;
mod guard;
mod macros;
mod policy;
mod set;
mod slice;

pub use foreign::{FutureGuard, KeptFuture, Skip, future, skip};
pub use guard::{Guard, IntoGuard, Optional};
pub use policy::Rotation;
pub use set::{
    Guards, IntoGuards, Selected1, Selected2, Selected3, Selected4, Selected5, Selected6,
    Selected7, Selected8,
};
pub use slice::{Branch, BranchOutcome, Branches};

#[cfg(feature = "alloc")]
pub(crate) use guard::pass_on;
pub(crate) use guard::{Foreign, Mode, RawGuard};
use policy::{Policy, Random};
use set::DynGuards;

/// Chooses one of several guards: the first that is ready, or can be met, happens; no other does.
///
/// Guards are takes ([`Channel::take`](crate::Channel::take)), puts
/// ([`put_from`](crate::Channel::put_from)), ends of channels ([`closed`](crate::Channel::closed)),
/// timeouts, [`skip`], and pinned futures ([`future()`]). They come as a tuple, an array, or pinned
/// [`Branches`]; the result names the guard and carries its outcome. A `None` in place of a guard
/// is a guard that is switched off.
///
/// Completes when one guard has happened. A channel that is closed or poisoned is ready: its
/// outcome is the error. The macro [`alts!`](crate::alts!) is the form with patterns and bodies.
///
/// Costs O(guards): each choice looks at all of them under all their locks, and if it waits,
/// leaves all but one of their lists. Nothing is allocated.
///
/// # Cancel safety
///
/// Nothing is lost. Dropped, or lost by a guard: a put's value is in the caller's `Option`, a
/// future's output in its guard; a value that a take was given goes to the next take.
///
/// # Fairness
///
/// Uniformly random among what is ready. See [`Alts::priority`] and [`Alts::fair`].
///
/// # Panics
///
/// If all guards are switched off and there is no default; if there are more than 65,536 guards;
/// where the CPU has no compare-and-swap, and without the feature `critical-section`, if the
/// guards have locks that do not exclude each other.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, Selected2, alts, block_on, buffer::Fixed, lock::StdLock};
///
/// let numbers = Channel::<u32, Fixed<1>, StdLock>::new();
/// let words = Channel::<&str, Fixed<1>, StdLock>::new();
/// words.try_put("full").unwrap();
/// numbers.try_put(1).unwrap();
/// let mut word = Some("lost?");
///
/// block_on(async {
///     // The channel of words is full, so only the take can happen.
///     match alts((numbers.take(), words.put_from(&mut word))).await {
///         Selected2::First(number) => assert_eq!(number, Ok(1)),
///         Selected2::Second(_) => unreachable!(),
///     }
/// });
/// assert_eq!(word, Some("lost?"));
/// ```
pub fn alts<'r, S: IntoGuards>(guards: S) -> Alts<'r, S::Guards> {
    Alts {
        guards: guards.into_guards(),
        order: Default::default(),
        engine: Engine {
            choice: Aliased::new(Choice::new()),
            policy: Policy::Random(None),
            stage: Stage::New,
            waker: None,
            has_default: false,
        },
        _pinned: PhantomPinned,
    }
}

/// The future of [`alts()`](crate::alts()).
#[must_use = "a choice does nothing unless it is awaited"]
pub struct Alts<'r, S: Guards> {
    guards: S,
    order: S::Order,
    engine: Engine<'r>,
    _pinned: PhantomPinned,
}

/// The future of a choice that does not wait: [`Alts::or_default`].
#[must_use = "a choice does nothing unless it is awaited"]
pub struct AltsOrDefault<'r, S: Guards>(Alts<'r, S>);

impl<'r, S: Guards> Alts<'r, S> {
    /// Takes the first guard in order that is ready, in place of a random one.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, alts, block_on, buffer::Fixed, lock::StdLock};
    ///
    /// let channels: [Channel<usize, Fixed<1>, StdLock>; 3] = Default::default();
    /// channels[1].try_put(1).unwrap();
    /// channels[2].try_put(2).unwrap();
    /// let takes = [0, 1, 2].map(|i| channels[i].take());
    /// assert_eq!(block_on(alts(takes).priority()), (1, Ok(1)));
    /// ```
    pub fn priority(mut self) -> Self {
        self.engine.policy = Policy::Priority;
        self
    }

    /// Takes the ready guard that was chosen longest ago, which `rotation` remembers.
    ///
    /// No ready guard waits while another is served twice.
    ///
    /// *Source*: JCSP's `fairSelect`.
    ///
    /// # Panics
    ///
    /// When awaited, if there are more guards than the rotation has places.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, Rotation, alts, block_on, buffer::Fixed, lock::StdLock};
    ///
    /// let channels: [Channel<usize, Fixed<4>, StdLock>; 2] = Default::default();
    /// for n in 0..4 {
    ///     channels[0].try_put(n).unwrap();
    ///     channels[1].try_put(n).unwrap();
    /// }
    /// let mut turns = Rotation::<2>::new();
    /// let mut served = Vec::new();
    /// for _ in 0..4 {
    ///     let takes = [channels[0].take(), channels[1].take()];
    ///     served.push(block_on(alts(takes).fair(&mut turns)).0);
    /// }
    /// assert_eq!(served, [0, 1, 0, 1]);
    /// ```
    pub fn fair<'n, const N: usize>(self, rotation: &'n mut Rotation<N>) -> Alts<'n, S>
    where
        'r: 'n,
    {
        let mut this: Alts<'n, S> = self;
        this.engine.policy = Policy::Fair(rotation.places());
        this
    }

    /// Seeds the random choice, so that a test can repeat it.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{alts, block_on, skip};
    ///
    /// let choose = |seed| block_on(alts([skip(), skip(), skip()]).seed(seed)).0;
    /// assert_eq!(choose(7), choose(7));
    /// ```
    pub fn seed(mut self, seed: u32) -> Self {
        self.engine.policy = Policy::Random(Some(Random::seeded(seed)));
        self
    }

    /// Does not wait: if nothing is ready at this instant, the result is `None`.
    ///
    /// It sees one instant of all its channels: if at every moment one of them is ready, the
    /// result is never `None`. A closed or poisoned channel is ready.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, alts, block_on, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// assert_eq!(block_on(alts([channel.take()]).or_default()), None);
    /// channel.close();
    /// assert!(block_on(alts([channel.take()]).or_default()).is_some());
    /// ```
    pub fn or_default(mut self) -> AltsOrDefault<'r, S> {
        self.engine.has_default = true;
        AltsOrDefault(self)
    }

    /// As [`or_default`](Self::or_default), at once, outside of a process.
    ///
    /// Futures among the guards are polled once, with a waker that does nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, alts, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    /// channel.try_put(1).unwrap();
    /// assert_eq!(alts([channel.take()]).try_now(), Some((0, Ok(1))));
    /// assert_eq!(alts([channel.take()]).try_now(), None);
    /// ```
    pub fn try_now(self) -> Option<S::Selected> {
        let choice = core::pin::pin!(self.or_default());
        match choice.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(selected) => selected,
            Poll::Pending => unreachable!("a choice with a default does not wait"),
        }
    }

    fn poll_choice(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Selected>> {
        // SAFETY: the guards stay where they are, and are pinned again below; the choice is an
        // `Aliased` that is only reached through `&`.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        let mut guards = unsafe { Pin::new_unchecked(&mut this.guards) };
        let mut parts = set::Parts { guards: guards.as_mut(), order: &mut this.order };
        // SAFETY: the choice is pinned with `this`, whose drop withdraws.
        let chosen = unsafe { this.engine.poll(&mut parts, cx) };
        let Poll::Ready(chosen) = chosen else { return Poll::Pending };
        Poll::Ready(chosen.map(|Chosen { index, outcome, after }| {
            let me = this.engine.party();
            guards.selected(index, outcome, me, after)
        }))
    }
}

impl<S: Guards> Future for Alts<'_, S> {
    type Output = S::Selected;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_choice(cx).map(|chosen| chosen.expect("without a default something is chosen"))
    }
}

impl<S: Guards> FusedFuture for Alts<'_, S> {
    fn is_terminated(&self) -> bool {
        self.engine.stage == Stage::Finished
    }
}

impl<S: Guards> Future for AltsOrDefault<'_, S> {
    type Output = Option<S::Selected>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the only field is pinned with `self`.
        unsafe { self.map_unchecked_mut(|this| &mut this.0) }.poll_choice(cx)
    }
}

impl<S: Guards> FusedFuture for AltsOrDefault<'_, S> {
    fn is_terminated(&self) -> bool {
        self.0.is_terminated()
    }
}

impl<S: Guards> Drop for Alts<'_, S> {
    fn drop(&mut self) {
        // SAFETY: a value that is being dropped is not moved any more.
        let guards = unsafe { Pin::new_unchecked(&mut self.guards) };
        let mut parts = set::Parts { guards, order: &mut self.order };
        self.engine.leave(&mut parts);
    }
}

impl<S: Guards> fmt::Debug for Alts<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alts").field("stage", &self.engine.stage).finish_non_exhaustive()
    }
}

impl<S: Guards> fmt::Debug for AltsOrDefault<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who won, and what is left to do.
struct Chosen {
    index: usize,
    outcome: Outcome,
    after: After,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    /// Published: the word says more.
    Waiting,
    Finished,
}

/// The part of an `alts` that does not depend on the types of its guards.
struct Engine<'r> {
    choice: Aliased<Choice>,
    policy: Policy<'r>,
    stage: Stage,
    /// The identity of the waker in the choice, which itself belongs to whoever claims.
    waker: Option<(*const (), &'static RawWakerVTable)>,
    has_default: bool,
}

// SAFETY: the choice is built to be shared; the identity of a waker is only compared.
unsafe impl Send for Engine<'_> {}
// SAFETY: as above, and `&Engine` gives access to nothing.
unsafe impl Sync for Engine<'_> {}

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
    fn choice(&self) -> &Choice {
        // SAFETY: wait list, contract 6: the choice has atomic and cell fields only, so a shared
        // reference to it is no claim on them.
        unsafe { &*self.choice.get() }
    }

    fn party(&self) -> Party {
        Party::of_choice(self.choice.get())
    }

    /// # Safety
    ///
    /// `self` and the guards are pinned, and [`leave`](Self::leave) runs before they are freed.
    unsafe fn poll(
        &mut self,
        guards: &mut dyn DynGuards,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Chosen>> {
        match self.stage {
            Stage::Finished => panic!("an alts was polled after it had completed"),
            // SAFETY: passed on to the caller.
            Stage::New => unsafe { self.begin(guards, cx) },
            Stage::Waiting => self.go_on(guards, cx),
        }
    }

    /// Passes 1 and 2.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    unsafe fn begin(
        &mut self,
        guards: &mut dyn DynGuards,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Chosen>> {
        let Prepared { enabled, channels, sole } = self.prepare(guards);
        if enabled == 0 {
            assert!(
                self.has_default,
                "an alts has no guard that is switched on and no default, so it could never \
                 complete: give it a default, or make sure that one precondition holds"
            );
            self.stage = Stage::Finished;
            return Poll::Ready(None);
        }
        let foreign_ready = poll_foreign(guards, cx, false);
        // Cloned before any lock, for that is arbitrary code.
        let mut waker = (!self.has_default).then(|| cx.waker().clone());
        self.waker = waker.as_ref().map(|waker| (waker.data(), waker.vtable()));
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
            if let Some(waker) = waker.take() {
                // SAFETY: wait list, contract 4: unpublished, so the waker's place is ours.
                unsafe { (*self.choice().waker.get()).write(waker) };
            }
            self.choice().state.set(Word::open(sole));
            let me = self.party();
            let mut tell = false;
            for index in 0..guards.len() {
                // SAFETY: wait list, contracts 1, 2 and 7: pinned, all locks held, and `leave`
                // unlinks before the choice is freed.
                tell |= unsafe { guards.guard(index).publish(me) };
            }
            Looked::Waits { tell }
        });
        debug_assert!(!foreign_ready || !matches!(looked, Looked::Waits { .. } | Looked::Default));
        drop(waker);
        match looked {
            Looked::Chosen(chosen) => {
                for index in 0..guards.len() {
                    if index != chosen.index {
                        guards.guard(index).reset();
                    }
                }
                self.stage = Stage::Finished;
                Poll::Ready(Some(chosen))
            }
            Looked::Yield => {
                cx.waker().wake_by_ref();
                for index in 0..guards.len() {
                    guards.guard(index).reset();
                }
                Poll::Pending
            }
            Looked::Waits { tell } => {
                self.stage = Stage::Waiting;
                self.tell(guards, tell);
                // Nothing is ready, so the timers are armed, and futures asked for once more.
                if poll_foreign(guards, cx, true) {
                    self.decide_foreign(guards)
                } else {
                    Poll::Pending
                }
            }
            Looked::Default | Looked::Decided => {
                for index in 0..guards.len() {
                    guards.guard(index).reset();
                }
                self.stage = Stage::Finished;
                Poll::Ready(None)
            }
        }
    }

    /// Polled while waiting.
    fn go_on(&mut self, guards: &mut dyn DynGuards, cx: &mut Context<'_>) -> Poll<Option<Chosen>> {
        let word = self.choice().state.get();
        if word.phase() != Phase::Open {
            return Poll::Ready(Some(self.decided(guards)));
        }
        let foreign_ready = poll_foreign(guards, cx, true);
        let id = (cx.waker().data(), cx.waker().vtable());
        let same_waker = self.waker.is_some_and(|own| own.0 == id.0 && core::ptr::eq(own.1, id.1));
        if word.is_notified() || !same_waker {
            return self.look_again(guards, cx.waker());
        }
        if foreign_ready { self.decide_foreign(guards) } else { Poll::Pending }
    }

    /// Passes 1 and 2 in place: told to, or with a new waker.
    fn look_again(&mut self, guards: &mut dyn DynGuards, waker: &Waker) -> Poll<Option<Chosen>> {
        let mut own = Some(waker.clone());
        let mut old = None;
        let channels = count_channels(guards);
        let looked = with_all_locks(guards, channels, |guards| {
            let word = self.choice().state.get();
            if word.phase() != Phase::Open {
                return Looked::Decided;
            }
            let place = self.choice().waker.get();
            if !word.is_notified() {
                // SAFETY: wait list, contract 4: open, not notified, all locks held.
                old = Some(unsafe { (*place).assume_init_read() });
            }
            if let Some(chosen) = self.choose(guards, true) {
                self.choice().state.set(Word::CANCELLED);
                for index in 0..guards.len() {
                    // SAFETY: all locks are held.
                    unsafe { guards.guard(index).unlink() };
                }
                return Looked::Chosen(chosen);
            }
            if let Some(own) = own.take() {
                // SAFETY: wait list, contract 4: the old waker is out, all locks are held.
                unsafe { place.write(MaybeUninit::new(own)) };
            }
            self.choice().state.set(word.rearmed());
            let me = self.party();
            let mut tell = false;
            for index in 0..guards.len() {
                // SAFETY: all locks are held.
                tell |= unsafe { guards.guard(index).waits(me) };
            }
            Looked::Waits { tell }
        });
        drop(old);
        match looked {
            Looked::Chosen(chosen) => {
                drop(own);
                for index in 0..guards.len() {
                    if index != chosen.index {
                        guards.guard(index).reset();
                    }
                }
                self.stage = Stage::Finished;
                Poll::Ready(Some(chosen))
            }
            Looked::Waits { tell } => {
                self.waker = Some((waker.data(), waker.vtable()));
                self.tell(guards, tell);
                Poll::Pending
            }
            _ => Poll::Ready(Some(self.decided(guards))),
        }
    }

    /// A guard without a channel is ready: it wins, unless a partner was faster.
    fn decide_foreign(&mut self, guards: &mut dyn DynGuards) -> Poll<Option<Chosen>> {
        let Ok(word) = self.choice().state.cancel() else {
            return Poll::Ready(Some(self.decided(guards)));
        };
        // SAFETY: wait list, contract 4: cancelled by us, so the waker is ours if not taken.
        let waker = (!word.is_notified())
            .then(|| unsafe { (*self.choice().waker.get()).assume_init_read() });
        self.withdraw(guards, usize::MAX, Mode::Lost);
        drop(waker);
        self.stage = Stage::Finished;
        let chosen = self.choose(guards, false);
        Poll::Ready(Some(chosen.expect("a guard without a channel is ready")))
    }

    /// Pass 3 after a partner has decided, or is about to say so.
    fn decided(&mut self, guards: &mut dyn DynGuards) -> Chosen {
        let index = usize::from(self.choice().state.get().index());
        if self.choice().state.get().phase() == Phase::Claimed {
            // The claimer holds the lock of that channel until it has said `Done`; without this
            // a poll that was told, and then claimed elsewhere, would miss its wake-up.
            guards.guard(index).wait_out();
        }
        let word = self.choice().state.get();
        debug_assert_eq!(word.phase(), Phase::Done);
        self.withdraw(guards, index, Mode::Lost);
        let mut after = After::default();
        guards.guard(index).collect(word.outcome(), &mut after);
        self.stage = Stage::Finished;
        Chosen { index, outcome: word.outcome(), after }
    }

    /// Pass 3 for all guards but one.
    fn withdraw(&self, guards: &mut dyn DynGuards, but: usize, mode: Mode) {
        for index in 0..guards.len() {
            if index != but {
                guards.guard(index).withdraw(mode);
            }
        }
    }

    /// From the drop.
    fn leave(&mut self, guards: &mut dyn DynGuards) {
        if self.stage != Stage::Waiting {
            return;
        }
        self.stage = Stage::Finished;
        let waker = match self.choice().state.cancel() {
            // SAFETY: wait list, contract 4: cancelled by us, so the waker is ours if not taken.
            Ok(word) if !word.is_notified() => {
                Some(unsafe { (*self.choice().waker.get()).assume_init_read() })
            }
            _ => None,
        };
        self.withdraw(guards, usize::MAX, Mode::Dropped);
        drop(waker);
    }

    fn tell(&self, guards: &mut dyn DynGuards, tell: bool) {
        if tell {
            let me = self.party();
            for index in 0..guards.len() {
                guards.guard(index).tell(me);
            }
        }
    }

    /// Makes each guard a branch of the choice and puts the channels in lock order.
    fn prepare(&self, guards: &mut dyn DynGuards) -> Prepared {
        let len = guards.len();
        assert!(
            len <= MAX_BRANCHES,
            "an alts has {len} guards, more than the {MAX_BRANCHES} that it can tell apart"
        );
        let mut prepared = Prepared { enabled: 0, channels: 0, sole: true };
        for index in 0..len {
            let mut guard = guards.guard(index);
            if !guard.is_enabled() {
                continue;
            }
            prepared.enabled += 1;
            let Some(lock) = guard.lock() else { continue };
            let (key, is_sole) = (lock.key(), lock.is_sole());
            // SAFETY: wait list, contract 7: the choice is pinned, and `leave` unlinks.
            unsafe { guard.as_mut().join(self.choice.get(), index as u16) };
            if prepared.channels > 0 {
                let first = guards.order(0);
                let first = key_of(guards, first);
                let same = first == key || (is_sole && first.0 == key.0);
                prepared.sole &= same;
            }
            insert_in_order(guards, prepared.channels, index, key);
            prepared.channels += 1;
        }
        assert!(
            prepared.sole || HAS_COMPARE_AND_SWAP,
            "this CPU has no compare-and-swap, so all channels of an alts have to share one \
             lock: use the lock `CriticalSection`, or enable the feature `critical-section`"
        );
        prepared
    }

    /// Lets the policy pick among what is ready; with `channels`, all locks are held.
    fn choose(&mut self, guards: &mut dyn DynGuards, channels: bool) -> Option<Chosen> {
        let me = Party::of_choice(self.choice.get());
        let address = self.choice.get().addr();
        let mut after = After::default();
        let ready = |guards: &mut dyn DynGuards, index: usize| {
            let guard = guards.guard(index);
            // SAFETY: all locks are held, or the guard has none.
            guard.is_enabled()
                && (channels || guard.lock().is_none())
                && unsafe { guard.is_ready(me) }
        };
        let attempt = |guards: &mut dyn DynGuards, index: usize| {
            if !ready(guards, index) {
                return None;
            }
            // SAFETY: all locks are held, or the guard has none.
            let outcome = unsafe { guards.guard(index).attempt(me, &mut after) }?;
            Some((index, outcome))
        };
        let (index, outcome) = self.policy.pick(guards, address, ready, attempt)?;
        Some(Chosen { index, outcome, after })
    }
}

struct Prepared {
    enabled: usize,
    channels: usize,
    /// One lock, or one flavour whose locks exclude each other, guards the whole choice.
    sole: bool,
}

fn key_of(guards: &mut dyn DynGuards, index: usize) -> LockKey {
    guards.guard(index).lock().map_or((0, 0), AnyLock::key)
}

fn count_channels(guards: &mut dyn DynGuards) -> usize {
    (0..guards.len())
        .filter(|&index| {
            let guard = guards.guard(index);
            guard.is_enabled() && guard.lock().is_some()
        })
        .count()
}

/// One step of an insertion sort over the first `channels` places.
fn insert_in_order(guards: &mut dyn DynGuards, channels: usize, index: usize, key: LockKey) {
    let mut place = channels;
    while place > 0 {
        let before = guards.order(place - 1);
        if key_of(guards, before) <= key {
            break;
        }
        guards.set_order(place, before);
        place -= 1;
    }
    guards.set_order(place, index);
}

/// Runs `look` with the locks of all channels held.
fn with_all_locks<R>(
    guards: &mut dyn DynGuards,
    channels: usize,
    look: impl FnOnce(&mut dyn DynGuards) -> R,
) -> R {
    let mut look = Some(look);
    let mut result = None;
    lock_all(guards, 0, channels, None, &mut |guards| {
        if let Some(look) = look.take() {
            result = Some(look(guards));
        }
    });
    result.expect("a lock runs its closure")
}

fn lock_all(
    guards: &mut dyn DynGuards,
    place: usize,
    channels: usize,
    held: Option<LockKey>,
    look: &mut dyn FnMut(&mut dyn DynGuards),
) {
    if place == channels {
        return look(guards);
    }
    let index = guards.order(place);
    let guard = guards.guard(index);
    let lock = guard.lock().expect("only guards with a channel have a place in the lock order");
    // SAFETY: the lock lies in the channel, which the guard borrows for longer than this call.
    let lock = unsafe { core::mem::transmute::<&dyn AnyLock, &'static dyn AnyLock>(lock) };
    let key = lock.key();
    debug_assert!(held.is_none_or(|held| held <= key), "invariant 2");
    if held == Some(key) {
        return lock_all(guards, place + 1, channels, held, look);
    }
    lock.run(&mut || lock_all(guards, place + 1, channels, Some(key), look));
}

fn must_yield(guards: &mut dyn DynGuards) -> bool {
    let mut yields = false;
    for index in 0..guards.len() {
        // SAFETY: all locks are held.
        yields |= unsafe { guards.guard(index).must_yield() };
    }
    yields
}

fn crowded(guards: &mut dyn DynGuards) -> Option<Chosen> {
    (0..guards.len()).find_map(|index| {
        // SAFETY: all locks are held.
        let outcome = unsafe { guards.guard(index).crowded() }?;
        Some(Chosen { index, outcome, after: After::default() })
    })
}

/// Polls the guards without a channel; whether one of them is ready. Of several timers that have
/// expired, only the one with the earliest deadline counts.
fn poll_foreign(guards: &mut dyn DynGuards, cx: &mut Context<'_>, wait: bool) -> bool {
    let mut any = false;
    let mut earliest = None;
    for index in 0..guards.len() {
        let guard = guards.guard(index);
        if !guard.is_enabled() {
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
