//! Values that come back from takes that were given them and never polled (A6, B83).

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::{Lock, SingleThread, StdLock};
use csp_core::{
    Branch, BranchOutcome, Chan, Channel, Kind, Selected2, TakeError, TryTakeError, alts,
};
use std::pin::pin;

use super::hand::Hand;
use csp_reference::ledger::Bell;

#[test]
fn a06_put_backs_keep_their_order() {
    for kind in [Kind::Rendezvous, Kind::Fixed(1)] {
        // Whichever of the takes goes first.
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
            let chan = Chan::<u32, SingleThread>::with(kind);
            let mut takes = [(); 3].map(|()| Some(Hand::parked(chan.take())));
            for number in 1..=3 {
                chan.try_put(number).unwrap();
            }
            order.iter().for_each(|&at| takes[at] = None);
            assert_eq!(chan.len(), 3, "{order:?}");
            let later = chan.try_put(4).is_ok();
            assert_eq!([(); 3].map(|()| chan.try_take()), [Ok(1), Ok(2), Ok(3)], "{order:?}");
            let then = if later { Ok(4) } else { Err(TryTakeError::Empty) };
            assert_eq!(chan.try_take(), then, "what was put later comes later");
        }
    }
}

/// The take that waits longest gets what comes back; the value keeps its place in the order.
#[test]
fn a06_a_put_back_goes_to_the_oldest_parked_take() {
    let chan = Chan::<u32, StdLock>::new();
    let (one, two) = (Hand::parked(chan.take()), Hand::parked(chan.take()));
    let (mut three, mut four) = (Hand::parked(chan.take()), Hand::parked(chan.take()));
    chan.try_put(1).unwrap();
    chan.try_put(2).unwrap();
    drop(two);
    assert!(three.is_woken() && !four.is_woken());
    drop(one);
    assert!(four.is_woken());
    // Given on, and dropped again: 1 is still before 2.
    drop(three);
    assert_eq!(chan.len(), 1);
    drop(four);
    assert_eq!((chan.try_take(), chan.try_take()), (Ok(1), Ok(2)));
}

fn winner_of_a_choice<L: Lock>() {
    let (c, d) = (Channel::<u32, Rendezvous, L>::new(), Channel::<u32, Fixed<1>, L>::new());
    let mut kept = Some(7);
    // The put is in a channel that is full, the take is given a value.
    d.try_put(6).unwrap();
    let choice = Hand::parked(alts((d.put_from(&mut kept), c.take())).priority());
    c.try_put(1).unwrap();
    assert_eq!((c.len(), c.parked_takes(), d.parked_puts()), (0, 0, 0));
    drop(choice);
    assert_eq!(kept, Some(7), "A23");
    assert_eq!(c.len(), 1, "A6: a rendezvous may show 1");
    assert_eq!(c.try_take(), Ok(1));
    assert_eq!(d.try_take(), Ok(6));
    assert_eq!(d.try_take(), Err(TryTakeError::Empty), "B81");
}

#[test]
fn a06_the_winner_of_a_dropped_choice_comes_back() {
    winner_of_a_choice::<SingleThread>();
    winner_of_a_choice::<StdLock>();
}

#[test]
fn a06_the_winner_of_a_dropped_choice_goes_to_another_choice() {
    let c = Channel::<u32, Rendezvous, StdLock>::new();
    let d = Channel::<u32, Rendezvous, StdLock>::new();
    let one = Hand::parked(alts((c.take(), d.take())).priority());
    let mut two = Hand::parked(alts((d.take(), c.take())).priority());
    c.try_put(1).unwrap();
    drop(one);
    assert!(two.is_woken());
    assert_eq!(two.completes(), Selected2::Second(Ok(1)));
    assert_eq!((c.parked_takes(), d.parked_takes()), (0, 0), "B68");
}

#[test]
fn a06_a_slice_of_branches_puts_back_when_its_choice_is_dropped() {
    let c = Channel::<u32, Rendezvous, SingleThread>::new();
    let d = Channel::<u32, Rendezvous, SingleThread>::new();
    let mut value = Some(7);
    let mut branches = pin!([Branch::put_from(&d, &mut value), Branch::take(&c)]);
    let choice = Hand::parked(alts(branches.as_mut()).priority());
    c.try_put(1).unwrap();
    drop(choice);
    assert_eq!(c.len(), 1);
    // The branches are as new, and may be lent to another choice.
    let choice = Hand::new(alts(branches.as_mut()).priority());
    assert_eq!(choice.completes(), (1, BranchOutcome::Took(Ok(1))));
    assert_eq!(d.parked_puts(), 0);
    let choice = Hand::parked(alts(branches.as_mut()).priority());
    assert_eq!(d.try_take(), Ok(7));
    assert_eq!(choice.completes(), (0, BranchOutcome::Put(Ok(()))));
}

#[test]
fn a06_a_put_back_before_the_buffer_and_before_parked_puts() {
    let c = Channel::<u32, Fixed<1>, SingleThread>::new();
    let take = Hand::parked(c.take());
    c.try_put(1).unwrap();
    c.try_put(2).unwrap();
    let put = Hand::parked(c.put(3));
    drop(take);
    assert_eq!(c.len(), 2, "one more than the buffer holds");
    assert_eq!([(); 3].map(|()| c.try_take()), [Ok(1), Ok(2), Ok(3)]);
    assert_eq!(put.completes(), Ok(()));
}

#[test]
fn a06_what_comes_back_is_told_to_a_stream() {
    let c = Channel::<u32, Rendezvous, SingleThread>::new();
    let take = Hand::parked(c.take());
    let mut stream = pin!(c.stream());
    let mut item = Hand::parked(std::future::poll_fn(|cx| {
        futures_core::Stream::poll_next(stream.as_mut(), cx)
    }));
    c.try_put(1).unwrap();
    assert!(!item.is_woken());
    drop(take);
    assert!(item.is_woken());
    assert_eq!(item.completes(), Some(1));
}

#[test]
fn a14_what_comes_back_after_the_close_is_drained() {
    let c = Channel::<u32, Rendezvous, SingleThread>::new();
    let (take, mut other) = (Hand::parked(c.take()), Hand::parked(c.take()));
    c.try_put(1).unwrap();
    c.close();
    assert!(other.is_woken());
    drop(take);
    assert_eq!(c.try_take(), Ok(1));
    assert_eq!(c.try_take(), Err(TryTakeError::Closed));
    assert_eq!(other.completes(), Err(TakeError::Closed));
}

#[test]
fn a16_what_comes_back_when_the_takers_are_gone_is_discarded() {
    let chan = Chan::<u32, SingleThread>::new();
    let receiver = chan.receiver().unwrap();
    let take = Hand::parked(chan.take());
    chan.try_put(1).unwrap();
    drop(receiver);
    assert_eq!(chan.discarded(), 0, "B33: it has matched");
    drop(take);
    assert_eq!((chan.len(), chan.discarded()), (0, 1));
}

/// A take that was given a value on one side of a full life: the wakers go with it.
#[test]
fn a08_no_waker_is_left_behind() {
    let bell = Bell::new();
    let chan = Chan::<u32, StdLock>::new();
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..3 {
        let waker = bell.waker();
        let mut own = std::task::Context::from_waker(&waker);
        let mut take = Box::pin(chan.take());
        assert!(take.as_mut().poll(&mut own).is_pending());
        // Another waker, and back.
        assert!(take.as_mut().poll(&mut cx).is_pending());
        assert!(take.as_mut().poll(&mut own).is_pending());
        chan.try_put(1).unwrap();
        drop(take);
        assert_eq!(chan.try_take(), Ok(1));
    }
    assert_eq!((std::sync::Arc::strong_count(&bell), bell.rings()), (1, 3));
}

#[test]
fn a14_who_hears_of_the_end_does_not_free_the_place_of_another() {
    let channel = Channel::<u32, Rendezvous, SingleThread>::new();
    let (one, two) = (Hand::parked(channel.take()), Hand::parked(channel.take()));
    let three = Hand::parked(alts([channel.take()]));
    channel.try_put(1).unwrap();
    channel.close();
    assert_eq!(two.completes(), Err(TakeError::Closed));
    assert_eq!(three.completes(), (0, Err(TakeError::Closed)));
    drop(one);
    assert_eq!((channel.len(), channel.try_take()), (1, Ok(1)));
}

#[test]
fn a06_a_choice_that_heard_of_the_end_puts_nothing_back() {
    for ends_first in [true, false] {
        let c = Channel::<Box<u32>, Rendezvous, SingleThread>::new();
        let d = Channel::<Box<u32>, Fixed<1>, SingleThread>::new();
        let choice = Hand::parked(alts((c.take(), d.take())).priority());
        if ends_first {
            c.close();
        }
        d.try_put(Box::new(1)).unwrap();
        c.close();
        drop(choice);
        assert_eq!((c.len(), c.discarded()), (0, 0));
        // With the end decided first, the value is still where it was put.
        assert_eq!((d.len(), d.try_take()), (1, Ok(Box::new(1))));
    }
}
