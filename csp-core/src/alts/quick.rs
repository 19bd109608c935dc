//! The short way of a choice among takes.
//!
//! Usually nobody has to hear of such a choice but one partner: it takes what is there, or from a
//! plain put that waits; or nobody is there, and it waits; or a partner has given one of its takes a
//! value, and it leaves. Here these passes visit the guards in loops that are compiled for their types.
//! All else goes the long way ([`engine`](super::engine)), which knows these cases too.
//!
//! *Invariant*: under the locks no code but the channel's own runs.

#![expect(unsafe_code, reason = "publishes the nodes of a choice")]

use core::ptr;
use core::task::{Context, Poll};

use super::each::poll_foreign;
use super::engine::{Chosen, Engine, Is, Spare, Stage, id_of, named};
use super::policy::Draw;
use super::set::{ArrayOrder, DynGuards, Guards, Parts};
use crate::buffer::{Buffer, Places};
use crate::channel::state::{After, Locked, Prospect, Transitions, Usual};
use crate::choice::{Choice, MAX_BRANCHES, Outcome, Word};
use crate::lock::{AnyLock, Lock, LockKey};
use crate::operation::{Direction, Operation, Taking};

/// Whether guards take the short way.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quick {
    Not,
    /// All that can reach them runs on one thread.
    Confined,
    /// One lock guards all of them.
    OneLock,
    /// Each has a lock of its own.
    ManyLocks,
    /// They have no channel, and don't matter beside those that have.
    Foreign,
}

impl Quick {
    pub(super) const fn of<L: Lock>() -> Self {
        match (L::THREADS, L::SOLE) {
            (false, _) => Self::Confined,
            (true, true) => Self::OneLock,
            (true, false) => Self::ManyLocks,
        }
    }

    pub(super) const fn of_all(guards: &[Self]) -> Self {
        let (mut all, mut index) = (Self::Foreign, 0);
        while index < guards.len() {
            all = match (all, guards[index]) {
                (Self::Foreign, of_one) | (of_one, Self::Foreign) => of_one,
                (Self::Confined, Self::Confined) => Self::Confined,
                (Self::OneLock, Self::OneLock) => Self::OneLock,
                (Self::ManyLocks, Self::ManyLocks) => Self::ManyLocks,
                _ => Self::Not,
            };
            index += 1;
        }
        if matches!(all, Self::Foreign) { Self::Not } else { all }
    }
}

/// One step for all takes of a choice.
#[doc(hidden)]
pub trait Visit {
    /// False ends it.
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool;
}

/// What a look under the lock came to.
enum Looked {
    Took(usize),
    Waits,
    NeedsWaker,
    Not,
}

impl Engine<'_> {
    /// The short way of [`poll`](Self::poll); `None` if it is none, and nothing has happened.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    #[inline]
    pub(super) unsafe fn poll_quickly<S: Guards>(
        &mut self,
        parts: &mut Parts<'_, S>,
        cx: &mut Context<'_>,
        spare: &mut Spare,
    ) -> Option<Poll<Option<Chosen>>> {
        match (S::QUICK, self.stage) {
            (Quick::Not, _) => None,
            (_, Stage::New) if self.has_default == Is::No => {
                // SAFETY: passed on to the caller.
                unsafe { self.begin_quickly(parts, cx, spare) }
            }
            (_, Stage::Waiting) => {
                self.leave_quickly(parts, spare).map(|chosen| Poll::Ready(Some(chosen)))
            }
            _ => None,
        }
    }

    /// Passes 1 and 2, if nobody has to hear of the choice but one partner.
    ///
    /// # Safety
    ///
    /// As [`poll`](Self::poll).
    unsafe fn begin_quickly<S: Guards>(
        &mut self,
        parts: &mut Parts<'_, S>,
        cx: &mut Context<'_>,
        spare: &mut Spare,
    ) -> Option<Poll<Option<Chosen>>> {
        let len = parts.guards.count();
        if len > MAX_BRANCHES {
            return None;
        }
        self.policy.check(len);
        if S::HAS_FOREIGN {
            self.has_foreign = Is::Yes;
            if poll_foreign(parts.for_engine(), cx, false, |_| true) {
                return None;
            }
        }
        let Order { locks, sole } = order(parts)?;
        self.locks = locks as u32;
        if locks > 0 {
            // A waker is cloned without a lock, for that is arbitrary code.
            spare.own = Some(cx.waker().clone());
        }
        let guards = parts.guards.as_ref().get_ref();
        loop {
            let looked = under_locks(guards, parts.order, locks, || {
                // SAFETY: passed on to the caller; all locks are held.
                unsafe { self.look_quickly(guards, spare, sole) }
            });
            match looked {
                Looked::Waits => break,
                Looked::Took(index) => {
                    self.stage = Stage::Finished;
                    let chosen = Chosen { index, outcome: Outcome::Moved, has_left: false };
                    return Some(Poll::Ready(Some(chosen)));
                }
                Looked::NeedsWaker => spare.own = Some(cx.waker().clone()),
                Looked::Not => return None,
            }
        }
        self.stage = Stage::Waiting;
        self.waker = Some(id_of(cx.waker()));
        if S::HAS_FOREIGN && poll_foreign(parts.for_engine(), cx, true, |_| true) {
            return Some(self.decide_foreign(parts.for_engine(), &mut spare.after));
        }
        Some(Poll::Pending)
    }

    /// # Safety
    ///
    /// As [`poll`](Self::poll); all locks are held.
    #[inline]
    unsafe fn look_quickly<S: Guards>(
        &mut self,
        guards: &S,
        spare: &mut Spare,
        sole: bool,
    ) -> Looked {
        let address = ptr::from_ref(self.choice()).addr();
        let (may_draw, draw) = (!self.policy.is_fair(), self.policy.draw(guards.count(), address));
        let mut look = Look { draw, any: false };
        if !(guards.visit(&mut look) && look.any) {
            return Looked::Not;
        }
        if let Some(index) = look.draw.candidate() {
            if !may_draw {
                return Looked::Not;
            }
            let mut take = TakeAt { index, moved: false, after: &mut spare.after };
            guards.visit(&mut take);
            return if take.moved { Looked::Took(index) } else { Looked::Not };
        }
        let Some(own) = spare.own.take() else { return Looked::NeedsWaker };
        let choice = self.choice();
        // SAFETY: wait list, contract 4: unpublished, so the waker's place is ours.
        unsafe { self.waker_place().write(own) };
        choice.state.set(Word::open(sole));
        let mut publish = Publish { choice: ptr::from_ref(choice), shared: false };
        guards.visit(&mut publish);
        if !publish.shared {
            return Looked::Waits;
        }
        // Which of two guards on one channel waits in front is the policy's to say.
        guards.visit(&mut Unpublish);
        choice.state.set(Word::NEW);
        // SAFETY: wait list, contract 4: unpublished again.
        spare.own = Some(unsafe { self.waker_place().read() });
        Looked::Not
    }

    /// Pass 3, if a partner has given one of the takes its value.
    fn leave_quickly<S: Guards>(
        &mut self,
        parts: &mut Parts<'_, S>,
        spare: &mut Spare,
    ) -> Option<Chosen> {
        let word = self.choice().state.get();
        if !word.has_moved() {
            return None;
        }
        let mut leave = Leave { winner: word.index(), collected: true, has_left: false };
        let guards = parts.guards.as_ref().get_ref();
        if S::QUICK == Quick::OneLock {
            under_locks(guards, parts.order, 1, || guards.visit(&mut leave));
        } else {
            guards.visit(&mut leave);
        }
        let Leave { collected, has_left, .. } = leave;
        let index = usize::from(word.index());
        self.stage = Stage::Finished;
        self.policy.served(index);
        if !collected {
            named(parts.for_engine(), index).collect(Outcome::Moved, &mut spare.after);
        }
        Some(Chosen { index, outcome: Outcome::Moved, has_left })
    }
}

/// How many places of the lock order are in use, and whether that makes a choice sole.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Order {
    locks: usize,
    sole: bool,
}

/// Puts the locks in order; `None` if that is better left to the long way.
#[inline]
fn order<S: Guards>(parts: &mut Parts<'_, S>) -> Option<Order> {
    match S::QUICK {
        Quick::Not | Quick::Foreign | Quick::Confined => Some(Order { locks: 0, sole: true }),
        Quick::OneLock => {
            let mut common = CommonLock { first: None, is_one: true };
            parts.guards.visit(&mut common);
            let (true, Some((index, _))) = (common.is_one, common.first) else { return None };
            parts.set_order(0, usize::from(index));
            Some(Order { locks: 1, sole: true })
        }
        Quick::ManyLocks => {
            let mut ascending = Ascending { last: None, count: 0 };
            let len = parts.guards.count();
            if !(parts.guards.visit(&mut ascending) && ascending.count == len) {
                return parts.guards.sort_locks(parts.order);
            }
            (0..len).for_each(|index| parts.set_order(index, index));
            Some(Order { locks: len, sole: false })
        }
    }
}

impl<const N: usize> ArrayOrder<N> {
    /// Puts the locks of all takes that are enabled in order.
    #[inline]
    pub(super) fn sort(&mut self, guards: &impl Guards) -> Option<Order> {
        let mut keys = [0; N];
        let mut each = Keys { keys: &mut keys, count: 0 };
        guards.visit(&mut each);
        let locks = each.count;
        let keys = &mut keys[..locks];
        sort(keys);
        for (place, key) in self.0.iter_mut().zip(&*keys) {
            *place = *key as u16;
        }
        Some(Order { locks, sole: keys.first()? >> INDEX_BITS == keys.last()? >> INDEX_BITS })
    }
}

/// By insertion if they are nearly in order, or in the opposite one, as are those of channels that
/// were made together.
fn sort(keys: &mut [u128]) {
    if keys.first() > keys.last() {
        keys.reverse();
    }
    let mut moves = 2 * keys.len();
    for from in 1..keys.len() {
        let (key, mut place) = (keys[from], from);
        while place > 0 && keys[place - 1] > key {
            keys[place] = keys[place - 1];
            place -= 1;
        }
        keys[place] = key;
        let Some(left) = moves.checked_sub(from - place) else { return keys.sort_unstable() };
        moves = left;
    }
}

/// A key of a lock and the index of a take in one number, which is sorted faster.
const INDEX_BITS: u32 = u16::BITS;

/// Whether each take has a lock of its own, and they come in order.
struct Ascending {
    last: Option<LockKey>,
    count: usize,
}

impl Visit for Ascending {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        _index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        self.count += 1;
        let key = take.channel.lock().key();
        self.last.replace(key).is_none_or(|last| last < key)
    }
}

/// Collects the keys of the locks.
struct Keys<'k> {
    keys: &'k mut [u128],
    count: usize,
}

impl Visit for Keys<'_> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let (rank, identity) = take.channel.lock().key();
        let key = u128::from(rank) << usize::BITS | identity as u128;
        self.keys[self.count] = key << INDEX_BITS | u128::from(index);
        self.count += 1;
        true
    }
}

/// Runs `f` with the locks of the first `locks` places held. The locks of one thread are free, and
/// nobody comes in between.
#[inline]
fn under_locks<S: Guards, R>(
    guards: &S,
    order: &S::Order,
    locks: usize,
    f: impl FnOnce() -> R,
) -> R {
    if S::QUICK == Quick::Confined {
        return f();
    }
    let (mut f, mut result) = (Some(f), None);
    let mut under = || {
        if let Some(f) = f.take() {
            result = Some(f());
        }
    };
    if S::QUICK == Quick::OneLock {
        guards.visit(&mut Under(&mut under));
    } else {
        Nest { guards, order, place: 0, locks, last: None, under: &mut under }.go_on();
    }
    result.expect("a lock runs its closure")
}

/// Holds the lock of the first take.
struct Under<'f>(&'f mut dyn FnMut());

impl Visit for Under<'_> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        _index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        take.channel.lock().with_lock(&mut self.0);
        false
    }
}

/// Holds one lock after the other, in nested closures, as in `lock_order`.
struct Nest<'n, S: Guards> {
    guards: &'n S,
    order: &'n S::Order,
    place: usize,
    locks: usize,
    last: Option<LockKey>,
    under: &'n mut dyn FnMut(),
}

impl<S: Guards> Nest<'_, S> {
    fn go_on(&mut self) {
        if self.place == self.locks {
            return (self.under)();
        }
        let index = self.guards.order(self.order, self.place);
        self.place += 1;
        self.guards.visit_at(index, self);
    }
}

impl<S: Guards> Visit for Nest<'_, S> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        _index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let lock = take.channel.lock();
        // A lock that several channels share is taken once.
        if self.last.replace(lock.key()) == Some(lock.key()) {
            self.go_on();
        } else {
            lock.with_lock(|| self.go_on());
        }
        true
    }
}

/// Whether the takes have one lock, though their channels may have several flavours of it.
struct CommonLock {
    first: Option<(u16, LockKey)>,
    is_one: bool,
}

impl Visit for CommonLock {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let key = take.channel.lock().key();
        let (_, first) = *self.first.get_or_insert((index, key));
        self.is_one &= first == key;
        self.is_one
    }
}

/// Pass 1: which of the usual cases each take is.
struct Look<'l> {
    draw: Draw<'l>,
    any: bool,
}

impl Visit for Look<'_> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        self.any = true;
        // SAFETY: the lock is held.
        let prospect = unsafe { take.channel.held(|state| state.take_prospect()) };
        if prospect == Prospect::Ready {
            self.draw.ready(usize::from(index));
        }
        prospect != Prospect::Not
    }
}

/// Takes by the guard that was drawn.
struct TakeAt<'a> {
    index: usize,
    moved: bool,
    after: &'a mut After,
}

impl Visit for TakeAt<'_> {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        if usize::from(index) != self.index {
            return true;
        }
        // SAFETY: the lock is held.
        let value = match unsafe { take.channel.held(|state| state.take_usually()) } {
            Usual::Passed(value) => value,
            Usual::Met(value, partner, keep) => {
                self.after.wake = partner;
                self.after.keep = keep;
                value
            }
            _ => return false,
        };
        self.moved = true;
        // SAFETY: wait list, contract 3: a take that is not claimed owns its empty slot.
        unsafe { take.waiter.set_value(value) };
        false
    }
}

/// Pass 2: whether two of the takes wait at one channel.
struct Publish {
    choice: *const Choice,
    shared: bool,
}

impl Visit for Publish {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let publish = |state: &mut Locked<'_, T, B>| {
            // SAFETY: wait list, contract 7: the drop of the choice unlinks.
            unsafe { take.waiter.join(self.choice, index) };
            // SAFETY: wait list, contracts 1 and 2: as above, and the lock is held.
            self.shared |= unsafe { state.takes().publish_branch(&take.waiter, self.choice) };
            state.count_wait_usually();
        };
        // SAFETY: the lock is held.
        unsafe { take.channel.held(publish) };
        true
    }
}

/// Pass 2, back.
struct Unpublish;

impl Visit for Unpublish {
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        _index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        // SAFETY: the lock is held.
        unsafe { take.channel.held(|state| state.takes().unlink(&take.waiter)) };
        take.waiter.state().set(Word::NEW);
        true
    }
}

/// Pass 3: the winner's value is collected, the others leave.
struct Leave {
    winner: u16,
    /// The winner's value, as far as the channel keeps account of that.
    collected: bool,
    /// Puts may go on that waited beside one of the takes.
    has_left: bool,
}

impl Visit for Leave {
    #[inline]
    fn visit<T, B: Buffer<T>, L: Lock>(
        &mut self,
        index: u16,
        take: &Operation<'_, T, B, L, Taking>,
    ) -> bool {
        let leave = |state: &mut Locked<'_, T, B>| {
            if index == self.winner {
                self.collected = !<B::Places as Places<T>>::LIMITED || state.collect_usually();
                return;
            }
            state.takes().unlink(&take.waiter);
            let mut after = After::default();
            Taking::leaves(state, &mut after);
            self.has_left |= !after.is_nothing();
            take.waiter.state().set(Word::NEW);
        };
        match Quick::of::<L>() {
            Quick::ManyLocks if index == self.winner && !<B::Places as Places<T>>::LIMITED => {}
            Quick::ManyLocks => take.channel.with(leave),
            // SAFETY: the lock is held.
            _ => unsafe { take.channel.held(leave) },
        }
        true
    }
}
