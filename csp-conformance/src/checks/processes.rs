//! Processes: their start, their results, groups of them, and very many of them.

use std::cell::Cell;
use std::future::{pending, ready};

use csp_core::{parallel, sequence, try_parallel};

use super::*;
use crate::hand::Shelf;
use crate::panics::caught;
use crate::tally::Tally;

checks! {
    b105_a_result_is_delivered_and_its_channel_closes (A27);
    b106_a_process_without_a_result_closes_its_channel (A27);
    b107_a_panic_of_a_process_is_an_error (A27);
    b108_groups_give_results_in_order_and_nest (A28);
    b109_the_siblings_of_a_failure_are_awaited_or_cancelled (A28);
    b110_a_process_survives_the_drop_of_its_handle (A27);
    b112_a_daisy_chain_adds_up;
    b113_very_many_processes_wait;
    a27_a_process_never_runs_inside_the_call_that_starts_it;
    a27_a_process_is_a_guard_and_is_stopped_on_request_only;
    a27_a_process_that_its_runtime_drops_is_an_error;
    a27_a_handle_keeps_the_result_until_a_choice_takes_it;
    a28_groups_of_a_fixed_number_allocate_nothing [on OneThread];
    a28_a_panic_goes_through_the_group_and_drops_the_siblings;
    a28_a_failure_leaves_nothing_behind_in_the_group (B109);
    a28_groups_allocate_nothing [on OneThread];
}

async fn b105_a_result_is_delivered_and_its_channel_closes(cx: Cx) {
    let process = cx.start(async { 6 * 7 });
    let result = process.result();
    assert_eq!(result.take().await.unwrap().unwrap(), 42);
    assert_eq!(result.take().await.err(), Some(TakeError::Closed));
    assert!(process.is_finished());
    assert_eq!(cx.start(async { "awaited" }).await.unwrap(), "awaited");
}

async fn b106_a_process_without_a_result_closes_its_channel(cx: Cx) {
    let process = cx.start(async { pass().await });
    let ended = process.result().closed().await;
    assert_eq!(ended, csp_core::Ended::Closed);
    process.await.unwrap();
}

async fn b107_a_panic_of_a_process_is_an_error(cx: Cx) {
    let process = cx.start(async {
        pass().await;
        if true {
            panic!("on purpose");
        }
    });
    process.result().closed().await;
    let error = process.await.unwrap_err();
    assert!(error.is_panic() && !error.is_stopped());
    assert!(error.to_string().contains("on purpose"), "{error}");
    let payload = error.into_panic().unwrap();
    assert_eq!(payload.downcast_ref(), Some(&"on purpose"));
}

async fn b108_groups_give_results_in_order_and_nest(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    // Each of the two needs the other.
    let both = parallel((tx.put(1), rx.take(), async { "third" })).await;
    assert_eq!(both, (Ok(()), Ok(1), "third"));
    let order = Mutex::new(Vec::new());
    let step = async |n: u32, passes: u32| {
        for _ in 0..passes {
            pass().await;
        }
        order.lock().unwrap().push(n);
        n
    };
    let results = parallel((
        sequence((step(1, 5), step(2, 0))),
        step(3, 1),
        sequence([parallel([step(4, 2), step(5, 2)])]),
    ));
    assert_eq!(results.await, ((1, 2), 3, [[4, 5]]));
    assert_eq!(order.into_inner().unwrap(), [3, 4, 5, 1, 2]);
}

async fn b109_the_siblings_of_a_failure_are_awaited_or_cancelled(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let fails = async {
        pass().await;
        Err::<u32, _>(Error::Closed)
    };
    let goes_on = async {
        for _ in 0..10 {
            pass().await;
        }
        7
    };
    assert_eq!(parallel((fails, goes_on)).await, (Err(Error::Closed), 7));

    // If so asked, they are cancelled: dropped where they wait.
    let tally = Tally::new();
    let fails = async {
        pass().await;
        Err::<u32, _>(Error::Closed)
    };
    let waits = async {
        let _held = tally.value(1);
        Ok(rx.take().await?)
    };
    {
        let mut group = Box::pin(try_parallel((waits, fails)));
        assert_eq!(poll_once(group.as_mut()), Poll::Pending);
        assert_eq!((tx.parked_takes(), tally.live()), (1, 1));
        assert_eq!(poll_once(group.as_mut()), Poll::Ready(Err(Error::Closed)));
    }
    assert_eq!((tx.parked_takes(), tally.live()), (0, 0));
}

async fn b110_a_process_survives_the_drop_of_its_handle(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    drop(cx.start(async move {
        pass().await;
        tx.put(1).await
    }));
    assert_eq!(rx.take().await, Ok(1));
}

async fn b112_a_daisy_chain_adds_up(cx: Cx) {
    let stages = cx.rounds(100_000, 1_000);
    let (first, mut right) = rendezvous::<usize, L>();
    for _ in 0..stages {
        let (left, next) = rendezvous::<usize, L>();
        let from = std::mem::replace(&mut right, next);
        cx.go(async move {
            let n = from.take().await.unwrap();
            left.put(n + 1).await.unwrap();
        });
    }
    let (put, sum) = parallel((first.put(1), right.take())).await;
    assert_eq!((put, sum), (Ok(()), Ok(stages + 1)));
}

async fn b113_very_many_processes_wait(cx: Cx) {
    let count = cx.rounds(if cx.is_virtual() { 1_000_000 } else { 10_000 }, 1_000);
    let (tx, rx) = rendezvous::<u32, L>();
    let ended = Arc::new(AtomicUsize::new(0));
    let allocated = allocation_counter::measure(|| {
        for _ in 0..count {
            let (rx, ended) = (rx.clone(), ended.clone());
            cx.go_unwatched(async move {
                if rx.take().await.is_err() {
                    ended.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    cx.until(|| tx.parked_takes() == count).await;
    if cx.is_virtual() {
        let each = allocated.bytes_current as usize / count;
        cx.note(format_args!("b113 parks {count} processes of {each} bytes each"));
        assert!(each < 1000, "{each} bytes");
    }
    tx.close();
    cx.until_eq(|| ended.load(Ordering::Relaxed), count).await;
}

thread_local! {
    static IS_STARTING: Cell<bool> = const { Cell::new(false) };
}

async fn a27_a_process_never_runs_inside_the_call_that_starts_it(cx: Cx) {
    let (tx, rx) = rendezvous::<bool, L>();
    for _ in 0..10 {
        let (one, other) = (tx.clone(), tx.clone());
        IS_STARTING.set(true);
        cx.go(async move { one.put(IS_STARTING.get()).await.unwrap() });
        drop(cx.start(async move { other.put(IS_STARTING.get()).await }));
        IS_STARTING.set(false);
        assert_eq!((rx.take().await, rx.take().await), (Ok(false), Ok(false)));
    }
}

async fn a27_a_process_is_a_guard_and_is_stopped_on_request_only(cx: Cx) {
    let (_tx, rx) = rendezvous::<u32, L>();
    let tally = Tally::new();
    let held = tally.value(1);
    let idle = rx.clone();
    let waits = cx.start(async move {
        let _held = held;
        rx.take().await
    });
    let ends = cx.start(async { 5 });
    let chosen = alts((&waits, &ends, idle.take())).await;
    assert!(matches!(chosen, csp_core::Selected3::Second(Ok(5))), "{chosen:?}");
    assert_eq!((tally.live(), waits.is_finished()), (1, false));
    waits.stop();
    let error = waits.await.unwrap_err();
    assert!(error.is_stopped() && !error.is_panic());
    assert_eq!(tally.live(), 0);
}

async fn a28_a_panic_goes_through_the_group_and_drops_the_siblings(_: Cx) {
    let tally = Tally::new();
    let waits = async {
        let _held = tally.value(1);
        pending::<()>().await;
    };
    let panics = async {
        pass().await;
        if true {
            panic!("on purpose");
        }
    };
    let mut group = Box::pin(parallel((waits, panics)));
    assert!(poll_once(group.as_mut()).is_pending());
    let why = caught(move || poll_once(group.as_mut())).unwrap_err();
    assert!(why.contains("on purpose"));
    assert_eq!(tally.live(), 0);
}

async fn a27_a_process_that_its_runtime_drops_is_an_error(_: Cx) {
    let shelf = Shelf::default();
    let new = csp_core::start_local::<L, _, _>(&shelf, pending::<u32>());
    let begun = csp_core::start_local::<L, _, _>(&shelf, pending::<u32>());
    assert!(poll_once(shelf.0.borrow_mut()[1].as_mut()).is_pending());
    assert!(!new.is_finished() && !begun.is_finished());
    drop(shelf);
    for process in [new, begun] {
        assert!(process.is_finished());
        assert!(process.await.unwrap_err().is_stopped());
    }
}

async fn a27_a_handle_keeps_the_result_until_a_choice_takes_it(cx: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    let (gate, opened) = rendezvous::<u32, L>();
    let process = cx.start(async move { 2 * opened.take().await.unwrap() });
    tx.put(1).await.unwrap();
    assert!(matches!(alts((&process, rx.take())).await, Selected2::Second(Ok(1))));
    gate.put(21).await.unwrap();
    assert!(matches!(alts((&process, rx.take())).await, Selected2::First(Ok(42))));
    let spent = alts((&process, rx.take())).await;
    assert!(matches!(spent, Selected2::First(Err(error)) if error.is_stopped()));
}

async fn a28_a_failure_leaves_nothing_behind_in_the_group(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let (gate, opened) = rendezvous::<u32, L>();
    let tally = Tally::new();
    let waits = async |held| {
        let taken = rx.take().await;
        drop(held);
        Ok::<_, Error>(taken?)
    };
    let fails = async { Ok::<_, Error>(opened.take().await?) };
    let group = (waits(tally.value(1)), fails, waits(tally.value(2)));
    let mut group = pin!(try_parallel(group));
    assert!(poll_once(group.as_mut()).is_pending());
    assert_eq!((tx.parked_takes(), tally.live()), (2, 2));
    gate.poison(3);
    let failed = Poll::Ready(Err(Error::Poisoned { strength: 3 }));
    assert_eq!(poll_once(group.as_mut()), failed);
    // Though the group itself is still there.
    assert_eq!((tx.parked_takes(), tally.live()), (0, 0));

    let succeed = [1, 2].map(|n| ready(Ok::<u32, Error>(n)));
    assert_eq!(try_parallel(succeed).await, Ok([1, 2]));
}

async fn a28_groups_allocate_nothing(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let (into, out) = fixed::<u32, L, 1>();
    let round = || {
        let mut met = pin!(parallel((tx.put(1), rx.take())));
        assert!(poll_once(met.as_mut()).is_pending());
        assert_eq!(poll_once(met.as_mut()), Poll::Ready((Ok(()), Ok(1))));
        let passed = poll_once(pin!(sequence((into.put(2), out.take()))));
        assert_eq!(passed, Poll::Ready((Ok(()), Ok(2))));
        assert!(poll_once(pin!(try_parallel([rx.take(), rx.take()]))).is_pending());
    };
    round();
    assert_eq!(allocation_counter::measure(round).count_total, 0);
}

async fn a28_groups_of_a_fixed_number_allocate_nothing(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let round = |n| {
        let twice = sequence([rx.take(), rx.take()]);
        let puts = sequence((tx.put(n), tx.put(n + 1)));
        let mut both = pin!(parallel((puts, twice)));
        let results = loop {
            if let Poll::Ready(results) = poll_once(both.as_mut()) {
                break results;
            }
        };
        assert_eq!(results, ((Ok(()), Ok(())), [Ok(n), Ok(n + 1)]));
    };
    // The room that a channel makes for its wakers is made once, whoever waits there.
    round(0);
    let allocated = allocation_counter::measure(|| (1..50).for_each(round));
    assert_eq!(allocated.count_total, 0);
}
