//! A converter interrupts each millisecond with a sample; a slow process wants the newest ones.
//!
//! The interrupt puts into a sliding buffer, which never makes it wait: what nobody has taken goes,
//! oldest first, and is counted.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicU16, Ordering::Relaxed};
use core::time::Duration;

use csp_core::Channel;
use csp_core::buffer::Sliding;
use csp_core::lock::CriticalSection;
use csp_embassy::wait;
use embassy_executor::Spawner;

static SAMPLES: Channel<u16, Sliding<8>, CriticalSection> = Channel::new();

/// What the converter measures.
static VOLTAGE: AtomicU16 = AtomicU16::new(0);

#[embassy_executor::main(entry = "kit::entry")]
async fn main(spawner: Spawner) {
    kit::on("voltage", |millivolts| VOLTAGE.store(millivolts.parse().unwrap(), Relaxed));
    kit::each_millisecond(|| SAMPLES.try_put(VOLTAGE.load(Relaxed)).unwrap());
    kit::start();
    spawner.spawn(meter().unwrap());
}

/// The mean of eight samples, ten times a second.
#[embassy_executor::task]
async fn meter() {
    loop {
        wait(Duration::from_millis(100)).await;
        let mut sum = 0;
        for _ in 0..8 {
            sum += u32::from(SAMPLES.take().await.unwrap());
        }
        kit::log(format_args!("{} mV", sum / 8));
    }
}
