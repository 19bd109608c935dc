//! A block of memory with three counts: handles, putting ends, taking ends.
//!
//! *Model.* [`Shared`] is what `Chan`, `Sender`, `Receiver` and their weak forms point to. The
//! handles keep the memory; the ends, counted beside them, keep the channel open.
//!
//! *Invariants.*
//! 1. The block is freed when the last handle goes; every `Shared` is one handle.
//! 2. A count of ends that has come to 0 is [`RETIRED`] for ever: no end can revive a channel.
//! 3. Of a lock flavour without threads, the counts are read and written, never swapped.

#![expect(unsafe_code, reason = "a counted pointer, see invariant 1")]

use alloc::boxed::Box;
use core::marker::PhantomData;
use core::ops::Deref;
use core::ptr::NonNull;

#[cfg(all(not(target_has_atomic = "ptr"), not(feature = "portable-atomic")))]
compile_error!(
    "the feature `alloc` of csp-core counts its handles with compare-and-swap, which this CPU does \
     not have: enable the feature `portable-atomic`, and choose how it is to be emulated there \
     (for example its own feature `critical-section`)"
);

use crate::buffer::Any;
use crate::channel::Channel;
use crate::lock::Lock;
use crate::sync::{Count as AtomicCount, Ordering, shared_count};

const RETIRED: u32 = u32::MAX;

/// More handles than could be dropped again: with fewer than this, leaked ones cannot wrap a count.
const MOST: u32 = u32::MAX / 2;

/// A count of handles or ends.
#[derive(Debug)]
pub(crate) struct Count(AtomicCount);

impl Count {
    fn new(count: u32) -> Self {
        Self(shared_count(count))
    }

    /// Changes the count; `None` from `next` leaves it.
    fn change<L: Lock>(&self, next: impl Fn(u32) -> Option<u32>) -> Result<u32, u32> {
        if L::THREADS {
            return self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        }
        // Invariant 3.
        let was = self.0.load(Ordering::Relaxed);
        let now = next(was).ok_or(was)?;
        self.0.store(now, Ordering::Relaxed);
        Ok(was)
    }

    /// One more end, if not all have retired.
    pub(crate) fn enter<L: Lock>(&self) -> bool {
        self.change::<L>(|count| (count < MOST).then(|| count + 1)).is_ok()
    }

    /// One end less; true for the last one.
    pub(crate) fn leave<L: Lock>(&self) -> bool {
        let left = self.change::<L>(|count| Some(if count == 1 { RETIRED } else { count - 1 }));
        left == Ok(1)
    }

    /// How many ends there are.
    pub(crate) fn get(&self) -> usize {
        match self.0.load(Ordering::Acquire) {
            RETIRED => 0,
            count => count as usize,
        }
    }
}

pub(crate) struct Block<T, L: Lock> {
    pub(crate) channel: Channel<T, Any, L>,
    handles: Count,
    pub(crate) senders: Count,
    pub(crate) receivers: Count,
}

/// One handle of a block.
pub(crate) struct Shared<T, L: Lock> {
    block: NonNull<Block<T, L>>,
    _owns: PhantomData<Block<T, L>>,
}

// SAFETY: a `Shared` gives `&Channel`, and drops it on whichever thread is last: both ask for what
// the channel asks for. A flavour without threads is not `Sync`, so its handles stay.
unsafe impl<T: Send, L: Lock + Send + Sync> Send for Shared<T, L> {}
// SAFETY: as above.
unsafe impl<T: Send, L: Lock + Send + Sync> Sync for Shared<T, L> {}

impl<T, L: Lock> Shared<T, L> {
    pub(crate) fn new(channel: Channel<T, Any, L>, senders: u32, receivers: u32) -> Self {
        let block = Block {
            channel,
            handles: Count::new(1),
            senders: Count::new(senders),
            receivers: Count::new(receivers),
        };
        Self { block: NonNull::from(Box::leak(Box::new(block))), _owns: PhantomData }
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.block == other.block
    }
}

impl<T, L: Lock> Deref for Shared<T, L> {
    type Target = Block<T, L>;

    #[inline]
    fn deref(&self) -> &Block<T, L> {
        // SAFETY: invariant 1, this handle keeps the block.
        unsafe { self.block.as_ref() }
    }
}

impl<T, L: Lock> Clone for Shared<T, L> {
    fn clone(&self) -> Self {
        let entered = self.handles.enter::<L>();
        assert!(entered, "a channel has as many handles as a count can hold; some were leaked");
        Self { block: self.block, _owns: PhantomData }
    }
}

impl<T, L: Lock> Drop for Shared<T, L> {
    fn drop(&mut self) {
        if self.handles.leave::<L>() {
            // SAFETY: invariant 1, this was the last handle.
            drop(unsafe { Box::from_raw(self.block.as_ptr()) });
        }
    }
}
