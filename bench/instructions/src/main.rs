//! How many instructions the operations take, counted by callgrind, and whether that has grown.
//!
//! `instructions` compares with the record of this compiler in `bench/instructions/records/` and
//! fails if one operation takes over 5 % more; `--record` writes the record. Counts are the same in
//! each run: no clock, no thread, no address takes part in them.

#![forbid(unsafe_code)]

mod cases;
mod records;

use std::process::{Command, ExitCode};

use records::Record;

type Result<T = ()> = std::result::Result<T, String>;

/// How much more an operation may take than is recorded.
const MAY_GROW: f64 = 1.05;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args[..] {
        [] => compare(),
        ["--record"] => count_all().and_then(|counts| counts.write()),
        ["--case", name] => cases::run(name),
        _ => Err("[--record]".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("instructions: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result {
    let counts = count_all()?;
    let Some(recorded) = Record::of_this_compiler()? else {
        let compiler = records::compiler()?;
        println!("SKIPPED: nothing is recorded for {compiler}; --record does that");
        return Ok(());
    };
    let mut grown = Vec::new();
    println!("{:<32} {:>10} {:>10} {:>8}", "instructions", "recorded", "now", "");
    for (case, &now) in &counts.0 {
        let Some(&before) = recorded.0.get(case) else {
            println!("{case:<32} {:>10} {now:>10.1}", "new");
            continue;
        };
        println!("{case:<32} {before:>10.1} {now:>10.1} {:>7.1}%", 100.0 * (now / before - 1.0));
        if now > before * MAY_GROW {
            grown.push(case.as_str());
        }
    }
    if grown.is_empty() {
        Ok(())
    } else {
        Err(format!("over 5 % more than recorded: {}", grown.join(", ")))
    }
}

fn count_all() -> Result<Record> {
    let count = |name: &String| Ok((name.clone(), count(name)?));
    cases::names().iter().map(count).collect::<Result<_>>().map(Record)
}

/// Instructions per operation, measured in a process of its own.
fn count(case: &str) -> Result<f64> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg(format!("--toggle-collect=*{}*", cases::COUNTED))
        .arg(this)
        .args(["--case", case])
        // What a process inherits lies on its stack, and moves what follows.
        .env_clear()
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{case}: {}\n{said}", output.status));
    }
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let number = collected.and_then(|(_, number)| number.trim().parse::<u64>().ok());
    match number {
        None | Some(0) => Err(format!("{case}: callgrind counted nothing\n{said}")),
        Some(number) => Ok(number as f64 / cases::OPERATIONS as f64),
    }
}
