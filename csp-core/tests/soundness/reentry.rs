//! No user code runs under a lock: each kind of it comes back to the channel here.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use csp_core::buffer::{Fixed, Rendezvous, Sliding};
use csp_core::lock::{SingleThread, StdLock};
use csp_core::{Chan, Channel, alts};
use futures_core::Stream;

use crate::support::{OnDrop, poll};

static WORDS: Channel<Back, Fixed<2>, StdLock> = Channel::new();

/// A value whose drop comes back to its channel.
struct Back;

impl Drop for Back {
    fn drop(&mut self) {
        assert!(WORDS.len() <= 2);
    }
}

#[test]
fn a_waker_that_is_dropped_by_a_stream_may_use_the_channel() {
    static CHANNEL: Channel<u32, Fixed<2>, StdLock> = Channel::new();
    let touch = || Waker::from(Arc::new(OnDrop(|| assert!(CHANNEL.len() <= 2))));
    let mut stream = pin!(CHANNEL.stream());
    let mut next = |waker: Waker| {
        let polled = stream.as_mut().poll_next(&mut Context::from_waker(&waker));
        drop(waker);
        polled
    };
    assert_eq!(next(touch()), Poll::Pending);
    assert_eq!(next(touch()), Poll::Pending);
    CHANNEL.try_put(1).unwrap();
    assert_eq!(next(touch()), Poll::Ready(Some(1)));
    assert_eq!(next(touch()), Poll::Pending);
}

#[test]
fn values_that_come_back_in_their_drop_may_be_discarded() {
    assert!(WORDS.try_put(Back).is_ok());
    WORDS.poison(1);
    static LATEST: Channel<Latest, Sliding<1>, StdLock> = Channel::new();
    struct Latest;
    impl Drop for Latest {
        fn drop(&mut self) {
            assert!(LATEST.len() <= 1);
        }
    }
    for _ in 0..3 {
        assert!(LATEST.try_put(Latest).is_ok());
    }
    assert_eq!(LATEST.discarded(), 2);
}

#[test]
fn wakers_that_are_replaced_or_left_over_may_use_the_channel() {
    static CHANNEL: Channel<u32, Rendezvous, StdLock> = Channel::new();
    let touch = || Waker::from(Arc::new(OnDrop(|| assert_eq!(CHANNEL.len(), 0))));
    {
        let mut take = pin!(CHANNEL.take());
        assert!(poll(take.as_mut(), &touch()).is_pending());
        assert!(poll(take.as_mut(), &touch()).is_pending());
    }
    {
        let mut choice = pin!(alts([CHANNEL.take(), CHANNEL.take()]));
        assert!(poll(choice.as_mut(), &touch()).is_pending());
        assert!(poll(choice.as_mut(), &touch()).is_pending());
    }
    assert_eq!(CHANNEL.parked_takes(), 0);
}

#[test]
fn a08_a_channel_that_ends_keeps_no_waker() {
    let wakes = Arc::new(OnDrop(|| ()));
    let waker = Waker::from(wakes.clone());
    let chan = Chan::<u32, SingleThread>::new();
    for n in 0..2 {
        let mut take = pin!(chan.take());
        assert!(poll(take.as_mut(), &waker).is_pending());
        assert_eq!(chan.try_put(n), Ok(()));
        assert_eq!(poll(take.as_mut(), &waker), Poll::Ready(Ok(n)));
        let mut put = pin!(chan.put(n));
        assert!(poll(put.as_mut(), &waker).is_pending());
        assert_eq!(chan.try_take(), Ok(n));
        assert_eq!(poll(put.as_mut(), &waker), Poll::Ready(Ok(())));
    }
    assert_eq!(Arc::strong_count(&wakes), 2 + 2, "one of each side is kept");
    chan.close();
    assert_eq!(Arc::strong_count(&wakes), 2);
}

#[test]
fn a08_a_channel_that_its_waker_ends_keeps_no_waker() {
    thread_local! {
        static CHAN: Chan<u32, SingleThread> = Chan::new();
    }
    /// It closes the channel when it wakes for the second time: there is room for it by then.
    #[derive(Default)]
    struct Closes(AtomicBool);
    impl Wake for Closes {
        fn wake(self: Arc<Self>) {
            self.wake_by_ref();
        }

        fn wake_by_ref(self: &Arc<Self>) {
            if self.0.swap(true, Ordering::Relaxed) {
                CHAN.with(|chan| chan.close());
            }
        }
    }
    let closes = Arc::new(Closes::default());
    CHAN.with(|chan| {
        for n in 0..2 {
            let mut take = pin!(chan.take());
            assert!(poll(take.as_mut(), &Waker::from(closes.clone())).is_pending());
            assert_eq!(chan.try_put(n), Ok(()));
            assert_eq!(poll(take.as_mut(), Waker::noop()), Poll::Ready(Ok(n)));
        }
        assert!(chan.is_closed());
    });
    assert_eq!(Arc::strong_count(&closes), 1);
}
