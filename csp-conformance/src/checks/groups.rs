//! Groups of any number of processes: each a task of the runtime, or all of them in one task.

use std::future::{poll_fn, ready};
use std::time::Duration;

use csp_core::lock::StdLock;
use csp_core::runtime::{Spawn, Timer};
use csp_core::{group, group_with_timer, parallel_queued, start};

use super::*;
use crate::tally::Tally;

checks! {
    elsewhere "processes of such a group may go to another thread";
    b108_a_group_of_any_number_gives_results_in_order (A28);
    b109_a_group_of_any_number_goes_on_when_one_fails (A28);
    b109_a_dropped_group_stops_its_processes (A28);
    a27_the_same_network_runs_spawned_or_in_a_group (A28);
    a28_a_group_in_one_task_meets_processes_outside;
    a28_a_group_of_a_fixed_number_with_a_queue_gives_results_in_order;
    a6_a_group_that_is_dropped_loses_no_value (A8);
}

async fn b108_a_group_of_any_number_gives_results_in_order(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let takes = (0..20).map(|n| {
        let rx = rx.clone();
        async move { (n, rx.take().await.is_ok()) }
    });
    let all = cx.clone();
    cx.go(async move {
        all.until_eq(|| tx.parked_takes(), 20).await;
        for n in 0..20 {
            tx.put(n).await.unwrap();
        }
    });
    let results = cx.parallel(takes).await.into_iter().map(Result::unwrap);
    assert!(results.eq((0..20).map(|n| (n, true))));
}

async fn b109_a_group_of_any_number_goes_on_when_one_fails(cx: Cx) {
    let results = cx.parallel((0..5).map(|n| async move {
        pass().await;
        assert!(n != 2, "on purpose");
        n
    }));
    let results = results.await.into_iter().map(|result| result.map_err(|error| error.is_panic()));
    assert!(results.eq([Ok(0), Ok(1), Err(true), Ok(3), Ok(4)]));
}

async fn b109_a_dropped_group_stops_its_processes(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let tally = Tally::new();
    let takes = (0..5).map(|n| {
        let (rx, held) = (rx.clone(), tally.value(n));
        async move {
            let taken = rx.take().await;
            drop(held);
            taken
        }
    });
    {
        let mut group = pin!(cx.parallel(takes));
        assert!(poll_once(group.as_mut()).is_pending());
        cx.until_eq(|| tx.parked_takes(), 5).await;
    }
    cx.until_eq(|| (tx.parked_takes(), tally.live()), (0, 0)).await;
}

/// Commstime, for any runtime, with a wait and a result: gives the sum of what the consumer took.
async fn commstime<R: Spawn + Timer>(runtime: &R) -> u32 {
    let ((a, to_delta), (b, to_successor)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let ((c, to_prefix), (d, to_consumer)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    runtime.go(async move {
        a.put(0).await.unwrap();
        while let Ok(number) = to_prefix.take().await {
            if a.put(number).await.is_err() {
                return;
            }
        }
    });
    runtime.go(async move {
        while let Ok(number) = to_delta.take().await {
            if d.put(number).await.is_err() || b.put(number).await.is_err() {
                break;
            }
        }
        b.close();
        to_delta.close();
    });
    runtime.go(async move {
        while let Ok(number) = to_successor.take().await {
            if c.put(number + 1).await.is_err() {
                return;
            }
        }
        c.close();
    });
    let pause = runtime.wait(Duration::from_millis(1));
    let consumer = start::<StdLock, _, _>(runtime, async move {
        let mut sum = 0;
        for _ in 0..100 {
            sum += to_consumer.take().await.unwrap();
        }
        to_consumer.close();
        sum
    });
    pause.await;
    consumer.await.unwrap()
}

async fn a27_the_same_network_runs_spawned_or_in_a_group(cx: Cx) {
    assert_eq!(commstime(&cx.runtime).await, 4950);
    let here = group_with_timer::<StdLock, _, _>(cx.runtime, async |group| commstime(&group).await);
    assert_eq!(here.await, 4950);
    // A group is one process of the runtime.
    let timer = cx.runtime;
    let elsewhere = cx.start(async move {
        let in_group = |group| async move { commstime(&group).await };
        group_with_timer::<StdLock, _, _>(timer, in_group).await
    });
    assert_eq!(elsewhere.await.unwrap(), 4950);
}

/// Woken from tasks of the runtime, which may be on other threads.
async fn a28_a_group_in_one_task_meets_processes_outside(cx: Cx) {
    let ((tx, rx), (back_tx, back_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let echoes = cx.start(group::<StdLock, _>(move |group| async move {
        for _ in 0..4 {
            let (rx, back_tx) = (rx.clone(), back_tx.clone());
            group.go(async move {
                while let Ok(number) = rx.take().await {
                    back_tx.put(number).await.unwrap();
                }
            });
        }
    }));
    let all = cx.rounds(1000, 50) as u32;
    cx.go(async move {
        for number in 0..all {
            tx.put(number).await.unwrap();
        }
        tx.close();
    });
    let mut sum = 0;
    for _ in 0..all {
        sum += back_rx.take().await.unwrap();
    }
    assert_eq!(sum, (0..all).sum());
    echoes.await.unwrap();
}

async fn a28_a_group_of_a_fixed_number_with_a_queue_gives_results_in_order(cx: Cx) {
    let ((tx, rx), (back_tx, back_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    cx.go(async move {
        while let Ok(number) = rx.take().await {
            back_tx.put(number * 2).await.unwrap();
        }
        back_tx.close();
    });
    let putter = async {
        for number in 0..50 {
            tx.put(number).await.unwrap();
        }
        tx.close();
        "put"
    };
    let taker = async {
        let mut sum = 0;
        while let Ok(number) = back_rx.take().await {
            sum += number;
        }
        sum
    };
    let nested = parallel_queued::<StdLock, _>((ready(1), async { pass().await }));
    let group = parallel_queued::<StdLock, _>((putter, taker, nested));
    assert_eq!(group.await, ("put", 2450, (1, ())));
}

async fn a6_a_group_that_is_dropped_loses_no_value(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let all = 60;
    cx.go(async move {
        for number in 0..all {
            tx.put(number).await.unwrap();
        }
        tx.close();
    });
    let taken = Arc::new(Mutex::new(Vec::new()));
    for stop in [1, 7, 20] {
        let mut takers = pin!(group::<StdLock, _>(async |group| {
            for _ in 0..3 {
                let (rx, taken) = (rx.clone(), taken.clone());
                group.go(async move {
                    while let Ok(number) = rx.take().await {
                        taken.lock().unwrap().push(number);
                    }
                });
            }
        }));
        poll_fn(|cx| {
            // It has not ended: the putter has more.
            let ended = takers.as_mut().poll(cx).is_ready();
            let enough = ended || taken.lock().unwrap().len() >= stop;
            if enough { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    while let Ok(number) = rx.take().await {
        taken.lock().unwrap().push(number);
    }
    let mut taken = std::mem::take(&mut *taken.lock().unwrap());
    taken.sort_unstable();
    assert!(taken.into_iter().eq(0..all));
}
