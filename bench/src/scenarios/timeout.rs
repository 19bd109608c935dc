//! A timeout that does not fire: each receive of a stream may take a minute.
//!
//! *Waiting*: on the smallest channel, so that each receive blocks and a timer is armed. *Ready*: a
//! value is there already, and nothing need be armed. *Plain*, *ready-plain*: the same without a
//! timeout; the difference is the timeout's cost. `idle` counts from the poll that finds nothing
//! ready, so that it reads no clock before.

use std::time::Duration;

use csp::lock::Lock;
use futures_lite::FutureExt as _;
use futures_lite::future::{BoxedLocal, or};

use crate::clock::{Measured, Plan};
use crate::executors::{Network, SmolLocal, TokioCt};
use crate::rivals::{AsyncChannel, Capacity, Local, OursRx, Rival, Rx, Send, TokioMpsc, Tx};
use crate::rows::Rows;

const NEVER: Duration = Duration::from_secs(60);

pub fn rows(rows: &mut Rows) {
    cases::<Waiting>(rows);
    cases::<Ready>(rows);
    for case in ["waiting", "plain", "ready", "ready-plain"] {
        let why = "what is compared is the executor's timer, over two of its channels";
        rows.missing(case, "all other Rust rivals", why);
    }
    for rival in ["go", "apycsp"] {
        for case in ["ready", "ready-plain"] {
            rows.missing(case, rival, "not written for it");
        }
    }
    rows.go("waiting");
    rows.go("plain");
    rows.apycsp("waiting");
    rows.apycsp("plain");
}

trait Case: 'static {
    const WITH: &'static str;
    const WITHOUT: &'static str;
    const READY: bool;
}

struct Waiting;

impl Case for Waiting {
    const WITH: &'static str = "waiting";
    const WITHOUT: &'static str = "plain";
    const READY: bool = false;
}

struct Ready;

impl Case for Ready {
    const WITH: &'static str = "ready";
    const WITHOUT: &'static str = "ready-plain";
    const READY: bool = true;
}

fn cases<C: Case>(rows: &mut Rows) {
    plain::<C, Local>(rows);
    plain::<C, Send>(rows);
    plain::<C, TokioMpsc>(rows);
    plain::<C, AsyncChannel>(rows);

    rows.local(TokioCt, C::WITH, "local", |plan| network::<C, Local>(plan, on_tokio));
    rows.local(TokioCt, C::WITH, "send", |plan| network::<C, Send>(plan, on_tokio));
    rows.local(SmolLocal, C::WITH, "local", |plan| network::<C, Local>(plan, on_smol));
    rows.local(SmolLocal, C::WITH, "send", |plan| network::<C, Send>(plan, on_smol));
    rows.local(TokioCt, C::WITH, "local+idle", |plan| network::<C, Local>(plan, idle_on_tokio));
    rows.local(TokioCt, C::WITH, "send+idle", |plan| network::<C, Send>(plan, idle_on_tokio));
    rows.local(SmolLocal, C::WITH, "local+idle", |plan| network::<C, Local>(plan, idle_on_smol));
    rows.local(SmolLocal, C::WITH, "send+idle", |plan| network::<C, Send>(plan, idle_on_smol));
    rows.local(TokioCt, C::WITH, "local+limit", |plan| {
        network::<C, Local>(plan, async |input: &mut OursRx<_>| {
            csp::tokio::limit(NEVER, input.recv()).await.ok().flatten()
        })
    });
    tokio_timeout::<C, TokioMpsc>(rows);
    tokio_timeout::<C, AsyncChannel>(rows);
    rows.local(TokioCt, C::WITH, "tokio-mpsc+sleep", |plan| {
        network::<C, TokioMpsc>(plan, async |input: &mut <TokioMpsc as Rival>::Rx| {
            tokio::select! {
                value = input.recv() => value,
                () = tokio::time::sleep(NEVER) => None,
            }
        })
    });
    rows.local(SmolLocal, C::WITH, "async-channel+timer", |plan| {
        network::<C, AsyncChannel>(plan, async |input: &mut <AsyncChannel as Rival>::Rx| {
            or(input.recv(), async {
                async_io::Timer::after(NEVER).await;
                None
            })
            .await
        })
    });
}

fn plain<C: Case, R: Rival>(rows: &mut Rows) {
    let receive = async |input: &mut R::Rx| input.recv().await;
    rows.local(TokioCt, C::WITHOUT, R::NAME, move |plan| network::<C, R>(plan, receive));
    rows.local(SmolLocal, C::WITHOUT, R::NAME, move |plan| network::<C, R>(plan, receive));
}

fn tokio_timeout<C: Case, R: Rival>(rows: &mut Rows) {
    let receive =
        async |input: &mut R::Rx| tokio::time::timeout(NEVER, input.recv()).await.ok().flatten();
    let rival = format!("{}+timeout", R::NAME);
    rows.local(TokioCt, C::WITH, &rival, move |plan| network::<C, R>(plan, receive));
}

async fn on_tokio<L: Lock>(input: &mut OursRx<L>) -> Option<u64> {
    csp::alts! {
        value = input.0.take() => value.ok(),
        _ = csp::tokio::timeout(NEVER) => None,
    }
}

async fn on_smol<L: Lock>(input: &mut OursRx<L>) -> Option<u64> {
    csp::alts! {
        value = input.0.take() => value.ok(),
        _ = csp::smol::timeout(NEVER) => None,
    }
}

async fn idle_on_tokio<L: Lock>(input: &mut OursRx<L>) -> Option<u64> {
    csp::alts! {
        value = input.0.take() => value.ok(),
        _ = csp::tokio::idle_timeout(NEVER) => None,
    }
}

async fn idle_on_smol<L: Lock>(input: &mut OursRx<L>) -> Option<u64> {
    csp::alts! {
        value = input.0.take() => value.ok(),
        _ = csp::smol::idle_timeout(NEVER) => None,
    }
}

/// Values that are there before they are asked for.
const BATCH: u64 = 256;

fn network<C: Case, R: Rival>(
    plan: Plan,
    mut receive: impl AsyncFnMut(&mut R::Rx) -> Option<u64> + 'static,
) -> Network<(Vec<BoxedLocal<()>>,), impl Future<Output = Measured>> {
    let capacity = if C::READY { Capacity::Fixed(BATCH as usize) } else { R::SMALLEST };
    let (mut output, mut input) = R::channel(capacity);
    let (mut background, mut filler) = (Vec::new(), None);
    if C::READY {
        filler = Some(output);
    } else {
        let producer = async move { while output.send(0).await {} };
        background.push(producer.boxed_local());
    }
    let main = async move {
        let start = plan.clock.now();
        for number in 0..plan.count {
            if let Some(filler) = filler.as_mut().filter(|_| number % BATCH == 0) {
                for value in 0..BATCH {
                    assert!(filler.send(value).await);
                }
            }
            receive(&mut input).await.expect("the timeout does not fire");
        }
        Measured::since(start, plan)
    };
    Network { background: (background,), main }
}
