//! Many to many: four producers and four consumers of one channel, and eight producers to one
//! consumer; capacity 128.

use futures_lite::stream::StreamExt as _;

use crate::clock::{Measured, Plan};
use crate::executors::{Network, SmolTwo, TokioTwo};
use crate::for_rivals;
use crate::rivals::{Capacity, Rival, Rx, Tx};
use crate::rows::Rows;

const CAPACITY: Capacity = Capacity::Fixed(128);

pub fn rows(rows: &mut Rows) {
    for_rivals!(|R| {
        rows.send(TokioTwo, "4x4", R::NAME, many_to_many::<R>);
        rows.send(SmolTwo, "4x4", R::NAME, many_to_many::<R>);
    }; Send Kanal Flume IntrusiveShared AsyncChannel CrossfireMpmc);
    for_rivals!(|R| {
        rows.send(TokioTwo, "8x1", R::NAME, many_to_one::<R>);
    }; Send Kanal Flume IntrusiveShared AsyncChannel CrossfireMpmc EmbassyCs::<128> TokioMpsc
        FuturesMpsc);
    for rival in ["tokio-mpsc", "futures-mpsc"] {
        rows.missing("4x4", rival, "one receiver");
    }
    rows.missing("4x4", "embassy-cs", "cannot be closed, which here ends the run");
    rows.missing("4x4", "crossfire-spsc", "one sender");
    rows.missing("8x1", "crossfire-spsc", "one sender");
    for case in ["4x4", "8x1"] {
        for rival in ["fi-local", "embassy-noop"] {
            rows.missing(case, rival, "for one thread only");
        }
        rows.missing(case, "crossbeam", "blocks threads; these are tasks on two");
        rows.missing(case, "apycsp", "its channels have no buffer");
    }
    rows.go("4x4");
    rows.go("8x1");
}

async fn producer(mut output: impl Tx, count: u64) {
    for value in 0..count {
        assert!(output.send(value).await);
    }
}

/// The consumers tell that the channel has ended by letting go of a channel of their own, which
/// costs nothing while values flow.
async fn consumer(mut input: impl Rx, ended: async_channel::Sender<()>) {
    while input.recv().await.is_some() {}
    drop(ended);
}

fn many_to_many<R: Rival<Tx: Clone, Rx: Clone>>(
    plan: Plan,
) -> Network<
    (Vec<impl Future<Output = ()> + use<R>>, Vec<impl Future<Output = ()> + use<R>>),
    impl Future<Output = Measured> + use<R>,
> {
    let start = plan.clock.now();
    let (output, input) = R::channel(CAPACITY);
    let (ended, end) = async_channel::bounded(1);
    let producers = (0..4).map(|_| producer(output.clone(), plan.count / 4)).collect();
    let consumers = (0..4).map(|_| consumer(input.clone(), ended.clone())).collect();
    let main = async move {
        Box::pin(end).next().await;
        Measured::since(start, plan)
    };
    Network { background: (producers, consumers), main }
}

fn many_to_one<R: Rival<Tx: Clone>>(
    plan: Plan,
) -> Network<(Vec<impl Future<Output = ()> + use<R>>,), impl Future<Output = Measured> + use<R>> {
    let start = plan.clock.now();
    let (output, mut input) = R::channel(CAPACITY);
    let producers = (0..8).map(|_| producer(output.clone(), plan.count / 8)).collect();
    let main = async move {
        for _ in 0..plan.count / 8 * 8 {
            input.recv().await.expect("as many come as are sent");
        }
        Measured::since(start, plan)
    };
    Network { background: (producers,), main }
}
