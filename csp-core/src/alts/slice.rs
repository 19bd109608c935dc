//! Guards whose number is known at run time: a pinned slice of branches, puts and takes mixed.
//!
//! A [`Branch`] forgets the buffer of its channel, so that channels of any buffer share a slice;
//! message type and lock are one for all. It keeps its own place in the lock order, and leaves its
//! channel in its own drop, so that a slice may outlive the choice that it was lent to.

#![expect(unsafe_code, reason = "owns a node whose contract wait_list states")]

use core::fmt;
use core::marker::PhantomData;
use core::pin::Pin;

use super::guard::{ChannelGuard, Guard, News, Node, Published, RawGuard, Sight};
use super::member::MemberGuard;
use super::set::{Guards, IntoGuards};
use crate::buffer::Buffer;
use crate::channel::Port;
use crate::channel::state::After;
use crate::choice::{Choice, Outcome};
use crate::end::{PutEnd, TakeEnd};
use crate::error::{Error, TakeError};
use crate::lock::{AnyLock, Lock};
use crate::operation::{Putting, Taking};
use crate::take::taken;
use crate::wait_list::{Party, Waiter};

/// One branch of a choice over a slice: a take, or a put from an `Option`.
///
/// # Examples
///
/// ```
/// use csp_core::{Branch, BranchOutcome, Channel, alts, block_on, buffer::*, lock::StdLock};
/// use std::pin::pin;
///
/// let input = Channel::<u32, Rendezvous, StdLock>::new();
/// let output = Channel::<u32, Fixed<1>, StdLock>::new();
/// let mut value = Some(1);
///
/// let branches = pin!([Branch::take(&input), Branch::put_from(&output, &mut value)]);
/// let chosen = block_on(alts(branches as std::pin::Pin<&mut [_]>));
/// assert_eq!(chosen, (1, BranchOutcome::Put(Ok(()))));
/// ```
pub struct Branch<'a, T, L> {
    port: &'a dyn Port<T>,
    waiter: Waiter<T>,
    source: Option<&'a mut Option<T>>,
    /// The value is in the node, not in `source`.
    moved: bool,
    order: u16,
    _lock: PhantomData<&'a L>,
}

// SAFETY: the port is a `&Channel<T, _, L>`, which is `Send` if the channel is `Sync`: that asks
// for `T: Send` and `L: Sync`. The constructors ask for the rest (`Buffer::Lent`).
unsafe impl<T: Send, L: Sync> Send for Branch<'_, T, L> {}
// SAFETY: as above; `&Branch` gives access to nothing but the atomic state.
unsafe impl<T: Send, L: Sync> Sync for Branch<'_, T, L> {}

/// What a chosen branch of a slice gave.
///
/// # Examples
///
/// See [`Branch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BranchOutcome<T> {
    /// A take, with its value or error.
    Took(Result<T, TakeError>),
    /// A put; after an error the value is in its `Option`.
    Put(Result<(), Error>),
}

impl<'a, T, L: Lock> Branch<'a, T, L> {
    /// A branch that takes, from a channel or any handle of one that takes.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Branch, BranchOutcome, Kind, alts, channel, lock::StdLock};
    /// use std::pin::Pin;
    ///
    /// let ends: Vec<_> = (0..3).map(|_| channel::<u32, StdLock>(Kind::Fixed(1))).collect();
    /// ends[2].0.try_put(1).unwrap();
    /// // As many branches as there are channels, known at run time.
    /// let branches = ends.iter().map(|(_sender, receiver)| Branch::take(receiver));
    /// let mut branches = Box::into_pin(branches.collect::<Box<[_]>>());
    /// assert_eq!(alts(branches.as_mut()).try_now(), Some((2, BranchOutcome::Took(Ok(1)))));
    /// ```
    pub fn take<E, B>(end: &'a E) -> Self
    where
        E: AsRef<TakeEnd<T, B, L>> + ?Sized,
        B: Buffer<T, Lent: Sync> + 'a,
    {
        Self::new(end.as_ref().channel(), None)
    }

    /// A branch that puts what is in `source`, to a channel or any handle of one that puts; it is
    /// switched off while `source` is `None`.
    ///
    /// # Examples
    ///
    /// See [`Branch`].
    pub fn put_from<E, B>(end: &'a E, source: &'a mut Option<T>) -> Self
    where
        E: AsRef<PutEnd<T, B, L>> + ?Sized,
        B: Buffer<T, Lent: Sync> + 'a,
    {
        Self::new(end.as_ref().channel(), Some(source))
    }

    fn new(port: &'a dyn Port<T>, source: Option<&'a mut Option<T>>) -> Self {
        let waiter = Waiter::empty();
        Self { port, waiter, source, moved: false, order: 0, _lock: PhantomData }
    }
}

/// Runs `$body` with the node as what it is.
macro_rules! either_way {
    ($branch:expr, |$node:ident| $body:expr) => {{
        let branch = &*$branch;
        let (port, waiter) = (branch.port, &branch.waiter);
        if branch.source.is_some() {
            let $node = Node::<T, dyn Port<T> + '_, Putting> { port, waiter };
            $body
        } else {
            let $node = Node::<T, dyn Port<T> + '_, Taking> { port, waiter };
            $body
        }
    }};
}

impl<'a, T, L> Branch<'a, T, L> {
    pub(super) fn node(&self) -> Node<'_, T, dyn Port<T> + 'a, Taking> {
        Node { port: self.port, waiter: &self.waiter }
    }

    fn fields(self: Pin<&mut Self>) -> &mut Self {
        // SAFETY: the caller moves nothing but the order, the source and the flag.
        unsafe { self.get_unchecked_mut() }
    }

    fn load(self: Pin<&mut Self>) {
        let this = self.fields();
        if this.moved {
            return;
        }
        if let Some(value) = this.source.as_mut().and_then(|source| source.take()) {
            // SAFETY: wait list, contract 3: the node is new, its slot empty and ours.
            unsafe { this.waiter.set_value(value) };
            this.moved = true;
        }
    }

    /// A put is over: its value goes back unless it was accepted. Returns what had to go for it.
    fn unload(self: Pin<&mut Self>, outcome: Option<Outcome>, evicted: bool) -> Option<T> {
        let this = self.fields();
        if !core::mem::take(&mut this.moved) {
            return None;
        }
        // SAFETY: wait list, contract 3: the value is still there, or another went for it.
        let left = || unsafe { this.waiter.take_value() };
        if matches!(outcome, None | Some(Outcome::Refused(_))) {
            if let Some(source) = &mut this.source {
                **source = Some(left());
            }
            return None;
        }
        evicted.then(left)
    }
}

impl<T, L> RawGuard for Branch<'_, T, L> {
    fn is_enabled(&self) -> bool {
        self.moved || self.source.as_ref().is_none_or(|source| source.is_some())
    }

    fn on_channel(self: Pin<&mut Self>) -> Option<Pin<&mut dyn ChannelGuard>> {
        Some(self)
    }

    fn on_member(self: Pin<&mut Self>) -> Option<Pin<&mut dyn MemberGuard>> {
        if self.source.is_some() { None } else { Some(self) }
    }
}

impl<T, L> ChannelGuard for Branch<'_, T, L> {
    fn lock(&self) -> &dyn AnyLock {
        self.port.lock()
    }

    unsafe fn look(self: Pin<&mut Self>, me: Party, may_yield: bool) -> Sight {
        // SAFETY: passed on to the caller.
        either_way!(self, |node| unsafe { node.look(me, may_yield) })
    }

    unsafe fn attempt(mut self: Pin<&mut Self>, me: Party, after: &mut After) -> Option<Outcome> {
        self.as_mut().load();
        // SAFETY: passed on to the caller.
        either_way!(self, |node| unsafe { node.attempt(me, after) })
    }

    unsafe fn publish(mut self: Pin<&mut Self>, choice: *const Choice, index: u16) -> Published {
        self.as_mut().load();
        // SAFETY: passed on to the caller.
        either_way!(self, |node| unsafe { node.publish(choice, index) })
    }

    unsafe fn waits(self: Pin<&mut Self>, me: Party) -> bool {
        // SAFETY: passed on to the caller.
        either_way!(self, |node| unsafe { node.waits(me) })
    }

    unsafe fn unlink(self: Pin<&mut Self>) {
        // SAFETY: passed on to the caller.
        either_way!(self, |node| unsafe { node.unlink() });
    }

    fn tell(self: Pin<&mut Self>, me: Party, news: News) {
        either_way!(self, |node| node.tell(me, news));
    }

    fn wait_out(self: Pin<&mut Self>) {
        either_way!(self, |node| node.wait_out());
    }

    fn lose(mut self: Pin<&mut Self>) {
        either_way!(self, |node| node.lose());
        drop(self.as_mut().unload(None, false));
    }

    fn withdraw(mut self: Pin<&mut Self>) {
        let outcome = either_way!(self, |node| node.withdraw());
        drop(self.as_mut().unload(outcome, false));
    }

    fn collect(self: Pin<&mut Self>, outcome: Outcome, after: &mut After) {
        either_way!(self, |node| node.collect(outcome, after));
    }

    unsafe fn reset(mut self: Pin<&mut Self>) {
        either_way!(self, |node| node.reset());
        drop(self.as_mut().unload(None, false));
    }
}

impl<T, L> Guard for Branch<'_, T, L> {
    type Output = BranchOutcome<T>;

    const LASTS: bool = true;

    fn output(
        mut self: Pin<&mut Self>,
        outcome: Outcome,
        me: Party,
        after: &mut After,
    ) -> Self::Output {
        either_way!(self, |node| node.chosen());
        let port = self.port;
        if self.source.is_some() {
            let _evicted = self.as_mut().unload(Some(outcome), after.evicted);
            port.run(me, after);
            return BranchOutcome::Put(match outcome {
                Outcome::Refused(why) => Err(why.into()),
                _ => Ok(()),
            });
        }
        // SAFETY: wait list, contract 3: the guard has been chosen with this outcome.
        let result = unsafe { taken(outcome, &self.waiter, || port.kept()) };
        port.run(me, after);
        BranchOutcome::Took(result)
    }
}

impl<T, L> Drop for Branch<'_, T, L> {
    fn drop(&mut self) {
        // SAFETY: a value that is being dropped is not moved any more.
        unsafe { Pin::new_unchecked(self) }.withdraw();
    }
}

impl<T, L> fmt::Debug for Branch<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.source.is_some() { "put" } else { "take" };
        f.debug_struct("Branch").field("kind", &kind).field("state", &self.waiter).finish()
    }
}

/// The guards of a pinned slice of [`Branch`]es.
#[derive(Debug)]
pub struct Branches<'s, 'a, T, L>(Pin<&'s mut [Branch<'a, T, L>]>);

impl<'s, 'a, T, L: Lock> IntoGuards for Pin<&'s mut [Branch<'a, T, L>]> {
    type Guards = Branches<'s, 'a, T, L>;

    fn into_guards(self) -> Self::Guards {
        Branches::new(self)
    }
}

impl<'s, 'a, T, L: Lock, const N: usize> IntoGuards for Pin<&'s mut [Branch<'a, T, L>; N]> {
    type Guards = Branches<'s, 'a, T, L>;

    fn into_guards(self) -> Self::Guards {
        Branches::new(self)
    }
}

impl<'s, 'a, T, L> Branches<'s, 'a, T, L> {
    /// A choice that waits with these branches may have been leaked: then they are still in their
    /// lists, and leave them here.
    fn new(branches: Pin<&'s mut [Branch<'a, T, L>]>) -> Self {
        let mut this = Self(branches);
        for index in 0..this.0.len() {
            this.at(index).withdraw();
        }
        this
    }

    fn at(&mut self, index: usize) -> Pin<&mut Branch<'a, T, L>> {
        // SAFETY: the elements are pinned with the slice, and nothing moves them.
        unsafe { self.0.as_mut().map_unchecked_mut(|branches| &mut branches[index]) }
    }
}

impl<T, L: Lock> Guards for Branches<'_, '_, T, L> {
    type Selected = (usize, BranchOutcome<T>);
    type Order = ();

    const LAST: bool = true;

    fn count(&self) -> usize {
        self.0.len()
    }

    fn guard(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn RawGuard> {
        self.get_mut().at(index)
    }

    fn order(&self, (): &(), place: usize) -> usize {
        usize::from(self.0[place].order)
    }

    fn set_order(self: Pin<&mut Self>, (): &mut (), place: usize, index: usize) {
        self.get_mut().at(place).fields().order = index as u16;
    }

    fn selected(
        self: Pin<&mut Self>,
        index: usize,
        outcome: Outcome,
        me: Party,
        after: &mut After,
    ) -> Self::Selected {
        (index, self.get_mut().at(index).output(outcome, me, after))
    }
}
