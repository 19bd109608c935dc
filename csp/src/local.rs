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

use csp_core::Kind;
use csp_core::lock::SingleThread;
use csp_core::runtime::SpawnLocal;

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
