//! embassy-sync's channel with room for one.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use measure::{MESSAGES, is_last, program};

static CHANNEL: Channel<CriticalSectionRawMutex, u32, 1> = Channel::new();

async fn send() {
    for number in 0..MESSAGES {
        CHANNEL.send(number).await;
    }
}

async fn receive() {
    while !is_last(CHANNEL.receive().await) {}
}

program!(send(), receive());
