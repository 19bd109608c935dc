//! Wakers that count, for a test that polls by hand.

#![expect(unsafe_code, reason = "a waker that is an index")]

use core::cell::Cell;
use core::pin::Pin;
use core::ptr::without_provenance;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

static WAKES: [AtomicU32; 4] = [const { AtomicU32::new(0) }; 4];

/// A task that only counts how often it was woken.
#[derive(Debug)]
pub struct Probe {
    index: usize,
    waker: Waker,
    /// How often it had been woken when it last polled.
    seen: Cell<u32>,
}

impl Probe {
    /// One of four, 0 to 3, each of which should be in one pair of hands.
    pub fn new(index: usize) -> Self {
        WAKES[index].store(0, Relaxed);
        let waker = RawWaker::new(without_provenance(index), &VTABLE);
        // SAFETY: an index is nothing to be freed or shared wrongly; the functions count at most.
        Self { index, waker: unsafe { Waker::from_raw(waker) }, seen: Cell::new(0) }
    }

    /// Polls as this task.
    pub fn poll<F: Future>(&self, future: Pin<&mut F>) -> Poll<F::Output> {
        self.seen.set(self.wakes());
        future.poll(&mut Context::from_waker(&self.waker))
    }

    /// Whether it was woken after its last poll had begun.
    pub fn is_woken(&self) -> bool {
        self.wakes() != self.seen.get()
    }

    /// How often it was woken.
    pub fn wakes(&self) -> u32 {
        WAKES[self.index].load(Relaxed)
    }
}

static VTABLE: RawWakerVTable =
    RawWakerVTable::new(|index| RawWaker::new(index, &VTABLE), wake, wake, |_| {});

fn wake(index: *const ()) {
    let wakes = &WAKES[index.addr()];
    // Without compare-and-swap, which the M0 lacks.
    critical_section::with(|_| wakes.store(wakes.load(Relaxed) + 1, Relaxed));
}
