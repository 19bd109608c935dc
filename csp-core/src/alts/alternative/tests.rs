//! What an `Alternative` does, polled by hand.

#![expect(clippy::mem_forget, reason = "leaked selections are tested too")]

use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::cell::Cell;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};

use crate::buffer::{Buffer, Fixed, Promise, Rendezvous, StaticBuffer};
use crate::lock::{Lock, SingleThread, StdLock};
use crate::{Alternative, Channel, Selected2, TakeError, TryPutError, alts, skip};

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Woken {
    fn times(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

fn waker() -> (Arc<Woken>, Waker) {
    let woken = Arc::new(Woken::default());
    (woken.clone(), Waker::from(woken))
}

fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

fn channels<B: StaticBuffer<u32>, L: Lock, const N: usize>() -> [Channel<u32, B, L>; N] {
    [(); N].map(|()| Channel::new())
}

fn put<B: Buffer<u32>, L: Lock>(channel: &Channel<u32, B, L>, value: u32) {
    channel.try_put(value).unwrap();
}

/// A put wakes the owner once, however many follow, and each selection serves one.
fn is_woken_once<L: Lock>() {
    let channels = channels::<Fixed<4>, L, 3>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    let (woken, waker) = waker();
    for round in 1..3 {
        let mut selection = alternative.as_mut().fair_select();
        assert!(poll(&mut selection, &waker).is_pending());
        for at in [2, 0, 2, 1] {
            put(&channels[at], at as u32);
        }
        assert_eq!(woken.times(), round);
        assert_eq!(poll(&mut selection, &waker), Poll::Ready((2, Ok(2))));
        drop(selection);
        for at in [0, 1, 2] {
            let selected = alternative.as_mut().fair_select().try_now();
            assert_eq!(selected, Some((at, Ok(at as u32))));
        }
        assert_eq!(alternative.as_mut().fair_select().try_now(), None);
        assert_eq!(woken.times(), round);
    }
}

#[test]
fn one_wake_serves_all_that_is_marked_meanwhile() {
    is_woken_once::<StdLock>();
    is_woken_once::<SingleThread>();
    #[cfg(feature = "critical-section")]
    is_woken_once::<crate::lock::CriticalSection>();
}

#[test]
fn a19_idle_or_waiting_it_is_no_offer() {
    let channel = Channel::<u32, Rendezvous, StdLock>::new();
    let mut alternative = pin!(Alternative::new([channel.take()]));
    assert_eq!(alternative.as_mut().select().try_now(), None);
    assert_eq!((channel.parked_takes(), channel.try_put(1)), (0, Err(TryPutError::Full(1))));

    let (woken, waker) = waker();
    let mut selection = alternative.as_mut().select();
    assert!(poll(&mut selection, &waker).is_pending());
    assert_eq!(channel.try_put(1), Err(TryPutError::Full(1)));
    let mut put = pin!(channel.put(2));
    assert!(poll(&mut put, Waker::noop()).is_pending());
    assert_eq!(woken.times(), 1);
    // Nobody has been given anything: another take has it.
    assert_eq!(channel.try_take(), Ok(2));
    assert!(poll(&mut selection, &waker).is_pending());
    assert_eq!(poll(&mut put, Waker::noop()), Poll::Ready(Ok(())));

    // What it saw was stale, and it waits for the next one.
    let mut put = pin!(channel.put(3));
    assert!(poll(&mut put, Waker::noop()).is_pending());
    assert_eq!(woken.times(), 2);
    assert_eq!(poll(&mut selection, &waker), Poll::Ready((0, Ok(3))));
}

#[test]
fn a_put_of_another_choice_is_met() {
    let channels = channels::<Rendezvous, StdLock, 2>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    let (woken, waker) = waker();
    let mut selection = alternative.as_mut().select();
    assert!(poll(&mut selection, &waker).is_pending());
    let (mut one, mut two) = (Some(1), Some(2));
    {
        let mut putting =
            pin!(alts((channels[0].put_from(&mut one), channels[1].put_from(&mut two))));
        assert!(putting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(woken.times(), 1);
        let Poll::Ready((at, Ok(value))) = poll(&mut selection, &waker) else { panic!("not met") };
        assert_eq!(value as usize, at + 1);
        assert!(putting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }
    assert_eq!(one.is_none(), two.is_some());
    drop(selection);
    assert_eq!(alternative.as_mut().select().try_now(), None);
}

#[test]
fn a21_no_ready_guard_waits_while_another_is_served_twice() {
    let channels = channels::<Fixed<8>, StdLock, 4>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    let served = |alternative: Pin<&mut Alternative<_>>| {
        alternative.fair_select().try_now().map(|(at, _)| at)
    };
    (0..8).for_each(|n| put(&channels[3], n));
    assert_eq!(served(alternative.as_mut()), Some(3));
    (0..3).for_each(|n| put(&channels[0], n));
    (0..3).for_each(|n| put(&channels[2], n));
    let served: Vec<_> = (0..7).map(|_| served(alternative.as_mut()).unwrap()).collect();
    assert_eq!(served, [3, 0, 2, 3, 0, 2, 3]);
}

#[test]
fn a21_the_first_in_order_of_what_is_ready() {
    let channels = channels::<Fixed<8>, StdLock, 4>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    for at in [3, 1, 2, 3, 1] {
        put(&channels[at], 0);
    }
    let mut served = [(); 6].map(|()| alternative.as_mut().pri_select().try_now());
    assert_eq!(
        served.each_mut().map(|it| it.take().map(|it| it.0)),
        [Some(1), Some(1), Some(2), Some(3), Some(3), None]
    );
}

#[test]
fn a21_the_first_in_order_though_what_was_marked_before_is_stale() {
    let channels = channels::<Fixed<8>, StdLock, 3>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    assert_eq!(alternative.as_mut().pri_select().try_now(), None);
    put(&channels[0], 0);
    put(&channels[2], 2);
    channels[0].try_take().unwrap();
    assert_eq!(alternative.as_mut().pri_select().try_now(), Some((2, Ok(2))));
    put(&channels[2], 3);
    put(&channels[0], 1);
    assert_eq!(alternative.as_mut().pri_select().try_now(), Some((0, Ok(1))));
}

#[test]
#[cfg_attr(miri, ignore = "counts too much for an interpreter")]
fn a21_random_is_uniform_over_every_ready_subset() {
    let channels = channels::<Fixed<1>, SingleThread, 4>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    let mut seed = Some(1);
    for subset in 1..16_u32 {
        let members: Vec<_> = (0..4).filter(|at| subset & 1 << at != 0).collect();
        let mut counts = [0_u32; 4];
        for _ in 0..8_000 {
            for &at in &members {
                let _full_or_not = channels[at].try_put(0);
            }
            let mut selection = alternative.as_mut().select();
            if let Some(seed) = seed.take() {
                selection = selection.seed(seed);
            }
            counts[selection.try_now().unwrap().0] += 1;
        }
        while alternative.as_mut().select().try_now().is_some() {}
        let mean = 8_000 / members.len() as u32;
        for at in 0..4 {
            let expected = if members.contains(&at) { mean } else { 0 };
            assert!(counts[at].abs_diff(expected) <= mean / 10, "{subset:b}: {counts:?}");
        }
    }
}

#[test]
fn a22_an_ended_channel_is_ready_for_ever() {
    let channels = channels::<Fixed<8>, StdLock, 2>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    let (woken, waker) = waker();
    let mut selection = alternative.as_mut().fair_select();
    assert!(poll(&mut selection, &waker).is_pending());
    channels[1].close();
    assert_eq!(woken.times(), 1);
    assert_eq!(poll(&mut selection, &waker), Poll::Ready((1, Err(TakeError::Closed))));
    drop(selection);
    put(&channels[0], 7);
    for _ in 0..2 {
        let selected = alternative.as_mut().pri_select().when(|at| at == 1).try_now();
        assert_eq!(selected, Some((1, Err(TakeError::Closed))));
    }
    assert_eq!(alternative.as_mut().fair_select().when(|at| at != 1).try_now(), Some((0, Ok(7))));
    assert_eq!(alternative.as_mut().fair_select().when(|at| at != 1).try_now(), None);
    channels[0].poison(3);
    let poisoned = alternative.as_mut().pri_select().try_now();
    assert_eq!(poisoned, Some((0, Err(TakeError::Poisoned { strength: 3 }))));
}

#[test]
fn a22_ended_before_it_was_registered() {
    let channels = channels::<Fixed<8>, StdLock, 2>();
    put(&channels[0], 7);
    channels[0].close();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    assert_eq!(alternative.as_mut().select().try_now(), Some((0, Ok(7))));
    assert_eq!(alternative.as_mut().select().try_now(), Some((0, Err(TakeError::Closed))));
}

#[test]
fn a_promise_is_ready_for_ever() {
    let promise = Channel::<u32, Promise, StdLock>::new();
    let never = Channel::<u32, Rendezvous, StdLock>::new();
    let mut alternative = pin!(Alternative::new((never.take(), promise.take())));
    let (woken, waker) = waker();
    let mut selection = alternative.as_mut().select();
    assert!(poll(&mut selection, &waker).is_pending());
    put(&promise, 5);
    assert_eq!(woken.times(), 1);
    assert_eq!(poll(&mut selection, &waker), Poll::Ready(Selected2::Second(Ok(5))));
    drop(selection);
    assert_eq!(alternative.as_mut().select().try_now(), Some(Selected2::Second(Ok(5))));
}

#[test]
fn a24_what_is_switched_off_stays_marked() {
    let channels = channels::<Fixed<8>, StdLock, 2>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    let (woken, waker) = waker();
    let mut selection = alternative.as_mut().fair_select().when(|at| at == 0);
    assert!(poll(&mut selection, &waker).is_pending());
    put(&channels[1], 1);
    assert!(poll(&mut selection, &waker).is_pending());
    put(&channels[1], 2);
    assert!(woken.times() <= 1, "it was told already");
    put(&channels[0], 3);
    assert_eq!(poll(&mut selection, &waker), Poll::Ready((0, Ok(3))));
    drop(selection);
    assert_eq!(alternative.as_mut().select().try_now(), Some((1, Ok(1))));
}

#[test]
#[should_panic(expected = "no guard that is switched on and no default")]
fn a24_nothing_is_switched_on() {
    let channels = channels::<Fixed<8>, StdLock, 2>();
    let alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    let _never = poll(&mut alternative.select().when(|_| false), Waker::noop());
}

#[test]
fn a24_nothing_is_switched_on_but_there_is_a_default() {
    let channels = channels::<Fixed<8>, StdLock, 2>();
    put(&channels[0], 1);
    let alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    assert_eq!(alternative.select().when(|_| false).try_now(), None);
}

#[test]
#[should_panic(expected = "branch 1 of an `Alternative` is a put")]
fn a_put_in_a_slice_is_refused() {
    let channels = channels::<Fixed<8>, StdLock, 2>();
    let mut value = Some(1);
    let branches = pin!([
        crate::Branch::take(&channels[0]),
        crate::Branch::put_from(&channels[1], &mut value)
    ]);
    let alternative = pin!(Alternative::new(branches));
    alternative.select().try_now();
}

#[test]
fn a_slice_is_registered_again_after_its_alternative_is_gone() {
    let channels = channels::<Fixed<8>, StdLock, 3>();
    let mut branches = pin!(channels.each_ref().map(crate::Branch::take));
    for (round, channel) in channels.iter().enumerate() {
        let mut alternative = pin!(Alternative::new(branches.as_mut()));
        assert_eq!(alternative.as_mut().select().try_now(), None);
        put(channel, 9);
        let selected = alternative.as_mut().select().try_now();
        assert_eq!(selected, Some((round, crate::BranchOutcome::Took(Ok(9)))));
    }
}

#[test]
fn a_dropped_selection_takes_its_waker_along() {
    let channels = channels::<Rendezvous, StdLock, 2>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    let (woken, waker) = waker();
    let mut selection = alternative.as_mut().select();
    assert!(poll(&mut selection, &waker).is_pending());
    drop(selection);
    drop(waker);
    assert_eq!(Arc::strong_count(&woken), 1);
    let mut put = pin!(channels[1].put(1));
    assert!(poll(&mut put, Waker::noop()).is_pending());
    assert_eq!(woken.times(), 0);
    assert_eq!(alternative.as_mut().select().try_now(), Some((1, Ok(1))));
}

#[test]
fn a_leaked_selection_leaves_a_waker_that_the_next_one_drops() {
    let channels = channels::<Rendezvous, StdLock, 2>();
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    let (woken, waker) = waker();
    let mut selection = alternative.as_mut().select();
    assert!(poll(&mut selection, &waker).is_pending());
    core::mem::forget(selection);
    drop(waker);
    assert_eq!(alternative.as_mut().select().try_now(), None);
    assert_eq!(Arc::strong_count(&woken), 1);
}

#[test]
fn the_last_waker_is_woken() {
    let channel = Channel::<u32, Fixed<2>, StdLock>::new();
    let mut alternative = pin!(Alternative::new([channel.take()]));
    let mut selection = alternative.as_mut().select();
    let wakers = [waker(), waker(), waker()];
    for (_, waker) in &wakers {
        assert!(poll(&mut selection, waker).is_pending());
    }
    put(&channel, 1);
    assert_eq!(wakers.each_ref().map(|(woken, _)| woken.times()), [0, 0, 1]);
    assert_eq!(poll(&mut selection, Waker::noop()), Poll::Ready((0, Ok(1))));
}

#[test]
fn a_dropped_alternative_leaves_its_channels() {
    let channels = channels::<Rendezvous, StdLock, 2>();
    let (woken, waker) = waker();
    {
        let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
        assert!(poll(&mut alternative.as_mut().select(), &waker).is_pending());
        let mut selection = alternative.as_mut().select();
        assert!(poll(&mut selection, &waker).is_pending());
        core::mem::forget(selection);
    }
    drop(waker);
    let mut put = pin!(channels[0].put(1));
    assert!(poll(&mut put, Waker::noop()).is_pending());
    assert_eq!((woken.times(), Arc::strong_count(&woken)), (0, 1));
    assert_eq!(channels[0].try_take(), Ok(1));
}

#[test]
fn two_alternatives_and_a_stream_are_told_of_one_channel() {
    use futures_core::Stream;

    let channel = Channel::<u32, Fixed<4>, StdLock>::new();
    let mut first = pin!(Alternative::new([channel.take()]));
    let mut second = pin!(Alternative::new([channel.take(), channel.take()]));
    let mut stream = pin!(channel.stream());
    let wakers = [waker(), waker(), waker()];
    let (mut one, mut two) = (first.as_mut().select(), second.as_mut().fair_select());
    assert!(poll(&mut one, &wakers[0].1).is_pending());
    assert!(stream.as_mut().poll_next(&mut Context::from_waker(&wakers[1].1)).is_pending());
    assert!(poll(&mut two, &wakers[2].1).is_pending());
    put(&channel, 1);
    assert_eq!(wakers.each_ref().map(|(woken, _)| woken.times()), [1, 1, 1]);
    put(&channel, 2);
    put(&channel, 3);
    assert_eq!(wakers.each_ref().map(|(woken, _)| woken.times()), [1, 1, 1]);
    assert_eq!(poll(&mut two, &wakers[2].1), Poll::Ready((0, Ok(1))));
    assert_eq!(poll(&mut one, &wakers[0].1), Poll::Ready((0, Ok(2))));
    drop(two);
    assert_eq!(second.as_mut().fair_select().try_now(), Some((1, Ok(3))));
    assert_eq!(second.as_mut().fair_select().try_now(), None);
    drop(one);
    channel.close();
    assert!(first.as_mut().select().try_now().is_some());
}

#[test]
fn skip_is_served_in_its_turn() {
    let channel = Channel::<u32, Fixed<8>, StdLock>::new();
    let mut alternative = pin!(Alternative::new((channel.take(), skip())));
    (0..3).for_each(|n| put(&channel, n));
    let served = [(); 6].map(|()| alternative.as_mut().fair_select().try_now().unwrap());
    let (first, second) = (Selected2::First, Selected2::Second(()));
    assert_eq!(served, [first(Ok(0)), second, first(Ok(1)), second, first(Ok(2)), second]);
    put(&channel, 9);
    assert_eq!(alternative.as_mut().pri_select().try_now(), Some(first(Ok(9))));
    assert_eq!(alternative.as_mut().pri_select().try_now(), Some(second));
}

#[test]
fn a13_after_many_that_did_not_wait_it_yields_once() {
    let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    let eager = Channel::<u32, Fixed<1>, StdLock>::new().without_yield();
    // Puts that do not wait count too, but try_put is none.
    for (channel, yields) in [(&channel, 2), (&eager, 0)] {
        let mut alternative = pin!(Alternative::new([channel.take()]));
        let (woken, waker) = waker();
        for n in 0..300 {
            put(channel, n);
            let mut selection = alternative.as_mut().fair_select();
            let mut polled = poll(&mut selection, &waker);
            if polled.is_pending() {
                polled = poll(&mut selection, &waker);
            }
            assert_eq!(polled, Poll::Ready((0, Ok(n))));
        }
        assert_eq!(woken.times(), yields);
    }
}

#[test]
fn a_waiting_selection_resets_the_streak() {
    let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    let mut alternative = pin!(Alternative::new([channel.take()]));
    for n in 0..300 {
        let mut selection = alternative.as_mut().fair_select();
        assert!(poll(&mut selection, Waker::noop()).is_pending());
        put(&channel, n);
        assert_eq!(poll(&mut selection, Waker::noop()), Poll::Ready((0, Ok(n))));
    }
    put(&channel, 0);
    assert!(alternative.as_mut().fair_select().try_now().is_some());
}

#[test]
fn a_condition_that_panics_leaves_everything_as_it_was() {
    let channel = Channel::<u32, Fixed<1>, StdLock>::new();
    let mut alternative = pin!(Alternative::new([channel.take()]));
    put(&channel, 1);
    let panics = Cell::new(true);
    let selection = alternative.as_mut().select().when(|_| !panics.get() || panic!("on purpose"));
    let caught = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| selection.try_now()));
    assert!(caught.is_err());
    panics.set(false);
    assert_eq!(alternative.as_mut().select().try_now(), Some((0, Ok(1))));
}
