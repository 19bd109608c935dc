//! Our channel with room for eight.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use csp_core::buffer::Fixed;
use csp_core::lock::CriticalSection;
use csp_core::{Channel, Error};
use measure::{MESSAGES, is_last, program};

static CHANNEL: Channel<u32, Fixed<8>, CriticalSection> = Channel::new();

async fn put() -> Result<(), Error> {
    for number in 0..MESSAGES {
        CHANNEL.put(number).await?;
    }
    Ok(())
}

async fn take() -> Result<(), Error> {
    while !is_last(CHANNEL.take().await?) {}
    Ok(())
}

program!(put(), take());
