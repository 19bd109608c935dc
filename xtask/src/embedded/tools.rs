//! The emulator and a compiler for the target; what is missing is installed, where that is permitted.
//!
//! rustup has the targets. Where it cannot be had, Debian's compiler builds the standard library's
//! core for them from its own sources, and `lld` links.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::machine::Machine;
use super::program::Build;
use crate::Result;
use crate::shell::{self, command, root};

#[derive(Debug, Clone, Copy)]
pub enum Toolchain {
    Rustup,
    Debian,
}

/// What builds for the machine, once its emulator is there too.
pub fn available(machine: &Machine, without_rustup: bool) -> Result<Toolchain> {
    install(machine.emulator, &[machine.package])?;
    let no_rustup = if without_rustup {
        "not asked".to_owned()
    } else {
        match shell::add_target(machine.target) {
            Ok(()) => return Ok(Toolchain::Rustup),
            Err(why) => why.lines().last().unwrap_or_default().to_owned(),
        }
    };
    println!("rustup has no {} ({no_rustup}); trying Debian's compiler", machine.target);
    for (program, packages) in [(RUSTC, DEBIAN), (LINKER, &["lld"])] {
        install(program, packages).map_err(|why| format!("rustup: {no_rustup}; Debian: {why}"))?;
    }
    if !Path::new(SOURCES).is_dir() {
        let packages = DEBIAN.join(" ");
        return Err(format!("rustup: {no_rustup}; Debian: {SOURCES} is missing ({packages})"));
    }
    Ok(Toolchain::Debian)
}

/// Where a build leaves them.
pub fn programs(target: &Path, machine: &Machine) -> PathBuf {
    target.join(machine.target).join("release")
}

/// Whether rustup has it, or has it now.
pub fn has_target(machine: &Machine) -> bool {
    shell::add_target(machine.target).is_ok()
}

/// Not the shims of rustup, which may come first on the path.
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const LINKER: &str = "/usr/bin/ld.lld";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library";
const DEBIAN: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

fn install(program: &str, packages: &[&str]) -> Result {
    shell::install(program, "--version", packages)
}

impl Toolchain {
    pub const fn what(self) -> &'static str {
        match self {
            Self::Rustup => "built with rustup's target",
            Self::Debian => "built with Debian's compiler, core from its sources",
        }
    }

    pub const fn rustc(self) -> &'static str {
        match self {
            Self::Rustup => "rustc",
            Self::Debian => RUSTC,
        }
    }

    /// Builds all programs of a package; where they lie then.
    pub fn build(self, machine: &Machine, build: Build) -> Result<PathBuf> {
        let mut more = vec!["--package", build.package];
        if build.asserts {
            more.extend(["--config", "profile.release.debug-assertions=true"]);
            more.extend(["--config", "profile.release.overflow-checks=true"]);
        }
        self.build_in(&root().join("embedded"), machine, &more)
    }

    /// Builds the programs of a workspace, with more arguments for cargo; where they lie then.
    pub fn build_in(self, folder: &Path, machine: &Machine, more: &[&str]) -> Result<PathBuf> {
        // Folders of their own: one that was given from outside would mix them with other builds.
        let target = folder.join("target");
        let target = match self {
            Self::Rustup => target,
            Self::Debian => target.join("debian"),
        };
        shell::run(&mut self.build_command(
            folder,
            &target,
            machine,
            &[&["--bins"], more].concat(),
        ))?;
        Ok(programs(&target, machine))
    }

    pub fn build_command(
        self,
        folder: &Path,
        target: &Path,
        machine: &Machine,
        more: &[&str],
    ) -> Command {
        let mut cargo = self.cargo(machine);
        cargo.args(["build", "--quiet", "--release", "--locked", "--target", machine.target]);
        cargo.args(more).arg("--target-dir").arg(target).current_dir(folder);
        cargo
    }

    fn cargo(self, machine: &Machine) -> Command {
        match self {
            Self::Rustup => command("cargo", []),
            Self::Debian => {
                let scripts =
                    machine.scripts.iter().map(|script| format!(" -C link-arg=-T{script}"));
                let flags = format!("-C linker={LINKER} -C linker-flavor=ld.lld");
                let mut cargo = command(CARGO, ["-Zbuild-std=core"]);
                cargo.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1");
                cargo.env("RUSTFLAGS", flags + &scripts.collect::<String>());
                cargo.env_remove("RUSTUP_TOOLCHAIN");
                cargo
            }
        }
    }
}
