//! `cargo xtask test`: tests, doctests and the conformance suite.

use crate::Result;
use crate::args::Args;
use crate::shell::{cargo, run};

pub fn command(mut args: Args) -> Result {
    let runtime = args.value("--runtime")?;
    let only = args.value("--only")?;
    args.finish()?;
    if runtime.is_some() || only.is_some() {
        return conformance(runtime.as_deref(), only.as_deref());
    }
    all()
}

/// The suite runs even if a test failed: its table is what the reader is after.
pub fn all() -> Result {
    let tests = run(&mut cargo([
        "test",
        "--workspace",
        "--all-features",
        "--no-fail-fast",
        "--",
        "--quiet",
    ]));
    let conformance = conformance(None, None);
    tests.and(conformance)
}

fn conformance(runtime: Option<&str>, only: Option<&str>) -> Result {
    let options = [("--runtime", runtime), ("--only", only)];
    let given = options.into_iter().filter_map(|(name, value)| Some([name, value?]));
    let args = ["run", "--package", "csp-conformance", "--"].into_iter().chain(given.flatten());
    run(&mut cargo(args))
}
