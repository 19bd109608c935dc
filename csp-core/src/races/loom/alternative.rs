//! An `Alternative`: marks of several channels at once, against its owner and against its end.

use core::pin::pin;
use core::task::Poll;
use loom::sync::Arc;
use loom::thread;

use super::parts::{Bell, Buffered, Meeting, Pair, Value, number};
use super::play;
use crate::{Alternative, block_on};

/// As [`Pair`], with buffers.
#[derive(Default)]
struct Buffers {
    a: Buffered<2>,
    b: Buffered<2>,
}

#[test]
fn two_puts_mark_at_once() {
    play("two try_puts meet an alternative that waits", Some(2), || {
        let pair = Arc::new(Buffers::default());
        let putters = [0, 1].map(|at| {
            let pair = pair.clone();
            let channel = move |pair: &Buffers| {
                [&pair.a, &pair.b][at].try_put(Value::new(at as u32)).unwrap();
            };
            thread::spawn(move || channel(&pair))
        });
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        let mut sum = 0;
        for _ in 0..2 {
            let (at, taken) = block_on(alternative.as_mut().fair_select());
            assert_eq!(number(taken), Ok(at as u32));
            sum += at;
        }
        assert_eq!(sum, 1);
        putters.into_iter().for_each(|putter| putter.join().unwrap());
    });
}

#[test]
fn a_put_parks_beside_an_alternative() {
    play("two puts meet an alternative", Some(3), || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let putter = thread::spawn(move || {
            assert!(block_on(other.a.put(Value::new(0))).is_ok());
            assert!(block_on(other.b.put(Value::new(1))).is_ok());
        });
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        for expected in 0..2 {
            let (at, taken) = block_on(alternative.as_mut().select());
            assert_eq!((at, number(taken)), (expected, Ok(expected as u32)));
        }
        putter.join().unwrap();
        assert!(pair.waits_nobody());
    });
}

#[test]
fn a_mark_comes_while_an_old_one_is_stale() {
    play("a value goes, another comes, an alternative looks", Some(4), || {
        let pair = Arc::new(Buffers::default());
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        assert!(alternative.as_mut().fair_select().try_now().is_none());
        pair.a.try_put(Value::new(1)).unwrap();
        let other = pair.clone();
        let mover = thread::spawn(move || {
            let first = number(other.a.try_take());
            other.a.try_put(Value::new(2)).unwrap();
            first.ok()
        });
        let (at, taken) = block_on(alternative.as_mut().fair_select());
        let taken = number(taken).unwrap();
        let moved = mover.join().unwrap();
        assert_eq!((at, moved), (0, (taken == 2).then_some(1)));
        let left = alternative.as_mut().fair_select().try_now();
        assert_eq!(left.map(|(_, value)| number(value)), (taken == 1).then_some(Ok(2)));
    });
}

#[test]
fn a_dropped_selection_meets_a_put() {
    play("a try_put meets a selection that is dropped", Some(4), || {
        let pair = Arc::new(Buffers::default());
        let other = pair.clone();
        let bell = Bell::new();
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        let mut selection = alternative.as_mut().select();
        bell.park(pin!(&mut selection));
        let putter = thread::spawn(move || other.a.try_put(Value::new(1)).unwrap());
        drop(selection);
        let (at, taken) = block_on(alternative.as_mut().select());
        assert_eq!((at, number(taken)), (0, Ok(1)));
        putter.join().unwrap();
        assert!(!bell.is_held());
    });
}

#[test]
fn a_dropped_alternative_meets_a_put() {
    play("a try_put meets an alternative that is dropped", None, || {
        let pair = Arc::new(Buffers::default());
        let other = pair.clone();
        let bell = Bell::new();
        let mut alternative = pin!(Some(Alternative::new([pair.a.take(), pair.b.take()])));
        bell.park(pin!(alternative.as_mut().as_pin_mut().unwrap().select()));
        {
            let mut selection = alternative.as_mut().as_pin_mut().unwrap().select();
            bell.park(pin!(&mut selection));
            core::mem::forget(selection);
        }
        let putter = thread::spawn(move || other.a.try_put(Value::new(1)).unwrap());
        alternative.set(None);
        putter.join().unwrap();
        assert_eq!(number(pair.a.try_take()), Ok(1));
        assert!(!bell.is_held());
    });
}

#[test]
fn a_new_waker_meets_a_put() {
    play("a try_put meets a selection that moves to another task", Some(4), || {
        let pair = Arc::new(Buffers::default());
        let other = pair.clone();
        let bells = [Bell::new(), Bell::new()];
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        let mut selection = alternative.as_mut().select();
        bells[0].park(pin!(&mut selection));
        let putter = thread::spawn(move || other.a.try_put(Value::new(1)).unwrap());
        let (at, taken) = match bells[1].poll(pin!(&mut selection)) {
            Poll::Ready(selected) => {
                putter.join().unwrap();
                selected
            }
            Poll::Pending => {
                putter.join().unwrap();
                bells[1].collect(pin!(&mut selection))
            }
        };
        assert_eq!((at, number(taken)), (0, Ok(1)));
        drop(selection);
        assert!(!bells[0].is_held() && !bells[1].is_held());
    });
}

/// What is switched off is not tried, so its lock has to be taken for the waker alone.
#[test]
fn the_waker_goes_to_who_is_switched_off_and_another_comes() {
    play("a try_put to a branch that is off has the waker", Some(3), || {
        let pair = Arc::new(Buffers::default());
        let other = pair.clone();
        let bells = [Bell::new(), Bell::new()];
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        let mut selection = alternative.as_mut().select().when(|at| at == 0);
        bells[0].park(pin!(&mut selection));
        let putter = thread::spawn(move || {
            other.b.try_put(Value::new(1)).unwrap();
            other.a.try_put(Value::new(0)).unwrap();
        });
        let (at, taken) = match bells[1].poll(pin!(&mut selection)) {
            Poll::Ready(selected) => selected,
            Poll::Pending => block_on(&mut selection),
        };
        assert_eq!((at, number(taken)), (0, Ok(0)));
        putter.join().unwrap();
        drop(selection);
        let (at, taken) = alternative.as_mut().select().try_now().unwrap();
        assert_eq!((at, number(taken)), (1, Ok(1)));
    });
}

#[test]
fn a_close_meets_an_alternative() {
    play("a put and a close meet an alternative", Some(3), || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let closer = thread::spawn(move || {
            other.b.close();
            block_on(other.a.put(Value::new(1))).is_ok()
        });
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        let (mut took, mut ended) = (0, 0);
        while took + ended < 2 {
            let closed = ended;
            let selection = alternative.as_mut().fair_select();
            match block_on(selection.when(|at| at == 0 || closed == 0)) {
                (0, value) => took += number(value).unwrap(),
                (_, value) => ended += u32::from(value.is_err()),
            }
        }
        assert_eq!((took, ended), (1, 1));
        assert!(closer.join().unwrap());
    });
}

/// At each instant one of the two can be taken from (A20).
#[test]
fn the_default_is_not_taken_while_a_value_moves() {
    play("a value moves past the default of an alternative", None, || {
        let pair = Arc::new(Buffers::default());
        let other = pair.clone();
        pair.a.try_put(Value::new(1)).unwrap();
        let mut alternative = pin!(Alternative::new([pair.b.take(), pair.a.take()]));
        assert!(alternative.as_mut().select().when(|_| false).try_now().is_none());
        let mover = thread::spawn(move || {
            other.b.try_put(Value::new(2)).unwrap();
            let first = other.a.try_take().is_ok();
            other.a.try_put(Value::new(3)).unwrap();
            let second = other.b.try_take().is_ok();
            usize::from(first) + usize::from(second)
        });
        let chosen = alternative.as_mut().fair_select().try_now();
        chosen.expect("one of the two is always ready").1.unwrap();
        let taken = mover.join().unwrap();
        assert_eq!(3, 1 + taken + pair.a.len() + pair.b.len());
    });
}

#[test]
fn the_default_is_not_taken_while_a_channel_closes() {
    play("a value goes, a close comes, the default of an alternative", None, || {
        let pair = Arc::new(Buffers::default());
        let other = pair.clone();
        pair.a.try_put(Value::new(1)).unwrap();
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        assert!(alternative.as_mut().select().when(|_| false).try_now().is_none());
        let mover = thread::spawn(move || {
            other.b.close();
            number(other.a.try_take()).ok()
        });
        let chosen = alternative.as_mut().select().try_now();
        let (at, taken) = chosen.expect("one of the two is always ready");
        assert_eq!(number(taken).ok(), (at == 0).then_some(1));
        assert_eq!(mover.join().unwrap(), (at == 1).then_some(1));
    });
}

/// Who takes from the one has seen that the other is ready, and was not who made it so.
fn default_after_sight(what: &str, make_ready: fn(&Buffers), is_ready: fn(&Buffers) -> bool) {
    play(what, Some(3), move || {
        let pair = Arc::new(Buffers::default());
        let [first, second] = [0, 1].map(|_| pair.clone());
        pair.a.try_put(Value::new(1)).unwrap();
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        assert!(alternative.as_mut().select().when(|_| false).try_now().is_none());
        let maker = thread::spawn(move || make_ready(&first));
        let taker = thread::spawn(move || {
            if is_ready(&second) {
                drop(second.a.try_take());
            }
        });
        let chosen = alternative.as_mut().fair_select().try_now();
        drop(chosen.expect("one of the two is always ready"));
        maker.join().unwrap();
        taker.join().unwrap();
    });
}

#[test]
fn the_default_is_not_taken_once_somebody_has_seen_a_value() {
    let put = |pair: &Buffers| pair.b.try_put(Value::new(2)).unwrap();
    default_after_sight("a put is seen, a value goes, a default", put, |pair| !pair.b.is_empty());
}

#[test]
fn the_default_is_not_taken_once_somebody_has_seen_a_close() {
    let is_closed = |pair: &Buffers| pair.b.is_closed();
    default_after_sight(
        "a close is seen, a value goes, a default",
        |pair| pair.b.close(),
        is_closed,
    );
}

/// The later one in order is never ready alone.
#[test]
fn priority_takes_no_second_while_there_is_a_first() {
    play("a value is stale, two come, the first in order", Some(3), || {
        let pair = Arc::new(Buffers::default());
        let other = pair.clone();
        let mut alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
        // A stale mark for the second.
        assert!(alternative.as_mut().select().try_now().is_none());
        pair.b.try_put(Value::new(9)).unwrap();
        pair.b.try_take().unwrap();
        let putter = thread::spawn(move || {
            other.a.try_put(Value::new(0)).unwrap();
            other.b.try_put(Value::new(1)).unwrap();
        });
        let first = alternative.as_mut().pri_select().try_now();
        assert!(!matches!(first, Some((1, _))), "the first was ready whenever the second was");
        putter.join().unwrap();
        let left = usize::from(first.is_none()) + 1;
        for _ in 0..left {
            assert!(alternative.as_mut().pri_select().try_now().unwrap().1.is_ok());
        }
    });
}

#[test]
fn two_alternatives_hear_of_one_put() {
    play("two alternatives meet two try_puts", Some(2), || {
        let pair = Arc::new(Buffers::default());
        let takers = [0, 1].map(|_| {
            let pair = pair.clone();
            thread::spawn(move || {
                let alternative = pin!(Alternative::new([pair.a.take(), pair.b.take()]));
                number(block_on(alternative.select()).1).unwrap()
            })
        });
        pair.a.try_put(Value::new(1)).unwrap();
        pair.b.try_put(Value::new(2)).unwrap();
        let sum: u32 = takers.map(|taker| taker.join().unwrap()).iter().sum();
        assert_eq!(sum, 3);
    });
}

#[test]
fn an_alternative_holds_up_no_take() {
    play("a put, an idle alternative, a take", Some(3), || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let mut alternative = pin!(Alternative::new([channel.take()]));
        assert!(alternative.as_mut().select().try_now().is_none());
        let putter = thread::spawn(move || block_on(other.put(Value::new(1))).is_ok());
        assert_eq!(number(block_on(channel.take())), Ok(1));
        assert!(putter.join().unwrap());
        assert!(alternative.as_mut().select().try_now().is_none());
    });
}
