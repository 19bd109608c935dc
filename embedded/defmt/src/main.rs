//! Logs what has a `defmt::Format`: channels, errors and outcomes, also of a message that has none.

#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod logger;

use core::pin::pin;
use core::task::{Context, Poll, Waker};

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::{BranchOutcome, Channel, Error, Rotation, Selected2, TimedOut};
use defmt::{error, info, warn};

/// It cannot be logged itself.
struct Opaque;

static JOBS: Channel<Opaque, Fixed<2>, CriticalSection> = Channel::new();
static NUMBERS: Channel<u8, Rendezvous, CriticalSection> = Channel::new();

#[board::entry]
fn main() -> ! {
    let mut cx = Context::from_waker(Waker::noop());
    info!("empty: {}", JOBS);
    warn!("{}", JOBS.try_take().err());
    for _ in 0..3 {
        let refused = JOBS.try_put(Opaque).err();
        info!("a job: {}, then {}", refused, JOBS);
    }
    {
        let mut put = pin!(JOBS.put(Opaque));
        assert!(put.as_mut().poll(&mut cx).is_pending());
        info!("a put waits: {}", JOBS);
    }
    JOBS.close();
    info!("closed: {}", JOBS);
    if let Poll::Ready(result) = pin!(JOBS.put(Opaque)).poll(&mut cx) {
        error!("{}", result.err());
    }
    let put = NUMBERS.put(7);
    info!("{}", pin!(put).cancel());
    {
        let mut take = pin!(NUMBERS.take());
        assert!(take.as_mut().poll(&mut cx).is_pending());
        info!("a take waits: {}", NUMBERS);
    }
    NUMBERS.poison(3);
    warn!("{}, {}, {}", NUMBERS.ended(), NUMBERS.try_take(), NUMBERS.try_put(1));
    let chosen: Selected2<Result<u8, Error>, ()> = Selected2::First(Err(Error::Full));
    info!("{} or {}", chosen, Selected2::<(), u8>::Second(9));
    info!("{}, {}", TimedOut, Rotation::<3>::new());
    info!("{}", BranchOutcome::Took(Ok(5_u32)));
    board::exit(0)
}
