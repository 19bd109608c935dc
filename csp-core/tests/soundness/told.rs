//! Who has to hear of something hears of it, and nobody of what is not so.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use csp_core::buffer::{Fixed, Promise, Rendezvous};
use csp_core::lock::{SingleThread, StdLock};
use csp_core::{Branch, BranchOutcome, Channel, Rotation, alts, block_on};
use futures_core::Stream;

use crate::support::{Count, poll};

#[test]
fn a_stream_of_a_promise_is_told_when_it_is_kept() {
    let channel = Channel::<u32, Promise, SingleThread>::new();
    let (count, waker) = Count::new();
    let mut stream = pin!(channel.stream());
    let mut cx = Context::from_waker(&waker);
    assert_eq!(stream.as_mut().poll_next(&mut cx), Poll::Pending);
    channel.try_put(1).unwrap();
    assert_eq!(count.get(), 1);
    assert_eq!(stream.as_mut().poll_next(&mut cx), Poll::Ready(Some(1)));
}

#[test]
fn a_future_tells_its_reader_how_far_it_is() {
    let channel = Channel::<u32, Rendezvous, SingleThread>::new();
    let mut take = pin!(channel.take());
    assert_eq!(format!("{take:?}"), "Take(New)");
    assert!(poll(take.as_mut(), Waker::noop()).is_pending());
    assert_eq!(format!("{take:?}"), "Take(Open)");
    channel.try_put(1).unwrap();
    assert_eq!(format!("{take:?}"), "Take(Done)");
}

#[test]
fn the_pending_limit_does_not_end_a_second_watcher() {
    let channel = Channel::<u32, Rendezvous, SingleThread>::new().with_pending_limit(1);
    let mut first = pin!(channel.closed());
    assert!(poll(first.as_mut(), Waker::noop()).is_pending());
    let mut second = pin!(channel.closed());
    assert!(poll(second.as_mut(), Waker::noop()).is_pending());
    let mut third = pin!(alts([channel.closed()]));
    assert!(poll(third.as_mut(), Waker::noop()).is_pending());
}

#[test]
fn a21_a_fair_choice_remembers_a_branch_that_a_partner_chose() {
    let channels: [Channel<u32, Fixed<1>, SingleThread>; 2] = Default::default();
    let mut turns = Rotation::<2>::new();
    {
        let mut choice = pin!(alts([channels[0].take(), channels[1].take()]).fair(&mut turns));
        assert!(poll(choice.as_mut(), Waker::noop()).is_pending());
        channels[0].try_put(1).unwrap();
        assert_eq!(poll(choice.as_mut(), Waker::noop()), Poll::Ready((0, Ok(1))));
    }
    channels[0].try_put(2).unwrap();
    channels[1].try_put(3).unwrap();
    let chosen = alts([channels[0].take(), channels[1].take()]).fair(&mut turns).try_now();
    assert_eq!(chosen, Some((1, Ok(3))));
}

#[test]
fn a_wake_up_is_not_lost_to_whatever_else_parks_in_the_same_poll() {
    let channel = Channel::<u32, Rendezvous, StdLock>::new();
    block_on(async {
        let mut take = pin!(channel.take());
        assert!(poll(take.as_mut(), Waker::noop()).is_pending());
        let waits = std::future::poll_fn(|cx| {
            let polled = take.as_mut().poll(cx);
            if polled.is_pending() {
                channel.try_put(1).unwrap();
                // The wake-up has left a token, which this uses up.
                thread::park();
            }
            polled
        });
        assert_eq!(waits.await, Ok(1));
    });
}

#[test]
fn a_choice_of_many_channels_takes_their_locks_in_order() {
    // The order is asserted where the locks are taken; 17 and more are sorted in another way.
    const MOST: usize = 40;
    let channels = [(); MOST].map(|()| Channel::<u32, Fixed<1>, StdLock>::new());
    for (stride, count) in [1, 7]
        .into_iter()
        .flat_map(|stride| [2, 15, 16, 17, 18, 31, 32, 33, MOST].map(|count| (stride, count)))
    {
        let channel = |place: usize| &channels[(place * stride + 3) % MOST];
        let takes = (0..count).map(|place| Branch::take(channel(place)));
        let mut branches = Box::into_pin(takes.collect::<Box<[_]>>());
        assert_eq!(alts(branches.as_mut()).try_now(), None);
        let last = count - 1;
        channel(last).try_put(1).unwrap();
        let chosen = alts(branches.as_mut()).try_now();
        assert_eq!(chosen, Some((last, BranchOutcome::Took(Ok(1)))));
    }
}
