//! Puts and takes without a process: a callback gets the result.
//!
//! *Model.* A registered operation is a task of its own: its waker runs it. Tasks run through a
//! trampoline, one per thread (without `std`, one per program, and so for `Send` callbacks only): a
//! task that is woken while another runs is queued behind it, so that callbacks never nest, however
//! long a chain of them is.
//!
//! ```text
//!   Idle ── run ──► Running ── result, callback ──► Gone
//!    ▲                │
//!    └── pending ─────┘          cancel: Idle ──► Gone
//! ```
//!
//! *Cancellation*: dropping the handle changes nothing; [`PendingTake::cancel`] and
//! [`PendingPut::cancel`] withdraw an operation whose callback has not begun.
//!
//! *Source*: `put!` and `take!` of core.async; the trampoline is twisted-csp's dispatcher.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::task::Wake;
use core::fmt;
use core::marker::PhantomData;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use crate::chan::Chan;
use crate::error::{PutError, TakeError};
use crate::lock::Lock;
use crate::owned::{OwnedPut, OwnedTake};
use crate::put::CancelledPut;

#[cfg(feature = "std")]
mod confined;

impl<T: Send + 'static, L: Lock + Send + Sync + 'static> Chan<T, L> {
    /// Takes a value without a process: `callback` gets it, or the error.
    ///
    /// If there is a value, the callback runs before this returns, unless it is called from a
    /// callback; else it runs on the thread that puts, after that has left the channel.
    ///
    /// *Source*: `take!` of core.async, `take_then_callback` of twisted-csp.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    ///
    /// let chan = Chan::<u32, StdLock>::new();
    /// let results = Chan::<u32, StdLock>::fixed(1);
    /// let out = results.clone();
    /// chan.take_then(move |taken| out.try_put(taken.unwrap() + 1).unwrap());
    /// chan.try_put(1).unwrap();
    /// assert_eq!(results.try_take(), Ok(2));
    /// ```
    pub fn take_then<C>(&self, callback: C) -> PendingTake<L>
    where
        C: FnOnce(Result<T, TakeError>) + Send + 'static,
    {
        PendingTake(register(self.clone().into_take(), callback), PhantomData)
    }

    /// Puts a value without a process: `callback` gets the result.
    ///
    /// If the value is accepted at once, the callback runs before this returns, unless it is
    /// called from a callback; else it runs on the thread that takes.
    ///
    /// *Source*: `put!` of core.async, `put_then_callback` of twisted-csp.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{CancelledPut, Chan, lock::StdLock};
    ///
    /// let chan = Chan::<u32, StdLock>::new();
    /// let pending = chan.put_then(1, |_result| unreachable!("nobody takes"));
    /// assert_eq!(pending.cancel(), Some(CancelledPut::Returned(1)));
    /// ```
    pub fn put_then<C>(&self, value: T, callback: C) -> PendingPut<T, L>
    where
        C: FnOnce(Result<(), PutError<T>>) + Send + 'static,
    {
        PendingPut(register(self.clone().into_put(value), callback), PhantomData)
    }
}

/// The handle of [`Chan::take_then`]. Dropping it changes nothing.
///
/// Like the channel, it may go to another thread unless the lock is
/// [`SingleThread`](crate::lock::SingleThread).
pub struct PendingTake<L>(Arc<dyn Cancel<()> + Send + Sync>, PhantomData<L>);

impl<L> PendingTake<L> {
    /// Withdraws the take; false if its callback has run, or runs now. Otherwise the callback
    /// never runs, and a value that the take had been given goes to the next one.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    ///
    /// let chan = Chan::<u32, StdLock>::new();
    /// let pending = chan.take_then(|_taken| unreachable!("cancelled"));
    /// assert!(pending.cancel());
    /// assert!(chan.try_put(1).is_err());
    /// ```
    pub fn cancel(self) -> bool {
        self.0.cancel().is_some()
    }
}

impl<L> fmt::Debug for PendingTake<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingTake")
    }
}

/// The handle of [`Chan::put_then`]. Dropping it changes nothing.
///
/// Like the channel, it may go to another thread unless the lock is
/// [`SingleThread`](crate::lock::SingleThread).
pub struct PendingPut<T, L>(Arc<dyn Cancel<CancelledPut<T>> + Send + Sync>, PhantomData<L>);

impl<T, L> PendingPut<T, L> {
    /// Withdraws the put and gives the value back, or tells that it was accepted; `None` if its
    /// callback has run, or runs now. Otherwise the callback never runs.
    ///
    /// # Examples
    ///
    /// See [`Chan::put_then`].
    pub fn cancel(self) -> Option<CancelledPut<T>> {
        self.0.cancel()
    }
}

impl<T, L> fmt::Debug for PendingPut<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingPut")
    }
}

trait Cancel<W> {
    fn cancel(&self) -> Option<W>;
}

/// An operation that can be withdrawn before its callback runs.
trait Withdraw: Future {
    type Withdrawn;
    fn withdraw(self: Pin<&mut Self>) -> Self::Withdrawn;
}

impl<T, L: Lock> Withdraw for OwnedTake<T, L> {
    type Withdrawn = ();

    // The drop that follows gives back what it was given.
    fn withdraw(self: Pin<&mut Self>) {}
}

impl<T, L: Lock> Withdraw for OwnedPut<T, L> {
    type Withdrawn = CancelledPut<T>;

    fn withdraw(self: Pin<&mut Self>) -> CancelledPut<T> {
        self.cancel()
    }
}

fn register<F, C>(operation: F, callback: C) -> Arc<Task<F, C>>
where
    F: Withdraw + Send + 'static,
    C: FnOnce(F::Output) + Send + 'static,
{
    let stage = Stage::Idle(Box::pin(operation), callback);
    let task = Arc::new(Task { stage: Guarded::new(stage) });
    trampoline::run(task.clone());
    task
}

enum Stage<F, C> {
    Idle(Pin<Box<F>>, C),
    /// Woken again while it runs, or not.
    Running {
        again: bool,
    },
    Gone,
}

struct Task<F, C> {
    stage: Guarded<Stage<F, C>>,
}

impl<F: Withdraw, C: FnOnce(F::Output)> Task<F, C> {
    /// Polls outside of the lock, for that runs wakers and the callback.
    fn run_with(&self, waker: &Waker) {
        while let Some((mut operation, callback)) = self.begin() {
            if let Poll::Ready(result) = operation.as_mut().poll(&mut Context::from_waker(waker)) {
                self.stage.with(|stage| *stage = Stage::Gone);
                drop(operation);
                return callback(result);
            }
            if !self.pause(operation, callback) {
                return;
            }
        }
    }

    /// Idle to running; nothing if it runs, which then runs again, or is gone.
    fn begin(&self) -> Option<(Pin<Box<F>>, C)> {
        self.stage.with(|stage| match mem::replace(stage, Stage::Running { again: false }) {
            Stage::Idle(operation, callback) => Some((operation, callback)),
            Stage::Running { .. } => {
                *stage = Stage::Running { again: true };
                None
            }
            Stage::Gone => {
                *stage = Stage::Gone;
                None
            }
        })
    }

    /// Running to idle; whether it was woken meanwhile.
    fn pause(&self, operation: Pin<Box<F>>, callback: C) -> bool {
        let idle = Stage::Idle(operation, callback);
        let was = self.stage.with(|stage| mem::replace(stage, idle));
        matches!(was, Stage::Running { again: true })
    }

    fn cancel_now(&self) -> Option<F::Withdrawn> {
        let was = self.stage.with(|stage| match stage {
            Stage::Idle(..) => mem::replace(stage, Stage::Gone),
            _ => Stage::Gone,
        });
        let Stage::Idle(mut operation, _callback) = was else { return None };
        Some(operation.as_mut().withdraw())
    }
}

impl<F: Withdraw, C: FnOnce(F::Output)> Cancel<F::Withdrawn> for Task<F, C> {
    fn cancel(&self) -> Option<F::Withdrawn> {
        self.cancel_now()
    }
}

/// Something that the trampoline runs.
trait Run: Send + Sync {
    fn run(self: Arc<Self>);
}

impl<F, C> Run for Task<F, C>
where
    F: Withdraw + Send + 'static,
    C: FnOnce(F::Output) + Send + 'static,
{
    fn run(self: Arc<Self>) {
        self.run_with(&Waker::from(self.clone()));
    }
}

impl<F, C> Wake for Task<F, C>
where
    F: Withdraw + Send + 'static,
    C: FnOnce(F::Output) + Send + 'static,
{
    fn wake(self: Arc<Self>) {
        trampoline::run(self);
    }
}

/// A value under a lock: a mutex, or a critical section where there are no threads to park.
#[cfg(feature = "std")]
struct Guarded<T>(crate::sync::Mutex<T>);

#[cfg(feature = "std")]
impl<T> Guarded<T> {
    const fn new(value: T) -> Self {
        Self(crate::sync::Mutex::new(value))
    }

    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[cfg(not(feature = "std"))]
struct Guarded<T>(critical_section::Mutex<core::cell::RefCell<T>>);

#[cfg(not(feature = "std"))]
impl<T> Guarded<T> {
    const fn new(value: T) -> Self {
        Self(critical_section::Mutex::new(core::cell::RefCell::new(value)))
    }

    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        critical_section::with(|section| f(&mut self.0.borrow_ref_mut(section)))
    }
}

/// Runs tasks one after another, never one inside another.
mod trampoline {
    use super::{Arc, Run, VecDeque};

    /// The queue while a task runs.
    type Queue = Option<VecDeque<Arc<dyn Run>>>;

    /// `None` on a thread that is ending: there a task runs at once.
    #[cfg(feature = "std")]
    fn with_queue<R>(f: impl FnOnce(&mut Queue) -> R) -> Option<R> {
        crate::sync::per_thread! {
            static QUEUE: core::cell::RefCell<Queue> = core::cell::RefCell::new(None);
        }
        QUEUE.try_with(|queue| f(&mut queue.borrow_mut())).ok()
    }

    #[cfg(not(feature = "std"))]
    fn with_queue<R>(f: impl FnOnce(&mut Queue) -> R) -> Option<R> {
        /// The tasks in it run wherever the trampoline is entered first, on whichever thread, core
        /// or interrupt: they are `Send`.
        static QUEUE: super::Guarded<Queue> = super::Guarded::new(None);
        Some(QUEUE.with(f))
    }

    /// Leaves the trampoline, also if a callback panics; what is queued then runs with the next.
    struct Leave;

    impl Drop for Leave {
        fn drop(&mut self) {
            let rest = with_queue(Option::take).flatten();
            for task in rest.into_iter().flatten() {
                run(task);
            }
        }
    }

    pub(super) fn run(task: Arc<dyn Run>) {
        let mut first = Some(task);
        with_queue(|queue| {
            if let Some(queue) = queue {
                queue.extend(first.take());
            } else {
                *queue = Some(VecDeque::new());
            }
        });
        let Some(task) = first else { return };
        let _leave = Leave;
        let mut next = Some(task);
        while let Some(task) = next {
            task.run();
            next = with_queue(|queue| queue.as_mut().and_then(VecDeque::pop_front)).flatten();
        }
    }
}
