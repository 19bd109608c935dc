//! The sweep, under the lock that firmware uses: of the scenes whose names begin with the first line
//! of the input, if there is one.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use board::Report;
use csp_core::lock::CriticalSection;

static REPORT: Report = Report::new();

#[board::entry]
fn main() -> ! {
    let mut input = [0; 80];
    sweep::sweep::<CriticalSection>(board::read_line(&mut input), &REPORT);
    REPORT.end()
}
