//! Our choice of four takes, the first that is ready.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use csp_core::buffer::Rendezvous;
use csp_core::lock::CriticalSection;
use csp_core::{Channel, Error, alts};
use measure::{MESSAGES, is_last, program};

static CHANNELS: [Channel<u32, Rendezvous, CriticalSection>; 4] = [const { Channel::new() }; 4];

async fn put() -> Result<(), Error> {
    for number in 0..MESSAGES {
        CHANNELS[number as usize % CHANNELS.len()].put(number).await?;
    }
    Ok(())
}

async fn take() -> Result<(), Error> {
    loop {
        let number = alts! {
            priority;
            number = CHANNELS[0].take() => number?,
            number = CHANNELS[1].take() => number?,
            number = CHANNELS[2].take() => number?,
            number = CHANNELS[3].take() => number?,
        };
        if is_last(number) {
            return Ok(());
        }
    }
}

program!(put(), take());
