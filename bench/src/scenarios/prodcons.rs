//! Producer and consumer as in aPyCSP: *plain* over one channel; *alt/N*, the consumer choosing among
//! N channels that the producer goes round; *altalt/N*, the producer choosing among N puts as well,
//! which of the rivals here only Go and aPyCSP can.

use csp::lock::{Lock, SingleThread, StdLock};

use crate::choosers::{AltsArray, Chooser};
use crate::clock::{Measured, Plan};
use crate::executors::{Network, TokioCt};
use crate::rivals::{Local, OursRx, OursTx, Rival, Rx, Send, Tx};
use crate::rows::Rows;

pub fn rows(rows: &mut Rows) {
    plain::<Local>(rows);
    plain::<Send>(rows);
    rows.go("plain");
    rows.apycsp("plain");
    size::<2>(rows);
    size::<10>(rows);
}

fn plain<R: Rival>(rows: &mut Rows) {
    rows.local(TokioCt, "plain", R::NAME, |plan| {
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

fn size<const N: usize>(rows: &mut Rows) {
    let (alt, altalt) = (format!("alt/{N}"), format!("altalt/{N}"));
    rows.local(TokioCt, &alt, "local", network::<Local, SingleThread, N, false>);
    rows.local(TokioCt, &alt, "send", network::<Send, StdLock, N, false>);
    rows.local(TokioCt, &altalt, "local", network::<Local, SingleThread, N, true>);
    rows.local(TokioCt, &altalt, "send", network::<Send, StdLock, N, true>);
    rows.missing(&altalt, "all Rust rivals", "their sends cannot be branches of a choice");
    for case in [&alt, &altalt] {
        rows.go(case);
        rows.apycsp(case);
    }
}

async fn producer<L: Lock + 'static, const N: usize, const ALT: bool>(mut outputs: Vec<OursTx<L>>) {
    for value in 0_u64.. {
        let accepted = if ALT {
            let mut values = [Some(value); N];
            let mut outputs = outputs.iter();
            let puts = values
                .each_mut()
                .map(|value| outputs.next().expect("as many as values").0.put_from(value));
            csp::alts(puts).await.1.is_ok()
        } else {
            outputs[value as usize % N].send(value).await
        };
        if !accepted {
            return;
        }
    }
}

fn network<R, L, const N: usize, const ALT: bool>(
    plan: Plan,
) -> Network<
    ([impl Future<Output = ()> + use<R, L, N, ALT>; 1],),
    impl Future<Output = Measured> + use<R, L, N, ALT>,
>
where
    L: Lock + 'static,
    R: Rival<Tx = OursTx<L>, Rx = OursRx<L>>,
{
    let (outputs, inputs): (Vec<_>, Vec<_>) = (0..N).map(|_| R::smallest()).unzip();
    let main = async move {
        let (mut chosen, start) = (0, plan.clock.now());
        <AltsArray<N> as Chooser<R>>::run(inputs, |_value| {
            chosen += 1;
            chosen < plan.count
        })
        .await;
        Measured::since(start, plan)
    };
    Network { background: ([producer::<L, N, ALT>(outputs)],), main }
}
