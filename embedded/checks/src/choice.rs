//! Choice: exactly one branch happens.

use core::pin::{Pin, pin};
use core::task::Poll;

use board::Probe;
use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::Lock;
use csp_core::{
    Branch, BranchOutcome, Channel, Error, Selected2, TakeError, TryTakeError, alts, skip,
};

use crate::poll_once;

pub(crate) fn b52_a_ready_take_is_chosen<L: Lock>() {
    let (empty, ready) = (Channel::<u8, Rendezvous, L>::new(), Channel::<u32, Fixed<1>, L>::new());
    ready.try_put(7).unwrap();
    let chosen = poll_once(pin!(alts((empty.take(), ready.take()))));
    assert_eq!(chosen, Poll::Ready(Selected2::Second(Ok(7))));
}

pub(crate) fn b53_one_branch_takes_effect<L: Lock>() {
    let channels = [(); 2].map(|()| Channel::<u32, Rendezvous, L>::new());
    let chooser = Probe::new(0);
    let mut choice = pin!(alts(channels.each_ref().map(Channel::take)));
    assert!(chooser.poll(choice.as_mut()).is_pending());
    assert_eq!(channels[1].try_put(1), Ok(()));
    assert!(channels[0].try_put(0).is_err(), "it is decided");
    assert_eq!(chooser.wakes(), 1);
    assert_eq!(chooser.poll(choice), Poll::Ready((1, Ok(1))));
}

pub(crate) fn b60_a_closed_channel_is_ready<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    channel.close();
    assert_eq!(alts([channel.take()]).try_now(), Some((0, Err(TakeError::Closed))));
}

pub(crate) fn b62_what_is_ready_beats_the_default<L: Lock>() {
    let channels = [(); 2].map(|()| Channel::<u32, Fixed<1>, L>::new());
    let choose = || alts(channels.each_ref().map(Channel::take)).try_now();
    assert_eq!(choose(), None);
    for number in 0..8 {
        let index = number as usize % 2;
        channels[index].try_put(number).unwrap();
        assert_eq!(choose(), Some((index, Ok(number))));
    }
}

pub(crate) fn b66_a_choice_never_matches_itself<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let chooser = Probe::new(0);
    let mut value = Some(1);
    {
        let mut choice = pin!(alts((channel.take(), channel.put_from(&mut value))));
        assert!(chooser.poll(choice.as_mut()).is_pending());
        assert!(chooser.poll(choice.as_mut()).is_pending());
        assert_eq!(chooser.wakes(), 0);
        assert_eq!(channel.try_take(), Ok(1));
        assert_eq!(chooser.poll(choice), Poll::Ready(Selected2::Second(Ok(()))));
    }
    assert_eq!((channel.parked_takes(), channel.parked_puts()), (0, 0));
}

pub(crate) fn b67_a_channel_may_appear_twice<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    {
        let mut choice = pin!(alts([channel.take(), channel.take(), channel.take()]));
        assert!(poll_once(choice.as_mut()).is_pending());
        channel.try_put(1).unwrap();
        assert!(channel.try_put(2).is_err());
        assert!(matches!(poll_once(choice), Poll::Ready((_, Ok(1)))));
    }
    assert_eq!(channel.parked_takes(), 0);
}

pub(crate) fn b68_losers_leave_their_channels<L: Lock>() {
    let (busy, idle) = (Channel::<u32, Fixed<1>, L>::new(), Channel::<u32, Rendezvous, L>::new());
    for number in 0..100 {
        let mut choice = pin!(alts((idle.take(), busy.take())));
        assert!(poll_once(choice.as_mut()).is_pending());
        busy.try_put(number).unwrap();
        assert_eq!(poll_once(choice), Poll::Ready(Selected2::Second(Ok(number))));
    }
    assert_eq!(idle.parked_takes(), 0);
}

pub(crate) fn b70_a_false_condition_switches_a_branch_off<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    channel.try_put(1).unwrap();
    let choose = async |is_on: bool| {
        alts! {
            number = channel.take(), if is_on => number == Ok(1),
            default => false,
        }
    };
    assert_eq!(poll_once(pin!(choose(false))), Poll::Ready(false));
    assert_eq!(poll_once(pin!(choose(true))), Poll::Ready(true));
}

pub(crate) fn b71_skip_is_always_ready<L: Lock>() {
    let channel = Channel::<u32, Fixed<1>, L>::new();
    let choose = || alts((channel.take(), skip())).priority().try_now();
    assert_eq!(choose(), Some(Selected2::Second(())));
    channel.try_put(1).unwrap();
    assert_eq!(choose(), Some(Selected2::First(Ok(1))));
}

pub(crate) fn b76_order_decides_between_a_value_and_poison<L: Lock>() {
    let channels = [(); 2].map(|()| Channel::<u32, Fixed<1>, L>::new());
    channels[0].try_put(1).unwrap();
    channels[1].poison(3);
    let choose = || alts(channels.each_ref().map(Channel::take)).priority().try_now();
    assert_eq!(choose(), Some((0, Ok(1))));
    assert_eq!(choose(), Some((1, Err(TakeError::Poisoned { strength: 3 }))));
}

pub(crate) fn b77_poison_ends_a_choice_that_waits<L: Lock>() {
    let channels = [(); 2].map(|()| Channel::<u32, Rendezvous, L>::new());
    let chooser = Probe::new(0);
    {
        let mut choice = pin!(alts(channels.each_ref().map(Channel::take)));
        assert!(chooser.poll(choice.as_mut()).is_pending());
        channels[0].poison(2);
        assert_eq!(chooser.wakes(), 1);
        let poisoned = (0, Err(TakeError::Poisoned { strength: 2 }));
        assert_eq!(chooser.poll(choice), Poll::Ready(poisoned));
    }
    assert_eq!(channels[1].parked_takes(), 0);
    assert_eq!(channels[1].try_take(), Err(TryTakeError::Empty));
}

pub(crate) fn b79_the_branch_is_named<L: Lock>() {
    let (input, output) = (Channel::<u8, Rendezvous, L>::new(), Channel::<u32, Fixed<1>, L>::new());
    let mut value = Some(5);
    let chosen = alts((input.take(), output.put_from(&mut value))).try_now();
    assert_eq!(chosen, Some(Selected2::Second(Ok(()))));
    assert_eq!((value, output.try_take()), (None, Ok(5)));

    output.close();
    value = Some(6);
    let chosen = alts((input.take(), output.put_from(&mut value))).try_now();
    assert_eq!(chosen, Some(Selected2::Second(Err(Error::Closed))));
    assert_eq!(value, Some(6));
}

pub(crate) fn a25_a_slice_mixes_puts_and_takes<L: Lock>() {
    let (input, output) =
        (Channel::<u32, Rendezvous, L>::new(), Channel::<u32, Fixed<2>, L>::new());
    let mut value = Some(1);
    {
        let branches = pin!([Branch::take(&input), Branch::put_from(&output, &mut value)]);
        let branches: Pin<&mut [Branch<'_, u32, L>]> = branches;
        assert_eq!(alts(branches).try_now(), Some((1, BranchOutcome::Put(Ok(())))));
    }
    assert_eq!(value, None);
    let mut branches = pin!([Branch::take(&input), Branch::take(&output)]);
    let branches: Pin<&mut [Branch<'_, u32, L>]> = branches.as_mut();
    assert_eq!(alts(branches).try_now(), Some((1, BranchOutcome::Took(Ok(1)))));
}
