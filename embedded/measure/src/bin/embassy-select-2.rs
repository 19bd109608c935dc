//! embassy's select over two receives.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use measure::{MESSAGES, is_last, program};

static CHANNELS: [Channel<CriticalSectionRawMutex, u32, 1>; 2] = [const { Channel::new() }; 2];

async fn send() {
    for number in 0..MESSAGES {
        CHANNELS[number as usize % CHANNELS.len()].send(number).await;
    }
}

async fn receive() {
    loop {
        let (Either::First(number) | Either::Second(number)) =
            select(CHANNELS[0].receive(), CHANNELS[1].receive()).await;
        if is_last(number) {
            return;
        }
    }
}

program!(send(), receive());
