//! `cargo xtask verify`: what is too slow, or asks for too much, to be a plain test.
//!
//! One file each below; a new one is a module and an entry in [`ALL`].

mod miri;
mod mutants;
mod mutation;
mod property;
mod races;
mod soak;

use std::time::Duration;

use crate::Result;
use crate::args::Args;
use crate::check::{self, Check, Limits};

pub use miri::CHECK as MIRI;
pub use mutants::CHECK as MUTANTS;
pub use property::CHECK as PROPERTY;
pub use races::{LOOM, SHUTTLE};

const ALL: [&Check; 7] =
    [&LOOM, &SHUTTLE, &soak::CHECK, &PROPERTY, &MUTANTS, &mutation::CHECK, &MIRI];

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

pub fn default_limits() -> Limits {
    Limits { budget: Duration::from_secs(60 * DEFAULT_BUDGET_MINUTES) }
}

pub fn list() -> String {
    format!("verify knows:\n{}", check::list(&ALL))
}
