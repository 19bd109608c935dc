//! Choices that are dropped while a partner decides them, and losers that leave their lists.

use core::pin::pin;
use loom::sync::Arc;
use loom::thread;

use super::parts::{Bell, Pair, Value, number};
use super::play;
use crate::{Selected2, alts, block_on};

#[test]
fn a_choice_of_takes_that_is_dropped_gives_back_what_it_was_given() {
    play("a try_put, a dropped choice", Some(4), || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let bell = Bell::new();
        let mut choice = pin!(Some(alts((pair.a.take(), pair.b.take()))));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.b.try_put(Value::new(1)).is_ok());
        choice.set(None);
        let accepted = putter.join().unwrap();
        assert_eq!(number(pair.b.try_take()).ok(), accepted.then_some(1));
        assert!(pair.waits_nobody() && !bell.is_held());
    });
}

#[test]
fn a_choice_of_puts_that_is_dropped_has_its_values_back() {
    play("a try_take, a dropped choice", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let bell = Bell::new();
        let (mut one, mut two) = (Some(Value::new(1)), Some(Value::new(2)));
        let taken = {
            let mut choice =
                pin!(Some(alts((pair.a.put_from(&mut one), pair.b.put_from(&mut two)))));
            bell.park(choice.as_mut().as_pin_mut().unwrap());
            let taker = thread::spawn(move || number(other.a.try_take()).ok());
            choice.set(None);
            taker.join().unwrap()
        };
        assert_eq!(taken, if one.is_none() { Some(1) } else { None });
        assert!(two.is_some());
        assert!(pair.waits_nobody() && !bell.is_held());
    });
}

/// Who comes next to the channel of a loser must not meet it, nor its freed node.
#[test]
fn a_loser_leaves_before_it_is_freed() {
    play("a try_put comes where a choice lost", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let bell = Bell::new();
        let mut choice = pin!(Some(alts((pair.a.take(), pair.b.take()))));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        pair.b.try_put(Value::new(1)).unwrap();
        let putter = thread::spawn(move || other.a.try_put(Value::new(2)).is_ok());
        let chosen = bell.collect(choice.as_mut().as_pin_mut().unwrap());
        assert!(matches!(chosen, Selected2::Second(Ok(value)) if value.number() == 1));
        choice.set(None);
        assert!(!putter.join().unwrap());
        assert!(pair.a.try_put(Value::new(3)).is_err());
        assert!(!bell.is_held());
    });
}

#[test]
fn a_choice_is_dropped_between_two_puts() {
    play("two try_puts, a dropped choice", Some(2), || {
        let pair = Arc::new(Pair::default());
        let bell = Bell::new();
        let mut choice = pin!(Some(alts((pair.a.take(), pair.b.take()))));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let (first, second) = (pair.clone(), pair.clone());
        let first = thread::spawn(move || first.a.try_put(Value::new(1)).is_ok());
        let second = thread::spawn(move || second.b.try_put(Value::new(2)).is_ok());
        choice.set(None);
        let (first, second) = (first.join().unwrap(), second.join().unwrap());
        assert!(!(first && second));
        assert_eq!(number(pair.a.try_take()).ok(), first.then_some(1));
        assert_eq!(number(pair.b.try_take()).ok(), second.then_some(2));
        assert!(pair.waits_nobody() && !bell.is_held());
    });
}

#[test]
fn a_choice_is_dropped_while_a_channel_closes() {
    play("a close meets a choice that is dropped", Some(4), || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let bell = Bell::new();
        let mut value = Some(Value::new(1));
        {
            let mut choice = pin!(Some(alts((pair.a.take(), pair.b.put_from(&mut value)))));
            bell.park(choice.as_mut().as_pin_mut().unwrap());
            let closer = thread::spawn(move || other.b.close());
            choice.set(None);
            closer.join().unwrap();
        }
        assert!(value.is_some());
        assert!(pair.waits_nobody() && !bell.is_held());
    });
}

/// What the dropped choice gives back goes to a take that waits.
#[test]
fn a_dropped_choice_gives_on_what_it_was_given() {
    play("a put, a dropped choice, a take", Some(3), || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let bell = Bell::new();
        let mut choice = pin!(Some(alts((pair.a.take(), pair.b.take()))));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || block_on(other.a.put(Value::new(1))).is_ok());
        choice.set(None);
        assert_eq!(number(block_on(pair.a.take())), Ok(1));
        assert!(putter.join().unwrap());
        assert!(!bell.is_held());
    });
}
