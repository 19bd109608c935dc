//! Streams, which are told and never given, and sinks, which own one value at most.

use std::future::poll_fn;

use futures_core::stream::FusedStream;
use futures_sink::Sink;

use super::*;
use crate::hand::next;
use crate::tally::Tally;

checks! {
    a33_a_stream_between_two_polls_is_told_and_never_given (A9);
    a33_a_sink_owns_one_value_at_most;
    a33_a_sink_that_is_dropped_withdraws_its_value (A7);
    a33_a_sink_closes_its_channel_when_it_is_closed;
}

async fn a33_a_stream_between_two_polls_is_told_and_never_given(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let probe = Probe::new();
    let mut stream = pin!(rx.stream());
    assert!(probe.poll(pin!(next(stream.as_mut()))).is_pending());
    assert_eq!(tx.try_put(1), Err(TryPutError::Full(1)), "a stream accepts nothing");
    let mut put = pin!(tx.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(probe.wakes(), 1, "it is told");
    // It holds up nobody: another take gets the value.
    assert_eq!(rx.take().await, Ok(2));
    assert_eq!(poll_once(put.as_mut()), Poll::Ready(Ok(())));
    assert!(probe.poll(pin!(next(stream.as_mut()))).is_pending());
    let mut put = pin!(tx.put(3));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(probe.poll(pin!(next(stream.as_mut()))), Poll::Ready(Some(3)));
    tx.close();
    assert_eq!(probe.poll(pin!(next(stream.as_mut()))), Poll::Ready(None));
    assert!(stream.is_terminated());
}

async fn a33_a_sink_owns_one_value_at_most(cx: Cx) {
    let (tx, rx) = rendezvous::<usize, L>();
    let taker = cx.start(async move {
        let mut taken = Vec::new();
        while let Ok(n) = rx.take().await {
            taken.push(n);
        }
        taken
    });
    {
        let mut sink = pin!(tx.sink());
        for n in 0..10 {
            poll_fn(|cx| sink.as_mut().poll_ready(cx)).await.unwrap();
            sink.as_mut().start_send(n).unwrap();
        }
        poll_fn(|cx| sink.as_mut().poll_flush(cx)).await.unwrap();
    }
    tx.close();
    assert!(taker.await.unwrap().into_iter().eq(0..10));
}

async fn a33_a_sink_that_is_dropped_withdraws_its_value(_: Cx) {
    let tally = Tally::new();
    let (tx, rx) = rendezvous::<_, L>();
    {
        let probe = Probe::new();
        let mut sink = pin!(tx.sink());
        assert!(probe.poll(pin!(poll_fn(|cx| sink.as_mut().poll_ready(cx)))).is_ready());
        sink.as_mut().start_send(tally.value(1)).unwrap();
        assert!(probe.poll(pin!(poll_fn(|cx| sink.as_mut().poll_ready(cx)))).is_pending());
        assert_eq!(rx.parked_puts(), 1);
    }
    assert_eq!((tally.dropped(), rx.parked_puts()), (1, 0));
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
}

async fn a33_a_sink_closes_its_channel_when_it_is_closed(_: Cx) {
    let (tx, rx) = fixed::<u32, L, 1>();
    let mut sink = pin!(tx.sink());
    poll_fn(|cx| sink.as_mut().poll_ready(cx)).await.unwrap();
    sink.as_mut().start_send(1).unwrap();
    poll_fn(|cx| sink.as_mut().poll_close(cx)).await.unwrap();
    assert_eq!((rx.take().await, rx.take().await), (Ok(1), Err(TakeError::Closed)));
}
