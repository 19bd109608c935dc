//! The numbered semantics of csp as a suite, generic over runtime, lock flavour and handle kind.
//!
//! *Model.* A [`Check`] is a short async function whose name carries a number of
//! `docs/semantics.md`. It is written once and compiled for each [`World`], a lock flavour with a
//! kind of handle; the [`Runtime`] is a value. [`run`](run::run) runs each check in each cell of
//! runtime × lock × handle, and [`table`] counts what came of it, from the cells themselves.
//!
//! Time is virtual where a check is about time. On the runtimes of others a check may assert only
//! that a timer was not early.

#![forbid(unsafe_code)]
#![expect(clippy::duplicate_mod, reason = "each world reads the files of checks anew")]
#![expect(
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "a suite for runtimes has an operating system"
)]

mod check;
mod context;
mod hand;
mod hook;
mod kinds;
pub mod numbers;
mod panics;
pub mod run;
mod runtime;
pub mod table;
mod tally;
pub mod virtual_time;
mod worlds;

// The worlds read these files out of a macro, where rustfmt does not look.
#[cfg(any())]
#[path = "checks/all.rs"]
mod checks;

pub use check::{Check, On};
pub use context::{Context, Setting};
pub use runtime::{Instant, LocalRuntime, RunsChecks, Runtime};
pub use worlds::{HANDLES, LOCKS, World, worlds};
