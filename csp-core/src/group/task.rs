//! The memory of a group: a core, which its handles share, and a block for each process.
//!
//! *Invariants*: 1 to 3 of `group`.

#![expect(unsafe_code, reason = "counted blocks that wakers point to")]

use alloc::boxed::Box;
use core::cell::{Cell, UnsafeCell};
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll};

use crate::lock::Lock;
use crate::run_queue::home::is_home;
use crate::run_queue::{Kept, Node, Queue};
use crate::sync::{AtomicUsize, Ordering};

/// What the handles of a group share. The queue comes first: a pointer to it is one to the core.
///
/// Its references are counted as those of a node (`run_queue::counts`): apart at home and
/// elsewhere, until the group lets go. The home never counts after that, so no flag says that it
/// must not.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Core<L: Lock> {
    pub(super) queue: Queue<L, Task>,
    /// Touched at home (`run_queue` 1); may be negative.
    home: Cell<isize>,
    others: AtomicUsize,
}

/// The reference of the group itself.
const HOLD: usize = 1 << (usize::BITS - 2);

/// More references than could be dropped again.
const MOST: usize = HOLD / 2;

/// The group's own reference to its core.
pub(super) struct Hold<L: Lock>(NonNull<Core<L>>);

// SAFETY: what a handle may do; and it goes with the group, which is the home.
unsafe impl<L: Lock + Send + Sync> Send for Hold<L> {}
// SAFETY: as above.
unsafe impl<L: Lock + Send + Sync> Sync for Hold<L> {}

/// One reference to a core.
pub(super) struct Handle<L: Lock> {
    core: NonNull<Core<L>>,
    _owns: PhantomData<Core<L>>,
}

// SAFETY: a handle starts processes, which goes through the lock, unless this thread polls the
// group; which processes may be sent by it is the business of `Group` and `LocalGroup`.
unsafe impl<L: Lock + Send + Sync> Send for Handle<L> {}
// SAFETY: as above.
unsafe impl<L: Lock + Send + Sync> Sync for Handle<L> {}

/// # Safety
///
/// The caller has a reference to the core; `at_home` only there.
#[inline]
unsafe fn retain_core<L: Lock>(core: *const Core<L>, at_home: bool) {
    // SAFETY: the contract.
    let core = unsafe { &*core };
    let before = if at_home {
        core.home.replace(core.home.get() + 1).cast_unsigned().wrapping_add(HOLD)
    } else {
        core.others.fetch_add(1, Ordering::Relaxed)
    };
    assert!(before < HOLD + MOST, "a group has as many handles as a count can hold; some leaked");
}

/// # Safety
///
/// As for `retain_core`, and the caller's reference is used up.
#[inline]
unsafe fn release_core<L: Lock>(core: *const Core<L>, at_home: bool) {
    // SAFETY: the contract.
    let this = unsafe { &*core };
    if at_home {
        this.home.set(this.home.get() - 1);
    } else if this.others.fetch_sub(1, Ordering::AcqRel) == 1 {
        // SAFETY: invariant 3.
        unsafe { free_core(core) };
    }
}

/// # Safety
///
/// Invariant 3.
unsafe fn free_core<L: Lock>(core: *const Core<L>) {
    // SAFETY: the contract, and `Hold::new` made it of a box.
    drop(unsafe { Box::from_raw(core.cast_mut()) });
}

impl<L: Lock> Hold<L> {
    pub(super) fn new() -> Self {
        let core = Box::into_raw(Box::new(Core {
            queue: Queue::new(),
            home: Cell::new(0),
            others: AtomicUsize::new(HOLD),
        }));
        // SAFETY: a box is not null.
        let hold = Self(unsafe { NonNull::new_unchecked(core) });
        // SAFETY: the box stays where it is.
        let is_free = unsafe { hold.queue().open() };
        debug_assert!(is_free, "a new queue is free");
        hold
    }

    /// A handle of the group.
    pub(super) fn handle(&self) -> Handle<L> {
        // SAFETY: this reference.
        unsafe { retain_core(self.core(), false) };
        Handle { core: self.0, _owns: PhantomData }
    }

    pub(super) fn core(&self) -> *const Core<L> {
        self.0.as_ptr()
    }

    pub(super) fn queue(&self) -> &Queue<L, Task> {
        // SAFETY: this reference.
        &unsafe { self.0.as_ref() }.queue
    }
}

impl<L: Lock> Drop for Hold<L> {
    fn drop(&mut self) {
        // SAFETY: this reference, and this is the home.
        let core = unsafe { self.0.as_ref() };
        let left = core.home.get().cast_unsigned().wrapping_sub(HOLD);
        if core.others.fetch_add(left, Ordering::AcqRel).wrapping_add(left) == 0 {
            // SAFETY: invariant 3.
            unsafe { free_core(self.core()) };
        }
    }
}

impl<L: Lock + 'static> Handle<L> {
    pub(super) fn start<F: Future<Output = ()> + 'static>(&self, process: F) {
        let core = self.core.as_ptr().cast_const();
        let at_home = is_home(core.cast());
        // SAFETY: this handle.
        let node = unsafe { Process::create(core, process, at_home) };
        if at_home {
            // SAFETY: `home`, this thread polls the group, which has then not ended.
            unsafe { Queue::adopt(core.cast(), node) };
            return;
        }
        // SAFETY: nobody else knows the node. The reference is for the inbox.
        unsafe { Node::counts(node) }.retain(true);
        // SAFETY: as above.
        if !unsafe { Queue::send(core.cast(), node) } {
            // SAFETY: as above.
            unsafe { Node::counts(node) }.release(true);
            // SAFETY: invariant 1, the group has ended.
            unsafe { let_go(node, false) };
        }
    }
}

impl<L: Lock> Clone for Handle<L> {
    fn clone(&self) -> Self {
        // SAFETY: this handle.
        unsafe { retain_core(self.core.as_ptr(), is_home(self.core.as_ptr().cast())) };
        Self { core: self.core, _owns: PhantomData }
    }
}

impl<L: Lock> Drop for Handle<L> {
    fn drop(&mut self) {
        // SAFETY: this handle's reference.
        unsafe { release_core(self.core.as_ptr(), is_home(self.core.as_ptr().cast())) };
    }
}

/// What a node of a group can do: the functions of its [`Process`], whose type is forgotten.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task(pub(super) &'static Functions);

#[derive(Debug)]
pub(super) struct Functions {
    pub(super) poll: unsafe fn(*const (), &mut Context<'_>) -> Poll<()>,
    drop_future: unsafe fn(*const ()),
    free: unsafe fn(*const ()),
}

/// A process in its block. The node comes first: a pointer to it is one to the process.
#[repr(C)]
pub(super) struct Process<L: Lock, F> {
    node: Node<L, Task>,
    future: UnsafeCell<ManuallyDrop<F>>,
}

impl<L: Lock + 'static, F: Future<Output = ()>> Process<L, F> {
    const FUNCTIONS: Functions =
        Functions { poll: Self::poll, drop_future: Self::drop_future, free: Self::free };

    /// A process that its counts keep for the group; and it is one reference to the core.
    ///
    /// # Safety
    ///
    /// The caller has a reference to the core; `at_home` only there.
    pub(super) unsafe fn create(
        core: *const Core<L>,
        future: F,
        at_home: bool,
    ) -> *const Node<L, Task> {
        // SAFETY: the contract.
        unsafe { retain_core(core, at_home) };
        let process = Self {
            node: Node::new(Task(&Self::FUNCTIONS)),
            future: UnsafeCell::new(ManuallyDrop::new(future)),
        };
        process.node.counts.hold();
        Box::into_raw(Box::new(process)).cast_const().cast()
    }

    /// # Safety
    ///
    /// At home, before the future is dropped (invariant 1); so for `drop_future`.
    unsafe fn poll(this: *const (), cx: &mut Context<'_>) -> Poll<()> {
        let this = this.cast::<Self>();
        // SAFETY: the contract.
        let future = unsafe { &raw const (*this).future };
        // SAFETY: the contract; wakers touch only the node.
        let future: &mut F = unsafe { &mut *UnsafeCell::raw_get(future) };
        // SAFETY: it is dropped in the box.
        unsafe { Pin::new_unchecked(future) }.poll(cx)
    }

    unsafe fn drop_future(this: *const ()) {
        let this = this.cast::<Self>();
        // SAFETY: the contract.
        let future = unsafe { &raw const (*this).future };
        // SAFETY: the contract.
        let future = unsafe { &mut *UnsafeCell::raw_get(future) };
        // SAFETY: the contract.
        unsafe { ManuallyDrop::drop(future) };
    }

    /// # Safety
    ///
    /// Invariant 2.
    unsafe fn free(this: *const ()) {
        // SAFETY: the contract, and `create` made it of a box.
        drop(unsafe { Box::from_raw(this.cast_mut().cast::<Self>()) });
    }
}

// SAFETY: a reference to a task keeps it, and the task keeps the core (invariants 2 and 3).
unsafe impl Kept for Task {
    #[inline]
    unsafe fn retain<L: Lock>(node: *const Node<L, Self>, at_home: bool) {
        // SAFETY: the contract.
        unsafe { Node::counts(node) }.retain(at_home);
    }

    #[inline]
    unsafe fn release<L: Lock>(node: *const Node<L, Self>, at_home: bool) {
        // SAFETY: the contract.
        if unsafe { Node::counts(node) }.release(at_home) {
            // SAFETY: invariant 2.
            unsafe { free(node, at_home) };
        }
    }
}

/// # Safety
///
/// Invariant 2; `at_home` only there.
unsafe fn free<L: Lock>(node: *const Node<L, Task>, at_home: bool) {
    let (core, functions) = {
        // SAFETY: the contract.
        let node = unsafe { &*node };
        (node.queue().cast::<Core<L>>(), node.kept.0)
    };
    // SAFETY: the contract.
    unsafe { (functions.free)(node.cast()) };
    // SAFETY: the task's reference.
    unsafe { release_core(core, at_home) };
}

/// Drops the process of a node that is in no list, and what the group has of the node.
///
/// # Safety
///
/// Invariant 1, and this is the end of the group's pointer to the node; `at_home` only there.
pub(super) unsafe fn let_go<L: Lock>(node: *const Node<L, Task>, at_home: bool) {
    struct Merge<L: Lock> {
        node: *const Node<L, Task>,
        at_home: bool,
    }

    impl<L: Lock> Drop for Merge<L> {
        fn drop(&mut self) {
            // SAFETY: the contract of `let_go`.
            if unsafe { Node::counts(self.node) }.merge() {
                // SAFETY: invariant 2.
                unsafe { free(self.node, self.at_home) };
            }
        }
    }

    // Also if the process panics while it is dropped.
    let _merge = Merge { node, at_home };
    // SAFETY: the contract.
    let Task(functions) = unsafe { &*node }.kept;
    // SAFETY: the contract.
    unsafe { (functions.drop_future)(node.cast()) };
}

#[cfg(all(test, feature = "std", target_pointer_width = "64"))]
mod tests {
    use super::{Node, Process, Task};
    use crate::lock::StdLock;
    use core::future::Ready;

    #[test]
    fn a_process_takes_48_bytes_and_its_future() {
        assert_eq!(size_of::<Node<StdLock, Task>>(), 48);
        assert_eq!(
            size_of::<Process<StdLock, Ready<[u64; 9]>>>(),
            48 + size_of::<Ready<[u64; 9]>>()
        );
    }
}
