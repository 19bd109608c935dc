//! What a runtime has to offer: starting processes, and time.
//!
//! *Model.* Two traits, implemented by zero-sized values (`Tokio`, `Smol`, …) or by whatever a
//! user has: a handle of a runtime, an executor of their own, a simulated clock. All else (timeouts
//! as guards, results of processes, groups of processes) is generic over them. A channel knows
//! nothing of either: one channel connects processes of different runtimes.
//!
//! *Source*: `hyper::rt`, quinn.

use core::time::Duration;

/// Starts processes.
///
/// # Examples
///
/// A runtime that gives each process a thread:
///
/// ```
/// use csp_core::{Chan, block_on, lock::StdLock, runtime::Spawn};
///
/// struct Threads;
///
/// impl Spawn for Threads {
///     fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
///         std::thread::spawn(|| block_on(process));
///     }
/// }
///
/// let chan = Chan::<u32, StdLock>::new();
/// let other = chan.clone();
/// Threads.go(async move { other.put(1).await.unwrap() });
/// assert_eq!(chan.take_blocking(), Ok(1));
/// ```
pub trait Spawn {
    /// Starts a process, detached: it runs on its own until it ends.
    ///
    /// It does not run inside this call.
    fn go<F>(&self, process: F)
    where
        F: Future<Output = ()> + Send + 'static;
}

/// Starts processes that stay on this thread, where a runtime can.
///
/// # Examples
///
/// ```
/// use csp_core::runtime::SpawnLocal;
///
/// fn start_here<R: SpawnLocal>(runtime: &R) {
///     let not_send = std::rc::Rc::new(1);
///     runtime.go_local(async move { assert_eq!(*not_send, 1) });
/// }
/// ```
pub trait SpawnLocal {
    /// As [`Spawn::go`], for a process that is not `Send`.
    fn go_local<F>(&self, process: F)
    where
        F: Future<Output = ()> + 'static;
}

/// Runs code that blocks, where a runtime has threads for it.
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, lock::StdLock, runtime::SpawnBlocking};
///
/// fn read_lines<R: SpawnBlocking>(runtime: &R, lines: Chan<String, StdLock>) {
///     runtime.go_blocking(move || {
///         for line in std::io::stdin().lines().map_while(Result::ok) {
///             if lines.put_blocking(line).is_err() {
///                 return;
///             }
///         }
///     });
/// }
/// ```
pub trait SpawnBlocking {
    /// Runs `work` on a thread where it may block.
    fn go_blocking<F>(&self, work: F)
    where
        F: FnOnce() + Send + 'static;
}

/// A clock that can be waited for.
///
/// # Examples
///
/// ```
/// use core::{future::Ready, time::Duration};
/// use csp_core::runtime::Timer;
///
/// /// A clock that stands still, for a test.
/// struct Noon;
///
/// impl Timer for Noon {
///     type Instant = Duration;
///     type Wait = Ready<()>;
///
///     fn now(&self) -> Duration {
///         Duration::ZERO
///     }
///     fn later(&self, start: Duration, duration: Duration) -> Duration {
///         start + duration
///     }
///     fn between(&self, earlier: Duration, later: Duration) -> Duration {
///         later.saturating_sub(earlier)
///     }
///     fn wait_until(&self, _deadline: Duration) -> Ready<()> {
///         core::future::ready(())
///     }
/// }
/// ```
pub trait Timer {
    /// A point in time of this clock.
    type Instant: Copy + Ord;

    /// The future of [`wait_until`](Self::wait_until). Dropped, it leaves no timer behind.
    type Wait: Future<Output = ()>;

    /// The present.
    fn now(&self) -> Self::Instant;

    /// The point in time `duration` after `start`, or the last one that can be expressed.
    fn later(&self, start: Self::Instant, duration: Duration) -> Self::Instant;

    /// How long it is from `earlier` to `later`; zero if they are the other way round.
    fn between(&self, earlier: Self::Instant, later: Self::Instant) -> Duration;

    /// Completes when `deadline` has passed, never before.
    fn wait_until(&self, deadline: Self::Instant) -> Self::Wait;

    /// Completes `duration` after this call, never before.
    fn wait(&self, duration: Duration) -> Self::Wait {
        self.wait_until(self.later(self.now(), duration))
    }
}

impl<R: Spawn + ?Sized> Spawn for &R {
    fn go<F>(&self, process: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        R::go(self, process);
    }
}

impl<R: Timer + ?Sized> Timer for &R {
    type Instant = R::Instant;
    type Wait = R::Wait;

    fn now(&self) -> Self::Instant {
        R::now(self)
    }

    fn later(&self, start: Self::Instant, duration: Duration) -> Self::Instant {
        R::later(self, start, duration)
    }

    fn between(&self, earlier: Self::Instant, later: Self::Instant) -> Duration {
        R::between(self, earlier, later)
    }

    fn wait_until(&self, deadline: Self::Instant) -> Self::Wait {
        R::wait_until(self, deadline)
    }
}

/// [`Timer::later`] for a clock of std: `duration` after `start`, or the last point in time.
///
/// # Examples
///
/// ```
/// use csp_core::runtime::later;
/// use std::time::{Duration, Instant};
///
/// let now = Instant::now();
/// assert_eq!(later(now, Duration::from_secs(1)), now + Duration::from_secs(1));
/// assert!(later(now, Duration::MAX) > now);
/// ```
#[cfg(feature = "std")]
pub fn later(start: std::time::Instant, duration: Duration) -> std::time::Instant {
    start.checked_add(duration).unwrap_or_else(|| {
        // The end of time differs by platform, so it is felt for, one binary digit at a time. Whole
        // seconds stop short of it, so that a runtime may still round it up.
        let slack = start.checked_add(Duration::from_secs(1)).unwrap_or(start);
        let last = (0..u64::BITS).rev().fold(slack, |last, bit| {
            last.checked_add(Duration::from_secs(1 << bit)).unwrap_or(last)
        });
        last.checked_sub(Duration::from_secs(1)).unwrap_or(start)
    })
}
