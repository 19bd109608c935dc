//! The real thing: channels, futures polled by hand, wakers and values that are counted.

mod flavour;
mod offering;
mod selections;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use csp_core::buffer::Buffer;
use csp_core::lock::Lock;
use csp_core::{Channel, Ended, TryPutError, TryTakeError};

pub(crate) use flavour::*;
use selections::Selections;

use crate::ledger::{Bell, Ledger, Value};
use crate::model::{Look, Outside, Said, Seen, Wakers};
use crate::script::{self, Offer, Step};

/// The channel of a flavour.
pub(crate) type ChannelOf<F> = Channel<Value, <F as Flavour>::Buffer, <F as Flavour>::Lock>;

/// What may occur together: the branches of one slice have one type of lock.
pub(crate) type Channels<'c, A, B, C> = (&'c ChannelOf<A>, &'c ChannelOf<B>, &'c ChannelOf<C>);

/// An offer as a future: which branch was chosen, and what it said.
type Offering<'c> = Pin<Box<dyn Future<Output = (usize, Said)> + 'c>>;

/// What is polled.
enum Seated<'c> {
    Once(Offering<'c>),
    Again(Selections<'c>),
}

struct Seat<'c> {
    /// `None` once it is over.
    future: Option<Seated<'c>>,
    /// The waker that it was polled with last, and those before it.
    bell: Arc<Bell>,
    /// What the bell counted when the last poll began.
    rung_before: u32,
    old_bells: Vec<(Arc<Bell>, u32)>,
}

/// One run of a setup.
pub(crate) struct World<'c> {
    channels: Vec<&'c dyn AnyChannel>,
    seats: Vec<Seat<'c>>,
    ledger: Rc<Ledger>,
    outside: Outside,
}

impl<'c> World<'c> {
    /// With the first `count` of the channels.
    pub(crate) fn new<A, B, C>(
        channels: Channels<'c, A, B, C>,
        count: usize,
        offers: &[Offer],
    ) -> Self
    where
        A: Flavour,
        B: Flavour<Lock = A::Lock>,
        C: Flavour<Lock = A::Lock>,
    {
        let ledger = Rc::new(Ledger::new(script::branches(offers)));
        let seat = |index| Seat {
            future: Some(offering::new::<A, B, C>(channels, offers, index, &ledger)),
            bell: Bell::new(),
            rung_before: 0,
            old_bells: Vec::new(),
        };
        let seats = (0..offers.len()).map(seat).collect();
        let all: [&dyn AnyChannel; script::CHANNELS] = [channels.0, channels.1, channels.2];
        Self { channels: all[..count].to_vec(), seats, ledger, outside: Outside::default() }
    }

    /// Does one step.
    pub(crate) fn step(&mut self, step: Step) -> Seen {
        match step {
            Step::Poll(offer) => return self.poll(offer),
            Step::Renew(offer) => {
                let seat = &mut self.seats[offer];
                let old = std::mem::replace(&mut seat.bell, Bell::new());
                let rings = old.rings();
                seat.old_bells.push((old, rings));
                return self.poll(offer);
            }
            Step::Drop(offer) => {
                let future = &mut self.seats[offer].future;
                let goes_on = match future {
                    Some(Seated::Again(selections)) => selections.leave(),
                    _ => false,
                };
                if !goes_on {
                    *future = None;
                }
            }
            Step::TryPut(channel) => {
                let value = Value::new(self.ledger.add(), &self.ledger);
                return Seen::Tried(self.channels[channel].try_put(value));
            }
            Step::TryTake(channel) => return Seen::Tried(self.channels[channel].try_take()),
            Step::Close(channel) => self.channels[channel].close(),
            Step::Poison(channel) => self.channels[channel].poison(),
            Step::Taint(channel) => self.channels[channel].taint(),
        }
        Seen::Nothing
    }

    fn poll(&mut self, offer: usize) -> Seen {
        let seat = &mut self.seats[offer];
        seat.rung_before = seat.bell.rings();
        let waker = seat.bell.waker();
        let future = seat.future.as_mut().expect("an offer that is over is not polled");
        let cx = &mut Context::from_waker(&waker);
        let (polled, goes_on) = match future {
            Seated::Once(future) => (future.as_mut().poll(cx), false),
            Seated::Again(selections) => (selections.poll(cx), selections.go_on()),
        };
        let Poll::Ready((branch, said)) = polled else { return Seen::Pending };
        if !goes_on {
            seat.future = None;
        }
        Seen::Ready(branch, said)
    }

    /// What can be seen now.
    pub(crate) fn inspect(&mut self) -> &Outside {
        let Outside { channels, wakers, fates } = &mut self.outside;
        channels.clear();
        channels.extend(self.channels.iter().map(|channel| channel.look()));
        wakers.clear();
        wakers.extend(self.seats.iter().map(Seat::wakers));
        self.ledger.copy_to(fates);
        &self.outside
    }

    /// Tells of the values that the channels drop later.
    pub(crate) fn ledger(&self) -> Rc<Ledger> {
        Rc::clone(&self.ledger)
    }
}

impl fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

impl Seat<'_> {
    fn wakers(&self) -> Wakers {
        // One count is the seat's own.
        let kept = |bell: &Arc<Bell>| Arc::strong_count(bell) - 1;
        Wakers {
            rings: self.bell.rings() - self.rung_before,
            kept: kept(&self.bell),
            stale_kept: self.old_bells.iter().map(|(bell, _)| kept(bell)).sum(),
            stale_rings: self.old_bells.iter().map(|(bell, rings)| bell.rings() - rings).sum(),
        }
    }
}

/// What is done with a channel of whatever kind.
trait AnyChannel {
    fn try_put(&self, value: Value) -> Said;
    fn try_take(&self) -> Said;
    fn close(&self);
    /// Poison from the whole channel.
    fn poison(&self);
    /// Poison from the putting side.
    fn taint(&self);
    fn look(&self) -> Look;
}

impl<B: Buffer<Value>, L: Lock> AnyChannel for Channel<Value, B, L> {
    fn try_put(&self, value: Value) -> Said {
        let number = value.number;
        let (said, back) = match self.try_put(value) {
            Ok(()) => return Said::Accepted,
            Err(TryPutError::Full(value)) => (Said::Full, value),
            Err(TryPutError::Closed(value)) => (Said::Refused(Ended::Closed), value),
            Err(TryPutError::Poisoned { value, strength }) => {
                (Said::Refused(Ended::Poisoned { strength }), value)
            }
            Err(other) => panic!("an unexpected error: {other:?}"),
        };
        assert_eq!(back.number, number, "A3: a failed try_put gives its value back");
        said
    }

    fn try_take(&self) -> Said {
        match self.try_take() {
            Ok(value) => Said::Took(value.number),
            Err(TryTakeError::Empty) => Said::Empty,
            Err(TryTakeError::Closed) => Said::NoValue(Ended::Closed),
            Err(TryTakeError::Poisoned { strength }) => Said::NoValue(Ended::Poisoned { strength }),
            Err(other) => panic!("an unexpected error: {other:?}"),
        }
    }

    fn close(&self) {
        self.close();
    }

    fn poison(&self) {
        assert!(self.poison(2), "A15: a channel has no immunity unless it is given one");
    }

    fn taint(&self) {
        assert!(self.sender().poison(1), "A15: a channel has no immunity unless it is given one");
    }

    fn look(&self) -> Look {
        Look {
            len: self.len(),
            discarded: self.discarded() as usize,
            parked_puts: self.parked_puts(),
            parked_takes: self.parked_takes(),
            ended: self.ended(),
        }
    }
}
