//! The checks under the lock of thread mode, and two tasks of the executor that meet under it, while
//! interrupts come.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::cell::Cell;

use board::{Line, Report};
use critical_section::Mutex;
use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::{Channel, alts};
use csp_embassy::lock::{Raw, ThreadMode};
use embassy_executor::Spawner;
use embassy_sync::blocking_mutex::raw::ThreadModeRawMutex;

static REPORT: Report = Report::new();

static NUMBERS: Channel<u32, Rendezvous, Raw<ThreadModeRawMutex>> = Channel::new();
static STOP: Channel<(), Fixed<1>, ThreadMode> = Channel::new();

/// Interrupts that have come; they use no channel.
static TICKS: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

fn ticks() -> u32 {
    critical_section::with(|section| TICKS.borrow(section).get())
}

#[embassy_executor::main(entry = "board::entry")]
async fn main(spawner: Spawner) {
    checks::by_hand::<ThreadMode>(&REPORT);
    board::on_interrupt(Line::First, |_| {
        critical_section::with(|section| {
            let ticks = TICKS.borrow(section);
            ticks.set(ticks.get() + 1);
        });
    });
    board::start_clock();
    board::pend_each_millisecond(Some(Line::First));
    spawner.spawn(count().expect("it is started once"));
    let mut sum = 0;
    loop {
        alts! {
            priority;
            number = NUMBERS.take() => sum += number.expect("nobody closes it"),
            _ = STOP.take() => break,
        }
    }
    assert_eq!(sum, 5050);
    REPORT.passed("two tasks meet");
    while ticks() < 3 {
        csp_embassy::wait(core::time::Duration::from_millis(1)).await;
    }
    REPORT.passed("interrupts come");
    REPORT.end()
}

#[embassy_executor::task]
async fn count() {
    for number in 1..=100 {
        NUMBERS.put(number).await.expect("nobody closes it");
    }
    STOP.put(()).await.expect("nobody closes it");
}
