//! The operations that `csp-operations` has not, by themselves, so that the compiler does not
//! translate those otherwise for their sake.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::hint::black_box;
use core::pin::{Pin, pin};
use core::task::{Context, Waker};

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::{Alternative, Channel, ParallelQueue, alts, parallel_queued_in};
use measure::{entry, exit, section};

static MEETING: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
static OTHER: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
static BUFFER: Channel<u32, Fixed<4>, CriticalSection> = Channel::new();

static QUEUE: ParallelQueue<2, CriticalSection> = ParallelQueue::new();

#[inline(never)]
fn poll<F: Future>(future: Pin<&mut F>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[inline(never)]
fn fill() {
    let _accepted = BUFFER.try_put(black_box(1));
}

#[entry]
fn main() -> ! {
    {
        let mut put = pin!(Some(MEETING.put(black_box(2))));
        poll(put.as_mut().as_pin_mut().expect("it has just been made"));
        section(|| put.set(None));
    }
    {
        let mut choice = pin!(alts((MEETING.take(), BUFFER.take())));
        fill();
        section(|| poll(choice.as_mut()));
        section(|| alts((MEETING.take(), OTHER.take())).try_now().is_some());
    }
    {
        let mut alternative = pin!(Some(Alternative::new((MEETING.take(), BUFFER.take()))));
        for _ in 0..2 {
            let alternative = alternative.as_mut().as_pin_mut().expect("it has just been made");
            let mut selection = pin!(alternative.select());
            section(|| poll(selection.as_mut()));
            section(fill);
            section(|| poll(selection.as_mut()));
        }
        section(|| alternative.set(None));
    }
    {
        let mut group = pin!(parallel_queued_in(&QUEUE, (OTHER.take(), BUFFER.take())));
        section(|| poll(group.as_mut()));
        section(fill);
        section(|| poll(group.as_mut()));
    }
    {
        let mut end = pin!(MEETING.closed());
        section(|| poll(end.as_mut()));
        section(|| MEETING.poison(1));
        section(|| poll(end.as_mut()));
    }
    exit()
}
