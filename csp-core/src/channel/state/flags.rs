//! What a channel remembers of itself, in bits.
//!
//! The flags lie above a count in one number, so that one comparison says that a channel is calm:
//! that no flag is set, and that the next operation need not yield. The habits are apart from them,
//! for the usual cases do not ask for them.

/// After so many waiting operations in a row that did not wait, the next one yields once (A13).
pub(super) const STREAK: u16 = 128;
/// How many in a row have not waited, at most [`STREAK`].
pub(super) const IN_A_ROW: u16 = 0xff;

pub(super) const CLOSED: u16 = 1 << 8;
/// What can be taken is discarded: the takers poisoned the channel, or are gone.
pub(super) const DISCARDS: u16 = 1 << 9;
/// The value of the promise is set.
pub(super) const KEPT: u16 = 1 << 10;
/// There is a `poison`.
pub(super) const POISONED: u16 = 1 << 11;
/// A value has come back.
pub(super) const RETURNED: u16 = 1 << 12;

/// Waiting operations never yield.
pub(super) const EAGER: u8 = 1;
/// Somebody has waited, whose waker could have been kept.
pub(super) const WAITED: u8 = 1 << 1;
