//! The programs, and what each has to show.

use std::path::Path;
use std::time::Duration;

use super::machine::{CLOCK, FINE_CLOCK, Machine};
use super::run::{Ran, run};
use crate::Result;

/// A run takes a second or two; more than this, and the firmware hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// For what is expected to fail, which may be a loop that never ends.
const SHORT_LIMIT: Duration = Duration::from_secs(5);

pub struct Program {
    pub name: String,
    pub package: &'static str,
    clock: &'static str,
    shows: Shows,
}

enum Shows {
    /// Prints a line for each test, and the closing line of Rust's own harness.
    Tests,
    /// The tests of `like` fail, those `at_least`, each run by itself.
    Failures { like: &'static str, at_least: u64 },
}

pub fn all() -> Result<Vec<Program>> {
    let program = |name: &str, package, clock, shows| {
        let name = name.to_owned();
        Program { name, package, clock, shows }
    };
    let tests = |name, package, clock| program(name, package, clock, Shows::Tests);
    let unlocked = Shows::Failures { like: "sweep", at_least: 15 };
    Ok(vec![
        tests("checks-local", "checks", CLOCK),
        tests("checks-bare", "checks", CLOCK),
        tests("checks-embassy", "checks", CLOCK),
        tests("sweep", "sweep", FINE_CLOCK),
        program("sweep-unlocked", "sweep", FINE_CLOCK, unlocked),
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
        let run = |name: &str, input: &str, limit| {
            run(machine, self.clock, &folder.join(name), input, limit)
        };
        match self.shows {
            Shows::Tests => passed(&run(&self.name, "", LIMIT)?),
            Shows::Failures { like, at_least } => {
                let whole = run(like, "", LIMIT)?;
                let mut failed = 0;
                for name in names(&whole.printed) {
                    let ran = run(&self.name, name, SHORT_LIMIT)?;
                    failed += u64::from(passed(&ran).is_err());
                }
                if failed < at_least {
                    return Err(format!("{failed} tests of {like} fail, not {at_least}"));
                }
                Ok(failed)
            }
        }
    }
}

fn passed(ran: &Ran) -> Result<u64> {
    let counted = ran.succeeded().and_then(|()| tests(&ran.printed));
    counted.map_err(|why| format!("{why}\n{}", ran.printed))
}

fn names(printed: &str) -> impl Iterator<Item = &str> {
    printed.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... ok"))
}

/// What was counted, if it is what was printed.
fn tests(printed: &str) -> Result<u64> {
    let counted: u64 = printed
        .lines()
        .find_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse().ok())
        .ok_or("it did not come to its end")?;
    let named = names(printed).count();
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
