//! Choices against choices and plain operations: atomic, without loss, without a deadlock.

use super::*;

checks! {
    b62_a_choice_sees_one_instant_of_its_channels (A20);
    b65_a_ring_of_choices_does_not_deadlock (A19);
    b66_alts_never_matches_itself (A18);
    b66_two_choices_on_one_channel_match_each_other (A19);
    b78_plain_and_choosing_processes_lose_nothing (A6 A19);
    a19_a_matching_put_and_take_never_both_stay_parked;
}

async fn b62_a_choice_sees_one_instant_of_its_channels(cx: Cx) {
    // Go's NonblockSelectRace: the second channel becomes ready before the first is emptied.
    for n in 0..cx.rounds(10_000, 200) {
        let ((one, one_rx), (two, two_rx)) = (fixed::<usize, L, 1>(), fixed::<usize, L, 1>());
        one.try_put(n).unwrap();
        let (a, b) = (one_rx.clone(), two_rx.clone());
        let chooser = cx.start(async move { alts([a.take(), b.take()]).or_default().await });
        if n % 3 == 0 {
            pass().await;
        }
        // The second variant closes it.
        if n % 2 == 0 {
            two.try_put(n).unwrap();
        } else {
            two.close();
        }
        let _emptied = alts([one_rx.take()]).or_default().await;
        assert!(chooser.await.unwrap().is_some(), "round {n}: one channel was ready all the time");
    }
}

async fn b65_a_ring_of_choices_does_not_deadlock(cx: Cx) {
    let rounds = cx.rounds(10_000, 250);
    let links = [(); 4].map(|()| rendezvous::<usize, L>());
    let processes = [0, 1, 2, 3].map(|place| {
        let next = links[place].0.clone();
        let previous = links[(place + 3) % 4].1.clone();
        let all = links.clone();
        cx.start(async move {
            let mut balance = 0_isize;
            for round in 0.. {
                let mut value = Some(round);
                match alts((next.put_from(&mut value), previous.take())).await {
                    Selected2::First(Ok(())) => balance += 1,
                    Selected2::Second(Ok(_)) => balance -= 1,
                    Selected2::First(Err(_)) | Selected2::Second(Err(_)) => break,
                }
                if round == rounds {
                    all.iter().for_each(|(tx, _)| tx.close());
                }
            }
            balance
        })
    });
    let mut balance = 0;
    for process in processes {
        balance += process.await.unwrap();
    }
    assert_eq!(balance, 0, "as many puts as takes");
}

async fn b66_alts_never_matches_itself(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut value = Some(1);
    let probe = Probe::new();
    let mut choice = Box::pin(alts((tx.put_from(&mut value), rx.take())));
    for _ in 0..3 {
        assert!(probe.poll(choice.as_mut()).is_pending());
    }
    assert_eq!((probe.wakes(), tx.parked_puts(), tx.parked_takes()), (0, 1, 1));
    // With a new waker it looks again, while both of its offers are there to be met.
    let probe = Probe::new();
    assert!(probe.poll(choice.as_mut()).is_pending());
    assert_eq!((probe.wakes(), tx.parked_puts(), tx.parked_takes()), (0, 1, 1));
    // One partner from outside resumes it once, whichever side that takes.
    assert_eq!(tx.try_put(2), Ok(()));
    assert_eq!(probe.wakes(), 1);
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
    assert_eq!(probe.poll(choice.as_mut()), Poll::Ready(Selected2::Second(Ok(2))));
    drop(choice);
    assert_eq!((value, probe.wakes(), probe.wakers()), (Some(1), 1, 0));

    let mut choice = Box::pin(alts((rx.take(), tx.put_from(&mut value))));
    assert!(probe.poll(choice.as_mut()).is_pending());
    assert_eq!(rx.try_take(), Ok(1));
    assert_eq!(probe.poll(choice.as_mut()), Poll::Ready(Selected2::Second(Ok(()))));
    drop(choice);
    assert_eq!((value, rx.len()), (None, 0));
}

async fn b66_two_choices_on_one_channel_match_each_other(cx: Cx) {
    // Go's SelfSelect.
    let rounds = cx.rounds(10_000, 500);
    let (tx, rx) = rendezvous::<(usize, usize), L>();
    let processes = [0, 1].map(|me| {
        let (tx, rx) = (tx.clone(), rx.clone());
        cx.start(async move {
            for round in 0..rounds {
                let mut value = Some((me, round));
                let taken = if round % 2 == me {
                    match alts((tx.put_from(&mut value), rx.take())).await {
                        Selected2::First(put) => put.map(|()| None).unwrap(),
                        Selected2::Second(taken) => Some(taken.unwrap()),
                    }
                } else {
                    match alts((rx.take(), tx.put_from(&mut value))).await {
                        Selected2::First(taken) => Some(taken.unwrap()),
                        Selected2::Second(put) => put.map(|()| None).unwrap(),
                    }
                };
                assert!(taken.is_none_or(|(from, _)| from != me), "it received its own value");
                assert_eq!(taken.is_none(), value.is_none());
            }
        })
    });
    for process in processes {
        process.await.unwrap();
    }
}

async fn b78_plain_and_choosing_processes_lose_nothing(cx: Cx) {
    // Go's SelectStress: a plain writer and reader for each channel, and one of each that chooses.
    let is_slow = cfg!(debug_assertions) && !cx.is_virtual();
    let rounds = cx.rounds(if is_slow { 10_000 } else { 100_000 }, 100);
    cx.note(format_args!("b78 moves {rounds} values a process and channel"));
    let (a, b) = (rendezvous::<usize, L>(), rendezvous::<usize, L>());
    let (c, d) = (fixed::<usize, L, 2>(), fixed::<usize, L, 3>());
    let mut writers = Vec::new();
    let mut readers = Vec::new();
    let sum = rounds * (rounds - 1) / 2;
    macro_rules! plain {
        ($($pair:ident)+) => {$(
            let (tx, rx) = $pair.clone();
            writers.push(cx.start(async move {
                for n in 0..rounds {
                    tx.put(n).await.unwrap();
                }
            }));
            readers.push(cx.start(async move {
                let mut sum = 0;
                for _ in 0..rounds {
                    sum += rx.take().await.unwrap();
                }
                sum
            }));
        )+};
    }
    plain!(a b c d);

    let ((atx, arx), (btx, brx), (ctx, crx), (dtx, drx)) = (a, b, c, d);
    writers.push(cx.start(async move {
        let mut values = [0; 4].map(Some);
        let mut next = [1; 4];
        while values.iter().any(Option::is_some) {
            let [a, b, c, d] = &mut values;
            let puts = (atx.put_from(a), btx.put_from(b), ctx.put_from(c), dtx.put_from(d));
            let chosen = match alts(puts).await {
                csp_core::Selected4::First(put) => put.map(|()| 0),
                csp_core::Selected4::Second(put) => put.map(|()| 1),
                csp_core::Selected4::Third(put) => put.map(|()| 2),
                csp_core::Selected4::Fourth(put) => put.map(|()| 3),
            };
            let chosen = chosen.unwrap();
            values[chosen] = Some(next[chosen]).filter(|&n| n < rounds);
            next[chosen] += 1;
        }
    }));
    readers.push(cx.start(async move {
        let (mut sum, mut left) = (0, [rounds; 4]);
        while left.iter().any(|&left| left > 0) {
            let [a, b, c, d] = left.map(|left| left > 0);
            let (n, from) = csp_core::alts! {
                n = arx.take(), if a => (n, 0),
                n = brx.take(), if b => (n, 1),
                n = crx.take(), if c => (n, 2),
                n = drx.take(), if d => (n, 3),
            };
            sum += n.unwrap();
            left[from] -= 1;
        }
        sum
    }));
    for writer in writers {
        writer.await.unwrap();
    }
    let mut received = 0;
    for reader in readers {
        received += reader.await.unwrap();
    }
    assert_eq!(received, 8 * sum);
}

async fn a19_a_matching_put_and_take_never_both_stay_parked(cx: Cx) {
    // Each of the two parks in an order of its own; whoever comes second has to see the first.
    for n in 0..cx.rounds(5_000, 100) {
        let ((one, one_rx), (two, two_rx)) = (rendezvous::<usize, L>(), rendezvous::<usize, L>());
        let writer = cx.start(async move {
            let (mut first, mut second) = (Some(n), Some(n));
            alts([one.put_from(&mut first), two.put_from(&mut second)]).await
        });
        if n % 2 == 0 {
            pass().await;
        }
        let (place, taken) = alts([two_rx.take(), one_rx.take()]).await;
        assert_eq!(taken, Ok(n));
        assert_eq!(writer.await.unwrap(), (1 - place, Ok(())));
    }
}
