//! An interrupt handler uses a channel under the lock of thread mode, which panics.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use board::{Line, println};
use csp_core::Channel;
use csp_core::buffer::Fixed;
use csp_embassy::lock::ThreadMode;

static CHANNEL: Channel<u32, Fixed<2>, ThreadMode> = Channel::new();

#[board::entry]
fn main() -> ! {
    assert!(CHANNEL.try_put(1).is_ok());
    println!("thread mode may use it");
    board::on_interrupt(Line::First, |_| {
        println!("so may an interrupt: {}", CHANNEL.try_put(2).is_ok());
    });
    board::pend(Line::First);
    println!("the interrupt has come");
    board::exit(0)
}
