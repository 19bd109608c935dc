//! Random networks on every runtime: nothing is lost, leaked or stuck.

use crate::Result;
use crate::check::{Check, Limits, Verdict};
use crate::soak::soak;

pub const CHECK: Check = Check {
    name: "soak",
    what: "random networks with random cancellation lose and leak nothing, on every runtime",
    run: check,
};

/// Of the budget, for all runtimes together; `cargo xtask soak` takes as long as one likes.
const SHARE: u32 = 5;

fn check(limits: &Limits) -> Result<Verdict> {
    soak(limits.budget / SHARE, &[]).map(Verdict::Passed)
}
