//! What an `alts` does with each of its guards, whatever their types.

use core::pin::Pin;
use core::task::Context;

use super::guard::{ChannelGuard, Foreign};
use super::set::DynGuards;

/// Runs `f` on each guard that is enabled and on a channel.
pub(super) fn on_channels(
    guards: &mut (impl DynGuards + ?Sized),
    mut f: impl FnMut(usize, Pin<&mut dyn ChannelGuard>),
) {
    for index in 0..guards.len() {
        let guard = guards.guard(index);
        if guard.is_enabled()
            && let Some(guard) = guard.on_channel()
        {
            f(index, guard);
        }
    }
}

/// Pass 3: the guards that have not left yet do it, even if a waker panics that one of them wakes,
/// for the choice may be freed next.
pub(super) struct Leaving<'g, S: DynGuards + ?Sized, F: FnMut(usize, Pin<&mut dyn ChannelGuard>)> {
    pub(super) guards: &'g mut S,
    pub(super) next: usize,
    pub(super) leave: F,
}

impl<S: DynGuards + ?Sized, F: FnMut(usize, Pin<&mut dyn ChannelGuard>)> Leaving<'_, S, F> {
    #[inline]
    pub(super) fn go_on(&mut self) {
        while self.next < self.guards.len() {
            let index = self.next;
            self.next += 1;
            let guard = self.guards.guard(index);
            if guard.is_enabled()
                && let Some(guard) = guard.on_channel()
            {
                (self.leave)(index, guard);
            }
        }
    }
}

impl<S: DynGuards + ?Sized, F: FnMut(usize, Pin<&mut dyn ChannelGuard>)> Drop
    for Leaving<'_, S, F>
{
    fn drop(&mut self) {
        if self.next < self.guards.len() {
            self.go_on();
        }
    }
}

/// Pass 3 for all guards but one, which was chosen.
pub(super) fn lose(guards: &mut (impl DynGuards + ?Sized), but: usize) {
    let leave = |index: usize, guard: Pin<&mut dyn ChannelGuard>| {
        if index != but {
            guard.lose();
        }
    };
    Leaving { guards, next: 0, leave }.go_on();
}

/// Polls the guards without a channel that are `wanted`; whether one of them is ready. Of several
/// timers that have expired, only the one with the earliest deadline counts.
pub(super) fn poll_foreign(
    guards: &mut (impl DynGuards + ?Sized),
    cx: &mut Context<'_>,
    wait: bool,
    wanted: impl Fn(usize) -> bool,
) -> bool {
    let mut any = false;
    let mut earliest = None;
    for index in 0..guards.len() {
        let guard = guards.guard(index);
        if !guard.is_enabled() || !wanted(index) {
            continue;
        }
        match guard.poll_foreign(cx, wait) {
            Foreign::Pending => {}
            Foreign::Ready => any = true,
            Foreign::Overdue(by) => {
                any = true;
                match earliest {
                    Some((most, _)) if by <= most => guards.guard(index).not_ready(),
                    Some((_, other)) => {
                        guards.guard(other).not_ready();
                        earliest = Some((by, index));
                    }
                    None => earliest = Some((by, index)),
                }
            }
        }
    }
    any
}
