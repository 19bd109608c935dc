//! Random paths against the reference, from another seed each time.

use super::seed;
use crate::Result;
use crate::check::{Check, Limits, Verdict};
use crate::shell::{cargo, run_and_count, target_dir};

pub const CHECK: Check =
    Check { name: "property", what: "random paths against the reference model", run: check };

const PATHS_PER_MINUTE: u64 = 100_000;

fn check(limits: &Limits) -> Result<Verdict> {
    let mut test = cargo(["test", "--release", "--package", "csp-reference"]);
    test.args(["--test", "property", "--", "--nocapture"]);
    test.env("CSP_PROPERTY_CASES", (PATHS_PER_MINUTE * limits.minutes()).to_string());
    test.env("CSP_PROPERTY_SEED", seed().to_string());
    // The core's own assertions are half of what can be noticed.
    test.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
    // Other flags are another build of everything, which is not to push out the usual one.
    test.env("CARGO_TARGET_DIR", target_dir().join("property"));
    let counted = run_and_count(&mut test)?;
    if counted.parts.is_empty() {
        return Err("no path was walked".to_owned());
    }
    Ok(Verdict::Passed(counted.parts))
}
