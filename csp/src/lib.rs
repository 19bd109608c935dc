//! Communicating sequential processes for every Rust async runtime.
//!
//! This crate is the facade: [`csp_core`] with the lock fixed, so that a channel in a signature is
//! just [`Chan<T>`], and a module of functions for each runtime behind a feature of its name
//! (`tokio`, `smol`, `async-std`, `embassy`). The [guide] explains; what follows is the README.
//!
//! [guide]: crate::guide
//! [semantics]: https://github.com/csp-rs/csp/blob/main/docs/semantics.md
//! [ARCHITECTURE]: https://github.com/csp-rs/csp/blob/main/ARCHITECTURE.md
//! [CONTRIBUTING]: https://github.com/csp-rs/csp/blob/main/CONTRIBUTING.md
#![cfg_attr(feature = "tokio", doc = "")]
#![cfg_attr(feature = "tokio", doc = include_str!("../README.md"))]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod guide;
pub mod local;

use csp_core::lock::StdLock;
use csp_core::runtime::Spawn;

// What is named again below hides its namesake from here.
pub use csp_core::*;

/// The functions of async-std: `go`, `start`, `wait`, `timeout` and more.
#[cfg(feature = "async-std")]
#[cfg_attr(docsrs, doc(cfg(feature = "async-std")))]
#[doc(inline)]
pub use csp_async_std as async_std;
/// The functions of embassy: `wait`, `timeout` and more, and the locks of embassy-sync.
#[cfg(feature = "embassy")]
#[cfg_attr(docsrs, doc(cfg(feature = "embassy")))]
#[doc(inline)]
pub use csp_embassy as embassy;
/// The functions of smol: `go`, `start`, `wait`, `timeout` and more.
#[cfg(feature = "smol")]
#[cfg_attr(docsrs, doc(cfg(feature = "smol")))]
#[doc(inline)]
pub use csp_smol as smol;
/// The functions of tokio: `go`, `start`, `wait`, `timeout` and more.
#[cfg(feature = "tokio")]
#[cfg_attr(docsrs, doc(cfg(feature = "tokio")))]
#[doc(inline)]
pub use csp_tokio as tokio;

/// A handle of a channel, both ends at once; clone it and send it around.
///
/// It has all methods of [`Channel`]. It is not counted: dropping it closes nothing.
///
/// # Examples
///
/// ```
/// let chan = csp::Chan::<u32>::fixed(1);
/// let other = chan.clone();
/// std::thread::spawn(move || other.put_blocking(1).unwrap());
/// assert_eq!(csp::block_on(chan.take()), Ok(1));
/// ```
pub type Chan<T> = csp_core::Chan<T, StdLock>;

/// A counted end that puts; the last one to go closes the channel.
///
/// It has the methods of [`PutEnd`].
pub type Sender<T> = csp_core::Sender<T, StdLock>;

/// A counted end that takes; the last one to go makes puts fail.
///
/// It has the methods of [`TakeEnd`].
pub type Receiver<T> = csp_core::Receiver<T, StdLock>;

/// A putting end that does not count.
pub type WeakSender<T> = csp_core::WeakSender<T, StdLock>;

/// A taking end that does not count.
pub type WeakReceiver<T> = csp_core::WeakReceiver<T, StdLock>;

/// The handle of a process: awaited, it gives the process's result.
pub type Process<T> = csp_core::Process<T, StdLock>;

/// Starts processes in a group, from any thread; see [`group`].
pub type Group<C = ()> = csp_core::Group<StdLock, C>;

/// One branch of a choice over a slice, whose length is known at run time.
pub type Branch<'a, T> = csp_core::Branch<'a, T, StdLock>;

/// A new channel as a pair of counted ends, with a buffer of this kind.
///
/// # Panics
///
/// If a dropping, sliding or overwriting buffer is to have size 0.
///
/// # Examples
///
/// ```
/// let (sender, receiver) = csp::channel(csp::Kind::Sliding(1));
/// sender.try_put("old")?;
/// sender.try_put("new")?;
/// assert_eq!(receiver.try_take()?, "new");
/// # Ok::<(), csp::Error>(())
/// ```
#[track_caller]
pub fn channel<T>(kind: Kind) -> (Sender<T>, Receiver<T>) {
    csp_core::channel(kind)
}

/// A new channel without a buffer, as a pair of counted ends: a put meets a take.
///
/// # Examples
///
/// ```
/// let (sender, receiver) = csp::rendezvous();
/// std::thread::spawn(move || sender.put_blocking(1).unwrap());
/// assert_eq!(csp::block_on(receiver.take()), Ok(1));
/// ```
pub fn rendezvous<T>() -> (Sender<T>, Receiver<T>) {
    channel(Kind::Rendezvous)
}

/// A new channel that buffers up to `size` values, as a pair of counted ends; 0 is a rendezvous.
///
/// # Examples
///
/// ```
/// let (sender, receiver) = csp::fixed(1);
/// assert!(sender.try_put(1).is_ok());
/// assert!(sender.try_put(2).is_err());
/// assert_eq!(receiver.try_take(), Ok(1));
/// ```
pub fn fixed<T>(size: usize) -> (Sender<T>, Receiver<T>) {
    channel(Kind::Fixed(size))
}

/// A new channel whose puts never wait for room, as a pair of counted ends.
///
/// # Examples
///
/// ```
/// let (sender, receiver) = csp::unbounded();
/// (0..1000).for_each(|number| sender.try_put(number).unwrap());
/// assert_eq!(receiver.len(), 1000);
/// ```
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    channel(Kind::Unbounded)
}

/// Starts a process whose result can be awaited, on a runtime that is given as a value.
///
/// With the runtime known, use its own `start`, as `csp::tokio::start`.
///
/// # Examples
///
/// ```
/// use csp::runtime::Spawn;
///
/// fn answer<R: Spawn>(runtime: &R) -> csp::Process<u32> {
///     csp::start(runtime, async { 42 })
/// }
/// ```
#[track_caller]
pub fn start<R, F>(runtime: &R, process: F) -> Process<F::Output>
where
    R: Spawn,
    F: Future<Output: Send + 'static> + Send + 'static,
{
    csp_core::start(runtime, process)
}

/// Runs any number of processes on a runtime and gives their results in order.
///
/// With the runtime known, use its own `parallel`, as `csp::tokio::parallel`. For a number that is
/// fixed, [`parallel()`] needs no runtime.
///
/// # Examples
///
/// ```
/// use csp::runtime::Spawn;
///
/// async fn squares<R: Spawn>(runtime: &R) -> Vec<u32> {
///     let results = csp::parallel_on(runtime, (0..3).map(|n| async move { n * n })).await;
///     results.into_iter().map(Result::unwrap).collect()
/// }
/// ```
pub async fn parallel_on<R, P>(
    runtime: &R,
    processes: impl IntoIterator<Item = P>,
) -> Vec<Result<P::Output, ProcessError>>
where
    R: Spawn,
    P: Future<Output: Send + 'static> + Send + 'static,
{
    csp_core::parallel_on::<StdLock, _, _>(runtime, processes).await
}

/// Runs processes side by side, and polls only those that are ready.
///
/// As [`parallel()`], the processes are a tuple of one to eight futures, or an array, and it gives
/// their results in order. They have a run queue of their own, in a block of memory that is
/// allocated here, which makes a switch between them cheaper than one between tasks of a runtime. A
/// wake-up costs the same however many there are.
///
/// # Cancel safety
///
/// Dropping the group drops all processes.
///
/// # Fairness
///
/// Processes are polled in the order in which they became ready. After 128 polls of processes that
/// keep each other ready, the group lets the executor have its turn.
///
/// # Panics
///
/// A panic of a process goes through the group, and drops the others. The group panics if it is
/// polled after it has ended, by a panic too.
///
/// # Examples
///
/// ```
/// let (sender, receiver) = csp::rendezvous();
/// let sum = async {
///     let mut sum = 0;
///     while let Ok(number) = receiver.take().await {
///         sum += number;
///     }
///     sum
/// };
/// let numbers = async {
///     for number in 0..100 {
///         sender.put(number).await.unwrap();
///     }
///     drop(sender);
/// };
/// let ((), sum) = csp::block_on(csp::parallel_queued((numbers, sum)));
/// assert_eq!(sum, 4950);
/// ```
pub fn parallel_queued<P: Processes>(processes: P) -> ParallelQueued<P, CountedQueue<P, StdLock>> {
    csp_core::parallel_queued(processes)
}

/// Runs processes in one task, as many as are started while it runs, until all have ended.
///
/// The [`Group`] that `body` gets is a runtime: what is written for any runtime (`R: Spawn`) runs
/// in it, and so do [`start`] and [`parallel_on`]. The body may borrow; the group gives what it
/// gave.
///
/// To start a process, to wake it and to end it cost the same however many there are. Each takes
/// one block of memory.
///
/// # Cancel safety
///
/// Dropping the group drops the body and all processes. A process that is started in a group which
/// has ended is dropped at once.
///
/// # Fairness
///
/// Processes are polled in the order in which they became ready. After 128 polls of processes that
/// keep each other ready, the group lets the executor have its turn.
///
/// # Panics
///
/// A panic of the body or of a process goes through the group, and drops the others. That of a
/// process with a handle ([`start`]) is the handle's error. The group panics if it is polled after
/// it has ended, by a panic too.
///
/// # Examples
///
/// ```
/// use csp::runtime::Spawn;
///
/// async fn squares<R: Spawn>(runtime: &R) -> Vec<u32> {
///     let results = csp::parallel_on(runtime, (0..3).map(|n| async move { n * n })).await;
///     results.into_iter().map(Result::unwrap).collect()
/// }
///
/// assert_eq!(csp::block_on(csp::group(async |group| squares(&group).await)), [0, 1, 4]);
/// ```
pub fn group<F: Future>(body: impl FnOnce(Group) -> F) -> Running<F, Group> {
    csp_core::group(body)
}

/// As [`group`], with the clock of the runtime around it: processes can wait.
///
/// # Examples
///
/// ```
/// use csp::runtime::{Spawn, Timer};
/// use std::time::Duration;
///
/// async fn late_answer<R: Spawn + Timer>(runtime: &R) -> u32 {
///     runtime.wait(Duration::from_millis(1)).await;
///     42
/// }
///
/// # #[cfg(feature = "tokio")]
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let group = csp::group_with_timer(csp::tokio::Tokio, async |group| late_answer(&group).await);
/// assert_eq!(group.await, 42);
/// # });
/// ```
pub fn group_with_timer<C, F: Future>(
    timer: C,
    body: impl FnOnce(Group<C>) -> F,
) -> Running<F, Group<C>> {
    csp_core::group_with_timer(timer, body)
}
