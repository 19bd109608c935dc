//! A choice over N channels, by everything that chooses.
//!
//! *Round-robin*: one producer goes round the channels, so that each choice waits on all of them: the
//! honest case. With a rival that has no rendezvous the producer yields after each value, or it would
//! fill all the channels at once. *Stressed*: a producer for each channel, all of them always ready.
//! *Exchange*: two processes that each choose between a put and a take.
//!
//! `lost%` are the values whose send completed but that no choice was given, `ahead` how many sends
//! had completed at most when their values were not chosen yet: at a rendezvous there is none. Time
//! is per value *chosen*, so that who loses many does not look fast.

use crate::choosers::{
    AlternativeArray, AltsArray, AltsSlice, Chooser, InTurn, Merged, SelectArray, Sent,
    TokioSelect, choosing, in_turns,
};
use crate::clock::{Measured, Plan};
use crate::executors::{Network, TokioCt};
use crate::for_rivals;
use crate::rivals::{Kanal, Local, Rival, Send, Tx};
use crate::rows::Rows;

mod exchange;

pub fn rows(rows: &mut Rows) {
    each_size(rows);
    for_rivals!(|R| {
        with::<R, TokioSelect<2>>(rows, 2, "tokio::select!");
        with::<R, TokioSelect<8>>(rows, 8, "tokio::select!");
    }; Local Send Kanal Flume TokioMpsc FuturesMpsc AsyncChannel CrossfireSpsc);
    for_rivals!(|R| {
        with::<R, TokioSelect<64>>(rows, 64, "tokio::select!");
    }; Local Send Kanal TokioMpsc);
    exchange::rows(rows);
    let by_select = ["tokio-mpsc", "futures-mpsc", "async-channel", "crossfire-spsc"];
    for size in ["2", "8", "64", "1024"] {
        for order in ["rr", "stressed"] {
            let case = format!("{order}/{size}");
            let (at_most, why) = match size {
                "64" => (
                    &by_select[1..],
                    "over 64 `tokio::select!` is measured with kanal and tokio-mpsc",
                ),
                "1024" => (&by_select[..], "`tokio::select!` takes at most 64 branches"),
                _ => (&[][..], ""),
            };
            at_most.iter().for_each(|rival| rows.missing(&case, rival, why));
            rows.missing(&case, "crossbeam", "its Select blocks a thread");
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
        IntrusiveLocal IntrusiveShared EmbassyNoop::<1> EmbassyCs::<1> Kanal Flume);
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

fn channels<R: Rival>(size: usize) -> (Vec<R::Tx>, Vec<R::Rx>) {
    (0..size).map(|_| R::smallest()).unzip()
}

fn round_robin<R: Rival, C: Chooser<R>>(
    size: usize,
    plan: Plan,
) -> Network<([impl Future<Output = ()> + use<R, C>; 1],), impl Future<Output = Measured> + use<R, C>>
{
    let (outputs, inputs) = channels::<R>(size);
    let sent = Sent::as_planned(plan);
    let producer = in_turns::<R>(outputs, sent.clone());
    Network { background: ([producer],), main: choosing::<R, C>(inputs, sent, plan) }
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
        main: choosing::<R, C>(inputs, Sent::default(), plan),
    }
}
