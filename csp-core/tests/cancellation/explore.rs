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
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

use csp_core::Ended;

use crate::ledger::VALUES;
use crate::model::Model;
use crate::script::{self, Offer, Step};
use crate::world::{ChannelOf, Flavour, World};

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
            let guards = offers.iter().flat_map(Offer::guards);
            let channels = guards.map(|guard| guard.channel + 1).max().unwrap_or(0);
            for channel in 0..channels {
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

/// Two kinds of channels, and what can be done with them.
pub(crate) struct Ground<A, B>(PhantomData<(A, B)>);

/// A [`Ground`] without its types.
pub(crate) trait Grounds: Sync {
    /// Walks all paths of the offers, or the first `most`; `name` is for the report of a failure.
    fn explore(&self, name: &str, offers: &[Offer], budget: Budget, most: u64) -> Count;

    /// Walks one path.
    fn replay(&self, name: &str, offers: &[Offer], steps: &[Step]);
}

impl<A: Flavour, B: Flavour<Lock = A::Lock>> Ground<A, B> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }

    fn model<'s>(&self, offers: &'s [Offer]) -> Model<'s> {
        Model::new(offers, [A::SHAPE, B::SHAPE])
    }

    /// Walks a path on new channels, then drops all that is left and looks for what is not.
    fn walk<'s>(
        &self,
        name: &str,
        offers: &'s [Offer],
        path: impl FnOnce(&mut Walk<'_, '_, A, B>) -> Model<'s>,
    ) {
        let homes = (A::home(), B::home());
        let mut walk = Walk::new(name, offers, (A::channel(&homes.0), B::channel(&homes.1)));
        let mut model = path(&mut walk);
        walk.drop_all(&mut model);
        let (ledger, steps) = (walk.world.ledger(), std::mem::take(&mut walk.steps));
        drop(walk);
        drop(homes);
        let drops = std::array::from_fn::<u8, VALUES, _>(|number| ledger.drops(number as u8));
        if let Err(why) = model.check_end(drops) {
            fail(name, offers, &steps, &why);
        }
    }
}

impl<A: Flavour + Sync, B: Flavour<Lock = A::Lock> + Sync> Grounds for Ground<A, B> {
    fn explore(&self, name: &str, offers: &[Offer], budget: Budget, most: u64) -> Count {
        let mut count = Count { setups: 1, ..Count::default() };
        let mut seen = HashSet::new();
        let mut stack = vec![Frame::new(self.model(offers), budget, offers)];
        while count.paths < most && !FAILED.load(Ordering::Relaxed) {
            let Some(top) = stack.last_mut() else { break };
            let Some(&step) = top.steps.get(top.next) else {
                stack.pop();
                continue;
            };
            top.next += 1;
            count.paths += 1;
            self.walk(name, offers, |walk| {
                let (top, below) = stack.split_last().expect("the top that was just found");
                let (mut model, mut budget) = (top.model.clone(), top.budget);
                for frame in below {
                    walk.repeat(frame.steps[frame.next - 1]);
                }
                let mut next = Some(step);
                while let Some(step) = next.take() {
                    budget = budget.after(step, &model);
                    walk.check(step, &mut model);
                    count.steps += 1;
                    let mut frame = Frame::new(model.clone(), budget, offers);
                    if seen.insert(frame.state(walk.last_steps(budget.memory))) {
                        next = frame.steps.first().copied();
                        frame.next = 1;
                        stack.push(frame);
                    }
                }
                model
            });
        }
        count
    }

    fn replay(&self, name: &str, offers: &[Offer], steps: &[Step]) {
        self.walk(name, offers, |walk| {
            let mut model = self.model(offers);
            steps.iter().for_each(|&step| walk.check(step, &mut model));
            model
        });
    }
}

/// One path on real channels.
struct Walk<'c, 's, A: Flavour, B: Flavour<Lock = A::Lock>> {
    world: World<'c, A, B>,
    name: &'s str,
    offers: &'s [Offer],
    steps: Vec<Step>,
}

impl<'c, 's, A: Flavour, B: Flavour<Lock = A::Lock>> Walk<'c, 's, A, B> {
    fn new(
        name: &'s str,
        offers: &'s [Offer],
        channels: (&'c ChannelOf<A>, &'c ChannelOf<B>),
    ) -> Self {
        Self { world: World::new(channels, offers), name, offers, steps: Vec::new() }
    }

    /// A step that has been checked on another path.
    fn repeat(&mut self, step: Step) {
        self.steps.push(step);
        self.world.step(step);
    }

    fn check(&mut self, step: Step, model: &mut Model<'_>) {
        self.steps.push(step);
        let seen = self.world.step(step);
        let result = model.follow(step, seen).and_then(|()| model.check(&self.world.inspect()));
        if let Err(why) = result {
            fail(self.name, self.offers, &self.steps, &why);
        }
    }

    fn last_steps(&self, count: usize) -> &[Step] {
        &self.steps[self.steps.len().saturating_sub(count)..]
    }

    /// The end of every path.
    fn drop_all(&mut self, model: &mut Model<'_>) {
        for offer in 0..self.offers.len() {
            if !model.is_gone(offer) {
                self.check(Step::Drop(offer), model);
            }
        }
        for channel in 0..2 {
            while model.len(channel) > 0 {
                self.check(Step::TryTake(channel), model);
            }
        }
    }
}

impl<A: Flavour, B: Flavour<Lock = A::Lock>> Drop for Walk<'_, '_, A, B> {
    fn drop(&mut self) {
        // The core panicked; a failed check has told already.
        if std::thread::panicking() && !FAILED.load(Ordering::Relaxed) {
            tell(self.name, self.offers, &self.steps, "the core panicked");
        }
    }
}

fn fail(name: &str, offers: &[Offer], steps: &[Step], why: &str) -> ! {
    tell(name, offers, steps, why);
    panic!("{why}");
}

#[expect(clippy::print_stderr, reason = "it has to be out before an unwinding drop aborts")]
fn tell(name: &str, offers: &[Offer], steps: &[Step], why: &str) {
    stop();
    let (offers, steps) = (script::join(offers), script::join(steps));
    eprintln!("{why}:\n    replay(\"{name}\", \"{offers}\", \"{steps}\");");
}
