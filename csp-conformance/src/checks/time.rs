//! Time: never early anywhere; exact where it is virtual.

use std::time::Duration;

use csp_core::{TimedOut, timeout_at};

use super::*;
use crate::panics::caught;
use crate::virtual_time;

checks! {
    b72_ten_choices_with_one_write_time_out_nine_times [on VirtualTime];
    b73_a_timer_of_a_finished_choice_never_fires_later (A26) [on VirtualTime];
    b74_of_two_expired_timers_the_shorter_wins (A20);
    b102_a_timeout_is_never_early (A26);
    b103_timeouts_fire_in_the_order_of_their_deadlines (A26) [on VirtualTime];
    b104_a_loop_over_deadlines_does_not_drift (A26) [on VirtualTime];
    a26_a_timeout_counts_from_the_call_and_limits_a_whole_loop [on VirtualTime];
    a26_one_timeout_serves_several_processes [on VirtualTime];
    a26_a_dropped_timeout_leaves_nothing_behind [on VirtualTime];
    a26_a_limit_drops_what_it_limits_and_loses_nothing [on VirtualTime];
    a26_a_limit_that_has_ended_keeps_nothing [on VirtualTime];
    a26_a_deadline_beyond_the_end_of_time_is_no_overflow;
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

async fn b72_ten_choices_with_one_write_time_out_nine_times(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let (writer, other) = (tx.clone(), cx.clone());
    cx.go(async move {
        other.wait(ms(500)).await;
        writer.put(42).await.unwrap();
    });
    let mut values = Vec::new();
    let mut timeouts = 0;
    for _ in 0..10 {
        match alts((rx.take(), cx.timeout(ms(100)))).await {
            Selected2::First(value) => values.push(value.unwrap()),
            Selected2::Second(()) => timeouts += 1,
        }
    }
    assert_eq!((values, timeouts, tx.is_closed()), (vec![42], 9, false));
}

async fn b73_a_timer_of_a_finished_choice_never_fires_later(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let other = cx.clone();
    let start = cx.now();
    cx.go(async move {
        other.wait(ms(50)).await;
        tx.put(1).await.unwrap();
        other.wait(ms(150)).await;
        tx.put(2).await.unwrap();
    });
    let chosen = alts((rx.take(), cx.timeout(ms(100)))).await;
    assert_eq!((chosen, cx.since(start)), (Selected2::First(Ok(1)), ms(50)));
    assert_eq!(virtual_time::timers(), 1, "that of the writer: the choice's went with it");
    let polls = AtomicUsize::new(0);
    let mut choice = pin!(alts((rx.take(), cx.timeout(ms(1000)))));
    let chosen = std::future::poll_fn(|context| {
        polls.fetch_add(1, Ordering::Relaxed);
        choice.as_mut().poll(context)
    });
    assert_eq!(chosen.await, Selected2::First(Ok(2)));
    assert_eq!((cx.since(start), polls.into_inner()), (ms(200), 2), "nothing woke it at 100 ms");
}

async fn b74_of_two_expired_timers_the_shorter_wins(cx: Cx) {
    let (short, long) = (cx.timeout(ms(1)), cx.timeout(ms(2)));
    cx.wait(ms(3)).await;
    assert!(short.has_passed() && long.has_passed());
    for _ in 0..20 {
        assert_eq!(alts((long, short)).await, Selected2::Second(()));
        assert_eq!(alts((short, long)).await, Selected2::First(()));
    }
    let (short, long) = (cx.timeout(ms(1)), cx.timeout(Duration::from_secs(3600)));
    assert_eq!(alts((long, short)).await, Selected2::Second(()));
}

async fn b102_a_timeout_is_never_early(cx: Cx) {
    for duration in [Duration::ZERO, Duration::from_micros(300), ms(1), ms(2)] {
        let start = cx.now();
        cx.wait(duration).await;
        assert!(cx.since(start) >= duration);

        let start = cx.now();
        cx.timeout(duration).await;
        assert!(cx.since(start) >= duration);

        let start = cx.now();
        assert_eq!(cx.timeout(duration).take().await.err(), Some(TakeError::Closed));
        assert!(cx.since(start) >= duration);

        let (_tx, rx) = rendezvous::<u32, L>();
        let start = cx.now();
        assert_eq!(alts((rx.take(), cx.timeout(duration))).await, Selected2::Second(()));
        assert!(cx.since(start) >= duration);

        let start = cx.now();
        assert_eq!(cx.limit(duration, std::future::pending::<()>()).await, Err(TimedOut));
        assert!(cx.since(start) >= duration);

        let deadline = cx.timeout(duration).deadline();
        timeout_at(cx.runtime, deadline).await;
        assert!(cx.now() >= deadline);
    }
}

async fn b103_timeouts_fire_in_the_order_of_their_deadlines(cx: Cx) {
    let start = cx.now();
    let fired = Arc::new(Mutex::new(Vec::new()));
    // Two at one instant, and one so near that a coarse clock would make it the third.
    let mut micros = [300_000, 100_001, 200_000, 100_000, 100_000];
    let processes = micros.map(|after| {
        let (timeout, fired, cx) =
            (cx.timeout(Duration::from_micros(after)), fired.clone(), cx.clone());
        cx.clone().start(async move {
            timeout.await;
            assert_eq!(cx.since(start), Duration::from_micros(after));
            fired.lock().unwrap().push(after);
        })
    });
    for process in processes {
        process.await.unwrap();
    }
    micros.sort_unstable();
    assert_eq!(*fired.lock().unwrap(), micros);
}

async fn b104_a_loop_over_deadlines_does_not_drift(cx: Cx) {
    use csp_core::runtime::Timer;
    let start = cx.now();
    let mut next = start;
    for turn in 1..=100 {
        next = cx.runtime.later(next, ms(10));
        timeout_at(cx.runtime, next).await;
        assert_eq!(cx.since(start), ms(10 * turn));
        // Work that takes its time, which a loop of relative waits would add up.
        cx.wait(ms(turn % 7)).await;
    }
}

async fn a26_a_timeout_counts_from_the_call_and_limits_a_whole_loop(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let other = cx.clone();
    cx.go(async move {
        for n in 0.. {
            other.wait(ms(30)).await;
            if tx.put(n).await.is_err() {
                return;
            }
        }
    });
    let start = cx.now();
    let whole = cx.timeout(ms(100));
    cx.wait(ms(10)).await;
    let mut taken = 0;
    while let Selected2::First(value) = alts((rx.take(), whole)).await {
        value.unwrap();
        taken += 1;
    }
    assert_eq!((taken, cx.since(start)), (3, ms(100)));
    rx.close();
}

async fn a26_one_timeout_serves_several_processes(cx: Cx) {
    let start = cx.now();
    let shared = cx.timeout(ms(70));
    let processes = [(); 5].map(|()| {
        let cx = cx.clone();
        cx.clone().start(async move {
            shared.await;
            cx.since(start)
        })
    });
    for process in processes {
        assert_eq!(process.await.unwrap(), ms(70));
    }
    // Never shared by themselves: equal timeouts are timers of their own.
    let (mut one, mut other) = (Box::pin(cx.timeout(ms(5)).into_future()), cx.timeout(ms(5)));
    assert!(poll_once(one.as_mut()).is_pending());
    drop(one);
    assert!(!other.has_passed());
    other = cx.timeout(ms(5));
    other.await;
    assert_eq!(cx.since(start), ms(75));
}

async fn a26_a_dropped_timeout_leaves_nothing_behind(cx: Cx) {
    let (_tx, rx) = rendezvous::<u32, L>();
    assert_eq!(virtual_time::timers(), 0);
    let timeout = cx.timeout(ms(10));
    assert_eq!(virtual_time::timers(), 0, "a timeout holds no timer");
    for _ in 0..100 {
        let mut choice = Box::pin(alts((rx.take(), timeout)));
        let mut limited = Box::pin(cx.limit(ms(10), rx.take()));
        assert!(poll_once(choice.as_mut()).is_pending());
        assert!(poll_once(limited.as_mut()).is_pending());
        assert_eq!(virtual_time::timers(), 2);
    }
    assert_eq!((virtual_time::timers(), rx.parked_takes()), (0, 0));
}

async fn a26_a_limit_drops_what_it_limits_and_loses_nothing(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let start = cx.now();
    assert_eq!(cx.limit(ms(20), rx.take()).await, Err(TimedOut));
    assert_eq!((cx.since(start), tx.parked_takes()), (ms(20), 0));
    let mut value = Some(1);
    assert_eq!(cx.limit(ms(20), tx.put_from(&mut value)).await, Err(TimedOut));
    assert_eq!((value, rx.try_take()), (Some(1), Err(TryTakeError::Empty)));
    assert_eq!(Error::from(TimedOut), Error::TimedOut);
    // What was done in time counts, although the time is up when somebody looks.
    let mut limited = Box::pin(cx.limit(ms(20), rx.take()));
    assert!(poll_once(limited.as_mut()).is_pending());
    tx.try_put(2).unwrap();
    cx.wait(ms(100)).await;
    assert_eq!(poll_once(limited.as_mut()), Poll::Ready(Ok(Ok(2))));
}

async fn a26_a_limit_that_has_ended_keeps_nothing(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut late = pin!(cx.limit(ms(20), rx.take()));
    assert_eq!(late.as_mut().await, Err(TimedOut));
    assert_eq!(tx.parked_takes(), 0, "a take waits although its limit has ended");
    let mut timely = pin!(cx.limit(ms(20), rx.take()));
    assert!(poll_once(timely.as_mut()).is_pending());
    tx.try_put(1).unwrap();
    assert_eq!(poll_once(timely.as_mut()), Poll::Ready(Ok(Ok(1))));
    assert_eq!(virtual_time::timers(), 0, "a timer runs although its limit has ended");
    let again = caught(|| poll_once(timely.as_mut()));
    assert!(again.is_err_and(|said| said.starts_with("a limit was polled after")));
}

async fn a26_a_deadline_beyond_the_end_of_time_is_no_overflow(cx: Cx) {
    let (_tx, rx) = rendezvous::<u32, L>();
    let forever = cx.timeout(Duration::MAX);
    assert!(!forever.has_passed());
    assert!(poll_once(pin!(alts((rx.take(), forever)))).is_pending());
    assert_eq!(forever.limit(async { 7 }).await, Ok(7));
}
