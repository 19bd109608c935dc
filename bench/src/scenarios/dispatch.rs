//! One dispatcher hands bursts of jobs to eight workers that wait at the same rendezvous channel.
//!
//! `wakes` counts how often a worker is polled per job: one each, if nobody is woken for nothing.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_lite::future::yield_now;

use crate::clock::{Measured, Plan};
use crate::executors::{Network, SmolLocal, TokioCt};
use crate::for_rivals;
use crate::rivals::{Rival, Rx, Tx};
use crate::rows::Rows;

const WORKERS: usize = 8;
/// As many jobs as workers, so that all are idle again before the next burst.
const BURST: u64 = 8;

pub fn rows(rows: &mut Rows) {
    for_rivals!(|R| {
        rows.local(TokioCt, "8 workers", &R::label(), network::<R>);
        rows.local(SmolLocal, "8 workers", &R::label(), network::<R>);
    }; Local Send Kanal Flume IntrusiveLocal IntrusiveShared AsyncChannel CrossfireMpmc
        EmbassyNoop::<1> EmbassyCs::<1>);
    rows.missing("8 workers", "tokio-mpsc", "one receiver");
    rows.missing("8 workers", "futures-mpsc", "one receiver");
    rows.missing("8 workers", "crossfire-spsc", "one receiver");
    rows.missing("8 workers", "crossbeam", "blocks threads; the workers are tasks");
    rows.go("8 workers");
    rows.missing("8 workers", "apycsp", "not written for it");
}

struct CountPolls<F> {
    future: Pin<Box<F>>,
    polls: Rc<Cell<u64>>,
}

impl<F: Future> Future for CountPolls<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.polls.set(self.polls.get() + 1);
        self.future.as_mut().poll(cx)
    }
}

fn network<R: Rival<Rx: Clone>>(
    plan: Plan,
) -> Network<(Vec<impl Future<Output = ()> + use<R>>,), impl Future<Output = Measured> + use<R>> {
    let (mut output, input) = R::smallest();
    let (polls, done) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let worker = |mut input: R::Rx, done: Rc<Cell<u64>>| async move {
        while input.recv().await.is_some() {
            done.set(done.get() + 1);
        }
    };
    let workers = (0..WORKERS).map(|_| CountPolls {
        future: Box::pin(worker(input.clone(), done.clone())),
        polls: polls.clone(),
    });
    let workers = workers.collect();
    let main = async move {
        let polls_before = polls.get();
        let start = plan.clock.now();
        for burst in 1..=plan.count.div_ceil(BURST) {
            for job in 0..BURST {
                assert!(output.send(job).await);
            }
            while done.get() < burst * BURST {
                yield_now().await;
            }
        }
        let measured = Measured { count: done.get(), ..Measured::since(start, plan) };
        let wakes = (polls.get() - polls_before) as f64 / done.get() as f64;
        measured.with("wakes", wakes)
    };
    Network { background: (workers,), main }
}
