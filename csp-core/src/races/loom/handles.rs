//! Counted handles and ends: the last of a side goes while the other side waits.

use core::pin::pin;
use loom::thread;

use super::parts::{Bell, Value, number};
use super::play;
use crate::lock::StdLock;
use crate::{Chan, Ended, Kind, TakeError, alts, block_on, channel};

type Sender = crate::Sender<Value, StdLock>;
type Receiver = crate::Receiver<Value, StdLock>;

fn ends(kind: Kind) -> (Sender, Receiver) {
    channel(kind)
}

#[test]
fn a_take_hears_that_the_last_sender_has_gone() {
    play("the last sender goes, a take comes", None, || {
        let (sender, receiver) = ends(Kind::Rendezvous);
        let dropper = thread::spawn(move || drop(sender));
        assert_eq!(number(block_on(receiver.take())), Err(TakeError::Closed));
        dropper.join().unwrap();
    });
}

#[test]
fn the_last_of_two_senders_closes() {
    play("two senders go while a take comes", Some(2), || {
        let (sender, receiver) = ends(Kind::Rendezvous);
        let other = sender.clone();
        let droppers = [sender, other].map(|sender| thread::spawn(move || drop(sender)));
        assert_eq!(number(block_on(receiver.take())), Err(TakeError::Closed));
        for dropper in droppers {
            dropper.join().unwrap();
        }
    });
}

#[test]
fn what_the_last_sender_put_is_taken_first() {
    play("the last sender puts and goes", Some(3), || {
        let (sender, receiver) = ends(Kind::Fixed(1));
        let putter = thread::spawn(move || block_on(sender.put(Value::new(1))).is_ok());
        assert_eq!(number(block_on(receiver.take())), Ok(1));
        assert_eq!(number(block_on(receiver.take())), Err(TakeError::Closed));
        assert!(putter.join().unwrap());
    });
}

#[test]
fn a_put_hears_that_the_last_receiver_has_gone() {
    play("the last receiver goes, a put comes", None, || {
        let (sender, receiver) = ends(Kind::Rendezvous);
        let dropper = thread::spawn(move || drop(receiver));
        let failed = block_on(sender.put(Value::new(1))).unwrap_err();
        assert_eq!(failed.into_inner().number(), 1);
        dropper.join().unwrap();
    });
}

#[test]
fn what_is_buffered_goes_with_the_last_receiver() {
    play("the last receiver goes, a try_put comes", None, || {
        let (sender, receiver) = ends(Kind::Fixed(1));
        let dropper = thread::spawn(move || drop(receiver));
        let accepted = sender.try_put(Value::new(1)).is_ok();
        assert_eq!(block_on(sender.closed()), Ended::Closed);
        dropper.join().unwrap();
        assert_eq!((sender.len(), sender.discarded()), (0, u32::from(accepted)));
    });
}

#[test]
fn a_choice_hears_that_the_last_sender_has_gone() {
    play("two last senders go, a choice comes", Some(3), || {
        let (first, first_end) = ends(Kind::Rendezvous);
        let (second, second_end) = ends(Kind::Rendezvous);
        let dropper = thread::spawn(move || {
            drop(second);
            drop(first);
        });
        let takes = [first_end.take(), second_end.take()];
        assert_eq!(number(block_on(alts(takes)).1), Err(TakeError::Closed));
        dropper.join().unwrap();
    });
}

/// An end that comes back to life would keep a channel open that was seen closed.
#[test]
fn a_weak_sender_wakes_up_before_the_last_one_goes_or_never() {
    play("a weak sender wakes as the last one goes", Some(3), || {
        let (sender, receiver) = ends(Kind::Fixed(1));
        let weak = sender.downgrade();
        let dropper = thread::spawn(move || drop(sender));
        let upgraded = weak.upgrade();
        let put = upgraded.as_ref().is_some_and(|it| it.try_put(Value::new(1)).is_ok());
        assert_eq!(upgraded.is_some(), put);
        dropper.join().unwrap();
        drop(upgraded);
        assert_eq!(number(block_on(receiver.take())).ok(), put.then_some(1));
        assert!(receiver.is_closed());
    });
}

/// The block is freed once, after everybody has let go of it.
#[test]
fn the_last_handle_frees_the_channel() {
    play("two handles go, one after a put", Some(3), || {
        let chan = Chan::<Value, StdLock>::fixed(1);
        let (first, second) = (chan.clone(), chan.clone());
        let first = thread::spawn(move || first.try_put(Value::new(1)).is_ok());
        let second = thread::spawn(move || number(second.try_take()).is_ok());
        drop(chan);
        assert!(first.join().unwrap());
        second.join().unwrap();
    });
}

/// The owned take is a handle too: it may be the last.
#[test]
fn an_owned_take_frees_the_channel() {
    play("an owned take outlives the last handle", None, || {
        let chan = Chan::<Value, StdLock>::new();
        let bell = Bell::new();
        let mut take = pin!(Some(chan.clone().into_take()));
        bell.park(take.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || chan.try_put(Value::new(1)).is_ok());
        take.set(None);
        assert!(putter.join().is_ok());
        assert!(!bell.is_held());
    });
}
