//! Kinds of channels that occur together, by name.

use std::fmt;
use std::marker::PhantomData;

use crate::model::{Model, Shape};
use crate::script::{self, CHANNELS, Offer};
use crate::walk::{Failure, Walk};
use crate::world::{
    ChanAll, ChanMeet, ChanMeetStd, ChanOne, ChanSlide, Flavour, Lose, Meet, MeetStd, One, OneStd,
    Replace, Slide, Two, World,
};

/// Three kinds of channels; of the channels, only those are there that an offer names.
struct Kinds<A, B, C>(PhantomData<(A, B, C)>);

/// Channels on which paths are walked.
pub struct Ground {
    pub name: &'static str,
    kinds: &'static dyn AnyKinds,
}

/// All there are.
pub static GROUNDS: [Ground; 14] = [
    Ground::of("meet", &Kinds::<Meet, Meet, One>(PhantomData)),
    Ground::of("meet std", &Kinds::<MeetStd, MeetStd, OneStd>(PhantomData)),
    Ground::of("one", &Kinds::<One, One, Meet>(PhantomData)),
    Ground::of("two", &Kinds::<Two, Two, ChanOne>(PhantomData)),
    Ground::of("chan meet", &Kinds::<ChanMeet, ChanMeet, Meet>(PhantomData)),
    Ground::of("chan one", &Kinds::<ChanOne, ChanOne, Slide>(PhantomData)),
    Ground::of("slide", &Kinds::<Slide, Slide, Meet>(PhantomData)),
    Ground::of("lose", &Kinds::<Lose, Lose, ChanMeet>(PhantomData)),
    Ground::of("replace", &Kinds::<Replace, Replace, Meet>(PhantomData)),
    Ground::of("chan slide", &Kinds::<ChanSlide, ChanSlide, One>(PhantomData)),
    Ground::of("chan all", &Kinds::<ChanAll, ChanAll, Meet>(PhantomData)),
    Ground::of("meet one std", &Kinds::<MeetStd, OneStd, ChanMeetStd>(PhantomData)),
    Ground::of("meet chan std", &Kinds::<MeetStd, ChanMeetStd, OneStd>(PhantomData)),
    Ground::of("one two", &Kinds::<One, Two, ChanMeet>(PhantomData)),
];

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ground").field(&self.name).finish()
    }
}

impl Ground {
    const fn of(name: &'static str, kinds: &'static dyn AnyKinds) -> Self {
        Self { name, kinds }
    }

    pub fn named(name: &str) -> &'static Self {
        let found = GROUNDS.iter().find(|ground| ground.name == name);
        found.unwrap_or_else(|| panic!("`{name}` is not a ground"))
    }

    /// The reference of a new setup.
    pub fn model<'s>(&self, offers: &'s [Offer]) -> Model<'s> {
        let guards = offers.iter().flat_map(Offer::guards);
        let channels = guards.map(|guard| guard.channel + 1).max().unwrap_or(0);
        Model::new(offers, &self.kinds.shapes()[..channels])
    }

    /// Walks a path on new channels, then drops all that is left and looks for what is not.
    pub fn walk<'s>(
        &self,
        offers: &'s [Offer],
        path: &mut dyn FnMut(&mut Walk<'_, 's>) -> Result<(), String>,
    ) -> Result<(), Failure> {
        self.kinds.walk((self.name, offers), self.model(offers), path)
    }
}

/// Walks one path, as a failed test has printed it.
pub fn replay(name: &str, offers: &str, steps: &str) {
    let (offers, steps) = (script::offers(offers), script::steps(steps));
    let path = &mut |walk: &mut Walk<'_, '_>| steps.iter().try_for_each(|&step| walk.check(step));
    if let Err(failure) = Ground::named(name).walk(&offers, path) {
        panic!("{failure}");
    }
}

/// [`Kinds`] without the types.
trait AnyKinds: Sync {
    fn shapes(&self) -> [Shape; CHANNELS];

    fn walk<'s>(
        &self,
        setup: (&'static str, &'s [Offer]),
        model: Model<'s>,
        path: &mut dyn FnMut(&mut Walk<'_, 's>) -> Result<(), String>,
    ) -> Result<(), Failure>;
}

impl<A, B, C> AnyKinds for Kinds<A, B, C>
where
    A: Flavour + Sync,
    B: Flavour<Lock = A::Lock> + Sync,
    C: Flavour<Lock = A::Lock> + Sync,
{
    fn shapes(&self) -> [Shape; CHANNELS] {
        [A::SHAPE, B::SHAPE, C::SHAPE]
    }

    fn walk<'s>(
        &self,
        setup: (&'static str, &'s [Offer]),
        model: Model<'s>,
        path: &mut dyn FnMut(&mut Walk<'_, 's>) -> Result<(), String>,
    ) -> Result<(), Failure> {
        let (count, offers) = (model.channels(), setup.1);
        let homes = Box::new((A::home(), B::home(), C::home()));
        Walk::all(setup, model, homes, path, |(a, b, c)| {
            let channels = (A::channel(a), B::channel(b), C::channel(c));
            World::new::<A, B, C>(channels, count, offers)
        })
    }
}
