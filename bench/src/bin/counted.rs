//! The same with an allocator that counts, for the bytes that a process takes.

#![forbid(unsafe_code)]

use std::alloc::System;
use std::process::ExitCode;

use cap::Cap;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fn main() -> ExitCode {
    csp_bench::driver::main(Some(|| ALLOCATOR.allocated()))
}
