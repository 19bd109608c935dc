//! The sweep, under the lock that firmware uses.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use board::Report;
use csp_core::lock::CriticalSection;

static REPORT: Report = Report::new();

#[board::entry]
fn main() -> ! {
    sweep::sweep::<CriticalSection>(None, &REPORT);
    REPORT.end()
}
