//! What a program of tests prints: the lines of Rust's own harness, which xtask counts.

use core::cell::Cell;

use critical_section::Mutex;
use semihosting::println;

/// Ends the program, and the emulator with this status.
pub fn exit(status: i32) -> ! {
    semihosting::process::exit(status)
}

/// How many tests have passed. One that fails panics, which ends the program.
#[derive(Debug)]
pub struct Report(Mutex<Cell<u32>>);

impl Report {
    #[expect(clippy::new_without_default, reason = "it is of use as a static only")]
    pub const fn new() -> Self {
        Self(Mutex::new(Cell::new(0)))
    }

    /// A test has come to its end.
    pub fn passed(&self, name: &str) {
        println!("test {name} ... ok");
        critical_section::with(|section| {
            let passed = self.0.borrow(section);
            passed.set(passed.get() + 1);
        });
    }

    /// All tests have.
    pub fn end(&self) -> ! {
        let passed = critical_section::with(|section| self.0.borrow(section).get());
        println!("test result: ok. {passed} passed; 0 failed");
        exit(0)
    }
}
