//! Who must notice a breakage: a test program, built by cargo and then run by itself.

use std::fmt::{self, Display};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::tree::Tree;
use crate::Result;
use crate::embedded::sweep;
use crate::shell::{cargo, output};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detector {
    /// The unit tests of csp-core.
    Unit,
    /// What safe code must not be able to break, csp-core/tests/soundness.
    Soundness,
    /// Groups with a run queue, polled by hand, csp-core/tests/groups.
    Groups,
    /// The named scenarios of the generated suite, and a sample of its paths.
    Scenarios,
    /// The generated suite, csp-reference/tests/cancellation.
    Cancellation,
    /// Random paths against the reference, csp-reference/tests/property, from the same seed always.
    Property,
    /// What threads do to channels, csp-core/tests/histories.
    Histories,
    /// An interrupt before each instruction of the scenes whose names begin with this, embedded/sweep.
    Sweep(String),
    /// The races of csp-core in one module, or in all, under loom or shuttle.
    Race(Checker, String),
    /// The checks of the conformance suite whose names contain this, in virtual time; all if empty.
    Conformance(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Checker {
    Loom,
    Shuttle,
}

impl Checker {
    const fn name(self) -> &'static str {
        match self {
            Self::Loom => "loom",
            Self::Shuttle => "shuttle",
        }
    }
}

pub enum Run {
    Passed,
    Failed,
    TimedOut,
}

impl Detector {
    pub fn parse(text: &str) -> Result<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["unit"] => Ok(Self::Unit),
            ["soundness"] => Ok(Self::Soundness),
            ["groups"] => Ok(Self::Groups),
            ["scenarios"] => Ok(Self::Scenarios),
            ["cancellation"] => Ok(Self::Cancellation),
            ["property"] => Ok(Self::Property),
            ["histories"] => Ok(Self::Histories),
            ["conformance", filter] => Ok(Self::Conformance(filter.to_owned())),
            ["loom", filter] => Ok(Self::Race(Checker::Loom, filter.to_owned())),
            ["shuttle", filter] => Ok(Self::Race(Checker::Shuttle, filter.to_owned())),
            ["sweep", ref scene @ ..] => Ok(Self::Sweep(scene.join(" "))),
            _ => Err(format!(
                "`{text}` is not unit, soundness, groups, scenarios, cancellation, property, \
                 histories, sweep SCENE, loom MODULE, shuttle MODULE or conformance FILTER"
            )),
        }
    }

    /// Says why not, if it cannot be had here.
    pub fn available(&self) -> Result {
        if let Self::Sweep(_) = self { sweep::available() } else { Ok(()) }
    }

    /// Runs it on the copy as it is, and says how long that takes. A test that fails on unbroken code
    /// would notice everything.
    pub fn pass_unbroken(&self, tree: &Tree, limit: Duration) -> Result<Duration> {
        let program = self.build(tree)?;
        let start = Instant::now();
        match self.run(&program, tree, limit)? {
            Run::Passed => {}
            Run::Failed => return Err(format!("{self} fails unbroken\n{}", tree.log())),
            Run::TimedOut => return Err(format!("{self} hangs unbroken\n{}", tree.log())),
        }
        let time = start.elapsed();
        println!("unbroken  {:<40} {:.1} s", self.to_string(), time.as_secs_f64());
        Ok(time)
    }

    /// Returns the program. Cargo does not run it, as killing cargo would leave it running.
    pub fn build(&self, tree: &Tree) -> Result<PathBuf> {
        let test = ["test", "--no-run", "--package", "csp-core", "--all-features"];
        let reference = ["test", "--no-run", "--package", "csp-reference"];
        // Without the feature `every-cell`, which only repeats each check for more types.
        let suite = ["build", "--package", "csp-conformance", "--no-default-features"];
        let mut args = match self {
            Self::Sweep(_) => {
                return sweep::build(&tree.path(), &tree.target_dir().join("embedded"));
            }
            Self::Unit => [&test[..], &["--lib"]].concat(),
            // Loom itself is what takes the time, and csp-core is what is built for each mutant.
            Self::Race(Checker::Loom, _) => {
                let quick = ["--config", "profile.release.package.csp-core.opt-level=0"];
                [&test[..], &["--lib", "--release"], &quick].concat()
            }
            Self::Race(Checker::Shuttle, _) => [&test[..], &["--lib", "--release"]].concat(),
            Self::Soundness => [&test[..], &["--test", "soundness"]].concat(),
            Self::Groups => [&test[..], &["--test", "groups"]].concat(),
            Self::Histories => [&test[..], &["--test", "histories"]].concat(),
            Self::Scenarios | Self::Cancellation => {
                [&reference[..], &["--test", "cancellation"]].concat()
            }
            Self::Property => [&reference[..], &["--test", "property"]].concat(),
            Self::Conformance(_) => suite.to_vec(),
        };
        args.push("--message-format=json-render-diagnostics");
        let mut build = cargo(args);
        build.current_dir(tree.path()).env("CARGO_TARGET_DIR", tree.target_dir());
        // Hosted machines switch the first off; nobody reads the backtrace of a mutant.
        build.env("CARGO_INCREMENTAL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
        if let Self::Race(checker, _) = self {
            build.env("RUSTFLAGS", format!("--cfg {}", checker.name()));
            build.env("CARGO_PROFILE_RELEASE_DEBUG", "0");
            if *checker == Checker::Shuttle {
                build.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
            }
            build.env("CARGO_TARGET_DIR", tree.target_dir().join(checker.name()));
        }
        let messages = output(&mut build)?;
        executable(&messages, self.program())
            .ok_or_else(|| format!("cargo names no program for {self}"))
    }

    /// What cargo calls the program.
    const fn program(&self) -> &'static str {
        match self {
            Self::Unit | Self::Race(..) => "csp_core",
            Self::Soundness => "soundness",
            Self::Groups => "groups",
            Self::Histories => "histories",
            Self::Scenarios | Self::Cancellation => "cancellation",
            Self::Property => "property",
            Self::Conformance(_) => "csp-conformance",
            Self::Sweep(_) => "sweep",
        }
    }

    pub fn run(&self, program: &Path, tree: &Tree, limit: Duration) -> Result<Run> {
        let log = File::create(tree.log_file()).map_err(|error| error.to_string())?;
        let complaints = log.try_clone().map_err(|error| error.to_string())?;
        let mut command = match self {
            Self::Sweep(scene) => {
                let mut command = sweep::command(program);
                command.stdin(tree.input(scene)?);
                command
            }
            _ => {
                let mut command = Command::new(program);
                command.stdin(Stdio::null());
                command
            }
        };
        command.stdout(log).stderr(complaints);
        match self {
            Self::Conformance(filter) => {
                command.args(["--runtime", "virtual", "--only", filter]).current_dir(tree.path());
            }
            Self::Race(checker, filter) => {
                command.arg(format!("races::{}::{filter}", checker.name()));
                // Who notices once always notices.
                command.env("SHUTTLE_RANDOM_SEED", "1");
            }
            Self::Unit | Self::Soundness | Self::Groups | Self::Histories => {
                command.current_dir(tree.path().join("csp-core"));
            }
            Self::Sweep(_) => {}
            Self::Scenarios => {
                command.env("CSP_CANCELLATION_SIZE", "small");
                command.current_dir(tree.path().join("csp-reference"));
            }
            Self::Cancellation | Self::Property => {
                command.current_dir(tree.path().join("csp-reference"));
            }
        }
        within(limit, &mut command).map_err(|error| format!("{self}: {error}"))
    }
}

impl Display for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit => write!(f, "unit"),
            Self::Soundness => write!(f, "soundness"),
            Self::Scenarios => write!(f, "scenarios"),
            Self::Cancellation => write!(f, "cancellation"),
            Self::Property => write!(f, "property"),
            Self::Groups => write!(f, "groups"),
            Self::Histories => write!(f, "histories"),
            Self::Sweep(scene) => f.write_str(format!("sweep {scene}").trim_end()),
            Self::Conformance(filter) => f.write_str(format!("conformance {filter}").trim_end()),
            Self::Race(checker, filter) => {
                f.write_str(format!("{} {filter}", checker.name()).trim_end())
            }
        }
    }
}

/// A broken channel often hangs its test, or spins.
fn within(limit: Duration, command: &mut Command) -> std::io::Result<Run> {
    let start = Instant::now();
    let mut child = command.spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() { Run::Passed } else { Run::Failed });
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(Run::TimedOut);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The program of this name among cargo's messages. Others are there too: with a test of a package,
/// cargo builds its binaries.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    messages.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once("\"executable\":\"")?;
        let (path, _) = rest.split_once('"')?;
        let path = PathBuf::from(path.replace("\\\\", "\\"));
        let stem = path.file_stem()?.to_str()?;
        // Cargo puts a hash behind the names of tests.
        let is_it =
            stem.strip_prefix(name).is_some_and(|hash| hash.is_empty() || hash.starts_with('-'));
        is_it.then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_its_own_display() {
        for text in [
            "unit",
            "scenarios",
            "property",
            "conformance b66",
            "loom put",
            "shuttle ring",
            "sweep a scene",
        ] {
            assert_eq!(Detector::parse(text).map(|it| it.to_string()).as_deref(), Ok(text));
        }
        assert!(Detector::parse("conformance").is_err());
    }

    #[test]
    fn finds_the_program_past_libraries() {
        let messages = "{\"executable\":null}\n{\"executable\":\"/a/b-1f\",\"fresh\":true}\n\
                        {\"executable\":\"/a/c\"}\n{}";
        assert_eq!(executable(messages, "b"), Some(PathBuf::from("/a/b-1f")));
        assert_eq!(executable(messages, "c"), Some(PathBuf::from("/a/c")));
        assert_eq!(executable(messages, "d"), None);
    }
}
