//! Groups of processes in one task, which allocate nothing.

use core::cell::Cell;
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;

use csp_core::buffer::Rendezvous;
use csp_core::lock::{CriticalSection, Lock};
use csp_core::{Channel, ParallelQueue, parallel, parallel_queued_in, sequence, try_parallel};

use crate::poll_once;

pub(crate) fn b108_results_come_in_the_order_of_the_arguments<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let nested = sequence((async { 1 }, async { "two" }));
    let group = parallel((channel.take(), nested, channel.put(7)));
    let mut group = pin!(group);
    let mut polled = poll_once(group.as_mut());
    if polled.is_pending() {
        polled = poll_once(group);
    }
    assert_eq!(polled, Poll::Ready((Ok(7), (1, "two"), Ok(()))));
}

pub(crate) fn b109_a_failure_cancels_the_siblings<L: Lock>() {
    let channel = Channel::<u32, Rendezvous, L>::new();
    let waits = async { channel.take().await.map(drop).map_err(|_| "closed") };
    let fails = async { Err::<(), &str>("failed") };
    let mut group = pin!(try_parallel((waits, fails)));
    assert_eq!(poll_once(group.as_mut()), Poll::Ready(Err("failed")));
    assert_eq!(channel.parked_takes(), 0);
}

pub(crate) fn a28_a_group_with_a_queue_polls_what_is_ready<L: Lock>() {
    static QUEUE: ParallelQueue<3, CriticalSection> = ParallelQueue::new();
    let channels = [(); 2].map(|()| Channel::<u32, Rendezvous, L>::new());
    let polls = [Cell::new(0), Cell::new(0)];
    let taker = |index: usize| {
        let (channels, polls) = (&channels, &polls);
        async move {
            let mut take = pin!(channels[index].take());
            poll_fn(|cx| {
                polls[index].set(polls[index].get() + 1);
                take.as_mut().poll(cx)
            })
            .await
        }
    };
    let mut group = pin!(parallel_queued_in(&QUEUE, [taker(0), taker(1)]));
    assert!(poll_once(group.as_mut()).is_pending());
    channels[1].try_put(1).unwrap();
    assert!(poll_once(group.as_mut()).is_pending());
    assert_eq!((polls[0].get(), polls[1].get()), (1, 2));
    channels[0].try_put(0).unwrap();
    assert_eq!(poll_once(group), Poll::Ready([Ok(0), Ok(1)]));
}
