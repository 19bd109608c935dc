//! One producer, one consumer, as many values as the time allows: on one thread, on executors of two
//! threads, and between two threads that each wait for one future (or block).

use crate::clock::{Measured, Plan};
use crate::executors::{Network, Threads, TokioCt, TokioTwo};
use crate::rivals::{Capacity, Crossbeam, CrossfireMpmc, Rival, Rx, SendEager, Tx};
use crate::rows::Rows;
use crate::{for_async_rivals, for_rivals, for_send_rivals};

const CAPACITIES: [Capacity; 5] = [
    Capacity::Fixed(0),
    Capacity::Fixed(1),
    Capacity::Fixed(128),
    Capacity::Fixed(1024),
    Capacity::Unbounded,
];

/// embassy's capacity is a part of the type; those of 1 come with all rivals.
fn is_one_of_many_types<R: Rival>() -> bool {
    R::NAME.starts_with("embassy")
}

pub fn rows(rows: &mut Rows) {
    for_async_rivals!(|R| one_thread::<R>(rows));
    for_send_rivals!(|R| {
        for capacity in of::<R>() {
            if R::lacks(capacity).is_none() {
                let network = move |plan| network::<R>(capacity, plan);
                rows.send(TokioTwo, &capacity.to_string(), R::NAME, network);
                rows.send(Threads, &capacity.to_string(), R::NAME, network);
            }
        }
    });
    let eager = |plan| network::<SendEager>(Capacity::Fixed(1024), plan);
    rows.local(TokioCt, "1024", SendEager::NAME, eager);
    rows.send(TokioTwo, "1024", SendEager::NAME, eager);
    for_rivals!(|R| typed::<R>(rows, 128); EmbassyNoop::<128> EmbassyCs::<128>);
    for_rivals!(|R| typed::<R>(rows, 1024); EmbassyNoop::<1024> EmbassyCs::<1024>);
    for_rivals!(|R| typed::<R>(rows, 0); StaticLocal StaticSend);
    one_thread::<CrossfireMpmc>(rows);
    for capacity in CAPACITIES {
        let network = move |plan| network::<Crossbeam>(capacity, plan);
        rows.send(Threads, &capacity.to_string(), Crossbeam::NAME, network);
        if capacity != Capacity::Unbounded {
            rows.go(&capacity.to_string());
        }
    }
    rows.missing("unbounded", "go", "has no unbounded channel");
    rows.apycsp("0");
    for capacity in &CAPACITIES[1..] {
        rows.missing(&capacity.to_string(), "apycsp", "its channels have no buffer");
    }
}

fn of<R: Rival>() -> Vec<Capacity> {
    let all = CAPACITIES.into_iter();
    all.filter(|&it| !is_one_of_many_types::<R>() || it == Capacity::Fixed(1)).collect()
}

fn one_thread<R: Rival>(rows: &mut Rows) {
    for capacity in CAPACITIES {
        let case = capacity.to_string();
        if let Some(why) = R::lacks(capacity) {
            rows.missing(&case, R::NAME, why);
        } else if of::<R>().contains(&capacity) {
            let network = move |plan| network::<R>(capacity, plan);
            rows.local(TokioCt, &case, R::NAME, network);
        }
    }
}

fn typed<R: Rival>(rows: &mut Rows, size: usize) {
    let network = move |plan| network::<R>(Capacity::Fixed(size), plan);
    rows.local(TokioCt, &size.to_string(), R::NAME, network);
}

async fn producer(mut output: impl Tx) {
    let mut value = 0;
    while output.send(value).await {
        value += 1;
    }
}

/// Never further ahead than this: an unbounded channel has no room to wait for.
const AHEAD: u64 = 10_000;

async fn bounded_producer(mut output: impl Tx, count: u64) {
    for value in 0..count {
        if !output.send(value).await {
            return;
        }
        if value % AHEAD == AHEAD - 1 {
            futures_lite::future::yield_now().await;
        }
    }
}

async fn consumer(mut input: impl Rx, plan: Plan) -> Measured {
    for expected in 0..10 {
        assert_eq!(input.recv().await, Some(expected));
    }
    let start = plan.clock.now();
    for _ in 0..plan.count {
        input.recv().await.expect("the producer sends as long as it is asked to");
    }
    Measured::since(start, plan)
}

fn network<R: Rival>(
    capacity: Capacity,
    plan: Plan,
) -> Network<([impl Future<Output = ()> + use<R>; 1],), impl Future<Output = Measured> + use<R>> {
    let (output, input) = R::channel(capacity);
    let producer = async move {
        match capacity {
            Capacity::Unbounded => bounded_producer(output, plan.count + 10).await,
            Capacity::Fixed(_) => producer(output).await,
        }
    };
    Network { background: ([producer],), main: consumer(input, plan) }
}
