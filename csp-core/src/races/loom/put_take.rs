//! Puts and takes that meet.

use core::pin::pin;
use loom::sync::Arc;
use loom::thread;

use super::parts::{Bell, Buffered, Meeting, Value, number};
use super::play;
use crate::block_on;

#[test]
fn a_put_meets_a_take() {
    play("a put meets a take", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let putter = thread::spawn(move || block_on(other.put(Value::new(1))).is_ok());
        assert_eq!(number(block_on(channel.take())), Ok(1));
        assert!(putter.join().unwrap());
    });
}

#[test]
fn a_blocking_take_meets_an_async_put() {
    play("a blocking take meets an async put", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let taker = thread::spawn(move || number(other.take_blocking()));
        assert!(block_on(async { channel.put(Value::new(1)).await }).is_ok());
        assert_eq!(taker.join().unwrap(), Ok(1));
    });
}

#[test]
fn a_full_buffer_lets_puts_wait() {
    play("two puts through a buffer of one", Some(3), || {
        let channel = Arc::new(Buffered::<1>::new());
        let other = channel.clone();
        let putter = thread::spawn(move || {
            assert!(block_on(other.put(Value::new(1))).is_ok());
            assert!(block_on(other.put(Value::new(2))).is_ok());
        });
        assert_eq!(number(block_on(channel.take())), Ok(1));
        assert_eq!(number(block_on(channel.take())), Ok(2));
        putter.join().unwrap();
    });
}

#[test]
fn a_try_take_meets_a_put_that_waits() {
    play("a put meets a try_take", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let taker = thread::spawn(move || number(other.try_take()).is_ok());
        let bell = Bell::new();
        let mut put = pin!(Some(channel.put(Value::new(1))));
        bell.park(put.as_mut().as_pin_mut().unwrap());
        if taker.join().unwrap() {
            assert!(bell.collect(put.as_mut().as_pin_mut().unwrap()).is_ok());
        } else {
            assert!(!bell.has_rung());
        }
        put.set(None);
        assert!(!bell.is_held());
        assert_eq!(channel.parked_puts(), 0);
    });
}

/// The owner sees `Done` without a lock, and frees the node at once.
#[test]
fn a_put_is_polled_while_it_is_taken() {
    play("a put is polled while it is taken", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut put = pin!(Some(channel.put(Value::new(1))));
        bell.park(put.as_mut().as_pin_mut().unwrap());
        let taker = thread::spawn(move || number(other.try_take()));
        let early = bell.poll(put.as_mut().as_pin_mut().unwrap()).is_ready();
        if early {
            put.set(None);
        }
        assert_eq!(taker.join().unwrap(), Ok(1));
        if !early {
            assert!(bell.collect(put.as_mut().as_pin_mut().unwrap()).is_ok());
            put.set(None);
        }
        assert!(!bell.is_held());
    });
}

#[test]
fn two_puts_meet_two_takes() {
    play("two puts meet two takes", Some(2), || {
        let channel = Arc::new(Meeting::new());
        let putter = |value| {
            let channel = channel.clone();
            thread::spawn(move || block_on(channel.put(Value::new(value))).is_ok())
        };
        let (first, second) = (putter(1), putter(2));
        let taken = [(); 2].map(|()| number(block_on(channel.take())).unwrap());
        assert!(taken == [1, 2] || taken == [2, 1]);
        assert!(first.join().unwrap() && second.join().unwrap());
    });
}

#[test]
fn a_take_meets_one_of_two_try_puts() {
    play("two try_puts race for one take", Some(3), || {
        let channel = Arc::new(Meeting::new());
        let bell = Bell::new();
        let mut take = pin!(Some(channel.take()));
        bell.park(take.as_mut().as_pin_mut().unwrap());
        let putter = |value| {
            let channel = channel.clone();
            thread::spawn(move || channel.try_put(Value::new(value)).is_ok())
        };
        let (first, second) = (putter(1), putter(2));
        let (first, second) = (first.join().unwrap(), second.join().unwrap());
        assert!(first != second);
        let taken = number(bell.collect(take.as_mut().as_pin_mut().unwrap()));
        assert_eq!(taken, Ok(if first { 1 } else { 2 }));
        take.set(None);
        assert!(!bell.is_held());
    });
}
