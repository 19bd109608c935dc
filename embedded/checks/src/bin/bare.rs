//! The checks under an executor of two flags.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use board::Report;

static REPORT: Report = Report::new();

#[board::entry]
fn main() -> ! {
    board::start_clock();
    board::executor::run(checks::first(&REPORT), checks::second());
    REPORT.end()
}
