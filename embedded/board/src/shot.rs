//! One interrupt at a chosen point of time, whose handler may borrow what its caller has.

#![expect(unsafe_code, reason = "lends a closure to an interrupt for a while")]

use core::cell::Cell;
use core::mem::transmute;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use critical_section::Mutex;

use crate::machine::{alarm_after, cancel_alarm};

type Handler<'h> = &'h (dyn Fn() + Sync);

static HANDLER: Mutex<Cell<Option<Handler<'static>>>> = Mutex::new(Cell::new(None));
/// Where the interrupt came, unless it came before the body or after it.
static INTERRUPTED: Mutex<Cell<Option<usize>>> = Mutex::new(Cell::new(None));
static IS_IN_BODY: AtomicBool = AtomicBool::new(false);

/// How the interrupt and the body met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shot {
    /// Before the body had begun.
    Early,
    /// In it, before the instruction at this address.
    At(usize),
    /// It would have come after the body's end, and did not.
    Late,
}

/// Runs `body`, and `handler` in an interrupt after `ticks` of the machine's timer.
///
/// The clock must not have been started: it uses the same timer.
pub fn shoot(ticks: u32, handler: Handler<'_>, body: impl FnOnce()) -> Shot {
    // SAFETY: the interrupt finds the handler until the end of this function only, which no panic
    // leaves: a panic ends the program.
    let lent = unsafe { transmute::<Handler<'_>, Handler<'static>>(handler) };
    critical_section::with(|section| {
        HANDLER.borrow(section).set(Some(lent));
        INTERRUPTED.borrow(section).set(None);
    });
    alarm_after(ticks, interrupted);
    IS_IN_BODY.store(true, Relaxed);
    body();
    IS_IN_BODY.store(false, Relaxed);
    cancel_alarm();
    critical_section::with(|section| {
        match (HANDLER.borrow(section).take(), INTERRUPTED.borrow(section).get()) {
            (Some(_), _) => Shot::Late,
            (None, Some(address)) => Shot::At(address),
            (None, None) => Shot::Early,
        }
    })
}

fn interrupted(address: usize) {
    cancel_alarm();
    let handler = critical_section::with(|section| {
        if IS_IN_BODY.load(Relaxed) {
            INTERRUPTED.borrow(section).set(Some(address));
        }
        HANDLER.borrow(section).take()
    });
    if let Some(handler) = handler {
        handler();
    }
}
