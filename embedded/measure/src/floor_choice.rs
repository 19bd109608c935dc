//! The least that a choice among takes can be made of, to tell what of our instructions is its price.
//!
//! As [`Floor`](crate::Floor), of which it is a second form in which every operation is a choice: it
//! belongs to as many lists as it has channels, and whoever meets it first decides it. Who is decided
//! stays in the other lists until it is polled, or somebody finds it there. There is no end of a
//! channel, no draw, no put as a branch, no yield, no compare-and-swap; all code is compiled into its
//! program.
//!
//! *Invariants*, between two critical sections:
//! 1. The nodes of a choice that waits are linked, or were unlinked when it had been decided; the drop
//!    unlinks those that are left.
//! 2. A place is reserved while a take that was given its value has not collected it.

#![expect(unsafe_code, reason = "intrusive lists under a critical section")]
#![expect(clippy::multiple_unsafe_ops_per_block, reason = "they rely on the same invariant")]

use core::cell::UnsafeCell;
use core::marker::PhantomPinned;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, Waker};

use cortex_m::interrupt;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Waits,
    /// A partner has moved the value.
    Done,
    Finished,
}

/// What the nodes of one choice share.
struct Decision {
    stage: Stage,
    /// Whose channel it was.
    winner: *mut Node,
    /// While it waits.
    waker: MaybeUninit<Waker>,
    value: u32,
}

struct Node {
    /// Null once it has left its list.
    next: *mut Self,
    previous: *mut Self,
    decision: *mut Decision,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Free,
    /// For a value that is handed over, and could come back.
    Reserved,
    Returned(u32),
}

struct State {
    /// The last of the puts and of the takes.
    tails: [*mut Node; 2],
    place: Place,
}

const PUTS: usize = 0;
const TAKES: usize = 1;

/// A rendezvous whose takes may be in a choice.
#[expect(missing_debug_implementations, reason = "nobody prints it")]
pub struct ChoiceFloor {
    state: UnsafeCell<State>,
}

// SAFETY: the state is reached only in a critical section.
unsafe impl Sync for ChoiceFloor {}

impl State {
    /// # Safety
    ///
    /// The node is pinned and in no list.
    #[inline(always)]
    unsafe fn link(&mut self, side: usize, node: *mut Node) {
        let tail = self.tails[side];
        self.tails[side] = node;
        // SAFETY: invariant 1, and the caller owns the node.
        unsafe {
            if tail.is_null() {
                (*node).next = node;
                (*node).previous = node;
                return;
            }
            let head = (*tail).next;
            (*node).next = head;
            (*node).previous = tail;
            (*head).previous = node;
            (*tail).next = node;
        }
    }

    /// # Safety
    ///
    /// The node is in the list of this side, or has left it.
    #[inline(always)]
    unsafe fn unlink(&mut self, side: usize, node: *mut Node) {
        // SAFETY: invariant 1.
        unsafe {
            let next = (*node).next;
            if next.is_null() {
                return;
            }
            if next == node {
                self.tails[side] = ptr::null_mut();
            } else {
                let previous = (*node).previous;
                (*previous).next = next;
                (*next).previous = previous;
                if self.tails[side] == node {
                    self.tails[side] = previous;
                }
            }
            (*node).next = ptr::null_mut();
        }
    }

    /// Decides the first of this side that waits, with `value` if it is a take: its value and waker.
    #[inline(always)]
    fn decide(&mut self, side: usize, value: u32) -> Option<(u32, Waker)> {
        while !self.tails[side].is_null() {
            // SAFETY: invariant 1.
            unsafe {
                let node = (*self.tails[side]).next;
                self.unlink(side, node);
                let decision = (*node).decision;
                if (*decision).stage == Stage::Waits {
                    let waker = (*decision).waker.assume_init_read();
                    let has = (*decision).value;
                    (*decision).value = value;
                    (*decision).winner = node;
                    (*decision).stage = Stage::Done;
                    return Some((has, waker));
                }
            }
        }
        None
    }

    /// A put that begins.
    #[inline(always)]
    fn put(&mut self, value: u32) -> Option<Waker> {
        if self.place != Place::Free {
            return None;
        }
        let (_, waker) = self.decide(TAKES, value)?;
        self.place = Place::Reserved;
        Some(waker)
    }

    /// A take that begins.
    #[inline(always)]
    fn take(&mut self) -> Option<(u32, Option<Waker>)> {
        if let Place::Returned(value) = self.place {
            self.place = Place::Free;
            return Some((value, None));
        }
        self.decide(PUTS, 0).map(|(value, waker)| (value, Some(waker)))
    }

    /// The place is free, or a value has come back: who can go on does.
    #[inline(always)]
    fn settle(&mut self) -> [Option<Waker>; 2] {
        if self.tails[TAKES].is_null() || self.place == Place::Reserved {
            return [None, None];
        }
        self.settle_both()
    }

    #[inline(never)]
    fn settle_both(&mut self) -> [Option<Waker>; 2] {
        let Some((value, put)) = self.take() else { return [None, None] };
        match self.decide(TAKES, value) {
            Some((_, take)) => {
                self.place = Place::Reserved;
                [put, Some(take)]
            }
            None => {
                self.place = Place::Returned(value);
                [put, None]
            }
        }
    }
}

impl Default for ChoiceFloor {
    fn default() -> Self {
        Self::new()
    }
}

impl ChoiceFloor {
    pub const fn new() -> Self {
        let state = State { tails: [ptr::null_mut(); 2], place: Place::Free };
        Self { state: UnsafeCell::new(state) }
    }

    pub fn put(&self, value: u32) -> impl Future<Output = u32> {
        Choice::<PUTS, 1>::new([self], value)
    }

    /// Takes from the first that has something.
    pub fn take_one_of<const N: usize>(floors: [&Self; N]) -> impl Future<Output = u32> {
        Choice::<TAKES, N>::new(floors, 0)
    }
}

struct Choice<'a, const SIDE: usize, const N: usize> {
    floors: [&'a ChoiceFloor; N],
    /// Written when they are linked.
    nodes: UnsafeCell<[MaybeUninit<Node>; N]>,
    decision: UnsafeCell<Decision>,
    _pinned: PhantomPinned,
}

impl<'a, const SIDE: usize, const N: usize> Choice<'a, SIDE, N> {
    fn new(floors: [&'a ChoiceFloor; N], value: u32) -> Self {
        let (winner, waker) = (ptr::null_mut(), MaybeUninit::uninit());
        Self {
            floors,
            nodes: UnsafeCell::new([const { MaybeUninit::uninit() }; N]),
            decision: UnsafeCell::new(Decision { stage: Stage::New, winner, waker, value }),
            _pinned: PhantomPinned,
        }
    }

    #[inline(always)]
    fn nodes(&self) -> impl Iterator<Item = (*mut Node, *mut State)> {
        let first = self.nodes.get().cast::<Node>();
        // SAFETY: within the array.
        (0..N).map(move |index| (unsafe { first.add(index) }, self.floors[index].state.get()))
    }

    /// # Safety
    ///
    /// It is pinned, and in a critical section.
    #[inline(always)]
    unsafe fn begin(&self, waker: &Waker) -> Option<Option<Waker>> {
        let decision = self.decision.get();
        // SAFETY: the critical section; nodes are alive by invariant 1.
        unsafe {
            for (_, state) in self.nodes() {
                if SIDE == PUTS {
                    if let Some(partner) = (*state).put((*decision).value) {
                        return Some(Some(partner));
                    }
                } else if let Some((value, partner)) = (*state).take() {
                    (*decision).value = value;
                    return Some(partner);
                }
            }
            for (node, state) in self.nodes() {
                (*node).decision = decision;
                (*state).link(SIDE, node);
            }
            (*decision).waker.write(waker.clone());
            (*decision).stage = Stage::Waits;
        }
        None
    }

    /// # Safety
    ///
    /// As [`begin`](Self::begin); it was decided, and a value that came back is in the place of its
    /// channel.
    #[inline(always)]
    unsafe fn go_on(&self, comes_back: bool) -> [Option<Waker>; 2] {
        let decision = self.decision.get();
        let mut wakes = [None, None];
        // SAFETY: as in `begin`.
        unsafe {
            for (node, state) in self.nodes() {
                if node != (*decision).winner {
                    (*state).unlink(SIDE, node);
                } else if SIDE == TAKES {
                    let value = (*decision).value;
                    (*state).place = if comes_back { Place::Returned(value) } else { Place::Free };
                    wakes = (*state).settle();
                }
            }
        }
        wakes
    }

    #[inline(never)]
    fn leave(&self) {
        let wakes = interrupt::free(|_| {
            // SAFETY: the critical section; if it was polled, it was pinned.
            unsafe {
                let decision = self.decision.get();
                if (*decision).stage == Stage::Done {
                    return self.go_on(true);
                }
                if (*decision).stage == Stage::Waits {
                    self.nodes().for_each(|(node, state)| (*state).unlink(SIDE, node));
                    drop((*decision).waker.assume_init_read());
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

impl<const SIDE: usize, const N: usize> Future for Choice<'_, SIDE, N> {
    type Output = u32;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        let decision = self.decision.get();
        let wakes = interrupt::free(|_| {
            // SAFETY: it is pinned, in a critical section.
            unsafe {
                match (*decision).stage {
                    Stage::New => self.begin(cx.waker()).map(|partner| [partner, None]),
                    Stage::Done => Some(self.go_on(false)),
                    _ => None,
                }
            }
        });
        let Some(wakes) = wakes else { return Poll::Pending };
        // SAFETY: it is decided: nobody else can reach it.
        let value = unsafe {
            (*decision).stage = Stage::Finished;
            (*decision).value
        };
        wake(wakes);
        Poll::Ready(value)
    }
}

impl<const SIDE: usize, const N: usize> Drop for Choice<'_, SIDE, N> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the owner asks; who is not waiting is not changed by others.
        if unsafe { (*self.decision.get()).stage } != Stage::Finished {
            self.leave();
        }
    }
}
