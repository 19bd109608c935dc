//! The forms of choice: what may be mixed, switched off and left out, and what is refused.

use csp_core::lock::{CriticalSection, SingleThread, StdLock};
use csp_core::{Branch, BranchOutcome, Chan, Channel, KeptFuture, buffer, future};

use super::*;
use crate::panics::caught;

checks! {
    b69_a_choice_without_branches_is_refused (A24);
    b70_a_false_condition_switches_a_branch_off (A24);
    b71_skip_makes_a_choice_a_poll;
    a18_a_choice_mixes_types_locks_and_handles;
    a24_what_is_switched_off_is_not_evaluated;
    a25_the_macro_binds_patterns_and_runs_one_body;
    a25_slices_mix_puts_and_takes_of_any_number;
    a25_too_many_branches_are_refused;
    a25_nothing_is_allocated [on OneThread];
}

async fn b69_a_choice_without_branches_is_refused(_: Cx) {
    let (_tx, rx) = rendezvous::<u32, L>();
    let none = || std::array::from_fn::<_, 0, _>(|_| rx.take());
    let why = caught(|| poll_once(pin!(alts(none())))).expect_err("it could never complete");
    assert!(why.contains("no guard") && why.contains("default"), "{why}");
    assert_eq!(alts(none()).or_default().await, None);
}

async fn b70_a_false_condition_switches_a_branch_off(_: Cx) {
    let ((tx, rx), (other, other_rx)) = (fixed::<u32, L, 1>(), fixed::<u32, L, 1>());
    tx.put(1).await.unwrap();
    other.put(2).await.unwrap();
    let takes =
        |first: bool, second: bool| [first.then(|| rx.take()), second.then(|| other_rx.take())];
    assert_eq!(alts(takes(false, true)).await, (1, Ok(2)));
    assert_eq!(alts(takes(false, false)).or_default().await, None);
    let why = caught(|| poll_once(pin!(alts(takes(false, false))))).expect_err("none is left");
    assert!(why.contains("no guard"), "{why}");
    // A put without a value is switched off too.
    assert_eq!(alts((tx.put_from(&mut None), rx.take())).await, Selected2::Second(Ok(1)));
    let mut waits = pin!(alts(takes(true, false)));
    assert!(poll_once(waits.as_mut()).is_pending());
    tx.put(3).await.unwrap();
    assert_eq!(waits.await, (0, Ok(3)));
}

async fn b71_skip_makes_a_choice_a_poll(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    assert_eq!(alts((rx.take(), skip())).priority().await, Selected2::Second(()));
    assert_eq!(rx.parked_takes(), 0);
    tx.put(1).await.unwrap();
    assert_eq!(alts((rx.take(), skip())).priority().await, Selected2::First(Ok(1)));
    assert_eq!(alts([skip(), skip()]).priority().await, (0, ()));
}

async fn a18_a_choice_mixes_types_locks_and_handles(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let place = Channel::<&str, buffer::Fixed<1>, CriticalSection>::new();
    let chan = Chan::<String, StdLock>::new();
    let receiver = chan.receiver().unwrap();
    let local = Chan::<Option<u8>, SingleThread>::new();
    let mut kept = pin!(KeptFuture::new(std::future::pending::<()>()));
    let mut word = Some("full");
    place.try_put("full").unwrap();
    macro_rules! choice {
        () => {
            Box::pin(alts((
                rx.take(),
                place.sender().put_from(&mut word),
                receiver.take(),
                local.take(),
                future(kept.as_mut()),
                place.closed(),
            )))
        };
    }
    let probe = Probe::new();
    let mut choice = choice!();
    assert!(probe.poll(choice.as_mut()).is_pending());
    assert_eq!(place.try_take(), Ok("full"));
    assert_eq!(probe.poll(choice.as_mut()), Poll::Ready(csp_core::Selected6::Second(Ok(()))));
    drop(choice);
    let mut choice = choice!();
    assert!(probe.poll(choice.as_mut()).is_pending());
    chan.try_put("word".to_owned()).unwrap();
    assert!(local.try_put(None).is_err(), "decided already");
    assert_eq!(tx.try_put(1), Err(TryPutError::Full(1)), "decided already");
    let word = Ok("word".to_owned());
    assert_eq!(probe.poll(choice.as_mut()), Poll::Ready(csp_core::Selected6::Third(word)));
    drop(choice);
    assert_eq!((rx.parked_takes(), local.parked_takes(), probe.wakes()), (0, 0, 2));
}

async fn a24_what_is_switched_off_is_not_evaluated(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    tx.put(1).await.unwrap();
    let none = Some(rx.clone()).filter(|_| false);
    let chosen = csp_core::alts! {
        taken = none.as_ref().expect("evaluated").take(), if none.is_some() => taken,
        taken = rx.take(), if none.is_none() => taken,
    };
    assert_eq!(chosen, Ok(1));
    let chosen = csp_core::alts! {
        _ = rx.take(), if false => unreachable!(),
        default => 7,
    };
    assert_eq!(chosen, 7);
}

async fn a25_the_macro_binds_patterns_and_runs_one_body(_: Cx) {
    let ((tx, rx), (out, taken)) = (fixed::<(u32, u32), L, 1>(), rendezvous::<u32, L>());
    let mut turns = csp_core::Rotation::<2>::new();
    let (mut sum, mut value) = (0, Some(1));
    tx.put((1, 2)).await.unwrap();
    let fails = async {
        for round in 0.. {
            csp_core::alts! {
                fair(&mut turns);
                pair = rx.take() => {
                    let (a, b) = pair?;
                    // The choice has left the other channel by now.
                    assert_eq!(out.parked_puts(), 0);
                    sum += a + b;
                    if round == 1 {
                        tx.close();
                        continue;
                    }
                    tx.put((3, 4)).await?;
                }
                put = out.put_from(&mut value) => unreachable!("{put:?}"),
            }
        }
        Ok::<(), Error>(())
    };
    assert_eq!(fails.await, Err(Error::Closed));
    assert_eq!((sum, taken.parked_puts()), (10, 0));
    let by_seed = csp_core::alts! {
        seed(3);
        _ = skip() => 1,
        _ = skip() => 1,
    };
    let by_priority = csp_core::alts! {
        priority;
        () = skip() => 2,
        _ = skip() => 3,
    };
    assert_eq!((by_seed, by_priority), (1, 2));
}

async fn a25_slices_mix_puts_and_takes_of_any_number(_: Cx) {
    let pairs = [(); 6].map(|()| fixed::<usize, L, 1>());
    for number in 2..=pairs.len() {
        let pairs = &pairs[..number];
        let mut values = [const { Some(10) }; 6];
        let sides = pairs.iter().zip(&mut values).enumerate();
        let branches = sides.map(|(n, ((tx, rx), value))| match n % 2 {
            0 => Branch::take(&**rx),
            _ => Branch::put_from(&**tx, value),
        });
        let mut branches = Box::into_pin(branches.collect::<Box<[_]>>());
        // The puts are to full channels, the takes from empty ones: nothing is ready.
        pairs.iter().skip(1).step_by(2).for_each(|(tx, _)| tx.try_put(0).unwrap());
        let last = number - 1;
        {
            let mut choice = pin!(alts(branches.as_mut()));
            assert!(poll_once(choice.as_mut()).is_pending());
            let expected = if last % 2 == 0 {
                pairs[last].0.try_put(5).unwrap();
                BranchOutcome::Took(Ok(5))
            } else {
                assert_eq!(pairs[last].1.try_take(), Ok(0));
                BranchOutcome::Put(Ok(()))
            };
            assert_eq!(poll_once(choice), Poll::Ready((last, expected)));
        }
        drop(branches);
        assert_eq!(values.iter().flatten().count(), if last % 2 == 0 { 6 } else { 5 });
        for (_, rx) in pairs {
            let _left = rx.try_take();
        }
    }
}

async fn a25_too_many_branches_are_refused(_: Cx) {
    let channel = Channel::<u32, buffer::Rendezvous, L>::new();
    let branches = (0..=1 << 16).map(|_| Branch::take(&channel)).collect::<Box<[_]>>();
    let mut branches = Box::into_pin(branches);
    let why = caught(|| poll_once(pin!(alts(branches.as_mut())))).expect_err("one too many");
    assert!(why.contains("65537 guards") && why.contains("65536"), "{why}");
    assert_eq!(channel.parked_takes(), 0);
}

async fn a25_nothing_is_allocated(_: Cx) {
    let ((tx, rx), (out, taken)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let probe = Probe::new();
    let round = || {
        let mut value = Some(1);
        let mut put = pin!(tx.put(2));
        assert!(probe.poll(put.as_mut()).is_pending());
        let mut take = pin!(taken.take());
        assert!(probe.poll(take.as_mut()).is_pending());
        let mut choice = pin!(alts((rx.take(), out.put_from(&mut value), tx.closed())).priority());
        assert!(probe.poll(choice.as_mut()).is_ready());
        assert!(probe.poll(put.as_mut()).is_ready());
        let mut choice = pin!(alts([rx.take(), rx.take()]));
        assert!(probe.poll(choice.as_mut()).is_pending());
        assert_eq!(tx.try_put(3), Ok(()));
        assert!(probe.poll(choice.as_mut()).is_ready());
    };
    // A channel that keeps wakers makes room for them when somebody waits there for the second
    // time.
    (0..2).for_each(|_| round());
    let allocated = allocation_counter::measure(|| (0..100).for_each(|_| round()));
    assert_eq!(allocated.count_total, 0);
}
