//! Callbacks that stay on one thread, for channels that do.
//!
//! They need `std`: without it there is one trampoline for all threads, cores and interrupts.

#![expect(unsafe_code, reason = "lends tasks that stay on one thread to wakers, see `Confined`")]

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::task::Wake;
use core::marker::PhantomData;
use core::task::Waker;

use super::{Cancel, Guarded, PendingPut, PendingTake, Run, Stage, Task, Withdraw, trampoline};
use crate::chan::Chan;
use crate::error::{PutError, TakeError};
use crate::lock::SingleThread;

impl<T: 'static> Chan<T, SingleThread> {
    /// [`take_then`](Chan::take_then) for one thread: nothing has to be `Send`.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::SingleThread};
    /// use std::{cell::Cell, rc::Rc};
    ///
    /// let chan = Chan::<u32, SingleThread>::new();
    /// let seen = Rc::new(Cell::new(0));
    /// let see = seen.clone();
    /// chan.take_then_local(move |taken| see.set(taken.unwrap()));
    /// chan.try_put(1).unwrap();
    /// assert_eq!(seen.get(), 1);
    /// ```
    pub fn take_then_local<C>(&self, callback: C) -> PendingTake<SingleThread>
    where
        C: FnOnce(Result<T, TakeError>) + 'static,
    {
        PendingTake(register_confined(self.clone().into_take(), callback), PhantomData)
    }

    /// [`put_then`](Chan::put_then) for one thread: nothing has to be `Send`.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::SingleThread};
    ///
    /// let chan = Chan::<u32, SingleThread>::new();
    /// chan.put_then_local(1, |result| result.unwrap());
    /// assert_eq!(chan.try_take(), Ok(1));
    /// ```
    pub fn put_then_local<C>(&self, value: T, callback: C) -> PendingPut<T, SingleThread>
    where
        C: FnOnce(Result<(), PutError<T>>) + 'static,
    {
        PendingPut(register_confined(self.clone().into_put(value), callback), PhantomData)
    }
}

fn register_confined<F, C>(operation: F, callback: C) -> Arc<Confined<Task<F, C>>>
where
    F: Withdraw + 'static,
    C: FnOnce(F::Output) + 'static,
{
    let stage = Stage::Idle(Box::pin(operation), callback);
    let task = Arc::new(Confined(Task { stage: Guarded::new(stage) }));
    trampoline::run(task.clone());
    task
}

impl<F: Withdraw, C: FnOnce(F::Output)> Cancel<F::Withdrawn> for Confined<Task<F, C>> {
    fn cancel(&self) -> Option<F::Withdrawn> {
        self.0.cancel_now()
    }
}

/// A task of a channel with the lock `SingleThread`.
///
/// *Invariant.* Its waker is given to that channel only, whose handles cannot leave their thread,
/// and runs it by the trampoline of that thread; its handle is of the same lock, and cannot leave
/// the thread either. So all that touches the task happens there.
struct Confined<T>(T);

// SAFETY: the invariant of `Confined`.
unsafe impl<T> Send for Confined<T> {}
// SAFETY: the invariant of `Confined`.
unsafe impl<T> Sync for Confined<T> {}

impl<F: Withdraw + 'static, C: FnOnce(F::Output) + 'static> Run for Confined<Task<F, C>> {
    fn run(self: Arc<Self>) {
        self.0.run_with(&Waker::from(self.clone()));
    }
}

impl<F: Withdraw + 'static, C: FnOnce(F::Output) + 'static> Wake for Confined<Task<F, C>> {
    fn wake(self: Arc<Self>) {
        trampoline::run(self);
    }
}
