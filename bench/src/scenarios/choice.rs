//! A choice over N channels, by everything that chooses.
//!
//! *Round-robin*: one producer goes round the channels, so that each choice waits on all of them:
//! the honest case. *Stressed*: a producer for each channel, all of them always ready.
//!
//! `lost` counts the values whose send completed but that no choice was given. What is per value
//! *chosen*, so that who loses many does not look fast.

use std::pin::Pin;

use csp::lock::{Lock, SingleThread, StdLock};

use crate::clock::{Measured, Plan};
use crate::executors::{Network, TokioCt};
use crate::for_rivals;
use crate::rivals::{Local, OursRx, Rival, Rx, Send, Tx};
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
    with::<Local, AltsArray<N>>(rows, N, "");
    with::<Send, AltsArray<N>>(rows, N, "");
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

/// A way to choose, made once and used again and again.
trait Chooser<R: Rival>: 'static {
    /// Hands over one chosen value after the other until it is told to stop or a channel has ended;
    /// gives the inputs back.
    fn run(inputs: Vec<R::Rx>, more: impl FnMut(u64) -> bool) -> impl Future<Output = Vec<R::Rx>>;
}

/// `alts` over an array that is made anew for each choice.
struct AltsArray<const N: usize>;

impl<R, L, const N: usize> Chooser<R> for AltsArray<N>
where
    L: Lock + 'static,
    R: Rival<Rx = OursRx<L>>,
{
    async fn run(inputs: Vec<OursRx<L>>, mut more: impl FnMut(u64) -> bool) -> Vec<OursRx<L>> {
        loop {
            let takes: [_; N] = std::array::from_fn(|at| inputs[at].0.take());
            match csp::alts(takes).await.1 {
                Ok(value) if more(value) => {}
                _ => return inputs,
            }
        }
    }
}

/// `alts` over a slice of branches that is made once.
struct AltsSlice;

macro_rules! slice {
    ($rival:ty, $lock:ty) => {
        impl Chooser<$rival> for AltsSlice {
            async fn run(
                inputs: Vec<OursRx<$lock>>,
                mut more: impl FnMut(u64) -> bool,
            ) -> Vec<OursRx<$lock>> {
                let branches = inputs.iter().map(|input| csp_core::Branch::take(&input.0));
                let mut branches: Pin<Box<[csp_core::Branch<'_, u64, $lock>]>> =
                    Box::into_pin(branches.collect::<Box<[_]>>());
                while let csp::BranchOutcome::Took(Ok(value)) = csp::alts(branches.as_mut()).await.1
                {
                    if !more(value) {
                        break;
                    }
                }
                drop(branches);
                inputs
            }
        }
    };
}

slice!(Local, SingleThread);
slice!(Send, StdLock);

/// embassy's `select_array` over receives, which is a choice if a receive that is dropped has taken
/// nothing.
struct SelectArray<const N: usize>;

impl<R: Rival, const N: usize> Chooser<R> for SelectArray<N> {
    async fn run(inputs: Vec<R::Rx>, mut more: impl FnMut(u64) -> bool) -> Vec<R::Rx> {
        let Ok(mut inputs) = <[R::Rx; N]>::try_from(inputs) else { panic!("not {N} inputs") };
        loop {
            let receives = inputs.each_mut().map(Rx::recv);
            match embassy_futures::select::select_array(receives).await.0 {
                Some(value) if more(value) => {}
                _ => return inputs.into(),
            }
        }
    }
}

/// `tokio::select!` over receives, in its random order.
struct TokioSelect<const N: usize>;

macro_rules! tokio_select {
    ($size:literal: $($input:ident)*) => {
        impl<R: Rival> Chooser<R> for TokioSelect<$size> {
            async fn run(inputs: Vec<R::Rx>, mut more: impl FnMut(u64) -> bool) -> Vec<R::Rx> {
                let inputs: Result<[R::Rx; $size], _> = inputs.try_into();
                let Ok([$(mut $input),*]) = inputs else { panic!("not {} inputs", $size) };
                loop {
                    let chosen = tokio::select! {
                        $(value = $input.recv() => value,)*
                    };
                    match chosen {
                        Some(value) if more(value) => {}
                        _ => return vec![$($input),*],
                    }
                }
            }
        }
    };
}

tokio_select!(2: a b);
tokio_select!(8: a b c d e f g h);
tokio_select!(64:
    a0 b0 c0 d0 e0 f0 g0 h0 a1 b1 c1 d1 e1 f1 g1 h1 a2 b2 c2 d2 e2 f2 g2 h2 a3 b3 c3 d3 e3 f3 g3 h3
    a4 b4 c4 d4 e4 f4 g4 h4 a5 b5 c5 d5 e5 f5 g5 h5 a6 b6 c6 d6 e6 f6 g6 h6 a7 b7 c7 d7 e7 f7 g7 h7);

async fn chooser<R: Rival, C: Chooser<R>>(inputs: Vec<R::Rx>, sent: u64, plan: Plan) -> Measured {
    let (mut chosen, warm) = (0, plan.count / 20 + 2);
    let mut start = plan.clock.now();
    let inputs = C::run(inputs, |_value| {
        chosen += 1;
        if chosen == warm {
            start = plan.clock.now();
        }
        // Who lost values waits for them until the channels end.
        chosen < plan.count + warm
    });
    let inputs = inputs.await;
    let count = (chosen - warm.min(chosen)).max(1);
    let mut measured = Measured { count, ..Measured::since(start, plan) };
    if sent > 0 && chosen < plan.count + warm {
        for mut input in inputs {
            while input.recv().await.is_some() {
                chosen += 1;
            }
        }
        measured = measured.with("lost%", 100.0 * (sent - chosen) as f64 / sent as f64);
    }
    measured
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
    let sent = plan.count + plan.count / 20 + 2;
    let producer = async move {
        for value in 0..sent {
            let at = value as usize % outputs.len();
            if !outputs[at].send(value).await {
                return;
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
    Network { background: (producers.collect(),), main: chooser::<R, C>(inputs, 0, plan) }
}
