//! The channel guards: a take, a put from an `Option`, the end of a channel.

use core::pin::Pin;

use super::guard::{ChannelGuard, Guard, News, Node, Published, RawGuard, Sight};
use super::member::MemberGuard;
use super::quick::{Partner, Quick, Visit};
use crate::buffer::{Buffer, Places};
use crate::channel::state::After;
use crate::channel::{Channel, Port};
use crate::choice::{Choice, Outcome, Word};
use crate::closed::{Closed, how};
use crate::error::{Ended, Error, TakeError};
use crate::lock::{AnyLock, Lock};
use crate::operation::{Operation, Putting, Taking, Watching};
use crate::put::PutFrom;
use crate::sync::HAS_COMPARE_AND_SWAP;
use crate::take::{Take, taken};
use crate::wait_list::Party;

/// The methods of [`ChannelGuard`] that go to the node.
macro_rules! node_methods {
    () => {
        fn lock(&self) -> &dyn AnyLock {
            lock_of(self.operation.channel)
        }

        unsafe fn look(self: Pin<&mut Self>, me: Party, may_yield: bool) -> Sight {
            // SAFETY: passed on to the caller.
            unsafe { self.node().look(me, may_yield) }
        }

        unsafe fn waits(self: Pin<&mut Self>, me: Party) -> bool {
            // SAFETY: passed on to the caller.
            unsafe { self.node().waits(me) }
        }

        unsafe fn unlink(self: Pin<&mut Self>) {
            // SAFETY: passed on to the caller.
            unsafe { self.node().unlink() };
        }

        fn tell(self: Pin<&mut Self>, me: Party, news: News) {
            self.node().tell(me, news);
        }

        fn wait_out(self: Pin<&mut Self>) {
            self.node().wait_out();
        }
    };
}

/// Those of a guard that brings no value and so has none to give back.
macro_rules! valueless_methods {
    () => {
        unsafe fn attempt(self: Pin<&mut Self>, me: Party, after: &mut After) -> Option<Outcome> {
            // SAFETY: passed on to the caller.
            unsafe { self.node().attempt(me, after) }
        }

        unsafe fn publish(self: Pin<&mut Self>, choice: *const Choice, index: u16) -> Published {
            // SAFETY: passed on to the caller.
            unsafe { self.node().publish(choice, index) }
        }

        #[inline]
        fn lose(self: Pin<&mut Self>) {
            self.node().lose();
        }

        fn withdraw(self: Pin<&mut Self>) {
            self.node().withdraw();
        }

        unsafe fn reset(self: Pin<&mut Self>) {
            self.node().reset();
        }
    };
}

/// The lock of a channel that takes part in a choice.
fn lock_of<T, B: Buffer<T>, L: Lock>(channel: &Channel<T, B, L>) -> &dyn AnyLock {
    const {
        assert!(
            HAS_COMPARE_AND_SWAP || L::SOLE,
            "this CPU has no compare-and-swap, so an `alts` needs channels whose locks exclude \
             each other: use the lock `CriticalSection`, or enable the feature `critical-section`"
        );
    }
    Port::lock(channel)
}

impl<T, B: Buffer<T>, L: Lock> Take<'_, T, B, L> {
    pub(super) fn node(&self) -> Node<'_, T, Channel<T, B, L>, Taking> {
        Node { port: self.operation.channel, waiter: &self.operation.waiter }
    }
}

impl<T, B: Buffer<T>, L: Lock> RawGuard for Take<'_, T, B, L> {
    fn on_channel(self: Pin<&mut Self>) -> Option<Pin<&mut dyn ChannelGuard>> {
        Some(self)
    }

    fn on_member(self: Pin<&mut Self>) -> Option<Pin<&mut dyn MemberGuard>> {
        Some(self)
    }
}

#[expect(unsafe_code, reason = "the contract of ChannelGuard")]
impl<T, B: Buffer<T>, L: Lock> ChannelGuard for Take<'_, T, B, L> {
    node_methods!();
    valueless_methods!();

    fn collect(self: Pin<&mut Self>, outcome: Outcome, after: &mut After) {
        if <B::Places as Places<T>>::LIMITED {
            self.node().collect(outcome, after);
        }
    }
}

impl<T, B: Buffer<T>, L: Lock> Guard for Take<'_, T, B, L> {
    type Output = Result<T, TakeError>;

    const LASTS: bool = true;
    const QUICK: Quick = Quick::of::<L>();

    #[inline]
    fn visit(&self, index: u16, visit: &mut impl Visit) -> bool {
        visit.visit(index, &self.operation)
    }

    fn output(
        self: Pin<&mut Self>,
        outcome: Outcome,
        me: Party,
        after: &mut After,
    ) -> Self::Output {
        let channel = self.operation.channel;
        self.node().chosen();
        #[expect(unsafe_code, reason = "reads the slot of its own node")]
        // SAFETY: wait list, contract 3: the guard has been chosen with this outcome.
        let result = unsafe { taken(outcome, &self.operation.waiter, || channel.kept()) };
        channel.run(me, after);
        result
    }

    #[inline]
    fn moved(self: Pin<&mut Self>, partner: Partner) -> Self::Output {
        let Operation { channel, waiter } = &self.operation;
        waiter.state().set_unordered(Word::NEW);
        #[expect(unsafe_code, reason = "reads the slot of its own node")]
        // SAFETY: wait list, contract 3: the short way has put the value into the slot.
        let value = unsafe { waiter.take_value() };
        if let Some(waker) = partner.waker {
            channel.wake(waker, partner.keep);
        }
        Ok(value)
    }
}

impl<T, B: Buffer<T>, L: Lock> PutFrom<'_, T, B, L> {
    fn node(&self) -> Node<'_, T, Channel<T, B, L>, Putting> {
        Node { port: self.operation.channel, waiter: &self.operation.waiter }
    }
}

impl<T, B: Buffer<T>, L: Lock> RawGuard for PutFrom<'_, T, B, L> {
    fn is_enabled(&self) -> bool {
        self.is_loaded()
    }

    fn on_channel(self: Pin<&mut Self>) -> Option<Pin<&mut dyn ChannelGuard>> {
        Some(self)
    }
}

#[expect(unsafe_code, reason = "the contract of ChannelGuard")]
impl<T, B: Buffer<T>, L: Lock> ChannelGuard for PutFrom<'_, T, B, L> {
    node_methods!();

    unsafe fn attempt(mut self: Pin<&mut Self>, me: Party, after: &mut After) -> Option<Outcome> {
        self.as_mut().load();
        // SAFETY: passed on to the caller.
        unsafe { self.node().attempt(me, after) }
    }

    unsafe fn publish(mut self: Pin<&mut Self>, choice: *const Choice, index: u16) -> Published {
        self.as_mut().load();
        // SAFETY: passed on to the caller.
        unsafe { self.node().publish(choice, index) }
    }

    fn lose(self: Pin<&mut Self>) {
        self.node().lose();
        self.withdrawn();
    }

    fn withdraw(self: Pin<&mut Self>) {
        match self.node().withdraw() {
            None => self.withdrawn(),
            Some(outcome) => drop(self.unload(outcome, false)),
        }
    }

    unsafe fn reset(self: Pin<&mut Self>) {
        self.node().reset();
        self.withdrawn();
    }
}

impl<T, B: Buffer<T>, L: Lock> Guard for PutFrom<'_, T, B, L> {
    type Output = Result<(), Error>;

    fn output(
        mut self: Pin<&mut Self>,
        outcome: Outcome,
        me: Party,
        after: &mut After,
    ) -> Self::Output {
        self.node().reset();
        let _evicted = self.as_mut().unload(outcome, after.evicted);
        self.operation.channel.run(me, after);
        match outcome {
            Outcome::Refused(why) => Err(why.into()),
            _ => Ok(()),
        }
    }
}

impl<T, B: Buffer<T>, L: Lock> Closed<'_, T, B, L> {
    fn node(&self) -> Node<'_, T, Channel<T, B, L>, Watching> {
        Node { port: self.operation.channel, waiter: &self.operation.waiter }
    }
}

impl<T, B: Buffer<T>, L: Lock> RawGuard for Closed<'_, T, B, L> {
    fn on_channel(self: Pin<&mut Self>) -> Option<Pin<&mut dyn ChannelGuard>> {
        Some(self)
    }
}

#[expect(unsafe_code, reason = "the contract of ChannelGuard")]
impl<T, B: Buffer<T>, L: Lock> ChannelGuard for Closed<'_, T, B, L> {
    node_methods!();
    valueless_methods!();
}

impl<T, B: Buffer<T>, L: Lock> Guard for Closed<'_, T, B, L> {
    type Output = Ended;

    fn output(self: Pin<&mut Self>, outcome: Outcome, me: Party, after: &mut After) -> Ended {
        self.node().reset();
        self.operation.channel.run(me, after);
        how(outcome)
    }
}
