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

use csp::{Chan, Error, Process, parallel, start};

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

/// Starts a process that poisons its channels when it ends, for whatever reason.
fn stage<R, const N: usize>(
    runtime: R,
    process: impl Future<Output = Ended> + Send + 'static,
    chans: [&Chan<u32>; N],
) -> Process<Ended>
where
    R: Runtime,
{
    let chans = chans.map(Clone::clone);
    start(&runtime, async move {
        let ended = process.await;
        for chan in chans {
            chan.poison(1);
        }
        ended
    })
}

pub async fn main<R: Runtime>(runtime: R) {
    let [a, b, c, d] = std::array::from_fn(|_| Chan::new());
    let ring = [
        stage(runtime, prefix(0, c.clone(), a.clone()), [&c, &a]),
        stage(runtime, delta(a.clone(), [b.clone(), d.clone()]), [&a, &b, &d]),
        stage(runtime, successor(b.clone(), c.clone()), [&b, &c]),
    ];
    let tap = stage(runtime, consumer(d.clone()), [&d]);
    assert_eq!(tap.await.expect("it counts right"), Ok(()));
    for process in ring {
        let ended = process.await.expect("it does not panic");
        println!("{ended:?}");
        assert_eq!(ended, Err(Error::Poisoned { strength: 1 }));
    }
}
