//! Closing: what is delivered, who is woken, and what is left.

use super::*;

use csp_core::Ended;

use crate::hand::next;

checks! {
    b19_a_take_from_a_closed_empty_channel_fails_each_time;
    b20_a_put_on_a_closed_channel_gives_the_value_back (A3);
    b21_buffered_values_are_delivered_after_the_close (A14);
    b22_close_wakes_every_parked_take;
    b23_close_fails_parked_puts_and_returns_their_values (A14);
    b24_close_is_idempotent (A14);
    b25_close_never_makes_a_value_look_gone;
    b27_try_take_still_drains_a_closed_channel;
    b28_a_stream_ends_at_the_close;
    b29_a_channel_is_closed_at_once_though_values_remain;
    a14_a_value_put_back_after_the_close_is_delivered (A6);
    a16_the_end_can_be_awaited_as_a_guard_too;
}

async fn b19_a_take_from_a_closed_empty_channel_fails_each_time(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    tx.close();
    for _ in 0..1000 {
        assert_eq!(rx.take().await, Err(TakeError::Closed));
    }
}

async fn b20_a_put_on_a_closed_channel_gives_the_value_back(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 2>();
    rx.close();
    for n in 0..1000 {
        assert_eq!(tx.put(n).await, Err(PutError::Closed(n)));
    }
    assert_eq!(rx.len(), 0);
}

async fn b21_buffered_values_are_delivered_after_the_close(cx: Cx) {
    let (tx, rx) = fixed::<u32, L, 3>();
    for n in 0..3 {
        tx.put(n).await.unwrap();
    }
    tx.close();
    let taken = cx.start(async move {
        let mut taken = Vec::new();
        while let Ok(n) = rx.take().await {
            taken.push(n);
        }
        (taken, rx.take().await)
    });
    assert_eq!(taken.await.unwrap(), (vec![0, 1, 2], Err(TakeError::Closed)));
}

async fn b22_close_wakes_every_parked_take(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let takes = [(); 5].map(|()| {
        let rx = rx.clone();
        cx.start(async move { rx.take().await })
    });
    cx.until_eq(|| tx.parked_takes(), 5).await;
    tx.close();
    for take in takes {
        assert_eq!(take.await.unwrap(), Err(TakeError::Closed));
    }
    assert_eq!(rx.parked_takes(), 0);
}

async fn b23_close_fails_parked_puts_and_returns_their_values(cx: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    tx.put(0).await.unwrap();
    let puts = [1, 2, 3].map(|n| {
        let tx = tx.clone();
        (n, cx.start(async move { tx.put(n).await }))
    });
    cx.until_eq(|| rx.parked_puts(), 3).await;
    rx.close();
    for (n, put) in puts {
        assert_eq!(put.await.unwrap(), Err(PutError::Closed(n)));
    }
    assert_eq!((rx.parked_puts(), rx.take().await), (0, Ok(0)));
    assert_eq!(rx.take().await, Err(TakeError::Closed));
}

async fn b24_close_is_idempotent(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    tx.put(1).await.unwrap();
    for _ in 0..3 {
        tx.close();
        rx.close();
        assert_eq!((tx.ended(), rx.len()), (Some(Ended::Closed), 1));
    }
    assert_eq!(rx.take().await, Ok(1));
    rx.close();
    assert_eq!(rx.take().await, Err(TakeError::Closed));
}

async fn b25_close_never_makes_a_value_look_gone(cx: Cx) {
    for n in 0..cx.rounds(10_000, 100) {
        let (tx, rx) = fixed::<usize, L, 1>();
        tx.try_put(n).unwrap();
        let closing = cx.start(async move { tx.close() });
        if n % 2 == 0 {
            pass().await;
        }
        assert_eq!(rx.try_take(), Ok(n));
        closing.await.unwrap();
        assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
    }
}

async fn b27_try_take_still_drains_a_closed_channel(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 2>();
    tx.try_put(1).unwrap();
    tx.try_put(2).unwrap();
    tx.close();
    assert_eq!((rx.try_take(), rx.try_take()), (Ok(1), Ok(2)));
    assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
}

async fn b28_a_stream_ends_at_the_close(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    cx.go(async move {
        for n in 0..10 {
            tx.put(n).await.unwrap();
        }
        tx.close();
    });
    let mut stream = pin!(rx.stream());
    for n in 0..10 {
        assert_eq!(next(stream.as_mut()).await, Some(n));
    }
    assert_eq!(next(stream.as_mut()).await, None);
    assert_eq!(next(stream.as_mut()).await, None);
}

async fn b29_a_channel_is_closed_at_once_though_values_remain(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    tx.put(1).await.unwrap();
    assert!(!rx.is_closed());
    tx.close();
    assert!(tx.is_closed() && rx.is_closed());
    assert_eq!((rx.len(), rx.ended()), (1, Some(Ended::Closed)));
}

async fn a14_a_value_put_back_after_the_close_is_delivered(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut take = Box::pin(rx.take());
    assert!(poll_once(take.as_mut()).is_pending());
    tx.try_put(1).unwrap();
    tx.close();
    drop(take);
    assert_eq!(rx.len(), 1);
    assert_eq!((rx.take().await, rx.take().await), (Ok(1), Err(TakeError::Closed)));
}

async fn a16_the_end_can_be_awaited_as_a_guard_too(cx: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    tx.put(1).await.unwrap();
    let (side, other) = (tx.clone(), rx.clone());
    let by_await = cx.start(async move { side.closed().await });
    let (open_tx, open_rx) = rendezvous::<u32, L>();
    let by_choice = cx.start(async move { alts((other.closed(), open_rx.take())).await });
    pass().await;
    assert!(!by_await.is_finished() && !by_choice.is_finished());
    rx.close();
    assert_eq!(by_await.await.unwrap(), Ended::Closed);
    assert_eq!(by_choice.await.unwrap(), Selected2::First(Ended::Closed));
    assert_eq!(open_tx.parked_takes(), 0);
}
