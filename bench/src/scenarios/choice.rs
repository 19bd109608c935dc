//! A choice over N channels, by everything that chooses.
//!
//! *Round-robin*: one producer goes round the channels, so that each choice waits on all of them: the
//! honest case. With a rival that has no rendezvous the producer yields after each value, or it would
//! fill all the channels at once. *Stressed*: a producer for each channel, all of them always ready.
//!
//! `lost%` are the values whose send completed but that no choice was given, `ahead` how many sends
//! had completed at most when their values were not chosen yet: at a rendezvous there is none. Time
//! is per value *chosen*, so that who loses many does not look fast.

use std::cell::Cell;
use std::rc::Rc;

use futures_lite::future::yield_now;

use crate::choosers::{
    AlternativeArray, AltsArray, AltsSlice, Chooser, InTurn, Merged, SelectArray, TokioSelect,
};
use crate::clock::{Measured, Plan};
use crate::executors::{Network, TokioCt};
use crate::for_rivals;
use crate::rivals::{Capacity, Kanal, Local, Rival, Rx, Send, Tx};
use crate::rows::Rows;

pub fn rows(rows: &mut Rows) {
    each_size(rows);
    for_rivals!(|R| {
        with::<R, TokioSelect<2>>(rows, 2, "tokio::select!");
        with::<R, TokioSelect<8>>(rows, 8, "tokio::select!");
    }; Local Send Kanal Flume TokioMpsc AsyncChannel CrossfireSpsc);
    for_rivals!(|R| {
        with::<R, TokioSelect<64>>(rows, 64, "tokio::select!");
    }; Local Send Kanal TokioMpsc);
    rows.missing("rr/1024", "tokio::select!", "takes at most 64 branches");
    rows.missing("rr/2", "crossbeam", "its Select blocks a thread");
    for size in ["2", "8", "64", "1024"] {
        for order in ["rr", "stressed"] {
            let case = format!("{order}/{size}");
            rows.go(&case);
            rows.apycsp(&case);
        }
    }
}

fn each_size(rows: &mut Rows) {
    size::<2>(rows);
    size::<8>(rows);
    size::<64>(rows);
    size::<1024>(rows);
}

fn size<const N: usize>(rows: &mut Rows) {
    for_rivals!(|R| with::<R, SelectArray<N>>(rows, N, "select_array");
        IntrusiveLocal IntrusiveShared EmbassyNoop::<1> Kanal Flume);
    with::<Kanal, Merged>(rows, N, "merged");
    for_rivals!(|R| with::<R, InTurn>(rows, N, "in turn"); Local Send IntrusiveLocal Kanal);
    with::<Local, AltsArray<N>>(rows, N, "");
    with::<Send, AltsArray<N>>(rows, N, "");
    with::<Local, AlternativeArray<N>>(rows, N, "csp-alternative");
    with::<Send, AlternativeArray<N>>(rows, N, "csp-alternative");
    with::<Local, AltsSlice>(rows, N, "slice");
    with::<Send, AltsSlice>(rows, N, "slice");
}

fn with<R: Rival, C: Chooser<R>>(rows: &mut Rows, size: usize, chooser: &str) {
    let mut rival = R::label();
    if !chooser.is_empty() {
        rival = format!("{rival}+{chooser}");
    }
    let (rr, all) = (format!("rr/{size}"), format!("stressed/{size}"));
    rows.local(TokioCt, &rr, &rival, move |plan| round_robin::<R, C>(size, plan));
    rows.local(TokioCt, &all, &rival, move |plan| stressed::<R, C>(size, plan));
}

/// What the round-robin producer and the chooser know of each other.
#[derive(Clone, Default)]
struct Sent {
    /// To be sent in all; 0 if there is no end.
    all: u64,
    completed: Rc<Cell<u64>>,
}

async fn chooser<R: Rival, C: Chooser<R>>(inputs: Vec<R::Rx>, sent: Sent, plan: Plan) -> Measured {
    let warm = plan.count / 20 + 2;
    let (mut chosen, mut ahead) = (0, 0);
    // Counted from, and since when: from the first if not even those to warm up came.
    let mut start = (0, plan.clock.now());
    let inputs = C::run(inputs, |_value| {
        chosen += 1;
        if chosen == warm {
            start = (warm, plan.clock.now());
        }
        ahead = ahead.max(sent.completed.get().saturating_sub(chosen));
        // Who lost values waits for them until the channels end.
        chosen < plan.count + warm
    });
    let inputs = inputs.await;
    let measured = Measured::since(start.1, plan);
    let measured = Measured { count: (chosen - start.0).max(1), ..measured };
    if sent.all == 0 {
        return measured;
    }
    if chosen < sent.all {
        for mut input in inputs {
            while input.recv().await.is_some() {
                chosen += 1;
            }
        }
    }
    let lost = (sent.all - chosen) as f64 / sent.all as f64;
    measured.with("lost%", 100.0 * lost).with("ahead", ahead as f64)
}

fn channels<R: Rival>(size: usize) -> (Vec<R::Tx>, Vec<R::Rx>) {
    (0..size).map(|_| R::smallest()).unzip()
}

fn round_robin<R: Rival, C: Chooser<R>>(
    size: usize,
    plan: Plan,
) -> Network<([impl Future<Output = ()> + use<R, C>; 1],), impl Future<Output = Measured> + use<R, C>>
{
    let (mut outputs, inputs) = channels::<R>(size);
    let sent = Sent { all: plan.count + plan.count / 20 + 2, ..Sent::default() };
    let Sent { all, completed } = sent.clone();
    let producer = async move {
        for value in 0..all {
            let at = value as usize % outputs.len();
            if !outputs[at].send(value).await {
                return;
            }
            completed.set(value + 1);
            if R::SMALLEST != Capacity::Fixed(0) {
                yield_now().await;
            }
        }
    };
    Network { background: ([producer],), main: chooser::<R, C>(inputs, sent, plan) }
}

fn stressed<R: Rival, C: Chooser<R>>(
    size: usize,
    plan: Plan,
) -> Network<(Vec<impl Future<Output = ()> + use<R, C>>,), impl Future<Output = Measured> + use<R, C>>
{
    let (outputs, inputs) = channels::<R>(size);
    let producers =
        outputs.into_iter().map(async |mut output: R::Tx| while output.send(0).await {});
    Network {
        background: (producers.collect(),),
        main: chooser::<R, C>(inputs, Sent::default(), plan),
    }
}
