//! The sweep as a test of another tree than this one: `verify --only mutants` breaks a copy, and the
//! sweep must notice. On one machine, where the interrupt can come before each instruction too.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::machine::{FINE_CLOCK, MACHINES, Machine};
use super::tools;
use crate::Result;
use crate::shell::output;

const MACHINE: &Machine = &MACHINES[1];

/// Whether it can be built and run here.
pub fn available() -> Result {
    tools::available(MACHINE, false).map(drop)
}

/// Builds it from the workspace in `root`; the program.
pub fn build(root: &Path, target: &Path) -> Result<PathBuf> {
    let toolchain = tools::available(MACHINE, false)?;
    let arguments = ["--package", "sweep", "--bin", "sweep"];
    output(&mut toolchain.build_command(&root.join("embedded"), target, MACHINE, &arguments))?;
    Ok(tools::programs(target, MACHINE).join("sweep"))
}

/// What runs it; its input is how the names of the scenes begin that are played.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(MACHINE.emulator);
    command.args(MACHINE.emulate(FINE_CLOCK)).arg("-kernel").arg(program);
    command
}
