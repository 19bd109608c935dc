//! The waker that an allocated channel keeps for the next wait of the same task (A8).
//!
//! A process in a loop waits on its channels with one waker again and again. Whoever wakes it there
//! gives the waker back to the channel, so that the next wait need not clone it. A single-thread
//! channel does so; where a lock guards the channel, giving back costs as much as it saves.
//!
//! *Invariant*: a channel that has ended keeps none.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::fmt;
#[cfg(feature = "alloc")]
use core::mem;
use core::task::Waker;

/// The side of a channel on which a task waits.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Puts,
    Takes,
}

/// Where a channel keeps its wakers, if it does.
#[doc(hidden)]
pub trait Keep: fmt::Debug {
    const NEW: Self;
    const KEEPS: bool;

    /// Makes room for kept wakers.
    fn prepare(&mut self);

    /// The kept waker of a side, if it wakes the same task as `waker`.
    fn take(&mut self, side: Side, waker: &Waker) -> Option<Waker>;

    /// Keeps a waker for a side, if there is room, and returns the one that it replaces.
    fn replace(&mut self, side: Side, waker: Option<Waker>) -> Option<Waker>;
}

/// Keeps none.
impl Keep for () {
    const NEW: Self = ();
    const KEEPS: bool = false;

    fn prepare(&mut self) {}

    fn take(&mut self, _side: Side, _waker: &Waker) -> Option<Waker> {
        None
    }

    fn replace(&mut self, _side: Side, waker: Option<Waker>) -> Option<Waker> {
        waker
    }
}

/// One of each side, in a block that a channel has from the second wait on: most of those that are
/// waited on once are not waited on again.
#[cfg(feature = "alloc")]
#[doc(hidden)]
#[derive(Debug)]
pub struct OneEach(Option<Box<[Option<Waker>; 2]>>);

#[cfg(feature = "alloc")]
impl Keep for OneEach {
    const NEW: Self = Self(None);
    const KEEPS: bool = true;

    fn prepare(&mut self) {
        self.0.get_or_insert_default();
    }

    #[inline]
    fn take(&mut self, side: Side, waker: &Waker) -> Option<Waker> {
        self.0.as_mut()?[side as usize].take_if(|kept| kept.will_wake(waker))
    }

    #[inline]
    fn replace(&mut self, side: Side, waker: Option<Waker>) -> Option<Waker> {
        match &mut self.0 {
            Some(kept) => mem::replace(&mut kept[side as usize], waker),
            None => waker,
        }
    }
}
