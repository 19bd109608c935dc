//! Two threads, one race a test: a partner claims while the owner decides, leaves or moves on.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};
use std::thread;

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::StdLock;
use csp_core::{Alternative, Chan, Channel, KeptFuture, Selected2, alts, future};

use crate::support::{Count, Gate, ROUNDS, poll};

type Meeting = Channel<Box<usize>, Rendezvous, StdLock>;

/// A future that is ready once the flag is set.
fn once(flag: &AtomicBool) -> KeptFuture<impl Future<Output = ()>> {
    KeptFuture::new(poll_fn(|_| match flag.load(Ordering::Relaxed) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    }))
}

/// No lock and no waker lies between the two: only the word says that the put may be freed.
#[test]
fn a_take_meets_a_put_that_is_polled_all_the_time() {
    let channel = Meeting::new();
    for round in 0..ROUNDS {
        let mut put = Box::pin(channel.put(Box::new(round)));
        assert!(poll(put.as_mut(), Waker::noop()).is_pending());
        thread::scope(|scope| {
            let take = scope.spawn(|| channel.try_take());
            while poll(put.as_mut(), Waker::noop()).is_pending() {
                thread::yield_now();
            }
            drop(put);
            assert_eq!(*take.join().unwrap().unwrap(), round);
        });
    }
}

#[test]
fn a_put_meets_a_choice_of_one_channel_whose_timer_expires() {
    let channel = Meeting::new();
    for round in 0..ROUNDS {
        let expired = AtomicBool::new(false);
        let (count, waker) = Count::new();
        let late = pin!(once(&expired));
        let mut choice = Box::pin(alts((channel.take(), future(late))));
        assert!(poll(choice.as_mut(), &waker).is_pending());
        let gate = Gate::default();
        let (accepted, chosen) = thread::scope(|scope| {
            let put = scope.spawn(|| {
                let value = Box::new(round);
                gate.pass();
                channel.try_put(value).is_ok()
            });
            expired.store(true, Ordering::Relaxed);
            gate.pass();
            let chosen = poll(choice.as_mut(), &waker);
            (put.join().unwrap(), chosen)
        });
        drop(choice);
        match chosen {
            Poll::Ready(Selected2::First(value)) => assert_eq!(*value.unwrap(), round),
            Poll::Ready(Selected2::Second(())) => assert!(!accepted, "the value is lost"),
            Poll::Pending => panic!("the timer has expired"),
        }
        assert!(channel.is_empty());
        assert!(count.get() <= 1);
        drop(waker);
        assert_eq!(Arc::strong_count(&count), 1, "a waker is left or was dropped twice");
    }
}

#[test]
fn a_put_meets_a_choice_of_one_channel_that_is_dropped() {
    let channel = Meeting::new();
    for round in 0..ROUNDS {
        let (count, waker) = Count::new();
        let mut choice = Box::pin(alts([channel.take(), channel.take()]));
        assert!(poll(choice.as_mut(), &waker).is_pending());
        let gate = Gate::default();
        let accepted = thread::scope(|scope| {
            let put = scope.spawn(|| {
                let value = Box::new(round);
                gate.pass();
                channel.try_put(value).is_ok()
            });
            gate.pass();
            drop(choice);
            put.join().unwrap()
        });
        assert_eq!(channel.try_take().ok(), accepted.then(|| Box::new(round)));
        drop(waker);
        assert_eq!(Arc::strong_count(&count), 1, "a waker is left or was dropped twice");
    }
}

#[test]
fn two_puts_meet_a_choice_of_two_channels_that_is_dropped() {
    let (left, right) = (Meeting::new(), Meeting::new());
    for round in 0..ROUNDS {
        let (count, waker) = Count::new();
        let mut choice = Box::pin(alts([left.take(), right.take()]));
        assert!(poll(choice.as_mut(), &waker).is_pending());
        let accepted = thread::scope(|scope| {
            let puts = [&left, &right]
                .map(|channel| scope.spawn(move || channel.try_put(Box::new(round)).is_ok()));
            drop(choice);
            puts.map(|put| put.join().unwrap())
        });
        assert_ne!(accepted, [true; 2]);
        for (channel, accepted) in [&left, &right].into_iter().zip(accepted) {
            assert_eq!(channel.try_take().is_ok(), accepted);
        }
        drop(waker);
        assert_eq!(Arc::strong_count(&count), 1);
    }
}

#[test]
fn a_claim_meets_a_new_waker() {
    let (left, right) = (Meeting::new(), Meeting::new());
    for round in 0..ROUNDS {
        let (old, old_waker) = Count::new();
        let (new, new_waker) = Count::new();
        let mut choice = Box::pin(alts([left.take(), right.take()]));
        assert!(poll(choice.as_mut(), &old_waker).is_pending());
        let chosen = thread::scope(|scope| {
            let put = scope.spawn(|| left.try_put(Box::new(round)).unwrap());
            let chosen = poll(choice.as_mut(), &new_waker);
            put.join().unwrap();
            chosen
        });
        if chosen.is_pending() {
            assert_eq!(new.get(), 1, "the wake-up went to the old waker");
            assert!(poll(choice.as_mut(), &new_waker).is_ready());
        }
        drop(choice);
        drop((old_waker, new_waker));
        assert_eq!((Arc::strong_count(&old), Arc::strong_count(&new)), (1, 1));
    }
}

#[test]
fn opposing_choices_meet_once() {
    let (left, right) = (Meeting::new(), Meeting::new());
    for round in 0..ROUNDS {
        let run = |first: &Meeting, second: &Meeting, value: usize| {
            let mut value = Some(Box::new(value));
            let chosen = alts((first.put_from(&mut value), second.take())).blocking();
            match chosen {
                Selected2::First(put) => put.map(|()| None).unwrap(),
                Selected2::Second(taken) => Some(*taken.unwrap()),
            }
        };
        let (one, two) = thread::scope(|scope| {
            let one = scope.spawn(|| run(&left, &right, round));
            let two = run(&right, &left, round + 1);
            (one.join().unwrap(), two)
        });
        assert!(
            matches!((one, two), (None, Some(n)) if n == round)
                || matches!((one, two), (Some(n), None) if n == round + 1)
        );
    }
}

#[test]
fn a_take_that_was_given_a_value_is_dropped_while_others_take_and_put() {
    for _ in 0..ROUNDS {
        let chan = Chan::<Box<usize>, StdLock>::new();
        let mut doomed = Box::pin(chan.take());
        assert!(poll(doomed.as_mut(), Waker::noop()).is_pending());
        let (sum, accepted) = thread::scope(|scope| {
            let put = scope.spawn(|| (1..=2).filter(|&n| chan.try_put(Box::new(n)).is_ok()).sum());
            let take = scope.spawn(|| chan.try_take().map_or(0, |value| *value));
            drop(doomed);
            (take.join().unwrap(), put.join().unwrap())
        });
        let mut sum: usize = sum;
        while let Ok(value) = chan.try_take() {
            sum += *value;
        }
        let accepted: usize = accepted;
        assert_eq!(sum, accepted);
    }
}

#[test]
fn handles_and_operations_go_while_others_end_the_channel() {
    for round in 0..ROUNDS {
        let (sender, receiver) = csp_core::channel::<Box<usize>, StdLock>(csp_core::Kind::Fixed(1));
        let other = sender.clone();
        thread::scope(|scope| {
            scope.spawn(move || drop(sender.put_blocking(Box::new(round))));
            scope.spawn(move || drop(other));
            let mut taken = Vec::new();
            while let Ok(value) = receiver.take_blocking() {
                taken.push(*value);
            }
            assert_eq!(taken, [round]);
        });
    }
}

#[test]
fn a_full_buffer_and_a_drop_of_the_put_that_moves_in() {
    for round in 0..ROUNDS {
        let channel = Channel::<Box<usize>, Fixed<1>, StdLock>::new();
        channel.try_put(Box::new(round)).unwrap();
        let mut put = Box::pin(channel.put(Box::new(round + 1)));
        assert!(poll(put.as_mut(), Waker::noop()).is_pending());
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(*channel.try_take().unwrap(), round));
            drop(put);
        });
        if let Ok(value) = channel.try_take() {
            assert_eq!(*value, round + 1);
        }
    }
}

/// Its marks are pushed under two locks, and one of those who push may be reading the waker while
/// the owner, who has another one now, looks for the other's value.
#[test]
fn an_alternative_moves_to_another_task_while_it_is_marked_from_two_sides() {
    let channels = [(); 2].map(|()| Channel::<Box<usize>, Fixed<1>, StdLock>::new());
    for round in 0..ROUNDS {
        let mut alternative = Box::pin(Alternative::new(channels.each_ref().map(Channel::take)));
        let wakers = [(); 2].map(|()| Count::new());
        let gate = Gate::default();
        thread::scope(|scope| {
            let mut selection = alternative.as_mut().fair_select().when(|at| at == round % 2);
            assert!(poll(pin!(&mut selection), &wakers[0].1).is_pending());
            let putters = [0, 1].map(|at| {
                let (gate, channels) = (&gate, &channels);
                scope.spawn(move || {
                    if at == 0 {
                        gate.pass();
                    }
                    channels[at].try_put(Box::new(at)).unwrap();
                })
            });
            gate.pass();
            let taken = loop {
                if let Poll::Ready((at, taken)) = poll(pin!(&mut selection), &wakers[1].1) {
                    assert_eq!(at, round % 2);
                    break taken.unwrap();
                }
                thread::yield_now();
            };
            assert_eq!(*taken, round % 2);
            putters.into_iter().for_each(|putter| putter.join().unwrap());
        });
        let left = alternative.as_mut().fair_select().try_now();
        assert_eq!(
            left.map(|(at, taken)| (at, *taken.unwrap())),
            Some((1 - round % 2, 1 - round % 2))
        );
    }
}
