//! A panic of user code, wherever it strikes, leaves no node behind and doubles no value.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};

use csp_core::buffer::{Buffer, Fixed, Rendezvous};
use csp_core::lock::{Lock, SingleThread, StdLock};
use csp_core::{
    Branch, CancelledPut, Chan, Channel, KeptFuture, Rotation, Selected3, alts, future,
};

use crate::support::{Count, panicking_waker, panics, poll};

type Here<T> = Channel<T, Rendezvous, SingleThread>;

#[test]
fn a_rotation_that_is_too_short_leaves_the_guards_as_they_were() {
    let channel = Here::<Box<u32>>::new();
    let mut value = Some(Box::new(1));
    assert!(panics(|| {
        let mut turns = Rotation::<1>::new();
        let guards = (channel.take(), channel.put_from(&mut value));
        drop(alts(guards).fair(&mut turns).try_now());
    }));
    assert_eq!((channel.len(), value), (0, Some(Box::new(1))));
}

#[test]
fn a_future_that_panics_in_a_choice_leaves_the_guards_as_they_were() {
    let channel = Here::<Box<u32>>::new();
    let mut value = Some(Box::new(1));
    {
        let fails = pin!(KeptFuture::new(poll_fn(|_| -> Poll<()> { panic!("in a test") })));
        let guards = (channel.take(), channel.put_from(&mut value), future(fails));
        assert!(panics(|| drop(alts(guards).try_now())));
    }
    assert_eq!((channel.len(), value), (0, Some(Box::new(1))));
}

#[test]
fn a_rotation_that_is_too_short_leaves_the_branches_of_a_slice_as_they_were() {
    let channel = Here::<Box<u32>>::new();
    let mut branches = pin!([Branch::take(&channel)]);
    let mut turns = Rotation::<0>::new();
    assert!(panics(|| drop(alts(branches.as_mut()).fair(&mut turns).try_now())));
    assert!(channel.is_empty());
}

#[test]
fn what_a_dropped_choice_was_given_goes_on_though_the_next_waker_panics() {
    let [first, second, third] = [(); 3].map(|()| Here::<Box<u32>>::new());
    let mut choice = Box::pin(alts([first.take(), second.take(), third.take()]));
    assert!(poll(choice.as_mut(), Waker::noop()).is_pending());
    let mut next = pin!(first.take());
    assert!(poll(next.as_mut(), &panicking_waker()).is_pending());
    first.try_put(Box::new(1)).unwrap();
    assert!(panics(|| drop(choice)));
    assert_eq!((second.parked_takes(), third.parked_takes()), (0, 0));
    assert!(second.try_put(Box::new(2)).is_err());
    assert_eq!(poll(next.as_mut(), Waker::noop()), Poll::Ready(Ok(Box::new(1))));
}

#[test]
fn a_choice_that_panicked_when_a_future_won_is_over() {
    let channel = Here::<Box<u32>>::new();
    let go = Rc::new(Cell::new(false));
    let gone = Rc::clone(&go);
    let wins = pin!(KeptFuture::new(poll_fn(move |_| match gone.get() {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })));
    let mut value = Some(Box::new(1));
    let mut taker = Box::pin(channel.take());
    // The one place is taken, so that puts wait beside takes.
    assert!(poll(taker.as_mut(), Waker::noop()).is_pending());
    channel.try_put(Box::new(0)).unwrap();
    let mut idle = pin!(channel.take());
    assert!(poll(idle.as_mut(), Waker::noop()).is_pending());
    {
        let guards = (future(wins), channel.put_from(&mut value));
        let mut choice = pin!(alts(guards).priority());
        assert!(poll(choice.as_mut(), Waker::noop()).is_pending());
        let mut put = pin!(channel.put(Box::new(2)));
        assert!(poll(put.as_mut(), &panicking_waker()).is_pending());
        assert_eq!(poll(taker.as_mut(), Waker::noop()), Poll::Ready(Ok(Box::new(0))));
        go.set(true);
        let first = panics(|| assert!(poll(choice.as_mut(), Waker::noop()).is_ready()));
        assert!(first, "leaving tells the put behind, whose waker panics");
        assert!(panics(|| assert!(poll(choice.as_mut(), Waker::noop()).is_ready())));
    }
    assert_eq!(value, Some(Box::new(1)));
}

#[test]
fn a_choice_that_was_given_a_value_returns_it_after_a_panic_of_a_waker() {
    let [first, second, third] = [(); 3].map(|()| Here::<Box<u32>>::new());
    let mut taker = Box::pin(first.take());
    assert!(poll(taker.as_mut(), Waker::noop()).is_pending());
    first.try_put(Box::new(0)).unwrap();
    let mut idle = pin!(first.take());
    assert!(poll(idle.as_mut(), Waker::noop()).is_pending());
    let mut value = Some(Box::new(1));
    let mut choice = pin!(alts((first.put_from(&mut value), second.take(), third.take())));
    assert!(poll(choice.as_mut(), Waker::noop()).is_pending());
    let mut put = pin!(first.put(Box::new(2)));
    assert!(poll(put.as_mut(), &panicking_waker()).is_pending());
    assert_eq!(poll(taker.as_mut(), Waker::noop()), Poll::Ready(Ok(Box::new(0))));
    second.try_put(Box::new(3)).unwrap();
    let told = panics(|| drop(poll(choice.as_mut(), Waker::noop())));
    assert!(told, "the put behind is told that the one before it has left");
    assert_eq!(third.parked_takes(), 0);
    let Poll::Ready(Selected3::Second(taken)) = poll(choice.as_mut(), Waker::noop()) else {
        panic!("it was given a value");
    };
    assert_eq!(taken, Ok(Box::new(3)));
}

#[test]
fn a_put_keeps_its_value_when_leaving_wakes_a_waker_that_panics() {
    let value = Arc::new(());
    let channel = Here::<Arc<()>>::new();
    let mut taker = Box::pin(channel.take());
    assert!(poll(taker.as_mut(), Waker::noop()).is_pending());
    channel.try_put(Arc::new(())).unwrap();
    let mut idle = pin!(channel.take());
    assert!(poll(idle.as_mut(), Waker::noop()).is_pending());
    let mut source = Some(Arc::clone(&value));
    let mut first = Box::pin(channel.put_from(&mut source));
    assert!(poll(first.as_mut(), Waker::noop()).is_pending());
    let mut second = Box::pin(channel.put(Arc::clone(&value)));
    assert!(poll(second.as_mut(), Waker::noop()).is_pending());
    let mut third = pin!(channel.put(Arc::clone(&value)));
    assert!(poll(third.as_mut(), &panicking_waker()).is_pending());
    // The place is free, and `first` has been told so; `third` is behind it.
    assert!(poll(taker.as_mut(), Waker::noop()).is_ready());
    let _may_panic = panics(|| drop(first));
    let _may_panic = panics(|| drop(second));
    assert_eq!((source.is_some(), Arc::strong_count(&value)), (true, 3));
    assert_eq!(third.as_mut().cancel(), CancelledPut::Returned(Arc::clone(&value)));
}

/// What it is given is dropped as the panic passes: neither kept for ever, nor dropped twice.
#[test]
fn an_operation_drops_its_value_once_when_it_wakes_a_waker_that_panics() {
    fn meets<B: Buffer<Arc<()>>, L: Lock>(channel: &Channel<Arc<()>, B, L>) {
        let value = Arc::new(());
        let mut put = Box::pin(channel.put(Arc::clone(&value)));
        assert!(poll(put.as_mut(), &panicking_waker()).is_pending());
        let mut take = Box::pin(channel.take());
        assert!(panics(|| drop(poll(take.as_mut(), Waker::noop()))));
        assert!(poll(put.as_mut(), Waker::noop()).is_ready());
        drop((put, take));
        assert_eq!(Arc::strong_count(&value), 1);

        let mut take = Box::pin(channel.take());
        assert!(poll(take.as_mut(), &panicking_waker()).is_pending());
        let mut put = Box::pin(channel.put(Arc::clone(&value)));
        assert!(panics(|| drop(poll(put.as_mut(), Waker::noop()))));
        drop(put);
        assert_eq!(Arc::strong_count(&value), 2);
        assert!(poll(take.as_mut(), Waker::noop()).is_ready());
        drop(take);
        assert_eq!(Arc::strong_count(&value), 1);
    }
    meets(&Channel::<_, Rendezvous, SingleThread>::new());
    meets(&Channel::<_, Rendezvous, StdLock>::new());
    meets(&*Chan::<_, SingleThread>::new());
    meets(&*Chan::<_, StdLock>::new());
}

#[test]
fn a_close_wakes_everybody_though_a_waker_panics() {
    let channel = Here::<Box<u32>>::new();
    let (count, waker) = Count::new();
    let mut takes = [(); 3].map(|()| Box::pin(channel.take()));
    for (take, waker) in takes.iter_mut().zip([&waker, &panicking_waker(), &waker]) {
        assert!(poll(take.as_mut(), waker).is_pending());
    }
    assert!(panics(|| channel.close()));
    assert_eq!((count.get(), channel.parked_takes()), (2, 0));
}

#[test]
fn a_value_whose_clone_panics_leaves_the_promise_usable() {
    #[derive(Debug)]
    struct Fussy(Arc<std::sync::atomic::AtomicBool>);
    impl Clone for Fussy {
        fn clone(&self) -> Self {
            assert!(!self.0.swap(false, std::sync::atomic::Ordering::SeqCst), "in a test");
            Self(Arc::clone(&self.0))
        }
    }
    let chan = Chan::<Fussy, StdLock>::promise();
    let mut take = pin!(chan.take());
    assert!(poll(take.as_mut(), Waker::noop()).is_pending());
    let fails = Arc::new(std::sync::atomic::AtomicBool::new(true));
    chan.try_put(Fussy(fails)).unwrap();
    assert!(panics(|| drop(poll(take.as_mut(), Waker::noop()))));
    assert!(chan.try_take().is_ok());
}

#[test]
fn values_whose_drop_panics_leave_the_channel_usable() {
    struct Fussy(bool);
    impl Drop for Fussy {
        fn drop(&mut self) {
            assert!(!self.0, "in a test");
        }
    }
    let channel = Channel::<Fussy, Fixed<3>, SingleThread>::new();
    for fussy in [false, true, false] {
        assert!(channel.try_put(Fussy(fussy)).is_ok());
    }
    assert!(panics(|| assert!(channel.poison(1))));
    assert_eq!((channel.len(), channel.discarded()), (0, 3));
}
