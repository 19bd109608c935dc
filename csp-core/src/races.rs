//! What threads can do to one another: each test is a race, and a checker plays its orders.
//!
//! [`loom`] plays all of them, within a bound; [`shuttle`] plays larger shapes at random. Both run
//! by `cargo xtask verify`, each with its own `--cfg`.

#![expect(clippy::print_stdout, reason = "says how much was played, for the table of verify")]

#[cfg(loom)]
mod loom;
#[cfg(shuttle)]
mod shuttle;
