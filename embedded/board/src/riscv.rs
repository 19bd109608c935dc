//! RISC-V: the timer and the software interrupt of the CLINT, sleep by WFI.

#![expect(unsafe_code, reason = "boots, and writes the registers of the CLINT")]

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use riscv::interrupt::Interrupt;
use riscv::register::{mepc, mie};
pub use riscv_rt::entry;

use crate::handler::Handler;

/// Of the timer of QEMU's `virt`.
pub const TICKS_PER_MILLISECOND: u32 = 10_000;

const SOFTWARE_INTERRUPT: *mut u32 = 0x0200_0000 as *mut u32;
/// Low word, high word.
const DEADLINE: [*mut u32; 2] = [0x0200_4000 as *mut u32, 0x0200_4004 as *mut u32];
const NOW: [*mut u32; 2] = [0x0200_bff8 as *mut u32, 0x0200_bffc as *mut u32];

/// An interrupt line that software can pend, as a peripheral would.
#[derive(Debug, Clone, Copy)]
pub enum Line {
    First,
    Second,
}

static ALARM: Handler = Handler::new();
static LINES: [Handler; 2] = [Handler::new(), Handler::new()];
/// The processor has one software interrupt; this says for which lines it is.
static IS_PENDING: [AtomicBool; 2] = [AtomicBool::new(false), AtomicBool::new(false)];
static IS_ASLEEP: AtomicBool = AtomicBool::new(false);
static INTERVAL: AtomicU32 = AtomicU32::new(0);

/// Calls `handler` each millisecond, in an interrupt.
pub fn alarm_every_millisecond(handler: fn(usize)) {
    alarm_after(TICKS_PER_MILLISECOND, handler);
}

/// Calls `handler` once `ticks` have passed, in an interrupt, and again until it is cancelled.
pub fn alarm_after(ticks: u32, handler: fn(usize)) {
    ALARM.set(handler);
    INTERVAL.store(ticks, Relaxed);
    // First, as the deadline after a reset has passed.
    set_deadline(now() + u64::from(ticks));
    // SAFETY: the handler is set, and no critical section relies on the mask of one source.
    unsafe { mie::set_mtimer() };
    enable();
}

/// Ends the alarm; one that is pending no longer comes.
pub fn cancel_alarm() {
    set_deadline(u64::MAX);
    // SAFETY: as in `alarm_after`.
    unsafe { mie::clear_mtimer() };
}

fn now() -> u64 {
    let [low, high] = NOW.map(|register| {
        // SAFETY: a register of the CLINT.
        move || unsafe { register.read_volatile() }
    });
    loop {
        let (before, now, after) = (high(), low(), high());
        if before == after {
            return u64::from(after) << 32 | u64::from(now);
        }
    }
}

/// By way of a deadline that is far away, so that none between the old and the new one fires.
fn set_deadline(deadline: u64) {
    let [low, high] = DEADLINE;
    for (register, word) in
        [(low, u32::MAX), (high, (deadline >> 32) as u32), (low, deadline as u32)]
    {
        // SAFETY: a register of the CLINT, which only this function writes.
        unsafe { register.write_volatile(word) };
    }
}

/// Calls `handler` when the line is pended; lets it through from now on.
pub fn on_interrupt(line: Line, handler: fn(usize)) {
    LINES[line as usize].set(handler);
    // SAFETY: as in `alarm_after`.
    unsafe { mie::set_msoft() };
    enable();
}

fn enable() {
    // SAFETY: nobody relies on them being masked: critical sections are short and nest.
    unsafe { riscv::interrupt::enable() };
}

/// Pends the line: its handler runs as soon as interrupts are let through.
pub fn pend(line: Line) {
    IS_PENDING[line as usize].store(true, Relaxed);
    // SAFETY: a register of the CLINT.
    unsafe { SOFTWARE_INTERRUPT.write_volatile(1) };
}

/// Sleeps until an interrupt, unless `is_ready` says otherwise with interrupts masked.
pub fn sleep_unless(is_ready: impl FnOnce() -> bool) {
    riscv::interrupt::disable();
    if !is_ready() {
        IS_ASLEEP.store(true, Relaxed);
        riscv::asm::wfi();
    }
    // SAFETY: they were let through before; the interrupt that ended the sleep runs here.
    unsafe { riscv::interrupt::enable() };
    IS_ASLEEP.store(false, Relaxed);
}

/// Whether the interrupt that asks has ended a sleep.
pub fn is_asleep() -> bool {
    IS_ASLEEP.load(Relaxed)
}

#[riscv_rt::core_interrupt(Interrupt::MachineTimer)]
fn machine_timer() {
    set_deadline(now() + u64::from(INTERVAL.load(Relaxed)));
    ALARM.call(mepc::read());
}

#[riscv_rt::core_interrupt(Interrupt::MachineSoft)]
fn machine_soft() {
    // SAFETY: a register of the CLINT; what is pended from here on is a new interrupt.
    unsafe { SOFTWARE_INTERRUPT.write_volatile(0) };
    for (is_pending, handler) in IS_PENDING.iter().zip(&LINES) {
        if is_pending.load(Relaxed) {
            is_pending.store(false, Relaxed);
            handler.call(mepc::read());
        }
    }
}
