//! `cargo xtask bench`: builds the programs that measure, and runs them.
//!
//! They are a workspace of their own in `bench/`, so that the rivals are dependencies of nothing
//! else.

use std::process::Command;

use crate::Result;
use crate::args::Args;
use crate::shell::{self, root};

pub fn command(args: Args) -> Result {
    let profile = if args.contains("--quick") { "quick" } else { "release" };
    let args = args.rest();
    shell::run(build("bench", profile, &scenarios(&args))?.args(args))
}

/// The features that compile only what is asked for; all, if that is not plain.
fn scenarios(args: &[String]) -> Vec<String> {
    let asked = args.iter().take_while(|arg| !arg.starts_with('-'));
    let names: Vec<String> =
        asked.filter_map(|arg| arg.split('/').next()).map(str::to_owned).collect();
    if names.is_empty() { vec!["all".to_owned()] } else { names }
}

/// The program of that name, built.
fn build(program: &str, profile: &str, features: &[String]) -> Result<Command> {
    let folder = root().join("bench");
    let mut cargo = shell::cargo(["build", "--quiet", "--locked", "--profile", profile]);
    cargo.args(["--no-default-features", "--features", &features.join(",")]);
    // A target folder of its own: `CARGO_TARGET_DIR` would mix it with that of the main workspace.
    let target = folder.join("target");
    shell::run(cargo.args(["--bin", program]).arg("--target-dir").arg(&target).current_dir(&folder))?;
    let mut command = Command::new(target.join(profile).join(program));
    command.current_dir(root());
    Ok(command)
}
