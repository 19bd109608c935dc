//! Channels and atomic choice for every executor: CSP without an allocator.
//!
//! A [`Channel`] is a place where processes meet: a put and a take complete together, or a buffer
//! lies between them. [`alts()`] chooses one of several puts, takes, timeouts and futures, and
//! exactly one happens, on both sides. Everything that waits lives in the future of who waits, so
//! nothing is allocated, and whatever is dropped when, no value is lost.
//!
//! This crate is the core. A program with threads and one of the usual runtimes uses the facade
//! `csp-rs` instead, which fixes the lock and adds `go`, `wait` and `timeout`. Use this crate
//! directly for firmware, for an executor of your own, or in a library that is to know no runtime.
//!
//! ```
//! use csp_core::{Channel, alts, block_on, buffer::Rendezvous, lock::StdLock, parallel};
//!
//! let (words, numbers) = (
//!     Channel::<&str, Rendezvous, StdLock>::new(),
//!     Channel::<u32, Rendezvous, StdLock>::new(),
//! );
//! let chooser = async {
//!     alts! {
//!         word = words.take() => word.unwrap().len() as u32,
//!         number = numbers.take() => number.unwrap(),
//!     }
//! };
//! let (_, chosen) = block_on(parallel((words.put("three"), chooser)));
//! assert_eq!(chosen, 5);
//! ```
//!
//! # What is where
//!
//! | you want | see |
//! |---|---|
//! | a channel as a `static` or a field | [`Channel`], its [buffers](buffer) and [locks](lock) |
//! | a handle to clone and send around (`alloc`) | `Chan`, `Sender`, `Receiver` |
//! | to choose | [`alts()`], [`alts!`], [`Branch`] for slices, [`Alternative`] for loops |
//! | to run processes side by side, or in turn | [`parallel()`], [`sequence()`] |
//! | a run queue of their own for them | [`parallel_queued_in`], `parallel_queued`, `group` (`alloc`) |
//! | a runtime: `go`, `wait`, timeouts, results | [`runtime`], [`timeout()`], `start` |
//! | threads (`std`) | `put_blocking`, `take_blocking`, `block_on` |
//! | callbacks (`alloc`, `std` or `critical-section`, a CPU with compare-and-swap) | `Chan::put_then`, `Chan::take_then` |
//!
//! # Rules that hold everywhere
//!
//! * A put that has completed was *accepted*: taken, or kept in the channel. If the take that
//!   accepted it is dropped before it was polled, the value goes to the next take.
//! * Dropping any future of this crate takes the lock of its channel, and never blocks longer than
//!   that. Wakers are called, and values dropped or cloned, with no lock held.
//! * An operation that fails gives the value back.
//! * After 128 waiting operations on a channel that did not have to wait, the next one yields to
//!   the executor once; see [`Channel::without_yield`].
//! * No poll waits for a partner but by returning pending. For a lock it waits as that lock does,
//!   until its holder has left a short critical section: see [`lock`].
//! * Nothing panics but for misuse that its documentation names.
//!
//! | type | `Send` | `Sync` | `Unpin` |
//! |---|---|---|---|
//! | [`Channel<T, B, L>`](Channel) | `T` and `L` are `Send` | `T: Send`, `L: Sync` (a promise: `T: Sync`) | yes |
//! | `Chan`, `Sender`, `Receiver` | `T: Send`, `L: Send + Sync` | the same | yes |
//! | [`Put`], [`Take`], [`Alts`] and the other futures | what they borrow is `Sync`, `T: Send` | the same | no |
//! | [`Timeout`] | the clock is | the clock is | yes |
//! | [`ParallelQueued`], `Running` of a `Group` | its processes are | the same | its processes are |
//! | `Group`, `LocalGroup` | the clock is; never | the same | yes |
//!
//! # Features
//!
//! * `alloc`: counted handles, buffers chosen at run time, results of processes.
//! * `std` (includes `alloc`): a lock for threads, blocking forms, panics as errors.
//! * `critical-section`: a lock that masks interrupts; also supplies the compare-and-swap for
//!   choices over several locks where the CPU has none.
//! * `portable-atomic`: counted handles where the CPU has no compare-and-swap.
//! * `futures-sink`: `Channel::sink`.
//! * `defmt`: `defmt::Format` for channels, errors and outcomes.

#![no_std]
#![deny(unsafe_code)]
#![expect(
    private_interfaces,
    unnameable_types,
    reason = "sealed traits have hidden methods that only this crate calls and implements"
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod alts;
#[cfg(feature = "std")]
mod blocking;
pub mod buffer;
#[cfg(all(
    feature = "alloc",
    target_has_atomic = "ptr",
    any(feature = "std", feature = "critical-section")
))]
mod callback;
#[cfg(feature = "alloc")]
mod chan;
mod channel;
mod choice;
mod closed;
mod end;
mod error;
#[cfg(feature = "defmt")]
mod format;
#[cfg(feature = "alloc")]
mod group;
#[cfg(all(test, feature = "std", not(any(loom, shuttle))))]
mod layout;
pub mod lock;
mod misuse;
mod operation;
#[cfg(feature = "alloc")]
mod owned;
mod parallel;
mod pin;
#[cfg(feature = "alloc")]
mod process;
mod promise;
mod put;
#[cfg(all(test, any(loom, shuttle)))]
mod races;
mod run_queue;
pub mod runtime;
#[cfg(feature = "alloc")]
mod shared;
#[cfg(feature = "futures-sink")]
mod sink;
mod stream;
mod sync;
mod take;
mod timeout;
mod wait_list;

#[doc(hidden)]
pub use alts::branch;
pub use alts::{
    Alternative, Alts, AltsOrDefault, Always, Branch, BranchOutcome, Branches, FutureGuard, Guard,
    Guards, IntoGuard, IntoGuards, KeptFuture, Optional, Rotation, Select, SelectOrDefault,
    Selected1, Selected2, Selected3, Selected4, Selected5, Selected6, Selected7, Selected8, Skip,
    alts, future, skip,
};
#[cfg(feature = "std")]
pub use blocking::block_on;
#[cfg(feature = "alloc")]
pub use buffer::Kind;
#[cfg(all(
    feature = "alloc",
    target_has_atomic = "ptr",
    any(feature = "std", feature = "critical-section")
))]
pub use callback::{PendingPut, PendingTake};
#[cfg(feature = "alloc")]
pub use chan::{Chan, Receiver, Sender, WeakReceiver, WeakSender, channel};
pub use channel::Channel;
pub use closed::Closed;
pub use end::{PutEnd, TakeEnd};
pub use error::{Ended, Error, PutError, TakeError, TryPutError, TryTakeError};
#[cfg(feature = "alloc")]
pub use group::{
    Group, GroupHandle, LocalGroup, Running, group, group_with_timer, local_group,
    local_group_with_timer,
};
#[cfg(feature = "alloc")]
pub use owned::{OwnedPut, OwnedStream, OwnedTake, ReceiverStream};
#[cfg(feature = "alloc")]
pub use parallel::{CountedQueue, parallel_on, parallel_queued, sequence_of};
pub use parallel::{
    Parallel, ParallelQueue, ParallelQueued, Processes, QueuePlace, Sequence, StaticQueue,
    TryParallel, TryProcesses, parallel, parallel_queued_in, sequence, try_parallel,
};
#[cfg(feature = "alloc")]
pub use process::{Joining, Process, ProcessError, ProcessGuard, quietly, start, start_local};
pub use put::{CancelledPut, Put, PutFrom};
#[cfg(feature = "futures-sink")]
pub use sink::PutSink;
pub use stream::TakeStream;
pub use take::Take;
pub use timeout::{
    Elapsed, IdleTimeout, Limit, TimedOut, Timeout, TimeoutTake, idle_timeout, limit, timeout,
    timeout_at,
};
