//! A path of which not every step has to be possible, so that it can be drawn, cut and mutated.

use crate::ground::{GROUNDS, Ground};
use crate::model::Model;
use crate::script::{BRANCHES, CHANNELS, Form, Guard, Offer, Side, Step};
use crate::walk::{Failure, Walk};

/// How many offers may have begun and not be over.
const AT_ONCE: usize = 6;
/// The numbers of all values fit a byte.
pub const MOST_OFFERS: usize = 16;
pub const MOST_STEPS: usize = 120;

/// A setup and steps of any indices.
#[derive(Debug, Clone)]
pub struct Draft {
    pub ground: &'static Ground,
    pub offers: Vec<Offer>,
    pub steps: Vec<Step>,
}

impl Draft {
    /// Does what is possible of it; says how many steps those were.
    pub fn walk(&self) -> Result<usize, Failure> {
        let mut done = 0;
        let path = &mut |walk: &mut Walk<'_, '_>| {
            for &step in &self.steps {
                if let Some(step) = fit(step, walk.model()) {
                    walk.check(step)?;
                }
            }
            done = walk.steps().len();
            Ok(())
        };
        self.ground.walk(&self.offers, path)?;
        Ok(done)
    }

    /// Reads a draft from bytes, whatever they are: the ground, the number of offers, each offer,
    /// then steps to the end.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut bytes = bytes.iter().copied();
        let ground = &GROUNDS[usize::from(bytes.next()?) % GROUNDS.len()];
        let count = 1 + usize::from(bytes.next()?) % MOST_OFFERS;
        let offers = (0..count).map(|_| read_offer(&mut bytes)).collect::<Option<_>>()?;
        let steps = std::iter::from_fn(|| {
            let (kind, index) = (usize::from(bytes.next()?), usize::from(bytes.next()?));
            Some(read_step(kind, index))
        });
        let steps = steps.take(MOST_STEPS).collect();
        Some(Self { ground, offers, steps })
    }

    /// The bytes from which this is read.
    pub fn to_bytes(&self) -> Vec<u8> {
        let ground = GROUNDS.iter().position(|ground| ground.name == self.ground.name);
        let mut bytes = vec![ground.expect("all are listed") as u8, self.offers.len() as u8 - 1];
        for offer in &self.offers {
            bytes.push(byte_of(|byte| {
                let (form, width) = form_and_width(byte);
                (form, width) == (offer.form, offer.width())
            }));
            let guards = offer.guards();
            let guards = guards.map(|guard| byte_of(|byte| read_guard(offer.form, byte) == guard));
            bytes.extend(guards);
        }
        for &step in &self.steps {
            let index = step.index();
            bytes.extend([byte_of(|byte| read_step(byte, index) == step), index as u8]);
        }
        bytes
    }
}

/// The first byte that is read so.
fn byte_of(is_it: impl Fn(usize) -> bool) -> u8 {
    let byte = (0..=u8::MAX).find(|&byte| is_it(usize::from(byte)));
    byte.expect("each offer and each step can be read")
}

/// The step at the next index at which it is possible.
fn fit(step: Step, model: &Model<'_>) -> Option<Step> {
    let offers = 0..model.offers();
    let is_full = offers.clone().filter(|&offer| model.has_begun(offer)).count() >= AT_ONCE;
    let can = |&offer: &usize| model.has_begun(offer) || (model.is_new(offer) && !is_full);
    let offer = |index: usize| {
        let start = index % model.offers();
        (start..model.offers()).chain(0..start).find(can)
    };
    let channel = |index: usize| index % model.channels();
    Some(match step {
        Step::Poll(index) => Step::Poll(offer(index)?),
        Step::Renew(index) => Step::Renew(offer(index)?),
        Step::Drop(index) => Step::Drop(offer(index)?),
        Step::TryPut(index) => Step::TryPut(channel(index)),
        Step::TryTake(index) => Step::TryTake(channel(index)),
        Step::Close(index) => Step::Close(channel(index)),
        Step::Poison(index) => Step::Poison(channel(index)),
        Step::Taint(index) => Step::Taint(channel(index)),
    })
}

fn read_offer(bytes: &mut impl Iterator<Item = u8>) -> Option<Offer> {
    let (form, width) = form_and_width(usize::from(bytes.next()?));
    let guards = (0..width).map(|_| Some(read_guard(form, usize::from(bytes.next()?))));
    Some(Offer::new(form, &guards.collect::<Option<Vec<_>>>()?).foreseeable())
}

fn form_and_width(byte: usize) -> (Form, usize) {
    const FORMS: [Form; 16] = [
        Form::Plain,
        Form::Plain,
        Form::Plain,
        Form::PutFrom,
        Form::Stream,
        Form::Alts,
        Form::Random,
        Form::OrDefault,
        Form::Slice,
        Form::RandomSlice,
        Form::FairSlice,
        Form::SliceOrDefault,
        Form::Alternative,
        Form::RandomAlternative,
        Form::FairAlternative,
        Form::AlternativeOrDefault,
    ];
    let form = FORMS[byte % FORMS.len()];
    let width = match form {
        Form::Plain | Form::PutFrom | Form::Stream => 1,
        Form::Alts | Form::Random | Form::OrDefault => 2,
        _ => 1 + byte / FORMS.len() % BRANCHES,
    };
    (form, width)
}

fn read_guard(form: Form, byte: usize) -> Guard {
    use Side::{Closed, Put, Take};
    let (sides, channels): (&[Side], usize) = match form {
        Form::Plain => (&[Put, Take, Put, Take, Closed], CHANNELS),
        Form::PutFrom => (&[Put], CHANNELS),
        Form::Stream => (&[Take], CHANNELS),
        form if form.is_alternative() => (&[Take], CHANNELS),
        Form::Alts | Form::Random | Form::OrDefault => (&[Put, Take, Put, Take, Closed], 2),
        _ => (&[Put, Take], CHANNELS),
    };
    Guard { side: sides[byte / channels % sides.len()], channel: byte % channels }
}

fn read_step(kind: usize, index: usize) -> Step {
    match kind % 64 {
        0..=30 => Step::Poll(index),
        31..=36 => Step::Renew(index),
        37..=46 => Step::Drop(index),
        47..=53 => Step::TryPut(index),
        54..=60 => Step::TryTake(index),
        61 => Step::Close(index),
        62 => Step::Poison(index),
        _ => Step::Taint(index),
    }
}
