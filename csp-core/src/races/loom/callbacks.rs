//! Callbacks: run once, or never after a cancel.

use core::sync::atomic::{AtomicU32, Ordering};
use loom::thread;

use alloc::sync::Arc;

use super::parts::{Value, number};
use super::play;
use crate::lock::StdLock;
use crate::{CancelledPut, Chan, TakeError};

type Counted = Chan<Value, StdLock>;

const CLOSED: u32 = 100;

/// Takes; what the callback got is noted.
fn take(chan: &Counted) -> (crate::PendingTake<StdLock>, Arc<AtomicU32>) {
    let note = Arc::new(AtomicU32::new(0));
    let got = note.clone();
    let pending = chan.take_then(move |taken| {
        let noted = match number(taken) {
            Ok(number) => number,
            Err(TakeError::Closed) => CLOSED,
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(got.swap(noted, Ordering::Relaxed), 0, "a callback runs once");
    });
    (pending, note)
}

#[test]
fn a_callback_gets_a_value_or_the_end() {
    play("a try_put, a close, a take callback", None, || {
        let chan = Counted::new();
        let other = chan.clone();
        let (_pending, note) = take(&chan);
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        chan.close();
        let accepted = putter.join().unwrap();
        assert_eq!(note.load(Ordering::Relaxed), if accepted { 1 } else { CLOSED });
    });
}

#[test]
fn a_callback_is_registered_while_the_channel_closes() {
    play("a close meets a callback", None, || {
        let chan = Counted::new();
        let other = chan.clone();
        let closer = thread::spawn(move || other.close());
        let (_pending, note) = take(&chan);
        closer.join().unwrap();
        assert_eq!(note.load(Ordering::Relaxed), CLOSED);
    });
}

#[test]
fn a_callback_that_is_cancelled_gives_the_value_back() {
    play("a try_put, a cancelled take callback", Some(4), || {
        let chan = Counted::new();
        let other = chan.clone();
        let (pending, note) = take(&chan);
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        let cancelled = pending.cancel();
        let accepted = putter.join().unwrap();
        assert_eq!(note.load(Ordering::Relaxed), u32::from(!cancelled));
        assert!(cancelled || accepted);
        assert_eq!(number(chan.try_take()).is_ok(), cancelled && accepted);
    });
}

#[test]
fn a_callback_of_a_put_is_cancelled() {
    play("a try_take, a cancelled put callback", Some(4), || {
        let chan = Counted::new();
        let other = chan.clone();
        let note = Arc::new(AtomicU32::new(0));
        let told = note.clone();
        let pending = chan.put_then(Value::new(1), move |result| {
            assert!(result.is_ok());
            told.fetch_add(1, Ordering::Relaxed);
        });
        let taker = thread::spawn(move || number(other.try_take()).is_ok());
        let cancelled = pending.cancel();
        let taken = taker.join().unwrap();
        assert_eq!(note.load(Ordering::Relaxed), u32::from(cancelled.is_none()));
        match cancelled {
            None | Some(CancelledPut::Committed) => assert!(taken),
            Some(CancelledPut::Returned(value)) => assert!(!taken && value.number() == 1),
        }
    });
}

#[test]
fn two_callbacks_meet() {
    play("a put callback meets a take callback", Some(3), || {
        let chan = Counted::new();
        let other = chan.clone();
        let putter = thread::spawn(move || {
            drop(other.put_then(Value::new(1), |result| assert!(result.is_ok())));
        });
        let (_pending, note) = take(&chan);
        putter.join().unwrap();
        assert_eq!(note.load(Ordering::Relaxed), 1);
    });
}
