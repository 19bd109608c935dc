//! embassy-sync's channel, without waiting.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use measure::{MESSAGES, entry, exit, is_last, mark};

static CHANNEL: Channel<CriticalSectionRawMutex, u32, 1> = Channel::new();

#[entry]
fn main() -> ! {
    mark();
    for number in 0..MESSAGES {
        if CHANNEL.try_send(number).is_ok() && CHANNEL.try_receive().is_ok_and(is_last) {
            break;
        }
    }
    mark();
    exit()
}
