//! What an `alts` may choose among: the trait of guards, and the steps that all channel guards
//! share.

use core::pin::Pin;
use core::task::Context;
use core::time::Duration;

use super::member::MemberGuard;
use super::quick::{Partner, Quick, Visit};
use crate::channel::Port;
use crate::channel::state::{After, Rest, Transitions};
use crate::choice::{Choice, Outcome, Phase, Word};
use crate::lock::AnyLock;
use crate::operation::{Direction, crowd};
use crate::wait_list::{Linked, Party, Waiter};

/// Something that an [`alts`](crate::alts()) can choose; implemented by this crate's guards only.
///
/// A future of your own becomes a guard with [`future()`](super::future()).
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, Guard, alts, buffer::Fixed, lock::StdLock, skip};
///
/// async fn or_skip<G: Guard<Output = Result<u32, csp_core::TakeError>>>(guard: G) -> u32 {
///     match alts((guard, skip())).priority().await {
///         csp_core::Selected2::First(number) => number.unwrap(),
///         csp_core::Selected2::Second(()) => 0,
///     }
/// }
///
/// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
/// assert_eq!(csp_core::block_on(or_skip(channel.take())), 0);
/// ```
pub trait Guard: RawGuard {
    /// What the choice of this guard gives.
    type Output;

    /// Whether it can be chosen again and again, by an `Alternative`.
    #[doc(hidden)]
    const LASTS: bool = false;

    /// Whether a choice of such guards takes the short way.
    #[doc(hidden)]
    const QUICK: Quick = Quick::Not;

    /// Shows a take that is enabled; false ends the visit.
    #[doc(hidden)]
    #[inline]
    fn visit(&self, _index: u16, _visit: &mut impl Visit) -> bool {
        true
    }

    /// The guard has been chosen: what it gives. It is as new afterwards.
    #[doc(hidden)]
    fn output(self: Pin<&mut Self>, outcome: Outcome, me: Party, after: &mut After)
    -> Self::Output;

    /// A take has been chosen by the short way: its value is in the slot, and it is in no list.
    /// What it gives; it is as new afterwards.
    #[doc(hidden)]
    fn moved(self: Pin<&mut Self>, _partner: Partner) -> Self::Output
    where
        Self: Sized,
    {
        const { assert!(matches!(Self::QUICK, Quick::Not | Quick::Foreign)) };
        unreachable!("a guard that is no take was chosen by the short way")
    }
}

/// Something that can be given to an [`alts`](crate::alts()): a guard, or what becomes one there.
///
/// # Examples
///
/// ```
/// use csp_core::{IntoGuard, Selected2, alts, block_on, skip};
///
/// fn only<G: IntoGuard>(guard: G) -> (G,) {
///     (guard,)
/// }
/// let chosen = block_on(alts(only(skip())));
/// assert!(matches!(chosen, csp_core::Selected1::First(())));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a branch of `alts`",
    label = "this is not a guard",
    note = "a branch is `channel.take()`, `channel.put_from(&mut option)`, `channel.closed()`, \
            `timeout(..)`, `&process`, `skip()`, or `future(pinned)`, of a `KeptFuture`",
    note = "`channel.put(value)` cannot be one: if it lost, the value would be lost; \
            keep it in an `Option` and use `put_from(&mut option)`"
)]
pub trait IntoGuard {
    /// The guard that it becomes.
    type Guard: Guard;

    /// Makes it a guard.
    fn into_guard(self) -> Self::Guard;

    /// Makes each of them a guard.
    #[doc(hidden)]
    #[inline]
    fn into_guards<const N: usize>(all: [Self; N]) -> [Self::Guard; N]
    where
        Self: Sized,
    {
        all.map(Self::into_guard)
    }
}

// Else the compiler would ask for `Guard`, which is nothing that a user could provide.
#[diagnostic::do_not_recommend]
impl<G: Guard> IntoGuard for G {
    type Guard = G;

    #[inline]
    fn into_guard(self) -> G {
        self
    }

    // The compiler copies an array as a whole, but what `map` returns element by element.
    #[inline]
    fn into_guards<const N: usize>(all: [G; N]) -> [G; N] {
        all
    }
}

/// What `alts!` wraps around each guard, so that an error points to the one that is none.
#[doc(hidden)]
pub const fn branch<G: IntoGuard>(guard: G) -> G {
    guard
}

/// What a choice tells others about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It waits: takes may find its puts.
    Waits,
    /// It has left its lists: puts may go on that waited behind its own.
    Left,
}

/// What a guard without a channel says when it is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    Pending,
    Ready,
    /// A timer that has expired so long ago.
    Overdue(Duration),
}

/// What pass 1 sees at the channel of a guard.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    pub(super) ready: bool,
    /// The choice yields first (A13).
    pub(super) yields: bool,
    /// Too many wait there already.
    pub(super) crowded: bool,
}

/// How a guard has been published.
#[derive(Debug, Clone, Copy)]
pub struct Published {
    /// Takes have to be told.
    pub(super) tell: bool,
    /// It waits behind another guard of its choice.
    pub(super) shared: bool,
}

/// A guard as the engine sees it: on a channel, or without one and polled by its owner.
#[doc(hidden)]
pub trait RawGuard {
    fn is_enabled(&self) -> bool {
        true
    }

    /// The side that takes part in the passes; none if the guard has no channel.
    fn on_channel(self: Pin<&mut Self>) -> Option<Pin<&mut dyn ChannelGuard>> {
        None
    }

    /// Asks a guard without a channel; with `wait`, it arranges for a wake-up.
    fn poll_foreign(self: Pin<&mut Self>, _cx: &mut Context<'_>, _wait: bool) -> Foreign {
        Foreign::Pending
    }

    /// Whether a guard without a channel was ready when it was last asked.
    fn is_ready(&self) -> bool {
        false
    }

    /// Another timer expired earlier.
    fn not_ready(self: Pin<&mut Self>) {}

    /// The side that stays registered between selections; none if there is no such.
    fn on_member(self: Pin<&mut Self>) -> Option<Pin<&mut dyn MemberGuard>> {
        None
    }

    /// A selection begins, or is over: nothing is armed.
    fn restart(self: Pin<&mut Self>) {}
}

/// A guard on a channel, in the three passes. Only guards that are enabled take part.
///
/// # Safety
///
/// The unsafe methods ask for what `wait_list` asks for: the guard is pinned, and the lock of its
/// channel is held.
#[doc(hidden)]
#[expect(unsafe_code, reason = "contract of the trait")]
pub trait ChannelGuard {
    fn lock(&self) -> &dyn AnyLock;

    /// Pass 1; may say that the choice yields first.
    ///
    /// # Safety
    ///
    /// That of the trait.
    unsafe fn look(self: Pin<&mut Self>, me: Party, may_yield: bool) -> Sight;

    /// Makes it happen, if it still can.
    ///
    /// # Safety
    ///
    /// That of the trait.
    unsafe fn attempt(self: Pin<&mut Self>, me: Party, after: &mut After) -> Option<Outcome>;

    /// Pass 2: makes the node a branch of the choice and links it.
    ///
    /// # Safety
    ///
    /// That of the trait. The guard is in no list; the choice outlives its stay in one.
    unsafe fn publish(self: Pin<&mut Self>, choice: *const Choice, index: u16) -> Published;

    /// Waits on after a second look; whether takes have to be told.
    ///
    /// # Safety
    ///
    /// That of the trait.
    unsafe fn waits(self: Pin<&mut Self>, me: Party) -> bool;

    /// # Safety
    ///
    /// That of the trait.
    unsafe fn unlink(self: Pin<&mut Self>);

    /// Tells those at the channel whom it concerns.
    fn tell(self: Pin<&mut Self>, me: Party, news: News);

    /// Takes the lock and frees it.
    fn wait_out(self: Pin<&mut Self>);

    /// Pass 3, under its own lock: another guard was chosen.
    fn lose(self: Pin<&mut Self>);

    /// Pass 3, under its own lock: the choice is dropped, and what this guard may have been given
    /// goes back.
    fn withdraw(self: Pin<&mut Self>);

    /// A partner chose this guard, and the owner has come for it.
    fn collect(self: Pin<&mut Self>, _outcome: Outcome, _after: &mut After) {}

    /// Becomes as new.
    ///
    /// # Safety
    ///
    /// The guard is in no list.
    unsafe fn reset(self: Pin<&mut Self>);
}

/// A node of direction `D` on a port: the locked steps that all channel guards share.
pub(super) struct Node<'n, T, P: ?Sized, D: Direction<T>> {
    pub(super) port: &'n P,
    pub(super) waiter: &'n Waiter<D::Slot>,
}

#[expect(unsafe_code, reason = "the contract of RawGuard")]
impl<T, P: Port<T> + ?Sized, D: Direction<T>> Node<'_, T, P, D> {
    /// # Safety
    ///
    /// The lock is held.
    pub(super) unsafe fn held<R>(&self, f: impl FnOnce(&mut dyn Transitions<T>) -> R) -> R {
        let mut f = Some(f);
        let mut result = None;
        // SAFETY: passed on to the caller.
        unsafe {
            self.port.with_held(&mut |state| {
                if let Some(f) = f.take() {
                    result = Some(f(state));
                }
            });
        }
        result.expect("a port runs its closure")
    }

    pub(super) fn locked<R>(&self, f: impl FnOnce(&mut dyn Transitions<T>) -> R) -> R {
        let mut f = Some(f);
        let mut result = None;
        self.port.lock().run(&mut || {
            if let Some(f) = f.take() {
                // SAFETY: this closure runs under the lock.
                result = Some(unsafe { self.held(f) });
            }
        });
        result.expect("a lock runs its closure")
    }

    /// # Safety
    ///
    /// The lock is held; the node is not claimed.
    pub(super) unsafe fn attempt(&self, me: Party, after: &mut After) -> Option<Outcome> {
        // SAFETY: passed on to the caller.
        unsafe {
            self.held(|state| {
                let outcome = D::attempt(state, self.waiter, me, after)?;
                state.count(false);
                Some(outcome)
            })
        }
    }

    /// # Safety
    ///
    /// The lock is held.
    pub(super) unsafe fn look(&self, me: Party, may_yield: bool) -> Sight {
        let look = |state: &mut dyn Transitions<T>| {
            if D::is_alone(state) {
                return Sight { ready: false, yields: false, crowded: false };
            }
            let yields = may_yield && state.must_yield();
            let ready = D::is_ready(state, me);
            let crowded = !ready && crowd::<T, D, _>(state).is_some();
            Sight { ready, yields, crowded }
        };
        // SAFETY: passed on to the caller.
        unsafe { self.held(look) }
    }

    /// # Safety
    ///
    /// The lock is held; the node is pinned and in no list; the choice outlives its stay in one.
    pub(super) unsafe fn publish(&self, choice: *const Choice, index: u16) -> Published {
        let publish = |state: &mut dyn Transitions<T>| {
            // SAFETY: passed on to the caller.
            unsafe { self.waiter.join(choice, index) };
            // SAFETY: passed on to the caller.
            let shared = unsafe { D::list(state).publish_branch(self.waiter, choice) };
            state.count(true);
            Published { tell: D::waits(state, Party::of_choice(choice), None), shared }
        };
        // SAFETY: passed on to the caller.
        unsafe { self.held(publish) }
    }

    /// # Safety
    ///
    /// The lock is held.
    pub(super) unsafe fn waits(&self, me: Party) -> bool {
        // SAFETY: passed on to the caller.
        unsafe { self.held(|state| D::waits(state, me, None)) }
    }

    /// # Safety
    ///
    /// The lock is held, and the choice has been published.
    pub(super) unsafe fn unlink(&self) {
        let unlink = |state: &mut dyn Transitions<T>| {
            // SAFETY: passed on to the caller.
            unsafe { D::list(state).unlink(self.waiter) };
        };
        // SAFETY: passed on to the caller.
        unsafe { self.held(unlink) };
    }

    pub(super) fn tell(&self, me: Party, news: News) {
        let mut after = After::default();
        self.locked(|state| match news {
            News::Waits => {
                if D::waits(state, me, Some(&mut after.wake)) {
                    after.rest = Rest::TellTakes;
                }
            }
            News::Left => D::leaves(state, &mut after),
        });
        self.port.run(me, &mut after);
    }

    pub(super) fn wait_out(&self) {
        self.port.lock().run(&mut || {});
    }

    /// Another guard was chosen: leaves the list.
    #[inline]
    pub(super) fn lose(&self) {
        let choice = self.waiter.choice();
        if choice.is_null() {
            // It has left already: another guard told somebody whose waker panicked.
            return;
        }
        let mut after = After::default();
        let linked = Linked;
        self.locked(|state| {
            // SAFETY: wait list, contract 2: a branch of a choice that was published.
            unsafe { D::list(state).unlink(self.waiter) };
            D::leaves(state, &mut after);
        });
        linked.left();
        self.reset();
        if !after.is_nothing() {
            self.port.run(Party::of_choice(choice), &mut after);
        }
    }

    /// The choice is dropped: leaves the list. The outcome if a partner had chosen this node.
    pub(super) fn withdraw(&self) -> Option<Outcome> {
        let choice = self.waiter.choice();
        if choice.is_null() {
            // Of an `Alternative` that was leaked.
            self.leave();
            return None;
        }
        let mut after = After::default();
        let mut discarded = None;
        let linked = Linked;
        let outcome = self.locked(|state| {
            // SAFETY: wait list, contract 2: a branch of a choice that was published.
            unsafe { D::list(state).unlink(self.waiter) };
            // SAFETY: wait list, contract 7: the choice is freed after its branches have left.
            let word = unsafe { &(*choice).state }.get();
            let index = self.waiter.state().get().index();
            if !word.is(Phase::Done) || word.index() != index {
                D::leaves(state, &mut after);
                return None;
            }
            if word.outcome() == Outcome::Moved {
                discarded = D::settle(state, self.waiter, true, &mut after);
            }
            Some(word.outcome())
        });
        linked.left();
        self.reset();
        if !after.is_nothing() {
            self.port.run(Party::of_choice(choice), &mut after);
        }
        outcome
    }

    /// A handed-over value is collected.
    pub(super) fn collect(&self, outcome: Outcome, after: &mut After) {
        if D::COLLECTS && outcome == Outcome::Moved {
            self.locked(|state| D::settle(state, self.waiter, false, after));
        }
    }

    pub(super) fn reset(&self) {
        self.waiter.state().set(Word::NEW);
    }

    /// It has been chosen. A member stays where it is.
    pub(super) fn chosen(&self) {
        if !self.waiter.state().get().is_member() {
            self.reset();
        }
    }
}
