//! What is dropped when: nothing is lost, and nothing is left behind.

use core::pin::pin;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use core::task::Poll;

use board::Probe;
use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::Lock;
use csp_core::{CancelledPut, Channel, TryPutError, TryTakeError, alts};

use crate::poll_once;

/// A value that counts its drops.
#[derive(Debug)]
struct Counted<'a>(&'a AtomicU32);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.store(self.0.load(Relaxed) + 1, Relaxed);
    }
}

pub(crate) fn b80_a_dropped_take_leaves_no_ghost<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    {
        let mut take = pin!(channel.take());
        assert!(poll_once(take.as_mut()).is_pending());
        assert_eq!(channel.parked_takes(), 1);
    }
    assert_eq!(channel.parked_takes(), 0);
    assert_eq!(channel.try_put(1), Err(TryPutError::Full(1)));
}

pub(crate) fn b81_a_dropped_put_withdraws_its_value<L: Lock>() {
    let drops = AtomicU32::new(0);
    let channel = Channel::<Counted<'_>, Rendezvous, L>::new();
    {
        let mut put = pin!(channel.put(Counted(&drops)));
        assert!(poll_once(put.as_mut()).is_pending());
        assert_eq!(drops.load(Relaxed), 0);
    }
    assert_eq!(drops.load(Relaxed), 1);
    assert!(matches!(channel.try_take(), Err(TryTakeError::Empty)));
}

pub(crate) fn b82_a_dropped_choice_withdraws_every_branch<L: Lock>() {
    let channels = [(); 3].map(|()| Channel::<u32, Rendezvous, L>::new());
    {
        let mut choice = pin!(alts(channels.each_ref().map(Channel::take)));
        assert!(poll_once(choice.as_mut()).is_pending());
        assert!(channels.iter().all(|channel| channel.parked_takes() == 1));
    }
    assert!(channels.iter().all(|channel| channel.parked_takes() == 0));
}

pub(crate) fn b83_a_value_that_was_not_collected_goes_to_the_next_take<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let next = Probe::new(0);
    let mut parked = pin!(channel.take());
    {
        let mut take = pin!(channel.take());
        assert!(poll_once(take.as_mut()).is_pending());
        assert!(next.poll(parked.as_mut()).is_pending());
        channel.try_put(1).unwrap();
    }
    assert_eq!(next.wakes(), 1);
    assert_eq!(next.poll(parked), Poll::Ready(Ok(1)));

    // Inside of a choice too, and with nobody there.
    let other = Channel::<u32, Rendezvous, L>::new();
    {
        let mut choice = pin!(alts((other.take(), channel.take())));
        assert!(poll_once(choice.as_mut()).is_pending());
        channel.try_put(2).unwrap();
    }
    assert_eq!((channel.len(), channel.try_take()), (1, Ok(2)));
}

pub(crate) fn a6_a_value_comes_back_before_later_ones<L: Lock>() {
    let channel = Channel::<u32, Fixed<2>, L>::new();
    {
        let mut take = pin!(channel.take());
        assert!(poll_once(take.as_mut()).is_pending());
        channel.try_put(1).unwrap();
        channel.try_put(2).unwrap();
    }
    assert_eq!((channel.try_take(), channel.try_take()), (Ok(1), Ok(2)));
}

pub(crate) fn a7_a_cancelled_put_returns_its_value_or_was_committed<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let mut withdrawn = pin!(channel.put(1));
    assert!(poll_once(withdrawn.as_mut()).is_pending());
    assert_eq!(withdrawn.cancel(), CancelledPut::Returned(1));
    assert_eq!(channel.try_take(), Err(TryTakeError::Empty));

    let mut committed = pin!(channel.put(2));
    assert!(poll_once(committed.as_mut()).is_pending());
    assert_eq!(channel.try_take(), Ok(2));
    assert_eq!(committed.cancel(), CancelledPut::Committed);
}

pub(crate) fn a9_who_was_told_and_is_not_polled_holds_up_nobody<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    let mut idle = pin!(channel.take());
    assert!(poll_once(idle.as_mut()).is_pending());
    channel.try_put(1).unwrap();
    // The first take has its value and is not polled; the others go on.
    channel.try_put(2).unwrap();
    assert_eq!(poll_once(pin!(channel.take())), Poll::Ready(Ok(2)));
    assert_eq!(poll_once(idle), Poll::Ready(Ok(1)));
}

pub(crate) fn a23_a_lost_put_gives_its_value_back<L: Lock>() {
    let (full, ready) = (Channel::<u32, Rendezvous, L>::new(), Channel::<u32, Fixed<1>, L>::new());
    let mut value = Some(7);
    {
        let mut choice = pin!(alts((full.put_from(&mut value), ready.take())));
        assert!(poll_once(choice.as_mut()).is_pending());
        ready.try_put(1).unwrap();
        assert!(poll_once(choice).is_ready());
    }
    assert_eq!(value, Some(7));
    {
        let mut choice = pin!(alts((full.put_from(&mut value), ready.take())));
        assert!(poll_once(choice.as_mut()).is_pending());
        assert_eq!(full.try_take(), Ok(7));
    }
    assert_eq!(value, None, "accepted, although the choice was dropped");
}
