//! A choice with a default sees one instant of all its channels (A20).

use loom::sync::Arc;
use loom::thread;

use super::parts::{Buffered, Pair, Value, number};
use super::play;
use crate::{Selected2, alts, block_on};

/// As [`Pair`], with buffers.
#[derive(Default)]
struct Buffers {
    a: Buffered<1>,
    b: Buffered<1>,
}

/// At each instant one of the two can be taken from.
fn one_is_always_ready(what: &str, priority: bool) {
    play(what, None, move || {
        let pair = Arc::new(Buffers::default());
        let other = pair.clone();
        pair.a.try_put(Value::new(1)).unwrap();
        let mover = thread::spawn(move || {
            let put = |channel: &Buffered<1>, value| {
                usize::from(channel.try_put(Value::new(value)).is_ok())
            };
            let taken = |channel: &Buffered<1>| usize::from(channel.try_take().is_ok());
            let put_at_b = put(&other.b, 2);
            let taken_at_a = taken(&other.a);
            let put_at_a = put(&other.a, 3);
            let taken_at_b = taken(&other.b);
            (put_at_b + put_at_a, taken_at_a + taken_at_b)
        });
        let choice = alts([pair.b.take(), pair.a.take()]);
        let chosen = if priority { choice.priority() } else { choice }.try_now();
        chosen.expect("one of the two is always ready").1.unwrap();
        let (put, taken) = mover.join().unwrap();
        // The choice has one of them, if it was the first to come for it.
        assert_eq!(1 + put, 1 + taken + pair.a.len() + pair.b.len());
    });
}

#[test]
fn the_default_is_not_taken_while_a_value_moves() {
    one_is_always_ready("a value moves past a default", false);
}

#[test]
fn the_default_is_not_taken_by_priority_either() {
    one_is_always_ready("a value moves past a default by priority", true);
}

#[test]
fn the_default_is_not_taken_while_a_channel_closes() {
    play("a value goes, a close comes, a default", None, || {
        let pair = Arc::new(Buffers::default());
        let other = pair.clone();
        pair.a.try_put(Value::new(1)).unwrap();
        let mover = thread::spawn(move || {
            other.b.close();
            number(other.a.try_take()).ok()
        });
        let chosen = alts([pair.a.take(), pair.b.take()]).priority().try_now();
        let (at, taken) = chosen.expect("one of the two is always ready");
        assert_eq!(number(taken).ok(), (at == 0).then_some(1));
        assert_eq!(mover.join().unwrap(), (at == 1).then_some(1));
    });
}

#[test]
fn a_choice_with_a_default_meets_a_choice_that_waits_or_nobody() {
    play("a choice with a default meets a choice", Some(4), || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let waiter = thread::spawn(move || {
            let mut value = Some(Value::new(1));
            let choice = alts((other.a.put_from(&mut value), other.b.take()));
            match block_on(choice) {
                Selected2::First(put) => put.is_ok().then_some(1),
                Selected2::Second(taken) => number(taken).ok(),
            }
        });
        let mut value = Some(Value::new(2));
        let choice = alts((pair.b.put_from(&mut value), pair.a.take()));
        let met = match choice.try_now() {
            None => None,
            Some(Selected2::First(put)) => put.is_ok().then_some(2),
            Some(Selected2::Second(taken)) => number(taken).ok(),
        };
        assert_eq!(value.is_none(), met == Some(2));
        pair.a.close();
        pair.b.close();
        assert_eq!(waiter.join().unwrap(), met);
    });
}
