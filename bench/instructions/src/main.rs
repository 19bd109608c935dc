//! How many instructions the operations take, counted by callgrind: a line for each.
//!
//! `cargo xtask bench --instructions` compares them with the record of the compiler. Counts are the
//! same in each run: no clock, no thread, no address takes part in them.

#![forbid(unsafe_code)]

mod cases;

use std::process::{Command, ExitCode};

type Result<T = ()> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args[..] {
        [] => count_all(),
        ["--case", name] => cases::run(name),
        _ => Err("it takes no arguments".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("instructions: {error}");
            ExitCode::FAILURE
        }
    }
}

fn count_all() -> Result {
    for name in cases::names() {
        println!("{name:<32} {:.1}", count(&name)?);
    }
    Ok(())
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
