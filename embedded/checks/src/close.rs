//! Close and poison.

use core::pin::pin;
use core::task::Poll;

use board::Probe;
use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::Lock;
use csp_core::{Channel, Ended, Error, TakeError, TryPutError, TryTakeError};

use crate::poll_once;

pub(crate) fn b19_a_take_from_a_closed_channel_fails_again_and_again<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    channel.close();
    channel.close();
    for _ in 0..3 {
        assert_eq!(poll_once(pin!(channel.take())), Poll::Ready(Err(TakeError::Closed)));
    }
}

pub(crate) fn b20_a_put_to_a_closed_channel_gives_its_value_back<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    channel.close();
    let Poll::Ready(Err(refused)) = poll_once(pin!(channel.put(7))) else {
        panic!("it is closed");
    };
    assert_eq!((refused.kind(), refused.into_inner()), (Error::Closed, 7));
}

pub(crate) fn b21_what_is_buffered_is_still_taken<L: Lock>() {
    let channel = Channel::<u32, Fixed<2>, L>::new();
    channel.try_put(1).unwrap();
    channel.try_put(2).unwrap();
    channel.close();
    assert!(channel.is_closed());
    assert_eq!((channel.try_take(), channel.try_take()), (Ok(1), Ok(2)));
    assert_eq!(channel.try_take(), Err(TryTakeError::Closed));
}

pub(crate) fn b22_a_close_wakes_all_takes<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let (first, second) = (Probe::new(0), Probe::new(1));
    let (mut one, mut other) = (pin!(channel.take()), pin!(channel.take()));
    assert!(first.poll(one.as_mut()).is_pending());
    assert!(second.poll(other.as_mut()).is_pending());
    channel.close();
    assert_eq!((first.wakes(), second.wakes()), (1, 1));
    assert_eq!(first.poll(one), Poll::Ready(Err(TakeError::Closed)));
    assert_eq!(second.poll(other), Poll::Ready(Err(TakeError::Closed)));
}

pub(crate) fn b23_a_close_fails_parked_puts<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    channel.try_put(1).unwrap();
    let putter = Probe::new(0);
    let mut put = pin!(channel.put(2));
    assert!(putter.poll(put.as_mut()).is_pending());
    channel.close();
    assert_eq!(putter.wakes(), 1);
    let Poll::Ready(Err(refused)) = putter.poll(put) else { panic!("it is closed") };
    assert_eq!(refused.into_inner(), 2);
    assert_eq!(channel.try_take(), Ok(1));
}

pub(crate) fn b31_poison_wakes_who_waits<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let taker = Probe::new(0);
    let mut take = pin!(channel.take());
    assert!(taker.poll(take.as_mut()).is_pending());
    assert!(channel.poison(5));
    assert_eq!(taker.wakes(), 1);
    assert_eq!(taker.poll(take), Poll::Ready(Err(TakeError::Poisoned { strength: 5 })));
    assert_eq!(channel.try_put(1), Err(TryPutError::Poisoned { value: 1, strength: 5 }));
}

pub(crate) fn b33_what_has_matched_is_not_poisoned<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let mut take = pin!(channel.take());
    assert!(poll_once(take.as_mut()).is_pending());
    channel.try_put(1).unwrap();
    channel.poison(1);
    assert_eq!(poll_once(take), Poll::Ready(Ok(1)));
}

pub(crate) fn b36_poison_drains_or_discards_by_its_side<L: Lock>() {
    let drained = Channel::<u32, Fixed<2>, L>::new();
    drained.try_put(1).unwrap();
    drained.sender().poison(1);
    assert_eq!(drained.try_take(), Ok(1));
    assert_eq!(drained.try_take(), Err(TryTakeError::Poisoned { strength: 1 }));

    let discarded = Channel::<u32, Fixed<2>, L>::new();
    discarded.try_put(1).unwrap();
    discarded.receiver().poison(1);
    assert_eq!(discarded.try_take(), Err(TryTakeError::Poisoned { strength: 1 }));
    assert_eq!(discarded.discarded(), 1);
}

pub(crate) fn b41_an_immune_channel_ignores_weak_poison<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new().with_immunity(5);
    assert!(!channel.poison(5));
    assert_eq!(channel.try_put(1), Ok(()));
    assert!(channel.poison(6));
    assert_eq!(channel.ended(), Some(Ended::Poisoned { strength: 6 }));
}

pub(crate) fn a16_the_end_can_be_awaited<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    let watcher = Probe::new(0);
    let mut closed = pin!(channel.closed());
    assert!(watcher.poll(closed.as_mut()).is_pending());
    channel.close();
    assert_eq!(watcher.wakes(), 1);
    assert_eq!(watcher.poll(closed), Poll::Ready(Ended::Closed));
}
