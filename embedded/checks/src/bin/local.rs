//! The checks that poll by hand, on channels that stay on their thread.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use board::Report;
use csp_core::lock::SingleThread;

static REPORT: Report = Report::new();

#[board::entry]
fn main() -> ! {
    checks::by_hand::<SingleThread>(&REPORT);
    REPORT.end()
}
