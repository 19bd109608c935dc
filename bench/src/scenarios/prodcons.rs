//! Producer and consumer as in aPyCSP: *plain* over one channel; *alt/N*, the consumer choosing among
//! N channels that the producer goes round; *altalt/N*, the producer choosing among N puts as well,
//! which of the rivals here only Go and aPyCSP can. `lost%` and `ahead` are as in `choice`.

use csp::lock::{Lock, SingleThread, StdLock};

use crate::choosers::{AltsArray, Chooser, SelectArray, Sent, TokioSelect, choosing, in_turns};
use crate::clock::{Measured, Plan};
use crate::executors::{Network, TokioCt};
use crate::rivals::{
    AsyncChannel, CrossfireSpsc, Flume, FuturesMpsc, Kanal, Local, OursRx, OursTx, Rival, Rx, Send,
    TokioMpsc, Tx,
};
use crate::rows::Rows;
use crate::{for_async_rivals, for_rivals};

pub fn rows(rows: &mut Rows) {
    for_async_rivals!(|R| plain::<R>(rows));
    rows.missing("plain", "crossbeam", "blocks threads; these are tasks");
    rows.go("plain");
    rows.apycsp("plain");
    size::<2>(rows);
    size::<10>(rows);
}

fn plain<R: Rival>(rows: &mut Rows) {
    rows.local(TokioCt, "plain", &R::label(), |plan| {
        let (mut output, mut input) = R::smallest();
        let producer = async move { while output.send(0).await {} };
        let main = async move {
            let start = plan.clock.now();
            for _ in 0..plan.count {
                input.recv().await.expect("the producer sends for ever");
            }
            Measured::since(start, plan)
        };
        Network { background: ([producer],), main }
    });
}

fn size<const N: usize>(rows: &mut Rows)
where
    TokioSelect<N>: Chooser<Kanal>
        + Chooser<Flume>
        + Chooser<TokioMpsc>
        + Chooser<FuturesMpsc>
        + Chooser<AsyncChannel>
        + Chooser<CrossfireSpsc>,
{
    let (alt, altalt) = (format!("alt/{N}"), format!("altalt/{N}"));
    rows.local(TokioCt, &alt, "local", one_chooses::<Local, AltsArray<N>, N>);
    rows.local(TokioCt, &alt, "send", one_chooses::<Send, AltsArray<N>, N>);
    for_rivals!(|R| {
        let rival = format!("{}+select_array", R::label());
        rows.local(TokioCt, &alt, &rival, one_chooses::<R, SelectArray<N>, N>);
    }; IntrusiveLocal IntrusiveShared EmbassyNoop::<1> EmbassyCs::<1>);
    for_rivals!(|R| {
        let rival = format!("{}+tokio::select!", R::label());
        rows.local(TokioCt, &alt, &rival, one_chooses::<R, TokioSelect<N>, N>);
    }; Kanal Flume TokioMpsc FuturesMpsc AsyncChannel CrossfireSpsc);
    rows.missing(&alt, "crossbeam", "its Select blocks a thread");
    rows.local(TokioCt, &altalt, "local", both_choose::<Local, SingleThread, N>);
    rows.local(TokioCt, &altalt, "send", both_choose::<Send, StdLock, N>);
    rows.missing(&altalt, "all Rust rivals", "their sends cannot be branches of a choice");
    for case in [&alt, &altalt] {
        rows.go(case);
        rows.apycsp(case);
    }
}

fn channels<R: Rival, const N: usize>() -> (Vec<R::Tx>, Vec<R::Rx>) {
    (0..N).map(|_| R::smallest()).unzip()
}

fn one_chooses<R: Rival, C: Chooser<R>, const N: usize>(
    plan: Plan,
) -> Network<
    ([impl Future<Output = ()> + use<R, C, N>; 1],),
    impl Future<Output = Measured> + use<R, C, N>,
> {
    let ((outputs, inputs), sent) = (channels::<R, N>(), Sent::as_planned(plan));
    let producer = in_turns::<R>(outputs, sent.clone());
    Network { background: ([producer],), main: choosing::<R, C>(inputs, sent, plan) }
}

fn both_choose<R, L, const N: usize>(
    plan: Plan,
) -> Network<
    ([impl Future<Output = ()> + use<R, L, N>; 1],),
    impl Future<Output = Measured> + use<R, L, N>,
>
where
    L: Lock + 'static,
    R: Rival<Tx = OursTx<L>, Rx = OursRx<L>>,
{
    let ((outputs, inputs), sent) = (channels::<R, N>(), Sent::as_planned(plan));
    let producer = anywhere::<L, N>(outputs, sent.clone());
    Network { background: ([producer],), main: choosing::<R, AltsArray<N>>(inputs, sent, plan) }
}

/// The producer that chooses where to put.
async fn anywhere<L: Lock, const N: usize>(outputs: Vec<OursTx<L>>, sent: Sent) {
    for value in 0..sent.all {
        let mut values = [Some(value); N];
        let mut outputs = outputs.iter();
        let puts = values
            .each_mut()
            .map(|value| outputs.next().expect("as many as values").0.put_from(value));
        if csp::alts(puts).await.1.is_err() {
            return;
        }
        sent.completed.set(value + 1);
    }
}
