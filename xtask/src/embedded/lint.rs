//! Format and lints of the firmware, which the steps of the main workspace do not see.

use std::path::PathBuf;

use super::machine::MACHINES;
use super::tools::has_target;
use super::{measure, program};
use crate::Result;
use crate::shell::{cargo, root, run};

/// What has the target is linted; what has not, is said to be skipped by the programs themselves.
pub fn lint() -> Result {
    // The one of the host.
    let decoder = folder().join("defmt/print");
    for folder in [&folder(), &folder().join("measure"), &decoder] {
        run(cargo(["fmt", "--all", "--check"]).current_dir(folder))?;
    }
    clippy(decoder, &[])?;
    for machine in MACHINES.iter().filter(|machine| has_target(machine)) {
        let target = ["--target", machine.target];
        clippy(folder(), &target)?;
        let is_for = |machines: &[&str]| machines.contains(&machine.name);
        for (package, _) in program::SPECIAL.iter().filter(|(_, machines)| is_for(machines)) {
            clippy(folder(), &[&target[..], &["--package", package]].concat())?;
        }
        if measure::is_of_targets(machine) {
            clippy(folder().join("measure"), &target)?;
        }
    }
    Ok(())
}

/// With the profile of the programs, whose dependencies of the host it shares.
fn clippy(folder: PathBuf, of: &[&str]) -> Result {
    let args = ["clippy", "--quiet", "--release", "--locked", "--target-dir", "target"];
    let deny = ["--", "-D", "warnings"];
    let args = args.iter().chain(of).chain(&deny).copied();
    run(cargo(args).current_dir(folder))
}

fn folder() -> PathBuf {
    root().join("embedded")
}
