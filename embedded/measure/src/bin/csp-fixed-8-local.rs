//! Our channel with room for eight, for one executor.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use csp_core::buffer::Fixed;
use csp_core::lock::SingleThread;
use csp_core::{Channel, Error};
use measure::{MESSAGES, entry, exit, is_last, two};

type Local = Channel<u32, Fixed<8>, SingleThread>;

async fn put(channel: &Local) -> Result<(), Error> {
    for number in 0..MESSAGES {
        channel.put(number).await?;
    }
    Ok(())
}

async fn take(channel: &Local) -> Result<(), Error> {
    while !is_last(channel.take().await?) {}
    Ok(())
}

#[entry]
fn main() -> ! {
    let channel = Local::new();
    two(put(&channel), take(&channel));
    exit()
}
