//! The programs, and what each has to show.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::log;
use super::machine::{CLOCK, FAST_CLOCK, FINE_CLOCK, Machine};
use super::run::{Ran, run};
use crate::Result;
use crate::shell::root;

/// A run takes a second or two; more than this, and the firmware hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// For what is expected to fail, which may be a loop that never ends. That does not count: the host
/// may just be slow.
const SHORT_LIMIT: Duration = Duration::from_secs(2);

/// The guide has its reader build for one processor.
const CORTEX_M4: &[&str] = &["mps2-an386"];

/// Only these know what thread mode is. The chip of RTIC's program is another one, but these have the
/// interrupts that it uses.
const CORTEX_M: &[&str] = &["microbit", "mps2-an386"];

const ALL: &[&str] = &["microbit", "mps2-an386", "virt"];

/// Packages that are not built with the others, and the machines that they are for.
pub const SPECIAL: [(&str, &[&str]); 4] =
    [("rtic-example", CORTEX_M), ("guide", CORTEX_M4), ("thread-mode", CORTEX_M), ("logging", ALL)];

/// What is built together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Build {
    pub package: &'static str,
    /// With the assertions and checks of a debug build, which would be too large for a small
    /// machine if it were not optimised.
    pub asserts: bool,
}

pub struct Program {
    pub name: String,
    pub build: Build,
    /// What the build calls it.
    binary: String,
    clock: &'static str,
    shows: Shows,
}

enum Shows {
    /// Prints a line for each test, and the closing line of Rust's own harness.
    Tests,
    /// Of the tests of `like`, each run by itself, `at_least` so many fail.
    Failures { like: &'static str, at_least: u64 },
    /// Ends by a panic that says this.
    Panic(&'static str),
    /// Prints what `output.txt` in this folder says, when it is given `input.txt` if there is one.
    Output(PathBuf),
    /// Logs what `output.txt` in this folder says.
    Log(PathBuf),
}

pub fn all() -> Result<Vec<Program>> {
    let program = |name: &str, package, clock, shows| {
        let build = Build { package, asserts: false };
        Program { name: name.to_owned(), build, binary: name.to_owned(), clock, shows }
    };
    let asserting = |program: Program| {
        let name = format!("{} (asserting)", program.name);
        Program { name, build: Build { asserts: true, ..program.build }, ..program }
    };
    let tests = |name, package, clock| program(name, package, clock, Shows::Tests);
    let unlocked = Shows::Failures { like: "sweep", at_least: 15 };
    let mut programs = vec![
        tests("checks-local", "checks", CLOCK),
        tests("checks-bare", "checks", CLOCK),
        tests("checks-embassy", "checks", CLOCK),
        asserting(tests("checks-local", "checks", CLOCK)),
        asserting(tests("checks-bare", "checks", CLOCK)),
        asserting(tests("checks-embassy", "checks", CLOCK)),
        tests("sweep", "sweep", FINE_CLOCK),
        program("sweep-unlocked", "sweep", FINE_CLOCK, unlocked),
        tests("thread-mode", "thread-mode", CLOCK),
        program("thread-mode-misuse", "thread-mode", CLOCK, Shows::Panic("from thread mode")),
    ];
    programs.push(program("defmt", "logging", CLOCK, Shows::Log(folder("defmt"))));
    for (name, folder) in examples()? {
        programs.push(program(&name, "examples", FAST_CLOCK, Shows::Output(folder)));
    }
    let rtic = Shows::Output(folder("rtic"));
    programs.push(program("rtic", "rtic-example", FAST_CLOCK, rtic));
    for name in ["meeting", "interrupt", "pipeline"] {
        let output = Shows::Output(folder("guide").join(name));
        programs.push(program(&format!("guide-{name}"), "guide", CLOCK, output));
    }
    Ok(programs)
}

fn folder(name: &str) -> PathBuf {
    root().join("embedded").join(name)
}

/// Each has a folder.
fn examples() -> Result<Vec<(String, PathBuf)>> {
    let folder = folder("examples");
    let entries = folder.read_dir().map_err(|error| format!("{}: {error}", folder.display()))?;
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let named = folders.filter(|folder| folder.join("main.rs").is_file()).filter_map(|folder| {
        let name = folder.file_name()?.to_str()?.to_owned();
        Some((name, folder))
    });
    let mut examples: Vec<_> = named.collect();
    examples.sort();
    Ok(examples)
}

/// The builds of these programs, each once.
pub fn builds(programs: &[&Program]) -> Vec<Build> {
    let mut builds: Vec<Build> = programs.iter().map(|program| program.build).collect();
    builds.dedup();
    builds
}

impl Program {
    pub fn is_for(&self, machine: &Machine) -> bool {
        let special = SPECIAL.iter().find(|(package, _)| *package == self.build.package);
        special.is_none_or(|(_, machines)| machines.contains(&machine.name))
    }

    /// Runs what was built into `folder`; the number of tests.
    pub fn run(&self, machine: &Machine, folder: &Path) -> Result<u64> {
        println!("{} on {}", self.name, machine.name);
        let run = |name: &str, input: &str, limit| {
            run(machine, self.clock, &folder.join(name), input, limit)
        };
        match &self.shows {
            Shows::Tests => passed(&run(&self.binary, "", LIMIT)?),
            Shows::Failures { like, at_least } => {
                let whole = run(like, "", LIMIT)?;
                let mut failed = 0;
                for name in names(&whole.printed) {
                    let ran = run(&self.binary, name, SHORT_LIMIT)?;
                    failed += u64::from(ran.status.is_some() && passed(&ran).is_err());
                }
                if failed < *at_least {
                    return Err(format!("{failed} tests of {like} fail, not {at_least}"));
                }
                Ok(failed)
            }
            Shows::Panic(why) => {
                let ran = run(&self.binary, "", LIMIT)?;
                let is_panic = ran.succeeded().is_err() && ran.printed.contains("panicked at");
                if !is_panic || !ran.printed.contains(why) {
                    return Err(format!("no panic says {why:?}\n{}", ran.printed));
                }
                Ok(1)
            }
            Shows::Output(folder) => {
                // Not every program has something to read; what lacks it prints something else.
                let input = read(&folder.join("input.txt")).unwrap_or_default();
                let ran = run(&self.binary, &input, LIMIT)?;
                let expected = read(&folder.join("output.txt"))?;
                ran.succeeded().and_then(|()| same(&ran.printed, &expected))?;
                Ok(1)
            }
            Shows::Log(logs) => {
                let ran = run(&self.binary, "", LIMIT)?;
                ran.succeeded().map_err(|why| format!("{why}\n{}", ran.printed))?;
                let printed = log::decode(&folder.join(&self.binary), &ran.printed)?;
                same(&printed, &read(&logs.join("output.txt"))?)?;
                Ok(1)
            }
        }
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether it is what was expected, and something at all.
fn same(printed: &str, expected: &str) -> Result {
    let lines = || printed.lines().zip(expected.lines()).enumerate();
    if let Some((at, (printed, expected))) = lines().find(|(_, (one, other))| one != other) {
        return Err(format!("line {}: {printed:?} is not {expected:?}", at + 1));
    }
    let (printed, expected) = (printed.lines().count(), expected.lines().count());
    match printed {
        0 => Err("it printed nothing".to_owned()),
        _ if printed != expected => Err(format!("{printed} lines, not {expected}")),
        _ => Ok(()),
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
    fn an_output_is_the_same_to_the_last_line() {
        assert_eq!(same("1 ms on\n2 ms off\n", "1 ms on\n2 ms off\n"), Ok(()));
        assert!(same("1 ms on\n", "1 ms on\n2 ms off\n").is_err());
        assert!(same("1 ms on\n3 ms off\n", "1 ms on\n2 ms off\n").is_err());
        assert!(same("", "").is_err());
    }

    #[test]
    fn counts_what_was_named_and_refuses_an_empty_run() {
        let whole = "test b1 ... ok\ntest b2 ... ok\ntest result: ok. 2 passed; 0 failed\n";
        assert_eq!(tests(whole), Ok(2));
        assert!(tests("test b1 ... ok\ntest result: ok. 2 passed; 0 failed\n").is_err());
        assert!(tests("test result: ok. 0 passed; 0 failed\n").is_err());
        assert!(tests("test b1 ... ok\n").is_err());
    }
}
