//! Futures that are polled by hand, and what they are made of.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

/// A waker that counts.
#[derive(Debug, Default)]
pub(crate) struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Bell {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn rings(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn poll<F: Future>(self: &Arc<Self>, future: Pin<&mut F>) -> Poll<F::Output> {
        let waker = Waker::from(self.clone());
        future.poll(&mut Context::from_waker(&waker))
    }

    /// Whether somebody has kept a waker.
    pub(crate) fn is_held(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) > 1
    }
}

/// A process that says how often it was polled, and ends when it is told to and woken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probe(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    polls: usize,
    shall_end: bool,
    shall_panic: bool,
    waker: Option<Waker>,
    is_gone: bool,
}

/// Tells the probe when the process is dropped.
struct Gone(Probe);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().is_gone = true;
    }
}

impl Probe {
    pub(crate) fn process(&self) -> impl Future<Output = ()> + Send + use<> {
        let gone = Gone(self.clone());
        async move {
            poll_fn(|cx| {
                let mut seen = gone.0.0.lock().unwrap();
                seen.polls += 1;
                seen.waker = Some(cx.waker().clone());
                if seen.shall_panic {
                    drop(seen);
                    panic!("on purpose");
                }
                if seen.shall_end { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }

    pub(crate) fn polls(&self) -> usize {
        self.0.lock().unwrap().polls
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.0.lock().unwrap().is_gone
    }

    /// The waker of its last poll.
    pub(crate) fn waker(&self) -> Waker {
        self.0.lock().unwrap().waker.clone().expect("it was polled")
    }

    pub(crate) fn take_waker(&self) -> Waker {
        self.0.lock().unwrap().waker.take().expect("it was polled")
    }

    pub(crate) fn end(&self) {
        self.0.lock().unwrap().shall_end = true;
        self.take_waker().wake();
    }

    pub(crate) fn panic(&self) {
        self.0.lock().unwrap().shall_panic = true;
        self.take_waker().wake();
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
