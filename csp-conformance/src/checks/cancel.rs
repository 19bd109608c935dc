//! Cancellation: what a dropped operation leaves behind, and where its value goes.

use std::cell::Cell;
use std::rc::Rc;
use std::task::Context;

use csp_core::CancelledPut;

use super::*;
use crate::hand::next;
use crate::hook::{self, CallsOnClone, CallsOnDrop, hooked};
use crate::panics::caught;
use crate::tally::Tally;

checks! {
    b80_a_dropped_take_leaves_no_ghost (A8);
    b81_a_dropped_put_takes_its_value_along (A7 A8);
    b82_a_dropped_choice_withdraws_every_branch (A8);
    b83_an_uncollected_value_goes_to_the_next_take (A6);
    b83_an_uncollected_value_of_a_choice_goes_to_the_next_take (A6);
    a6_accepted_values_are_taken_here_or_counted_as_discarded;
    a7_a_put_that_is_cancelled_by_hand_tells_what_became_of_it;
    a8_a_dropped_operation_leaves_no_waker;
    a8_a_lost_wake_up_goes_to_the_next;
    a9_who_is_told_and_not_polled_holds_up_nobody;
    a10_a_new_waker_replaces_the_old;
    a12_a_waker_may_use_the_channel_that_wakes_it;
    a12_values_are_dropped_and_cloned_without_the_lock;
    a12_a_panic_in_user_code_leaves_the_channel_usable;
}

async fn b80_a_dropped_take_leaves_no_ghost(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut take = Box::pin(rx.take());
    assert!(poll_once(take.as_mut()).is_pending());
    drop(take);
    assert_eq!(rx.parked_takes(), 0);
    assert_eq!(tx.try_put(1), Err(TryPutError::Full(1)), "nobody takes");
    let mut put = pin!(tx.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(rx.take().await, Ok(2));
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));
}

async fn b81_a_dropped_put_takes_its_value_along(_: Cx) {
    let tally = Tally::new();
    let (tx, rx) = rendezvous::<_, L>();
    let mut put = Box::pin(tx.put(tally.value(1)));
    assert!(poll_once(put.as_mut()).is_pending());
    drop(put);
    assert_eq!((tally.dropped(), rx.parked_puts()), (1, 0));
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
    drop(tx.put(tally.value(2)));
    assert_eq!((tally.dropped(), rx.len()), (2, 0), "one that was never polled");

    // A dropped put lets the next one through.
    let mut puts = [3, 4].map(|n| Box::pin(tx.put(tally.value(n))));
    assert!(puts.iter_mut().all(|put| poll_once(put.as_mut()).is_pending()));
    let [third, mut fourth] = puts;
    drop(third);
    assert_eq!(rx.take().await.map(|value| value.number()), Ok(4));
    assert_eq!(poll_once(fourth.as_mut()), Poll::Ready(Ok(())));
    assert_eq!(tally.live(), 0);
}

async fn b82_a_dropped_choice_withdraws_every_branch(_: Cx) {
    let ((tx, rx), (out, taken)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let mut value = Some(5);
    let probe = Probe::new();
    let mut choice = Box::pin(alts((rx.take(), out.put_from(&mut value), rx.closed(), rx.take())));
    assert!(probe.poll(choice.as_mut()).is_pending());
    assert_eq!((rx.parked_takes(), out.parked_puts()), (2, 1));
    drop(choice);
    assert_eq!((rx.parked_takes(), out.parked_puts()), (0, 0));
    assert_eq!(
        (tx.try_put(1), taken.try_take()),
        (Err(TryPutError::Full(1)), Err(TryTakeError::Empty),)
    );
    tx.close();
    assert_eq!((value, probe.wakes(), probe.wakers()), (Some(5), 0, 0));
}

async fn b83_an_uncollected_value_goes_to_the_next_take(_: Cx) {
    let tally = Tally::new();
    let (tx, rx) = rendezvous::<_, L>();
    // To a parked take.
    let (mut first, mut second) = (Box::pin(rx.take()), Box::pin(rx.take()));
    let probe = Probe::new();
    assert!(poll_once(first.as_mut()).is_pending());
    assert!(probe.poll(second.as_mut()).is_pending());
    tx.try_put(tally.value(1)).unwrap();
    drop(first);
    assert_eq!(probe.wakes(), 1);
    let taken = probe.poll(second.as_mut()).map_ok(|value| value.number());
    assert_eq!(taken, Poll::Ready(Ok(1)));

    // To the next take to come, before anything that is put later.
    let mut third = Box::pin(rx.take());
    assert!(poll_once(third.as_mut()).is_pending());
    tx.try_put(tally.value(2)).unwrap();
    drop(third);
    assert_eq!(rx.len(), 1, "a value that came back is in the channel");
    let mut put = pin!(tx.put(tally.value(3)));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(rx.take().await.map(|value| value.number()), Ok(2));
    assert_eq!(rx.take().await.map(|value| value.number()), Ok(3));
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));
    assert_eq!(tally.live(), 0);
}

async fn b83_an_uncollected_value_of_a_choice_goes_to_the_next_take(_: Cx) {
    let ((tx, rx), (_other_tx, other_rx)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let mut choice = Box::pin(alts([other_rx.take(), rx.take()]));
    assert!(poll_once(choice.as_mut()).is_pending());
    tx.try_put(1).unwrap();
    drop(choice);
    assert_eq!((rx.len(), rx.try_take()), (1, Ok(1)));
    assert_eq!((rx.parked_takes(), other_rx.parked_takes()), (0, 0));

    let mut choice = Box::pin(alts([other_rx.take(), rx.take()]));
    let mut parked = pin!(rx.take());
    assert!(poll_once(choice.as_mut()).is_pending());
    assert!(poll_once(parked.as_mut()).is_pending());
    tx.try_put(2).unwrap();
    drop(choice);
    assert_eq!(poll_once(parked.as_mut()), Poll::Ready(Ok(2)));
}

async fn a6_accepted_values_are_taken_here_or_counted_as_discarded(_: Cx) {
    let tally = Tally::new();
    let (tx, rx) = sliding::<_, L, 2>();
    let mut early = Box::pin(rx.take());
    assert!(poll_once(early.as_mut()).is_pending());
    for n in 0..5 {
        tx.try_put(tally.value(n)).unwrap();
    }
    // One is handed over, two are here, two were pushed out.
    assert_eq!((rx.len(), rx.discarded(), tally.dropped()), (2, 2, 2));
    drop(early);
    assert_eq!((rx.len(), rx.discarded(), tally.dropped()), (3, 2, 2));
    let order = [0, 3, 4].map(|_| rx.try_take().map(|value| value.number()));
    assert_eq!(order, [Ok(0), Ok(3), Ok(4)]);
    tx.try_put(tally.value(5)).unwrap();
    rx.poison(1);
    assert_eq!((rx.len(), rx.discarded(), tally.live()), (0, 3, 0));
}

async fn a7_a_put_that_is_cancelled_by_hand_tells_what_became_of_it(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    assert_eq!(pin!(tx.put(1)).cancel(), CancelledPut::Returned(1));

    let mut put = pin!(tx.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(put.cancel(), CancelledPut::Returned(2));
    assert_eq!((rx.parked_puts(), rx.try_take()), (0, Err(TryTakeError::Empty)));

    let mut put = pin!(tx.put(3));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(rx.try_take(), Ok(3));
    assert_eq!(put.cancel(), CancelledPut::Committed);

    let mut put = pin!(tx.put(4));
    assert!(poll_once(put.as_mut()).is_pending());
    tx.close();
    assert_eq!(put.cancel(), CancelledPut::Returned(4));
}

async fn a8_a_dropped_operation_leaves_no_waker(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let probe = Probe::new();
    macro_rules! leaves_nothing {
        ($future:expr) => {
            let mut future = Box::pin($future);
            assert!(probe.poll(future.as_mut()).is_pending());
            assert_eq!(probe.wakers(), 1);
            drop(future);
            assert_eq!(probe.wakers(), 0);
        };
    }
    leaves_nothing!(rx.take());
    leaves_nothing!(tx.put(1));
    let mut value = Some(1);
    leaves_nothing!(tx.put_from(&mut value));
    leaves_nothing!(rx.closed());
    leaves_nothing!(alts((rx.take(), tx.put_from(&mut value), tx.closed())));
    {
        let mut stream = pin!(rx.stream());
        assert!(probe.poll(pin!(next(stream.as_mut()))).is_pending());
        assert_eq!(probe.wakers(), 1);
    }
    assert_eq!((probe.wakers(), probe.wakes()), (0, 0));
    assert_eq!((tx.parked_puts(), tx.parked_takes()), (0, 0));
}

async fn a8_a_lost_wake_up_goes_to_the_next(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    // Two streams hear of one value; whoever comes is served.
    let (first, second) = (Probe::new(), Probe::new());
    let mut told = Box::pin(rx.stream());
    let mut next_in_line = Box::pin(rx.stream());
    assert!(first.poll(pin!(next(told.as_mut()))).is_pending());
    assert!(second.poll(pin!(next(next_in_line.as_mut()))).is_pending());
    tx.try_put(1).unwrap();
    assert!(first.wakes() + second.wakes() >= 1);
    drop(told);
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.poll(pin!(next(next_in_line.as_mut()))), Poll::Ready(Some(1)));

    // A committed put whose future is dropped was accepted; the next put is admitted after it.
    tx.try_put(2).unwrap();
    let mut puts = [3, 4].map(|n| Box::pin(tx.put(n)));
    assert!(first.poll(puts[0].as_mut()).is_pending());
    assert!(second.poll(puts[1].as_mut()).is_pending());
    assert_eq!(rx.try_take(), Ok(2));
    let [third, mut fourth] = puts;
    drop(third);
    assert_eq!((rx.try_take(), rx.try_take()), (Ok(3), Ok(4)));
    assert_eq!(second.poll(fourth.as_mut()), Poll::Ready(Ok(())));
}

async fn a9_who_is_told_and_not_polled_holds_up_nobody(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut asleep = pin!(rx.take());
    assert!(poll_once(asleep.as_mut()).is_pending());
    tx.try_put(0).unwrap();
    // From here on the take has a value and is not polled; a hundred others pass.
    for n in 1..=100 {
        let mut take = pin!(rx.take());
        assert!(poll_once(take.as_mut()).is_pending());
        let mut put = pin!(tx.put(n));
        let _at_once = poll_once(put.as_mut()).is_ready();
        assert_eq!(poll_once(take.as_mut()), Poll::Ready(Ok(n)));
        assert!(poll_unless_done(put.as_mut()).is_ready(), "the put is held up");
    }
    assert_eq!(poll_once(asleep.as_mut()), Poll::Ready(Ok(0)));
}

fn poll_unless_done<F>(future: std::pin::Pin<&mut F>) -> Poll<()>
where
    F: futures_core::FusedFuture,
{
    if future.is_terminated() { Poll::Ready(()) } else { poll_once(future).map(drop) }
}

async fn a10_a_new_waker_replaces_the_old(_: Cx) {
    let (old, new) = (Probe::new(), Probe::new());
    macro_rules! hears {
        ($future:expr, $commit:expr) => {
            let (old_wakes, new_wakes) = (old.wakes(), new.wakes());
            // One of each side may be kept for the next wait (A8).
            let kept = new.wakers();
            assert!(kept <= 2);
            let mut future = Box::pin($future);
            assert!(old.poll(future.as_mut()).is_pending());
            assert!(new.poll(future.as_mut()).is_pending());
            assert_eq!((old.wakers(), new.wakers()), (0, kept + 1));
            $commit;
            assert_eq!((old.wakes(), new.wakes()), (old_wakes, new_wakes + 1));
            assert!(new.poll(future.as_mut()).is_ready());
        };
    }
    let (tx, rx) = rendezvous::<u32, L>();
    hears!(rx.take(), tx.try_put(1).unwrap());
    hears!(tx.put(1), rx.try_take().unwrap());
    let mut values = [Some(1), Some(2)];
    let [first, second] = &mut values;
    hears!(tx.put_from(first), rx.try_take().unwrap());
    hears!(alts([rx.take(), rx.take()]), tx.try_put(1).unwrap());
    hears!(alts([tx.put_from(second)]), rx.try_take().unwrap());
    let mut stream = Box::pin(rx.stream());
    let mut put = pin!(tx.put(2));
    hears!(next(stream.as_mut()), assert!(poll_once(put.as_mut()).is_pending()));
    hears!(rx.closed(), tx.close());
}

async fn a12_a_waker_may_use_the_channel_that_wakes_it(_: Cx) {
    let waker = hook::waker();
    let mut context = Context::from_waker(&waker);
    let (tx, rx) = fixed::<u32, L, 2>();
    let (mine, calls) = (rx.clone(), Rc::new(Cell::new(0)));
    let counted = calls.clone();
    let reenter = move || {
        counted.set(counted.get() + 1);
        assert!(mine.len() <= 2 && mine.parked_takes() <= 3);
        let _taken = mine.try_take();
        let _default = alts([mine.take()]).try_now();
    };
    let mut takes = [(); 3].map(|()| Box::pin(rx.take()));
    let mut ended = pin!(rx.closed());
    assert!(takes.iter_mut().all(|take| take.as_mut().poll(&mut context).is_pending()));
    assert!(ended.as_mut().poll(&mut context).is_pending());
    hooked(reenter, || {
        tx.try_put(1).unwrap();
        assert_eq!(calls.get(), 1);
        tx.close();
        assert_eq!(calls.get(), 4);
    });
}

async fn a12_values_are_dropped_and_cloned_without_the_lock(_: Cx) {
    let calls = Rc::new(Cell::new(0));
    macro_rules! reenters {
        ($rx:ident) => {{
            let (mine, counted) = ($rx.clone(), calls.clone());
            move || {
                counted.set(counted.get() + 1);
                let _len = mine.len();
                let _parked = mine.parked_puts();
            }
        }};
    }
    let (tx, rx) = sliding::<_, L, 1>();
    hooked(reenters!(rx), || {
        tx.try_put(CallsOnDrop(1)).unwrap();
        tx.try_put(CallsOnDrop(2)).unwrap();
        assert_eq!(calls.take(), 1, "pushed out");
        assert_eq!(poll_once(pin!(tx.put(CallsOnDrop(3)))), Poll::Ready(Ok(())));
        assert_eq!(calls.take(), 1, "pushed out by a put that may wait");
        rx.poison(1);
        drop(rx.try_take());
        assert_eq!(calls.take(), 1, "discarded, or drained");
    });

    let (tx, rx) = rendezvous::<_, L>();
    hooked(reenters!(rx), || {
        let mut put = Box::pin(tx.put(CallsOnDrop(1)));
        assert!(poll_once(put.as_mut()).is_pending());
        drop(put);
        assert_eq!(calls.take(), 1, "withdrawn");
    });

    let (tx, rx) = promise::<_, L>();
    hooked(reenters!(rx), || {
        tx.try_put(CallsOnClone(1)).unwrap();
        assert_eq!(rx.try_take(), Ok(CallsOnClone(1)));
        assert_eq!(calls.take(), 1, "cloned");
    });
}

async fn a12_a_panic_in_user_code_leaves_the_channel_usable(_: Cx) {
    let explode = || panic!("user code");
    let waker = hook::waker();
    let (tx, rx) = rendezvous::<u32, L>();
    let mut take = Box::pin(rx.take());
    assert!(take.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert!(hooked(explode, || caught(|| tx.try_put(1))).is_err(), "the waker panicked");
    assert_eq!(poll_once(take.as_mut()), Poll::Ready(Ok(1)));
    let mut put = pin!(tx.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(rx.try_take(), Ok(2));

    // The others are woken although one panics.
    let mut takes = [(); 2].map(|()| Box::pin(rx.take()));
    let probe = Probe::new();
    assert!(takes[0].as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert!(probe.poll(takes[1].as_mut()).is_pending());
    assert!(hooked(explode, || caught(|| tx.close())).is_err());
    assert_eq!(probe.wakes(), 1);
    assert_eq!(probe.poll(takes[1].as_mut()), Poll::Ready(Err(TakeError::Closed)));

    let (tx, rx) = sliding::<_, L, 1>();
    tx.try_put(CallsOnDrop(1)).unwrap();
    assert!(hooked(explode, || caught(|| tx.try_put(CallsOnDrop(2)))).is_err());
    assert_eq!((rx.len(), rx.try_take()), (1, Ok(CallsOnDrop(2))));

    let (tx, rx) = promise::<_, L>();
    tx.try_put(CallsOnClone(1)).unwrap();
    assert!(hooked(explode, || caught(|| rx.try_take())).is_err());
    assert_eq!(rx.try_take(), Ok(CallsOnClone(1)));
}
