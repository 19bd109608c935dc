//! Whom a wake-up concerns, in every form of group.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::thread;

use csp_core::lock::StdLock;
use csp_core::runtime::{Spawn, SpawnLocal};
use csp_core::{ParallelQueue, group, local_group, parallel_queued, parallel_queued_in};

use crate::hand::{Bell, Probe, pass};

/// Runs a test in each form of a group of these processes.
macro_rules! in_every_form {
    ($($name:ident($($process:ident),+ $(; $count:literal)?) $test:ident;)+) => {
        $(mod $name {
            use super::*;

            #[test]
            fn in_a_block() {
                $test(|$($process),+| parallel_queued::<StdLock, _>(($($process),+,)));
            }

            #[test]
            fn in_a_static() {
                static QUEUE: ParallelQueue<4, StdLock> = ParallelQueue::new();
                $test(|$($process),+| parallel_queued_in(&QUEUE, ($($process),+,)));
            }

            #[test]
            fn started() {
                $test(|$($process),+| group::<StdLock, _>(async |group| {
                    $(group.go($process);)+
                }));
            }

            #[test]
            fn started_here() {
                $test(|$($process),+| local_group::<StdLock, _>(async |group| {
                    $(group.go_local($process);)+
                }));
            }
        })+
    };
}

in_every_form! {
    only_who_is_ready_is_polled(a, b, c) ready_only;
    a_wake_up_from_another_thread_is_not_lost(a, b) from_another_thread;
    a_new_outer_waker_is_the_one_that_is_called(a, b) new_outer_waker;
    a_waker_may_outlive_the_group(a, b) outlives;
    a_waker_of_a_process_that_has_ended_does_nothing(a, b) ended;
    a_panic_drops_the_others(a, b, c) panics;
    a_group_that_is_dropped_drops_all(a, b) dropped;
    a_group_that_is_always_ready_yields(a, b) yields;
    a_wake_up_during_the_poll_is_not_lost(a, b) during_the_poll;
    two_wake_ups_are_one_poll(a, b) twice;
}

use forms::*;

mod forms {
    use super::*;
    use std::future::Future;
    use std::pin::Pin;

    type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn boxed(process: impl Future<Output = ()> + Send + 'static) -> Boxed {
        Box::pin(process)
    }

    pub(super) fn ready_only<G: Future>(make: impl FnOnce(Boxed, Boxed, Boxed) -> G) {
        let probes = [(); 3].map(|()| Probe::default());
        let [a, b, c] = probes.each_ref().map(|probe| boxed(probe.process()));
        let mut group = pin!(make(a, b, c));
        let bell = Bell::new();
        assert!(bell.poll(group.as_mut()).is_pending());
        assert_eq!(probes.each_ref().map(Probe::polls), [1, 1, 1]);
        // Polled for no reason of its own, the group polls nobody.
        assert!(bell.poll(group.as_mut()).is_pending());
        assert_eq!(probes.each_ref().map(Probe::polls), [1, 1, 1]);
        assert_eq!(bell.rings(), 0);
        probes[1].waker().wake_by_ref();
        assert_eq!(bell.rings(), 1);
        assert!(bell.poll(group.as_mut()).is_pending());
        assert_eq!(probes.each_ref().map(Probe::polls), [1, 2, 1]);
        probes[0].end();
        probes[2].end();
        assert!(bell.poll(group.as_mut()).is_pending());
        assert_eq!(probes.each_ref().map(Probe::is_gone), [true, false, true]);
        probes[1].end();
        assert!(bell.poll(group.as_mut()).is_ready());
        assert!(!bell.is_held());
    }

    pub(super) fn from_another_thread<G: Future>(make: impl FnOnce(Boxed, Boxed) -> G) {
        let probes = [(); 2].map(|()| Probe::default());
        let [a, b] = probes.each_ref().map(|probe| boxed(probe.process()));
        let group = make(a, b);
        let other = probes.clone();
        let waker = thread::spawn(move || {
            for probe in other {
                while probe.polls() == 0 {
                    thread::yield_now();
                }
                probe.end();
            }
        });
        csp_core::block_on(async { drop(group.await) });
        waker.join().unwrap();
    }

    pub(super) fn new_outer_waker<G: Future>(make: impl FnOnce(Boxed, Boxed) -> G) {
        let probes = [(); 2].map(|()| Probe::default());
        let [a, b] = probes.each_ref().map(|probe| boxed(probe.process()));
        let mut group = pin!(make(a, b));
        let (old, new) = (Bell::new(), Bell::new());
        assert!(old.poll(group.as_mut()).is_pending());
        assert!(new.poll(group.as_mut()).is_pending());
        assert!(!old.is_held());
        probes[0].end();
        probes[1].end();
        assert_eq!((old.rings(), new.rings()), (0, 1));
        assert!(old.poll(group.as_mut()).is_ready());
    }

    pub(super) fn outlives<G: Future>(make: impl FnOnce(Boxed, Boxed) -> G) {
        let probes = [(); 2].map(|()| Probe::default());
        let [a, b] = probes.each_ref().map(|probe| boxed(probe.process()));
        let bell = Bell::new();
        {
            let mut group = pin!(make(a, b));
            assert!(bell.poll(group.as_mut()).is_pending());
        }
        assert!(probes.iter().all(Probe::is_gone));
        assert!(!bell.is_held());
        for probe in probes {
            let waker = probe.take_waker();
            let other = waker.clone();
            waker.wake_by_ref();
            waker.wake();
            thread::spawn(|| other.wake()).join().unwrap();
        }
        assert_eq!(bell.rings(), 0);
    }

    pub(super) fn ended<G: Future>(make: impl FnOnce(Boxed, Boxed) -> G) {
        let probes = [(); 2].map(|()| Probe::default());
        let [a, b] = probes.each_ref().map(|probe| boxed(probe.process()));
        let mut group = pin!(make(a, b));
        let bell = Bell::new();
        assert!(bell.poll(group.as_mut()).is_pending());
        let stale = probes[0].waker();
        probes[0].end();
        assert!(bell.poll(group.as_mut()).is_pending());
        assert!(probes[0].is_gone());
        let other = stale.clone();
        other.wake();
        stale.wake_by_ref();
        assert!(bell.poll(group.as_mut()).is_pending());
        drop(stale);
        assert_eq!(probes.each_ref().map(Probe::polls), [2, 1]);
        probes[1].end();
        assert!(bell.poll(group.as_mut()).is_ready());
        drop(probes);
    }

    pub(super) fn panics<G: Future>(make: impl FnOnce(Boxed, Boxed, Boxed) -> G) {
        let probes = [(); 3].map(|()| Probe::default());
        let [a, b, c] = probes.each_ref().map(|probe| boxed(probe.process()));
        let mut group = pin!(make(a, b, c));
        let bell = Bell::new();
        assert!(bell.poll(group.as_mut()).is_pending());
        let left = [probes[0].waker(), probes[2].waker()];
        probes[1].panic();
        let panic = catch_unwind(AssertUnwindSafe(|| bell.poll(group.as_mut()).is_ready()));
        assert_eq!(*panic.unwrap_err().downcast::<&str>().unwrap(), "on purpose");
        assert_eq!(probes.each_ref().map(Probe::is_gone), [true; 3]);
        left.into_iter().for_each(std::task::Waker::wake);
        let again = catch_unwind(AssertUnwindSafe(|| bell.poll(group.as_mut()).is_ready()));
        assert!(again.is_err(), "there is no result that it could give");
    }

    pub(super) fn dropped<G: Future>(make: impl FnOnce(Boxed, Boxed) -> G) {
        let probes = [(); 2].map(|()| Probe::default());
        let [a, b] = probes.each_ref().map(|probe| boxed(probe.process()));
        let bell = Bell::new();
        {
            let mut group = pin!(make(a, b));
            assert!(bell.poll(group.as_mut()).is_pending());
            // One is in the inbox meanwhile.
            probes[1].waker().wake();
        }
        assert!(probes.iter().all(Probe::is_gone));
        assert!(!bell.is_held());
    }

    pub(super) fn yields<G: Future>(make: impl FnOnce(Boxed, Boxed) -> G) {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicUsize, Ordering};
        let passes = Arc::new(AtomicUsize::new(0));
        let process = |passes: Arc<AtomicUsize>| async move {
            while passes.fetch_add(1, Ordering::SeqCst) < 500 {
                pass().await;
            }
        };
        let mut group = pin!(make(boxed(process(passes.clone())), boxed(process(passes.clone()))));
        let bell = Bell::new();
        let mut polls = 1;
        while bell.poll(group.as_mut()).is_pending() {
            // It has to ask for the next poll itself.
            assert_eq!(bell.rings(), polls);
            assert!(passes.load(Ordering::SeqCst) <= polls * 128);
            polls += 1;
        }
        assert!(polls >= 500 / 128, "{polls}");
    }

    pub(super) fn during_the_poll<G: Future>(make: impl FnOnce(Boxed, Boxed) -> G) {
        let probe = Probe::default();
        let other = probe.clone();
        let waking = async move {
            for _ in 0..3 {
                pass().await;
            }
            other.waker().wake_by_ref();
            // From another thread while this one polls the group.
            let waker = other.waker();
            thread::spawn(move || waker.wake()).join().unwrap();
            other.end();
        };
        let mut group = pin!(make(boxed(probe.process()), boxed(waking)));
        let bell = Bell::new();
        assert!(bell.poll(group.as_mut()).is_ready());
        assert_eq!(bell.rings(), 0, "the group was polled, and need not be woken");
        assert!(!bell.is_held());
    }

    pub(super) fn twice<G: Future>(make: impl FnOnce(Boxed, Boxed) -> G) {
        let probes = [(); 2].map(|()| Probe::default());
        let [a, b] = probes.each_ref().map(|probe| boxed(probe.process()));
        let mut group = pin!(make(a, b));
        let bell = Bell::new();
        assert!(bell.poll(group.as_mut()).is_pending());
        for _ in 0..2 {
            probes.iter().for_each(|probe| probe.waker().wake());
        }
        assert_eq!(bell.rings(), 1, "the executor need be told once");
        assert!(bell.poll(group.as_mut()).is_pending());
        assert_eq!(probes.each_ref().map(Probe::polls), [2, 2]);
    }
}
