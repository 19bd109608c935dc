//! Plain operations that are dropped, or cancelled, while a partner commits them.

use core::pin::pin;
use loom::sync::Arc;
use loom::thread;

use super::parts::{Bell, Buffered, Meeting, Value, number};
use super::play;
use crate::{CancelledPut, block_on};

/// What became of the put that the race cancelled.
fn returned(cancelled: CancelledPut<Value>) -> bool {
    match cancelled {
        CancelledPut::Returned(value) => value.number() == 1,
        CancelledPut::Committed => false,
    }
}

#[test]
fn a_take_that_is_dropped_gives_back_what_it_was_given() {
    play("a try_put meets a take that is dropped", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut take = pin!(Some(channel.take()));
        bell.park(take.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        take.set(None);
        let accepted = putter.join().unwrap();
        assert_eq!(channel.len(), usize::from(accepted));
        assert_eq!(number(channel.try_take()).ok(), accepted.then_some(1));
        assert!(!bell.is_held());
    });
}

#[test]
fn a_put_outlasts_a_take_that_is_dropped() {
    play("a put, a dropped take, one that stays", Some(3), || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut take = pin!(Some(channel.take()));
        bell.park(take.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || block_on(other.put(Value::new(1))).is_ok());
        take.set(None);
        assert_eq!(number(block_on(channel.take())), Ok(1));
        assert!(putter.join().unwrap());
        assert!(!bell.is_held());
    });
}

#[test]
fn one_of_two_takes_is_dropped() {
    play("a try_put, two takes, one is dropped", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let (first_bell, second_bell) = (Bell::new(), Bell::new());
        let mut first = pin!(Some(channel.take()));
        let mut second = pin!(Some(channel.take()));
        first_bell.park(first.as_mut().as_pin_mut().unwrap());
        second_bell.park(second.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        first.set(None);
        assert!(putter.join().unwrap());
        assert_eq!(number(second_bell.collect(second.as_mut().as_pin_mut().unwrap())), Ok(1));
        second.set(None);
        assert!(!first_bell.is_held() && !second_bell.is_held());
    });
}

#[test]
fn a_put_that_is_cancelled_is_taken_or_returned() {
    play("a try_take meets a put that is cancelled", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut put = pin!(Some(channel.put(Value::new(1))));
        bell.park(put.as_mut().as_pin_mut().unwrap());
        let taker = thread::spawn(move || number(other.try_take()).is_ok());
        let returned = returned(put.as_mut().as_pin_mut().unwrap().cancel());
        put.set(None);
        assert_eq!(taker.join().unwrap(), !returned);
        assert!(!bell.is_held());
    });
}

#[test]
fn a_put_that_is_dropped_drops_its_value_once() {
    play("a try_take meets a put that is dropped", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut put = pin!(Some(channel.put(Value::new(1))));
        bell.park(put.as_mut().as_pin_mut().unwrap());
        let taker = thread::spawn(move || number(other.try_take()).ok());
        put.set(None);
        assert!(matches!(taker.join().unwrap(), None | Some(1)));
        assert_eq!(channel.parked_puts(), 0);
        assert!(!bell.is_held());
    });
}

#[test]
fn a_put_that_is_admitted_is_cancelled() {
    play("a take admits a put that is cancelled", None, || {
        let channel = Arc::new(Buffered::<1>::new());
        let other = channel.clone();
        channel.try_put(Value::new(0)).unwrap();
        let bell = Bell::new();
        let mut put = pin!(Some(channel.put(Value::new(1))));
        bell.park(put.as_mut().as_pin_mut().unwrap());
        let taker = thread::spawn(move || number(other.try_take()));
        let returned = returned(put.as_mut().as_pin_mut().unwrap().cancel());
        put.set(None);
        assert_eq!(taker.join().unwrap(), Ok(0));
        assert_eq!(number(channel.try_take()).is_err(), returned);
        assert!(!bell.is_held());
    });
}

#[test]
fn a_put_is_dropped_while_the_channel_closes() {
    play("a close meets a put that is dropped", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut put = pin!(Some(channel.put(Value::new(1))));
        bell.park(put.as_mut().as_pin_mut().unwrap());
        let closer = thread::spawn(move || other.close());
        put.set(None);
        closer.join().unwrap();
        assert!(!bell.is_held());
    });
}
