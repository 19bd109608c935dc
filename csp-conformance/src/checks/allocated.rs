//! What only allocated channels have: sizes at run time, and no bound at all.

use csp_core::{Chan, Kind};

use super::*;
use crate::panics::caught;

checks! {
    elsewhere "a static channel has its size in its type: size 0 and no bound do not compile";
    b94_a_dropping_buffer_of_size_zero_is_refused (A4);
    b95_a_fixed_size_of_zero_is_a_rendezvous (A4);
    a4_an_unbounded_channel_never_makes_a_put_wait;
    a11_values_that_came_back_keep_their_order (A6);
}

async fn b94_a_dropping_buffer_of_size_zero_is_refused(_: Cx) {
    for kind in [Kind::Dropping(0), Kind::Sliding(0), Kind::Overwriting(0)] {
        let why = caught(|| Chan::<u32, L>::with(kind)).expect_err("a buffer that loses everything");
        assert!(why.contains("size 0") && why.contains("Rendezvous"), "{why}");
    }
}

async fn b95_a_fixed_size_of_zero_is_a_rendezvous(_: Cx) {
    let (tx, rx) = of_kind::<u32, L>(Kind::Fixed(0));
    assert_eq!((tx.capacity(), tx.try_put(1)), (Some(0), Err(TryPutError::Full(1))));
    let mut put = pin!(tx.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(rx.take().await, Ok(2));
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));
}

async fn a4_an_unbounded_channel_never_makes_a_put_wait(_: Cx) {
    let (tx, rx) = of_kind::<u32, L>(Kind::Unbounded);
    for n in 0..10_000 {
        assert_eq!(tx.try_put(n), Ok(()));
    }
    assert_eq!((tx.len(), tx.capacity()), (10_000, None));
    for n in 0..10_000 {
        assert_eq!(rx.try_take(), Ok(n));
    }
}

async fn a11_values_that_came_back_keep_their_order(_: Cx) {
    let (tx, rx) = rendezvous::<usize, L>();
    let mut takes = [(); 4].map(|()| Some(Box::pin(rx.take())));
    assert!(takes.iter_mut().flatten().all(|take| poll_once(take.as_mut()).is_pending()));
    for n in 0..4 {
        tx.try_put(n).unwrap();
    }
    for dropped in [2, 0, 3, 1] {
        takes[dropped] = None;
    }
    assert_eq!(rx.len(), 4);
    for n in 0..4 {
        assert_eq!(rx.try_take(), Ok(n));
    }
}
