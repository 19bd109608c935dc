//! What may be sent, what the errors say, and operations that never wait.

use super::*;

checks! {
    b14_any_value_may_be_sent (A2);
    a3_errors_tell_the_ends_apart_and_own_the_value;
    a3_a_process_written_with_question_marks_ends_quietly;
    b84_try_forms_tell_full_empty_and_closed_apart (A1 A3);
    b85_try_forms_meet_whoever_waits_on_the_other_side (A6);
    b86_try_forms_on_an_idle_rendezvous_fail_without_parking;
    b87_one_operation_too_many_fails_and_the_channel_goes_on;
}

async fn b14_any_value_may_be_sent(_: Cx) {
    macro_rules! bounced {
        ($T:ty: $($value:expr),+) => {
            let (tx, rx) = fixed::<$T, L, 1>();
            $(
                tx.put($value).await.unwrap();
                assert_eq!(rx.take().await, Ok($value));
            )+
            tx.close();
            assert_eq!(rx.take().await, Err(TakeError::Closed));
        };
    }
    bounced!((): ());
    bounced!(bool: false, true);
    bounced!(Option<u32>: None, Some(0));
    bounced!(Result<u32, TakeError>: Err(TakeError::Closed), Ok(1));
    bounced!(&str: "", "word");
    bounced!(Vec<String>: Vec::new(), vec![String::new()]);
    bounced!(f64: 0.0);

    let (tx, rx) = fixed::<Box<dyn FnOnce(u32) -> u32 + Send>, L, 1>();
    assert!(tx.put(Box::new(|n| n + 1)).await.is_ok());
    assert_eq!(rx.take().await.map(|call| call(1)), Ok(2));
}

async fn a3_errors_tell_the_ends_apart_and_own_the_value(_: Cx) {
    let (tx, rx) = fixed::<String, L, 1>();
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
    tx.try_put("kept".to_owned()).unwrap();
    assert_eq!(tx.try_put("back".to_owned()), Err(TryPutError::Full("back".to_owned())));
    tx.close();
    let error = tx.put("back".to_owned()).await.unwrap_err();
    assert_eq!((error.kind(), error.into_inner()), (Error::Closed, "back".to_owned()));
    assert_eq!(tx.try_put("back".to_owned()), Err(TryPutError::Closed("back".to_owned())));
    assert_eq!((rx.try_take(), rx.try_take()), (Ok("kept".to_owned()), Err(TryTakeError::Closed)));
    assert_eq!(rx.take().await, Err(TakeError::Closed));

    tx.poison(3);
    let error = tx.put("back".to_owned()).await.unwrap_err();
    assert_eq!(error, PutError::Poisoned { value: "back".to_owned(), strength: 3 });
    let error = tx.try_put("back".to_owned()).unwrap_err();
    assert_eq!(
        (error.kind(), error.into_inner().as_str()),
        (Error::Poisoned { strength: 3 }, "back")
    );
    assert_eq!(rx.try_take(), Err(TryTakeError::Poisoned { strength: 3 }));
    assert_eq!(rx.take().await, Err(TakeError::Poisoned { strength: 3 }));
}

async fn a3_a_process_written_with_question_marks_ends_quietly(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let (out, results) = fixed::<u32, L, 8>();
    let process = cx.start(csp_core::quietly(async move {
        loop {
            out.put(2 * rx.take().await?).await?;
        }
    }));
    tx.put(1).await.unwrap();
    assert_eq!(results.take().await, Ok(2));
    tx.close();
    process.await.unwrap();
    assert!(Error::from(TryPutError::Closed(1)).is_shutdown());
    assert!(!Error::from(TryTakeError::Empty).is_shutdown());
}

async fn b84_try_forms_tell_full_empty_and_closed_apart(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
    assert_eq!(tx.try_put(1), Ok(()));
    assert_eq!(tx.try_put(2), Err(TryPutError::Full(2)));
    assert_eq!(rx.try_take(), Ok(1));
    tx.close();
    assert_eq!(tx.try_put(3), Err(TryPutError::Closed(3)));
    assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
}

async fn b85_try_forms_meet_whoever_waits_on_the_other_side(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let mut take = pin!(rx.take());
    assert!(poll_once(take.as_mut()).is_pending());
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty), "a parked take is no value");
    assert_eq!(tx.try_put(1), Ok(()));
    assert_eq!(poll_once(take.as_mut()), Poll::Ready(Ok(1)));

    let mut put = pin!(tx.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(tx.try_put(3), Err(TryPutError::Full(3)), "a parked put is no taker");
    assert_eq!(rx.try_take(), Ok(2));
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));

    // With one place, a value that was handed over and not collected takes it.
    let (mut first, mut second) = (pin!(rx.take()), pin!(rx.take()));
    assert!(poll_once(first.as_mut()).is_pending());
    assert!(poll_once(second.as_mut()).is_pending());
    assert_eq!(tx.try_put(4), Ok(()));
    let has_places = tx.try_put(5).is_ok();
    assert_eq!(poll_once(first.as_mut()), Poll::Ready(Ok(4)));
    if !has_places {
        assert_eq!(tx.try_put(5), Ok(()), "collected, it gives the place back");
    }
    assert_eq!(poll_once(second.as_mut()), Poll::Ready(Ok(5)));
}

async fn b86_try_forms_on_an_idle_rendezvous_fail_without_parking(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    for _ in 0..3 {
        assert_eq!(tx.try_put(1), Err(TryPutError::Full(1)));
        assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
        assert_eq!((tx.parked_puts(), tx.parked_takes(), tx.len()), (0, 0, 0));
    }
}

async fn b87_one_operation_too_many_fails_and_the_channel_goes_on(_: Cx) {
    let (tx, rx) = limited::<u32, L>(2);
    {
        let mut takes = [(); 2].map(|()| Box::pin(rx.take()));
        assert!(takes.iter_mut().all(|take| poll_once(take.as_mut()).is_pending()));
        assert_eq!(rx.take().await, Err(TakeError::Crowded));
        assert_eq!(alts([rx.take()]).await, (0, Err(TakeError::Crowded)));
        assert_eq!(tx.try_put(1), Ok(()));
        assert_eq!(poll_once(takes[0].as_mut()), Poll::Ready(Ok(1)));
    }
    let mut puts = [2, 3].map(|n| Box::pin(tx.put(n)));
    assert!(puts.iter_mut().all(|put| poll_once(put.as_mut()).is_pending()));
    let error = tx.put(4).await.unwrap_err();
    assert_eq!((error.kind(), error.into_inner()), (Error::Crowded, 4));
    assert_eq!((rx.take().await, rx.take().await), (Ok(2), Ok(3)));
    assert!(puts.iter_mut().all(|put| poll_once(put.as_mut()) == Poll::Ready(Ok(()))));
}
