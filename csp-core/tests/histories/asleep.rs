//! Who waits, so that a history can be ended when nobody gets any further.
//!
//! A thread counts as asleep from its poll that is pending to the call of its waker. The blocking
//! forms do not show that, so a thread counts as asleep as long as it is in one: then a history may
//! be ended sooner than it need be.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

#[derive(Debug)]
pub(crate) struct Asleep {
    /// Those who wait or have finished.
    asleep: AtomicUsize,
    finished: AtomicUsize,
    all: usize,
    /// Who is told when all are asleep.
    watcher: Thread,
}

impl Asleep {
    /// Watched by the thread that calls this.
    pub(crate) fn new(all: usize) -> Arc<Self> {
        let (asleep, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Self { asleep, finished, all, watcher: thread::current() })
    }

    fn falls_asleep(&self) {
        if self.asleep.fetch_add(1, Ordering::SeqCst) + 1 == self.all {
            self.watcher.unpark();
        }
    }

    fn awakes(&self) {
        self.asleep.fetch_sub(1, Ordering::SeqCst);
    }

    pub(crate) fn has_finished(&self) {
        self.falls_asleep();
        if self.finished.fetch_add(1, Ordering::SeqCst) + 1 == self.all {
            self.watcher.unpark();
        }
    }

    /// Waits until all have been asleep, twice, as somebody may be about to be woken.
    pub(crate) fn wait_for_all(&self) {
        let are_all = || self.asleep.load(Ordering::SeqCst) == self.all;
        loop {
            if are_all() {
                thread::yield_now();
                if are_all() {
                    return;
                }
            }
            thread::park();
        }
    }

    pub(crate) fn wait_for_the_end(&self) {
        while self.finished.load(Ordering::SeqCst) < self.all {
            thread::park();
        }
    }

    /// Runs what may block the thread.
    pub(crate) fn perhaps<R>(&self, blocks: impl FnOnce() -> R) -> R {
        self.falls_asleep();
        let result = blocks();
        self.awakes();
        result
    }

    pub(crate) fn block_on<F: Future>(self: &Arc<Self>, future: F) -> F::Output {
        let state = AtomicUsize::new(AWAKE);
        let bell = Arc::new(Bell { state, thread: thread::current(), asleep: self.clone() });
        let waker = Waker::from(bell.clone());
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            self.falls_asleep();
            let sleeps =
                bell.state.compare_exchange(AWAKE, SLEEPS, Ordering::SeqCst, Ordering::SeqCst);
            if sleeps.is_err() {
                self.awakes();
            }
            while bell.state.load(Ordering::SeqCst) != RUNG {
                thread::park();
            }
            bell.state.store(AWAKE, Ordering::SeqCst);
        }
    }
}

const AWAKE: usize = 0;
const SLEEPS: usize = 1;
const RUNG: usize = 2;

struct Bell {
    state: AtomicUsize,
    thread: Thread,
    asleep: Arc<Asleep>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.swap(RUNG, Ordering::SeqCst) == SLEEPS {
            self.asleep.awakes();
            self.thread.unpark();
        }
    }
}
