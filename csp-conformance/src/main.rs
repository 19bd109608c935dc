//! Runs the suite: `csp-conformance [--runtime NAME] [--only PART-OF-A-NAME]`.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

use std::collections::BTreeSet;
use std::process::ExitCode;

use csp_conformance::run::{Cell, Choice, HANG, Outcome, Verdict, run};
use csp_conformance::{Runtime, WORLDS, table};

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
    let Outcome { cells, notes } = run(WORLDS, &choice, HANG, |cell| {
        let Cell { check, runtime, world, verdict } = cell;
        // What is broken is broken in many cells; the table counts them.
        if let Verdict::Failed(why) = verdict
            && reported.insert((check.name, *runtime))
        {
            println!("FAILED {} on {runtime}, {}, {}: {why}", check.name, world.lock, world.handle);
        }
    });
    let count =
        |wanted: fn(&Verdict) -> bool| cells.iter().filter(|it| wanted(&it.verdict)).count();
    let passed = count(|verdict| *verdict == Verdict::Passed);
    let failed = count(|verdict| matches!(verdict, Verdict::Failed(_)));

    println!("{}", table::counts(&cells));
    for note in notes {
        println!("note: {note}");
    }
    println!("not applicable, and why:\n{}", table::reasons(&cells));
    let (uncovered, later) = table::uncovered(&cells);
    let is_all = choice.only.is_none() && choice.runtimes.len() == Runtime::ALL.len();
    if choice.only.is_none() {
        println!("numbers that no check covers: {}", table::list(&uncovered));
        println!("numbers that come later: {}\n", table::list(&later));
    }
    println!("{passed} passed, {failed} failed");
    let is_complete = uncovered.is_empty() || !is_all;
    if passed > 0 && failed == 0 && is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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
