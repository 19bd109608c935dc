//! rtic-sync's channel, without waiting.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use measure::{MESSAGES, entry, exit, is_last, mark};
use rtic_sync::make_channel;

#[entry]
fn main() -> ! {
    let (mut sender, mut receiver) = make_channel!(u32, 1);
    mark();
    for number in 0..MESSAGES {
        if sender.try_send(number).is_ok() && receiver.try_recv().is_ok_and(is_last) {
            break;
        }
    }
    mark();
    exit()
}
