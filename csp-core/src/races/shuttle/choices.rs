//! Choices that can only meet choices: a ring, and two crowds in opposite order.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::array;

use shuttle::thread;

use super::ledger::{InOrder, Ledger, Value};
use super::play;
use super::whims::{draw, seed, with_patience};
use crate::buffer::Rendezvous;
use crate::lock::StdLock;
use crate::{Channel, Selected2, alts, block_on};

type Meeting = Channel<Value, Rendezvous, StdLock>;

/// *Source*: problem 0.6.1 of PyCSP, SEMANTICS B65.
#[test]
fn ring() {
    play("a ring of 4, each puts on and takes", || {
        const ROUNDS: usize = 3;
        let ledger = Ledger::new();
        let ring: Arc<[Meeting; 4]> = Arc::new(array::from_fn(|_| Channel::new()));
        let stages: [_; 4] = array::from_fn(|me| {
            let (ring, ledger) = (ring.clone(), ledger.clone());
            thread::spawn(move || {
                block_on(pass(&ring[me], &ring[(me + 3) % 4], me, &ledger, ROUNDS));
            })
        });
        for stage in stages {
            stage.join().unwrap();
        }
        ledger.settle(0);
        assert_eq!(ledger.delivered(), 4 * ROUNDS);
    });
}

async fn pass(next: &Meeting, previous: &Meeting, me: usize, ledger: &Arc<Ledger>, rounds: usize) {
    let (mut put, mut taken) = (0, 0);
    let mut order = InOrder::default();
    let mut offer = Some(ledger.value(me, 0));
    while put < rounds || taken < rounds {
        let take = (taken < rounds).then(|| previous.take());
        match alts((next.put_from(&mut offer), take)).seed(seed()).await {
            Selected2::First(accepted) => {
                accepted.unwrap();
                put += 1;
                if put < rounds {
                    offer = Some(ledger.value(me, put));
                }
            }
            Selected2::Second(value) => {
                taken += 1;
                order.deliver(value.unwrap());
            }
        }
    }
}

#[test]
fn opposing() {
    play("3 alts against 3, in opposite order", || oppose(false));
}

#[test]
fn opposing_with_drops() {
    play("3 alts against 3, drops", || oppose(true));
}

/// Half of the parties put to the left or take from the right, half the other way round; each
/// meets one of the other half.
fn oppose(drops: bool) {
    let ledger = Ledger::new();
    let both: Arc<[Meeting; 2]> = Arc::new(array::from_fn(|_| Channel::new()));
    let parties: Vec<_> = (0..6)
        .map(|me| {
            let (both, ledger) = (both.clone(), ledger.clone());
            thread::spawn(move || {
                let (out, back) = (&both[me % 2], &both[1 - me % 2]);
                block_on(meet(out, back, ledger.value(me, 0), drops))
            })
        })
        .collect();
    let puts = parties.into_iter().map(|party| party.join().unwrap());
    assert_eq!(puts.filter(|&put| put).count(), 3);
    for channel in &*both {
        assert_eq!((channel.parked_puts(), channel.parked_takes(), channel.len()), (0, 0, 0));
    }
    ledger.settle(0);
}

/// Whether it was the one that put.
async fn meet(out: &Meeting, back: &Meeting, value: Value, drops: bool) -> bool {
    let mut offer = Some(value);
    let chosen = loop {
        let choice = alts((out.put_from(&mut offer), back.take())).seed(seed());
        if !drops || draw(2) == 0 {
            break choice.await;
        }
        if let Some(chosen) = with_patience(choice).await {
            break chosen;
        }
        if offer.is_none() {
            // It was accepted, and the choice did not live to say so.
            return true;
        }
    };
    match chosen {
        Selected2::First(accepted) => {
            accepted.unwrap();
            true
        }
        Selected2::Second(taken) => {
            taken.unwrap().deliver();
            offer.map(Value::give_back).expect("only one of the two happens");
            false
        }
    }
}
