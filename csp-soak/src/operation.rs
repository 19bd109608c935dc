//! Single operations, entered in the ledger, and the ways in which one is given up.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use csp_core::buffer::Any;
use csp_core::lock::StdLock;
use csp_core::runtime::Spawn;
use csp_core::{CancelledPut, Put, PutEnd, PutError, TakeEnd, TakeError};

use crate::ledger::{Ledger, Value, withdraw};
use crate::random::Random;
use crate::runtime::Runtime;

pub(crate) type L = StdLock;
pub(crate) type Outlet = PutEnd<Value, Any, L>;
pub(crate) type Inlet = TakeEnd<Value, Any, L>;

/// How long an operation is waited for before its future is dropped.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Patience {
    Endless,
    /// Until it was pending so often, while others had their turns.
    Turns(usize),
    /// On the clock.
    For(Duration),
}

impl Patience {
    /// Half of all wait for ever, for a new attempt would make up for a lost wake-up.
    pub(crate) fn any(random: &mut Random) -> Self {
        match random.below(8) {
            0..4 => Self::Endless,
            4..7 => Self::Turns(random.below(6)),
            _ => Self::For(Duration::from_micros(random.below(300) as u64)),
        }
    }

    /// Never for ever.
    pub(crate) fn some(random: &mut Random) -> Self {
        match random.below(8) {
            0 => Self::For(Duration::from_micros(random.below(300) as u64)),
            _ => Self::Turns(random.below(12)),
        }
    }
}

/// Where operations run, and who counts them.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) runtime: Runtime,
    pub(crate) ledger: Arc<Ledger>,
}

impl Site {
    /// Awaits an operation as long as one has the patience for.
    pub(crate) async fn endure<F: Future + Send>(
        &self,
        patience: Patience,
        operation: F,
    ) -> Option<F::Output> {
        // With a waker that it does not know, an operation looks again at what it waits for.
        let is_always_new = matches!(patience, Patience::Turns(turns) if turns % 2 == 1);
        let mut operation = Box::pin(self.counted(operation, is_always_new));
        let result = match patience {
            Patience::Endless => Some(operation.as_mut().await),
            Patience::Turns(turns) => bounded(operation.as_mut(), turns).await,
            Patience::For(time) => {
                csp_core::limit(self.runtime, time, operation.as_mut()).await.ok()
            }
        };
        if result.is_none() {
            self.ledger.cancelled();
        }
        result
    }

    /// Begins an operation here and lets it go on as a process of its own, so that its second poll
    /// comes with another waker, and perhaps from another thread.
    pub(crate) fn begin_here<F>(&self, operation: F, end: impl FnOnce(F::Output) + Send + 'static)
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let mut operation = Box::pin(self.counted(operation, false));
        match operation.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => end(output),
            Poll::Pending => {
                let running = self.ledger.run();
                self.runtime.go(async move {
                    end(operation.await);
                    drop(running);
                });
            }
        }
    }

    /// An operation whose wakers the ledger counts; of which each poll has another, if so asked.
    fn counted<F: Future>(
        &self,
        operation: F,
        is_always_new: bool,
    ) -> impl Future<Output = F::Output> + use<F> {
        let ledger = self.ledger.clone();
        async move {
            let mut operation = Box::pin(operation);
            let mut wakers: Option<(Waker, Waker)> = None;
            poll_fn(|cx| {
                let is_known = |(inner, _): &(Waker, _)| inner.will_wake(cx.waker());
                if is_always_new || !wakers.as_ref().is_some_and(is_known) {
                    let inner = cx.waker().clone();
                    wakers = Some((inner.clone(), ledger.counted_waker(inner)));
                }
                let (_, counted) = wakers.as_ref().expect("it was made");
                operation.as_mut().poll(&mut Context::from_waker(counted))
            })
            .await
        }
    }
}

async fn bounded<F: Future>(mut operation: Pin<&mut F>, mut turns: usize) -> Option<F::Output> {
    poll_fn(|cx| {
        if let Poll::Ready(output) = operation.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        if turns == 0 {
            return Poll::Ready(None);
        }
        turns -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await
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

/// Enters a take.
pub(crate) fn entered<E>(line: usize, taken: Result<Value, E>) -> Result<Value, E> {
    taken.map(|value| value.taken_from(line))
}

/// A take, entered.
pub(crate) async fn take(line: usize, end: &Inlet) -> Result<Value, TakeError> {
    entered(line, end.take().await)
}

/// What a put leaves behind if it may be dropped with its value.
#[derive(Debug)]
pub(crate) enum Left<V> {
    Nothing,
    Value(V),
}

/// A put that owns its value: dropped, it is either withdrawn with it, or was accepted.
pub(crate) struct OwningPut<P> {
    put: Option<Pin<Box<P>>>,
    id: u32,
    line: usize,
    ledger: Arc<Ledger>,
}

impl<P> OwningPut<P> {
    pub(crate) fn new(ledger: &Arc<Ledger>, line: usize, id: u32, put: P) -> Self {
        Self { put: Some(Box::pin(put)), id, line, ledger: ledger.clone() }
    }
}

impl<P: Future<Output = Result<(), PutError<Value>>>> Future for OwningPut<P> {
    type Output = Left<Value>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let put = self.put.as_mut().expect("it was not polled to its end");
        let Poll::Ready(result) = put.as_mut().poll(cx) else { return Poll::Pending };
        self.put = None;
        Poll::Ready(settled(&self.ledger, self.line, result))
    }
}

impl<P> Drop for OwningPut<P> {
    fn drop(&mut self) {
        if let Some(put) = self.put.take()
            && !withdraw(self.id, put)
        {
            self.ledger.accepted(self.line);
        }
    }
}

/// A put that is cancelled by hand when patience ends, and gives its value back.
pub(crate) async fn put_or_cancel(
    site: &Site,
    line: usize,
    end: &Outlet,
    value: Value,
    turns: usize,
) -> Left<Value> {
    let put = Box::pin(end.put(value.offered_to(line)));
    let mut put = ByHand { put, is_done: false, line, ledger: &site.ledger };
    let done = bounded(Pin::new(&mut put), turns).await;
    match done {
        Some(left) => left,
        None => {
            site.ledger.cancelled();
            put.cancel()
        }
    }
}

struct ByHand<'a> {
    put: Pin<Box<Put<'a, Value, Any, L>>>,
    is_done: bool,
    line: usize,
    ledger: &'a Ledger,
}

impl ByHand<'_> {
    fn cancel(&mut self) -> Left<Value> {
        self.is_done = true;
        match self.put.as_mut().cancel() {
            CancelledPut::Returned(value) => Left::Value(value.held()),
            CancelledPut::Committed => {
                self.ledger.accepted(self.line);
                Left::Nothing
            }
        }
    }
}

impl Future for ByHand<'_> {
    type Output = Left<Value>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Poll::Ready(result) = self.put.as_mut().poll(cx) else { return Poll::Pending };
        self.is_done = true;
        Poll::Ready(settled(self.ledger, self.line, result))
    }
}

impl Drop for ByHand<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            let _left = self.cancel();
        }
    }
}

/// Enters a put that has come to its end.
pub(crate) fn settled(
    ledger: &Ledger,
    line: usize,
    result: Result<(), PutError<Value>>,
) -> Left<Value> {
    match result {
        Ok(()) => {
            ledger.accepted(line);
            Left::Nothing
        }
        Err(error) => Left::Value(error.into_inner().held()),
    }
}

/// A place of which a put may take a value: whatever happens, it knows whether that was accepted.
#[derive(Debug)]
pub(crate) struct Slot {
    value: Option<Value>,
    offered_to: Option<usize>,
    ledger: Arc<Ledger>,
}

impl Slot {
    pub(crate) fn new(ledger: &Arc<Ledger>, value: Value) -> Self {
        Self { value: Some(value), offered_to: None, ledger: ledger.clone() }
    }

    /// For a put into a channel. When that is over, [`settle`](Self::settle) is to be called.
    pub(crate) fn offer(&mut self, line: usize) -> &mut Option<Value> {
        self.settle();
        self.offered_to = Some(line);
        self.value = self.value.take().map(|value| value.offered_to(line));
        &mut self.value
    }

    /// Whether the value is still there.
    pub(crate) fn settle(&mut self) -> bool {
        if let Some(line) = self.offered_to.take() {
            match self.value.take() {
                Some(value) => self.value = Some(value.held()),
                None => self.ledger.accepted(line),
            }
        }
        self.value.is_some()
    }

    pub(crate) fn into_value(mut self) -> Option<Value> {
        self.settle();
        self.value.take()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.settle();
    }
}
