//! A guard that may be switched off: an `Option` of a guard.

use core::pin::Pin;
use core::task::Context;

use super::guard::{ChannelGuard, Foreign, Guard, IntoGuard, RawGuard};
use super::member::MemberGuard;
use super::quick::{Partner, Quick, Visit};
use crate::channel::state::After;
use crate::choice::Outcome;
use crate::pin::project;
use crate::wait_list::Party;

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
    project!(field => pinned 0: Option<G>);

    fn guard(self: Pin<&mut Self>) -> Option<Pin<&mut G>> {
        self.field().as_pin_mut()
    }
}

impl<G: RawGuard> RawGuard for Optional<G> {
    fn is_enabled(&self) -> bool {
        self.0.as_ref().is_some_and(RawGuard::is_enabled)
    }

    fn on_channel(self: Pin<&mut Self>) -> Option<Pin<&mut dyn ChannelGuard>> {
        self.guard()?.on_channel()
    }

    fn poll_foreign(self: Pin<&mut Self>, cx: &mut Context<'_>, wait: bool) -> Foreign {
        self.guard().map_or(Foreign::Pending, |guard| guard.poll_foreign(cx, wait))
    }

    fn is_ready(&self) -> bool {
        self.0.as_ref().is_some_and(RawGuard::is_ready)
    }

    fn not_ready(self: Pin<&mut Self>) {
        if let Some(guard) = self.guard() {
            guard.not_ready();
        }
    }

    fn on_member(self: Pin<&mut Self>) -> Option<Pin<&mut dyn MemberGuard>> {
        self.guard()?.on_member()
    }

    fn restart(self: Pin<&mut Self>) {
        if let Some(guard) = self.guard() {
            guard.restart();
        }
    }
}

impl<G: Guard> Guard for Optional<G> {
    type Output = G::Output;

    const LASTS: bool = G::LASTS;
    const QUICK: Quick = G::QUICK;

    #[inline]
    fn visit(&self, index: u16, visit: &mut impl Visit) -> bool {
        self.0.as_ref().is_none_or(|guard| guard.visit(index, visit))
    }

    fn output(self: Pin<&mut Self>, outcome: Outcome, me: Party, after: &mut After) -> G::Output {
        let guard = self.guard().expect("a guard that is switched off is not chosen");
        guard.output(outcome, me, after)
    }

    #[inline]
    fn moved(self: Pin<&mut Self>, partner: Partner) -> G::Output {
        let guard = self.guard().expect("a guard that is switched off is not chosen");
        guard.moved(partner)
    }
}
