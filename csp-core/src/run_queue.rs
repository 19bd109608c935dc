//! The run queue of a group of processes that live in one task: who is ready, and who is told.
//!
//! *Model.* A [`Node`] stands for a process and is what its wakers point to. It lies in one of two
//! lists of its [`Queue`], *ready* or *waiting*, which only the *home* touches: whoever polls the
//! group. A thread says in [`home`] which queue it polls, so a waker that is called there moves its
//! node without an atomic operation. Called anywhere else, it posts the node into the *inbox*,
//! under a lock, which also guards the waker of the task that the group runs in.
//!
//! ```text
//!              1              2
//!   waiting ──────► ready ─────────► waiting, and polled
//!      │              ▲   4
//!      │ 3            │            5
//!      └─► posted ────┘    any ──────► ended
//! ```
//! 1. `wake`, at home. 2. `Queue::run`. 3. `wake`, elsewhere; a node that is ready or ended is
//!    posted too, for only the home knows. 4. `Queue::open_inbox`. 5. `Queue::unlink`, of who ends
//!    it.
//!
//! *Invariants.*
//! 1. The lists, the flags of the nodes and the home's counts of wakers are touched only at home:
//!    by the thread that polls the group, or by who owns the group while nobody polls it. Two
//!    threads never poll one group, for a poll has `Pin<&mut>` of the one future that runs it.
//! 2. The inbox, and the link of a node through it, are touched only under the lock.
//! 3. Whoever holds a pointer to a node holds a reference as [`Kept`] defines it, or is the home
//!    and the node has not ended: so the node, and its queue, are there.
//! 4. A node in the inbox is one reference.
//! 5. Nothing posted is overlooked: who posts while nobody polls takes the outer waker and calls
//!    it; who polls stops, with nothing ready, only when it finds the inbox empty, under the lock.
//! 6. Neither a waker is called nor anything of a user dropped or cloned under the lock, or while a
//!    list is being changed.
//!
//! *Cancellation*: `Queue::close` is the end: nothing is posted after it, and what was is let go.
//!
//! *Source*: the ready queue of `FuturesUnordered`, Dijkstra's; the two counts of a waker
//! are biased reference counting (Choi, Shull, Torrellas, 2018).

#![expect(unsafe_code, reason = "intrusive lists of nodes that wakers point to")]

use core::cell::{Cell, UnsafeCell};
use core::fmt;
use core::mem::ManuallyDrop;
use core::ops::ControlFlow;
use core::ptr;
use core::task::{Context, Waker};

use crate::lock::Lock;
use crate::sync::{Access, AtomicU32, Ordering};

pub(crate) mod counts;
pub(crate) mod home;
mod waker;

use counts::Counts;
use home::AtHome;

/// After so many polls of its processes a group lets the executor around it go on.
pub(crate) const BUDGET: usize = 128;

/// How the memory of a node is kept while wakers point to it.
///
/// # Safety
///
/// Between a `retain` and its `release` the node and its queue are there, at the same place.
pub unsafe trait Kept: Copy + 'static {
    /// One more reference.
    ///
    /// # Safety
    ///
    /// The caller has one (invariant 3); `at_home` only there (invariant 1).
    unsafe fn retain<L: Lock>(node: *const Node<L, Self>, at_home: bool);

    /// One reference less; the node may be gone after it.
    ///
    /// # Safety
    ///
    /// As for `retain`, and the caller's reference is used up.
    unsafe fn release<L: Lock>(node: *const Node<L, Self>, at_home: bool);
}

/// A place in a ring.
#[derive(Debug)]
struct Links {
    next: Cell<*const Self>,
    prev: Cell<*const Self>,
}

impl Links {
    const fn new() -> Self {
        Self { next: Cell::new(ptr::null()), prev: Cell::new(ptr::null()) }
    }
}

/// Makes a ring of one.
///
/// # Safety
///
/// The links are there, and touched by nobody else (invariants 1 and 3); so for the two below.
#[inline]
unsafe fn alone(links: *const Links) {
    // SAFETY: the contract.
    let this = unsafe { &*links };
    this.next.set(links);
    this.prev.set(links);
}

/// Takes links out of their ring; they form one of their own then.
#[inline]
unsafe fn leave_ring(links: *const Links) {
    // SAFETY: the contract.
    let this = unsafe { &*links };
    let (next, prev) = (this.next.get(), this.prev.get());
    // SAFETY: neighbours in a ring are there, for who goes leaves it first.
    unsafe { &*next }.prev.set(prev);
    // SAFETY: as above.
    unsafe { &*prev }.next.set(next);
}

/// Puts links that are in no ring before `end`, whose ring it is.
#[inline]
unsafe fn join_ring(links: *const Links, end: *const Links) {
    // SAFETY: the contract.
    let this = unsafe { &*links };
    // SAFETY: as above.
    let end_links = unsafe { &*end };
    let last = end_links.prev.get();
    this.prev.set(last);
    this.next.set(end);
    // SAFETY: a neighbour in a ring is there.
    unsafe { &*last }.next.set(links);
    end_links.prev.set(links);
}

/// A process, as its queue and its wakers see it.
///
/// `Cell`s that are touched at home (invariant 1), and one under the lock (2).
#[repr(C)]
pub struct Node<L: Lock, K> {
    /// The first field: a pointer to it is one to the node.
    links: Links,
    queue: Cell<*const Queue<L, K>>,
    /// The next in the inbox, or itself at its end; null if it is not posted.
    posted: Cell<*const Self>,
    pub(crate) counts: Counts,
    pub(crate) kept: K,
}

impl<L: Lock, K: Kept> Node<L, K> {
    pub(crate) const fn new(kept: K) -> Self {
        Self {
            links: Links::new(),
            queue: Cell::new(ptr::null()),
            posted: Cell::new(ptr::null()),
            counts: Counts::new(),
            kept,
        }
    }

    /// The queue that the node belongs to.
    pub(crate) fn queue(&self) -> *const Queue<L, K> {
        self.queue.get()
    }

    /// Its flags and counts.
    ///
    /// # Safety
    ///
    /// The node is there (invariant 3), as long as what is given is used.
    #[inline]
    pub(crate) unsafe fn counts<'a>(node: *const Self) -> &'a Counts {
        // SAFETY: the contract.
        unsafe { &(*node).counts }
    }

    /// The next in the inbox.
    ///
    /// # Safety
    ///
    /// As for `counts`, and under the lock (invariant 2).
    unsafe fn posted<'a>(node: *const Self) -> &'a Cell<*const Self> {
        // SAFETY: the contract.
        unsafe { &(*node).posted }
    }
}

impl<L: Lock, K> fmt::Debug for Node<L, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Node")
    }
}

/// What others than the home bring.
struct Inbox<L: Lock, K> {
    first: *const Node<L, K>,
    last: *const Node<L, K>,
    /// Of the task that the group runs in; taken by who calls it.
    outer: Option<Waker>,
    /// Somebody polls, and will look into the inbox.
    is_polled: bool,
    /// The group has ended, or not begun.
    is_closed: bool,
    /// Storage that is used again and again is in use.
    is_claimed: bool,
}

pub struct Queue<L: Lock, K> {
    ready: Links,
    waiting: Links,
    /// Touched with the lists, for a checker to see.
    lists: Access,
    /// Not 0 if there may be something in the inbox. A hint that saves the lock.
    mail: AtomicU32,
    lock: L,
    inbox: UnsafeCell<Inbox<L, K>>,
    post: Access,
}

/// Why [`Queue::run`] came to an end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ran {
    /// Nobody is ready.
    Idle,
    /// Somebody is, but the executor shall have its turn; its waker was called.
    Yielded,
    /// Whoever polls said so.
    Stopped,
}

impl<L: Lock, K: Kept> Queue<L, K> {
    pub(crate) const fn new() -> Self {
        Self {
            ready: Links::new(),
            waiting: Links::new(),
            lists: Access::new(),
            mail: AtomicU32::new(0),
            lock: L::INIT,
            inbox: UnsafeCell::new(Inbox {
                first: ptr::null(),
                last: ptr::null(),
                outer: None,
                is_polled: false,
                is_closed: true,
                is_claimed: false,
            }),
            post: Access::new(),
        }
    }

    fn under_lock<T>(&self, f: impl FnOnce(&mut Inbox<L, K>) -> T) -> T {
        self.lock.with_lock(|| {
            self.post.write();
            // SAFETY: invariant 2, and no closure here calls this method again.
            f(unsafe { &mut *self.inbox.get() })
        })
    }

    /// Begins: false if the storage of the queue is in use.
    ///
    /// # Safety
    ///
    /// The queue stays where it is until it was closed and all references are gone.
    pub(crate) unsafe fn open(&self) -> bool {
        let claimed = self.under_lock(|inbox| {
            let was_free = !inbox.is_claimed;
            inbox.is_claimed = true;
            was_free
        });
        if claimed {
            self.mail.store(0, Ordering::Relaxed);
            self.lists.write();
            // SAFETY: invariant 1, the caller is the home from now on.
            unsafe { alone(&raw const self.ready) };
            // SAFETY: as above.
            unsafe { alone(&raw const self.waiting) };
            self.under_lock(|inbox| inbox.is_closed = false);
        }
        claimed
    }

    /// Ends if the inbox is empty; whether it has.
    #[cfg(feature = "alloc")]
    pub(crate) fn try_close(&self) -> bool {
        let (closed, outer) = self.under_lock(|inbox| {
            if !inbox.first.is_null() {
                return (false, None);
            }
            inbox.is_closed = true;
            (true, inbox.outer.take())
        });
        drop(outer);
        closed
    }

    /// Ends: nothing is posted from now on, and what was is ready or let go.
    ///
    /// # Safety
    ///
    /// The caller is the home (invariant 1).
    pub(crate) unsafe fn close(&self) {
        let outer = self.under_lock(|inbox| {
            inbox.is_closed = true;
            inbox.outer.take()
        });
        // SAFETY: the contract.
        unsafe { self.open_inbox() };
        drop(outer);
    }

    /// The storage may be used again.
    pub(crate) fn unclaim(&self) {
        self.under_lock(|inbox| inbox.is_claimed = false);
    }

    /// Makes a new node of this queue ready.
    ///
    /// # Safety
    ///
    /// The caller is the home, the node is there and in no list. All wakers get `queue` as it is
    /// given here: what they are to reach by it, it has to reach.
    pub(crate) unsafe fn adopt(queue: *const Self, node: *const Node<L, K>) {
        // SAFETY: the contract.
        let this = unsafe { &*queue };
        // SAFETY: the contract.
        let node_of_it = unsafe { &*node };
        // In storage that is used again, wakers of the last use may be reading it.
        if node_of_it.queue.get().is_null() {
            node_of_it.queue.set(queue);
        }
        node_of_it.counts.begin_ready();
        this.lists.write();
        // SAFETY: invariant 1.
        unsafe { join_ring(node.cast(), &raw const this.ready) };
    }

    /// Gives a new node of this queue to its home; false if the group has ended.
    ///
    /// # Safety
    ///
    /// `node` is in no list, and the caller's alone; with it goes one reference. The caller keeps
    /// the queue. As for `adopt`.
    #[cfg(feature = "alloc")]
    pub(crate) unsafe fn send(queue: *const Self, node: *const Node<L, K>) -> bool {
        // SAFETY: the contract.
        unsafe { &*node }.queue.set(queue);
        // SAFETY: nobody else knows the node.
        unsafe { alone(node.cast()) };
        // SAFETY: the contract.
        let queue = unsafe { &*queue };
        // SAFETY: the contract.
        unsafe { queue.post(node) }
    }

    /// Puts a node into the inbox and sees to it that somebody looks; whether it was put there.
    ///
    /// # Safety
    ///
    /// The node is of this queue, which the caller keeps. If the node was put there, a reference to
    /// it is used up.
    unsafe fn post(&self, node: *const Node<L, K>) -> bool {
        let (was_put, outer) = self.under_lock(|inbox| {
            // SAFETY: invariant 3. Once the lock is free, the node may be gone: no reference to it
            // leaves this closure.
            let posted = unsafe { Node::posted(node) };
            if inbox.is_closed || !posted.get().is_null() {
                return (false, None);
            }
            posted.set(node);
            if inbox.first.is_null() {
                inbox.first = node;
            } else {
                // SAFETY: invariant 4, the last in the inbox is there.
                unsafe { Node::posted(inbox.last) }.set(node);
            }
            inbox.last = node;
            self.mail.store(1, Ordering::Relaxed);
            (true, if inbox.is_polled { None } else { inbox.outer.take() })
        });
        if let Some(outer) = outer {
            outer.wake();
        }
        was_put
    }

    /// Takes everything out of the inbox; what was waiting is ready then.
    ///
    /// # Safety
    ///
    /// The caller is the home.
    unsafe fn open_inbox(&self) {
        loop {
            // One at a time, so that nobody is kept from the lock for long.
            let node = self.under_lock(|inbox| {
                let node = inbox.first;
                if node.is_null() {
                    self.mail.store(0, Ordering::Relaxed);
                    return node;
                }
                // SAFETY: invariant 4.
                let next = unsafe { Node::posted(node) }.replace(ptr::null());
                inbox.first = if next == node { ptr::null() } else { next };
                node
            });
            if node.is_null() {
                return;
            }
            // SAFETY: the contract, and invariant 4.
            unsafe { self.make_ready(node) };
            // SAFETY: the reference that it was in the inbox.
            unsafe { K::release(node, true) };
        }
    }

    /// Arrows 1 and 4.
    ///
    /// # Safety
    ///
    /// The caller is the home, and the node of this queue.
    #[inline]
    unsafe fn make_ready(&self, node: *const Node<L, K>) {
        self.lists.write();
        // SAFETY: invariant 3.
        if unsafe { Node::counts(node) }.make_ready() {
            // SAFETY: invariant 1.
            unsafe { leave_ring(node.cast()) };
            // SAFETY: as above.
            unsafe { join_ring(node.cast(), &raw const self.ready) };
        }
    }

    /// The longest ready node, which is waiting from now on.
    #[inline]
    unsafe fn next_ready(&self) -> Option<*const Node<L, K>> {
        self.lists.write();
        let first = self.ready.next.get();
        if ptr::eq(first, &raw const self.ready) {
            return None;
        }
        // SAFETY: invariant 1.
        unsafe { leave_ring(first) };
        // SAFETY: as above.
        unsafe { join_ring(first, &raw const self.waiting) };
        let node = first.cast::<Node<L, K>>();
        // SAFETY: a node in a list has not ended.
        unsafe { Node::counts(node) }.begin_waiting();
        Some(node)
    }

    /// Arrow 5: takes a node out of its list, for good. The caller lets go of the process.
    ///
    /// # Safety
    ///
    /// The caller is the home, and the node in a list.
    pub(crate) unsafe fn unlink(&self, node: *const Node<L, K>) {
        self.lists.write();
        // SAFETY: invariant 1.
        unsafe { leave_ring(node.cast()) };
        // SAFETY: invariant 3.
        unsafe { Node::counts(node) }.end();
    }

    /// A node that has not ended, if there is one.
    ///
    /// # Safety
    ///
    /// The caller is the home.
    #[cfg(feature = "alloc")]
    pub(crate) unsafe fn any(&self) -> Option<*const Node<L, K>> {
        self.lists.write();
        let (ready, waiting) = (&raw const self.ready, &raw const self.waiting);
        [(self.ready.next.get(), ready), (self.waiting.next.get(), waiting)]
            .into_iter()
            .find_map(|(first, end)| (!ptr::eq(first, end)).then(|| first.cast()))
    }

    /// Polls what is ready, by `poll`, until nobody is, or it is the executor's turn.
    ///
    /// # Safety
    ///
    /// The caller has the one future that runs the group (invariant 1), and the queue is open.
    /// `poll` may unlink the node that it is given; it does not touch it after it has let it go.
    #[inline]
    pub(crate) unsafe fn run(
        &self,
        cx: &mut Context<'_>,
        mut poll: impl FnMut(*const Node<L, K>, &mut Context<'_>) -> ControlFlow<()>,
    ) -> Ran {
        let polling = Polling::begin(self, cx.waker());
        let mut left = BUDGET;
        loop {
            if self.mail.load(Ordering::Relaxed) != 0 {
                // SAFETY: invariant 1, this is the home now.
                unsafe { self.open_inbox() };
            }
            // SAFETY: as above.
            let Some(node) = (unsafe { self.next_ready() }) else {
                if polling.has_ended() {
                    return Ran::Idle;
                }
                // SAFETY: as above.
                unsafe { self.open_inbox() };
                continue;
            };
            // SAFETY: the node is waiting, so it has not ended, and the waker is not dropped.
            let waker = ManuallyDrop::new(unsafe { waker::new(node) });
            if poll(node, &mut Context::from_waker(&waker)).is_break() {
                return Ran::Stopped;
            }
            left -= 1;
            if left == 0 {
                drop(polling);
                cx.waker().wake_by_ref();
                return Ran::Yielded;
            }
        }
    }
}

/// The time in which a thread polls a queue.
struct Polling<'a, L: Lock, K: Kept> {
    queue: &'a Queue<L, K>,
    _home: AtHome,
    has_ended: Cell<bool>,
}

impl<'a, L: Lock, K: Kept> Polling<'a, L, K> {
    fn begin(queue: &'a Queue<L, K>, outer: &Waker) -> Self {
        let is_known = queue.under_lock(|inbox| {
            inbox.is_polled = true;
            inbox.outer.as_ref().is_some_and(|known| known.will_wake(outer))
        });
        let polling = Self {
            queue,
            _home: AtHome::enter(ptr::from_ref(queue).cast()),
            has_ended: Cell::new(false),
        };
        if !is_known {
            let new = Some(outer.clone());
            let old = queue.under_lock(|inbox| core::mem::replace(&mut inbox.outer, new));
            drop(old);
        }
        polling
    }

    /// Ends if the inbox is empty.
    fn has_ended(&self) -> bool {
        let has_ended = self.queue.under_lock(|inbox| {
            inbox.is_polled = !inbox.first.is_null();
            !inbox.is_polled
        });
        self.has_ended.set(has_ended);
        has_ended
    }
}

impl<L: Lock, K: Kept> Drop for Polling<'_, L, K> {
    fn drop(&mut self) {
        if !self.has_ended.get() {
            self.queue.under_lock(|inbox| inbox.is_polled = false);
        }
    }
}

impl<L: Lock, K> fmt::Debug for Queue<L, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Queue")
    }
}
