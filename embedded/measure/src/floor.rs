//! The least that a rendezvous can be made of, to tell what of our flash is its price.
//!
//! Those who wait are served in order of arrival, and no value is lost when a future is dropped. A take
//! that was given a value and is dropped before it was polled puts the value back, into the one place
//! of the channel; while that place is reserved, no other hand-over begins. There is no end of the
//! channel, no choice, no limit and no yield. Each type of message has its own code.
//!
//! *Invariants*, between two critical sections:
//! 1. A node is linked if and only if it waits; its future unlinks it when dropped.
//! 2. If a put and a take wait, the place is not free; if a value has come back, no take waits.

#![expect(unsafe_code, reason = "intrusive lists under a critical section")]
#![expect(clippy::multiple_unsafe_ops_per_block, reason = "they rely on the same invariant")]

use core::cell::UnsafeCell;
use core::marker::PhantomPinned;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, Waker};

use cortex_m::interrupt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Waits,
    /// A partner has moved the value.
    Done,
    Finished,
}

struct Node<T> {
    next: *mut Self,
    previous: *mut Self,
    waker: Option<Waker>,
    stage: Stage,
    value: T,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<T> {
    Free,
    /// For a value that is handed over, and could come back.
    Reserved,
    Returned(T),
}

struct State<T> {
    /// The last of the puts and of the takes.
    tails: [*mut Node<T>; 2],
    place: Place<T>,
}

const PUTS: usize = 0;
const TAKES: usize = 1;

/// A rendezvous.
#[expect(missing_debug_implementations, reason = "nobody prints it")]
pub struct Floor<T> {
    state: UnsafeCell<State<T>>,
}

// SAFETY: the state is reached only in a critical section.
unsafe impl<T: Send> Sync for Floor<T> {}

impl<T: Copy> State<T> {
    /// # Safety
    ///
    /// The node is pinned and in no list.
    unsafe fn link(&mut self, side: usize, node: *mut Node<T>) {
        let tail = self.tails[side];
        let tail = if tail.is_null() { node } else { tail };
        // SAFETY: invariant 1, and the caller owns the node.
        unsafe {
            (*node).next = if tail == node { node } else { (*tail).next };
            (*node).previous = tail;
            (*(*node).next).previous = node;
            (*tail).next = node;
        }
        self.tails[side] = node;
    }

    /// # Safety
    ///
    /// The node is in the list of this side.
    unsafe fn unlink(&mut self, side: usize, node: *mut Node<T>) {
        // SAFETY: invariant 1.
        unsafe {
            let (next, previous) = ((*node).next, (*node).previous);
            (*previous).next = next;
            (*next).previous = previous;
            if self.tails[side] == node {
                self.tails[side] = if next == node { ptr::null_mut() } else { previous };
            }
        }
    }

    /// Completes the first in line: its node, and its waker.
    fn complete(&mut self, side: usize) -> (*mut Node<T>, Option<Waker>) {
        // SAFETY: invariant 1, and the caller knows that somebody waits.
        unsafe {
            let node = (*self.tails[side]).next;
            self.unlink(side, node);
            (*node).stage = Stage::Done;
            (node, (*node).waker.take())
        }
    }

    /// Restores invariant 2; whom to wake.
    #[inline(never)]
    fn settle(&mut self) -> [Option<Waker>; 2] {
        if self.tails[TAKES].is_null() {
            return [None, None];
        }
        let (value, put) = match self.place {
            Place::Returned(value) => (value, None),
            Place::Free if !self.tails[PUTS].is_null() => {
                let (node, waker) = self.complete(PUTS);
                // SAFETY: the put has been completed in this critical section.
                (unsafe { (*node).value }, waker)
            }
            _ => return [None, None],
        };
        self.place = Place::Reserved;
        let (node, take) = self.complete(TAKES);
        // SAFETY: as above.
        unsafe { (*node).value = value };
        [put, take]
    }
}

impl<T: Copy + Default> Default for Floor<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy + Default> Floor<T> {
    pub const fn new() -> Self {
        let state = State { tails: [ptr::null_mut(); 2], place: Place::Free };
        Self { state: UnsafeCell::new(state) }
    }

    const fn operation<const SIDE: usize>(&self, value: T) -> Operation<'_, T, SIDE> {
        let (next, previous, waker) = (ptr::null_mut(), ptr::null_mut(), None);
        let node = Node { next, previous, waker, stage: Stage::New, value };
        Operation { floor: self, node: UnsafeCell::new(node), _pinned: PhantomPinned }
    }

    pub fn put(&self, value: T) -> impl Future<Output = T> {
        self.operation::<PUTS>(value)
    }

    pub fn take(&self) -> impl Future<Output = T> {
        self.operation::<TAKES>(T::default())
    }

    /// # Safety
    ///
    /// The node is pinned, of an operation on this side.
    #[inline(never)]
    unsafe fn poll(&self, side: usize, node: *mut Node<T>, waker: &Waker) -> Poll<T> {
        let mut own = Some(waker.clone());
        let (polled, wakes) = interrupt::free(|_| {
            // SAFETY: the critical section; nodes are alive by invariant 1.
            unsafe {
                let state = &mut *self.state.get();
                let mut wakes = [None, None];
                match (*node).stage {
                    Stage::New => {
                        state.link(side, node);
                        (*node).stage = Stage::Waits;
                        wakes = state.settle();
                        if side == TAKES && (*node).stage == Stage::Done {
                            // It was the only take: nobody else can go on.
                            state.place = Place::Free;
                        }
                    }
                    Stage::Done if side == TAKES => {
                        state.place = Place::Free;
                        wakes = state.settle();
                    }
                    _ => {}
                }
                if (*node).stage == Stage::Waits {
                    core::mem::swap(&mut (*node).waker, &mut own);
                    return (Poll::Pending, wakes);
                }
                (*node).stage = Stage::Finished;
                (Poll::Ready((*node).value), wakes)
            }
        });
        wake(wakes);
        polled
    }

    /// # Safety
    ///
    /// The node was pinned, and is about to be freed.
    #[inline(never)]
    unsafe fn leave(&self, side: usize, node: *mut Node<T>) {
        let wakes = interrupt::free(|_| {
            // SAFETY: as in `poll`.
            unsafe {
                let state = &mut *self.state.get();
                match (*node).stage {
                    Stage::Waits => state.unlink(side, node),
                    Stage::Done if side == TAKES => {
                        state.place = Place::Returned((*node).value);
                        return state.settle();
                    }
                    _ => {}
                }
                [None, None]
            }
        });
        wake(wakes);
    }
}

/// The wakers are arbitrary code, so they are called after the critical section.
fn wake(wakes: [Option<Waker>; 2]) {
    wakes.into_iter().flatten().for_each(Waker::wake);
}

struct Operation<'a, T: Copy + Default, const SIDE: usize> {
    floor: &'a Floor<T>,
    node: UnsafeCell<Node<T>>,
    _pinned: PhantomPinned,
}

impl<T: Copy + Default, const SIDE: usize> Future for Operation<'_, T, SIDE> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        // SAFETY: it is pinned.
        unsafe { self.floor.poll(SIDE, self.node.get(), cx.waker()) }
    }
}

impl<T: Copy + Default, const SIDE: usize> Drop for Operation<'_, T, SIDE> {
    fn drop(&mut self) {
        // SAFETY: if it was polled, it was pinned.
        unsafe { self.floor.leave(SIDE, self.node.get()) };
    }
}
