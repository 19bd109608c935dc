//! Plain threads beside processes, and processes of several runtimes on one channel.

use std::thread;

use csp_core::runtime::{Spawn, Timer};
use csp_smol::Smol;

use super::*;

checks! {
    elsewhere "a channel of one thread does not leave it";
    a1_threads_put_and_take_and_choose_with_and_without_a_deadline;
    a1_one_channel_connects_three_runtimes_and_a_thread (A18 A27) [on Threads];
    a1_a_thread_and_a_process_meet [on Threads];
    a33_a_callback_runs_on_the_thread_that_commits;
}

/// Joins a thread whose panic shall fail the check.
fn joined<T>(thread: thread::JoinHandle<T>) -> T {
    thread.join().expect("the thread did not panic")
}

async fn a1_threads_put_and_take_and_choose_with_and_without_a_deadline(_: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let now = || Smol.now();
    assert_eq!(rx.take_blocking_until(now()), Err(TakeError::TimedOut));
    let error = tx.put_blocking_until(1, now()).unwrap_err();
    assert_eq!((error.kind(), error.into_inner()), (Error::TimedOut, 1));
    assert_eq!(alts([rx.take()]).blocking_until(now()), None);
    assert_eq!((rx.parked_takes(), rx.parked_puts()), (0, 0));

    let (writer, chooser) = (tx.clone(), tx.clone());
    let far = Smol.later(now(), std::time::Duration::from_secs(3600));
    let putting = thread::spawn(move || {
        writer.put_blocking(1).unwrap();
        writer.put_blocking_until(2, far).unwrap();
        let mut value = Some(3);
        assert_eq!(alts([chooser.put_from(&mut value)]).blocking(), (0, Ok(())));
        writer.close();
    });
    assert_eq!(rx.take_blocking(), Ok(1));
    assert_eq!(rx.take_blocking_until(far), Ok(2));
    assert_eq!(alts([rx.take()]).blocking_until(far), Some((0, Ok(3))));
    assert_eq!(rx.iter_blocking().next(), None);
    joined(putting);
}

async fn a1_one_channel_connects_three_runtimes_and_a_thread(cx: Cx) {
    const EACH: usize = 100;
    let (tx, rx) = rendezvous::<(usize, usize), L>();
    let (back, replies) = rendezvous::<usize, L>();
    macro_rules! echo {
        ($who:literal) => {{
            let (tx, replies) = (tx.clone(), replies.clone());
            async move {
                for n in 0..EACH {
                    tx.put(($who, n)).await.unwrap();
                    replies.take().await.unwrap();
                }
            }
        }};
    }
    let on_tokio = echo!(0);
    let tokio_thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(on_tokio);
    });
    Smol.go(echo!(1));
    csp_async_std::AsyncStd.go(echo!(2));
    let (by_thread, of_thread) = (tx.clone(), replies.clone());
    let plain_thread = thread::spawn(move || {
        for n in 0..EACH {
            by_thread.put_blocking((3, n)).unwrap();
            of_thread.take_blocking().unwrap();
        }
    });
    cx.go(echo!(4));

    let mut received = [0; 5];
    for _ in 0..5 * EACH {
        let (who, n) = rx.take().await.unwrap();
        assert_eq!(n, received[who], "each in order");
        received[who] += 1;
        back.put(n).await.unwrap();
    }
    assert_eq!(received, [EACH; 5]);
    joined(tokio_thread);
    joined(plain_thread);
}

async fn a1_a_thread_and_a_process_meet(_: Cx) {
    let ((tx, rx), (out, results)) = (rendezvous::<u32, L>(), rendezvous::<u32, L>());
    let squares = thread::spawn(move || {
        while let Ok(n) = rx.take_blocking() {
            out.put_blocking(n * n).unwrap();
        }
    });
    for n in 0..100 {
        tx.put(n).await.unwrap();
        assert_eq!(results.take().await, Ok(n * n));
    }
    tx.close();
    joined(squares);
}

async fn a33_a_callback_runs_on_the_thread_that_commits(_: Cx) {
    let chan = csp_core::Chan::<u32, L>::new();
    let ran_on = Arc::new(Mutex::new(None));
    let (here, other) = (ran_on.clone(), chan.clone());
    // It may use the channel: no lock is held.
    drop(chan.take_then(move |taken| {
        assert_eq!((taken, other.try_take()), (Ok(1), Err(TryTakeError::Empty)));
        *here.lock().unwrap() = Some(thread::current().id());
    }));
    let putting = thread::spawn(move || {
        chan.try_put(1).unwrap();
        thread::current().id()
    });
    assert_eq!(Some(joined(putting)), *ran_on.lock().unwrap());
}
