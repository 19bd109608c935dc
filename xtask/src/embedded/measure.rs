//! `cargo xtask embedded --measure`: what csp and its peers cost on a microcontroller.
//!
//! The programs lie in `embedded/measure`: all move the same messages between the same two tasks, so
//! what differs is the primitive. Bytes come from what was built, instructions from a trace of each
//! one that was executed; both repeat exactly for one compiler.

mod budget;
mod figures;
mod panics;
mod report;

use std::path::Path;

use super::elf::Elf;
use super::machine::{MACHINES, Machine};
use super::tools::{self, Toolchain};
use super::trace::trace;
use crate::Result;
use crate::args::Args;
use crate::record::{self, Record};
use crate::shell::root;
use figures::{Figures, MESSAGES};

/// Where critical sections can be seen in the code, the one of the targets first.
const MEASURED: [&str; 2] = ["mps2-an386", "microbit"];

/// The one of the targets first.
const LEVELS: [&str; 3] = ["s", "z", "3"];

const REPORT: &str = "docs/embedded-figures.md";

pub fn command(mut args: Args) -> Result {
    let program = args.value("--profile")?;
    args.finish()?;
    if let Some(program) = program {
        return profile(&program);
    }
    let mut all = Vec::new();
    for name in MEASURED {
        let (machine, toolchain) = find(name, false)?;
        // A level more than the first is for one table only.
        let levels = if name == MEASURED[0] { &LEVELS[..] } else { &LEVELS[..1] };
        for level in levels {
            println!("{name} ({}) at {level}, {}", machine.core, toolchain.what());
            let folder = build(toolchain, machine, level)?;
            if is_of_targets(machine) && level == &LEVELS[0] {
                panics::check(&folder)?;
            }
            all.push(Figures::measure(machine, level, &folder)?);
        }
    }
    let report = report::of(&all)?;
    println!("\n{report}");
    let path = root().join(REPORT);
    std::fs::write(&path, &report).map_err(|error| format!("{REPORT}: {error}"))?;
    all.first().map_or(Ok(()), budget::write)
}

/// The machine whose figures are those of the targets, and are recorded.
pub fn is_of_targets(machine: &Machine) -> bool {
    machine.name == MEASURED[0]
}

/// That firmware has neither panics of ours nor floating-point arithmetic, and that its figures have
/// not grown; why not, if they are not recorded for this compiler.
pub fn check(machine: &Machine, toolchain: Toolchain) -> Result<Option<String>> {
    let folder = build(toolchain, machine, LEVELS[0])?;
    panics::check(&folder)?;
    let figures = Figures::measure_ours(machine, LEVELS[0], &folder)?;
    record(machine, toolchain)?.compare(&figures.recorded())
}

/// Records the figures for this compiler.
pub fn write(without_rustup: bool) -> Result {
    let (machine, toolchain) = find(MEASURED[0], without_rustup)?;
    let folder = build(toolchain, machine, LEVELS[0])?;
    let figures = Figures::measure_ours(machine, LEVELS[0], &folder)?;
    record(machine, toolchain)?.write(&figures.recorded())
}

fn record(machine: &Machine, toolchain: Toolchain) -> Result<Record> {
    let compiler = record::compiler(toolchain.rustc(), machine.target)?;
    let what = "Bytes, and instructions executed and masked";
    Ok(Record { folder: "embedded/measure/records", what, compiler })
}

fn find(name: &str, without_rustup: bool) -> Result<(&'static Machine, Toolchain)> {
    let machine = MACHINES.iter().find(|machine| machine.name == name);
    let machine = machine.ok_or_else(|| format!("there is no machine {name}"))?;
    Ok((machine, tools::available(machine, without_rustup)?))
}

fn build(toolchain: Toolchain, machine: &Machine, level: &str) -> Result<std::path::PathBuf> {
    let level = match level {
        "s" | "z" => format!("profile.release.opt-level=\"{level}\""),
        number => format!("profile.release.opt-level={number}"),
    };
    toolchain.build_in(&root().join("embedded/measure"), machine, &["--config", &level])
}

/// Where one program spends its instructions.
fn profile(program: &str) -> Result {
    let (machine, toolchain) = find(MEASURED[0], false)?;
    let folder = build(toolchain, machine, LEVELS[0])?;
    let path = folder.join(program);
    if !Path::new(&path).is_file() {
        return Err(format!("embedded/measure has no program {program}"));
    }
    let elf = Elf::read(&path)?;
    let sections = trace(machine, &path, &elf)?;
    for (number, section) in sections.iter().step_by(2).enumerate() {
        println!(
            "section {number}: {} instructions, masked {}",
            section.instructions, section.masked
        );
        let mut functions: Vec<_> = section.functions.iter().collect();
        functions.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
        for (name, count) in functions {
            println!("{:>10.1}  {name}", *count as f64 / f64::from(MESSAGES));
        }
    }
    Ok(())
}
