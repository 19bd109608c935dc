//! Format, lints and documentation.
//!
//! Warnings stay warnings in the sources, so that half-done work compiles; here they are errors.

use crate::Result;
use crate::check::{Check, Verdict};
use crate::shell::{cargo, command, run, works};

pub const FMT: Check = Check {
    name: "fmt",
    what: "rustfmt would change nothing",
    run: |_| {
        component("fmt", "rustfmt")?;
        run(&mut cargo(["fmt", "--all", "--check"]))?;
        Verdict::passed()
    },
};

pub const CLIPPY: Check = Check {
    name: "clippy",
    what: "no warning in any target with all features",
    run: |_| {
        component("clippy", "clippy")?;
        let args = ["--workspace", "--all-targets", "--all-features"];
        clippy(args)?;
        Verdict::passed()
    },
};

pub const DOC: Check = Check {
    name: "doc",
    what: "rustdoc without a warning",
    run: |_| {
        let mut doc = cargo(["doc", "--workspace", "--all-features", "--no-deps"]);
        run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
        Verdict::passed()
    },
};

/// `RUSTFLAGS` would build every dependency anew; this denies warnings in our crates only.
pub fn clippy<'a>(args: impl IntoIterator<Item = &'a str>) -> Result {
    let deny = ["--", "-D", "warnings"];
    run(&mut cargo(["clippy", "--quiet"].into_iter().chain(args).chain(deny)))
}

/// A minimal toolchain comes without it.
fn component(subcommand: &str, name: &str) -> Result {
    if works(&mut cargo([subcommand, "--version"])) {
        return Ok(());
    }
    run(&mut command("rustup", ["component", "add", name]))
}
