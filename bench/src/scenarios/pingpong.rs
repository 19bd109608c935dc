//! Ping-pong: two processes and two channels, one value that goes to and fro.

use crate::clock::{Measured, Plan};
use crate::executors::{
    AsyncStd, Bare, BareGroup, Network, SmolGroup, SmolLocal, SmolTwo, Threads, TokioCt,
    TokioGroup, TokioTwo,
};
use crate::rivals::{Crossbeam, Rival, Rx, Tx};
use crate::rows::Rows;
use crate::{for_async_rivals, for_rivals, for_send_rivals};

pub fn rows(rows: &mut Rows) {
    for_async_rivals!(|R| {
        rows.local(TokioCt, "", &R::label(), network::<R>);
        rows.local(SmolLocal, "", &R::label(), network::<R>);
        rows.local(AsyncStd, "", &R::label(), network::<R>);
        rows.local(Bare, "", &R::label(), network::<R>);
    });
    for_send_rivals!(|R| {
        rows.send(TokioTwo, "", &R::label(), network::<R>);
        rows.send(SmolTwo, "", &R::label(), network::<R>);
        rows.send(Threads, "", &R::label(), network::<R>);
    });
    for_rivals!(|R| {
        rows.local(TokioCt, "", R::NAME, network::<R>);
        rows.local(Bare, "", R::NAME, network::<R>);
    }; StaticLocal StaticSend);
    for_rivals!(|R| {
        rows.local(TokioGroup, "", R::NAME, network::<R>);
        rows.local(SmolGroup, "", R::NAME, network::<R>);
        rows.local(BareGroup, "", R::NAME, network::<R>);
    }; Local Send StaticLocal StaticSend Kanal);
    rows.send(Threads, "", Crossbeam::NAME, network::<Crossbeam>);
    rows.go("");
    rows.apycsp("");
}

async fn pong(mut input: impl Rx, mut output: impl Tx) {
    while let Some(value) = input.recv().await {
        if !output.send(value).await {
            return;
        }
    }
}

async fn ping(mut output: impl Tx, mut input: impl Rx, plan: Plan) -> Measured {
    let mut start = 0;
    for round in 0..plan.count + 10 {
        if round == 10 {
            start = plan.clock.now();
        }
        assert!(output.send(round).await);
        assert_eq!(input.recv().await, Some(round));
    }
    Measured::since(start, plan)
}

fn network<R: Rival>(
    plan: Plan,
) -> Network<([impl Future<Output = ()> + use<R>; 1],), impl Future<Output = Measured> + use<R>> {
    let ((there, at_pong), (back, at_ping)) = (R::smallest(), R::smallest());
    Network { background: ([pong(at_pong, back)],), main: ping(there, at_ping, plan) }
}
