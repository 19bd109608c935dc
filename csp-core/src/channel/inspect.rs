//! What can be asked of a channel.

use super::Channel;
use crate::buffer::Buffer;
use crate::error::Ended;
use crate::lock::Lock;

impl<T, B: Buffer<T>, L: Lock> Channel<T, B, L> {
    /// Whether the channel has ended, even if there are values left to take.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u8, Fixed<1>, StdLock>::new();
    /// channel.close();
    /// assert!(channel.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.ended().is_some()
    }

    /// How the channel ended, if it has.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, Ended, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u8, Fixed<1>, StdLock>::new();
    /// assert_eq!(channel.ended(), None);
    /// channel.close();
    /// assert_eq!(channel.ended(), Some(Ended::Closed));
    /// ```
    pub fn ended(&self) -> Option<Ended> {
        self.with(|locked| locked.state.how_ended())
    }

    /// How many values can be taken now, those that came back included.
    ///
    /// A rendezvous shows 1 while a value that came back is there.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    ///
    /// let channel = Channel::<u8, Fixed<2>, StdLock>::new();
    /// channel.try_put(1).unwrap();
    /// assert_eq!(channel.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.with(|locked| locked.state.len())
    }

    /// Whether there is nothing to take now.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    /// assert!(Channel::<u8, Fixed<2>, StdLock>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values the buffer holds at most: 0 for a rendezvous, `None` without bound.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    /// assert_eq!(Channel::<u8, Fixed<2>, StdLock>::new().capacity(), Some(2));
    /// ```
    pub fn capacity(&self) -> Option<usize> {
        self.with(|locked| locked.state.capacity())
    }

    /// How many accepted values were discarded by a rule: poison, the last taker gone, dropping,
    /// sliding, overwriting, or a second value for a promise.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Sliding, lock::StdLock};
    ///
    /// let channel = Channel::<u8, Sliding<1>, StdLock>::new();
    /// channel.try_put(1).unwrap();
    /// channel.try_put(2).unwrap();
    /// assert_eq!(channel.discarded(), 1);
    /// ```
    pub fn discarded(&self) -> u32 {
        self.with(|locked| locked.state.discarded())
    }

    /// How many puts wait. Costs O(puts).
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    /// assert_eq!(Channel::<u8, Fixed<2>, StdLock>::new().parked_puts(), 0);
    /// ```
    pub fn parked_puts(&self) -> usize {
        self.with(|locked| locked.state.parked_puts())
    }

    /// How many takes wait, streams included. Costs O(takes).
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Channel, buffer::Fixed, lock::StdLock};
    /// assert_eq!(Channel::<u8, Fixed<2>, StdLock>::new().parked_takes(), 0);
    /// ```
    pub fn parked_takes(&self) -> usize {
        self.with(|locked| locked.state.parked_takes())
    }
}
