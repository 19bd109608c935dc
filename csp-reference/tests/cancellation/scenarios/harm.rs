//! Leaks, panics and wakers that use the channel (A12). `tests/soundness` goes through the same
//! for every step at which they may come.

use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Wake, Waker};

use csp_core::buffer::{Buffer, Fixed, Rendezvous, Sliding};
use csp_core::lock::{SingleThread, StdLock};
use csp_core::{Channel, PutError, TryPutError, TryTakeError, alts};

use super::hand::Hand;

#[test]
fn a08_a_leaked_take_does_not_reach_a_channel_that_has_moved() {
    /// What is leaked on purpose, so that no tool takes it for an oversight.
    static LEAKED: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());
    let channel = Channel::<u32, Rendezvous, SingleThread>::new();
    let mut take = Box::pin(channel.take());
    assert!(take.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    LEAKED.store(std::ptr::from_ref(&*take).cast_mut().cast(), Ordering::Relaxed);
    #[expect(clippy::mem_forget, reason = "what safe code can do to the channel")]
    std::mem::forget(take);

    let moved = Box::new(channel);
    assert_eq!(moved.parked_takes(), 1);
    // Whoever leaks a take that waits has accepted a value for ever.
    assert_eq!(moved.try_put(1), Ok(()));
    let mut next = Hand::parked(moved.take());
    assert_eq!(moved.try_put(2), Err(TryPutError::Full(2)), "nobody frees the place");
    let put = Hand::parked(moved.put(3));
    assert!(next.is_woken());
    assert_eq!(next.completes(), Ok(3));
    assert_eq!(put.completes(), Ok(()));
}

struct Panicking;

impl Wake for Panicking {
    fn wake(self: Arc<Self>) {
        panic!("a waker of a test panics");
    }
}

#[test]
fn a12_a_panicking_waker_keeps_nobody_else_from_being_woken() {
    let channel = Channel::<u32, Rendezvous, StdLock>::new();
    let mut take = Box::pin(channel.take());
    let panicking = Waker::from(Arc::new(Panicking));
    assert!(take.as_mut().poll(&mut Context::from_waker(&panicking)).is_pending());
    let mut others = [(); 3].map(|()| Hand::parked(channel.take()));
    assert!(catch_unwind(AssertUnwindSafe(|| channel.close())).is_err());
    assert!(others.iter_mut().all(Hand::is_woken));
    assert!(channel.is_closed());
    assert_eq!(channel.parked_takes(), 0);

    // The same if it stands in front of a hand-over: that has happened.
    let channel = Channel::<u32, Rendezvous, SingleThread>::new();
    let mut take = Box::pin(channel.take());
    assert!(take.as_mut().poll(&mut Context::from_waker(&panicking)).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| channel.try_put(1))).is_err());
    drop(take);
    assert_eq!(channel.try_take(), Ok(1));
}

/// Panics when it is dropped for the first time.
struct Bomb<'a>(&'a Cell<bool>);

impl Drop for Bomb<'_> {
    fn drop(&mut self) {
        assert!(!self.0.replace(false), "a value of a test panics");
    }
}

#[test]
fn a12_a_panicking_drop_leaves_the_channel_usable() {
    let armed = Cell::new(false);
    fn usable<B: Buffer<u32>>(channel: &Channel<u32, B, SingleThread>) -> bool {
        channel.try_put(1).is_ok() && channel.try_take() == Ok(1)
    }
    // Evicted by a rule.
    let channel = Channel::<Bomb<'_>, Sliding<1>, SingleThread>::new();
    assert!(channel.try_put(Bomb(&armed)).is_ok());
    armed.set(true);
    assert!(catch_unwind(AssertUnwindSafe(|| channel.try_put(Bomb(&armed)))).is_err());
    assert_eq!((channel.len(), channel.discarded()), (1, 1));
    // Discarded by poison, with others behind it.
    let channel = Channel::<Bomb<'_>, Fixed<2>, StdLock>::new();
    assert!(channel.try_put(Bomb(&armed)).is_ok() && channel.try_put(Bomb(&armed)).is_ok());
    let mut put = Hand::parked(channel.put(Bomb(&armed)));
    armed.set(true);
    assert!(catch_unwind(AssertUnwindSafe(|| channel.poison(1))).is_err());
    assert!(put.is_woken());
    assert_eq!((channel.len(), channel.discarded()), (0, 2));
    assert!(usable(&Channel::<u32, Fixed<1>, SingleThread>::new()));
}

/// A waker that uses the channel which calls it.
struct Reenters {
    channel: Arc<Channel<u32, Fixed<1>, StdLock>>,
    found: OnceLock<(usize, Result<u32, TryTakeError>)>,
    calls: AtomicUsize,
}

impl Wake for Reenters {
    fn wake(self: Arc<Self>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let parked = self.channel.parked_takes();
        self.found.set((parked, self.channel.try_take())).expect("woken once");
    }
}

#[test]
fn a12_a_waker_may_use_the_channel_that_calls_it() {
    let channel = Arc::new(Channel::<u32, Fixed<1>, StdLock>::new());
    let reenters = Arc::new(Reenters {
        channel: Arc::clone(&channel),
        found: OnceLock::new(),
        calls: AtomicUsize::new(0),
    });
    let waker = Waker::from(Arc::clone(&reenters));
    channel.try_put(1).unwrap();
    // A put that waits for room is woken when it has moved in, and takes its own value.
    let mut put = Box::pin(channel.put(2));
    assert!(put.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(channel.try_take(), Ok(1));
    assert_eq!(reenters.found.get(), Some(&(0, Ok(2))));
    assert_eq!(reenters.calls.load(Ordering::Relaxed), 1);
    assert!(put.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
}

/// The first put that fails makes room, which the others are not to have.
#[test]
fn a14_who_is_woken_by_a_close_lets_nobody_in() {
    let channel = Arc::new(Channel::<u32, Fixed<1>, StdLock>::new());
    let reenters = Arc::new(Reenters {
        channel: Arc::clone(&channel),
        found: OnceLock::new(),
        calls: AtomicUsize::new(0),
    });
    let waker = Waker::from(Arc::clone(&reenters));
    channel.try_put(1).unwrap();
    let mut put = Box::pin(channel.put(2));
    assert!(put.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    let other = Hand::parked(channel.put(3));
    channel.close();
    assert_eq!(reenters.found.get(), Some(&(0, Ok(1))));
    assert_eq!(other.completes(), Err(PutError::Closed(3)));
    assert_eq!((channel.len(), channel.try_take()), (0, Err(TryTakeError::Closed)));
    drop(put);
}

#[test]
fn a12_a_choice_that_is_dropped_by_a_waker_leaves_its_channels() {
    thread_local!(static CHOICE: Cell<Option<Box<dyn FnOnce()>>> = const { Cell::new(None) });
    struct Drops;
    impl Wake for Drops {
        fn wake(self: Arc<Self>) {
            CHOICE.take().expect("woken once")();
        }
    }
    let c = std::rc::Rc::new(Channel::<u32, Rendezvous, SingleThread>::new());
    let d = std::rc::Rc::new(Channel::<u32, Rendezvous, SingleThread>::new());
    let (own_c, own_d) = (c.clone(), d.clone());
    let mut choice = Box::pin(async move { alts((own_c.take(), own_d.take())).priority().await });
    let waker = Waker::from(Arc::new(Drops));
    assert!(choice.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    CHOICE.set(Some(Box::new(move || drop(choice))));
    // Its waker drops the choice within the put that gave it a value: the value comes back.
    d.try_put(1).unwrap();
    assert_eq!((c.parked_takes(), d.parked_takes(), d.len()), (0, 0, 1));
    assert_eq!(d.try_take(), Ok(1));
}
