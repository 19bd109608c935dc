//! All that a channel does when nobody misuses it, with no panic of its own: the task looks.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::hint::black_box;
use core::pin::pin;
use core::task::{Context, Waker};

use csp_core::buffer::{Dropping, Fixed, Overwriting, Rendezvous, Sliding};
use csp_core::lock::CriticalSection;
use csp_core::{Channel, Error};
use measure::{entry, exit, mark};

type Of<B> = Channel<u32, B, CriticalSection>;

static MEETING: Of<Rendezvous> = Channel::new();
static FIXED: Of<Fixed<4>> = Channel::new().with_immunity(1);
static DROPPING: Of<Dropping<4>> = Channel::new();
static SLIDING: Of<Sliding<4>> = Channel::new();
static OVERWRITING: Of<Overwriting<4>> = Channel::new();

macro_rules! without_waiting {
    ($($channel:ident)+) => {
        $(
            let _refused = $channel.try_put(black_box(1));
            let _empty = $channel.try_take();
            black_box(($channel.len(), $channel.capacity(), $channel.discarded()));
        )+
    };
}

macro_rules! ended {
    ($($channel:ident)+) => {
        $(
            $channel.poison(black_box(1));
            $channel.close();
            black_box($channel.is_closed());
        )+
    };
}

async fn put() -> Result<(), Error> {
    MEETING.put(1).await?;
    let mut value = Some(2);
    MEETING.put_from(&mut value).await?;
    FIXED.sender().put(3).await?;
    MEETING.closed().await;
    Ok(())
}

async fn take() -> Result<u32, Error> {
    Ok(MEETING.take().await? + FIXED.receiver().take().await?)
}

#[entry]
fn main() -> ! {
    mark();
    without_waiting!(MEETING FIXED DROPPING SLIDING OVERWRITING);
    {
        let (mut puts, mut takes) = (pin!(put()), pin!(take()));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..4 {
            // Dropped wherever they are: they are not polled again once they are ready.
            let put = puts.as_mut().poll(&mut context);
            let taken = takes.as_mut().poll(&mut context);
            if black_box(put.is_ready() || taken.is_ready()) {
                break;
            }
        }
    }
    let cancelled = pin!(MEETING.put(5));
    black_box(cancelled.cancel());
    ended!(MEETING FIXED DROPPING SLIDING OVERWRITING);
    mark();
    exit()
}
