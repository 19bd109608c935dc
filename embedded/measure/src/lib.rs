//! What all programs share: two tasks, run in turn between two marks in the trace.
//!
//! Each program moves [`MESSAGES`] messages from its first task to its second, by one primitive. It
//! prints nothing, so that its size is that of the primitive: the task that runs it reads the trace
//! of the emulator, and the symbols.

#![no_std]
#![deny(unsafe_code)]

mod executor;
mod floor;
mod floor_choice;

use core::hint::black_box;
use core::panic::PanicInfo;
use core::task::Poll;

pub use cortex_m_rt::entry;
pub use cortex_m_semihosting::hprintln;
pub use executor::{mark, two};
pub use floor::Floor;
pub use floor_choice::ChoiceFloor;

use cortex_m_semihosting::debug;

pub const MESSAGES: u32 = 1000;

/// Defines a program from its two tasks; it ends with the second.
#[macro_export]
macro_rules! program {
    ($first:expr, $second:expr $(,)?) => {
        #[$crate::entry]
        fn main() -> ! {
            $crate::two($first, $second);
            $crate::exit()
        }
    };
}

/// What lies between two marks.
#[inline(never)]
pub fn section<R>(operation: impl FnOnce() -> R) -> R {
    mark();
    let result = operation();
    mark();
    result
}

/// Uses a message; whether it was the last one.
pub fn is_last(message: u32) -> bool {
    black_box(message) == MESSAGES - 1
}

/// Lets the other task go on.
pub async fn pass() {
    let mut has_passed = false;
    core::future::poll_fn(|cx| {
        if has_passed {
            return Poll::Ready(());
        }
        has_passed = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

pub fn exit() -> ! {
    debug::exit(debug::EXIT_SUCCESS);
    halt()
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    debug::exit(debug::EXIT_FAILURE);
    halt()
}

fn halt() -> ! {
    loop {
        cortex_m::asm::nop();
    }
}
