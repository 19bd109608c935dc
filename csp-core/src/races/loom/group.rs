//! Wakers of a group that are called, cloned and dropped while another thread polls or ends it.

use core::future::poll_fn;
use core::pin::pin;
use core::sync::atomic::Ordering;
use core::task::{Poll, Waker};
use loom::sync::atomic::AtomicBool;
use loom::sync::{Arc, Mutex};
use loom::thread;

use super::parts::{Bell, Value};
use super::play;
use crate::lock::StdLock;
use crate::runtime::Spawn;
use crate::{CountedQueue, Group, ParallelQueued, Processes, block_on, group, parallel_queued};

/// Something that happens once, and the waker of who waits for it.
#[derive(Default)]
struct Event {
    has_happened: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Event {
    fn happen(&self) {
        self.has_happened.store(true, Ordering::Relaxed);
        let waker = self.waker.lock().unwrap().take();
        waker.into_iter().for_each(Waker::wake);
    }

    /// The waker of who waits.
    fn waker(&self) -> Waker {
        self.waker.lock().unwrap().clone().expect("somebody waits")
    }
}

fn queued<P: Processes>(processes: P) -> ParallelQueued<P, CountedQueue<P, StdLock>> {
    parallel_queued(processes)
}

async fn wait(event: Arc<Event>) {
    let mut is_waiting = false;
    poll_fn(|cx| {
        // Once, so that no lock orders the second poll: only the wake-up does.
        if !is_waiting {
            *event.waker.lock().unwrap() = Some(cx.waker().clone());
            is_waiting = true;
        }
        if event.has_happened.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

async fn holding(value: Value, event: Arc<Event>) {
    wait(event).await;
    drop(value);
}

#[test]
fn a_wake_up_is_not_lost_while_a_group_is_polled() {
    play("a waker of a group, its poll", None, || {
        let event = Arc::<Event>::default();
        let other = event.clone();
        let waking = thread::spawn(move || other.happen());
        block_on(queued((holding(Value::new(1), event), async {})));
        waking.join().unwrap();
    });
}

#[test]
fn two_wake_ups_at_once_are_not_lost() {
    play("two wakers of a group, its poll", Some(3), || {
        let events = [Arc::<Event>::default(), Arc::default()];
        let wakings = events.clone().map(|event| thread::spawn(move || event.happen()));
        let [a, b] = events;
        block_on(queued((wait(a), wait(b))));
        wakings.into_iter().for_each(|waking| waking.join().unwrap());
    });
}

#[test]
fn a_wake_up_meets_a_new_outer_waker() {
    play("a waker of a group, a new outer waker", None, || {
        let event = Arc::<Event>::default();
        let mut group = pin!(Some(queued((wait(event.clone()),))));
        let (old, new) = (Bell::new(), Bell::new());
        old.park(group.as_mut().as_pin_mut().unwrap());
        let other = event.clone();
        let waking = thread::spawn(move || other.happen());
        let early = new.poll(group.as_mut().as_pin_mut().unwrap());
        waking.join().unwrap();
        if early.is_pending() {
            // Who was woken before the new one came was polled then, and has woken nobody since.
            let ((),) = new.collect(group.as_mut().as_pin_mut().unwrap());
        }
        group.set(None);
        assert!(!old.is_held() && !new.is_held());
    });
}

#[test]
fn a_wake_up_meets_the_end_of_the_group() {
    play("a waker of a group, its drop", None, || {
        let event = Arc::<Event>::default();
        let mut group = pin!(Some(queued((holding(Value::new(1), event.clone()),))));
        let bell = Bell::new();
        bell.park(group.as_mut().as_pin_mut().unwrap());
        let other = event.clone();
        let waking = thread::spawn(move || other.happen());
        group.set(None);
        waking.join().unwrap();
        assert!(!bell.is_held());
    });
}

#[test]
fn a_wake_up_meets_the_end_of_its_process() {
    play("a stale waker, the end of its process", Some(4), || {
        let (event, forever) = (Arc::<Event>::default(), Arc::<Event>::default());
        let process = holding(Value::new(1), event.clone());
        let body = forever.clone();
        let mut running = pin!(Some(group::<StdLock, _>(async |group| {
            group.go(process);
            wait(body).await;
        })));
        let bell = Bell::new();
        bell.park(running.as_mut().as_pin_mut().unwrap());
        let stale = event.waker();
        event.happen();
        let waking = thread::spawn(move || {
            let other = stale.clone();
            stale.wake();
            drop(other);
        });
        bell.park(running.as_mut().as_pin_mut().unwrap());
        running.set(None);
        waking.join().unwrap();
        assert!(!bell.is_held());
    });
}

#[test]
fn a_process_is_started_while_the_group_is_polled() {
    play("a process is started elsewhere, the poll", Some(3), || {
        let event = Arc::<Event>::default();
        let other = event.clone();
        let mut starter = None;
        let running = group::<StdLock, _>(|group: Group<StdLock>| {
            let value = Value::new(1);
            starter = Some(thread::spawn(move || {
                group.go(async move {
                    drop(value);
                    other.happen();
                });
            }));
            wait(event)
        });
        block_on(running);
        starter.unwrap().join().unwrap();
    });
}

#[test]
fn a_process_is_started_while_the_group_ends() {
    play("a process is started elsewhere, the end", Some(3), || {
        let mut starter = None;
        let running = group::<StdLock, _>(|group: Group<StdLock>| {
            let value = Value::new(1);
            starter = Some(thread::spawn(move || group.go(async move { drop(value) })));
            async {}
        });
        block_on(running);
        starter.unwrap().join().unwrap();
    });
}

/// The home's count of wakers is merged while others count.
#[test]
fn wakers_are_dropped_while_the_group_lets_go() {
    play("wakers of a group are dropped, the drop", None, || {
        let event = Arc::<Event>::default();
        let mut group = pin!(Some(queued((wait(event.clone()),))));
        Bell::new().park(group.as_mut().as_pin_mut().unwrap());
        let waker = event.waker();
        let dropping = thread::spawn(move || {
            let other = waker.clone();
            drop(waker);
            drop(other);
        });
        drop(event);
        group.set(None);
        dropping.join().unwrap();
    });
}
