//! One path on real channels, compared with the reference step by step.

use std::fmt;
use std::mem::ManuallyDrop;

use crate::caught::{self, caught};
use crate::model::Model;
use crate::script::{self, Offer, Step};
use crate::world::World;

/// A path that is being walked.
#[derive(Debug)]
pub struct Walk<'c, 's> {
    world: World<'c>,
    model: Model<'s>,
    steps: Vec<Step>,
}

/// What the code did, and should not have.
#[derive(Debug, Clone)]
pub struct Failure {
    pub(crate) why: String,
    pub(crate) ground: &'static str,
    pub(crate) offers: Vec<Offer>,
    pub(crate) steps: Vec<Step>,
}

impl<'s> Walk<'_, 's> {
    pub fn model(&self) -> &Model<'s> {
        &self.model
    }

    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Does steps that have been checked on another path, which came to `model`.
    pub fn repeat(&mut self, steps: impl IntoIterator<Item = Step>, model: Model<'s>) {
        for step in steps {
            self.note(step);
            self.world.step(step);
        }
        self.model = model;
    }

    /// Does a step, or says what is wrong, by the number of the semantics.
    pub fn check(&mut self, step: Step) -> Result<(), String> {
        self.note(step);
        let seen = self.world.step(step);
        self.model.follow(step, seen)?;
        self.model.check(self.world.inspect())
    }

    fn note(&mut self, step: Step) {
        self.steps.push(step);
        caught::note(step);
    }

    /// The end of every path.
    fn drop_all(&mut self) -> Result<(), String> {
        for offer in 0..self.model.offers() {
            while !self.model.is_gone(offer) {
                self.check(Step::Drop(offer))?;
            }
        }
        for channel in 0..self.model.channels() {
            while self.model.len(channel) > 0 {
                self.check(Step::TryTake(channel))?;
            }
        }
        Ok(())
    }

    /// Walks `path`, then drops all that is left, `homes` last, and looks for what is not.
    ///
    /// What has failed is leaked: nobody knows what its drop would do.
    pub(crate) fn all<H>(
        (ground, offers): (&'static str, &'s [Offer]),
        model: Model<'s>,
        homes: Box<H>,
        path: &mut dyn FnMut(&mut Walk<'_, 's>) -> Result<(), String>,
        world: impl for<'h> FnOnce(&'h H) -> World<'h>,
    ) -> Result<(), Failure> {
        let homes = ManuallyDrop::new(homes);
        let walk = Walk { world: world(&homes), model, steps: Vec::new() };
        let mut walk = ManuallyDrop::new(walk);
        let (why, steps) = (String::new(), Vec::new());
        caught::begin(Failure { why, ground, offers: offers.to_vec(), steps });
        caught(|| path(&mut walk).and_then(|()| walk.drop_all()))?;
        let Walk { world, model, .. } = ManuallyDrop::into_inner(walk);
        let ledger = world.ledger();
        let world = ManuallyDrop::new(world);
        caught(|| {
            drop(ManuallyDrop::into_inner(world));
            Ok(())
        })?;
        caught(|| {
            drop(ManuallyDrop::into_inner(homes));
            let mut fates = Vec::new();
            ledger.copy_to(&mut fates);
            model.check_end(&fates)
        })?;
        caught::end();
        Ok(())
    }
}

/// The call that repeats it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { why, ground, offers, steps } = self;
        let (offers, steps) = (script::join(offers), script::join(steps));
        write!(f, "{why}:\n    replay(\"{ground}\", \"{offers}\", \"{steps}\");")
    }
}
