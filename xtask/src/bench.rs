//! `cargo xtask bench`: builds the programs that measure, and runs them.
//!
//! They are a workspace of their own in `bench/`, so that the rivals are dependencies of nothing
//! else.

use std::process::Command;

use crate::Result;
use crate::args::Args;
use crate::check::{Check, Verdict};
use crate::record::{self, Figures, Record};
use crate::shell::{self, command as program, root, works};

pub const INSTRUCTIONS: Check = Check {
    name: "instructions",
    what: "instructions per operation, against those recorded for this compiler",
    run: |_| {
        if !works(&mut program("valgrind", ["--version"])) {
            return Ok(Verdict::Skipped("valgrind is not installed".to_owned()));
        }
        match recorded()?.compare(&count()?)? {
            Some(why) => Ok(Verdict::Skipped(why)),
            None => Verdict::passed(),
        }
    },
};

pub fn command(mut args: Args) -> Result {
    if args.flag("--instructions") {
        let record = args.flag("--record");
        args.finish()?;
        if !works(&mut program("valgrind", ["--version"])) {
            println!("SKIPPED: valgrind is not installed, which counts the instructions");
            return Ok(());
        }
        if record {
            return recorded()?.write(&count()?);
        }
        if let Some(why) = recorded()?.compare(&count()?)? {
            println!("SKIPPED: {why}");
        }
        return Ok(());
    }
    let profile = if args.contains("--quick") { "quick" } else { "release" };
    let args = args.rest();
    let scenarios = scenarios(&args);
    let mut bench = Build { package: "csp-bench", program: "bench", profile, features: &scenarios };
    let mut command = bench.run()?;
    if scenarios.iter().any(|it| it == "all" || it == "processes") {
        let processes = ["processes".to_owned()];
        bench = Build { program: "counted", features: &processes, ..bench };
        command.env("CSP_BENCH_COUNTED", bench.run()?.get_program());
    }
    shell::run(command.args(args))
}

fn recorded() -> Result<Record> {
    let compiler = record::compiler("rustc", std::env::consts::ARCH)?;
    let what = "Instructions per operation";
    Ok(Record { folder: "bench/instructions/records", what, compiler })
}

fn count() -> Result<Figures> {
    let program = "csp-instructions";
    let build = Build { package: program, program, profile: "release", features: &[] };
    let counted = shell::output(&mut build.run()?)?;
    Record::read(&counted).ok_or_else(|| format!("{program} printed something else: {counted}"))
}

/// The features that compile only what is asked for.
fn scenarios(args: &[String]) -> Vec<String> {
    let asked = args.iter().take_while(|arg| !arg.starts_with('-'));
    let names: Vec<String> =
        asked.filter_map(|arg| arg.split('/').next()).map(str::to_owned).collect();
    if names.is_empty() { vec!["all".to_owned()] } else { names }
}

/// A program of that workspace.
#[derive(Clone, Copy)]
struct Build<'a> {
    package: &'a str,
    program: &'a str,
    profile: &'a str,
    features: &'a [String],
}

impl Build<'_> {
    /// Builds it, and gives the command that runs it.
    fn run(self) -> Result<Command> {
        let folder = root().join("bench");
        // A target folder of its own: `CARGO_TARGET_DIR` would mix it with the main workspace's.
        let target = folder.join("target");
        let mut cargo = shell::cargo(["build", "--quiet", "--locked", "--no-default-features"]);
        cargo.args(["--package", self.package, "--bin", self.program, "--profile", self.profile]);
        cargo.args(["--features", &self.features.join(",")]).arg("--target-dir").arg(&target);
        shell::run(cargo.current_dir(&folder))?;
        let mut command = Command::new(target.join(self.profile).join(self.program));
        command.current_dir(root());
        Ok(command)
    }
}
