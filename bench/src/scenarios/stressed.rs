//! The stressed alt of aPyCSP and C++CSP: ten channels, a thousand writers at each, one reader that
//! chooses among the ten.

use crate::choosers::{AltsArray, AltsSlice, Chooser, SelectArray, TokioSelect};
use crate::clock::{Measured, Plan};
use crate::executors::{Network, TokioCt};
use crate::for_rivals;
use crate::rivals::{Local, Rival, Send, Tx};
use crate::rows::Rows;

const CHANNELS: usize = 10;
const WRITERS: usize = 1_000;
const CASE: &str = "10x1000";

pub fn rows(rows: &mut Rows) {
    rows.local(TokioCt, CASE, "local", network::<Local, AltsArray<CHANNELS>>);
    rows.local(TokioCt, CASE, "send", network::<Send, AltsArray<CHANNELS>>);
    rows.local(TokioCt, CASE, "local+slice", network::<Local, AltsSlice>);
    rows.local(TokioCt, CASE, "send+slice", network::<Send, AltsSlice>);
    for_rivals!(|R| {
        let rival = format!("{}+select_array", R::label());
        rows.local(TokioCt, CASE, &rival, network::<R, SelectArray<CHANNELS>>);
    }; IntrusiveLocal IntrusiveShared EmbassyNoop::<1> EmbassyCs::<1>);
    for_rivals!(|R| {
        let rival = format!("{}+tokio::select!", R::label());
        rows.local(TokioCt, CASE, &rival, network::<R, TokioSelect<CHANNELS>>);
    }; Kanal Flume TokioMpsc AsyncChannel CrossfireMpmc);
    rows.missing(CASE, "futures-mpsc", "has a slot for each sender: a thousand a channel");
    rows.missing(CASE, "crossfire-spsc", "one sender");
    rows.missing(CASE, "crossbeam", "its Select blocks a thread");
    rows.go(CASE);
    rows.apycsp(CASE);
}

fn network<R: Rival<Tx: Clone>, C: Chooser<R>>(
    plan: Plan,
) -> Network<(Vec<impl Future<Output = ()> + use<R, C>>,), impl Future<Output = Measured> + use<R, C>>
{
    let (outputs, inputs): (Vec<R::Tx>, Vec<R::Rx>) = (0..CHANNELS).map(|_| R::smallest()).unzip();
    let mut writers = Vec::with_capacity(CHANNELS * WRITERS);
    for output in outputs {
        for _ in 0..WRITERS {
            let mut output = output.clone();
            writers.push(async move { while output.send(0).await {} });
        }
    }
    let main = async move {
        let mut start = plan.clock.now();
        let mut chosen = 0;
        let warm = 100;
        let inputs = C::run(inputs, |_value| {
            chosen += 1;
            if chosen == warm {
                start = plan.clock.now();
            }
            chosen < plan.count + warm
        });
        let inputs = inputs.await;
        let measured = Measured::since(start, plan);
        drop(inputs);
        measured
    };
    Network { background: (writers,), main }
}
