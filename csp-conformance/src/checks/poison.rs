//! Poison: who is struck, what drains, what is discarded, and how strong it has to be.

use csp_core::{Ended, quietly};

use super::*;
use crate::hand::next;
use crate::tally::Tally;

checks! {
    b31_poison_strikes_parked_puts_takes_and_choices (A15);
    b32_later_operations_fail_once_what_may_drain_has (A15);
    b33_what_has_matched_is_not_poisoned (A15);
    b34_poison_is_idempotent_and_does_not_wait (A15);
    b35_nobody_waits_on_a_poisoned_channel;
    b36_poison_drains_or_discards_by_its_side (A6 A15);
    b37_a_stream_over_a_poisoned_channel_ends;
    b38_a_group_gets_a_marker_for_a_poisoned_process (A17);
    b40_a_reader_that_poisons_ends_all_writers;
    b41_weak_poison_has_no_effect (A15);
    b42_every_error_carries_the_strength;
    a15_the_strongest_poison_wins_and_beats_a_close;
    a15_poison_hides_a_promise;
    a17_poison_does_not_spread_by_itself;
}

async fn b31_poison_strikes_parked_puts_takes_and_choices(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let (one, other) = (rx.clone(), rx.clone());
    let take = cx.start(async move { one.take().await });
    let choice = cx.start(async move { alts([other.take()]).await });
    cx.until_eq(|| tx.parked_takes(), 2).await;
    tx.poison(9);
    assert_eq!(take.await.unwrap(), Err(TakeError::Poisoned { strength: 9 }));
    assert_eq!(choice.await.unwrap(), (0, Err(TakeError::Poisoned { strength: 9 })));

    let (tx, rx) = rendezvous::<u32, L>();
    let (one, other) = (tx.clone(), tx.clone());
    let put = cx.start(async move { one.put(1).await });
    let choice = cx.start(async move {
        let mut value = Some(2);
        let chosen = alts([other.put_from(&mut value)]).await;
        (chosen, value)
    });
    cx.until_eq(|| rx.parked_puts(), 2).await;
    rx.poison(9);
    assert_eq!(put.await.unwrap(), Err(PutError::Poisoned { value: 1, strength: 9 }));
    let error = Error::Poisoned { strength: 9 };
    assert_eq!(choice.await.unwrap(), ((0, Err(error)), Some(2)));
}

async fn b32_later_operations_fail_once_what_may_drain_has(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 2>();
    tx.put(1).await.unwrap();
    tx.poison(4);
    for n in 0..3 {
        assert_eq!(tx.put(n).await, Err(PutError::Poisoned { value: n, strength: 4 }));
        assert_eq!(tx.try_put(n), Err(TryPutError::Poisoned { value: n, strength: 4 }));
    }
    if HAS_SIDES {
        assert_eq!(rx.take().await, Ok(1));
    }
    for _ in 0..3 {
        assert_eq!(rx.take().await, Err(TakeError::Poisoned { strength: 4 }));
        assert_eq!(rx.try_take(), Err(TryTakeError::Poisoned { strength: 4 }));
    }
}

async fn b33_what_has_matched_is_not_poisoned(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut take = pin!(rx.take());
    assert!(poll_once(take.as_mut()).is_pending());
    tx.try_put(1).unwrap();
    rx.poison(1);
    assert_eq!(poll_once(take.as_mut()), Poll::Ready(Ok(1)));

    let (tx, rx) = rendezvous::<u32, L>();
    let mut put = pin!(tx.put(1));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(rx.try_take(), Ok(1));
    rx.poison(1);
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));

    let ((tx, rx), (_other_tx, other_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let mut choice = pin!(alts([rx.take(), other_rx.take()]));
    assert!(poll_once(choice.as_mut()).is_pending());
    tx.try_put(1).unwrap();
    rx.poison(1);
    other_rx.poison(1);
    assert_eq!(poll_once(choice.as_mut()), Poll::Ready((0, Ok(1))));
}

async fn b34_poison_is_idempotent_and_does_not_wait(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    for _ in 0..3 {
        tx.poison(3);
        rx.poison(3);
        assert_eq!(tx.ended(), Some(Ended::Poisoned { strength: 3 }));
        assert_eq!(rx.take().await, Err(TakeError::Poisoned { strength: 3 }));
    }
}

async fn b35_nobody_waits_on_a_poisoned_channel(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut takes = [(); 3].map(|()| Box::pin(rx.take()));
    assert!(takes.iter_mut().all(|take| poll_once(take.as_mut()).is_pending()));
    assert_eq!(rx.parked_takes(), 3);
    tx.poison(1);
    assert_eq!((rx.parked_takes(), rx.parked_puts()), (0, 0));

    let (tx, rx) = rendezvous::<u32, L>();
    let mut puts = [1, 2, 3].map(|n| Box::pin(tx.put(n)));
    assert!(puts.iter_mut().all(|put| poll_once(put.as_mut()).is_pending()));
    assert_eq!(rx.parked_puts(), 3);
    rx.poison(1);
    assert_eq!((rx.parked_takes(), rx.parked_puts()), (0, 0));
}

async fn b36_poison_drains_or_discards_by_its_side(_: Cx) {
    let poisoned = TakeError::Poisoned { strength: 1 };
    let tally = Tally::new();
    let (tx, rx) = fixed::<_, L, 4>();
    let mut early = Box::pin(rx.take());
    assert!(poll_once(early.as_mut()).is_pending());
    for n in 0..4 {
        tx.try_put(tally.value(n)).unwrap();
    }
    // The first was handed over; it comes back after the poison and drains first, or goes.
    tx.poison(1);
    drop(early);
    if HAS_SIDES {
        for n in 0..4 {
            assert_eq!(rx.take().await.map(|value| value.number()), Ok(n));
        }
    }
    assert_eq!((rx.len(), rx.take().await.map(|value| value.number())), (0, Err(poisoned)));
    assert_eq!((tally.live(), rx.discarded()), (0, if HAS_SIDES { 0 } else { 4 }));

    let tally = Tally::new();
    let (tx, rx) = fixed::<_, L, 4>();
    let mut early = Box::pin(rx.take());
    assert!(poll_once(early.as_mut()).is_pending());
    for n in 0..4 {
        tx.try_put(tally.value(n)).unwrap();
    }
    rx.poison(1);
    assert_eq!((rx.len(), tally.live()), (0, 1), "discarded at once");
    drop(early);
    assert_eq!((tally.live(), rx.discarded()), (0, 4), "what comes back later too");
    assert_eq!(rx.take().await.map(|value| value.number()), Err(poisoned));
}

async fn b37_a_stream_over_a_poisoned_channel_ends(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    cx.go(async move {
        tx.put(1).await.unwrap();
        tx.poison(1);
    });
    let mut stream = pin!(rx.stream());
    assert_eq!(next(stream.as_mut()).await, Some(1));
    assert_eq!(next(stream.as_mut()).await, None);
}

async fn b38_a_group_gets_a_marker_for_a_poisoned_process(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let reader = async {
        loop {
            rx.take().await?;
        }
    };
    let writer = async {
        tx.put(1).await?;
        tx.poison(5);
        Ok::<_, Error>("done")
    };
    let results: (Result<(), Error>, _) = csp_core::parallel((reader, writer)).await;
    assert_eq!(results, (Err(Error::Poisoned { strength: 5 }), Ok("done")));
    // A process without a parent that asks ends without a word.
    cx.start(quietly(async move { tx.put(2).await.map_err(Error::from) })).await.unwrap();
}

async fn b40_a_reader_that_poisons_ends_all_writers(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let writers = [(); 3].map(|()| {
        let tx = tx.clone();
        cx.start(async move {
            let mut written = 0;
            while tx.put(written).await.is_ok() {
                written += 1;
            }
            written
        })
    });
    for _ in 0..20 {
        rx.take().await.unwrap();
    }
    rx.poison(1);
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    assert_eq!(written, 20);
}

async fn b41_weak_poison_has_no_effect(_: Cx) {
    let (tx, rx) = immune::<u32, L, 2>(5);
    tx.try_put(1).unwrap();
    for strength in [0, 1, 5] {
        assert!(!tx.poison(strength) && !rx.poison(strength));
        assert_eq!((tx.ended(), rx.len()), (None, 1));
    }
    let mut put = pin!(tx.put(2));
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));
    assert!(rx.poison(6));
    assert_eq!(rx.ended(), Some(Ended::Poisoned { strength: 6 }));
}

async fn b42_every_error_carries_the_strength(_: Cx) {
    for strength in [1, 100, 255] {
        let (tx, rx) = rendezvous::<u32, L>();
        tx.poison(strength);
        let error = Error::Poisoned { strength };
        assert_eq!(tx.put(1).await.unwrap_err().kind(), error);
        assert_eq!(tx.try_put(1).unwrap_err().kind(), error);
        assert_eq!(Error::from(rx.take().await.unwrap_err()), error);
        assert_eq!(Error::from(rx.try_take().unwrap_err()), error);
        assert_eq!(alts([tx.put_from(&mut Some(1))]).await, (0, Err(error)));
        assert_eq!(rx.closed().await, Ended::Poisoned { strength });
    }
}

async fn a15_the_strongest_poison_wins_and_beats_a_close(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    tx.close();
    tx.poison(2);
    assert_eq!(rx.take().await, Err(TakeError::Poisoned { strength: 2 }));
    rx.poison(7);
    tx.poison(3);
    rx.close();
    assert_eq!(rx.take().await, Err(TakeError::Poisoned { strength: 7 }));
    assert_eq!(tx.put(1).await, Err(PutError::Poisoned { value: 1, strength: 7 }));
}

async fn a15_poison_hides_a_promise(_: Cx) {
    let (tx, rx) = promise::<u32, L>();
    tx.put(1).await.unwrap();
    assert_eq!(rx.take().await, Ok(1));
    tx.poison(1);
    assert_eq!(rx.take().await, Err(TakeError::Poisoned { strength: 1 }));
    assert_eq!(rx.len(), 0);
}

async fn a17_poison_does_not_spread_by_itself(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let (out, results) = fixed::<u32, L, 1>();
    let stays = out.clone();
    let copier = cx.start(async move {
        while let Ok(n) = rx.take().await {
            out.put(n).await.unwrap();
        }
    });
    tx.put(1).await.unwrap();
    tx.poison(1);
    copier.await.unwrap();
    assert_eq!((stays.ended(), results.take().await), (None, Ok(1)));
}
