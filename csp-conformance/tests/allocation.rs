//! An unbuffered put, take or choice between two tasks of a current-thread executor allocates
//! nothing.

#![expect(clippy::std_instead_of_core, reason = "a test has an operating system")]

use allocation_counter::measure;
use csp_core::lock::{Lock, SingleThread, StdLock};
use csp_core::{Chan, Channel, Selected2, alts, buffer::Rendezvous};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

const ROUNDS: u32 = 10_000;

/// Starts a partner that echoes until its channel closes, runs `client` once to warm everything
/// up, and counts the allocations of a second run.
fn allocations(partner: impl Future<Output = ()> + 'static, mut client: impl AsyncFnMut()) -> u64 {
    let runtime = Builder::new_current_thread().build().unwrap();
    let tasks = LocalSet::new();
    tasks.spawn_local(partner);
    tasks.block_on(&runtime, client());
    // The future of the second run is made before it is counted; tokio's own cost of `block_on`
    // is taken off.
    let mut second = Box::pin(client());
    let idle = measure(|| tasks.block_on(&runtime, async {})).count_total;
    measure(|| tasks.block_on(&runtime, second.as_mut())).count_total - idle
}

fn ping_pong<L: Lock + 'static>(there: Chan<u32, L>, back: Chan<u32, L>) -> u64 {
    let (from, to) = (there.clone(), back.clone());
    let echo = async move {
        while let Ok(n) = from.take().await {
            to.put(n + 1).await.unwrap();
        }
    };
    allocations(echo, async || {
        for n in 0..ROUNDS {
            there.put(n).await.unwrap();
            assert_eq!(back.take().await, Ok(n + 1));
        }
    })
}

fn ping_pong_by_choice<L: Lock + 'static>(there: Chan<u32, L>, back: Chan<u32, L>) -> u64 {
    let (from, to, idle) = (there.clone(), back.clone(), Chan::<(), L>::new());
    let (my_idle, its_idle) = (idle.clone(), idle);
    let echo = async move {
        loop {
            let Selected2::First(Ok(n)) = alts((from.take(), its_idle.take())).await else {
                return;
            };
            let mut answer = Some(n + 1);
            let Selected2::Second(Ok(())) = alts((its_idle.take(), to.put_from(&mut answer))).await
            else {
                return;
            };
        }
    };
    allocations(echo, async || {
        for n in 0..ROUNDS {
            let mut value = Some(n);
            let chosen = alts((my_idle.take(), there.put_from(&mut value))).await;
            assert_eq!(chosen, Selected2::Second(Ok(())));
            assert_eq!(alts([back.take()]).await.1, Ok(n + 1));
        }
    })
}

#[test]
fn an_allocation_would_be_counted() {
    let boxes = allocations(async {}, async || drop(std::hint::black_box(Box::new(1))));
    assert_eq!(boxes, 1);
}

#[test]
fn an_unbuffered_put_and_take_allocate_nothing() {
    assert_eq!(ping_pong::<StdLock>(Chan::new(), Chan::new()), 0);
    assert_eq!(ping_pong::<SingleThread>(Chan::new(), Chan::new()), 0);
}

#[test]
fn a_choice_allocates_nothing() {
    assert_eq!(ping_pong_by_choice::<StdLock>(Chan::new(), Chan::new()), 0);
    assert_eq!(ping_pong_by_choice::<SingleThread>(Chan::new(), Chan::new()), 0);
}

#[test]
fn a_static_channel_allocates_nothing_from_the_first_put_on() {
    static THERE: Channel<u32, Rendezvous, StdLock> = Channel::new();
    static BACK: Channel<u32, Rendezvous, StdLock> = Channel::new();
    let echo = async {
        while let Ok(n) = THERE.take().await {
            BACK.put(n + 1).await.unwrap();
        }
    };
    let count = allocations(echo, async || {
        for n in 0..ROUNDS {
            THERE.put(n).await.unwrap();
            assert_eq!(BACK.take().await, Ok(n + 1));
        }
    });
    assert_eq!(count, 0);
}
