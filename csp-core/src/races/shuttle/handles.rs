//! Counted ends that are cloned, dropped and retired while others put, take and watch.

use alloc::sync::Arc;
use alloc::vec::Vec;

use shuttle::thread;

use super::ledger::{Ledger, Value};
use super::play;
use super::whims::{briefly, draw, with_patience};
use crate::lock::StdLock;
use crate::{Ended, Kind, Receiver, Sender, block_on, channel};

const EACH: usize = 3;

type Putting = Sender<Value, StdLock>;
type Taking = Receiver<Value, StdLock>;

#[test]
fn rendezvous() {
    play("4 senders, 4 receivers, rendezvous", || network(Kind::Rendezvous, false));
}

#[test]
fn buffer() {
    play("4 senders, 4 receivers, buffer", || network(Kind::Fixed(2), false));
}

#[test]
fn unbounded() {
    play("4 senders, 4 receivers, unbounded", || network(Kind::Unbounded, false));
}

#[test]
fn receivers_that_leave() {
    play("4 senders, 4 receivers that leave", || network(Kind::Fixed(2), true));
}

/// With `leaving`, the receivers go before the channel has ended, and what is there is discarded.
fn network(kind: Kind, leaving: bool) {
    let ledger = Ledger::new();
    let (sender, receiver) = channel::<Value, StdLock>(kind);
    let chan = sender.chan();
    let mut threads = Vec::new();
    for me in 0..4 {
        let sender = if me == 3 {
            // Weak ends keep nothing open; there is a strong one yet.
            sender.downgrade().upgrade().expect("a sender is there")
        } else {
            sender.clone()
        };
        let ledger = ledger.clone();
        threads.push(thread::spawn(move || block_on(send(me, sender, &ledger, leaving))));
    }
    for _ in 0..4 {
        let receiver = receiver.clone();
        threads.push(thread::spawn(move || block_on(receive(receiver, leaving))));
    }
    let watcher = chan.clone();
    threads.push(thread::spawn(move || assert_eq!(block_on(watcher.closed()), Ended::Closed)));
    sender.retire();
    drop(receiver);
    for thread in threads {
        thread.join().unwrap();
    }
    assert!(chan.is_closed());
    assert_eq!((chan.sender_count(), chan.receiver_count()), (0, 0));
    assert_eq!((chan.parked_puts(), chan.parked_takes(), chan.len()), (0, 0, 0));
    assert!(chan.sender().is_err() && chan.receiver().is_err(), "it came back");
    ledger.settle(chan.discarded());
}

async fn send(me: usize, sender: Putting, ledger: &Arc<Ledger>, leaving: bool) {
    for number in 0..EACH {
        // An end that is cloned and dropped on the way closes nothing.
        drop(sender.clone());
        let value = ledger.value(me, number);
        if draw(2) == 0 {
            let mut offer = Some(value);
            with_patience(sender.put_from(&mut offer)).await;
            if let Some(value) = offer {
                value.give_back();
            }
        } else if let Err(error) = sender.put(value).await {
            assert!(leaving, "there are receivers");
            error.into_inner().give_back();
        }
    }
}

async fn receive(receiver: Taking, leaving: bool) {
    loop {
        drop(receiver.clone());
        if leaving && draw(4) == 0 {
            return receiver.retire();
        }
        if draw(2) == 0 {
            if let Some(Ok(value)) = briefly(receiver.take()).await {
                value.deliver();
            }
        } else {
            match receiver.take().await {
                Ok(value) => value.deliver(),
                Err(_) => return,
            };
        }
    }
}
