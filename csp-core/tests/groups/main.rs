//! Groups with a run queue of their own, polled by hand.
//!
//! Each test that is about the queue alone runs in every form: fixed, with a block and with a
//! static, and dynamic, for one thread and for several.

#![cfg(feature = "std")]
#![forbid(unsafe_code)]
#![expect(clippy::std_instead_of_core, clippy::std_instead_of_alloc, reason = "a test has std")]

mod dynamic;
mod fixed;
mod hand;
mod wakers;
