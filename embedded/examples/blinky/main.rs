//! A light blinks; each press of the button makes it blink faster, then slowly again.
//!
//! The button's interrupt puts into a channel that keeps one press. A process takes the bounces out
//! and hands the new rate over at a rendezvous; the light waits for that or for the time to change.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::time::Duration;

use csp_core::buffer::{Dropping, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::{Channel, alts};
use csp_embassy::timeout;
use embassy_executor::Spawner;

static PRESSES: Channel<(), Dropping<1>, CriticalSection> = Channel::new();
static RATES: Channel<Duration, Rendezvous, CriticalSection> = Channel::new();

const SLOW: Duration = Duration::from_millis(500);
const FAST: Duration = Duration::from_millis(100);
const BOUNCE: Duration = Duration::from_millis(20);

#[embassy_executor::main(entry = "kit::entry")]
async fn main(spawner: Spawner) {
    kit::on("button", |_| _ = PRESSES.try_put(()));
    kit::start();
    spawner.spawn(button().unwrap());
    spawner.spawn(light().unwrap());
}

#[embassy_executor::task]
async fn button() {
    for rate in [FAST, SLOW].into_iter().cycle() {
        PRESSES.take().await.unwrap();
        // The contacts bounce: it is one press until they have been quiet for a while.
        loop {
            alts! {
                _ = PRESSES.take() => {}
                _ = timeout(BOUNCE) => break,
            }
        }
        RATES.put(rate).await.unwrap();
    }
}

#[embassy_executor::task]
async fn light() {
    let (mut is_on, mut half_period) = (false, SLOW);
    loop {
        alts! {
            rate = RATES.take() => half_period = rate.unwrap(),
            _ = timeout(half_period) => {
                is_on = !is_on;
                kit::log(if is_on { "light on" } else { "light off" });
            }
        }
    }
}
