//! What the host gives a program to read.

use semihosting::io::{Read, stdin};

/// The next line, without its end; empty after the last one.
///
/// # Panics
///
/// If the line is longer than the buffer, or no text.
pub fn read_line(buffer: &mut [u8]) -> &str {
    let mut input = stdin().expect("the host has an input");
    let mut len = 0;
    loop {
        let byte = &mut buffer[len..=len];
        let is_end = input.read(byte).expect("the host can be read") == 0;
        if is_end || byte == b"\n" {
            break;
        }
        len += 1;
    }
    core::str::from_utf8(&buffer[..len]).expect("the host gives text")
}
