//! What the tests of Go and js-csp look at and no other check does; `docs/ported.md` has the table.
//!
//! *Sources*: `src/runtime/chan_test.go` and `test/chan` of Go, `test/csp.js` of js-csp: their
//! behaviours, named at each check, in code of our own.

use csp_core::{Selected3, Selected4, parallel};

use super::*;

checks! {
    b4_every_capacity_blocks_when_full_and_when_empty (B3 B6 B15 B21 B22);
    b5_a_request_is_answered_on_a_channel_of_its_own (B1);
    b10_a_choice_that_wins_elsewhere_leaves_the_queue_whole (B67 B68 A8 A11);
    b12_many_workers_between_two_buffers (B21 B28 A6);
    b14_ends_of_channels_are_values_too (A2);
    b16_what_fails_at_once_does_not_pile_up (B19 B20 B60 A13);
    b53_no_number_is_put_on_two_of_four_channels (A19);
    b57_ready_branches_among_idle_ones_are_equal (A21);
    b57_of_two_puts_on_one_channel_either_is_chosen (B67 A21);
    b64_every_form_of_put_meets_every_form_of_take (B1 B5 A19);
    b66_choices_of_both_sides_share_a_buffer (A18);
    b112_a_sieve_grows_as_it_finds_primes;
    b112_a_power_series_is_multiplied_by_itself (A24);
    a25_the_macro_evaluates_in_order_and_bodies_may_leave_the_loop (A24);
}

/// Go: `TestChan`, but for the values in order (`b9_`) and of four producers (`b12_`).
async fn b4_every_capacity_blocks_when_full_and_when_empty(_: Cx) {
    each_capacity!(|capacity, pair| {
        let (tx, rx) = pair;
        let (mut first, mut second) = (pin!(rx.take()), pin!(rx.take()));
        assert!(poll_once(first.as_mut()).is_pending(), "capacity {capacity}");
        assert!(poll_once(second.as_mut()).is_pending(), "capacity {capacity}");
        assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
        tx.try_put(1).unwrap();
        assert_eq!(poll_once(first.as_mut()), Poll::Ready(Ok(1)));
        tx.try_put(2).unwrap();
        assert_eq!(poll_once(second.as_mut()), Poll::Ready(Ok(2)));

        for n in 0..capacity {
            assert_eq!(tx.try_put(n as u32), Ok(()), "capacity {capacity}");
        }
        assert_eq!((tx.len(), tx.capacity()), (capacity, Some(capacity)));
        {
            let mut put = pin!(tx.put(1000));
            assert!(poll_once(put.as_mut()).is_pending(), "capacity {capacity}");
            assert_eq!(tx.try_put(1001), Err(TryPutError::Full(1001)));
        }
        tx.close();
        for n in 0..capacity {
            assert_eq!(rx.try_take(), Ok(n as u32), "capacity {capacity}");
        }
        assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
    });
    each_capacity!(|capacity, pair| {
        let (tx, rx) = pair;
        let mut take = pin!(rx.take());
        assert!(poll_once(take.as_mut()).is_pending());
        tx.close();
        let taken = poll_once(take.as_mut());
        assert_eq!(taken, Poll::Ready(Err(TakeError::Closed)), "capacity {capacity}");
    });
}

/// Go: `TestChanSendBarrier` and `TestChanSendSelectBarrier`. The channel is gone as soon as the
/// answer is there, while the other process has yet to leave it.
async fn b5_a_request_is_answered_on_a_channel_of_its_own(cx: Cx) {
    for round in 0..cx.rounds(2_000, 50) {
        let (answer, answers) = rendezvous::<Vec<usize>, L>();
        let (_done, is_done) = rendezvous::<(), L>();
        let content = vec![round; 1 + round % 7];
        let expected = content.clone();
        cx.go(async move {
            if round % 2 == 0 {
                answer.put(content).await.unwrap();
            } else {
                let mut content = Some(content);
                let chosen = alts((answer.put_from(&mut content), is_done.take())).await;
                assert_eq!(chosen, Selected2::First(Ok(())));
            }
        });
        if round % 3 == 0 {
            pass().await;
        }
        assert_eq!(answers.take().await, Ok(expected));
    }
}

/// Go: `TestSelectDuplicateChannel`, and issue 2075 (`select6.go`) with the choice last in line.
async fn b10_a_choice_that_wins_elsewhere_leaves_the_queue_whole(_: Cx) {
    for choice_is_first in [true, false] {
        let ((tx, rx), (other, other_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
        let mut choice = Box::pin(alts([rx.take(), rx.take(), other_rx.take()]));
        let mut plain = Box::pin(rx.take());
        if choice_is_first {
            assert!(poll_once(choice.as_mut()).is_pending());
            assert!(poll_once(plain.as_mut()).is_pending());
        } else {
            assert!(poll_once(plain.as_mut()).is_pending());
            assert!(poll_once(choice.as_mut()).is_pending());
        }
        assert_eq!(rx.parked_takes(), 3);
        other.try_put(7).unwrap();
        assert_eq!(poll_once(choice.as_mut()), Poll::Ready((2, Ok(7))));
        drop(choice);
        let mut later = Box::pin(rx.take());
        assert!(poll_once(later.as_mut()).is_pending());
        assert_eq!(rx.parked_takes(), 2);
        for (take, value) in [(plain, 8), (later, 9)] {
            let mut take = take;
            assert_eq!(tx.try_put(value), Ok(()));
            assert_eq!(poll_once(take.as_mut()), Poll::Ready(Ok(value)));
        }
        assert_eq!(tx.try_put(10), Err(TryPutError::Full(10)));
    }
}

/// Go: `TestMultiConsumer`.
async fn b12_many_workers_between_two_buffers(cx: Cx) {
    const WORKERS: usize = 23;
    const NUMBERS: [usize; 10] = [2, 3, 7, 11, 13, 17, 19, 23, 27, 31];
    let count = cx.rounds(20_000, 500);
    let (todo, work) = fixed::<usize, L, 69>();
    let (done, results) = fixed::<usize, L, 69>();
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let (work, done) = (work.clone(), done.clone());
        workers.push(cx.start(async move {
            while let Ok(number) = work.take().await {
                if number == NUMBERS[worker % NUMBERS.len()] {
                    pass().await;
                }
                done.put(number).await.unwrap();
            }
        }));
    }
    cx.go(async move {
        for n in 0..count {
            todo.put(NUMBERS[n % NUMBERS.len()]).await.unwrap();
        }
        todo.close();
        for worker in workers {
            worker.await.unwrap();
        }
        done.close();
    });
    let (mut taken, mut sum) = (0, 0);
    while let Ok(number) = results.take().await {
        taken += 1;
        sum += number;
    }
    let expected = (0..count).map(|n| NUMBERS[n % NUMBERS.len()]).sum();
    assert_eq!((taken, sum), (count, expected));
}

/// Go: `sendstmt.go`.
async fn b14_ends_of_channels_are_values_too(cx: Cx) {
    let (answer, answers) = rendezvous::<u32, L>();
    let (requests, served) = fixed::<_, L, 1>();
    requests.try_put((1, answer)).unwrap();
    cx.go(async move {
        while let Ok((number, answer)) = served.take().await {
            answer.put(2 * number).await.unwrap();
        }
    });
    assert_eq!(answers.take().await, Ok(2));
    for number in 2..10 {
        let (answer, answers) = rendezvous::<u32, L>();
        requests.put((number, answer)).await.unwrap();
        assert_eq!(answers.take().await, Ok(2 * number));
    }
    requests.close();
}

/// js-csp: "should not blow the stack on repeated" takes, puts and selects on a closed channel.
async fn b16_what_fails_at_once_does_not_pile_up(cx: Cx) {
    let (tx, rx) = rendezvous::<usize, L>();
    tx.close();
    for n in 0..cx.rounds(25_000, 500) {
        assert_eq!(rx.take().await, Err(TakeError::Closed));
        assert_eq!(tx.put(n).await, Err(PutError::Closed(n)));
        let mut value = Some(n);
        let chosen = match alts((rx.take(), tx.put_from(&mut value))).await {
            Selected2::First(taken) => taken.map(drop).map_err(Error::from),
            Selected2::Second(put) => put,
        };
        assert_eq!((chosen, value), (Err(Error::Closed), Some(n)));
    }
    assert_eq!((rx.parked_takes(), tx.parked_puts()), (0, 0));
}

/// Go: `doubleselect.go`.
async fn b53_no_number_is_put_on_two_of_four_channels(cx: Cx) {
    let count = cx.rounds(10_000, 200);
    let pairs = [(); 4].map(|()| rendezvous::<usize, L>());
    let (out, received) = rendezvous::<usize, L>();
    let forwarders = pairs.each_ref().map(|(_, rx)| {
        let (rx, out) = (rx.clone(), out.clone());
        cx.start(async move {
            while let Ok(n) = rx.take().await {
                out.put(n).await.unwrap();
            }
        })
    });
    cx.go(async move {
        for n in 0..count {
            let mut values = [Some(n); 4];
            let mut each = values.iter_mut();
            let puts = pairs.each_ref().map(|(tx, _)| tx.put_from(each.next().unwrap()));
            assert_eq!(alts(puts).await.1, Ok(()));
            assert_eq!(values.iter().flatten().count(), 3);
        }
        pairs.iter().for_each(|(tx, _)| tx.close());
        for forwarder in forwarders {
            forwarder.await.unwrap();
        }
        out.close();
    });
    let mut seen = vec![false; count];
    while let Ok(n) = received.take().await {
        assert!(!std::mem::replace(&mut seen[n], true), "{n} twice");
    }
    assert!(seen.iter().all(|&is_seen| is_seen));
}

/// Go: `TestSelectFairness`; as there, ten standard deviations are allowed.
async fn b57_ready_branches_among_idle_ones_are_equal(cx: Cx) {
    let trials = cx.rounds(10_000, 1_000);
    let (idle, ready) = ([(); 2].map(|()| rendezvous::<usize, L>()), [0, 1]);
    let ready = ready.map(|n| {
        let (tx, rx) = fixed::<usize, L, 1>();
        tx.try_put(n).unwrap();
        (tx, rx)
    });
    let mut shares = [0; 2];
    for _ in 0..trials {
        let [(_, idle_1), (_, idle_2)] = &idle;
        let [(_, ready_1), (_, ready_2)] = &ready;
        let takes = (idle_1.take(), ready_1.take(), idle_2.take(), ready_2.take());
        let chosen = match alts(takes).await {
            Selected4::Second(taken) | Selected4::Fourth(taken) => taken.unwrap(),
            other => unreachable!("{other:?}"),
        };
        shares[chosen] += 1;
        ready[chosen].0.try_put(chosen).unwrap();
    }
    let deviation = 10.0 * (trials as f64).sqrt() / 2.0;
    let distance = (shares[0] as f64 - trials as f64 / 2.0).abs();
    assert!(distance <= deviation, "{shares:?} of {trials}");
}

/// Go: `TestPseudoRandomSend`, where both are ready. Parked, both lie in one queue, and a take
/// meets the first.
async fn b57_of_two_puts_on_one_channel_either_is_chosen(_: Cx) {
    const ROUNDS: usize = 100;
    let (tx, rx) = fixed::<usize, L, ROUNDS>();
    for _ in 0..ROUNDS {
        let (mut one, mut zero) = (Some(1), Some(0));
        assert_eq!(alts([tx.put_from(&mut one), tx.put_from(&mut zero)]).await.1, Ok(()));
        assert_eq!(one.iter().chain(&zero).count(), 1);
    }
    let ones: usize = (0..ROUNDS).map(|_| rx.try_take().unwrap()).sum();
    assert!((ROUNDS / 10..=ROUNDS * 9 / 10).contains(&ones), "{ones} of {ROUNDS}");

    // Both wait: the taker meets the one that the choice has put first.
    let (tx, rx) = rendezvous::<usize, L>();
    let mut ones = 0;
    for _ in 0..ROUNDS {
        let (mut one, mut zero) = (Some(1), Some(0));
        let mut choice = pin!(alts([tx.put_from(&mut one), tx.put_from(&mut zero)]));
        assert!(poll_once(choice.as_mut()).is_pending());
        ones += rx.try_take().unwrap();
        assert!(poll_once(choice.as_mut()).is_ready());
    }
    assert!((ROUNDS / 10..=ROUNDS * 9 / 10).contains(&ones), "{ones} of {ROUNDS} that waited");
}

/// Go: `select7.go`, and "bufferless" of core.async.
async fn b64_every_form_of_put_meets_every_form_of_take(cx: Cx) {
    for (put_form, take_form) in (0..4).flat_map(|put| (0..4).map(move |take| (put, take))) {
        for put_is_first in [true, false] {
            let (tx, rx) = rendezvous::<u32, L>();
            let ((other, other_rx), parked) = (rendezvous::<u32, L>(), tx.clone());
            let clock = cx.clone();
            let hour = std::time::Duration::from_secs(3600);
            let mut put = Box::pin(async {
                let (mut value, mut unused) = (Some(1), Some(2));
                match put_form {
                    0 => tx.put(1).await.is_ok(),
                    1 => alts([tx.put_from(&mut value)]).await == (0, Ok(())),
                    2 => {
                        let puts = [other.put_from(&mut unused), tx.put_from(&mut value)];
                        alts(puts).await == (1, Ok(()))
                    }
                    _ => {
                        let limit = clock.timeout(hour);
                        alts((tx.put_from(&mut value), limit)).await == Selected2::First(Ok(()))
                    }
                }
            });
            let clock = cx.clone();
            let mut take = Box::pin(async {
                match take_form {
                    0 => rx.take().await == Ok(1),
                    1 => alts([rx.take()]).await == (0, Ok(1)),
                    2 => alts([rx.take(), rx.take()]).await.1 == Ok(1),
                    _ => {
                        let limit = clock.timeout(hour);
                        let chosen = alts((limit, rx.take(), rx.closed())).priority().await;
                        chosen == Selected3::Second(Ok(1))
                    }
                }
            });
            let forms = (put_form, take_form, put_is_first);
            if put_is_first {
                assert!(poll_once(put.as_mut()).is_pending(), "{forms:?}");
                assert_eq!(poll_once(take.as_mut()), Poll::Ready(true), "{forms:?}");
                assert_eq!(poll_once(put.as_mut()), Poll::Ready(true), "{forms:?}");
            } else {
                assert!(poll_once(take.as_mut()).is_pending(), "{forms:?}");
                assert_eq!(poll_once(put.as_mut()), Poll::Ready(true), "{forms:?}");
                assert_eq!(poll_once(take.as_mut()), Poll::Ready(true), "{forms:?}");
            }
            drop((put, take));
            let left = (parked.parked_puts(), parked.parked_takes(), other_rx.parked_puts());
            assert_eq!(left, (0, 0, 0), "{forms:?}");
        }
    }
}

/// Go: `TestSelfSelect` with a buffer; without one it is `b66_two_choices_…`. Here a process may
/// well take what it put.
async fn b66_choices_of_both_sides_share_a_buffer(cx: Cx) {
    let rounds = cx.rounds(5_000, 200);
    let (tx, rx) = fixed::<usize, L, 10>();
    let processes = [0, 1].map(|me| {
        let (tx, rx) = (tx.clone(), rx.clone());
        cx.start(async move {
            let (mut puts, mut takes) = (0, 0);
            for round in 0..rounds {
                let mut value = Some(me);
                let did_put = if me == 0 || round % 2 == 0 {
                    let chosen = alts((tx.put_from(&mut value), rx.take())).await;
                    matches!(chosen, Selected2::First(Ok(())))
                } else {
                    let chosen = alts((rx.take(), tx.put_from(&mut value))).await;
                    matches!(chosen, Selected2::Second(Ok(())))
                };
                assert_eq!(did_put, value.is_none());
                *(if did_put { &mut puts } else { &mut takes }) += 1;
            }
            (puts, takes)
        })
    });
    let (mut puts, mut takes) = (0, 0);
    for process in processes {
        let (its_puts, its_takes) = process.await.unwrap();
        puts += its_puts;
        takes += its_takes;
    }
    assert_eq!((puts + takes, puts - takes), (2 * rounds, rx.len()));
}

/// Go: `sieve1.go`. Each prime that is found adds a process.
async fn b112_a_sieve_grows_as_it_finds_primes(cx: Cx) {
    let (tx, mut numbers) = rendezvous::<usize, L>();
    cx.go(async move {
        for n in 2.. {
            if tx.put(n).await.is_err() {
                return;
            }
        }
    });
    let mut primes = Vec::new();
    for _ in 0..25 {
        let prime = numbers.take().await.unwrap();
        primes.push(prime);
        let (tx, next) = rendezvous::<usize, L>();
        let input = std::mem::replace(&mut numbers, next);
        cx.go(async move {
            while let Ok(n) = input.take().await {
                if n % prime != 0 && tx.put(n).await.is_err() {
                    break;
                }
            }
            input.close();
        });
    }
    let is_prime = |&n: &usize| (2..n).all(|divisor| n % divisor != 0);
    assert!(primes.iter().copied().eq((2..100).filter(is_prime)), "{primes:?}");
    // Which goes back through all of them.
    numbers.close();
}

type Series = csp_core::Chan<u64, L>;

/// Go: `powser1.go`, after M. D. `McIlroy`, "Squinting at Power Series": here C = 1 + x C C, whose
/// coefficients are Catalan's numbers. Each one adds processes to the network, which has a loop.
async fn b112_a_power_series_is_multiplied_by_itself(cx: Cx) {
    let [output, fed_back, factor, twin, square, own] = [(); 6].map(|()| Series::new());
    start_product(&cx, factor.clone(), twin.clone(), square.clone());
    let from = own.clone();
    cx.go(async move {
        let mut next = Ok(1);
        while let Ok(coefficient) = next {
            if from.put(coefficient).await.is_err() {
                break;
            }
            next = square.take().await;
        }
        square.close();
    });
    start_split(&cx, own, output.clone(), fed_back.clone());
    start_split(&cx, fed_back, factor, twin);
    for expected in [1, 1, 2, 5, 14, 42, 132, 429, 1430, 4862] {
        assert_eq!(output.take().await, Ok(expected));
    }
    output.close();
}

/// The product of u + x U and v + x V is u v + x (u V + v U + x U V).
fn start_product(cx: &Cx, first: Series, second: Series, product: Series) {
    let own = cx.clone();
    cx.go(async move {
        let (Ok(u), Ok(v)) = parallel((first.take(), second.take())).await else { return };
        if product.put(u * v).await.is_err() {
            return [first, second].iter().for_each(|series| series.close());
        }
        let [rest, other_rest, to_multiply, to_multiply_too, both] =
            [(); 5].map(|()| Series::new());
        start_split(&own, first, rest.clone(), to_multiply.clone());
        start_split(&own, second, other_rest.clone(), to_multiply_too.clone());
        let mut has_both = false;
        while let (Ok(a), Ok(b)) = parallel((rest.take(), other_rest.take())).await {
            let mut sum = u * b + v * a;
            if has_both {
                let Ok(later) = both.take().await else { break };
                sum += later;
            } else {
                let factors = (to_multiply.clone(), to_multiply_too.clone());
                start_product(&own, factors.0, factors.1, both.clone());
                has_both = true;
            }
            if product.put(sum).await.is_err() {
                break;
            }
        }
        for series in [rest, other_rest, both, to_multiply, to_multiply_too, product] {
            series.close();
        }
    });
}

/// Gives each of two the whole series, at a pace of its own; it takes more when the first has all.
fn start_split(cx: &Cx, series: Series, one: Series, other: Series) {
    cx.go(async move {
        let mut queues = [(); 2].map(|()| std::collections::VecDeque::new());
        let mut heads = [None; 2];
        loop {
            for (head, queue) in heads.iter_mut().zip(&mut queues) {
                *head = head.take().or_else(|| queue.pop_front());
            }
            let wants_more = heads[0].is_none();
            let [head, other_head] = &mut heads;
            let is_over = csp_core::alts! {
                put = one.put_from(head) => put.is_err(),
                put = other.put_from(other_head) => put.is_err(),
                taken = series.take(), if wants_more => {
                    let Ok(coefficient) = taken else { break };
                    queues.iter_mut().for_each(|queue| queue.push_back(coefficient));
                    false
                }
            };
            if is_over {
                break;
            }
        }
        [series, one, other].iter().for_each(|series| series.close());
    });
}

/// Go: `select.go`, `select4.go`, `select5.go` and `select8.go`.
async fn a25_the_macro_evaluates_in_order_and_bodies_may_leave_the_loop(_: Cx) {
    let order = std::cell::RefCell::new(Vec::new());
    let seen = |what: u32| order.borrow_mut().push(what);
    let ((tx, rx), (out, taken)) = (fixed::<u32, L, 1>(), fixed::<u32, L, 1>());
    let mut value = Some(5);
    let mut rounds = 0;
    let left_with = loop {
        rounds += 1;
        csp_core::alts! {
            priority;
            number = { seen(1); &rx }.take(), if { seen(0); true } => {
                seen(4);
                break number;
            }
            put = { seen(2); &out }.put_from({ seen(3); &mut value }) => {
                seen(5);
                put.unwrap();
                tx.try_put(6).unwrap();
                if rounds == 1 {
                    continue;
                }
            }
        }
        seen(6);
    };
    assert_eq!((left_with, rounds, value), (Ok(6), 2, None));
    assert_eq!(taken.try_take(), Ok(5));
    assert_eq!(order.into_inner(), [0, 1, 2, 3, 5, 0, 1, 2, 3, 4]);
}
