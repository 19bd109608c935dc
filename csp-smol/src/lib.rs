//! csp on smol: the runtime as a value, and what it does as functions.
//!
//! ```
//! use std::time::Duration;
//!
//! use csp_core::{Chan, lock::StdLock};
//! use csp_smol::{go, wait};
//!
//! smol::block_on(async {
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
//! Processes run on smol's global executor: on one thread, or as many as the environment's
//! `SMOL_THREADS` says. One that panics ends alone; [`start`] makes the panic an error. For an
//! executor of your own, implement [`Spawn`] for a type that holds it.

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use csp_core::lock::{SingleThread, StdLock};
use csp_core::runtime::{self, Spawn, SpawnBlocking, SpawnLocal, Timer as _};
use csp_core::{IdleTimeout, Limit, Process, ProcessError, Timeout};
use smol::{LocalExecutor, Timer};

pub use std::time::Instant;

/// smol, as a value for what is generic over runtimes.
///
/// # Examples
///
/// ```
/// use csp_core::runtime::Spawn;
/// use csp_smol::Smol;
///
/// fn hello<R: Spawn>(runtime: R) {
///     runtime.go(async { println!("hello") });
/// }
///
/// hello(Smol);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Smol;

impl Spawn for Smol {
    fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
        smol::spawn(process).detach();
    }
}

impl SpawnBlocking for Smol {
    fn go_blocking<F: FnOnce() + Send + 'static>(&self, work: F) {
        smol::unblock(work).detach();
    }
}

impl runtime::Timer for Smol {
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

/// A local executor of smol, for processes that are not `Send`.
///
/// smol has no global one: make it, run it, and hand it to where processes start. A process that
/// panics there unwinds through whoever runs the executor.
///
/// # Examples
///
/// ```
/// use csp_smol::Local;
/// use smol::LocalExecutor;
///
/// let executor = LocalExecutor::new();
/// let local = Local(&executor);
/// let not_send = std::rc::Rc::new(1);
/// let process = local.start(async move { *not_send });
/// assert_eq!(smol::block_on(executor.run(process.into_future())).unwrap(), 1);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Local<'e>(pub &'e LocalExecutor<'static>);

impl SpawnLocal for Local<'_> {
    fn go_local<F: Future<Output = ()> + 'static>(&self, process: F) {
        self.0.spawn(process).detach();
    }
}

impl Local<'_> {
    /// Starts a process that stays on this thread; detached.
    ///
    /// # Examples
    ///
    /// ```
    /// # use csp_smol::Local;
    /// # use smol::LocalExecutor;
    /// let executor = LocalExecutor::new();
    /// Local(&executor).go(async { println!("hello") });
    /// assert!(executor.try_tick());
    /// ```
    pub fn go<F: Future<Output = ()> + 'static>(&self, process: F) {
        self.go_local(process);
    }

    /// Starts a process that stays on this thread, and whose result can be awaited.
    ///
    /// # Examples
    ///
    /// See [`Local`].
    pub fn start<F>(&self, process: F) -> Process<F::Output, SingleThread>
    where
        F: Future<Output: 'static> + 'static,
    {
        csp_core::start_local(self, process)
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
/// csp_smol::go(async { println!("hello") });
/// ```
pub fn go<F: Future<Output = ()> + Send + 'static>(process: F) {
    Smol.go(process);
}

/// Starts a process whose result can be awaited; dropping the handle does not stop it.
///
/// See [`csp_core::start`].
///
/// # Examples
///
/// ```
/// let process = csp_smol::start(async { 6 * 7 });
/// assert_eq!(smol::block_on(async { process.await.unwrap() }), 42);
/// ```
pub fn start<F>(process: F) -> Process<F::Output, StdLock>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    csp_core::start(&Smol, process)
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
/// csp_smol::go_blocking(move || other.put_blocking(1).unwrap());
/// assert_eq!(smol::block_on(chan.take()), Ok(1));
/// ```
pub fn go_blocking<F: FnOnce() + Send + 'static>(work: F) {
    Smol.go_blocking(work);
}

/// Runs any number of processes side by side and gives their results in order.
///
/// See [`csp_core::parallel_on`].
///
/// # Examples
///
/// ```
/// smol::block_on(async {
///     let results = csp_smol::parallel((0..3).map(|n| async move { n * n })).await;
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
    csp_core::parallel_on::<StdLock, _, _>(&Smol, processes).await
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
/// smol::block_on(csp_smol::wait(std::time::Duration::from_millis(1)));
/// ```
pub fn wait(duration: Duration) -> Wait {
    Smol.wait(duration)
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
/// use csp_smol::{Instant, wait_until};
/// use std::time::Duration;
///
/// smol::block_on(async {
///     let mut next = Instant::now();
///     for _ in 0..3 {
///         // A loop of deadlines does not drift, as one of waits would.
///         next += Duration::from_millis(1);
///         wait_until(next).await;
///     }
/// });
/// ```
pub fn wait_until(deadline: Instant) -> Wait {
    Smol.wait_until(deadline)
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
/// let limit = csp_smol::timeout(Duration::from_millis(1));
/// assert_eq!(smol::block_on(alts((chan.take(), limit))), Selected2::Second(()));
/// ```
pub fn timeout(duration: Duration) -> Timeout<Smol> {
    csp_core::timeout(Smol, duration)
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
/// smol::block_on(async {
///     let chan = Chan::<u32, StdLock>::fixed(1);
///     chan.try_put(1).unwrap();
///     let quiet = csp_smol::idle_timeout(Duration::from_millis(1));
///     let mut input = pin!(Alternative::new((chan.take(), quiet)));
///     assert_eq!(input.as_mut().select().await, Selected2::First(Ok(1)));
///     assert_eq!(input.as_mut().select().await, Selected2::Second(()));
/// });
/// ```
pub const fn idle_timeout(duration: Duration) -> IdleTimeout<Smol> {
    csp_core::idle_timeout(Smol, duration)
}

/// A timeout that ends at `deadline`.
///
/// # Examples
///
/// ```
/// use csp_smol::{Instant, timeout_at};
///
/// smol::block_on(async { timeout_at(Instant::now()).await });
/// ```
pub const fn timeout_at(deadline: Instant) -> Timeout<Smol> {
    csp_core::timeout_at(Smol, deadline)
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
/// let result = smol::block_on(csp_smol::limit(Duration::from_millis(1), pending::<()>()));
/// assert_eq!(result, Err(TimedOut));
/// ```
pub fn limit<F: Future>(duration: Duration, future: F) -> Limit<Smol, F> {
    csp_core::limit(Smol, duration, future)
}
