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
//!    borrows them and unlinks them when dropped. So do the [`Marks`] of an `Alternative`.
//! 8. **A member** (a branch of an `Alternative`) has no waker of its own. Who sets its notice,
//!    under the lock of its channel, marks it in the same critical section; the link between marked
//!    members is theirs until the mark is drained, and then the owner's, until it takes the notice
//!    away, under the lock.

#![expect(unsafe_code, reason = "intrusive lists; the contract above is what the blocks rely on")]

use core::fmt;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ptr::{self, NonNull};
use core::task::Waker;

use crate::choice::{Choice, Phase, Word};

mod claimed;
mod marks;
mod node;

pub(crate) use claimed::Claimed;
pub(crate) use marks::{Armed, MAX_MEMBERS, Marks};
pub(crate) use node::{Aliased, Handle, Offer, Party, Waiter, WakerPlace};
use node::{Header, branched, choice_of, party_of, plain_state};

/// Stands for a node that is about to leave its list: if a lock panics on the way, the memory of
/// the node would be freed while others can reach it, so this panics in turn and ends the program.
#[must_use]
pub(crate) struct Linked;

impl Linked {
    /// The node is in no list.
    #[inline]
    pub(crate) const fn left(self) {
        let _done = ManuallyDrop::new(self);
    }
}

impl Drop for Linked {
    fn drop(&mut self) {
        panic!("a lock panicked under a waiting operation that is being dropped");
    }
}

/// The marks of the `Alternative` that a member belongs to.
///
/// # Safety
///
/// Contract 1: the node is linked, a member. Contract 7 covers the marks.
unsafe fn marks_of<'a>(node: *mut Header) -> &'a Marks {
    // SAFETY: contract 1; a node marked as a member has marks.
    let marks = unsafe { Header::marks(node).read() };
    // SAFETY: contract 7, they are alive; atomic and cell fields only.
    unsafe { &*marks }
}

/// The links alone, the same code for every message type.
pub(crate) struct Links {
    tail: *mut Header,
}

impl Links {
    /// Arrow 1 for a plain operation: appends its node and opens it.
    ///
    /// # Safety
    ///
    /// Contract 1 from here on and 2 now; the node is in no list.
    pub(crate) unsafe fn publish(&mut self, node: Handle<'_>, waker: Waker, word: Word) {
        // SAFETY: the caller owns the node, and nobody else can reach it yet.
        unsafe { Header::waker(node.header()).write(waker) };
        node.state().set_unordered(word);
        // SAFETY: passed on to the caller.
        unsafe { self.push_back(node.header()) };
    }

    /// # Safety
    ///
    /// Contract 1 holds for `node` from here on, and 2 now.
    unsafe fn push_back(&mut self, node: *mut Header) {
        let tail = self.tail;
        self.tail = node;
        if tail.is_null() {
            // SAFETY: the caller owns `node`; contract 2.
            unsafe { Header::next(node).write(node) };
            // SAFETY: as above.
            unsafe { Header::previous(node).write(node) };
            return;
        }
        // SAFETY: contract 1, the tail is linked.
        let head = unsafe { Header::next(tail).read() };
        // SAFETY: the caller owns `node`; contract 2.
        unsafe { Header::next(node).write(head) };
        // SAFETY: as above.
        unsafe { Header::previous(node).write(tail) };
        // SAFETY: contract 1, the head is linked.
        unsafe { Header::previous(head).write(node) };
        // SAFETY: contract 1, the tail is linked.
        unsafe { Header::next(tail).write(node) };
    }

    /// # Safety
    ///
    /// Contract 2; `node` is in this list, or has left it other than by
    /// [`claim_plain`](Self::claim_plain).
    pub(crate) unsafe fn unlink(&mut self, node: *mut Header) {
        // SAFETY: the caller owns `node` or found it in the list; contract 2.
        let next = unsafe { Header::next(node).read() };
        if next.is_null() {
            return;
        }
        // SAFETY: as above.
        let previous = unsafe { Header::previous(node).read() };
        if next == node {
            self.tail = ptr::null_mut();
        } else {
            // SAFETY: contract 1, a neighbour is linked.
            unsafe { Header::next(previous).write(next) };
            // SAFETY: contract 1, a neighbour is linked.
            unsafe { Header::previous(next).write(previous) };
            if self.tail == node {
                self.tail = previous;
            }
        }
        // SAFETY: as for `next`.
        unsafe { Header::next(node).write(ptr::null_mut()) };
    }

    fn head(&self) -> Option<NonNull<Header>> {
        if self.tail.is_null() {
            return None;
        }
        // SAFETY: contract 1, the tail is linked.
        NonNull::new(unsafe { Header::next(self.tail).read() })
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
        NonNull::new(unsafe { Header::next(node).read() })
    }

    /// Arrow 4 in the usual case: the head is a plain operation that was told nothing. It is not
    /// the caller's own, who looks for partners when told, or before it is linked.
    #[inline]
    fn claim_plain(&mut self) -> Option<NonNull<Header>> {
        if self.tail.is_null() {
            return None;
        }
        // SAFETY: contract 1, the tail is linked.
        let head = unsafe { Header::next(self.tail).read() };
        // SAFETY: contract 1, it is linked.
        if !unsafe { plain_state(head) }.claim_plain() {
            return None;
        }
        // A node that is claimed leaves the list; that it has left need not be said in it, for its
        // owner unlinks it only while it is open.
        if head == self.tail {
            self.tail = ptr::null_mut();
        } else {
            // SAFETY: contract 1, the head is linked.
            let next = unsafe { Header::next(head).read() };
            // SAFETY: contract 1, the tail is linked.
            unsafe { Header::next(self.tail).write(next) };
            // SAFETY: contract 1, it comes after the head.
            unsafe { Header::previous(next).write(self.tail) };
        }
        // SAFETY: the list is circular, no link in it is null.
        Some(unsafe { NonNull::new_unchecked(head) })
    }

    /// Arrow 4 where the head is a branch, not the caller's own; the dead before it are unlinked.
    #[cfg_attr(target_os = "none", inline(never))]
    fn claim_branch(&mut self) -> Option<NonNull<Header>> {
        loop {
            let head = self.head()?;
            // SAFETY: contract 1, it is linked.
            let word = unsafe { plain_state(head.as_ptr()) }.get_unordered();
            if !word.is(Phase::Branch) {
                return None;
            }
            // SAFETY: contracts 1 and 2, it is linked, and has just said that it is a branch.
            let claimed = unsafe { branched(head.as_ptr()) }.state.claim(word.index());
            // SAFETY: contract 2; a node that is claimed or dead leaves the list.
            unsafe { self.unlink(head.as_ptr()) };
            if claimed {
                return Some(head);
            }
        }
    }

    /// Arrow 4 for the first choice in the list that is open and not `me`; the dead are unlinked
    /// on the way.
    #[cfg_attr(target_os = "none", inline(never))]
    fn claim_first(&mut self, me: Party) -> Option<NonNull<Header>> {
        if !KNOWS_PLAIN {
            let plain = self.claim_plain();
            if plain.is_some() {
                return plain;
            }
        }
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
            if state.get().is(Phase::Listening) {
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

    /// Arrow 2 for the first choice that has not been notified already and is `whom`, or is
    /// another if not `only`; or the waker of a member that has been marked, if its owner waits and
    /// nobody has its waker yet.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    fn tell_next(&mut self, whom: Party, only: bool) -> Option<Waker> {
        let mut at = self.head();
        while let Some(node) = at {
            let node = node.as_ptr();
            // SAFETY: contract 1, it is linked.
            if (unsafe { party_of(node) } == whom) == only {
                // SAFETY: contract 1, it is linked.
                let (state, waker, _) = unsafe { choice_of(node) };
                let word = state.get();
                if word.is_member() {
                    // SAFETY: contracts 1 and 7.
                    let marks = unsafe { marks_of(node) };
                    // SAFETY: contract 2, for this member.
                    if let Some(waker) = unsafe { (marks.telling().claim)(marks, word.index()) } {
                        return Some(waker);
                    }
                } else if state.notify() {
                    // SAFETY: contract 4, the notice was ours, so the waker is.
                    return Some(unsafe { waker.read() });
                }
            }
            // SAFETY: contract 2.
            at = unsafe { self.after(node) };
        }
        None
    }

    /// See [`WaitList::first_open`].
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    fn first_open(&self, me: Party) -> Option<Party> {
        self.find(|party, word| party != me && word.is(Phase::Open))
    }

    /// See [`WaitList::is_open_before`].
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    fn is_open_before(&self, me: Party, but: Party) -> bool {
        let first = self.find(|party, word| party == me || (party != but && word.is(Phase::Open)));
        first.is_some_and(|party| party != me)
    }

    /// See [`WaitList::count`].
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    fn count(&self) -> usize {
        let count = core::cell::Cell::new(0);
        self.find(|_, word| {
            let waits = matches!(word.phase(), Phase::Open | Phase::Listening) && !word.is_member();
            count.set(count.get() + usize::from(waits));
            false
        });
        count.get()
    }

    /// Marks every member but `me`, and puts the first waker that is due into the vacant `wake`;
    /// whether somebody is left to be told.
    fn mark(&self, me: Party, mut wake: Option<&mut Option<Waker>>) -> bool {
        let mut untold = false;
        let mut at = self.head();
        while let Some(node) = at {
            let node = node.as_ptr();
            // SAFETY: contract 2.
            at = unsafe { self.after(node) };
            // SAFETY: contract 1, it is linked.
            if unsafe { party_of(node) } == me {
                continue;
            }
            // SAFETY: contract 1, it is linked.
            let (state, ..) = unsafe { choice_of(node) };
            let word = state.get();
            if !word.is_member() {
                untold |=
                    matches!(word.phase(), Phase::Open | Phase::Listening) && !word.is_notified();
                continue;
            }
            // SAFETY: contracts 1 and 7.
            let marks = unsafe { marks_of(node) };
            let wake = wake.as_deref_mut().filter(|wake| wake.is_none());
            // SAFETY: contract 2, for this member.
            untold |= unsafe { (marks.telling().mark)(marks, node, wake) };
        }
        untold
    }
}

/// Whether it pays to tell plain operations apart on the long way; on bare metal that costs bytes.
const KNOWS_PLAIN: bool = cfg!(not(target_os = "none"));

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

    /// The list without its message type.
    pub(crate) const fn links(&mut self) -> &mut Links {
        &mut self.links
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.links.tail.is_null()
    }

    /// Claims the first party in the usual case: a plain operation that was told nothing.
    #[inline]
    pub(crate) fn claim_plain(&mut self) -> Option<Claimed<T>> {
        let node = self.links.claim_plain()?.cast();
        Some(Claimed { node, plain: true, _value: PhantomData })
    }

    /// Whether [`claim_plain`](Self::claim_plain) would claim somebody.
    #[inline]
    pub(crate) fn begins_plain(&self) -> bool {
        // SAFETY: contract 1, the head is linked.
        let is_plain = |head: NonNull<Header>| unsafe { plain_state(head.as_ptr()) }.get();
        self.links.head().map(is_plain) == Some(Word::open(true))
    }

    /// Whether the first in line is a branch of an `alts`.
    #[inline]
    pub(crate) fn begins_branch(&self) -> bool {
        // SAFETY: contract 1, the head is linked.
        let word = |head: NonNull<Header>| unsafe { plain_state(head.as_ptr()) }.get_unordered();
        self.links.head().is_some_and(|head| word(head).is(Phase::Branch))
    }

    /// Claims the first party where it is a branch, before which the dead are unlinked.
    #[inline]
    pub(crate) fn claim_branch(&mut self) -> Option<Claimed<T>> {
        let node = self.links.claim_branch()?.cast();
        Some(Claimed { node, plain: false, _value: PhantomData })
    }

    /// Claims the first party that is open and not `me`.
    #[inline]
    pub(crate) fn claim_first(&mut self, me: Party) -> Option<Claimed<T>> {
        if KNOWS_PLAIN {
            let plain = self.claim_plain();
            if plain.is_some() {
                return plain;
            }
        }
        let node = self.links.claim_first(me)?;
        // SAFETY: contract 1 still holds, as `Done` is not stored yet.
        let is_plain = || unsafe { plain_state(node.as_ptr()) }.get() == Word::CLAIMED_PLAIN;
        let plain = KNOWS_PLAIN && is_plain();
        Some(Claimed { node: node.cast(), plain, _value: PhantomData })
    }

    /// The first party that a claim could get, if it is not decided elsewhere meanwhile.
    #[inline]
    pub(crate) fn first_open(&self, me: Party) -> Option<Party> {
        self.links.first_open(me)
    }

    /// Whether somebody who is neither `me` nor `but` waits here before `me`.
    #[inline]
    pub(crate) fn is_open_before(&self, me: Party, but: Party) -> bool {
        self.links.is_open_before(me, but)
    }

    /// The first that is `wanted`, waits here and has not been told to come and look.
    pub(crate) fn first_untold(&self, wanted: impl Fn(Party) -> bool) -> Option<Party> {
        self.links.find(|party, word| {
            matches!(word.phase(), Phase::Open | Phase::Listening)
                && !word.is_notified()
                && wanted(party)
        })
    }

    /// Tells the next one but `me` that has not been told yet to come and look: its waker.
    #[inline]
    pub(crate) fn tell_next(&mut self, me: Party) -> Option<Waker> {
        self.links.tell_next(me, false)
    }

    /// Tells this one.
    #[inline]
    pub(crate) fn tell(&mut self, party: Party) -> Option<Waker> {
        self.links.tell_next(party, true)
    }

    /// Marks the members among those who take, for there is something to take: see
    /// [`Links::mark`].
    pub(crate) fn mark(&self, me: Party, wake: Option<&mut Option<Waker>>) -> bool {
        !self.is_empty() && self.links.mark(me, wake)
    }

    /// How many wait here. A member is no offer, and does not count.
    #[inline]
    pub(crate) fn count(&self) -> usize {
        self.links.count()
    }

    /// Arrow 1 for a plain operation: appends its node and opens it.
    ///
    /// # Safety
    ///
    /// Contract 1 from here on and 2 now; the waiter is in no list.
    pub(crate) unsafe fn publish(&mut self, waiter: &Waiter<T>, waker: Waker, word: Word) {
        // SAFETY: passed on to the caller.
        unsafe { self.links.publish(waiter.handle(), waker, word) };
    }

    /// Arrow 1 for one branch of an `alts`; whether another one of it is last in the list.
    ///
    /// # Safety
    ///
    /// Contract 1 from here on, 2 now, and 7 for the choice that was given to `join`; the waiter
    /// is in no list.
    #[inline]
    pub(crate) unsafe fn publish_branch(
        &mut self,
        waiter: &Waiter<T>,
        choice: *const Choice,
    ) -> bool {
        debug_assert_eq!(waiter.state().get().phase(), Phase::Branch);
        let last = self.links.tail;
        // SAFETY: contract 1, the tail is linked.
        let shared = !last.is_null() && unsafe { party_of(last) } == Party::of_choice(choice);
        // SAFETY: passed on to the caller.
        unsafe { self.links.push_back(waiter.header()) };
        shared
    }

    /// One branch of an `Alternative`, which has been [enlisted](Waiter::enlist).
    ///
    /// # Safety
    ///
    /// Contract 1 from here on, 2 now, and 7 for the marks that were given to `enlist`; the waiter
    /// is in no list.
    pub(crate) unsafe fn register(&mut self, waiter: &Waiter<T>) {
        debug_assert!(waiter.state().get().is_member());
        // SAFETY: passed on to the caller.
        unsafe { self.links.push_back(waiter.header()) };
    }

    /// Takes a waiter out that was linked, if it is still in; its owner calls this before it is
    /// freed.
    ///
    /// # Safety
    ///
    /// Contract 2: this is the list of the channel that the waiter was made for. It has been
    /// linked, and is no plain operation that was claimed.
    pub(crate) unsafe fn unlink(&mut self, waiter: &Waiter<T>) {
        // SAFETY: passed on to the caller.
        unsafe { self.links.unlink(waiter.header()) };
    }
}

impl<T> fmt::Debug for WaitList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WaitList({})", self.count())
    }
}
