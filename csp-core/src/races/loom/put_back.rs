//! Values that come back to their channel: in which order, and to whom.

use core::pin::pin;
use loom::sync::Arc;
use loom::thread;

use alloc::boxed::Box;

use super::parts::{Bell, Buffered, Meeting, Value, number};
use super::play;
use crate::lock::StdLock;
use crate::{Chan, block_on};

type Counted = Chan<Value, StdLock>;

#[test]
fn what_comes_back_goes_before_what_was_put_later() {
    play("a put back and two puts", None, || {
        let channel = Arc::new(Buffered::<3>::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut take = pin!(Some(channel.take()));
        bell.park(take.as_mut().as_pin_mut().unwrap());
        channel.try_put(Value::new(1)).unwrap();
        let putter =
            thread::spawn(move || [2, 3].map(|value| other.try_put(Value::new(value)).is_ok()));
        take.set(None);
        assert!(!channel.is_empty());
        assert_eq!(putter.join().unwrap(), [true, true]);
        assert_eq!([(); 3].map(|()| number(channel.try_take())), [Ok(1), Ok(2), Ok(3)]);
        assert!(!bell.is_held());
    });
}

#[test]
fn two_values_come_back_in_their_order() {
    play("two put backs", None, || {
        let channel = Counted::new();
        let bell = Bell::new();
        let takes = [(); 2].map(|()| {
            let mut take = Box::pin(channel.clone().into_take());
            bell.park(take.as_mut());
            take
        });
        channel.try_put(Value::new(1)).unwrap();
        channel.try_put(Value::new(2)).unwrap();
        let [first, second] = takes;
        let dropper = thread::spawn(move || drop(first));
        drop(second);
        dropper.join().unwrap();
        assert_eq!([(); 2].map(|()| number(channel.try_take())), [Ok(1), Ok(2)]);
        assert!(!bell.is_held());
    });
}

#[test]
fn what_comes_back_meets_a_take_that_comes_to_wait() {
    play("a put back and a take", None, || {
        let channel = Counted::new();
        let other = channel.clone();
        let bell = Bell::new();
        let mut take = Box::pin(channel.clone().into_take());
        bell.park(take.as_mut());
        channel.try_put(Value::new(1)).unwrap();
        let taker = thread::spawn(move || number(block_on(other.take())));
        drop(take);
        assert_eq!(taker.join().unwrap(), Ok(1));
        assert!(!bell.is_held());
    });
}

/// With one place, the put waits until the place is free, and must hear of it.
#[test]
fn a_put_waits_for_the_place_of_a_put_back() {
    play("a put back, a put and two takes", Some(3), || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut take = pin!(Some(channel.take()));
        bell.park(take.as_mut().as_pin_mut().unwrap());
        channel.try_put(Value::new(1)).unwrap();
        let putter = thread::spawn(move || block_on(other.put(Value::new(2))).is_ok());
        take.set(None);
        assert_eq!([(); 2].map(|()| number(block_on(channel.take()))), [Ok(1), Ok(2)]);
        assert!(putter.join().unwrap());
        assert!(!bell.is_held());
    });
}

#[test]
fn what_comes_back_to_a_deserted_channel_goes() {
    play("a put back and a poison", None, || {
        let channel = Counted::new();
        let other = channel.clone();
        let bell = Bell::new();
        let mut take = Box::pin(channel.clone().into_take());
        bell.park(take.as_mut());
        channel.try_put(Value::new(1)).unwrap();
        let poisoner = thread::spawn(move || other.poison(1));
        drop(take);
        assert!(poisoner.join().unwrap());
        assert_eq!((channel.len(), channel.discarded()), (0, 1));
        assert!(!bell.is_held());
    });
}
