//! The core's tests in Miri, under both models of aliasing.

use std::time::Instant;

use crate::Result;
use crate::check::{Check, Limits, Part, Verdict};
use crate::shell::{cargo, command, output, run_and_count, works};

pub const CHECK: Check =
    Check { name: "miri", what: "the core's tests in Miri, Stacked and Tree Borrows", run: check };

struct Suite {
    what: &'static str,
    package: &'static str,
    tests: &'static [&'static str],
    flags: &'static str,
    /// Whether the order in which its threads run matters, so that more seeds show more.
    has_threads: bool,
}

/// Doctests and `ui` cases are not run, as they start compilers.
const SUITES: [Suite; 5] = [
    Suite {
        what: "unit tests",
        package: "csp-core",
        tests: &["--lib"],
        flags: "",
        has_threads: false,
    },
    Suite {
        what: "cancellation",
        package: "csp-reference",
        tests: &["--test", "cancellation"],
        flags: "",
        has_threads: false,
    },
    Suite {
        what: "groups",
        package: "csp-core",
        tests: &["--test", "groups"],
        flags: "",
        has_threads: false,
    },
    Suite {
        what: "soundness",
        package: "csp-core",
        tests: &["--test", "soundness", "--", "--skip", "threads::"],
        // It leaks pinned futures on purpose.
        flags: "-Zmiri-ignore-leaks",
        has_threads: false,
    },
    Suite {
        what: "soundness, threads",
        package: "csp-core",
        tests: &["--test", "soundness", "threads::"],
        flags: "-Zmiri-ignore-leaks",
        has_threads: true,
    },
];

const MODELS: [(&str, &str); 2] =
    [("Stacked Borrows", ""), ("Tree Borrows", "-Zmiri-tree-borrows")];

const SEEDS_PER_MINUTE: u64 = 2;

const INSTALL: [&str; 9] = [
    "toolchain",
    "install",
    "nightly",
    "--profile",
    "minimal",
    "--component",
    "miri",
    "--component",
    "rust-src",
];

fn check(limits: &Limits) -> Result<Verdict> {
    if let Err(why) = available() {
        return Ok(Verdict::Skipped(format!("no nightly with Miri: {why}")));
    }
    let seeds = SEEDS_PER_MINUTE * limits.minutes();
    let mut parts = Vec::new();
    for (model, model_flags) in MODELS {
        for suite in &SUITES {
            parts.push(run(suite, model, model_flags, if suite.has_threads { seeds } else { 1 })?);
        }
    }
    Ok(Verdict::Passed(parts))
}

fn run(suite: &Suite, model: &str, model_flags: &str, seeds: u64) -> Result<Part> {
    let what = format!("{model}: {}", suite.what);
    println!("-- {what}");
    let start = Instant::now();
    let mut number = 0;
    // One after another: Miri's own many seeds run at once, and their reports end up in each other.
    for seed in 0..seeds {
        let args = ["+nightly", "miri", "test", "--package", suite.package, "--all-features"];
        let mut miri = cargo(args.into_iter().chain(suite.tests.iter().copied()));
        // All interleavings take minutes natively; Miri is some hundred times slower.
        miri.env("MIRIFLAGS", format!("{model_flags} {} -Zmiri-seed={seed}", suite.flags))
            .env("CSP_CANCELLATION_SIZE", "small");
        let counted =
            run_and_count(&mut miri).map_err(|error| format!("{what}, seed {seed}: {error}"))?;
        if counted.tests_passed == 0 {
            return Err(format!("{what}, seed {seed}: no test ran"));
        }
        number += counted.tests_passed;
    }
    Ok(Part {
        what,
        number,
        unit: "executions".to_owned(),
        bound: if seeds == 1 { "1 seed".to_owned() } else { format!("{seeds} seeds each") },
        time: start.elapsed(),
    })
}

fn available() -> Result {
    let version = || works(&mut cargo(["+nightly", "miri", "--version"]));
    if version() {
        return Ok(());
    }
    println!("installing a nightly with Miri: rustup {}", INSTALL.join(" "));
    output(&mut command("rustup", INSTALL))?;
    if version() { Ok(()) } else { Err("installed, but it does not answer".to_owned()) }
}
