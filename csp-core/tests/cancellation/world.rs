//! The real thing: channels, futures polled by hand, wakers and values that are counted.

mod flavour;
mod offering;

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use csp_core::{Channel, Ended, TryPutError, TryTakeError};

pub(crate) use flavour::*;

use crate::ledger::{Bell, Ledger, VALUES, Value};
use crate::model::observe::{Look, OFFERS, Outside, Wakers};
use crate::model::{Said, Seen, value_of_try};
use crate::script::{Offer, Step};

/// The channel of a flavour.
pub(crate) type ChannelOf<F> = Channel<Value, <F as Flavour>::Buffer, <F as Flavour>::Lock>;

/// An offer as a future: which branch was chosen, and what it said.
type Offering<'c> = Pin<Box<dyn Future<Output = (usize, Said)> + 'c>>;

struct Seat<'c> {
    /// `None` once it is over.
    future: Option<Offering<'c>>,
    /// The waker that it was polled with last, and those before it.
    bell: Arc<Bell>,
    /// What the bell counted when the last poll began.
    rung_before: u32,
    old_bells: Vec<(Arc<Bell>, u32)>,
}

/// One run of a setup.
pub(crate) struct World<'c, A: Flavour, B: Flavour<Lock = A::Lock>> {
    channels: (&'c ChannelOf<A>, &'c ChannelOf<B>),
    seats: Vec<Seat<'c>>,
    ledger: Rc<Ledger>,
    tried: u8,
}

impl<'c, A: Flavour, B: Flavour<Lock = A::Lock>> World<'c, A, B> {
    pub(crate) fn new(channels: (&'c ChannelOf<A>, &'c ChannelOf<B>), offers: &[Offer]) -> Self {
        let ledger = Rc::new(Ledger::default());
        let seat = |(index, offer)| Seat {
            future: Some(offering::new::<A, B>(channels, offer, index, &ledger)),
            bell: Bell::new(),
            rung_before: 0,
            old_bells: Vec::new(),
        };
        let seats = offers.iter().enumerate().map(seat).collect();
        Self { channels, seats, ledger, tried: 0 }
    }

    /// Does one step.
    pub(crate) fn step(&mut self, step: Step) -> Seen {
        match step {
            Step::Poll(offer) => self.poll(offer),
            Step::Renew(offer) => {
                let seat = &mut self.seats[offer];
                let old = std::mem::replace(&mut seat.bell, Bell::new());
                let rings = old.rings();
                seat.old_bells.push((old, rings));
                self.poll(offer)
            }
            Step::Drop(offer) => {
                self.seats[offer].future = None;
                Seen::Nothing
            }
            Step::TryPut(channel) => {
                let value = Value::new(value_of_try(self.tried), &self.ledger);
                self.tried += 1;
                Seen::Tried(match channel {
                    0 => try_put::<A>(self.channels.0, value),
                    _ => try_put::<B>(self.channels.1, value),
                })
            }
            Step::TryTake(channel) => Seen::Tried(match channel {
                0 => try_take::<A>(self.channels.0),
                _ => try_take::<B>(self.channels.1),
            }),
            Step::Close(0) => self.end(|| self.channels.0.close()),
            Step::Close(_) => self.end(|| self.channels.1.close()),
            Step::Poison(0) => self.end(|| assert!(self.channels.0.poison(2))),
            Step::Poison(_) => self.end(|| assert!(self.channels.1.poison(2))),
            Step::Taint(0) => self.end(|| assert!(self.channels.0.sender().poison(1))),
            Step::Taint(_) => self.end(|| assert!(self.channels.1.sender().poison(1))),
        }
    }

    fn end(&self, end: impl FnOnce()) -> Seen {
        end();
        Seen::Nothing
    }

    fn poll(&mut self, offer: usize) -> Seen {
        let seat = &mut self.seats[offer];
        seat.rung_before = seat.bell.rings();
        let waker = seat.bell.waker();
        let future = seat.future.as_mut().expect("an offer that is over is not polled");
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => Seen::Pending,
            Poll::Ready((branch, said)) => {
                seat.future = None;
                Seen::Ready(branch, said)
            }
        }
    }

    /// What can be seen now.
    pub(crate) fn inspect(&self) -> Outside {
        let mut wakers = [Wakers::default(); OFFERS];
        for (seat, wakers) in self.seats.iter().zip(&mut wakers) {
            *wakers = seat.wakers();
        }
        Outside {
            channels: [look::<A>(self.channels.0), look::<B>(self.channels.1)],
            wakers,
            drops: self.drops(),
            back: std::array::from_fn(|number| self.ledger.is_back(number as u8)),
        }
    }

    /// How often each value has been dropped.
    fn drops(&self) -> [u8; VALUES] {
        std::array::from_fn(|number| self.ledger.drops(number as u8))
    }

    /// Tells of the values that the channels drop later.
    pub(crate) fn ledger(&self) -> Rc<Ledger> {
        Rc::clone(&self.ledger)
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

fn look<F: Flavour>(channel: &ChannelOf<F>) -> Look {
    Look {
        len: channel.len(),
        discarded: channel.discarded() as usize,
        parked_puts: channel.parked_puts(),
        parked_takes: channel.parked_takes(),
        ended: channel.ended(),
    }
}

fn try_put<F: Flavour>(channel: &ChannelOf<F>, value: Value) -> Said {
    let number = value.number;
    let (said, back) = match channel.try_put(value) {
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

fn try_take<F: Flavour>(channel: &ChannelOf<F>) -> Said {
    match channel.try_take() {
        Ok(value) => Said::Took(value.number),
        Err(TryTakeError::Empty) => Said::Empty,
        Err(TryTakeError::Closed) => Said::NoValue(Ended::Closed),
        Err(TryTakeError::Poisoned { strength }) => Said::NoValue(Ended::Poisoned { strength }),
        Err(other) => panic!("an unexpected error: {other:?}"),
    }
}
