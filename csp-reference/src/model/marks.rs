//! What an `Alternative` is to know: which of its branches are ready, those that became so first
//! first (A21).
//!
//! A branch that is no longer ready stays in its place until a selection has looked at it.

use super::{Model, Phase};
use crate::script::SELECTIONS;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Marks {
    /// How many selections are left.
    pub(super) left: u8,
    queue: Vec<usize>,
    /// Two became ready in one step, and which did first is left open: so is the order from there.
    is_open: bool,
}

impl Marks {
    pub(super) fn new() -> Self {
        Self { left: SELECTIONS, queue: Vec::new(), is_open: false }
    }
}

impl Model<'_> {
    fn is_alternative(&self, offer: usize) -> bool {
        self.offers[offer].form.is_alternative()
    }

    /// The first selection begins: the branches are looked at in order.
    pub(super) fn register(&mut self, offer: usize) {
        if self.is_alternative(offer) && self.is_new(offer) {
            let branches = 0..self.offers[offer].width();
            self.parties[offer].marks.queue =
                branches.filter(|&branch| self.is_ready(offer, branch)).collect();
        }
    }

    /// After each step.
    pub(super) fn mark_all(&mut self) {
        for offer in 0..self.parties.len() {
            if self.is_alternative(offer)
                && matches!(self.parties[offer].phase, Phase::Waiting | Phase::Idle)
            {
                self.mark(offer);
            }
        }
    }

    fn mark(&mut self, offer: usize) {
        let queue = &self.parties[offer].marks.queue;
        let branches = 0..self.offers[offer].width();
        let new: Vec<_> = branches
            .filter(|branch| !queue.contains(branch) && self.is_ready(offer, *branch))
            .collect();
        let channel = |branch| self.offers[offer].guard(branch).channel;
        let are_apart = new.iter().any(|&branch| channel(branch) != channel(new[0]));
        let marks = &mut self.parties[offer].marks;
        marks.is_open |= are_apart;
        marks.queue.extend(new);
    }

    /// Which of those that are ready a fair selection may choose.
    pub(super) fn next_in_turn(&self, offer: usize, ready: Vec<usize>) -> Vec<usize> {
        let marks = &self.parties[offer].marks;
        if marks.is_open {
            return ready;
        }
        marks.queue.iter().copied().filter(|branch| ready.contains(branch)).take(1).collect()
    }

    /// A selection has looked, and chosen one or found nothing.
    pub(super) fn marks_seen(&mut self, offer: usize, chosen: Option<usize>) {
        let ready: Vec<_> = (0..self.offers[offer].width())
            .filter(|&branch| self.is_ready(offer, branch))
            .collect();
        let form = self.offers[offer].form;
        let marks = &mut self.parties[offer].marks;
        let place = marks.queue.iter().position(|&branch| Some(branch) == chosen);
        let Some(place) = place else {
            // All have been looked at.
            marks.queue.clear();
            marks.is_open = false;
            return;
        };
        marks.queue.remove(place);
        if form != crate::script::Form::FairAlternative {
            // Which of those that are not ready have been looked at is left open.
            marks.is_open |= marks.queue.iter().any(|branch| !ready.contains(branch));
            return;
        }
        marks.is_open &= !marks.queue.is_empty();
        if !marks.is_open {
            marks.queue.drain(..place);
        }
    }
}
