//! A panic ends the program, and the emulator, as a failure.

use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    semihosting::println!("{info}");
    crate::exit(101)
}
