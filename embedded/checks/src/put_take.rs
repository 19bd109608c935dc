//! Puts and takes: when they complete, and in which order.

use core::pin::pin;
use core::task::Poll;

use board::Probe;
use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::Lock;
use csp_core::{Channel, Error, PutError, TryPutError, TryTakeError};

use crate::poll_once;

pub(crate) fn b1_a_put_with_a_waiting_take_completes_at_once<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let taker = Probe::new(0);
    let mut take = pin!(channel.take());
    assert!(taker.poll(take.as_mut()).is_pending());
    assert_eq!(poll_once(pin!(channel.put(7))), Poll::Ready(Ok(())));
    assert_eq!(taker.wakes(), 1);
    assert_eq!(taker.poll(take), Poll::Ready(Ok(7)));
}

pub(crate) fn b3_a_put_into_free_space_needs_no_take<L: Lock>() {
    let channel = Channel::<u32, Fixed<2>, L>::new();
    assert_eq!(poll_once(pin!(channel.put(1))), Poll::Ready(Ok(())));
    assert_eq!(poll_once(pin!(channel.put(2))), Poll::Ready(Ok(())));
    assert_eq!(channel.len(), 2);
}

pub(crate) fn b4_a_put_into_a_full_buffer_waits<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    channel.try_put(1).unwrap();
    let mut put = pin!(channel.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(channel.try_take(), Ok(1));
    assert_eq!(poll_once(put), Poll::Ready(Ok(())));
    assert_eq!(channel.try_take(), Ok(2));
}

pub(crate) fn b5_a_take_gets_the_value_of_a_parked_put<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let mut put = pin!(channel.put(42));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(poll_once(pin!(channel.take())), Poll::Ready(Ok(42)));
    assert_eq!(poll_once(put), Poll::Ready(Ok(())));
}

pub(crate) fn b7_a_take_admits_the_oldest_parked_put<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    channel.try_put(1).unwrap();
    let (older, newer) = (Probe::new(0), Probe::new(1));
    let (mut second, mut third) = (pin!(channel.put(2)), pin!(channel.put(3)));
    assert!(older.poll(second.as_mut()).is_pending());
    assert!(newer.poll(third.as_mut()).is_pending());

    assert_eq!(channel.try_take(), Ok(1));
    assert_eq!((older.wakes(), newer.wakes()), (1, 0));
    assert_eq!((channel.len(), channel.parked_puts()), (1, 1));
    assert_eq!(older.poll(second), Poll::Ready(Ok(())));
    assert_eq!(channel.try_take(), Ok(2));
    assert_eq!(newer.wakes(), 1);
    assert_eq!(channel.try_take(), Ok(3));
}

pub(crate) fn b10_parked_takes_and_puts_are_served_in_order<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let (mut first, mut second) = (pin!(channel.take()), pin!(channel.take()));
    assert!(poll_once(first.as_mut()).is_pending());
    assert!(poll_once(second.as_mut()).is_pending());
    channel.try_put(1).unwrap();
    // One place for a value that comes back: the first has to be collected.
    assert_eq!(poll_once(first), Poll::Ready(Ok(1)));
    channel.try_put(2).unwrap();
    assert_eq!(poll_once(second), Poll::Ready(Ok(2)));

    let (mut third, mut fourth) = (pin!(channel.put(3)), pin!(channel.put(4)));
    assert!(poll_once(third.as_mut()).is_pending());
    assert!(poll_once(fourth.as_mut()).is_pending());
    assert_eq!((channel.try_take(), channel.try_take()), (Ok(3), Ok(4)));
}

pub(crate) fn b13_parked_puts_are_counted<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let (mut first, mut second) = (pin!(channel.put(1)), pin!(channel.put(2)));
    assert!(poll_once(first.as_mut()).is_pending());
    assert!(poll_once(second.as_mut()).is_pending());
    for left in [1, 0] {
        assert!(channel.try_take().is_ok());
        assert_eq!(channel.parked_puts(), left);
    }
}

pub(crate) fn b14_any_value_can_be_sent<L: Lock>() {
    let nothing = Channel::<(), Fixed<1>, L>::new();
    nothing.try_put(()).unwrap();
    assert_eq!(nothing.try_take(), Ok(()));
    let optional = Channel::<Option<bool>, Fixed<1>, L>::new();
    optional.try_put(None).unwrap();
    assert_eq!(optional.try_take(), Ok(None));
}

pub(crate) fn b15_len_and_capacity_are_right<L: Lock>() {
    let channel = Channel::<u8, Fixed<3>, L>::new();
    assert_eq!(channel.capacity(), Some(3));
    for len in 0..3_u8 {
        assert_eq!(channel.len(), usize::from(len));
        channel.try_put(len).unwrap();
    }
    assert_eq!(channel.len(), 3);
    assert_eq!(Channel::<u8, Rendezvous, L>::new().capacity(), Some(0));
}

pub(crate) fn b17_a_put_is_not_woken_before_a_take_has_come<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let putter = Probe::new(0);
    let mut put = pin!(channel.put(1));
    assert!(putter.poll(put.as_mut()).is_pending());
    let mut other = pin!(channel.put(2));
    assert!(poll_once(other.as_mut()).is_pending());
    assert_eq!(putter.wakes(), 0);
    assert_eq!(channel.try_take(), Ok(1));
    assert_eq!(putter.wakes(), 1);
}

pub(crate) fn b84_try_forms_tell_why_not<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    assert_eq!(channel.try_take(), Err(TryTakeError::Empty));
    assert_eq!(channel.try_put(1), Ok(()));
    assert_eq!(channel.try_put(2), Err(TryPutError::Full(2)));
    channel.close();
    assert_eq!(channel.try_put(3), Err(TryPutError::Closed(3)));
    assert_eq!(channel.try_take(), Ok(1));
    assert_eq!(channel.try_take(), Err(TryTakeError::Closed));
}

pub(crate) fn b85_try_forms_meet_who_waits<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    assert_eq!(channel.try_put(1), Err(TryPutError::Full(1)));
    assert_eq!(channel.try_take(), Err(TryTakeError::Empty));
    {
        let mut take = pin!(channel.take());
        assert!(poll_once(take.as_mut()).is_pending());
        assert_eq!(channel.try_take(), Err(TryTakeError::Empty));
        assert_eq!(channel.try_put(1), Ok(()));
        assert_eq!(poll_once(take), Poll::Ready(Ok(1)));
    }
    let mut put = pin!(channel.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(channel.try_put(3), Err(TryPutError::Full(3)));
    assert_eq!(channel.try_take(), Ok(2));
    assert_eq!(poll_once(put), Poll::Ready(Ok(())));
}

pub(crate) fn b87_one_too_many_waits_in_vain<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new().with_pending_limit(1);
    let mut put = pin!(channel.put(1));
    assert!(poll_once(put.as_mut()).is_pending());
    let Poll::Ready(Err(refused)) = poll_once(pin!(channel.put(2))) else {
        panic!("the channel is crowded");
    };
    assert_eq!(refused.kind(), Error::Crowded);
    assert_eq!(PutError::into_inner(refused), 2);
    assert_eq!(channel.try_take(), Ok(1));
    assert_eq!(poll_once(put), Poll::Ready(Ok(())));
}

pub(crate) fn a10_the_last_waker_is_woken<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let (old, new) = (Probe::new(0), Probe::new(1));
    let mut take = pin!(channel.take());
    assert!(old.poll(take.as_mut()).is_pending());
    assert!(new.poll(take.as_mut()).is_pending());
    channel.try_put(1).unwrap();
    assert_eq!((old.wakes(), new.wakes()), (0, 1));
    assert_eq!(new.poll(take), Poll::Ready(Ok(1)));
}

pub(crate) fn a13_after_128_immediate_operations_the_next_yields<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    for number in 0..64 {
        assert_eq!(poll_once(pin!(channel.put(number))), Poll::Ready(Ok(())));
        assert_eq!(poll_once(pin!(channel.take())), Poll::Ready(Ok(number)));
    }
    let probe = Probe::new(0);
    let mut put = pin!(channel.put(64));
    assert!(probe.poll(put.as_mut()).is_pending());
    assert_eq!((probe.wakes(), channel.len()), (1, 0));
    assert_eq!(probe.poll(put), Poll::Ready(Ok(())));
}
