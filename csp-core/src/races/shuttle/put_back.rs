//! Takes that are given a value and dropped before they look, while others put and take.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::array;
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

use shuttle::thread;

use super::ledger::{InOrder, Ledger, Value};
use super::play;
use super::whims::{briefly, draw, seed};
use crate::buffer::{Fixed, Rendezvous, StaticBuffer};
use crate::lock::StdLock;
use crate::{Channel, Selected2, TryPutError, alts, block_on};

const EACH: usize = 3;

/// How one of the takers goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taker {
    /// Drops most of its takes, until the channel is closed.
    Dropping,
    /// Drops a few takes and goes for good.
    Leaving,
    /// Waits for each value, so that nobody else may keep the news of one to itself.
    Staying,
    /// Begins one take and does not poll it again before the channel is closed (A9).
    Stalling,
    /// Takes all values but one, which is left for somebody who stalls.
    AllButOne,
}

use Taker::{AllButOne, Dropping, Leaving, Stalling, Staying};

#[test]
fn rendezvous_storm() {
    play("drops, 3 put, 4 take", || storm::<Rendezvous>(&[Dropping; 4]));
}

#[test]
fn buffer_storm() {
    play("drops, 3 put, 4 take, buffer", || storm::<Fixed<1>>(&[Dropping; 4]));
}

/// Nobody else takes, so nothing is handed over past a value that came back (A11).
#[test]
fn rendezvous_in_order() {
    play("drops, 3 put, 1 takes", || storm::<Rendezvous>(&[Dropping]));
}

#[test]
fn buffer_in_order() {
    play("drops, 3 put, 1 takes, buffer", || storm::<Fixed<2>>(&[Dropping]));
}

#[test]
fn rendezvous_with_one_who_stays() {
    let shape = || storm::<Rendezvous>(&[Staying, Leaving, Leaving, Leaving]);
    play("3 put, 3 leave, 1 stays", shape);
}

#[test]
fn rendezvous_with_two_who_stay() {
    let shape = || storm::<Rendezvous>(&[Staying, Staying, Leaving, Leaving]);
    play("3 put, 2 leave, 2 stay", shape);
}

#[test]
fn rendezvous_with_one_who_stalls() {
    let shape = || storm::<Rendezvous>(&[Stalling, Staying, Leaving, Leaving]);
    play("3 put, 2 leave, 1 stays, 1 stalls", shape);
}

#[test]
fn rendezvous_with_the_last_for_one_who_stalls() {
    play("3 put, 1 takes all but 1, 1 stalls", || storm::<Rendezvous>(&[Stalling, AllButOne]));
}

#[test]
fn buffer_with_one_who_stays() {
    let shape = || storm::<Fixed<1>>(&[Staying, Leaving, Leaving, Leaving]);
    play("3 put, 3 leave, 1 stays, buffer", shape);
}

type Place<B> = Channel<Value, B, StdLock>;

fn storm<B: StaticBuffer<Value, Lent: Sync> + 'static>(takers: &'static [Taker]) {
    let ledger = Ledger::new();
    // The second is there to be chosen from, and nobody puts to it.
    let channels: Arc<[Place<B>; 2]> = Arc::new(array::from_fn(|_| Channel::new()));
    let channel = &channels[0];
    let putters: Vec<_> = (0..3)
        .map(|me| {
            let (channels, ledger) = (channels.clone(), ledger.clone());
            thread::spawn(move || {
                let channel = &channels[0];
                for number in 0..EACH {
                    let mut value = ledger.value(me, number);
                    if draw(2) == 0 {
                        match channel.try_put(value) {
                            Ok(()) => continue,
                            Err(TryPutError::Full(back)) => value = back,
                            Err(_) => panic!("nobody has closed it"),
                        }
                    }
                    channel.put_blocking(value).unwrap();
                }
            })
        })
        .collect();
    let takers: Vec<_> = takers
        .iter()
        .map(|&taker| {
            let channels = channels.clone();
            let alone = takers.len() == 1;
            thread::spawn(move || block_on(take(&channels, taker, alone)))
        })
        .collect();
    for putter in putters {
        putter.join().unwrap();
    }
    channel.close();
    for taker in takers {
        taker.join().unwrap();
    }
    while let Ok(value) = channel.try_take() {
        value.deliver();
    }
    assert_eq!((channel.parked_puts(), channel.parked_takes(), channel.len()), (0, 0, 0));
    ledger.settle(0);
    assert_eq!(ledger.delivered(), 3 * EACH);
}

async fn take<B: StaticBuffer<Value, Lent: Sync>>(
    [channel, idle]: &[Place<B>; 2],
    taker: Taker,
    alone: bool,
) {
    if taker == Stalling {
        return stall(channel).await;
    }
    let mut order = InOrder::default();
    for turn in 0.. {
        let (last, kind) = match taker {
            Dropping => (usize::MAX, draw(6)),
            Leaving => (3, 2 + draw(4)),
            AllButOne => (3 * EACH - 1, 0),
            Staying | Stalling => (usize::MAX, 0),
        };
        if turn == last {
            return;
        }
        let value = match kind {
            0 => match channel.take().await {
                Ok(value) => Some(value),
                Err(_) => return,
            },
            1 => channel.try_take().ok(),
            2 => match briefly(alts((channel.take(), channel.take())).seed(seed())).await {
                Some(Selected2::First(value) | Selected2::Second(value)) => value.ok(),
                None => None,
            },
            3 => match briefly(alts((idle.take(), channel.take())).seed(seed())).await {
                Some(Selected2::First(value) | Selected2::Second(value)) => value.ok(),
                None => None,
            },
            _ => briefly(channel.take()).await.and_then(Result::ok),
        };
        match value {
            None => {}
            Some(value) if alone => order.deliver(value),
            Some(value) => drop(value.deliver()),
        }
    }
}

async fn stall<B: StaticBuffer<Value, Lent: Sync>>(channel: &Place<B>) {
    let mut take = pin!(channel.take());
    let first = poll_fn(|cx| Poll::Ready(take.as_mut().poll(cx))).await;
    let taken = match first {
        Poll::Ready(taken) => taken,
        Poll::Pending => {
            channel.closed().await;
            take.await
        }
    };
    if let Ok(value) = taken {
        value.deliver();
    }
}
