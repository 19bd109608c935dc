//! What real threads do to channels, recorded and explained.

use super::seed;
use crate::Result;
use crate::check::{Check, Limits, Verdict};
use crate::shell::{cargo, run_and_count, target_dir};

pub const CHECK: Check =
    Check { name: "histories", what: "what real threads did can be explained", run: check };

/// Of each kind.
const HISTORIES_PER_MINUTE: u64 = 4_000;

fn check(limits: &Limits) -> Result<Verdict> {
    let mut test = cargo(["test", "--release", "--package", "csp-core", "--all-features"]);
    test.args(["--test", "histories", "worlds::", "--", "--nocapture"]);
    test.env("CSP_HISTORIES", (HISTORIES_PER_MINUTE * limits.minutes()).to_string());
    test.env("CSP_HISTORIES_SEED", seed().to_string());
    // The core's own assertions notice what no history shows.
    test.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
    // Other flags are another build of everything, which is not to push out the usual one.
    test.env("CARGO_TARGET_DIR", target_dir().join("histories"));
    let counted = run_and_count(&mut test)?;
    if counted.parts.is_empty() {
        return Err("no history was recorded".to_owned());
    }
    Ok(Verdict::Passed(counted.parts))
}
