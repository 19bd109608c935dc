//! A watchdog that is fed only while every process is alive.
//!
//! The processes meet at a barrier in each round; who has the watchdog feeds it when all have come.
//! If one hangs, nobody feeds, and the watchdog resets the chip.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::future::pending;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::time::Duration;

use csp_core::Channel;
use csp_core::buffer::Rendezvous;
use csp_core::lock::CriticalSection;
use csp_embassy::{limit, wait};
use embassy_executor::Spawner;

/// Where `N` processes and their leader wait for each other.
struct Barrier<const N: usize> {
    arrivals: Channel<(), Rendezvous, CriticalSection>,
    departures: Channel<(), Rendezvous, CriticalSection>,
}

impl<const N: usize> Barrier<N> {
    const fn new() -> Self {
        Self { arrivals: Channel::new(), departures: Channel::new() }
    }

    /// For a process: waits until all have come.
    async fn sync(&self) {
        self.arrivals.put(()).await.unwrap();
        self.departures.take().await.unwrap();
    }

    /// For the leader: lets all go when all have come.
    async fn lead(&self) {
        for _ in 0..N {
            self.arrivals.take().await.unwrap();
        }
        for _ in 0..N {
            self.departures.put(()).await.unwrap();
        }
    }
}

static ALIVE: Barrier<3> = Barrier::new();
static RADIO_HANGS: AtomicBool = AtomicBool::new(false);

#[embassy_executor::main(entry = "kit::entry")]
async fn main(spawner: Spawner) {
    kit::on("radio", |_| RADIO_HANGS.store(true, Relaxed));
    kit::start();
    spawner.spawn(watchdog().unwrap());
    spawner.spawn(sensor(20).unwrap());
    spawner.spawn(sensor(35).unwrap());
    spawner.spawn(radio().unwrap());
}

#[embassy_executor::task]
async fn watchdog() {
    while limit(Duration::from_millis(100), ALIVE.lead()).await.is_ok() {
        kit::log("all are alive: fed");
    }
    kit::log("somebody hangs: reset");
}

#[embassy_executor::task(pool_size = 2)]
async fn sensor(milliseconds: u64) {
    loop {
        wait(Duration::from_millis(milliseconds)).await;
        ALIVE.sync().await;
    }
}

#[embassy_executor::task]
async fn radio() {
    while !RADIO_HANGS.load(Relaxed) {
        wait(Duration::from_millis(70)).await;
        ALIVE.sync().await;
    }
    kit::log("the radio hangs");
    pending::<()>().await;
}
