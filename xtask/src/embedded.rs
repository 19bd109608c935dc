//! `cargo xtask embedded`: firmware built for three processors and run in an emulator.
//!
//! The programs are a workspace of their own in `embedded/`. Each is run on each machine that it is
//! for, with a time limit; one that is said to count tests and counts none has failed.

mod elf;
mod lint;
mod log;
mod machine;
mod measure;
mod program;
mod run;
pub mod sweep;
mod table;
mod tools;
mod trace;

use std::time::{Duration, Instant};

use crate::Result;
use crate::args::Args;
use crate::check::{Check, Limits, Part, Verdict};

use machine::{MACHINES, Machine};
use program::Program;
use table::{Cell, Row};
use tools::Toolchain;

pub const CHECK: Check = Check {
    name: "embedded",
    what: "firmware on Cortex-M0, Cortex-M4 and RISC-V, in an emulator",
    run: |_: &Limits| lint::lint().and_then(|()| check(&Chosen::default())),
};

/// What is run: all, unless something is named.
#[derive(Default)]
struct Chosen {
    /// A part of a program's name.
    only: Option<String>,
    machine: Option<String>,
    /// With Debian's compiler, also where rustup has the targets.
    without_rustup: bool,
}

impl Chosen {
    fn has(&self, program: &Program, machine: &Machine) -> bool {
        self.only.as_deref().is_none_or(|part| program.name.contains(part))
            && self.machine.as_deref().is_none_or(|name| name == machine.name)
            && program.is_for(machine)
    }

    /// Whether the figures of the programs in `measure` are compared with those recorded.
    fn has_figures(&self, machine: &Machine) -> bool {
        self.only.as_deref().is_none_or(|part| FIGURES.contains(part))
            && self.machine.as_deref().is_none_or(|name| name == machine.name)
            && measure::is_of_targets(machine)
    }
}

/// What `--only` calls them.
const FIGURES: &str = "figures";

pub fn command(mut args: Args) -> Result {
    if args.flag("--measure") {
        return measure::command(args);
    }
    let without_rustup = args.flag("--without-rustup");
    if args.flag("--record") {
        args.finish()?;
        return measure::write(without_rustup);
    }
    let strict = args.flag("--strict");
    let only = args.value("--only")?;
    let chosen = Chosen { only, machine: args.value("--machine")?, without_rustup };
    args.finish()?;
    match check(&chosen)? {
        Verdict::Passed(_) => Ok(()),
        Verdict::Skipped(why) if strict => Err(format!("skipped, and --strict: {why}")),
        Verdict::Skipped(why) => {
            println!("\nSKIPPED: {why}");
            Ok(())
        }
    }
}

fn check(chosen: &Chosen) -> Result<Verdict> {
    let start = Instant::now();
    let programs = program::all()?;
    let mut rows: Vec<Row> = programs.iter().map(|program| Row::new(&program.name)).collect();
    rows.push(Row::new(FIGURES));
    let mut skipped = Vec::new();
    for (column, machine) in MACHINES.iter().enumerate() {
        let wanted = |program: &&Program| chosen.has(program, machine);
        let wanted: Vec<&Program> = programs.iter().filter(wanted).collect();
        let with_figures = chosen.has_figures(machine);
        if wanted.is_empty() && !with_figures {
            continue;
        }
        let mut names: Vec<&str> = wanted.iter().map(|program| program.name.as_str()).collect();
        names.extend(with_figures.then_some(FIGURES));
        let cells = match tools::available(machine, chosen.without_rustup) {
            Ok(toolchain) => {
                let mut cells = on_machine(machine, toolchain, &wanted);
                if with_figures {
                    cells.push(figures(machine, toolchain, &mut skipped));
                }
                cells
            }
            Err(why) => {
                println!("{} SKIPPED: {why}", machine.name);
                let why = why.lines().last().unwrap_or_default();
                skipped.push(format!("{}: {why}", machine.name));
                vec![Cell::Skipped; names.len()]
            }
        };
        for (name, cell) in names.iter().zip(cells) {
            let row = rows.iter().position(|row| row.program == *name);
            rows[row.expect("it is one of them")].cells[column] = cell;
        }
    }
    rows.retain(|row| !row.is_empty());
    if rows.is_empty() {
        return Err("no such program for such a machine".to_owned());
    }
    verdict(&rows, skipped, start.elapsed())
}

fn figures(machine: &Machine, toolchain: Toolchain, skipped: &mut Vec<String>) -> Cell {
    println!("{FIGURES} on {}", machine.name);
    match measure::check(machine, toolchain) {
        Ok(None) => Cell::Passed { tests: 1 },
        Ok(Some(why)) => {
            println!("{FIGURES} SKIPPED: {why}");
            skipped.push(format!("{FIGURES}: {why}"));
            Cell::Skipped
        }
        Err(why) => {
            println!("FAILED {FIGURES} on {}: {why}", machine.name);
            Cell::Failed
        }
    }
}

fn verdict(rows: &[Row], skipped: Vec<String>, time: Duration) -> Result<Verdict> {
    println!("\n{}", table::of(rows));
    let failed = table::failed(rows);
    if !failed.is_empty() {
        return Err(format!("failed: {}", failed.join(", ")));
    }
    if !skipped.is_empty() {
        return Verdict::of_parts(skipped);
    }
    Ok(Verdict::Passed(vec![Part {
        what: "programs on machines".to_owned(),
        number: table::tests(rows),
        unit: "tests".to_owned(),
        bound: format!("{} runs", table::runs(rows)),
        time,
    }]))
}

fn on_machine(machine: &Machine, toolchain: Toolchain, programs: &[&Program]) -> Vec<Cell> {
    println!("\n== {} ({}, {}), {}", machine.name, machine.core, machine.target, toolchain.what());
    let mut cells = Vec::new();
    // What fails to build fails alone, and does not keep the others from being run.
    for build in program::builds(programs) {
        let built = toolchain.build(machine, build);
        for program in programs.iter().filter(|program| program.build == build) {
            let ran = built.clone().and_then(|folder| program.run(machine, &folder));
            let cell = match ran {
                Ok(tests) => Cell::Passed { tests },
                Err(why) => {
                    println!("FAILED {} on {}: {why}", program.name, machine.name);
                    Cell::Failed
                }
            };
            cells.push((program.name.as_str(), cell));
        }
    }
    let cell = |program: &&Program| {
        let at = cells.iter().position(|(name, _)| *name == program.name);
        cells[at.expect("each was built")].1
    };
    programs.iter().map(cell).collect()
}
