//! What the firmware of this workspace shares: boot, output, time, interrupts, an executor.
//!
//! It stands where a board support crate would: everything that knows the machine, and all unsafe
//! code, is here, so that a program reads as it would on a real board. Output goes to the host by
//! semihosting. Time is the emulator's, which counts instructions: no program can be slow.

#![no_std]
#![deny(unsafe_code)]

#[cfg_attr(target_arch = "riscv32", path = "riscv.rs")]
#[cfg_attr(not(target_arch = "riscv32"), path = "cortex.rs")]
mod machine;

mod clock;
pub mod executor;
mod handler;
mod input;
mod panic;
mod probe;
mod report;
mod shot;

pub use clock::{pend_each_millisecond, start_clock};
pub use input::read_line;
pub use machine::{
    Line, TICKS_PER_MILLISECOND, alarm_after, alarm_every_millisecond, cancel_alarm, entry,
    is_asleep, on_interrupt, pend, sleep_unless,
};
pub use probe::Probe;
pub use report::{Report, exit};
pub use semihosting::{print, println};
pub use shot::{Shot, shoot};
