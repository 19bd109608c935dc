//! embassy-sync's channel with room for eight, for one executor.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::channel::Channel;
use measure::{MESSAGES, entry, exit, is_last, two};

type Local = Channel<NoopRawMutex, u32, 8>;

async fn send(channel: &Local) {
    for number in 0..MESSAGES {
        channel.send(number).await;
    }
}

async fn receive(channel: &Local) {
    while !is_last(channel.receive().await) {}
}

#[entry]
fn main() -> ! {
    let channel = Local::new();
    two(send(&channel), receive(&channel));
    exit()
}
