//! Puts and takes: when they complete, and in which order.

use super::*;

checks! {
    b1_a_put_with_a_waiting_take_completes_at_once (A5);
    b2_a_put_without_a_take_waits_for_one;
    b3_a_put_into_free_space_needs_no_take;
    b4_a_put_into_a_full_buffer_waits;
    b5_a_take_gets_the_value_of_a_parked_put (A5);
    b6_a_take_waits_for_a_put;
    b7_a_take_admits_the_oldest_parked_put (A11);
    b9_values_arrive_in_order_for_every_capacity (A11);
    b10_parked_takes_and_puts_are_served_in_order (A11);
    b11_one_put_wakes_one_of_two_takes (A8);
    b12_four_producers_and_four_consumers_lose_nothing (A6);
    b13_parked_puts_are_counted;
    b15_len_and_capacity_are_right_at_every_fill;
    b16_a_million_immediate_operations (A13);
    b17_a_put_is_not_woken_before_a_take_has_come;
    b18_a_rendezvous_put_completes_when_accepted (A5 A6);
    a11_a_put_back_value_may_come_after_a_later_one (A6 A9);
    a13_after_128_immediate_operations_the_next_yields (B16);
}

async fn b1_a_put_with_a_waiting_take_completes_at_once(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let take = cx.start(async move { rx.take().await });
    cx.until_eq(|| tx.parked_takes(), 1).await;
    let mut put = pin!(tx.put(7));
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));
    assert_eq!(take.await.unwrap(), Ok(7));
}

async fn b2_a_put_without_a_take_waits_for_one(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let put = cx.start(async move { tx.put(7).await });
    cx.until_eq(|| rx.parked_puts(), 1).await;
    assert!(!put.is_finished());
    assert_eq!(rx.take().await, Ok(7));
    assert_eq!(put.await.unwrap(), Ok(()));
}

async fn b3_a_put_into_free_space_needs_no_take(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 2>();
    assert_eq!(tx.put(1).await, Ok(()));
    assert_eq!(tx.put(2).await, Ok(()));
    assert_eq!(rx.len(), 2);
}

async fn b4_a_put_into_a_full_buffer_waits(cx: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    tx.put(1).await.unwrap();
    let put = cx.start(async move { tx.put(2).await });
    cx.until_eq(|| rx.parked_puts(), 1).await;
    assert!(!put.is_finished());
    assert_eq!(rx.take().await, Ok(1));
    assert_eq!(put.await.unwrap(), Ok(()));
    assert_eq!(rx.take().await, Ok(2));
}

async fn b5_a_take_gets_the_value_of_a_parked_put(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut put = pin!(tx.put(42));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(poll_once(pin!(rx.take())), Poll::Ready(Ok(42)));
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));
}

async fn b6_a_take_waits_for_a_put(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let take = cx.start(async move { rx.take().await });
    cx.until_eq(|| tx.parked_takes(), 1).await;
    assert!(!take.is_finished());
    tx.put(42).await.unwrap();
    assert_eq!(take.await.unwrap(), Ok(42));
}

async fn b7_a_take_admits_the_oldest_parked_put(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    tx.put(1).await.unwrap();
    let (older, newer) = (Probe::new(), Probe::new());
    let (mut second, mut third) = (pin!(tx.put(2)), pin!(tx.put(3)));
    assert!(older.poll(second.as_mut()).is_pending());
    assert!(newer.poll(third.as_mut()).is_pending());

    assert_eq!(rx.try_take(), Ok(1));
    assert_eq!((older.wakes(), newer.wakes()), (1, 0));
    assert_eq!((rx.len(), rx.parked_puts()), (1, 1));
    assert_eq!(older.poll(second.as_mut()), Poll::Ready(Ok(())));
    assert_eq!(rx.take().await, Ok(2));
    assert_eq!(newer.wakes(), 1);
    assert_eq!(rx.take().await, Ok(3));
}

async fn b9_values_arrive_in_order_for_every_capacity(cx: Cx) {
    each_capacity!(|capacity, pair| {
        let (tx, rx) = pair;
        let count = 2 * capacity as u32 + 5;
        cx.go(async move {
            for n in 0..count {
                tx.put(n).await.unwrap();
            }
            tx.close();
        });
        for n in 0..count {
            assert_eq!(rx.take().await, Ok(n), "capacity {capacity}");
        }
        assert_eq!(rx.take().await, Err(TakeError::Closed));
    });
}

async fn b10_parked_takes_and_puts_are_served_in_order(cx: Cx) {
    let (tx, rx) = rendezvous::<usize, L>();
    let mut takes = Vec::new();
    for n in 0..5 {
        let rx = rx.clone();
        takes.push(cx.start(async move { rx.take().await }));
        cx.until_eq(|| tx.parked_takes(), n + 1).await;
    }
    for (n, take) in takes.into_iter().enumerate() {
        tx.put(n).await.unwrap();
        assert_eq!(take.await.unwrap(), Ok(n));
    }

    let mut puts = Vec::new();
    for n in 0..5 {
        let tx = tx.clone();
        puts.push(cx.start(async move { tx.put(n).await }));
        cx.until_eq(|| rx.parked_puts(), n + 1).await;
    }
    for (n, put) in puts.into_iter().enumerate() {
        assert_eq!(rx.take().await, Ok(n));
        assert_eq!(put.await.unwrap(), Ok(()));
    }
}

async fn b11_one_put_wakes_one_of_two_takes(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let probes = [Probe::new(), Probe::new()];
    let (mut first, mut second) = (pin!(rx.take()), pin!(rx.take()));
    assert!(probes[0].poll(first.as_mut()).is_pending());
    assert!(probes[1].poll(second.as_mut()).is_pending());
    assert_eq!(tx.try_put(1), Ok(()));
    assert_eq!(probes[0].wakes() + probes[1].wakes(), 1);
    assert_eq!(probes[0].poll(first.as_mut()), Poll::Ready(Ok(1)));
    assert!(probes[1].poll(second.as_mut()).is_pending());
}

async fn b12_four_producers_and_four_consumers_lose_nothing(cx: Cx) {
    const EACH: usize = 1000;
    let (tx, rx) = rendezvous::<usize, L>();
    let received = Arc::new(Mutex::new(vec![0; EACH]));
    let mut consumers = Vec::new();
    for _ in 0..4 {
        let (rx, received) = (rx.clone(), received.clone());
        consumers.push(cx.start(async move {
            while let Ok(n) = rx.take().await {
                received.lock().unwrap()[n] += 1;
            }
        }));
    }
    let producers = [(); 4].map(|()| {
        let tx = tx.clone();
        cx.start(async move {
            for n in 0..EACH {
                tx.put(n).await.unwrap();
            }
        })
    });
    for producer in producers {
        producer.await.unwrap();
    }
    tx.close();
    for consumer in consumers {
        consumer.await.unwrap();
    }
    assert_eq!(*received.lock().unwrap(), vec![4; EACH]);
}

async fn b13_parked_puts_are_counted(cx: Cx) {
    let (tx, rx) = rendezvous::<usize, L>();
    for n in 0..5 {
        let tx = tx.clone();
        cx.go(async move { tx.put(n).await.unwrap() });
        cx.until_eq(|| rx.parked_puts(), n + 1).await;
    }
    for n in 0..5 {
        assert_eq!(rx.take().await, Ok(n));
        assert_eq!(rx.parked_puts(), 4 - n);
    }
}

async fn b15_len_and_capacity_are_right_at_every_fill(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 3>();
    for fill in 0..=3 {
        assert_eq!((tx.len(), rx.len()), (fill, fill));
        assert_eq!((tx.capacity(), rx.capacity()), (Some(3), Some(3)));
        assert_eq!(rx.is_empty(), fill == 0);
        assert_eq!(tx.try_put(0).is_ok(), fill < 3);
    }
    let (tx, rx) = rendezvous::<u32, L>();
    let mut put = pin!(tx.put(1));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!((rx.len(), rx.capacity()), (0, Some(0)), "a parked put is not in the channel");
}

async fn b16_a_million_immediate_operations(cx: Cx) {
    let (tx, rx) = fixed::<usize, L, 1>();
    let turns = Arc::new(AtomicUsize::new(0));
    let (other, is_over) = (turns.clone(), rx.clone());
    cx.go(async move {
        while !is_over.is_closed() {
            other.fetch_add(1, Ordering::Relaxed);
            pass().await;
        }
    });
    let rounds = cx.rounds(500_000, 5_000);
    for n in 0..rounds {
        tx.put(n).await.unwrap();
        assert_eq!(rx.take().await, Ok(n));
    }
    tx.close();
    // With threads of its own the other process has turns whatever this one does.
    if cx.is_on_one_thread() {
        let turns = turns.load(Ordering::Relaxed);
        assert!(turns > rounds / 100, "the other process had {turns} turns in {rounds} rounds");
    }
}

async fn b17_a_put_is_not_woken_before_a_take_has_come(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let probe = Probe::new();
    let mut put = pin!(tx.put(1));
    for _ in 0..3 {
        assert!(probe.poll(put.as_mut()).is_pending());
        assert_eq!(probe.wakes(), 0);
    }
    assert_eq!(rx.try_take(), Ok(1));
    assert_eq!(probe.wakes(), 1);
    assert_eq!(probe.poll(put.as_mut()), Poll::Ready(Ok(())));
}

async fn b18_a_rendezvous_put_completes_when_accepted(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut put = pin!(tx.put(1));
    for _ in 0..10 {
        assert!(poll_once(put.as_mut()).is_pending());
    }
    let probe = Probe::new();
    let mut take = pin!(rx.take());
    assert_eq!(probe.poll(take.as_mut()), Poll::Ready(Ok(1)));
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));

    // The other way round: accepted by a take that has not been polled since.
    let mut take = pin!(rx.take());
    assert!(probe.poll(take.as_mut()).is_pending());
    assert_eq!(poll_once(pin!(tx.put(2))), Poll::Ready(Ok(())));
    assert_eq!(probe.poll(take.as_mut()), Poll::Ready(Ok(2)));
}

async fn a11_a_put_back_value_may_come_after_a_later_one(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut first = Box::pin(rx.take());
    let mut second = Box::pin(rx.take());
    assert!(poll_once(first.as_mut()).is_pending());
    assert!(poll_once(second.as_mut()).is_pending());
    tx.try_put(1).unwrap();
    // A static channel has one place, so the second put parks and the take is told to come.
    let mut put = pin!(tx.put(2));
    let accepted = poll_once(put.as_mut());
    drop(first);
    let came = poll_once(second.as_mut());
    match accepted {
        Poll::Ready(result) => {
            result.unwrap();
            assert_eq!((came, rx.try_take()), (Poll::Ready(Ok(2)), Ok(1)));
        }
        Poll::Pending => assert_eq!((came, rx.try_take()), (Poll::Ready(Ok(1)), Ok(2))),
    }
}

async fn a13_after_128_immediate_operations_the_next_yields(_: Cx) {
    let (tx, rx) = fixed::<usize, L, 1>();
    let count = AtomicUsize::new(0);
    let mut pairs = pin!(async {
        for n in 0..1000 {
            tx.put(n).await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            assert_eq!(rx.take().await, Ok(n));
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let probe = Probe::new();
    for turn in 1..=5 {
        assert!(probe.poll(pairs.as_mut()).is_pending());
        assert_eq!((count.load(Ordering::Relaxed), probe.wakes()), (128 * turn, turn));
    }

    // What never waits never yields.
    for n in 0..1000 {
        tx.try_put(n).unwrap();
        assert_eq!(poll_once(pin!(alts([rx.take()]).or_default())), Poll::Ready(Some((0, Ok(n)))));
    }
    let (tx, rx) = eager::<usize, L, 1>();
    for n in 0..1000 {
        assert_eq!(poll_once(pin!(tx.put(n))), Poll::Ready(Ok(())));
        assert_eq!(poll_once(pin!(rx.take())), Poll::Ready(Ok(n)));
    }
}
