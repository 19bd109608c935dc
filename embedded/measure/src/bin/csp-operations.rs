//! Each operation by itself, one section of the trace for each; the task knows their names.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::hint::black_box;
use core::pin::{Pin, pin};
use core::task::{Context, Waker};

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::{Channel, alts};
use measure::{entry, exit, section};

static MEETING: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
static OTHER: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
static BUFFER: Channel<u32, Fixed<4>, CriticalSection> = Channel::new();

#[inline(never)]
fn poll<F: Future>(future: Pin<&mut F>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[entry]
fn main() -> ! {
    {
        let (mut put, mut take) = (pin!(MEETING.put(black_box(1))), pin!(MEETING.take()));
        section(|| poll(put.as_mut()));
        section(|| poll(take.as_mut()));
        section(|| poll(put.as_mut()));
    }
    {
        let (mut put, mut take) = (pin!(MEETING.put(black_box(2))), pin!(MEETING.take()));
        section(|| poll(take.as_mut()));
        section(|| poll(put.as_mut()));
        section(|| poll(take.as_mut()));
    }
    {
        let mut take = pin!(Some(MEETING.take()));
        poll(take.as_mut().as_pin_mut().expect("it has just been made"));
        section(|| take.set(None));
        take.set(Some(MEETING.take()));
        poll(take.as_mut().as_pin_mut().expect("it has just been made"));
        section(|| MEETING.try_put(black_box(3)).is_ok());
        section(|| take.set(None));
        section(|| MEETING.try_take().is_ok());
        section(|| MEETING.try_put(black_box(4)).is_ok());
    }
    {
        let (mut put, mut take) = (pin!(BUFFER.put(black_box(5))), pin!(BUFFER.take()));
        section(|| poll(put.as_mut()));
        section(|| poll(take.as_mut()));
        section(|| BUFFER.try_put(black_box(6)).is_ok());
        section(|| BUFFER.try_take().is_ok());
    }
    {
        let mut choice = pin!(Some(alts((MEETING.take(), OTHER.take()))));
        section(|| poll(choice.as_mut().as_pin_mut().expect("it has just been made")));
        section(|| MEETING.try_put(black_box(7)).is_ok());
        section(|| poll(choice.as_mut().as_pin_mut().expect("it has just been made")));
        choice.set(Some(alts((MEETING.take(), OTHER.take()))));
        poll(choice.as_mut().as_pin_mut().expect("it has just been made"));
        section(|| choice.set(None));
    }
    {
        let mut take = pin!(MEETING.take());
        poll(take.as_mut());
        section(|| MEETING.close());
        section(|| OTHER.close());
    }
    exit()
}
