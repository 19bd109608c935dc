//! What a check has at hand: its runtime, as `go`, `start`, `wait` and `timeout`, and its size.
//!
//! A check ends when its future does. It fails when that panics, or when a process panics that it
//! started with [`Context::go`]: nobody else would hear of that.
//!
//! Futures are boxed on their way to a runtime. Otherwise the compiler would make a copy of every
//! runtime for each process of each check in each cell.

use std::fmt::Debug;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use csp_core::lock::Lock;
use csp_core::runtime::{Spawn, Timer};
use csp_core::{
    Chan, Limit, PendingPut, PendingTake, Process, ProcessError, PutError, TakeError, Timeout,
};

use crate::panics::caught;
use crate::runtime::{Instant, RunsChecks, Runtime};

#[cfg(feature = "every-cell")]
mod local;
#[cfg(feature = "every-cell")]
pub(crate) use local::Local;

/// How often a condition is looked at on virtual time before it counts as never true: each look
/// lets all that can run have a turn.
const PATIENCE: usize = 100_000;

/// How a check is run.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Where.
    pub runtime: Runtime,
    /// At full size.
    pub is_thorough: bool,
    /// Set by a watchdog that has given the check up, so that it does not go on for ever.
    pub is_abandoned: Arc<AtomicBool>,
    /// What checks have to say besides whether they hold.
    pub notes: Arc<Mutex<Vec<String>>>,
}

/// The context of checks whose channels have the lock `L`.
#[derive(Debug)]
pub struct Context<R, L> {
    pub(crate) runtime: R,
    setting: Setting,
    outcome: Arc<Outcome>,
    _lock: PhantomData<fn() -> L>,
}

/// The context of locks that threads may share.
pub(crate) type Shared<L> = Context<Runtime, L>;

impl<R: Copy, L> Clone for Context<R, L> {
    fn clone(&self) -> Self {
        Self {
            runtime: self.runtime,
            setting: self.setting.clone(),
            outcome: self.outcome.clone(),
            _lock: PhantomData,
        }
    }
}

impl<L> Shared<L> {
    pub(crate) const IS_LOCAL: bool = false;

    /// Starts a process, detached; its panic fails the check.
    pub fn go(&self, process: impl Future<Output = ()> + Send + 'static) {
        let process: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(process);
        self.runtime.go(self.outcome.clone().watch(process));
    }

    /// Starts a process as it is, detached.
    pub(crate) fn go_unwatched(&self, process: impl Future<Output = ()> + Send + 'static) {
        self.runtime.go(process);
    }

    /// Starts a process, and gives its handle.
    pub(crate) fn start<T: Send + 'static>(
        &self,
        process: impl Future<Output = T> + Send + 'static,
    ) -> Process<T, L>
    where
        L: Lock + Send + Sync + 'static,
    {
        let process: Pin<Box<dyn Future<Output = T> + Send>> = Box::pin(process);
        csp_core::start(&self.runtime, process)
    }
}

impl<L: Lock + Send + Sync + 'static> Shared<L> {
    /// Runs processes side by side, each a task of the runtime.
    pub(crate) async fn parallel<T: Send + 'static>(
        &self,
        processes: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
    ) -> Vec<Result<T, ProcessError>> {
        let boxed = |process| -> Pin<Box<dyn Future<Output = T> + Send>> { Box::pin(process) };
        let processes: Vec<_> = processes.into_iter().map(boxed).collect();
        csp_core::parallel_on::<L, _, _>(&self.runtime, processes).await
    }

    pub(crate) fn take_then<T: Send + 'static>(
        chan: &Chan<T, L>,
        callback: impl FnOnce(Result<T, TakeError>) + Send + 'static,
    ) -> PendingTake<L> {
        chan.take_then(callback)
    }

    pub(crate) fn put_then<T: Send + 'static>(
        chan: &Chan<T, L>,
        value: T,
        callback: impl FnOnce(Result<(), PutError<T>>) + Send + 'static,
    ) -> PendingPut<T, L> {
        chan.put_then(value, callback)
    }
}

impl<R: RunsChecks, L> Context<R, L> {
    /// Runs a check.
    ///
    /// # Errors
    ///
    /// Why it failed.
    pub fn run(
        setting: Setting,
        check: fn(Self) -> Pin<Box<dyn Future<Output = ()>>>,
    ) -> Result<(), String> {
        let runtime = R::of(setting.runtime);
        let outcome = Arc::<Outcome>::default();
        let context = Self { runtime, setting, outcome: outcome.clone(), _lock: PhantomData };
        let main = async {
            let mut check = check(context);
            poll_fn(|cx| {
                if let Some(failure) = outcome.failure_or_tell(cx.waker()) {
                    return Poll::Ready(Err(failure));
                }
                match caught(|| check.as_mut().poll(cx)) {
                    Ok(poll) => poll.map(Ok),
                    Err(panic) => Poll::Ready(Err(panic)),
                }
            })
            .await
        };
        // What the check leaves behind is dropped here, and may panic too.
        match caught(|| runtime.run(main))? {
            Ok(result) => result,
            Err(deadlock) => Err(deadlock.to_string()),
        }
    }

    /// The size of a check that shows something only when it is large: `full` in one cell of each
    /// runtime, `brief` in the others.
    pub(crate) fn rounds(&self, full: usize, brief: usize) -> usize {
        if self.setting.is_thorough { full } else { brief }
    }

    /// Lets others run until `is_true`.
    pub(crate) async fn until(&self, mut is_true: impl FnMut() -> bool) {
        let mut looks = 0;
        while !is_true() {
            looks += 1;
            assert!(looks < PATIENCE || !self.is_virtual(), "what was waited for never came true");
            assert!(!self.setting.is_abandoned.load(Ordering::Relaxed), "abandoned");
            pass().await;
        }
    }

    /// As [`until`](Self::until), for a value that shall become another.
    pub(crate) async fn until_eq<T: PartialEq + Debug>(&self, mut get: impl FnMut() -> T, want: T) {
        self.until(|| get() == want).await;
    }

    /// Says something at the end, from the cell that is thorough.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        if self.setting.is_thorough {
            let note = format!("{}: {text}", self.setting.runtime);
            self.setting.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
        }
    }

    /// Whether all processes of the check take turns on one thread.
    pub(crate) fn is_on_one_thread(&self) -> bool {
        matches!(self.setting.runtime, Runtime::Virtual | Runtime::Tokio)
    }

    pub(crate) fn is_virtual(&self) -> bool {
        self.setting.runtime == Runtime::Virtual
    }
}

impl<R: Timer<Instant = Instant> + Copy, L> Context<R, L> {
    pub(crate) fn now(&self) -> Instant {
        self.runtime.now()
    }

    /// How long it has been since `start`.
    pub(crate) fn since(&self, start: Instant) -> Duration {
        self.runtime.between(start, self.now())
    }

    pub(crate) fn wait(&self, duration: Duration) -> R::Wait {
        self.runtime.wait(duration)
    }

    pub(crate) fn timeout(&self, duration: Duration) -> Timeout<R> {
        csp_core::timeout(self.runtime, duration)
    }

    pub(crate) fn limit<F: Future>(&self, duration: Duration, future: F) -> Limit<R, F> {
        csp_core::limit(self.runtime, duration, future)
    }
}

/// Lets the other processes have a turn.
pub(crate) async fn pass() {
    let mut has_passed = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut has_passed, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What is known of a check while it runs: the first failure of a process, and whom to tell.
#[derive(Debug, Default)]
struct Outcome(Mutex<(Option<String>, Option<Waker>)>);

impl Outcome {
    fn with<T>(&self, f: impl FnOnce(&mut (Option<String>, Option<Waker>)) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn failure_or_tell(&self, main: &Waker) -> Option<String> {
        self.with(|(failure, waker)| {
            *waker = Some(main.clone());
            failure.take()
        })
    }

    /// Runs a process whose panic fails the check.
    async fn watch<P: Future<Output = ()> + ?Sized>(self: Arc<Self>, mut process: Pin<Box<P>>) {
        let ended = poll_fn(|cx| match caught(|| process.as_mut().poll(cx)) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        });
        if let Err(panic) = ended.await {
            let main = self.with(|(failure, waker)| {
                failure.get_or_insert(panic);
                waker.take()
            });
            main.into_iter().for_each(Waker::wake);
        }
    }
}
