//! Buffers that never make a put wait.

use core::pin::pin;
use core::task::Poll;

use board::Probe;
use csp_core::buffer::{Dropping, Overwriting, Promise, Sliding};
use csp_core::lock::Lock;
use csp_core::{Channel, TakeError};

use crate::poll_once;

pub(crate) fn b89_a_dropping_buffer_drops_the_newest<L: Lock>() {
    let channel = Channel::<u32, Dropping<2>, L>::new();
    for number in 1..=4 {
        assert_eq!(poll_once(pin!(channel.put(number))), Poll::Ready(Ok(())));
    }
    assert_eq!((channel.try_take(), channel.try_take()), (Ok(1), Ok(2)));
    assert_eq!((channel.len(), channel.discarded()), (0, 2));
}

pub(crate) fn b90_a_sliding_buffer_drops_the_oldest<L: Lock>() {
    let channel = Channel::<u32, Sliding<2>, L>::new();
    (1..=4).for_each(|number| channel.try_put(number).unwrap());
    assert_eq!((channel.try_take(), channel.try_take()), (Ok(3), Ok(4)));
    assert_eq!((channel.len(), channel.discarded()), (0, 2));
}

pub(crate) fn b93_an_overwriting_buffer_replaces_the_newest<L: Lock>() {
    let channel = Channel::<u32, Overwriting<2>, L>::new();
    (1..=4).for_each(|number| channel.try_put(number).unwrap());
    assert_eq!((channel.try_take(), channel.try_take()), (Ok(1), Ok(4)));
    assert_eq!((channel.len(), channel.discarded()), (0, 2));
}

pub(crate) fn b96_a_promise_is_for_everybody<L: Lock>() {
    let channel = Channel::<u32, Promise, L>::new();
    let (first, second) = (Probe::new(0), Probe::new(1));
    let (mut one, mut other) = (pin!(channel.take()), pin!(channel.take()));
    assert!(first.poll(one.as_mut()).is_pending());
    assert!(second.poll(other.as_mut()).is_pending());
    channel.try_put(7).unwrap();
    assert_eq!((first.wakes(), second.wakes()), (1, 1));
    assert_eq!(first.poll(one), Poll::Ready(Ok(7)));
    assert_eq!(second.poll(other), Poll::Ready(Ok(7)));
    // The first value is for ever, also after the close.
    channel.try_put(8).unwrap();
    channel.close();
    assert_eq!(poll_once(pin!(channel.take())), Poll::Ready(Ok(7)));

    let never = Channel::<u32, Promise, L>::new();
    never.close();
    assert_eq!(poll_once(pin!(never.take())), Poll::Ready(Err(TakeError::Closed)));
}
