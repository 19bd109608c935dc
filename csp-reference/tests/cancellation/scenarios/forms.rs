//! What the forms do: yields, promises, streams, cancelling by hand, immunity, futures as guards.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use csp_core::buffer::{Buffer, Fixed, Promise, Rendezvous, Sliding};
use csp_core::lock::{Lock, SingleThread, StdLock};
use csp_core::{
    CancelledPut, Chan, Channel, Ended, Error, KeptFuture, Rotation, Selected1::First, Selected2,
    TakeError, TryTakeError, alts, future,
};
use futures_core::Stream;

use super::hand::Hand;
use csp_reference::ledger::{Ledger, Value};

/// Polls until it completes; how often it yielded, having woken itself.
fn yields<T>(mut hand: Hand<'_, T>) -> (usize, T) {
    let mut yields = 0;
    loop {
        if let Poll::Ready(output) = hand.poll() {
            return (yields, output);
        }
        assert!(hand.is_woken(), "A13: it wakes itself");
        yields += 1;
    }
}

#[test]
fn a13_every_129th_operation_in_a_row_yields_once() {
    let channel = Channel::<u32, Fixed<1>, SingleThread>::new();
    let (mut before, mut total) = (0, 0);
    for round in 0..200 {
        for step in 0..2 {
            let yielded = match step {
                0 => yields(Hand::new(channel.put(round))).0,
                _ => {
                    let (yielded, taken) = yields(Hand::new(alts([channel.take()])));
                    assert_eq!(taken, (0, Ok(round)));
                    yielded
                }
            };
            if yielded > 0 {
                assert_eq!((yielded, before), (1, 128));
                before = 0;
                total += 1;
            }
            before += 1;
            // The forms that never wait do not count, and never yield.
            assert!(channel.try_put(0).is_err() || channel.try_take().is_ok());
        }
    }
    assert_eq!(total, 399 / 128);
}

#[test]
fn a13_a_yield_does_not_touch_the_channel() {
    let channel = Channel::<u32, Fixed<1>, SingleThread>::new();
    let _waits = Hand::parked(channel.take());
    channel.try_put(0).unwrap();
    channel.try_put(0).unwrap();
    for _ in 0..64 {
        assert_eq!(Hand::new(channel.take()).completes(), Ok(0));
        assert_eq!(Hand::new(channel.put(0)).completes(), Ok(()));
    }
    let mut take = Hand::new(channel.take());
    take.waits();
    assert!(take.is_woken());
    assert_eq!((channel.len(), channel.parked_takes()), (1, 0));
    assert_eq!(take.completes(), Ok(0));
    // Whoever waits has given the others their turn.
    drop(Hand::parked(channel.take()));
    assert_eq!(Hand::new(channel.put(0)).completes(), Ok(()));

    let eager = Channel::<u32, Fixed<1>, SingleThread>::new().without_yield();
    for _ in 0..200 {
        assert_eq!(Hand::new(eager.put(0)).completes(), Ok(()));
        assert_eq!(Hand::new(eager.take()).completes(), Ok(0));
    }
}

/// By the streak of any of its channels; with a default it never does.
#[test]
fn a13_a_choice_yields_for_each_of_its_channels() {
    let idle = || Channel::<u32, Fixed<1>, SingleThread>::new();
    for busy_one in [0, 1] {
        let channels = [idle(), idle()];
        for _ in 0..128 {
            channels[busy_one].try_put(1).unwrap();
            let choice = Hand::new(alts([channels[busy_one].take()]));
            assert_eq!(choice.completes(), (0, Ok(1)));
        }
        channels[0].try_put(2).unwrap();
        let now = alts([channels[0].take(), channels[1].take()]).try_now();
        assert_eq!(now, Some((0, Ok(2))));
        channels[0].try_put(3).unwrap();
        let mut choice = Hand::parked(alts([channels[0].take(), channels[1].take()]));
        assert!(choice.is_woken());
        assert_eq!((channels[0].len(), channels[0].parked_takes()), (1, 0));
        assert_eq!(choice.completes(), (0, Ok(3)));
    }
}

#[test]
fn a13_a_choice_that_waits_ends_the_row_of_its_channels() {
    let channels = [(); 2].map(|()| Channel::<u32, Fixed<1>, SingleThread>::new());
    let pass_100 = |channel: &Channel<u32, Fixed<1>, SingleThread>| {
        for _ in 0..100 {
            channel.try_put(1).unwrap();
            assert_eq!(Hand::new(channel.take()).completes(), Ok(1));
        }
    };
    channels.iter().for_each(pass_100);
    drop(Hand::parked(alts(channels.each_ref().map(Channel::take))));
    channels.iter().for_each(pass_100);
}

#[test]
fn b96_takes_of_a_promise_are_dropped_after_the_notice() {
    let channel = Channel::<&str, Promise, SingleThread>::new();
    let mut takes = [(); 4].map(|()| Hand::parked(channel.take()));
    let mut choice = Hand::parked(alts((channel.take(), channel.closed())));
    channel.try_put("first").unwrap();
    assert!(takes.iter_mut().all(Hand::is_woken) && choice.is_woken());
    let [first, second, third, fourth] = takes;
    drop((second, third));
    assert_eq!((channel.len(), channel.parked_takes()), (1, 0));
    channel.try_put("second").unwrap();
    assert_eq!(channel.discarded(), 1);
    channel.close();
    assert_eq!((first.completes(), fourth.completes()), (Ok("first"), Ok("first")));
    assert_eq!(choice.completes(), Selected2::First(Ok("first")));
    assert_eq!(channel.try_take(), Ok("first"), "the value survives the close");

    let channel = Channel::<&str, Promise, SingleThread>::new();
    let mut take = Hand::parked(channel.take());
    channel.close();
    assert!(take.is_woken());
    assert_eq!(take.completes(), Err(TakeError::Closed));
}

/// Whatever form puts it, a promise is no hand-over: one plain take that waits is a partner at once
/// on every other channel.
#[test]
fn b96_every_form_of_a_put_keeps_the_promise_of_all_who_wait() {
    fn keeps<B: Buffer<u32>, L: Lock>(channel: impl Fn() -> Channel<u32, B, L>) {
        type Put<B, L> = fn(&Channel<u32, B, L>);
        let forms: [Put<B, L>; 4] = [
            |it| it.try_put(7).unwrap(),
            |it| Hand::new(it.put(7)).completes().unwrap(),
            |it| Hand::new(it.put_from(&mut Some(7))).completes().unwrap(),
            |it| {
                let chosen = Hand::new(alts((it.put_from(&mut Some(7)),))).completes();
                assert_eq!(chosen, First(Ok(())));
            },
        ];
        for put in forms {
            let channel = channel();
            let mut takes = [(); 3].map(|()| Hand::parked(channel.take()));
            put(&channel);
            assert!(takes.iter_mut().all(Hand::is_woken));
            assert_eq!(takes.map(Hand::completes), [Ok(7); 3]);
            assert_eq!(channel.try_take(), Ok(7));
        }
    }
    keeps(Channel::<u32, Promise, SingleThread>::new);
    keeps(Channel::<u32, Promise, StdLock>::new);
}

#[test]
fn b96_a_put_keeps_an_allocated_promise() {
    fn keeps<L: Lock>() {
        let chan = Chan::<u32, L>::promise();
        let takes = [(); 3].map(|()| Hand::parked(chan.take()));
        Hand::new(chan.put(7)).completes().unwrap();
        assert_eq!(takes.map(Hand::completes), [Ok(7); 3]);
        assert_eq!(chan.try_take(), Ok(7));
    }
    keeps::<SingleThread>();
    keeps::<StdLock>();
}

/// A stream is told of a put that waits, and of a value that is there, and is given neither.
fn stream_is_told<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let mut stream = pin!(channel.stream());
    let mut item = Hand::parked(poll_fn(|cx| stream.as_mut().poll_next(cx)));
    assert!(channel.try_put(0).is_err(), "nobody takes");
    let mut put = Hand::parked(channel.put(1));
    assert!(item.is_woken() && !put.is_woken());
    // It is never polled again: others take.
    assert_eq!(Hand::new(channel.take()).completes(), Ok(1));
    assert!(put.is_woken());
    item.waits();
    let mut put = Hand::parked(channel.put(2));
    assert!(item.is_woken());
    drop(item);
    assert!(!put.is_woken());
    assert_eq!((channel.parked_takes(), channel.parked_puts()), (1, 1), "the stream still listens");
    let item = Hand::new(poll_fn(|cx| stream.as_mut().poll_next(cx)));
    assert_eq!(item.completes(), Some(2));
    assert!(put.is_woken());
    assert_eq!(channel.parked_takes(), 0);
    channel.close();
    let item = Hand::new(poll_fn(|cx| stream.as_mut().poll_next(cx)));
    assert_eq!(item.completes(), None);
}

#[test]
fn a33_a_stream_is_told_and_never_given() {
    stream_is_told::<SingleThread>();
    stream_is_told::<StdLock>();
}

#[test]
fn a33_a_told_stream_that_is_dropped_holds_up_nobody() {
    let channel = Channel::<u32, Fixed<1>, SingleThread>::new();
    let held = Hand::parked(channel.take());
    {
        let mut stream = pin!(channel.stream());
        let mut item = Hand::parked(poll_fn(|cx| stream.as_mut().poll_next(cx)));
        let mut take = Hand::parked(channel.take());
        channel.try_put(1).unwrap();
        channel.try_put(2).unwrap();
        assert!(item.is_woken() && take.is_woken());
        drop(item);
    }
    assert_eq!(channel.parked_takes(), 0);
    assert_eq!((held.completes(), channel.try_take()), (Ok(1), Ok(2)));
}

#[test]
fn a07_a_put_that_is_cancelled_by_hand_returns_its_value_once() {
    let ledger = Rc::new(Ledger::new(4));
    let channel = Channel::<Value, Rendezvous, SingleThread>::new();
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    // Before the first poll, while it waits, and after the channel has ended.
    for number in 0..3 {
        let mut put = pin!(channel.put(Value::new(number, &ledger)));
        if number > 0 {
            assert!(put.as_mut().poll(&mut cx).is_pending());
        }
        if number == 2 {
            channel.close();
        }
        let CancelledPut::Returned(value) = put.as_mut().cancel() else { panic!("not accepted") };
        assert_eq!((value.number, ledger.fate(number).drops), (number, 0));
        drop(value);
    }
    assert_eq!((channel.parked_puts(), [0, 1, 2].map(|n| ledger.fate(n).drops)), (0, [1; 3]));

    let channel = Channel::<Value, Rendezvous, SingleThread>::new();
    let mut put = pin!(channel.put(Value::new(3, &ledger)));
    assert!(put.as_mut().poll(&mut cx).is_pending());
    let taken = channel.try_take().unwrap();
    assert!(matches!(put.cancel(), CancelledPut::Committed));
    assert_eq!(ledger.fate(3).drops, 0);
    drop(taken);
    assert_eq!(ledger.fate(3).drops, 1);
}

/// A take that waits, a put that waits, a watcher and a choice: an immune channel keeps them.
#[test]
fn b41_poison_that_is_too_weak_touches_nobody() {
    let chan = Chan::<u32, SingleThread>::fixed(1).with_immunity(3);
    chan.try_put(1).unwrap();
    let mut put = Hand::parked(chan.put(2));
    let mut choice = Hand::parked(alts((chan.closed(), chan.closed())).priority());
    assert!(!chan.poison(2) && !chan.poison(3));
    assert!(!put.is_woken() && !choice.is_woken());
    assert_eq!((chan.ended(), chan.len(), chan.parked_puts()), (None, 1, 1));
    assert_eq!(chan.try_take(), Ok(1));
    assert!(chan.poison(4));
    assert!(put.is_woken() && choice.is_woken());
    assert_eq!(put.completes(), Ok(()), "B33: it had moved in");
    let poisoned = Ended::Poisoned { strength: 4 };
    assert_eq!(choice.completes(), Selected2::First(poisoned));
    assert_eq!((chan.try_take(), chan.discarded()), (Err(TryTakeError::from(poisoned)), 1));
    // The strongest wins, and a close after it changes nothing.
    assert!(chan.poison(9) && chan.poison(5));
    chan.close();
    assert_eq!(chan.ended(), Some(Ended::Poisoned { strength: 9 }));
}

#[test]
fn a23_a_future_that_loses_to_a_channel_keeps_its_output() {
    let c = Channel::<u32, Rendezvous, SingleThread>::new();
    let ready = Cell::new(false);
    let answer = poll_fn(|_| if ready.get() { Poll::Ready(42) } else { Poll::Pending });
    let mut kept = pin!(KeptFuture::new(answer));
    let mut choice = Hand::parked(alts((c.take(), future(kept.as_mut()))).priority());
    c.try_put(1).unwrap();
    ready.set(true);
    // Both are there; the channel has committed already.
    assert!(choice.is_woken());
    assert_eq!(choice.completes(), Selected2::First(Ok(1)));
    let choice = Hand::new(alts((c.take(), future(kept.as_mut()))).priority());
    assert_eq!(choice.completes(), Selected2::Second(42));
    assert_eq!(c.parked_takes(), 0);
}

#[test]
fn a21_a_rotation_may_have_places_to_spare() {
    let channels = [(); 2].map(|()| Channel::<u32, Sliding<1>, SingleThread>::new());
    let mut turns = Rotation::<3>::new();
    let nothing = alts(channels.each_ref().map(Channel::take)).fair(&mut turns).try_now();
    assert_eq!(nothing, None);
    // Whoever has not been served for longer comes first.
    for served in [0, 1, 0, 1] {
        channels.iter().for_each(|channel| channel.try_put(served).unwrap());
        let choice = Hand::new(alts(channels.each_ref().map(Channel::take)).fair(&mut turns));
        assert_eq!(choice.completes().0, served as usize);
    }
    let idle = [(); 2].map(|()| Channel::<u32, Rendezvous, SingleThread>::new());
    let choice = Hand::parked(alts(idle.each_ref().map(Channel::take)).fair(&mut turns));
    idle[1].try_put(5).unwrap();
    assert_eq!(choice.completes(), (1, Ok(5)));
}

/// A random choice asks first which of its branches are ready.
#[test]
fn a22_a_random_choice_finds_the_only_branch_that_is_ready() {
    let idle = Channel::<u32, Rendezvous, SingleThread>::new();
    let ended = Channel::<u32, Rendezvous, SingleThread>::new();
    ended.close();
    let choice = Hand::new(alts((idle.take(), ended.closed())));
    assert_eq!(choice.completes(), Selected2::Second(Ended::Closed));
    let choice = Hand::new(alts((idle.take(), ended.take())));
    assert_eq!(choice.completes(), Selected2::Second(Err(TakeError::Closed)));
    let mut value = Some(1);
    let choice = Hand::new(alts((idle.take(), ended.put_from(&mut value))));
    assert_eq!(choice.completes(), Selected2::Second(Err(Error::Closed)));

    let buffered = Channel::<u32, Fixed<1>, SingleThread>::new();
    let choice = Hand::new(alts((idle.take(), buffered.put_from(&mut value))));
    assert_eq!(choice.completes(), Selected2::Second(Ok(())));
    let mut parked = Hand::parked(alts((idle.take(), buffered.closed())));
    let choice = Hand::new(alts((idle.closed(), buffered.take())));
    assert_eq!(choice.completes(), Selected2::Second(Ok(1)));
    assert!(!parked.is_woken());
    drop(parked);

    let kept = Channel::<u32, Promise, SingleThread>::new();
    kept.try_put(2).unwrap();
    let choice = Hand::new(alts((idle.take(), kept.take())));
    assert_eq!(choice.completes(), Selected2::Second(Ok(2)));

    let meeting = Channel::<u32, Rendezvous, SingleThread>::new();
    let put = Hand::parked(meeting.put(3));
    let choice = Hand::new(alts((idle.take(), meeting.take())));
    assert_eq!((choice.completes(), put.completes()), (Selected2::Second(Ok(3)), Ok(())));
    let take = Hand::parked(meeting.take());
    let mut value = Some(4);
    let choice = Hand::new(alts((idle.take(), meeting.put_from(&mut value))));
    assert_eq!((choice.completes(), take.completes()), (Selected2::Second(Ok(())), Ok(4)));
    assert_eq!((idle.parked_takes(), idle.parked_puts()), (0, 0));
}

/// In whichever order they are given.
#[test]
fn a18_a_future_stands_before_channels() {
    let [c, d] = [(); 2].map(|()| Channel::<u32, Rendezvous, StdLock>::new());
    let mut never = pin!(KeptFuture::new(std::future::pending::<()>()));
    let choice = alts((future(never.as_mut()), c.take(), d.take()));
    let choice = Hand::parked(choice);
    d.try_put(1).unwrap();
    assert_eq!(choice.completes(), csp_core::Selected3::Third(Ok(1)));
    assert_eq!((c.parked_takes(), d.parked_takes()), (0, 0));
}

#[test]
fn a23_a_future_that_wins_withdraws_the_others() {
    let c = Channel::<u32, Rendezvous, SingleThread>::new();
    let mut value = Some(7);
    let ready = Cell::new(false);
    let answer = poll_fn(|_| if ready.get() { Poll::Ready(42) } else { Poll::Pending });
    let mut kept = pin!(KeptFuture::new(answer));
    let mut choice = Hand::parked(alts((c.put_from(&mut value), future(kept.as_mut()))));
    ready.set(true);
    assert_eq!(choice.poll(), Poll::Ready(Selected2::Second(42)));
    assert_eq!(c.parked_puts(), 0);
    drop(choice);
    assert_eq!((value, c.try_take()), (Some(7), Err(TryTakeError::Empty)));
}
