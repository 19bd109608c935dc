//! A choice that stays at its channels.

use core::pin::pin;
use core::task::Poll;

use board::Probe;
use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::Lock;
use csp_core::{Alternative, Channel, TryPutError};

use crate::poll_once;

pub(crate) fn b75_an_alternative_is_selected_many_times<L: Lock>() {
    let channels = [(); 3].map(|()| Channel::<u32, Rendezvous, L>::new());
    let chooser = Probe::new(0);
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    for number in 0..30 {
        let index = number as usize % 3;
        let mut selection = pin!(alternative.as_mut().select());
        assert!(chooser.poll(selection.as_mut()).is_pending());
        let mut put = pin!(channels[index].put(number));
        assert!(poll_once(put.as_mut()).is_pending(), "it is told, never given");
        assert_eq!(chooser.wakes(), number + 1);
        assert_eq!(chooser.poll(selection), Poll::Ready((index, Ok(number))));
        assert_eq!(poll_once(put), Poll::Ready(Ok(())));
    }
}

pub(crate) fn a19_an_idle_alternative_is_no_offer<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let mut alternative = pin!(Alternative::new([channel.take()]));
    {
        let mut selection = pin!(alternative.as_mut().select());
        assert!(poll_once(selection.as_mut()).is_pending());
    }
    // It is registered still, and wants nothing.
    assert_eq!(channel.try_put(1), Err(TryPutError::Full(1)));
    let mut put = pin!(channel.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(poll_once(pin!(alternative.as_mut().select())), Poll::Ready((0, Ok(2))));
    assert_eq!(poll_once(put), Poll::Ready(Ok(())));
}

pub(crate) fn a21_a_fair_selection_serves_in_turn<L: Lock>() {
    let channels = [(); 3].map(|()| Channel::<u32, Fixed<4>, L>::new());
    for channel in &channels {
        (0..4).for_each(|number| channel.try_put(number).unwrap());
    }
    let mut alternative = pin!(Alternative::new(channels.each_ref().map(Channel::take)));
    for number in 0..4 {
        let mut served = [false; 3];
        for _ in 0..3 {
            let selected = poll_once(pin!(alternative.as_mut().fair_select()));
            let Poll::Ready((index, Ok(taken))) = selected else { panic!("all are ready") };
            assert_eq!(taken, number);
            served[index] = true;
        }
        assert_eq!(served, [true; 3], "one was served twice");
    }
}
