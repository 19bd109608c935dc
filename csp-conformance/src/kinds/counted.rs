//! The allocated, counted ends.

use csp_core::{Receiver, Sender};

pub(crate) use super::each_allocated_capacity as each_capacity;

/// Whether poison tells the putting side from the taking side.
pub(crate) const HAS_SIDES: bool = true;

super::allocated_kind!(Sender, Receiver, |chan| (
    chan.sender().expect("a new channel lends ends"),
    chan.receiver().expect("a new channel lends ends"),
));
