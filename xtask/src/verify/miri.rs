//! The core's tests in Miri, under both models of aliasing.

use crate::Result;
use crate::check::{Check, Limits, Verdict};
use crate::shell::{cargo, command, output, run, works};

pub const CHECK: Check =
    Check { name: "miri", what: "the core's tests in Miri, Stacked and Tree Borrows", run: check };

/// What is run, and with which flags; doctests and `ui` cases are not, as they start compilers.
const TESTS: [(&[&str], &str); 3] = [
    (&["--lib"], ""),
    (&["--test", "cancellation"], ""),
    // It leaks pinned futures on purpose.
    (&["--test", "soundness"], "-Zmiri-ignore-leaks"),
];

const MODELS: [(&str, &str); 2] =
    [("Stacked Borrows", ""), ("Tree Borrows", "-Zmiri-tree-borrows")];

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

fn check(_: &Limits) -> Result<Verdict> {
    if let Err(why) = available() {
        return Ok(Verdict::Skipped(format!("no nightly with Miri: {why}")));
    }
    for (model, flags) in MODELS {
        for (tests, more_flags) in TESTS {
            println!("-- {model}: {}", tests.join(" "));
            let args = ["+nightly", "miri", "test", "--package", "csp-core", "--all-features"];
            let mut miri = cargo(args.into_iter().chain(tests.iter().copied()));
            // All interleavings take minutes natively; Miri is some hundred times slower.
            miri.env("MIRIFLAGS", format!("{flags} {more_flags}"))
                .env("CSP_CANCELLATION_SIZE", "small");
            run(&mut miri).map_err(|error| format!("{model}: {error}"))?;
        }
    }
    Verdict::passed()
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
