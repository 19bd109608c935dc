//! `cargo xtask ci`: everything that must hold before a change lands, in one command.

mod build;
mod features;
mod package;
mod targets;
mod tree;

use crate::args::Args;
use crate::check::{self, Check, Verdict};
use crate::{Result, bench, embedded, example, test, tidy, verify};

/// The quick ones first. Histories and the fuzzer's seeds are played by the ordinary tests too; the
/// rest of `verify` is for longer runs.
const STEPS: [&Check; 18] = [
    &build::FMT,
    &tidy::CHECK,
    &build::CLIPPY,
    &TEST,
    &EXAMPLES,
    &features::CHECK,
    &tree::CHECK,
    &targets::CHECK,
    &embedded::CHECK,
    &build::DOC,
    &package::CHECK,
    &bench::INSTRUCTIONS,
    &verify::MODEL,
    &verify::LOOM,
    &verify::SHUTTLE,
    &verify::PROPERTY,
    &verify::MUTANTS,
    &verify::MIRI,
];

/// These find their tools everywhere, or install them.
const NEVER_SKIPPED: [&str; 4] = ["model", "loom", "shuttle", "property"];

const TEST: Check = Check {
    name: "test",
    what: "tests, doctests and the conformance suite",
    run: |_| test::all().and_then(|()| Verdict::passed()),
};

const EXAMPLES: Check = Check {
    name: "examples",
    what: "every example on every runtime",
    run: |_| example::all().and_then(|()| Verdict::passed()),
};

/// What goes to the registry, in the order of publishing.
const PUBLISHED: [&str; 6] =
    ["csp-core", "csp-tokio", "csp-smol", "csp-async-std", "csp-embassy", "csp-rs"];

pub fn command(mut args: Args) -> Result {
    let only = args.value("--only")?;
    let strict = args.flag("--strict");
    args.finish()?;
    let may_skip = |check: &Check| !strict && !NEVER_SKIPPED.contains(&check.name);
    check::run(&STEPS, only.as_deref(), &verify::quick_limits(), may_skip)
}

pub fn list() -> String {
    format!("ci knows:\n{}", check::list(&STEPS))
}
