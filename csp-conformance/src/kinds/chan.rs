//! The allocated handle of both ends, which is not counted.

pub(crate) use super::each_allocated_capacity as each_capacity;

/// Whether poison tells the putting side from the taking side.
pub(crate) const HAS_SIDES: bool = false;

super::allocated_kind!(Chan, Chan, |chan| (chan.clone(), chan));
