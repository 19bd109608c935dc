//! The cancellation suite: what becomes of operations that are polled, told, woken and dropped.
//!
//! *Model.* One thread, no executor: futures are polled by hand. A *setup* is up to four offers
//! (puts, takes, choices, streams, watchers) on up to two channels. A *path* is a list of steps:
//! poll an offer, poll it with another waker, drop it, `try_put`, `try_take`, close, poison. The
//! explorer ([`explore`]) walks all paths of a setup, from scratch each time, and compares every
//! step with a reference ([`model`]) that was written from `docs/semantics.md` and knows nothing
//! of the code: neither lists of nodes, nor words, nor claims.
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
//! A path that fails prints the call of `replay` that repeats it.
//!
//! `CSP_CANCELLATION_SIZE` is `small`, `normal` (the default) or `large`.

#![forbid(unsafe_code)]
#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test program has the standard library"
)]

mod explore;
mod ledger;
mod model;
mod replays;
mod scenarios;
mod script;
mod walks;
mod world;
