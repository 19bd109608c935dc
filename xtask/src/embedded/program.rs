//! The programs, and what each has to show.

use std::path::Path;
use std::time::Duration;

use super::machine::{CLOCK, Machine};
use super::run::{Ran, run};
use crate::Result;

/// A run takes a second or two; more than this, and the firmware hangs.
const LIMIT: Duration = Duration::from_secs(60);

pub struct Program {
    pub name: String,
    pub package: &'static str,
    shows: Shows,
}

enum Shows {
    /// Prints a line for each test, and the closing line of Rust's own harness.
    Tests,
}

pub fn all() -> Result<Vec<Program>> {
    let tests =
        |name: &str, package| Program { name: name.to_owned(), package, shows: Shows::Tests };
    Ok(vec![
        tests("checks-local", "checks"),
        tests("checks-bare", "checks"),
        tests("checks-embassy", "checks"),
    ])
}

/// The packages of these programs, each once.
pub fn packages(programs: &[&Program]) -> Vec<&'static str> {
    let mut packages: Vec<&str> = programs.iter().map(|program| program.package).collect();
    packages.dedup();
    packages
}

impl Program {
    pub fn is_for(&self, _machine: &Machine) -> bool {
        true
    }

    /// Runs what was built into `folder`; the number of tests.
    pub fn run(&self, machine: &Machine, folder: &Path) -> Result<u64> {
        println!("{} on {}", self.name, machine.name);
        let ran = run(machine, CLOCK, &folder.join(&self.name), None, LIMIT)?;
        self.judge(&ran).map_err(|why| format!("{why}\n{}", ran.printed))
    }

    fn judge(&self, ran: &Ran) -> Result<u64> {
        match self.shows {
            Shows::Tests => {
                ran.succeeded()?;
                tests(&ran.printed)
            }
        }
    }
}

/// What was counted, if it is what was printed.
fn tests(printed: &str) -> Result<u64> {
    let lines = printed.lines();
    let counted: u64 = lines
        .clone()
        .find_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse().ok())
        .ok_or("it did not come to its end")?;
    let named = lines.filter(|line| line.starts_with("test ") && line.ends_with(" ... ok")).count();
    match counted {
        0 => Err("no test ran".to_owned()),
        _ if counted != named as u64 => Err(format!("{counted} tests counted, {named} named")),
        _ => Ok(counted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_was_named_and_refuses_an_empty_run() {
        let whole = "test b1 ... ok\ntest b2 ... ok\ntest result: ok. 2 passed; 0 failed\n";
        assert_eq!(tests(whole), Ok(2));
        assert!(tests("test b1 ... ok\ntest result: ok. 2 passed; 0 failed\n").is_err());
        assert!(tests("test result: ok. 0 passed; 0 failed\n").is_err());
        assert!(tests("test b1 ... ok\n").is_err());
    }
}
