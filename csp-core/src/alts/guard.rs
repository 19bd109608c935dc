//! What an `alts` may choose among: the trait of guards, and the steps that all channel guards share.

use core::pin::Pin;
use core::task::Context;
use core::time::Duration;

use super::member::MemberGuard;
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

    /// The guard has been chosen: what it gives. It is as new afterwards.
    #[doc(hidden)]
    fn output(self: Pin<&mut Self>, outcome: Outcome, me: Party, after: After) -> Self::Output;
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
}

// Else the compiler would ask for `Guard`, which is nothing that a user could provide.
#[diagnostic::do_not_recommend]
impl<G: Guard> IntoGuard for G {
    type Guard = G;

    fn into_guard(self) -> G {
        self
    }
}

/// What `alts!` wraps around each guard, so that an error points to the one that is none.
#[doc(hidden)]
pub const fn branch<G: IntoGuard>(guard: G) -> G {
    guard
}

/// How a guard leaves its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Another guard was chosen.
    Lost,
    /// The choice is dropped: what this guard may have been given goes back.
    Dropped,
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

    /// Makes the node a branch of a choice.
    ///
    /// # Safety
    ///
    /// The guard is in no list; the choice outlives its stay in one.
    unsafe fn join(self: Pin<&mut Self>, choice: *const Choice, index: u16);

    /// # Safety
    ///
    /// That of the trait.
    unsafe fn is_ready(self: Pin<&mut Self>, me: Party) -> bool;

    /// Makes it happen, if it still can.
    ///
    /// # Safety
    ///
    /// That of the trait.
    unsafe fn attempt(self: Pin<&mut Self>, me: Party, after: &mut After) -> Option<Outcome>;

    /// Pass 2: links the node; whether takes have to be told.
    ///
    /// # Safety
    ///
    /// That of the trait.
    unsafe fn publish(self: Pin<&mut Self>, me: Party) -> bool;

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

    /// # Safety
    ///
    /// That of the trait.
    unsafe fn must_yield(self: Pin<&mut Self>) -> bool;

    /// # Safety
    ///
    /// That of the trait.
    unsafe fn crowded(self: Pin<&mut Self>) -> Option<Outcome>;

    /// Tells those at the channel whom it concerns.
    fn tell(self: Pin<&mut Self>, me: Party, news: News);

    /// Takes the lock and frees it.
    fn wait_out(self: Pin<&mut Self>);

    /// Pass 3 for a loser, under its own lock.
    fn withdraw(self: Pin<&mut Self>, mode: Mode);

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
    /// The lock is held.
    pub(super) unsafe fn is_ready(&self, me: Party) -> bool {
        // SAFETY: passed on to the caller.
        unsafe { self.held(|state| D::is_ready(state, me)) }
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
    /// The lock is held; the node is pinned, a branch, and in no list.
    pub(super) unsafe fn publish(&self, me: Party) -> bool {
        let publish = |state: &mut dyn Transitions<T>| {
            // SAFETY: passed on to the caller.
            unsafe { D::list(state).publish_branch(self.waiter) };
            state.count(true);
            D::waits(state, me, None)
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
    /// The lock is held.
    pub(super) unsafe fn unlink(&self) {
        // SAFETY: passed on to the caller.
        unsafe { self.held(|state| D::list(state).unlink(self.waiter)) };
    }

    /// # Safety
    ///
    /// The lock is held.
    pub(super) unsafe fn must_yield(&self) -> bool {
        // SAFETY: passed on to the caller.
        unsafe { self.held(|state| state.must_yield()) }
    }

    /// # Safety
    ///
    /// The lock is held.
    pub(super) unsafe fn crowded(&self) -> Option<Outcome> {
        // SAFETY: passed on to the caller.
        unsafe { self.held(|state| crowd::<T, D, _>(state)) }
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

    /// Leaves the list; the outcome if a partner had chosen this node.
    pub(super) fn withdraw(&self, mode: Mode) -> Option<Outcome> {
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
            D::list(state).unlink(self.waiter);
            // SAFETY: wait list, contract 7: the choice is freed after its branches have left.
            let word = unsafe { &(*choice).state }.get();
            let index = self.waiter.state().get().index();
            if !word.is(Phase::Done) || word.index() != index {
                D::leaves(state, &mut after);
                return None;
            }
            let dropped = mode == Mode::Dropped;
            if dropped && word.outcome() == Outcome::Moved {
                discarded = D::settle(state, self.waiter, dropped, &mut after);
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
