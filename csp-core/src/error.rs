//! Every error, in one vocabulary: closed, poisoned, full, empty, timed out, crowded.
//!
//! An operation that fails gives the value back: the error of a put owns it. Each error converts
//! into the small [`Error`], so that a process can be written with `?` and end quietly when its
//! network shuts down.

use core::fmt;

/// How a channel ended: closed, or poisoned with a strength.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, Ended, buffer::Fixed, lock::SingleThread};
///
/// let channel = Channel::<u32, Fixed<2>, SingleThread>::new();
/// channel.poison(3);
/// assert_eq!(channel.ended(), Some(Ended::Poisoned { strength: 3 }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Ended {
    /// The channel was closed, or all ends of the other side are gone.
    Closed,
    /// The channel was poisoned.
    Poisoned {
        /// How strong the strongest poison was.
        strength: u8,
    },
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the channel is closed"),
            Self::Poisoned { strength } => {
                write!(f, "the channel was poisoned with strength {strength}")
            }
        }
    }
}

impl core::error::Error for Ended {}

/// The one small error into which all errors of this crate convert.
///
/// It does not carry the value that a put gave back; look at the specific error for that.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, Error, buffer::Fixed, lock::SingleThread};
///
/// fn twice(channel: &Channel<u32, Fixed<2>, SingleThread>) -> Result<u32, Error> {
///     Ok(channel.try_take()? * 2)
/// }
///
/// let channel = Channel::new();
/// assert_eq!(twice(&channel), Err(Error::Empty));
/// channel.close();
/// assert_eq!(twice(&channel), Err(Error::Closed));
/// assert!(Error::Closed.is_shutdown());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error {
    /// The channel is closed, or all ends of the other side are gone.
    Closed,
    /// The channel was poisoned.
    Poisoned {
        /// How strong the poison was.
        strength: u8,
    },
    /// A put that may not wait found no room and no taker.
    Full,
    /// A take that may not wait found nothing.
    Empty,
    /// The deadline passed first.
    TimedOut,
    /// As many operations wait on the channel as its pending limit allows.
    Crowded,
}

impl Error {
    /// Whether the network is shutting down: closed or poisoned.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(csp_core::Error::Poisoned { strength: 1 }.is_shutdown());
    /// assert!(!csp_core::Error::Full.is_shutdown());
    /// ```
    pub const fn is_shutdown(self) -> bool {
        matches!(self, Self::Closed | Self::Poisoned { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => Ended::Closed.fmt(f),
            Self::Poisoned { strength } => Ended::Poisoned { strength: *strength }.fmt(f),
            Self::Full => f.write_str(FULL),
            Self::Empty => f.write_str(EMPTY),
            Self::TimedOut => f.write_str(TIMED_OUT),
            Self::Crowded => f.write_str(CROWDED),
        }
    }
}

impl core::error::Error for Error {}

impl From<Ended> for Error {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Closed => Self::Closed,
            Ended::Poisoned { strength } => Self::Poisoned { strength },
        }
    }
}

const FULL: &str = "the channel is full and nobody takes: await `put`, or try again later";
const EMPTY: &str = "the channel is empty and nobody puts: await `take`, or try again later";
const TIMED_OUT: &str = "the deadline passed before anybody met the operation";
const CROWDED: &str = "as many operations wait as the channel's pending limit allows: \
                       let some finish, or raise the limit";

/// Why a put failed, with the value that was not put.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, PutError, buffer::Fixed, lock::SingleThread, block_on};
///
/// let channel = Channel::<&str, Fixed<1>, SingleThread>::new();
/// channel.close();
/// let error = block_on(channel.put("kept")).unwrap_err();
/// assert!(matches!(error, PutError::Closed(_)));
/// assert_eq!(error.into_inner(), "kept");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PutError<T> {
    /// The channel is closed, or nobody can take from it any more.
    Closed(T),
    /// The channel was poisoned.
    Poisoned {
        /// The value that was not put.
        value: T,
        /// How strong the poison was.
        strength: u8,
    },
    /// As many puts wait as the channel's pending limit allows.
    Crowded(T),
    /// The deadline of a blocking put passed first.
    TimedOut(T),
}

/// Why a put that does not wait failed, with the value that was not put.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, TryPutError, buffer::Fixed, lock::SingleThread};
///
/// let channel = Channel::<u8, Fixed<1>, SingleThread>::new();
/// channel.try_put(1).unwrap();
/// assert_eq!(channel.try_put(2), Err(TryPutError::Full(2)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TryPutError<T> {
    /// There is no room, and nobody waits to take.
    Full(T),
    /// The channel is closed, or nobody can take from it any more.
    Closed(T),
    /// The channel was poisoned.
    Poisoned {
        /// The value that was not put.
        value: T,
        /// How strong the poison was.
        strength: u8,
    },
}

/// Why a take failed.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, TakeError, buffer::Fixed, lock::SingleThread, block_on};
///
/// let channel = Channel::<u8, Fixed<1>, SingleThread>::new();
/// channel.close();
/// assert_eq!(block_on(channel.take()), Err(TakeError::Closed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TakeError {
    /// The channel is closed and drained.
    Closed,
    /// The channel was poisoned.
    Poisoned {
        /// How strong the poison was.
        strength: u8,
    },
    /// As many takes wait as the channel's pending limit allows.
    Crowded,
    /// The deadline of a blocking take passed first.
    TimedOut,
}

/// Why a take that does not wait failed.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, TryTakeError, buffer::Fixed, lock::SingleThread};
///
/// let channel = Channel::<u8, Fixed<1>, SingleThread>::new();
/// assert_eq!(channel.try_take(), Err(TryTakeError::Empty));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TryTakeError {
    /// There is nothing to take now.
    Empty,
    /// The channel is closed and drained.
    Closed,
    /// The channel was poisoned.
    Poisoned {
        /// How strong the poison was.
        strength: u8,
    },
}

impl<T> PutError<T> {
    pub(crate) fn new(value: T, why: Refused) -> Self {
        match why {
            Refused::Ended(Ended::Closed) => Self::Closed(value),
            Refused::Ended(Ended::Poisoned { strength }) => Self::Poisoned { value, strength },
            Refused::Crowded => Self::Crowded(value),
        }
    }

    /// The value that was not put.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(csp_core::PutError::Closed(5).into_inner(), 5);
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            Self::Closed(value)
            | Self::Poisoned { value, .. }
            | Self::Crowded(value)
            | Self::TimedOut(value) => value,
        }
    }

    /// The error without its value.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Error, PutError};
    /// assert_eq!(PutError::Closed(5).kind(), Error::Closed);
    /// ```
    pub fn kind(&self) -> Error {
        match self {
            Self::Closed(_) => Error::Closed,
            Self::Poisoned { strength, .. } => Error::Poisoned { strength: *strength },
            Self::Crowded(_) => Error::Crowded,
            Self::TimedOut(_) => Error::TimedOut,
        }
    }
}

impl<T> TryPutError<T> {
    pub(crate) fn ended(value: T, ended: Ended) -> Self {
        match ended {
            Ended::Closed => Self::Closed(value),
            Ended::Poisoned { strength } => Self::Poisoned { value, strength },
        }
    }

    /// The value that was not put.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(csp_core::TryPutError::Full(5).into_inner(), 5);
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(value) | Self::Closed(value) | Self::Poisoned { value, .. } => value,
        }
    }

    /// The error without its value.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Error, TryPutError};
    /// assert_eq!(TryPutError::Full(5).kind(), Error::Full);
    /// ```
    pub fn kind(&self) -> Error {
        match self {
            Self::Full(_) => Error::Full,
            Self::Closed(_) => Error::Closed,
            Self::Poisoned { strength, .. } => Error::Poisoned { strength: *strength },
        }
    }
}

/// Why the core refused an operation that may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Ended(Ended),
    Crowded,
}

impl From<Refused> for TakeError {
    fn from(why: Refused) -> Self {
        match why {
            Refused::Ended(Ended::Closed) => Self::Closed,
            Refused::Ended(Ended::Poisoned { strength }) => Self::Poisoned { strength },
            Refused::Crowded => Self::Crowded,
        }
    }
}

impl From<Refused> for Error {
    fn from(why: Refused) -> Self {
        match why {
            Refused::Ended(ended) => ended.into(),
            Refused::Crowded => Self::Crowded,
        }
    }
}

impl From<Ended> for TryTakeError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Closed => Self::Closed,
            Ended::Poisoned { strength } => Self::Poisoned { strength },
        }
    }
}

impl From<TakeError> for Error {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Closed => Self::Closed,
            TakeError::Poisoned { strength } => Self::Poisoned { strength },
            TakeError::Crowded => Self::Crowded,
            TakeError::TimedOut => Self::TimedOut,
        }
    }
}

impl From<TryTakeError> for Error {
    fn from(error: TryTakeError) -> Self {
        match error {
            TryTakeError::Empty => Self::Empty,
            TryTakeError::Closed => Self::Closed,
            TryTakeError::Poisoned { strength } => Self::Poisoned { strength },
        }
    }
}

impl<T> From<PutError<T>> for Error {
    fn from(error: PutError<T>) -> Self {
        error.kind()
    }
}

impl<T> From<TryPutError<T>> for Error {
    fn from(error: TryPutError<T>) -> Self {
        error.kind()
    }
}

// `Debug` without `T: Debug`, so that `unwrap` works on a channel of anything.
impl<T> fmt::Debug for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PutError({:?})", self.kind())
    }
}

impl<T> fmt::Debug for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TryPutError({:?})", self.kind())
    }
}

impl<T> fmt::Display for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; `into_inner` gives the value back", self.kind())
    }
}

impl<T> fmt::Display for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; `into_inner` gives the value back", self.kind())
    }
}

impl fmt::Display for TakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Error::from(*self).fmt(f)
    }
}

impl fmt::Display for TryTakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Error::from(*self).fmt(f)
    }
}

impl<T> core::error::Error for PutError<T> {}
impl<T> core::error::Error for TryPutError<T> {}
impl core::error::Error for TakeError {}
impl core::error::Error for TryTakeError {}
