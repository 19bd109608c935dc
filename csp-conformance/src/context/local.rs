//! The context of locks that stay on one thread: what it starts need not be `Send`.

use std::pin::Pin;

use csp_core::lock::{Lock, SingleThread};
use csp_core::runtime::SpawnLocal;
use csp_core::{Chan, PendingPut, PendingTake, Process, PutError, TakeError};

use super::Context;
use crate::runtime::LocalRuntime;

/// The context of locks that stay on one thread.
pub(crate) type Local<L> = Context<LocalRuntime, L>;

impl Local<SingleThread> {
    pub(crate) fn take_then<T: 'static>(
        chan: &Chan<T, SingleThread>,
        callback: impl FnOnce(Result<T, TakeError>) + 'static,
    ) -> PendingTake<SingleThread> {
        chan.take_then_local(callback)
    }

    pub(crate) fn put_then<T: 'static>(
        chan: &Chan<T, SingleThread>,
        value: T,
        callback: impl FnOnce(Result<(), PutError<T>>) + 'static,
    ) -> PendingPut<T, SingleThread> {
        chan.put_then_local(value, callback)
    }
}

impl<L> Local<L> {
    pub(crate) const IS_LOCAL: bool = true;

    /// Starts a process, detached; its panic fails the check.
    pub(crate) fn go(&self, process: impl Future<Output = ()> + 'static) {
        let process: Pin<Box<dyn Future<Output = ()>>> = Box::pin(process);
        self.runtime.go_local(self.outcome.clone().watch(process));
    }

    /// Starts a process as it is, detached.
    pub(crate) fn go_unwatched(&self, process: impl Future<Output = ()> + 'static) {
        self.runtime.go_local(process);
    }

    /// Starts a process, and gives its handle.
    pub(crate) fn start<T: 'static>(
        &self,
        process: impl Future<Output = T> + 'static,
    ) -> Process<T, L>
    where
        L: Lock + 'static,
    {
        let process: Pin<Box<dyn Future<Output = T>>> = Box::pin(process);
        csp_core::start_local(&self.runtime, process)
    }
}
