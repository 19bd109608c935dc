//! The operations that are counted, each with both locks.
//!
//! *Ready*: the operation completes when it is first polled. *Blocked*: it waits, a partner comes,
//! and it is polled again; then what the partner does is a part of it. Two tasks are polled by hand
//! with a waker that does nothing, so that nothing but the channel is counted.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use csp_core::lock::{Lock, SingleThread, StdLock};
use csp_core::{Chan, alts};

use crate::Result;

/// The function whose instructions are counted, its callees' included.
pub const COUNTED: &str = "counted_operation";

/// How often it is called.
pub const OPERATIONS: u64 = 2_000;

type Case = (&'static str, fn(), fn());

const CASES: [Case; 8] = [
    ("put ready", put_ready::<StdLock>, put_ready::<SingleThread>),
    ("take ready", take_ready::<StdLock>, take_ready::<SingleThread>),
    ("put blocked", put_blocked::<StdLock>, put_blocked::<SingleThread>),
    ("take blocked", take_blocked::<StdLock>, take_blocked::<SingleThread>),
    ("hand-over", hand_over::<StdLock>, hand_over::<SingleThread>),
    ("alts of 2 ready", alts_ready::<StdLock>, alts_ready::<SingleThread>),
    ("alts of 2 both ready", alts_both_ready::<StdLock>, alts_both_ready::<SingleThread>),
    ("alts of 2 blocked", alts_blocked::<StdLock>, alts_blocked::<SingleThread>),
];

pub fn names() -> Vec<String> {
    let both = |(name, ..): &Case| [format!("send: {name}"), format!("local: {name}")];
    CASES.iter().flat_map(both).collect()
}

pub fn run(name: &str) -> Result {
    let case = CASES.iter().find_map(|&(case, send, local)| match name.split_once(": ")? {
        ("send", asked) if asked == case => Some(send),
        ("local", asked) if asked == case => Some(local),
        _ => None,
    });
    case.ok_or_else(|| format!("no case is called `{name}`"))?();
    Ok(())
}

/// Never inlined, so that callgrind sees where it begins and ends.
#[inline(never)]
fn counted_operation<T>(operation: impl FnOnce() -> T) -> T {
    operation()
}

/// Polls once what is known to be ready.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut context()) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("not ready"),
    }
}

const fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// One that never yields for fairness, which would be counted now and then.
fn buffered<L: Lock>() -> Chan<u64, L> {
    Chan::fixed(1).without_yield()
}

fn rendezvous<L: Lock>() -> Chan<u64, L> {
    Chan::new().without_yield()
}

fn put_ready<L: Lock>() {
    let chan = buffered::<L>();
    for value in 0..OPERATIONS {
        counted_operation(|| now(chan.put(black_box(value)))).unwrap();
        assert_eq!(now(chan.take()), Ok(value));
    }
}

fn take_ready<L: Lock>() {
    let chan = buffered::<L>();
    for value in 0..OPERATIONS {
        now(chan.put(value)).unwrap();
        assert_eq!(counted_operation(|| now(black_box(&chan).take())), Ok(value));
    }
}

fn put_blocked<L: Lock>() {
    let chan = rendezvous::<L>();
    for value in 0..OPERATIONS {
        let taken = counted_operation(|| {
            let mut put = pin!(chan.put(black_box(value)));
            assert!(put.as_mut().poll(&mut context()).is_pending());
            let taken = now(chan.take());
            assert!(put.poll(&mut context()).is_ready());
            taken
        });
        assert_eq!(taken, Ok(value));
    }
}

fn take_blocked<L: Lock>() {
    let chan = rendezvous::<L>();
    for value in 0..OPERATIONS {
        let taken = counted_operation(|| {
            let mut take = pin!(chan.take());
            assert!(take.as_mut().poll(&mut context()).is_pending());
            now(chan.put(black_box(value))).unwrap();
            take.poll(&mut context())
        });
        assert_eq!(taken, Poll::Ready(Ok(value)));
    }
}

/// Only the put that meets a waiting take.
fn hand_over<L: Lock>() {
    let chan = rendezvous::<L>();
    for value in 0..OPERATIONS {
        let mut take = pin!(chan.take());
        assert!(take.as_mut().poll(&mut context()).is_pending());
        counted_operation(|| now(chan.put(black_box(value)))).unwrap();
        assert_eq!(take.poll(&mut context()), Poll::Ready(Ok(value)));
    }
}

fn alts_ready<L: Lock>() {
    let (first, second) = (buffered::<L>(), buffered::<L>());
    for value in 0..OPERATIONS {
        let chan = if value % 2 == 0 { &first } else { &second };
        now(chan.put(value)).unwrap();
        let chosen = counted_operation(|| now(alts([first.take(), second.take()])));
        assert_eq!(chosen, ((value % 2) as usize, Ok(value)));
    }
}

/// Seeded: a seed of its own would be made from an address.
fn alts_both_ready<L: Lock>() {
    let (first, second) = (buffered::<L>(), buffered::<L>());
    for value in 0..OPERATIONS {
        now(first.put(value)).unwrap();
        now(second.put(value)).unwrap();
        let seed = value as u32;
        let (index, _) =
            counted_operation(|| now(alts([first.take(), second.take()]).seed(black_box(seed))));
        let other = if index == 0 { &second } else { &first };
        assert_eq!(now(other.take()), Ok(value));
    }
}

fn alts_blocked<L: Lock>() {
    let (first, second) = (rendezvous::<L>(), rendezvous::<L>());
    for value in 0..OPERATIONS {
        let chan = if value % 2 == 0 { &first } else { &second };
        let chosen = counted_operation(|| {
            let mut choice = pin!(alts([first.take(), second.take()]));
            assert!(choice.as_mut().poll(&mut context()).is_pending());
            now(chan.put(black_box(value))).unwrap();
            choice.poll(&mut context())
        });
        assert_eq!(chosen, Poll::Ready(((value % 2) as usize, Ok(value))));
    }
}
