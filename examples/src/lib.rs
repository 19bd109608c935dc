//! Examples of csp: each a short program that runs on every runtime and checks its own result.
//!
//! An example is a function `main`, generic over the runtime, which it gets as a value; an
//! ordinary program, which knows its runtime, calls `csp::tokio::go` and the like in its place.
//! `cargo xtask example` lists them.

#![forbid(unsafe_code)]

mod blocking;
mod buffered;
pub mod catalogue;
mod closed;
mod commstime;
mod dining_philosophers;
mod go;
mod go_block;
pub mod host;
mod http;
mod producer_consumer;
pub mod repl;
mod select;

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use csp::runtime::{Spawn, SpawnBlocking, Timer};

/// What an example asks of its runtime.
trait Runtime: Spawn + SpawnBlocking + Clock + Copy + Send + Sync + 'static {}

impl<R: Spawn + SpawnBlocking + Clock + Copy + Send + Sync + 'static> Runtime for R {}

/// Time that a process can wait for on whatever thread it runs.
trait Clock: Timer<Instant: Send + Sync + 'static, Wait: Send + 'static> {}

impl<R: Timer<Instant: Send + Sync + 'static, Wait: Send + 'static>> Clock for R {}

const fn millis(number: u64) -> Duration {
    Duration::from_millis(number)
}

/// A random time of up to this many milliseconds.
fn up_to_millis(limit: u64) -> Duration {
    // A hasher with random keys is all the randomness that std has.
    millis(RandomState::new().hash_one(()) % (limit + 1))
}
