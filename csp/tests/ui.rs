//! What must not compile, and what the compiler then says.
//!
//! Most of each message is the compiler's own, and changes with it: the messages are compared on
//! the version on which they were recorded. `TRYBUILD=overwrite` records them anew.

#![cfg(all(feature = "tokio", not(miri)))]

use std::process::Command;

const RECORDED_ON: &str = "rustc 1.95.";

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn mistakes_are_refused_with_advice() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc answers").stdout;
    if !version.starts_with(RECORDED_ON.as_bytes()) {
        eprintln!("SKIPPED: the messages were recorded on {RECORDED_ON}*");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
