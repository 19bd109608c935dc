//! Handles that own their channel: `Chan`, and counted ends with their weak forms.
//!
//! *Model.* All point to one block (`shared`). [`Chan`] is both ends at once and is not counted: it
//! keeps the channel's memory, not the channel open. [`Sender`] and [`Receiver`] are counted: the
//! last sender closes the channel, the last receiver makes puts fail and discards what is there.
//!
//! *Source*: the channel object of twisted-csp and core.async; the channel ends and `retire` of
//! PyCSP.

use core::fmt;
use core::ops::Deref;

use crate::buffer::{Any, AnyPlaces, AnyStorage, Kind};
use crate::channel::Channel;
use crate::channel::forecast::Forecast;
use crate::end::{PutEnd, TakeEnd};
use crate::error::Ended;
use crate::lock::{Lock, SingleThread};
use crate::owned::{OwnedPut, OwnedStream, OwnedTake, ReceiverStream};
use crate::promise::AnyPromise;
use crate::shared::Shared;

/// A handle of a channel, both ends at once; clone it and send it around.
///
/// It has all methods of [`Channel`]. It is not counted: dropping it closes nothing. Counted ends
/// come from [`sender`](Chan::sender) and [`receiver`](Chan::receiver), or from [`channel`].
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, block_on, lock::StdLock};
///
/// let chan = Chan::<u32, StdLock>::fixed(1);
/// let other = chan.clone();
/// std::thread::spawn(move || block_on(other.put(1)).unwrap());
/// assert_eq!(block_on(chan.take()), Ok(1));
/// ```
pub struct Chan<T, L: Lock> {
    shared: Shared<T, L>,
}

fn new_channel<T, L: Lock>(storage: AnyStorage<T>, promise: AnyPromise<T>) -> Channel<T, Any, L> {
    let channel: Channel<T, Any, L> = Channel::from_parts(storage, AnyPlaces::new(), promise);
    channel.with(|locked| channel.forecast.set(|| locked.state.forecast()));
    channel
}

impl<T, L: Lock> Chan<T, L> {
    /// A rendezvous: a put meets a take.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    /// assert_eq!(Chan::<u32, StdLock>::new().capacity(), Some(0));
    /// ```
    pub fn new() -> Self {
        Self::with(Kind::Rendezvous)
    }

    /// A channel with a buffer of this kind.
    ///
    /// # Panics
    ///
    /// If a dropping, sliding or overwriting buffer is to have size 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, Kind, lock::StdLock};
    /// assert_eq!(Chan::<u32, StdLock>::with(Kind::Unbounded).capacity(), None);
    /// ```
    #[track_caller]
    pub fn with(kind: Kind) -> Self {
        let channel = new_channel(AnyStorage::new(kind), AnyPromise::none());
        Self { shared: Shared::new(channel, 0, 0) }
    }

    /// A channel that buffers up to `size` values; 0 is a rendezvous.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    /// assert_eq!(Chan::<u32, StdLock>::fixed(3).capacity(), Some(3));
    /// ```
    pub fn fixed(size: usize) -> Self {
        Self::with(Kind::Fixed(size))
    }

    /// A channel whose puts never wait for room; memory is the limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    ///
    /// let chan = Chan::<u32, StdLock>::unbounded();
    /// (0..1000).for_each(|n| chan.try_put(n).unwrap());
    /// ```
    pub fn unbounded() -> Self {
        Self::with(Kind::Unbounded)
    }

    /// Sets the poison strength up to which the channel is immune.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    /// assert!(!Chan::<u32, StdLock>::new().with_immunity(2).poison(2));
    /// ```
    #[must_use]
    pub fn with_immunity(self, immunity: u8) -> Self {
        self.shared.channel.with(|locked| locked.state.set_immunity(immunity));
        self
    }

    /// Limits how many puts, and how many takes, may wait at once; 0 is without limit.
    ///
    /// See [`Channel::with_pending_limit`].
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    /// let chan = Chan::<u32, StdLock>::new().with_pending_limit(1024);
    /// ```
    #[must_use]
    pub fn with_pending_limit(self, limit: u16) -> Self {
        self.shared.channel.with(|locked| locked.state.set_limit(limit));
        self
    }

    /// Switches off that an operation yields after 128 in a row that did not wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    /// let chan = Chan::<u32, StdLock>::unbounded().without_yield();
    /// ```
    #[must_use]
    pub fn without_yield(self) -> Self {
        self.shared.channel.with(|locked| locked.state.set_eager());
        self
    }

    /// A counted putting end.
    ///
    /// # Errors
    ///
    /// [`Ended`], if the channel has ended or all its senders have retired: nothing revives it.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    ///
    /// let chan = Chan::<u32, StdLock>::new();
    /// drop(chan.sender().unwrap());
    /// assert!(chan.is_closed());
    /// assert!(chan.sender().is_err());
    /// ```
    pub fn sender(&self) -> Result<Sender<T, L>, Ended> {
        Sender::enter(&self.shared)
    }

    /// A counted taking end.
    ///
    /// # Errors
    ///
    /// [`Ended`], if the channel has ended or all its receivers have retired: nothing revives it.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    ///
    /// let chan = Chan::<u32, StdLock>::new();
    /// drop(chan.receiver().unwrap());
    /// assert!(chan.try_put(1).is_err());
    /// ```
    pub fn receiver(&self) -> Result<Receiver<T, L>, Ended> {
        Receiver::enter(&self.shared)
    }

    /// Whether both are handles of one channel.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    /// let chan = Chan::<u32, StdLock>::new();
    /// assert!(chan.same_channel(&chan.clone()));
    /// ```
    pub fn same_channel(&self, other: &Self) -> bool {
        self.shared.is_same(&other.shared)
    }

    /// How many counted senders there are.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    /// let chan = Chan::<u32, StdLock>::new();
    /// assert_eq!(chan.sender_count(), 0);
    /// ```
    pub fn sender_count(&self) -> usize {
        self.shared.senders.get()
    }

    /// How many counted receivers there are.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    /// let chan = Chan::<u32, StdLock>::new();
    /// assert_eq!(chan.receiver_count(), 0);
    /// ```
    pub fn receiver_count(&self) -> usize {
        self.shared.receivers.get()
    }

    /// A take that owns its handle, and so borrows nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, block_on, lock::StdLock};
    ///
    /// let chan = Chan::<u32, StdLock>::fixed(1);
    /// chan.try_put(1).unwrap();
    /// assert_eq!(block_on(chan.into_take()), Ok(1));
    /// ```
    pub fn into_take(self) -> OwnedTake<T, L>
    where
        T: 'static,
        L: 'static,
    {
        OwnedTake::new(self)
    }

    /// A put that owns its handle, and so borrows nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, block_on, lock::StdLock};
    ///
    /// let chan = Chan::<u32, StdLock>::fixed(1);
    /// block_on(chan.clone().into_put(1)).unwrap();
    /// assert_eq!(chan.len(), 1);
    /// ```
    pub fn into_put(self, value: T) -> OwnedPut<T, L>
    where
        T: 'static,
        L: 'static,
    {
        OwnedPut::new(self, value)
    }

    /// A stream that owns its handle, and so borrows nothing.
    ///
    /// See [`Channel::stream`].
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    /// let stream = Chan::<u32, StdLock>::new().into_stream();
    /// ```
    pub fn into_stream(self) -> OwnedStream<T, L>
    where
        T: 'static,
        L: 'static,
    {
        OwnedStream::new(self)
    }
}

impl<T: Clone + Sync, L: Lock> Chan<T, L> {
    /// A promise: its first value is for ever, and every take gets a clone.
    ///
    /// See [`Promise`](crate::buffer::Promise).
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::StdLock};
    ///
    /// let chan = Chan::<u32, StdLock>::promise();
    /// chan.try_put(1).unwrap();
    /// assert_eq!((chan.try_take(), chan.try_take()), (Ok(1), Ok(1)));
    /// ```
    pub fn promise() -> Self {
        let channel = new_channel(AnyStorage::promise(), AnyPromise::cloned_by(T::clone));
        Self { shared: Shared::new(channel, 0, 0) }
    }
}

impl<T: Clone> Chan<T, SingleThread> {
    /// A promise for one thread: its value need not be `Sync`.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Chan, lock::SingleThread};
    /// use std::{cell::Cell, rc::Rc};
    ///
    /// let chan = Chan::<Rc<Cell<u32>>, SingleThread>::local_promise();
    /// chan.try_put(Rc::new(Cell::new(1))).unwrap();
    /// assert_eq!(chan.try_take().unwrap().get(), 1);
    /// ```
    pub fn local_promise() -> Self {
        let channel = new_channel(AnyStorage::promise(), AnyPromise::cloned_by(T::clone));
        Self { shared: Shared::new(channel, 0, 0) }
    }
}

impl<T, L: Lock> Default for Chan<T, L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, L: Lock> Clone for Chan<T, L> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl<T, L: Lock> Deref for Chan<T, L> {
    type Target = Channel<T, Any, L>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.shared.channel
    }
}

impl<T, L: Lock> fmt::Debug for Chan<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Chan").field(&self.shared.channel).finish()
    }
}

/// A new channel as a pair of counted ends.
///
/// # Panics
///
/// If a dropping, sliding or overwriting buffer is to have size 0.
///
/// # Examples
///
/// ```
/// use csp_core::{Kind, block_on, channel, lock::StdLock};
///
/// let (sender, receiver) = channel::<u32, StdLock>(Kind::Fixed(2));
/// block_on(async move {
///     sender.put(1).await.unwrap();
///     drop(sender);
///     assert_eq!(receiver.take().await, Ok(1));
///     assert!(receiver.take().await.is_err());
/// });
/// ```
#[track_caller]
pub fn channel<T, L: Lock>(kind: Kind) -> (Sender<T, L>, Receiver<T, L>) {
    let channel = new_channel(AnyStorage::new(kind), AnyPromise::none());
    let shared = Shared::new(channel, 1, 1);
    (Sender { shared: shared.clone() }, Receiver { shared })
}

/// What the counted ends have in common.
macro_rules! counted_end {
    (
        $End:ident, $Weak:ident, $Side:ident, $count:ident, $last:ident,
        $(#[$doc:meta])*
        weak $(#[$weak_doc:meta])*
    ) => {
        $(#[$doc])*
        pub struct $End<T, L: Lock> {
            shared: Shared<T, L>,
        }

        $(#[$weak_doc])*
        pub struct $Weak<T, L: Lock> {
            shared: Shared<T, L>,
        }

        impl<T, L: Lock> $End<T, L> {
            fn enter(shared: &Shared<T, L>) -> Result<Self, Ended> {
                let ended = || shared.channel.ended();
                if let Some(ended) = ended() {
                    return Err(ended);
                }
                if !shared.$count.enter::<L>() {
                    return Err(ended().unwrap_or(Ended::Closed));
                }
                Ok(Self { shared: shared.clone() })
            }

            /// Gives this end up, as its drop does. The last one to go ends the channel for the
            /// other side.
            ///
            /// *Source*: PyCSP.
            pub fn retire(self) {
                drop(self);
            }

            /// A handle that does not count, from which an end can come while one lives.
            pub fn downgrade(&self) -> $Weak<T, L> {
                $Weak { shared: self.shared.clone() }
            }

            /// Whether both are ends of one channel.
            pub fn same_channel(&self, other: &Self) -> bool {
                self.shared.is_same(&other.shared)
            }

            /// The handle of both ends, which does not count.
            pub fn chan(&self) -> Chan<T, L> {
                Chan { shared: self.shared.clone() }
            }
        }

        impl<T, L: Lock> $Weak<T, L> {
            /// An end, if one lives.
            pub fn upgrade(&self) -> Option<$End<T, L>> {
                if self.shared.$count.get() == 0 {
                    return None;
                }
                self.shared
                    .$count
                    .enter::<L>()
                    .then(|| $End { shared: self.shared.clone() })
            }
        }

        impl<T, L: Lock> Deref for $End<T, L> {
            type Target = $Side<T, Any, L>;

            #[inline]
            fn deref(&self) -> &Self::Target {
                $Side::of(&self.shared.channel)
            }
        }

        impl<T, L: Lock> AsRef<$Side<T, Any, L>> for $End<T, L> {
            fn as_ref(&self) -> &$Side<T, Any, L> {
                self
            }
        }

        impl<T, L: Lock> AsRef<$Side<T, Any, L>> for Chan<T, L> {
            fn as_ref(&self) -> &$Side<T, Any, L> {
                $Side::of(self)
            }
        }

        impl<T, L: Lock> Clone for $End<T, L> {
            fn clone(&self) -> Self {
                let entered = self.shared.$count.enter::<L>();
                assert!(entered, "a channel has as many ends as a count can hold; some were leaked");
                Self { shared: self.shared.clone() }
            }
        }

        impl<T, L: Lock> Clone for $Weak<T, L> {
            fn clone(&self) -> Self {
                Self { shared: self.shared.clone() }
            }
        }

        impl<T, L: Lock> Drop for $End<T, L> {
            fn drop(&mut self) {
                if self.shared.$count.leave::<L>() {
                    self.shared.channel.$last();
                }
            }
        }

        impl<T, L: Lock> fmt::Debug for $End<T, L> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($End)).field(&self.shared.channel).finish()
            }
        }

        impl<T, L: Lock> fmt::Debug for $Weak<T, L> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!("(", stringify!($Weak), ")"))
            }
        }
    };
}

counted_end! {
    Sender, WeakSender, PutEnd, senders, close,
    /// A counted end that puts; it has the methods of [`PutEnd`].
    ///
    /// Each clone counts. When the last sender is dropped or retired, the channel closes: what is
    /// in it is still taken, then takes fail.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Kind, block_on, channel, lock::StdLock};
    ///
    /// let (sender, receiver) = channel::<u32, StdLock>(Kind::Fixed(1));
    /// let second = sender.clone();
    /// sender.retire();
    /// assert!(!receiver.is_closed());
    /// second.retire();
    /// assert!(receiver.is_closed());
    /// ```
    weak
    /// A putting end that does not count: it keeps no channel open.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Kind, channel, lock::StdLock};
    ///
    /// let (sender, _receiver) = channel::<u32, StdLock>(Kind::Rendezvous);
    /// let weak = sender.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(sender);
    /// assert!(weak.upgrade().is_none());
    /// ```
}

counted_end! {
    Receiver, WeakReceiver, TakeEnd, receivers, desert,
    /// A counted end that takes; it has the methods of [`TakeEnd`].
    ///
    /// Each clone counts; a value goes to one of them. When the last receiver is dropped or
    /// retired, puts fail, and what is in the channel is discarded.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Kind, block_on, channel, lock::StdLock};
    ///
    /// let (sender, receiver) = channel::<u32, StdLock>(Kind::Fixed(1));
    /// drop(receiver);
    /// assert_eq!(sender.try_put(1).unwrap_err().into_inner(), 1);
    /// ```
    weak
    /// A taking end that does not count.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Kind, channel, lock::StdLock};
    ///
    /// let (_sender, receiver) = channel::<u32, StdLock>(Kind::Rendezvous);
    /// let weak = receiver.downgrade();
    /// drop(receiver);
    /// assert!(weak.upgrade().is_none());
    /// ```
}

impl<T, L: Lock> Receiver<T, L> {
    /// A stream that owns this end.
    ///
    /// See [`Channel::stream`].
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Kind, channel, lock::StdLock};
    /// let (_sender, receiver) = channel::<u32, StdLock>(Kind::Rendezvous);
    /// let stream = receiver.into_stream();
    /// ```
    pub fn into_stream(self) -> ReceiverStream<T, L>
    where
        T: 'static,
        L: 'static,
    {
        ReceiverStream::new(self)
    }
}
