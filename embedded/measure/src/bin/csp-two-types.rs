//! Two channels of ours, with messages of two types.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use csp_core::buffer::Rendezvous;
use csp_core::lock::CriticalSection;
use csp_core::{Channel, Error};
use measure::{MESSAGES, is_last, program};

static ONE: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
static OTHER: Channel<(u32, u64), Rendezvous, CriticalSection> = Channel::new();

async fn put() -> Result<(), Error> {
    for number in 0..MESSAGES {
        ONE.put(number).await?;
        OTHER.put((number, 0)).await?;
    }
    Ok(())
}

async fn take() -> Result<(), Error> {
    loop {
        let one = ONE.take().await?;
        let other = OTHER.take().await?;
        if is_last(one) && is_last(other.0) {
            return Ok(());
        }
    }
}

program!(put(), take());
