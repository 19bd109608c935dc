//! The cancellation suite: what becomes of operations that are polled, told, woken and dropped.
//!
//! The explorer ([`explore`]) walks all paths of many small setups, of up to five offers on one or
//! two channels, and compares each step with the reference; `csp_reference` says how.
//!
//! `CSP_CANCELLATION_SIZE` is `small`, `normal` (the default) or `large`.

#![forbid(unsafe_code)]
#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test program has the standard library"
)]

mod explore;
mod replays;
mod scenarios;
mod walks;
