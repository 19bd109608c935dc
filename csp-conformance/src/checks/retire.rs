//! Retiring: counted ends, and what their last one does.

use csp_core::{Chan, Ended, Kind, channel};

use super::*;
use crate::tally::Tally;

checks! {
    elsewhere "only counted ends retire";
    b30_the_last_end_of_a_side_ends_the_other (A16);
    b44_a_channel_retires_with_its_last_putting_end (A16);
    b45_five_sources_and_five_sinks_pass_fifty_messages;
    b46_an_end_counts_once_however_it_goes;
    b47_a_retired_end_is_gone_while_others_live;
    b48_a_retired_channel_drains_first;
    b49_without_takers_parked_puts_fail (A16);
    b50_each_clone_counts;
    b51_a_new_end_does_not_revive_a_retired_channel (A16);
    b111_clones_of_a_process_have_their_own_ends;
    a16_the_last_taker_discards_though_a_chan_lives (A6);
    a16_each_side_can_await_that_the_other_is_gone;
}

async fn b30_the_last_end_of_a_side_ends_the_other(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 2>();
    tx.put(1).await.unwrap();
    drop(tx);
    assert_eq!((rx.take().await, rx.take().await), (Ok(1), Err(TakeError::Closed)));

    let (tx, rx) = fixed::<u32, L, 2>();
    drop(rx);
    assert_eq!(tx.put(1).await, Err(PutError::Closed(1)));
    assert_eq!(tx.try_put(2), Err(TryPutError::Closed(2)));
}

async fn b44_a_channel_retires_with_its_last_putting_end(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut ends = vec![tx.clone(), tx.clone(), tx];
    let mut take = pin!(rx.take());
    while let Some(end) = ends.pop() {
        assert!(poll_once(take.as_mut()).is_pending() && !rx.is_closed());
        end.retire();
    }
    assert_eq!(poll_once(take.as_mut()), Poll::Ready(Err(TakeError::Closed)));
}

async fn b45_five_sources_and_five_sinks_pass_fifty_messages(cx: Cx) {
    let (tx, rx) = rendezvous::<usize, L>();
    let sinks = [(); 5].map(|()| {
        let rx = rx.clone();
        cx.start(async move {
            let mut taken = Vec::new();
            while let Ok(n) = rx.take().await {
                taken.push(n);
            }
            taken
        })
    });
    for source in 0..5 {
        let tx = tx.clone();
        cx.go(async move {
            for n in 0..10 {
                tx.put(10 * source + n).await.unwrap();
            }
            tx.retire();
        });
    }
    tx.retire();
    rx.retire();
    let mut taken = Vec::new();
    for sink in sinks {
        taken.extend(sink.await.unwrap());
    }
    taken.sort_unstable();
    assert!(taken.into_iter().eq(0..50));
}

async fn b46_an_end_counts_once_however_it_goes(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let second = tx.clone();
    // Retiring takes the end, so that its drop has come and gone with it.
    tx.retire();
    assert_eq!((rx.chan().sender_count(), rx.is_closed()), (1, false));
    drop(second);
    assert!(rx.is_closed());
}

async fn b47_a_retired_end_is_gone_while_others_live(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    let (second, weak) = (tx.clone(), tx.downgrade());
    // The type refuses to use it: `retire` takes it by value. What is left of it counts no more.
    tx.retire();
    assert_eq!(rx.chan().sender_count(), 1);
    second.put(1).await.unwrap();
    assert_eq!(weak.upgrade().map(|end| end.chan().sender_count()), Some(2));
    second.retire();
    assert!(weak.upgrade().is_none(), "though a taker lives");
    assert_eq!((rx.take().await, rx.take().await), (Ok(1), Err(TakeError::Closed)));
}

async fn b48_a_retired_channel_drains_first(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 3>();
    for n in 0..3 {
        tx.put(n).await.unwrap();
    }
    tx.retire();
    for n in 0..3 {
        assert_eq!(rx.take().await, Ok(n));
    }
    assert_eq!(rx.take().await, Err(TakeError::Closed));
}

async fn b49_without_takers_parked_puts_fail(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let puts = [1, 2].map(|n| {
        let tx = tx.clone();
        (n, cx.start(async move { tx.put(n).await }))
    });
    cx.until_eq(|| rx.parked_puts(), 2).await;
    rx.retire();
    for (n, put) in puts {
        assert_eq!(put.await.unwrap(), Err(PutError::Closed(n)));
    }
}

async fn b50_each_clone_counts(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let chan = tx.chan();
    let senders = [tx.clone(), tx.clone()];
    let receivers = [rx.clone(), rx.clone(), rx.clone()];
    assert_eq!((chan.sender_count(), chan.receiver_count()), (3, 4));
    assert!(senders.iter().all(|other| other.same_channel(&tx)));
    drop((senders, receivers));
    assert_eq!((chan.sender_count(), chan.receiver_count(), chan.is_closed()), (1, 1, false));
}

async fn b51_a_new_end_does_not_revive_a_retired_channel(_: Cx) {
    let (tx, rx) = channel::<u32, L>(Kind::Fixed(2));
    let chan = rx.chan();
    tx.put(1).await.unwrap();
    tx.retire();
    assert_eq!(chan.sender().err(), Some(Ended::Closed));
    assert_eq!(chan.try_put(2), Err(TryPutError::Closed(2)));
    assert_eq!((rx.take().await, rx.take().await), (Ok(1), Err(TakeError::Closed)));
    rx.retire();
    assert_eq!(chan.receiver().err(), Some(Ended::Closed));
}

async fn b111_clones_of_a_process_have_their_own_ends(cx: Cx) {
    let (tx, rx) = rendezvous::<usize, L>();
    for id in 0..10 {
        let tx = tx.clone();
        cx.go(async move { tx.put(id).await.unwrap() });
    }
    drop(tx);
    let mut ids = Vec::new();
    // It ends because each process took its own end along.
    while let Ok(id) = rx.take().await {
        ids.push(id);
    }
    ids.sort_unstable();
    assert!(ids.into_iter().eq(0..10));
}

async fn a16_the_last_taker_discards_though_a_chan_lives(_: Cx) {
    let tally = Tally::new();
    let chan = Chan::<_, L>::fixed(3);
    let rx = chan.receiver().unwrap();
    for n in 0..3 {
        chan.try_put(tally.value(n)).unwrap();
    }
    rx.retire();
    assert_eq!((tally.live(), chan.len(), chan.discarded()), (0, 0, 3));
    assert_eq!(chan.take().await.err(), Some(TakeError::Closed));
}

async fn a16_each_side_can_await_that_the_other_is_gone(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let watcher = cx.start(async move { rx.closed().await });
    pass().await;
    drop(tx);
    assert_eq!(watcher.await.unwrap(), Ended::Closed);

    let (tx, rx) = rendezvous::<u32, L>();
    let watcher = cx.start(async move { alts((tx.closed(), tx.put_from(&mut Some(1)))).await });
    cx.until_eq(|| rx.parked_puts(), 1).await;
    drop(rx);
    let either = watcher.await.unwrap();
    let ends = [Selected2::First(Ended::Closed), Selected2::Second(Err(Error::Closed))];
    assert!(ends.contains(&either));
}
