//! Streams, which are told and never given a value.

use core::future::poll_fn;
use core::pin::pin;
use loom::sync::Arc;
use loom::thread;

use futures_core::Stream;

use super::parts::{Bell, Buffered, Meeting, Value, number};
use super::play;
use crate::block_on;

#[test]
fn a_stream_hears_of_puts_and_of_the_end() {
    play("a stream meets a put and a close", Some(2), || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let putter = thread::spawn(move || {
            assert!(block_on(other.put(Value::new(1))).is_ok());
            other.close();
        });
        let mut stream = pin!(channel.stream());
        for expected in [Some(1), None] {
            let item = block_on(poll_fn(|cx| stream.as_mut().poll_next(cx)));
            assert_eq!(item.map(|value| value.number()), expected);
        }
        putter.join().unwrap();
    });
}

#[test]
fn a_stream_hears_of_what_is_buffered() {
    play("a stream meets a try_put", Some(4), || {
        let channel = Arc::new(Buffered::<1>::new());
        let other = channel.clone();
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        let mut stream = pin!(channel.stream());
        let item = block_on(poll_fn(|cx| stream.as_mut().poll_next(cx)));
        assert_eq!(item.map(|value| value.number()), Some(1));
        assert!(putter.join().unwrap());
    });
}

#[test]
fn a_stream_that_is_dropped_loses_nothing() {
    play("a try_put meets a stream that is dropped", None, || {
        let channel = Arc::new(Buffered::<1>::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut stream = pin!(Some(channel.stream()));
        {
            let mut stream = stream.as_mut().as_pin_mut().unwrap();
            bell.park(pin!(poll_fn(|cx| stream.as_mut().poll_next(cx))));
        }
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        stream.set(None);
        assert!(putter.join().unwrap());
        assert_eq!(number(channel.try_take()), Ok(1));
        assert!(!bell.is_held());
    });
}

/// The stream waits first and is told; the take behind it must get the value all the same.
#[test]
fn a_stream_holds_up_no_take() {
    play("a put, a stream nobody polls, a take", Some(3), || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut stream = pin!(Some(channel.stream()));
        {
            let mut stream = stream.as_mut().as_pin_mut().unwrap();
            bell.park(pin!(poll_fn(|cx| stream.as_mut().poll_next(cx))));
        }
        let putter = thread::spawn(move || block_on(other.put(Value::new(1))).is_ok());
        assert_eq!(number(block_on(channel.take())), Ok(1));
        assert!(putter.join().unwrap());
        stream.set(None);
        assert!(!bell.is_held());
    });
}
