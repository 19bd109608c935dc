//! A [`Channel`](csp_core::Channel) by reference: both ends at once.

pub(crate) use super::each_static_capacity as each_capacity;

/// Whether poison tells the putting side from the taking side.
pub(crate) const HAS_SIDES: bool = false;

super::static_kind!(Channel, Channel, |channel| (By(channel), By(channel)));
