//! csp on async-std: the runtime as a value, and what it does as functions.
//!
//! async-std is discontinued (RUSTSEC-2025-0052). This crate is for programs that use it already;
//! a new one is better served by csp on smol, which is built of the same parts.
//!
//! ```
//! use std::time::Duration;
//!
//! use csp_async_std::{go, wait};
//! use csp_core::{Chan, lock::StdLock};
//!
//! async_std::task::block_on(async {
//!     let chan = Chan::<&str, StdLock>::new();
//!     let other = chan.clone();
//!     go(async move {
//!         wait(Duration::from_millis(1)).await;
//!         other.put("hello").await.unwrap();
//!     });
//!     assert_eq!(chan.take().await, Ok("hello"));
//! });
//! ```
//!
//! A process that panics ends alone; [`start`] makes the panic an error. Local processes are
//! missing: async-std's own way to start them never became stable.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

// async-std's own timer has no name that a type could hold; this is what it is built on.
use async_io::Timer;
use csp_core::lock::StdLock;
use csp_core::runtime::{self, Spawn, SpawnBlocking, Timer as _};
use csp_core::{IdleTimeout, Limit, Process, ProcessError, Timeout};

pub use std::time::Instant;

/// async-std, as a value for what is generic over runtimes.
///
/// # Examples
///
/// ```
/// use csp_async_std::AsyncStd;
/// use csp_core::runtime::Spawn;
///
/// fn hello<R: Spawn>(runtime: R) {
///     runtime.go(async { println!("hello") });
/// }
///
/// hello(AsyncStd);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct AsyncStd;

impl Spawn for AsyncStd {
    fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
        drop(async_std::task::spawn(process));
    }
}

impl SpawnBlocking for AsyncStd {
    fn go_blocking<F: FnOnce() + Send + 'static>(&self, work: F) {
        drop(async_std::task::spawn_blocking(work));
    }
}

impl runtime::Timer for AsyncStd {
    type Instant = Instant;
    type Wait = Wait;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn later(&self, start: Instant, duration: Duration) -> Instant {
        runtime::later(start, duration)
    }

    fn between(&self, earlier: Instant, later: Instant) -> Duration {
        later.saturating_duration_since(earlier)
    }

    fn wait_until(&self, deadline: Instant) -> Wait {
        Wait(Timer::at(deadline))
    }
}

/// The future of [`wait`] and [`wait_until`].
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct Wait(Timer);

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}

/// Starts a process, detached: it runs on its own until it ends.
///
/// It does not run inside this call. For its result, see [`start`]; a process written with `?`,
/// whose errors are no news, goes into [`quietly`](csp_core::quietly).
///
/// # Examples
///
/// ```
/// csp_async_std::go(async { println!("hello") });
/// ```
pub fn go<F: Future<Output = ()> + Send + 'static>(process: F) {
    AsyncStd.go(process);
}

/// Starts a process whose result can be awaited; dropping the handle does not stop it.
///
/// See [`csp_core::start`].
///
/// # Examples
///
/// ```
/// let process = csp_async_std::start(async { 6 * 7 });
/// assert_eq!(async_std::task::block_on(async { process.await.unwrap() }), 42);
/// ```
pub fn start<F>(process: F) -> Process<F::Output, StdLock>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    csp_core::start(&AsyncStd, process)
}

/// Runs code that blocks, on a thread that the runtime keeps for that; detached.
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, lock::StdLock};
///
/// let chan = Chan::<u32, StdLock>::new();
/// let other = chan.clone();
/// csp_async_std::go_blocking(move || other.put_blocking(1).unwrap());
/// assert_eq!(async_std::task::block_on(chan.take()), Ok(1));
/// ```
pub fn go_blocking<F: FnOnce() + Send + 'static>(work: F) {
    AsyncStd.go_blocking(work);
}

/// Runs any number of processes side by side and gives their results in order.
///
/// See [`csp_core::parallel_on`].
///
/// # Examples
///
/// ```
/// async_std::task::block_on(async {
///     let results = csp_async_std::parallel((0..3).map(|n| async move { n * n })).await;
///     let squares: Vec<u32> = results.into_iter().map(Result::unwrap).collect();
///     assert_eq!(squares, [0, 1, 4]);
/// });
/// ```
pub async fn parallel<P>(
    processes: impl IntoIterator<Item = P>,
) -> Vec<Result<P::Output, ProcessError>>
where
    P: Future<Output: Send + 'static> + Send + 'static,
{
    csp_core::parallel_on::<StdLock, _, _>(&AsyncStd, processes).await
}

/// Completes `duration` after this call, never before.
///
/// # Cancel safety
///
/// Dropping it leaves no timer behind.
///
/// # Examples
///
/// ```
/// async_std::task::block_on(csp_async_std::wait(std::time::Duration::from_millis(1)));
/// ```
pub fn wait(duration: Duration) -> Wait {
    AsyncStd.wait(duration)
}

/// Completes when `deadline` has passed, never before.
///
/// # Cancel safety
///
/// Dropping it leaves no timer behind.
///
/// # Examples
///
/// ```
/// use csp_async_std::{Instant, wait_until};
/// use std::time::Duration;
///
/// async_std::task::block_on(async {
///     let mut next = Instant::now();
///     for _ in 0..3 {
///         // A loop of deadlines does not drift, as one of waits would.
///         next += Duration::from_millis(1);
///         wait_until(next).await;
///     }
/// });
/// ```
pub fn wait_until(deadline: Instant) -> Wait {
    AsyncStd.wait_until(deadline)
}

/// A timeout that ends `duration` after this call: a guard, a take that fails, or a limit.
///
/// See [`csp_core::timeout`].
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, Selected2, alts, lock::StdLock};
/// use std::time::Duration;
///
/// let chan = Chan::<u32, StdLock>::new();
/// let limit = csp_async_std::timeout(Duration::from_millis(1));
/// assert_eq!(async_std::task::block_on(alts((chan.take(), limit))), Selected2::Second(()));
/// ```
pub fn timeout(duration: Duration) -> Timeout<AsyncStd> {
    csp_core::timeout(AsyncStd, duration)
}

/// A timeout that counts from the beginning of each selection of an `Alternative`.
///
/// It never ends early. In an `alts` it counts from the poll that finds nothing ready, so where
/// something is, no clock is read. See [`csp_core::idle_timeout`].
///
/// # Examples
///
/// ```
/// use csp_core::{Alternative, Chan, Selected2, lock::StdLock};
/// use std::{pin::pin, time::Duration};
///
/// async_std::task::block_on(async {
///     let chan = Chan::<u32, StdLock>::fixed(1);
///     chan.try_put(1).unwrap();
///     let quiet = csp_async_std::idle_timeout(Duration::from_millis(1));
///     let mut input = pin!(Alternative::new((chan.take(), quiet)));
///     assert_eq!(input.as_mut().select().await, Selected2::First(Ok(1)));
///     assert_eq!(input.as_mut().select().await, Selected2::Second(()));
/// });
/// ```
pub const fn idle_timeout(duration: Duration) -> IdleTimeout<AsyncStd> {
    csp_core::idle_timeout(AsyncStd, duration)
}

/// A timeout that ends at `deadline`.
///
/// # Examples
///
/// ```
/// use csp_async_std::{Instant, timeout_at};
///
/// async_std::task::block_on(async { timeout_at(Instant::now()).await });
/// ```
pub const fn timeout_at(deadline: Instant) -> Timeout<AsyncStd> {
    csp_core::timeout_at(AsyncStd, deadline)
}

/// Runs a future until `duration` after this call, then drops it.
///
/// See [`csp_core::limit`].
///
/// # Examples
///
/// ```
/// use csp_core::TimedOut;
/// use std::{future::pending, time::Duration};
///
/// let limit = csp_async_std::limit(Duration::from_millis(1), pending::<()>());
/// assert_eq!(async_std::task::block_on(limit), Err(TimedOut));
/// ```
pub fn limit<F: Future>(duration: Duration, future: F) -> Limit<AsyncStd, F> {
    csp_core::limit(AsyncStd, duration, future)
}
