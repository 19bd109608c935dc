//! The operations that neither `csp-operations` nor `csp-more-operations` has: choices of puts, and
//! the buffers that lose values.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::hint::black_box;
use core::pin::{Pin, pin};
use core::task::{Context, Waker};

use csp_core::buffer::{Dropping, Fixed, Overwriting, Promise, Rendezvous, Sliding};
use csp_core::lock::CriticalSection;
use csp_core::{Channel, alts};
use measure::{entry, exit, section};

type Of<B> = Channel<u32, B, CriticalSection>;

static MEETING: Of<Rendezvous> = Channel::new();
static OTHERS: [Of<Rendezvous>; 3] = [const { Channel::new() }; 3];
static BUFFER: Of<Fixed<4>> = Channel::new();
static DROPPING: Of<Dropping<4>> = Channel::new();
static SLIDING: Of<Sliding<4>> = Channel::new();
static OVERWRITING: Of<Overwriting<4>> = Channel::new();
static PROMISE: Of<Promise> = Channel::new();

#[inline(never)]
fn poll<F: Future>(future: Pin<&mut F>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

macro_rules! full {
    ($($channel:ident)+) => {
        $(
            for number in 0..4 {
                let _accepted = $channel.try_put(black_box(number));
            }
            section(|| $channel.try_put(black_box(4)).is_ok());
        )+
    };
}

#[entry]
fn main() -> ! {
    {
        let mut source = Some(black_box(1));
        let mut put = pin!(MEETING.put_from(&mut source));
        section(|| poll(put.as_mut()));
    }
    {
        let mut source = Some(black_box(2));
        let mut choice = pin!(alts((MEETING.put_from(&mut source), BUFFER.take())));
        section(|| poll(choice.as_mut()));
        section(|| MEETING.try_take().is_ok());
        section(|| poll(choice.as_mut()));
    }
    {
        let mut take = pin!(MEETING.take());
        poll(take.as_mut());
        let mut source = Some(black_box(3));
        let mut choice = pin!(alts((MEETING.put_from(&mut source), BUFFER.take())));
        section(|| poll(choice.as_mut()));
        // Else the value would come back, into the channel of the choices to come.
        poll(take.as_mut());
    }
    {
        let [mut first, mut second] = [6, 7].map(|number| Some(black_box(number)));
        let puts = (MEETING.put_from(&mut first), OTHERS[0].put_from(&mut second));
        let mut choice = pin!(alts(puts));
        section(|| poll(choice.as_mut()));
    }
    {
        let [mut first, mut second, mut third, mut fourth] =
            [8, 9, 10, 11].map(|number| Some(black_box(number)));
        let puts = (
            MEETING.put_from(&mut first),
            OTHERS[0].put_from(&mut second),
            OTHERS[1].put_from(&mut third),
            OTHERS[2].put_from(&mut fourth),
        );
        let mut choice = pin!(alts(puts));
        section(|| poll(choice.as_mut()));
    }
    full!(DROPPING SLIDING OVERWRITING);
    {
        let mut take = pin!(PROMISE.take());
        poll(take.as_mut());
        section(|| PROMISE.try_put(black_box(5)).is_ok());
        section(|| poll(take.as_mut()));
        section(|| PROMISE.try_take().is_ok());
    }
    exit()
}
