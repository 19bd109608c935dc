//! One path on real channels, compared with the reference step by step.

use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};

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
    pub why: String,
    ground: &'static str,
    offers: Vec<Offer>,
    pub steps: Vec<Step>,
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
            self.steps.push(step);
            self.world.step(step);
        }
        self.model = model;
    }

    /// Does a step, or says what is wrong, by the number of the semantics.
    pub fn check(&mut self, step: Step) -> Result<(), String> {
        self.steps.push(step);
        let seen = self.world.step(step);
        self.model.follow(step, seen)?;
        self.model.check(self.world.inspect())
    }

    /// The end of every path.
    fn drop_all(&mut self) -> Result<(), String> {
        for offer in 0..self.model.offers() {
            if !self.model.is_gone(offer) {
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
        let result = catch(|| path(&mut walk).and_then(|()| walk.drop_all()));
        let fail = |why, steps| Err(Failure { why, ground, offers: offers.to_vec(), steps });
        if let Err(why) = result {
            return fail(why, walk.steps.clone());
        }
        let Walk { world, model, steps } = ManuallyDrop::into_inner(walk);
        let ledger = world.ledger();
        let world_left = catch(|| {
            drop(world);
            Ok(())
        });
        let all_left = world_left.and_then(|()| {
            catch(|| {
                drop(ManuallyDrop::into_inner(homes));
                let mut fates = Vec::new();
                ledger.copy_to(&mut fates);
                model.check_end(&fates)
            })
        });
        all_left.or_else(|why| fail(why, steps))
    }
}

/// A panic of the core is a failure like any other.
fn catch(walk: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(walk)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(format!("the core panicked: {}", text.unwrap_or_default()))
    })
}

/// The call that repeats it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { why, ground, offers, steps } = self;
        let (offers, steps) = (script::join(offers), script::join(steps));
        write!(f, "{why}:\n    replay(\"{ground}\", \"{offers}\", \"{steps}\");")
    }
}
