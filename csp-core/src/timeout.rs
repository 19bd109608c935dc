//! Timeouts: a deadline that is armed where it is used.
//!
//! *Model.* A [`Timeout`] is a clock and a deadline, small and copyable; it holds no timer. Used as
//! a guard, taken from, awaited, or wrapped around a future, it becomes a future that arms a timer
//! of the runtime when there is nothing else to do, and drops it when it goes. So one timeout can
//! limit a whole conversation and be shared by processes, and never leaves anything behind.
//!
//! *Source*: core.async's `timeout` channel, without its sharing; JCSP's absolute alarms.

use core::convert::Infallible;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use crate::alts::{Foreign, Guard, IntoGuard, Quick, RawGuard};
use crate::channel::state::After;
use crate::choice::Outcome;
use crate::error::TakeError;
use crate::misuse;
use crate::pin::project;
use crate::runtime::Timer;
use crate::wait_list::Party;

/// A timeout that ends `duration` after this call.
///
/// It is relative to the call, not to its use: in a loop of choices it limits the whole loop. For
/// a limit on each turn, call it in each turn. It never ends early. The clock is read here, and
/// when the timeout is asked whether it has passed.
///
/// # Cancel safety
///
/// It holds no timer; a choice or a future that is made of it arms one when it waits, and drops it
/// when it goes.
///
/// # Examples
///
/// ```
/// # use core::{future::Ready, time::Duration};
/// # struct Clock;
/// # impl csp_core::runtime::Timer for Clock {
/// #     type Instant = Duration;
/// #     type Wait = Ready<()>;
/// #     fn now(&self) -> Duration { Duration::ZERO }
/// #     fn later(&self, start: Duration, duration: Duration) -> Duration { start + duration }
/// #     fn between(&self, earlier: Duration, later: Duration) -> Duration {
/// #         later.saturating_sub(earlier)
/// #     }
/// #     fn wait_until(&self, _deadline: Duration) -> Ready<()> { core::future::ready(()) }
/// # }
/// use csp_core::{Chan, Selected2, alts, block_on, lock::StdLock, timeout};
///
/// let chan = Chan::<u32, StdLock>::new();
/// let limit = timeout(Clock, Duration::from_millis(800));
/// let chosen = block_on(alts((chan.take(), limit)));
/// assert_eq!(chosen, Selected2::Second(()));
/// ```
pub fn timeout<R: Timer>(clock: R, duration: Duration) -> Timeout<R> {
    let deadline = clock.later(clock.now(), duration);
    Timeout { clock, deadline }
}

/// A timeout that ends at `deadline`, never before.
///
/// # Cancel safety
///
/// As for [`timeout`].
///
/// # Examples
///
/// ```
/// # use core::{future::Ready, time::Duration};
/// # struct Clock;
/// # impl csp_core::runtime::Timer for Clock {
/// #     type Instant = Duration;
/// #     type Wait = Ready<()>;
/// #     fn now(&self) -> Duration { Duration::ZERO }
/// #     fn later(&self, start: Duration, duration: Duration) -> Duration { start + duration }
/// #     fn between(&self, earlier: Duration, later: Duration) -> Duration {
/// #         later.saturating_sub(earlier)
/// #     }
/// #     fn wait_until(&self, _deadline: Duration) -> Ready<()> { core::future::ready(()) }
/// # }
/// let at = csp_core::timeout_at(Clock, Duration::from_secs(5));
/// assert_eq!(at.deadline(), Duration::from_secs(5));
/// ```
pub const fn timeout_at<R: Timer>(clock: R, deadline: R::Instant) -> Timeout<R> {
    Timeout { clock, deadline }
}

/// Runs a future until `duration` after this call, then drops it.
///
/// When the limit is ready, the future and the timer are gone: also if the limit itself, pinned in
/// a variable, is not yet.
///
/// # Cancel safety
///
/// That of the future: what a dropped put or take leaves behind, this leaves.
///
/// # Errors
///
/// The output is [`TimedOut`] if the time was up first.
///
/// # Panics
///
/// If it is polled after it was ready.
///
/// # Examples
///
/// ```
/// # use core::{future::Ready, time::Duration};
/// # struct Clock;
/// # impl csp_core::runtime::Timer for Clock {
/// #     type Instant = Duration;
/// #     type Wait = Ready<()>;
/// #     fn now(&self) -> Duration { Duration::ZERO }
/// #     fn later(&self, start: Duration, duration: Duration) -> Duration { start + duration }
/// #     fn between(&self, earlier: Duration, later: Duration) -> Duration {
/// #         later.saturating_sub(earlier)
/// #     }
/// #     fn wait_until(&self, _deadline: Duration) -> Ready<()> { core::future::ready(()) }
/// # }
/// use csp_core::{TimedOut, block_on, limit};
///
/// let never = core::future::pending::<()>();
/// assert_eq!(block_on(limit(Clock, Duration::from_secs(1), never)), Err(TimedOut));
/// ```
pub fn limit<R: Timer, F: Future>(clock: R, duration: Duration, future: F) -> Limit<R, F> {
    timeout(clock, duration).limit(future)
}

/// A deadline on a clock; see [`timeout`].
#[must_use = "a timeout does nothing until it is used as a guard, awaited or taken from"]
pub struct Timeout<R: Timer> {
    clock: R,
    deadline: R::Instant,
}

impl<R: Timer> Timeout<R> {
    /// When it ends.
    ///
    /// # Examples
    ///
    /// See [`timeout_at`].
    pub const fn deadline(&self) -> R::Instant {
        self.deadline
    }

    /// Whether it has ended.
    pub fn has_passed(&self) -> bool {
        self.clock.now() >= self.deadline
    }

    /// The take of a channel that closes at the deadline: it fails then, with `Closed`.
    pub fn take(self) -> TimeoutTake<R> {
        TimeoutTake(self.into_future())
    }

    /// Runs a future until the deadline, then drops it; see [`limit`].
    pub fn limit<F: Future>(self, future: F) -> Limit<R, F> {
        Limit { elapsed: self.into_future(), future: Some(future) }
    }
}

impl<R: Timer + Clone> Clone for Timeout<R> {
    fn clone(&self) -> Self {
        Self { clock: self.clock.clone(), deadline: self.deadline }
    }
}

impl<R: Timer + Copy> Copy for Timeout<R> {}

impl<R: Timer<Instant: fmt::Debug>> fmt::Debug for Timeout<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

impl<R: Timer> IntoFuture for Timeout<R> {
    type Output = ();
    type IntoFuture = Elapsed<R>;

    fn into_future(self) -> Elapsed<R> {
        Elapsed::new(self.clock, Some(self.deadline))
    }
}

impl<R: Timer> IntoGuard for Timeout<R> {
    type Guard = Elapsed<R>;

    fn into_guard(self) -> Elapsed<R> {
        self.into_future()
    }
}

/// The future of a [`Timeout`], and its guard.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Elapsed<R: Timer> {
    clock: R,
    /// None before an [`IdleTimeout`] counts.
    deadline: Option<R::Instant>,
    /// Armed when there is nothing else to do.
    timer: Option<R::Wait>,
    is_ready: bool,
    /// The clock has just been read, and the deadline had not passed.
    has_looked: bool,
}

impl<R: Timer> Elapsed<R> {
    project!(
        fields => plain clock: R, plain deadline: Option<R::Instant>, pinned timer: Option<R::Wait>,
        plain is_ready: bool, plain has_looked: bool
    );

    const fn new(clock: R, deadline: Option<R::Instant>) -> Self {
        Self { clock, deadline, timer: None, is_ready: false, has_looked: false }
    }

    /// How long ago the deadline passed. With `wait`, arranges for a wake-up if it has not.
    fn overdue(self: Pin<&mut Self>, cx: &mut Context<'_>, wait: bool) -> Option<Duration> {
        let (clock, deadline, mut timer, _, has_looked) = self.fields();
        let deadline = (*deadline)?;
        // To read a clock costs more than the rest of a choice that is ready.
        let has_looked = core::mem::replace(has_looked, !wait) && wait;
        let mut now = if has_looked { None } else { Some(clock.now()) };
        if now.is_none_or(|now| now < deadline) {
            if !wait {
                return None;
            }
            if timer.is_none() {
                timer.set(Some(clock.wait_until(deadline)));
            }
            if timer.as_pin_mut()?.poll(cx).is_pending() {
                return None;
            }
            now = Some(clock.now());
        }
        now.map(|now| clock.between(deadline, now))
    }

    fn set_ready(self: Pin<&mut Self>, is_ready: bool) {
        *self.fields().3 = is_ready;
    }
}

impl<R: Timer> Future for Elapsed<R> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.overdue(cx, true) {
            Some(_) => Poll::Ready(()),
            None => Poll::Pending,
        }
    }
}

impl<R: Timer> RawGuard for Elapsed<R> {
    fn is_ready(&self) -> bool {
        self.is_ready
    }

    fn poll_foreign(mut self: Pin<&mut Self>, cx: &mut Context<'_>, wait: bool) -> Foreign {
        let overdue = self.as_mut().overdue(cx, wait);
        self.set_ready(overdue.is_some());
        overdue.map_or(Foreign::Pending, Foreign::Overdue)
    }

    fn not_ready(self: Pin<&mut Self>) {
        self.set_ready(false);
    }

    fn restart(self: Pin<&mut Self>) {
        let (_, _, mut timer, is_ready, has_looked) = self.fields();
        (*is_ready, *has_looked) = (false, false);
        timer.set(None);
    }
}

impl<R: Timer> Guard for Elapsed<R> {
    type Output = ();

    const LASTS: bool = true;
    const QUICK: Quick = Quick::Foreign;

    fn output(self: Pin<&mut Self>, _outcome: Outcome, _me: Party, _after: &mut After) {}
}

impl<R: Timer> fmt::Debug for Elapsed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elapsed").field("armed", &self.timer.is_some()).finish_non_exhaustive()
    }
}

/// A timeout that counts from the beginning of each selection, for an
/// [`Alternative`](crate::Alternative).
///
/// It is ready when a selection has gone on for `duration`, never before. (An
/// [`alts()`](crate::alts()) is one selection.) It counts from the poll that finds nothing ready: a
/// selection that need not wait reads no clock and arms no timer, unless `duration` is zero.
///
/// # Cancel safety
///
/// A selection that is dropped drops its timer; the next one counts anew.
///
/// # Examples
///
/// ```
/// # use core::{future::Ready, time::Duration};
/// # struct Clock;
/// # impl csp_core::runtime::Timer for Clock {
/// #     type Instant = Duration;
/// #     type Wait = Ready<()>;
/// #     fn now(&self) -> Duration { Duration::ZERO }
/// #     fn later(&self, start: Duration, duration: Duration) -> Duration { start + duration }
/// #     fn between(&self, earlier: Duration, later: Duration) -> Duration {
/// #         later.saturating_sub(earlier)
/// #     }
/// #     fn wait_until(&self, _deadline: Duration) -> Ready<()> { core::future::ready(()) }
/// # }
/// use csp_core::{Alternative, Chan, Selected2, block_on, idle_timeout, lock::StdLock};
/// use std::pin::pin;
///
/// let chan = Chan::<u32, StdLock>::fixed(1);
/// let quiet = idle_timeout(Clock, Duration::from_millis(100));
/// let mut alternative = pin!(Alternative::new((chan.take(), quiet)));
/// assert_eq!(block_on(alternative.as_mut().select()), Selected2::Second(()));
/// chan.try_put(1).unwrap();
/// assert_eq!(block_on(alternative.as_mut().select()), Selected2::First(Ok(1)));
/// ```
pub const fn idle_timeout<R: Timer>(clock: R, duration: Duration) -> IdleTimeout<R> {
    IdleTimeout { elapsed: Elapsed::new(clock, None), duration }
}

/// The guard of [`idle_timeout`].
#[must_use = "a guard does nothing until it is chosen from"]
pub struct IdleTimeout<R: Timer> {
    /// Its deadline is that of the selection that goes on, once that waits.
    elapsed: Elapsed<R>,
    duration: Duration,
}

impl<R: Timer> IdleTimeout<R> {
    project!(fields => pinned elapsed: Elapsed<R>, plain duration: Duration);
}

impl<R: Timer> RawGuard for IdleTimeout<R> {
    fn is_ready(&self) -> bool {
        self.elapsed.is_ready
    }

    fn poll_foreign(self: Pin<&mut Self>, cx: &mut Context<'_>, wait: bool) -> Foreign {
        let (mut elapsed, &mut duration) = self.fields();
        let (clock, deadline, .., has_looked) = elapsed.as_mut().fields();
        if deadline.is_none() {
            if !wait && !duration.is_zero() {
                return Foreign::Pending;
            }
            *deadline = Some(clock.later(clock.now(), duration));
            *has_looked = !duration.is_zero();
        }
        elapsed.poll_foreign(cx, wait)
    }

    fn not_ready(self: Pin<&mut Self>) {
        self.fields().0.not_ready();
    }

    fn restart(self: Pin<&mut Self>) {
        let (mut elapsed, _) = self.fields();
        *elapsed.as_mut().fields().1 = None;
        elapsed.restart();
    }
}

impl<R: Timer> Guard for IdleTimeout<R> {
    type Output = ();

    const LASTS: bool = true;
    const QUICK: Quick = Quick::Foreign;

    fn output(self: Pin<&mut Self>, _outcome: Outcome, _me: Party, _after: &mut After) {}
}

impl<R: Timer> fmt::Debug for IdleTimeout<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdleTimeout").field("duration", &self.duration).finish_non_exhaustive()
    }
}

/// The future of [`Timeout::take`].
#[must_use = "a take does nothing unless it is awaited"]
pub struct TimeoutTake<R: Timer>(Elapsed<R>);

impl<R: Timer> TimeoutTake<R> {
    project!(elapsed => pinned 0: Elapsed<R>);
}

impl<R: Timer> Future for TimeoutTake<R> {
    type Output = Result<Infallible, TakeError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.elapsed().poll(cx).map(|()| Err(TakeError::Closed))
    }
}

impl<R: Timer> fmt::Debug for TimeoutTake<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TimeoutTake").field(&self.0).finish()
    }
}

/// The future of [`limit`].
#[must_use = "a future does nothing unless it is awaited"]
pub struct Limit<R: Timer, F> {
    elapsed: Elapsed<R>,
    /// None once it was ready.
    future: Option<F>,
}

impl<R: Timer, F> Limit<R, F> {
    project!(fields => pinned elapsed: Elapsed<R>, pinned future: Option<F>);
}

impl<R: Timer, F: Future> Future for Limit<R, F> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (mut elapsed, mut future) = self.fields();
        let Some(limited) = future.as_mut().as_pin_mut() else {
            misuse::limited_after_completion()
        };
        // The future first: what it has done by now counts, even if the time is up.
        let result = match limited.poll(cx) {
            Poll::Ready(output) => Ok(output),
            Poll::Pending if elapsed.as_mut().poll(cx).is_ready() => Err(TimedOut),
            Poll::Pending => return Poll::Pending,
        };
        future.set(None);
        elapsed.restart();
        Poll::Ready(result)
    }
}

impl<R: Timer, F> fmt::Debug for Limit<R, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limit").field("elapsed", &self.elapsed).finish_non_exhaustive()
    }
}

/// The time was up before the future was done.
///
/// # Examples
///
/// ```
/// assert_eq!(csp_core::Error::from(csp_core::TimedOut), csp_core::Error::TimedOut);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::Error::TimedOut.fmt(f)
    }
}

impl core::error::Error for TimedOut {}

impl From<TimedOut> for crate::Error {
    fn from(TimedOut: TimedOut) -> Self {
        Self::TimedOut
    }
}
