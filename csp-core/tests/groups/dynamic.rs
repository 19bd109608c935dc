//! Groups that processes are started in while they run.

use std::cell::Cell;
use std::future::{Future, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use csp_core::lock::{SingleThread, StdLock};
use csp_core::runtime::{Spawn, SpawnLocal};
use csp_core::{Chan, Group, block_on, group, local_group, parallel_on, start, start_local};

use crate::hand::{Bell, Probe, pass};

#[test]
fn it_gives_what_the_body_gave_when_all_have_ended() {
    let ended = Arc::new(AtomicUsize::new(0));
    let count = ended.clone();
    let output = block_on(group::<StdLock, _>(async |group| {
        for _ in 0..10 {
            let count = count.clone();
            group.go(async move {
                pass().await;
                count.fetch_add(1, Ordering::SeqCst);
            });
        }
        "body"
    }));
    assert_eq!((output, ended.load(Ordering::SeqCst)), ("body", 10));
}

#[test]
fn a_process_does_not_run_inside_the_call() {
    let has_run = Rc::new(Cell::new(false));
    let mine = has_run.clone();
    block_on(local_group::<StdLock, _>(async |group| {
        let other = has_run.clone();
        group.go_local(async move { other.set(true) });
        assert!(!has_run.get());
    }));
    assert!(mine.get());
}

#[test]
fn processes_start_processes() {
    fn tree(group: &Group<StdLock>, depth: usize, leaves: &Arc<AtomicUsize>) {
        for _ in 0..2 {
            let (inner, leaves) = (group.clone(), leaves.clone());
            group.go(async move {
                if depth == 0 {
                    leaves.fetch_add(1, Ordering::SeqCst);
                } else {
                    tree(&inner, depth - 1, &leaves);
                }
            });
        }
    }
    let leaves = Arc::new(AtomicUsize::new(0));
    block_on(group(async |group| tree(&group, 5, &leaves)));
    assert_eq!(leaves.load(Ordering::SeqCst), 64);
}

#[test]
fn the_body_may_borrow() {
    let words = [String::from("one"), String::from("two")];
    let length = block_on(group::<StdLock, _>(|_| async { words.concat().len() }));
    assert_eq!(length, 6);
}

#[test]
fn it_can_be_started_from_another_thread() {
    let sum = block_on(group::<StdLock, _>(async |group| {
        let numbers = Chan::<usize, StdLock>::new();
        let theirs = numbers.clone();
        let starter = thread::spawn(move || {
            for n in 0..20 {
                let numbers = theirs.clone();
                group.go(async move { numbers.put(n).await.unwrap() });
            }
        });
        let mut sum = 0;
        for _ in 0..20 {
            sum += numbers.take().await.unwrap();
        }
        starter.join().unwrap();
        sum
    }));
    assert_eq!(sum, 190);
}

/// A handle outside starts a process while the group sleeps: the executor is woken.
#[test]
fn a_process_that_is_started_wakes_the_group() {
    let mut handle = None;
    let body = |group: Group<StdLock>| {
        handle = Some(group);
        pending::<()>()
    };
    let mut running = Box::pin(group(body));
    let handle = handle.unwrap();
    let bell = Bell::new();
    let (early, late) = (Probe::default(), Probe::default());
    handle.go(early.process());
    assert!(bell.poll(running.as_mut()).is_pending());
    assert_eq!((early.polls(), bell.rings()), (1, 0));
    handle.go(late.process());
    assert_eq!((late.polls(), bell.rings()), (0, 1));
    assert!(bell.poll(running.as_mut()).is_pending());
    assert_eq!(late.polls(), 1);
    let never = Probe::default();
    handle.go(never.process());
    drop(running);
    assert!(early.is_gone() && late.is_gone() && never.is_gone());
    // Who comes too late is dropped, and its handle says so.
    let too_late = Probe::default();
    handle.go(too_late.process());
    assert!(too_late.is_gone());
    let process = start::<StdLock, _, _>(&handle, ready(1));
    assert!(block_on(process).unwrap_err().is_stopped());
    assert!(!bell.is_held());
}

#[test]
fn a_handle_gives_a_result_or_a_panic() {
    block_on(group::<StdLock, _>(async |group| {
        let good = start::<StdLock, _, _>(&group, async { 6 * 7 });
        let bad = start::<StdLock, _, ()>(&group, async { panic!("on purpose") });
        let stopped = start::<StdLock, _, ()>(&group, pending());
        stopped.stop();
        assert_eq!(good.await.unwrap(), 42);
        assert!(bad.await.unwrap_err().is_panic());
        assert!(stopped.await.unwrap_err().is_stopped());
    }));
    block_on(local_group::<StdLock, _>(async |group| {
        let words = Rc::new(3);
        let local = start_local::<SingleThread, _, _>(&group, async move { *words });
        assert_eq!(local.await.unwrap(), 3);
    }));
}

#[test]
fn parallel_on_runs_in_a_group() {
    let results = block_on(group::<StdLock, _>(async |group| {
        parallel_on::<StdLock, _, _>(&group, (0..100).map(|n| async move { n * n })).await
    }));
    assert!(results.into_iter().map(Result::unwrap).eq((0..100).map(|n| n * n)));
}

#[test]
fn a_panic_of_the_body_drops_the_processes() {
    let probe = Probe::default();
    let process = probe.process();
    let running = group::<StdLock, _>(async |group| {
        group.go(process);
        pass().await;
        panic!("on purpose");
    });
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(running))).is_err());
    assert_eq!((probe.polls(), probe.is_gone()), (1, true));
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
    let probes = [(); 2].map(|()| Probe::default());
    let [before, after] = probes.each_ref().map(Probe::process);
    let mut running = Box::pin(group::<StdLock, _>(async |group| {
        group.go(before);
        let panics = Panics;
        group.go(async move {
            let _held = panics;
            pending::<()>().await;
        });
        group.go(after);
    }));
    assert!(Bell::new().poll(running.as_mut()).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(running))).is_err());
    assert!(probes.iter().all(Probe::is_gone));
}

/// A process that owns a handle of its group is a ring that the end of the group breaks.
#[test]
fn a_handle_inside_a_process_keeps_nothing() {
    let probe = Probe::default();
    let process = probe.process();
    {
        let mut running = pin!(group::<StdLock, _>(async |group| {
            let inner = group.clone();
            group.go(async move {
                process.await;
                drop(inner);
            });
        }));
        assert!(Bell::new().poll(running.as_mut()).is_pending());
    }
    assert!(probe.is_gone());
}

#[test]
fn groups_nest() {
    let output = block_on(group::<StdLock, _>(async |outer| {
        let (tx, rx) = (Chan::<u32, StdLock>::new(), Chan::<u32, StdLock>::new());
        let (tx2, rx2) = (tx.clone(), rx.clone());
        outer.go(group::<StdLock, _>(move |inner| async move {
            inner.go(async move {
                while let Ok(n) = tx2.take().await {
                    rx2.put(n + 1).await.unwrap();
                }
            });
        }));
        let mut sum = 0;
        for n in 0..20 {
            tx.put(n).await.unwrap();
            sum += rx.take().await.unwrap();
        }
        tx.close();
        sum
    }));
    assert_eq!(output, 210);
}

#[test]
fn what_is_send() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    fn is_sync<T: Sync>(_: &T) {}
    let running = is_send(group::<StdLock, _>(|group| {
        is_sync(&group);
        let group = is_send(group);
        async move { group.go(ready(())) }
    }));
    thread::spawn(|| block_on(running)).join().unwrap();
    fn is_future<F: Future>(_: &F) {}
    is_future(&local_group::<StdLock, _>(async |_| ()));
}
