//! Threads that block and tasks that await, at the same channels.

use alloc::sync::Arc;
use core::array;

use shuttle::{future, thread};

use super::ledger::{Ledger, Value};
use super::play;
use super::whims::{draw, seed};
use crate::buffer::{Fixed, Rendezvous, StaticBuffer};
use crate::lock::StdLock;
use crate::{Channel, Selected2, alts};

const EACH: usize = 3;

#[test]
fn rendezvous() {
    play("3 threads, 3 tasks, 2 rendezvous", mixed::<Rendezvous>);
}

#[test]
fn buffers() {
    play("3 threads, 3 tasks, 2 buffers", mixed::<Fixed<1>>);
}

/// A thread and a task put to the first channel, one of each moves to the second, one of each
/// takes there.
fn mixed<B: StaticBuffer<Value, Lent: Sync> + 'static>() {
    let ledger = Ledger::new();
    let channels: Arc<[Channel<Value, B, StdLock>; 2]> =
        Arc::new(array::from_fn(|_| Channel::new()));
    let all = || (channels.clone(), ledger.clone());

    let (to, values) = all();
    let put_thread = thread::spawn(move || {
        for number in 0..EACH {
            to[0].put_blocking(values.value(0, number)).unwrap();
        }
    });
    let (to, values) = all();
    let put_task = future::spawn(async move {
        for number in 0..EACH {
            to[0].put(values.value(1, number)).await.unwrap();
        }
    });
    let (over, _) = all();
    let move_thread = thread::spawn(move || {
        over[0].iter_blocking().for_each(|value| over[1].put_blocking(value).unwrap());
    });
    let (over, _) = all();
    let move_task = future::spawn(async move {
        while let Ok(value) = over[0].take().await {
            over[1].put(value).await.unwrap();
        }
    });
    let (from, _) = all();
    let take_thread = thread::spawn(move || {
        let mut count = 0;
        loop {
            // The first is closed before the second: its error is ready, and no end.
            match alts((from[0].take(), from[1].take())).seed(seed()).blocking() {
                Selected2::First(Ok(value)) | Selected2::Second(Ok(value)) => drop(value.deliver()),
                Selected2::First(Err(_)) => match from[1].take_blocking() {
                    Ok(value) => drop(value.deliver()),
                    Err(_) => return count,
                },
                Selected2::Second(Err(_)) => return count,
            }
            count += 1;
        }
    });
    let (from, _) = all();
    let take_task = future::spawn(async move {
        let mut count = 0;
        while let Ok(value) = from[1].take().await {
            value.deliver();
            count += 1;
            if draw(4) == 0 {
                future::yield_now().await;
            }
        }
        count
    });

    put_thread.join().unwrap();
    future::block_on(put_task).unwrap();
    channels[0].close();
    move_thread.join().unwrap();
    future::block_on(move_task).unwrap();
    channels[1].close();
    let taken: usize = take_thread.join().unwrap() + future::block_on(take_task).unwrap();
    assert_eq!(taken, 2 * EACH);
    assert_eq!(ledger.delivered(), taken);
    ledger.settle(0);
    for channel in &*channels {
        assert_eq!((channel.parked_puts(), channel.parked_takes(), channel.len()), (0, 0, 0));
    }
}
