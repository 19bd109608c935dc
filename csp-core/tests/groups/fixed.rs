//! Groups of a fixed number of processes.

use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::thread;

use csp_core::buffer::Rendezvous;
use csp_core::lock::{SingleThread, StdLock};
use csp_core::{
    Channel, CountedQueue, ParallelQueue, ParallelQueued, block_on, parallel_queued,
    parallel_queued_in,
};

use crate::hand::{Bell, Probe, pass};

fn queued<P: csp_core::Processes>(processes: P) -> ParallelQueued<P, CountedQueue<P, StdLock>> {
    parallel_queued(processes)
}

#[test]
fn results_come_in_the_order_of_the_arguments() {
    let slow = async {
        pass().await;
        pass().await;
        'a'
    };
    assert_eq!(block_on(queued((slow, ready(2), async { "c" }))), ('a', 2, "c"));
    assert_eq!(block_on(queued([1, 2, 3].map(|n| async move { n * n }))), [1, 4, 9]);
    let nobody: [std::future::Ready<()>; 0] = [];
    assert_eq!(block_on(queued(nobody)), []);
}

#[test]
fn groups_nest() {
    let inner = queued((async { 1 }, async { pass().await }));
    let inner_of_two = async { queued((inner, async { 3 })).await };
    assert_eq!(block_on(queued((inner_of_two, async { 4 }))), (((1, ()), 3), 4));
}

/// A rendezvous between processes of different groups: the inner waker calls the outer group's.
#[test]
fn nested_groups_wake_each_other() {
    let (there, back) = (
        Channel::<u32, Rendezvous, SingleThread>::new(),
        Channel::<u32, Rendezvous, SingleThread>::new(),
    );
    let ping = async {
        for n in 0..if cfg!(miri) { 20 } else { 500 } {
            there.put(n).await.unwrap();
            assert_eq!(back.take().await, Ok(n));
        }
        there.close();
    };
    let pong = async {
        while let Ok(n) = there.take().await {
            back.put(n).await.unwrap();
        }
    };
    let inner = queued((pong, ready(())));
    block_on(queued((ping, inner)));
}

/// A6, A8: a group that is dropped after a hand-over, before the taker was polled again.
#[test]
fn no_value_is_lost_when_a_group_is_dropped() {
    let channel = Channel::<Box<u32>, Rendezvous, StdLock>::new();
    let bell = Bell::new();
    {
        let mut group = pin!(queued((channel.take(), channel.take())));
        assert!(bell.poll(group.as_mut()).is_pending());
        assert_eq!(channel.try_put(Box::new(1)), Ok(()));
        assert_eq!(bell.rings(), 1);
    }
    assert_eq!(channel.try_take().map(|value| *value), Ok(1));
    assert!(!bell.is_held());
}

#[test]
fn a_static_queue_serves_one_group_after_another() {
    static QUEUE: ParallelQueue<3, StdLock> = ParallelQueue::new();
    let group = || parallel_queued_in(&QUEUE, (async { pass().await }, async { 2 }));
    for _ in 0..3 {
        assert_eq!(block_on(group()), ((), 2));
    }
    let first = group();
    let second = catch_unwind(AssertUnwindSafe(group));
    assert!(second.is_err(), "it is in use");
    assert_eq!(block_on(first), ((), 2));
    drop(group());
    assert_eq!(block_on(parallel_queued_in(&QUEUE, (ready(1), ready(2), ready(3)))), (1, 2, 3));
}

/// A waker of the last use of a static queue may wake a process of this use, and harms nobody.
#[test]
fn a_waker_of_the_last_use_of_a_static_queue_is_harmless() {
    static QUEUE: ParallelQueue<3, StdLock> = ParallelQueue::new();
    let stale = {
        let probes = [(); 3].map(|()| Probe::default());
        let [a, b, c] = probes.each_ref().map(Probe::process);
        let mut group = pin!(parallel_queued_in(&QUEUE, (a, b, c)));
        assert!(Bell::new().poll(group.as_mut()).is_pending());
        probes.map(|probe| probe.take_waker())
    };
    let probe = Probe::default();
    let mut group = pin!(parallel_queued_in(&QUEUE, (probe.process(),)));
    let bell = Bell::new();
    assert!(bell.poll(group.as_mut()).is_pending());
    for waker in stale {
        thread::spawn(|| waker.wake()).join().unwrap();
        assert!(bell.poll(group.as_mut()).is_pending());
    }
    assert_eq!(probe.polls(), 2, "its own place, and none of those that it does not use");
    probe.end();
    assert!(bell.poll(group.as_mut()).is_ready());
}

#[test]
fn the_future_is_send_if_its_processes_are() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    static QUEUE: ParallelQueue<2, StdLock> = ParallelQueue::new();
    let group = is_send(queued((async { 1 }, async { 2 })));
    assert_eq!(thread::spawn(|| block_on(group)).join().unwrap(), (1, 2));
    let group = is_send(parallel_queued_in(&QUEUE, (async { 1 }, async { 2 })));
    assert_eq!(thread::spawn(|| block_on(group)).join().unwrap(), (1, 2));
}

/// Begun on one thread, ended on another.
#[test]
fn a_group_that_is_half_done_moves_to_another_thread() {
    let channel = std::sync::Arc::new(Channel::<u32, Rendezvous, StdLock>::new());
    let other = channel.clone();
    let take = |channel: std::sync::Arc<Channel<u32, Rendezvous, StdLock>>| async move {
        let mut sum = 0;
        while let Ok(n) = channel.take().await {
            sum += n;
        }
        sum
    };
    let mut group = Box::pin(queued((take(channel.clone()), take(channel))));
    assert!(Bell::new().poll(group.as_mut()).is_pending());
    let sums = thread::spawn(move || block_on(group));
    let all = if cfg!(miri) { 10 } else { 100 };
    for n in 0..all {
        other.put_blocking(n).unwrap();
    }
    other.close();
    let (a, b) = sums.join().unwrap();
    assert_eq!(a + b, (0..all).sum());
}

/// The others are dropped even if one panics while it is dropped.
#[test]
fn a_panic_in_a_drop_leaves_nobody() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    async fn held(panics: Panics) {
        let _held = panics;
        std::future::pending::<()>().await;
    }
    let probe = Probe::default();
    let mut group = Box::pin(queued((held(Panics), probe.process())));
    assert!(Bell::new().poll(group.as_mut()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(group))).is_err());
    assert!(probe.is_gone());
}
