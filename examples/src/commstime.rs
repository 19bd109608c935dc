//! Commstime: four processes in a ring with a tap, which count; the classic measure of how long a
//! communication takes. Poison stops them: each process passes it on.
//!
//! ```text
//! prefix ──a──► delta ──d──► consumer
//!   ▲             │
//!   c             b
//!   └─ successor ◄┘
//! ```

use std::time::Instant;

use csp::{Chan, Error, parallel, start};

use crate::Runtime;

const COUNT: u32 = 5_000;

type Ended = Result<(), Error>;

async fn prefix(first: u32, input: Chan<u32>, output: Chan<u32>) -> Ended {
    output.put(first).await?;
    loop {
        output.put(input.take().await?).await?;
    }
}

async fn delta(input: Chan<u32>, outputs: [Chan<u32>; 2]) -> Ended {
    loop {
        let number = input.take().await?;
        let [one, other] = parallel(outputs.each_ref().map(|output| output.put(number))).await;
        one.and(other)?;
    }
}

async fn successor(input: Chan<u32>, output: Chan<u32>) -> Ended {
    loop {
        output.put(input.take().await? + 1).await?;
    }
}

async fn consumer(input: Chan<u32>) -> Ended {
    let begin = Instant::now();
    for expected in 0..COUNT {
        assert_eq!(input.take().await?, expected);
    }
    // On four channels.
    println!("{:?} for each communication", begin.elapsed() / (4 * COUNT));
    Ok(())
}

/// Runs a process, and poisons its channels when it ends, for whatever reason.
async fn stage(process: impl Future<Output = Ended>, chans: impl AsRef<[Chan<u32>]>) -> Ended {
    let ended = process.await;
    for chan in chans.as_ref() {
        chan.poison(1);
    }
    ended
}

pub async fn main<R: Runtime>(runtime: R) {
    let [a, b, c, d] = &std::array::from_fn(|_| Chan::new());
    let own = Clone::clone;
    let prefix = stage(prefix(0, own(c), own(a)), [c, a].map(own));
    let delta = stage(delta(own(a), [b, d].map(own)), [a, b, d].map(own));
    let successor = stage(successor(own(b), own(c)), [b, c].map(own));
    let ring = [start(&runtime, prefix), start(&runtime, delta), start(&runtime, successor)];
    let tap = start(&runtime, stage(consumer(own(d)), [own(d)]));

    assert_eq!(tap.await.expect("it counts right"), Ok(()));
    for process in ring {
        let ended = process.await.expect("it does not panic");
        println!("{ended:?}");
        assert_eq!(ended, Err(Error::Poisoned { strength: 1 }));
    }
}
