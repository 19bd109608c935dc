//! The core builds where there is no std, no allocator, or no compare-and-swap.

use super::build::clippy;
use crate::Result;
use crate::check::{Check, Limits, Verdict};
use crate::shell::add_target;

pub const CHECK: Check =
    Check { name: "targets", what: "the core builds for microcontrollers and wasm", run: check };

const BARE: &str = "";
const INTERRUPTS: &str = "critical-section";
const LOGGED: &str = "critical-section,defmt";
const ALLOCATED: &str = "alloc,critical-section";
/// Counted handles where the CPU has loads and stores only.
const NO_CAS: &str = "alloc,critical-section,portable-atomic,portable-atomic/critical-section";

const TARGETS: [(&str, &[&str]); 4] = [
    ("thumbv6m-none-eabi", &[BARE, INTERRUPTS, NO_CAS]),
    ("thumbv7em-none-eabihf", &[BARE, INTERRUPTS, ALLOCATED, LOGGED]),
    ("riscv32imc-unknown-none-elf", &[BARE, INTERRUPTS, NO_CAS]),
    ("wasm32-unknown-unknown", &[BARE, "alloc", "std"]),
];

fn check(_: &Limits) -> Result<Verdict> {
    let mut skipped = Vec::new();
    for (target, sets) in TARGETS {
        if let Err(why) = add_target(target) {
            println!("{target} SKIPPED: {why}");
            let why = why.lines().last().unwrap_or_default();
            skipped.push(format!("{target}: {why}"));
            continue;
        }
        for features in sets {
            println!("{target} {features}");
            build(target, features)?;
        }
    }
    Verdict::of_parts(skipped)
}

fn build(target: &str, features: &str) -> Result {
    let package = ["--package", "csp-core", "--lib", "--target", target];
    let features = ["--no-default-features", "--features", features];
    clippy(package.into_iter().chain(features))
        .map_err(|error| format!("{target} with {features:?}: {error}"))
}
