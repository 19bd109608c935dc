//! Processes: a million of them are started, each blocks on a rendezvous channel of its own, each is
//! woken with a value and ends.
//!
//! `bytes` is what one takes while it is blocked, resident: task, channel, both its ends and the
//! waiting receive; `heap` is the same by a counting allocator, where the program has one. `create`
//! is until all are blocked, `wake` from there until all have ended; a nanosecond is of both. *Inside*
//! the channel lies in the process itself, which nobody wakes: that is the creation alone.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use csp::lock::{Lock, SingleThread, StdLock};
use csp::runtime::SpawnLocal as _;
use csp::{Channel, buffer};
use futures_lite::future::yield_now;

use crate::clock::{self, Measured, Plan};
use crate::executors::{
    BareGroup, Executor, Network, RunLocal, SmolGroup, SmolLocal, TokioCt, TokioGroup, tokio_task,
};
use crate::rivals::{Rival, Rx, Tx};
use crate::rows::{Count, Rows};
use crate::{for_async_rivals, for_rivals};

const PROCESSES: u64 = 1_000_000;
const CASE: &str = "1M";
const INSIDE: &str = "1M inside";

pub fn rows(rows: &mut Rows) {
    for_async_rivals!(|R| {
        each::<R, TokioCt>(rows);
        each::<R, SmolLocal>(rows);
    });
    for_rivals!(|R| {
        each::<R, TokioGroup>(rows);
        each::<R, SmolGroup>(rows);
        each::<R, BareGroup>(rows);
    }; Local Send StaticLocal StaticSend Kanal);
    lying_inside::<SingleThread>(rows, "local");
    lying_inside::<StdLock>(rows, "send");
    rows.missing(INSIDE, "all rivals", "the channels are ours, to hold the group to its bound");
    rows.missing(CASE, "crossbeam", "a million threads");
    rows.go(CASE);
    rows.apycsp(CASE);
}

fn each<R: Rival, E: RunLocal>(rows: &mut Rows) {
    rows.here(CASE, &R::label(), E::EXECUTOR, Count::Fixed(PROCESSES), |plan| {
        E::run(network::<R>(plan))
    });
}

fn lying_inside<L: Lock + 'static>(rows: &mut Rows, ours: &str) {
    rows.here(INSIDE, ours, Executor::TokioGroup, Count::Fixed(PROCESSES), |plan| {
        tokio_task(inside::<L>(plan, |_, _| ()))
    });
}

fn network<R: Rival>(
    plan: Plan,
) -> Network<
    (impl IntoIterator<Item = impl Future<Output = ()> + use<R>> + use<R>,),
    impl Future<Output = Measured> + use<R>,
> {
    let (resident_before, heap_before) = (resident(), clock::allocated());
    let start = plan.clock.now();
    let outputs = Rc::new(RefCell::new(Vec::with_capacity(plan.count as usize)));
    let (blocked, ended) = (Rc::new(Cell::new(0_u64)), Rc::new(Cell::new(0_u64)));

    let processes = (0..plan.count).map({
        let (outputs, blocked, ended) = (outputs.clone(), blocked.clone(), ended.clone());
        move |_| {
            let (output, mut input) = R::smallest();
            outputs.borrow_mut().push(output);
            let (blocked, ended) = (blocked.clone(), ended.clone());
            async move {
                blocked.set(blocked.get() + 1);
                assert!(input.recv().await.is_some());
                ended.set(ended.get() + 1);
            }
        }
    });
    let main = async move {
        while blocked.get() < plan.count {
            yield_now().await;
        }
        let all_blocked = plan.clock.now();
        let bytes = resident().saturating_sub(resident_before);
        let heap = clock::allocated().zip(heap_before).map(|(now, before)| now - before);
        for output in outputs.take().iter_mut() {
            assert!(output.send(1).await);
        }
        while ended.get() < plan.count {
            yield_now().await;
        }
        let each = |nanos: u64| nanos as f64 / plan.count as f64;
        let measured = Measured::since(start, plan);
        let create = all_blocked - start;
        let wake = measured.nanos - create;
        let measured = measured
            .with("bytes", each(bytes))
            .with("create", each(create))
            .with("wake", each(wake));
        match heap {
            None => measured,
            Some(heap) => measured.with("heap", each(heap as u64)),
        }
    };
    Network { background: (processes,), main }
}

/// So many processes, each blocked on a rendezvous channel of its own that lies inside of it, in one
/// group: prints what is resident as they become more.
pub fn curve(count: u64) {
    let show = |blocked: u64, bytes: u64| {
        let gigabytes = bytes as f64 / 1e9;
        let each = bytes as f64 / blocked as f64;
        println!("{blocked:>11} processes  {gigabytes:>7.3} GB  {each:>6.1} bytes each");
    };
    let plan = Plan { count, clock: clock::Clock::Cpu };
    println!("{}", tokio_task(inside::<SingleThread>(plan, show)).line());
}

/// The processes of the curve; `show` hears how many are blocked, and what all take. Nobody wakes
/// them.
async fn inside<L: Lock + 'static>(plan: Plan, show: impl Fn(u64, u64) + 'static) -> Measured {
    const STEP: u64 = 1_000_000;
    let count = plan.count;
    let before = resident();
    let taken = move || resident().saturating_sub(before);
    let blocked = Rc::new(Cell::new(0_u64));
    let start = plan.clock.now();
    let mut group = pin!(csp::local::group(async |group| {
        let mut started = 0;
        while started < count {
            let more = STEP.min(count - started);
            for _ in 0..more {
                let blocked = blocked.clone();
                group.go_local(async move {
                    let channel = Channel::<u64, buffer::Rendezvous, L>::new();
                    blocked.set(blocked.get() + 1);
                    // Not before the group is dropped.
                    let _never = channel.take().await;
                });
            }
            started += more;
            while blocked.get() < started {
                yield_now().await;
            }
            show(started, taken());
        }
    }));
    poll_fn(|cx| {
        let ended = group.as_mut().poll(cx).is_ready();
        if ended || blocked.get() >= count { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    assert_eq!(blocked.get(), count, "all of them block");
    let bytes = taken() as f64 / count as f64;
    Measured::since(start, plan).with("bytes", bytes)
}

/// Bytes of memory that this process has.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kilobytes.unwrap_or(0_u64) * 1024
}
