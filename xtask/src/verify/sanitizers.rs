//! The tests with threads, under the thread and the address sanitizer.
//!
//! They watch the compiled program on real threads: less than Miri looks at, in far more runs, and
//! with the standard library instrumented too.

use std::path::Path;
use std::time::Instant;

use super::{host, seed};
use crate::Result;
use crate::check::{Check, Limits, Part, Verdict};
use crate::shell::{cargo, command, output, run_and_count, target_dir};

pub const CHECK: Check = Check {
    name: "sanitizers",
    what: "the tests with threads, under the thread and the address sanitizer",
    run: check,
};

/// Of those for which rustc has both sanitizers, the ones that have been tried.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

struct Sanitizer {
    name: &'static str,
    options: (&'static str, &'static str),
}

const SANITIZERS: [Sanitizer; 2] = [
    Sanitizer { name: "thread", options: ("TSAN_OPTIONS", "halt_on_error=1") },
    // The soundness tests leak pinned futures on purpose.
    Sanitizer { name: "address", options: ("ASAN_OPTIONS", "detect_leaks=0") },
];

struct Suite {
    what: &'static str,
    tests: &'static [&'static str],
}

const SUITES: [Suite; 3] = [
    Suite { what: "groups", tests: &["--test", "groups"] },
    Suite { what: "soundness", tests: &["--test", "soundness"] },
    Suite { what: "histories", tests: &["--test", "histories", "worlds::"] },
];

/// Of each kind.
const HISTORIES_PER_MINUTE: u64 = 100;

const INSTALL: [&str; 7] =
    ["toolchain", "install", "nightly", "--profile", "minimal", "--component", "rust-src"];

fn check(limits: &Limits) -> Result<Verdict> {
    let target = match available() {
        Ok(target) => target,
        Err(why) => return Ok(Verdict::Skipped(why)),
    };
    let mut parts = Vec::new();
    for sanitizer in &SANITIZERS {
        for suite in &SUITES {
            parts.push(run(sanitizer, suite, &target, limits)?);
        }
    }
    Ok(Verdict::Passed(parts))
}

fn run(sanitizer: &Sanitizer, suite: &Suite, target: &str, limits: &Limits) -> Result<Part> {
    let what = format!("{} sanitizer: {}", sanitizer.name, suite.what);
    println!("-- {what}");
    let start = Instant::now();
    let mut test = cargo(["+nightly", "test", "-Zbuild-std", "--target", target]);
    test.args(["--package", "csp-core", "--all-features"]).args(suite.tests);
    test.env("RUSTFLAGS", format!("-Zsanitizer={}", sanitizer.name));
    test.env("CARGO_TARGET_DIR", target_dir().join("sanitizers").join(sanitizer.name));
    // Lines are all that a report names.
    test.env("CARGO_PROFILE_DEV_DEBUG", "1");
    let (variable, options) = sanitizer.options;
    test.env(variable, options);
    test.env("CSP_HISTORIES", (HISTORIES_PER_MINUTE * limits.minutes()).to_string());
    test.env("CSP_HISTORIES_SEED", seed().to_string());
    let counted = run_and_count(&mut test).map_err(|error| format!("{what}: {error}"))?;
    if counted.tests_passed == 0 {
        return Err(format!("{what}: no test ran"));
    }
    Ok(Part {
        what,
        number: counted.tests_passed,
        unit: "tests".to_owned(),
        bound: "native threads".to_owned(),
        time: start.elapsed(),
    })
}

/// The target to build for, or why there is none.
fn available() -> Result<String> {
    let target = host(&output(&mut command("rustc", ["-vV"]))?)?;
    if !TARGETS.contains(&target.as_str()) {
        return Err(format!("{target} is none of {}", TARGETS.join(", ")));
    }
    if let Err(why) = has_sources() {
        println!("installing what is missing ({why}): rustup {}", INSTALL.join(" "));
        output(&mut command("rustup", INSTALL)).map_err(|error| format!("no nightly: {error}"))?;
        has_sources().map_err(|why| format!("installed, but {why}"))?;
    }
    Ok(target)
}

/// The sources of the standard library, which is built with the sanitizer.
fn has_sources() -> Result {
    let sysroot = output(&mut command("rustc", ["+nightly", "--print", "sysroot"]))?;
    let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock");
    if sources.exists() { Ok(()) } else { Err("nightly has no rust-src".to_owned()) }
}
