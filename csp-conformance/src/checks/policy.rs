//! Which of several ready branches is chosen.

use csp_core::Rotation;

use super::*;

checks! {
    b56_priority_takes_the_first_ready_in_order (A21);
    b57_a_random_choice_reaches_each_and_keeps_no_order (A21);
    b58_no_ready_branch_waits_while_another_is_served_twice (A21);
    a21_a_random_choice_is_uniform_over_every_ready_subset;
    a21_a_seed_repeats_the_choice;
    a21_equal_guards_that_wait_are_met_as_the_policy_has_it (B67);
}

async fn b56_priority_takes_the_first_ready_in_order(_: Cx) {
    let pairs = [(); 50].map(|()| fixed::<usize, L, 1>());
    for (n, (tx, _)) in pairs.iter().enumerate() {
        tx.try_put(n).unwrap();
    }
    for n in 0..50 {
        let takes = pairs.each_ref().map(|(_, rx)| rx.take());
        assert_eq!(alts(takes).priority().await, (n, Ok(n)));
    }
}

async fn b57_a_random_choice_reaches_each_and_keeps_no_order(_: Cx) {
    let pairs = [(); 20].map(|()| fixed::<usize, L, 1>());
    for (n, (tx, _)) in pairs.iter().enumerate() {
        tx.try_put(n).unwrap();
    }
    let mut order = Vec::new();
    for _ in 0..20 {
        let takes = pairs.each_ref().map(|(_, rx)| rx.take());
        order.push(alts(takes).await.0);
    }
    assert!(!order.is_sorted(), "one chance in 20!");
    order.sort_unstable();
    assert!(order.into_iter().eq(0..20));

    let pairs = [(); 2].map(|()| fixed::<usize, L, 1>());
    let mut shares = [0; 2];
    for _ in 0..1000 {
        for (tx, _) in &pairs {
            let _full = tx.try_put(0);
        }
        shares[alts(pairs.each_ref().map(|(_, rx)| rx.take())).await.0] += 1;
    }
    assert!(shares.iter().all(|&share| share >= 100), "{shares:?}");
}

async fn b58_no_ready_branch_waits_while_another_is_served_twice(_: Cx) {
    const N: usize = 5;
    let pairs = [(); N].map(|()| fixed::<usize, L, 1>());
    let mut turns = Rotation::<N>::new();
    let mut passed_over = [0; N];
    for round in 0..500 {
        // Some are ready now and then, some always.
        for (n, (tx, _)) in pairs.iter().enumerate() {
            if n < 2 || round % (n + 1) == 0 {
                let _full = tx.try_put(n);
            }
        }
        let ready: Vec<bool> = pairs.iter().map(|(_, rx)| !rx.is_empty()).collect();
        let takes = pairs.each_ref().map(|(_, rx)| rx.take());
        let (chosen, taken) = alts(takes).fair(&mut turns).await;
        assert_eq!(taken, Ok(chosen));
        for n in 0..N {
            passed_over[n] = if ready[n] && n != chosen { passed_over[n] + 1 } else { 0 };
            assert!(passed_over[n] < N, "{n} waits while another is served twice");
        }
    }
}

async fn a21_a_random_choice_is_uniform_over_every_ready_subset(_: Cx) {
    let pairs = [(); 4].map(|()| fixed::<usize, L, 1>());
    // A scan from a random start would give the first of two neighbours three shares of four.
    for ready in [&[0, 1][..], &[0, 3], &[1, 2, 3], &[0, 1, 2, 3]] {
        let mut shares = [0; 4];
        let rounds = 1000 * ready.len();
        for seed in 0..rounds {
            for &n in ready {
                let _full = pairs[n].0.try_put(n);
            }
            let takes = pairs.each_ref().map(|(_, rx)| rx.take());
            shares[alts(takes).seed(seed as u32).await.0] += 1;
        }
        for &n in ready {
            assert!((850..=1150).contains(&shares[n]), "{shares:?} of {rounds} among {ready:?}");
        }
        for (_, rx) in &pairs {
            let _left = rx.try_take();
        }
    }
}

async fn a21_a_seed_repeats_the_choice(_: Cx) {
    let pairs = [(); 4].map(|()| fixed::<usize, L, 1>());
    let mut seen = Vec::new();
    for seed in 0..32 {
        let mut chosen = [0; 3];
        for chosen in &mut chosen {
            for (n, (tx, _)) in pairs.iter().enumerate() {
                let _full = tx.try_put(n);
            }
            *chosen = alts(pairs.each_ref().map(|(_, rx)| rx.take())).seed(seed).await.0;
        }
        assert!(chosen.iter().all(|&n| n == chosen[0]));
        seen.push(chosen[0]);
    }
    assert!((0..4).all(|n| seen.contains(&n)), "{seen:?}");
}

/// Which of them the choice would take is which of them the partner finds first.
async fn a21_equal_guards_that_wait_are_met_as_the_policy_has_it(_: Cx) {
    const ROUNDS: usize = 60;
    let (tx, rx) = rendezvous::<usize, L>();
    let mut turns = Rotation::<3>::new();
    let mut shares = [0; 3];
    for round in 0..ROUNDS {
        let takes = || [rx.take(), rx.take(), rx.take()];
        let mut first = pin!(alts(takes()).priority());
        assert!(poll_once(first.as_mut()).is_pending());
        tx.try_put(round).unwrap();
        assert_eq!(first.await, (0, Ok(round)));

        let mut fair = pin!(alts(takes()).fair(&mut turns));
        assert!(poll_once(fair.as_mut()).is_pending());
        tx.try_put(round).unwrap();
        assert_eq!(fair.await, (round % 3, Ok(round)));

        let mut random = pin!(alts(takes()).seed(round as u32));
        assert!(poll_once(random.as_mut()).is_pending());
        tx.try_put(round).unwrap();
        shares[random.await.0] += 1;
    }
    assert!(shares.iter().all(|&share| share > ROUNDS / 10), "{shares:?}");
}
