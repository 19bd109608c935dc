//! Nothing, between the marks.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use measure::{MESSAGES, entry, exit, is_last, mark};

#[entry]
fn main() -> ! {
    mark();
    for number in 0..MESSAGES {
        if is_last(number) {
            break;
        }
    }
    mark();
    exit()
}
