//! A promise that is kept while takes come, wait, or leave.

use core::pin::pin;
use loom::sync::Arc;
use loom::thread;

use super::parts::{Bell, Value, number};
use super::play;
use crate::buffer::Promise;
use crate::lock::StdLock;
use crate::{Channel, Selected2, TakeError, alts, block_on};

type Promised = Channel<Value, Promise, StdLock>;

#[test]
fn a_promise_tells_both_its_takes() {
    play("a promise is kept for two takes", Some(3), || {
        let channel = Arc::new(Promised::new());
        let (first, second) = (channel.clone(), channel.clone());
        let first = thread::spawn(move || number(block_on(first.take())));
        let second = thread::spawn(move || number(block_on(second.take())));
        assert!(channel.try_put(Value::new(1)).is_ok());
        assert_eq!((first.join().unwrap(), second.join().unwrap()), (Ok(1), Ok(1)));
    });
}

/// The owner clones the value as soon as it sees that it is there.
#[test]
fn a_take_is_polled_while_a_promise_is_kept() {
    play("a take is polled while a promise is kept", None, || {
        let channel = Arc::new(Promised::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut take = pin!(Some(channel.take()));
        bell.park(take.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        let early = bell.poll(take.as_mut().as_pin_mut().unwrap()).is_ready();
        if early {
            take.set(None);
        }
        assert!(putter.join().unwrap());
        if !early {
            let taken = bell.collect(take.as_mut().as_pin_mut().unwrap());
            assert_eq!(number(taken), Ok(1));
            take.set(None);
        }
        assert!(!bell.is_held());
    });
}

#[test]
fn a_take_leaves_while_a_promise_is_kept() {
    play("a promise is kept, a take leaves", None, || {
        let channel = Arc::new(Promised::new());
        let other = channel.clone();
        let (leaving, staying) = (Bell::new(), Bell::new());
        let mut first = pin!(Some(channel.take()));
        let mut second = pin!(Some(channel.take()));
        leaving.park(first.as_mut().as_pin_mut().unwrap());
        staying.park(second.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        first.set(None);
        assert!(putter.join().unwrap());
        assert_eq!(number(staying.collect(second.as_mut().as_pin_mut().unwrap())), Ok(1));
        second.set(None);
        assert!(!leaving.is_held() && !staying.is_held());
    });
}

#[test]
fn a_promise_is_kept_once() {
    play("two puts race to keep a promise", None, || {
        let channel = Arc::new(Promised::new());
        let other = channel.clone();
        let putter = thread::spawn(move || {
            assert!(block_on(other.put(Value::new(1))).is_ok());
            number(other.try_take()).unwrap()
        });
        assert!(block_on(channel.put(Value::new(2))).is_ok());
        let kept = number(channel.try_take()).unwrap();
        assert_eq!(putter.join().unwrap(), kept);
        assert_eq!(channel.discarded(), 1);
    });
}

#[test]
fn a_promise_is_kept_or_closed() {
    play("a promise is kept and closed, a choice", Some(3), || {
        let channel = Arc::new([Promised::new(), Promised::new()]);
        let (putter, closer) = (channel.clone(), channel.clone());
        let putter = thread::spawn(move || putter[0].try_put(Value::new(1)).is_ok());
        let closer = thread::spawn(move || closer[0].close());
        let chosen = match block_on(alts((channel[1].take(), channel[0].take()))) {
            Selected2::First(taken) => panic!("{taken:?}"),
            Selected2::Second(taken) => number(taken),
        };
        closer.join().unwrap();
        let kept = putter.join().unwrap();
        assert!(chosen == Ok(1) || chosen == Err(TakeError::Closed));
        assert!(kept || chosen.is_err());
        assert_eq!(number(channel[0].try_take()).ok(), kept.then_some(1));
    });
}
