//! Sizes, the pending limit, and what a channel and its operations say of themselves.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use csp_core::buffer::{Dropping, Fixed, Overwriting, Promise, Rendezvous, Sliding};
use csp_core::lock::{SingleThread, StdLock};
use csp_core::{
    Branch, BranchOutcome, Chan, Channel, Error, Kind, PutError, Selected2, TakeError, alts,
};
use futures_core::{FusedFuture, Stream};

use super::hand::Hand;

#[test]
fn b15_a_channel_knows_its_size() {
    assert_eq!(Channel::<u32, Rendezvous, SingleThread>::new().capacity(), Some(0));
    assert_eq!(Channel::<u32, Promise, SingleThread>::new().capacity(), Some(1));
    assert_eq!(Channel::<u32, Fixed<2>, SingleThread>::new().capacity(), Some(2));
    assert_eq!(Channel::<u32, Dropping<3>, SingleThread>::new().capacity(), Some(3));
    assert_eq!(Channel::<u32, Sliding<3>, SingleThread>::new().capacity(), Some(3));
    assert_eq!(Channel::<u32, Overwriting<3>, SingleThread>::new().capacity(), Some(3));
    let kinds = [
        (Kind::Rendezvous, Some(0)),
        (Kind::Fixed(0), Some(0)),
        (Kind::Fixed(2), Some(2)),
        (Kind::Dropping(3), Some(3)),
        (Kind::Sliding(3), Some(3)),
        (Kind::Overwriting(3), Some(3)),
        (Kind::Unbounded, None),
    ];
    for (kind, capacity) in kinds {
        assert_eq!(Chan::<u32, SingleThread>::with(kind).capacity(), capacity, "{kind:?}");
    }
    let promise = Chan::<u32, SingleThread>::promise();
    assert_eq!((promise.capacity(), promise.len()), (Some(1), 0));
    promise.try_put(1).unwrap();
    assert_eq!((promise.len(), promise.is_empty()), (1, false));
}

#[test]
fn b87_so_many_may_wait_on_each_side_and_no_more() {
    let channel = Channel::<u32, Rendezvous, SingleThread>::new().with_pending_limit(2);
    let puts = [1, 2].map(|number| Hand::parked(channel.put(number)));
    assert_eq!(Hand::new(channel.put(3)).completes(), Err(PutError::Crowded(3)));
    let mut kept = Some(4);
    assert_eq!(Hand::new(channel.put_from(&mut kept)).completes(), Err(Error::Crowded));
    let choice = Hand::new(alts([channel.put_from(&mut kept)]));
    assert_eq!(choice.completes(), (0, Err(Error::Crowded)));
    assert_eq!((kept, channel.parked_puts()), (Some(4), 2));
    // Takes find the puts, and have a limit of their own.
    assert_eq!([(); 2].map(|()| channel.try_take()), [Ok(1), Ok(2)]);
    assert_eq!(puts.map(Hand::completes), [Ok(()); 2]);
    let takes = [(); 2].map(|()| Hand::parked(channel.take()));
    assert_eq!(Hand::new(channel.take()).completes(), Err(TakeError::Crowded));
    let choice = Hand::new(alts((channel.take(), channel.closed())).priority());
    assert_eq!(choice.completes(), Selected2::First(Err(TakeError::Crowded)));
    // Watchers are not counted.
    let watchers = [(); 3].map(|()| Hand::parked(channel.closed()));
    drop(takes);
    drop(Hand::parked(channel.take()));
    drop(watchers);
    assert_eq!((channel.parked_takes(), channel.len()), (0, 0));
}

/// The branch that is crowded is named, though others could wait.
#[test]
fn b87_a_choice_is_crowded_out_by_any_of_its_channels() {
    let free = Channel::<u32, Rendezvous, StdLock>::new();
    let full = Channel::<u32, Rendezvous, StdLock>::new().with_pending_limit(1);
    let _waits = Hand::parked(full.take());
    let mut branches = pin!([Branch::take(&free), Branch::take(&full)]);
    let choice = Hand::new(alts(branches.as_mut()));
    assert_eq!(choice.completes(), (1, BranchOutcome::Took(Err(TakeError::Crowded))));
    assert_eq!((free.parked_takes(), full.parked_takes()), (0, 1));
}

/// With nothing to put, the branch is switched off; by itself it panics.
#[test]
fn b70_a_put_without_a_value_is_no_branch() {
    let [c, d] = [(); 2].map(|()| Channel::<u32, Fixed<1>, SingleThread>::new());
    let mut nothing = None;
    let choice = Hand::parked(alts((c.put_from(&mut nothing), d.take())).priority());
    assert_eq!((c.len(), c.parked_puts()), (0, 0));
    d.try_put(1).unwrap();
    assert_eq!(choice.completes(), Selected2::Second(Ok(1)));
    assert_eq!(alts([c.put_from(&mut nothing)]).try_now(), None);
    // Not by a hand, whose panic would stop the walks.
    let mut by_itself = pin!(c.put_from(&mut nothing));
    assert!(catch_unwind(AssertUnwindSafe(|| poll(by_itself.as_mut()))).is_err());
    assert_eq!(c.len(), 0);
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn an_operation_is_terminated_when_it_has_completed() {
    let channel = Channel::<u32, Rendezvous, SingleThread>::new();
    let mut take = pin!(channel.take());
    assert!(!take.is_terminated() && poll(take.as_mut()).is_pending() && !take.is_terminated());
    let mut put = pin!(channel.put(1));
    assert!(!put.is_terminated());
    assert_eq!(poll(put.as_mut()), Poll::Ready(Ok(())));
    assert!(put.is_terminated() && !take.is_terminated());
    assert_eq!(poll(take.as_mut()), Poll::Ready(Ok(1)));
    assert!(take.is_terminated());

    let mut kept = Some(2);
    {
        let mut put = pin!(channel.put_from(&mut kept));
        assert!(poll(put.as_mut()).is_pending() && !put.is_terminated());
        channel.close();
        assert_eq!(poll(put.as_mut()), Poll::Ready(Err(Error::Closed)));
        assert!(put.is_terminated());
    }
    assert_eq!(kept, Some(2));
    let mut closed = pin!(channel.closed());
    assert!(!closed.is_terminated() && poll(closed.as_mut()).is_ready() && closed.is_terminated());
    let mut choice = pin!(alts([channel.take()]));
    assert!(!choice.is_terminated() && poll(choice.as_mut()).is_ready() && choice.is_terminated());

    use futures_core::stream::FusedStream;
    let mut stream = pin!(channel.stream());
    assert!(!stream.is_terminated());
    for _ in 0..2 {
        let item = Hand::new(poll_fn(|cx| stream.as_mut().poll_next(cx)));
        assert_eq!(item.completes(), None);
        assert!(stream.is_terminated());
    }
}
