//! Runs the suite: `csp-conformance [--runtime NAME] [--only PART-OF-A-NAME]`.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::std_instead_of_alloc, reason = "a program has an operating system")]

use std::collections::BTreeSet;
use std::process::ExitCode;

use csp_conformance::run::{Cell, Choice, HANG, Outcome, Verdict, run};
use csp_conformance::{Runtime, table, worlds};

fn main() -> ExitCode {
    let choice = match choice(std::env::args().skip(1)) {
        Ok(choice) => choice,
        Err(complaint) => {
            println!(
                "{complaint}\nusage: csp-conformance [--runtime NAME] [--only PART-OF-A-NAME]"
            );
            return ExitCode::from(2);
        }
    };
    let mut reported = BTreeSet::new();
    let outcome = run(&worlds(), &choice, HANG, |cell| {
        let Cell { check, runtime, world, verdict } = cell;
        // What is broken is broken in many cells; the table counts them.
        if let Verdict::Failed(why) = verdict
            && reported.insert((check.name, *runtime))
        {
            println!("FAILED {} on {runtime}, {}, {}: {why}", check.name, world.lock, world.handle);
        }
    });
    let Outcome { cells, notes } = &outcome;
    println!("{}", table::counts(cells));
    println!("large checks have their full size in one cell of each runtime: std, counted ends");
    for note in notes {
        println!("note: {note}");
    }
    println!("not applicable, and why:\n{}", table::reasons(cells));
    if choice.only.is_none() {
        let (uncovered, later) = table::uncovered(cells);
        println!("numbers that no check covers: {}", table::list(&uncovered));
        println!("numbers that come later: {}\n", table::list(&later));
    }
    println!("{} passed, {} failed", outcome.passed(), outcome.failed());
    if outcome.is_success(&choice) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn choice(mut args: impl Iterator<Item = String>) -> Result<Choice, String> {
    let mut choice = Choice { runtimes: Runtime::ALL.to_vec(), only: None };
    while let Some(arg) = args.next() {
        let value = args.next().ok_or_else(|| format!("{arg} wants a value"))?;
        match arg.as_str() {
            "--runtime" => choice.runtimes = vec![runtime(&value)?],
            "--only" => choice.only = Some(value),
            _ => return Err(format!("no such option: {arg}")),
        }
    }
    Ok(choice)
}

fn runtime(name: &str) -> Result<Runtime, String> {
    Runtime::ALL.into_iter().find(|runtime| runtime.name() == name).ok_or_else(|| {
        let names = Runtime::ALL.map(Runtime::name).join(", ");
        format!("no such runtime: {name}; there are {names}")
    })
}
