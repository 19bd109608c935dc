//! Running cargo and git.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::check::Part;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}

/// Where cargo builds, for what the tasks themselves want to keep there.
pub fn target_dir() -> PathBuf {
    // Relative to the root, where every command of the tasks runs.
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// By name, not by `$CARGO`: only rustup's proxy understands `+nightly`.
pub fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    command("cargo", args)
}

pub fn command<'a>(program: &str, args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// Runs to the end, on the user's terminal.
pub fn run(command: &mut Command) -> Result {
    let status = command.status().map_err(|error| format!("{}: {error}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}`: {status}", line(command))) }
}

/// Runs to the end and returns what was printed; the error carries what was complained of.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", line(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{}`: {}\n{}", line(command), output.status, complaint.trim_end()))
}

/// What a test program counted.
#[derive(Default)]
pub struct Counted {
    pub parts: Vec<Part>,
    pub tests_passed: u64,
}

/// Runs to the end, shows what is printed, and returns what was counted in it.
pub fn run_and_count(command: &mut Command) -> Result<Counted> {
    let failed = |error: std::io::Error, command: &Command| format!("{}: {error}", line(command));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error, command))?;
    let printed = child.stdout.take().expect("the output is piped");
    let mut counted = Counted::default();
    for line in BufReader::new(printed).lines().map_while(std::result::Result::ok) {
        println!("{line}");
        counted.parts.extend(Part::parse(&line));
        counted.tests_passed += tests_passed(&line).unwrap_or(0);
    }
    let status = child.wait().map_err(|error| failed(error, command))?;
    if status.success() { Ok(counted) } else { Err(format!("`{}`: {status}", line(command))) }
}

/// From a line such as `test result: ok. 31 passed; 0 failed`.
fn tests_passed(line: &str) -> Option<u64> {
    let (number, _) = line.strip_prefix("test result: ok. ")?.split_once(" passed")?;
    number.parse().ok()
}

/// Whether a tool is there and answers.
pub fn works(command: &mut Command) -> bool {
    output(command).is_ok()
}

/// A program that answers; where it does not, apt-get is asked for its packages, with sudo if it
/// must be and nobody has to type for it.
pub fn install(program: &str, version: &str, packages: &[&str]) -> Result {
    let is_there = || works(&mut command(program, [version]));
    if is_there() {
        return Ok(());
    }
    let names = packages.join(" ");
    println!("installing {names}: apt-get update && apt-get install");
    let installed = apt_get("apt-get", &[], packages)
        .or_else(|why| apt_get("sudo", &["--non-interactive", "apt-get"], packages).or(Err(why)));
    match installed {
        Ok(_) if is_there() => Ok(()),
        Ok(_) => Err(format!("no {program}: {names} installed, but it does not answer")),
        Err(why) => Err(format!("no {program}, and apt-get cannot install {names}: {why}")),
    }
}

fn apt_get(program: &str, before: &[&str], packages: &[&str]) -> Result {
    let update = before.iter().copied().chain(["update"]);
    let install = ["install", "--yes", "--no-install-recommends"];
    let install = before.iter().copied().chain(install).chain(packages.iter().copied());
    output(&mut command(program, update))?;
    output(&mut command(program, install)).map(drop)
}

/// Asks rustup only for what is missing, so that this works without a network too.
pub fn add_target(target: &str) -> Result {
    let print = ["--print", "target-libdir", "--target", target];
    let folder = output(&mut command("rustc", print))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    output(&mut command("rustup", ["target", "add", target])).map(drop)
}

/// Tracked files and new ones that are not ignored, relative to the root, sorted.
pub fn files() -> Result<Vec<PathBuf>> {
    let args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = output(&mut command("git", args))?;
    let mut files: Vec<PathBuf> = listed
        .split_terminator('\0')
        .map(PathBuf::from)
        // A file that is deleted but not committed so is still listed.
        .filter(|file| root().join(file).is_file())
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
