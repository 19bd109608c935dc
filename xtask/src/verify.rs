//! `cargo xtask verify`: what is too slow, or asks for too much, to be a plain test.
//!
//! One file each below; a new one is a module and an entry in [`ALL`].

mod fuzz;
mod histories;
mod miri;
mod model;
mod mutants;
mod mutation;
mod property;
mod races;
mod sanitizers;
mod soak;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::Result;
use crate::args::Args;
use crate::check::{self, Check, Limits};

pub use miri::CHECK as MIRI;
pub use model::CHECK as MODEL;
pub use mutants::CHECK as MUTANTS;
pub use property::CHECK as PROPERTY;
pub use races::{LOOM, SHUTTLE};

const ALL: [&Check; 11] = [
    &MODEL,
    &LOOM,
    &SHUTTLE,
    &histories::CHECK,
    &soak::CHECK,
    &PROPERTY,
    &fuzz::CHECK,
    &MUTANTS,
    &mutation::CHECK,
    &MIRI,
    &sanitizers::CHECK,
];

const DEFAULT_BUDGET_MINUTES: u64 = 5;

pub fn command(mut args: Args) -> Result {
    let only = args.value("--only")?;
    let strict = args.flag("--strict");
    let budget = match args.value("--budget")? {
        None => DEFAULT_BUDGET_MINUTES,
        Some(minutes) => minutes.parse().map_err(|_| format!("--budget {minutes}: not minutes"))?,
    };
    args.finish()?;
    let limits = Limits { budget: Duration::from_secs(60 * budget) };
    check::run(&ALL, only.as_deref(), &limits, |_| !strict)
}

/// For a run of everything, where each check has to be quick.
pub fn quick_limits() -> Limits {
    Limits { budget: Duration::from_secs(60) }
}

pub fn list() -> String {
    format!("verify knows:\n{}", check::list(&ALL))
}

/// Another one each time; what draws from it names it when it fails.
fn seed() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// The target of this machine, from what `rustc -vV` says.
fn host(version: &str) -> Result<String> {
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not name its host".to_owned())
}
