//! The checks under the executor of embassy.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use board::Report;
use embassy_executor::Spawner;

static REPORT: Report = Report::new();

#[embassy_executor::main(entry = "board::entry")]
async fn main(spawner: Spawner) {
    board::start_clock();
    spawner.spawn(second().expect("it is started once"));
    checks::first(&REPORT).await;
    REPORT.end()
}

#[embassy_executor::task]
async fn second() {
    checks::second().await;
}
