//! The ends of a channel: one-way views of it, for direction by type.
//!
//! *Model.* [`PutEnd`] and [`TakeEnd`] are the channel itself, seen through a type that offers one
//! side only. They are used by reference; the counted ends (`Sender`, `Receiver`) dereference to
//! them, so that each side is written once.

#![expect(unsafe_code, reason = "a reference to a channel becomes one to a transparent wrapper")]

use core::fmt;

use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::closed::Closed;
use crate::error::{Ended, TryPutError, TryTakeError};
use crate::lock::Lock;
use crate::put::{Put, PutFrom};
use crate::stream::TakeStream;
use crate::take::Take;

/// The end of a channel that puts.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, PutEnd, block_on, buffer::Fixed, lock::StdLock};
///
/// async fn count(out: &PutEnd<u32, Fixed<4>, StdLock>) -> Result<(), csp_core::Error> {
///     for n in 0..3 {
///         out.put(n).await?;
///     }
///     out.close();
///     Ok(())
/// }
///
/// let channel = Channel::new();
/// block_on(count(channel.sender())).unwrap();
/// assert_eq!(channel.len(), 3);
/// ```
#[repr(transparent)]
pub struct PutEnd<T, B: Buffer<T>, L>(Channel<T, B, L>);

/// The end of a channel that takes.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, TakeEnd, block_on, buffer::Fixed, lock::StdLock};
///
/// async fn sum(input: &TakeEnd<u32, Fixed<4>, StdLock>) -> u32 {
///     let mut sum = 0;
///     while let Ok(n) = input.take().await {
///         sum += n;
///     }
///     sum
/// }
///
/// let channel = Channel::new();
/// channel.try_put(1).unwrap();
/// channel.try_put(2).unwrap();
/// channel.close();
/// assert_eq!(block_on(sum(channel.receiver())), 3);
/// ```
#[repr(transparent)]
pub struct TakeEnd<T, B: Buffer<T>, L>(Channel<T, B, L>);

/// What both ends offer.
macro_rules! both_ends {
    ($End:ident, $discards:literal, $poison:literal) => {
        impl<T, B: Buffer<T>, L> $End<T, B, L> {
            pub(crate) const fn of(channel: &Channel<T, B, L>) -> &Self {
                // SAFETY: the wrapper is transparent, so both have the same layout and validity.
                unsafe { &*core::ptr::from_ref(channel).cast::<Self>() }
            }

            /// The channel, for what another module adds to both it and its ends.
            pub(crate) const fn channel(&self) -> &Channel<T, B, L> {
                &self.0
            }
        }

        impl<T, B: Buffer<T>, L: Lock> $End<T, B, L> {
            /// See [`Channel::close`].
            pub fn close(&self) {
                self.0.close();
            }

            #[doc = $poison]
            ///
            /// See [`Channel::poison`].
            pub fn poison(&self, strength: u8) -> bool {
                self.0.poison_from(strength, $discards)
            }

            /// Completes when the other side is gone, or the channel has ended otherwise.
            ///
            /// See [`Channel::closed`].
            pub const fn closed(&self) -> Closed<'_, T, B, L> {
                self.0.closed()
            }

            /// See [`Channel::is_closed`].
            pub fn is_closed(&self) -> bool {
                self.0.is_closed()
            }

            /// See [`Channel::ended`].
            pub fn ended(&self) -> Option<Ended> {
                self.0.ended()
            }

            /// See [`Channel::len`].
            pub fn len(&self) -> usize {
                self.0.len()
            }

            /// See [`Channel::is_empty`].
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// See [`Channel::capacity`].
            pub fn capacity(&self) -> Option<usize> {
                self.0.capacity()
            }

            /// See [`Channel::discarded`].
            pub fn discarded(&self) -> u32 {
                self.0.discarded()
            }

            /// See [`Channel::parked_puts`].
            pub fn parked_puts(&self) -> usize {
                self.0.parked_puts()
            }

            /// See [`Channel::parked_takes`].
            pub fn parked_takes(&self) -> usize {
                self.0.parked_takes()
            }
        }

        impl<T, B: Buffer<T>, L> AsRef<Self> for $End<T, B, L> {
            fn as_ref(&self) -> &Self {
                self
            }
        }

        impl<T, B: Buffer<T>, L> AsRef<$End<T, B, L>> for Channel<T, B, L> {
            fn as_ref(&self) -> &$End<T, B, L> {
                $End::of(self)
            }
        }

        impl<T, B: Buffer<T>, L: Lock> fmt::Debug for $End<T, B, L> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($End)).field(&self.0).finish()
            }
        }
    };
}

both_ends!(
    PutEnd,
    false,
    "Poisons from the putting side: what is in the channel is drained first."
);
both_ends!(TakeEnd, true, "Poisons from the taking side: what is in the channel is discarded.");

impl<T, B: Buffer<T>, L: Lock> PutEnd<T, B, L> {
    /// See [`Channel::put`].
    pub const fn put(&self, value: T) -> Put<'_, T, B, L> {
        self.0.put(value)
    }

    /// See [`Channel::put_from`].
    pub const fn put_from<'a>(&'a self, source: &'a mut Option<T>) -> PutFrom<'a, T, B, L> {
        self.0.put_from(source)
    }

    /// See [`Channel::sink`].
    #[cfg(feature = "futures-sink")]
    pub const fn sink(&self) -> crate::sink::PutSink<'_, T, B, L> {
        self.0.sink()
    }

    /// See [`Channel::try_put`].
    ///
    /// # Errors
    ///
    /// [`TryPutError`], with the value.
    pub fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
        self.0.try_put(value)
    }
}

impl<T, B: Buffer<T>, L: Lock> TakeEnd<T, B, L> {
    /// See [`Channel::take`].
    pub const fn take(&self) -> Take<'_, T, B, L> {
        self.0.take()
    }

    /// See [`Channel::try_take`].
    ///
    /// # Errors
    ///
    /// [`TryTakeError`].
    pub fn try_take(&self) -> Result<T, TryTakeError> {
        self.0.try_take()
    }

    /// See [`Channel::stream`].
    pub const fn stream(&self) -> TakeStream<'_, T, B, L> {
        self.0.stream()
    }
}
