//! embassy's select over four receives.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use embassy_futures::select::{Either4, select4};
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use measure::{MESSAGES, is_last, program};

static CHANNELS: [Channel<CriticalSectionRawMutex, u32, 1>; 4] = [const { Channel::new() }; 4];

async fn send() {
    for number in 0..MESSAGES {
        CHANNELS[number as usize % CHANNELS.len()].send(number).await;
    }
}

async fn receive() {
    loop {
        let [one, two, three, four] = CHANNELS.each_ref().map(Channel::receive);
        let (Either4::First(number)
        | Either4::Second(number)
        | Either4::Third(number)
        | Either4::Fourth(number)) = select4(one, two, three, four).await;
        if is_last(number) {
            return;
        }
    }
}

program!(send(), receive());
