//! Poison in the middle of everything, and a promise that many wait for.

use alloc::sync::Arc;
use alloc::vec::Vec;

use shuttle::thread;

use super::ledger::{Ledger, Value};
use super::play;
use super::whims::{briefly, draw, with_patience};
use crate::buffer::Promise;
use crate::lock::StdLock;
use crate::{Chan, Channel, Ended, Kind, TakeError, TryPutError, block_on, channel};

#[test]
fn poison_from_the_takers() {
    play("poison from a taker, 3 put, 3 take", || poison(Kind::Fixed(2), Side::Takers));
}

#[test]
fn poison_from_the_putters() {
    play("poison from a putter, 3 put, 3 take", || poison(Kind::Fixed(2), Side::Putters));
}

#[test]
fn poison_of_a_rendezvous() {
    play("poison of a rendezvous, 3 put, 3 take", || poison(Kind::Rendezvous, Side::Takers));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Discards what is there.
    Takers,
    /// Lets it drain.
    Putters,
}

fn poison(kind: Kind, side: Side) {
    let ledger = Ledger::new();
    let (sender, receiver) = channel::<Value, StdLock>(kind);
    let chan = sender.chan();
    let mut threads = Vec::new();
    for me in 0..3 {
        let (chan, ledger) = (chan.clone(), ledger.clone());
        threads.push(thread::spawn(move || block_on(put_until_poisoned(&chan, me, &ledger))));
        let chan = sender.chan();
        threads.push(thread::spawn(move || block_on(take_until_poisoned(&chan))));
    }
    let watcher = sender.chan();
    threads.push(thread::spawn(move || {
        assert!(matches!(block_on(watcher.closed()), Ended::Poisoned { .. }));
    }));
    for strength in [1, 7] {
        let acted = match side {
            Side::Takers => receiver.poison(strength),
            Side::Putters => sender.poison(strength),
        };
        assert!(acted, "nothing is immune");
    }
    for thread in threads {
        thread.join().unwrap();
    }
    while let Ok(value) = chan.try_take() {
        assert_eq!(side, Side::Putters, "it is discarded");
        value.deliver();
    }
    assert_eq!(chan.ended(), Some(Ended::Poisoned { strength: 7 }));
    assert_eq!((chan.parked_puts(), chan.parked_takes(), chan.len()), (0, 0, 0));
    ledger.settle(chan.discarded());
}

async fn put_until_poisoned(chan: &Chan<Value, StdLock>, me: usize, ledger: &Arc<Ledger>) {
    for number in 0.. {
        let mut offer = Some(ledger.value(me, number));
        let put = if draw(3) == 0 {
            with_patience(chan.put_from(&mut offer)).await
        } else {
            Some(chan.put_from(&mut offer).await)
        };
        let accepted = offer.map(Value::give_back).is_none();
        if let Some(put) = put {
            assert_eq!(accepted, put.is_ok());
            if put.is_err() {
                return;
            }
        }
    }
}

async fn take_until_poisoned(chan: &Chan<Value, StdLock>) {
    loop {
        let taken = if draw(3) == 0 {
            let Some(taken) = briefly(chan.take()).await else { continue };
            taken
        } else {
            chan.take().await
        };
        match taken {
            Ok(value) => drop(value.deliver()),
            Err(error) => {
                assert!(matches!(error, TakeError::Poisoned { .. }));
                return;
            }
        }
    }
}

#[test]
fn promise() {
    play("2 keep a promise, 5 wait, close", || {
        let promise = Arc::new(Channel::<u32, Promise, StdLock>::new());
        let takers: Vec<_> = (0..5)
            .map(|_| {
                let promise = promise.clone();
                thread::spawn(move || {
                    if draw(3) == 0 {
                        // It leaves, and those who wait are told all the same.
                        block_on(briefly(promise.take()));
                    }
                    block_on(promise.take())
                })
            })
            .collect();
        let putters = [1, 2].map(|value| {
            let promise = promise.clone();
            thread::spawn(move || promise.try_put(value))
        });
        let closed = draw(2) == 0;
        if closed {
            promise.close();
        }
        let put = putters.map(|putter| putter.join().unwrap());
        let kept = promise.try_take();
        for taker in takers {
            let taken = taker.join().unwrap();
            // Who asked before the close and the promise had to wait for one of them.
            assert_eq!(taken.ok(), kept.ok());
        }
        let accepted = put.iter().filter(|put| put.is_ok()).count();
        assert_eq!(kept.is_ok(), accepted > 0);
        assert_eq!(promise.discarded() as usize, accepted.saturating_sub(1));
        assert!(closed || accepted == 2);
        assert!(put.iter().all(|put| !matches!(put, Err(TryPutError::Full(_)))));
        assert_eq!((promise.parked_puts(), promise.parked_takes()), (0, 0));
    });
}
