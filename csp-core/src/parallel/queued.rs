//! Parallel with a run queue of its own: only the branches that are ready are polled.
//!
//! *Model.* [`ParallelQueued`] owns its branches, as [`Parallel`](super::Parallel) does. Their
//! nodes, which their wakers point to, lie outside of it, for a waker may outlive the group: in one
//! counted block, or in a [`ParallelQueue`] that is a `static`.
//!
//! *Invariants.*
//! 1. A [`QueuePlace`] gives a queue that was opened, and `COUNT` nodes that stay where they are as
//!    long as it, or a reference to one of them, is there. The home of a queue (`run_queue` 1) is
//!    who has the `ParallelQueued`.
//! 2. A block is freed by who takes the sum of its counts to 0.
//!
//! *Cancellation*: as for `Parallel`; the drop closes the queue first, so that the wakers which its
//! branches leave behind do nothing.

#![expect(unsafe_code, reason = "nodes that wakers point to, in a counted block or a static")]

use core::fmt;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::Processes;
use crate::lock::Lock;
use crate::run_queue::{Kept, Node, Queue};

/// Runs processes side by side as [`parallel`](crate::parallel()) does, but polls only those that
/// are ready.
///
/// The group has a run queue of its own, in one block of memory that is allocated here; the whole
/// group is one task of whatever executor polls it. A wake-up costs the same however many
/// processes there are, and between processes of the group it does not concern the executor: with
/// the feature `std` it takes no atomic operation then. `L` guards what comes from elsewhere.
///
/// # Cancel safety
///
/// Dropping the group drops all processes. Their wakers, wherever they are, do nothing from then
/// on; the block is freed with the last of them.
///
/// # Fairness
///
/// Processes are polled in the order in which they became ready. After 128 polls of processes that
/// keep each other ready, the group lets the executor have its turn.
///
/// # Panics
///
/// A panic of a process goes through the group, and drops the others. The group panics if it is
/// polled after it has ended, by a panic too.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, block_on, buffer::Rendezvous, lock::StdLock, parallel_queued};
///
/// let channel = Channel::<u32, Rendezvous, StdLock>::new();
/// let sum = async {
///     let mut sum = 0;
///     while let Ok(number) = channel.take().await {
///         sum += number;
///     }
///     sum
/// };
/// let numbers = async {
///     for number in 0..100 {
///         channel.put(number).await.unwrap();
///     }
///     channel.close();
/// };
/// let ((), sum) = block_on(parallel_queued::<StdLock, _>((numbers, sum)));
/// assert_eq!(sum, 4950);
/// ```
#[cfg(feature = "alloc")]
pub fn parallel_queued<L, P>(processes: P) -> ParallelQueued<P, CountedQueue<P, L>>
where
    L: Lock + Send + Sync + 'static,
    P: Processes,
{
    ParallelQueued::new(processes, CountedQueue::new())
}

/// As `parallel_queued`, with a run queue that is a `static`: nothing is allocated.
///
/// # Cancel safety
///
/// Dropping the group drops all processes, and frees the queue for the next group.
///
/// # Fairness
///
/// As for `parallel_queued`: in the order in which they became ready, and after 128 polls it is the
/// executor's turn.
///
/// # Panics
///
/// If the queue is in use by another group. A panic of a process goes through the group, and drops
/// the others. The group panics if it is polled after it has ended, by a panic too. A group of more
/// processes than the queue has places for is not compiled.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, ParallelQueue, block_on, buffer::Rendezvous, lock::StdLock};
/// use csp_core::parallel_queued_in;
///
/// static QUEUE: ParallelQueue<2, StdLock> = ParallelQueue::new();
///
/// let channel = Channel::<u32, Rendezvous, StdLock>::new();
/// let group = parallel_queued_in(&QUEUE, (channel.put(1), channel.take()));
/// assert_eq!(block_on(group), (Ok(()), Ok(1)));
/// ```
pub fn parallel_queued_in<const N: usize, L, P>(
    queue: &'static ParallelQueue<N, L>,
    processes: P,
) -> ParallelQueued<P, StaticQueue<N, L>>
where
    L: Lock + Send + Sync + 'static,
    P: Processes,
{
    const {
        assert!(P::COUNT <= N, "the `ParallelQueue` has fewer places than the group has processes");
    }
    // SAFETY: it is a static.
    let is_free = unsafe { queue.queue.open() };
    assert!(is_free, "a `ParallelQueue` serves one group at a time, and this one is in use");
    ParallelQueued::new(processes, StaticQueue(queue))
}

/// Where the nodes of a group are.
///
/// # Safety
///
/// Invariant 1 of the module.
pub unsafe trait QueuePlace {
    #[doc(hidden)]
    type Lock: Lock;
    #[doc(hidden)]
    type Kept: Kept;

    #[doc(hidden)]
    fn queue(&self) -> *const Queue<Self::Lock, Self::Kept>;

    /// The first of the nodes.
    #[doc(hidden)]
    fn nodes(&self) -> *const Node<Self::Lock, Self::Kept>;
}

/// The future of a group with a run queue of its own: of [`parallel_queued_in`], and with `alloc`
/// of `parallel_queued`.
#[must_use = "a group does nothing unless it is awaited"]
pub struct ParallelQueued<P: Processes, H: QueuePlace> {
    /// How many have not ended.
    left: usize,
    /// Dropped last: the branches go before their nodes do.
    slots: P::Slots,
    home: H,
}

impl<P: Processes, H: QueuePlace> ParallelQueued<P, H> {
    fn new(processes: P, home: H) -> Self {
        for index in 0..P::COUNT {
            // SAFETY: invariant 1.
            let node = unsafe { home.nodes().add(index) };
            // SAFETY: nobody else has the queue yet.
            unsafe { Queue::adopt(home.queue(), node) };
        }
        Self { left: P::COUNT, slots: processes.into_slots(), home }
    }
}

impl<P: Processes, H: QueuePlace> Future for ParallelQueued<P, H> {
    type Output = P::Results;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<P::Results> {
        // SAFETY: the slots are pinned with `self`, and nothing moves them.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        let mut slots = unsafe { Pin::new_unchecked(&mut this.slots) };
        if this.left > 0 {
            // SAFETY: invariant 1.
            let (queue, nodes) = (unsafe { &*this.home.queue() }, this.home.nodes());
            let mut on_panic =
                OnPanic::<P, H> { slots: slots.as_mut(), left: &mut this.left, home: &this.home };
            let poll_branch = |node: *const Node<H::Lock, H::Kept>, cx: &mut Context<'_>| {
                // SAFETY: invariant 1, `nodes` is the first of an array that has this one.
                let index = unsafe { node.offset_from_unsigned(nodes) };
                if P::poll_one(on_panic.slots.as_mut(), index, cx) {
                    // SAFETY: `run` gives nodes that have not ended.
                    unsafe { queue.unlink(node) };
                    *on_panic.left -= 1;
                }
                if *on_panic.left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            // SAFETY: this is the poll of the one future that runs the group.
            unsafe { queue.run(cx, poll_branch) };
            #[expect(clippy::mem_forget, reason = "a guard that has not been needed")]
            core::mem::forget(on_panic);
            if this.left > 0 {
                return Poll::Pending;
            }
            close(&this.home, P::COUNT);
        }
        Poll::Ready(P::give(slots))
    }
}

/// Ends a group: nobody is woken any more.
fn close<H: QueuePlace>(home: &H, count: usize) {
    // SAFETY: invariant 1.
    let queue = unsafe { &*home.queue() };
    // SAFETY: nobody polls the group at this point of its poll, or when it is dropped: this is the
    // home.
    unsafe { queue.close() };
    for index in 0..count {
        // SAFETY: invariant 1.
        let node = unsafe { home.nodes().add(index) };
        // Wakers that are left may meet it again in the next group of the same storage.
        // SAFETY: as above.
        unsafe { Node::counts(node) }.end();
    }
}

/// The branches while they are polled: if one panics, all are dropped.
struct OnPanic<'a, P: Processes, H: QueuePlace> {
    slots: Pin<&'a mut P::Slots>,
    left: &'a mut usize,
    home: &'a H,
}

impl<P: Processes, H: QueuePlace> Drop for OnPanic<'_, P, H> {
    fn drop(&mut self) {
        *self.left = 0;
        close(self.home, P::COUNT);
        P::clear(self.slots.as_mut());
    }
}

impl<P: Processes, H: QueuePlace> Drop for ParallelQueued<P, H> {
    fn drop(&mut self) {
        if self.left > 0 {
            close(&self.home, P::COUNT);
        }
    }
}

impl<P: Processes, H: QueuePlace> fmt::Debug for ParallelQueued<P, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParallelQueued").field("left", &self.left).finish_non_exhaustive()
    }
}

/// A run queue for groups of up to `N` processes, to be a `static`.
///
/// It serves one group at a time, and as many as you like one after another. `L` guards what comes
/// from elsewhere than the group: on a microcontroller, the lock `CriticalSection`.
///
/// # Examples
///
/// See [`parallel_queued_in`].
pub struct ParallelQueue<const N: usize, L: Lock> {
    queue: Queue<L, Claim>,
    nodes: [Node<L, Claim>; N],
}

// SAFETY: `run_queue` 1 and 2 say who touches what; a claimed queue has one home, and the lock
// passes it on to the next. The waker inside is `Send`, and `L` may be used by all threads.
unsafe impl<const N: usize, L: Lock + Send + Sync> Sync for ParallelQueue<N, L> {}

impl<const N: usize, L: Lock> ParallelQueue<N, L> {
    /// A queue that is free.
    #[expect(clippy::new_without_default, reason = "it is of use as a static only")]
    pub const fn new() -> Self {
        Self { queue: Queue::new(), nodes: [const { Node::new(Claim) }; N] }
    }
}

impl<const N: usize, L: Lock> fmt::Debug for ParallelQueue<N, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParallelQueue")
    }
}

/// A [`ParallelQueue`] while a group uses it.
#[derive(Debug)]
pub struct StaticQueue<const N: usize, L: Lock + 'static>(&'static ParallelQueue<N, L>);

/// Of nodes that are there for ever.
#[derive(Debug, Clone, Copy)]
pub struct Claim;

// SAFETY: they are in a static.
unsafe impl Kept for Claim {
    #[inline]
    unsafe fn retain<L: Lock>(_node: *const Node<L, Self>, _at_home: bool) {}

    #[inline]
    unsafe fn release<L: Lock>(_node: *const Node<L, Self>, _at_home: bool) {}
}

// SAFETY: `parallel_queued_in` opens the queue, which is a static, and only the drop frees it.
unsafe impl<const N: usize, L: Lock + 'static> QueuePlace for StaticQueue<N, L> {
    type Lock = L;
    type Kept = Claim;

    fn queue(&self) -> *const Queue<L, Claim> {
        &raw const self.0.queue
    }

    fn nodes(&self) -> *const Node<L, Claim> {
        self.0.nodes.as_ptr()
    }
}

impl<const N: usize, L: Lock> Drop for StaticQueue<N, L> {
    fn drop(&mut self) {
        self.0.queue.unclaim();
    }
}

#[cfg(feature = "alloc")]
pub use counted::CountedQueue;

#[cfg(feature = "alloc")]
mod counted {
    use alloc::boxed::Box;
    use core::fmt;
    use core::marker::PhantomData;
    use core::ptr::NonNull;

    use super::{Processes, QueuePlace};
    use crate::lock::Lock;
    use crate::run_queue::counts::Counts;
    use crate::run_queue::{Kept, Node, Queue};

    /// Of nodes in a counted block.
    #[derive(Debug, Clone, Copy)]
    pub struct InBlock;

    /// What is alike in all blocks. The queue comes first: a pointer to it is one to the block.
    #[repr(C)]
    struct Head<L: Lock> {
        queue: Queue<L, InBlock>,
        counts: Counts,
        free: unsafe fn(*const Self),
    }

    #[repr(C)]
    struct Block<P: Processes, L: Lock> {
        head: Head<L>,
        nodes: P::Each<Node<L, InBlock>>,
    }

    /// The run queue of a group, in a block of memory that is kept by the group and its wakers.
    pub struct CountedQueue<P: Processes, L: Lock> {
        block: NonNull<Block<P, L>>,
        _owns: PhantomData<Block<P, L>>,
    }

    // SAFETY: the home goes with the group; what others touch is under `L` or atomic.
    unsafe impl<P: Processes, L: Lock + Send + Sync> Send for CountedQueue<P, L> {}
    // SAFETY: by reference, it shows nothing.
    unsafe impl<P: Processes, L: Lock + Send + Sync> Sync for CountedQueue<P, L> {}

    impl<P: Processes, L: Lock> CountedQueue<P, L> {
        pub(super) fn new() -> Self {
            let block = Box::new(Block::<P, L> {
                head: Head { queue: Queue::new(), counts: Counts::new(), free: free::<P, L> },
                nodes: P::each(|_| Node::new(InBlock)),
            });
            // Not through a reference: the pointer is to reach the whole block, and to free it.
            // SAFETY: a box is never null.
            let block = unsafe { NonNull::new_unchecked(Box::into_raw(block)) };
            let counted = Self { block, _owns: PhantomData };
            // SAFETY: the box has just been made.
            unsafe { &(*block.as_ptr()).head.counts }.hold();
            // SAFETY: invariant 1, the block stays.
            let queue = unsafe { &*counted.queue() };
            // SAFETY: as above.
            let is_free = unsafe { queue.open() };
            debug_assert!(is_free, "a new queue is free");
            counted
        }
    }

    /// # Safety
    ///
    /// Invariant 2: the last reference has gone.
    unsafe fn free<P: Processes, L: Lock>(head: *const Head<L>) {
        // SAFETY: the contract, and `CountedQueue::new` made the block of a box.
        drop(unsafe { Box::from_raw(head.cast_mut().cast::<Block<P, L>>()) });
    }

    /// # Safety
    ///
    /// As for [`free`].
    unsafe fn free_block<L: Lock>(head: *const Head<L>) {
        // SAFETY: the contract.
        let free = unsafe { &*head }.free;
        // SAFETY: the contract.
        unsafe { free(head) };
    }

    /// The head of the block that a node is in.
    ///
    /// # Safety
    ///
    /// The caller has a reference to the node.
    unsafe fn head<L: Lock>(node: *const Node<L, InBlock>) -> *const Head<L> {
        // SAFETY: the contract.
        unsafe { &*node }.queue().cast()
    }

    /// Its counts.
    ///
    /// # Safety
    ///
    /// The caller has a reference to the block, as long as it uses what is given.
    unsafe fn counts<'a, L: Lock>(head: *const Head<L>) -> &'a Counts {
        // SAFETY: the contract.
        unsafe { &(*head).counts }
    }

    // SAFETY: a reference to a node is one to its block.
    unsafe impl Kept for InBlock {
        #[inline]
        unsafe fn retain<L: Lock>(node: *const Node<L, Self>, at_home: bool) {
            // SAFETY: the contract.
            let head = unsafe { head(node) };
            // SAFETY: as above.
            unsafe { counts(head) }.retain(at_home);
        }

        #[inline]
        unsafe fn release<L: Lock>(node: *const Node<L, Self>, at_home: bool) {
            // SAFETY: the contract.
            let head = unsafe { head(node) };
            // SAFETY: as above.
            if unsafe { counts(head) }.release(at_home) {
                // SAFETY: invariant 2.
                unsafe { free_block(head) };
            }
        }
    }

    // SAFETY: `new` opens the queue, and the counts keep the block.
    unsafe impl<P: Processes, L: Lock> QueuePlace for CountedQueue<P, L> {
        type Lock = L;
        type Kept = InBlock;

        fn queue(&self) -> *const Queue<L, InBlock> {
            // The first of the first.
            self.block.as_ptr().cast_const().cast()
        }

        fn nodes(&self) -> *const Node<L, InBlock> {
            // SAFETY: as above.
            unsafe { &raw const (*self.block.as_ptr()).nodes }.cast()
        }
    }

    impl<P: Processes, L: Lock> Drop for CountedQueue<P, L> {
        fn drop(&mut self) {
            let head = self.block.as_ptr().cast_const().cast::<Head<L>>();
            // SAFETY: the group's reference.
            if unsafe { counts(head) }.merge() {
                // SAFETY: invariant 2.
                unsafe { free_block(head) };
            }
        }
    }

    impl<P: Processes, L: Lock> fmt::Debug for CountedQueue<P, L> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("CountedQueue")
        }
    }
}
