//! csp on tokio: the runtime as a value, and what it does as functions.
//!
//! ```
//! use std::time::Duration;
//!
//! use csp_core::{Chan, lock::StdLock};
//! use csp_tokio::{go, wait};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let chan = Chan::<&str, StdLock>::new();
//! let other = chan.clone();
//! go(async move {
//!     wait(Duration::from_millis(1)).await;
//!     other.put("hello").await.unwrap();
//! });
//! assert_eq!(chan.take().await, Ok("hello"));
//! # }
//! ```
//!
//! Everything here must be called within a tokio runtime, and panics outside of one. A process
//! that panics ends alone; [`start`] makes the panic an error. Time is tokio's, so a test may pause
//! it.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

use core::time::Duration;

use csp_core::lock::{SingleThread, StdLock};
use csp_core::runtime::{self, Spawn, SpawnBlocking, SpawnLocal, Timer};
use csp_core::{IdleTimeout, Limit, Process, ProcessError, Timeout};

pub use tokio::time::{Instant, Sleep};

/// tokio, as a value for what is generic over runtimes.
///
/// # Examples
///
/// ```
/// use csp_core::runtime::Spawn;
/// use csp_tokio::Tokio;
///
/// fn hello<R: Spawn>(runtime: R) {
///     runtime.go(async { println!("hello") });
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// hello(Tokio);
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Tokio;

impl Spawn for Tokio {
    #[track_caller]
    fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
        drop(tokio::spawn(process));
    }
}

impl SpawnLocal for Tokio {
    #[track_caller]
    fn go_local<F: Future<Output = ()> + 'static>(&self, process: F) {
        drop(tokio::task::spawn_local(process));
    }
}

impl SpawnBlocking for Tokio {
    #[track_caller]
    fn go_blocking<F: FnOnce() + Send + 'static>(&self, work: F) {
        drop(tokio::task::spawn_blocking(work));
    }
}

impl Timer for Tokio {
    type Instant = Instant;
    type Wait = Sleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn later(&self, start: Instant, duration: Duration) -> Instant {
        Instant::from_std(runtime::later(start.into_std(), duration))
    }

    fn between(&self, earlier: Instant, later: Instant) -> Duration {
        later.saturating_duration_since(earlier)
    }

    // tokio rounds a deadline up to its next millisecond, so it is never early.
    #[track_caller]
    fn wait_until(&self, deadline: Instant) -> Sleep {
        tokio::time::sleep_until(deadline)
    }
}

/// Starts a process, detached: it runs on its own until it ends.
///
/// It does not run inside this call. For its result, see [`start`]; a process written with `?`,
/// whose errors are no news, goes into [`quietly`](csp_core::quietly).
///
/// # Panics
///
/// Outside of a tokio runtime.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// csp_tokio::go(async { println!("hello") });
/// # }
/// ```
#[track_caller]
pub fn go<F: Future<Output = ()> + Send + 'static>(process: F) {
    Tokio.go(process);
}

/// Starts a process whose result can be awaited; dropping the handle does not stop it.
///
/// See [`csp_core::start`].
///
/// # Panics
///
/// Outside of a tokio runtime.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let process = csp_tokio::start(async { 6 * 7 });
/// assert_eq!(process.await.unwrap(), 42);
/// # }
/// ```
#[track_caller]
pub fn start<F>(process: F) -> Process<F::Output, StdLock>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    csp_core::start(&Tokio, process)
}

/// Starts a process that stays on this thread, and so need not be `Send`; detached.
///
/// # Panics
///
/// Outside of a [`LocalSet`](tokio::task::LocalSet).
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let local = tokio::task::LocalSet::new();
/// local
///     .run_until(async {
///         let not_send = std::rc::Rc::new(1);
///         csp_tokio::go_local(async move { println!("{not_send}") });
///     })
///     .await;
/// # }
/// ```
#[track_caller]
pub fn go_local<F: Future<Output = ()> + 'static>(process: F) {
    Tokio.go_local(process);
}

/// Starts a process that stays on this thread, and whose result can be awaited.
///
/// # Panics
///
/// Outside of a [`LocalSet`](tokio::task::LocalSet).
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let local = tokio::task::LocalSet::new();
/// local
///     .run_until(async {
///         let not_send = std::rc::Rc::new(1);
///         assert_eq!(csp_tokio::start_local(async move { *not_send }).await.unwrap(), 1);
///     })
///     .await;
/// # }
/// ```
#[track_caller]
pub fn start_local<F>(process: F) -> Process<F::Output, SingleThread>
where
    F: Future<Output: 'static> + 'static,
{
    csp_core::start_local(&Tokio, process)
}

/// Runs code that blocks, on a thread that tokio keeps for that; detached.
///
/// # Panics
///
/// Outside of a tokio runtime.
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, lock::StdLock};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let chan = Chan::<u32, StdLock>::new();
/// let other = chan.clone();
/// csp_tokio::go_blocking(move || other.put_blocking(1).unwrap());
/// assert_eq!(chan.take().await, Ok(1));
/// # }
/// ```
#[track_caller]
pub fn go_blocking<F: FnOnce() + Send + 'static>(work: F) {
    Tokio.go_blocking(work);
}

/// Runs any number of processes side by side and gives their results in order.
///
/// See [`csp_core::parallel_on`].
///
/// # Panics
///
/// When it is polled, outside of a tokio runtime.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let results = csp_tokio::parallel((0..3).map(|n| async move { n * n })).await;
/// let squares: Vec<u32> = results.into_iter().map(Result::unwrap).collect();
/// assert_eq!(squares, [0, 1, 4]);
/// # }
/// ```
pub async fn parallel<P>(
    processes: impl IntoIterator<Item = P>,
) -> Vec<Result<P::Output, ProcessError>>
where
    P: Future<Output: Send + 'static> + Send + 'static,
{
    csp_core::parallel_on::<StdLock, _, _>(&Tokio, processes).await
}

/// Completes `duration` after this call, never before.
///
/// # Cancel safety
///
/// Dropping it leaves no timer behind.
///
/// # Panics
///
/// Outside of a tokio runtime with its time enabled.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// csp_tokio::wait(Duration::from_millis(1)).await;
/// # }
/// ```
#[track_caller]
pub fn wait(duration: Duration) -> Sleep {
    Tokio.wait(duration)
}

/// Completes when `deadline` has passed, never before.
///
/// # Cancel safety
///
/// Dropping it leaves no timer behind.
///
/// # Panics
///
/// Outside of a tokio runtime with its time enabled.
///
/// # Examples
///
/// ```
/// use csp_tokio::{Instant, wait_until};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut next = Instant::now();
/// for _ in 0..3 {
///     // A loop of deadlines does not drift, as one of waits would.
///     next += Duration::from_millis(1);
///     wait_until(next).await;
/// }
/// # }
/// ```
#[track_caller]
pub fn wait_until(deadline: Instant) -> Sleep {
    Tokio.wait_until(deadline)
}

/// A timeout that ends `duration` after this call: a guard, a take that fails, or a limit.
///
/// See [`csp_core::timeout`].
///
/// # Panics
///
/// When it is used, outside of a tokio runtime with its time enabled.
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, Selected2, alts, lock::StdLock};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let chan = Chan::<u32, StdLock>::new();
/// let limit = csp_tokio::timeout(Duration::from_millis(1));
/// assert_eq!(alts((chan.take(), limit)).await, Selected2::Second(()));
/// # }
/// ```
pub fn timeout(duration: Duration) -> Timeout<Tokio> {
    csp_core::timeout(Tokio, duration)
}

/// A timeout that counts from the beginning of each selection of an `Alternative`.
///
/// It never ends early. In an `alts` it counts from the poll that finds nothing ready, so where
/// something is, no clock is read. See [`csp_core::idle_timeout`].
///
/// # Panics
///
/// When it is used, outside of a tokio runtime with its time enabled.
///
/// # Examples
///
/// ```
/// use csp_core::{Alternative, Chan, Selected2, lock::StdLock};
/// use std::{pin::pin, time::Duration};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let chan = Chan::<u32, StdLock>::fixed(1);
/// chan.try_put(1).unwrap();
/// let quiet = csp_tokio::idle_timeout(Duration::from_millis(1));
/// let mut input = pin!(Alternative::new((chan.take(), quiet)));
/// assert_eq!(input.as_mut().select().await, Selected2::First(Ok(1)));
/// assert_eq!(input.as_mut().select().await, Selected2::Second(()));
/// # }
/// ```
pub const fn idle_timeout(duration: Duration) -> IdleTimeout<Tokio> {
    csp_core::idle_timeout(Tokio, duration)
}

/// A timeout that ends at `deadline`.
///
/// # Panics
///
/// When it is used, outside of a tokio runtime with its time enabled.
///
/// # Examples
///
/// ```
/// use csp_tokio::{Instant, timeout_at};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// timeout_at(Instant::now()).await;
/// # }
/// ```
pub const fn timeout_at(deadline: Instant) -> Timeout<Tokio> {
    csp_core::timeout_at(Tokio, deadline)
}

/// Runs a future until `duration` after this call, then drops it.
///
/// See [`csp_core::limit`].
///
/// # Panics
///
/// When it is polled, outside of a tokio runtime with its time enabled.
///
/// # Examples
///
/// ```
/// use csp_core::TimedOut;
/// use std::{future::pending, time::Duration};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let result = csp_tokio::limit(Duration::from_millis(1), pending::<()>()).await;
/// assert_eq!(result, Err(TimedOut));
/// # }
/// ```
pub fn limit<F: Future>(duration: Duration, future: F) -> Limit<Tokio, F> {
    csp_core::limit(Tokio, duration, future)
}
