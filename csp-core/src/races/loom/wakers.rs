//! New wakers, and wakers that are called, while a partner commits.

use core::pin::pin;
use core::task::{Context, Poll, Waker};
use loom::sync::Arc;
use loom::thread;

use alloc::task::Wake;

use super::parts::{Bell, Meeting, Pair, Value, number};
use super::play;
use crate::{Selected2, alts, block_on};

#[test]
fn a_take_wakes_its_new_waker() {
    play("a take changes its waker, a try_put", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let (old, new) = (Bell::new(), Bell::new());
        let mut take = pin!(Some(channel.take()));
        old.park(take.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        let taken = match new.poll(take.as_mut().as_pin_mut().unwrap()) {
            Poll::Ready(taken) => taken,
            Poll::Pending => {
                // Who comes later finds the new one only.
                assert!(putter.join().unwrap());
                let taken = new.collect(take.as_mut().as_pin_mut().unwrap());
                take.set(None);
                assert!(!old.has_rung() && !old.is_held() && !new.is_held());
                assert_eq!(number(taken), Ok(1));
                return;
            }
        };
        take.set(None);
        assert_eq!(number(taken), Ok(1));
        assert!(putter.join().unwrap());
        assert!(!old.is_held() && !new.is_held());
    });
}

#[test]
fn a_choice_wakes_its_new_waker() {
    play("a choice changes its waker, a try_put", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let (old, new) = (Bell::new(), Bell::new());
        let mut choice = pin!(Some(alts([pair.a.take(), pair.b.take()])));
        old.park(choice.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.b.try_put(Value::new(1)).is_ok());
        let early = new.poll(choice.as_mut().as_pin_mut().unwrap());
        let (at, taken) = match early {
            Poll::Ready(chosen) => {
                choice.set(None);
                assert!(putter.join().unwrap());
                chosen
            }
            Poll::Pending => {
                assert!(putter.join().unwrap());
                let chosen = new.collect(choice.as_mut().as_pin_mut().unwrap());
                choice.set(None);
                assert!(!old.has_rung());
                chosen
            }
        };
        assert_eq!((at, number(taken)), (1, Ok(1)));
        assert!(!old.is_held() && !new.is_held());
    });
}

#[test]
fn a_put_that_moved_to_a_thread_is_woken_there() {
    play("a put moves to a thread that blocks", None, || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let old = Bell::new();
        let mut put = pin!(Some(channel.put(Value::new(1))));
        old.park(put.as_mut().as_pin_mut().unwrap());
        let taker = thread::spawn(move || number(other.try_take()));
        assert!(block_on(put.as_mut().as_pin_mut().unwrap()).is_ok());
        put.set(None);
        assert_eq!(taker.join().unwrap(), Ok(1));
        assert!(!old.is_held());
    });
}

#[test]
fn a_choice_that_moved_to_a_thread_is_woken_there() {
    play("a choice moves to a thread that blocks", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let old = Bell::new();
        let mut value = Some(Value::new(2));
        {
            let mut choice = pin!(Some(alts((pair.a.take(), pair.b.put_from(&mut value)))));
            old.park(choice.as_mut().as_pin_mut().unwrap());
            let putter = thread::spawn(move || other.a.try_put(Value::new(1)).is_ok());
            let chosen = block_on(choice.as_mut().as_pin_mut().unwrap());
            assert!(matches!(chosen, Selected2::First(Ok(value)) if value.number() == 1));
            choice.set(None);
            assert!(putter.join().unwrap());
        }
        assert!(value.is_some() && !old.is_held());
    });
}

/// A waker that uses the channel that calls it.
struct Prober(Arc<Pair>);

impl Wake for Prober {
    fn wake(self: alloc::sync::Arc<Self>) {
        assert_eq!(self.0.a.len() + self.0.b.len(), 0);
    }
}

/// Called under a lock, such a waker would wait for itself.
#[test]
fn a_waker_may_use_the_channel_that_calls_it() {
    play("a waker looks at its channel", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let waker = Waker::from(alloc::sync::Arc::new(Prober(pair.clone())));
        let mut choice = pin!(Some(alts([pair.a.take(), pair.b.take()])));
        let mut cx = Context::from_waker(&waker);
        assert!(choice.as_mut().as_pin_mut().unwrap().poll(&mut cx).is_pending());
        let putter = thread::spawn(move || other.b.try_put(Value::new(1)).is_ok());
        let early = choice.as_mut().as_pin_mut().unwrap().poll(&mut cx);
        assert!(putter.join().unwrap());
        let chosen = match early {
            Poll::Ready(chosen) => Poll::Ready(chosen),
            Poll::Pending => choice.as_mut().as_pin_mut().unwrap().poll(&mut cx),
        };
        assert!(matches!(chosen, Poll::Ready((1, Ok(value))) if value.number() == 1));
        choice.set(None);
    });
}
