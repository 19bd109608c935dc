//! The global logger: each frame is a line of hexadecimal digits on the host's standard output.

#![expect(unsafe_code, reason = "implements the unsafe trait of a logger")]

use core::cell::{Cell, RefCell};

use board::{print, println};
use critical_section::Mutex;
use defmt::{Encoder, Logger};

#[defmt::global_logger]
struct Lines;

static ENCODER: Mutex<RefCell<Encoder>> = Mutex::new(RefCell::new(Encoder::new()));
static IS_TAKEN: Mutex<Cell<bool>> = Mutex::new(Cell::new(false));

fn take(is_taken: bool) {
    let before = critical_section::with(|section| IS_TAKEN.borrow(section).replace(is_taken));
    assert_ne!(before, is_taken, "the logger was entered again");
}

fn encode(with: impl FnOnce(&mut Encoder, fn(&[u8]))) {
    let write = |bytes: &[u8]| bytes.iter().for_each(|byte| print!("{byte:02x}"));
    critical_section::with(|section| with(&mut ENCODER.borrow_ref_mut(section), write));
}

// SAFETY: one party has the logger at a time; who comes while it is taken panics.
unsafe impl Logger for Lines {
    fn acquire() {
        take(true);
        encode(|encoder, write| encoder.start_frame(write));
    }

    unsafe fn flush() {}

    unsafe fn release() {
        encode(|encoder, write| encoder.end_frame(write));
        println!("");
        take(false);
    }

    unsafe fn write(bytes: &[u8]) {
        encode(|encoder, write| encoder.write(bytes, write));
    }
}
