//! The ways to choose among N inputs: ours, and those that go with the rivals' receives; and the
//! process that chooses and counts.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use futures::stream::{self, StreamExt as _};
use futures_lite::future::yield_now;

use csp::lock::{Lock, SingleThread, StdLock};

use crate::clock::{Measured, Plan};
use crate::rivals::{Capacity, Local, OursRx, Rival, Rx, Send, Tx};

/// A way to choose, made once and used again and again.
pub trait Chooser<R: Rival>: 'static {
    /// Hands over one chosen value after the other until it is told to stop or a channel has ended;
    /// gives the inputs back.
    fn run(inputs: Vec<R::Rx>, more: impl FnMut(u64) -> bool) -> impl Future<Output = Vec<R::Rx>>;
}

/// What a producer and who chooses know of each other.
#[derive(Clone, Default)]
pub struct Sent {
    /// To be sent in all; 0 if there is no end.
    pub all: u64,
    pub completed: Rc<Cell<u64>>,
}

impl Sent {
    /// As many as are measured, and some to warm up.
    pub fn as_planned(plan: Plan) -> Self {
        Self { all: plan.count + warm(plan), ..Self::default() }
    }
}

const fn warm(plan: Plan) -> u64 {
    plan.count / 20 + 2
}

/// The process that chooses: times itself, and counts what it is given against what was sent.
pub async fn choosing<R: Rival, C: Chooser<R>>(
    inputs: Vec<R::Rx>,
    sent: Sent,
    plan: Plan,
) -> Measured {
    let warm = warm(plan);
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

/// The process that sends to one channel after the other, round and round.
pub async fn in_turns<R: Rival>(mut outputs: Vec<R::Tx>, Sent { all, completed }: Sent) {
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
}

/// `alts` over an array that is made anew for each choice.
pub struct AltsArray<const N: usize>;

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
pub struct AltsSlice;

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

/// An `Alternative` over an array, which stays at its channels, selected from fairly.
pub struct AlternativeArray<const N: usize>;

impl<R, L, const N: usize> Chooser<R> for AlternativeArray<N>
where
    L: Lock + 'static,
    R: Rival<Rx = OursRx<L>>,
{
    async fn run(inputs: Vec<OursRx<L>>, mut more: impl FnMut(u64) -> bool) -> Vec<OursRx<L>> {
        {
            let takes: [_; N] = std::array::from_fn(|at| inputs[at].0.take());
            let mut alternative = std::pin::pin!(csp::Alternative::new(takes));
            while let Ok(value) = alternative.as_mut().fair_select().await.1 {
                if !more(value) {
                    break;
                }
            }
        }
        inputs
    }
}

/// embassy's `select_array` over receives, which is a choice if a receive that is dropped has taken
/// nothing.
pub struct SelectArray<const N: usize>;

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

/// One stream of all channels: it takes from each before anything is chosen, so that it is none.
pub struct Merged;

impl<R: Rival> Chooser<R> for Merged {
    async fn run(inputs: Vec<R::Rx>, mut more: impl FnMut(u64) -> bool) -> Vec<R::Rx> {
        let each = inputs.into_iter().map(|input| {
            let next = async |mut input: R::Rx| Some((input.recv().await?, input));
            Box::pin(stream::unfold(input, next))
        });
        let mut merged = stream::select_all(each);
        while let Some(value) = merged.next().await {
            if !more(value) {
                break;
            }
        }
        // Its streams keep them; who was told enough has had all values.
        Vec::new()
    }
}

/// No choice: receives from each in turn, as one could who knew the order in which values come. What a
/// choice costs is what it takes beyond that.
pub struct InTurn;

impl<R: Rival> Chooser<R> for InTurn {
    async fn run(mut inputs: Vec<R::Rx>, mut more: impl FnMut(u64) -> bool) -> Vec<R::Rx> {
        loop {
            for input in &mut inputs {
                match input.recv().await {
                    Some(value) if more(value) => {}
                    _ => return inputs,
                }
            }
        }
    }
}

/// `tokio::select!` over receives, in its random order.
pub struct TokioSelect<const N: usize>;

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
tokio_select!(10: a b c d e f g h i j);
tokio_select!(64:
    a0 b0 c0 d0 e0 f0 g0 h0 a1 b1 c1 d1 e1 f1 g1 h1 a2 b2 c2 d2 e2 f2 g2 h2 a3 b3 c3 d3 e3 f3 g3 h3
    a4 b4 c4 d4 e4 f4 g4 h4 a5 b5 c5 d5 e5 f5 g5 h5 a6 b6 c6 d6 e6 f6 g6 h6 a7 b7 c7 d7 e7 f7 g7 h7);
