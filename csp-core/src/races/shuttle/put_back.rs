//! Takes that are given a value and dropped before they look, while others put and take.

use alloc::sync::Arc;
use alloc::vec::Vec;

use shuttle::thread;

use super::ledger::{InOrder, Ledger, Value};
use super::play;
use super::whims::{briefly, draw, seed};
use crate::buffer::{Fixed, Rendezvous, StaticBuffer};
use crate::lock::StdLock;
use crate::{Channel, Selected2, TryPutError, alts, block_on};

const EACH: usize = 3;

#[test]
fn rendezvous_storm() {
    play("takes are dropped, 3 put, 4 take", || storm::<Rendezvous>(4));
}

#[test]
fn buffer_storm() {
    play("takes are dropped, 3 put, 4 take, buffer", || storm::<Fixed<1>>(4));
}

/// Nobody else takes, so nothing is handed over past a value that came back (A11).
#[test]
fn rendezvous_in_order() {
    play("takes are dropped, 3 put, 1 takes", || storm::<Rendezvous>(1));
}

#[test]
fn buffer_in_order() {
    play("takes are dropped, 3 put, 1 takes, buffer", || storm::<Fixed<2>>(1));
}

fn storm<B: StaticBuffer<Value, Lent: Sync> + 'static>(takers: usize) {
    let ledger = Ledger::new();
    let channel = Arc::new(Channel::<Value, B, StdLock>::new());
    let putters: Vec<_> = (0..3)
        .map(|me| {
            let (channel, ledger) = (channel.clone(), ledger.clone());
            thread::spawn(move || {
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
    let takers: Vec<_> = (0..takers)
        .map(|_| {
            let channel = channel.clone();
            let alone = takers == 1;
            thread::spawn(move || block_on(take_and_drop(&channel, alone)))
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

async fn take_and_drop<B: StaticBuffer<Value, Lent: Sync>>(
    channel: &Channel<Value, B, StdLock>,
    alone: bool,
) {
    let mut order = InOrder::default();
    loop {
        let value = match draw(6) {
            0 => match channel.take().await {
                Ok(value) => Some(value),
                Err(_) => return,
            },
            1 => channel.try_take().ok(),
            2 => match briefly(alts((channel.take(), channel.take())).seed(seed())).await {
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
