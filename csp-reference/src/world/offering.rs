//! Offers as futures.

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;

use csp_core::buffer::Buffer;
use csp_core::lock::Lock;
use csp_core::{
    Branch, BranchOutcome, Channel, Closed, Ended, Error, Guard as AltsGuard, PutError, PutFrom,
    Rotation, Selected2, Take, TakeError, alts,
};
use futures_core::Stream;

use super::selections::Selections;
use super::{ChannelOf, Channels, Flavour, Offering, Seated};
use crate::ledger::{Ledger, Source, Value};
use crate::model::Said;
use crate::script::{BRANCHES, Form, Guard, Offer, Side, value_of};

/// What is the same for both guards of a tuple, on the first two channels.
struct Ground<'c, A: Flavour, B: Flavour> {
    channels: (&'c ChannelOf<A>, &'c ChannelOf<B>),
    form: Form,
    sources: [Source; 2],
}

/// An offer that has not been polled.
pub(crate) fn new<'c, A, B, C>(
    channels: Channels<'c, A, B, C>,
    offers: &[Offer],
    index: usize,
    ledger: &Rc<Ledger>,
) -> Seated<'c>
where
    A: Flavour,
    B: Flavour<Lock = A::Lock>,
    C: Flavour<Lock = A::Lock>,
{
    let offer = offers[index];
    if offer.form.is_alternative() {
        return Seated::Again(Selections::new::<A, B, C>(channels, offer));
    }
    let sources = offer.guards().enumerate().map(|(branch, guard)| {
        let is_put = guard.side == Side::Put;
        Source(is_put.then(|| Value::new(value_of(offers, index, branch), ledger)))
    });
    let mut sources: Vec<_> = sources.collect();
    Seated::Once(match offer.form {
        Form::Plain | Form::PutFrom | Form::Stream => {
            let (Guard { side, channel }, source) = (offer.guard(0), sources.remove(0));
            match channel {
                0 => single(channels.0, offer.form, side, source),
                1 => single(channels.1, offer.form, side, source),
                _ => single(channels.2, offer.form, side, source),
            }
        }
        Form::Alts | Form::Random | Form::OrDefault => {
            let sources = sources.try_into().expect("a tuple of two guards");
            let channels = (channels.0, channels.1);
            let ground = Ground::<A, B> { channels, form: offer.form, sources };
            ground.first(offer.guard(0), offer.guard(1))
        }
        _ => Box::pin(sliced::<A, B, C>(channels, offer, sources)),
    })
}

fn single<'c, B: Buffer<Value>, L: Lock>(
    channel: &'c Channel<Value, B, L>,
    form: Form,
    side: Side,
    mut source: Source,
) -> Offering<'c> {
    match (form, side) {
        (Form::Plain, Side::Put) => {
            let value = source.0.take().expect("a put has a value");
            let number = value.number;
            let put = channel.put(value);
            Box::pin(async move { (0, accepted(put.await, number)) })
        }
        (Form::Plain, Side::Take) => Box::pin(async { (0, took(channel.take().await)) }),
        (Form::Plain, Side::Closed) => Box::pin(async { (0, Said::Over(channel.closed().await)) }),
        (Form::Stream, _) => Box::pin(async {
            let mut stream = pin!(channel.stream());
            let item = poll_fn(|cx| stream.as_mut().poll_next(cx)).await;
            (0, item.map_or(Said::NoItem, |value| Said::Took(value.number)))
        }),
        _ => Box::pin(async move { (0, put(channel.put_from(&mut source.0).await)) }),
    }
}

fn accepted(result: Result<(), PutError<Value>>, number: u8) -> Said {
    let (value, ended) = match result {
        Ok(()) => return Said::Accepted,
        Err(PutError::Closed(value)) => (value, Ended::Closed),
        Err(PutError::Poisoned { value, strength }) => (value, Ended::Poisoned { strength }),
        Err(other) => panic!("an unexpected error: {other:?}"),
    };
    assert_eq!(value.number, number, "A3: a failed put gives its value back");
    Said::Refused(ended)
}

fn put(result: Result<(), Error>) -> Said {
    match result {
        Ok(()) => Said::Accepted,
        Err(Error::Closed) => Said::Refused(Ended::Closed),
        Err(Error::Poisoned { strength }) => Said::Refused(Ended::Poisoned { strength }),
        Err(other) => panic!("an unexpected error: {other:?}"),
    }
}

fn took(result: Result<Value, TakeError>) -> Said {
    match result {
        Ok(value) => Said::Took(value.number),
        Err(TakeError::Closed) => Said::NoValue(Ended::Closed),
        Err(TakeError::Poisoned { strength }) => Said::NoValue(Ended::Poisoned { strength }),
        Err(other) => panic!("an unexpected error: {other:?}"),
    }
}

pub(super) fn said(outcome: BranchOutcome<Value>) -> Said {
    match outcome {
        BranchOutcome::Took(result) => took(result),
        BranchOutcome::Put(result) => put(result),
    }
}

pub(super) fn branch<'s, A, B, C>(
    channels: Channels<'s, A, B, C>,
    guard: Guard,
    source: &'s mut Source,
) -> Branch<'s, Value, A::Lock>
where
    A: Flavour,
    B: Flavour<Lock = A::Lock>,
    C: Flavour<Lock = A::Lock>,
{
    match (guard.side, guard.channel) {
        (Side::Put, 0) => Branch::put_from(channels.0, &mut source.0),
        (Side::Put, 1) => Branch::put_from(channels.1, &mut source.0),
        (Side::Put, _) => Branch::put_from(channels.2, &mut source.0),
        (Side::Take, 0) => Branch::take(channels.0),
        (Side::Take, 1) => Branch::take(channels.1),
        (Side::Take, _) => Branch::take(channels.2),
        (Side::Closed, _) => panic!("a slice has no branch for the end of a channel"),
    }
}

async fn sliced<A, B, C>(
    channels: Channels<'_, A, B, C>,
    offer: Offer,
    mut sources: Vec<Source>,
) -> (usize, Said)
where
    A: Flavour,
    B: Flavour<Lock = A::Lock>,
    C: Flavour<Lock = A::Lock>,
{
    let pairs = offer.guards().zip(&mut sources);
    let branches: Box<[_]> =
        pairs.map(|(guard, source)| branch::<A, B, C>(channels, guard, source)).collect();
    let mut branches = Box::into_pin(branches);
    let choice = alts(branches.as_mut());
    let chosen = match offer.form {
        // A path has to do the same when it is walked again.
        Form::RandomSlice => Some(choice.seed(1).await),
        Form::FairSlice => Some(choice.fair(&mut Rotation::<BRANCHES>::new()).await),
        Form::SliceOrDefault => choice.priority().or_default().await,
        _ => Some(choice.priority().await),
    };
    match chosen {
        Some((index, outcome)) => (index, said(outcome)),
        None => (0, Said::Default),
    }
}

/// A guard of a tuple, whatever its channel.
trait Arm<'c>: 'c {
    type Output;
    type Guard<'s>: AltsGuard<Output = Self::Output>
    where
        'c: 's;

    fn guard<'s>(self, source: &'s mut Source) -> Self::Guard<'s>
    where
        'c: 's;

    fn said(output: Self::Output) -> Said;
}

struct TakeArm<'c, B: Buffer<Value>, L: Lock>(&'c Channel<Value, B, L>);
struct PutArm<'c, B: Buffer<Value>, L: Lock>(&'c Channel<Value, B, L>);
struct ClosedArm<'c, B: Buffer<Value>, L: Lock>(&'c Channel<Value, B, L>);

impl<'c, B: Buffer<Value>, L: Lock> Arm<'c> for TakeArm<'c, B, L> {
    type Output = Result<Value, TakeError>;
    type Guard<'s>
        = Take<'s, Value, B, L>
    where
        'c: 's;

    fn guard<'s>(self, _source: &'s mut Source) -> Self::Guard<'s>
    where
        'c: 's,
    {
        self.0.take()
    }

    fn said(output: Self::Output) -> Said {
        took(output)
    }
}

impl<'c, B: Buffer<Value>, L: Lock> Arm<'c> for PutArm<'c, B, L> {
    type Output = Result<(), Error>;
    type Guard<'s>
        = PutFrom<'s, Value, B, L>
    where
        'c: 's;

    fn guard<'s>(self, source: &'s mut Source) -> Self::Guard<'s>
    where
        'c: 's,
    {
        self.0.put_from(&mut source.0)
    }

    fn said(output: Self::Output) -> Said {
        put(output)
    }
}

impl<'c, B: Buffer<Value>, L: Lock> Arm<'c> for ClosedArm<'c, B, L> {
    type Output = Ended;
    type Guard<'s>
        = Closed<'s, Value, B, L>
    where
        'c: 's;

    fn guard<'s>(self, _source: &'s mut Source) -> Self::Guard<'s>
    where
        'c: 's,
    {
        self.0.closed()
    }

    fn said(output: Self::Output) -> Said {
        Said::Over(output)
    }
}

impl<'c, A: Flavour, B: Flavour<Lock = A::Lock>> Ground<'c, A, B> {
    /// Finds the type of the first guard.
    fn first(self, first: Guard, second: Guard) -> Offering<'c> {
        let (a, b) = self.channels;
        match (first.side, first.channel) {
            (Side::Put, 0) => self.second(PutArm(a), second),
            (Side::Put, _) => self.second(PutArm(b), second),
            (Side::Take, 0) => self.second(TakeArm(a), second),
            (Side::Take, _) => self.second(TakeArm(b), second),
            (Side::Closed, 0) => self.second(ClosedArm(a), second),
            (Side::Closed, _) => self.second(ClosedArm(b), second),
        }
    }

    /// Finds the type of the second guard.
    fn second<X: Arm<'c>>(self, first: X, second: Guard) -> Offering<'c> {
        let Self { channels: (a, b), form, sources } = self;
        match (second.side, second.channel) {
            (Side::Put, 0) => Box::pin(choose(form, first, PutArm(a), sources)),
            (Side::Put, _) => Box::pin(choose(form, first, PutArm(b), sources)),
            (Side::Take, 0) => Box::pin(choose(form, first, TakeArm(a), sources)),
            (Side::Take, _) => Box::pin(choose(form, first, TakeArm(b), sources)),
            (Side::Closed, 0) => Box::pin(choose(form, first, ClosedArm(a), sources)),
            (Side::Closed, _) => Box::pin(choose(form, first, ClosedArm(b), sources)),
        }
    }
}

async fn choose<'c, X: Arm<'c>, Y: Arm<'c>>(
    form: Form,
    first: X,
    second: Y,
    sources: [Source; 2],
) -> (usize, Said) {
    let [mut one, mut two] = sources;
    let choice = alts((first.guard(&mut one), second.guard(&mut two)));
    let chosen = match form {
        // A path has to do the same when it is walked again.
        Form::Random => Some(choice.seed(1).await),
        Form::OrDefault => choice.priority().or_default().await,
        _ => Some(choice.priority().await),
    };
    match chosen {
        Some(Selected2::First(output)) => (0, X::said(output)),
        Some(Selected2::Second(output)) => (1, Y::said(output)),
        None => (0, Said::Default),
    }
}
