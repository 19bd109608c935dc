//! Processes with a result: a handle that can be awaited, chosen, and used to stop them.
//!
//! *Model.* [`start`] runs a process through a runtime and gives a [`Process`]: a channel of one
//! value, which closes after the result, and a second one that closes to stop the process. Dropping
//! the handle stops nothing.
//!
//! *Source*: the result channel of `go` in core.async, with panics as errors.

use alloc::boxed::Box;
use core::any::Any as AnyValue;
use core::fmt;
use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use crate::alts::{ChannelGuard, Guard, IntoGuard, RawGuard};
use crate::buffer::Any;
use crate::chan::Chan;
use crate::channel::state::After;
use crate::choice::Outcome;
use crate::error::{Error, TakeError};
use crate::lock::Lock;
use crate::owned::OwnedTake;
use crate::pin::project;
use crate::runtime::{Spawn, SpawnLocal};
use crate::take::Take;
use crate::wait_list::Party;

/// Starts a process whose result can be awaited.
///
/// The process does not run inside this call. Its channels have the lock `L`.
///
/// # Examples
///
/// ```
/// use csp_core::{block_on, lock::StdLock, runtime::Spawn, start};
///
/// struct Threads;
/// impl Spawn for Threads {
///     fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
///         std::thread::spawn(|| block_on(process));
///     }
/// }
///
/// let process = start::<StdLock, _, _>(&Threads, async { 6 * 7 });
/// assert_eq!(block_on(process).unwrap(), 42);
///
/// let process = start::<StdLock, _, ()>(&Threads, async { panic!("oh no") });
/// assert!(block_on(process).unwrap_err().is_panic());
/// ```
pub fn start<L, R, T>(
    runtime: &R,
    process: impl Future<Output = T> + Send + 'static,
) -> Process<T, L>
where
    L: Lock + Send + Sync + 'static,
    R: Spawn,
    T: Send + 'static,
{
    let (handle, supervised) = supervise(process);
    runtime.go(supervised);
    handle
}

/// Starts a process that stays on this thread, and whose result can be awaited.
///
/// # Examples
///
/// ```
/// use csp_core::{lock::SingleThread, runtime::SpawnLocal, start_local};
///
/// fn count_here<R: SpawnLocal>(runtime: &R) -> csp_core::Process<usize, SingleThread> {
///     let words = std::rc::Rc::new(["not", "Send"]);
///     start_local(runtime, async move { words.len() })
/// }
/// ```
pub fn start_local<L, R, T>(
    runtime: &R,
    process: impl Future<Output = T> + 'static,
) -> Process<T, L>
where
    L: Lock + 'static,
    R: SpawnLocal,
    T: 'static,
{
    let (handle, supervised) = supervise(process);
    runtime.go_local(supervised);
    handle
}

fn supervise<L: Lock + 'static, T: 'static>(
    process: impl Future<Output = T> + 'static,
) -> (Process<T, L>, impl Future<Output = ()>) {
    let handle = Process { result: Chan::fixed(1), stop: Chan::new() };
    let (result, stop) = (handle.result.clone(), handle.stop.clone());
    // Its drop closes the channel after the result, also if the runtime drops the process.
    let last = result.sender();
    let supervised = async move {
        let outcome = {
            let mut stopped = pin!(stop.closed());
            let mut process = pin!(process);
            poll_fn(|cx| {
                if stopped.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Err(ProcessError::stopped()));
                }
                poll_caught(process.as_mut(), cx)
            })
            .await
        };
        // It can only fail if somebody closed the channel, who then does not want the result.
        drop(result.try_put(outcome));
        drop(last);
    };
    (handle, supervised)
}

#[cfg(feature = "std")]
fn poll_caught<F: Future>(
    process: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, ProcessError>> {
    use core::panic::AssertUnwindSafe;
    use std::panic::catch_unwind;
    // The process is not polled again after a panic, so nobody sees it half done.
    match catch_unwind(AssertUnwindSafe(|| process.poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(ProcessError(Failure::Panicked(payload)))),
    }
}

#[cfg(not(feature = "std"))]
fn poll_caught<F: Future>(
    process: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, ProcessError>> {
    process.poll(cx).map(Ok)
}

/// The handle of a process: awaited, it gives the process's result.
///
/// Dropping it does not stop the process; [`stop`](Process::stop) does. By reference it is a guard
/// for [`alts`](crate::alts()).
///
/// # Examples
///
/// See [`start`].
pub struct Process<T, L: Lock> {
    result: Chan<Result<T, ProcessError>, L>,
    stop: Chan<(), L>,
}

impl<T, L: Lock> Process<T, L> {
    /// Stops the process: it is dropped where it waits, the next time its runtime polls it.
    ///
    /// Awaiting the handle then tells that it was stopped, once it has been dropped. If it ends by
    /// itself first, its result stands.
    ///
    /// # Examples
    ///
    /// ```
    /// # use csp_core::{block_on, lock::StdLock, runtime::Spawn, start};
    /// # struct Threads;
    /// # impl Spawn for Threads {
    /// #     fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
    /// #         std::thread::spawn(|| block_on(process));
    /// #     }
    /// # }
    /// let process = start::<StdLock, _, ()>(&Threads, std::future::pending());
    /// process.stop();
    /// assert!(block_on(process).unwrap_err().is_stopped());
    /// ```
    pub fn stop(&self) {
        self.stop.close();
    }

    /// Whether the process has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// # use csp_core::{lock::StdLock, Process};
    /// fn report(process: &Process<u32, StdLock>) {
    ///     println!("done: {}", process.is_finished());
    /// }
    /// ```
    pub fn is_finished(&self) -> bool {
        self.result.is_closed()
    }

    /// The channel of the result: it gives one value, then closes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use csp_core::{Process, ProcessError, Chan, lock::StdLock};
    /// fn as_channel(
    ///     process: &Process<u32, StdLock>,
    /// ) -> &Chan<Result<u32, ProcessError>, StdLock> {
    ///     process.result()
    /// }
    /// ```
    pub const fn result(&self) -> &Chan<Result<T, ProcessError>, L> {
        &self.result
    }
}

impl<T: 'static, L: Lock + 'static> IntoFuture for Process<T, L> {
    type Output = Result<T, ProcessError>;
    type IntoFuture = Joining<T, L>;

    fn into_future(self) -> Joining<T, L> {
        Joining(Box::pin(self.result.into_take()))
    }
}

impl<T, L: Lock> fmt::Debug for Process<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("is_finished", &self.is_finished()).finish_non_exhaustive()
    }
}

fn joined<T>(taken: Result<Result<T, ProcessError>, TakeError>) -> Result<T, ProcessError> {
    taken.unwrap_or(Err(ProcessError::stopped()))
}

/// The future of an awaited [`Process`].
#[must_use = "a future does nothing unless it is awaited"]
pub struct Joining<T: 'static, L: Lock + 'static>(Pin<Box<OwnedTake<Result<T, ProcessError>, L>>>);

impl<T, L: Lock> Future for Joining<T, L> {
    type Output = Result<T, ProcessError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().0.as_mut().poll(cx).map(joined)
    }
}

impl<T, L: Lock> fmt::Debug for Joining<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Joining")
    }
}

impl<'a, T, L: Lock> IntoGuard for &'a Process<T, L> {
    type Guard = ProcessGuard<'a, T, L>;

    fn into_guard(self) -> Self::Guard {
        ProcessGuard(self.result.take())
    }
}

/// The guard of a [`Process`]: chosen, it gives the process's result.
#[derive(Debug)]
pub struct ProcessGuard<'a, T, L: Lock>(Take<'a, Result<T, ProcessError>, Any, L>);

impl<'a, T, L: Lock> ProcessGuard<'a, T, L> {
    project!(take => pinned 0: Take<'a, Result<T, ProcessError>, Any, L>);
}

impl<T, L: Lock> RawGuard for ProcessGuard<'_, T, L> {
    fn on_channel(self: Pin<&mut Self>) -> Option<Pin<&mut dyn ChannelGuard>> {
        self.take().on_channel()
    }
}

impl<T, L: Lock> Guard for ProcessGuard<'_, T, L> {
    type Output = Result<T, ProcessError>;

    fn output(
        self: Pin<&mut Self>,
        outcome: Outcome,
        me: Party,
        after: &mut After,
    ) -> Self::Output {
        joined(self.take().output(outcome, me, after))
    }
}

/// Why a process has no result: it panicked, or it was stopped.
///
/// # Examples
///
/// See [`start`] and [`Process::stop`].
pub struct ProcessError(Failure);

enum Failure {
    #[cfg_attr(not(feature = "std"), expect(dead_code, reason = "panics are caught with std"))]
    Panicked(Box<dyn AnyValue + Send>),
    Stopped,
}

impl ProcessError {
    pub(crate) const fn stopped() -> Self {
        Self(Failure::Stopped)
    }

    /// Whether the process panicked.
    pub const fn is_panic(&self) -> bool {
        matches!(self.0, Failure::Panicked(_))
    }

    /// Whether the process was stopped, by its handle or with its runtime.
    pub const fn is_stopped(&self) -> bool {
        matches!(self.0, Failure::Stopped)
    }

    /// What the process panicked with, if it did: something to resume unwinding with.
    ///
    /// # Errors
    ///
    /// This error, if the process did not panic.
    pub fn into_panic(self) -> Result<Box<dyn AnyValue + Send>, Self> {
        match self.0 {
            Failure::Panicked(payload) => Ok(payload),
            Failure::Stopped => Err(self),
        }
    }

    fn message(&self) -> Option<&str> {
        let Failure::Panicked(payload) = &self.0 else { return None };
        payload
            .downcast_ref::<&'static str>()
            .copied()
            .or_else(|| payload.downcast_ref::<alloc::string::String>().map(|text| text.as_str()))
    }
}

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0, self.message()) {
            (Failure::Stopped, _) => f.write_str("the process was stopped before it had a result"),
            (Failure::Panicked(_), Some(text)) => write!(f, "the process panicked: {text}"),
            (Failure::Panicked(_), None) => f.write_str("the process panicked"),
        }
    }
}

impl fmt::Debug for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProcessError({self})")
    }
}

impl core::error::Error for ProcessError {}

/// Lets a process be written with `?`, and end quietly when its network shuts down.
///
/// Closed and poisoned end the process without a word; so does every other [`Error`], for a
/// process that wants to know has handled it.
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, block_on, lock::StdLock, quietly};
///
/// let chan = Chan::<u32, StdLock>::new();
/// chan.close();
/// block_on(quietly(async {
///     loop {
///         let number = chan.take().await?;
///         println!("{number}");
///     }
/// }));
/// ```
pub async fn quietly<F>(process: F)
where
    F: Future<Output = Result<(), Error>>,
{
    // Ending quietly is the point.
    let _ended = process.await;
}
