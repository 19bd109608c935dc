//! Choice: one branch happens, at most once, and the others are as they were.

use csp_core::{KeptFuture, future};

use super::*;
use crate::tally::Tally;

checks! {
    b52_one_ready_take_gives_its_value_and_place (A22);
    b53_exactly_one_branch_takes_effect (A19);
    b54_one_of_many_ready_branches_happens_once (A19);
    b54_after_a_choice_its_other_branches_are_dead (A8 A19);
    b55_losing_to_a_closed_put_leaves_no_take_behind (A8);
    b59_the_default_is_for_when_nothing_is_ready;
    b60_a_closed_channel_is_ready_and_beats_the_default (A22);
    b61_a_unit_default_works;
    b63_a_put_branch_puts_only_if_chosen (A23);
    b64_a_choosing_writer_meets_a_choosing_reader (A19);
    b67_one_channel_may_occur_twice (A18);
    b68_losing_branches_leave_their_channels (A8);
    b76_the_first_of_ready_and_poisoned_wins_by_priority;
    b77_poison_ends_a_waiting_choice_and_only_it;
    b79_the_chosen_put_or_take_is_named (A22);
    a23_a_losing_or_dropped_put_gives_its_value_back;
    a23_a_future_keeps_its_output_for_the_next_choice;
}

async fn b52_one_ready_take_gives_its_value_and_place(_: Cx) {
    let ((_tx, rx), (other_tx, other_rx)) = (fixed::<u32, L, 1>(), fixed::<u32, L, 1>());
    other_tx.put(42).await.unwrap();
    assert_eq!(alts([rx.take(), other_rx.take()]).await, (1, Ok(42)));
    other_tx.put(43).await.unwrap();
    assert_eq!(alts((rx.take(), other_rx.take())).await, Selected2::Second(Ok(43)));
}

async fn b53_exactly_one_branch_takes_effect(cx: Cx) {
    let pairs = [(); 3].map(|()| fixed::<u32, L, 1>());
    let (out, taken) = fixed::<u32, L, 1>();
    for round in 0..100 {
        for (tx, _) in &pairs {
            tx.try_put(round).unwrap();
        }
        let [a, b, c] = pairs.each_ref().map(|(_, rx)| rx);
        let mut value = Some(round);
        alts((a.take(), b.take(), c.take(), out.put_from(&mut value))).await;
        let left = pairs.iter().filter(|(_, rx)| rx.try_take().is_ok()).count();
        let put = taken.try_take().is_ok();
        assert_eq!((left, value.is_none()), if put { (3, true) } else { (2, false) });
        if round % 10 == 0 && !cx.is_virtual() {
            pass().await;
        }
    }
}

async fn b54_one_of_many_ready_branches_happens_once(_: Cx) {
    // Taking from parked puts.
    let (tx, rx) = rendezvous::<u32, L>();
    let mut puts = [0, 1, 2].map(|n| Box::pin(tx.put(n)));
    assert!(puts.iter_mut().all(|put| poll_once(put.as_mut()).is_pending()));
    assert_eq!(alts([rx.take(), rx.take(), rx.take()]).await.1, Ok(0));
    assert_eq!(rx.parked_puts(), 2);
    drop(puts);

    // From a buffer, and from a closed channel.
    let (tx, rx) = fixed::<u32, L, 3>();
    (0..3).for_each(|n| tx.try_put(n).unwrap());
    tx.close();
    for n in 0..3 {
        assert_eq!(alts([rx.take(), rx.take(), rx.take()]).await.1, Ok(n));
        assert_eq!(rx.len(), 2 - n as usize);
    }
    assert_eq!(alts([rx.take(), rx.take()]).await.1, Err(TakeError::Closed));

    // Putting to parked takes.
    let (tx, rx) = rendezvous::<u32, L>();
    let mut takes = [(); 2].map(|()| Box::pin(rx.take()));
    assert!(takes.iter_mut().all(|take| poll_once(take.as_mut()).is_pending()));
    let mut values = [Some(1), Some(2)];
    let [first, second] = &mut values;
    assert_eq!(alts([tx.put_from(first), tx.put_from(second)]).await.1, Ok(()));
    assert_eq!(values.iter().flatten().count(), 1);
    let served = takes.iter_mut().filter_map(|take| match poll_once(take.as_mut()) {
        Poll::Ready(taken) => Some(taken),
        Poll::Pending => None,
    });
    assert_eq!(served.count(), 1);
    drop(takes);

    // To a buffer, and to a closed channel.
    let (tx, rx) = fixed::<u32, L, 3>();
    let mut values = [Some(1), Some(2)];
    let [first, second] = &mut values;
    assert_eq!(alts([tx.put_from(first), tx.put_from(second)]).await.1, Ok(()));
    assert_eq!((values.iter().flatten().count(), rx.len()), (1, 1));
    tx.close();
    let mut values = [Some(1), Some(2)];
    let [first, second] = &mut values;
    assert_eq!(alts([tx.put_from(first), tx.put_from(second)]).await.1, Err(Error::Closed));
    assert_eq!((values, rx.len()), ([Some(1), Some(2)], 1));
}

async fn b54_after_a_choice_its_other_branches_are_dead(_: Cx) {
    let ((tx, rx), (other_tx, other_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let (out, taken) = rendezvous::<u32, L>();
    let mut value = Some(9);
    let probe = Probe::new();
    let mut choice = Box::pin(alts((rx.take(), other_rx.take(), out.put_from(&mut value))));
    assert!(probe.poll(choice.as_mut()).is_pending());
    assert_eq!(other_tx.try_put(1), Ok(()), "the second branch is committed");
    // Nobody has polled the choice since, yet its earlier and later branches are no offers.
    assert_eq!(tx.try_put(2), Err(TryPutError::Full(2)));
    assert_eq!(taken.try_take(), Err(TryTakeError::Empty));
    assert!(other_tx.try_put(3).is_err());
    assert_eq!(probe.wakes(), 1);
    assert_eq!(probe.poll(choice.as_mut()), Poll::Ready(csp_core::Selected3::Second(Ok(1))));
    drop(choice);
    assert_eq!((value, rx.parked_takes(), out.parked_puts()), (Some(9), 0, 0));
}

async fn b55_losing_to_a_closed_put_leaves_no_take_behind(_: Cx) {
    let ((tx, rx), (closed, _closed_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    closed.close();
    for _ in 0..10_000 {
        let mut value = Some(1);
        let chosen = alts((rx.take(), closed.put_from(&mut value))).priority().await;
        assert_eq!(chosen, Selected2::Second(Err(Error::Closed)));
    }
    // And closed only while the choice waits.
    for _ in 0..100 {
        let (late, _late_rx) = rendezvous::<u32, L>();
        let mut value = Some(1);
        let mut choice = pin!(alts((rx.take(), late.put_from(&mut value))));
        assert!(poll_once(choice.as_mut()).is_pending());
        late.close();
        let chosen = poll_once(choice.as_mut());
        assert_eq!(chosen, Poll::Ready(Selected2::Second(Err(Error::Closed))));
        assert_eq!(tx.parked_takes(), 0);
    }
    assert_eq!(tx.try_put(1), Err(TryPutError::Full(1)));
}

async fn b59_the_default_is_for_when_nothing_is_ready(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    assert_eq!(alts([rx.take()]).or_default().await, None);
    assert_eq!(rx.parked_takes(), 0);
    tx.put(1).await.unwrap();
    assert_eq!(alts([rx.take()]).or_default().await, Some((0, Ok(1))));
    let chosen = csp_core::alts! {
        taken = rx.take() => taken.unwrap(),
        default => 99,
    };
    assert_eq!(chosen, 99);
}

async fn b60_a_closed_channel_is_ready_and_beats_the_default(_: Cx) {
    let ((tx, rx), (_open_tx, open_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    tx.close();
    for _ in 0..20 {
        let chosen = alts([open_rx.take(), rx.take()]).or_default().await;
        assert_eq!(chosen, Some((1, Err(TakeError::Closed))));
        let chosen = alts([tx.put_from(&mut Some(1))]).or_default().await;
        assert_eq!(chosen, Some((0, Err(Error::Closed))));
    }
    let (tx, rx) = rendezvous::<u32, L>();
    tx.poison(2);
    let chosen = alts([rx.take()]).or_default().await;
    assert_eq!(chosen, Some((0, Err(TakeError::Poisoned { strength: 2 }))));
}

async fn b61_a_unit_default_works(_: Cx) {
    let (_tx, rx) = rendezvous::<(), L>();
    let unit: Option<()> = csp_core::alts! {
        _ = rx.take() => None,
        default => Some(()),
    };
    let nothing: Option<u32> = csp_core::alts! {
        _ = rx.take() => unreachable!(),
        default => None,
    };
    let is_true = csp_core::alts! {
        _ = rx.take() => unreachable!(),
        default => false,
    };
    assert_eq!((unit, nothing, is_true), (Some(()), None, false));
}

async fn b63_a_put_branch_puts_only_if_chosen(_: Cx) {
    let ((tx, rx), (out, taken)) = (fixed::<u32, L, 1>(), fixed::<u32, L, 1>());
    tx.put(1).await.unwrap();
    let mut value = Some(2);
    let chosen = alts((rx.take(), out.put_from(&mut value))).priority().await;
    assert_eq!((chosen, value, taken.len()), (Selected2::First(Ok(1)), Some(2), 0));
    let chosen = alts((rx.take(), out.put_from(&mut value))).priority().await;
    assert_eq!((chosen, value), (Selected2::Second(Ok(())), None));
    assert_eq!(taken.take().await, Ok(2));
}

async fn b64_a_choosing_writer_meets_a_choosing_reader(cx: Cx) {
    let ((tx, rx), (_idle_tx, idle_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let idle = idle_rx.clone();
    let writer = cx.start(async move {
        for n in 0..10 {
            let mut value = Some(n);
            let chosen = alts((idle.take(), tx.put_from(&mut value))).await;
            assert_eq!((chosen, value), (Selected2::Second(Ok(())), None));
        }
    });
    for n in 0..10 {
        assert_eq!(alts([idle_rx.take(), rx.take()]).await, (1, Ok(n)));
    }
    writer.await.unwrap();
}

async fn b67_one_channel_may_occur_twice(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut choice = Box::pin(alts([rx.take(), rx.take(), rx.take()]));
    assert!(poll_once(choice.as_mut()).is_pending());
    tx.try_put(1).unwrap();
    assert_eq!(tx.try_put(2), Err(TryPutError::Full(2)));
    assert!(matches!(poll_once(choice.as_mut()), Poll::Ready((_, Ok(1)))));
    drop(choice);
    assert_eq!(rx.parked_takes(), 0);

    // The queue is valid: others around the duplicates are served in order.
    let mut before = Box::pin(rx.take());
    assert!(poll_once(before.as_mut()).is_pending());
    let mut choice = Box::pin(alts([rx.take(), rx.take()]));
    assert!(poll_once(choice.as_mut()).is_pending());
    let mut after = pin!(rx.take());
    assert!(poll_once(after.as_mut()).is_pending());
    drop(choice);
    tx.try_put(3).unwrap();
    assert_eq!(poll_once(before.as_mut()), Poll::Ready(Ok(3)));
    tx.try_put(4).unwrap();
    assert_eq!(poll_once(after.as_mut()), Poll::Ready(Ok(4)));
}

async fn b68_losing_branches_leave_their_channels(_: Cx) {
    let ((tx, rx), (winner, winner_rx)) = (limited::<u32, L>(1024), rendezvous::<u32, L>());
    for n in 0..1024 {
        let mut value = Some(n);
        let mut choice = pin!(alts((rx.take(), winner.put_from(&mut value), rx.take())));
        assert!(poll_once(choice.as_mut()).is_pending());
        assert_eq!(rx.parked_takes(), 2);
        assert_eq!(winner_rx.try_take(), Ok(n));
        let chosen = poll_once(choice.as_mut());
        assert_eq!(chosen, Poll::Ready(csp_core::Selected3::Second(Ok(()))));
        assert_eq!(rx.parked_takes(), 0);
    }
    let mut take = pin!(rx.take());
    assert!(poll_once(take.as_mut()).is_pending(), "not crowded");
    tx.try_put(1).unwrap();
    assert_eq!(poll_once(take.as_mut()), Poll::Ready(Ok(1)));
}

async fn b76_the_first_of_ready_and_poisoned_wins_by_priority(_: Cx) {
    let ((tx, rx), (bad, bad_rx)) = (fixed::<u32, L, 2>(), rendezvous::<u32, L>());
    let (_idle_tx, idle_rx) = rendezvous::<u32, L>();
    bad.poison(1);
    tx.put(1).await.unwrap();
    let chosen = alts((idle_rx.take(), rx.take(), bad_rx.take())).priority().await;
    assert_eq!(chosen, csp_core::Selected3::Second(Ok(1)));
    tx.put(2).await.unwrap();
    let chosen = alts((idle_rx.take(), bad_rx.take(), rx.take())).priority().await;
    let poisoned = Err(TakeError::Poisoned { strength: 1 });
    assert_eq!(chosen, csp_core::Selected3::Second(poisoned));
    assert_eq!((rx.len(), idle_rx.parked_takes(), rx.parked_takes()), (1, 0, 0));
}

async fn b77_poison_ends_a_waiting_choice_and_only_it(cx: Cx) {
    let ((tx, rx), (other_tx, other_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let (one, other) = (rx.clone(), other_rx.clone());
    let choice = cx.start(async move { alts([one.take(), other.take()]).await });
    cx.until_eq(|| (rx.parked_takes(), other_rx.parked_takes()), (1, 1)).await;
    tx.poison(3);
    assert_eq!(choice.await.unwrap(), (0, Err(TakeError::Poisoned { strength: 3 })));
    assert_eq!((other_rx.parked_takes(), other_rx.ended()), (0, None));
    assert_eq!(other_tx.try_put(1), Err(TryPutError::Full(1)));

    let ((tx, rx), (other_tx, other_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let (mut value, mut other_value) = (Some(1), Some(2));
    let mut choice = Box::pin(alts([tx.put_from(&mut value), other_tx.put_from(&mut other_value)]));
    assert!(poll_once(choice.as_mut()).is_pending());
    rx.poison(3);
    let poisoned = Err(Error::Poisoned { strength: 3 });
    assert_eq!(poll_once(choice.as_mut()), Poll::Ready((0, poisoned)));
    drop(choice);
    assert_eq!((value, other_value, other_rx.parked_puts()), (Some(1), Some(2), 0));
}

async fn b79_the_chosen_put_or_take_is_named(_: Cx) {
    let pairs = [(); 4].map(|()| fixed::<usize, L, 1>());
    for chosen in 0..4 {
        pairs[chosen].0.try_put(chosen).unwrap();
        let takes = pairs.each_ref().map(|(_, rx)| rx.take());
        assert_eq!(alts(takes).await, (chosen, Ok(chosen)));
    }
    for (tx, _) in &pairs {
        tx.try_put(0).unwrap();
    }
    for chosen in 0..4 {
        pairs[chosen].1.try_take().unwrap();
        let mut values = [Some(10), Some(11), Some(12), Some(13)];
        let mut each = values.iter_mut();
        let puts = pairs.each_ref().map(|(tx, _)| tx.put_from(each.next().unwrap()));
        assert_eq!(alts(puts).await, (chosen, Ok(())));
        assert_eq!(pairs[chosen].1.try_take(), Ok(10 + chosen));
        pairs[chosen].0.try_put(0).unwrap();
    }
}

async fn a23_a_losing_or_dropped_put_gives_its_value_back(_: Cx) {
    let tally = Tally::new();
    let ((tx, rx), (out, taken)) = (fixed::<_, L, 1>(), rendezvous::<_, L>());
    let mut value = Some(tally.value(7));
    {
        let mut choice = Box::pin(alts((rx.take(), out.put_from(&mut value))));
        assert!(poll_once(choice.as_mut()).is_pending());
        tx.try_put(1).unwrap();
        assert_eq!(poll_once(choice.as_mut()), Poll::Ready(Selected2::First(Ok(1))));
    }
    assert_eq!(value.as_ref().map(|value| value.number()), Some(7));
    {
        let mut choice = Box::pin(alts((rx.take(), out.put_from(&mut value))));
        assert!(poll_once(choice.as_mut()).is_pending());
    }
    assert_eq!(value.as_ref().map(|value| value.number()), Some(7), "dropped while it waited");
    {
        let mut choice = Box::pin(alts((rx.take(), out.put_from(&mut value))));
        assert!(poll_once(choice.as_mut()).is_pending());
        assert_eq!(taken.try_take().map(|value| value.number()), Ok(7));
    }
    assert!(value.is_none(), "accepted, though the choice was dropped");
    assert_eq!(tally.live(), 0);
}

async fn a23_a_future_keeps_its_output_for_the_next_choice(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    tx.put(1).await.unwrap();
    let mut kept = pin!(KeptFuture::new(async { "kept" }));
    let chosen = alts((rx.take(), future(kept.as_mut()))).priority().await;
    assert_eq!(chosen, Selected2::First(Ok(1)));
    let chosen = alts((rx.take(), future(kept.as_mut()))).priority().await;
    assert_eq!(chosen, Selected2::Second("kept"));
    assert!(kept.is_spent());

    // Also where the channel commits while the future is being polled.
    let mut puts = pin!(KeptFuture::new(async {
        tx.try_put(2).unwrap();
        "kept"
    }));
    let chosen = alts((rx.take(), future(puts.as_mut()))).priority().await;
    assert_eq!(chosen, Selected2::First(Ok(2)));
    assert_eq!(alts((future(puts.as_mut()),)).await, csp_core::Selected1::First("kept"));
}
