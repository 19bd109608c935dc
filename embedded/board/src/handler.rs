//! A place for a function that an interrupt calls.

use core::cell::Cell;

use critical_section::Mutex;

/// What an interrupt calls; the argument is the address of the instruction that it came before.
pub(crate) struct Handler(Mutex<Cell<fn(usize)>>);

impl Handler {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Cell::new(|_| panic!("an interrupt without a handler"))))
    }

    pub(crate) fn set(&self, handler: fn(usize)) {
        critical_section::with(|section| self.0.borrow(section).set(handler));
    }

    pub(crate) fn call(&self, interrupted: usize) {
        let handler = critical_section::with(|section| self.0.borrow(section).get());
        handler(interrupted);
    }
}
