//! Two motors, and a button that stops both, whatever else is to be done.
//!
//! The emergency stop closes a channel: a closed channel is ready, for everybody and for ever. It
//! is the first branch of a choice with priority, so a motor that has been stopped never sees
//! another speed, even one that has been waiting for it.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::time::Duration;

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::{Channel, alts};
use csp_embassy::timeout;
use embassy_executor::Spawner;

static STOP: Channel<(), Rendezvous, CriticalSection> = Channel::new();
static SPEEDS: [Channel<i32, Fixed<4>, CriticalSection>; 2] = [Channel::new(), Channel::new()];

#[embassy_executor::main(entry = "kit::entry")]
async fn main(spawner: Spawner) {
    kit::on("left", |speed| SPEEDS[0].try_put(speed.parse().unwrap()).unwrap());
    kit::on("right", |speed| SPEEDS[1].try_put(speed.parse().unwrap()).unwrap());
    kit::on("stop", |_| STOP.close());
    kit::start();
    spawner.spawn(motor("left", &SPEEDS[0]).unwrap());
    spawner.spawn(motor("right", &SPEEDS[1]).unwrap());
}

#[embassy_executor::task(pool_size = 2)]
async fn motor(name: &'static str, speeds: &'static Channel<i32, Fixed<4>, CriticalSection>) {
    let (mut speed, mut wanted) = (0, 0);
    loop {
        alts! {
            priority;
            _ = STOP.take() => break,
            new = speeds.take() => {
                wanted = new.unwrap();
                kit::log(format_args!("{name} is to run at {wanted}"));
            },
            _ = timeout(Duration::from_millis(10)), if speed != wanted => {
                speed += (wanted - speed).clamp(-25, 25);
                kit::log(format_args!("{name} runs at {speed}"));
            }
        }
    }
    kit::log(format_args!("{name} brakes from {speed}"));
}
