//! csp-core
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
#[cfg(all(feature = "alloc", any(feature = "std", feature = "critical-section")))]
mod callback;
#[cfg(feature = "alloc")]
mod chan;
mod channel;
mod choice;
mod closed;
mod end;
mod error;
pub mod lock;
mod operation;
#[cfg(feature = "alloc")]
mod owned;
mod parallel;
#[cfg(feature = "alloc")]
mod process;
mod promise;
mod put;
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

pub use alts::{
    Alts, AltsOrDefault, Branch, BranchOutcome, Branches, FutureGuard, Guard, Guards, IntoGuard,
    IntoGuards, KeptFuture, Optional, Rotation, Selected1, Selected2, Selected3, Selected4,
    Selected5, Selected6, Selected7, Selected8, Skip, alts, future, skip,
};
#[cfg(feature = "std")]
pub use blocking::block_on;
#[cfg(feature = "alloc")]
pub use buffer::Kind;
#[cfg(all(feature = "alloc", any(feature = "std", feature = "critical-section")))]
pub use callback::{PendingPut, PendingTake};
#[cfg(feature = "alloc")]
pub use chan::{Chan, Receiver, Sender, WeakReceiver, WeakSender, channel};
pub use channel::Channel;
pub use closed::Closed;
pub use end::{PutEnd, TakeEnd};
pub use error::{Ended, Error, PutError, TakeError, TryPutError, TryTakeError};
#[cfg(feature = "alloc")]
pub use owned::{OwnedPut, OwnedStream, OwnedTake, ReceiverStream};
pub use parallel::{
    Parallel, Processes, Sequence, TryParallel, TryProcesses, parallel, sequence, try_parallel,
};
#[cfg(feature = "alloc")]
pub use parallel::{parallel_on, sequence_of};
#[cfg(feature = "alloc")]
pub use process::{Joining, Process, ProcessError, ProcessGuard, quietly, start, start_local};
pub use put::{CancelledPut, Put, PutFrom};
#[cfg(feature = "futures-sink")]
pub use sink::PutSink;
pub use stream::TakeStream;
pub use take::Take;
pub use timeout::{Elapsed, Limit, TimedOut, Timeout, TimeoutTake, limit, timeout, timeout_at};
