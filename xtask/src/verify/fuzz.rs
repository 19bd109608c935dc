//! Paths that a fuzzer draws from what they reach in the code.
//!
//! The targets in `fuzz` are built as `cargo fuzz` builds them, which thus can run them too; it is
//! not needed here. What a run has learned is kept in the target folder for the next one.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use super::host;
use crate::Result;
use crate::check::{Check, Limits, Part, Verdict};
use crate::shell::{cargo, command, output, run, target_dir, works};

pub const CHECK: Check = Check {
    name: "fuzz",
    what: "paths against the reference model, drawn by what they reach",
    run: check,
};

const TARGETS: [&str; 1] = ["operations"];

/// Of each minute of the budget.
const SECONDS_PER_MINUTE: u64 = 12;

/// Counts what is reached, tells comparisons to the fuzzer, and notices bad accesses of memory.
const FLAGS: [&str; 7] = [
    "-Zsanitizer=address",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

const INSTALL: [&str; 5] = ["toolchain", "install", "nightly", "--profile", "minimal"];

fn check(limits: &Limits) -> Result<Verdict> {
    let host = match available() {
        Ok(host) => host,
        Err(why) => return Ok(Verdict::Skipped(why)),
    };
    let folder = target_dir().join("fuzz");
    let mut build = cargo(["+nightly", "build", "--release", "--target", &host]);
    build.args(["--manifest-path", "fuzz/Cargo.toml"]);
    build.env("CARGO_TARGET_DIR", &folder).env("RUSTFLAGS", FLAGS.join(" "));
    run(&mut build)?;
    let programs = folder.join(&host).join("release");
    let seconds = SECONDS_PER_MINUTE * limits.minutes();
    let parts = TARGETS.iter().map(|target| fuzz(target, &programs.join(target), &folder, seconds));
    parts.collect::<Result<_>>().map(Verdict::Passed)
}

/// Returns the target for which a nightly compiles here.
fn available() -> Result<String> {
    let version = || output(&mut command("rustc", ["+nightly", "-vV"]));
    let told = version().or_else(|_| {
        println!("installing a nightly: rustup {}", INSTALL.join(" "));
        output(&mut command("rustup", INSTALL))
            .and_then(|_| version())
            .map_err(|why| format!("no nightly: {why}"))
    })?;
    if !works(&mut command("c++", ["--version"])) {
        return Err("no C++ compiler, which libFuzzer needs".to_owned());
    }
    host(&told)
}

fn fuzz(target: &str, program: &Path, folder: &Path, seconds: u64) -> Result<Part> {
    let corpus = folder.join("corpus").join(target);
    let failures = folder.join("failures").join(target);
    std::fs::create_dir_all(&failures).map_err(|error| error.to_string())?;
    let mut seeds = cargo(["run", "--quiet", "--package", "csp-reference", "--bin", "seeds", "--"]);
    run(seeds.arg(&corpus))?;

    let start = Instant::now();
    let mut fuzzer = command(&program.to_string_lossy(), ["-max_len=320", "-timeout=60"]);
    // Short inputs are in the corpus already; what has failed is leaked on purpose.
    fuzzer.args(["-len_control=0", "-detect_leaks=0", "-print_final_stats=1"]);
    fuzzer.arg(format!("-max_total_time={seconds}"));
    fuzzer.arg(format!("-artifact_prefix={}/", failures.display())).arg(&corpus);
    let mut child = fuzzer
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let told = child.stderr.take().expect("it is piped");
    let mut reached = Reached::default();
    for line in BufReader::new(told).lines().map_while(std::result::Result::ok) {
        if !line.contains(" NEW ") && !line.contains(" REDUCE ") {
            println!("{line}");
        }
        reached.read(&line);
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if !status.success() {
        let failures = failures.display();
        return Err(format!("{target}: {status}; `replay` repeats it, or the input in {failures}"));
    }
    let Reached { executions, edges, inputs } = reached;
    if executions == 0 || edges == 0 {
        return Err(format!("{target}: it ran nothing, or nothing that it sees"));
    }
    Ok(Part {
        what: format!("{target}, drawn by what they reach"),
        number: executions,
        unit: "executions".to_owned(),
        bound: format!("{edges} edges, {inputs} inputs"),
        time: start.elapsed(),
    })
}

/// What libFuzzer says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Reached {
    executions: u64,
    /// Of the code's graph.
    edges: u64,
    /// That are kept, as each reaches something.
    inputs: u64,
}

impl Reached {
    fn read(&mut self, line: &str) {
        if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = number.trim().parse().unwrap_or(0);
        }
        // Such as `#2048 pulse  cov: 1523 ft: 4410 corp: 301/19Kb lim: 320`.
        if line.starts_with('#') {
            self.edges = after(line, " cov: ").unwrap_or(self.edges);
            self.inputs = after(line, " corp: ").unwrap_or(self.inputs);
        }
    }
}

fn after(line: &str, label: &str) -> Option<u64> {
    let (_, rest) = line.split_once(label)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_libfuzzer_says() {
        let mut reached = Reached::default();
        for line in [
            "#2048\tpulse  cov: 1523 ft: 4410 corp: 301/19Kb lim: 320 exec/s: 1024 rss: 90Mb",
            "#4096\tDONE   cov: 1600 ft: 4500 corp: 310/20Kb lim: 320 exec/s: 1024 rss: 91Mb",
            "stat::number_of_executed_units: 4096",
        ] {
            reached.read(line);
        }
        assert_eq!(reached, Reached { executions: 4096, edges: 1600, inputs: 310 });
    }
}
