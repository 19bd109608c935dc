//! Wait lists: who waits on a channel, in order of arrival, in nodes that live in the futures.
//!
//! *Model.* A [`Waiter`] is a node inside a pinned future: links, the word and waker of a plain
//! operation (or a pointer to the [`Choice`] that the branches of an `alts` share), and a slot for
//! the value. A [`WaitList`] belongs to a channel and lies under its lock; it is circular and knows
//! its tail only, so no node points at the channel, and a channel may move while nobody waits on
//! it, even if somebody leaked a pinned future that does.
//!
//! *Safety contract*, on which every `unsafe` block of this module relies:
//! 1. **Linked is alive.** A node is linked by [`WaitList::publish`] (or its `alts` twin) under the
//!    channel's lock, and unlinked under the same lock before its memory is freed or moved. Its
//!    owner is pinned, so this is the owner's drop.
//! 2. **Under the lock.** The links of a node, and the slot and waker of somebody else's node, are
//!    touched only while the lock of the channel that links it is held.
//! 3. **The slot has one owner.** A put's slot is full and belongs to its owner until the claim,
//!    then to the claimer, who empties it if the outcome is `Moved`. A take's slot is empty until
//!    the claimer fills it; it belongs to the owner once that has seen `Done`.
//! 4. **The waker has one owner** (see [`Choice`]); for a plain operation the same holds of the
//!    node's own waker.
//! 5. **The last touch** of somebody else's node is the store of `Done`, or the notice.
//! 6. **No references to nodes.** Nodes are reached by raw pointers that come from an
//!    `UnsafeCell`; only short references to single fields are made, and no other code runs while
//!    they live.
//! 7. **A choice outlives its linked branches**: it lies in the same pinned future, or in one that
//!    borrows them and unlinks them when dropped.

#![expect(unsafe_code, reason = "intrusive lists; the contract above is what the blocks rely on")]

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::{PhantomData, PhantomPinned};
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ptr::{self, NonNull};
use core::task::Waker;

use crate::choice::{Choice, Outcome, Phase, State, Word};

/// A cell whose content others may reach while a `&mut` to the future around it exists.
///
/// `UnsafeCell` lifts the promise that `&` makes, `PhantomPinned` the one that `&mut` makes (until
/// `core::pin::UnsafePinned` is stable); both are needed, and nothing that others touch lies
/// outside of it.
#[repr(C)]
pub(crate) struct Aliased<T> {
    value: UnsafeCell<T>,
    _pinned: PhantomPinned,
}

impl<T> Aliased<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value: UnsafeCell::new(value), _pinned: PhantomPinned }
    }

    pub(crate) const fn get(&self) -> *mut T {
        self.value.get()
    }
}

/// Tells the parties apart: nobody meets an offer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Party(*const ());

impl Party {
    /// Somebody who has no node in any list.
    pub(crate) const STRANGER: Self = Self(ptr::null());

    pub(crate) const fn of_choice(choice: *const Choice) -> Self {
        Self(choice.cast())
    }
}

#[repr(C)]
struct Header {
    /// Null while the node is in no list.
    next: *mut Self,
    previous: *mut Self,
    target: Target,
    /// The state of a plain operation, or `Word::branch`.
    state: State,
}

#[repr(C)]
union Target {
    waker: ManuallyDrop<MaybeUninit<Waker>>,
    branch: BranchTarget,
}

#[derive(Clone, Copy)]
#[repr(C)]
struct BranchTarget {
    choice: *const Choice,
    /// The number of the hand-over that completed the node. A plain operation keeps it here too:
    /// its waker is gone by then.
    sequence: u32,
}

#[repr(C)]
struct Node<T> {
    header: Header,
    slot: MaybeUninit<T>,
}

/// The state and waker of the choice that a node belongs to.
///
/// # Safety
///
/// Contract 1: the node is linked, or the caller owns it. Contract 7 covers the choice.
#[inline]
unsafe fn choice_of<'a>(node: *mut Header) -> (&'a State, *mut MaybeUninit<Waker>, u16) {
    // SAFETY: contract 1, the node is alive; the state is atomic.
    let own: &'a State = unsafe { &(*node).state };
    let word = own.get();
    if word.phase() != Phase::Branch {
        // SAFETY: contract 1; only the address of the field is taken.
        let waker = unsafe { &raw mut (*node).target.waker };
        return (own, waker.cast(), 0);
    }
    // SAFETY: contract 1; a node marked as a branch has a choice.
    let choice = unsafe { (*node).target.branch.choice };
    // SAFETY: contract 7, the choice is alive.
    let choice: &'a Choice = unsafe { &*choice };
    (&choice.state, choice.waker.get(), word.index())
}

/// Who owns a node.
///
/// # Safety
///
/// As [`choice_of`].
#[inline]
unsafe fn party_of(node: *mut Header) -> Party {
    // SAFETY: contract 1; the state is atomic.
    let word = unsafe { &(*node).state }.get();
    if word.phase() == Phase::Branch {
        // SAFETY: contract 1; a node marked as a branch has a choice.
        Party::of_choice(unsafe { (*node).target.branch.choice })
    } else {
        Party(node.cast_const().cast())
    }
}

/// The links alone, the same code for every message type.
struct Links {
    tail: *mut Header,
}

impl Links {
    /// # Safety
    ///
    /// Contract 1 holds for `node` from here on, and 2 now.
    unsafe fn push_back(&mut self, node: *mut Header) {
        let head = if self.tail.is_null() {
            node
        } else {
            // SAFETY: contract 1, the tail is linked.
            unsafe { (*self.tail).next }
        };
        let previous = if self.tail.is_null() { node } else { self.tail };
        // SAFETY: the caller owns `node`; contract 2.
        unsafe { (*node).next = head };
        // SAFETY: as above.
        unsafe { (*node).previous = previous };
        // SAFETY: contract 1, the head is linked, or is `node` itself.
        unsafe { (*head).previous = node };
        // SAFETY: contract 1, the tail is linked, or is `node` itself.
        unsafe { (*previous).next = node };
        self.tail = node;
    }

    /// # Safety
    ///
    /// Contract 2; `node` is in this list or in none.
    unsafe fn unlink(&mut self, node: *mut Header) {
        // SAFETY: the caller owns `node` or found it in the list; contract 2.
        let next = unsafe { (*node).next };
        if next.is_null() {
            return;
        }
        // SAFETY: as above.
        let previous = unsafe { (*node).previous };
        if next == node {
            self.tail = ptr::null_mut();
        } else {
            // SAFETY: contract 1, a neighbour is linked.
            unsafe { (*previous).next = next };
            // SAFETY: contract 1, a neighbour is linked.
            unsafe { (*next).previous = previous };
            if self.tail == node {
                self.tail = previous;
            }
        }
        // SAFETY: as for `next`.
        unsafe { (*node).next = ptr::null_mut() };
    }

    fn head(&self) -> Option<NonNull<Header>> {
        if self.tail.is_null() {
            return None;
        }
        // SAFETY: contract 1, the tail is linked.
        NonNull::new(unsafe { (*self.tail).next })
    }

    /// The node after `node`, which is in this list, or `None` at the end.
    ///
    /// # Safety
    ///
    /// Contract 2; `node` is in this list.
    unsafe fn after(&self, node: *mut Header) -> Option<NonNull<Header>> {
        if node == self.tail {
            return None;
        }
        // SAFETY: contract 1, `node` is linked.
        NonNull::new(unsafe { (*node).next })
    }

    /// Arrow 4 for the first choice in the list that is open and not `me`; the dead are unlinked
    /// on the way.
    fn claim_first(&mut self, me: Party) -> Option<NonNull<Header>> {
        let mut at = self.head();
        while let Some(node) = at {
            let node = node.as_ptr();
            // SAFETY: contract 2, the list is reached only under its lock.
            at = unsafe { self.after(node) };
            // SAFETY: contract 1, it is linked.
            if unsafe { party_of(node) } == me {
                continue;
            }
            // SAFETY: contract 1, it is linked.
            let (state, _, index) = unsafe { choice_of(node) };
            if state.get().phase() == Phase::Listening {
                continue;
            }
            let claimed = state.claim(index);
            // SAFETY: contract 2; a node that is claimed or dead leaves the list.
            unsafe { self.unlink(node) };
            if claimed {
                return NonNull::new(node);
            }
        }
        None
    }

    /// The first choice in the list that satisfies `wanted`.
    fn find(&self, wanted: impl Fn(Party, Word) -> bool) -> Option<Party> {
        let mut at = self.head();
        while let Some(node) = at {
            let node = node.as_ptr();
            // SAFETY: contract 1, it is linked.
            let party = unsafe { party_of(node) };
            // SAFETY: contract 1, it is linked.
            let (state, ..) = unsafe { choice_of(node) };
            if wanted(party, state.get()) {
                return Some(party);
            }
            // SAFETY: contract 2.
            at = unsafe { self.after(node) };
        }
        None
    }

    /// Arrow 2 for the first choice that is neither `me` nor notified already.
    fn tell_next(&mut self, me: Party) -> Option<Waker> {
        let mut at = self.head();
        while let Some(node) = at {
            let node = node.as_ptr();
            // SAFETY: contract 1, it is linked.
            let told = unsafe { party_of(node) } != me && {
                // SAFETY: contract 1, it is linked.
                unsafe { choice_of(node) }.0.notify()
            };
            if told {
                // SAFETY: contract 1, it is linked.
                let (_, waker, _) = unsafe { choice_of(node) };
                // SAFETY: contract 4, the notice was ours, so the waker is.
                return Some(unsafe { (*waker).assume_init_read() });
            }
            // SAFETY: contract 2.
            at = unsafe { self.after(node) };
        }
        None
    }
}

/// Who waits on one side of a channel, first come, first served.
pub(crate) struct WaitList<T> {
    links: Links,
    _value: PhantomData<fn(T) -> T>,
}

// SAFETY: contract 2, the nodes are reached only under the lock of the channel that owns the
// list; values cross threads through them, hence `T: Send`.
unsafe impl<T: Send> Send for WaitList<T> {}

impl<T> WaitList<T> {
    pub(crate) const fn new() -> Self {
        Self { links: Links { tail: ptr::null_mut() }, _value: PhantomData }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.links.tail.is_null()
    }

    /// Claims the first party that is open and not `me`.
    #[inline]
    pub(crate) fn claim_first(&mut self, me: Party) -> Option<Claimed<T>> {
        if self.is_empty() {
            return None;
        }
        let node = self.links.claim_first(me)?.cast();
        Some(Claimed { node, _value: PhantomData })
    }

    /// The first party that a claim could get, if it is not decided elsewhere meanwhile.
    pub(crate) fn first_open(&self, me: Party) -> Option<Party> {
        self.links.find(|party, word| party != me && word.phase() == Phase::Open)
    }

    /// Whether somebody who is neither `me` nor `but` waits here before `me`.
    pub(crate) fn is_open_before(&self, me: Party, but: Party) -> bool {
        let first = self
            .links
            .find(|party, word| party == me || (party != but && word.phase() == Phase::Open));
        first.is_some_and(|party| party != me)
    }

    /// Whether somebody waits here who has not been told to come and look.
    pub(crate) fn has_untold(&self, me: Party) -> bool {
        let untold = |party, word: Word| {
            party != me
                && matches!(word.phase(), Phase::Open | Phase::Listening)
                && !word.is_notified()
        };
        self.links.find(untold).is_some()
    }

    /// Tells the next one that has not been told yet to come and look: its waker.
    pub(crate) fn tell_next(&mut self, me: Party) -> Option<Waker> {
        self.links.tell_next(me)
    }

    /// How many wait here.
    pub(crate) fn count(&self) -> usize {
        let count = core::cell::Cell::new(0);
        self.links.find(|_, word| {
            let waits = matches!(word.phase(), Phase::Open | Phase::Listening);
            count.set(count.get() + usize::from(waits));
            false
        });
        count.get()
    }

    /// Arrow 1 for a plain operation: appends its node and opens it.
    ///
    /// # Safety
    ///
    /// Contract 1 from here on and 2 now; the waiter is in no list.
    pub(crate) unsafe fn publish(&mut self, waiter: &Waiter<T>, waker: Waker, word: Word) {
        let node = waiter.header();
        // SAFETY: the caller owns the node, and nobody else can reach it yet.
        unsafe { (*node).target.waker = ManuallyDrop::new(MaybeUninit::new(waker)) };
        waiter.state().set(word);
        // SAFETY: passed on to the caller.
        unsafe { self.links.push_back(node) };
    }

    /// Arrow 1 for one branch of an `alts`.
    ///
    /// # Safety
    ///
    /// Contract 1 from here on, 2 now, and 7 for the choice that was given to `join`; the waiter
    /// is in no list.
    pub(crate) unsafe fn publish_branch(&mut self, waiter: &Waiter<T>) {
        debug_assert_eq!(waiter.state().get().phase(), Phase::Branch);
        // SAFETY: passed on to the caller.
        unsafe { self.links.push_back(waiter.header()) };
    }

    /// Takes a waiter out, if it is in; its owner calls this before the waiter is freed.
    pub(crate) fn unlink(&mut self, waiter: &Waiter<T>) {
        // SAFETY: contract 2; a waiter is only ever in the list of the channel it was made for.
        unsafe { self.links.unlink(waiter.header()) };
    }
}

impl<T> fmt::Debug for WaitList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WaitList({})", self.count())
    }
}

/// A party that we have claimed: it waits for us to move the value and say what came of it.
///
/// It is used and completed within the critical section of the claim.
#[must_use = "a claimed party has to be completed"]
pub(crate) struct Claimed<T> {
    node: NonNull<Node<T>>,
    _value: PhantomData<fn(T) -> T>,
}

impl<T> Claimed<T> {
    /// Moves a value into the slot of a claimed take.
    #[inline]
    pub(crate) fn give(&self, value: T) {
        let slot = Waiter::slot_of(self.node.as_ptr());
        // SAFETY: contract 3, the slot of a claimed take is empty and ours.
        unsafe { slot.write(value) };
    }

    /// Moves the value out of the slot of a claimed put.
    #[inline]
    pub(crate) fn receive(&self) -> T {
        let slot = Waiter::slot_of(self.node.as_ptr());
        // SAFETY: contract 3, the slot of a claimed put is full and ours.
        unsafe { slot.read() }
    }

    /// Arrow 5: says what came of it; the waker is the caller's to call after the lock.
    #[inline]
    pub(crate) fn complete(self, outcome: Outcome, sequence: u32) -> Option<Waker> {
        let node = self.node.as_ptr().cast::<Header>();
        // SAFETY: contract 1 still holds, as `Done` is not stored yet.
        let (state, waker, _) = unsafe { choice_of(node) };
        let waker = if state.get().is_notified() {
            None
        } else {
            // SAFETY: contract 4, the claim made the waker ours.
            Some(unsafe { (*waker).assume_init_read() })
        };
        // SAFETY: contract 2; the field is free after the claim, and beside the choice pointer.
        unsafe { (*node).target.branch.sequence = sequence };
        state.complete(outcome);
        waker
    }
}

/// The node of a waiting operation, pinned inside its future.
pub(crate) struct Waiter<T> {
    node: Aliased<Node<T>>,
}

// SAFETY: contracts 2 to 4 say who touches what; the value in the slot crosses threads.
unsafe impl<T: Send> Send for Waiter<T> {}
// SAFETY: as above; what `&Waiter` offers reads the atomic state, or is for the pinned owner.
unsafe impl<T: Send> Sync for Waiter<T> {}

impl<T> Waiter<T> {
    const fn with_slot(slot: MaybeUninit<T>) -> Self {
        let choice = ptr::null();
        let target = Target { branch: BranchTarget { choice, sequence: 0 } };
        let state = State::new(Word::NEW);
        let header = Header { next: ptr::null_mut(), previous: ptr::null_mut(), target, state };
        Self { node: Aliased::new(Node { header, slot }) }
    }

    /// A waiter whose slot is empty.
    pub(crate) const fn empty() -> Self {
        Self::with_slot(MaybeUninit::uninit())
    }

    /// A waiter that holds the value of a put.
    pub(crate) const fn full(value: T) -> Self {
        Self::with_slot(MaybeUninit::new(value))
    }

    const fn header(&self) -> *mut Header {
        self.node.get().cast()
    }

    fn slot_of(node: *mut Node<T>) -> *mut T {
        // SAFETY: only the address of the field is taken, within one allocation.
        unsafe { &raw mut (*node).slot }.cast()
    }

    /// The word of a plain operation, or the mark of a branch.
    #[inline]
    pub(crate) fn state(&self) -> &State {
        // SAFETY: the owner's node is alive; the state is atomic.
        unsafe { &(*self.header()).state }
    }

    /// Who this waiter is, for [`WaitList`] to skip.
    pub(crate) fn party(&self) -> Party {
        // SAFETY: the owner's node is alive.
        unsafe { party_of(self.header()) }
    }

    /// Moves the value out.
    ///
    /// # Safety
    ///
    /// Contract 3: the slot is full and belongs to the caller.
    pub(crate) unsafe fn take_value(&self) -> T {
        // SAFETY: passed on to the caller.
        unsafe { Self::slot_of(self.node.get()).read() }
    }

    /// Moves a value in.
    ///
    /// # Safety
    ///
    /// Contract 3: the slot is empty and belongs to the caller.
    pub(crate) unsafe fn set_value(&self, value: T) {
        // SAFETY: passed on to the caller.
        unsafe { Self::slot_of(self.node.get()).write(value) };
    }

    /// The number of the hand-over that filled the slot.
    pub(crate) fn sequence(&self) -> u32 {
        // SAFETY: the owner's node is alive; the claimer wrote the field before `Done`.
        unsafe { (*self.header()).target.branch.sequence }
    }

    /// Whether `waker` wakes the same task as the one that waits here.
    ///
    /// # Safety
    ///
    /// Contract 4: a plain operation that is open and not notified; the lock is held.
    pub(crate) unsafe fn will_wake(&self, waker: &Waker) -> bool {
        // SAFETY: the owner's node is alive; only the address of the field is taken.
        let own = unsafe { &raw const (*self.header()).target.waker };
        // SAFETY: passed on to the caller.
        unsafe { (*own.cast::<Waker>()).will_wake(waker) }
    }

    /// Replaces the waker and returns the old one.
    ///
    /// # Safety
    ///
    /// As [`will_wake`](Self::will_wake).
    pub(crate) unsafe fn replace_waker(&self, waker: Waker) -> Waker {
        // SAFETY: the owner's node is alive; only the address of the field is taken.
        let own = unsafe { &raw mut (*self.header()).target.waker };
        // SAFETY: passed on to the caller.
        unsafe { own.cast::<Waker>().replace(waker) }
    }

    /// Arrow 2, back: the owner has looked again, found nothing and waits for the next notice.
    ///
    /// # Safety
    ///
    /// Contract 4: a plain operation that is notified; the lock is held.
    pub(crate) unsafe fn rearm(&self, waker: Waker, word: Word) {
        // SAFETY: passed on to the caller; the notifier took the old waker.
        unsafe { (*self.header()).target.waker = ManuallyDrop::new(MaybeUninit::new(waker)) };
        self.state().set(word);
    }

    /// Takes the waker out.
    ///
    /// # Safety
    ///
    /// As [`will_wake`](Self::will_wake), and the operation is over: nobody uses the waker again.
    pub(crate) unsafe fn take_waker(&self) -> Waker {
        // SAFETY: the owner's node is alive; only the address of the field is taken.
        let own = unsafe { &raw const (*self.header()).target.waker };
        // SAFETY: passed on to the caller.
        unsafe { own.cast::<Waker>().read() }
    }

    /// Makes the node branch `index` of `choice`.
    ///
    /// # Safety
    ///
    /// The node is in no list; contract 7 holds for `choice` while it is linked.
    pub(crate) unsafe fn join(&self, choice: *const Choice, index: u16) {
        // SAFETY: the owner's node is alive and unreachable.
        unsafe { (*self.header()).target.branch.choice = choice };
        self.state().set(Word::branch(index));
    }

    /// The choice that it is a branch of, null if of none.
    pub(crate) fn choice(&self) -> *const Choice {
        if self.state().get().phase() == Phase::Branch {
            // SAFETY: the owner's node is alive; a branch has a choice.
            unsafe { (*self.header()).target.branch.choice }
        } else {
            ptr::null()
        }
    }
}

impl<T> fmt::Debug for Waiter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.state().get().phase())
    }
}

/// The value that a put brings: in its node, or in the caller's hands.
#[derive(Debug)]
pub(crate) enum Offer<'a, T> {
    /// The full slot of a put that nobody has claimed.
    Waiter(&'a Waiter<T>),
    Value(&'a mut Option<T>),
}

impl<T> Offer<'_, T> {
    /// Moves the value out.
    #[inline]
    pub(crate) fn accept(self) -> T {
        match self {
            // SAFETY: contract 3: a put that is not claimed owns its full slot.
            Self::Waiter(waiter) => unsafe { waiter.take_value() },
            Self::Value(value) => value.take().expect("an offer has a value"),
        }
    }

    /// Moves the value out, and in its place whatever had to go for it; whether something had.
    pub(crate) fn exchange(self, push: impl FnOnce(T) -> Option<T>) -> bool {
        match self {
            Self::Waiter(waiter) => {
                // SAFETY: contract 3: a put that is not claimed owns its full slot.
                let evicted = push(unsafe { waiter.take_value() });
                let is_some = evicted.is_some();
                if let Some(evicted) = evicted {
                    // SAFETY: contract 3: the slot has just been emptied.
                    unsafe { waiter.set_value(evicted) };
                }
                is_some
            }
            Self::Value(value) => {
                *value = push(value.take().expect("an offer has a value"));
                value.is_some()
            }
        }
    }
}
