//! Choices whose channels share one lock, and choices over locks of several flavours.

#![expect(unsafe_code, reason = "a lock that many channels share; `Lock` is an unsafe trait")]

use core::pin::pin;
use loom::sync::{Arc, Mutex};
use loom::thread;

use mutex_traits::{ConstInit, ScopedRawMutex};

use super::parts::{Bell, Value, number};
use super::play;
use crate::buffer::Rendezvous;
use crate::lock::{Lock, Scoped, StdLock};
use crate::{Channel, Selected2, alts, block_on};

loom::lazy_static! {
    static ref SECTION: Mutex<()> = Mutex::new(());
}

/// One mutex for all channels, as the critical section is: plain stores decide their choices.
#[derive(Default)]
struct Section;

impl ConstInit for Section {
    const INIT: Self = Self;
}

// SAFETY: the guard of the mutex lives as long as the closure runs.
unsafe impl ScopedRawMutex for Section {
    fn try_with_lock<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        let _guard = SECTION.try_lock().ok()?;
        Some(f())
    }

    fn with_lock<R>(&self, f: impl FnOnce() -> R) -> R {
        let _guard = SECTION.lock().unwrap();
        f()
    }

    fn is_locked(&self) -> bool {
        SECTION.try_lock().is_err()
    }
}

// SAFETY: all values are one lock, and say so by their identity.
unsafe impl Lock for Section {
    const RANK: u8 = 192;
    const SOLE: bool = true;
    const THREADS: bool = true;

    fn identity(&self) -> usize {
        0
    }
}

type Shared = Channel<Value, Rendezvous, Section>;
type Plain = Channel<Value, Rendezvous, StdLock>;
type Other = Channel<Value, Rendezvous, Scoped<StdLock>>;

#[derive(Default)]
struct Pair {
    a: Shared,
    b: Shared,
}

/// Three flavours; the order of their locks is that of their ranks.
#[derive(Default)]
struct Mixed {
    shared: Shared,
    other: Other,
    plain: Plain,
}

#[test]
fn a_choice_under_one_lock_that_is_dropped_gives_back_what_it_was_given() {
    play("a try_put, a dropped choice, one lock", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let bell = Bell::new();
        let mut choice = pin!(Some(alts((pair.a.take(), pair.b.take()))));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.b.try_put(Value::new(1)).is_ok());
        choice.set(None);
        let accepted = putter.join().unwrap();
        assert_eq!(number(pair.b.try_take()).ok(), accepted.then_some(1));
        assert_eq!(pair.a.parked_takes() + pair.b.parked_takes(), 0);
        assert!(!bell.is_held());
    });
}

#[test]
fn opposite_choices_under_one_lock_meet_once() {
    play("opposite choices under one lock meet", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let putter = thread::spawn(move || {
            let (mut one, mut two) = (Some(Value::new(1)), Some(Value::new(2)));
            let puts = alts((other.b.put_from(&mut two), other.a.put_from(&mut one)));
            match block_on(puts) {
                Selected2::First(put) => put.map(|()| 2),
                Selected2::Second(put) => put.map(|()| 1),
            }
        });
        let taken = match block_on(alts((pair.a.take(), pair.b.take()))) {
            Selected2::First(taken) | Selected2::Second(taken) => number(taken),
        };
        assert_eq!(taken, Ok(putter.join().unwrap().unwrap()));
    });
}

/// The same channel twice lies under one lock too.
#[test]
fn a_choice_of_one_channel_is_dropped() {
    play("a try_put, a dropped choice of one", None, || {
        let channel = Arc::new(Plain::new());
        let other = channel.clone();
        let bell = Bell::new();
        let mut choice = pin!(Some(alts([channel.take(), channel.take()])));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        choice.set(None);
        let accepted = putter.join().unwrap();
        assert_eq!(number(channel.try_take()).ok(), accepted.then_some(1));
        assert!(!bell.is_held());
    });
}

#[test]
fn choices_over_mixed_locks_meet_once() {
    play("opposite choices over mixed locks", Some(3), || {
        let mixed = Arc::new(Mixed::default());
        let other = mixed.clone();
        let putter = thread::spawn(move || {
            let mut values = [1, 2, 3].map(|number| Some(Value::new(number)));
            let [one, two, three] = &mut values;
            let puts = alts((
                other.shared.put_from(one),
                other.plain.put_from(two),
                other.other.put_from(three),
            ));
            block_on(puts);
            values.iter().position(Option::is_none)
        });
        let takes = (mixed.plain.take(), mixed.other.take(), mixed.shared.take());
        let taken = match block_on(alts(takes)) {
            crate::Selected3::First(taken)
            | crate::Selected3::Second(taken)
            | crate::Selected3::Third(taken) => number(taken).unwrap(),
        };
        assert_eq!(putter.join().unwrap(), Some(taken as usize - 1));
    });
}

/// Each put holds one of the locks only; the word is what decides between them.
#[test]
fn puts_under_different_locks_race_for_a_choice() {
    play("try_puts under two locks, a choice", Some(3), || {
        let mixed = Arc::new(Mixed::default());
        let other = mixed.clone();
        let bell = Bell::new();
        let mut choice = pin!(Some(alts((mixed.shared.take(), mixed.plain.take()))));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.shared.try_put(Value::new(1)).is_ok());
        let second = mixed.plain.try_put(Value::new(2)).is_ok();
        assert!(putter.join().unwrap() != second);
        let taken = match bell.collect(choice.as_mut().as_pin_mut().unwrap()) {
            Selected2::First(taken) | Selected2::Second(taken) => number(taken),
        };
        assert_eq!(taken, Ok(if second { 2 } else { 1 }));
        choice.set(None);
        assert!(!bell.is_held());
    });
}
