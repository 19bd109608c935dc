//! Handles for one thread: not `Send`, without atomics, for values that need not be `Send`.
//!
//! The names and methods are those of the crate's root; only the lock differs. It detects a
//! channel that is used again from within its own lock, and panics then.
//!
//! ```
//! use std::rc::Rc;
//!
//! let (sender, receiver) = csp::local::fixed(1);
//! sender.try_put(Rc::new(1)).unwrap();
//! assert_eq!(receiver.try_take(), Ok(Rc::new(1)));
//! ```

use csp_core::lock::{SingleThread, StdLock};
use csp_core::runtime::SpawnLocal;
use csp_core::{Kind, Running};

/// As [`crate::Chan`], for one thread.
pub type Chan<T> = csp_core::Chan<T, SingleThread>;

/// As [`crate::Sender`], for one thread.
pub type Sender<T> = csp_core::Sender<T, SingleThread>;

/// As [`crate::Receiver`], for one thread.
pub type Receiver<T> = csp_core::Receiver<T, SingleThread>;

/// As [`crate::WeakSender`], for one thread.
pub type WeakSender<T> = csp_core::WeakSender<T, SingleThread>;

/// As [`crate::WeakReceiver`], for one thread.
pub type WeakReceiver<T> = csp_core::WeakReceiver<T, SingleThread>;

/// As [`crate::Process`], for one thread.
pub type Process<T> = csp_core::Process<T, SingleThread>;

/// As [`crate::Branch`], for one thread.
pub type Branch<'a, T> = csp_core::Branch<'a, T, SingleThread>;

/// As [`crate::Group`], for processes that stay on this thread.
pub type Group<C = ()> = csp_core::LocalGroup<StdLock, C>;

/// As [`crate::channel`], for one thread.
///
/// # Panics
///
/// If a dropping, sliding or overwriting buffer is to have size 0.
#[track_caller]
pub fn channel<T>(kind: Kind) -> (Sender<T>, Receiver<T>) {
    csp_core::channel(kind)
}

/// As [`crate::rendezvous`], for one thread.
pub fn rendezvous<T>() -> (Sender<T>, Receiver<T>) {
    channel(Kind::Rendezvous)
}

/// As [`crate::fixed`], for one thread.
pub fn fixed<T>(size: usize) -> (Sender<T>, Receiver<T>) {
    channel(Kind::Fixed(size))
}

/// As [`crate::unbounded`], for one thread.
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    channel(Kind::Unbounded)
}

/// As [`crate::start`], for a process that stays on this thread.
#[track_caller]
pub fn start<R, F>(runtime: &R, process: F) -> Process<F::Output>
where
    R: SpawnLocal,
    F: Future<Output: 'static> + 'static,
{
    csp_core::start_local(runtime, process)
}

/// As [`crate::group`], for processes that stay on this thread.
///
/// # Cancel safety
///
/// Dropping the group drops the body and all processes.
///
/// # Fairness
///
/// As for [`crate::group`].
///
/// # Panics
///
/// As for [`crate::group`].
///
/// # Examples
///
/// ```
/// use csp::runtime::SpawnLocal;
/// use std::rc::Rc;
///
/// let word = csp::block_on(csp::local::group(async |group| {
///     let (sender, receiver) = csp::local::rendezvous();
///     group.go_local(async move { sender.put(Rc::new("here")).await.unwrap() });
///     receiver.take().await.unwrap()
/// }));
/// assert_eq!(*word, "here");
/// ```
pub fn group<F: Future>(body: impl FnOnce(Group) -> F) -> Running<F, Group> {
    csp_core::local_group(body)
}

/// As [`crate::group_with_timer`], for processes that stay on this thread.
///
/// # Examples
///
/// ```
/// use csp::runtime::{SpawnLocal, Timer};
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// # #[cfg(feature = "tokio")]
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let count = Rc::new(Cell::new(0));
/// let group = csp::local::group_with_timer(csp::tokio::Tokio, async |group| {
///     let (count, clock) = (count.clone(), group.clone());
///     group.go_local(async move {
///         clock.wait(Duration::from_millis(1)).await;
///         count.set(1);
///     });
/// });
/// group.await;
/// assert_eq!(count.get(), 1);
/// # });
/// ```
pub fn group_with_timer<C, F: Future>(
    timer: C,
    body: impl FnOnce(Group<C>) -> F,
) -> Running<F, Group<C>> {
    csp_core::local_group_with_timer(timer, body)
}
