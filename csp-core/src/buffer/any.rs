//! A buffer that is chosen at run time, for the allocated channels.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::fmt;
use core::sync::atomic::AtomicU8;

use super::{Buffer, Dropping, Overflow, Overwriting, Places, Queue, Sliding, Storage, sealed};
use crate::channel::kept::OneEach;
use crate::promise::AnyPromise;

/// Which buffer an allocated channel has.
///
/// Sizes are numbers of values. A fixed size of 0 is a rendezvous.
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, Kind, lock::StdLock};
///
/// let size = 0; // from a configuration, say
/// let chan: Chan<u32, StdLock> = Chan::with(Kind::Fixed(size));
/// assert_eq!(chan.capacity(), Some(0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Kind {
    /// No buffer: see [`Rendezvous`](super::Rendezvous).
    #[default]
    Rendezvous,
    /// A queue of at most so many values: see [`Fixed`](super::Fixed).
    Fixed(usize),
    /// A queue that loses the newest: see [`Dropping`].
    Dropping(usize),
    /// A queue that loses the oldest: see [`Sliding`].
    Sliding(usize),
    /// A queue that replaces the newest: see [`Overwriting`].
    Overwriting(usize),
    /// A queue without bound: a put never waits, and memory is the limit.
    Unbounded,
}

impl Kind {
    /// Panics where a size makes no sense.
    #[track_caller]
    fn check(self) {
        let (name, size) = match self {
            Self::Dropping(size) => ("dropping", size),
            Self::Sliding(size) => ("sliding", size),
            Self::Overwriting(size) => ("overwriting", size),
            Self::Rendezvous | Self::Fixed(_) | Self::Unbounded => return,
        };
        assert!(
            size > 0,
            "a {name} buffer of size 0 would lose every value: \
             use `Kind::Rendezvous`, or a size of at least 1"
        );
    }
}

/// The buffer of [`Chan`](crate::Chan) and of counted ends: its [`Kind`] is chosen at run time.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, buffer::Any, lock::StdLock};
///
/// // What a `Chan` is a handle of.
/// fn waiting(channel: &Channel<u32, Any, StdLock>) -> usize {
///     channel.parked_takes()
/// }
/// let chan = csp_core::Chan::<u32, StdLock>::new();
/// assert_eq!(waiting(&chan), 0);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Any;

impl sealed::Sealed for Any {}

impl<T> Buffer<T> for Any {
    type Storage = AnyStorage<T>;
    type Places = AnyPlaces<T>;
    type Promise = AnyPromise<T>;
    type Lent = ();
    type Forecast = AtomicU8;
    type Kept = OneEach;
}

/// A rendezvous takes no memory beyond the channel itself; what else there is, is a block of its
/// own.
#[doc(hidden)]
pub struct AnyStorage<T>(Option<Box<KindQueue<T>>>);

/// A queue with its discipline.
#[derive(Debug)]
struct KindQueue<T> {
    /// None: the channel is a promise, and the queue stays empty.
    kind: Option<Kind>,
    capacity: usize,
    values: VecDeque<T>,
}

impl<T> AnyStorage<T> {
    #[track_caller]
    pub(crate) fn new(kind: Kind) -> Self {
        kind.check();
        let capacity = match kind {
            Kind::Rendezvous | Kind::Fixed(0) => return Self(None),
            Kind::Fixed(n) | Kind::Dropping(n) | Kind::Sliding(n) | Kind::Overwriting(n) => n,
            Kind::Unbounded => usize::MAX,
        };
        Self::of(Some(kind), capacity)
    }

    pub(crate) fn promise() -> Self {
        Self::of(None, 0)
    }

    fn of(kind: Option<Kind>, capacity: usize) -> Self {
        Self(Some(Box::new(KindQueue { kind, capacity, values: VecDeque::new() })))
    }
}

impl<T> Queue for VecDeque<T> {
    type Value = T;

    fn append(&mut self, value: T) {
        self.push_back(value);
    }

    fn oldest(&mut self) -> Option<T> {
        self.pop_front()
    }

    fn newest(&mut self) -> Option<T> {
        self.pop_back()
    }
}

impl<T> Storage<T> for AnyStorage<T> {
    fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |queue| queue.values.len())
    }

    fn capacity(&self) -> Option<usize> {
        let Some(queue) = &self.0 else { return Some(0) };
        match queue.kind {
            None => Some(1),
            Some(Kind::Unbounded) => None,
            Some(_) => Some(queue.capacity),
        }
    }

    fn has_room(&self) -> bool {
        self.0.as_ref().is_some_and(|queue| {
            queue.values.len() < queue.capacity || !matches!(queue.kind, Some(Kind::Fixed(_)))
        })
    }

    fn push(&mut self, value: T) -> Option<T> {
        let Some(queue) = &mut self.0 else { return Some(value) };
        if queue.values.len() < queue.capacity {
            queue.values.push_back(value);
            return None;
        }
        match queue.kind {
            Some(Kind::Sliding(_)) => Sliding::<1>::overflow(&mut queue.values, value),
            Some(Kind::Overwriting(_)) => Overwriting::<1>::overflow(&mut queue.values, value),
            Some(_) => Dropping::<1>::overflow(&mut queue.values, value),
            None => Some(value),
        }
    }

    #[inline]
    fn append(&mut self, value: impl FnOnce() -> T) -> bool {
        let Some(queue) = &mut self.0 else { return false };
        let has_room = queue.values.len() < queue.capacity.min(queue.values.capacity());
        if has_room {
            queue.values.push_back(value());
        }
        has_room
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.0.as_mut()?.values.pop_front()
    }

    fn is_promise(&self) -> bool {
        self.0.as_ref().is_some_and(|queue| queue.kind.is_none())
    }
}

impl<T> fmt::Debug for AnyStorage<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("Rendezvous"),
            Some(queue) => match queue.kind {
                None => f.write_str("Promise"),
                Some(kind) => write!(f, "{} in {kind:?}", queue.values.len()),
            },
        }
    }
}

/// As many places as it takes, in the order of the hand-overs.
#[doc(hidden)]
pub struct AnyPlaces<T> {
    next: u32,
    #[expect(clippy::box_collection, reason = "seldom there: an idle channel pays one word")]
    returned: Option<Box<VecDeque<(u32, T)>>>,
}

impl<T> AnyPlaces<T> {
    pub(crate) const fn new() -> Self {
        Self { next: 0, returned: None }
    }
}

impl<T> Places<T> for AnyPlaces<T> {
    const LIMITED: bool = false;

    fn len(&self) -> usize {
        self.returned.as_ref().map_or(0, |returned| returned.len())
    }

    fn has_room(&self) -> bool {
        true
    }

    fn reserve(&mut self) -> u32 {
        self.next = self.next.wrapping_add(1);
        self.next
    }

    fn release(&mut self) {}

    fn put_back(&mut self, sequence: u32, value: T) {
        let returned = self.returned.get_or_insert_default();
        // Numbers wrap; those that are out at the same time are close together.
        let is_before = |&(other, _): &(u32, T)| (other.wrapping_sub(sequence) as i32) < 0;
        let at = returned.partition_point(is_before);
        returned.insert(at, (sequence, value));
    }

    fn pop(&mut self) -> Option<T> {
        let returned = self.returned.as_mut()?;
        let (_, value) = returned.pop_front()?;
        if returned.is_empty() {
            self.returned = None;
        }
        Some(value)
    }
}

impl<T> fmt::Debug for AnyPlaces<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} returned", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_keeps_the_order_of_the_hand_overs() {
        let mut places = AnyPlaces { next: u32::MAX - 1, returned: None };
        let [first, second, third] = [(); 3].map(|()| places.reserve());
        places.put_back(third, 'c');
        places.put_back(first, 'a');
        places.put_back(second, 'b');
        assert_eq!(places.len(), 3);
        let order = [(); 3].map(|()| places.pop());
        assert_eq!(order, [Some('a'), Some('b'), Some('c')]);
        assert!(places.returned.is_none());
    }
}
