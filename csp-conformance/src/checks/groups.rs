//! Groups of any number of processes, each a task of the runtime.

use super::*;
use crate::tally::Tally;

checks! {
    elsewhere "processes of such a group may go to another thread";
    b108_a_group_of_any_number_gives_results_in_order (A28);
    b109_a_group_of_any_number_goes_on_when_one_fails (A28);
    b109_a_dropped_group_stops_its_processes (A28);
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
