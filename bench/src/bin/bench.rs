//! Measures ours and the rivals; `cargo xtask bench` runs this.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    csp_bench::driver::main(None)
}
