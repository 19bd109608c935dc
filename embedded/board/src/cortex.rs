//! Cortex-M: `SysTick` as the alarm, two lines of the interrupt controller, sleep by WFI.

#![expect(unsafe_code, reason = "boots, and lets interrupts through")]

use core::arch::global_asm;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::{NVIC, SYST};
pub use cortex_m_rt::entry;

use crate::handler::Handler;

/// The clock of the microbit, which is the one without compare-and-swap, and of the mps2-an386.
pub const TICKS_PER_MILLISECOND: u32 =
    if cfg!(target_has_atomic = "ptr") { 25_000 } else { 16_000 };

/// An interrupt line that software can pend, as a peripheral would.
#[derive(Debug, Clone, Copy)]
pub enum Line {
    First,
    Second,
}

static ALARM: Handler = Handler::new();
static LINES: [Handler; 2] = [Handler::new(), Handler::new()];
static IS_ASLEEP: AtomicBool = AtomicBool::new(false);

/// Calls `handler` each millisecond, in an interrupt.
pub fn alarm_every_millisecond(handler: fn(usize)) {
    alarm_after(TICKS_PER_MILLISECOND, handler);
}

/// Calls `handler` once `ticks` have passed, in an interrupt, and again until it is cancelled.
pub fn alarm_after(ticks: u32, handler: fn(usize)) {
    ALARM.set(handler);
    let mut timer = timer();
    timer.disable_counter();
    timer.set_clock_source(cortex_m::peripheral::syst::SystClkSource::Core);
    timer.set_reload(ticks);
    timer.clear_current();
    timer.enable_interrupt();
    timer.enable_counter();
}

/// Ends the alarm; one that is pending no longer comes.
pub fn cancel_alarm() {
    let mut timer = timer();
    timer.disable_interrupt();
    timer.disable_counter();
    cortex_m::peripheral::SCB::clear_pendst();
}

fn timer() -> SYST {
    // SAFETY: only this module touches the timer, each register by one access.
    unsafe { cortex_m::Peripherals::steal() }.SYST
}

/// Calls `handler` when the line is pended; lets it through from now on.
pub fn on_interrupt(line: Line, handler: fn(usize)) {
    LINES[line as usize].set(handler);
    // SAFETY: the handler is set, and no critical section relies on the mask of one line.
    unsafe { NVIC::unmask(line) };
}

/// Pends the line: its handler runs as soon as interrupts are let through.
pub fn pend(line: Line) {
    NVIC::pend(line);
}

/// Sleeps until an interrupt, unless `is_ready` says otherwise with interrupts masked.
pub fn sleep_unless(is_ready: impl FnOnce() -> bool) {
    cortex_m::interrupt::disable();
    if !is_ready() {
        IS_ASLEEP.store(true, Relaxed);
        cortex_m::asm::dsb();
        cortex_m::asm::wfi();
    }
    // SAFETY: they were let through before; the interrupt that ended the sleep runs here.
    unsafe { cortex_m::interrupt::enable() };
    cortex_m::asm::isb();
    IS_ASLEEP.store(false, Relaxed);
}

/// Whether the interrupt that asks has ended a sleep.
pub fn is_asleep() -> bool {
    IS_ASLEEP.load(Relaxed)
}

// SAFETY: numbers of the emulated boards, from 20 on.
unsafe impl InterruptNumber for Line {
    fn number(self) -> u16 {
        FIRST_NUMBER as u16 + self as u16
    }
}

const FIRST_NUMBER: i16 = 20;

#[cortex_m_rt::exception]
unsafe fn DefaultHandler(number: i16) {
    let line = usize::try_from(number - FIRST_NUMBER).expect("other lines are masked");
    LINES[line].call(0);
}

// The interrupted address is the seventh word that the processor has stacked.
global_asm!(
    ".section .text.SysTick, \"ax\"",
    ".global SysTick",
    ".type SysTick,%function",
    ".thumb_func",
    "SysTick:",
    "mrs r0, msp",
    "ldr r0, [r0, #24]",
    "ldr r1, =board_alarm",
    "bx r1",
    ".pool",
);

// The one name that the assembly above calls.
#[unsafe(no_mangle)]
extern "C" fn board_alarm(interrupted: usize) {
    ALARM.call(interrupted);
}
