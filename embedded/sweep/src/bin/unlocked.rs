//! One scene of the sweep, named by the first line of the input, under a lock that does nothing.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use board::Report;
use sweep::Unlocked;

static REPORT: Report = Report::new();

#[board::entry]
fn main() -> ! {
    let mut input = [0; 80];
    sweep::sweep::<Unlocked>(board::read_line(&mut input), &REPORT);
    REPORT.end()
}
