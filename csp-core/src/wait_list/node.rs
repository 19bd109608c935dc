//! The node of a waiting operation: its fields, and what its owner may do with it.
//!
//! The safety contract is that of the [wait list](super).

#![expect(unsafe_code, reason = "raw fields; the contract of the wait list")]

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::{PhantomData, PhantomPinned};
use core::mem::{self, ManuallyDrop, MaybeUninit};
use core::ptr;
use core::task::Waker;

use super::marks::Marks;
use crate::choice::{Choice, Phase, State, Word};
use crate::sync::Access;

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

    /// The owner of a plain operation.
    pub(super) const fn of_plain(node: *mut Header) -> Self {
        Self(node.cast_const().cast())
    }

    pub(crate) const fn of_choice(choice: *const Choice) -> Self {
        Self(choice.cast())
    }
}

/// What a node has whatever its message type.
#[repr(C)]
pub(crate) struct Header {
    /// Uninitialised until the node is linked. Null once it has left its list, unless it left as a
    /// plain one that was claimed.
    next: MaybeUninit<*mut Self>,
    /// Uninitialised while the node is in no list, as is the target.
    previous: MaybeUninit<*mut Self>,
    target: Target,
    /// The state of a plain operation, or `Word::branch`.
    state: State,
    accesses: Accesses,
}

/// To the links (contract 2), the slot and the sequence (3), the waker (4).
struct Accesses {
    links: Access,
    slot: Access,
    waker: Access,
}

#[repr(C)]
union Target {
    waker: ManuallyDrop<MaybeUninit<Waker>>,
    branch: BranchTarget,
    member: MemberTarget,
}

#[derive(Clone, Copy)]
#[repr(C)]
struct BranchTarget {
    choice: *const Choice,
    /// The number of the hand-over that completed the node. A plain operation keeps it here too:
    /// its waker is gone by then.
    sequence: u32,
}

#[derive(Clone, Copy)]
#[repr(C)]
struct MemberTarget {
    marks: *const Marks,
    /// The member that was marked before this one; contract 8 says whose the field is.
    marked_before: u32,
}

// Addresses of fields that are about to be used, without a reference to the node (contract 6).
impl Header {
    #[inline]
    fn accesses<'a>(node: *mut Self) -> &'a Accesses {
        // SAFETY: contract 1, the node is alive; the field is made to be shared.
        unsafe { &(*node).accesses }
    }

    #[inline]
    pub(super) fn next(node: *mut Self) -> *mut *mut Self {
        Self::accesses(node).links.write();
        // SAFETY: contract 1, the node is alive; nothing is read.
        unsafe { &raw mut (*node).next }.cast()
    }

    #[inline]
    pub(super) fn previous(node: *mut Self) -> *mut *mut Self {
        Self::accesses(node).links.write();
        // SAFETY: contract 1, the node is alive; nothing is read.
        unsafe { &raw mut (*node).previous }.cast()
    }

    #[inline]
    pub(super) fn waker<'a>(node: *mut Self) -> WakerPlace<'a> {
        // SAFETY: contract 1, the node is alive; nothing is read.
        let place = unsafe { &raw mut (*node).target }.cast();
        WakerPlace { place, access: &Self::accesses(node).waker }
    }

    const fn choice(node: *mut Self) -> *mut *const Choice {
        // SAFETY: contract 1, the node is alive; nothing is read.
        unsafe { &raw mut (*node).target.branch.choice }
    }

    pub(super) const fn marks(node: *mut Self) -> *mut *const Marks {
        // SAFETY: contract 1, the node is alive; nothing is read.
        unsafe { &raw mut (*node).target.member.marks }
    }

    pub(super) fn marked_before(node: *mut Self) -> *mut u32 {
        Self::accesses(node).waker.write();
        // SAFETY: contract 1, the node is alive; nothing is read.
        unsafe { &raw mut (*node).target.member.marked_before }
    }

    pub(super) fn sequence(node: *mut Self) -> *mut u32 {
        Self::accesses(node).slot.write();
        // SAFETY: contract 1, the node is alive; nothing is read.
        unsafe { &raw mut (*node).target.branch.sequence }
    }
}

/// A [`Header`], field by field, and the slot in what would be its padding.
#[repr(C)]
pub(super) struct Node<T> {
    next: MaybeUninit<*mut Header>,
    previous: MaybeUninit<*mut Header>,
    target: Target,
    state: State,
    accesses: Accesses,
    slot: MaybeUninit<T>,
}

const _: () = {
    assert!(mem::offset_of!(Node<u8>, next) == mem::offset_of!(Header, next));
    assert!(mem::offset_of!(Node<u8>, previous) == mem::offset_of!(Header, previous));
    assert!(mem::offset_of!(Node<u8>, target) == mem::offset_of!(Header, target));
    assert!(mem::offset_of!(Node<u8>, state) == mem::offset_of!(Header, state));
    assert!(mem::offset_of!(Node<u8>, accesses) == mem::offset_of!(Header, accesses));
};

/// Where the waker of a choice lies; contract 4 says whose it is.
#[derive(Clone, Copy)]
pub(crate) struct WakerPlace<'a> {
    place: *mut Waker,
    access: &'a Access,
}

impl<'a> WakerPlace<'a> {
    pub(crate) const fn of(choice: &'a Choice) -> Self {
        Self::new(&choice.waker, &choice.access)
    }

    pub(super) const fn new(place: &'a UnsafeCell<MaybeUninit<Waker>>, access: &'a Access) -> Self {
        Self { place: place.get().cast(), access }
    }

    /// # Safety
    ///
    /// Contract 4: the waker is there and the caller's; nobody reads it again.
    #[inline]
    pub(crate) unsafe fn read(self) -> Waker {
        self.access.write();
        // SAFETY: passed on to the caller.
        unsafe { self.place.read() }
    }

    /// # Safety
    ///
    /// Contract 4: the place is empty and the caller's.
    #[inline]
    pub(crate) unsafe fn write(self, waker: Waker) {
        self.access.write();
        // SAFETY: passed on to the caller.
        unsafe { self.place.write(waker) };
    }

    /// # Safety
    ///
    /// Contract 4: the waker is there and the caller's.
    unsafe fn replace(self, waker: Waker) -> Waker {
        self.access.write();
        // SAFETY: passed on to the caller.
        unsafe { self.place.replace(waker) }
    }

    /// # Safety
    ///
    /// Contract 4: the waker is there and the caller's.
    unsafe fn will_wake(self, waker: &Waker) -> bool {
        self.access.read();
        // SAFETY: passed on to the caller.
        unsafe { &*self.place }.will_wake(waker)
    }
}

/// The state and waker of the choice that a node belongs to.
///
/// # Safety
///
/// Contract 1: the node is linked, or claimed and not completed. Contract 2: the lock is held.
/// Contract 7 covers the choice.
#[inline]
pub(super) unsafe fn choice_of<'a>(node: *mut Header) -> (&'a State, WakerPlace<'a>, u16) {
    // SAFETY: contract 1, the node is alive; the state is atomic.
    let own: &'a State = unsafe { &(*node).state };
    // Whether it is a branch changes under the lock only.
    let word = own.get_unordered();
    if !word.is(Phase::Branch) {
        return (own, Header::waker(node), 0);
    }
    // SAFETY: passed on to the caller, and it is a branch.
    let choice = unsafe { branched(node) };
    (&choice.state, WakerPlace::of(choice), word.index())
}

/// The choice of a node that is marked as a branch.
///
/// # Safety
///
/// As [`choice_of`]; the node is marked as a branch.
#[inline]
pub(super) unsafe fn branched<'a>(node: *mut Header) -> &'a Choice {
    // SAFETY: contract 1; a node marked as a branch has a choice.
    let choice = unsafe { Header::choice(node).read() };
    // SAFETY: contract 7, the choice is alive.
    unsafe { &*choice }
}

/// The state in the node itself.
///
/// # Safety
///
/// Contract 1: the node is linked, or the caller owns it.
#[inline]
pub(super) unsafe fn plain_state<'a>(node: *mut Header) -> &'a State {
    // SAFETY: contract 1, the node is alive; the state is atomic.
    unsafe { &(*node).state }
}

/// Who owns a node.
///
/// # Safety
///
/// As [`choice_of`].
#[inline]
pub(super) unsafe fn party_of(node: *mut Header) -> Party {
    // SAFETY: contract 1; the state is atomic.
    let word = unsafe { &(*node).state }.get();
    if word.is(Phase::Branch) {
        // SAFETY: contract 1; a node marked as a branch has a choice.
        Party::of_choice(unsafe { Header::choice(node).read() })
    } else {
        Party::of_plain(node)
    }
}

/// A [`Waiter`] whose message type is forgotten. It points to all of the node, the slot included,
/// which a reference to a part of it would not.
#[derive(Clone, Copy)]
pub(crate) struct Handle<'a> {
    node: *mut Header,
    _waiter: PhantomData<&'a Header>,
}

impl<'a> Handle<'a> {
    #[inline]
    pub(crate) const fn header(self) -> *mut Header {
        self.node
    }

    /// [`Waiter::state`].
    #[inline]
    pub(crate) fn state(self) -> &'a State {
        // SAFETY: the owner's node is alive; the state is atomic.
        unsafe { &(*self.node).state }
    }

    /// [`Waiter::plain_party`].
    #[inline]
    pub(crate) const fn plain_party(self) -> Party {
        Party::of_plain(self.node)
    }

    /// Whether `waker` wakes the same task as the one that waits here.
    ///
    /// # Safety
    ///
    /// Contract 4: a plain operation that is open and not notified; the lock is held.
    pub(crate) unsafe fn will_wake(self, waker: &Waker) -> bool {
        // SAFETY: passed on to the caller.
        unsafe { Header::waker(self.node).will_wake(waker) }
    }

    /// Replaces the waker and returns the old one.
    ///
    /// # Safety
    ///
    /// As [`will_wake`](Self::will_wake).
    pub(crate) unsafe fn replace_waker(self, waker: Waker) -> Waker {
        // SAFETY: passed on to the caller.
        unsafe { Header::waker(self.node).replace(waker) }
    }

    /// Arrow 2, back: the owner has looked again, found nothing and waits for the next notice.
    ///
    /// # Safety
    ///
    /// Contract 4: a plain operation that is notified; the lock is held.
    pub(crate) unsafe fn rearm(self, waker: Waker, word: Word) {
        // SAFETY: passed on to the caller; the notifier took the old waker.
        unsafe { Header::waker(self.node).write(waker) };
        self.state().set(word);
    }

    /// Takes the waker out.
    ///
    /// # Safety
    ///
    /// As [`will_wake`](Self::will_wake), and the operation is over: nobody uses the waker again.
    pub(crate) unsafe fn take_waker(self) -> Waker {
        // SAFETY: passed on to the caller.
        unsafe { Header::waker(self.node).read() }
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
        // What is not written need not be copied either when the future moves.
        let target = Target { waker: ManuallyDrop::new(MaybeUninit::uninit()) };
        let state = State::new(Word::NEW);
        let (next, previous) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        let accesses = Accesses { links: Access::new(), slot: Access::new(), waker: Access::new() };
        Self { node: Aliased::new(Node { next, previous, target, state, accesses, slot }) }
    }

    /// A waiter whose slot is empty.
    pub(crate) const fn empty() -> Self {
        Self::with_slot(MaybeUninit::uninit())
    }

    /// A waiter that holds the value of a put.
    pub(crate) const fn full(value: T) -> Self {
        Self::with_slot(MaybeUninit::new(value))
    }

    pub(super) const fn header(&self) -> *mut Header {
        self.node.get().cast()
    }

    /// The node without its message type.
    #[inline]
    pub(crate) const fn handle(&self) -> Handle<'_> {
        Handle { node: self.header(), _waiter: PhantomData }
    }

    /// The slot, about to be used.
    #[inline]
    pub(super) fn slot_of(node: *mut Node<T>) -> *mut T {
        Header::accesses(node.cast()).slot.write();
        // SAFETY: only the address of the field is taken, within one allocation.
        unsafe { &raw mut (*node).slot }.cast()
    }

    /// The word of a plain operation, or the mark of a branch.
    #[inline]
    pub(crate) fn state(&self) -> &State {
        // SAFETY: the owner's node is alive; the state is atomic.
        unsafe { &(*self.header()).state }
    }

    /// Who this waiter is when it is no branch.
    #[inline]
    pub(crate) const fn plain_party(&self) -> Party {
        Party::of_plain(self.header())
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
        unsafe { Header::sequence(self.header()).read() }
    }

    /// Makes the node branch `index` of `choice`.
    ///
    /// # Safety
    ///
    /// The node is in no list; contract 7 holds for `choice` while it is linked.
    pub(crate) unsafe fn join(&self, choice: *const Choice, index: u16) {
        // SAFETY: the owner's node is alive and unreachable.
        unsafe { Header::choice(self.header()).write(choice) };
        self.state().set(Word::branch(index));
    }

    /// Makes the node a branch of an `Alternative`, with its notice if `ready`.
    ///
    /// # Safety
    ///
    /// The node is in no list; contract 7 holds for `marks` while it is linked.
    pub(crate) unsafe fn enlist(&self, marks: *const Marks, index: u16, ready: bool) {
        // SAFETY: the owner's node is alive and unreachable.
        unsafe { Header::marks(self.header()).write(marks) };
        let word = Word::member(index);
        self.state().set(if ready { word.notified() } else { word });
    }

    /// The member that was marked before this one, as [`Marks::drain`] names it.
    ///
    /// # Safety
    ///
    /// Contract 8: a member that is notified, and whose mark the owner has drained.
    pub(crate) unsafe fn marked_before(&self) -> u32 {
        // SAFETY: passed on to the caller.
        unsafe { Header::marked_before(self.header()).read() }
    }

    /// The choice that it is a branch of, null if of none.
    pub(crate) fn choice(&self) -> *const Choice {
        if self.state().get().is(Phase::Branch) {
            // SAFETY: the owner's node is alive; a branch has a choice.
            unsafe { Header::choice(self.header()).read() }
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

/// The value that a put brings: the full slot of a waiter that nobody has claimed.
#[derive(Debug)]
pub(crate) struct Offer<'a, T>(pub(crate) &'a Waiter<T>);

impl<T> Offer<'_, T> {
    /// Moves the value out.
    #[inline]
    pub(crate) fn accept(self) -> T {
        // SAFETY: contract 3: a put that is not claimed owns its full slot.
        unsafe { self.0.take_value() }
    }

    /// Moves the value out, and in its place whatever had to go for it; whether something had.
    pub(crate) fn exchange(self, push: impl FnOnce(T) -> Option<T>) -> bool {
        // SAFETY: contract 3: a put that is not claimed owns its full slot.
        let evicted = push(unsafe { self.0.take_value() });
        let is_some = evicted.is_some();
        if let Some(evicted) = evicted {
            // SAFETY: contract 3: the slot has just been emptied.
            unsafe { self.0.set_value(evicted) };
        }
        is_some
    }
}
