//! The least that runs two tasks: a flag for each, which its waker sets, and sleep between.

#![expect(unsafe_code, reason = "a waker that is an index")]

use core::pin::{Pin, pin};
use core::ptr::without_provenance;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use crate::machine::sleep_unless;

static IS_RUNNING: AtomicBool = AtomicBool::new(false);
static IS_READY: [AtomicBool; 2] = [AtomicBool::new(false), AtomicBool::new(false)];

/// Runs both to their ends.
///
/// One executor runs at a time; a waker that outlives its task wakes whoever is in its place.
pub fn run(first: impl Future<Output = ()>, second: impl Future<Output = ()>) {
    let (first, second) = (pin!(first), pin!(second));
    let mut tasks: [Option<Pin<&mut dyn Future<Output = ()>>>; 2] = [Some(first), Some(second)];
    IS_READY.iter().for_each(|is_ready| is_ready.store(true, Relaxed));
    IS_RUNNING.store(true, Relaxed);
    while tasks.iter().any(Option::is_some) {
        for (index, place) in tasks.iter_mut().enumerate() {
            if !IS_READY[index].load(Relaxed) {
                continue;
            }
            // Before the poll: who wakes from here on wants another one.
            IS_READY[index].store(false, Relaxed);
            let Some(task) = place else { continue };
            if task.as_mut().poll(&mut Context::from_waker(&waker(index))) == Poll::Ready(()) {
                *place = None;
            }
        }
        let is_over = tasks.iter().all(Option::is_none);
        sleep_unless(|| is_over || IS_READY.iter().any(|is_ready| is_ready.load(Relaxed)));
    }
    IS_RUNNING.store(false, Relaxed);
}

/// Whether it is this executor that runs.
pub fn is_running() -> bool {
    IS_RUNNING.load(Relaxed)
}

fn waker(index: usize) -> Waker {
    let waker = RawWaker::new(without_provenance(index), &VTABLE);
    // SAFETY: an index is nothing to be freed or shared wrongly; the functions set a flag at most.
    unsafe { Waker::from_raw(waker) }
}

static VTABLE: RawWakerVTable =
    RawWakerVTable::new(|index| RawWaker::new(index, &VTABLE), wake, wake, |_| {});

fn wake(index: *const ()) {
    IS_READY[index.addr()].store(true, Relaxed);
}
