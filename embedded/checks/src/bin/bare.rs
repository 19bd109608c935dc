//! The checks under an executor of two flags.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use board::Report;
use core::time::Duration;
use csp_core::{Channel, buffer::Rendezvous, lock::CriticalSection, timeout};

static CHANNEL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
static REPORT: Report = Report::new();

#[board::entry]
fn main() -> ! {
    board::start_clock();
    board::executor::run(
        async {
            timeout(board::EmbassyTime, Duration::from_millis(20)).await;
            CHANNEL.put(1).await.unwrap();
        },
        async {
            assert_eq!(CHANNEL.take().await, Ok(1));
            REPORT.passed("one");
        },
    );
    REPORT.end()
}
