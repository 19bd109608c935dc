//! Two processes and a channel each way: each chooses again and again between putting its next
//! value and taking the other's.
//!
//! Every value that a choice puts is numbered, so that it is seen whether it comes, and whether it
//! comes twice, which fails the row. `lost%` and `ahead` are as in the other choices, `puts%` is
//! how often the measuring process was the one who put.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csp::lock::{Lock, SingleThread, StdLock};
use csp::{BranchOutcome, Selected2};
use csp_core::Branch;

use crate::clock::{Measured, Plan};
use crate::executors::{Network, TokioCt, TokioTwo};
use crate::rivals::{Local, OursRx, OursTx, Rival, Rx as _, Send};
use crate::rows::Rows;

const CASE: &str = "exchange";

pub fn rows(rows: &mut Rows) {
    rows.local(TokioCt, CASE, "local", network::<Local, SingleThread, false>);
    rows.local(TokioCt, CASE, "send", network::<Send, StdLock, false>);
    rows.local(TokioCt, CASE, "local+slice", network::<Local, SingleThread, true>);
    rows.local(TokioCt, CASE, "send+slice", network::<Send, StdLock, true>);
    rows.send(TokioTwo, CASE, "send", network::<Send, StdLock, false>);
    rows.missing(CASE, "all Rust rivals", "their sends cannot be branches of a choice");
    rows.go(CASE);
    rows.missing(CASE, "apycsp", "not written for it");
}

/// What is known of one channel. Each figure has one writer.
#[derive(Default)]
struct Tally {
    put: AtomicU64,
    taken: AtomicU64,
    /// Puts that had completed, at most, when their values were not taken yet.
    ahead: AtomicU64,
}

impl Tally {
    /// Counts it if there is nothing wrong with it.
    fn take(&self, value: u64, expected: &mut u64) {
        assert!(value >= *expected, "{value} was taken twice");
        *expected = value + 1;
        let taken = self.taken.load(Ordering::Relaxed) + 1;
        self.taken.store(taken, Ordering::SeqCst);
        let ahead = self.put.load(Ordering::SeqCst).saturating_sub(taken);
        self.ahead.fetch_max(ahead, Ordering::SeqCst);
    }
}

struct Side<L: Lock> {
    output: OursTx<L>,
    input: OursRx<L>,
    outgoing: Arc<Tally>,
    incoming: Arc<Tally>,
    /// What is put next; it stays here while the choice takes instead.
    next: Option<u64>,
    expected: u64,
}

enum Chosen {
    Put,
    Took(u64),
    Ended,
}

impl<L: Lock> Side<L> {
    async fn choose<const SLICE: bool>(&mut self) -> Chosen {
        let (input, output) = (&self.input.0, &self.output.0);
        if SLICE {
            let branches = [Branch::take(input), Branch::put_from(output, &mut self.next)];
            let mut branches = pin!(branches);
            let branches: Pin<&mut [Branch<'_, u64, L>]> = branches.as_mut();
            return match csp::alts(branches).await.1 {
                BranchOutcome::Took(Ok(value)) => Chosen::Took(value),
                BranchOutcome::Put(Ok(())) => Chosen::Put,
                _ => Chosen::Ended,
            };
        }
        match csp::alts((input.take(), output.put_from(&mut self.next))).await {
            Selected2::First(Ok(value)) => Chosen::Took(value),
            Selected2::Second(Ok(())) => Chosen::Put,
            _ => Chosen::Ended,
        }
    }

    /// Chooses so often, or until the other has left.
    async fn run<const SLICE: bool>(&mut self, count: u64) {
        for _ in 0..count {
            match self.choose::<SLICE>().await {
                Chosen::Put => {
                    let put = self.outgoing.put.load(Ordering::Relaxed) + 1;
                    self.outgoing.put.store(put, Ordering::SeqCst);
                    self.next = Some(put);
                }
                Chosen::Took(value) => self.incoming.take(value, &mut self.expected),
                Chosen::Ended => return,
            }
        }
    }
}

/// Both sides: what one sends the other receives.
fn sides<R: Rival<Tx = OursTx<L>, Rx = OursRx<L>>, L: Lock>() -> [Side<L>; 2] {
    let ((there, from_here), (back, from_there)) = (R::smallest(), R::smallest());
    let tallies = [Arc::<Tally>::default(), Arc::default()];
    let side = |output, input, at: usize| Side {
        output,
        input,
        outgoing: tallies[at].clone(),
        incoming: tallies[1 - at].clone(),
        next: Some(0),
        expected: 0,
    };
    [side(there, from_there, 0), side(back, from_here, 1)]
}

fn network<R, L, const SLICE: bool>(
    plan: Plan,
) -> Network<
    ([impl Future<Output = ()> + use<R, L, SLICE>; 1],),
    impl Future<Output = Measured> + use<R, L, SLICE>,
>
where
    L: Lock + 'static,
    R: Rival<Tx = OursTx<L>, Rx = OursRx<L>>,
{
    let [mut here, mut there] = sides::<R, L>();
    let other = async move { there.run::<SLICE>(u64::MAX).await };
    let main = async move {
        here.run::<SLICE>(10).await;
        let start = plan.clock.now();
        here.run::<SLICE>(plan.count).await;
        let measured = Measured::since(start, plan);
        let Side { output, mut input, outgoing, incoming, mut expected, .. } = here;
        // The other leaves when it sees that, and then its counts are final.
        drop(output);
        while let Some(value) = input.recv().await {
            incoming.take(value, &mut expected);
        }
        let sum = |of: fn(&Tally) -> &AtomicU64| {
            [&outgoing, &incoming].map(|it| of(it).load(Ordering::SeqCst)).iter().sum::<u64>()
        };
        let (put, taken, ahead) = (sum(|it| &it.put), sum(|it| &it.taken), sum(|it| &it.ahead));
        let mine = outgoing.put.load(Ordering::SeqCst);
        let percent = |part: u64| 100.0 * part as f64 / put as f64;
        measured
            .with("lost%", percent(put.abs_diff(taken)))
            .with("ahead", ahead as f64)
            .with("puts%", percent(mine))
    };
    Network { background: ([other],), main }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_put_that_nobody_took_is_ahead() {
        let (tally, mut expected) = (Tally::default(), 0);
        tally.put.store(1, Ordering::SeqCst);
        tally.take(0, &mut expected);
        assert_eq!(tally.ahead.load(Ordering::SeqCst), 0);
        // The value 1 is lost.
        tally.put.store(3, Ordering::SeqCst);
        tally.take(2, &mut expected);
        assert_eq!((tally.taken.load(Ordering::SeqCst), tally.ahead.into_inner()), (2, 1));
    }

    #[test]
    #[should_panic(expected = "0 was taken twice")]
    fn a_value_is_taken_once() {
        let (tally, mut expected) = (Tally::default(), 0);
        tally.take(0, &mut expected);
        tally.take(0, &mut expected);
    }
}
