//! The semantics of csp-core as a model, real channels beside it, and one way to compare the two.
//!
//! *Model.* One thread, no executor: futures are polled by hand. A *setup* is a handful of offers
//! (puts, takes, choices, streams, watchers) on up to three channels. A *path* is a list of steps:
//! poll an offer, poll it with another waker, drop it, `try_put`, `try_take`, close, poison
//! ([`script`]). A [`walk`] does the steps on real channels (`world`) and compares each with a
//! reference ([`model`]) that was written from `docs/semantics.md` and knows nothing of the code:
//! neither lists of nodes, nor words, nor claims.
//!
//! *What is checked after each step*, with the numbers of `docs/semantics.md`:
//! - the result of the step is one that the reference allows (A5, A11, A14, A15, A19, A21 to A23);
//! - each value is in one place: with its caller, in a future, in the channel, or dropped once
//!   (A6, A7), and `len` and `discarded` say so;
//! - `parked_puts` and `parked_takes` are exactly the branches of the offers that wait (A8);
//! - each waker is held once while its offer waits and has not been told, and not at all
//!   otherwise (A8); only the last one that was polled with is woken, once (A10);
//! - whoever could proceed has been told (A9, A19), and nobody is told for nothing.
//!
//! *Who chooses the paths.* The suite `cancellation` walks all short ones, the suite `property`
//! long ones at random, and the fuzzer in `fuzz` those that reach new code. A path that fails is
//! printed as the call of [`ground::replay`] that repeats it.

#![forbid(unsafe_code)]
#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "what drives tests has the standard library"
)]
#![expect(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "not published: a name is explained where it does not do so itself"
)]

mod caught;
pub mod draft;
pub mod ground;
pub mod ledger;
pub mod model;
pub mod replays;
pub mod script;
mod shrink;
pub mod stopwatch;
pub mod walk;
mod world;
