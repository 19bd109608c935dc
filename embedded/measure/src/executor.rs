//! The least that runs two tasks: a flag for each, which its waker sets. It is part of all figures.

#![expect(unsafe_code, reason = "a waker that is an index, and a name for the trace")]

use core::pin::pin;
use core::ptr::without_provenance;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::task::{Context, RawWaker, RawWakerVTable, Waker};

static IS_READY: [AtomicBool; 2] = [const { AtomicBool::new(false) }; 2];

/// Runs two tasks in turn, until the second ends.
#[inline(always)]
pub fn two(first: impl Future, second: impl Future) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let wakers = [waker(0), waker(1)];
    let [mut of_first, mut of_second] = wakers.each_ref().map(Context::from_waker);
    IS_READY.iter().for_each(|is_ready| is_ready.store(true, Relaxed));
    mark();
    loop {
        if is_due(0) {
            let _it_waits_or_has_ended = first.as_mut().poll(&mut of_first);
        }
        if is_due(1) && second.as_mut().poll(&mut of_second).is_ready() {
            break;
        }
    }
    mark();
}

fn is_due(index: usize) -> bool {
    let is_ready = IS_READY[index].load(Relaxed);
    if is_ready {
        // Before the poll: who wakes from here on wants another one.
        IS_READY[index].store(false, Relaxed);
    }
    is_ready
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

/// A place in the trace: here a section begins, and the one before ends.
#[inline(never)]
#[unsafe(no_mangle)]
pub extern "C" fn mark() {
    cortex_m::asm::nop();
}
