//! Histories of threads that really run are linearizable.
//!
//! *Model.* Threads put, take, choose and close at one or two channels; each call is recorded with
//! what it returned and with two tickets, drawn before it and after it (`record`). A history is
//! right if some order of its calls explains it: an order in which no call comes before another
//! that had returned when it began, and in which a channel that serves one call at a time
//! (`specification`) gives the same results (`checker` looks for it).
//!
//! *Why not one of the checkers that exist*: `stateright`'s tester, `todc-utils` and `lincheck`
//! want an object whose calls return by themselves, one after another. A put on a rendezvous
//! returns because of a later take; here such a call takes effect when it arrives, and may then be
//! parked in the specification, until the arrival of another completes both.
//!
//! *Source*: J. Wing and C. Gong, "Testing and verifying concurrent objects" (1993); the memory of
//! what was tried is G. Lowe's, "Testing for linearizability" (2017); calls that wait are those of
//! W. Scherer and M. Scott, "Nonblocking concurrent data structures with condition synchronization"
//! (2004).
//!
//! `CSP_HISTORIES` is the number of histories of each kind, `CSP_HISTORIES_SEED` where their
//! scripts begin. A seed gives the same scripts again; what the threads make of them is their own.

#![forbid(unsafe_code)]
#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test program has the standard library"
)]

mod asleep;
mod checker;
mod history;
mod record;
mod specification;
mod worlds;
