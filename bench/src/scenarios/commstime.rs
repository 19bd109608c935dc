//! Commstime: Prefix, Delta2 and Successor in a ring, and a Consumer at the second output of Delta2.
//!
//! Per value received by the consumer there are four communications and four switches of process,
//! with nothing else to do. *Sequential*: Delta2 sends to one output after the other; *parallel*: to
//! both at once, in one task.

use futures_lite::future::zip;

use crate::clock::{Measured, Plan};
use crate::executors::{
    AsyncStd, BareGroup, Executor, Network, SmolGroup, SmolLocal, SmolTwo, TokioCt, TokioGroup,
    TokioTwo, TokioTwoGroup,
};
use crate::rivals::{Rival, Rx, Tx};
use crate::rows::Rows;
use crate::{for_async_rivals, for_rivals, for_send_rivals};

pub fn rows(rows: &mut Rows) {
    for_async_rivals!(|R| {
        rows.local(TokioCt, "sequential", &R::label(), network::<R, false>);
        rows.local(SmolLocal, "sequential", &R::label(), network::<R, false>);
        rows.local(AsyncStd, "sequential", &R::label(), network::<R, false>);
        rows.local(TokioCt, "parallel", &R::label(), network::<R, true>);
    });
    for_send_rivals!(|R| {
        rows.send(TokioTwo, "sequential", &R::label(), network::<R, false>);
        rows.send(SmolTwo, "sequential", &R::label(), network::<R, false>);
        rows.send(TokioTwo, "parallel", &R::label(), network::<R, true>);
    });
    for_rivals!(|R| {
        rows.local(TokioCt, "sequential", R::NAME, network::<R, false>);
    }; StaticLocal StaticSend);
    for_rivals!(|R| {
        rows.one_task(Executor::Join, "sequential", R::NAME, joined::<R>);
        rows.one_task(Executor::TokioQueued, "sequential", R::NAME, queued::<R>);
    }; Local Send Kanal);
    for_rivals!(|R| {
        rows.local(TokioGroup, "sequential", R::NAME, network::<R, false>);
        rows.local(SmolGroup, "sequential", R::NAME, network::<R, false>);
        rows.local(BareGroup, "sequential", R::NAME, network::<R, false>);
    }; Local Send StaticLocal StaticSend Kanal);
    for_rivals!(|R| {
        rows.send(TokioTwoGroup, "sequential", R::NAME, network::<R, false>);
    }; Send Kanal);
    for case in ["sequential", "parallel"] {
        rows.missing(case, "crossbeam", "blocks threads; the ring is about tasks");
        rows.go(case);
        rows.apycsp(case);
    }
}

async fn prefix(mut input: impl Rx, mut output: impl Tx) {
    if !output.send(0).await {
        return;
    }
    while let Some(value) = input.recv().await {
        if !output.send(value).await {
            return;
        }
    }
}

async fn delta2<R: Rival, const PARALLEL: bool>(
    mut input: R::Rx,
    mut first: R::Tx,
    mut second: R::Tx,
) {
    while let Some(value) = input.recv().await {
        let both = if !PARALLEL {
            first.send(value).await && second.send(value).await
        } else if R::OURS {
            csp::parallel((first.send(value), second.send(value))).await == (true, true)
        } else {
            zip(first.send(value), second.send(value)).await == (true, true)
        };
        if !both {
            return;
        }
    }
}

async fn successor(mut input: impl Rx, mut output: impl Tx) {
    while let Some(value) = input.recv().await {
        if !output.send(value + 1).await {
            return;
        }
    }
}

async fn consumer(mut input: impl Rx, plan: Plan) -> Measured {
    for expected in 0..10 {
        assert_eq!(input.recv().await, Some(expected));
    }
    let start = plan.clock.now();
    for _ in 0..plan.count {
        input.recv().await.expect("the ring runs as long as it is asked to");
    }
    Measured::since(start, plan)
}

#[expect(clippy::type_complexity, reason = "each process has a type of its own")]
fn network<R: Rival, const PARALLEL: bool>(
    plan: Plan,
) -> Network<
    (
        [impl Future<Output = ()> + use<R, PARALLEL>; 1],
        [impl Future<Output = ()> + use<R, PARALLEL>; 1],
        [impl Future<Output = ()> + use<R, PARALLEL>; 1],
    ),
    impl Future<Output = Measured> + use<R, PARALLEL>,
> {
    let ((a, to_delta), (b, to_successor), (c, to_prefix), (d, to_consumer)) =
        (R::smallest(), R::smallest(), R::smallest(), R::smallest());
    let prefix = prefix(to_prefix, a);
    let delta = delta2::<R, PARALLEL>(to_delta, d, b);
    let successor = successor(to_successor, c);
    Network { background: ([prefix], [delta], [successor]), main: consumer(to_consumer, plan) }
}

/// The same four processes as branches of one task.
async fn joined<R: Rival>(plan: Plan) -> Measured {
    let Network { background: ([prefix], [delta], [successor]), main } = network::<R, false>(plan);
    csp::parallel((prefix, delta, successor, main)).await.3
}

async fn queued<R: Rival>(plan: Plan) -> Measured {
    let Network { background: ([prefix], [delta], [successor]), main } = network::<R, false>(plan);
    csp::parallel_queued((prefix, delta, successor, main)).await.3
}
