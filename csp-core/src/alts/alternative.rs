//! A choice that is built once and selected from many times.
//!
//! *Model.* The takes of an [`Alternative`] are members: they stay in the lists of their channels,
//! where they are told and never claimed (`member`). Who tells one marks it (`wait_list::marks`);
//! the owner gathers the marks into a queue of the ready (`ready`), and a selection tries those
//! alone, each under the lock of its own channel. What has been chosen and is ready still goes to
//! the queue's end; what turns out not to be ready waits for its next mark.
//!
//! *Invariants.*
//! 1. Whatever is ready is marked or in the queue, at every instant at which the lock of its
//!    channel is free. So with an empty queue, the one load that finds no mark is an instant at
//!    which nothing is ready: then the default is taken, or the owner's waker is armed.
//! 2. Each guard is in the queue once at most.
//! 3. Between two selections no timer is armed, and no waker is kept.
//!
//! *Cancellation*: an `Alternative` never holds a value between two polls, so nothing comes back. A
//! dropped selection takes its waker along and leaves the rest as it is; a dropped `Alternative`
//! leaves all its channels.
//!
//! *Source*: JCSP's `Alternative` (one object, three ways to select); the marks are ours.

#![expect(unsafe_code, reason = "pins the guards and the marks that they point to")]

use core::fmt;
use core::marker::PhantomPinned;
use core::pin::Pin;

use super::policy::Random;
use super::set::{Guards, IntoGuards, Parts};
use crate::wait_list::{Aliased, Marks};

mod owner;
mod ready;
mod select;
#[cfg(all(test, feature = "std", not(any(loom, shuttle))))]
mod tests;

use owner::{Owner, Turn};
pub use select::{Always, Select, SelectOrDefault};

/// A choice among takes that is built once and selected from many times.
///
/// It is built from what [`alts()`](crate::alts()) takes: a tuple, an array, or pinned
/// [branches](crate::Branch), of takes, timeouts, [`skip`](crate::skip) and
/// [futures](crate::future()); not of puts. A [`Timeout`](crate::Timeout) is a limit for all
/// selections, an [`idle_timeout`](crate::idle_timeout) one for each. It is pinned, and registers
/// with its channels at the first selection; from then on a selection asks only those that have
/// something.
///
/// | selection | chooses | costs |
/// |---|---|---|
/// | [`select`](Self::select) | uniformly among the ready | O(ready) |
/// | [`pri_select`](Self::pri_select) | the first in order | O(ready) |
/// | [`fair_select`](Self::fair_select) | what has been ready longest | O(1) |
///
/// The first selection costs O(guards), and so does the drop. Guards other than takes are asked in
/// each selection. Nothing is allocated.
///
/// Registered, it is no offer: a put that meets it finds room in the buffer or waits, and the
/// `Alternative` is told. So it may stay idle for as long as it likes, and nobody loses a value by
/// it; a [`try_put`](crate::Channel::try_put) to a rendezvous where only an `Alternative` waits
/// says `Full`. Each one that is registered with a channel is told of each value, as is a stream.
///
/// A channel that is closed or poisoned is ready, for ever: each selection may give its error.
/// Switch it off with [`when`](Select::when).
///
/// # Cancel safety
///
/// Nothing is lost: a value is taken in the poll that returns it. A selection that is dropped
/// leaves the `Alternative` as it was.
///
/// # Fairness
///
/// Among its guards, that of the selection: [`fair_select`](Self::fair_select) lets no ready guard
/// wait while another is served twice, [`select`](Self::select) draws, and with
/// [`pri_select`](Self::pri_select) a guard that is always ready keeps those behind it waiting for
/// ever. Among the takes of a channel it has no turn: it is told of a value and comes for it, and
/// another take may have come first.
///
/// A selection without a default yields to the executor once, before it takes, from a channel where
/// 128 operations in a row did not wait: see
/// [`Channel::without_yield`](crate::Channel::without_yield).
///
/// # Errors
///
/// A selection gives the outcome of the guard that it chose; that of a take is a
/// [`TakeError`](crate::TakeError) if its channel has ended.
///
/// # Panics
///
/// At the first selection: if a branch of a slice is a put; if there are more than 32,767 guards;
/// where the CPU has no compare-and-swap, and without the feature `critical-section`, if the guards
/// have locks that do not exclude each other.
///
/// *Source*: JCSP.
///
/// # Examples
///
/// ```
/// use csp_core::{Alternative, Channel, block_on, buffer::Fixed, lock::StdLock};
/// use std::pin::pin;
///
/// let inputs: [Channel<u32, Fixed<4>, StdLock>; 3] = Default::default();
/// let mut alternative = pin!(Alternative::new(inputs.each_ref().map(Channel::take)));
/// for n in 0..4 {
///     inputs[2].try_put(n).unwrap();
/// }
/// inputs[0].try_put(7).unwrap();
///
/// block_on(async {
///     // Nobody is served twice while another waits.
///     assert_eq!(alternative.as_mut().fair_select().await, (0, Ok(7)));
///     assert_eq!(alternative.as_mut().fair_select().await, (2, Ok(0)));
///     inputs[1].try_put(8).unwrap();
///     assert_eq!(alternative.as_mut().fair_select().await, (2, Ok(1)));
///     assert_eq!(alternative.as_mut().fair_select().await, (1, Ok(8)));
/// });
/// ```
///
/// A choice among puts is refused by the compiler:
///
/// ```compile_fail
/// # use csp_core::{Alternative, Channel, buffer::Fixed, lock::StdLock};
/// let channel = Channel::<u32, Fixed<4>, StdLock>::new();
/// let mut value = Some(1);
/// let alternative = Alternative::new((channel.take(), channel.put_from(&mut value)));
/// ```
pub struct Alternative<S: Guards> {
    guards: S,
    order: S::Order,
    marks: Aliased<Marks>,
    owner: Owner,
    random: Option<Random>,
    _pinned: PhantomPinned,
}

// SAFETY: the marks are built to be shared; what else there is, is the owner's, and asks for no
// more than the guards do.
unsafe impl<S: Guards<Order: Send> + Send> Send for Alternative<S> {}
// SAFETY: as above; `&Alternative` gives access to nothing.
unsafe impl<S: Guards<Order: Sync> + Sync> Sync for Alternative<S> {}

impl<S: Guards> Alternative<S> {
    /// An alternative that has not been registered yet.
    ///
    /// # Examples
    ///
    /// See [`Alternative`].
    pub fn new<I: IntoGuards<Guards = S>>(guards: I) -> Self {
        const {
            assert!(
                S::LAST,
                "an `Alternative` chooses among takes, timeouts, futures and `skip()`, which can be \
                 chosen again and again: for a put, or the end of a channel, use `alts`"
            );
        }
        Self {
            guards: guards.into_guards(),
            order: Default::default(),
            marks: Aliased::new(Marks::new()),
            owner: Owner::new(),
            random: None,
            _pinned: PhantomPinned,
        }
    }

    /// Chooses uniformly among what is ready.
    ///
    /// Completes when one guard has happened; a closed or poisoned channel is ready, with an error.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost: dropped, it has taken nothing. The next selection finds what is ready, and
    /// an idle timeout counts anew.
    ///
    /// # Fairness
    ///
    /// Each of the ready is as likely as any other. With a seed the choices can be repeated: see
    /// [`Select::seed`].
    ///
    /// # Errors
    ///
    /// Those of the guard that is chosen.
    ///
    /// # Panics
    ///
    /// When awaited: if no guard is switched on, and there is no default; if it is polled after it
    /// has completed; the first selection also for what [`Alternative`] names.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Alternative, Channel, Selected2, block_on, buffer::Fixed, lock::StdLock};
    /// use std::pin::pin;
    ///
    /// let words = Channel::<&str, Fixed<1>, StdLock>::new();
    /// let numbers = Channel::<u32, Fixed<1>, StdLock>::new();
    /// let mut alternative = pin!(Alternative::new((words.take(), numbers.take())));
    /// numbers.try_put(1).unwrap();
    /// assert_eq!(block_on(alternative.as_mut().select()), Selected2::Second(Ok(1)));
    /// words.try_put("two").unwrap();
    /// assert_eq!(block_on(alternative.as_mut().select()), Selected2::First(Ok("two")));
    /// ```
    pub fn select(self: Pin<&mut Self>) -> Select<'_, S> {
        Select::new(self, Turn::Random)
    }

    /// Chooses the first in order that is ready.
    ///
    /// Completes when one guard has happened; a closed or poisoned channel is ready, with an error.
    ///
    /// # Cancel safety
    ///
    /// As for [`select`](Self::select): nothing is lost.
    ///
    /// # Fairness
    ///
    /// None: a guard that is always ready keeps those behind it waiting for ever.
    ///
    /// # Errors
    ///
    /// Those of the guard that is chosen.
    ///
    /// # Panics
    ///
    /// As for [`select`](Self::select).
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Alternative, Channel, block_on, buffer::Fixed, lock::StdLock};
    /// use std::pin::pin;
    ///
    /// let inputs: [Channel<u32, Fixed<4>, StdLock>; 2] = Default::default();
    /// let mut alternative = pin!(Alternative::new(inputs.each_ref().map(Channel::take)));
    /// inputs[1].try_put(1).unwrap();
    /// inputs[0].try_put(2).unwrap();
    /// assert_eq!(block_on(alternative.as_mut().pri_select()), (0, Ok(2)));
    /// ```
    pub fn pri_select(self: Pin<&mut Self>) -> Select<'_, S> {
        Select::new(self, Turn::First)
    }

    /// Chooses what has been ready longest: no ready guard waits while another is served twice.
    ///
    /// Completes when one guard has happened; a closed or poisoned channel is ready, with an error.
    ///
    /// # Cancel safety
    ///
    /// As for [`select`](Self::select): nothing is lost, and nobody loses their turn.
    ///
    /// # Fairness
    ///
    /// What has been chosen and is ready still, is so from now on. Selections of other kinds count:
    /// whatever they choose goes to the end too.
    ///
    /// # Errors
    ///
    /// Those of the guard that is chosen.
    ///
    /// # Panics
    ///
    /// As for [`select`](Self::select).
    ///
    /// # Examples
    ///
    /// See [`Alternative`].
    pub fn fair_select(self: Pin<&mut Self>) -> Select<'_, S> {
        Select::new(self, Turn::Longest)
    }

    fn fields(self: Pin<&mut Self>) -> Fields<'_, S> {
        // SAFETY: the guards are pinned again, the rest is plain or only reached through `&`.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        let guards = unsafe { Pin::new_unchecked(&mut this.guards) };
        Fields {
            parts: Parts { guards, order: &mut this.order },
            marks: this.marks.get(),
            owner: &mut this.owner,
            random: &mut this.random,
        }
    }
}

/// An alternative, taken apart.
struct Fields<'a, S: Guards> {
    parts: Parts<'a, S>,
    marks: *const Marks,
    owner: &'a mut Owner,
    random: &'a mut Option<Random>,
}

impl<S: Guards> Drop for Alternative<S> {
    fn drop(&mut self) {
        // SAFETY: a value that is being dropped is not moved any more.
        let Fields { mut parts, marks, owner, .. } = unsafe { Pin::new_unchecked(self) }.fields();
        // SAFETY: they lie beside the guards, alive.
        let marks = unsafe { &*marks };
        // SAFETY: as above.
        unsafe { owner.leave(&mut parts, marks) };
    }
}

impl<S: Guards> fmt::Debug for Alternative<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alternative").field("owner", &self.owner).finish_non_exhaustive()
    }
}
