//! The choice that stays at its channels, `Alternative`.

use std::time::Duration;

use csp_core::{Alternative, Branch, BranchOutcome, Selected5, idle_timeout};

use super::*;
use crate::virtual_time;

checks! {
    b75_an_alternative_is_selected_from_again_and_again (B52 B79);
    b75_an_alternative_of_a_slice_outlives_its_selections (A25);
    a19_an_alternative_is_no_offer (A9);
    b56_an_alternative_with_priority_takes_the_first_ready (A21);
    b57_a_random_alternative_reaches_each (A21);
    b58_a_fair_alternative_lets_no_ready_branch_wait_while_another_is_served_twice (A21);
    b59_an_alternative_with_a_default_does_not_wait (B60);
    b62_an_alternative_sees_one_instant_of_its_channels (A20);
    b70_a_precondition_switches_a_branch_of_an_alternative_off (A24);
    b71_an_alternative_with_skip_is_a_poll;
    b72_ten_selections_with_one_write_time_out_nine_times [on VirtualTime];
    b73_a_timer_of_a_finished_selection_never_fires_later (A26) [on VirtualTime];
    b74_of_two_expired_timers_of_an_alternative_the_shorter_wins (A20);
    b77_poison_reaches_an_alternative_that_waits (A22);
    b78_writers_lose_nothing_to_two_alternatives (A6 A19);
    b82_a_dropped_selection_leaves_nothing_behind (A8);
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

async fn b75_an_alternative_is_selected_from_again_and_again(cx: Cx) {
    let (numbers, words) = (rendezvous::<usize, L>(), fixed::<&str, L, 1>());
    let (out, quit) = (numbers.0.clone(), words.0.clone());
    cx.go(async move {
        for n in 0..5 {
            out.put(n).await.unwrap();
        }
        quit.put("done").await.unwrap();
    });
    let mut alternative = pin!(Alternative::new((numbers.1.take(), words.1.take())));
    for n in 0..5 {
        assert_eq!(alternative.as_mut().fair_select().await, Selected2::First(Ok(n)));
    }
    assert_eq!(alternative.as_mut().select().await, Selected2::Second(Ok("done")));
}

async fn b75_an_alternative_of_a_slice_outlives_its_selections(cx: Cx) {
    let pairs: Vec<_> = (0..70).map(|_| rendezvous::<usize, L>()).collect();
    let outputs: Vec<_> = pairs.iter().map(|(tx, _)| tx.clone()).collect();
    cx.go(async move {
        for round in 0..3 {
            for tx in &outputs {
                tx.put(round).await.unwrap();
            }
        }
    });
    let mut branches =
        Box::into_pin(pairs.iter().map(|(_, rx)| Branch::take(&**rx)).collect::<Box<[_]>>());
    let mut alternative = pin!(Alternative::new(branches.as_mut()));
    for n in 0..3 * 70 {
        let chosen = alternative.as_mut().fair_select().await;
        assert_eq!(chosen, (n % 70, BranchOutcome::Took(Ok(n / 70))));
    }
}

async fn a19_an_alternative_is_no_offer(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut alternative = pin!(Alternative::new([rx.take()]));
    assert_eq!(alternative.as_mut().select().try_now(), None);
    assert_eq!(tx.try_put(1), Err(TryPutError::Full(1)));
    // Idle, it holds nobody up, and is not woken.
    let (mut put, mut take) = (pin!(tx.put(2)), pin!(rx.take()));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(poll_once(take.as_mut()), Poll::Ready(Ok(2)));
    assert_eq!(put.await, Ok(()));
    assert_eq!(alternative.as_mut().select().try_now(), None);
    // Nor when it waits, but then it is told.
    let probe = Probe::new();
    let mut selection = pin!(alternative.as_mut().select());
    assert!(probe.poll(selection.as_mut()).is_pending());
    assert_eq!(tx.try_put(3), Err(TryPutError::Full(3)));
    let mut put = pin!(tx.put(4));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(probe.wakes(), 1);
    assert_eq!(selection.await, (0, Ok(4)));
    assert_eq!(put.await, Ok(()));
}

async fn b56_an_alternative_with_priority_takes_the_first_ready(_: Cx) {
    let pairs = [(); 50].map(|()| fixed::<usize, L, 1>());
    let mut alternative = pin!(Alternative::new(pairs.each_ref().map(|(_, rx)| rx.take())));
    for round in 0..2 {
        for (n, (tx, _)) in pairs.iter().enumerate().rev() {
            tx.try_put(n + round).unwrap();
        }
        for n in 0..50 {
            assert_eq!(alternative.as_mut().pri_select().await, (n, Ok(n + round)));
        }
    }
}

async fn b57_a_random_alternative_reaches_each(_: Cx) {
    let pairs = [(); 2].map(|()| fixed::<usize, L, 1>());
    let mut alternative = pin!(Alternative::new(pairs.each_ref().map(|(_, rx)| rx.take())));
    let mut shares = [0; 2];
    for _ in 0..1000 {
        for (tx, _) in &pairs {
            let _full = tx.try_put(0);
        }
        shares[alternative.as_mut().select().await.0] += 1;
    }
    assert!(shares.iter().all(|&share| share >= 100), "{shares:?}");
}

async fn b58_a_fair_alternative_lets_no_ready_branch_wait_while_another_is_served_twice(_: Cx) {
    const N: usize = 5;
    let pairs = [(); N].map(|()| fixed::<usize, L, 1>());
    let mut alternative = pin!(Alternative::new(pairs.each_ref().map(|(_, rx)| rx.take())));
    // Who has been served since this one became ready.
    let mut served = [[0; N]; N];
    for round in 0..500 {
        for (n, (tx, _)) in pairs.iter().enumerate() {
            if n < 2 || round % (n + 1) == 0 {
                let _full = tx.try_put(n);
            }
        }
        let ready: Vec<bool> = pairs.iter().map(|(_, rx)| !rx.is_empty()).collect();
        let (chosen, taken) = alternative.as_mut().fair_select().await;
        assert_eq!(taken, Ok(chosen));
        for n in 0..N {
            served[n][chosen] += 1;
            if !ready[n] || n == chosen {
                served[n] = [0; N];
            }
            assert!(served[n].iter().all(|&times| times < 2), "{n} waits: {:?}", served[n]);
        }
    }
}

async fn b59_an_alternative_with_a_default_does_not_wait(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    let mut alternative = pin!(Alternative::new([rx.take()]));
    assert_eq!(alternative.as_mut().select().or_default().await, None);
    tx.try_put(1).unwrap();
    assert_eq!(alternative.as_mut().select().or_default().await, Some((0, Ok(1))));
    tx.close();
    for _ in 0..2 {
        let chosen = alternative.as_mut().fair_select().or_default().await;
        assert_eq!(chosen, Some((0, Err(TakeError::Closed))));
    }
}

async fn b62_an_alternative_sees_one_instant_of_its_channels(cx: Cx) {
    // Go's NonblockSelectRace: the second channel becomes ready before the first is emptied.
    for n in 0..cx.rounds(10_000, 200) {
        let ((one, one_rx), (two, two_rx)) = (fixed::<usize, L, 1>(), fixed::<usize, L, 1>());
        one.try_put(n).unwrap();
        let (a, b) = (one_rx.clone(), two_rx.clone());
        let chooser = cx.start(async move {
            let alternative = pin!(Alternative::new([a.take(), b.take()]));
            alternative.fair_select().or_default().await
        });
        if n % 3 == 0 {
            pass().await;
        }
        if n % 2 == 0 {
            two.try_put(n).unwrap();
        } else {
            two.close();
        }
        let _emptied = one_rx.try_take();
        assert!(chooser.await.unwrap().is_some(), "round {n}: one channel was ready all the time");
    }
}

async fn b70_a_precondition_switches_a_branch_of_an_alternative_off(_: Cx) {
    let pairs = [(); 3].map(|()| fixed::<usize, L, 1>());
    let mut alternative = pin!(Alternative::new(pairs.each_ref().map(|(_, rx)| rx.take())));
    for (n, (tx, _)) in pairs.iter().enumerate() {
        tx.try_put(n).unwrap();
    }
    let open = [false, true, false];
    let selection = alternative.as_mut().pri_select().when(|index| open[index]);
    assert_eq!(selection.await, (1, Ok(1)));
    let selection = alternative.as_mut().pri_select().when(|index| open[index]);
    assert_eq!(selection.or_default().await, None);
    assert_eq!(alternative.as_mut().select().when(|_| false).or_default().await, None);
    assert_eq!(alternative.as_mut().pri_select().await, (0, Ok(0)));
    assert_eq!(alternative.as_mut().pri_select().await, (2, Ok(2)));
}

async fn b71_an_alternative_with_skip_is_a_poll(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    let mut alternative = pin!(Alternative::new((rx.take(), skip())));
    for n in 0..3 {
        assert_eq!(alternative.as_mut().pri_select().await, Selected2::Second(()));
        tx.try_put(n).unwrap();
        assert_eq!(alternative.as_mut().pri_select().await, Selected2::First(Ok(n)));
    }
}

async fn b72_ten_selections_with_one_write_time_out_nine_times(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let (writer, other) = (tx.clone(), cx.clone());
    cx.go(async move {
        other.wait(ms(500)).await;
        writer.put(42).await.unwrap();
    });
    let mut alternative = pin!(Alternative::new((rx.take(), idle_timeout(cx.runtime, ms(100)))));
    let (mut values, mut timeouts) = (Vec::new(), 0);
    for _ in 0..10 {
        match alternative.as_mut().pri_select().await {
            Selected2::First(value) => values.push(value.unwrap()),
            Selected2::Second(()) => timeouts += 1,
        }
    }
    assert_eq!((values, timeouts, tx.is_closed()), (vec![42], 9, false));
}

async fn b73_a_timer_of_a_finished_selection_never_fires_later(cx: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    let other = cx.clone();
    cx.go(async move {
        other.wait(ms(50)).await;
        tx.put(1).await.unwrap();
        other.wait(ms(500)).await;
    });
    let limit = cx.timeout(ms(100));
    let mut alternative = pin!(Alternative::new((rx.take(), limit)));
    assert_eq!(alternative.as_mut().select().await, Selected2::First(Ok(1)));
    assert_eq!(virtual_time::timers(), 1, "that of the writer: the selection's went with it");
    {
        let mut selection = pin!(alternative.as_mut().select());
        assert!(poll_once(selection.as_mut()).is_pending());
        assert_eq!(virtual_time::timers(), 2);
    }
    assert_eq!(virtual_time::timers(), 1, "it went with the dropped one too");
    // The deadline is that of the whole conversation.
    for _ in 0..2 {
        assert_eq!(alternative.as_mut().select().await, Selected2::Second(()));
    }
    assert!(limit.has_passed());
}

async fn b74_of_two_expired_timers_of_an_alternative_the_shorter_wins(cx: Cx) {
    let (short, long) = (cx.timeout(ms(1)), cx.timeout(ms(2)));
    cx.wait(ms(3)).await;
    let mut first = pin!(Alternative::new((long, short)));
    let mut second = pin!(Alternative::new((short, long)));
    for _ in 0..20 {
        assert_eq!(first.as_mut().select().await, Selected2::Second(()));
        assert_eq!(first.as_mut().pri_select().await, Selected2::Second(()));
        assert_eq!(second.as_mut().fair_select().await, Selected2::First(()));
    }
}

async fn b77_poison_reaches_an_alternative_that_waits(_: Cx) {
    let pairs = [(); 2].map(|()| rendezvous::<u32, L>());
    let mut alternative = pin!(Alternative::new(pairs.each_ref().map(|(_, rx)| rx.take())));
    let probe = Probe::new();
    {
        let mut selection = pin!(alternative.as_mut().select());
        assert!(probe.poll(selection.as_mut()).is_pending());
        assert!(pairs[1].0.poison(3));
        assert_eq!(probe.wakes(), 1);
        assert_eq!(selection.await, (1, Err(TakeError::Poisoned { strength: 3 })));
    }
    // The other channel is as it was.
    let mut put = pin!(pairs[0].0.put(7));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(alternative.as_mut().pri_select().await, (0, Ok(7)));
    assert_eq!(put.await, Ok(()));
}

async fn b78_writers_lose_nothing_to_two_alternatives(cx: Cx) {
    let rounds = cx.rounds(10_000, 100);
    let (a, b) = (rendezvous::<usize, L>(), rendezvous::<usize, L>());
    let (c, d) = (fixed::<usize, L, 2>(), fixed::<usize, L, 3>());
    let (quit, quits) = rendezvous::<usize, L>();
    let mut writers = Vec::new();
    macro_rules! writer {
        ($($pair:ident)+) => {$(
            let tx = $pair.0.clone();
            writers.push(cx.start(async move {
                for n in 1..=rounds {
                    tx.put(n).await.unwrap();
                }
            }));
        )+};
    }
    writer!(a b c d);
    let readers = [0, 1].map(|reader| {
        let (a, b) = (a.1.clone(), b.1.clone());
        let (c, d) = (c.1.clone(), d.1.clone());
        let quits = quits.clone();
        cx.start(async move {
            let takes = (a.take(), b.take(), c.take(), d.take(), quits.take());
            let mut alternative = pin!(Alternative::new(takes));
            let mut sum = 0;
            loop {
                let alternative = alternative.as_mut();
                let chosen = match reader {
                    0 => alternative.fair_select().await,
                    _ => alternative.select().await,
                };
                sum += match chosen {
                    Selected5::First(value)
                    | Selected5::Second(value)
                    | Selected5::Third(value)
                    | Selected5::Fourth(value) => value.unwrap(),
                    Selected5::Fifth(_) => return sum,
                };
            }
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    while !(c.1.is_empty() && d.1.is_empty()) {
        pass().await;
    }
    // Either of them may hear it first.
    for _ in 0..2 {
        quit.put(0).await.unwrap();
    }
    let mut sum = 0;
    for reader in readers {
        sum += reader.await.unwrap();
    }
    assert_eq!(sum, 4 * rounds * (rounds + 1) / 2);
}

async fn b82_a_dropped_selection_leaves_nothing_behind(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let probe = Probe::new();
    let mut alternative = pin!(Alternative::new([rx.take()]));
    {
        let mut selection = pin!(alternative.as_mut().select());
        assert!(probe.poll(selection.as_mut()).is_pending());
    }
    let mut put = pin!(tx.put(1));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(probe.wakes(), 0);
    assert_eq!(alternative.as_mut().select().await, (0, Ok(1)));
    assert_eq!(put.await, Ok(()));
}
