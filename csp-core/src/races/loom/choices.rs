//! Choices that meet choices, and several puts.

use core::pin::pin;
use loom::sync::Arc;
use loom::thread;

use super::parts::{Bell, Meeting, Pair, Value, number};
use super::play;
use crate::{Selected2, alts, block_on};

/// Each offers a put to one and a take from the other; in which order they look is their policy's.
fn crosswise(what: &str, priority: bool) {
    play(what, None, move || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let partner = thread::spawn(move || {
            let mut value = Some(Value::new(1));
            let choice = alts((other.b.take(), other.a.put_from(&mut value)));
            match block_on(if priority { choice.priority() } else { choice }) {
                Selected2::First(taken) => (number(taken).ok(), value.is_some()),
                Selected2::Second(put) => (put.err().map(|_| 0), value.is_some()),
            }
        });
        let mut value = Some(Value::new(2));
        let choice = alts((pair.a.take(), pair.b.put_from(&mut value)));
        let came = match block_on(if priority { choice.priority() } else { choice }) {
            Selected2::First(taken) => number(taken).ok(),
            Selected2::Second(put) => put.err().map(|_| 0),
        };
        // One took what the other has put, and has its own still.
        match (came, value.is_some()) {
            (Some(1), true) => assert_eq!(partner.join().unwrap(), (None, false)),
            (None, false) => assert_eq!(partner.join().unwrap(), (Some(2), true)),
            other => panic!("{other:?}"),
        }
        assert!(pair.waits_nobody() && pair.a.is_empty() && pair.b.is_empty());
    });
}

#[test]
fn opposite_choices_meet_once() {
    crosswise("opposite choices meet", false);
}

#[test]
fn opposite_choices_by_priority_meet_once() {
    crosswise("opposite choices by priority meet", true);
}

/// Both look first where the other looks last: without an order of locks, a deadlock.
#[test]
fn takes_meet_puts_in_the_opposite_order() {
    play("a choice of takes meets a choice of puts", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let putter = thread::spawn(move || {
            let (mut one, mut two) = (Some(Value::new(1)), Some(Value::new(2)));
            let puts = alts((other.b.put_from(&mut two), other.a.put_from(&mut one)));
            let chosen = match block_on(puts) {
                Selected2::First(put) => put.map(|()| 2),
                Selected2::Second(put) => put.map(|()| 1),
            };
            assert_eq!((one.is_none(), two.is_none()), (chosen == Ok(1), chosen == Ok(2)));
            chosen.unwrap()
        });
        let taken = match block_on(alts((pair.a.take(), pair.b.take()))) {
            Selected2::First(taken) | Selected2::Second(taken) => number(taken),
        };
        assert_eq!(taken, Ok(putter.join().unwrap()));
    });
}

/// The takes look first where their locks come last.
#[test]
fn takes_in_the_opposite_order_meet_puts() {
    play("a choice of takes, last lock first, meets a choice of puts", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let putter = thread::spawn(move || {
            let (mut one, mut two) = (Some(Value::new(1)), Some(Value::new(2)));
            let puts = alts((other.a.put_from(&mut one), other.b.put_from(&mut two)));
            let (Selected2::First(put) | Selected2::Second(put)) = block_on(puts);
            put.unwrap();
            assert!(one.is_none() != two.is_none());
            if one.is_none() { 1 } else { 2 }
        });
        let takes = alts((pair.b.take(), pair.a.take()));
        let (Selected2::First(taken) | Selected2::Second(taken)) = block_on(takes);
        assert_eq!(number(taken), Ok(putter.join().unwrap()));
    });
}

/// Each could meet itself, and must not.
#[test]
fn a_self_pair_meets_a_self_pair() {
    play("a self pair meets a self pair", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let choose = |channel: &Meeting, own| {
            let mut value = Some(Value::new(own));
            let choice = alts((channel.take(), channel.put_from(&mut value)));
            match block_on(choice) {
                Selected2::First(taken) => Some(number(taken).unwrap()),
                Selected2::Second(put) => {
                    put.unwrap();
                    assert!(value.is_none());
                    None
                }
            }
        };
        let partner = thread::spawn(move || choose(&other, 1));
        match choose(&channel, 2) {
            Some(taken) => assert_eq!((taken, partner.join().unwrap()), (1, None)),
            None => assert_eq!(partner.join().unwrap(), Some(2)),
        }
    });
}

#[test]
fn the_same_channel_twice_is_put_to_once() {
    play("duplicate takes meet two puts", Some(3), || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let putter = thread::spawn(move || {
            [1, 2].map(|value| block_on(other.put(Value::new(value))).is_ok())
        });
        for value in [1, 2] {
            let (_, taken) = block_on(alts([channel.take(), channel.take()]));
            assert_eq!(number(taken), Ok(value));
        }
        assert_eq!(putter.join().unwrap(), [true, true]);
        assert_eq!(channel.parked_takes(), 0);
    });
}

/// The choice is decided at `b` and still at the head of `a`, where a plain take waits behind it.
#[test]
fn a_dead_head_is_passed_over() {
    play("a try_put passes over a dead head", Some(4), || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let (bell, plain_bell) = (Bell::new(), Bell::new());
        let mut choice = pin!(Some(alts((pair.a.take(), pair.b.take()))));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let mut plain = pin!(Some(pair.a.take()));
        plain_bell.park(plain.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.b.try_put(Value::new(2)).is_ok());
        assert!(pair.a.try_put(Value::new(1)).is_ok());
        let at_b = putter.join().unwrap();
        let chosen = match bell.collect(choice.as_mut().as_pin_mut().unwrap()) {
            Selected2::First(taken) | Selected2::Second(taken) => number(taken),
        };
        choice.set(None);
        assert_eq!(chosen, Ok(if at_b { 2 } else { 1 }));
        if at_b {
            let taken = plain_bell.collect(plain.as_mut().as_pin_mut().unwrap());
            assert_eq!(number(taken), Ok(1));
        } else {
            assert!(!plain_bell.has_rung());
        }
        plain.set(None);
        assert!(!bell.is_held() && !plain_bell.is_held());
    });
}

#[test]
fn a_choice_takes_from_one_of_two_puts() {
    play("a choice, two puts and a close", Some(3), || {
        let pair = Arc::new(Pair::default());
        let (first, second) = (pair.clone(), pair.clone());
        let bell = Bell::new();
        let mut choice = pin!(Some(alts((pair.a.take(), pair.b.take()))));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let first = thread::spawn(move || block_on(first.a.put(Value::new(1))).is_ok());
        let second = thread::spawn(move || {
            let accepted = second.b.try_put(Value::new(2)).is_ok();
            second.a.close();
            accepted
        });
        let (first, second) = (first.join().unwrap(), second.join().unwrap());
        assert!(!(first && second));
        let taken = match bell.collect(choice.as_mut().as_pin_mut().unwrap()) {
            Selected2::First(taken) | Selected2::Second(taken) => number(taken).ok(),
        };
        choice.set(None);
        assert_eq!(taken, if first { Some(1) } else { second.then_some(2) });
        assert!(pair.waits_nobody() && !bell.is_held());
    });
}

#[test]
fn a_choice_of_puts_is_polled_while_it_is_taken() {
    play("a choice of puts is polled when taken", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let bell = Bell::new();
        let (mut one, mut two) = (Some(Value::new(1)), Some(Value::new(2)));
        {
            let mut choice =
                pin!(Some(alts((pair.a.put_from(&mut one), pair.b.put_from(&mut two)))));
            bell.park(choice.as_mut().as_pin_mut().unwrap());
            let taker = thread::spawn(move || number(other.b.try_take()));
            let early = bell.poll(choice.as_mut().as_pin_mut().unwrap()).is_ready();
            if early {
                choice.set(None);
            }
            assert_eq!(taker.join().unwrap(), Ok(2));
            if !early {
                let chosen = bell.collect(choice.as_mut().as_pin_mut().unwrap());
                assert_eq!(chosen, Selected2::Second(Ok(())));
            }
        }
        assert!(one.is_some() && two.is_none());
        assert!(!bell.is_held());
    });
}
