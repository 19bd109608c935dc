//! Our channel, without waiting.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use csp_core::Channel;
use csp_core::buffer::Fixed;
use csp_core::lock::CriticalSection;
use measure::{MESSAGES, entry, exit, is_last, mark};

static CHANNEL: Channel<u32, Fixed<1>, CriticalSection> = Channel::new();

#[entry]
fn main() -> ! {
    mark();
    for number in 0..MESSAGES {
        if CHANNEL.try_put(number).is_ok() && CHANNEL.try_take().is_ok_and(is_last) {
            break;
        }
    }
    mark();
    exit()
}
