//! Walks all paths of a setup, each from scratch, and checks the steps that are new.
//!
//! *Model.* A depth-first search. The stack holds, for each step of the present path, the reference
//! before it and the steps that are possible then. The real channels cannot be copied, so each path
//! repeats the steps up to where it branches off. A path ends where nothing is left to do, or where
//! it meets a state that has been seen; then all is dropped, and what is left over is counted.
//!
//! *States* are compared by the reference, by what is left of the budget, and by the last steps
//! ([`Budget::memory`]): if the code keeps something that the reference does not know of (a ghost
//! in a list, say), it has some steps to show up before two paths are taken for the same.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use csp_core::Ended;

use csp_reference::ground::Ground;
use csp_reference::model::Model;
use csp_reference::script::{Offer, Step};

/// A test has failed: the others stop, so that a broken core is noticed soon.
static FAILED: AtomicBool = AtomicBool::new(false);

/// A test has failed: nothing more is walked.
pub(crate) fn stop() {
    FAILED.store(true, Ordering::Relaxed);
}

/// How much may happen on a path beside drops, and polls of offers that have something to learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    /// Polls of offers that wait, with another waker or without having been told.
    pub(crate) idle_polls: u8,
    pub(crate) try_puts: u8,
    pub(crate) try_takes: u8,
    /// Close, poison and taint together.
    pub(crate) ends: u8,
    /// How many of the last steps tell states apart.
    pub(crate) memory: usize,
}

impl Budget {
    /// What is left after `step` in the state `model`.
    fn after(mut self, step: Step, model: &Model<'_>) -> Self {
        match step {
            Step::Poll(offer) if model.is_idle(offer) => self.idle_polls -= 1,
            Step::Renew(_) => self.idle_polls -= 1,
            Step::TryPut(_) => self.try_puts -= 1,
            Step::TryTake(_) => self.try_takes -= 1,
            Step::Close(_) | Step::Poison(_) | Step::Taint(_) => self.ends -= 1,
            Step::Poll(_) | Step::Drop(_) => {}
        }
        self
    }
}

/// How much has been checked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) setups: u64,
    pub(crate) paths: u64,
    pub(crate) steps: u64,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.setups += other.setups;
        self.paths += other.paths;
        self.steps += other.steps;
    }
}

/// A state on the present path.
struct Frame<'s> {
    model: Model<'s>,
    budget: Budget,
    steps: Vec<Step>,
    /// The first step that has not been tried.
    next: usize,
}

impl<'s> Frame<'s> {
    fn new(model: Model<'s>, budget: Budget, offers: &[Offer]) -> Self {
        let mut steps = Vec::new();
        let gone = (0..offers.len()).filter(|&offer| model.is_gone(offer)).count();
        if gone < offers.len() {
            for offer in 0..offers.len() {
                steps_of_offer(offer, offers, &model, budget, &mut steps);
            }
            for channel in 0..model.channels() {
                steps_of_channel(channel, &model, budget, &mut steps);
            }
        }
        Self { model, budget, steps, next: 0 }
    }

    fn state(&self, last_steps: &[Step]) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.model, self.budget, last_steps).hash(&mut hasher);
        hasher.finish()
    }
}

fn steps_of_offer(
    offer: usize,
    offers: &[Offer],
    model: &Model<'_>,
    budget: Budget,
    steps: &mut Vec<Step>,
) {
    if model.is_gone(offer) {
        return;
    }
    if model.is_new(offer) {
        // Equal offers that are new are the same offer: only the first of them begins.
        let is_first = |other| offers[other] != offers[offer] || !model.is_new(other);
        if (0..offer).all(is_first) {
            steps.extend([Step::Poll(offer), Step::Drop(offer)]);
        }
        return;
    }
    if budget.idle_polls > 0 {
        steps.extend([Step::Poll(offer), Step::Renew(offer)]);
    } else if !model.is_idle(offer) {
        steps.push(Step::Poll(offer));
    }
    steps.push(Step::Drop(offer));
}

fn steps_of_channel(channel: usize, model: &Model<'_>, budget: Budget, steps: &mut Vec<Step>) {
    if budget.try_puts > 0 {
        steps.push(Step::TryPut(channel));
    }
    if budget.try_takes > 0 {
        steps.push(Step::TryTake(channel));
    }
    if budget.ends > 0 {
        let ended = model.ended(channel);
        if ended.is_none() {
            steps.push(Step::Close(channel));
        }
        if matches!(ended, None | Some(Ended::Closed)) {
            steps.push(Step::Taint(channel));
        }
        if !matches!(ended, Some(Ended::Poisoned { strength: 2 })) {
            steps.push(Step::Poison(channel));
        }
    }
}

/// Walks all paths of the offers, or the first `most`.
pub(crate) fn explore(ground: &Ground, offers: &[Offer], budget: Budget, most: u64) -> Count {
    let mut count = Count { setups: 1, ..Count::default() };
    let mut seen = HashSet::new();
    let mut stack = vec![Frame::new(ground.model(offers), budget, offers)];
    while count.paths < most && !FAILED.load(Ordering::Relaxed) {
        let Some(top) = stack.last_mut() else { break };
        let Some(&step) = top.steps.get(top.next) else {
            stack.pop();
            continue;
        };
        top.next += 1;
        count.paths += 1;
        let walked = ground.walk(offers, &mut |walk| {
            let (top, below) = stack.split_last().expect("the top that was just found");
            let mut budget = top.budget;
            walk.repeat(below.iter().map(|frame| frame.steps[frame.next - 1]), top.model.clone());
            let mut next = Some(step);
            while let Some(step) = next.take() {
                budget = budget.after(step, walk.model());
                walk.check(step)?;
                count.steps += 1;
                let mut frame = Frame::new(walk.model().clone(), budget, offers);
                if seen.insert(frame.state(last(walk.steps(), budget.memory))) {
                    next = frame.steps.first().copied();
                    frame.next = 1;
                    stack.push(frame);
                }
            }
            Ok(())
        });
        if let Err(failure) = walked {
            stop();
            panic!("{failure}");
        }
    }
    count
}

fn last(steps: &[Step], count: usize) -> &[Step] {
    &steps[steps.len().saturating_sub(count)..]
}
