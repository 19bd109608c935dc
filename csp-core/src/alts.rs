//! Choice: one of several puts, takes, timeouts and futures, atomically.
//!
//! *Model.* An [`Alts`] owns its guards and one [`Choice`]; each channel guard is a wait node that
//! points to the choice. Guards without a channel (skip, timeouts, futures) are polled by the
//! owner, without a lock.
//!
//! *Passes*, named as in Go's `select`:
//! 1. **Look**, with the locks of all channels held, taken in order of rank and address, one lock
//!    once (`lock_order`). If something is ready, the policy picks, and it is done.
//! 2. **Publish**: nothing is ready, so all nodes go into their lists and the word opens; then the
//!    locks are freed. From here on the choice is passive: a partner claims it, or tells it to
//!    look again, which it does in place, with all locks held.
//! 3. **Withdraw**: the losers leave their lists, each under its own lock.
//!
//! *Invariants.*
//! 1. A choice is in all its lists, or in none, whenever one of its locks is free.
//! 2. More than one lock is held in `lock_order` only, and always in ascending order.
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
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures_core::FusedFuture;

mod alternative;
mod channel_guards;
mod each;
mod engine;
mod foreign;
mod guard;
mod lock_order;
mod macros;
mod member;
mod optional;
mod policy;
mod quick;
mod set;
mod slice;

pub use alternative::{Alternative, Always, Select, SelectOrDefault};
pub use foreign::{FutureGuard, KeptFuture, Skip, future, skip};
#[doc(hidden)]
pub use guard::branch;
pub use guard::{Guard, IntoGuard};
pub use optional::Optional;
pub use policy::Rotation;
pub use set::{
    Guards, IntoGuards, Selected1, Selected2, Selected3, Selected4, Selected5, Selected6,
    Selected7, Selected8,
};
pub use slice::{Branch, BranchOutcome, Branches};

use engine::{Chosen, Engine, Is, Spare, Stage};
#[cfg(feature = "alloc")]
pub(crate) use guard::ChannelGuard;
use guard::News;
pub(crate) use guard::{Foreign, RawGuard};
use policy::{Policy, Random};
pub(crate) use quick::Quick;
use quick::Quickly;

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
/// Costs O(guards), and O(guards × log guards) to begin: each choice looks at all of them under all
/// their locks, and if it waits, leaves all but one of their lists. Nothing is allocated. While it
/// holds its locks it takes up to half a KiB of stack for each that is not shared (without
/// optimization, 1 KiB): with thousands of channels, mind the stack of the thread.
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
/// A choice without a default yields to the executor once, before anything happens on a channel,
/// if one of its channels has had 128 operations in a row that did not wait: see
/// [`Channel::without_yield`](crate::Channel::without_yield).
///
/// # Errors
///
/// Those of the guard that happens are its outcome; a choice has none of its own.
///
/// # Panics
///
/// When awaited: if all guards are switched off and there is no default; if there are more than
/// 65,536 guards; where the CPU has no compare-and-swap, and without the feature
/// `critical-section`, if the guards have locks that do not exclude each other; if it is polled
/// after it has completed.
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
#[inline]
pub fn alts<'r, S: IntoGuards>(guards: S) -> Alts<'r, S::Guards> {
    Alts {
        guards: guards.into_guards(),
        order: Default::default(),
        engine: Engine::new(),
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
        self.engine.policy = Policy::priority();
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
        this.engine.policy = Policy::fair(rotation.places());
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
        self.engine.policy = Policy::random(Random::seeded(seed));
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
        self.engine.has_default = Is::Yes;
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
        let mut own = None;
        // SAFETY: the choice is pinned with `this`, whose drop withdraws.
        let quickly = unsafe { this.engine.poll_quickly(&mut parts, cx, &mut own) };
        match quickly {
            Quickly::Waits => Poll::Pending,
            Quickly::Moved(index, partner) => Poll::Ready(Some(guards.moved(index, partner))),
            // SAFETY: as above.
            quickly => unsafe { this.poll_at_length(cx, own, quickly) },
        }
    }

    /// What the short way has not ended. The wakers that are left over are dropped last.
    ///
    /// # Safety
    ///
    /// `self` is pinned.
    #[inline(never)]
    unsafe fn poll_at_length(
        &mut self,
        cx: &mut Context<'_>,
        own: Option<Waker>,
        quickly: Quickly,
    ) -> Poll<Option<S::Selected>> {
        // SAFETY: passed on to the caller.
        let mut guards = unsafe { Pin::new_unchecked(&mut self.guards) };
        let mut parts = set::Parts { guards: guards.as_mut(), order: &mut self.order };
        let mut spare = Spare::new(own);
        let chosen = match quickly {
            Quickly::Left(left) => {
                Poll::Ready(Some(Engine::end_quickly(&mut parts, &left, &mut spare.after)))
            }
            Quickly::ForeignReady => {
                self.engine.decide_foreign(parts.for_engine(), &mut spare.after)
            }
            // SAFETY: the choice is pinned with `self`, whose drop withdraws.
            _ => unsafe { self.engine.poll(parts.for_engine(), cx, &mut spare) },
        };
        let Poll::Ready(chosen) = chosen else { return Poll::Pending };
        Poll::Ready(chosen.map(|Chosen { index, outcome, has_left }| {
            let me = self.engine.party();
            let selected = guards.as_mut().selected(index, outcome, me, &mut spare.after);
            if has_left {
                let mut parts = set::Parts { guards, order: &mut self.order };
                self.engine.tell(parts.for_engine(), News::Left);
            }
            selected
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
    #[inline]
    fn drop(&mut self) {
        if self.engine.is_idle() {
            return;
        }
        // SAFETY: a value that is being dropped is not moved any more.
        let guards = unsafe { Pin::new_unchecked(&mut self.guards) };
        let mut parts = set::Parts { guards, order: &mut self.order };
        self.engine.leave(parts.for_engine());
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

#[cfg(test)]
mod tests {
    use core::pin::pin;
    use core::task::{Context, Waker};

    use super::*;
    use crate::Channel;
    use crate::buffer::Rendezvous;
    use crate::lock::{Lock, SingleThread};

    /// Whether plain stores decide a choice of two channels, or twice of the first one.
    fn is_sole<L: Lock>(of_one: bool) -> bool {
        let channels = [(); 2].map(|()| Channel::<u32, Rendezvous, L>::new());
        let second = &channels[usize::from(!of_one)];
        let mut choice = pin!(alts((channels[0].take(), second.take())));
        assert!(choice.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        choice.engine.is_sole()
    }

    #[test]
    fn a_choice_is_sole_on_one_thread_or_under_one_lock() {
        assert!(is_sole::<SingleThread>(true) && is_sole::<SingleThread>(false));
        #[cfg(feature = "std")]
        assert!(is_sole::<crate::lock::StdLock>(true) && !is_sole::<crate::lock::StdLock>(false));
        #[cfg(feature = "critical-section")]
        assert!(is_sole::<crate::lock::CriticalSection>(false), "one lock for all");
    }
}
