//! What the races are made of: values that are counted, wakers that ring, futures polled by hand.
//!
//! Loom runs its threads on one thread of the system, so the ledger may be a thread-local one, and
//! is no part of the race.

use core::cell::RefCell;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::thread::panicking;

use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;

use crate::Channel;
use crate::buffer::{Fixed, Rendezvous};
use crate::lock::StdLock;

pub(super) type Meeting = Channel<Value, Rendezvous, StdLock>;
pub(super) type Buffered<const N: usize> = Channel<Value, Fixed<N>, StdLock>;

/// Side by side, so that their locks are in the same order in each execution.
#[derive(Default)]
pub(super) struct Pair {
    pub(super) a: Meeting,
    pub(super) b: Meeting,
}

impl Pair {
    pub(super) fn waits_nobody(&self) -> bool {
        [&self.a, &self.b].iter().all(|it| it.parked_puts() + it.parked_takes() == 0)
    }
}

std::thread_local! {
    /// The numbers of the values that are alive.
    static LIVE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// A value that must be dropped once.
#[derive(Debug)]
pub(super) struct Value(u32);

impl Value {
    pub(super) fn new(number: u32) -> Self {
        LIVE.with_borrow_mut(|live| live.push(number));
        Self(number)
    }

    pub(super) const fn number(&self) -> u32 {
        self.0
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        Self::new(self.0)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        if panicking() {
            return;
        }
        LIVE.with_borrow_mut(|live| {
            let place = live.iter().position(|&number| number == self.0);
            live.swap_remove(place.expect("a value is dropped once"));
        });
    }
}

/// An execution begins.
pub(super) fn open_ledger() {
    LIVE.take();
}

/// An execution has ended.
pub(super) fn close_ledger() {
    let live = LIVE.take();
    assert!(live.is_empty(), "values that are lost: {live:?}");
}

/// The number that was taken.
pub(super) fn number<E>(taken: Result<Value, E>) -> Result<u32, E> {
    taken.map(|value| value.number())
}

/// A waker that counts.
#[derive(Debug, Default)]
pub(super) struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Bell {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(super) fn has_rung(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    pub(super) fn poll<F: Future>(self: &Arc<Self>, future: Pin<&mut F>) -> Poll<F::Output> {
        let waker = Waker::from(self.clone());
        future.poll(&mut Context::from_waker(&waker))
    }

    /// Polls a future that has to wait.
    #[track_caller]
    pub(super) fn park<F: Future>(self: &Arc<Self>, future: Pin<&mut F>) {
        assert!(self.poll(future).is_pending(), "it has to wait");
    }

    /// Polls a future that is ready, and whose owner was woken for that.
    #[track_caller]
    pub(super) fn collect<F: Future>(self: &Arc<Self>, future: Pin<&mut F>) -> F::Output {
        assert!(self.has_rung(), "its owner was not woken");
        match self.poll(future) {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("its owner was woken for nothing"),
        }
    }

    /// Whether a channel has kept a waker.
    pub(super) fn is_held(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) > 1
    }
}
