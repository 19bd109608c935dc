//! The one-way ends that a [`Channel`](csp_core::Channel) lends.

use csp_core::{PutEnd, TakeEnd};

pub(crate) use super::each_static_capacity as each_capacity;

/// Whether poison tells the putting side from the taking side.
pub(crate) const HAS_SIDES: bool = true;

super::static_kind!(PutEnd, TakeEnd, |channel| (By(channel.sender()), By(channel.receiver())));
