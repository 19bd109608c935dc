//! What safe code must not be able to break: leaks, moves, panics and threads at the worst moment.
//!
//! Most of these tests pass natively even where the code is wrong; they are for Miri, with both
//! borrow models, and with several seeds for those of `threads`.

#![forbid(unsafe_code)]
#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test program has the standard library"
)]

mod leaks;
mod panics;
mod reentry;
mod support;
mod threads;
mod told;
