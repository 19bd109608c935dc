//! A guard that may be switched off: an `Option` of a guard.

use core::pin::Pin;
use core::task::Context;

use super::guard::{Foreign, Guard, IntoGuard, Mode, RawGuard};
use crate::channel::state::After;
use crate::choice::{Choice, Outcome};
use crate::lock::AnyLock;
use crate::wait_list::Party;

/// Passes the methods of [`RawGuard`] on to an inner guard, if there is one: `$inner` gives an
/// `Option<&G>` for the wrapper, `$pinned` an `Option<Pin<&mut G>>`.
macro_rules! pass_on {
    (|$this:ident| $inner:expr, |$pin:ident| $pinned:expr) => {
        fn is_enabled(&self) -> bool {
            let $this = self;
            $inner.is_some_and(|guard| guard.is_enabled())
        }

        fn lock(&self) -> Option<&dyn AnyLock> {
            let $this = self;
            $inner.and_then(|guard| guard.lock())
        }

        unsafe fn is_ready(&self, me: Party) -> bool {
            let $this = self;
            // SAFETY: passed on to the caller.
            $inner.is_some_and(|guard| unsafe { guard.is_ready(me) })
        }

        unsafe fn join(self: Pin<&mut Self>, choice: *const Choice, index: u16) {
            let $pin = self;
            if let Some(guard) = $pinned {
                // SAFETY: passed on to the caller.
                unsafe { guard.join(choice, index) };
            }
        }

        unsafe fn attempt(self: Pin<&mut Self>, me: Party, after: &mut After) -> Option<Outcome> {
            let $pin = self;
            // SAFETY: passed on to the caller.
            $pinned.and_then(|guard| unsafe { guard.attempt(me, after) })
        }

        unsafe fn publish(self: Pin<&mut Self>, me: Party) -> bool {
            let $pin = self;
            // SAFETY: passed on to the caller.
            $pinned.is_some_and(|guard| unsafe { guard.publish(me) })
        }

        unsafe fn waits(self: Pin<&mut Self>, me: Party) -> bool {
            let $pin = self;
            // SAFETY: passed on to the caller.
            $pinned.is_some_and(|guard| unsafe { guard.waits(me) })
        }

        unsafe fn unlink(self: Pin<&mut Self>) {
            let $pin = self;
            if let Some(guard) = $pinned {
                // SAFETY: passed on to the caller.
                unsafe { guard.unlink() };
            }
        }

        unsafe fn must_yield(self: Pin<&mut Self>) -> bool {
            let $pin = self;
            // SAFETY: passed on to the caller.
            $pinned.is_some_and(|guard| unsafe { guard.must_yield() })
        }

        unsafe fn crowded(self: Pin<&mut Self>) -> Option<Outcome> {
            let $pin = self;
            // SAFETY: passed on to the caller.
            $pinned.and_then(|guard| unsafe { guard.crowded() })
        }

        fn tell(self: Pin<&mut Self>, me: Party) {
            let $pin = self;
            if let Some(guard) = $pinned {
                guard.tell(me);
            }
        }

        fn wait_out(self: Pin<&mut Self>) {
            let $pin = self;
            if let Some(guard) = $pinned {
                guard.wait_out();
            }
        }

        fn withdraw(self: Pin<&mut Self>, mode: Mode) {
            let $pin = self;
            if let Some(guard) = $pinned {
                guard.withdraw(mode);
            }
        }

        fn collect(self: Pin<&mut Self>, outcome: Outcome, after: &mut After) {
            let $pin = self;
            if let Some(guard) = $pinned {
                guard.collect(outcome, after);
            }
        }

        fn reset(self: Pin<&mut Self>) {
            let $pin = self;
            if let Some(guard) = $pinned {
                guard.reset();
            }
        }

        fn poll_foreign(self: Pin<&mut Self>, cx: &mut Context<'_>, wait: bool) -> Foreign {
            let $pin = self;
            $pinned.map_or(Foreign::Pending, |guard| guard.poll_foreign(cx, wait))
        }

        fn not_ready(self: Pin<&mut Self>) {
            let $pin = self;
            if let Some(guard) = $pinned {
                guard.not_ready();
            }
        }
    };
}
#[cfg(feature = "alloc")]
pub(crate) use pass_on;

/// A guard that may be switched off: what an `Option` of a guard becomes.
#[derive(Debug)]
pub struct Optional<G>(Option<G>);

impl<G: IntoGuard> IntoGuard for Option<G> {
    type Guard = Optional<G::Guard>;

    fn into_guard(self) -> Self::Guard {
        Optional(self.map(IntoGuard::into_guard))
    }
}

impl<G> Optional<G> {
    fn guard(self: Pin<&mut Self>) -> Option<Pin<&mut G>> {
        #[expect(unsafe_code, reason = "a structural pin")]
        // SAFETY: the only field is pinned with `self`.
        unsafe { self.map_unchecked_mut(|this| &mut this.0) }.as_pin_mut()
    }
}

#[expect(unsafe_code, reason = "the contract of RawGuard, passed on")]
impl<G: RawGuard> RawGuard for Optional<G> {
    pass_on!(|this| this.0.as_ref(), |pin| pin.guard());
}

impl<G: Guard> Guard for Optional<G> {
    type Output = G::Output;

    fn output(self: Pin<&mut Self>, outcome: Outcome, me: Party, after: After) -> G::Output {
        let guard = self.guard().expect("a guard that is switched off is not chosen");
        guard.output(outcome, me, after)
    }
}
