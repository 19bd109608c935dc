//! csp on embassy: time, and the locks of embassy-sync, without an allocator.
//!
//! ```
//! use core::time::Duration;
//!
//! use csp_core::{Channel, alts, buffer::Rendezvous, lock::CriticalSection};
//! use csp_embassy::timeout;
//! use embassy_executor::Spawner;
//! # use embassy_time::MockDriver;
//!
//! static PRESSED: Channel<(), Rendezvous, CriticalSection> = Channel::new();
//! static DONE: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
//!
//! /// Counts presses, until nobody has pressed for a second.
//! #[embassy_executor::task]
//! async fn counter() {
//!     let mut presses = 0;
//!     loop {
//!         alts! {
//!             _ = PRESSED.take() => presses += 1,
//!             _ = timeout(Duration::from_secs(1)) => break,
//!         }
//!     }
//!     DONE.put(presses).await.unwrap();
//! }
//!
//! #[embassy_executor::task]
//! async fn user(spawner: Spawner) {
//!     spawner.spawn(counter().unwrap());
//!     PRESSED.put(()).await.unwrap();
//!     # csp_embassy::wait(Duration::ZERO).await;
//!     # MockDriver::get().advance(embassy_time::Duration::from_secs(1));
//!     assert_eq!(DONE.take().await, Ok(1));
//!     # std::process::exit(0);
//! }
//!
//! // On a chip: `#[embassy_executor::main]`.
//! let executor = Box::leak(Box::new(embassy_executor::Executor::new()));
//! executor.run(|spawner| spawner.spawn(user(spawner).unwrap()));
//! ```
//!
//! # Processes
//!
//! A task of embassy lies in static storage that its macro makes, so nothing here starts one from a
//! future, as `go` does on other runtimes. In its place:
//!
//! * a process for ever is an `#[embassy_executor::task]`, which takes ends of channels
//!   (`&'static PutEnd<…>`) as arguments; `pool_size` says how many of it there may be;
//! * processes that end together are a [`parallel`](csp_core::parallel()) or a
//!   [`parallel_queued_in`](csp_core::parallel_queued_in) within one task: they may borrow from it,
//!   and need no static storage each;
//! * the result of a task comes through a channel, as a
//!   [`Promise`](csp_core::buffer::Promise) if several wait for it;
//! * with an allocator, a `group` of csp-core runs in one task, and in it `go` starts any future.
//!
//! # Time
//!
//! [`Embassy`] is the clock, which [`wait`], [`timeout`], [`idle_timeout`] and [`limit`] use.
//! embassy-time needs the driver of your chip, and at most executors but embassy's own its feature
//! `generic-queue-N`; so it does within a `parallel_queued_in` or a `group`, whose wakers are not
//! embassy's. A duration is rounded up to whole ticks.

#![no_std]
#![deny(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod lock;

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use csp_core::runtime::Timer as _;
use csp_core::{IdleTimeout, Limit, Timeout, runtime};
use embassy_time::{TICK_HZ, Timer};

pub use embassy_time::Instant;

/// embassy-time's clock, as a value for what is generic over runtimes.
///
/// It is no [`Spawn`](csp_core::runtime::Spawn): see the [crate's page](crate).
///
/// # Examples
///
/// ```
/// use csp_core::runtime::Timer;
/// use csp_embassy::Embassy;
///
/// fn is_late<C: Timer>(clock: &C, deadline: C::Instant) -> bool {
///     clock.now() > deadline
/// }
///
/// assert!(!is_late(&Embassy, Embassy.now()));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Embassy;

impl runtime::Timer for Embassy {
    type Instant = Instant;
    type Wait = Wait;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn later(&self, start: Instant, duration: Duration) -> Instant {
        Instant::from_ticks(start.as_ticks().saturating_add(ticks(duration)))
    }

    fn between(&self, earlier: Instant, later: Instant) -> Duration {
        let ticks = later.as_ticks().saturating_sub(earlier.as_ticks());
        let nanoseconds = (ticks % TICK_HZ).saturating_mul(NANOSECONDS) / TICK_HZ;
        Duration::new(ticks / TICK_HZ, nanoseconds as u32)
    }

    fn wait_until(&self, deadline: Instant) -> Wait {
        Wait(Timer::at(deadline))
    }
}

/// In a second.
const NANOSECONDS: u64 = 1_000_000_000;

/// How many ticks a duration takes, rounded up, as nothing may end early.
const fn ticks(duration: Duration) -> u64 {
    let rest = (duration.subsec_nanos() as u64).saturating_mul(TICK_HZ).div_ceil(NANOSECONDS);
    duration.as_secs().saturating_mul(TICK_HZ).saturating_add(rest)
}

/// The future of [`wait`] and [`wait_until`].
///
/// Dropped, it may wake its task once more when it would have ended, as embassy's timers do.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Wait(Timer);

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl core::fmt::Debug for Wait {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Wait").finish_non_exhaustive()
    }
}

/// Completes `duration` after this call, never before.
///
/// # Cancel safety
///
/// Dropped, it leaves its deadline in embassy's queue, which may wake the task once more then.
///
/// # Panics
///
/// When it is polled by another executor than embassy's, or in a group with a run queue of its own,
/// unless embassy-time has a feature `generic-queue-N`.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// # use csp_core::{block_on, parallel};
/// # use embassy_time::MockDriver;
///
/// # let time = async { MockDriver::get().advance(embassy_time::Duration::from_millis(5)) };
/// # let example = async {
/// csp_embassy::wait(Duration::from_millis(5)).await;
/// # };
/// # block_on(parallel((example, time)));
/// ```
pub fn wait(duration: Duration) -> Wait {
    Embassy.wait(duration)
}

/// Completes when `deadline` has passed, never before.
///
/// # Cancel safety
///
/// As for [`wait`].
///
/// # Panics
///
/// As for [`wait`].
///
/// # Examples
///
/// ```
/// use csp_embassy::{Instant, wait_until};
/// use embassy_time::Duration;
/// # use csp_core::{block_on, parallel};
/// # use embassy_time::MockDriver;
///
/// # let time = async {
/// #     for _ in 0..3 {
/// #         MockDriver::get().advance(Duration::from_millis(10));
/// #         csp_embassy::wait(core::time::Duration::ZERO).await;
/// #     }
/// # };
/// # let example = async {
/// let mut next = Instant::now();
/// for _ in 0..3 {
///     // A loop of deadlines does not drift, as one of waits would.
///     next += Duration::from_millis(10);
///     wait_until(next).await;
/// }
/// # };
/// # block_on(parallel((example, time)));
/// ```
pub fn wait_until(deadline: Instant) -> Wait {
    Embassy.wait_until(deadline)
}

/// A timeout that ends `duration` after this call: a guard, a take that fails, or a limit.
///
/// It never ends early. See [`csp_core::timeout`].
///
/// # Cancel safety
///
/// It holds no timer. Where it is used it makes a [`Wait`], and what is said of [`wait`] holds for
/// that.
///
/// # Panics
///
/// When it waits, as [`wait`].
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use csp_core::{Channel, Selected2, alts, buffer::Rendezvous, lock::CriticalSection};
/// # use csp_core::{block_on, parallel};
/// # use embassy_time::MockDriver;
///
/// static COMMANDS: Channel<u8, Rendezvous, CriticalSection> = Channel::new();
/// # let time = async { MockDriver::get().advance(embassy_time::Duration::from_millis(5)) };
/// # let example = async {
/// let limit = csp_embassy::timeout(Duration::from_millis(5));
/// assert_eq!(alts((COMMANDS.take(), limit)).await, Selected2::Second(()));
/// # };
/// # block_on(parallel((example, time)));
/// ```
pub fn timeout(duration: Duration) -> Timeout<Embassy> {
    csp_core::timeout(Embassy, duration)
}

/// A timeout that ends at `deadline`, never before.
///
/// # Cancel safety
///
/// As for [`timeout`].
///
/// # Panics
///
/// As for [`timeout`].
///
/// # Examples
///
/// ```
/// use csp_embassy::{Instant, timeout_at};
///
/// assert!(timeout_at(Instant::now()).has_passed());
/// ```
pub const fn timeout_at(deadline: Instant) -> Timeout<Embassy> {
    csp_core::timeout_at(Embassy, deadline)
}

/// A timeout that counts from the beginning of each selection of an `Alternative`.
///
/// It never ends early. In an `alts` it counts from the poll that finds nothing ready, so where
/// something is, no clock is read. See [`csp_core::idle_timeout`].
///
/// # Cancel safety
///
/// A selection that is dropped drops its [`Wait`]; the next one counts anew.
///
/// # Panics
///
/// When it waits, as [`wait`].
///
/// # Examples
///
/// ```
/// use core::pin::pin;
/// use core::time::Duration;
/// use csp_core::{Alternative, Channel, Selected2, buffer::Fixed, lock::CriticalSection};
/// # use csp_core::block_on;
///
/// static COMMANDS: Channel<u8, Fixed<1>, CriticalSection> = Channel::new();
/// # let example = async {
/// let quiet = csp_embassy::idle_timeout(Duration::from_secs(1));
/// let mut alternative = pin!(Alternative::new((COMMANDS.take(), quiet)));
/// COMMANDS.try_put(1).unwrap();
/// assert_eq!(alternative.as_mut().select().await, Selected2::First(Ok(1)));
/// # };
/// # block_on(example);
/// ```
pub const fn idle_timeout(duration: Duration) -> IdleTimeout<Embassy> {
    csp_core::idle_timeout(Embassy, duration)
}

/// Runs a future until `duration` after this call, then drops it.
///
/// See [`csp_core::limit`].
///
/// # Cancel safety
///
/// That of the future: what a dropped put or take leaves behind, this leaves. Of the time, as for
/// [`wait`].
///
/// # Errors
///
/// The output is [`TimedOut`](csp_core::TimedOut) if the time was up first.
///
/// # Panics
///
/// If it is polled after it was ready; and when it waits, as [`wait`].
///
/// # Examples
///
/// ```
/// use core::{future::pending, time::Duration};
/// use csp_core::TimedOut;
/// # use csp_core::{block_on, parallel};
/// # use embassy_time::MockDriver;
///
/// # let time = async { MockDriver::get().advance(embassy_time::Duration::from_millis(5)) };
/// # let example = async {
/// let result = csp_embassy::limit(Duration::from_millis(5), pending::<()>()).await;
/// assert_eq!(result, Err(TimedOut));
/// # };
/// # block_on(parallel((example, time)));
/// ```
pub fn limit<F: Future>(duration: Duration, future: F) -> Limit<Embassy, F> {
    csp_core::limit(Embassy, duration, future)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_rounded_up_to_ticks_and_never_overflows() {
        assert_eq!(ticks(Duration::ZERO), 0);
        assert_eq!(ticks(Duration::from_secs(2)), 2 * TICK_HZ);
        assert_eq!(ticks(Duration::from_nanos(1)), 1);
        assert_eq!(ticks(Duration::new(1, 1)), TICK_HZ + 1);
        assert_eq!(ticks(Duration::MAX), u64::MAX);
        assert_eq!(Embassy.later(Instant::from_ticks(5), Duration::MAX), Instant::MAX);
    }

    #[test]
    fn between_is_the_inverse_of_later() {
        let start = Instant::from_ticks(7);
        for duration in [Duration::ZERO, Duration::from_micros(1), Duration::new(3, 999_999_000)] {
            assert_eq!(Embassy.between(start, Embassy.later(start, duration)), duration);
        }
        assert_eq!(Embassy.between(Instant::MAX, start), Duration::ZERO);
    }
}
