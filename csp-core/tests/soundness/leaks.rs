//! Pinned futures that are leaked stay in their lists for ever: nothing may rely on their drop.

#![expect(clippy::mem_forget, reason = "leaks are what is tested")]

use std::mem;
use std::pin::pin;
use std::sync::Arc;
use std::task::Waker;

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::{SingleThread, StdLock};
use csp_core::{Alternative, Branch, BranchOutcome, Channel, alts};

use crate::support::{Count, poll};

type Meeting<T> = Channel<T, Rendezvous, StdLock>;

#[test]
fn a_channel_moves_after_a_waiting_take_was_leaked() {
    let channel = Meeting::<Box<u32>>::new();
    let mut leaked = Box::pin(channel.take());
    assert!(poll(leaked.as_mut(), Waker::noop()).is_pending());
    mem::forget(leaked);
    let moved = Box::new(channel);
    moved.try_put(Box::new(1)).unwrap();
    // The leaked take keeps the one place for ever; takes and puts go on all the same.
    let mut put = pin!(moved.put(Box::new(2)));
    assert!(poll(put.as_mut(), Waker::noop()).is_pending());
    assert_eq!(*moved.try_take().unwrap(), 2);
}

#[test]
fn a_channel_is_dropped_after_waiting_operations_were_leaked() {
    let channel = Meeting::<Box<u32>>::new();
    let mut put = Box::pin(channel.put(Box::new(1)));
    assert!(poll(put.as_mut(), Waker::noop()).is_pending());
    mem::forget(put);
    let mut closed = Box::pin(channel.closed());
    assert!(poll(closed.as_mut(), Waker::noop()).is_pending());
    mem::forget(closed);
    channel.close();
}

#[test]
fn a_channel_moves_to_a_thread_after_a_choice_over_it_was_leaked() {
    let [left, right] = [(); 2].map(|()| Meeting::<u32>::new());
    let (_count, waker) = Count::new();
    let mut leaked = Box::pin(alts([left.take(), right.take()]));
    assert!(poll(leaked.as_mut(), &waker).is_pending());
    mem::forget(leaked);
    let other = std::thread::spawn(move || left.try_put(1).is_ok());
    let here = right.try_put(2).is_ok();
    assert!(other.join().unwrap() != here, "one of the branches is claimed");
}

#[test]
fn branches_are_used_again_after_their_choice_was_leaked() {
    let channels: [Meeting<u32>; 3] = Default::default();
    let mut branches =
        pin!([Branch::take(&channels[0]), Branch::take(&channels[1]), Branch::take(&channels[2]),]);
    let mut first = Box::pin(alts(branches.as_mut()));
    assert!(poll(first.as_mut(), Waker::noop()).is_pending());
    mem::forget(first);
    let mut other = Box::pin(channels[0].take());
    assert!(poll(other.as_mut(), Waker::noop()).is_pending());
    let mut second = Box::pin(alts(branches.as_mut()));
    assert!(poll(second.as_mut(), Waker::noop()).is_pending());
    assert_eq!(channels[0].parked_takes(), 2);
    drop(other);
    assert_eq!(channels[0].parked_takes(), 1);
    channels[0].try_put(1).unwrap();
    let chosen = poll(second.as_mut(), Waker::noop());
    assert_eq!(chosen, std::task::Poll::Ready((0, BranchOutcome::Took(Ok(1)))));
}

#[test]
fn branches_are_dropped_after_their_choice_was_leaked() {
    let channel = Channel::<Arc<()>, Rendezvous, StdLock>::new();
    let value = Arc::new(());
    let mut source = None;
    {
        let mut branches = pin!([Branch::take(&channel), Branch::put_from(&channel, &mut source)]);
        let mut choice = Box::pin(alts(branches.as_mut()));
        assert!(poll(choice.as_mut(), Waker::noop()).is_pending());
        mem::forget(choice);
        channel.try_put(Arc::clone(&value)).unwrap();
    }
    // What the leaked choice was given has come back.
    assert_eq!((channel.len(), Arc::strong_count(&value)), (1, 2));
}

#[test]
fn the_put_of_a_leaked_choice_comes_back_when_its_branches_are_used_again() {
    let channel = Channel::<Box<u32>, Fixed<1>, SingleThread>::new();
    channel.try_put(Box::new(0)).unwrap();
    let mut source = Some(Box::new(1));
    {
        let mut branches = pin!([Branch::put_from(&channel, &mut source)]);
        let mut choice = Box::pin(alts(branches.as_mut()));
        assert!(poll(choice.as_mut(), Waker::noop()).is_pending());
        mem::forget(choice);
        assert_eq!(alts(branches.as_mut()).try_now(), None);
    }
    assert_eq!(source, Some(Box::new(1)));
}

#[test]
fn branches_are_used_again_after_their_alternative_was_leaked() {
    let channels: [Meeting<u32>; 2] = Default::default();
    let mut branches = pin!(channels.each_ref().map(Branch::take));
    let mut leaked = Box::pin(Alternative::new(branches.as_mut()));
    assert_eq!(leaked.as_mut().select().try_now(), None);
    mem::forget(leaked);
    let mut put = pin!(channels[0].put(1));
    assert!(poll(put.as_mut(), Waker::noop()).is_pending());
    for expected in [Some((0, BranchOutcome::Took(Ok(1)))), None] {
        assert_eq!(alts(branches.as_mut()).try_now(), expected);
    }
}

#[test]
fn a_channel_moves_to_a_thread_after_an_alternative_over_it_was_leaked() {
    let [left, right] = [(); 2].map(|()| Channel::<u32, Fixed<1>, StdLock>::new());
    let (count, waker) = Count::new();
    let mut leaked = Box::pin(Alternative::new([left.take(), right.take()]));
    let mut selection = Box::pin(leaked.as_mut().select());
    assert!(poll(selection.as_mut(), &waker).is_pending());
    mem::forget(selection);
    mem::forget(leaked);
    let other = std::thread::spawn(move || left.try_put(1).is_ok());
    assert!(right.try_put(2).is_ok() && other.join().unwrap());
    assert_eq!(count.get(), 1, "the owner is woken once");
}
