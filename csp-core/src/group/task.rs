//! The memory of a group: a core, which its handles share, and a block for each process.
//!
//! *Invariants*: 1 to 3 of `group`.

#![expect(unsafe_code, reason = "counted blocks that wakers point to")]

use alloc::boxed::Box;
use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll};

use crate::lock::Lock;
use crate::run_queue::home::is_home;
use crate::run_queue::{Kept, Node, Queue};
use crate::sync::{AtomicUsize, Ordering};

/// The queue comes first: a pointer to it is one to the core.
#[repr(C)]
#[derive(Debug)]
pub struct Core<L: Lock> {
    pub(super) queue: Queue<L, Task>,
    handles: AtomicUsize,
}

/// One reference to a core.
pub(super) struct Handle<L: Lock> {
    pub(super) core: NonNull<Core<L>>,
    _owns: PhantomData<Core<L>>,
}

// SAFETY: a handle starts processes, which goes through the lock, unless this thread polls the group;
// which processes may be sent by it is the business of `Group` and `LocalGroup`.
unsafe impl<L: Lock + Send + Sync> Send for Handle<L> {}
// SAFETY: as above.
unsafe impl<L: Lock + Send + Sync> Sync for Handle<L> {}

/// More handles than could be dropped again.
const MOST: usize = usize::MAX / 2;

/// # Safety
///
/// The caller has a reference to the core.
unsafe fn retain_core<L: Lock>(core: *const Core<L>) {
    // SAFETY: the contract.
    let before = unsafe { &(*core).handles }.fetch_add(1, Ordering::Relaxed);
    assert!(before < MOST, "a group has as many handles as a count can hold; some were leaked");
}

/// # Safety
///
/// The caller's reference is used up.
unsafe fn release_core<L: Lock>(core: *const Core<L>) {
    // SAFETY: the contract.
    if unsafe { &(*core).handles }.fetch_sub(1, Ordering::AcqRel) == 1 {
        // SAFETY: invariant 3, and `Handle::new` made it of a box.
        drop(unsafe { Box::from_raw(core.cast_mut()) });
    }
}

impl<L: Lock> Handle<L> {
    pub(super) fn new() -> Self {
        let core =
            Box::into_raw(Box::new(Core { queue: Queue::new(), handles: AtomicUsize::new(1) }));
        // SAFETY: the box has just been made.
        let queue = unsafe { &(*core).queue };
        // SAFETY: the box stays where it is.
        let is_free = unsafe { queue.open() };
        debug_assert!(is_free, "a new queue is free");
        // SAFETY: a box is not null.
        Self { core: unsafe { NonNull::new_unchecked(core) }, _owns: PhantomData }
    }
}

impl<L: Lock + 'static> Handle<L> {
    pub(super) fn start<F: Future<Output = ()> + 'static>(&self, process: F) {
        let core = self.core.as_ptr().cast_const();
        // SAFETY: this handle.
        let node = unsafe { Process::create(core, process) };
        if is_home(core.cast()) {
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
            unsafe { let_go(node) };
        }
    }
}

impl<L: Lock> Clone for Handle<L> {
    fn clone(&self) -> Self {
        // SAFETY: this handle.
        unsafe { retain_core(self.core.as_ptr()) };
        Self { core: self.core, _owns: PhantomData }
    }
}

impl<L: Lock> Drop for Handle<L> {
    fn drop(&mut self) {
        // SAFETY: this handle's reference.
        unsafe { release_core(self.core.as_ptr().cast_const()) };
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
    /// The caller has a reference to the core.
    pub(super) unsafe fn create(core: *const Core<L>, future: F) -> *const Node<L, Task> {
        // SAFETY: the contract.
        unsafe { retain_core(core) };
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
            unsafe { free(node) };
        }
    }
}

/// # Safety
///
/// Invariant 2.
unsafe fn free<L: Lock>(node: *const Node<L, Task>) {
    let (core, functions) = {
        // SAFETY: the contract.
        let node = unsafe { &*node };
        (node.queue().cast::<Core<L>>(), node.kept.0)
    };
    // SAFETY: the contract.
    unsafe { (functions.free)(node.cast()) };
    // SAFETY: the task's reference.
    unsafe { release_core(core) };
}

/// Drops the process of a node that is in no list, and what the group has of the node.
///
/// # Safety
///
/// Invariant 1, and this is the end of the group's pointer to the node.
pub(super) unsafe fn let_go<L: Lock>(node: *const Node<L, Task>) {
    struct Merge<L: Lock>(*const Node<L, Task>);

    impl<L: Lock> Drop for Merge<L> {
        fn drop(&mut self) {
            // SAFETY: the contract of `let_go`.
            if unsafe { Node::counts(self.0) }.merge() {
                // SAFETY: invariant 2.
                unsafe { free(self.0) };
            }
        }
    }

    // Also if the process panics while it is dropped.
    let _merge = Merge(node);
    // SAFETY: the contract.
    let Task(functions) = unsafe { &*node }.kept;
    // SAFETY: the contract.
    unsafe { (functions.drop_future)(node.cast()) };
}
