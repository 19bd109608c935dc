//! What would be uploaded: nothing stray, nothing missing, and it builds by itself.

use std::path::PathBuf;
use std::time::SystemTime;

use super::PUBLISHED;
use crate::Result;
use crate::check::{Check, Limits, Verdict};
use crate::shell::{cargo, output, run, target_dir};

pub const CHECK: Check =
    Check { name: "package", what: "each published crate holds what it should", run: check };

const REQUIRED: [&str; 5] =
    ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];

/// Added by cargo.
const GENERATED: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];

fn check(_: &Limits) -> Result<Verdict> {
    let mut complaints = Vec::new();
    for package in PUBLISHED {
        let args = ["package", "--list", "--allow-dirty", "--package", package];
        let list = output(&mut cargo(args))?;
        let files: Vec<&str> = list.lines().collect();
        for missing in REQUIRED.iter().filter(|file| !files.contains(file)) {
            complaints.push(format!("{package} lacks {missing}"));
        }
        for stray in files.iter().filter(|file| !belongs(file)) {
            complaints.push(format!("{package} holds {stray}"));
        }
    }
    if !complaints.is_empty() {
        return Err(complaints.join("\n"));
    }
    // Builds what would be uploaded, away from the repository: an included file that lies outside
    // of its crate is found here.
    let packages = PUBLISHED.iter().flat_map(|package| ["--package", package]);
    let args = ["package", "--quiet", "--allow-dirty", "--all-features"];
    let folder = fresh_folder()?;
    let built = run(cargo(args.into_iter().chain(packages)).arg("--target-dir").arg(&folder));
    let removed = std::fs::remove_dir_all(&folder);
    built?;
    removed.map_err(|error| format!("{}: {error}", folder.display()))?;
    Verdict::passed()
}

/// Where no run has been before. Cargo keeps what it unpacks in its home, by this path and the
/// version: on a path used twice, the crates would be built against those of the run before.
fn fresh_folder() -> Result<PathBuf> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_err(|error| format!("the clock is wrong: {error}"))?;
    Ok(target_dir().join(format!("package-{}", now.as_nanos())))
}

fn belongs(file: &str) -> bool {
    let source = file.starts_with("src/") || file.starts_with("tests/");
    let compiled = [".rs", ".stderr", ".md"].iter().any(|end| file.ends_with(end));
    // One that tells a crate about its target.
    let builds = file == "build.rs";
    builds || REQUIRED.contains(&file) || GENERATED.contains(&file) || (source && compiled)
}
