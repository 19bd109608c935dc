//! Buffers: what a full one does with one more value.

use super::*;

checks! {
    b88_a_fixed_buffer_is_full_at_its_size_and_keeps_order;
    b89_a_dropping_buffer_loses_the_newest;
    b90_a_sliding_buffer_loses_the_oldest;
    b91_a_promise_has_one_value_for_ever;
    b92_a_put_on_a_full_dropping_or_sliding_buffer_never_waits;
    b93_an_overwriting_buffer_replaces_the_newest;
    b96_a_promise_serves_all_who_wait (A15);
    a4_a_rendezvous_is_a_buffer_of_no_size (B95);
}

async fn b88_a_fixed_buffer_is_full_at_its_size_and_keeps_order(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 2>();
    assert_eq!((tx.try_put(1), tx.try_put(2)), (Ok(()), Ok(())));
    assert_eq!((tx.try_put(3), rx.len()), (Err(TryPutError::Full(3)), 2));
    assert_eq!((rx.try_take(), rx.try_take()), (Ok(1), Ok(2)));
    assert_eq!((rx.try_take(), rx.discarded()), (Err(TryTakeError::Empty), 0));
}

async fn b89_a_dropping_buffer_loses_the_newest(_: Cx) {
    let (tx, rx) = dropping::<u32, L, 2>();
    for n in 1..=4 {
        assert_eq!(tx.put(n).await, Ok(()));
    }
    assert_eq!((rx.len(), rx.discarded()), (2, 2));
    assert_eq!((rx.try_take(), rx.try_take()), (Ok(1), Ok(2)));
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
}

async fn b90_a_sliding_buffer_loses_the_oldest(_: Cx) {
    let (tx, rx) = sliding::<u32, L, 2>();
    for n in 1..=4 {
        assert_eq!(tx.put(n).await, Ok(()));
    }
    assert_eq!((rx.len(), rx.discarded()), (2, 2));
    assert_eq!((rx.try_take(), rx.try_take()), (Ok(3), Ok(4)));
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
}

async fn b91_a_promise_has_one_value_for_ever(_: Cx) {
    let (tx, rx) = promise::<u32, L>();
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
    for n in 1..=3 {
        assert_eq!(tx.put(n).await, Ok(()));
    }
    for _ in 0..3 {
        assert_eq!((rx.take().await, rx.try_take()), (Ok(1), Ok(1)));
        assert_eq!(alts([rx.take()]).await, (0, Ok(1)));
    }
    assert_eq!(rx.discarded(), 2);
}

async fn b92_a_put_on_a_full_dropping_or_sliding_buffer_never_waits(_: Cx) {
    macro_rules! never_waits {
        ($pair:expr) => {
            let (tx, rx) = $pair;
            // So few that none of them yields (A13).
            for n in 0..30 {
                assert_eq!(poll_once(pin!(tx.put(n))), Poll::Ready(Ok(())));
                let mut value = Some(n);
                let chosen = poll_once(pin!(alts([tx.put_from(&mut value)])));
                assert_eq!((chosen, value), (Poll::Ready((0, Ok(()))), None));
                assert_eq!(tx.try_put(n), Ok(()));
                let _taken = rx.try_take();
            }
            assert_eq!(tx.parked_puts(), 0);
        };
    }
    never_waits!(dropping::<u32, L, 1>());
    never_waits!(sliding::<u32, L, 1>());
    never_waits!(overwriting::<u32, L, 1>());
}

async fn b93_an_overwriting_buffer_replaces_the_newest(_: Cx) {
    let (tx, rx) = overwriting::<u32, L, 2>();
    for n in 1..=4 {
        assert_eq!(tx.put(n).await, Ok(()));
    }
    assert_eq!((rx.len(), rx.discarded()), (2, 2));
    assert_eq!((rx.try_take(), rx.try_take()), (Ok(1), Ok(4)));
}

async fn b96_a_promise_serves_all_who_wait(cx: Cx) {
    let (tx, rx) = promise::<u32, L>();
    let takes = [(); 4].map(|()| {
        let rx = rx.clone();
        cx.start(async move { rx.take().await })
    });
    cx.until_eq(|| tx.parked_takes(), 4).await;
    tx.put(7).await.unwrap();
    for take in takes {
        assert_eq!(take.await.unwrap(), Ok(7));
    }
    tx.close();
    assert_eq!((rx.take().await, rx.try_take()), (Ok(7), Ok(7)), "the value survives the close");

    let (tx, rx) = promise::<u32, L>();
    let takes = [(); 3].map(|()| {
        let rx = rx.clone();
        cx.start(async move { rx.take().await })
    });
    cx.until_eq(|| tx.parked_takes(), 3).await;
    tx.close();
    for take in takes {
        assert_eq!(take.await.unwrap(), Err(TakeError::Closed));
    }
}

async fn a4_a_rendezvous_is_a_buffer_of_no_size(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    assert_eq!((tx.capacity(), rx.len()), (Some(0), 0));
    assert_eq!(tx.try_put(1), Err(TryPutError::Full(1)));
    let mut take = pin!(rx.take());
    assert!(poll_once(take.as_mut()).is_pending());
    assert_eq!(tx.try_put(1), Ok(()));
    assert_eq!(poll_once(take.as_mut()), Poll::Ready(Ok(1)));
}
