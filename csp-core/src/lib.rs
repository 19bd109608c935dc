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
mod channel;
mod choice;
mod closed;
mod end;
mod error;
pub mod lock;
mod operation;
mod promise;
mod put;
mod stream;
mod sync;
mod take;
mod wait_list;

pub use alts::{
    Alts, AltsOrDefault, Branch, BranchOutcome, Branches, FutureGuard, Guard, Guards, IntoGuard,
    IntoGuards, KeptFuture, Rotation, Selected1, Selected2, Selected3, Selected4, Selected5,
    Selected6, Selected7, Selected8, Skip, alts, future, skip,
};
#[cfg(feature = "std")]
pub use blocking::block_on;
pub use channel::Channel;
pub use closed::Closed;
pub use end::{PutEnd, TakeEnd};
pub use error::{Ended, Error, PutError, TakeError, TryPutError, TryTakeError};
pub use put::{CancelledPut, Put, PutFrom};
pub use stream::TakeStream;
pub use take::Take;
