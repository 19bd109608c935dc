//! Close and poison while others put, take, choose, or come to wait.

use core::pin::pin;
use loom::sync::Arc;
use loom::thread;

use super::parts::{Bell, Buffered, Meeting, Pair, Value, number};
use super::play;
use crate::{Ended, Error, PutError, Selected2, TakeError, alts, block_on};

/// A flag that is set after the parked are told would miss the one who comes between.
#[test]
fn a_take_hears_of_a_close() {
    play("a close meets a take", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let closer = thread::spawn(move || other.close());
        assert_eq!(number(block_on(channel.take())), Err(TakeError::Closed));
        closer.join().unwrap();
    });
}

#[test]
fn a_put_hears_of_a_close_and_keeps_its_value() {
    play("a close meets a put", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let closer = thread::spawn(move || other.close());
        let failed = block_on(channel.put(Value::new(1))).unwrap_err();
        assert_eq!(failed.into_inner().number(), 1);
        closer.join().unwrap();
    });
}

#[test]
fn a_choice_hears_of_a_close() {
    play("a close meets a choice", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let closer = thread::spawn(move || other.b.close());
        let mut value = Some(Value::new(1));
        let chosen = block_on(alts((pair.a.take(), pair.b.put_from(&mut value))));
        assert!(matches!(chosen, Selected2::Second(Err(Error::Closed))));
        assert!(value.is_some());
        closer.join().unwrap();
        assert_eq!((pair.a.parked_takes(), pair.b.parked_puts()), (0, 0));
    });
}

#[test]
fn both_channels_of_a_choice_close_at_once() {
    play("two closes meet a choice", Some(2), || {
        let pair = Arc::new(Pair::default());
        let (first, second) = (pair.clone(), pair.clone());
        let first = thread::spawn(move || first.a.close());
        let second = thread::spawn(move || second.b.close());
        let chosen = block_on(alts([pair.a.take(), pair.b.take()]));
        assert_eq!(number(chosen.1), Err(TakeError::Closed));
        first.join().unwrap();
        second.join().unwrap();
    });
}

/// What was matched before the close stays matched.
#[test]
fn a_put_and_a_close_race_for_a_choice() {
    play("a try_put, a close, a choice", Some(4), || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let bell = Bell::new();
        let mut choice = pin!(Some(alts([pair.a.take(), pair.b.take()])));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.a.try_put(Value::new(1)).is_ok());
        pair.b.close();
        let accepted = putter.join().unwrap();
        let (at, taken) = bell.collect(choice.as_mut().as_pin_mut().unwrap());
        let expected = if accepted { (0, Ok(1)) } else { (1, Err(TakeError::Closed)) };
        assert_eq!((at, number(taken)), expected);
        choice.set(None);
        assert!(!bell.is_held());
    });
}

#[test]
fn a_close_lets_what_is_buffered_drain() {
    play("a put, a close and two takes", Some(3), || {
        let channel = Arc::new(Buffered::<1>::new());
        let other = channel.clone();
        let putter = thread::spawn(move || {
            assert!(block_on(other.put(Value::new(1))).is_ok());
            other.close();
        });
        assert_eq!(number(block_on(channel.take())), Ok(1));
        assert_eq!(number(block_on(channel.take())), Err(TakeError::Closed));
        putter.join().unwrap();
    });
}

#[test]
fn two_closes_tell_everybody_once() {
    play("two closes meet a take and a watcher", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let (bell, watching) = (Bell::new(), Bell::new());
        let mut take = pin!(Some(channel.take()));
        let mut closed = pin!(Some(channel.closed()));
        bell.park(take.as_mut().as_pin_mut().unwrap());
        watching.park(closed.as_mut().as_pin_mut().unwrap());
        let closer = thread::spawn(move || other.close());
        channel.close();
        closer.join().unwrap();
        let taken = bell.collect(take.as_mut().as_pin_mut().unwrap());
        assert_eq!(number(taken), Err(TakeError::Closed));
        let ended = watching.collect(closed.as_mut().as_pin_mut().unwrap());
        assert_eq!(ended, Ended::Closed);
        take.set(None);
        closed.set(None);
        assert!(!bell.is_held() && !watching.is_held());
    });
}

#[test]
fn a_watcher_hears_of_a_close() {
    play("a close meets a watcher", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let closer = thread::spawn(move || other.close());
        assert_eq!(block_on(channel.closed()), Ended::Closed);
        closer.join().unwrap();
    });
}

#[test]
fn a_choice_hears_of_poison() {
    play("a poison meets a choice", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let poisoner = thread::spawn(move || other.a.poison(7));
        let chosen = block_on(alts([pair.a.take(), pair.b.take()]));
        assert_eq!((chosen.0, number(chosen.1)), (0, Err(TakeError::Poisoned { strength: 7 })));
        assert!(poisoner.join().unwrap());
        assert_eq!(pair.b.parked_takes(), 0);
    });
}

/// A match is not poisoned afterwards; without one the strongest poison so far is the error.
#[test]
fn two_poisons_and_a_take_race_for_a_put() {
    play("two poisons, a try_take, a put", Some(3), || {
        let channel = Arc::new(Meeting::new());
        let (weak, taker) = (channel.clone(), channel.clone());
        let bell = Bell::new();
        let mut put = pin!(Some(channel.put(Value::new(1))));
        bell.park(put.as_mut().as_pin_mut().unwrap());
        let weak = thread::spawn(move || weak.poison(1));
        let taker = thread::spawn(move || number(taker.try_take()).is_ok());
        assert!(channel.poison(9));
        weak.join().unwrap();
        let taken = taker.join().unwrap();
        match bell.collect(put.as_mut().as_pin_mut().unwrap()) {
            Ok(()) => assert!(taken),
            Err(PutError::Poisoned { value, strength }) => {
                assert!(!taken && [1, 9].contains(&strength));
                assert_eq!(value.number(), 1);
            }
            Err(other) => panic!("{other:?}"),
        }
        put.set(None);
        assert_eq!(channel.ended(), Some(Ended::Poisoned { strength: 9 }));
        assert!(!bell.is_held());
    });
}

#[test]
fn poison_and_close_race_for_a_buffer() {
    play("a poison, a close and a put", Some(3), || {
        let channel = Arc::new(Buffered::<1>::new());
        channel.try_put(Value::new(1)).unwrap();
        let (poisoner, closer) = (channel.clone(), channel.clone());
        let poisoner = thread::spawn(move || poisoner.poison(1));
        let closer = thread::spawn(move || closer.close());
        let failed = block_on(channel.put(Value::new(2))).unwrap_err();
        assert_eq!(failed.into_inner().number(), 2);
        assert!(poisoner.join().unwrap());
        closer.join().unwrap();
        assert_eq!((channel.len(), channel.discarded()), (0, 1));
    });
}
